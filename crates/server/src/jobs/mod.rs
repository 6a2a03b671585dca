//! Workers: functions that do what is due and say how much; only the binary loops them.

pub mod checkouts;
mod clock;
pub mod custom_fields;
pub mod customers;
pub mod documents;
mod erasure;
pub mod files;
pub mod folding;
mod grants;
pub mod mail;
pub mod new_cards;
mod notices;
mod portal;
pub mod reminders;
pub mod subscriptions;
mod supervise;
pub mod system_events;
pub mod upkeep;
pub mod usage;
pub mod webhooks;

use std::{pin::Pin, sync::Arc, time::Duration};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use till_core::{
    catalog::custom_fields::RENAME_JOB,
    checkout::FULFIL_JOB,
    customers::{STATE_CHANGED_JOB, erasure::ERASE_JOB},
    documents::INVOICE_JOB,
    kernel::{
        budgets,
        changes::Changes,
        grants::{EARLIER_JOB, SYNC_EACH_JOB, SYNC_JOB},
        job_request::Queue,
        jobs::{End, Job},
        letters,
    },
    orders::new_card::{NEW_CARD_JOB, TRY_CARD_JOB},
    organizations::clock::ADVANCE_JOB,
    payments::{attempt::RECONCILE_JOB, notices::NOTICE_JOB, refunds::REFUND_JOB},
    people::{sign_in, team},
    portal::{
        cards::FORGET_JOB,
        codes::CODE_JOB,
        email_change::{CHANGED_JOB, LINK_JOB},
    },
    seats::invite::INVITE_JOB,
    subscriptions::dun::VOID_JOB,
    usage::fold::BIND_JOB,
};
use till_store::yielding;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};
use uuid::Uuid;

use crate::{app::App, error::ApiError, payments};

pub(crate) use crate::app::fast_path::LEASE;
use supervise::{caught, supervise};

/// Jobs that one node works on at the same time.
const BATCH: usize = 32;
/// The most of them that no buyer waits for: the rest is kept free for checkouts.
const UNAWAITED: usize = 24;
/// Jobs given up that are looked through at a start.
const GIVEN_UP: i64 = 1_000;
/// The interval at which a living node renews its leases.
pub(crate) const HEARTBEAT: SignedDuration = SignedDuration::from_secs(1);
/// Between two claims, at least: under load, many commits share one.
const GAP: Duration = Duration::from_millis(5);
/// The poll behind the wake-up: a wake-up is a hint, the poll is the truth.
const POLL: Duration = Duration::from_secs(1);
/// The interval at which overdue sessions are looked for; with [`LEASE`], a dead node is replaced within five seconds.
const SWEEP: SignedDuration = SignedDuration::from_secs(2);

/// Does everything that is due, until nothing is; says how much was done.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let turn = checkouts::expire_due(app).await?
            + run_jobs(app).await?
            + Box::pin(reminders::run_due(app)).await?
            + Box::pin(subscriptions::run_due(app)).await?
            + webhooks::run_due(app).await?
            + Box::pin(usage::run_due(app)).await?
            + Box::pin(system_events::run_due(app)).await?;
        if turn == 0 {
            return Ok(done);
        }
        done += turn;
    }
}

/// Writes and sends the letters that are due, and does nothing else; says how many jobs that were.
pub async fn run_letters(app: &App) -> Result<usize, ApiError> {
    run_kinds(app, &[letters::WRITE_JOB.name(), letters::SEND_JOB.name()]).await
}

/// Grants and revokes the benefits that are due, and does nothing else; says how many jobs that were.
pub async fn run_grants(app: &App) -> Result<usize, ApiError> {
    run_kinds(app, &[SYNC_JOB.name(), SYNC_EACH_JOB.name()]).await
}

async fn run_kinds(app: &App, kinds: &[&str]) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let ctx = app.context();
        let (until, limit) = (ctx.now + LEASE, u32::try_from(BATCH).unwrap_or(u32::MAX));
        let due = app
            .store
            .claim_jobs_up_to(None, kinds, ctx.now, until, limit, ctx.id());
        let jobs = due.await?;
        if jobs.is_empty() {
            return Ok(done);
        }
        join_all(jobs.iter().map(|job| run(app, job))).await;
        done += jobs.len();
    }
}

