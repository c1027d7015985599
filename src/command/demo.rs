//! `casetrakr demo`: an organisation to look at, made through the same doors as a real one, from a fixed seed.

use super::{arguments::Options, open, serve, terminal::print};
use crate::{
    accounts::{self, Permission, Role, Scope},
    cases::{self, Arrival, CaseType, Certainty, EntryKind, Incoming, IncomingEntry, Priority, StateKind},
    clock::Instant,
    ids::{Id, kinds},
    privacy::{policy, registry::may_be_logged},
    server::{config::Operator, state::State, telemetry, time::Zone},
};

const DAY: i64 = 86_400;
const EMAIL: &str = "ada.brandt@example.org";
const PASSWORD: &str = "seven quiet otters fold maps";
const MEMBERS: [(&str, &str, Role); 6] = [
    ("Ada Brandt", EMAIL, Role::Owner),
    ("Jonas Weber", "jonas.weber@example.org", Role::Admin),
    ("Mira Sato", "mira.sato@example.org", Role::Supervisor),
    ("Tomas Silva", "tomas.silva@example.org", Role::Caseworker),
    ("Leila Haddad", "leila.haddad@example.org", Role::Caseworker),
    ("Piet Jansen", "piet.jansen@example.org", Role::ReadOnly),
];

pub(super) async fn demo(options: &Options, count: u32, fill_only: bool) -> Result<(), String> {
    let mut options = options.clone();
    options.data.get_or_insert_with(|| "./data-demo".into());
    let mut config = open::config(&options)?;
    invent_operator(&mut config.operator);
    let door = if fill_only { None } else { Some(serve::BoundListener::open(&config)?) };
    let state = open::open_with(config).await?;
    if accounts::operator::list(&state).await.map_err(|fault| fault.sentence())?.is_empty() {
        publish(&state).await?;
        fill(&state, count).await.map_err(|fault| fault.sentence())?;
    }
    print(&format!("Sign in as {EMAIL}\npassword: {PASSWORD}"));
    let Some(door) = door else {
        open::close(&state).await;
        return Ok(());
    };
    telemetry::start(may_be_logged);
    door.serve(state).await
}

/// Where nobody has said who runs this, somebody is made up.
fn invent_operator(operator: &mut Operator) {
    let invented = [
        (&mut operator.name, "Harbour Software Cooperative"),
        (&mut operator.address, "Quay 4, 20457 Hamburg"),
        (&mut operator.email, "privacy@harbour.example"),
        (&mut operator.authority, "the Hamburg Commissioner for Data Protection"),
        (&mut operator.hosting_country, "Germany"),
        (&mut operator.transfers, "no data leaves the country"),
    ];
    for (value, made_up) in invented {
        if value.is_empty() {
            *value = made_up.to_owned();
        }
    }
}

/// Both editions, before anybody has an account: so both are in force at once, and what changed can be looked at.
async fn publish(state: &State) -> Result<(), String> {
    for edition in policy::editions::EDITIONS {
        policy::publish::publish(state, &policy::publish::Wish { edition: Some(edition.date.to_owned()), effective: None }).await?;
    }
    Ok(())
}

