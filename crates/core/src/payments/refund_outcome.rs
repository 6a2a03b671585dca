//! Outcomes of refunds, whoever witnesses them: one transition, and its effects on the order
//! (docs/behaviour: refunds/outcome).

use till_wire::{events::EventType, orders::OrderStatus};

use super::{
    outcome::{REFUND_DUE, is_refund_due},
    refunds::{self, Parts},
};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        facts::Fact,
        grants::GrantScope,
        records::{Dispute, Order, Payment, Refund, RefundReason, RefundState},
    },
    orders::{numbering, payment::OrderRows},
};

/// Marks, as its reason, a payment with which nothing was bought and whose money was given back.
pub const REFUNDED: &str = "refunded";

/// A refund's outcome as a witness tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Given back.
    Succeeded,
    /// The processor will tell later, or it is not known yet what it did.
    Processing,
    /// It could not be given back, or came back.
    Failed {
        /// The processor's code.
        reason: String,
    },
    /// It was taken back before it was done.
    Canceled,
    /// The processor does not take it: there is no such refund.
    Refused {
        /// Reason: a code.
        reason: String,
    },
}

/// A refund as a witness tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundReport {
    /// Outcome, as the witness tells it.
    pub outcome: RefundOutcome,
    /// The processor's name for it, where it says.
    pub reference: Option<String>,
}

/// A refund with what is told with it.
#[derive(Debug, Clone)]
pub struct RefundRows {
    /// The refund.
    pub refund: Refund,
    /// The payment whose money it gives back.
    pub payment: Payment,
    /// The order that was paid; none where nothing was bought.
    pub order: Option<OrderRows>,
    /// The dispute that it prevented.
    pub dispute: Option<Dispute>,
}

