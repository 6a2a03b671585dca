//! Every setting, once: flags, environment variables, help, manual page and settings file are made of these. They stand
//! in groups, and each command takes the groups that it uses.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum, builder::FalseyValueParser};

/// The place in the help of what every command has.
const LAST: usize = 1_000;

/// Settings of the log. Every command has them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct LogSettings {
    /// Format of the log, which is written to standard error
    #[arg(
        long,
        env = "TILL_LOG_FORMAT",
        global = true,
        display_order = LAST,
        value_enum,
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,

    /// Log level: error, warn, info, debug or trace, optionally per module [default: RUST_LOG, or else info]
    #[arg(
        long,
        env = "TILL_LOG",
        global = true,
        display_order = LAST,
        value_name = "FILTER"
    )]
    pub log: Option<String>,
}

/// Settings of every command that opens the database.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct DatabaseSettings {
    /// Folder for the embedded database, the secret key and uploaded files
    #[arg(
        long,
        env = "TILL_DATA_DIR",
        value_name = "FOLDER",
        default_value = "./till-data"
    )]
    pub data_dir: PathBuf,

    /// sqlite:///absolute/path.db or postgres://user@host/database [default: till.db in the data folder]
    #[arg(
        long,
        env = "TILL_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
}

/// Settings of every command that uses the store of files.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct FilesSettings {
    /// Folder for uploaded files [default: files in the data folder]
    #[arg(long, env = "TILL_FILES_DIR", value_name = "FOLDER")]
    pub files_dir: Option<PathBuf>,

    /// S3 bucket for uploaded files, instead of a folder: s3://bucket/folder; credentials and region come from AWS_* variables
    #[arg(
        long,
        env = "TILL_FILES_URL",
        value_name = "URL",
        conflicts_with = "files_dir"
    )]
    pub files_url: Option<String>,
}

impl FilesSettings {
    /// The folder of uploaded files, where no bucket keeps them; `data_dir` is the data folder.
    pub fn folder(&self, data_dir: &Path) -> PathBuf {
        match &self.files_dir {
            Some(folder) => folder.clone(),
            None => data_dir.join("files"),
        }
    }
}

/// Settings of every command that makes or reads tokens and links.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct KeySettings {
    /// Secret key with which tokens are hashed: at least 32 bytes; prefer the environment variable or the file
    #[arg(
        long,
        env = "TILL_SECRET_KEY",
        value_name = "KEY",
        hide_env_values = true,
        conflicts_with = "secret_key_file"
    )]
    pub secret_key: Option<String>,

    /// A file that holds the secret key [default: secret.key in the data folder]
    #[arg(long, env = "TILL_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
}

/// The address that is served on.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct ListenSettings {
    /// Address and port to listen on; port 0 picks a free port
    #[arg(long, env = "TILL_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
}

/// The address that others use.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct PublicUrlSettings {
    /// URL at which buyers and API clients reach this server, such as `https://pay.example.com`; required by `serve`
    #[arg(long, env = "TILL_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
}

/// Settings that only production must be told.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct ProductionSettings {
    /// Allow an http:// public URL on a host other than this machine
    #[arg(long, env = "TILL_ALLOW_INSECURE_HTTP", value_parser = FalseyValueParser::new())]
    pub allow_insecure_http: bool,
}

/// Settings of a server, in development and in production.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct ServerSettings {
    /// The address that others use.
    #[command(flatten)]
    pub public: PublicUrlSettings,
    /// The address that is served on.
    #[command(flatten)]
    pub address: ListenSettings,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The secret key.
    #[command(flatten)]
    pub key: KeySettings,

    /// The payment processor; required by `serve` [default: sandbox in `dev`]
    #[arg(long, env = "TILL_PROCESSOR", value_enum, value_name = "NAME")]
    pub processor: Option<ProcessorName>,

    /// Stripe.
    #[command(flatten)]
    pub stripe: StripeSettings,

    /// Mail.
    #[command(flatten)]
    pub mail: MailSettings,

    /// URL of a sandbox that runs as a separate server, started with `till sandbox` [default: the sandbox runs in this process]
    #[arg(long, env = "TILL_SANDBOX_URL", value_name = "URL")]
    pub sandbox_url: Option<String>,

    /// Requests per minute from each organization or network, across all nodes and including pages; 0 for no limit [default: 500, no limit in `dev`]
    #[arg(long, env = "TILL_RATE_LIMIT", value_name = "COUNT")]
    pub rate_limit: Option<u32>,

    /// Declined payments from one network before more are refused, plus one each minute; 0 for no limit [default: 10, no limit if --rate-limit is 0]
    #[arg(long, env = "TILL_DECLINES_PER_NETWORK", value_name = "COUNT")]
    pub declines_per_network: Option<u32>,

    /// Declined payments in one organization before more are refused, plus one every 6 seconds; 0 for no limit [default: 100, no limit if --rate-limit is 0]
    #[arg(long, env = "TILL_DECLINES_PER_ORGANIZATION", value_name = "COUNT")]
    pub declines_per_organization: Option<u32>,

    /// Header in which a trusted proxy passes the client's IP address, such as X-Forwarded-For; the last address in it counts
    #[arg(long, env = "TILL_CLIENT_IP_HEADER", value_name = "HEADER")]
    pub client_ip_header: Option<String>,

    /// Connections that one address (IPv6: one /64) can have open; 0 for no limit [default: 512, no limit with --client-ip-header]
    #[arg(long, env = "TILL_MAX_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    pub max_connections_per_address: Option<u32>,

    /// The store of files.
    #[command(flatten)]
    pub files: FilesSettings,

    /// Database in MaxMind DB format that maps IP addresses to countries, such as GeoLite2-Country.mmdb
    #[arg(long, env = "TILL_GEO_DATABASE", value_name = "FILE")]
    pub geo_database: Option<PathBuf>,

    /// Header in which a trusted proxy passes the visitor's country, such as CF-IPCountry
    #[arg(long, env = "TILL_COUNTRY_HEADER", value_name = "HEADER")]
    pub country_header: Option<String>,

    /// Separate address for /metrics (Prometheus), /healthz and /readyz; anyone who can reach it can read them
    #[arg(long, env = "TILL_METRICS_LISTEN", value_name = "ADDRESS", value_parser = address)]
    pub metrics_listen: Option<SocketAddr>,

    /// Seconds after SIGTERM during which /readyz reports "not ready" but requests are still served, so that load balancers stop sending new ones
    #[arg(
        long,
        env = "TILL_DRAIN_SECONDS",
        value_name = "SECONDS",
        default_value = "0"
    )]
    pub drain_seconds: u32,

    /// Days after which the buyer's details are removed from expired sessions; 0 for never
    #[arg(
        long,
        env = "TILL_KEEP_DETAILS",
        value_name = "DAYS",
        default_value = "30"
    )]
    pub keep_details: u16,

    /// Days after which expired sessions without a payment attempt are deleted; 0 for never
    #[arg(
        long,
        env = "TILL_KEEP_SESSIONS",
        value_name = "DAYS",
        default_value = "365"
    )]
    pub keep_sessions: u16,

    /// Days after which webhook events and their deliveries are deleted; 0 for never; payloads are deleted after 90 days at most
    #[arg(
        long,
        env = "TILL_KEEP_DELIVERIES",
        value_name = "DAYS",
        default_value = "180"
    )]
    pub keep_deliveries: u16,

    /// Days after which entries of the event journal in the dashboard are deleted; 0 for never
    #[arg(
        long,
        env = "TILL_KEEP_JOURNAL",
        value_name = "DAYS",
        default_value = "365"
    )]
    pub keep_journal: u16,
}

