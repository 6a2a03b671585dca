//! Work that outlives its request: one queue, written in the same [`Changes`] as its cause.

use std::{fmt, marker::PhantomData};

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::kernel::context::DecisionContext;
use crate::kernel::job_request::{JobLease, JobRequest, Queue};
use crate::kernel::writes::{JobWrite, NamedWrite};
use crate::kernel::{
    changes::{Changes, Write},
    values::{Cell, Kind, Value},
};
use crate::record;

record! {
    /// A piece of work, as claimed: whoever holds the lease does it.
    "jobs";
    pub struct Job {
        /// Its id.
        id: Uuid,
        /// The kind of the job.
        kind: String,
        /// Names the work: there is at most one job per key.
        key: String,
        /// The rank of its queue: see [`Queue::rank`]. 0 where an older version asked for it.
        queue: i64,
        /// The payload.
        payload: Payload,
        /// Not before.
        run_at: Timestamp,
        /// Asked for again while it was leased: when it is to run after this run.
        next_at: Option<Timestamp>,
        /// Until when the claimer may work undisturbed; null: nobody works on it.
        lease_until: Option<Timestamp>,
        /// Which claim that was.
        claim: Option<Uuid>,
        /// The number of claims since it last succeeded.
        attempts: i64,
        /// The number of failed runs since one last did not fail.
        failures: i64,
        /// Reason why the last of them failed.
        last_error: Option<String>,
        /// Reason why it was given up; null: it was not.
        buried: Option<String>,
        /// Time at which it was first asked for.
        created_at: Timestamp,
    }
}

/// The payload of a job, as JSON. Text that is no JSON is kept as text, which no kind takes: so it stops the
/// job that has it, and not whoever claims that job among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload(pub serde_json::Value);

impl Cell for Payload {
    const KIND: Kind = Kind::Json;
    fn to_value(&self) -> Value {
        Value::Json(self.0.to_string())
    }
    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Json(text) => {
                let read = serde_json::from_str(&text);
                Ok(Self(read.unwrap_or(serde_json::Value::String(text))))
            }
            other => Err(format!("expected Json, found {other:?}")),
        }
    }
}

/// Runs of a job that may fail one after the other before it is given up: with [`backoff`], some six hours.
pub const MOST_FAILURES: i64 = 20;
/// Characters that are kept of why a run failed.
const REASON_LENGTH: usize = 500;

impl Job {
    /// The payload as its kind's type.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.payload.0)
    }

    /// The end of a run that failed: another one after a pause that grows, or none after [`MOST_FAILURES`].
    pub fn failed(&self, reason: &str, now: Timestamp) -> End {
        let failures = self.failures + 1;
        let reason: String = reason.chars().take(REASON_LENGTH).collect();
        if failures >= MOST_FAILURES {
            return End::Bury {
                reason: format!("failed {failures} times, most recently with: {reason}"),
            };
        }
        End::Failed {
            at: now + backoff(failures),
            reason,
        }
    }
}

/// The pause after this many failures: 1 s, 2 s, 4 s … up to 34 minutes.
pub fn backoff(failures: i64) -> SignedDuration {
    SignedDuration::from_secs(1 << (failures.clamp(1, 12) - 1))
}

/// The end of a run of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// It is done; these are its effects.
    Done(Changes),
    /// It is not done yet, and nothing is wrong: go on with it.
    Retry {
        /// Not before.
        at: Timestamp,
    },
    /// The run failed: try again. Made by [`Job::failed`].
    Failed {
        /// Not before.
        at: Timestamp,
        /// Reason.
        reason: String,
    },
    /// Give it up for a person to look at; asking for its key again revives it.
    Bury {
        /// Reason.
        reason: String,
    },
}

/// A kind of job: its name, its queue, and the type of what it needs to know.
pub struct JobKind<P> {
    name: &'static str,
    queue: Queue,
    payload: PhantomData<fn() -> P>,
}

impl<P> Clone for JobKind<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for JobKind<P> {}

impl<P> fmt::Debug for JobKind<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<P> fmt::Display for JobKind<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<P> JobKind<P> {
    /// A kind. The name is kept with each job: a changed one is another kind.
    pub const fn new(name: &'static str, queue: Queue) -> Self {
        Self {
            name,
            queue,
            payload: PhantomData,
        }
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<P: DeserializeOwned> JobKind<P> {
    /// The payload of a job of this kind; `None` where it is of another kind.
    pub fn payload(self, job: &Job) -> Option<Result<P, serde_json::Error>> {
        (job.kind == self.name).then(|| job.payload())
    }
}

/// For tests: a kind that no version knows.
impl<P> From<&'static str> for JobKind<P> {
    fn from(name: &'static str) -> Self {
        Self::new(name, Queue::Upkeep)
    }
}

impl JobRequest {
    /// A job of `kind`, not before `run_at` in the time of the decision.
    pub(crate) fn new<P: Serialize>(
        ctx: &DecisionContext,
        kind: JobKind<P>,
        key: &str,
        run_at: Timestamp,
        payload: &P,
    ) -> Self {
        let payload = serde_json::to_string(payload).expect("payloads serialise: string keys only");
        Self {
            id: ctx.id(),
            kind: kind.name,
            queue: kind.queue,
            key: key.to_owned(),
            payload,
            run_at: ctx.wall_of(run_at),
            requested_at: ctx.wall(),
            lease: None,
        }
    }

