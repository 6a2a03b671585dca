//! State of the database, for operators, never for decisions.

use std::path::PathBuf;

use jiff::Timestamp;
use till_core::kernel::values::Value;

use crate::{Address, Col, Engine, Gauges, Query, Result, Store};

/// Bytes on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Of the database.
    pub data: u64,
    /// SQLite: of its write-ahead log; 0 on PostgreSQL, which keeps its own for all databases.
    pub log: u64,
}

/// The work that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queues {
    /// Jobs whose time has come, those that somebody works on included.
    pub jobs_due: i64,
    /// Jobs for later.
    pub jobs_waiting: i64,
    /// Jobs that were given up.
    pub jobs_buried: i64,
    /// Webhook events whose time has come.
    pub events_due: i64,
    /// Webhook events that wait for another try.
    pub events_waiting: i64,
    /// Since when the longest of those that are due has been.
    pub events_since: Option<Timestamp>,
}

/// The file of a `sqlite://` address; `None` for PostgreSQL.
pub fn sqlite_file(url: &str) -> Result<Option<PathBuf>> {
    match Address::parse(url)? {
        Address::Sqlite(path) => Ok(Some(path)),
        Address::Postgres(_) => Ok(None),
    }
}

impl Store {
    /// `sqlite` or `postgresql`.
    pub fn kind(&self) -> &'static str {
        match &self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgresql",
        }
    }

    /// The store's own figures.
    pub fn gauges(&self) -> &Gauges {
        match &self.engine {
            Engine::Sqlite(db) => &db.gauges,
            Engine::Postgres(db) => &db.gauges,
        }
    }

    /// The size of the database.
    pub async fn size(&self) -> Result<Size> {
        match &self.engine {
            Engine::Sqlite(db) => Ok(db.size()),
            Engine::Postgres(_) => {
                let sql = "select pg_database_size(current_database())";
                let data = self.scalar(Query::raw(sql, vec![])).await?;
                Ok(Size {
                    data: u64::try_from(data).unwrap_or(0),
                    log: 0,
                })
            }
        }
    }

    /// To be called every few seconds: keeps SQLite's write-ahead log small, and PostgreSQL's plans fitting.
    pub async fn tidy(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(db) => db.tidy().await,
            Engine::Postgres(db) => db.tidy().await,
        }
    }

    /// The work that waits at `now`.
    pub async fn queues(&self, now: Timestamp) -> Result<Queues> {
        let jobs = "select (select count(*) from jobs where buried is null and run_at <= $1), \
                    (select count(*) from jobs where buried is null and run_at > $1), \
                    (select count(*) from jobs where buried is not null)";
        let events = "select (select count(*) from webhook_events \
                      where next_attempt_at is not null and next_attempt_at <= $1), \
                      (select count(*) from webhook_events \
                      where next_attempt_at is not null and next_attempt_at > $1), \
                      (select min(next_attempt_at) from webhook_events \
                      where next_attempt_at is not null and next_attempt_at <= $1)";
        type Jobs = (Col<i64>, Col<i64>, Col<i64>);
        type Events = (Col<i64>, Col<i64>, Col<Option<Timestamp>>);
        let now = || vec![Value::Time(now)];
        let jobs: Option<Jobs> = self.one(Query::raw(jobs, now())).await?;
        let events: Option<Events> = self.one(Query::raw(events, now())).await?;
        let (due, waiting, buried) = jobs.unwrap_or((Col(0), Col(0), Col(0)));
        let (events_due, events_waiting, since) = events.unwrap_or((Col(0), Col(0), Col(None)));
        Ok(Queues {
            jobs_due: due.0,
            jobs_waiting: waiting.0,
            jobs_buried: buried.0,
            events_due: events_due.0,
            events_waiting: events_waiting.0,
            events_since: since.0,
        })
    }

    /// The migrations of this program that the database lacks. Those that only it knows are of a newer program,
    /// beside which this one may go on.
    pub async fn unapplied(&self) -> Result<Vec<String>> {
        let steps = match &self.engine {
            Engine::Sqlite(db) => &db.steps,
            Engine::Postgres(db) => &db.steps,
        };
        let sql = "select version from till_migrations";
        let applied: Vec<Col<i64>> = self.all(Query::raw(sql, vec![])).await?;
        Ok(steps
            .iter()
            .filter(|step| applied.iter().all(|Col(version)| *version != step.version))
            .map(|step| step.name.clone())
            .collect())
    }

    /// The names of the migrations that the database has, the oldest first; an error where it never had any.
    pub async fn migrations(&self) -> Result<Vec<String>> {
        let sql = "select name from till_migrations order by version";
        let names: Vec<Col<String>> = self.all(Query::raw(sql, vec![])).await?;
        Ok(names.into_iter().map(|Col(name)| name).collect())
    }

    /// Time at which the last migration was applied; `None` where none ever was.
    pub async fn last_migrated_at(&self) -> Result<Option<Timestamp>> {
        let sql = "select max(applied_at) from till_migrations";
        let at: Option<Col<Option<Timestamp>>> = self.one(Query::raw(sql, vec![])).await?;
        Ok(at.and_then(|Col(at)| at))
    }

    /// The time of the database's own clock; `None` where it has none.
    pub async fn clock(&self) -> Result<Option<Timestamp>> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(_) => {
                let sql = "select clock_timestamp()";
                let now: Option<Col<Timestamp>> = self.one(Query::raw(sql, vec![])).await?;
                Ok(now.map(|Col(now)| now))
            }
        }
    }

    /// SQLite: whether the file is whole, in the database's words; `ok` where it is. Reads all of it.
    pub async fn integrity(&self) -> Result<Option<String>> {
        match &self.engine {
            Engine::Sqlite(_) => {
                let found: Option<Col<String>> = self
                    .one(Query::raw("pragma quick_check(1)", vec![]))
                    .await?;
                Ok(found.map(|Col(words)| words))
            }
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// SQLite: how commits are journalled, `wal` as it should be.
    pub async fn journal(&self) -> Result<Option<String>> {
        match &self.engine {
            Engine::Sqlite(_) => {
                let found: Option<Col<String>> =
                    self.one(Query::raw("pragma journal_mode", vec![])).await?;
                Ok(found.map(|Col(words)| words))
            }
            Engine::Postgres(_) => Ok(None),
        }
    }
}
