//! Publishing a version: what is refused, and what commits together.

use super::{
    editions::{EDITIONS, Edition},
    model::{Document, Values},
    render,
    store::{self, Version},
};
use crate::{
    accounts, audit,
    clock::Instant,
    day::Day,
    fault::Fault,
    server::{
        config::Operator,
        db::Tx,
        mail::{self, Mail},
        secret::{hex, sha256},
        state::State,
        time::Zone,
    },
};

/// How far ahead a change that matters is announced.
pub const NOTICE_DAYS: i64 = 30;

/// What the operator asks for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The edition, by its date; the newest where none is named.
    pub edition: Option<String>,
    /// The first day in force, as `YYYY-MM-DD`; as early as may be where none is named.
    pub effective: Option<String>,
}

/// What the variables stand for here.
pub fn values(operator: &Operator) -> Values {
    let officer = &operator.data_protection_officer;
    vec![
        ("operator", operator.name.clone()),
        ("address", operator.address.clone()),
        ("contact", operator.email.clone()),
        ("country", operator.hosting_country.clone()),
        ("transfers", operator.transfers.clone()),
        ("authority", operator.authority.clone()),
        ("officer", if officer.is_empty() { "none has been appointed".into() } else { officer.clone() }),
    ]
}

/// Publishes a version and tells everybody who has an account.
///
/// # Errors
/// A sentence that says what to do.
pub async fn publish(state: &State, wish: &Wish) -> Result<Version, String> {
    let edition = chosen(wish.edition.as_deref())?;
    let document = complete(edition, &state.config.operator)?;
    let away = |fault: Fault| fault.sentence();
    let mut tx = state.db.begin().await.map_err(|error| away(error.into()))?;
    let last = store::newest(&mut tx).await.map_err(away)?;
    let now = state.clock.now();
    let weight = weight(edition, &document, last.as_ref())?;
    // An account whose use is restricted hears of what matters, and finds the rest when its person signs in.
    let people = accounts::operator::everybody(&mut tx, weight == "material").await.map_err(away)?;
    let effective = effective(wish.effective.as_deref(), now, !people.is_empty() && last.is_some() && weight == "material")?;
    if last.as_ref().is_some_and(|last| effective < last.effective_at) {
        return Err("an earlier version takes effect later than that; name a later day with --effective".into());
    }
    let version = Version {
        hash: String::new(),
        number: last.as_ref().map_or(1, |last| last.number + 1),
        edition: edition.date.to_owned(),
        published_at: now,
        effective_at: effective,
        weight: weight.to_owned(),
        changes: summary(edition, last.as_ref()),
        document: serde_json::to_string(&document).map_err(|_| "the text cannot be written as JSON")?,
    };
    let page = render::page(&version, &document, &state.config.operator.name);
    let version = Version { hash: hex(&sha256(&[page.as_bytes()])), ..version };
    if !store::insert(&mut tx, &version, &page).await.map_err(away)? {
        return Err("somebody else has just published; look with `casetrakr policy list`".into());
    }
    announce(state, &mut tx, &version, last.is_some(), people).await.map_err(away)?;
    tx.commit().await.map_err(|error| away(error.into()))?;
    state.job_notifier.notify();
    Ok(version)
}

fn chosen(date: Option<&str>) -> Result<&'static Edition, String> {
    let Some(date) = date else { return Ok(Edition::newest()) };
    Edition::of(date).ok_or_else(|| {
        let known: Vec<&str> = EDITIONS.iter().map(|edition| edition.date).collect();
        format!("there is no edition of {date}; there are {}", known.join(" and "))
    })
}

/// The text in the operator's name, or which keys it lacks.
fn complete(edition: &Edition, operator: &Operator) -> Result<Document, String> {
    let document = edition.template().filled(&values(operator));
    let open = document.open();
    if !open.is_empty() {
        return Err(format!("not published: fill {} in the configuration first", open.join(", ")));
    }
    let domain = operator.email.rsplit('@').next().unwrap_or_default();
    if matches!(domain, "example.org" | "example.com" | "example.net") {
        return Err("not published: operator.email is the address of an example; nobody would read what people write there".into());
    }
    Ok(document)
}

