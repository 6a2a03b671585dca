//! The outcome of an attempt to keep a card.

use till_core::{
    kernel::{changes::Changes, records::Payment},
    payments::{methods, outcome::Outcome},
};

use crate::{app::App, error::ApiError};

/// Loads what the outcome depends on, and decides.
pub(super) async fn decide(
    app: &App,
    payment: &Payment,
    outcome: &Outcome,
) -> Result<Option<(Payment, Changes)>, ApiError> {
    let customer_id = payment.customer_id.ok_or_else(ApiError::not_found)?;
    let wanted = [customer_id];
    let known = app.store.customers(payment.organization_id, &wanted);
    let customer = known.await?.pop().ok_or_else(ApiError::not_found)?;
    let ctx = app.context_for(payment.organization_id).await?;
    let subscriptions = app.store.subscriptions_of(customer.id).await?;
    let recorded = methods::record_outcome(&customer, &subscriptions, payment, outcome, &ctx);
    Ok(recorded)
}
