//! Cases over HTTP, on both engines.

use uuid::Uuid;

use super::{model::StateKind, testing::Desk};
use crate::{
    accounts::Role,
    fault::Fault,
    server::testing::{Browser, on_both_engines},
};

const EDIT: &str = "/api/cases/edit";

fn key() -> String {
    Uuid::now_v7().to_string()
}

async fn edit(browser: &mut Browser, number: &str, version: i64, title: &str) -> crate::server::testing::Answered {
    browser.call(EDIT, &[("number", number), ("version", &version.to_string()), ("title", title)]).await
}

on_both_engines! {
    async fn a_case_is_opened_worked_closed_and_reopened(app) {
        let mut desk = Desk::open(&app, "whole", Role::Caseworker).await;
        let number = desk.case("Deposit withheld").await;
        assert!(number.starts_with("LA-20") && number.ends_with("-00001"), "{number}");
        let me = desk.organisation.user(Role::Caseworker).to_string();
        let version = desk.read(&number).await.version.to_string();
        let assigned = desk.browser.call("/api/cases/assign", &[("number", &number), ("version", &version), ("assignee", &me)]).await;
        assert_eq!(assigned.status, 200, "{}", assigned.body);
        desk.note(&number, "Called the landlord. <script>alert(1)</script>").await;
        // Taking the case on asks for the area of law.
        let refused = desk.go(&number, "advising", "").await;
        assert_eq!(refused.status, 422);
        assert!(refused.fault().about("to").unwrap().contains("Area of law"));
        let version = desk.read(&number).await.version.to_string();
        let saved = desk.browser.call(EDIT, &[("number", &number), ("version", &version), ("title", "Deposit withheld"), ("fields[area][]", "Housing"), ("tags", "court, Housing")]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        assert_eq!(desk.go(&number, "advising", "").await.status, 200);
        let unsaid = desk.go(&number, "closed", " ").await;
        assert!(unsaid.fault().about("outcome").is_some());
        assert_eq!(desk.go(&number, "closed", "Settled").await.status, 200);
        let closed = desk.read(&number).await;
        assert_eq!((closed.state.kind, closed.closure.unwrap().outcome.as_str()), (StateKind::Closed, "Settled"));
        assert_eq!(closed.tags, ["court", "housing"]);
        assert_eq!(desk.go(&number, "enquiry", "").await.status, 422);
        assert_eq!(desk.go(&number, "advising", "").await.status, 200);
        let open = desk.read(&number).await;
        assert!(open.closure.is_none() && open.closed.is_none());
        assert!(!open.entries.iter().any(|e| e.html.contains("<script")));
        assert_eq!(desk.list("q=deposit&kind=open&assignee=me&tag=court").await.rows.len(), 1);
        let told: Vec<String> = desk.history(&number).await.events.into_iter().map(|e| e.what).collect();
        for what in ["opened the case", "changed who works", "wrote a note", "closed the case", "reopened the case"] {
            assert!(told.iter().any(|t| t.contains(what)), "{what}: {told:?}");
        }
    }

    async fn rel_15_a_thousand_edits_at_once_lose_nothing_and_every_loser_is_told(app) {
        let mut desk = Desk::open(&app, "race", Role::Caseworker).await;
        let number = desk.case("0").await;
        let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(8));
        let mut writers = tokio::task::JoinSet::new();
        for n in 0..1_000 {
            let (mut browser, number, gate) = (desk.browser.clone(), number.clone(), gate.clone());
            writers.spawn(async move {
                let _turn = gate.acquire().await.unwrap();
                let seen: crate::cases::api::CaseView = browser.read("/api/cases/case", &[("number", &number)]).await.value();
                // Everybody adds one to the number that they read: a lost edit would show in the sum.
                let next = seen.title.parse::<i64>().unwrap() + 1;
                let answer = edit(&mut browser, &number, seen.version, &next.to_string()).await;
                match answer.status.as_u16() {
                    200 => true,
                    409 => {
                        let Fault::Conflict(both) = answer.fault() else { panic!("{n}: {}", answer.body) };
                        assert!(both.iter().any(|d| d.label == "Title" && d.yours == next.to_string()), "{both:?}");
                        false
                    }
                    other => panic!("{n}: {other} {}", answer.body),
                }
            });
        }
        let mut won = 0;
        let mut told = 0;
        while let Some(outcome) = writers.join_next().await {
            if outcome.unwrap() { won += 1 } else { told += 1 }
        }
        let end = desk.read(&number).await;
        assert_eq!(won + told, 1_000);
        // A loser whose number equals what the winner stored has lost nothing: the save is the same.
        assert_eq!(end.version, 1 + end.title.parse::<i64>().unwrap());
        assert!(end.title.parse::<i64>().unwrap() <= won && told > 0, "{won} won, {told} were told, title {}", end.title);
        let changed = desk.history(&number).await.events.into_iter().filter(|e| e.what.contains("changed the case")).count();
        assert!(changed > 0);
    }

    async fn rel_14_a_form_sent_fifty_times_has_one_effect_and_one_answer(app) {
        let mut desk = Desk::open(&app, "twice", Role::Caseworker).await;
        let list = desk.list("").await;
        let case_type = list.catalogue.types[0].id.to_string();
        let key = key();
        let mut senders = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (mut browser, key, case_type) = (desk.browser.clone(), key.clone(), case_type.clone());
            senders.spawn(async move { browser.call("/api/cases/create", &[("key", &key), ("title", "Once"), ("case_type", &case_type)]).await });
        }
        let mut places = std::collections::BTreeSet::new();
        while let Some(answer) = senders.join_next().await {
            let answer = answer.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
            places.insert(answer.location().to_owned());
        }
        assert_eq!(places.len(), 1, "{places:?}");
        assert_eq!(desk.list("").await.total, 1);
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        let stolen = other.call("/api/cases/create", &[("key", &key), ("title", "Mine"), ("case_type", &case_type)]).await;
        assert_eq!(stolen.status, 400);
    }

    async fn a_restricted_case_shows_nowhere_but_to_those_named(app) {
        let mut desk = Desk::open(&app, "hidden", Role::Supervisor).await;
        let open = desk.case("Plain").await;
        let number = desk.case("Zebra secret").await;
        let version = desk.read(&number).await.version.to_string();
        let caseworker = desk.organisation.user(Role::Caseworker).to_string();
        desk.browser.call("/api/cases/link", &[("number", &open), ("other", &number)]).await;
        let set = desk.browser.call("/api/cases/set_access", &[("number", &number), ("version", &version), ("restricted", "on"), ("viewers[]", &caseworker)]).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let mut named = desk.organisation.signed_in(&app, Role::Caseworker).await;
        assert_eq!(named.get(&format!("/cases/{number}")).await.status, 200);
        // Not even an owner sees it who is not named.
        let mut owner = Desk { browser: desk.organisation.signed_in(&app, Role::Owner).await, organisation: desk.organisation, numbers: Vec::new() };
        let hidden = owner.browser.read("/api/cases/case", &[("number", &number)]).await;
        let absent = owner.browser.read("/api/cases/case", &[("number", "LA-1999-00001")]).await;
        assert_eq!((hidden.status, &hidden.body), (absent.status, &absent.body));
        for path in [format!("/cases/{number}"), format!("/cases/{number}/history"), format!("/cases/{number}/edit"), format!("/cases/{number}/access")] {
            assert_eq!(owner.browser.get(&path).await.status, 404, "{path}");
        }
        let list = owner.list("").await;
        assert_eq!((list.total, list.rows.len()), (1, 1));
        assert_eq!(owner.list("q=zebra").await.total, 0);
        for path in ["/cases".to_owned(), "/home".into(), "/cases?q=zebr".into(), format!("/cases/{open}"), format!("/cases/{open}/history"), "/cases.csv".into()] {
            assert!(!owner.browser.get(&path).await.body.contains("ebra"), "{path}");
        }
        let linked = owner.browser.call("/api/cases/link", &[("number", &open), ("other", &number)]).await;
        assert!(linked.fault().about("other").is_some());
    }

    async fn entries_are_seen_by_those_they_are_for(app) {
        let mut desk = Desk::open(&app, "eyes", Role::Caseworker).await;
        let number = desk.case("Eyes").await;
        for (visibility, body) in [("everyone", "for all"), ("supervisors", "for supervisors"), ("author", "for me")] {
            let wrote = desk.browser.call("/api/cases/write_entry", &[("key", &key()), ("number", &number), ("body", body), ("visibility", visibility)]).await;
            assert_eq!(wrote.status, 200, "{}", wrote.body);
        }
        for (role, seen) in [(Role::Caseworker, 3), (Role::Supervisor, 2), (Role::ReadOnly, 1)] {
            let mut browser = desk.organisation.signed_in(&app, role).await;
            let view: crate::cases::api::CaseView = browser.read("/api/cases/case", &[("number", &number), ("kind", "note")]).await.value();
            assert_eq!(view.entries.len(), seen, "{role:?}");
            let page = browser.get(&format!("/cases/{number}/history")).await.body;
            assert!(!page.contains("for supervisors") && !page.contains("for me"), "{role:?}");
        }
    }

    async fn an_entry_is_edited_with_its_history_and_only_by_its_author(app) {
        let mut desk = Desk::open(&app, "ink", Role::Caseworker).await;
        let number = desk.case("Ink").await;
        desk.note(&number, "first").await;
        let entry = desk.read(&number).await.entries.iter().find(|e| e.body == "first").cloned().unwrap();
        let (id, version) = (entry.id.to_string(), entry.version.to_string());
        let pairs = |version: &'static str| [("number", number.clone()), ("entry", id.clone()), ("version", version.to_owned()), ("body", "second".to_owned())];
        assert_eq!(version, "1");
        let refs = pairs("1");
        let refs: Vec<(&str, &str)> = refs.iter().map(|(a, b)| (*a, b.as_str())).collect();
        assert_eq!(desk.browser.call("/api/cases/edit_entry", &refs).await.status, 200);
        let stale = [("number", number.as_str()), ("entry", &id), ("version", "1"), ("body", "third")];
        assert_eq!(desk.browser.call("/api/cases/edit_entry", &stale).await.status, 409);
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        assert_eq!(owner.call("/api/cases/edit_entry", &stale).await.status, 404);
        let earlier: Vec<crate::cases::api::RevisionView> = desk.browser.read("/api/cases/revisions", &[("number", &number), ("entry", &id)]).await.value();
        assert_eq!(earlier.iter().map(|r| r.body.as_str()).collect::<Vec<_>>(), ["first"]);
    }

    async fn a_draft_survives_a_lost_session(app) {
        let mut desk = Desk::open(&app, "draft", Role::Caseworker).await;
        let number = desk.case("Draft").await;
        let kept = desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "half a sent")]).await;
        assert_eq!(kept.status, 200, "{}", kept.body);
        app.state.clock.advance(3 * 3_600);
        assert_eq!(desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "half a sentence")]).await.status, 401);
        let email = desk.organisation.email(Role::Caseworker);
        desk.browser.sign_in(&email).await;
        assert_eq!(desk.read(&number).await.draft, "half a sent");
        desk.note(&number, "half a sentence, whole").await;
        assert_eq!(desk.read(&number).await.draft, "");
        // A draft is its writer's alone.
        desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "private")]).await;
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        assert!(!owner.get(&format!("/cases/{number}")).await.body.contains("private"));
    }

    async fn the_list_pages_sorts_and_counts(app) {
        let mut desk = Desk::open(&app, "list", Role::Caseworker).await;
        for n in 0..60 {
            desk.case(&format!("Case {n:02} 100%_done")).await;
        }
        let first = desk.list("sort=title&dir=asc").await;
        assert_eq!((first.rows.len(), first.total, first.rows[0].title.as_str()), (50, 60, "Case 00 100%_done"));
        let after = first.next.unwrap();
        let mut query = crate::cases::filter::ListQuery::parse("sort=title&dir=asc");
        query.after = after;
        let second = desk.list(&query.to_query()).await;
        assert_eq!((second.rows.len(), second.rows[0].title.as_str(), second.next.is_none()), (10, "Case 50 100%_done", true));
        for column in crate::cases::filter::COLUMNS {
            for direction in ["asc", "desc"] {
                let mut seen = std::collections::BTreeSet::new();
                let mut query = crate::cases::filter::ListQuery::parse(&format!("sort={}&dir={direction}", column.0));
                loop {
                    let page = desk.list(&query.to_query()).await;
                    seen.extend(page.rows.iter().map(|r| r.number.clone()));
                    let Some(next) = page.next else { break };
                    query.after = next;
                }
                assert_eq!(seen.len(), 60, "{} {direction}", column.0);
            }
        }
        assert_eq!(desk.list("q=%25_DONE").await.total, 60);
        assert_eq!(desk.list("q=%25%25").await.total, 0);
        assert_eq!(desk.list("kind=open").await.total, 60);
        assert_eq!(desk.list("overdue=yes").await.total, 0);
        assert_eq!(desk.list("after=nonsense&opened_from=x&f.nothing=1&type=zzz").await.total, 0);
        app.state.clock.advance(60 * 86_400);
        desk.browser.sign_in(&desk.organisation.email(Role::Caseworker)).await;
        assert_eq!(desk.list("overdue=yes").await.total, 60);
    }

    async fn pages_take_at_most_four_statements(app) {
        let mut desk = Desk::open(&app, "four", Role::Owner).await;
        let number = desk.case("Four").await;
        for path in ["/home".to_owned(), "/cases".into(), "/cases?kind=open&sort=due".into(), "/cases?q=four&tag=x".into(), format!("/cases/{number}"), "/cases/new".into(), "/settings/members".into()] {
            let page = desk.browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            let count: u32 = page.header("server-timing").strip_prefix("db;desc=").unwrap().parse().unwrap();
            assert!(count <= 4, "{path}: {count} statements");
        }
    }

    async fn the_other_text_of_an_entry_is_kept_until_it_is_saved(app) {
        let mut desk = Desk::open(&app, "drafts", Role::Caseworker).await;
        let number = desk.case("Heating debt").await;
        desk.note(&number, "As it was").await;
        let entry = desk.read(&number).await.entries.iter().find(|e| e.may_edit).cloned().unwrap();
        let id = entry.id.to_string();
        let save = |body: &'static str| [("number", number.clone()), ("entry", id.clone()), ("body", body.to_owned())];
        let keep = async |browser: &mut Browser, body: &'static str| {
            let pairs = save(body);
            browser.call("/api/cases/save_draft", &pairs.each_ref().map(|(n, v)| (*n, v.as_str()))).await.status.as_u16()
        };
        assert_eq!(keep(&mut desk.browser, "As it shall be").await, 200);
        desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", "Something new")]).await;

        // Another browser of the same person, as after the tab was closed: both are there, each in its place.
        let mut again = desk.organisation.signed_in(&app, Role::Caseworker).await;
        let page = again.get(&format!("/cases/{number}?edit={id}")).await.body;
        assert!(page.contains("As it shall be</textarea>") && page.contains("Something new</textarea>") && page.contains("Restored your draft"), "{page}");
        let home = again.get("/home").await.body;
        assert!(home.contains(&format!("/cases/{number}?edit={id}#e-{id}")) && home.contains(&format!("/cases/{number}#body")), "{home}");
        // Nobody else sees it, and nobody keeps one for an entry of somebody else.
        let mut other = desk.organisation.signed_in(&app, Role::Supervisor).await;
        assert!(!other.get(&format!("/cases/{number}?edit={id}")).await.body.contains("As it shall be"));
        assert_eq!(keep(&mut other, "Mine now").await, 404);

        // A refused save keeps it, a save takes it away.
        let stale = [("number", number.as_str()), ("entry", &id), ("version", "7"), ("body", "As it shall be")];
        assert_eq!(desk.browser.call("/api/cases/edit_entry", &stale).await.status, 409);
        assert_eq!(desk.read(&number).await.entries.iter().find(|e| e.id == entry.id).unwrap().draft.as_deref(), Some("As it shall be"));
        let version = entry.version.to_string();
        let saved = [("number", number.as_str()), ("entry", &id), ("version", &version), ("body", "As it shall be")];
        assert_eq!(desk.browser.call("/api/cases/edit_entry", &saved).await.status, 200);
        let now = desk.read(&number).await;
        let entry = now.entries.iter().find(|e| e.id == entry.id).unwrap();
        assert_eq!((entry.body.as_str(), entry.draft.as_deref(), now.draft.as_str()), ("As it shall be", None, "Something new"));
        assert!(!again.get("/home").await.body.contains("?edit="));
    }

    async fn a_form_without_script_comes_back_with_its_text_and_complaint(app) {
        let mut desk = Desk::open(&app, "plain", Role::Caseworker).await;
        let key = key();
        let case_type = desk.list("").await.catalogue.types[0].id.to_string();
        let note = "A long story & more</textarea><script>alert(1)</script>";
        let answer = desk.browser.post("/cases/new", "/api/cases/create", &[("key", &key), ("title", ""), ("note", note), ("case_type", &case_type)]).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/cases/new?kept="), "{}", answer.location());
        let page = desk.browser.get(answer.location()).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("A long story &amp; more&lt;/textarea>") && page.body.contains("Give the case a title."), "{}", page.body);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        let mut thief = desk.organisation.signed_in(&app, Role::Supervisor).await;
        let empty = thief.get(answer.location()).await;
        assert!(empty.status == 200 && !empty.body.contains("A long story"));
    }
}

