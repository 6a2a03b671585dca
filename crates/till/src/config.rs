//! Every command: what it takes, and which settings it uses.

mod settings;

use std::{path::PathBuf, sync::LazyLock};

use clap::{
    ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
    parser::ValueSource,
};
use clap_complete::Shell;
use till_wire::scope::Scope;
use uuid::Uuid;

pub use settings::{
    DatabaseSettings, FilesSettings, KeySettings, ListenSettings, LogFormat, LogSettings,
    MailSettings, ProcessorName, ProductionSettings, PublicUrlSettings, ServerSettings,
    StripeSettings,
};

/// The version, and the commit where the build knows it (`build.rs`).
static VERSION: LazyLock<String> =
    LazyLock::new(|| version(env!("CARGO_PKG_VERSION"), option_env!("TILL_COMMIT")));

fn version(number: &str, commit: Option<&str>) -> String {
    match commit {
        None | Some("") => number.to_owned(),
        Some(commit) => format!("{number} ({commit})"),
    }
}

/// A self-hosted checkout server that speaks the Polar API.
#[derive(Debug, Parser)]
#[command(
    name = "till",
    version = VERSION.as_str(),
    about,
    arg_required_else_help = true,
    after_help = "`till COMMAND --help` lists the settings that the command uses; each is a flag and an environment variable."
)]
pub struct Cli {
    /// Settings of the log.
    #[command(flatten)]
    pub log: LogSettings,
    /// Command to run.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads the command line and the variables, or ends the process with words that say what is wrong.
    pub fn read() -> Self {
        let mut command = Self::command();
        let matches = command.get_matches_mut();
        let read = match secret_flag(&matches) {
            Some(name) => Err(command.error(
                ErrorKind::ArgumentConflict,
                format!(
                    "set the variable TILL_{} instead: every process on this machine can read a command line",
                    name.to_ascii_uppercase()
                ),
            )),
            None => Self::from_arg_matches(&matches),
        };
        read.unwrap_or_else(|error| error.exit())
    }
}

/// A secret that stands on the command line.
fn secret_flag(matches: &ArgMatches) -> Option<&'static str> {
    let (_, matches) = matches.subcommand()?;
    let is_flag = |name: &&str| {
        let source = matches
            .try_contains_id(name)
            .is_ok()
            .then(|| matches.value_source(name));
        source.flatten() == Some(ValueSource::CommandLine)
    };
    secrets().find(is_flag)
}

/// The settings whose values no command line may hold, by their ids.
pub fn secrets() -> impl Iterator<Item = &'static str> {
    let stripe = StripeSettings::SECRETS.into_iter();
    stripe.chain(MailSettings::SECRETS)
}

/// Commands of Till.
#[derive(Debug, Subcommand)]
#[command(next_help_heading = "Options")]
pub enum Command {
    /// Run a server to try Till: an embedded database, a demo shop and test cards
    Dev(Dev),
    /// Run the server in production
    Serve(Serve),
    /// Create an organization and its owner
    Init(Init),
    /// Print a sign-in link for the dashboard that works once and expires in an hour
    SignIn(SignIn),
    /// Create, list and revoke access tokens for the API
    #[command(subcommand)]
    Token(Token),
    /// List, retry and delete jobs that failed and are no longer retried
    #[command(subcommand)]
    Jobs(Jobs),
    /// Show the time of an organization of the sandbox, or move it forward; a running server does what becomes due
    Clock(TestClock),
    /// Apply pending database migrations and print their names; `serve` does the same when it starts
    Migrate(Migrate),
    /// Back up the embedded database to a file; the server can keep running
    Backup(Backup),
    /// Restore the embedded database from a backup; the server must be stopped
    Restore(Restore),
    /// Delete test sales before the first real sale; products and settings stay
    ClearTestData(ClearTestData),
    /// Check the settings, clock, database, disk, files and addresses, and suggest fixes
    Doctor(Doctor),
    /// Print the OpenAPI document
    Openapi,
    /// Run the sandbox payment processor as a separate server, for --sandbox-url; its records are in the data folder
    Sandbox(Sandbox),
    /// Print an environment file that explains every setting of `serve`
    Settings,
    /// Print a completion script for a shell
    Completions(Completions),
    /// Write the manual pages to a folder, one for each command
    Man(Man),
}

/// A server to try things on.
#[derive(Debug, Args)]
pub struct Dev {
    /// Print one line of JSON to standard output when the server is ready
    #[arg(long)]
    pub json: bool,
    /// Move the demo shop's time forward, such as by 3months or 1y: everything that becomes due by then is done
    #[arg(long, value_name = "TIME")]
    pub clock: Option<jiff::Span>,
    /// The server.
    #[command(flatten)]
    pub server: ServerSettings,
}

/// A server for buyers.
#[derive(Debug, Args)]
pub struct Serve {
    /// Settings that only production must be told.
    #[command(flatten)]
    pub production: ProductionSettings,
    /// The server.
    #[command(flatten)]
    pub server: ServerSettings,
}

