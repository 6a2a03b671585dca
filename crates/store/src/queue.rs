//! The queue and the leases. See `till_core::kernel::jobs` for the rules.

use jiff::Timestamp;
use till_core::kernel::writes::Statement;
use till_core::kernel::{
    changes::{Changes, CommitConflict, Record},
    values::Value,
};
use till_core::kernel::{
    job_request::Queue,
    jobs::{End, Job},
};
use uuid::Uuid;

use crate::error::{CommitError, Result};
use crate::list::Dialect;
use crate::rows::typed;
use crate::writes::{any, exactly_one, waking};
use crate::{Col, Engine, Query, Store, columns};

/// The label of the refusal when a job's end comes after its lease went to somebody else.
pub const LEASE_LOST: &str = "job lease";

/// The label of the refusal when the holder of a lease has lost it.
pub const ENDPOINT_LEASE_LOST: &str = "endpoint lease";

const DONE: &str =
    "delete from jobs where id = $1 and attempts = $2 and claim = $3 and next_at is null";

/// Done, but asked for again meanwhile.
const AGAIN: &str = "update jobs \
set lease_until = null, claim = null, attempts = 0, failures = 0, last_error = null, run_at = next_at, next_at = null \
where id = $1 and attempts = $2 and claim = $3 and next_at is not null";

const RETRY: &str = "update jobs set lease_until = null, claim = null, failures = 0, last_error = null, \
run_at = case when next_at < $4 then next_at else $4 end, \
next_at = case when next_at < $4 then null else next_at end \
where id = $1 and attempts = $2 and claim = $3";

/// The same of a run that failed.
const FAILED: &str = "update jobs set lease_until = null, claim = null, failures = failures + 1, last_error = $5, \
run_at = case when next_at < $4 then next_at else $4 end, \
next_at = case when next_at < $4 then null else next_at end \
where id = $1 and attempts = $2 and claim = $3";

const BURY: &str = "update jobs set lease_until = null, claim = null, failures = failures + 1, buried = $4 \
where id = $1 and attempts = $2 and claim = $3 and next_at is null";

const REVIVE: &str = "update jobs set buried = null, attempts = 0, failures = 0, run_at = $2 \
where id = $1 and buried is not null";

const DROP: &str = "delete from jobs where id = $1 and buried is not null";

const KEEP: &str =
    "update jobs set lease_until = $4 where id = $1 and attempts = $2 and claim = $3";

const LEASE: &str = "insert into leases (name, holder, until) values ($1, $2, $3) \
on conflict (name) do update set holder = excluded.holder, until = excluded.until \
where leases.holder = excluded.holder or leases.until <= $4";

/// Each node holds one lease that is named so and after itself.
const NODES: &str = "select count(*) from leases where name like 'node %' and until > $1";

const HELD: &str = "update leases set until = $3 where name = $1 and holder = $2";

impl Store {
    /// Claims up to `limit` due jobs (of these kinds; none named: of all), those of the most important queue first and
    /// of one queue the earliest, for the caller alone until `lease_until`. A job whose lease ran out is due again.
    /// `claim` is a new id.
    pub async fn claim_jobs(
        &self,
        kinds: &[&str],
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        claim: Uuid,
    ) -> Result<Vec<Job>> {
        self.claim_jobs_up_to(None, kinds, now, lease_until, limit, claim)
            .await
    }

