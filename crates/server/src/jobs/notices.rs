//! Asking the processor for what has happened: the safety net behind the notices that it sends.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::{LEASE, supervise::step};
use crate::{
    app::App,
    error::ApiError,
    payments::notices::{interval, is_due, poll},
};

/// Works until `shutdown` turns true.
pub async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = app.context().id();
    // Looked at more often than it is due, so that the node which comes first does it in time.
    let pause = interval(app.processor.name()) / 2;
    while !*shutdown.borrow() {
        step(&app, "notices", turn(&app, holder)).await;
        let wake = app.clock.now() + pause.max(SignedDuration::from_secs(1));
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => {}
            () = app.clock.wait(wake) => {}
        }
    }
}

/// Asks if it is due, unless another node is at it.
async fn turn(app: &App, holder: uuid::Uuid) -> Result<(), ApiError> {
    let now = app.clock.now();
    if is_due(app).await? && app.store.lease("notices", holder, now, now + LEASE).await? {
        poll(app).await?;
    }
    Ok(())
}
