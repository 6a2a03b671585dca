//! Refunds, journalled like attempts: *intended*, written down with the job that asks; *asked*, committed before the
//! processor is; then settled by whoever witnesses it. A refund's id is the processor's idempotency key, so asking
//! again gives nothing back twice. What an order has of it stands in [`super::refund_outcome`].

use till_wire::{
    input::Problem,
    loc,
    refunds::{Refund as View, RefundCreate, RefundStatus},
};
use uuid::Uuid;

use super::outcome::{REFUND_DUE, is_held};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        job_request::Queue,
        jobs::JobKind,
        records::{
            Dispute, Order, Payment, PaymentKind, PaymentState, Refund, RefundReason, RefundState,
        },
        refusal::Refusal,
        values::Json,
    },
    payments::attempt::RECONCILE_AFTER,
};

/// The job that asks the processor for a refund.
pub const REFUND_JOB: JobKind<Uuid> = JobKind::new("refund_payment", Queue::Billing);

/// The index that refuses a second row for a refund of the processor's.
pub const KNOWN: &str = "refunds_reference";

/// Reason why a refund was refused: the buyer's bank decides about the money.
pub const DISPUTED: &str = "disputed";
/// Reason why a refund was refused: nothing was left.
pub const ALREADY_REFUNDED: &str = "already_refunded";

impl RefundState {
    /// True once the processor is not asked any more. A refund that succeeded may fail later: then the processor tells.
    pub fn is_settled(self) -> bool {
        !self.is_open()
    }

    /// True while it is not known how it ends.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Intended | Self::Asked | Self::Processing)
    }

    /// The status that people see; none of a refund that the processor has not taken, yet or at all.
    pub fn status(self) -> Option<RefundStatus> {
        match self {
            Self::Intended | Self::Asked | Self::Refused => None,
            Self::Processing => Some(RefundStatus::Pending),
            Self::Succeeded => Some(RefundStatus::Succeeded),
            Self::Failed => Some(RefundStatus::Failed),
            Self::Canceled => Some(RefundStatus::Canceled),
        }
    }
}

impl Refund {
    /// The amount without the tax in it, minor units.
    pub fn net_amount(&self) -> i64 {
        self.amount - self.tax_amount
    }

    /// The refund as the API shows it; `None` of one that gives nothing of an order back, or is not shown.
    pub fn view(&self, dispute: Option<&Dispute>, now: jiff::Timestamp) -> Option<View> {
        let (order_id, customer_id) = self.order_id.zip(self.customer_id)?;
        Some(View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            metadata: self.metadata.0.clone(),
            status: self.state.status()?,
            reason: self.reason,
            amount: self.net_amount(),
            tax_amount: self.tax_amount,
            currency: self.currency,
            organization_id: self.organization_id,
            order_id,
            subscription_id: self.subscription_id,
            customer_id,
            revoke_benefits: self.revoke_benefits,
            dispute: dispute.map(|dispute| dispute.base(now)),
        })
    }
}

/// The amount that can still be refunded, in minor units: the charge without every refund that succeeded or may have
/// succeeded. `refunds` are all of its refunds.
pub fn refundable(payment: &Payment, refunds: &[Refund]) -> i64 {
    if payment.state != PaymentState::Succeeded || payment.kind != PaymentKind::Charge {
        return 0;
    }
    let counted = refunds
        .iter()
        .filter(|r| r.state.is_open() || r.state == RefundState::Succeeded);
    let given: i128 = counted.map(|refund| i128::from(refund.amount)).sum();
    i64::try_from(i128::from(payment.amount) - given).map_or(0, |left| left.max(0))
}

/// An amount of an order in its two parts, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
}

impl Parts {
    /// Both together.
    pub fn total(self) -> i64 {
        self.net + self.tax
    }
}

