//! Events as people read them.

use serde::{Deserialize, Serialize};

use crate::clock::Shown;

/// One value that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What the field is called on screen.
    pub label: String,
    /// The value before; empty where there was none.
    pub from: String,
    /// The value after; empty where it was removed.
    pub to: String,
}

/// One event, told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its number in the organisation's chain.
    pub seq: i64,
    /// When.
    pub at: Shown,
    /// Who, or `CaseTrakr` for what happened by itself.
    pub who: String,
    /// What, as a sentence that goes on after the name.
    pub what: String,
    /// The values, or nothing where there were none.
    pub changes: Vec<Change>,
    /// Whether values existed and were erased.
    pub erased: bool,
    /// The first eight characters of the event's hash.
    pub seal: String,
}

/// The verb of an action, to stand behind a name.
pub fn sentence(action: &str, facts: &serde_json::Value) -> String {
    let fact = |key: &str| facts.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default();
    let role = |key: &str| fact(key).replace('_', "-");
    match action {
        "case.created" => format!("opened the case {}", fact("number")),
        "case.imported" => format!("imported the case {} with {} entries", fact("number"), fact("entries")),
        "case.import_updated" => format!("added {} imported entries", fact("entries")),
        "case.import_changed" => "brought the case up to date from an import".into(),
        "case.changed" => "changed the case".into(),
        "case.assigned" => "changed who works on the case".into(),
        "case.moved" => format!("moved the case to {}", fact("to")),
        "case.closed" => "closed the case".into(),
        "case.reopened" => "reopened the case".into(),
        "case.restricted" => "restricted who sees the case".into(),
        "case.unrestricted" => "let everybody in the organisation see the case".into(),
        "case.viewers_changed" => "changed who sees the case".into(),
        "case.linked" => format!("linked the case to {}", fact("other")),
        "case.unlinked" => format!("removed the link to {}", fact("other")),
        "case.tagged" => "changed the tags".into(),
        "entry.written" => format!("wrote {}", article(&fact("kind"))),
        "entry.edited" => format!("edited {}", article(&fact("kind"))),
        "entry.pinned" => "pinned an entry".into(),
        "entry.unpinned" => "unpinned an entry".into(),
        "entry.visibility_changed" => "changed who sees an entry".into(),
        "member.invited" => format!("invited somebody as {}", role("role")),
        "member.invitation_revoked" => "revoked an invitation".into(),
        "member.invitation_replaced" => "revoked an earlier invitation by sending a new one".into(),
        "member.joined" => format!("joined as {}", role("role")),
        "member.role_changed" => format!("changed a role from {} to {}", role("from"), role("to")),
        "member.left" => "left the organisation".into(),
        // The number of cases that went to others is not told: some of them may be hidden from whoever reads.
        "member.removed" => "removed a member and handed over their cases".into(),
        "org.created" => "created the organisation".into(),
        "org.presets_chosen" => "chose case types".into(),
        "org.changed" => "changed the organisation's settings".into(),
        "import.uploaded" => "uploaded a file to import".into(),
        "import.matched" => "matched the columns of an import".into(),
        "import.started" => "started an import".into(),
        "import.cancelled" => "cancelled an import".into(),
        "import.finished" => format!("finished an import: {} cases, {} entries", fact("cases"), fact("entries")),
        "import.failed" => "gave up an import that could not go on".into(),
        "import.read_again" => "read the file of an import anew, with another separator".into(),
        "import.forgotten" => "removed an import from the list".into(),
        "consent.recorded" => "chose about cookies".into(),
        "cases.exported" => format!("exported {} cases", fact("rows")),
        "archive.asked" => "asked for an archive of everything, restricted cases included".into(),
        "archive.ready" => {
            format!("was given an archive of {} rows, {} restricted cases among them", fact("rows"), fact("restricted_cases"))
        }
        "archive.downloaded" => format!("downloaded the archive of everything (time {})", fact("count")),
        "archive.stopped" => "stopped the making of an archive".into(),
        "archive.removed" => "removed an archive before its time".into(),
        "archive.ended" => "ended an archive, because somebody who was in it was erased".into(),
        "archive.made_by_operator" => {
            "made an archive of everything, restricted cases included, from the command line of the installation".into()
        }
        "archive.restored" => format!("took {} rows back in from an archive", fact("rows")),
        "org.erased_around_holds" => "erased an organisation but for what is held".into(),
        account if account.starts_with("account.") => account_sentence(account),
        "operator.added" => "let an account answer requests for the operator".into(),
        "operator.removed" => "took an account out of those that answer requests for the operator".into(),
        "row.fixed" => "noted what it holds, so that the record watches it".into(),
        "case.fixed" => "noted what the case holds, so that the record watches it".into(),
        "entry.name_erased" => "replaced an erased name in an entry".into(),
        "values.erased" => format!("erased what {} events said of somebody or something ({})", fact("events"), fact("rule")),
        "values.blanked" => format!("erased what the events {} said ({})", fact("events"), fact("rule")),
        "verification.began" if fact("events").is_empty() => "began to compare rows with the record".into(),
        "verification.began" => {
            format!("began to compare rows with the record; what the events {} said was erased before", fact("events"))
        }
        "chain.begun" => "began the record of an organisation".into(),
        "chains.checkpoint" => "noted where the records of the organisations end".into(),
        "database.restored" => "put a backup of the database back".into(),
        "hold.placed" => "placed a legal hold".into(),
        "hold.release_asked" => "asked for a legal hold to be released".into(),
        "hold.released" => "released a legal hold".into(),
        "policy.published" => "published a version of the privacy policy".into(),
        "subprocessors.changed" => "changed the register of sub-processors".into(),
        "requests.settings" => "changed the law and the holidays that set the clock of requests".into(),
        "org.closing" => "began to close the organisation".into(),
        "org.kept" => "kept the organisation open".into(),
        request if request.starts_with("request.") => request_sentence(request, &fact),
        other => other.replace(['.', '_'], " "),
    }
}

