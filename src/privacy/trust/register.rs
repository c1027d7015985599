//! The register of sub-processors: what the configuration lists, what changed since the last start, and who is told.

use jiff::{ToSpan as _, civil::Date};
use sqlx::FromRow;

use crate::{
    accounts, audit,
    clock::Instant,
    fault::{Answer, Fault},
    privacy::policy::publish::NOTICE_DAYS,
    server::{
        config::Subprocessor,
        db::{Db, Tx, global_sql},
        mail::{self, Mail},
        state::State,
        time::Zone,
    },
};

/// Something that happened to the register.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Change {
    pub number: i64,
    /// `opened`, `added`, `changed` or `removed`.
    pub change: String,
    pub name: String,
    /// The entry as JSON; empty where there is none.
    pub entry: String,
    pub at: Instant,
}

impl Change {
    pub(super) fn entry(&self) -> Option<Subprocessor> {
        serde_json::from_str(&self.entry).ok()
    }
}

/// Every change, newest first.
pub(super) async fn changes(db: &Db) -> Answer<Vec<Change>> {
    Ok(db.global(global_sql!("select number, change, name, entry, at from subprocessor_changes order by number desc")).all().await?)
}

/// Compares the configuration with what was listed before, at each start of the server.
///
/// # Errors
/// One line where a new entry starts too soon, or when the database is away.
pub async fn keep(state: &State) -> Result<(), String> {
    let away = |fault: Fault| fault.sentence();
    let mut tx = state.db.begin().await.map_err(|error| away(error.into()))?;
    let known: Vec<Change> = tx
        .global(global_sql!("select number, change, name, entry, at from subprocessor_changes order by number"))
        .all()
        .await
        .map_err(|error| away(error.into()))?;
    let listed = &state.config.subprocessors;
    let news = compare(&known, listed);
    if news.is_empty() {
        return Ok(());
    }
    let owners = accounts::operator::owners(&mut tx).await.map_err(away)?;
    // Before anybody has an account, and when the register begins, there was nobody to tell and no way to.
    if !known.is_empty() && !owners.is_empty() {
        in_time(&known, &news, listed, &Zone::utc().show(state.clock.now()).input)?;
    }
    let told = if known.is_empty() { Vec::new() } else { owners };
    write(state, &mut tx, known.last().map_or(0, |last| last.number), &news, &told).await.map_err(away)?;
    tx.commit().await.map_err(|error| away(error.into()))?;
    Ok(())
}

/// What is to be noted: the change, the name, the entry as JSON.
type News = (&'static str, String, String);

fn compare(known: &[Change], listed: &[Subprocessor]) -> Vec<News> {
    let mut news = Vec::new();
    if known.is_empty() {
        news.push(("opened", String::new(), String::new()));
    }
    for one in listed {
        let entry = serde_json::to_string(one).unwrap_or_default();
        match last(known, &one.name) {
            Some(before) if before.change != "removed" && before.entry == entry => {}
            Some(before) if before.change != "removed" => news.push(("changed", one.name.clone(), entry)),
            Some(_) | None => news.push(("added", one.name.clone(), entry)),
        }
    }
    let mut gone: Vec<&str> = known.iter().map(|change| change.name.as_str()).filter(|name| !name.is_empty()).collect();
    gone.sort_unstable();
    gone.dedup();
    for name in gone {
        let there = listed.iter().any(|one| one.name == name);
        if let Some(before) = last(known, name).filter(|before| !there && before.change != "removed") {
            news.push(("removed", name.to_owned(), before.entry.clone()));
        }
    }
    news
}

/// What happened last to the entry of that name.
fn last<'a>(known: &'a [Change], name: &str) -> Option<&'a Change> {
    known.iter().rev().find(|change| change.name == name && change.change != "opened")
}

/// Whether people have to be told ahead: an entry is new, begins earlier than they were told, or is about another company,
/// work, data or country than before. How it is reached and what shows that it is safe may change at once.
fn matters(before: Option<&Subprocessor>, one: &Subprocessor) -> bool {
    fn about(one: &Subprocessor) -> [&str; 5] {
        [&one.entity, &one.service, &one.data, &one.country, &one.transfer]
    }
    before.is_none_or(|before| one.starts < before.starts || about(one) != about(before))
}

fn in_time(known: &[Change], news: &[News], listed: &[Subprocessor], today: &str) -> Result<(), String> {
    let earliest = today.parse::<Date>().ok().and_then(|day| day.checked_add(NOTICE_DAYS.days()).ok()).unwrap_or(Date::MAX);
    for (at, one) in listed.iter().enumerate() {
        let before = last(known, &one.name).filter(|before| before.change != "removed").and_then(Change::entry);
        let news = news.iter().any(|(_, name, _)| *name == one.name);
        if news && matters(before.as_ref(), one) && one.starts.parse::<Date>().is_ok_and(|starts| starts < earliest) {
            return Err(format!(
                "subprocessors[{at}].starts: {} is too soon: people are told {NOTICE_DAYS} days ahead, so it starts on {earliest} at the earliest",
                one.name
            ));
        }
    }
    Ok(())
}

async fn write(state: &State, tx: &mut Tx, last: i64, news: &[News], owners: &[(String, String)]) -> Answer<()> {
    for (number, (change, name, entry)) in (last + 1..).zip(news) {
        let noted = tx
            .global(global_sql!(
                "insert into subprocessor_changes (number, change, name, entry, at) values ($1, $2, $3, $4, $5) on conflict do nothing"
            ))
            .bind(number)
            .bind((*change).to_owned())
            .bind(name.clone())
            .bind(entry.clone())
            .bind(state.clock.now())
            .execute()
            .await?;
        // Several servers of one installation start together; one of them notes and tells.
        if noted == 0 {
            return Ok(());
        }
        if *change == "opened" {
            continue;
        }
        let facts = serde_json::json!({ "change": change, "name": name });
        audit::record_operator(state, tx, "subprocessors.changed", ("subprocessor", uuid::Uuid::nil()), facts).await?;
        for (_, to) in owners {
            mail::send(state, tx, &letter(state, to, change, name, entry)).await?;
        }
    }
    Ok(())
}

fn letter(state: &State, to: &str, change: &str, name: &str, entry: &str) -> Mail {
    let one: Option<Subprocessor> = serde_json::from_str(entry).ok();
    let facts = one.map_or_else(String::new, |one| {
        format!(
            "What it does: {}\nData: {}\nCountry: {}, {}\nFrom: {}\n\n",
            one.service,
            one.data,
            one.country,
            one.protection(),
            one.starts
        )
    });
    let what = match change {
        "added" => "will process personal data for us",
        "removed" => "no longer processes personal data for us",
        _ => "has changed in the list of those who process personal data for us",
    };
    let contact = &state.config.operator.email;
    let object = if contact.is_empty() { String::new() } else { format!(" If you object, write to {contact}.") };
    let body = format!(
        "Hello,\n\n{name} {what}.\n\n{facts}The whole list: {}\n\nYou hear of this as an owner of an organisation here.{object}",
        mail::link(state, "/subprocessors")
    );
    Mail { to: to.to_owned(), subject: format!("Sub-processors: {name}"), body }
}