/// Whether the change matters to people: another text says so itself; so does another legal person or another country.
fn weight(edition: &Edition, document: &Document, last: Option<&Version>) -> Result<&'static str, String> {
    let Some(last) = last else { return Ok("material") };
    if last.edition.as_str() > edition.date {
        return Err(format!("the edition of {} is in use already, which is newer", last.edition));
    }
    if last.edition != edition.date {
        return Ok(if edition.material { "material" } else { "minor" });
    }
    let before = last.document();
    if before == *document {
        return Err("nothing has changed since the last version".into());
    }
    let matters = ["0.1", "6.1"].iter().any(|id| {
        let text = |document: &Document| document.clauses().find(|clause| clause.id == *id).map(|clause| clause.text.clone());
        text(&before) != text(document)
    });
    Ok(if matters { "material" } else { "minor" })
}

/// The first moment in force: a day in UTC, at the earliest now, or 30 days on where it must be announced.
fn effective(wished: Option<&str>, now: Instant, announced: bool) -> Result<Instant, String> {
    let (zone, today) = (Zone::utc(), Zone::utc().day(now));
    // The notice is whole: the day that has begun does not count, unless it begins just now.
    let notice = if zone.start_of(today) == now { NOTICE_DAYS } else { NOTICE_DAYS + 1 };
    let first = if announced { today.plus_days(notice).ok_or("the clock of this machine is wrong")? } else { today };
    match wished {
        None if announced => Ok(zone.start_of(first)),
        None => Ok(now),
        Some(text) => {
            let day: Day = text.parse().map_err(|_| format!("{text}: is no day such as 2027-01-31"))?;
            match (day >= first, announced) {
                (true, false) if day == today => Ok(now),
                (true, _) => Ok(zone.start_of(day)),
                (false, true) => Err(format!(
                    "not published: this change matters, so it takes effect {NOTICE_DAYS} days from now at the earliest, on {first}"
                )),
                (false, false) => Err(format!("{text}: is past")),
            }
        }
    }
}

/// What a reader is told that changed.
fn summary(edition: &Edition, last: Option<&Version>) -> String {
    match last {
        None => "The first version that this installation publishes.".to_owned(),
        Some(last) if last.edition == edition.date => "The operator or their details have changed; the text is the same.".to_owned(),
        Some(_) => edition.changes.to_owned(),
    }
}

/// The record in the operator's chain, and a mail to everybody with an account.
async fn announce(state: &State, tx: &mut Tx, version: &Version, follows: bool, people: Vec<(String, String)>) -> crate::fault::Answer<()> {
    let facts = serde_json::json!({
        "version": version.hash, "number": version.number, "edition": version.edition, "weight": version.weight, "mails": people.len(),
    });
    audit::record_operator(state, tx, "policy.published", ("policy", uuid::Uuid::nil()), facts).await?;
    let from = Zone::utc().show(version.effective_at).day;
    for (_, to) in people {
        let what = if follows {
            format!(
                "What changes: {}\n\nWord by word: {}\n",
                version.changes,
                mail::link(state, &format!("/privacy/changes?to={}", version.hash))
            )
        } else {
            String::new()
        };
        let body = format!(
            "Hello,\n\nthere is a new version of the privacy policy of {}. It is in force from {from}.\n\n{what}The whole text: {}\n\n\
             We ask you to acknowledge it when you sign in next. That says that you could read it; it is not consent, and \
             nothing that needs your consent follows from it.",
            state.config.operator.name,
            mail::link(state, &version.path()),
        );
        mail::send(state, tx, &Mail { to, subject: format!("Our privacy policy, from {from}"), body }).await?;
    }
    Ok(())
}

/// The editions and versions there are, a line each, for the command line.
///
/// # Errors
/// When the database is away.
pub async fn list(state: &State) -> crate::fault::Answer<Vec<String>> {
    let zone = Zone::utc();
    let open = |edition: &Edition| complete(edition, &state.config.operator).err().unwrap_or_else(|| "can be published".into());
    let mut lines: Vec<String> = EDITIONS.iter().map(|edition| format!("edition {}\t{}", edition.date, open(edition))).collect();
    for version in store::all(&state.db).await? {
        lines.push(format!(
            "version {}\tedition {}\tpublished {}\tin force from {}\t{}\t{}",
            version.number,
            version.edition,
            zone.show(version.published_at).input,
            zone.show(version.effective_at).input,
            version.weight,
            version.hash
        ));
    }
    Ok(lines)
}
