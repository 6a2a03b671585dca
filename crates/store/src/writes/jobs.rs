use till_core::kernel::job_request::JobRequest;
use till_core::kernel::values::Value;
use till_core::kernel::writes::{JobWrite, Statement};

use super::any;

/// A request for a job. Asking again moves the run to the earlier time, and a run in progress is followed by another, so
/// that no request is lost between a worker's look and its end.
macro_rules! request {
    ($open:literal, $close:literal) => {
        concat!(
            "insert into jobs (id, kind, key, payload, run_at, next_at, lease_until, claim, attempts, failures, buried, created_at, queue) ",
            $open,
            "$1, $2, $3, $4, $5, null, $7, $8, $9, 0, null, $6, $10",
            $close,
            " on conflict (key) do update set \
             payload = excluded.payload, queue = excluded.queue, \
             run_at = case when jobs.buried is not null then excluded.run_at \
             when jobs.lease_until is null and excluded.run_at < jobs.run_at then excluded.run_at \
             else jobs.run_at end, \
             next_at = case when jobs.lease_until is null then null \
             when jobs.next_at < excluded.run_at then jobs.next_at \
             else excluded.run_at end, \
             attempts = case when jobs.buried is not null then 0 else jobs.attempts end, \
             failures = case when jobs.buried is not null then 0 else jobs.failures end, \
             buried = null"
        )
    };
}

const REQUEST: &str = request!("values (", ")");
const REQUEST_FOR_BENEFITS: &str = request!(
    "select ",
    " where exists (select 1 from benefits where organization_id = $11)"
);

pub(super) fn job(write: JobWrite) -> Statement {
    match write {
        JobWrite::Request(job) => any(REQUEST, values(job)),
        JobWrite::RequestForBenefits {
            job,
            organization_id,
        } => {
            let mut values = values(job);
            values.push(organization_id.into());
            any(REQUEST_FOR_BENEFITS, values)
        }
        JobWrite::Withdraw(key) => any(
            "delete from jobs where key = $1 and lease_until is null and buried is null",
            vec![key.into()],
        ),
    }
}

fn values(job: JobRequest) -> Vec<Value> {
    vec![
        job.id.into(),
        job.kind.into(),
        job.key.into(),
        Value::Json(job.payload),
        job.run_at.into(),
        job.requested_at.into(),
        job.lease.map(|lease| lease.until).into(),
        job.lease.map(|lease| lease.claim).into(),
        i64::from(job.lease.is_some()).into(),
        job.queue.rank().into(),
    ]
}
