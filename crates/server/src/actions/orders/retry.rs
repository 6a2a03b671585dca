//! Unpaid orders that are charged again because a merchant asks for it.

use till_core::{
    kernel::{
        changes::CommitConflict,
        records::{Payment, PaymentMethod, PaymentState},
        refusal::Refusal,
    },
    orders::retry,
    payments::attempt::UNSETTLED,
};
use till_store::CommitError;
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
        limits,
    },
    joined::Joined,
    payments,
};

/// The saved card that pays for an order; none where it cannot be charged.
pub async fn card(caller: &Caller<scope::OrdersRead>, id: Uuid) -> Result<Option<PaymentMethod>> {
    let (app, organization) = (&caller.app, &caller.organization);
    let row = app.store.order(organization.id, id).await.or_not_found()?;
    let rows = Joined::order_rows(app, organization, row).await?;
    let method = payments::saved_method(app, &rows).await?;
    Ok(method.filter(|_| rows.customer.deleted_at.is_none()))
}

/// Charges an unpaid order to its saved card now (docs/behaviour: orders/retry): the attempt, as far as it has come. One
/// that its owner would have to approve is given up, because nobody is there.
pub async fn charge(
    caller: &Caller<scope::OrdersWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
) -> Result<Payment> {
    let (app, organization) = (&caller.app, &caller.organization);
    app.store.order(organization.id, id).await.or_not_found()?;
    limits::retrying(app, id).await?;
    let begun = app.retry_on_conflict(|| begin(caller, id, guard));
    let (payment, method) = begun.await?;
    guard.mark_begun();
    let attempt = payment.id;
    payments::send_begun(app, id, payment, method).await?;
    let payment = app.store.attempt(attempt).await.or_not_found()?;
    match payment.state {
        PaymentState::RequiresAction => payments::give_up(app, payment).await,
        _ => Ok(payment),
    }
}

/// Writes the attempt down before the processor is asked.
async fn begin(
    caller: &Caller<scope::OrdersWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
) -> Result<(Payment, PaymentMethod)> {
    let (app, organization) = (&caller.app, &caller.organization);
    let row = app.store.order(organization.id, id).await.or_not_found()?;
    let rows = Joined::order_rows(app, organization, row).await?;
    let method = payments::saved_method(app, &rows).await?;
    let ctx = app.context_of(organization);
    let (payment, mut changes) = retry::retry(&rows, organization, method.as_ref(), &ctx)?;
    guard.begin(&mut changes, Some(payment.id), &ctx);
    match app.commit_exactly(changes).await {
        Ok(()) => Ok((payment, method.or_not_found()?)),
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => {
            Err(Refusal::PaymentAlreadyInProgress.into())
        }
        Err(error) => Err(error.into()),
    }
}
