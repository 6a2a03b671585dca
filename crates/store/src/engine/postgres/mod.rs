//! PostgreSQL: a pool, prepared statements, and each `Changes` in one pipeline.

mod cells;
mod connect;
mod group;
mod keyed;
mod listen;
mod pipeline;
mod plan;

use std::sync::Arc;

use deadpool_postgres::{ClientWrapper, Object, Pool};
use futures_util::TryStreamExt;
use till_core::kernel::changes::Changes;
use till_core::kernel::rows::{Col, FromColumns};
use tokio::sync::{Mutex, RwLock, mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio_postgres::{Row, Statement};

use crate::batch::Batch;
use crate::error::{CommitError, Result, StoreError};
use crate::gauges::Gauges;
use crate::hub::Hub;
use crate::list::Dialect;
use crate::migrate::{self, Migration};
use crate::page::{PageQuery, Total};
use crate::rows::{PageRows, Rows};
use crate::yielding::is_yielding;
use crate::{Options, Query};

use cells::{Cells, Param, check};
use connect::{Server, unreachable, words};
use group::{Committer, Member};
use keyed::Keyed;
use listen::Caller;

/// Statements kept prepared per connection: lists come in many shapes, and each costs the server memory.
const PREPARED: usize = 512;

/// Keeps two starting nodes from migrating at once: an arbitrary number, the same for ever.
const MIGRATION_LOCK: i64 = 0x7469_6c6c;

#[derive(Debug)]
pub(crate) struct Postgres {
    pub(crate) hub: Hub,
    pub(crate) gauges: Gauges,
    pub(crate) steps: Vec<Migration>,
    pool: Pool,
    keyed: Keyed,
    committer: Committer,
    /// Commits that nobody waits for.
    yielding: mpsc::UnboundedSender<Member>,
    /// Commits of a single statement.
    single: mpsc::UnboundedSender<Member>,
    listener: AbortHandle,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Options, extra: &[Migration]) -> Result<Self> {
        let server = Server::parse(url, options)?;
        let steps = migrate::steps(Dialect::Postgres, extra)?;
        let pool = server.pool(options)?;
        if options.migrate {
            apply_missing(&pool, &steps).await?;
        } else {
            drop(pool.get().await.map_err(|e| unreachable(&e))?);
        }
        let hub = Hub::new();
        let (caller, outbox) = Caller::new();
        let (ready, listens) = oneshot::channel();
        let gauges = Gauges::new();
        let panics = gauges.panics.clone();
        let listener = listen::run(server, hub.clone(), outbox, ready, panics);
        let listener = tokio::spawn(listener);
        // hints are no condition for starting: whether it listens or failed once, go on
        let _ = listens.await;
        let committer = Committer {
            pool: pool.clone(),
            hub: hub.clone(),
            caller,
            gauges: gauges.clone(),
            open: Arc::new(RwLock::new(())),
        };
        let start = |most, groups| {
            let (sender, queue) = mpsc::unbounded_channel();
            let queue = Arc::new(Mutex::new(queue));
            for _ in 0..groups {
                tokio::spawn(committer.clone().run(Arc::clone(&queue), most));
            }
            sender
        };
        let yielding = start(group::YIELDING, 1);
        let single = start(group::SINGLE, group::SINGLE_GROUPS);
        Ok(Self {
            hub,
            gauges,
            committer,
            yielding,
            single,
            keyed: Keyed::new(pool.clone(), options),
            pool,
            listener: listener.abort_handle(),
            steps,
        })
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(|e| unreachable(&e))
    }

    /// Reads the first `most` rows into `rows`, and gives them back.
    pub(crate) async fn read(
        &self,
        query: &Query,
        most: usize,
        mut rows: Box<dyn Rows>,
    ) -> Result<Box<dyn Rows>> {
        let found = match query.keyed {
            true => fetch(&*self.keyed.client().await?, query).await?,
            false => fetch(&*self.client().await?, query).await?,
        };
        push(&mut *rows, found.iter().take(most))?;
        Ok(rows)
    }

    /// The rows, the total, and whether all rows were counted for it.
    pub(crate) async fn page(
        &self,
        page_query: &PageQuery,
        mut rows: Box<dyn PageRows>,
    ) -> Result<(Box<dyn PageRows>, i64, bool)> {
        let client = self.client().await?;
        let count = async |query| {
            let counted = fetch(&client, query).await?.first().map(read).transpose()?;
            Ok::<i64, StoreError>(counted.map_or(0, |Col(n)| n))
        };
        let (found, total, whole) = match &page_query.total {
            Total::Known(total) => {
                let found = fetch(&client, &page_query.rows).await?;
                let total = page_query.total_of_last_page(found.len()).unwrap_or(*total);
                (found, total, false)
            }
            Total::Counted(first, then) => {
                let both =
                    futures_util::future::try_join(fetch(&client, &page_query.rows), count(first));
                let (found, n) = both.await?;
                match (page_query.total_of_last_page(found.len()), then) {
                    (Some(total), _) => (found, total, false),
                    (None, Some(then)) if PageQuery::is_more(n) => {
                        (found, count(then).await?, true)
                    }
                    (None, _) => (found, n, true),
                }
            }
        };
        push(&mut *rows, &found)?;
        Ok((rows, total, whole))
    }

    pub(crate) async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let batch = Batch::new(changes, Dialect::Postgres);
        if batch.steps.is_empty() {
            self.committer.committed(batch);
            return Ok(());
        }
        if is_yielding() {
            return group::commit(&self.yielding, batch).await;
        }
        if batch.steps.len() == 1 {
            return group::commit(&self.single, batch).await;
        }
        let committer = self.committer.clone();
        let client = self.client().await?;
        let open = Arc::clone(&committer.open).read_owned().await;
        // a task of its own: a caller that stops waiting must not leave a transaction open
        let pipeline = tokio::spawn(async move {
            let timed = committer.gauges.seconds.start_timer();
            let committed = pipeline::commit(&client, &batch.steps).await;
            timed.observe_duration();
            committer.gauges.batch.observe(1.0);
            committed?;
            committer.committed(batch);
            drop(open);
            Ok(())
        });
        pipeline.await.map_err(|error| match error.is_panic() {
            true => {
                self.gauges.panics.inc();
                StoreError::Panic
            }
            false => StoreError::Closed,
        })?
    }

    pub(crate) async fn migrate(&self) -> Result<()> {
        apply_missing(&self.pool, &self.steps).await
    }

    /// Analyses tables that have four times the pages they had when that was last done. A connection keeps the
    /// plans of its statements until then, and those made for empty tables take any index: autovacuum, which looks
    /// once a minute, comes late to the first minutes of a busy shop.
    pub(crate) async fn tidy(&self) -> Result<()> {
        let client = self.client().await?;
        let grown = Query::raw(OUTGROWN, vec![]);
        for row in fetch(&client, &grown).await? {
            let Col(table): Col<String> = read(&row)?;
            let sql = format!("analyze {table}");
            let analysed = client.batch_execute(&sql).await;
            analysed.map_err(|e| failed(&sql, &e))?;
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.pool.close();
        self.keyed.close().await;
        drop(self.committer.open.write().await);
        self.listener.abort();
    }
}