/// Takes note of how a refund stands; `None` for a second witness, who changes nothing.
///
/// A refund that succeeded may fail later, and one that was given up may turn out to have succeeded; nothing else leaves
/// a final state. The report must be newer than the row.
pub fn record_outcome(
    rows: &RefundRows,
    report: &RefundReport,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Option<(Refund, Changes)> {
    let old = &rows.refund;
    let mut new = numbered(noted(old, report)?, rows.order.as_ref());
    // Before it has a status, nobody has heard of it.
    new.modified_at = old.state.status().map(|_| ctx.now);
    let mut changes = Changes::new();
    changes.update(old, &new);
    effects(rows, Some(old), &new, &mut changes, subscribers, ctx);
    if old.state.is_open() && new.state.is_settled() {
        changes.no_job(&refunds::job_key(new.id));
    }
    new.version += 1;
    Some((new, changes))
}

/// Writes down a refund that was made at the processor, and not by us; `None` where there is none, because it failed
/// before anybody here has heard of it. `refunds` are all of the payment's that are known.
pub fn found(
    (payment, order): (&Payment, Option<&OrderRows>),
    refunds: &[Refund],
    total: i64,
    report: &RefundReport,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Option<(Refund, Changes)> {
    let reason = RefundReason::Other;
    let intended = match order {
        Some(rows) => {
            let left = refunds::left(&rows.order, refunds);
            let parts = refunds::parted(&rows.order, left, total);
            refunds::of_order(&rows.order, payment, parts, reason, ctx)
        }
        None => {
            let parts = Parts { net: total, tax: 0 };
            refunds::intended(payment, parts, reason, ctx)
        }
    };
    let new = numbered(noted(&intended, report)?, order);
    let rows = RefundRows {
        refund: intended,
        payment: payment.clone(),
        order: order.cloned(),
        dispute: None,
    };
    let mut changes = Changes::new();
    changes.touch(payment).insert(&new);
    effects(&rows, None, &new, &mut changes, subscribers, ctx);
    Some((new, changes))
}

/// The refund as the report leaves it.
fn noted(old: &Refund, report: &RefundReport) -> Option<Refund> {
    use RefundState as S;
    let (state, reason) = match &report.outcome {
        RefundOutcome::Succeeded => (S::Succeeded, None),
        RefundOutcome::Processing => (S::Processing, None),
        RefundOutcome::Canceled => (S::Canceled, None),
        RefundOutcome::Failed { reason } => (S::Failed, Some(reason.clone())),
        // Of one that people were told of they hear that it failed.
        RefundOutcome::Refused { reason } => match old.state.status() {
            Some(_) => (S::Failed, Some(reason.clone())),
            None => (S::Refused, Some(reason.clone())),
        },
    };
    let may = match old.state {
        S::Intended | S::Asked | S::Processing => true,
        S::Succeeded => matches!(state, S::Failed | S::Canceled),
        S::Failed | S::Canceled | S::Refused => state == S::Succeeded,
    };
    if !may {
        // It stays as it is. One that was given up before the processor named it is found in its books by that name.
        let named = report.reference.clone().filter(|_| old.reference.is_none());
        return named.map(|name| Refund {
            reference: Some(name),
            ..old.clone()
        });
    }
    let new = Refund {
        state,
        failure_reason: reason,
        reference: report.reference.clone().or_else(|| old.reference.clone()),
        ..old.clone()
    };
    (new != *old).then_some(new)
}

/// The refund with the number of its credit note, once it has succeeded (docs/behaviour: documents/credit-note-number).
fn numbered(mut refund: Refund, order: Option<&OrderRows>) -> Refund {
    if refund.state == RefundState::Succeeded
        && refund.credit_note_number.is_none()
        && let Some(OrderRows { order, .. }) = order
    {
        refund.credit_note_number = numbering::next_credit_note(order);
    }
    refund
}

/// Effects of a refund's new state: on the payment with which nothing was bought, or on the order, and for
/// those who are told.
fn effects(
    rows: &RefundRows,
    old: Option<&Refund>,
    new: &Refund,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    let was_given = old.is_some_and(|old| old.state == RefundState::Succeeded);
    let is_given = new.state == RefundState::Succeeded;
    let Some(order) = &rows.order else {
        if was_given != is_given {
            mark_payment(&rows.payment, is_given, changes, ctx);
        }
        return;
    };
    let told_before = old.is_some_and(|old| old.state.status().is_some());
    let kind = match told_before {
        false => EventType::RefundCreated,
        true => EventType::RefundUpdated,
    };
    let is_told = |new: &Refund| old.is_none_or(|old| old.state != new.state);
    if new.state.status().is_some() && is_told(new) {
        changes.emit(subscribers, ctx, kind, new.id, || {
            new.view(rows.dispute.as_ref(), ctx.wall())
        });
    }
    if was_given == is_given {
        return;
    }
    let mut after = after_refund(&order.order, new, is_given, ctx);
    let is_numbered = old.is_some_and(|old| old.credit_note_number.is_some());
    after.credit_notes += i64::from(new.credit_note_number.is_some() && !is_numbered);
    changes.update(&order.order, &after);
    let view = || {
        let discount = order.discount.clone();
        let subscription = order.subscription();
        after.view(&order.customer, &order.offered, subscription, discount)
    };
    changes.emit(subscribers, ctx, EventType::OrderUpdated, after.id, view);
    if is_given {
        changes.emit(subscribers, ctx, EventType::OrderRefunded, after.id, view);
        changes.note(Fact::OrderRefunded {
            refunded_amount: after.refunded_amount,
        });
    }
    // One that has come back takes back nothing any more.
    if new.revoke_benefits {
        changes.sync_grants(ctx, GrantScope::Order(after.id));
    }
}

/// The order once a refund is given, or (`false`) has come back.
fn after_refund(order: &Order, refund: &Refund, is_given: bool, ctx: &DecisionContext) -> Order {
    let sign = if is_given { 1 } else { -1 };
    let mut new = order.clone();
    new.refunded_amount += sign * refund.net_amount();
    new.refunded_tax_amount += sign * refund.tax_amount;
    new.modified_at = Some(ctx.now);
    if order.is_paid() {
        new.status = match new.refunded_amount {
            ..=0 => OrderStatus::Paid,
            all if all >= new.net_amount => OrderStatus::Refunded,
            _ => OrderStatus::PartiallyRefunded,
        };
    }
    new
}

/// Money with which nothing was bought: it says that it was given back, or that it is due again.
fn mark_payment(payment: &Payment, is_given: bool, changes: &mut Changes, ctx: &DecisionContext) {
    let is_refunded = payment.decline_reason.as_deref() == Some(REFUNDED);
    let (reason, message) = match is_given {
        true if is_refund_due(payment) => (
            REFUNDED,
            "The payment could no longer be used. It was refunded.",
        ),
        false if is_refunded => (
            REFUND_DUE,
            "The money arrived when it could not be used any more. Giving it back failed.",
        ),
        _ => return,
    };
    let mut new = payment.clone();
    new.decline_reason = Some(reason.to_owned());
    new.decline_message = Some(message.to_owned());
    new.modified_at = Some(ctx.now);
    changes.update(payment, &new);
}
