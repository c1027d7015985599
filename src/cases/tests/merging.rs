//! Two people change one case: what only one of them touched goes through, and what both did is shown to the second.

use super::key;
use crate::{
    accounts::Role,
    cases::testing::Desk,
    fault::{Difference, Fault},
    server::testing::{Answered, Browser, on_either_engine},
};

/// The hidden and visible fields of a form as its page has them.
fn fields(page: &str, marker: &str) -> Vec<(String, String)> {
    let form = page.split("<form").find(|form| form.contains(marker)).unwrap_or_else(|| panic!("no form with {marker}"));
    let form = form.split("</form>").next().unwrap();
    let attribute =
        |tag: &str, name: &str| tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
    let text = |raw: &str| raw.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let mut all = Vec::new();
    for tag in form.split('<').skip(1) {
        let Some(name) = attribute(tag, "name") else { continue };
        if tag.starts_with("input") && !(tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"")) || tag.contains(" checked") {
            all.push((name, text(&attribute(tag, "value").unwrap_or_default())));
        } else if tag.starts_with("textarea") {
            all.push((name, text(tag.split_once('>').unwrap().1)));
        } else if tag.starts_with("select") {
            let options = form.split_once(tag).unwrap().1.split("</select>").next().unwrap();
            let chosen = options.split("<option").find(|option| option.contains(" selected"));
            all.push((name, chosen.and_then(|option| attribute(option, "value")).unwrap_or_default()));
        }
    }
    all
}

/// Sends a form as its page has it, but for what is typed.
async fn send(browser: &mut Browser, path: &str, form: &[(String, String)], typed: &[(&str, &str)]) -> Answered {
    let other =
        form.iter().filter(|(name, _)| typed.iter().all(|(known, _)| known != name)).map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<(&str, &str)> = other.chain(typed.iter().copied()).collect();
    browser.call(path, &pairs).await
}

fn both(answer: &Answered) -> Vec<Difference> {
    assert_eq!(answer.status, 409, "{}", answer.body);
    match answer.fault() {
        Fault::Conflict(both) => both.into_iter().filter(|d| d.field != "version").collect(),
        other => panic!("{other:?}"),
    }
}

async fn facts(browser: &mut Browser, number: &str) -> Vec<(String, String)> {
    fields(&browser.get(&format!("/cases/{number}?facts=edit")).await.body, "action=\"/api/cases/edit\"")
}

const EDIT: &str = "/api/cases/edit";