on_both_engines! {
    async fn sec_78_what_people_write_is_text_wherever_it_stands(app) {
        let mut desk = Desk::open(&app, "markup", Role::Owner).await;
        let evil = "</textarea></script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
        let title: String = evil.chars().take(200).collect();
        let number = desk.case(&title).await;
        desk.note(&number, evil).await;
        let version = desk.read(&number).await.version.to_string();
        let saved = desk.browser.call(EDIT, &[("number", &number), ("version", &version), ("title", &title), ("tags", "<b>tag</b>"), ("channel", "<i>c</i>"), ("fields[opponent][]", evil)]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", evil)]).await;
        desk.browser.call("/api/accounts/change_name", &[("name", &title)]).await;
        let entry = desk.read(&number).await.entries.iter().find(|e| e.may_edit).cloned().unwrap().id;
        for path in ["/home".to_owned(), "/cases".into(), format!("/cases?q={}", "%3Cscript%3Ealert"), format!("/cases/{number}"), format!("/cases/{number}?edit={entry}"), format!("/cases/{number}/edit"), format!("/cases/{number}/history"), "/settings/members".into(), "/me".into(), "/settings/record".into()] {
            let page = desk.browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for mark in ["<script>alert", "<img", "<b>tag", "<i>c</i>"] {
                assert!(!page.body.contains(mark), "{path} has {mark}: {}", page.body);
            }
        }
    }
}
