//! What is in an archive: everything, nothing of anybody else, nothing that a spreadsheet calculates, and all of it signed.

use super::*;
use crate::{
    privacy::mine,
    server::{db::global_sql, secret::sha256, testing::on_either_engine},
};

/// What does not hold in an archive: files with another check sum, and a signature that does not fit.
fn wrong(pem: &str, files: &Files) -> Vec<String> {
    let manifest = files.manifest();
    let listed = manifest["files"].as_array().unwrap();
    let mut wrong: Vec<String> = listed
        .iter()
        .filter(|file| {
            let (path, bytes) = (file["path"].as_str().unwrap(), files.bytes(file["path"].as_str().unwrap()));
            let rows = path.ends_with(".jsonl").then(|| bytes.iter().filter(|byte| **byte == b'\n').count() as u64);
            crate::server::secret::hex(&sha256(&[bytes])) != file["sha256"]
                || file["bytes"] != bytes.len() as u64
                || rows.is_some_and(|rows| file["rows"] != rows)
        })
        .map(|file| file["path"].to_string())
        .collect();
    if !mine::verify_with(pem, files.bytes("manifest.json"), files.bytes("manifest.sig")) {
        wrong.push("manifest.sig".into());
    }
    if listed.len() + 2 != files.0.len() {
        wrong.push("the manifest lists not every file".into());
    }
    wrong
}