    /// [`Store::claim_jobs`] of no queue after `last`, where one is named.
    pub async fn claim_jobs_up_to(
        &self,
        last: Option<Queue>,
        kinds: &[&str],
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        claim: Uuid,
    ) -> Result<Vec<Job>> {
        let binds = vec![
            Value::Time(now),
            Value::Time(lease_until),
            Value::Int(i64::from(limit)),
            Value::Uuid(claim),
            last.map_or(i64::MAX, Queue::rank).into(),
        ];
        let jobs = Box::new(Vec::<Job>::new());
        let claimed = match &self.engine {
            Engine::Sqlite(db) => {
                let query = due(Dialect::Sqlite, kinds, binds);
                db.returning(query, jobs).await?
            }
            Engine::Postgres(db) => {
                let query = due(Dialect::Postgres, kinds, binds);
                db.read(&query, usize::MAX, jobs).await?
            }
        };
        let mut jobs: Vec<Job> = typed(claimed);
        jobs.sort_by_key(|job| (job.queue, job.run_at, job.id));
        Ok(jobs)
    }

    /// Ends a claimed job together with its effects. Refused as [`CommitConflict::NotOne`]`(`[`LEASE_LOST`]`)`
    /// when the lease went to somebody else: then nothing is written.
    pub async fn finish_job(&self, job: &Job, end: End) -> Result<(), CommitError> {
        let fence = fence(job);
        let (end, effects) = match end {
            End::Done(effects) => (ended(DONE, fence.clone()), effects),
            End::Retry { at } => {
                let mut binds = fence;
                binds.push(Value::Time(at));
                return self
                    .commit_both(waking(ended(RETRY, binds)), Changes::new())
                    .await;
            }
            End::Failed { at, reason } => {
                let mut binds = fence;
                binds.extend([Value::Time(at), Value::Text(reason)]);
                return self
                    .commit_both(waking(ended(FAILED, binds)), Changes::new())
                    .await;
            }
            End::Bury { reason } => {
                let mut binds = fence.clone();
                binds.push(Value::Text(reason));
                (ended(BURY, binds), Changes::new())
            }
        };
        let first = self.commit_both(end, effects.clone()).await;
        match first {
            Err(CommitError::Conflict(CommitConflict::NotOne(LEASE_LOST))) => {
                self.commit_both(waking(ended(AGAIN, fence)), effects).await
            }
            other => other,
        }
    }

    /// The jobs that were given up, the oldest first, `limit` at most.
    pub async fn buried_jobs(&self, limit: i64) -> Result<Vec<Job>> {
        let rest = "where buried is not null order by created_at, id limit $1";
        self.all(Query::select::<Job>(rest, vec![Value::Int(limit)]))
            .await
    }

    /// Has a job that was given up done again from `at` on; false: it is none of those.
    pub async fn revive_job(&self, id: Uuid, at: Timestamp) -> Result<bool> {
        let revive = exactly_one("a buried job", REVIVE, vec![id.into(), at.into()]);
        self.take(waking(revive)).await
    }

    /// Forgets a job that was given up; false: it is none of those.
    pub async fn drop_job(&self, id: Uuid) -> Result<bool> {
        self.take(exactly_one("a buried job", DROP, vec![id.into()]))
            .await
    }

    /// Prolongs the lease of a claimed job; false: somebody else has it, or it is gone.
    pub async fn keep_job(&self, job: &Job, until: Timestamp) -> Result<bool> {
        let mut binds = fence(job);
        binds.push(Value::Time(until));
        self.take(exactly_one(LEASE_LOST, KEEP, binds)).await
    }

    /// Takes or renews the lease `name` for `holder`; false where another holder has it.
    pub async fn lease(
        &self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let binds = vec![name.into(), holder.into(), until.into(), now.into()];
        self.take(exactly_one("lease", LEASE, binds)).await
    }

    /// Renews all leases of `holder`.
    pub async fn renew_leases(&self, holder: Uuid, until: Timestamp) -> Result<()> {
        let sql = "update leases set until = $2 where holder = $1";
        self.take(any(sql, vec![holder.into(), until.into()]))
            .await
            .map(drop)
    }