/// One batch of due jobs.
async fn run_jobs(app: &App) -> Result<usize, ApiError> {
    let jobs = claim(app, None, BATCH).await?;
    join_all(jobs.iter().map(|job| run_by_queue(app, job))).await;
    Ok(jobs.len())
}

/// Due jobs of the queues up to `last` (none named: of all), for this node alone. Kinds that a newer version asked for
/// are left for a node that knows them.
async fn claim(app: &App, last: Option<Queue>, limit: usize) -> Result<Vec<Job>, ApiError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let ctx = app.context();
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let until = ctx.now + LEASE;
    let due = app
        .store
        .claim_jobs_up_to(last, KINDS, ctx.now, until, limit, ctx.id());
    Ok(due.await?)
}

/// A future on the heap, made in a frame of its own: without optimization, a function that awaits one of many holds all
/// of them in its frame, and a thread's stack is too small for that.
#[inline(never)]
fn boxed<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::pin(make())
}

/// True where somebody waits for the job.
fn is_awaited(job: &Job) -> bool {
    job.queue <= Queue::Checkout.rank()
}

/// Does one job. What it commits yields to others where nobody waits for it.
async fn run_by_queue(app: &App, job: &Job) {
    let done = boxed(|| run(app, job));
    match is_awaited(job) {
        true => done.await,
        false => yielding(done).await,
    }
}

/// Does one job and records how it ended. A job that panics has failed, and takes nobody with it.
async fn run(app: &App, job: &Job) {
    let work = tokio::select! {
        worked = caught(app, "job", work(app, job)) => worked,
        () = renew_lease(app, job) => {
            tracing::warn!(kind = job.kind, key = job.key, "a job was taken over by another node");
            return;
        }
    };
    let end = work.unwrap_or_else(|error| failed(app, job, &error.cause()));
    report_buried(app, job, &end);
    if let Err(error) = app.store.finish_job(job, end).await {
        // Rows moved under it, or its lease was lost: the next run decides again.
        tracing::warn!(kind = job.kind, key = job.key, %error, "the result of a job could not be recorded");
        let end = failed(
            app,
            job,
            &format!("its result could not be recorded: {error}"),
        );
        report_buried(app, job, &end);
        if let Err(error) = app.store.finish_job(job, end).await {
            tracing::warn!(kind = job.kind, key = job.key, %error, "a job waits until its lease expires");
        }
    }
}

/// The end of a job whose run failed.
fn failed(app: &App, job: &Job, why: &str) -> End {
    app.metrics.job_failed(&job.kind);
    let end = job.failed(why, app.clock.now());
    if let End::Failed { reason, .. } = &end {
        let (kind, key, failures) = (&job.kind, &job.key, job.failures + 1);
        tracing::error!(kind, key, failures, %reason, "a job failed and will be retried");
    }
    end
}

/// A job that is given up is somebody's purchase, letter or payment: whoever runs this must hear of it.
fn report_buried(app: &App, job: &Job, end: &End) {
    if let End::Bury { reason } = end {
        app.metrics.job_buried(&job.kind);
        tracing::error!(
            id = %job.id,
            kind = job.kind,
            key = job.key,
            attempts = job.attempts,
            reason,
            "a job failed for good; `till jobs` lists and retries such jobs"
        );
    }
}

/// Prolongs a job's lease for as long as it is polled; ends when the lease is lost.
async fn renew_lease(app: &App, job: &Job) {
    let mut until = job.lease_until.unwrap_or(Timestamp::MIN);
    loop {
        app.clock.wait(until - LEASE + HEARTBEAT).await;
        let next = app.clock.now() + LEASE;
        match app.store.keep_job(job, next).await {
            Ok(true) => until = next,
            Ok(false) => return,
            // The database is away, for the others too: whether the lease was lost shows at the end.
            Err(error) => {
                tracing::warn!(%error, kind = job.kind, "the lease of a job could not be renewed");
                until += HEARTBEAT;
            }
        }
    }
}