/// The verb of what happens to an account.
fn account_sentence(action: &str) -> String {
    match action {
        "account.created" => "opened the account",
        "account.policy_acknowledged" => "acknowledged the privacy policy",
        "account.name_changed" => "changed the name of the account",
        "account.name_corrected" => "corrected the name of an account",
        "account.address_change_asked" => "asked to change the e-mail address",
        "account.address_changed" => "changed the e-mail address of an account",
        "account.address_mended" => "took a character that does not show out of the e-mail address of an account",
        "account.address_confirmed" => "confirmed the e-mail address",
        "account.password_changed" => "changed the password",
        "account.password_rehashed" => "signed in, and the hash of the password was renewed",
        "account.password_reset" => "chose a new password with a link sent by mail",
        "account.reset_link_made" => "made a link to choose a new password, from the command line of the installation",
        "account.sign_in_link_made" => "made a link to confirm the address and sign in, from the command line of the installation",
        "account.session_ended" => "ended a sign-in",
        "account.idlest_session_ended" => "signed in once more than one may at a time, which ended the sign-in that was idle the longest",
        "account.other_sessions_ended" => "ended all other sign-ins",
        "account.data_downloaded" => "downloaded the copy of the account\u{2019}s data",
        "account.objected" => "objected to a use of personal data",
        "account.objection_taken_back" => "took an objection back",
        "account.deletion_asked" => "asked for the account to be erased",
        "account.deletion_taken_back" => "kept the account after all",
        "account.erased" => "erased an account",
        "account.restricted" => "restricted the use of an account",
        "account.restriction_end_announced" => "announced the end of a restriction",
        "account.restriction_ended" => "ended a restriction that was announced to end",
        "account.restriction_lifted" => "ended the restriction of their own account",
        other => return other.replace(['.', '_'], " "),
    }
    .into()
}

