//! Attempts that wait for their buyer: asked about, and given up.

use jiff::Timestamp;
use till_core::{
    kernel::records::{Payment, Purpose},
    payments::{attempt::APPROVE_WITHIN, declines},
};
use till_ports::processor::Outcome;

use super::{charge::failed, outcome::record_outcome};
use crate::{app::App, error::ApiError};

/// The words for an attempt that was given up while its buyer could have approved it.
const NOT_APPROVED: &str = "The payment was not approved. Nothing was charged.";

/// Asks the processor how an attempt stands, and takes note of it.
///
/// # Errors
/// The processor's, or the database's.
pub async fn ask(app: &App, payment: Payment) -> Result<(), ApiError> {
    let reference = payment.reference.as_deref();
    let told = app
        .processor
        .retrieve(payment.id, reference, app.clock.now())
        .await?;
    if let Some(outcome) = told {
        record_outcome(app, payment.id, &outcome).await?;
    }
    Ok(())
}

/// Gives up an attempt that waits for its buyer: it cannot be paid any more. One that was decided meanwhile is taken note
/// of as it was decided.
///
/// # Errors
/// The processor's, or the database's.
pub async fn give_up(app: &App, payment: Payment) -> Result<Payment, ApiError> {
    let reference = payment.reference.as_deref();
    let told = app
        .processor
        .abandon(payment.id, reference, app.clock.now())
        .await?;
    let outcome = told.unwrap_or_else(not_approved);
    record_outcome(app, payment.id, &outcome).await
}

/// The outcome of an attempt that was given up before the processor had one.
fn not_approved() -> Outcome {
    failed(declines::ABANDONED, NOT_APPROVED)
}

/// The moment until which the buyer may approve an attempt: for an hour since it was made, and not when the session is
/// over. Nobody is there to approve a charge of a saved card for an order or a change.
pub(super) async fn deadline(app: &App, payment: &Payment) -> Result<Timestamp, ApiError> {
    let is_away =
        matches!(payment.purpose, Purpose::Order | Purpose::Change) && !payment.is_by_customer();
    if is_away && payment.method_id.is_some() {
        return Ok(payment.created_at);
    }
    let hour = payment.created_at + APPROVE_WITHIN;
    let session = match payment.checkout_id {
        Some(id) => app.store.session_by_id(id).await?,
        None => None,
    };
    Ok(session.map_or(hour, |session| hour.min(session.checkout.expires_at)))
}
