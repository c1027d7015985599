//! `casetrakr audit`: whether the record is whole, and putting on record that a backup was put back.

use std::process::ExitCode;

use super::{
    arguments::{AuditAction, AuditOptions, Options},
    open,
    terminal::print,
};
use crate::{
    audit::{self, verify::Report},
    count::grouped,
    privacy::consent,
};

pub(super) async fn audit(asked: &AuditOptions) -> Result<ExitCode, String> {
    match &asked.action {
        AuditAction::Verify { head } => verify(&asked.options, head.as_deref()).await,
        AuditAction::Restored { because } => restored(&asked.options, because).await,
    }
}

async fn verify(options: &Options, head: Option<&str>) -> Result<ExitCode, String> {
    let state = open::open(options).await?;
    let mut report = audit::verify::verify(&state).await.map_err(|fault| fault.sentence())?;
    report.breaks.extend(consent::verify::verify(&state).await.map_err(|fault| fault.sentence())?);
    if let Some(head) = head
        && !audit::has_led_through(&state, head).await.map_err(|fault| fault.sentence())?
    {
        report.breaks.push(format!("the operator\u{2019}s chain does not lead through {head}"));
    }
    let newest = audit::checkpoint(&state).await.map_err(|fault| fault.sentence())?;
    open::close(&state).await;
    report.breaks.iter().chain(&report.notes).for_each(|line| print(line));
    if let Some(newest) = newest {
        let hash = crate::server::secret::hex(&newest.hash);
        print(&format!(
            "Newest link of the operator\u{2019}s chain: {hash} (event {}). Keep it elsewhere, and check with --head.",
            newest.seq
        ));
    }
    print(&summary(&report));
    Ok(if report.breaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summary(report: &Report) -> String {
    let Report { chains, events, opened, erased, cases, breaks, .. } = report;
    let breaks = breaks.len();
    format!(
        "{chains} chains, {events} events: {opened} with values opened and matched, {erased} erased; {cases} cases compared, {breaks} breaks"
    )
}

async fn restored(options: &Options, because: &str) -> Result<ExitCode, String> {
    let state = open::open(options).await?;
    let lost = audit::marker::restored(&state, because).await;
    open::close(&state).await;
    let lost = lost?;
    if lost.is_empty() {
        return Err("the database is not older than what was committed before; nothing was recorded".to_owned());
    }
    lost.iter().for_each(|line| print(line));
    let many = i64::try_from(lost.len()).unwrap_or(i64::MAX);
    print(&format!("On record: a backup was put back, for {} of the chains.", grouped(many)));
    Ok(ExitCode::SUCCESS)
}
