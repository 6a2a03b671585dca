//! Opening: the database, and the server's parts put together.

use std::{path::Path, sync::Arc};

use till_core::kernel::{records::ProcessorName, tokens::SecretKey, urls::PublicUrls};
use till_ports::{
    files::Files,
    geo::{Database, Geo, NoGeo},
    mail::{LogMailbox, Mail, Smtp, SmtpSettings},
    outbound::Outbound,
    processor::{
        Processor,
        sandbox::{RemoteSandbox, Sandbox, TestCards},
        stripe::{self, Stripe},
    },
};
use till_server::{
    app::{App, Clock, Policy},
    http::limits::Limits,
    metrics::Metrics,
    passwords::Passwords,
    sandbox_store::DatabaseSandboxStore,
};
use till_store::{Options, Store};
use uuid::Uuid;

use crate::{
    accounts, background,
    clock::SystemClock,
    config::{DatabaseSettings, FilesSettings, ServerSettings},
    files,
    stop::Stop,
};

/// Opens the database that is set, or the data folder's own; `migrate` brings it up to date, under a lock.
pub async fn database(settings: &DatabaseSettings, migrate: bool) -> Result<Store, Stop> {
    if settings.database_url.is_none() {
        files::folder(&settings.data_dir)?;
    }
    let url = files::database_url(settings)?;
    Ok(Store::open(
        &url,
        Options {
            migrate,
            ..Options::default()
        },
    )
    .await?)
}

/// The store of files: a bucket if one is set, else a folder.
pub fn files(settings: &FilesSettings, data_dir: &Path) -> Result<Files, Stop> {
    if let Some(url) = &settings.files_url {
        return Files::bucket(url).map_err(|error| Stop::settings(format!("--files-url: {error}")));
    }
    let folder = settings.folder(data_dir);
    files::folder(&folder)?;
    Files::folder(&folder).map_err(|error| Stop::settings(format!("--files-dir: {error}")))
}

/// The database of countries, if one is set.
pub fn geo(settings: &ServerSettings) -> Result<Arc<dyn Geo>, Stop> {
    let Some(file) = &settings.geo_database else {
        return Ok(Arc::new(NoGeo));
    };
    match Database::open(file) {
        Ok(database) => Ok(Arc::new(database)),
        Err(error) => Err(Stop::settings(format!(
            "--geo-database: {} cannot be read: {error}",
            file.display()
        ))),
    }
}

/// The parts that differ between the commands that serve.
pub struct Parts {
    /// The open database.
    pub store: Store,
    /// Keys what is kept of tokens.
    pub key: SecretKey,
    /// The public address of the server, without a trailing slash.
    pub public_url: String,
    /// The operator's decisions.
    pub policy: Policy,
    /// Rate limits.
    pub limits: Limits,
    /// The storage of files.
    pub files: Files,
    /// The atlas of network addresses.
    pub geo: Arc<dyn Geo>,
    /// The processor that takes the payments.
    pub processor: ChosenProcessor,
    /// The server that takes the mail, if one is set.
    pub mail: Option<SmtpSettings>,
}

/// The processor that takes the payments, as set.
#[derive(Debug)]
pub enum ChosenProcessor {
    /// The sandbox: at this address, or in this process.
    Sandbox(Option<String>),
    /// Stripe.
    Stripe(Box<stripe::Settings>),
}

/// The sandbox with its records in this database.
pub fn sandbox(store: &Store, key: &SecretKey) -> Sandbox {
    let records = Arc::new(DatabaseSandboxStore::new(store.clone()));
    // A key of its own, made of the one that is kept safe anyway.
    let own_key = key.digest("sandbox card fingerprints");
    Sandbox::new(records, own_key.as_bytes(), Arc::new(new_id))
}

/// The processor, and what only the sandbox has.
type Processors = (Arc<dyn Processor>, Option<Arc<dyn TestCards>>);

async fn processor(parts: &Parts) -> Result<Processors, Stop> {
    Ok(match &parts.processor {
        ChosenProcessor::Sandbox(None) => {
            accounts::agree(&parts.store, ProcessorName::Sandbox, None).await?;
            let here = Arc::new(sandbox(&parts.store, &parts.key));
            (here.clone(), Some(here))
        }
        ChosenProcessor::Sandbox(Some(url)) => {
            accounts::agree(&parts.store, ProcessorName::Sandbox, None).await?;
            let there = Arc::new(RemoteSandbox::new(url).map_err(Stop::failed)?);
            (there.clone(), Some(there))
        }
        ChosenProcessor::Stripe(settings) => {
            let stripe = Stripe::new((**settings).clone()).map_err(Stop::failed)?;
            let account = accounts::of_stripe(&stripe, settings, &parts.key).await?;
            accounts::agree(&parts.store, ProcessorName::Stripe, Some(account)).await?;
            (Arc::new(stripe), None)
        }
    })
}

/// The transport of mail: the server that is set, else the log.
fn mail(settings: Option<&SmtpSettings>, dev: bool) -> Result<Arc<dyn Mail>, Stop> {
    Ok(match settings {
        Some(settings) => Arc::new(Smtp::new(settings).map_err(Stop::failed)?),
        None => Arc::new(LogMailbox { words: dev }),
    })
}

/// The server, on the processor that is set.
pub async fn app(parts: Parts) -> Result<Arc<App>, Stop> {
    let (processor, test_cards) = processor(&parts).await?;
    let metrics = Metrics::default().with(&parts.store);
    Ok(Arc::new(App {
        store: parts.store,
        urls: PublicUrls {
            public_url: parts.public_url,
            publishable_key: processor.publishable_key().to_owned(),
        },
        processor,
        sandbox: test_cards,
        outbound: Outbound::new(parts.policy.dev).map_err(Stop::failed)?,
        taxes: Arc::new(till_ports::tax::Embedded),
        files: parts.files,
        sheet_of: till_server::pages::documents::sheet,
        text_of: till_server::mail::text,
        geo: parts.geo,
        mail: mail(parts.mail.as_ref(), parts.policy.dev)?,
        clock: Arc::new(SystemClock),
        key: parts.key,
        policy: parts.policy,
        limits: parts.limits,
        passwords: Passwords::default(),
        metrics,
        fast_path: Default::default(),
        background: background::start()?,
        workers: Default::default(),
        decisions: Default::default(),
        backoffs: Default::default(),
    }))
}

fn new_id() -> Uuid {
    let bytes = SystemClock.seed();
    uuid::Builder::from_random_bytes(bytes[..16].try_into().expect("sixteen of thirty-two bytes"))
        .into_uuid()
}
