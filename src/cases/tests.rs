//! Cases over HTTP, on both engines.

mod closing;
mod drafts;
mod due;
mod handing;
mod keys;
mod merging;
mod notes;
mod numbers;
mod revisions;
mod timeline;

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
        // So many in flight at once as PostgreSQL's ten connections serve within the two seconds for which a request waits
        // for one, on a busy machine, too: more would be told to come back later, as they should, and would edit nothing.
        let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(32));
        let mut writers = tokio::task::JoinSet::new();
        for n in 0..1_000 {
            let (mut browser, number, gate) = (desk.browser.clone(), number.clone(), gate.clone());
            writers.spawn(async move {
                let _turn = gate.acquire().await.unwrap();
                let seen: crate::cases::api::CaseView = browser.read("/api/cases/case", &[("number", &number)]).await.value();
                let mine = format!("As {n} would have it");
                let answer = edit(&mut browser, &number, seen.version, &mine).await;
                match answer.status.as_u16() {
                    200 => true,
                    409 => {
                        let Fault::Conflict(both) = answer.fault() else { panic!("{n}: {}", answer.body) };
                        let theirs = |label: &str| both.iter().find(|d| d.label == label).unwrap().theirs.clone();
                        assert!(both.iter().any(|d| d.label == "Title" && d.yours == mine), "{both:?}");
                        // What is stored now: somebody saved since, and no two write the same.
                        assert!(theirs("Version").parse::<i64>().unwrap() > seen.version && theirs("Title") != seen.title, "{both:?}");
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
        // Each save made one version, and began with what the one before it had left.
        let end = desk.read(&number).await;
        assert_eq!((won + told, end.version), (1_000, 1 + won));
        assert!(won > 0 && told > 0, "{won} won, {told} were told");
        let changed = desk.history(&number).await.events.into_iter().filter(|e| e.what.contains("changed the case"));
        let titles: Vec<(String, String)> = changed.flat_map(|e| e.changes).filter(|c| c.label == "Title").map(|c| (c.from, c.to)).collect();
        assert_eq!(titles[0].1, end.title);
        assert!(titles.windows(2).all(|both| both[0].0 == both[1].1), "{titles:?}");
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
        let caseworker = desk.organisation.user(Role::Caseworker).to_string();
        let version = desk.read(&number).await.version.to_string();
        let said = [("number", number.as_str()), ("version", &version), ("title", "Zebra secret"), ("tags", "zebrafish"), ("channel", "Zebra crossing")];
        assert_eq!(desk.browser.call(EDIT, &said).await.status, 200);
        let version = desk.read(&number).await.version.to_string();
        assert_eq!(desk.browser.call("/api/cases/assign", &[("number", &number), ("version", &version), ("assignee", &caseworker)]).await.status, 200);
        let version = desk.read(&number).await.version.to_string();
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
        for path in [format!("/cases/{number}"), format!("/cases/{number}/history"), format!("/cases/{number}?facts=edit"), format!("/cases/{number}/access")] {
            assert_eq!(owner.browser.get(&path).await.status, 404, "{path}");
        }
        let list = owner.list("").await;
        assert_eq!((list.total, list.rows.len()), (1, 1));
        assert_eq!(owner.list("q=zebra").await.total, 0);
        // Neither its title, number, tag and channel nor that somebody works on it. The palette is on every page.
        for path in ["/cases".to_owned(), "/home".into(), "/cases/new".into(), "/cases?q=zebr".into(), "/cases?assignee=none&kind=open".into(), format!("/cases/{open}"), format!("/cases/{open}?facts=edit"), format!("/cases/{open}/history"), "/cases.csv".into(), "/settings/members".into(), "/settings/record".into()] {
            let page = owner.browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for mark in ["ebra", number.as_str(), "Hand the one open case over to"] {
                assert!(!page.body.contains(mark), "{path} has {mark}: {}", page.body);
            }
        }
        for (path, mark) in [("/cases?tag=zebrafish", number.as_str()), ("/home", "Zebra secret"), ("/settings/members", "Hand the one open case over to")] {
            assert!(named.get(path).await.body.contains(mark), "{path} has no {mark}");
        }
        let linked = owner.browser.call("/api/cases/link", &[("number", &open), ("other", &number)]).await;
        assert!(linked.fault().about("other").is_some());
        // Its number was in the history of the other case before it was restricted, and still is for those who see it.
        let history = format!("/cases/{open}/history");
        assert!(named.get(&history).await.body.contains(&number));
        let told = owner.browser.get(&history).await.body;
        assert!(!told.contains(&number) && told.contains("linked the case to a restricted case"), "{told}");
    }

    async fn a_draft_that_comes_after_its_entry_is_not_kept(app) {
        let mut desk = Desk::open(&app, "late", Role::Caseworker).await;
        let number = desk.case("Late").await;
        let (key, body) = (key(), "She sends the plans on Friday.");
        let draft = async |desk: &mut Desk| {
            let kept = desk.browser.call("/api/cases/save_draft", &[("number", &number), ("body", body), ("key", &key)]).await;
            assert_eq!(kept.status, 200, "{}", kept.body);
            desk.read(&number).await.draft.body
        };
        assert_eq!(draft(&mut desk).await, body);
        let wrote = desk.browser.call("/api/cases/write_entry", &[("key", &key), ("number", &number), ("body", body)]).await;
        assert_eq!(wrote.status, 200, "{}", wrote.body);
        assert_eq!(desk.read(&number).await.draft.body, "");
        assert_eq!(draft(&mut desk).await, "", "it was on its way while the entry was written");
    }

    async fn a_pinned_entry_stands_first_until_it_is_taken_down(app) {
        let mut desk = Desk::open(&app, "pins", Role::Caseworker).await;
        let number = desk.case("Pins").await;
        desk.note(&number, "the door code").await;
        app.state.clock.advance(60);
        desk.note(&number, "called back").await;
        let order = async |desk: &mut Desk| {
            let view = desk.read(&number).await;
            view.entries.iter().filter(|e| e.kind == crate::cases::model::EntryKind::Note).map(|e| (e.body.clone(), e.pinned)).collect::<Vec<_>>()
        };
        let entry = desk.read(&number).await.entries.iter().find(|e| e.body == "the door code").unwrap().id.to_string();
        assert_eq!(order(&mut desk).await, [("called back".to_owned(), false), ("the door code".into(), false)]);
        let pin = [("number", number.as_str()), ("entry", &entry), ("pin", "yes")];
        assert_eq!(desk.browser.call("/api/cases/pin_entry", &pin).await.status, 200);
        assert_eq!(order(&mut desk).await, [("the door code".to_owned(), true), ("called back".into(), false)]);
        let page = desk.browser.get(&format!("/cases/{number}")).await.body;
        assert!(page.contains("Take off the top") && page.find("the door code") < page.find("called back"), "{page}");
        assert_eq!(desk.browser.call("/api/cases/pin_entry", &pin[..2]).await.status, 200);
        assert_eq!(order(&mut desk).await, [("called back".to_owned(), false), ("the door code".into(), false)]);
    }

    async fn a_link_shows_on_both_cases_until_it_is_removed(app) {
        let mut desk = Desk::open(&app, "links", Role::Caseworker).await;
        let (one, two) = (desk.case("First of two").await, desk.case("Second of two").await);
        let links = async |desk: &mut Desk, number: &str| desk.read(number).await.links.into_iter().map(|l| l.number).collect::<Vec<_>>();
        assert_eq!(desk.browser.call("/api/cases/link", &[("number", &one), ("other", &two), ("kind", "")]).await.status, 200);
        assert_eq!((links(&mut desk, &one).await, links(&mut desk, &two).await), (vec![two.clone()], vec![one.clone()]));
        assert!(desk.browser.get(&format!("/cases/{two}")).await.body.contains("First of two"));
        assert_eq!(desk.browser.call("/api/cases/unlink", &[("number", &two), ("other", &one)]).await.status, 200);
        assert!(links(&mut desk, &one).await.is_empty() && links(&mut desk, &two).await.is_empty());
        assert!(!desk.browser.get(&format!("/cases/{two}")).await.body.contains("First of two"));
    }

    async fn each_filter_finds_what_it_names_and_nothing_else(app) {
        let mut desk = Desk::open(&app, "sieve", Role::Owner).await;
        let chosen = desk.browser.call("/api/settings/choose_presets", &[("presets[]", "support")]).await;
        assert_eq!(chosen.status, 200, "{}", chosen.body);
        let types = desk.list("").await.catalogue.types.clone();
        let kind = |key: &str| types.iter().find(|t| t.key == key).unwrap().id.to_string();
        let (advice, support, me) = (kind("advice"), kind("support"), desk.organisation.user(Role::Owner).to_string());
        let today = |app: &crate::server::testing::TestApp| crate::server::time::Zone::named("Europe/Amsterdam").show(app.state.clock.now()).input;
        let opened = async |desk: &mut Desk, pairs: &[(&str, &str)]| {
            let answer = desk.create(&[&[("key", key().as_str())], pairs].concat()).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.location().strip_prefix("/cases/").unwrap().to_owned()
        };
        let first = today(&app);
        let early = opened(&mut desk, &[("title", "Leaking roof"), ("case_type", &advice), ("channel", "Letter"), ("priority", "low"), ("due", "2027-01-10"), ("tags", "court"), ("fields[area][]", "Housing"), ("fields[opponent][]", "Landlord"), ("fields[funded][]", "yes"), ("fields[value][]", "1200")]).await;
        app.state.clock.advance(3 * 86_400);
        desk.browser = desk.organisation.signed_in(&app, Role::Owner).await;
        let second = today(&app);
        let late = opened(&mut desk, &[("title", "Lost job"), ("case_type", &support), ("assignee", &me), ("channel", "Phone"), ("priority", "urgent"), ("due", "2027-02-20"), ("tags", "urgent help"), ("fields[needs][]", "Money"), ("fields[needs][]", "Work")]).await;
        let states = [desk.read(&early).await.state.name, desk.read(&late).await.state.name];
        assert_ne!(states[0], states[1]);
        let only = |query: String, number: &String| (query, Some(number.clone()));
        let mut asked = vec![
            only(format!("state={}", states[0].replace(' ', "+")), &early), only(format!("state={}", states[1].replace(' ', "+")), &late),
            only(format!("type={advice}"), &early), only(format!("type={support}"), &late),
            only("assignee=none".into(), &early), only("assignee=me".into(), &late), only(format!("assignee={me}"), &late),
            only("channel=Letter".into(), &early), only("channel=Phone".into(), &late),
            only("priority=low".into(), &early), only("priority=urgent".into(), &late),
            only("tag=court".into(), &early), only("tag=urgent+help".into(), &late),
            only(format!("opened_to={first}"), &early), only(format!("opened_from={second}"), &late),
            only("due_to=2027-01-10".into(), &early), only("due_from=2027-01-11".into(), &late),
            only("q=roof".into(), &early), only("q=lost+job".into(), &late),
            only("f.area=Housing".into(), &early), only("f.opponent=Landlord".into(), &early), only("f.funded=yes".into(), &early), only("f.value=1200".into(), &early),
            only("f.needs=Work".into(), &late), only("f.needs=Money&f.needs=Work".into(), &late),
            only("type=&priority=low&channel=Letter&f.area=Housing".into(), &early),
        ];
        asked.extend(["f.needs=Health", "f.area=Debt", "f.funded=no", "channel=Letter&priority=urgent", "tag=court&tag=urgent+help", "q=roof+job"].map(|query| (query.to_owned(), None)));
        for (query, number) in asked {
            let found = desk.list(&query).await;
            let numbers: Vec<String> = found.rows.iter().map(|row| row.number.clone()).collect();
            assert_eq!((found.total, numbers), (number.iter().len() as i64, number.into_iter().collect()), "{query}");
        }
        let page = desk.browser.get(&format!("/cases?type={support}")).await.body;
        assert!(page.contains("name=\"f.needs\"") && page.contains("value=\"Work\""), "{page}");
    }

    async fn what_only_restricted_cases_carry_is_offered_to_nobody(app) {
        let mut desk = Desk::open(&app, "terms", Role::Supervisor).await;
        let (plain, number) = (desk.case("Plain").await, desk.case("Hidden").await);
        let edit = async |desk: &mut Desk, number: &str, tags: &str, channel: &str| {
            let version = desk.read(number).await.version.to_string();
            let saved = desk.browser.call(EDIT, &[("number", number), ("version", &version), ("title", "One"), ("tags", tags), ("channel", channel)]).await;
            assert_eq!(saved.status, 200, "{}", saved.body);
        };
        let access = async |desk: &mut Desk, restricted: bool| {
            let version = desk.read(&number).await.version.to_string();
            let mut pairs = vec![("number", number.as_str()), ("version", version.as_str())];
            pairs.extend(restricted.then_some(("restricted", "on")));
            assert_eq!(desk.browser.call("/api/cases/set_access", &pairs).await.status, 200);
        };
        edit(&mut desk, &plain, "shared", "Letter").await;
        edit(&mut desk, &number, "shared, zebra", "Whistle").await;
        let seen = desk.list("").await.catalogue;
        assert_eq!((seen.tags.as_slice(), seen.channels.as_slice()), (&["shared".to_owned(), "zebra".into()][..], &["Letter".to_owned(), "Whistle".into()][..]));
        access(&mut desk, true).await;
        let seen = desk.list("").await.catalogue;
        assert_eq!((seen.tags.as_slice(), seen.channels.as_slice()), (&["shared".to_owned()][..], &["Letter".to_owned()][..]));
        // What is written on it while it is hidden stays with it, and comes back when everybody sees it.
        edit(&mut desk, &number, "shared, giraffe", "Whistle").await;
        assert_eq!(desk.list("").await.catalogue.tags.as_slice(), ["shared"]);
        access(&mut desk, false).await;
        let seen = desk.list("").await.catalogue;
        assert_eq!((seen.tags.as_slice(), seen.channels.as_slice()), (&["giraffe".to_owned(), "shared".into()][..], &["Letter".to_owned(), "Whistle".into()][..]));
    }

    async fn restricted_cases_are_counted_for_those_who_see_them_and_never_left_to_nobody(app) {
        let mut desk = Desk::open(&app, "heirs", Role::Supervisor).await;
        let number = desk.case("Hidden").await;
        let version = desk.read(&number).await.version.to_string();
        assert_eq!(desk.browser.call("/api/cases/assign", &[("number", &number), ("version", &version), ("assignee", &desk.organisation.user(Role::Supervisor).to_string())]).await.status, 200);
        let version = desk.read(&number).await.version.to_string();
        assert_eq!(desk.browser.call("/api/cases/set_access", &[("number", &number), ("version", &version), ("restricted", "on")]).await.status, 200);
        let mut owner = desk.organisation.signed_in(&app, Role::Owner).await;
        let page = owner.get("/settings/members").await.body;
        assert!(!page.contains("Hand the one open case over to"), "{page}");
        assert!(desk.browser.get("/settings/members").await.body.contains("Hand the one open case over to"));
        assert_eq!(owner.get(&format!("/cases/{number}")).await.status, 404);
        let left = desk.browser.call("/api/accounts/remove_member", &[("user", &desk.organisation.user(Role::Supervisor).to_string())]).await;
        assert_eq!(left.status, 200, "{}", left.body);
        assert_eq!(owner.get(&format!("/cases/{number}")).await.status, 200);
        let mut caseworker = desk.organisation.signed_in(&app, Role::Caseworker).await;
        assert_eq!(caseworker.get(&format!("/cases/{number}")).await.status, 404);
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
        assert_eq!(desk.read(&number).await.draft.body, "half a sent");
        desk.note(&number, "half a sentence, whole").await;
        assert_eq!(desk.read(&number).await.draft.body, "");
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
        assert_eq!(desk.read(&number).await.entries.iter().find(|e| e.id == entry.id).unwrap().draft.as_ref().unwrap().body, "As it shall be");
        let version = entry.version.to_string();
        let saved = [("number", number.as_str()), ("entry", &id), ("version", &version), ("body", "As it shall be")];
        assert_eq!(desk.browser.call("/api/cases/edit_entry", &saved).await.status, 200);
        let now = desk.read(&number).await;
        let entry = now.entries.iter().find(|e| e.id == entry.id).unwrap();
        assert_eq!((entry.body.as_str(), &entry.draft, now.draft.body.as_str()), ("As it shall be", &None, "Something new"));
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
        for path in ["/home".to_owned(), "/cases".into(), format!("/cases?q={}", "%3Cscript%3Ealert"), format!("/cases/{number}"), format!("/cases/{number}?edit={entry}"), format!("/cases/{number}?facts=edit"), format!("/cases/{number}/history"), "/settings/members".into(), "/me".into(), "/settings/record".into()] {
            let page = desk.browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for mark in ["<script>alert", "<img", "<b>tag", "<i>c</i>"] {
                assert!(!page.body.contains(mark), "{path} has {mark}: {}", page.body);
            }
        }
    }
}
