//! Dunning: what an unpaid order means for its subscription, when it is charged again, and when the subscription ends
//! (docs/behaviour: subscriptions/dunning).

use jiff::{SignedDuration, Timestamp};
use till_wire::{
    orders::{BillingReason, OrderStatus},
    payments::PaymentTrigger,
    subscriptions::SubscriptionStatus,
};
use uuid::Uuid;

use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        job_request::Queue,
        jobs::JobKind,
        records::{Order, Payment, Subscription},
    },
    payments::declines,
};

/// The job that voids the unpaid orders of a subscription that has ended.
pub const VOID_JOB: JobKind<VoidOrders> = JobKind::new("void_orders", Queue::Billing);

/// The unpaid orders of a subscription that are to be voided.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct VoidOrders {
    /// The subscription.
    pub subscription_id: Uuid,
    /// Only those made before this moment.
    pub made_before: Timestamp,
    /// The one that settles what was used until the end: it is still to be paid.
    #[serde(default)]
    pub but: Option<Uuid>,
}

/// Failures of one order after which the subscription ends.
pub const MOST_FAILURES: i64 = 5;
/// Pauses after the first, the second, the third and the fourth failure, in days.
const PAUSES: [i64; 4] = [2, 5, 7, 7];
/// Time for which a subscription may be past due.
const DEADLINE: SignedDuration = SignedDuration::from_hours(21 * 24);
/// Time after the deadline at which the last attempt is made where the decline leaves no hope for another.
const LAST_ATTEMPT: SignedDuration = SignedDuration::from_mins(1);
/// Pause after an attempt that never reached the processor.
const UNREACHED: SignedDuration = SignedDuration::from_hours(1);
/// Pause after an attempt that was interrupted before the processor was to charge.
const INTERRUPTED: SignedDuration = SignedDuration::from_mins(1);

/// Reasons of declines that another attempt on the same card does not change, as Stripe names them.
const HOPELESS: [&str; 21] = [
    declines::TOO_LARGE,
    "do_not_honor",
    "expired_card",
    "fraudulent",
    "incorrect_cvc",
    "incorrect_number",
    "incorrect_pin",
    "invalid_account",
    "invalid_cvc",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "invalid_number",
    "invalid_pin",
    "lost_card",
    "merchant_blacklist",
    "pickup_card",
    "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stolen_card",
    "stop_payment_order",
];

/// Failed attempt to charge an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The card was declined; another attempt may succeed, or not.
    Declined {
        /// True where another attempt on the same card has no hope.
        hopeless: bool,
    },
    /// There is no card to charge.
    NoMethod,
    /// No card was tried: the processor was not reached, or the attempt was interrupted.
    NotTried {
        /// The pause until the next attempt.
        pause: SignedDuration,
    },
    /// The card was declined in an attempt that somebody made besides the schedule: it stays as it is.
    Extra,
}

/// True for attempts of the schedule: a failure of one counts, and the next one follows from it. The others, made by the
/// customer, with another card or by the merchant, leave the schedule as it is, whatever comes of them.
pub fn is_scheduled(trigger: Option<PaymentTrigger>) -> bool {
    match trigger {
        None => true,
        Some(trigger) => matches!(
            trigger,
            PaymentTrigger::Purchase
                | PaymentTrigger::SubscriptionCycle
                | PaymentTrigger::RetryDunning
        ),
    }
}

impl Failure {
    /// Consequence of a failed attempt.
    pub fn of(payment: &Payment) -> Self {
        let reason = payment.decline_reason.as_deref().unwrap_or_default();
        match reason {
            _ if !is_scheduled(payment.trigger_kind) => Self::Extra,
            declines::UNREACHABLE => Self::NotTried { pause: UNREACHED },
            declines::ABANDONED => Self::NotTried { pause: INTERRUPTED },
            _ => Self::Declined {
                hopeless: HOPELESS.contains(&reason),
            },
        }
    }
}

/// Order and subscription after an attempt has failed.
#[derive(Debug, Clone)]
pub struct Unpaid {
    /// The order.
    pub order: Order,
    /// The subscription; its next due moment is still to be worked out.
    pub subscription: Subscription,
    /// True where the subscription becomes past due with this failure.
    pub begins: bool,
    /// True where this is the order's first counted failure.
    pub is_first: bool,
    /// True where this is the failure after which an order of usage waits for another card, or for the customer.
    pub is_left_to_customer: bool,
    /// True where no attempt is left: the subscription ends, and its unpaid orders are voided.
    pub is_exhausted: bool,
}

