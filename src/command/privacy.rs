//! `casetrakr retention`, `hold`, `processing`, `selftest`: what the operator does about personal data.

use std::process::ExitCode;

use uuid::Uuid;

use super::{
    arguments::{HoldAction, HoldOptions, Options, ProcessingFormat},
    open,
    terminal::print,
};
use crate::{
    accounts::Person,
    cases,
    fault::Fault,
    privacy::{
        registry::processing,
        retention::{self, HoldScope, NewHold, Placed, Released, SECOND_DAYS},
        selftest,
    },
    server::{db::global_sql, state::State, time::iso},
};

/// What a fault says on the command line: every complaint, and not their number.
fn said(fault: Fault) -> String {
    match fault {
        Fault::Invalid(fields) => fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" "),
        other => other.sentence(),
    }
}

pub(super) async fn retention(options: &Options, dry_run: bool) -> Result<(), String> {
    let state = open::open(options).await?;
    if dry_run {
        print(&format!("{:>9}  {:>9}  what", "now", "30 days"));
        for line in retention::forecast(&state).await.map_err(said)? {
            let stays =
                if line.restricted > 0 { format!(" {} stay: their person's data is restricted.", line.restricted) } else { String::new() };
            print(&format!("{:>9}  {:>9}  {}{stays} [{}]", line.today, line.soon, line.says, line.id));
        }
    } else {
        let removed = retention::run_daily(&state).await.map_err(said)?;
        for (what, rows) in &removed {
            print(&format!("{rows:>9}  {what}"));
        }
        print(&format!("{} rows", removed.values().sum::<u64>()));
    }
    open::close(&state).await;
    Ok(())
}

pub(super) async fn hold(options: &HoldOptions) -> Result<(), String> {
    let state = open::open(&options.options).await?;
    match &options.action {
        HoldAction::List => {
            for hold in retention::in_force(&state).await.map_err(said)? {
                print(&format!(
                    "{}\t{} {}\t{} ({})\tby {} on {}\tlooked at again on {}{}",
                    hold.id,
                    hold.scope,
                    hold.subject_id,
                    hold.reason,
                    hold.authority,
                    hold.placed_by,
                    iso(hold.placed_at),
                    hold.review_on,
                    hold.confirm_by.map(|at| format!("\tends on {} without a second person", iso(at))).unwrap_or_default()
                ));
            }
        }
        HoldAction::Place { account, org, case, reason, authority, by, review } => {
            let scope = scope(&state, account.as_deref(), org.as_deref(), case.as_deref()).await?;
            let new = NewHold { scope, reason: reason.clone(), authority: authority.clone(), by: by.clone(), review_on: review.clone() };
            let placed = retention::place(&state, new).await.map_err(said)?;
            print(&placed.id().to_string());
            if let Placed::NeedsSecond(_) = placed {
                print(&format!(
                    "It is in force for {SECOND_DAYS} days, and stays once a second person places it too, with the same command and their own --by."
                ));
            }
        }
        HoldAction::Release { id, by, reason } => match retention::release(&state, *id, by, reason).await.map_err(said)? {
            Released::Now => print("Released."),
            Released::NeedsSecond => {
                print("Noted. It is released once a second person asks for it, with the same command and their own --by.")
            }
            Released::NotInForce => return Err(format!("{id}: no hold of this id is in force")),
        },
    }
    open::close(&state).await;
    Ok(())
}

/// What a hold is to cover: an account by its address, an organisation by its name, a case by its number in it.
async fn scope(state: &State, account: Option<&str>, org: Option<&str>, case: Option<&str>) -> Result<HoldScope, String> {
    match (account, org, case) {
        (Some(email), None, None) => {
            let person = Person::by_address(&state.db, email).await.map_err(said)?;
            person.map(|person| HoldScope::Account(person.id.uuid())).ok_or_else(|| format!("{email}: no account has this address"))
        }
        (None, Some(name), case) => {
            let found = state.db.global(global_sql!("select id from organisations where name = $1 order by id"));
            let found: Vec<Uuid> = found.bind(name.to_owned()).scalars().await.map_err(|_| "the database is away".to_owned())?;
            let organisation = match found.as_slice() {
                [one] => *one,
                [] => return Err(format!("{name}: there is no organisation of this name")),
                _ => return Err(format!("{name}: several organisations have this name")),
            };
            let Some(number) = case else { return Ok(HoldScope::Organisation(organisation)) };
            let case = cases::id_of_number(state, organisation, number).await.map_err(said)?;
            case.map(|case| HoldScope::Case { organisation, case }).ok_or_else(|| format!("{number}: there is no such case in {name}"))
        }
        _ => Err("name what is to be held: --account, --org, or --org with --case".to_owned()),
    }
}

pub(super) async fn processing(options: &Options, format: ProcessingFormat) -> Result<(), String> {
    let state = open::open(options).await?;
    let record = processing::record(&state);
    let text = match format {
        ProcessingFormat::Json => serde_json::to_string_pretty(&record).map_err(|error| error.to_string())?,
        ProcessingFormat::Csv => String::from_utf8_lossy(&processing::table(&record)).into_owned(),
        ProcessingFormat::Html => processing::document(&record),
    };
    print(text.trim_end());
    open::close(&state).await;
    Ok(())
}

pub(super) async fn selftest(options: &Options) -> Result<ExitCode, String> {
    let state = open::open(options).await?;
    let report = selftest::run(&state).await.map_err(said)?;
    open::close(&state).await;
    print(&report.to_string());
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