on_either_engine! {
    async fn pp_2_an_archive_holds_everything_of_the_organisation_and_nothing_of_another(app) {
        let mut ours = furnished(&app, "ours", "acanary").await;
        let theirs = furnished(&app, "theirs", "bcanary").await;
        let files = Files::of(&archive(&app, &mut ours.browser).await);
        let text = files.whole();
        let said = ["title", "restricted", "note", "private", "edited", "channel", "tag", "field", "outcome", "asker", "imported", "imported-2"];
        for what in said {
            assert!(text.contains(&format!("acanary-{what}")), "{what} is missing");
        }
        assert!(text.contains("acanary-guest@x.example") && text.contains("acanary-asker-desknote"));
        // What stays out: another organisation, what is somebody's own, and secrets.
        assert!(!text.contains("bcanary") && !text.contains(&theirs.organisation.id.to_string()) && !text.contains("theirs"), "of another organisation");
        assert!(!text.contains("acanary-draft"), "a draft is its writer's own");
        let secrets: Vec<Vec<u8>> = app.state.db.global(global_sql!("select token_hash from invitations union all select token_hash from sessions")).scalars().await.unwrap();
        let passwords: Vec<String> = app.state.db.global(global_sql!("select password_hash from users")).scalars().await.unwrap();
        assert!(secrets.len() > 3 && passwords.len() > 5);
        for secret in secrets.iter().map(|bytes| crate::server::secret::hex(bytes)).chain(passwords) {
            assert!(!text.contains(&secret));
        }
        // The record is opened, with the names of members and without the address of one who has left.
        assert!(files.rows("audit_values").iter().any(|row| row["values"].as_str().is_some_and(|values| values.contains("acanary-title"))));
        let members = files.rows("users");
        assert_eq!(members.iter().filter(|row| row["email"].is_null()).count(), 1, "{members:?}");
        assert!(members.iter().any(|row| row["name"] == Role::ReadOnly.label() && row["email"].is_null()));
        let case = files.rows("cases").into_iter().find(|row| row["title"] == "=HYPERLINK(1)").unwrap();
        assert!(case["fields"]["opponent"].to_string().contains("acanary-field"), "{case}");
        assert!(case["opened_at"].as_str().unwrap().ends_with('Z') && case["org_id"] == ours.organisation.id.to_string());
        // Restricted cases are counted, in the manifest, on its page and in the record.
        let manifest = files.manifest();
        assert_eq!((manifest["version"].as_i64(), manifest["restricted_cases"].as_i64()), (Some(2), Some(1)));
        assert!(files.text("index.html").contains("One restricted case is in it"));
        let record = ours.browser.get("/settings/record").await.body;
        assert!(record.contains("restricted cases included") && record.contains("1 restricted cases among them") && record.contains("downloaded the archive"), "{record}");
        verified(&app).await;
    }

    async fn dr_7_the_archive_is_signed_and_an_altered_byte_shows(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let files = Files::of(&archive(&app, &mut desk.browser).await);
        let pem = app.browser().get(mine::KEY_PATH).await.body;
        assert_eq!(wrong(&pem, &files), Vec::<String>::new());
        // An altered byte shows, in whichever file it is.
        for at in 0..files.0.len() {
            let mut altered = Files(files.0.clone());
            let (path, bytes) = &mut altered.0[at];
            let Some(byte) = bytes.iter_mut().rev().find(|byte| byte.is_ascii_alphanumeric()) else { continue };
            *byte ^= 1;
            if path == "manifest.json" {
                assert!(!mine::verify_with(&pem, &altered.0[at].1, files.bytes("manifest.sig")));
            } else {
                assert_eq!(wrong(&pem, &altered).len(), 1, "{}", files.0[at].0);
            }
        }
        // The key of somebody else does not fit.
        let other = TestApp::sqlite().await;
        assert_eq!(wrong(&mine::public_key(&other.state), &files), ["manifest.sig"]);
        // What the manifest points to is published, and describes what is there.
        let schema: serde_json::Value = serde_json::from_str(&app.browser().get(crate::privacy::archive::SCHEMA_PATH).await.body).unwrap();
        assert_eq!(files.manifest()["schema"], schema["$id"]);
        for name in schema["required"].as_array().unwrap() {
            assert!(!files.manifest()[name.as_str().unwrap()].is_null(), "{name}");
        }
        for (name, table) in schema["$defs"].as_object().unwrap() {
            let known = table["properties"].as_object().unwrap();
            for row in files.rows(name) {
                assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>(), "{name}");
            }
            let head = files.text(&format!("data/{name}.csv"));
            assert_eq!(head.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').count(), known.len(), "{name}");
        }
    }

    async fn dr_8_cells_of_the_archive_are_no_formulas(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        for body in ["+1", "-1", "@sum", "\tx"] {
            let key = uuid::Uuid::now_v7().to_string();
            desk.browser.call("/api/cases/write_entry", &[("key", &key), ("number", &desk.numbers[1].clone()), ("body", body)]).await;
        }
        let files = Files::of(&archive(&app, &mut desk.browser).await);
        let mut cells = 0;
        for (path, bytes) in files.0.iter().filter(|(path, _)| path.ends_with(".csv")) {
            let mut reader = csv::ReaderBuilder::new().from_reader(bytes.strip_prefix(crate::server::csv::BOM.as_bytes()).unwrap());
            for record in reader.records() {
                for cell in record.unwrap().iter() {
                    cells += 1;
                    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']), "{path}: {cell}");
                }
            }
        }
        assert!(cells > 500, "{cells}");
        let (cases, entries) = (files.text("data/cases.csv"), files.text("data/entries.csv"));
        assert!(cases.contains(",'=HYPERLINK(1)") && entries.contains("'+1") && entries.contains("'@sum"));
        let page = files.text("index.html");
        assert!(!page.contains("<script") && page.matches("<h1>").count() == 1 && page.contains("data/cases.csv"));
    }

    async fn an_archive_shows_one_moment_whatever_is_written_meanwhile(app) {
        struct Busy<'a>(&'a TestApp, &'a mut Desk, u32);
        impl write::Sink for Busy<'_> {
            async fn take(&mut self, _bytes: Vec<u8>) -> crate::fault::Answer<()> { Ok(()) }
            async fn told(&mut self, _done: u64, _of: u64) -> crate::fault::Answer<bool> {
                self.2 += 1;
                if self.2 == 3 {
                    let number = self.1.case("Meanwhile").await;
                    self.1.note(&number, "Meanwhile").await;
                }
                Ok(self.0.state.db.ping().await.is_ok())
            }
        }
        let mut desk = furnished(&app, "alpha", "canary").await;
        let org = desk.organisation.id.uuid();
        let before = write::write(&app.state, org, &mut command::Nowhere).await.unwrap().unwrap();
        let meanwhile = write::write(&app.state, org, &mut Busy(&app, &mut desk, 0)).await.unwrap().unwrap();
        assert_eq!(before, meanwhile);
        let after = write::write(&app.state, org, &mut command::Nowhere).await.unwrap().unwrap();
        assert!(after.state_sha256 != before.state_sha256 && after.rows > before.rows);
    }
}
