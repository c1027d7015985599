//! The list of requests at a place: page by page, and what of it is wanted.

use serde::{Deserialize, Serialize};

use super::{
    RequestId,
    model::{Concern, Kind, Regime, State as RequestState},
    place::{OPERATOR, Place},
    requester::{self, Due},
    store::{self, After, Row, Wanted},
};
use crate::{accounts::Scope, clock::Shown, fault::Answer, server::state::State};

/// Rows on a page.
pub(super) const PAGE: usize = 50;

/// What the address of the list says. The address holds all of it, so that it can be kept and sent on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InboxQuery {
    /// `done` for what is done.
    pub show: String,
    /// One kind of request.
    pub kind: String,
    /// `yes` for what is late.
    pub late: String,
    /// Where the page begins.
    pub after: String,
}

impl InboxQuery {
    pub(super) fn done(&self) -> bool {
        self.show == "done"
    }

    /// What is late is still to be done.
    pub(super) fn late(&self) -> bool {
        self.late == "yes" && !self.done()
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    /// The address of a list.
    pub(super) fn href(&self, path: &str) -> String {
        let late = if self.late() { "yes" } else { "" };
        let kind = self.kind().map_or("", Kind::key);
        let show = if self.done() { "done" } else { "" };
        let pairs = [("show", show), ("kind", kind), ("late", late), ("after", self.after.as_str())];
        let pairs: Vec<String> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }

    fn wanted(&self, today: &str) -> Wanted {
        Wanted {
            done: self.done(),
            kind: self.kind().map_or("", Kind::key).to_owned(),
            late_on: if self.late() { today.to_owned() } else { String::new() },
            after: After::parse(&self.after),
        }
    }
}

/// A list of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxView {
    /// Whose.
    pub controller: String,
    /// Rows of this page, the most urgent first.
    pub rows: Vec<InboxRow>,
    /// How many are like that, on all pages.
    pub many: i64,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// How many are open.
    pub open: i64,
    /// How many of them are past their day.
    pub overdue: i64,
    /// How many should have been passed on.
    pub not_passed_on: i64,
    /// How many are done.
    pub done: i64,
    /// What is set here.
    pub settings: SettingsView,
    /// Where the public form of this organisation is; empty for the operator's.
    pub form: String,
}

/// One request in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// Its id.
    pub id: RequestId,
    /// Its reference.
    pub reference: String,
    /// What is asked for.
    pub kind: Kind,
    /// Whether it is about a case.
    pub concern: Concern,
    /// Where it stands.
    pub state: RequestState,
    /// The day until which it is answered.
    pub due: Option<Due>,
    /// The day until which it is passed on, where it is somebody else's to answer.
    pub pass_on: Option<Due>,
    /// When it came in.
    pub received: Shown,
    /// Whether an agent asks.
    pub by_agent: bool,
    /// Whether it appeals a decision.
    pub appeal: bool,
}

impl InboxRow {
    pub(super) fn of(state: &State, place: &Place, row: &Row) -> Self {
        let open = row.state.is_open();
        Self {
            due: requester::due(state, place, row).filter(|_| open),
            pass_on: row.to_pass_on_by().and_then(|by| requester::day(state, place, by)),
            received: place.zone.show(row.received_at),
            id: row.id,
            reference: row.reference.clone(),
            kind: row.kind,
            concern: row.concern,
            state: row.state,
            by_agent: row.by_agent,
            appeal: row.appeal_of.is_some(),
        }
    }
}

/// What is set at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The law that sets the clock of new requests.
    pub regime: Regime,
    /// Holidays, a line each.
    pub holidays: String,
    /// The zone in which days end.
    pub time_zone: String,
    /// Version of what stands here.
    pub version: i64,
}

pub(super) async fn inbox(scope: &Scope, query: &InboxQuery) -> Answer<InboxView> {
    let (state, org) = (&scope.state, scope.actor.org);
    let place = Place::read(state, org).await?;
    let today = place.date(state.clock.now()).to_string();
    let (open, overdue, not_passed_on, closed) = store::counts(&state.db, org, &today).await?;
    let wanted = query.wanted(&today);
    let filtered = query.kind().is_some() || query.late();
    let many = match (filtered, wanted.done) {
        (true, _) => store::many(&state.db, org, &wanted).await?,
        (false, true) => closed,
        (false, false) => open,
    };
    // One more than a page says whether there is another.
    let mut rows = store::list(&state.db, org, &wanted, i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    Ok(InboxView {
        next: rows.last().filter(|_| more).map(|row| After::of(row, wanted.done).text()),
        rows: rows.iter().map(|row| InboxRow::of(state, &place, row)).collect(),
        many,
        open,
        overdue,
        not_passed_on,
        done: closed,
        form: if org == OPERATOR { String::new() } else { format!("{}/privacy/request?to={org}", state.config.origin()) },
        settings: SettingsView {
            regime: place.regime,
            holidays: place.calendar.text(),
            time_zone: place.time_zone.clone(),
            version: place.version,
        },
        controller: place.name,
    })
}
