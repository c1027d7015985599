//! `casetrakr serve`, `migrate`, `demo`, `import`, `export`, `user`, `audit verify`, `policy`, `retention`, `hold`, `processing`,
//! `selftest`, `version`.

mod archive;
mod audit;
mod demo;
mod file_modes;
mod open;
mod privacy;
mod serve;
mod user;
mod written;

#[cfg(test)]
pub(crate) use serve::BoundListener;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, error::ErrorKind};

use self::written::WrittenOptions;
use crate::privacy::policy;

/// Case management whose privacy policy is executable.
#[derive(Parser)]
#[command(name = "casetrakr", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the application.
    Serve(Options),
    /// Bring the database up to this version and end.
    Migrate(Options),
    /// Fill a demonstration organisation if the data directory is empty, then serve it.
    Demo(DemoOptions),
    /// Import cases from a CSV file, or a whole organisation from its archive.
    Import(ImportOptions),
    /// Write everything of an organisation into one archive, which its owners are told of.
    Export(ExportOptions),
    /// Find accounts and print their waiting links.
    User(UserOptions),
    /// Work with the audit record.
    Audit(AuditOptions),
    /// Publish the privacy policy in the operator's name.
    Policy(PolicyOptions),
    /// Remove what its time has come for, as happens by itself once a day.
    Retention(RetentionOptions),
    /// Keep something from being erased, for a legal claim.
    Hold(HoldOptions),
    /// Print the record of processing activities.
    Processing(ProcessingOptions),
    /// Prove that a person gets everything held about them, and that nothing is left once they are erased.
    Selftest(Options),
    /// Print the version.
    Version,
}

/// Flags that override the configuration file and the environment.
#[derive(Args, Clone, Default)]
pub(super) struct Options {
    /// Configuration file. [default: Leptos.toml, if it is there]
    #[arg(long, env = "CASETRAKR_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, global = true)]
    addr: Option<SocketAddr>,
    /// Directory of the SQLite file and the instance's key.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// postgres://… to use PostgreSQL instead.
    #[arg(long, global = true)]
    database_url: Option<String>,
    /// The address that people type.
    #[arg(long, global = true)]
    origin: Option<String>,
}

#[derive(Args)]
struct DemoOptions {
    #[command(flatten)]
    options: Options,
    /// How many cases to make.
    #[arg(long, default_value_t = 400)]
    cases: u32,
    /// Fill and end, without serving.
    #[arg(long)]
    fill_only: bool,
}

#[derive(Args)]
#[command(
    after_help = "Ends with 0 when it ran through (the report says what was left out), with 1 when it was not carried out, and with 2 when the arguments are wrong. How far it is is shown at a terminal only."
)]
struct ImportOptions {
    #[command(flatten)]
    options: Options,
    /// The CSV file.
    #[arg(required_unless_present = "archive")]
    file: Option<PathBuf>,
    /// The member in whose name to import, by e-mail address.
    #[arg(long = "as", required_unless_present = "archive")]
    member: Option<String>,
    /// The organisation, by name; needed where the member belongs to several.
    #[arg(long)]
    org: Option<String>,
    /// The case type, by key, such as permit.
    #[arg(long = "type", required_unless_present_any = ["archive", "mapping"])]
    case_type: Option<String>,
    /// The system that the file comes from, by a name of your choice. Ids count within one system.
    #[arg(long)]
    source: Option<String>,
    /// A file of saved answers, from the page of an import or from --save-mapping: columns, source, states.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// What a column becomes, as "HEADING=TARGET", such as "Unique Key=case_id". May be given several times.
    #[arg(long = "column")]
    columns: Vec<String>,
    /// No column is an id: each row is a case of its own.
    #[arg(long)]
    no_id: bool,
    /// The ids are those of the same cases, even where title and date differ.
    #[arg(long)]
    same_cases: bool,
    /// Leave cases that are here as they are, and add only new cases and entries.
    #[arg(long)]
    only_new: bool,
    /// Save the answers to this file, with the words for states that are not known yet.
    #[arg(long)]
    save_mapping: Option<PathBuf>,
    /// Write the rows that are left out to this file, to be mended and imported again.
    #[arg(long)]
    rejected: Option<PathBuf>,
    #[command(flatten)]
    written: WrittenOptions,
    /// Check only; bring in nothing.
    #[arg(long)]
    dry_run: bool,
    /// The archive of an organisation instead, into an installation where nobody is yet.
    #[arg(long, conflicts_with_all = ["file", "member", "org", "case_type", "delimiter", "heading_line", "dates", "decimal", "serial_days", "beyond_is_none", "dry_run", "source", "mapping", "columns", "no_id", "same_cases", "only_new", "save_mapping", "rejected"])]
    archive: Option<PathBuf>,
    /// The public key of the installation that made the archive; its signature must then fit.
    #[arg(long, requires = "archive")]
    key: Option<PathBuf>,
}

