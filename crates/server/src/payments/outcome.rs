//! The outcome of an attempt, whoever witnesses it: each purpose has its own consequence.

use till_core::kernel::records::{Payment, Purpose};
use till_ports::processor::Outcome;
use uuid::Uuid;

use super::{checkouts::paid, orders, setups};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// Takes note of the outcome of an attempt; a second witness changes nothing.
pub async fn record_outcome(
    app: &App,
    payment_id: Uuid,
    outcome: &Outcome,
) -> Result<Payment, ApiError> {
    let payment = app.store.attempt(payment_id).await.or_not_found()?;
    let recorded = record_outcome_of(app, payment, outcome, None).await?;
    recorded.ok_or_else(ApiError::not_found)
}

/// [`record_outcome`] for an attempt as it was just read. Nothing (`None`) where it has another version than `seen`, the
/// one that the outcome was found out for.
pub(super) async fn record_outcome_of(
    app: &App,
    payment: Payment,
    outcome: &Outcome,
    seen: Option<i64>,
) -> Result<Option<Payment>, ApiError> {
    match payment.purpose {
        Purpose::Checkout => {
            let recorded = paid::record_outcome(app, payment, None, outcome, seen).await?;
            Ok(recorded.map(|recorded| recorded.payment))
        }
        Purpose::Order => orders::record_outcome(app, payment, outcome, seen).await,
        Purpose::Setup => setups::record_outcome(app, payment, outcome, seen).await,
    }
}
