//! What is in force for a request: the browser's choice, the account's, and the signal, put together.

use axum::http::{HeaderMap, Method, Uri, header};
use uuid::Uuid;

use super::{
    cookie::{self, Held},
    jar,
    model::{Choice, ConsentFacts},
    registry,
};
use crate::{accounts::Session, clock::Instant, server::state::State};

/// The account's newest explicit choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfAccount {
    /// What was chosen.
    pub choice: Choice,
    /// When.
    pub at: Instant,
    /// Whether a person chose. What a signal brought is no choice.
    pub explicit: bool,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// What this browser holds, if it still holds.
    device: Option<Held>,
    /// What it held before, for the chain of receipts.
    last: Option<Held>,
    account: Option<OfAccount>,
    /// Who is signed in, and their mark in a cookie.
    me: Option<(Uuid, String)>,
    /// Whether nothing at all is stored for the account.
    unrecorded: bool,
    signal: bool,
    here: String,
    said: bool,
}

impl Consent {
    /// What the request itself says.
    pub fn read(state: &State, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let last = jar::read(headers, &state.config, &registry::CONSENT).and_then(|value| Held::open(&state.key, value));
        let page = if matches!(*method, Method::GET | Method::HEAD) {
            uri.path_and_query().map_or_else(|| "/".to_owned(), |p| without(p.as_str(), "consent="))
        } else {
            came_from(&state.config.origin(), headers).unwrap_or_else(|| "/".to_owned())
        };
        Self {
            device: last.clone().filter(|held| held.holds(state.clock.now())),
            last,
            account: None,
            me: None,
            unrecorded: false,
            signal: signals(headers),
            said: uri.query().is_some_and(|query| query.split('&').any(|pair| pair == SAID)),
            here: page,
        }
    }

    /// The same once it is known who is signed in.
    pub(super) fn meet(&mut self, state: &State, session: &Session) {
        let user = session.user_id.uuid();
        self.me = Some((user, cookie::owner(&state.key, user)));
        self.unrecorded = session.consent_at.is_none();
        let (Some(notice), Some(at)) = (session.consent_notice, session.consent_at) else { return };
        let choice = Choice { preferences: session.consent_preferences == Some(1), analytics: session.consent_analytics == Some(1) };
        let held = Held { choice, notice: u32::try_from(notice).unwrap_or_default(), at, receipt: Uuid::nil(), owner: String::new() };
        let explicit = session.consent_method.as_deref() != Some("gpc");
        self.account = held.holds(state.clock.now()).then_some(OfAccount { choice, at, explicit });
    }

    /// What is allowed here and now.
    pub fn allowed(&self) -> Choice {
        settle(self.device.as_ref().map(|held| (held.choice, held.at, self.is_mine(held))), self.account.as_ref(), self.signal).0
    }

    /// Whether somebody has chosen, for this browser or for the account.
    pub fn is_chosen(&self) -> bool {
        settle(self.device.as_ref().map(|held| (held.choice, held.at, self.is_mine(held))), self.account.as_ref(), self.signal).1
    }

    /// Whether the page asks. A signal has answered already.
    pub fn asks(&self) -> bool {
        !self.is_chosen() && !self.signal
    }

    /// Whether an opt-out signal came and holds.
    pub fn is_honoured(&self) -> bool {
        self.signal && !self.allowed().analytics
    }

    /// Whether the browser sends an opt-out signal.
    pub fn has_signal(&self) -> bool {
        self.signal
    }

    /// What it said last, even if that has run out.
    pub(super) fn last(&self) -> Option<&Held> {
        self.last.as_ref()
    }

    /// Whether the account has neither a choice nor a signal stored.
    pub(super) fn is_unrecorded(&self) -> bool {
        self.unrecorded
    }

    /// The mark of who is signed in; empty for visitors.
    pub(super) fn owner(&self) -> String {
        self.me.as_ref().map(|(_, owner)| owner.clone()).unwrap_or_default()
    }

    pub(super) fn user(&self) -> Option<Uuid> {
        self.me.as_ref().map(|(user, _)| *user)
    }

    /// The browser's choice, where it is newer than the account's and its person's own: the account learns of it.
    pub(super) fn news(&self) -> Option<&Held> {
        let held = self.device.as_ref().filter(|held| self.me.is_some() && self.is_mine(held))?;
        // The cookie counts seconds, the account microseconds.
        let known = self.account.as_ref().is_some_and(|account| account.explicit && account.at.0 / 1_000_000 >= held.at.0 / 1_000_000);
        (!known).then_some(held)
    }

    /// For the page.
    pub fn facts(&self) -> ConsentFacts {
        let asks = self.asks();
        ConsentFacts {
            asks,
            said: self.said && !asks,
            honoured: self.is_honoured(),
            // Only the question and the word that the answer is stored come back here.
            here: if asks || self.said { self.here.clone() } else { String::new() },
        }
    }

    /// A visitor's choice counts for whoever signs in; another account's does not.
    fn is_mine(&self, held: &Held) -> bool {
        match &self.me {
            Some((_, mark)) => held.owner.is_empty() || held.owner == *mark,
            None => true,
        }
    }
}

/// What a page says in its address when a choice was just stored.
pub(super) const SAID: &str = "consent=stored";

