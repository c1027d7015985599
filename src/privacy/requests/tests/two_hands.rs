//! Two people at one desk.

use super::{ASK, confirm, from_elsewhere, ids, seen, step};
use crate::{
    accounts::Role,
    cases::testing::Desk,
    fault::{Difference, Fault},
    server::testing::{Answered, TestApp, on_both_engines},
};

fn both(answer: &Answered) -> Vec<Difference> {
    assert_eq!(answer.status, 409, "{}", answer.body);
    match answer.fault() {
        Fault::Conflict(both) => both.into_iter().filter(|d| d.field != "version").collect(),
        other => panic!("{other:?}"),
    }
}

async fn asked(app: &TestApp, desk: &mut Desk) -> String {
    let org = desk.organisation.id.to_string();
    let mut browser = from_elsewhere(app, 1);
    browser.call(ASK, &[("kind", "access"), ("concern", "case"), ("to", &org), ("email", "p@nobody.example"), ("name", "P.")]).await;
    confirm(app, &mut browser, "p@nobody.example").await;
    ids(&mut desk.browser, "desk").await.remove(0)
}

on_both_engines! {
    async fn an_answer_that_two_people_write_at_once_keeps_the_first_and_returns_the_second(app) {
        let mut desk = Desk::open(&app, "twohands", Role::Owner).await;
        let id = asked(&app, &mut desk).await;
        assert_eq!(step(&mut desk.browser, "desk", &id, "fulfil", &[]).await.status, 200);
        let mut other = desk.organisation.signed_in(&app, Role::Admin).await;
        let version = seen(&mut other, "desk", &id).await["version"].to_string();
        let write = |words| [("request", id.as_str()), ("version", version.as_str()), ("act", "write_answer"), ("words", words)];
        let act = "/api/requests/desk_act";
        assert_eq!(desk.browser.call(act, &write("We hold nothing.")).await.status, 200);
        assert_eq!(desk.browser.call(act, &write("We hold nothing.")).await.status, 200, "the same again");
        let refused = both(&other.call(act, &write("We hold three letters.")).await);
        assert_eq!((refused[0].theirs.as_str(), refused[0].yours.as_str()), ("We hold nothing.", "We hold three letters."));
        assert!(refused[0].saved.starts_with("Owner, "), "{refused:?}");
        let view = seen(&mut other, "desk", &id).await;
        assert_eq!(view["answer"][1], "We hold nothing.");
    }

    async fn what_was_written_for_a_step_that_is_gone_is_shown(app) {
        let mut desk = Desk::open(&app, "gone", Role::Owner).await;
        let id = asked(&app, &mut desk).await;
        let mut other = desk.organisation.signed_in(&app, Role::Admin).await;
        let version = seen(&mut other, "desk", &id).await["version"].to_string();
        assert_eq!(step(&mut desk.browser, "desk", &id, "fulfil", &[]).await.status, 200);
        let typed = [("form", "refuse"), ("request", id.as_str()), ("version", &version), ("act", "refuse"), ("ground", "excessive"), ("words", "Asked twelve times.")];
        let sent = other.post(&format!("/desk/{id}"), "/api/requests/desk_act", &typed).await;
        let back = other.get(sent.location()).await;
        assert!(back.status == 409 && back.body.contains("What you sent is not saved") && back.body.contains("Asked twelve times.</textarea>"), "{}", back.body);
    }

    async fn the_law_that_two_people_set_at_once_is_told_with_both_values(app) {
        let mut desk = Desk::open(&app, "laws", Role::Owner).await;
        let set = |regime, holidays| [("regime", regime), ("holidays", holidays), ("version", "0")];
        let to = "/api/requests/desk_settings";
        assert_eq!(desk.browser.call(to, &set("ccpa", "2026-12-25")).await.status, 200);
        let refused = both(&desk.browser.call(to, &set("gdpr", "")).await);
        assert_eq!(refused.iter().map(|d| d.label.as_str()).collect::<Vec<_>>(), ["Law that sets the time", "Holidays"]);
        assert!(refused.iter().all(|d| d.saved.starts_with("you in another window, ")), "{refused:?}");
        // Whoever touched only the holidays does not take the law back.
        let mut admin = desk.organisation.signed_in(&app, Role::Admin).await;
        let shown = r#"{"regime":["gdpr"],"holidays":["2026-12-25"]}"#;
        let form = [("regime", "gdpr"), ("holidays", "2026-12-25 2026-12-28"), ("version", "0"), ("as_shown", shown)];
        assert_eq!(admin.call(to, &form).await.status, 200);
        let page = admin.get("/desk").await.body;
        assert!(page.contains("Law and holidays: CCPA") && page.contains("2026-12-28"), "{page}");
        let refused = both(&desk.browser.call(to, &[form[0], ("holidays", ""), form[2], form[3]]).await);
        assert!(refused.len() == 1 && refused[0].label == "Holidays" && refused[0].saved.starts_with("Admin, "), "{refused:?}");
    }
}
