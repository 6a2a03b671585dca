//! Charges that buyers contest: what the processor tells of them.

use till_core::{
    kernel::records::{Dispute, Payment},
    payments::disputes::{self, DisputeReport, DisputeRows},
};
use till_ports::processor::{self, DisputeStatus as Told};
use till_wire::disputes::DisputeStatus;

use super::{orders, refund::refresh};
use crate::{app::App, error::ApiError};

/// Asks the processor how a dispute stands, and takes note of it. The dispute as it is then; none of one that the
/// processor does not know, or that is about nothing that was sold here.
pub async fn record(app: &App, reference: &str) -> Result<Option<Dispute>, ApiError> {
    app.retry_on_conflict(|| async {
        // Read before the processor is asked, so that what it says is never older than the row.
        let name = app.processor.name();
        let known = app.store.dispute_by_reference(name, reference).await?;
        let told = app.processor.dispute(reference, app.clock.now()).await?;
        match told {
            Some(told) => record_as_told(app, known, told).await,
            None => Ok(known),
        }
    })
    .await
}

async fn record_as_told(
    app: &App,
    known: Option<Dispute>,
    told: processor::Dispute,
) -> Result<Option<Dispute>, ApiError> {
    let name = app.processor.name();
    let Some(payment) = app.store.payment_by_reference(name, &told.charge).await? else {
        return Ok(None);
    };
    if told.status == Told::Prevented {
        // What was given back at the processor is not given back again.
        refresh(app, &payment).await?;
    }
    let Some(rows) = rows(app, known, payment).await? else {
        return Ok(None);
    };
    let subscribers = app.store.subscribers(rows.payment.organization_id).await?;
    let report = report(told);
    let ctx = app.context_for(rows.payment.organization_id).await?;
    let recorded = disputes::record(&rows, &report, &subscribers, &ctx);
    let Some((dispute, changes)) = recorded else {
        return Ok(rows.dispute);
    };
    app.commit(changes).await?;
    tracing::warn!(dispute = %dispute.id, order = %dispute.order_id, status = %dispute.status, "a payment is disputed");
    Ok(Some(dispute))
}

/// Facts that are known of a dispute's charge; none where nothing was sold for it.
async fn rows(
    app: &App,
    dispute: Option<Dispute>,
    payment: Payment,
) -> Result<Option<DisputeRows>, ApiError> {
    let Some(order_id) = payment.order_id else {
        return Ok(None);
    };
    // As it is after its refunds were asked for.
    let payment = app.store.attempt(payment.id).await?.unwrap_or(payment);
    let (_, order) = orders::rows(app, order_id).await?;
    let refunds = app.store.refunds_of_payment(payment.id).await?;
    let subscription = order.held.clone();
    Ok(Some(DisputeRows {
        dispute,
        payment,
        order,
        refunds,
        subscription,
    }))
}

/// The processor's words in the decision's.
fn report(told: processor::Dispute) -> DisputeReport {
    DisputeReport {
        reference: told.reference,
        amount: told.amount.minor,
        currency: told.amount.currency,
        reason: told.reason,
        gives_back: told.status == Told::Prevented,
        status: match told.status {
            Told::EarlyWarning => Some(DisputeStatus::EarlyWarning),
            Told::NeedsResponse => Some(DisputeStatus::NeedsResponse),
            Told::UnderReview => Some(DisputeStatus::UnderReview),
            Told::Won => Some(DisputeStatus::Won),
            Told::Lost => Some(DisputeStatus::Lost),
            Told::Prevented | Told::InquiryClosed => Some(DisputeStatus::Prevented),
            Told::Unknown => None,
        },
        opened_at: told.opened_at,
        respond_by: told.respond_by,
    }
}