/// The verb of what happens to a rights request.
fn request_sentence(action: &str, fact: &impl Fn(&str) -> String) -> String {
    match action {
        "request.received" if fact("forwarded") == "true" => {
            format!("received the request {} ({}) from the operator", fact("reference"), fact("kind"))
        }
        "request.received" if !fact("appeal").is_empty() => {
            format!("received the appeal {} against the decision on {}", fact("reference"), fact("appeal"))
        }
        "request.received" => format!("received the request {} ({})", fact("reference"), fact("kind")),
        "request.link_sent" => format!("sent the link to confirm {}", fact("reference")),
        "request.needs_no_proof" => format!("took {} without proof, which this kind needs none of", fact("reference")),
        "request.confirmed" => format!("confirmed who made {}", fact("reference")),
        "request.verified" => format!("saw by other means who made {}", fact("reference")),
        "request.not_confirmed" => format!("noted that {} was not confirmed", fact("reference")),
        "request.asked" => format!("asked the requester of {} something", fact("reference")),
        "request.answered" => format!("received the requester's answer in {}", fact("reference")),
        "request.resumed" => format!("went on with {} without waiting", fact("reference")),
        "request.extended" => format!("extended {} until {}", fact("reference"), fact("due")),
        "request.held" => format!("put {} on hold", fact("reference")),
        "request.released" => format!("ended the hold on {}", fact("reference")),
        "request.refused" => format!("refused {}", fact("reference")),
        "request.partly_refused" => format!("refused a part of {} and accepted the rest", fact("reference")),
        "request.accepted" => format!("accepted {}", fact("reference")),
        "request.carried_out" => format!("carried {} out by program", fact("reference")),
        "request.answer_written" => format!("wrote the answer to {}", fact("reference")),
        "request.answer_renewed" => format!("opened the answer to {} for another seven days", fact("reference")),
        "request.file_added" => format!("added a file to the answer to {}", fact("reference")),
        "request.file_removed" => format!("took a file out of the answer to {}", fact("reference")),
        "request.file_downloaded" => format!("handed out a file with the answer to {} (time {})", fact("reference"), fact("count")),
        "request.checked" => format!("put the answer to {} up for checking", fact("reference")),
        "request.delivered" => format!("sent the answer to {}", fact("reference")),
        "request.downloaded" => format!("handed out the answer to {} (time {})", fact("reference"), fact("count")),
        "request.honoured" => format!("put {} into force, which nothing had to be decided for", fact("reference")),
        "request.appealed" => format!("received the appeal {} against the decision on {}", fact("appeal"), fact("reference")),
        "request.consents_withdrawn" => format!("withdrew the consents that {} is about", fact("reference")),
        "request.could_not" => format!("could not carry {} out by program", fact("reference")),
        "request.corrected" => format!("corrected what {} is about", fact("reference")),
        "request.switched_off" => format!("switched off the purpose that {} objects to", fact("reference")),
        "request.readdressed" => format!("turned {} to the new address of the account that made it", fact("reference")),
        "request.account_named" => format!("named the account that {} is about", fact("reference")),
        "request.restriction_ending" => format!("announced the end of the restriction that {} asked for", fact("reference")),
        "request.erased" => format!("erased the account that {} was about", fact("reference")),
        "request.forward_alerted" => format!("warned that {} was not passed on in time", fact("reference")),
        "request.forwarded" => format!("passed {} on to its controller", fact("reference")),
        "request.duplicate" => format!("marked {} as a duplicate", fact("reference")),
        "request.withdrawn" => format!("noted that {} was taken back", fact("reference")),
        "request.closed" => format!("closed {}", fact("reference")),
        "request.alerted" => format!("warned that {} % of the time for {} is over", fact("percent"), fact("reference")),
        "request.noted" => format!("wrote a note on {}", fact("reference")),
        "request.case_linked" => format!("linked {} to {}", fact("reference"), fact("number")),
        "request.step" if fact("done") == "true" => {
            format!("ticked \u{201c}{}\u{201d} of {}", fact("step").replace('_', " "), fact("reference"))
        }
        "request.step" => format!("unticked \u{201c}{}\u{201d} of {}", fact("step").replace('_', " "), fact("reference")),
        other => other.replace(['.', '_'], " "),
    }
}

fn article(kind: &str) -> String {
    match kind {
        "email" => "an e-mail".into(),
        "event" => "an event".into(),
        other => format!("a {other}"),
    }
}