/// The kinds of jobs that this version knows, each with the function that does it.
macro_rules! kinds {
    ($($kind:expr => $run:path),+ $(,)?) => {
        const KINDS: &[&str] = &[$($kind.name()),+];

        async fn work(app: &App, job: &Job) -> Result<End, ApiError> {
            $(if let Some(payload) = $kind.payload(job) {
                return match payload {
                    Ok(payload) => boxed(|| $run(app, payload)).await,
                    // It reads no better the next time.
                    Err(error) => Ok(End::Bury { reason: format!("the payload cannot be read: {error}") }),
                };
            })+
            Err(ApiError::internal(format!("{} is not among KINDS", job.kind)))
        }
    };
}

kinds! {
    FULFIL_JOB => checkouts::fulfil,
    RECONCILE_JOB => payments::reconcile,
    REFUND_JOB => payments::refund::refund,
    NOTICE_JOB => payments::notices::process,
    VOID_JOB => subscriptions::void_orders,
    NEW_CARD_JOB => new_cards::with_each,
    TRY_CARD_JOB => new_cards::try_one,
    FORGET_JOB => new_cards::forget,
    ADVANCE_JOB => clock::advance,
    RENAME_JOB => custom_fields::rename,
    STATE_CHANGED_JOB => customers::state_changed,
    ERASE_JOB => erasure::erase,
    SYNC_JOB => grants::sync,
    SYNC_EACH_JOB => grants::sync_each,
    EARLIER_JOB => grants::earlier,
    BIND_JOB => usage::bind,
    INVOICE_JOB => documents::invoice,
    sign_in::MAIL_JOB => mail::sign_in,
    team::INVITATION_JOB => mail::invitation,
    CODE_JOB => portal::code,
    LINK_JOB => portal::email_change,
    CHANGED_JOB => portal::email_changed,
    INVITE_JOB => portal::seat_invitation,
    letters::WRITE_JOB => mail::write,
    letters::SEND_JOB => mail::send,
}

/// Attempts that a crash left behind are looked at before the first request is served, and purchases whose fulfilment
/// was given up: this version may know how to end what another one did not. Keys of an older version are folded.
pub async fn start(app: &App) -> Result<(), ApiError> {
    folding::keys(app).await?;
    let ctx = app.context();
    let mut changes = Changes::new();
    let given_up = app.store.buried_jobs(GIVEN_UP).await?;
    for job in &given_up {
        if let Some(Ok(id)) = FULFIL_JOB.payload(job) {
            changes.job(&ctx, FULFIL_JOB, &job.key, ctx.now, &id);
        }
    }
    for id in app.store.unsettled_attempts().await? {
        changes.reconcile_after(id, SignedDuration::ZERO, &ctx);
    }
    app.commit(changes).await
}

/// Works until `shutdown` turns true, then finishes what is in flight. A job that takes long holds up no other, and a
/// worker that fails is started again.
pub async fn serve(app: Arc<App>, shutdown: watch::Receiver<bool>) {
    // Taken from now on, and not only once the task below gets its turn.
    app.fast_path.open(BATCH);
    let mut workers = JoinSet::new();
    // Those that no buyer waits for.
    let background = app.background.clone();
    macro_rules! start {
        ($name:literal, $work:path) => {
            workers.spawn(start!(work $name, $work))
        };
        (background $name:literal, $work:path) => {
            background.start(&mut workers, start!(work $name, $work))
        };
        (work $name:literal, $work:path) => {{
            let (app, stop) = (app.clone(), shutdown.clone());
            let work = {
                let (app, stop) = (app.clone(), stop.clone());
                move || $work(app.clone(), stop.clone())
            };
            supervise(app, $name, stop, work)
        }};
    }
    start!("jobs", serve_jobs);
    start!("fulfilment", serve_taken);
    start!("webhooks", webhooks::serve);
    start!("notices", notices::serve);
    start!(background "subscriptions", subscriptions::serve);
    start!(background "reminders", reminders::serve);
    start!(background "usage", usage::serve);
    start!(background "system events", system_events::serve);
    start!(background "chores", serve_chores);
    start!(background "upkeep", upkeep::serve);
    while workers.join_next().await.is_some() {}
}

