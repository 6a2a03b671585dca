//! Loops that must not end: one that panics is noted, started again after a pause, and told of by `/readyz` where that
//! does not help.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use jiff::SignedDuration;
use till_core::kernel::jobs;
use tokio::sync::watch;

pub(super) use crate::app::isolation::{alone, caught, step};
use crate::app::{App, isolation::words};

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
