//! Disputes: charges that buyers contest at their banks, as the processor tells of them (docs/behaviour/disputes.md).

use jiff::Timestamp;
use till_wire::{
    disputes::{Dispute as View, DisputeStatus, RefundDispute},
    money::Currency,
};

use super::refunds::{self, Parts};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        grants::GrantScope,
        letters::LetterCause,
        records::{Customer, Dispute, Payment, Refund},
        refusal::Refusal,
    },
    orders::payment::OrderRows,
    subscriptions::revoke::{HeldSubscription, revoke},
};

/// The index that refuses a second row for one dispute.
pub const KNOWN: &str = "disputes_reference";

/// A dispute as the processor tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeReport {
    /// The processor's name for it.
    pub reference: String,
    /// The amount that is contested, tax included, minor units.
    pub amount: i64,
    /// Of the amount.
    pub currency: Currency,
    /// The processor's code.
    pub reason: String,
    /// The status; none where it is one that this version does not know.
    pub status: Option<DisputeStatus>,
    /// True where the money is to be given back, because others than the merchant have prevented the dispute so. An inquiry
    /// of which nothing came was prevented, too.
    pub gives_back: bool,
    /// Time at which the buyer's bank opened it.
    pub opened_at: Timestamp,
    /// Until when evidence is taken.
    pub respond_by: Option<Timestamp>,
}

/// Rows that a report about a dispute is judged with.
#[derive(Debug, Clone)]
pub struct DisputeRows {
    /// The dispute, where it was told of before.
    pub dispute: Option<Dispute>,
    /// The charge that is contested.
    pub payment: Payment,
    /// The order that was paid with it.
    pub order: OrderRows,
    /// All refunds of the payment.
    pub refunds: Vec<Refund>,
    /// The order's subscription.
    pub subscription: Option<HeldSubscription>,
}

impl Dispute {
    /// True where it is decided.
    pub fn is_resolved(&self) -> bool {
        matches!(self.status, DisputeStatus::Won | DisputeStatus::Lost)
    }

    /// True where nothing more is expected.
    pub fn is_closed(&self) -> bool {
        self.is_resolved() || self.status == DisputeStatus::Prevented
    }

    /// The part that refunds show, too.
    pub fn base(&self, now: Timestamp) -> RefundDispute {
        RefundDispute {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            status: self.status,
            resolved: self.is_resolved(),
            closed: self.is_closed(),
            amount: self.amount,
            tax_amount: self.tax_amount,
            currency: self.currency,
            reason: self.reason.clone(),
            evidence_due_by: self.evidence_due_by,
            past_due: self.evidence_due_by.is_some_and(|due| due <= now),
            order_id: self.order_id,
            payment_id: self.payment_id,
        }
    }

    /// The dispute as the API shows it.
    pub fn view(&self, customer: &Customer, now: Timestamp) -> View {
        View {
            base: self.base(now),
            customer: customer.view(),
            case_id: None,
        }
    }

    /// Checks that it can be conceded (docs/behaviour: disputes/accept).
    ///
    /// # Errors
    /// A refusal where the dispute does not wait for an answer.
    pub fn acceptable(&self) -> Result<(), Refusal> {
        match self.status {
            DisputeStatus::NeedsResponse => Ok(()),
            _ => Err(Refusal::DisputeNotOpen),
        }
    }
}

/// Takes note of how a dispute stands; `None` for a second witness, and for a status that is not known: they change
/// nothing. One that was won or lost is not opened again.
///
/// Consequences of a decision: either way, the order's subscription ends, or what the order gave is revoked; when it
/// was prevented by others than the merchant, the money is given back, too.
pub fn record(
    rows: &DisputeRows,
    report: &DisputeReport,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Option<(Dispute, Changes)> {
    let status = report.status?;
    let mut changes = Changes::new();
    let new = match &rows.dispute {
        None => {
            let new = made(rows, report, status, ctx);
            changes.guard(&rows.order.order).insert(&new);
            if !new.is_closed() {
                let (cause, own) = (LetterCause::DisputeOpened, new.organization_id);
                changes.tell_by_mail(ctx, cause, own, new.id);
            }
            new
        }
        Some(old) => {
            let mut new = updated(old, report, status)?;
            new.modified_at = Some(ctx.now);
            changes.update(old, &new);
            new.version += 1;
            new
        }
    };
    let before = rows.dispute.as_ref().map(|old| old.status);
    if before != Some(status) {
        consequences(rows, report, &new, &mut changes, subscribers, ctx);
    }
    Some((new, changes))
}

fn made(
    rows: &DisputeRows,
    report: &DisputeReport,
    status: DisputeStatus,
    ctx: &DecisionContext,
) -> Dispute {
    let order = &rows.order.order;
    let whole = Parts {
        net: order.net_amount,
        tax: order.tax_amount,
    };
    let parts = refunds::parted(order, whole, report.amount);
    Dispute {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: order.organization_id,
        payment_id: rows.payment.id,
        order_id: order.id,
        customer_id: order.customer_id,
        processor: rows.payment.processor,
        reference: report.reference.clone(),
        status,
        amount: parts.net,
        tax_amount: parts.tax,
        currency: report.currency,
        reason: Some(report.reason.clone()).filter(|reason| !reason.is_empty()),
        evidence_due_by: report.respond_by,
        opened_at: report.opened_at,
    }
}

/// The dispute as it is told of now, where that is anything new.
fn updated(old: &Dispute, report: &DisputeReport, status: DisputeStatus) -> Option<Dispute> {
    let is_final = |status| matches!(status, DisputeStatus::Won | DisputeStatus::Lost);
    if is_final(old.status) && !is_final(status) {
        return None;
    }
    let reason = Some(report.reason.clone()).filter(|reason| !reason.is_empty());
    let new = Dispute {
        status,
        reason: reason.or_else(|| old.reason.clone()),
        evidence_due_by: report.respond_by,
        ..old.clone()
    };
    (new != *old).then_some(new)
}

fn consequences(
    rows: &DisputeRows,
    report: &DisputeReport,
    dispute: &Dispute,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let ends = match dispute.status {
        DisputeStatus::Won | DisputeStatus::Lost => true,
        // Nothing is left where the merchant has prevented it by a refund of their own.
        DisputeStatus::Prevented if report.gives_back => {
            let order = &rows.order.order;
            refunds::prevent(dispute, order, &rows.payment, &rows.refunds, changes, ctx).is_some()
        }
        _ => false,
    };
    match &rows.subscription {
        Some(held) if ends => {
            let used = &rows.order.seats.seats;
            revoke(held, used, &rows.order.customer, changes, subscribers, ctx);
        }
        None if ends => {
            changes.sync_grants(ctx, GrantScope::Order(rows.order.order.id));
        }
        _ => {}
    }
}
