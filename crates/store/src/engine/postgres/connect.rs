//! Connecting to the server: address, TLS, pool.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Connect, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::future::BoxFuture;
use rustls::{ClientConfig, RootCertStore};
use tokio::{
    runtime::Handle,
    task::{JoinError, JoinHandle},
};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Options;
use crate::error::{Result, StoreError};

/// The driver's own, where the address names none.
const DRIVERS_IDLE: Duration = Duration::from_secs(2 * 60 * 60);

/// A server's address and the way to encrypt.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Server {
    pub(super) fn parse(url: &str, options: &Options) -> Result<Self> {
        // every certificate is verified, so the stricter words mean the same as `require`
        let known = url
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        let mut config: Config = known.parse().map_err(|e: Error| {
            // the parser's words name the setting, never the password
            StoreError::Url(words(&e))
        })?;
        if config.get_ssl_mode() == SslMode::Prefer && config.get_hosts().iter().all(is_local) {
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(options.patience);
        }
        if config.get_options().is_none() {
            // Compiling a query takes longer than any of ours runs. Said while connecting, it costs no round
            // trip. A pooler may refuse it: an address with `options=` of its own goes without.
            config.options("-c jit=off");
        }
        if config.get_keepalives_idle() == DRIVERS_IDLE {
            // Who only listens must notice when the server has gone without a word.
            config
                .keepalives_idle(Duration::from_secs(5))
                .keepalives_interval(Duration::from_secs(2))
                .keepalives_retries(3);
        }
        if config.get_application_name().is_none() {
            config.application_name("till");
        }
        let tls = tls(config.get_ssl_mode() != SslMode::Disable)?;
        Ok(Self { config, tls })
    }

    pub(super) fn pool(&self, options: &Options) -> Result<Pool> {
        let connect = ConnectOn {
            tls: self.tls.clone(),
            runtime: Handle::current(),
        };
        let manager = Manager::from_connect(
            self.config.clone(),
            connect,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        Pool::builder(manager)
            .max_size(options.connections)
            .wait_timeout(Some(options.patience))
            .create_timeout(Some(options.patience))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))
    }
}

/// Connects on the runtime that opened the store, whoever needs the connection first: it serves everybody, and must not be
/// among the work that yields to others.
struct ConnectOn {
    tls: MakeRustlsConnect,
    runtime: Handle,
}

impl Connect for ConnectOn {
    fn connect(
        &self,
        config: &Config,
    ) -> BoxFuture<'_, std::result::Result<(Client, JoinHandle<()>), Error>> {
        let (config, tls) = (config.clone(), self.tls.clone());
        let connecting = self.runtime.spawn(async move {
            let (client, connection) = config.connect(tls).await?;
            let connection = tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(error = %words(&error), "a connection to the database failed");
                }
            });
            Ok((client, connection))
        });
        Box::pin(async move {
            match connecting.await.map_err(JoinError::try_into_panic) {
                Ok(connected) => connected,
                Err(Ok(panic)) => resume_unwind(panic),
                // The process is ending.
                Err(Err(_)) => pending().await,
            }
        })
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|ip| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn tls(wanted: bool) -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    if wanted {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| StoreError::Unavailable(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// An error with its causes: the driver's own words say little.
pub(super) fn words(e: &tokio_postgres::Error) -> String {
    use std::error::Error;
    let mut words = e.to_string();
    let mut cause = e.source();
    while let Some(e) = cause {
        words = format!("{words}: {e}");
        cause = e.source();
    }
    words
}

pub(super) fn unreachable(e: &deadpool_postgres::PoolError) -> StoreError {
    use deadpool_postgres::PoolError;
    match e {
        PoolError::Closed => StoreError::Closed,
        PoolError::Backend(e) => StoreError::Unavailable(words(e)),
        other => StoreError::Unavailable(other.to_string()),
    }
}