#[derive(Args)]
struct ExportOptions {
    #[command(flatten)]
    options: Options,
    /// The organisation, by name or id.
    #[arg(long)]
    organisation: String,
    /// The file to write, such as archive.zip. It must not be there yet.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Args)]
struct UserOptions {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    action: UserAction,
}

#[derive(Subcommand)]
enum UserAction {
    /// List accounts.
    List,
    /// Take characters that do not show out of addresses, and list those that two accounts would share.
    Addresses,
    /// Print a link to confirm an address and sign in, where no mail is sent.
    Link {
        /// The address of the account.
        email: String,
        /// A link to choose a new password instead.
        #[arg(long)]
        reset: bool,
    },
    /// Print the link with which the first account is made, which runs this installation.
    Setup,
    /// Erase an account at once, such as a child's, and print what went and what stays.
    Erase {
        /// The address of the account.
        email: String,
    },
    /// Say who looks after the installation's privacy requests; without an address, list them.
    Operator {
        /// The address of an account.
        email: Option<String>,
        /// Add it. This is what happens without --remove.
        #[arg(long, conflicts_with = "remove")]
        add: bool,
        /// Take it away.
        #[arg(long)]
        remove: bool,
    },
}

#[derive(Args)]
struct AuditOptions {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    action: AuditAction,
}

#[derive(Subcommand)]
enum AuditAction {
    /// Walk every chain, compare the database with it, and say where they are broken.
    Verify {
        /// A newest link that was noted before, as `audit verify` prints it: the chain must still lead through it.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Put on record that a backup of the database was put back, so that what is missing since then is no break.
    Restored {
        /// Why, and from when the backup is.
        #[arg(long, value_name = "WORDS")]
        because: String,
    },
}

#[derive(Args)]
struct PolicyOptions {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    action: PolicyAction,
}

#[derive(Subcommand)]
enum PolicyAction {
    /// List the editions that can be published and the versions that were.
    List,
    /// Publish a version for ever, and tell everybody who has an account.
    Publish {
        /// The edition, by its date. [default: the newest]
        #[arg(long)]
        edition: Option<String>,
        /// The first day in force, such as 2027-01-31. [default: as early as may be]
        #[arg(long)]
        effective: Option<String>,
    },
}

#[derive(Args)]
struct RetentionOptions {
    #[command(flatten)]
    options: Options,
    /// Say what would go today and within thirty days; remove nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(super) struct HoldOptions {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    action: HoldAction,
}

#[derive(Subcommand)]
pub(super) enum HoldAction {
    /// List the holds in force.
    List,
    /// Place a hold on an account, an organisation, or one case of it.
    Place {
        /// The account, by e-mail address.
        #[arg(long)]
        account: Option<String>,
        /// The organisation, by name.
        #[arg(long)]
        org: Option<String>,
        /// A case of the organisation, by number.
        #[arg(long, requires = "org")]
        case: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
        /// On whose word, such as a court and its file number.
        #[arg(long)]
        authority: String,
        /// Who places it: an operator, or an owner of the organisation, by the e-mail address of their account.
        #[arg(long)]
        by: String,
        /// The day on which it is looked at again, within twelve months, such as 2027-03-31.
        #[arg(long)]
        review: String,
    },
    /// Release a hold.
    Release {
        /// The hold, as listed.
        id: uuid::Uuid,
        /// Who releases it, in the same way.
        #[arg(long)]
        by: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
struct ProcessingOptions {
    #[command(flatten)]
    options: Options,
    /// How.
    #[arg(long, value_enum, default_value = "json")]
    format: ProcessingFormat,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum ProcessingFormat {
    Json,
    Csv,
    Html,
}

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

/// One line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "this is the command line's own output")]
fn print(line: &str) {
    println!("{line}");
}

fn fail(line: &str) -> ExitCode {
    warn(line);
    ExitCode::FAILURE
}

/// One line that is no part of what was asked for.
#[expect(clippy::print_stderr, reason = "this is the command line's own output")]
fn warn(line: &str) {
    eprintln!("casetrakr: {line}");
}
