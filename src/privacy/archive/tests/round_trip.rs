//! An archive taken back in is the same organisation.

use super::*;
use crate::{accounts::operator, privacy::mine, server::testing::on_both_engines};

/// Instances where nobody is yet, one on each engine that there is.
async fn empty() -> Vec<TestApp> {
    [Some(TestApp::sqlite().await), TestApp::postgres().await].into_iter().flatten().collect()
}

fn written(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

on_both_engines! {
    async fn dr_6_an_archive_taken_in_elsewhere_is_the_same_organisation(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        furnished(&app, "beta", "other").await;
        // Somebody is erased: what the record said of them stays closed for ever, there too.
        mine::erase(&app.state, desk.organisation.user(Role::Supervisor)).await.unwrap();
        let (bytes, made) = exported(&app, "alpha").await;
        let (files, (_folder, path)) = (Files::of(&bytes), written(&bytes));
        let key = path.with_extension("pem");
        std::fs::write(&key, mine::public_key(&app.state)).unwrap();
        let next = desk.case("The next case").await;
        // Each table has something in it, so that each is proved.
        for (path, bytes) in files.0.iter().filter(|(path, _)| path.ends_with(".jsonl")) {
            assert!(!bytes.is_empty(), "{path} is empty");
        }
        for other in empty().await {
            let taken = command::import_file(&other.state, &path, Some(&key)).await.unwrap();
            assert_eq!(taken, made);
            // Everything is as it was, but for what taking it in has added to the record.
            let again = Files::of(&exported(&other, "alpha").await.0);
            for (path, bytes) in files.0.iter().filter(|(path, _)| path.starts_with("data/") && !path.contains("audit_")) {
                assert_eq!(String::from_utf8_lossy(bytes), String::from_utf8_lossy(again.bytes(path)), "{path}");
            }
            let (before, after) = (files.text("data/audit_events.jsonl"), again.text("data/audit_events.jsonl"));
            assert!(after.starts_with(&before));
            // An invitation whose link stayed there is another row here.
            let added = after.lines().skip(before.lines().count()).filter(|line| !line.contains("row.fixed"));
            assert_eq!(added.count(), 2, "{after}");
            verified(&other).await;
            // And it works: the owner chooses a password, signs in, and goes on.
            let mut browser = other.browser();
            assert_eq!(browser.call("/api/accounts/sign_in", &[("email", "owner@alpha.example"), ("password", "")]).await.status, 422);
            let link = operator::link(&other.state, "owner@alpha.example", true).await.unwrap().unwrap();
            let token = link.rsplit('/').next().unwrap().to_owned();
            let set = browser.call("/api/accounts/reset", &[("token", &token), ("password", PASSWORD)]).await;
            assert_eq!(set.status, 200, "{}", set.body);
            browser.sign_in("owner@alpha.example").await;
            let page = browser.get(&format!("/cases/{}", desk.numbers[0])).await;
            assert!(page.status == 200 && page.body.contains("canary-note") && page.body.contains("canary-edited"), "{}", page.body);
            let found = browser.get("/cases?q=canary-restricted").await.body;
            assert!(found.contains("canary-restricted"), "{found}");
            let mut theirs = Desk { organisation: app_organisation(&desk), browser, numbers: Vec::new() };
            assert_eq!(theirs.case("The next case").await, next, "numbers go on where they were");
            verified(&other).await;
            // Nothing is taken in beside what is there.
            let refused = command::import_file(&other.state, &path, None).await.unwrap_err();
            assert!(refused.contains("nobody is yet"), "{refused}");
        }
    }

    async fn dr_6_an_altered_archive_is_not_taken_in(app) {
        let desk = furnished(&app, "alpha", "canary").await;
        let (bytes, _) = exported(&app, &desk.organisation.id.to_string()).await;
        let files = Files::of(&bytes);
        let other = TestApp::sqlite().await;
        for (path, expected) in [("data/cases.jsonl", "data/cases.jsonl is not what"), ("manifest.json", "does not fit this key")] {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for (name, content) in &files.0 {
                let mut content = content.clone();
                if name == path {
                    let at = content.iter().position(|byte| *byte == b'o').unwrap();
                    content[at] = b'u';
                }
                zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
                std::io::Write::write_all(&mut zip, &content).unwrap();
            }
            let (_folder, altered) = written(&zip.finish().unwrap().into_inner());
            let key = altered.with_extension("pem");
            std::fs::write(&key, mine::public_key(&app.state)).unwrap();
            let refused = command::import_file(&other.state, &altered, Some(&key)).await.unwrap_err();
            assert!(refused.contains(expected), "{path}: {refused}");
        }
        let people: i64 = other.state.db.global(crate::server::db::global_sql!("select count(*) from users")).scalar().await.unwrap();
        assert_eq!(people, 0);
    }
}

on_both_engines! {
    async fn an_archive_of_the_first_version_comes_in_with_its_moments_as_days(app) {
        let mut desk = furnished(&app, "alpha", "canary").await;
        let version = desk.read(&desk.numbers[1].clone()).await.version.to_string();
        let edit = [("number", desk.numbers[1].as_str()), ("version", &version), ("title", "Due"), ("due", "2027-03-31")];
        ok(&mut desk.browser, "/api/cases/edit", &edit).await;
        let zone: serde_json::Value = desk.browser.read("/api/settings/organisation", &[]).await.value();
        let zone = crate::server::time::Zone::named(zone["time_zone"].as_str().unwrap());
        let files = Files::of(&exported(&app, "alpha").await.0);
        let as_it_was = |line: &str| {
            let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            let due = row.remove("due_on").unwrap();
            let moment = due.as_str().map(|day| crate::server::time::iso(zone.end_of(day.parse().unwrap())));
            row.insert("due_at".to_owned(), moment.into());
            row.remove("closed_on").unwrap();
            serde_json::to_string(&row).unwrap() + "\n"
        };
        let cases: String = files.text("data/cases.jsonl").lines().map(as_it_was).collect();
        let mut manifest: serde_json::Value = serde_json::from_str(&files.text("manifest.json")).unwrap();
        manifest["version"] = 1.into();
        for file in manifest["files"].as_array_mut().unwrap().iter_mut().filter(|file| file["path"] == "data/cases.jsonl") {
            file["sha256"] = crate::server::secret::hex(&crate::server::secret::sha256(&[cases.as_bytes()])).into();
        }
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in &files.0 {
            let content = match name.as_str() {
                "manifest.json" => manifest.to_string().into_bytes(),
                "data/cases.jsonl" => cases.clone().into_bytes(),
                _ => content.clone(),
            };
            zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, &content).unwrap();
        }
        let (_folder, older) = written(&zip.finish().unwrap().into_inner());
        for other in empty().await {
            command::import_file(&other.state, &older, None).await.unwrap();
            let again = Files::of(&exported(&other, "alpha").await.0);
            assert_eq!(again.text("data/cases.jsonl"), files.text("data/cases.jsonl"));
        }
    }
}

/// The same organisation in another instance: ids are the same.
fn app_organisation(desk: &Desk) -> crate::server::testing::Organisation {
    crate::server::testing::Organisation {
        id: desk.organisation.id,
        name: desk.organisation.name.clone(),
        users: desk.organisation.users.clone(),
    }
}