/// The organization and owner that `till init` makes.
#[derive(Debug, Args)]
pub struct Init {
    /// The organization's name
    #[arg(long, value_name = "NAME")]
    pub organization: String,
    /// The owner's e-mail address
    #[arg(long, value_name = "EMAIL")]
    pub owner_email: String,
    /// The organization's slug: lower-case letters, digits and hyphens [default: derived from the name]
    #[arg(long)]
    pub slug: Option<String>,
    /// The address of the link to the dashboard.
    #[command(flatten)]
    pub public: PublicUrlSettings,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The secret key.
    #[command(flatten)]
    pub key: KeySettings,
}

/// The person whom `till sign-in` lets in.
#[derive(Debug, Args)]
pub struct SignIn {
    /// The person's e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
    /// The address of the link where no public one is set.
    #[command(flatten)]
    pub address: ListenSettings,
    /// The address of the link.
    #[command(flatten)]
    pub public: PublicUrlSettings,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The secret key.
    #[command(flatten)]
    pub key: KeySettings,
}

/// Commands about tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Create a token and print it to standard output; it is shown only once
    Create(TokenCreate),
    /// List tokens; the tokens themselves are not shown
    List {
        /// Show only the tokens of this organization
        #[arg(long, value_name = "SLUG")]
        organization: Option<String>,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Revoke a token immediately
    Revoke {
        /// The token's ID, as shown by `till token list`
        id: Uuid,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

/// The token to make.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("allowed").required(true).args(["scope", "all_scopes"]))]
pub struct TokenCreate {
    /// The organization's slug
    #[arg(long, value_name = "SLUG")]
    pub organization: String,
    /// Purpose of the token
    #[arg(long)]
    pub name: String,
    /// A scope of the token; repeat the option or separate scopes with commas
    #[arg(long, value_delimiter = ',', value_parser = scopes())]
    pub scope: Vec<Scope>,
    /// Grant all scopes
    #[arg(long)]
    pub all_scopes: bool,
    /// Time for which the token is valid, such as 30d, 12h or 1y [default: it does not expire]
    #[arg(long, value_name = "TIME")]
    pub expires_in: Option<jiff::Span>,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The secret key.
    #[command(flatten)]
    pub key: KeySettings,
}

fn scopes() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::ALL.iter().map(|scope| scope.as_str()))
        .map(|word| word.parse().expect("only scopes are possible values"))
}

/// Commands about work that was given up.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List failed jobs, oldest first, with the reason for each failure
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Retry a failed job after its cause has been fixed
    Retry {
        /// The job's ID, as shown by `till jobs list`, or `all`
        #[arg(value_name = "ID")]
        which: String,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Delete a failed job; its work will never be done
    Drop {
        /// The job's ID, as shown by `till jobs list`
        #[arg(value_name = "ID")]
        id: Uuid,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

/// The organization whose test clock is shown or moved.
#[derive(Debug, Args)]
pub struct TestClock {
    /// Time by which to move the clock, such as 12h, 3months or 1y [default: show it]
    #[arg(value_name = "TIME")]
    pub by: Option<jiff::Span>,
    /// The organization's slug [default: the only organization]
    #[arg(long, value_name = "SLUG")]
    pub organization: Option<String>,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// The database that `till migrate` brings up to date.
#[derive(Debug, Args)]
pub struct Migrate {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// Path of the copy.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to create
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub replace: bool,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// Which copy comes back.
#[derive(Debug, Args)]
pub struct Restore {
    /// A backup made by `till backup`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace the existing database, which is kept next to the restored one
    #[arg(long)]
    pub replace: bool,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// The database whose test sales are deleted.
#[derive(Debug, Args)]
pub struct ClearTestData {
    /// Delete it; without this, say what would be deleted
    #[arg(long)]
    pub yes: bool,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The store of files.
    #[command(flatten)]
    pub files: FilesSettings,
}

/// The settings that are checked, those of `till serve`, and how the findings are told.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Send a test message to this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub mail_to: Option<String>,
    /// Settings that only production must be told.
    #[command(flatten)]
    pub production: ProductionSettings,
    /// The server.
    #[command(flatten)]
    pub server: ServerSettings,
}

/// The sandbox processor in a process of its own.
#[derive(Debug, Args)]
pub struct Sandbox {
    /// The address that is served on.
    #[command(flatten)]
    pub address: ListenSettings,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// The shell whose completions are printed.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// The place of the manual pages.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder, which must exist
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// The settings of a server that is started with these arguments.
#[cfg(test)]
pub fn server_settings(args: &[&str]) -> ServerSettings {
    match Cli::parse_from(["till", "serve"].iter().chain(args)).command {
        Command::Serve(serve) => serve.server,
        other => unreachable!("`serve` was asked for: {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_has_the_commit_where_the_build_was_told_it() {
        assert_eq!(version("1.2.3", None), "1.2.3");
        assert_eq!(version("1.2.3", Some("")), "1.2.3");
        assert_eq!(
            version("1.2.3", Some("0a1b2c3d4e5f")),
            "1.2.3 (0a1b2c3d4e5f)"
        );
    }
}