on_either_engine! {
    async fn what_a_colleague_changed_elsewhere_in_the_case_stays(app) {
        let mut desk = Desk::open(&app, "merge", Role::Caseworker).await;
        let number = desk.case("Deposit").await;
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        let (mine, theirs) = (facts(&mut desk.browser, &number).await, facts(&mut other, &number).await);
        assert_eq!(send(&mut other, EDIT, &theirs, &[("title", "Deposit withheld"), ("tags", "court")]).await.status, 200);
        let saved = send(&mut desk.browser, EDIT, &mine, &[("channel", "Phone"), ("fields[area][]", "Housing")]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let case = desk.read(&number).await;
        assert_eq!((case.title.as_str(), case.tags, case.channel.as_str()), ("Deposit withheld", vec!["court".to_owned()], "Phone"));
        assert!(case.fields.iter().any(|field| field.def.key == "area" && field.shown == "Housing"));
        // Who changes nothing takes nothing back.
        assert_eq!(send(&mut desk.browser, EDIT, &mine, &[]).await.status, 200);
        assert_eq!(desk.read(&number).await.title, "Deposit withheld");
    }

    async fn only_what_both_changed_conflicts_and_it_says_who_and_when(app) {
        let mut desk = Desk::open(&app, "both", Role::Caseworker).await;
        let number = desk.case("Deposit").await;
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        let (mine, theirs) = (facts(&mut desk.browser, &number).await, facts(&mut other, &number).await);
        assert_eq!(send(&mut other, EDIT, &theirs, &[("title", "Theirs"), ("priority", "high")]).await.status, 200);
        let refused = send(&mut desk.browser, EDIT, &mine, &[("title", "Mine"), ("channel", "Post")]).await;
        let found = both(&refused);
        assert_eq!(found.iter().map(|d| (d.label.as_str(), d.theirs.as_str(), d.yours.as_str())).collect::<Vec<_>>(), [("Title", "Theirs", "Mine")]);
        assert!(found[0].saved.starts_with("Supervisor, ") && found[0].saved.len() > 20, "{found:?}");
        // The same from another window of the same person.
        let again = send(&mut other, EDIT, &theirs, &[("title", "Theirs, once more")]).await;
        let saved = both(&again).into_iter().map(|d| d.saved).collect::<Vec<_>>();
        assert!(saved.len() == 1 && saved[0].starts_with("you in another window, "), "{saved:?}");
        // Without script: both values, who, and the form in which only my own words stand against the present ones.
        let typed: Vec<(&str, &str)> = mine
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .map(|(name, value)| match name { "title" => (name, "Mine"), "channel" => (name, "Post"), _ => (name, value) })
            .collect();
        let sent = desk.browser.post(&format!("/cases/{number}?facts=edit"), EDIT, &typed).await;
        let back = desk.browser.get(sent.location()).await;
        assert_eq!(back.status, 409);
        for part in ["Changed since you opened it", "Theirs", "Saved by Supervisor, ", "value=\"Mine\"", "value=\"Post\""] {
            assert!(back.body.contains(part), "{part}: {}", back.body);
        }
        let again = fields(&back.body, "action=\"/api/cases/edit\"");
        assert!(again.contains(&("priority".into(), "high".into())), "{again:?}");
        assert_eq!(send(&mut desk.browser, EDIT, &again, &[]).await.status, 200);
        let case = desk.read(&number).await;
        assert_eq!((case.title.as_str(), case.priority.key(), case.channel.as_str()), ("Mine", "high", "Post"));
    }

    async fn an_entry_that_its_writer_changes_in_two_tabs_loses_neither_text(app) {
        let mut desk = Desk::open(&app, "tabs", Role::Caseworker).await;
        let (number, id) = (desk.case("Tabs").await, key());
        assert_eq!(desk.browser.call("/api/cases/write_entry", &[("key", &id), ("number", &number), ("body", "First")]).await.status, 200);
        let page = desk.browser.get(&format!("/cases/{number}?edit={id}")).await.body;
        let form = fields(&page, "action=\"/api/cases/edit_entry\"");
        let edit = "/api/cases/edit_entry";
        assert_eq!(send(&mut desk.browser, edit, &form, &[("body", "Second")]).await.status, 200);
        assert_eq!(send(&mut desk.browser, edit, &form, &[("visibility", "author")]).await.status, 200, "only who sees it");
        let refused = both(&send(&mut desk.browser, edit, &form, &[("body", "Third")]).await);
        assert_eq!((refused[0].theirs.as_str(), refused[0].yours.as_str(), refused.len()), ("Second", "Third", 1));
        assert!(refused[0].saved.starts_with("you in another window, "), "{refused:?}");
        let entry = desk.read(&number).await.entries.into_iter().find(|e| e.id.to_string() == id).unwrap();
        assert_eq!((entry.body.as_str(), entry.visibility.key()), ("Second", "author"));
    }

    async fn the_organisation_s_name_and_zone_are_changed_by_two_people_at_once(app) {
        let org = app.organisation("settings").await;
        let (mut one, mut two) = (org.signed_in(&app, Role::Owner).await, org.signed_in(&app, Role::Admin).await);
        let path = "/api/settings/change_organisation";
        let form = fields(&one.get("/settings/organisation").await.body, &format!("action=\"{path}\""));
        assert_eq!(send(&mut two, path, &without_person(&form), &[("organisation", "North")]).await.status, 200);
        assert_eq!(send(&mut one, path, &form, &[("time_zone", "Europe/Lisbon")]).await.status, 200);
        let refused = both(&send(&mut one, path, &form, &[("organisation", "South")]).await);
        assert_eq!((refused[0].theirs.as_str(), refused[0].yours.as_str(), refused.len()), ("North", "South", 1));
        assert!(!refused[0].saved.is_empty());
        let page = one.get("/settings/organisation").await.body;
        assert!(page.contains("value=\"North\"") && page.contains("value=\"Europe/Lisbon\""), "{page}");
    }

    async fn two_who_close_one_case_are_both_heard(app) {
        let mut desk = Desk::open(&app, "closers", Role::Caseworker).await;
        let number = desk.case("Closers").await;
        let version = desk.read(&number).await.version.to_string();
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        let close = |outcome: &'static str, reason: &'static str| vec![("form", "close"), ("number", number.as_str()), ("version", version.as_str()), ("from", "enquiry"), ("to", "closed"), ("outcome", outcome), ("reason", reason)];
        let to = "/api/cases/move";
        assert_eq!(other.call(to, &close("Settled", "They paid.")).await.status, 200);
        assert_eq!(other.call(to, &close("Settled", "They paid.")).await.status, 200, "the same again");
        let refused = both(&desk.browser.call(to, &close("Withdrawn", "She moved away.")).await);
        let told: Vec<_> = refused.iter().map(|d| (d.label.as_str(), d.theirs.as_str(), d.yours.as_str())).collect();
        assert_eq!(told, [("Outcome", "Settled", "Withdrawn"), ("Reason", "They paid.", "She moved away.")]);
        assert!(refused.iter().all(|d| d.saved.starts_with("Supervisor, ")), "{refused:?}");
        // The page has no form to close the case any more, and shows what was typed all the same.
        let sent = desk.browser.post(&format!("/cases/{number}?close=yes"), to, &close("Withdrawn", "She moved away.")).await;
        let back = desk.browser.get(sent.location()).await;
        assert_eq!(back.status, 409);
        for part in ["What you sent is not saved", "Settled", "Saved by Supervisor, ", "Withdrawn</textarea>", "She moved away.</textarea>"] {
            assert!(back.body.contains(part), "{part}: {}", back.body);
        }
        // Reopened meanwhile, and closed from a page that shows it open still.
        assert_eq!(other.call(to, &[("number", &number), ("version", "2"), ("from", "closed"), ("to", "advising")]).await.status, 200);
        let late = both(&desk.browser.call(to, &close("Withdrawn", "")).await);
        assert!(late.iter().any(|d| d.label == "State" && d.saved.starts_with("Supervisor, ")), "{late:?}");
        assert!(desk.read(&number).await.closure.is_none());
    }

    async fn work_given_to_two_people_at_once_goes_to_the_first_and_the_second_is_told(app) {
        let mut desk = Desk::open(&app, "given", Role::Supervisor).await;
        let number = desk.case("Given").await;
        let [one, two] = [Role::Caseworker, Role::Owner].map(|role| desk.organisation.user(role).to_string());
        let give = |to: &str| vec![("number".to_owned(), number.clone()), ("version".into(), "1".into()), ("from".into(), "nobody".into()), ("assignee".into(), to.to_owned())];
        let to = "/api/cases/assign";
        assert_eq!(send(&mut desk.browser, to, &give(&one), &[]).await.status, 200);
        assert_eq!(send(&mut desk.browser, to, &give(&one), &[]).await.status, 200, "the same again");
        let refused = both(&send(&mut desk.browser, to, &give(&two), &[]).await);
        assert_eq!((refused[0].theirs.as_str(), refused[0].yours.as_str()), ("Caseworker", "Owner"));
        assert!(refused[0].saved.starts_with("you in another window, "), "{refused:?}");
        // Another change of the case is none of who works on it.
        let version = desk.read(&number).await.version;
        assert_eq!(super::super::edit(&mut desk.browser, &number, version, "Given away").await.status, 200);
        let over = vec![("number".to_owned(), number.clone()), ("version".into(), version.to_string()), ("from".into(), one.clone()), ("assignee".into(), two.clone())];
        assert_eq!(send(&mut desk.browser, to, &over, &[]).await.status, 200);
    }

    async fn who_sees_a_case_is_said_by_two_people_at_once(app) {
        let mut desk = Desk::open(&app, "sight", Role::Supervisor).await;
        let number = desk.case("Sight").await;
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        let [clerk, reader, boss, me] = [Role::Caseworker, Role::ReadOnly, Role::Owner, Role::Supervisor].map(|role| desk.organisation.user(role).to_string());
        let (page, to) = (format!("/cases/{number}/access"), "/api/cases/set_access");
        let open = without_person(&fields(&desk.browser.get(&page).await.body, &format!("action=\"{to}\"")));
        let named = [("restricted", "yes"), ("viewers[]", boss.as_str()), ("viewers[]", me.as_str())];
        assert_eq!(send(&mut desk.browser, to, &open, &named).await.status, 200);
        let form = without_person(&fields(&desk.browser.get(&page).await.body, &format!("action=\"{to}\"")));
        let add = |who| [("restricted", "yes"), ("viewers[]", boss.as_str()), ("viewers[]", me.as_str()), ("viewers[]", who)];
        assert_eq!(send(&mut owner, to, &form, &add(clerk.as_str())).await.status, 200);
        assert_eq!(send(&mut desk.browser, to, &form, &add(reader.as_str())).await.status, 200);
        let all: Vec<String> = desk.read(&number).await.viewers.into_iter().map(|viewer| viewer.id.to_string()).collect();
        assert!([&clerk, &reader, &boss, &me].iter().all(|id| all.contains(id)), "{all:?}");
        // Opening it past somebody who has just named others is refused.
        let refused = both(&send(&mut desk.browser, to, &form, &[("restricted", ""), ("viewers[]", me.as_str())]).await);
        assert!(refused[0].theirs.contains("Caseworker") && refused[0].yours.contains("Everybody") && !refused[0].saved.is_empty(), "{refused:?}");
        assert!(desk.read(&number).await.restricted);
    }

    async fn two_cases_are_not_linked_in_two_ways_at_once(app) {
        let mut desk = Desk::open(&app, "ways", Role::Caseworker).await;
        let (one, two) = (desk.case("One").await, desk.case("Two").await);
        let link = async |desk: &mut Desk, kind: &str| desk.browser.call("/api/cases/link", &[("number", &one), ("other", &two), ("kind", kind)]).await;
        assert_eq!(link(&mut desk, "related").await.status, 200);
        assert_eq!(link(&mut desk, "related").await.status, 200, "the same again");
        assert!(link(&mut desk, "duplicate").await.fault().about("other").unwrap().contains("Related to"));
        assert_eq!(desk.read(&two).await.links.len(), 1);
    }
}

/// A form as another member would have it.
fn without_person(form: &[(String, String)]) -> Vec<(String, String)> {
    form.iter().filter(|(name, _)| name != "shown_for").cloned().collect()
}
