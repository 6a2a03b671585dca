//! Every command and every setting, once: flags, environment variables and `--help` are made of these.

use std::{net::SocketAddr, path::PathBuf};

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser},
};
use till_wire::scope::Scope;
use uuid::Uuid;

/// Till: a self-hosted checkout server that speaks the Polar API.
#[derive(Debug, Parser)]
#[command(
    name = "till",
    version,
    about,
    arg_required_else_help = true,
    next_help_heading = "Settings"
)]
pub struct Cli {
    /// Settings, the same for every command.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the operator can set; each is a flag and an environment variable.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address and port to serve on; port 0 takes a free one
    #[arg(long, env = "TILL_LISTEN", global = true, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,

    /// Folder for the embedded database and, in `dev`, the secret key and the demo's token
    #[arg(
        long,
        env = "TILL_DATA_DIR",
        global = true,
        value_name = "FOLDER",
        default_value = "./till-data"
    )]
    pub data_dir: PathBuf,

    /// sqlite:///absolute/path.db or postgres://user@host/database [default: till.db in the data folder]
    #[arg(
        long,
        env = "TILL_DATABASE_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,

    /// Where buyers and API callers reach this server, such as `https://pay.example.com`; `serve` needs it
    #[arg(long, env = "TILL_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,

    /// Lets the public URL be http:// on a host that is not this machine
    #[arg(long, env = "TILL_ALLOW_INSECURE_HTTP", global = true, value_parser = FalseyValueParser::new())]
    pub allow_insecure_http: bool,

    /// Keys what is kept of tokens: 32 bytes or more; prefer the environment variable or the file
    #[arg(
        long,
        env = "TILL_SECRET_KEY",
        global = true,
        value_name = "KEY",
        hide_env_values = true,
        conflicts_with = "secret_key_file"
    )]
    pub secret_key: Option<String>,

    /// A file that holds the secret key [default: secret.key in the data folder, with the database there]
    #[arg(long, env = "TILL_SECRET_KEY_FILE", global = true, value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,

    /// The payment processor; `serve` needs to be told
    #[arg(
        long,
        env = "TILL_PROCESSOR",
        global = true,
        value_enum,
        value_name = "NAME"
    )]
    pub processor: Option<ProcessorName>,

    /// A sandbox in a process of its own, as `till sandbox` serves it [default: in this process]
    #[arg(long, env = "TILL_SANDBOX_URL", global = true, value_name = "URL")]
    pub sandbox_url: Option<String>,

    /// Requests a minute, to all nodes together, for each organization or network, pages included, 0 for no limit [default: 500, none in `dev`]
    #[arg(long, env = "TILL_RATE_LIMIT", global = true, value_name = "COUNT")]
    pub rate_limit: Option<u32>,

    /// Declined payments from one network at once, one more each minute, 0 for no limit [default: 10, none where --rate-limit is 0]
    #[arg(
        long,
        env = "TILL_DECLINES_PER_NETWORK",
        global = true,
        value_name = "COUNT"
    )]
    pub declines_per_network: Option<u32>,

    /// Declined payments in one organization at once, one more every 6 seconds, 0 for no limit [default: 100, none where --rate-limit is 0]
    #[arg(
        long,
        env = "TILL_DECLINES_PER_ORGANIZATION",
        global = true,
        value_name = "COUNT"
    )]
    pub declines_per_organization: Option<u32>,

    /// A header in which a trusted proxy gives the buyer's address, such as X-Forwarded-For: the last one in it counts
    #[arg(
        long,
        env = "TILL_CLIENT_IP_HEADER",
        global = true,
        value_name = "HEADER"
    )]
    pub client_ip_header: Option<String>,

    /// Open connections from one address (IPv6: one /64), 0 for no limit [default: 512, no limit with --client-ip-header]
    #[arg(
        long,
        env = "TILL_MAX_CONNECTIONS_PER_ADDRESS",
        global = true,
        value_name = "COUNT"
    )]
    pub max_connections_per_address: Option<u32>,

    /// Folder for uploaded files [default: files in the data folder]
    #[arg(long, env = "TILL_FILES_DIR", global = true, value_name = "FOLDER")]
    pub files_dir: Option<PathBuf>,

    /// A bucket for uploaded files instead, s3://bucket/folder; keys and region come from AWS_* variables
    #[arg(
        long,
        env = "TILL_FILES_URL",
        global = true,
        value_name = "URL",
        conflicts_with = "files_dir"
    )]
    pub files_url: Option<String>,

    /// A file in the MaxMind DB format that tells countries by address, such as GeoLite2-Country.mmdb
    #[arg(long, env = "TILL_GEO_DATABASE", global = true, value_name = "FILE")]
    pub geo_database: Option<PathBuf>,

    /// A header in which a trusted proxy gives the visitor's country, such as CF-IPCountry
    #[arg(
        long,
        env = "TILL_COUNTRY_HEADER",
        global = true,
        value_name = "HEADER"
    )]
    pub country_header: Option<String>,

    /// A second address for /metrics (Prometheus), /healthz and /readyz; whoever reaches it may read them
    #[arg(long, env = "TILL_METRICS_LISTEN", global = true, value_name = "ADDRESS", value_parser = address)]
    pub metrics_listen: Option<SocketAddr>,

    /// After SIGTERM, how long /readyz says no while requests are still taken, so that load balancers go elsewhere
    #[arg(
        long,
        env = "TILL_DRAIN_SECONDS",
        global = true,
        value_name = "SECONDS",
        default_value = "0"
    )]
    pub drain_seconds: u32,

    /// Days after which expired sessions forget who the buyer was, 0 for never
    #[arg(
        long,
        env = "TILL_KEEP_DETAILS",
        global = true,
        value_name = "DAYS",
        default_value = "30"
    )]
    pub keep_details: u16,

    /// Days after which expired sessions that nobody tried to pay are deleted, 0 for never
    #[arg(
        long,
        env = "TILL_KEEP_SESSIONS",
        global = true,
        value_name = "DAYS",
        default_value = "365"
    )]
    pub keep_sessions: u16,

    /// Days after which webhook events and their deliveries are deleted, 0 for never; payloads go after 90 at most
    #[arg(
        long,
        env = "TILL_KEEP_DELIVERIES",
        global = true,
        value_name = "DAYS",
        default_value = "180"
    )]
    pub keep_deliveries: u16,

    /// Days after which the journal of events, which the dashboard shows, is deleted, 0 for never
    #[arg(
        long,
        env = "TILL_KEEP_JOURNAL",
        global = true,
        value_name = "DAYS",
        default_value = "365"
    )]
    pub keep_journal: u16,

    /// How log lines are written; they go to standard error
    #[arg(
        long,
        env = "TILL_LOG_FORMAT",
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug or trace, also per module [default: RUST_LOG, else info]
    #[arg(long, env = "TILL_LOG", global = true, value_name = "FILTER")]
    pub log: Option<String>,
}

