//! Changes to subscriptions.

use axum::http::StatusCode;
use till_core::{
    kernel::{
        changes::{Changes, CommitConflict},
        records::Payment,
        refusal::SubscriptionRefusal,
    },
    payments::{attempt::UNSETTLED, outcome::is_refund_due},
    subscriptions::change::{self, ChangeRows, Charge, Made, declined},
};
use till_store::CommitError;
use till_wire::subscriptions::{Cancellation, Subscription, SubscriptionUpdate};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{Access, Caller, scope},
        idempotency::IdempotencyGuard,
    },
    joined::Joined,
    payments,
};

/// Changes a subscription (docs/behaviour: subscriptions/change). A change that is charged at once is made when the
/// charge has succeeded.
pub async fn update(
    caller: &Caller<scope::SubscriptionsWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    update: &SubscriptionUpdate,
) -> Result<Subscription> {
    let app = &caller.app;
    if let Some(attempt) = guard.begun().flatten() {
        let payment = app.store.attempt(attempt).await.or_not_found()?;
        return charged(caller, id, &payment).await;
    }
    let decided = app.retry_on_conflict(|| decide(caller, id, guard, update));
    let (rows, made, view) = decided.await?;
    match made.charge {
        Charge::Nothing => Ok(view),
        Charge::Change(payment) => {
            let payment = payments::charge_change(app, &rows, *payment).await?;
            charged(caller, id, &payment).await
        }
        Charge::Period(period) => {
            let (rows, step) = *period;
            payments::charge_step(app, rows, step).await?;
            Ok(view)
        }
    }
}

/// Ends a subscription at once.
pub async fn revoke(caller: &Caller<scope::SubscriptionsWrite>, id: Uuid) -> Result<Subscription> {
    let why = SubscriptionUpdate::Revoke(Cancellation::default());
    update(caller, id, &IdempotencyGuard::default(), &why).await
}

/// Loads what a change depends on, decides, and commits, with the subscription as it is shown then. Of one that is
/// charged first the request's key is kept with its attempt, of the others with their answer.
async fn decide(
    caller: &Caller<scope::SubscriptionsWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    update: &SubscriptionUpdate,
) -> Result<(ChangeRows, Made, Subscription)> {
    let app = &caller.app;
    let rows = rows(caller, id, update).await?;
    let ctx = caller.context();
    let settings = &caller.organization.settings.tax;
    let made = app.taxed(settings, |taxes| {
        let decided = change::decide(update, &rows, &ctx);
        Ok(decided.and_then(|decided| change::make(&rows, decided, taxes, &ctx)))
    });
    let mut made = made.await??;
    let customer = &rows.billing.customer;
    let view = made
        .subscription
        .view(customer, &made.offered, made.discount.clone());
    let mut changes = std::mem::take(&mut made.changes);
    match &made.charge {
        Charge::Change(payment) => guard.begin(&mut changes, Some(payment.id), &app.context()),
        _ if changes.writes_nothing() => {}
        _ => guard.keep(&mut changes, StatusCode::OK, &view, &app.context())?,
    }
    commit(app, changes).await?;
    if let Charge::Change(_) = made.charge {
        guard.mark_begun();
    }
    Ok((rows, made, view))
}

/// The rows that a change of a subscription depends on.
pub(super) async fn rows<A: Access>(
    caller: &Caller<A>,
    id: Uuid,
    update: &SubscriptionUpdate,
) -> Result<ChangeRows> {
    let (app, own) = (&caller.app, &caller.organization);
    let row = app.store.subscription(own.id, id).await.or_not_found()?;
    let (product_id, discount_id) = match update {
        SubscriptionUpdate::Base(base) => (base.product_id, base.discount_id.as_value().copied()),
        _ => (None, None),
    };
    Joined::change(app, own, row, product_id, discount_id).await
}

/// Commits a change.
async fn commit(app: &App, changes: Changes) -> Result<()> {
    match app.commit_exactly(changes).await {
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => {
            Err(SubscriptionRefusal::Locked.into())
        }
        committed => Ok(committed?),
    }
}

/// The answer to a change that was charged at once.
async fn charged(
    caller: &Caller<scope::SubscriptionsWrite>,
    id: Uuid,
    payment: &Payment,
) -> Result<Subscription> {
    use till_core::kernel::records::PaymentState::{Failed, Succeeded};
    match payment.state {
        Succeeded if !is_refund_due(payment) => super::shown(caller, id).await,
        // It ended while its change was charged.
        Succeeded => Err(SubscriptionRefusal::AlreadyCanceled.into()),
        Failed => Err(declined(payment).into()),
        // Nobody knows yet: the change is made, or not, as soon as the processor says.
        _ => Err(ApiError::from(SubscriptionRefusal::Locked)),
    }
}
