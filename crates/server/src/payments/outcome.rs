//! The outcome of an attempt, whoever witnesses it: each purpose has its own consequence.

use till_core::kernel::records::{Payment, Purpose};
use till_ports::processor::Outcome;
use uuid::Uuid;

use super::{changes, checkouts::paid, orders, setups, witness};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::limits::cards,
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
    if payment.purpose == Purpose::Checkout {
        let recorded = paid::record_outcome(app, payment, None, outcome, seen).await?;
        return Ok(recorded.map(|recorded| recorded.payment));
    }
    let outcome = &witness::outcome(outcome);
    let (id, mut read) = (payment.id, Some(payment));
    app.retry_on_conflict(|| {
        let read = read.take();
        async move {
            let Some(payment) = witness::current(app, id, read, seen).await? else {
                return Ok(None);
            };
            let decided = match payment.purpose {
                Purpose::Order => orders::decide(app, &payment, outcome).await?,
                Purpose::Setup => setups::decide(app, &payment, outcome).await?,
                Purpose::Change => Box::pin(changes::decide(app, &payment, outcome)).await?,
                // Recorded above: a purpose never changes.
                Purpose::Checkout => None,
            };
            let decided = decided.map(|(noted, mut changes)| {
                cards::give_back(app, &mut changes, &noted);
                (noted, changes)
            });
            let noted = witness::commit(app, payment, outcome, decided).await?;
            Ok(Some(noted))
        }
    })
    .await
}