    /// Says that the node `holder` is there until `until`, and how many are. An embedded database has one.
    pub async fn register_node(
        &self,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<u32> {
        if matches!(self.engine, Engine::Sqlite(_)) {
            return Ok(1);
        }
        self.lease(&format!("node {holder}"), holder, now, until)
            .await?;
        let there: Option<Col<i64>> = self.one(Query::raw(NODES, vec![now.into()])).await?;
        let count = there.map_or(1, |Col(count)| count.max(1));
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Gives up all leases of `holder`, that of the node itself included.
    pub async fn release_all(&self, holder: Uuid) -> Result<()> {
        let sql = "delete from leases where holder = $1";
        self.take(any(sql, vec![holder.into()])).await.map(drop)
    }

    /// Commits what the holder of a lease did, and renews the lease. Refused as
    /// [`CommitConflict::NotOne`]`(`[`ENDPOINT_LEASE_LOST`]`)` when somebody else has it: then nothing is written.
    pub async fn commit_holding(
        &self,
        name: &str,
        holder: Uuid,
        until: Timestamp,
        effects: Changes,
    ) -> Result<(), CommitError> {
        let binds = vec![name.into(), holder.into(), until.into()];
        let held = exactly_one(ENDPOINT_LEASE_LOST, HELD, binds);
        self.commit_both(held, effects).await
    }

    /// Releases the lease `name`, if `holder` has it.
    pub async fn release(&self, name: &str, holder: Uuid) -> Result<()> {
        let sql = "delete from leases where name = $1 and holder = $2";
        let binds = vec![name.into(), holder.into()];
        self.take(any(sql, binds)).await.map(drop)
    }

    /// Commits the effects of work behind the statement that says whose it is.
    async fn commit_both(&self, first: Statement, effects: Changes) -> Result<(), CommitError> {
        let mut changes = Changes::new();
        changes.write(first).and(effects);
        self.commit(changes).await
    }

    /// Commits a statement alone: whether it was not refused.
    async fn take(&self, statement: Statement) -> Result<bool> {
        match self.commit_both(statement, Changes::new()).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict(_)) => Ok(false),
            Err(CommitError::Store(e)) => Err(e),
        }
    }
}

/// The values that tell the claim of `job` from all others.
fn fence(job: &Job) -> Vec<Value> {
    vec![
        Value::Uuid(job.id),
        Value::Int(job.attempts),
        job.claim.into(),
    ]
}

/// The end of a job, while its lease is held.
fn ended(sql: &'static str, binds: Vec<Value>) -> Statement {
    exactly_one(LEASE_LOST, sql, binds)
}

/// A CTE, so that the rows are chosen once; on PostgreSQL rivals skip each other's.
fn due(dialect: Dialect, kinds: &[&str], mut binds: Vec<Value>) -> Query {
    let mut of_kinds = String::new();
    if !kinds.is_empty() {
        let places: Vec<_> = (0..kinds.len()).map(|i| format!("${}", i + 6)).collect();
        of_kinds = format!("and kind in ({})", places.join(", "));
        binds.extend(kinds.iter().map(|kind| Value::from(*kind)));
    }
    let lock = match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => "for update skip locked",
    };
    let sql = format!(
        "with due as materialized (select id as due_id from jobs \
         where buried is null and queue <= $5 and run_at <= $1 and (lease_until is null or lease_until <= $1) {of_kinds} \
         order by queue, run_at, id limit $3 {lock}) \
         update jobs set lease_until = $2, claim = $4, attempts = attempts + 1, \
         next_at = case when next_at <= $1 then null else next_at end \
         from due where jobs.id = due.due_id returning {}",
        columns::<Job>(Job::TABLE)
    );
    Query::raw(sql, binds)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::query_plan::{database, plan};

    #[tokio::test]
    async fn due_jobs_are_found_in_the_order_of_an_index() {
        let (_folder, db) = database().await;
        let query = due(Dialect::Sqlite, &["a"], vec![Value::Null; 5]);
        let plan = plan(&db, &query);
        assert!(
            plan.contains("jobs USING INDEX jobs_due (queue<?)"),
            "{plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
