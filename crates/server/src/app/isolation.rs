//! Work on one of several things, whose failure is its own: a panic is an error, and errors are counted and logged.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use jiff::SignedDuration;
use uuid::Uuid;

use super::App;
use crate::error::ApiError;

/// The longest pause before a step of a worker is tried again.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);

/// The message of a panic.
pub(crate) fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message")
}

/// Does `work`; a panic in it is its error, counted under `place`.
pub(crate) async fn caught<T>(
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
pub(crate) async fn step(
    app: &App,
    what: &'static str,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    apart(app, what, Uuid::nil(), LONGEST, work).await
}

/// Does `work` on one of several things, so that its failure is its own: logged, counted, and a reason to leave it alone
/// for a while. Whether it was done.
pub(crate) async fn alone(
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
