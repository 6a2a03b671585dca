//! The store. The only crate that knows there are two databases.
//!
//! Reads take a [`Query`] or a [`List`]; every write is a [`Changes`] given to [`Store::commit`].

mod batch;
mod engine;
mod error;
mod gauges;
mod hub;
mod list;
mod list_cache;
mod migrate;
mod page;
mod query;
#[cfg(test)]
mod query_plan;
mod queue;
mod reads;
mod retry;
mod rows;
mod sql;
mod state;
mod writes;
mod yielding;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
pub use till_core::kernel::rows::{Col, FromColumns};
use till_core::kernel::{changes::Changes, values::Value};

pub use engine::sqlite::copy::{Copied, CopyError, backup, restore};
pub use engine::sqlite::private::open_to_others;
pub use error::{CommitError, Result, Stale, StoreError};
pub use gauges::Gauges;
pub use hub::{Wake, Watch};
pub use list::{List, Order};
pub use migrate::Migration;
pub use page::Position;
pub use query::{Query, columns};
pub use queue::{ENDPOINT_LEASE_LOST, LEASE_LOST};
pub use reads::{
    BuyerKeys, DeliveryFilter, FailingEndpoint, Figures, FoundScope, LetterRows, Progress,
    Recurring, RecurringPart, Sales, TimelineEntry, TimelineEvent, UnfoldedRow, Visit,
};
pub use retry::retry_on_conflict;
use rows::{Rows, typed};
pub use state::{Queues, Size, sqlite_file};
pub use yielding::yielding;

/// The options of opening a [`Store`]. The defaults serve production.
#[derive(Debug, Clone)]
pub struct Options {
    /// SQLite: connections for what may take long, such as lists; reads by key have others.
    pub readers: usize,
    /// PostgreSQL: connections kept at most (one more listens).
    pub connections: usize,
    /// SQLite: how long to wait for another process that is writing. PostgreSQL: for a connection.
    pub patience: Duration,
    /// True where opening applies the migrations that are missing.
    pub migrate: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 2,
            connections: 16,
            patience: Duration::from_secs(5),
            migrate: true,
        }
    }
}

/// The database. Cloning is cheap and shares everything.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) engine: Engine,
    list_cache: Arc<list_cache::ListCache>,
}

#[derive(Debug, Clone)]
pub(crate) enum Engine {
    Sqlite(Arc<engine::sqlite::Sqlite>),
    Postgres(Arc<engine::postgres::Postgres>),
}

impl Store {
    /// Opens `sqlite:///absolute/path.db`, `sqlite://relative.db` or `postgres://user@host/database`
    /// and applies the migrations that are missing.
    ///
    /// PostgreSQL's `sslmode`: `require` and `verify-full` both check the server's certificate against
    /// the system's; `prefer` (the default) speaks TLS where the server does, and never to this machine itself.
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        Self::open_with(url, options, &[]).await
    }

    /// [`Store::open`] with migrations of the caller's own after the shipped ones.
    #[doc(hidden)]
    pub async fn open_with(url: &str, options: Options, extra: &[Migration]) -> Result<Self> {
        let engine = match Address::parse(url)? {
            Address::Sqlite(path) => Engine::Sqlite(Arc::new(
                engine::sqlite::Sqlite::open(path, &options, extra).await?,
            )),
            Address::Postgres(url) => Engine::Postgres(Arc::new(
                engine::postgres::Postgres::open(&url, &options, extra).await?,
            )),
        };
        Ok(Self {
            engine,
            list_cache: Arc::default(),
        })
    }

    /// The first row, if there is one.
    pub async fn one<T: FromColumns + Send + 'static>(&self, query: Query) -> Result<Option<T>> {
        let read = self.read(query, 1, Box::new(Vec::<T>::new()));
        Ok(typed(read.await?).pop())
    }

    /// All rows: `T` is a record, or for a join a tuple of records, optional records and [`Col`]s.
    pub async fn all<T: FromColumns + Send + 'static>(&self, query: Query) -> Result<Vec<T>> {
        let read = self.read(query, usize::MAX, Box::new(Vec::<T>::new()));
        Ok(typed(read.await?))
    }

    /// Reads the first `most` rows into `rows`, and gives them back. Boxed, so that it is compiled here.
    fn read(
        &self,
        query: Query,
        most: usize,
        rows: Box<dyn Rows>,
    ) -> BoxFuture<'_, Result<Box<dyn Rows>>> {
        Box::pin(async move {
            self.gauges().reads.inc();
            match &self.engine {
                Engine::Sqlite(db) => db.read(query, most, rows).await,
                Engine::Postgres(db) => db.read(&query, most, rows).await,
            }
        })
    }

    /// The first row's only column, a whole number; 0 where there is no row.
    pub async fn scalar(&self, query: Query) -> Result<i64> {
        let row: Option<Col<Option<i64>>> = self.one(query).await?;
        Ok(row.and_then(|Col(n)| n).unwrap_or(0))
    }

    /// Makes all of it true, or none; publishes the signals afterwards. Once begun, it is finished
    /// even if the caller stops waiting.
    pub fn commit(&self, changes: Changes) -> BoxFuture<'_, Result<(), CommitError>> {
        Box::pin(async move {
            match &self.engine {
                Engine::Sqlite(db) => db.commit(changes).await,
                Engine::Postgres(db) => db.commit(changes).await,
            }
        })
    }

    /// Hears the signals of `topic` from now on, from every node.
    pub fn watch(&self, topic: &str) -> Watch {
        self.hub().watch(topic)
    }

    /// Wakes when a commit on any node added work (jobs or webhook events) that is due.
    pub fn wake_on_commit(&self) -> Wake {
        self.hub().wakes()
    }

    /// Wakes when a commit on this node wrote into the journal. What other nodes write wakes nobody: nothing is sent
    /// around for every change only because somebody may be looking.
    pub fn wake_on_journal(&self) -> Wake {
        self.hub().journal()
    }

    /// The number of topics that are watched on this node.
    pub fn watched_topics(&self) -> usize {
        self.hub().len()
    }

    /// Applies the migrations that are missing.
    pub async fn migrate(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(db) => db.migrate().await,
            Engine::Postgres(db) => db.migrate().await,
        }
    }

    /// Finishes what was given to [`Store::commit`] and closes; later calls answer [`StoreError::Closed`].
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(db) => db.close().await,
            Engine::Postgres(db) => db.close().await,
        }
    }

    fn hub(&self) -> &hub::Hub {
        match &self.engine {
            Engine::Sqlite(db) => &db.hub,
            Engine::Postgres(db) => &db.hub,
        }
    }
}

/// The address of the database.
enum Address {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Address {
    fn parse(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with(':') {
                let problem =
                    "a sqlite:// address needs a file, such as sqlite:///var/lib/till/till.db";
                return Err(StoreError::Url(problem.to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(StoreError::Url(
            "use sqlite:///absolute/path.db or postgres://user@host/database".to_owned(),
        ))
    }
}

/// JSON columns hold objects and arrays: a bare number would lose its text on SQLite
/// (NUMERIC affinity), so no engine takes one.
pub(crate) fn storable(value: &Value) -> Result<()> {
    match value {
        Value::Json(text) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            Err(StoreError::sql(
                text,
                "a JSON column holds objects and arrays, never a bare number",
            ))
        }
        _ => Ok(()),
    }
}
