//! Workers: functions that do what is due and say how much; only the binary loops them.

pub mod checkouts;
pub mod custom_fields;
pub mod customers;
pub mod files;
pub mod mail;
pub mod webhooks;

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use till_core::{
    change::Changes,
    checkout::{FULFIL_JOB, RECONCILE_JOB},
    custom_fields::RENAME_JOB,
    customers::STATE_CHANGED_JOB,
    idempotency,
    jobs::{End, Job},
    sign_in,
};
use tokio::sync::watch;

use crate::{app::App, error::ApiError, pay};

/// Jobs that are worked on at the same time.
const BATCH: u32 = 32;
/// How long a job may take before another node may try it.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The poll behind the wake-up: a wake-up is a hint, the poll is the truth.
const POLL: Duration = Duration::from_secs(1);
/// How often overdue sessions are looked for.
const SWEEP: SignedDuration = SignedDuration::from_secs(5);
/// How often old payloads, sessions, links and uploads are looked for.
const ARCHIVE: SignedDuration = SignedDuration::from_hours(1);
/// How long sessions and links are kept after their end, and uploads that nobody finishes.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Does everything that is due, until nothing is; says how much was done.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let turn = checkouts::expire_due(app).await?
            + run_jobs(app).await?
            + webhooks::run_due(app).await?;
        if turn == 0 {
            return Ok(done);
        }
        done += turn;
    }
}

/// One batch of due jobs.
async fn run_jobs(app: &App) -> Result<usize, ApiError> {
    let now = app.clock.now();
    let jobs = app.store.claim_jobs(&[], now, now + LEASE, BATCH).await?;
    join_all(jobs.iter().map(|job| run(app, job))).await;
    Ok(jobs.len())
}

async fn run(app: &App, job: &Job) {
    let end = match work(app, job).await {
        Ok(end) => end,
        Err(error) => {
            tracing::error!(kind = job.kind, key = job.key, error = ?error, "a job failed and will be tried again");
            End::Retry {
                at: app.clock.now() + backoff(job.attempts),
            }
        }
    };
    if let Err(error) = app.store.finish_job(job, end).await {
        // Rows moved under it, or its lease was lost: the next run decides again.
        tracing::warn!(kind = job.kind, key = job.key, %error, "a job's end was not taken");
        let retry = End::Retry {
            at: app.clock.now() + backoff(job.attempts),
        };
        let _ = app.store.finish_job(job, retry).await;
    }
}

/// 1 s, 2 s, 4 s … up to an hour.
fn backoff(attempts: i64) -> SignedDuration {
    SignedDuration::from_secs(1 << attempts.clamp(1, 12).saturating_sub(1))
        .min(SignedDuration::from_hours(1))
}

async fn work(app: &App, job: &Job) -> Result<End, ApiError> {
    match job.kind.as_str() {
        FULFIL_JOB => checkouts::fulfil(app, job).await,
        RECONCILE_JOB => pay::reconcile(app, job).await,
        RENAME_JOB => custom_fields::rename(app, job).await,
        STATE_CHANGED_JOB => customers::state_changed(app, job).await,
        sign_in::MAIL_JOB => mail::sign_in(app, job).await,
        unknown => Ok(End::Bury {
            reason: format!("this version knows no job {unknown}"),
        }),
    }
}

/// Attempts that a crash left behind are looked at before the first request is served.
pub async fn start(app: &App) -> Result<(), ApiError> {
    let at = app.at();
    let mut changes = Changes::new();
    for id in app.store.unsettled_attempts().await? {
        changes.job(
            &at,
            RECONCILE_JOB,
            &format!("{RECONCILE_JOB}:{id}"),
            at.now,
            &id,
        );
    }
    app.commit(changes).await
}

/// Works until `shutdown` turns true, then finishes what is in flight.
#[allow(
    clippy::disallowed_methods,
    reason = "the binary's loop is where waiting belongs"
)]
pub async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let webhooks = tokio::spawn(webhooks::serve(app.clone(), shutdown.clone()));
    let mut wake = app.store.wake_on_commit();
    let mut chores = Chores::default();
    while !*shutdown.borrow() {
        match turn(&app, &mut chores).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(?error, "the workers could not read what is due");
            }
        }
        tokio::select! {
            _ = shutdown.changed() => {}
            () = wake.wait() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    let _ = webhooks.await;
}

/// What is done now and then, and when it was done last.
#[derive(Default)]
struct Chores {
    swept: Option<Timestamp>,
    archived: Option<Timestamp>,
}

/// Whether `every` has passed since `last`; if so, it is done now.
fn is_time(last: &mut Option<Timestamp>, now: Timestamp, every: SignedDuration) -> bool {
    let due = last.is_none_or(|last| now.duration_since(last) >= every);
    if due {
        *last = Some(now);
    }
    due
}

async fn turn(app: &App, chores: &mut Chores) -> Result<usize, ApiError> {
    let now = app.clock.now();
    let mut done = run_jobs(app).await?;
    if is_time(&mut chores.swept, now, SWEEP) {
        app.limits.sweep();
        done += checkouts::expire_due(app).await?;
    }
    if is_time(&mut chores.archived, now, ARCHIVE) {
        done += webhooks::archive(app).await?;
        app.commit(sign_in::forget(KEPT, &app.at())).await?;
        app.commit(idempotency::forget(&app.at())).await?;
        done += files::forget(app, KEPT).await?;
    }
    Ok(done)
}
