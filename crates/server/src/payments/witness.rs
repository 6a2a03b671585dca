//! The steps of every witness of an outcome, whatever the attempt was made for.

use till_core::{
    kernel::{changes::Changes, records::Payment},
    payments::{
        declines,
        outcome::{Outcome, is_held, is_refund_due},
    },
};
use till_ports::processor::{self, Method};
use till_wire::payments::CardMetadata;
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// An attempt as it is now: `read`, or what the database says where that turned out to be old. Nothing (`None`) where it has
/// another version than `seen`, the one that an outcome was found out for.
pub async fn current(
    app: &App,
    id: Uuid,
    read: Option<Payment>,
    seen: Option<i64>,
) -> Result<Option<Payment>, ApiError> {
    let payment = match read {
        Some(payment) => payment,
        None => app.store.attempt(id).await.or_not_found()?,
    };
    let is_other = seen.is_some_and(|version| version != payment.version);
    Ok(Some(payment).filter(|_| !is_other))
}

/// Commits what an outcome changes; the attempt as it is then. A second witness changes nothing.
pub async fn commit(
    app: &App,
    payment: Payment,
    outcome: &Outcome,
    decided: Option<(Payment, Changes)>,
) -> Result<Payment, ApiError> {
    let Some((noted, changes)) = decided else {
        return Ok(payment);
    };
    app.commit(changes).await?;
    announce(app, outcome, &noted);
    Ok(noted)
}

/// Counts an outcome that was committed, and logs what somebody has to look at.
pub fn announce(app: &App, outcome: &Outcome, payment: &Payment) {
    let reason = payment.decline_reason.as_deref().unwrap_or_default();
    if is_refund_due(payment) {
        tracing::error!(payment = %payment.id, "a payment succeeded but can no longer be used; it is being refunded");
    }
    if is_held(payment) {
        tracing::error!(payment = %payment.id, reason, "a payment succeeded but is held until a person has looked at it");
    }
    app.metrics.attempt(outcome);
    if declines::is_decline(payment) {
        app.metrics.declined();
    }
}

/// Values that are kept of a card.
pub fn card(method: &Method) -> CardMetadata {
    CardMetadata {
        brand: method.brand.clone(),
        last4: method.last4.clone(),
        exp_month: i64::from(method.exp_month),
        exp_year: i64::from(method.exp_year),
        wallet: method.wallet.clone(),
    }
}

/// The processor's words in the decision's.
pub fn outcome(outcome: &processor::Outcome) -> Outcome {
    match outcome {
        processor::Outcome::Succeeded { method, amount } => Outcome::Succeeded {
            card: card(method),
            method_reference: method.reference.clone(),
            card_fingerprint: method.fingerprint.clone(),
            charged: *amount,
        },
        processor::Outcome::RequiresAction { action_url, .. } => Outcome::RequiresAction {
            action_url: action_url.clone(),
        },
        processor::Outcome::Processing => Outcome::Processing,
        processor::Outcome::Failed {
            decline_reason,
            decline_message,
            method,
            request_id,
        } => Outcome::Failed {
            reason: decline_reason.clone(),
            message: decline_message.clone(),
            card: method.as_ref().map(card),
            card_fingerprint: method.as_ref().map(|method| method.fingerprint.clone()),
            request_id: request_id.clone(),
        },
    }
}