/// THE rule: what is allowed, and whether it was chosen. The browser's choice comes with its time and whether it is
/// the person's own.
fn settle(device: Option<(Choice, Instant, bool)>, account: Option<&OfAccount>, signal: bool) -> (Choice, bool) {
    let account = account.filter(|account| account.explicit);
    let own = device.filter(|(.., mine)| *mine);
    // A yes that was said on this browser stands above its signal.
    let heard = Choice { preferences: true, analytics: !signal || own.is_some_and(|(choice, ..)| choice.analytics) };
    match (device, account) {
        (Some((choice, at, true)), Some(account)) if at.0 / 1_000_000 >= account.at.0 / 1_000_000 => (choice, true),
        (Some((choice, _, true)), None) => (choice, true),
        // What this browser refused stays refused, whoever refused it.
        (Some((refused, ..)), Some(account)) => (account.choice.and(refused).and(heard), true),
        (None, Some(account)) => (account.choice.and(heard), true),
        (Some((_, _, false)), None) | (None, None) => (Choice::NOTHING, false),
    }
}

/// Global Privacy Control, exactly `1` and in any of several headers; Do Not Track means the same here.
fn signals(headers: &HeaderMap) -> bool {
    ["sec-gpc", "dnt"].iter().any(|name| headers.get_all(*name).iter().any(|value| value.as_bytes() == b"1"))
}

/// The page that a form stood on, if it was one of ours: path and query.
pub(super) fn came_from(origin: &str, headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let page = referer.strip_prefix(origin).filter(|rest| rest.starts_with('/'))?;
    Some(without(page, "consent="))
}

/// An address without one of its parameters and without its fragment.
fn without(page: &str, name: &str) -> String {
    let page = page.split('#').next().unwrap_or_default();
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let kept: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with(name)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const NO: Choice = Choice::NOTHING;
    const YES: Choice = Choice::EVERYTHING;

    fn account(choice: Choice, second: i64) -> OfAccount {
        OfAccount { choice, at: Instant(second * 1_000_000), explicit: true }
    }

    fn device(choice: Choice, second: i64) -> Option<(Choice, Instant, bool)> {
        Some((choice, Instant(second * 1_000_000), true))
    }

    #[test]
    fn cb_28_signed_in_the_newest_explicit_choice_wins_and_never_turns_on_what_a_device_refused() {
        // Nine cases of {nothing, no, yes} on the device × in the account, with the account's choice the newer one …
        for (on_device, in_account, allowed, chosen) in [
            (None, None, NO, false),
            (None, Some(account(NO, 2)), NO, true),
            (None, Some(account(YES, 2)), YES, true),
            (device(NO, 1), None, NO, true),
            (device(NO, 1), Some(account(NO, 2)), NO, true),
            (device(NO, 1), Some(account(YES, 2)), NO, true),
            (device(YES, 1), None, YES, true),
            (device(YES, 1), Some(account(NO, 2)), NO, true),
            (device(YES, 1), Some(account(YES, 2)), YES, true),
        ] {
            assert_eq!(settle(on_device, in_account.as_ref(), false), (allowed, chosen), "{on_device:?} {in_account:?}");
        }
        // … and with the device's the newer one.
        assert_eq!(settle(device(YES, 3), Some(&account(NO, 2)), false), (YES, true));
        assert_eq!(settle(device(NO, 3), Some(&account(YES, 2)), false), (NO, true));
        let half = Choice { preferences: true, analytics: false };
        assert_eq!(settle(device(half, 1), Some(&account(YES, 2)), false), (half, true));
    }

    #[test]
    fn cb_28_somebody_elses_yes_is_not_mine_and_their_no_stays() {
        let theirs = |choice| Some((choice, Instant(9_000_000), false));
        assert_eq!(settle(theirs(YES), None, false), (NO, false));
        assert_eq!(settle(theirs(YES), Some(&account(NO, 2)), false), (NO, true));
        assert_eq!(settle(theirs(NO), Some(&account(YES, 2)), false), (NO, true));
    }

    #[test]
    fn cb_19_a_signal_is_a_no_until_somebody_says_yes_on_that_browser() {
        assert_eq!(settle(None, None, true), (NO, false));
        let quiet = Choice { preferences: true, analytics: false };
        assert_eq!(settle(None, Some(&account(YES, 2)), true), (quiet, true), "a yes from elsewhere");
        assert_eq!(settle(device(YES, 1), None, true), (YES, true));
        assert_eq!(settle(device(YES, 1), Some(&account(YES, 2)), true), (YES, true));
        assert_eq!(settle(device(YES, 1), Some(&account(NO, 2)), true), (NO, true));
    }

    #[test]
    fn cb_18_only_the_exact_signal_counts_and_one_of_several_is_enough() {
        let said = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            signals(&headers)
        };
        for ignored in ["0", "2", "\"1\"", "", "true", "11", " 1 x"] {
            assert!(!said(&[("sec-gpc", ignored)]), "{ignored}");
        }
        assert!(said(&[("sec-gpc", "1")]) && said(&[("dnt", "1")]));
        assert!(said(&[("sec-gpc", "0"), ("sec-gpc", "1")]));
        assert!(!said(&[]));
    }

    #[test]
    fn an_address_loses_the_word_that_something_was_stored() {
        assert_eq!(without("/cases?q=a&consent=stored#x", "consent="), "/cases?q=a");
        assert_eq!(without("/?consent=stored", "consent="), "/");
    }
}