    /// True where the job may begin at once.
    pub fn is_due(&self) -> bool {
        self.run_at <= self.requested_at
    }

    /// Has the job come into being with the caller's lease: who asks for work and does it at once needs no commit in
    /// between. Only for work whose whole effect is its end: where the key exists already the claim is not had, and
    /// that end is refused.
    pub fn claim(&mut self, until: Timestamp, claim: Uuid) -> Option<Job> {
        let payload = Payload(serde_json::from_str(&self.payload).ok()?);
        self.lease = Some(JobLease { until, claim });
        Some(Job {
            id: self.id,
            kind: self.kind.to_owned(),
            key: self.key.clone(),
            queue: self.queue.rank(),
            payload,
            run_at: self.run_at,
            next_at: None,
            lease_until: Some(until),
            claim: Some(claim),
            attempts: 1,
            failures: 0,
            last_error: None,
            buried: None,
            created_at: self.requested_at,
        })
    }
}

impl Changes {
    /// Asks for work of `kind`, once per `key`, not before `run_at`. Where the key is already
    /// waiting, the payload is replaced and the earlier time holds; where it is being worked on,
    /// it runs once more afterwards. `run_at` is in the time of the decision; the queue keeps the machine's.
    pub fn job<P: Serialize>(
        &mut self,
        ctx: &DecisionContext,
        kind: impl Into<JobKind<P>>,
        key: &str,
        run_at: Timestamp,
        payload: &P,
    ) -> &mut Self {
        let job = JobRequest::new(ctx, kind.into(), key, run_at, payload);
        self.write(JobWrite::Request(job))
    }

    /// The due job of `kind` that is asked for here.
    pub fn due(&mut self, kind: &str) -> Option<&mut JobRequest> {
        self.writes.iter_mut().find_map(|write| match write {
            Write::Named(NamedWrite::Job(JobWrite::Request(job)))
                if job.kind == kind && job.is_due() =>
            {
                Some(job)
            }
            _ => None,
        })
    }

    /// Takes back the job that waits under `key`, if there is one; a run in progress goes on.
    pub fn no_job(&mut self, key: &str) -> &mut Self {
        self.write(JobWrite::Withdraw(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(failures: i64) -> Job {
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32]);
        let mut changes = Changes::new();
        changes.job(&ctx, "send", "a", ctx.now, &1);
        let due = changes.due("send").expect("it is due");
        let mut job = due.claim(ctx.now, ctx.id()).expect("nobody has it");
        job.failures = failures;
        job
    }

    #[test]
    fn a_job_that_fails_is_tried_again_after_pauses_that_grow_and_given_up_in_the_end() {
        let now = Timestamp::UNIX_EPOCH;
        let mut waited = SignedDuration::ZERO;
        for failures in 0..MOST_FAILURES - 1 {
            let End::Failed { at, reason } = job(failures).failed("no disk", now) else {
                panic!("given up after {failures}");
            };
            assert_eq!(reason, "no disk");
            let pause = at.duration_since(now);
            assert!(
                pause >= SignedDuration::from_secs(1) && pause <= SignedDuration::from_mins(35)
            );
            waited += pause;
        }
        assert!(waited > SignedDuration::from_hours(5), "{waited}");
        let last = job(MOST_FAILURES - 1).failed("no disk", now);
        let reason = "failed 20 times, most recently with: no disk".to_owned();
        assert_eq!(last, End::Bury { reason });
    }

    #[test]
    fn a_job_waits_in_the_machines_time() {
        let year = SignedDuration::from_hours(365 * 24);
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32]).ahead(year);
        let mut changes = Changes::new();
        changes.job(&ctx, "send", "a", ctx.now, &1);
        let due = changes.due("send").expect("it is due at once");
        assert_eq!(due.run_at, Timestamp::UNIX_EPOCH);
        let later = ctx.now + SignedDuration::from_secs(15);
        let mut changes = Changes::new();
        changes.job(&ctx, "send", "a", later, &1);
        assert!(changes.due("send").is_none());
    }

    #[test]
    fn the_reason_of_a_failure_is_cut_off() {
        let End::Failed { reason, .. } = job(0).failed(&"é".repeat(9_000), Timestamp::UNIX_EPOCH)
        else {
            panic!("given up at once");
        };
        assert_eq!(reason.chars().count(), 500);
    }

    #[test]
    fn a_payload_that_does_not_read_stops_its_own_job_only() {
        let read = Payload::from_value(Value::Json("{\"half".into())).expect("kept as text");
        let mut job = job(0);
        job.payload = read;
        assert!(job.payload::<uuid::Uuid>().is_err());
    }
}