/// Decides what a failed attempt means for an order and its subscription.
pub fn failed(
    order: &Order,
    subscription: &Subscription,
    failure: Failure,
    ctx: &DecisionContext,
) -> Unpaid {
    let mut unpaid = Unpaid {
        order: order.clone(),
        subscription: subscription.clone(),
        begins: false,
        is_first: false,
        is_left_to_customer: false,
        is_exhausted: false,
    };
    let hopeless = match failure {
        Failure::Extra => return unpaid,
        Failure::NotTried { pause } => {
            unpaid.order.next_payment_attempt_at = Some(ctx.now + pause);
            return unpaid;
        }
        // It waits for the next card, or for the customer to pay it.
        Failure::NoMethod | Failure::Declined { .. } if is_of_usage(order) => {
            unpaid.order.next_payment_attempt_at = None;
            unpaid.is_left_to_customer = true;
            return unpaid;
        }
        Failure::NoMethod => false,
        Failure::Declined { hopeless } => hopeless,
    };
    let failures = order.failed_payments + 1;
    unpaid.order.failed_payments = failures;
    unpaid.order.modified_at = Some(ctx.now);
    unpaid.is_first = failures == 1;
    let is_living = subscription.is_billable();
    if is_living && subscription.past_due_at.is_none() {
        unpaid.begins = true;
        unpaid.subscription.status = SubscriptionStatus::PastDue;
        unpaid.subscription.past_due_at = Some(ctx.now);
        unpaid.subscription.modified_at = Some(ctx.now);
    }
    // One that has ended has only its last bill to pay.
    let since = match is_living {
        true => unpaid.subscription.past_due_at.unwrap_or(ctx.now),
        false => order.created_at,
    };
    let deadline = since + DEADLINE;
    let pause = usize::try_from(failures - 1)
        .ok()
        .and_then(|index| PAUSES.get(index));
    unpaid.is_exhausted = ctx.now >= deadline || pause.is_none();
    unpaid.order.next_payment_attempt_at = match pause {
        _ if unpaid.is_exhausted => None,
        _ if hopeless => Some(deadline + LAST_ATTEMPT),
        Some(days) => Some(ctx.now + SignedDuration::from_hours(24 * days)),
        None => None,
    };
    unpaid
}

/// True for an order of usage within a period: unpaid, it leaves its subscription as it is
/// (docs/behaviour: metered/interval).
pub fn is_of_usage(order: &Order) -> bool {
    order.billing_reason == BillingReason::SubscriptionMeterCycle
}

/// The subscription once an order of it is paid: active again where no other order waits. `None` where nothing changes.
pub fn recovered(
    subscription: &Subscription,
    others: &[Order],
    ctx: &DecisionContext,
) -> Option<Subscription> {
    let is_past_due = subscription.status == SubscriptionStatus::PastDue;
    if !is_past_due || !others.iter().all(is_of_usage) {
        return None;
    }
    Some(Subscription {
        status: SubscriptionStatus::Active,
        past_due_at: None,
        modified_at: Some(ctx.now),
        ..subscription.clone()
    })
}

/// Next attempts to charge these orders.
pub fn retries<'a>(orders: impl IntoIterator<Item = &'a Order>) -> impl Iterator<Item = Timestamp> {
    let pending = orders
        .into_iter()
        .filter(|order| order.status == OrderStatus::Pending);
    pending.filter_map(|order| order.next_payment_attempt_at)
}

impl Changes {
    /// Has the unpaid orders of a subscription voided that were made before a moment.
    pub fn void_orders(
        &mut self,
        subscription_id: Uuid,
        made_before: Timestamp,
        ctx: &DecisionContext,
    ) -> &mut Self {
        self.void_orders_but(None, subscription_id, made_before, ctx)
    }

    /// [`Changes::void_orders`], all but one.
    pub fn void_orders_but(
        &mut self,
        but: Option<Uuid>,
        subscription_id: Uuid,
        made_before: Timestamp,
        ctx: &DecisionContext,
    ) -> &mut Self {
        let key = format!("{VOID_JOB}:{subscription_id}");
        let orders = VoidOrders {
            subscription_id,
            made_before,
            but,
        };
        self.job(ctx, VOID_JOB, &key, ctx.now, &orders)
    }
}