/// Pages are of 8 kB on nearly every server; on others it is a few more or less.
const OUTGROWN: &str = "select quote_ident(relname) from pg_class \
where relnamespace = current_schema()::regnamespace and relkind = 'r' \
and pg_relation_size(oid) >= 4 * 8192 * greatest(relpages, 1)";

fn failed(sql: &str, e: &tokio_postgres::Error) -> StoreError {
    StoreError::sql(sql, words(e))
}

async fn prepare(client: &ClientWrapper, sql: &str) -> Result<Statement> {
    if client.statement_cache.size() > PREPARED {
        client.statement_cache.clear();
    }
    client
        .prepare_cached(sql)
        .await
        .map_err(|e| failed(sql, &e))
}

async fn fetch(client: &ClientWrapper, query: &Query) -> Result<Vec<Row>> {
    let sql: &str = &query.sql;
    let statement = prepare(client, sql).await?;
    check(&statement, sql, &query.binds.iter().collect::<Vec<_>>())?;
    let rows = async {
        let params = query.binds.iter().map(Param);
        client
            .query_raw(&statement, params)
            .await?
            .try_collect()
            .await
    };
    rows.await.map_err(|e| failed(sql, &e))
}

fn push<'a>(rows: &mut dyn Rows, found: impl IntoIterator<Item = &'a Row>) -> Result<()> {
    for row in found {
        rows.push(&mut Cells { row, next: 0 })?;
    }
    Ok(())
}

fn read<T: FromColumns>(row: &Row) -> Result<T> {
    Ok(T::from_columns(&mut Cells { row, next: 0 })?)
}

async fn apply_missing(pool: &Pool, steps: &[Migration]) -> Result<()> {
    let failed = |name: &str, e: tokio_postgres::Error| {
        StoreError::Migration(format!("{name}: {}", words(&e)))
    };
    let mut client = pool.get().await.map_err(|e| unreachable(&e))?;
    let tx = client.transaction().await.map_err(|e| failed("begin", e))?;
    tx.execute("select pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
        .await
        .map_err(|e| failed("lock", e))?;
    tx.batch_execute(migrate::TABLE)
        .await
        .map_err(|e| failed("till_migrations", e))?;
    let applied = tx
        .query(migrate::APPLIED, &[])
        .await
        .map_err(|e| failed("till_migrations", e))?
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let record = "insert into till_migrations (version, name, checksum, applied_at) \
        values ($1, $2, $3, now())";
    for step in migrate::missing(steps, &applied)? {
        tx.batch_execute(&step.sql)
            .await
            .map_err(|e| failed(&step.name, e))?;
        tx.execute(record, &[&step.version, &step.name, &step.checksum()])
            .await
            .map_err(|e| failed(&step.name, e))?;
    }
    tx.commit().await.map_err(|e| failed("commit", e))
}