/// Does the jobs that are due until `shutdown` turns true, then finishes those in flight.
#[allow(
    clippy::disallowed_methods,
    reason = "the binary's loop is where waiting belongs"
)]
async fn serve_jobs(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let mut wake = app.store.wake_on_commit();
    let (mut awaited, mut others) = (JoinSet::new(), JoinSet::new());
    let mut pace = tokio::time::interval(GAP);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut claimed_all = Instant::now();
    while !*shutdown.borrow() {
        pace.tick().await;
        while awaited.try_join_next().is_some() || others.try_join_next().is_some() {}
        let free = BATCH - awaited.len() - others.len();
        let room = UNAWAITED - others.len();
        // What is at work ends soon, and makes room for half a batch; where it does not, less is claimed.
        let is_crowded = room < UNAWAITED / 2 && claimed_all.elapsed() < POLL;
        let (last, limit) = match is_crowded || room == 0 {
            true => (Some(Queue::Checkout), free),
            false => (None, free.min(room)),
        };
        let jobs = claim(&app, last, limit).await.unwrap_or_else(|error| {
            tracing::error!(?error, "the due jobs could not be read");
            Vec::new()
        });
        let more = jobs.len() == limit;
        // Where they were left out, the wake-up may have been for one of them.
        let more_others = more || last.is_some();
        if last.is_none() {
            claimed_all = Instant::now();
        }
        for job in jobs {
            let running = match is_awaited(&job) {
                true => &mut awaited,
                false => &mut others,
            };
            let app = app.clone();
            running.spawn(async move { run_by_queue(&app, &job).await });
        }
        let poll = tokio::time::sleep(POLL);
        tokio::pin!(poll);
        loop {
            // Where more is waiting, half a batch is claimed at a time: a claim costs as much as a job.
            let running = awaited.len() + others.len();
            let half = running <= BATCH / 2 && others.len() <= UNAWAITED / 2;
            let spare = BATCH - running >= (BATCH - UNAWAITED) / 2;
            if (more_others && half) || (more && last.is_some() && spare) {
                break;
            }
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => break,
                () = wake.wait() => break,
                () = &mut poll => break,
                Some(_) = awaited.join_next() => {}
                Some(_) = others.join_next() => {}
            }
        }
    }
    while awaited.join_next().await.is_some() || others.join_next().await.is_some() {}
}

/// Does the jobs that are taken until `shutdown` turns true; then finishes those.
pub async fn serve_taken(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let mut taken = app.fast_path.taken(BATCH);
    let mut running = JoinSet::new();
    loop {
        let free = running.len() < BATCH;
        tokio::select! {
            job = taken.recv(), if free => match job {
                Some(job) => {
                    let app = app.clone();
                    running.spawn(async move { run(&app, &job).await });
                }
                None => break,
            },
            Some(_) = running.join_next() => {}
            _ = shutdown.wait_for(|stop| *stop), if !taken.is_closed() => taken.close(),
        }
    }
    while running.join_next().await.is_some() {}
}

/// Does the chores until `shutdown` turns true.
async fn serve_chores(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = app.context().id();
    loop {
        app.limits.sweep();
        if let Err(error) = chores(&app, holder).await {
            tracing::error!(?error, "regular maintenance failed");
        }
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            () = app.clock.wait(app.clock.now() + SWEEP) => {}
        }
    }
    let _ = app.store.release_all(holder).await;
}

/// Says that this node, `holder`, is there, and does what one node does for all: whether it was this one.
pub async fn chores(app: &App, holder: Uuid) -> Result<bool, ApiError> {
    let now = app.clock.now();
    let until = now + LEASE;
    app.limits
        .divide(app.store.register_node(holder, now, until).await?);
    let mine = app.store.lease("chores", holder, now, until).await?;
    if mine {
        // Each for itself: one that fails holds up none of the others.
        let forget = async { app.commit(budgets::forget(now)).await };
        supervise::step(app, "budgets", forget).await;
        let expire = async { checkouts::expire_due(app).await.map(drop) };
        supervise::step(app, "expiry", expire).await;
    }
    Ok(mine)
}