/// Rest of an order that can be refunded, without its pending refunds: `refunds` are all of its refunds.
pub fn left(order: &Order, refunds: &[Refund]) -> Parts {
    let open = || refunds.iter().filter(|refund| refund.state.is_open());
    let net: i64 = open().map(Refund::net_amount).sum();
    let tax: i64 = open().map(|refund| refund.tax_amount).sum();
    Parts {
        net: (order.refundable_amount() - net).max(0),
        tax: (order.refundable_tax_amount() - tax).max(0),
    }
}

/// Parts of a refund of `net` minor units of an order of which `left` is left: all of the tax with all of the rest, else
/// its share, rounded half to even, never more than is left.
pub fn with_tax(order: &Order, left: Parts, net: i64) -> Parts {
    let tax = match net >= left.net {
        true => left.tax,
        false => share(net, order.tax_amount, order.net_amount).min(left.tax),
    };
    Parts { net, tax }
}

/// The two parts of `total` minor units of an order, tax included, where somebody else has named the amount: what is left
/// of each bounds its part, as long as both together suffice.
pub fn parted(order: &Order, left: Parts, total: i64) -> Parts {
    if total >= left.total() {
        return Parts {
            net: total - left.tax,
            tax: left.tax,
        };
    }
    let least = (total - left.net).max(0);
    let most = left.tax.min(total);
    let tax = share(total, order.tax_amount, order.total_amount()).clamp(least, most);
    Parts {
        net: total - tax,
        tax,
    }
}

/// `amount` × `part` / `whole`, rounded half to even; nothing of nothing.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let (product, whole) = (i128::from(amount) * i128::from(part), i128::from(whole));
    let (quotient, rest) = (product / whole, product % whole);
    let up = match (2 * rest).cmp(&whole) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => quotient % 2,
        std::cmp::Ordering::Greater => 1,
    };
    i64::try_from(quotient + up).unwrap_or(i64::MAX)
}

/// Makes a refund that a merchant asks for (docs/behaviour: refunds/checks): written down, with the job that asks the
/// processor if nobody else does. `payment` is what the order was paid with, `refunds` are all of that payment's. Of two
/// refunds at the same time one is decided anew: the payment's version must still be the one that was read.
///
/// # Errors
/// In this order: everything given back, benefits of a subscription, more than is left of the order, no payment, no name
/// of it at the processor, more than refunds on their way leave.
pub fn create(
    order: &Order,
    payment: Option<&Payment>,
    refunds: &[Refund],
    input: RefundCreate,
    ctx: &DecisionContext,
) -> Result<(Refund, Changes), Refusal> {
    use till_wire::orders::OrderStatus;
    if order.status == OrderStatus::Refunded {
        return Err(Refusal::RefundedAlready);
    }
    if input.revoke_benefits && order.subscription_id.is_some() {
        return Err(Refusal::RevokeSubscriptionBenefitsProhibited);
    }
    if input.amount > order.refundable_amount() {
        return Err(exceeds(order.refundable_amount(), input.amount));
    }
    let payment = payment.ok_or(Refusal::RefundUnknownPayment)?;
    if payment.reference.is_none() {
        return Err(Refusal::RefundPaymentTransactionNotFound);
    }
    let left = left(order, refunds);
    let parts = with_tax(order, left, input.amount);
    let most = refundable(payment, refunds);
    if left.net == 0 || most == 0 {
        return Err(Refusal::RefundedAlready);
    }
    if input.amount > left.net || parts.total() > most {
        return Err(exceeds(left.net, input.amount));
    }
    let refund = Refund {
        comment: input.comment,
        revoke_benefits: input.revoke_benefits,
        metadata: Json(input.metadata),
        ..of_order(order, payment, parts, input.reason, ctx)
    };
    let mut changes = Changes::new();
    changes.touch(payment).insert(&refund);
    // Whoever has made it asks at once; the job does where they did not come to it.
    ask(&mut changes, refund.id, ctx.now + RECONCILE_AFTER, ctx);
    Ok((refund, changes))
}

