//! Whatever comes in by the door for files: a clear refusal, and nothing stays.

use futures::stream;

use super::*;
use crate::server::testing::on_either_engine;

const NOTHING: Left = Left { imports: 0, pieces: 0, cases: 0 };

on_either_engine! {
    async fn malformed_uploads_are_refused_and_leave_nothing(app) {
        let mut desk = Desk::open(&app, "malformed", Role::Owner).await;
        let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
        let whole = form("a.csv", b"id,x\n1,2\n");
        for (what, content_type, body, status) in [
            ("no boundary", "multipart/form-data", whole.clone(), 400),
            ("another boundary", "multipart/form-data; boundary=other", whole.clone(), 400),
            ("another type", "application/x-www-form-urlencoded", b"file=x".to_vec(), 400),
            ("nothing", multipart.as_str(), Vec::new(), 400),
            ("cut off", multipart.as_str(), whole[..whole.len() - 12].to_vec(), 400),
            ("no file", multipart.as_str(), format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\nx\r\n--{BOUNDARY}--\r\n").into_bytes(), 422),
            ("no file chosen", multipart.as_str(), form("", b""), 422),
        ] {
            let answer = send(&mut desk.browser, content_type, body).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.body);
            assert!(answer.body.contains("<h1>"), "{what}");
            assert_eq!(left(&app, &desk).await, NOTHING, "{what}");
        }
        for (what, file, sentence) in [
            ("empty", b"".to_vec(), "The file is empty"),
            ("headings alone", b"id,title\n\n".to_vec(), "no row below the headings"),
            ("a workbook", b"PK\x03\x04 and so on".to_vec(), "spreadsheet"),
            ("UTF-16 without rows", b"\xff\xfei\0d\0".to_vec(), "no row below the headings"),
            ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), "not a text file"),
            ("an open quotation mark", [b"id,title\n1,\"".as_slice(), &b"xyz\n".repeat(500_000)].concat(), "line 2"),
            ("a quotation mark that swallows a few rows", b"id,title\n1,a\n2,\"b\n3,c\n".to_vec(), "line 3"),
        ] {
            let answer = upload(&mut desk.browser, "x.csv", &file).await;
            assert_eq!(answer.status, 422, "{what}: {}", answer.body);
            assert!(answer.body.contains(sentence), "{what}: {}", answer.body);
            assert_eq!(left(&app, &desk).await, NOTHING, "{what}");
        }
    }

    async fn a_stream_that_breaks_leaves_nothing(app) {
        let mut desk = Desk::open(&app, "broken", Role::Owner).await;
        let begin = form("a.csv", &b"id,title\n1,something\n".repeat(60_000));
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            begin[..700_000].chunks(50_000).map(|piece| Ok(piece.to_vec())).chain([Err(std::io::Error::other("gone"))]).collect();
        let answer = send(&mut desk.browser, &format!("multipart/form-data; boundary={BOUNDARY}"), Body::from_stream(stream::iter(pieces))).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(left(&app, &desk).await, NOTHING);
    }

    async fn somebody_who_leaves_in_the_middle_leaves_nothing(app) {
        let mut desk = Desk::open(&app, "leaver", Role::Owner).await;
        let begin = form("a.csv", &b"id,title\n1,something\n".repeat(60_000));
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> = begin[..700_000].chunks(50_000).map(|piece| Ok(piece.to_vec())).collect();
        let endless = Body::from_stream(futures::StreamExt::chain(stream::iter(pieces), stream::pending()));
        let mut browser = desk.browser.clone();
        let upload = tokio::spawn(async move { send(&mut browser, &format!("multipart/form-data; boundary={BOUNDARY}"), endless).await });
        while left(&app, &desk).await.pieces < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        // Nobody sees it, and then it is gone.
        assert!(!desk.browser.get("/settings/import").await.body.contains("a.csv"));
        upload.abort();
        for _ in 0..200 {
            if left(&app, &desk).await == NOTHING {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(left(&app, &desk).await, NOTHING);
    }

    async fn too_large_is_said_before_it_is_stored(app) {
        let mut desk = Desk::open(&app, "large", Role::Owner).await;
        let request = desk
            .browser
            .request("POST", "/settings/import/upload")
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .header(header::CONTENT_LENGTH, "200100000")
            .body(Body::empty())
            .unwrap();
        let answer = desk.browser.send(request).await;
        assert_eq!(answer.status, 413, "{}", answer.body);
        assert!(answer.body.contains("200 MB"), "{}", answer.body);
        assert_eq!(left(&app, &desk).await, NOTHING);
    }

    async fn only_those_who_may_and_only_their_own(app) {
        let mut desk = Desk::open(&app, "mine", Role::Admin).await;
        let id = uploaded(&mut desk.browser, "mine.csv", b"id,title\n1,Secret zebra\n").await;
        for role in [Role::ReadOnly, Role::Caseworker, Role::Supervisor] {
            let mut other = desk.organisation.signed_in(&app, role).await;
            assert_eq!(upload(&mut other, "x.csv", b"id,title\n1,x\n").await.status, 403);
            assert_eq!(other.call("/api/import/start", &[("id", &id)]).await.status, 403);
            assert_eq!(other.get(&format!("/settings/import/{id}/rejected.csv")).await.status, 403);
        }
        let nobody = upload(&mut app.browser(), "x.csv", b"id,title\n1,x\n").await;
        assert_eq!((nobody.status.as_u16(), nobody.location()), (303, "/login?next=/settings/import"));
        let mut other = Desk::open(&app, "theirs", Role::Owner).await.browser;
        for (path, answer) in [
            ("read", other.read("/api/import/import", &[("id", &id)]).await),
            ("progress", other.read("/api/import/progress", &[("id", &id)]).await),
            ("check", other.call("/api/import/check", &[("id", &id), ("case_type", "permit"), ("columns[0]", "case_id")]).await),
            ("start", other.call("/api/import/start", &[("id", &id)]).await),
            ("cancel", other.call("/api/import/cancel", &[("id", &id)]).await),
            ("forget", other.call("/api/import/forget", &[("id", &id)]).await),
            ("page", other.get(&format!("/settings/import/{id}")).await),
            ("rejected", other.get(&format!("/settings/import/{id}/rejected.csv")).await),
            ("no id", other.get("/settings/import/nonsense").await),
            ("no id", other.get("/settings/import/nonsense/rejected.csv").await),
        ] {
            assert_eq!(answer.status, 404, "{path}: {}", answer.body);
            assert!(!answer.body.contains("zebra"), "{path}");
        }
        assert_eq!(left(&app, &desk).await, Left { imports: 1, pieces: 1, cases: 0 });
    }
}
