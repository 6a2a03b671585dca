//! Loops that must not end: one that panics is noted, started again after a pause, and told of by `/readyz` where that
//! does not help.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use jiff::SignedDuration;
use till_core::kernel::jobs;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// The longest pause before a worker is started again.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);

/// Runs `work` until `stop` turns true, again whenever it panics or ends before that.
pub(super) async fn supervise<F, W>(
    app: Arc<App>,
    name: &'static str,
    mut stop: watch::Receiver<bool>,
    work: F,
) where
    F: Fn() -> W + Send,
    W: Future<Output = ()> + Send,
{
    loop {
        app.workers.began(name, app.clock.now());
        let ended = AssertUnwindSafe(async { work().await })
            .catch_unwind()
            .await;
        if *stop.borrow() {
            return;
        }
        let now = app.clock.now();
        let failures = app.workers.failed(name, now);
        app.metrics.worker_failed(name);
        let cause = match &ended {
            Ok(()) => "it ended unexpectedly",
            Err(panic) => words(&**panic),
        };
        tracing::error!(
            worker = name,
            cause,
            failures,
            "a worker failed and is being restarted"
        );
        let pause = jobs::backoff(failures.into()).min(LONGEST);
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = app.clock.wait(now + pause) => {}
        }
    }
}

/// The message of a panic.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message")
}

/// Does `work`; a panic in it is its error, counted under `place`.
pub(super) async fn caught<T>(
    app: &App,
    place: &'static str,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(panic) => {
            app.metrics.panicked(place);
            Err(ApiError::internal(format!("a panic: {}", words(&*panic))))
        }
    }
}

/// Does a step of a worker that is not about one thing, so that its failure keeps the worker's other steps from nothing:
/// as [`alone`], and tried again within a minute. Whether it was done.
pub(super) async fn step(
    app: &App,
    what: &'static str,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    apart(app, what, Uuid::nil(), LONGEST, work).await
}

/// Does `work` on one of several things, so that its failure is its own: logged, counted, and a reason to leave it alone
/// for a while. Whether it was done.
pub(super) async fn alone(
    app: &App,
    what: &'static str,
    id: Uuid,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    apart(app, what, id, SignedDuration::MAX, work).await
}

async fn apart(
    app: &App,
    what: &'static str,
    id: Uuid,
    longest: SignedDuration,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    let now = app.clock.now();
    if !app.backoffs.is_due(what, id, now) {
        return false;
    }
    match caught(app, what, work).await {
        Ok(()) => {
            app.backoffs.succeeded(what, id);
            true
        }
        Err(error) => {
            let failures = app.backoffs.failed(what, id, longest, now);
            app.metrics.step_failed(what);
            let error = error.cause();
            tracing::error!(what, %id, failures, error, "one item of a batch failed; the others continue");
            false
        }
    }
}
