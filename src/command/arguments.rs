//! What may be typed behind `casetrakr`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use super::written::WrittenOptions;

/// Case management whose privacy policy is executable.
#[derive(Parser)]
#[command(name = "casetrakr", version, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
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
    pub(super) config: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, global = true)]
    pub(super) addr: Option<SocketAddr>,
    /// Directory of the SQLite file and the instance's key.
    #[arg(long, global = true)]
    pub(super) data: Option<PathBuf>,
    /// postgres://… to use PostgreSQL instead.
    #[arg(long, global = true)]
    pub(super) database_url: Option<String>,
    /// The address that people type.
    #[arg(long, global = true)]
    pub(super) origin: Option<String>,
}

#[derive(Args)]
pub(super) struct DemoOptions {
    #[command(flatten)]
    pub(super) options: Options,
    /// How many cases to make.
    #[arg(long, default_value_t = 400)]
    pub(super) cases: u32,
    /// Fill and end, without serving.
    #[arg(long)]
    pub(super) fill_only: bool,
}

#[derive(Args)]
#[command(
    after_help = "Ends with 0 when it ran through (the report says what was left out), with 1 when it was not carried out, and with 2 when the arguments are wrong. How far it is is shown at a terminal only."
)]
pub(super) struct ImportOptions {
    #[command(flatten)]
    pub(super) options: Options,
    /// The CSV file.
    #[arg(required_unless_present = "archive")]
    pub(super) file: Option<PathBuf>,
    /// The member in whose name to import, by e-mail address.
    #[arg(long = "as", required_unless_present = "archive")]
    pub(super) member: Option<String>,
    /// The organisation, by name; needed where the member belongs to several.
    #[arg(long)]
    pub(super) org: Option<String>,
    /// The case type, by key, such as permit.
    #[arg(long = "type", required_unless_present_any = ["archive", "mapping"])]
    pub(super) case_type: Option<String>,
    /// The system that the file comes from, by a name of your choice. Ids count within one system.
    #[arg(long)]
    pub(super) source: Option<String>,
    /// A file of saved answers, from the page of an import or from --save-mapping: columns, source, states.
    #[arg(long)]
    pub(super) mapping: Option<PathBuf>,
    /// What a column becomes, as "HEADING=TARGET", such as "Unique Key=case_id". May be given several times.
    #[arg(long = "column")]
    pub(super) columns: Vec<String>,
    /// No column is an id: each row is a case of its own.
    #[arg(long)]
    pub(super) no_id: bool,
    /// The ids are those of the same cases, even where title and date differ.
    #[arg(long)]
    pub(super) same_cases: bool,
    /// Leave cases that are here as they are, and add only new cases and entries.
    #[arg(long)]
    pub(super) only_new: bool,
    /// Save the answers to this file, with the words for states that are not known yet.
    #[arg(long)]
    pub(super) save_mapping: Option<PathBuf>,
    /// Write the rows that are left out to this file, to be mended and imported again.
    #[arg(long)]
    pub(super) rejected: Option<PathBuf>,
    #[command(flatten)]
    pub(super) written: WrittenOptions,
    /// Check only; bring in nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The archive of an organisation instead, into an installation where nobody is yet.
    #[arg(long, conflicts_with_all = ["file", "member", "org", "case_type", "delimiter", "heading_line", "dates", "decimal", "serial_days", "beyond_is_none", "dry_run", "source", "mapping", "columns", "no_id", "same_cases", "only_new", "save_mapping", "rejected"])]
    pub(super) archive: Option<PathBuf>,
    /// The public key of the installation that made the archive; its signature must then fit.
    #[arg(long, requires = "archive")]
    pub(super) key: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct ExportOptions {
    #[command(flatten)]
    pub(super) options: Options,
    /// The organisation, by name or id.
    #[arg(long)]
    pub(super) organisation: String,
    /// The file to write, such as archive.zip. It must not be there yet.
    #[arg(long)]
    pub(super) to: PathBuf,
}

#[derive(Args)]
pub(super) struct UserOptions {
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) action: UserAction,
}

#[derive(Subcommand)]
pub(super) enum UserAction {
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
pub(super) struct AuditOptions {
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) action: AuditAction,
}

#[derive(Subcommand)]
pub(super) enum AuditAction {
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
pub(super) struct PolicyOptions {
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) action: PolicyAction,
}

#[derive(Subcommand)]
pub(super) enum PolicyAction {
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
pub(super) struct RetentionOptions {
    #[command(flatten)]
    pub(super) options: Options,
    /// Say what would go today and within thirty days; remove nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Args)]
pub(super) struct HoldOptions {
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) action: HoldAction,
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
pub(super) struct ProcessingOptions {
    #[command(flatten)]
    pub(super) options: Options,
    /// How.
    #[arg(long, value_enum, default_value = "json")]
    pub(super) format: ProcessingFormat,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum ProcessingFormat {
    Json,
    Csv,
    Html,
}