impl ServerSettings {
    /// The folder of uploaded files, where no bucket keeps them.
    pub fn files_folder(&self) -> PathBuf {
        self.files.folder(&self.database.data_dir)
    }
}

/// Settings of Stripe, for `--processor stripe`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct StripeSettings {
    /// Stripe's restricted key (rk_live_…, rk_test_…) or secret key; as a variable or a file, never as a flag
    #[arg(
        long,
        env = "TILL_STRIPE_SECRET_KEY",
        value_name = "KEY",
        hide = true,
        hide_env_values = true,
        conflicts_with = "stripe_secret_key_file"
    )]
    pub stripe_secret_key: Option<Secret>,

    /// A file that holds Stripe's restricted or secret key; or set TILL_STRIPE_SECRET_KEY
    #[arg(long, env = "TILL_STRIPE_SECRET_KEY_FILE", value_name = "FILE")]
    pub stripe_secret_key_file: Option<PathBuf>,

    /// Stripe's publishable key (pk_live_…, pk_test_…), for the checkout page
    #[arg(long, env = "TILL_STRIPE_PUBLISHABLE_KEY", value_name = "KEY")]
    pub stripe_publishable_key: Option<String>,

    /// Signing secrets (whsec_…) of the webhook endpoint at Stripe, separated by commas; as a variable, never as a flag
    #[arg(
        long,
        env = "TILL_STRIPE_WEBHOOK_SECRET",
        value_name = "SECRETS",
        hide = true,
        hide_env_values = true
    )]
    pub stripe_webhook_secret: Option<Secret>,

    /// An API like Stripe's on this machine, for tests with test keys
    #[arg(long, env = "TILL_STRIPE_API_URL", value_name = "URL", hide = true)]
    pub stripe_api_url: Option<String>,

    /// A script like Stripe's on this machine, for tests with test keys
    #[arg(long, env = "TILL_STRIPE_SCRIPT_URL", value_name = "URL", hide = true)]
    pub stripe_script_url: Option<String>,
}

impl StripeSettings {
    /// The settings whose values no command line may hold: every process of the machine can read it.
    pub const SECRETS: [&str; 2] = ["stripe_secret_key", "stripe_webhook_secret"];
}

/// Settings of mail. Without a server nothing is sent.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct MailSettings {
    /// SMTP server that takes the mail, with its password: smtp://user:password@host:587 (STARTTLS) or smtps://…; as a variable or a file, never as a flag
    #[arg(
        long,
        env = "TILL_SMTP_URL",
        value_name = "URL",
        hide = true,
        hide_env_values = true,
        conflicts_with = "smtp_url_file"
    )]
    pub smtp_url: Option<Secret>,

    /// A file that holds the address of the SMTP server, such as smtp://user:password@mail.example.com:587; or set TILL_SMTP_URL [default: no mail is sent]
    #[arg(long, env = "TILL_SMTP_URL_FILE", value_name = "FILE")]
    pub smtp_url_file: Option<PathBuf>,

    /// E-mail address that mail comes from, such as shop@example.com; required with an SMTP server
    #[arg(long, env = "TILL_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}

impl MailSettings {
    /// The settings whose values no command line may hold: every process of the machine can read it.
    pub const SECRETS: [&str; 1] = ["smtp_url"];
}

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Secret(text.to_owned()))
    }
}

/// Payment processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProcessorName {
    /// Real cards, through your own Stripe account
    Stripe,
    /// Test cards only; no real money moves
    Sandbox,
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines of text
    Text,
    /// One JSON object per line
    Json,
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
