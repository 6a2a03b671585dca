//! Every command: what it takes, and which settings it uses.

mod settings;

use std::{path::PathBuf, sync::LazyLock};

use clap::{
    Args, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use clap_complete::Shell;
use till_wire::scope::Scope;
use uuid::Uuid;

pub use settings::{
    DatabaseSettings, KeySettings, ListenSettings, LogFormat, LogSettings, ProcessorName,
    ProductionSettings, PublicUrlSettings, ServerSettings,
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
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What Till can be asked to do.
#[derive(Debug, Subcommand)]
#[command(next_help_heading = "Options")]
pub enum Command {
    /// Try everything: serves with an embedded database, a demo shop and test cards
    Dev(Dev),
    /// Serve in production
    Serve(Serve),
    /// Make an organization and its owner
    Init(Init),
    /// Print a link that signs somebody in to the dashboard, once, within an hour
    SignIn(SignIn),
    /// Access tokens for the API
    #[command(subcommand)]
    Token(Token),
    /// Work that was given up: purchases, letters and the like that failed again and again
    #[command(subcommand)]
    Jobs(Jobs),
    /// Bring the database up to date and say what was applied; `serve` does the same when it starts
    Migrate(Migrate),
    /// Copy the embedded database into a file while it is used
    Backup(Backup),
    /// Put a copy in the place of the embedded database, while no server uses it
    Restore(Restore),
    /// Check settings, clock, database, disk, files and addresses, and say what to do
    Doctor(Doctor),
    /// Print the OpenAPI document
    Openapi,
    /// Serve the sandbox processor alone, with books of its own in the data folder, for --sandbox-url
    Sandbox(Sandbox),
    /// Print a settings file for a service: every setting of `serve`, explained
    Settings,
    /// Print the completions of a shell, to be kept where that shell looks for them
    Completions(Completions),
    /// Write the manual pages, one for each command, into a folder
    Man(Man),
}

/// A server to try things on.
#[derive(Debug, Args)]
pub struct Dev {
    /// Print one line of JSON on standard output once ready, for programs
    #[arg(long)]
    pub json: bool,
    /// The server.
    #[command(flatten)]
    pub server: ServerSettings,
}

/// A server for buyers.
#[derive(Debug, Args)]
pub struct Serve {
    /// What only production must be told.
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
    /// Its name in addresses: lower-case letters, digits and hyphens [default: made from the name]
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
    /// Their e-mail address
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

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token and print it, alone, on standard output; it is shown only now
    Create(TokenCreate),
    /// List tokens, without the tokens themselves
    List {
        /// Only this organization's
        #[arg(long, value_name = "SLUG")]
        organization: Option<String>,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// End a token at once
    Revoke {
        /// The token's id, as `till token list` shows it
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
    /// The organization, by its slug
    #[arg(long, value_name = "SLUG")]
    pub organization: String,
    /// What the token is for
    #[arg(long)]
    pub name: String,
    /// What it may do; several times or separated by commas
    #[arg(long, value_delimiter = ',', value_parser = scopes())]
    pub scope: Vec<Scope>,
    /// It may do everything
    #[arg(long)]
    pub all_scopes: bool,
    /// When it ends, such as 30d, 12h or 1y [default: never]
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

/// What to do about work that was given up.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List it, the oldest first, with the reason of each
    List {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Have it done again by the servers that run, once its reason is gone
    Retry {
        /// Its id, as `till jobs list` prints it, or `all`
        #[arg(value_name = "ID")]
        which: String,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Forget one for good: what it was to do is never done
    Drop {
        /// Its id, as `till jobs list` prints it
        #[arg(value_name = "ID")]
        id: Uuid,
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

/// The database that `till migrate` brings up to date.
#[derive(Debug, Args)]
pub struct Migrate {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// Where the copy goes.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// It may exist already
    #[arg(long)]
    pub replace: bool,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// Which copy comes back.
#[derive(Debug, Args)]
pub struct Restore {
    /// A file that `till backup` made
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// There may be a database already; it is kept beside the restored one
    #[arg(long)]
    pub replace: bool,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// The settings that are checked, those of `till serve`, and how the findings are told.
#[derive(Debug, Args)]
pub struct Doctor {
    /// As JSON, for programs
    #[arg(long)]
    pub json: bool,
    /// What only production must be told.
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
    /// Its name
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// The place of the manual pages.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder, which must be there
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