async fn fill(state: &State, count: u32) -> crate::fault::Answer<()> {
    let (org, users) = accounts::operator::found(state, "Harbour Advice Centre", "Europe/Berlin", &MEMBERS, PASSWORD).await?;
    let [owner, ..] = users.as_slice() else { return Ok(()) };
    accounts::operator::set_operator(state, EMAIL, true).await?;
    let scope = Scope::of_member(state, org, *owner, Permission::CaseImport).await?;
    let mut tx = scope.begin().await?;
    let keys: Vec<String> = ["advice", "appeal", "complaint", "support"].map(str::to_owned).to_vec();
    cases::add_presets(&mut tx, &keys).await?;
    tx.commit().await?;
    let catalogue = cases::catalogue(&scope).await?;
    let mut chance = Chance(0x5eed_ca5e);
    let now = state.clock.now();
    for start in (0..count).step_by(100) {
        let mut tx = scope.begin().await?;
        let source = cases::source(&mut tx, "Demonstration").await?;
        for number in start..count.min(start + 100) {
            let case_type = chance.pick(&catalogue.types);
            let incoming = invent(&mut chance, number, case_type, &users, now);
            let how = Arrival { case_type, catalogue: &catalogue, source, certain: Certainty::Given, update: false };
            cases::bring_in(&mut tx, &how, incoming).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

const NAMES: [&str; 24] = [
    "Albers",
    "Baptiste",
    "Castro",
    "Dimitrov",
    "Eriksen",
    "Farah",
    "Gruber",
    "Horvat",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Nguyen",
    "Okoye",
    "Petrov",
    "Quist",
    "Rossi",
    "Schmitt",
    "Tanaka",
    "Ueda",
    "Vargas",
    "Wolters",
    "Yilmaz",
];
const SUBJECTS: [&[&str]; 4] = [
    &["Rent arrears and notice", "Dismissal while ill", "Deposit withheld", "Debt from a phone contract", "Family reunion application"],
    &["Housing benefit stopped", "Disability assessment refused", "Overpayment claimed back", "Heating costs not covered"],
    &["No answer for six weeks", "Rude treatment at the counter", "Letter sent to the wrong address", "Appointment cancelled twice"],
    &["Support after hospital", "Moving out of shelter", "Help with daily living", "Single parent, two children"],
];
const NOTES: [(EntryKind, &str); 10] = [
    (EntryKind::Call, "Client called. The landlord has sent a second letter; a copy will come by post."),
    (EntryKind::Call, "Explained the time limits and what we need from the client before the end of the month."),
    (EntryKind::Meeting, "Met at the office. Went through the papers together. Missing: the notice of 3 March."),
    (EntryKind::Email, "Wrote to the authority and asked for the file."),
    (EntryKind::Call, "The authority answers that the matter is with another department. Called there; nobody available until Thursday."),
    (EntryKind::Meeting, "Agreed next steps: ask the bank for statements, draft the objection, meet again in two weeks."),
    (EntryKind::Email, "The deadline was confirmed in writing."),
    (EntryKind::Email, "No reply yet. Reminder sent."),
    (EntryKind::Note, "The client is relieved: payment arrived for the first time since spring."),
    (EntryKind::Note, "Talked with the colleague who handled the earlier case; see the linked number."),
];

fn invent(chance: &mut Chance, number: u32, case_type: &CaseType, users: &[Id<kinds::User>], now: Instant) -> Incoming {
    let opened = now.plus_seconds(-chance.below(730 * DAY as u64).cast_signed());
    let length = 3 * DAY + chance.below(90 * DAY as u64).cast_signed();
    let closed = Some(opened.plus_seconds(length)).filter(|at| at.0 < now.0 && chance.below(10) < 8);
    let subjects = match case_type.key.as_str() {
        "appeal" => SUBJECTS[1],
        "complaint" => SUBJECTS[2],
        "support" => SUBJECTS[3],
        _ => SUBJECTS[0],
    };
    let worker = (chance.below(10) > 0).then(|| *chance.pick(users.get(..5).unwrap_or(users)));
    let end = closed.unwrap_or(now);
    let entries = (0..2 + chance.below(5))
        .map(|n| {
            let (kind, body) = *chance.pick(&NOTES);
            IncomingEntry {
                external_id: format!("{number}-{n}"),
                kind,
                occurred_at: in_office_hours(chance, opened, end),
                author_label: None,
                author_id: worker,
                body: body.to_owned(),
            }
        })
        .collect();
    Incoming {
        external_id: format!("demo-{number}"),
        title: format!("{}, {}", chance.pick(&NAMES), chance.pick(subjects)),
        channel: Some((*chance.pick(&["Phone", "Desk", "E-mail", "Post", "Partner"])).to_owned()),
        fields: serde_json::Map::new(),
        assignee: worker,
        assignee_label: None,
        priority: Some(*chance.pick(&[
            Priority::Normal,
            Priority::Normal,
            Priority::Normal,
            Priority::Low,
            Priority::High,
            Priority::Urgent,
        ])),
        state: if closed.is_some() { None } else { Some(chance.pick(&open_states(case_type)).clone()) },
        opened_at: Some(opened),
        closed_at: closed,
        due_on: (chance.below(4) > 0).then(|| Zone::utc().day(opened).plus_days(28)).flatten(),
        outcome: closed.map(|_| (*chance.pick(&["Settled", "Won", "Advice given", "Withdrawn", "Lost"])).to_owned()).unwrap_or_default(),
        tags: if chance.below(3) == 0 {
            vec![(*chance.pick(&["urgent visit", "interpreter", "housing", "court"])).to_owned()]
        } else {
            Vec::new()
        },
        entries,
        ..Incoming::default()
    }
}

/// A moment between two others, at an hour at which people work.
fn in_office_hours(chance: &mut Chance, from: Instant, to: Instant) -> Instant {
    const MICROS: i64 = 1_000_000;
    let any = from.0 + chance.below((to.0 - from.0).max(1).cast_unsigned()).cast_signed();
    let midnight = any - any.rem_euclid(DAY * MICROS);
    let hour = 7 * 3_600 + chance.below(9 * 3_600).cast_signed();
    Instant((midnight + hour * MICROS).clamp(from.0, to.0.max(from.0)))
}

/// Where a case that is not closed may stand; the first comes twice, as in life.
fn open_states(case_type: &CaseType) -> Vec<String> {
    let open = case_type.states.iter().filter(|s| s.kind != StateKind::Closed);
    case_type.first_state().into_iter().chain(open).map(|s| s.key.clone()).collect()
}

/// A small fixed sequence of chances: the same demonstration every time. (xorshift; nothing secret hangs on it.)
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(all.len() as u64)).unwrap_or(0);
        &all[index]
    }
}
