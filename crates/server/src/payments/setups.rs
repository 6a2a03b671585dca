//! Attempts to keep a card.

use till_core::{kernel::records::Payment, payments::methods};
use till_ports::processor::Outcome;

use super::witness;
use crate::{app::App, error::ApiError};

/// Takes note of the outcome of an attempt to keep a card.
pub(super) async fn record_outcome(
    app: &App,
    payment: Payment,
    outcome: &Outcome,
    seen: Option<i64>,
) -> Result<Option<Payment>, ApiError> {
    let outcome = &witness::outcome(outcome);
    let (id, mut read) = (payment.id, Some(payment));
    app.retry_on_conflict(|| {
        let read = read.take();
        async move {
            let Some(payment) = witness::current(app, id, read, seen).await? else {
                return Ok(None);
            };
            let customer_id = payment.customer_id.ok_or_else(ApiError::not_found)?;
            let own = payment.organization_id;
            let mut known = app.store.customers(own, &[customer_id]).await?;
            let customer = known.pop().ok_or_else(ApiError::not_found)?;
            let decided = methods::record_outcome(&customer, &payment, outcome, &app.context());
            let noted = witness::commit(app, payment, outcome, decided).await?;
            Ok(Some(noted))
        }
    })
    .await
}
