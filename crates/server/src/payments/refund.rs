//! Money that is given back: what the processor is asked, and what it says of a charge's refunds.

use till_core::{
    kernel::{
        changes::Changes,
        events::Subscribers,
        jobs::End,
        records::{Payment, Refund},
    },
    orders::payment::OrderRows,
    payments::{
        attempt::{RECONCILE_AFTER, ask_again},
        refund_outcome::{self, RefundOutcome, RefundReport, RefundRows},
        refunds::{self, ALREADY_REFUNDED, DISPUTED},
    },
};
use till_ports::processor::{self, ProcessorError, ProcessorRefund, RefundRequest};
use till_wire::money::Money;
use uuid::Uuid;

use super::orders;
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// Asks the processor for a refund that was written down, until it is known how it ended.
pub async fn refund(app: &App, id: Uuid) -> Result<End, ApiError> {
    let refund = ask(app, id).await?;
    if refund.state.is_settled() {
        return Ok(End::Done(Changes::new()));
    }
    let ctx = app.context_for(refund.organization_id).await?;
    let again = ask_again(refund.created_at, RECONCILE_AFTER, ctx.now);
    Ok(End::Retry {
        at: ctx.wall_of(again),
    })
}

/// Asks the processor for a refund that was written down, and takes note of the answer; one whose outcome is known is
/// left as it is. The refund's id is the processor's idempotency key: whoever asks again gives nothing back twice.
pub async fn ask(app: &App, id: Uuid) -> Result<Refund, ApiError> {
    app.retry_on_conflict(|| async {
        let refund = app.store.refund(id).await.or_not_found()?;
        if refund.state.is_settled() {
            return Ok(refund);
        }
        let payment = app.store.attempt(refund.payment_id).await.or_not_found()?;
        if payment.processor != app.processor.name() {
            tracing::error!(refund = %id, processor = %payment.processor, "a refund waits for the processor that took the money");
            return Ok(refund);
        }
        let (refund, changes) = refunds::asked(&refund);
        app.commit(changes).await?;
        let report = answer(app, &refund, &payment).await;
        record(app, refund, payment, &report).await
    })
    .await
}

/// Answer of the processor to a refund.
async fn answer(app: &App, refund: &Refund, payment: &Payment) -> RefundReport {
    let id = refund.id;
    let asked = async {
        let charge = payment.reference.clone();
        let no_charge = || ProcessorError::Refused("no charge is known".into());
        let request = RefundRequest {
            charge: charge.ok_or_else(no_charge)?,
            refund_id: refund.id,
            amount: Money::new(refund.amount, refund.currency),
        };
        app.processor.refund(&request, app.clock.now()).await
    };
    match asked.await {
        Ok(outcome) => report(&outcome, None),
        Err(ProcessorError::Refused(cause)) => {
            tracing::error!(%cause, refund = %id, "the processor refused a refund");
            refused("refused")
        }
        // Whether money moved is not known: the processor is asked again.
        Err(cause) => {
            tracing::warn!(%cause, refund = %id, "a refund's outcome is not known yet");
            RefundReport {
                outcome: RefundOutcome::Processing,
                reference: None,
            }
        }
    }
}

/// Takes note of how a refund stands; a second witness changes nothing.
async fn record(
    app: &App,
    refund: Refund,
    payment: Payment,
    report: &RefundReport,
) -> Result<Refund, ApiError> {
    let (order, subscribers) = told_with(app, &payment, refund.order_id).await?;
    let dispute = match refund.dispute_id {
        Some(id) => app.store.dispute(refund.organization_id, id).await?,
        None => None,
    };
    let rows = RefundRows {
        refund,
        payment,
        order,
        dispute,
    };
    let ctx = app.context_for(rows.payment.organization_id).await?;
    let recorded = refund_outcome::record_outcome(&rows, report, &subscribers, &ctx);
    let Some((refund, changes)) = recorded else {
        return Ok(rows.refund);
    };
    app.commit(changes).await?;
    announce(&refund);
    Ok(refund)
}

/// Logs what somebody has to look at.
fn announce(refund: &Refund) {
    if let Some(reason) = &refund.failure_reason {
        let (refund, payment) = (refund.id, refund.payment_id);
        tracing::error!(reason, %refund, %payment, "a payment could not be refunded: a person has to look at it");
    }
}

/// The order that a refund is of, and who is told.
async fn told_with(
    app: &App,
    payment: &Payment,
    order_id: Option<Uuid>,
) -> Result<(Option<OrderRows>, Subscribers), ApiError> {
    let order = match order_id {
        Some(id) => Some(orders::rows(app, id).await?.1),
        None => None,
    };
    let subscribers = app.store.subscribers(payment.organization_id).await?;
    Ok((order, subscribers))
}

/// Asks the processor for all refunds of a payment and takes note of each: of ours, how it stands, and of those that
/// were made at the processor, that they are there.
pub async fn refresh(app: &App, payment: &Payment) -> Result<(), ApiError> {
    let Some(charge) = &payment.reference else {
        return Ok(());
    };
    app.retry_on_conflict(|| async {
        // The rows are read before the processor is asked, so that what it says is never older than they are.
        let known = app.store.refunds_of_payment(payment.id).await?;
        let told = app.processor.refunds_of(charge, app.clock.now()).await?;
        for told in &told {
            let is_it = |refund: &&Refund| {
                Some(refund.id) == told.refund_id
                    || refund.reference.as_ref() == Some(&told.reference)
            };
            let current = app.store.attempt(payment.id).await.or_not_found()?;
            match known.iter().find(is_it) {
                Some(refund) => {
                    let report = report(&told.outcome, Some(&told.reference));
                    record(app, refund.clone(), current, &report).await?;
                }
                None => found(app, current, told).await?,
            }
        }
        Ok(())
    })
    .await
}

/// Takes note of a refund that was made at the processor.
async fn found(app: &App, payment: Payment, told: &ProcessorRefund) -> Result<(), ApiError> {
    let (order, subscribers) = told_with(app, &payment, payment.order_id).await?;
    let known = app.store.refunds_of_payment(payment.id).await?;
    let report = report(&told.outcome, Some(&told.reference));
    let ctx = app.context_for(payment.organization_id).await?;
    let made = refund_outcome::found(
        (&payment, order.as_ref()),
        &known,
        told.amount.minor,
        &report,
        &subscribers,
        &ctx,
    );
    if let Some((refund, changes)) = made {
        app.commit(changes).await?;
        tracing::info!(refund = %refund.id, payment = %payment.id, "a refund was made at the processor");
    }
    Ok(())
}

/// The processor's words in the decision's.
fn report(outcome: &processor::RefundOutcome, reference: Option<&str>) -> RefundReport {
    use processor::RefundOutcome as Told;
    let outcome = match outcome {
        Told::Succeeded { reference } => {
            return RefundReport {
                outcome: RefundOutcome::Succeeded,
                reference: Some(reference.clone()),
            };
        }
        Told::Processing => RefundOutcome::Processing,
        Told::Disputed => return refused(DISPUTED),
        Told::AlreadyRefunded => return refused(ALREADY_REFUNDED),
        Told::Failed { reason } => RefundOutcome::Failed {
            reason: reason.clone(),
        },
        Told::Canceled => RefundOutcome::Canceled,
    };
    RefundReport {
        outcome,
        reference: reference.map(str::to_owned),
    }
}

fn refused(reason: &str) -> RefundReport {
    RefundReport {
        outcome: RefundOutcome::Refused {
            reason: reason.to_owned(),
        },
        reference: None,
    }
}
