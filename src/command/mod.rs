//! `casetrakr serve`, `migrate`, `demo`, `import`, `export`, `user`, `audit verify`, `policy`, `retention`, `hold`, `processing`,
//! `selftest`, `version`.

mod archive;
mod arguments;
mod audit;
mod demo;
mod file_modes;
mod open;
mod privacy;
mod serve;
mod terminal;
mod user;
mod written;

#[cfg(test)]
pub(crate) use serve::BoundListener;

use std::process::ExitCode;

use clap::{Parser as _, error::ErrorKind};

use self::{
    arguments::{Cli, Command, Options, PolicyAction},
    terminal::{fail, print},
};
use crate::privacy::policy;

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) if !asked.use_stderr() || asked.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => asked.exit(),
        Err(error) => {
            fail(&first_line(&error.to_string()));
            return ExitCode::from(2);
        }
    };
    file_modes::close_new_files();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}")),
    };
    let outcome = runtime.block_on(carry_out(cli.command));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match outcome {
        Ok(code) => code,
        Err(line) => fail(&line),
    }
}

/// What is wrong with the command line, without the paragraphs on usage that follow.
fn first_line(error: &str) -> String {
    let first = error.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    format!("{}; see --help", words.join(" ").trim_start_matches("error: "))
}

async fn carry_out(command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Version => print(&format!("casetrakr {}", env!("CARGO_PKG_VERSION"))),
        Command::Serve(options) => return serve::serve(&options).await.map(|()| ExitCode::SUCCESS),
        Command::Migrate(options) => {
            let state = open::open(&options).await?;
            open::close(&state).await;
            print("The database is up to date.");
        }
        Command::Demo(demo) => demo::demo(&demo.options, demo.cases, demo.fill_only).await?,
        Command::Import(import) => archive::import(&import).await?,
        Command::Export(export) => archive::export(&export).await?,
        Command::User(user) => user::user(&user.options, &user.action).await?,
        Command::Policy(policy) => publish(&policy.options, policy.action).await?,
        Command::Retention(asked) => privacy::retention(&asked.options, asked.dry_run).await?,
        Command::Hold(hold) => privacy::hold(&hold).await?,
        Command::Processing(asked) => privacy::processing(&asked.options, asked.format).await?,
        Command::Selftest(options) => return privacy::selftest(&options).await,
        Command::Audit(asked) => return audit::audit(&asked).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn publish(options: &Options, action: PolicyAction) -> Result<(), String> {
    let state = open::open(options).await?;
    match action {
        PolicyAction::List => policy::publish::list(&state).await.map_err(|fault| fault.sentence())?.iter().for_each(|line| print(line)),
        PolicyAction::Publish { edition, effective } => {
            let version = policy::publish::publish(&state, &policy::publish::Wish { edition, effective }).await?;
            let from = crate::server::time::Zone::utc().show(version.effective_at).input;
            print(&format!(
                "Version {} is published, in force from {from}: {}",
                version.number,
                crate::server::mail::link(&state, &version.path())
            ));
        }
    }
    open::close(&state).await;
    Ok(())
}
