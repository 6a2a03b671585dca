//! Refunds, journalled like attempts: *intended*, written down with the job that asks; *asked*, committed before the
//! processor is; then settled by whoever witnesses it. A refund's id is the processor's idempotency key, so asking
//! again gives nothing back twice.

use uuid::Uuid;

use super::outcome::{REFUND_DUE, is_held, is_refund_due};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    job_request::Queue,
    jobs::JobKind,
    records::{Payment, PaymentKind, PaymentState, Refund, RefundReason, RefundState},
};

/// The job that asks the processor for a refund.
pub const REFUND_JOB: JobKind<Uuid> = JobKind::new("refund_payment", Queue::Billing);

/// Marks, as its reason, a payment with which nothing was bought and whose money was given back.
pub const REFUNDED: &str = "refunded";

/// A refund's outcome as a witness tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Given back.
    Succeeded {
        /// The processor's name for it.
        reference: String,
    },
    /// The processor will tell later.
    Processing,
    /// It could not be given back.
    Failed {
        /// The processor's code.
        reason: String,
    },
}

impl RefundState {
    /// True once the outcome is known.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// The amount that can still be refunded, in minor units: the charge without every refund that succeeded or may have
/// succeeded. `refunds` are all of its refunds.
pub fn refundable(payment: &Payment, refunds: &[Refund]) -> i64 {
    if payment.state != PaymentState::Succeeded || payment.kind != PaymentKind::Charge {
        return 0;
    }
    let counted = refunds.iter().filter(|r| r.state != RefundState::Failed);
    let given: i64 = counted.map(|refund| refund.amount).sum();
    (payment.amount - given).max(0)
}

/// Writes down that `amount` minor units of an attempt are given back, and asks for it to be done; `None` where the
/// attempt has not so much left. The attempt's version must still be the one that was read: of two refunds at the same
/// time one is decided anew.
pub fn refund(
    payment: &Payment,
    refunds: &[Refund],
    amount: i64,
    reason: RefundReason,
    ctx: &DecisionContext,
) -> Option<(Refund, Changes)> {
    if amount <= 0 || amount > refundable(payment, refunds) {
        return None;
    }
    let mut changes = Changes::new();
    changes.touch(payment);
    let refund = intend(payment, amount, reason, &mut changes, ctx);
    Some((refund, changes))
}

/// Marks money with which nothing can be bought any more, and gives all of it back, unless somebody has to look at it
/// first. `payment` is not written here.
pub fn give_back(payment: &mut Payment, changes: &mut Changes, ctx: &DecisionContext) {
    let is_charged =
        payment.state == PaymentState::Succeeded && payment.kind == PaymentKind::Charge;
    if !is_charged || is_held(payment) {
        return;
    }
    payment.decline_reason = Some(REFUND_DUE.to_owned());
    payment.decline_message =
        Some("The payment could no longer be used. It is being refunded.".to_owned());
    intend(payment, payment.amount, RefundReason::Other, changes, ctx);
}

fn intend(
    payment: &Payment,
    amount: i64,
    reason: RefundReason,
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Refund {
    let refund = Refund {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: payment.organization_id,
        payment_id: payment.id,
        reason,
        amount,
        currency: payment.currency,
        state: RefundState::Intended,
        processor: payment.processor,
        reference: None,
        failure_reason: None,
    };
    changes.insert(&refund);
    ask(changes, refund.id, ctx);
    refund
}

/// Has the processor asked for a refund that is written down.
fn ask(changes: &mut Changes, refund_id: Uuid, ctx: &DecisionContext) {
    let key = format!("{REFUND_JOB}:{refund_id}");
    changes.job(ctx, REFUND_JOB, &key, ctx.now, &refund_id);
}

/// Before the processor is asked: from now on the money may have moved.
pub fn asked(refund: &Refund, ctx: &DecisionContext) -> (Refund, Changes) {
    let mut new = refund.clone();
    let mut changes = Changes::new();
    if new.state == RefundState::Intended {
        new.state = RefundState::Asked;
        new.modified_at = Some(ctx.now);
        changes.update(refund, &new);
        new.version += 1;
    }
    (new, changes)
}

/// Takes note of how a refund of `payment` stands; `None` for a second witness, who changes nothing.
pub fn record_outcome(
    refund: &Refund,
    payment: &Payment,
    outcome: &RefundOutcome,
    ctx: &DecisionContext,
) -> Option<(Refund, Changes)> {
    if refund.state.is_settled() {
        return None;
    }
    let mut new = refund.clone();
    match outcome {
        RefundOutcome::Succeeded { reference } => {
            new.state = RefundState::Succeeded;
            new.reference = Some(reference.clone());
        }
        RefundOutcome::Processing => new.state = RefundState::Processing,
        RefundOutcome::Failed { reason } => {
            new.state = RefundState::Failed;
            new.failure_reason = Some(reason.clone());
        }
    }
    if new == *refund {
        return None;
    }
    new.modified_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.update(refund, &new);
    if new.state == RefundState::Succeeded && is_refund_due(payment) {
        let mut refunded = payment.clone();
        refunded.decline_reason = Some(REFUNDED.to_owned());
        refunded.decline_message =
            Some("The payment could no longer be used. It was refunded.".into());
        refunded.modified_at = Some(ctx.now);
        changes.update(payment, &refunded);
    }
    new.version += 1;
    Some((new, changes))
}