fn exceeds(most: i64, amount: i64) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", "amount"],
        format!("At most {most} of this order can be refunded"),
        amount,
    ))
}

/// Gives back what a payment still has of `parts` of an order, because a dispute was prevented so; `None` where it has
/// nothing left. The payment's version must still be the one that was read.
pub(super) fn prevent(
    dispute: &Dispute,
    order: &Order,
    payment: &Payment,
    refunds: &[Refund],
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Option<Refund> {
    let contested = dispute.amount + dispute.tax_amount;
    let total = contested.min(refundable(payment, refunds));
    if total <= 0 {
        return None;
    }
    let parts = parted(order, left(order, refunds), total);
    let refund = Refund {
        dispute_id: Some(dispute.id),
        revoke_benefits: true,
        ..of_order(order, payment, parts, RefundReason::DisputePrevention, ctx)
    };
    changes.touch(payment).insert(&refund);
    ask(changes, refund.id, ctx.now, ctx);
    Some(refund)
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
    let all = Parts {
        net: payment.amount,
        tax: 0,
    };
    let refund = intended(payment, all, RefundReason::Other, ctx);
    changes.insert(&refund);
    ask(changes, refund.id, ctx.now, ctx);
}

/// A refund of an order that is paid with `payment`.
pub(super) fn of_order(
    order: &Order,
    payment: &Payment,
    parts: Parts,
    reason: RefundReason,
    ctx: &DecisionContext,
) -> Refund {
    Refund {
        order_id: Some(order.id),
        customer_id: Some(order.customer_id),
        subscription_id: order.subscription_id,
        ..intended(payment, parts, reason, ctx)
    }
}

/// A refund of money with which nothing was bought.
pub(super) fn intended(
    payment: &Payment,
    parts: Parts,
    reason: RefundReason,
    ctx: &DecisionContext,
) -> Refund {
    Refund {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: payment.organization_id,
        payment_id: payment.id,
        reason,
        amount: parts.total(),
        tax_amount: parts.tax,
        currency: payment.currency,
        state: RefundState::Intended,
        order_id: None,
        customer_id: None,
        subscription_id: None,
        dispute_id: None,
        comment: None,
        revoke_benefits: false,
        metadata: Json::default(),
        processor: payment.processor,
        reference: None,
        failure_reason: None,
        credit_note_number: None,
        credit_note_digest: None,
    }
}

/// Has the processor asked for a refund that is written down.
fn ask(changes: &mut Changes, refund_id: Uuid, at: jiff::Timestamp, ctx: &DecisionContext) {
    changes.job(ctx, REFUND_JOB, &job_key(refund_id), at, &refund_id);
}

/// Names the job that asks for a refund.
pub(super) fn job_key(refund_id: Uuid) -> String {
    format!("{REFUND_JOB}:{refund_id}")
}

/// Before the processor is asked: from now on the money may have moved.
pub fn asked(refund: &Refund) -> (Refund, Changes) {
    let mut new = refund.clone();
    let mut changes = Changes::new();
    if new.state == RefundState::Intended {
        new.state = RefundState::Asked;
        changes.update(refund, &new);
        new.version += 1;
    }
    (new, changes)
}

/// The refusal that a refund which the processor did not take is answered with. `order` is as it is once the processor
/// was asked for all refunds of its payment: others may have refunded part of it.
pub fn refusal(refund: &Refund, order: &Order) -> Refusal {
    let left = order.refundable_amount();
    match refund.failure_reason.as_deref() {
        Some(DISPUTED) => Refusal::RefundDisputedPayment,
        Some(ALREADY_REFUNDED) => Refusal::RefundedAlready,
        _ if left == 0 => Refusal::RefundedAlready,
        _ if refund.net_amount() > left => exceeds(left, refund.net_amount()),
        _ => Refusal::RefundPaymentTransactionNotFound,
    }
}