/// Payment processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProcessorName {
    /// Test cards only; no real money moves
    Sandbox,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// What Till can be asked to do.
#[derive(Debug, Subcommand)]
#[command(next_help_heading = "Options")]
pub enum Command {
    /// Try everything: serves with an embedded database, a demo shop and test cards
    Dev(Dev),
    /// Serve in production
    Serve,
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
    Migrate,
    /// Copy the embedded database into a file while it is used
    Backup(Backup),
    /// Put a copy in the place of the embedded database, while no server uses it
    Restore(Restore),
    /// Check settings, clock, database, disk, files and addresses, and say what to do
    Doctor(Doctor),
    /// Print the OpenAPI document
    Openapi,
    /// Serve the sandbox processor alone, with books of its own in the data folder, for --sandbox-url
    Sandbox,
}

/// What to do about work that was given up.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List it, the oldest first, with the reason of each
    List {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Have it done again by the servers that run, once its reason is gone
    Retry {
        /// Its id, as `till jobs list` prints it, or `all`
        #[arg(value_name = "ID")]
        which: String,
    },
    /// Forget one for good: what it was to do is never done
    Drop {
        /// Its id, as `till jobs list` prints it
        #[arg(value_name = "ID")]
        id: uuid::Uuid,
    },
}

/// How `till dev` answers.
#[derive(Debug, Args)]
pub struct Dev {
    /// Print one line of JSON on standard output once ready, for programs
    #[arg(long)]
    pub json: bool,
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
}

/// How the findings are told.
#[derive(Debug, Args)]
pub struct Doctor {
    /// As JSON, for programs
    #[arg(long)]
    pub json: bool,
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
}

/// The person whom `till sign-in` lets in.
#[derive(Debug, Args)]
pub struct SignIn {
    /// Their e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
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
    },
    /// End a token at once
    Revoke {
        /// The token's id, as `till token list` shows it
        id: Uuid,
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
}

fn scopes() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::ALL.iter().map(|scope| scope.as_str()))
        .map(|word| word.parse().expect("only scopes are possible values"))
}

/// An address with a port; `localhost` is this machine.
fn address(text: &str) -> Result<SocketAddr, String> {
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    text.parse().map_err(|_| {
        "give an address and a port, such as 127.0.0.1:8080 or 0.0.0.0:8080".to_owned()
    })
}
