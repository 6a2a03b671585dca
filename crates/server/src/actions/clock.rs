//! Test clocks of the sandbox.

use axum::http::StatusCode;
use till_core::organizations::clock;
use till_wire::clocks::{Clock, ClockMove};

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
        limits,
    },
};

/// Shows the organization's clock.
pub async fn get(caller: &Caller<scope::OrganizationsRead>) -> Result<Clock> {
    caller.app.sandbox.as_ref().or_not_found()?;
    Ok(caller.organization.clock_view(caller.context().now))
}

/// Starts to move the organization's clock forward (docs/behaviour: sandbox/clock).
pub async fn advance(
    caller: &Caller<scope::OrganizationsWrite>,
    guard: &IdempotencyGuard,
    asked: ClockMove,
) -> Result<Clock> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.sandbox.as_ref().or_not_found()?;
    limits::moving_clock(app, own).await?;
    app.retry_on_conflict(|| async {
        let organization = app.store.organization(own).await.or_not_found()?;
        let begun = clock::advance(&organization, &asked, &app.context_of(&organization))?;
        app.reply(guard, StatusCode::ACCEPTED, begun, |clock| clock)
            .await
    })
    .await
}
