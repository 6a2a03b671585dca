//! Money that is given back.

use till_core::{
    kernel::{
        jobs::End,
        records::{Payment, Refund},
    },
    payments::{
        attempt::{RECONCILE_AFTER, ask_again},
        refunds::{self, RefundOutcome},
    },
};
use till_ports::processor::{self, ProcessorError, RefundRequest};
use till_wire::money::Money;
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// Asks the processor for a refund that was written down, and takes note of the answer. The refund's id is the
/// processor's idempotency key: whoever asks again gives nothing back twice.
pub async fn refund(app: &App, id: Uuid) -> Result<End, ApiError> {
    let refund = app.store.refund(id).await.or_not_found()?;
    if refund.state.is_settled() {
        return Ok(End::Done(Default::default()));
    }
    let payment = app.store.attempt(refund.payment_id).await.or_not_found()?;
    let (refund, changes) = refunds::asked(&refund, &app.context());
    app.commit(changes).await?;
    let again = || End::Retry {
        at: ask_again(refund.created_at, RECONCILE_AFTER, app.clock.now()),
    };
    let outcome = match asked_for(app, &refund, &payment).await {
        Ok(outcome) => refund_outcome(outcome),
        Err(ProcessorError::Refused(cause)) => {
            tracing::error!(%cause, refund = %id, "the processor refused a refund");
            failed("refused")
        }
        // Whether money moved is not known: the processor is asked again.
        Err(cause) => {
            tracing::warn!(%cause, refund = %id, "a refund's outcome is not known yet");
            return Ok(again());
        }
    };
    if let RefundOutcome::Failed { reason } = &outcome {
        tracing::error!(reason, refund = %id, payment = %payment.id, "a payment could not be refunded: a person has to look at it");
    }
    let recorded = refunds::record_outcome(&refund, &payment, &outcome, &app.context());
    let changes = recorded.map(|(_, changes)| changes).unwrap_or_default();
    if outcome == RefundOutcome::Processing {
        app.commit(changes).await?;
        return Ok(again());
    }
    Ok(End::Done(changes))
}

/// Asks the processor for a refund of what an attempt has charged.
async fn asked_for(
    app: &App,
    refund: &Refund,
    payment: &Payment,
) -> Result<processor::RefundOutcome, ProcessorError> {
    let charge = payment.reference.clone();
    let request = RefundRequest {
        charge: charge.ok_or_else(|| ProcessorError::Refused("no charge is known".to_owned()))?,
        refund_id: refund.id,
        amount: Money::new(refund.amount, refund.currency),
    };
    app.processor.refund(&request, app.clock.now()).await
}

/// The processor's words in the decision's.
fn refund_outcome(outcome: processor::RefundOutcome) -> RefundOutcome {
    match outcome {
        processor::RefundOutcome::Succeeded { reference } => RefundOutcome::Succeeded { reference },
        processor::RefundOutcome::Processing => RefundOutcome::Processing,
        processor::RefundOutcome::Disputed => failed("disputed"),
        processor::RefundOutcome::AlreadyRefunded => failed("already_refunded"),
        processor::RefundOutcome::Failed { reason } => RefundOutcome::Failed { reason },
        processor::RefundOutcome::Canceled => failed("canceled"),
    }
}

fn failed(reason: &str) -> RefundOutcome {
    RefundOutcome::Failed {
        reason: reason.to_owned(),
    }
}
