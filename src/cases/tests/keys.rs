//! What a form is that is sent twice: the same, or something else under the same key.

use super::key;
use crate::{
    accounts::Role,
    cases::{model::EntryKind, testing::Desk},
    fault::Fault,
    server::testing::{Answered, Browser, on_both_engines},
};

const WRITE: &str = "/api/cases/write_entry";

async fn write(browser: &mut Browser, number: &str, key: &str, more: &[(&str, &str)]) -> Answered {
    browser.call(WRITE, &[&[("key", key), ("number", number)], more].concat()).await
}

async fn notes(desk: &mut Desk, number: &str) -> Vec<String> {
    let all = desk.read(number).await.entries;
    all.into_iter().filter(|e| e.kind == EntryKind::Note).map(|e| e.body).collect()
}

fn stored(answer: &Answered) -> String {
    assert_eq!(answer.status, 409, "{}", answer.body);
    match answer.fault() {
        Fault::SentBefore { stored } => stored,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn a_note_amended_after_a_lost_answer_is_refused_and_can_be_sent_again(app) {
        let mut desk = Desk::open(&app, "amended", Role::Caseworker).await;
        let (number, key) = (desk.case("Amended").await, key());
        assert_eq!(write(&mut desk.browser, &number, &key, &[("body", "Called the landlord.")]).await.status, 200);
        assert_eq!(write(&mut desk.browser, &number, &key, &[("body", "Called the landlord.\r\n")]).await.status, 200, "the same again");
        for other in [
            &[("body", "Called the landlord. He pays.")][..],
            &[("body", "Called the landlord."), ("visibility", "author")],
            &[("body", "Called the landlord."), ("kind", "call")],
            &[("body", "Called the landlord."), ("occurred", "2026-01-05 10:00")],
        ] {
            let refused = write(&mut desk.browser, &number, &key, other).await;
            assert_eq!(stored(&refused), "the note \u{201c}Called the landlord.\u{201d}", "{other:?}");
        }
        assert_eq!(notes(&mut desk, &number).await, ["Called the landlord."]);
        // Without script the text comes back in the form, which has another key.
        let page = format!("/cases/{number}");
        let typed = [("form", "entry"), ("key", key.as_str()), ("number", &number), ("body", "Called the landlord. He pays."), ("visibility", "supervisors")];
        let refused = desk.browser.post(&page, WRITE, &typed).await;
        let back = desk.browser.get(refused.location()).await;
        assert_eq!(back.status, 409);
        for part in ["This form was sent before", "Called the landlord. He pays.</textarea>", "<option value=\"supervisors\" selected"] {
            assert!(back.body.contains(part), "{part}: {}", back.body);
        }
        let composer = back.body.split("class=\"composer\"").nth(1).unwrap();
        let fresh = composer.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_ne!(fresh, key);
        assert_eq!(write(&mut desk.browser, &number, &fresh, &[("body", "Called the landlord. He pays.")]).await.status, 200);
        assert_eq!(notes(&mut desk, &number).await.len(), 2);
    }

    async fn a_key_of_one_form_is_no_key_of_another(app) {
        let mut desk = Desk::open(&app, "otherkey", Role::Caseworker).await;
        let (one, two, key) = (desk.case("One").await, desk.case("Two").await, key());
        assert_eq!(write(&mut desk.browser, &one, &key, &[("body", "Here")]).await.status, 200);
        assert_eq!(stored(&write(&mut desk.browser, &two, &key, &[("body", "Here")]).await), "the note \u{201c}Here\u{201d}");
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        assert_eq!(write(&mut other, &one, &key, &[("body", "Here")]).await.status, 400, "somebody else's key tells nothing");
        let advice = desk.list("").await.catalogue.types[0].id.to_string();
        assert_eq!(desk.create(&[("key", &key), ("title", "Here"), ("case_type", &advice)]).await.status, 400);
        assert!(notes(&mut desk, &two).await.is_empty());
    }

    async fn of_many_at_once_with_one_key_one_is_stored_and_what_differs_is_refused(app) {
        let mut desk = Desk::open(&app, "many", Role::Caseworker).await;
        let (number, key) = (desk.case("Many").await, key());
        let mut senders = tokio::task::JoinSet::new();
        for nth in 0..20 {
            let (mut browser, number, key) = (desk.browser.clone(), number.clone(), key.clone());
            senders.spawn(async move {
                let body = ["This", "That"][nth % 2];
                let answer = write(&mut browser, &number, &key, &[("body", body)]).await;
                (body, answer.status.as_u16())
            });
        }
        let mut answers = std::collections::BTreeMap::<&str, Vec<u16>>::new();
        while let Some(answer) = senders.join_next().await {
            let (body, status) = answer.unwrap();
            answers.entry(body).or_default().push(status);
        }
        let kept = notes(&mut desk, &number).await;
        assert_eq!(kept.len(), 1);
        for (body, statuses) in answers {
            let wanted = if body == kept[0] { 200 } else { 409 };
            assert!(statuses.iter().all(|status| *status == wanted), "{body}: {statuses:?}");
        }
    }

    async fn a_second_case_of_one_form_is_refused_and_kept(app) {
        let mut desk = Desk::open(&app, "second", Role::Caseworker).await;
        let (key, advice) = (key(), desk.list("").await.catalogue.types[0].id.to_string());
        let first = [("key", key.as_str()), ("title", "First"), ("case_type", &advice), ("note", "She came in.")];
        let made = desk.create(&first).await;
        assert_eq!(desk.create(&first).await.location(), made.location(), "the same again");
        let number = made.location().strip_prefix("/cases/").unwrap().to_owned();
        for (at, value) in [(1, "Second"), (3, "She came in again.")] {
            let mut other = first;
            other[at].1 = value;
            assert_eq!(stored(&desk.create(&other).await), format!("the case {number}, \u{201c}First\u{201d}"));
            let refused = desk.browser.post("/cases/new", "/api/cases/create", &other).await;
            let back = desk.browser.get(refused.location()).await;
            assert!(back.status == 409 && back.body.contains(value) && back.input("key") != key, "{}", back.body);
        }
        let mut more = first.to_vec();
        for extra in [("tags", "court"), ("due", "2030-01-01"), ("channel", "Phone"), ("priority", "urgent"), ("fields[area][]", "Housing")] {
            more.push(extra);
            assert_eq!(desk.create(&more).await.status, 409, "{extra:?}");
            more.pop();
        }
        assert_eq!(desk.list("").await.total, 1);
    }

    async fn what_is_written_on_after_a_lost_answer_stays_a_draft(app) {
        let mut desk = Desk::open(&app, "onward", Role::Caseworker).await;
        let (number, key) = (desk.case("Onward").await, key());
        assert_eq!(write(&mut desk.browser, &number, &key, &[("body", "She sends the plans")]).await.status, 200);
        for (typed, kept) in [("She sends the", ""), ("She sends the plans", ""), ("She sends the plans on Friday", "She sends the plans on Friday")] {
            let saved = desk.browser.call("/api/cases/save_draft", &[("number", &number), ("key", &key), ("body", typed)]).await;
            assert_eq!(saved.status, 200, "{}", saved.body);
            assert_eq!(desk.read(&number).await.draft.body, kept, "{typed}");
        }
    }

    async fn odd_but_legal_characters_are_kept_as_they_were_typed(app) {
        let mut desk = Desk::open(&app, "odd", Role::Caseworker).await;
        let number = desk.case("Odd \u{fffd} title").await;
        for body in ["pasted \u{fffd} from a fax", "a\u{feff}b\u{2028}c", "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{301}alone", "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202b}x\u{202c}"] {
            let (id, page) = (key(), format!("/cases/{number}"));
            let sent = desk.browser.post(&page, WRITE, &[("key", &id), ("number", &number), ("body", body)]).await;
            assert_eq!((sent.status.as_u16(), sent.location()), (303, page.as_str()), "{body:?}");
            assert_eq!(notes(&mut desk, &number).await.remove(0), body);
            let draft = desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", body)]).await;
            assert_eq!((draft.status.as_u16(), desk.read(&number).await.draft.body), (200, body.to_owned()));
            app.state.clock.advance(2);
        }
        assert_eq!(desk.read(&number).await.title, "Odd \u{fffd} title");
    }
}
