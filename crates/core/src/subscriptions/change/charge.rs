//! A change that is charged at once: it is kept with its attempt, and made when that succeeds
//! (docs/behaviour: subscriptions/charged-change).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::{
    events::EventType, metadata::Metadata, orders::OrderItem, organizations::TaxBehaviorOption,
    payments::PaymentTrigger, subscriptions::SubscriptionStatus, values::Interval,
};
use uuid::Uuid;

use super::{Billing, ChangeRows, Decision, order, settle::settle};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Payment, PaymentState, PendingUpdate, Purpose, Subscription},
        refusal::Refusal,
        values::Json,
        writes::DiscountWrite,
    },
    orders::create::Mismatch,
    organizations::capabilities,
    payments::{
        attempt::{self, NewAttempt, RECONCILE_AFTER},
        outcome::{self, Outcome, is_held},
        refunds,
    },
    subscriptions::{bill::AgreedBill, dun, first_seat},
    tax::Taxes,
};

/// A change as it is kept with its attempt: nothing is judged, or worked out, again when the money has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    subscription: Becomes,
    /// Status that the change brings; none where it leaves the status as it is.
    #[serde(deserialize_with = "Option::deserialize")]
    status: Option<SubscriptionStatus>,
    agreed: AgreedBill,
    lines: Vec<OrderItem>,
    /// Discount whose use was counted, and is given back where the attempt fails.
    #[serde(deserialize_with = "Option::deserialize")]
    used_discount_id: Option<Uuid>,
    /// True where usage is settled with the change; attempts of older versions settle none.
    #[serde(default)]
    settles: bool,
}

/// Columns of a subscription that a charged change may change.
macro_rules! becomes {
    ($($field:ident: $type:ty),+ $(,)?) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        struct Becomes { $($field: $type),+ }

        impl Becomes {
            fn of(subscription: &Subscription) -> Self {
                Self { $($field: subscription.$field.clone()),+ }
            }

            /// The subscription with the change.
            fn onto(self, subscription: &Subscription) -> Subscription {
                Subscription { $($field: self.$field,)+ ..subscription.clone() }
            }
        }
    };
}

becomes! {
    product_id: Uuid,
    price_ids: Json<Vec<Uuid>>,
    amount: i64,
    base_amount: i64,
    recurring_interval: Interval,
    recurring_interval_count: i64,
    anchor_day: i64,
    current_period_start: Timestamp,
    current_period_end: Timestamp,
    metadata: Json<Metadata>,
    discount_id: Option<Uuid>,
    discount_applied_at: Option<Timestamp>,
    seats: Option<i64>,
    trial_end: Option<Timestamp>,
    tax_behavior: Option<TaxBehaviorOption>,
    pending_update: Option<Json<PendingUpdate>>,
    meter_interval: Option<Interval>,
    meter_interval_count: Option<i64>,
    meter_period_start: Option<Timestamp>,
}

/// The attempt that charges a change, and the changes that lock the subscription until its outcome is known.
pub(super) fn intend(
    rows: &ChangeRows,
    decision: &Decision,
    agreed: AgreedBill,
    lines: Vec<OrderItem>,
    ctx: &DecisionContext,
) -> Result<(Payment, Changes), Refusal> {
    let (billing, old) = (&rows.billing, &rows.billing.subscription);
    if !capabilities(billing.organization.status).checkout_payments {
        let words = "The organization cannot take payments at the moment.";
        return Err(Refusal::PaymentFailed(words.to_owned()));
    }
    let method = billing.method.as_ref().ok_or_else(no_method)?;
    let new = NewAttempt {
        organization_id: old.organization_id,
        purpose: Purpose::Change,
        subject_id: old.id,
        amount: Some(agreed.due()),
        currency: old.currency,
        customer_id: Some(old.customer_id),
        customer_email: Some(billing.customer.email.clone()),
        method_id: Some(method.id),
        processor: method.processor,
        customer_reference: method.customer_reference.clone(),
        trigger: Some(PaymentTrigger::SubscriptionCycle),
    };
    let mut payment = attempt::intend(new, ctx);
    let kept = Kept {
        subscription: Becomes::of(&decision.subscription),
        status: Some(decision.subscription.status).filter(|status| *status != old.status),
        agreed,
        lines,
        used_discount_id: decision.used.as_ref().map(|discount| discount.id),
        settles: decision.settles,
    };
    payment.confirmation = Json(serde_json::to_value(kept).expect("plain fields, with text keys"));
    let locked = Subscription {
        attempt_id: Some(payment.id),
        ..old.clone()
    };
    let mut changes = Changes::new();
    changes.update(old, &locked);
    order::use_discount(&mut changes, decision);
    changes
        .insert(&payment)
        .reconcile_after(payment.id, RECONCILE_AFTER, ctx);
    Ok((payment, changes))
}

fn no_method() -> Refusal {
    let words = "The customer has no saved card that could be charged.";
    Refusal::PaymentFailed(words.to_owned())
}

/// Product and discount that the subscription has after the change of an attempt; the rows of both are to be loaded for
/// [`record_outcome`]. None where what was kept cannot be read.
pub fn product_and_discount(payment: &Payment) -> Option<(Uuid, Option<Uuid>)> {
    let becomes = read(payment).ok()?.subscription;
    Some((becomes.product_id, becomes.discount_id))
}

/// True where usage is settled once the change of an attempt is paid: it is to be counted before [`record_outcome`].
pub fn settles(payment: &Payment) -> bool {
    read(payment).is_ok_and(|kept| kept.settles)
}

fn read(payment: &Payment) -> Result<Kept, serde_json::Error> {
    Kept::deserialize(&payment.confirmation.0)
}

/// Attempt and subscription after an outcome.
#[derive(Debug)]
pub struct ChangeOutcome {
    /// The attempt.
    pub payment: Payment,
    /// Changes to commit.
    pub changes: Changes,
}

/// Takes note of how an attempt to charge a change stands. A success makes the change, with its paid order, where the
/// subscription still waits for it; where it does not, the money is given back. A decline unlocks the subscription as it
/// was, and nothing is told. A second witness changes nothing (`None`).
///
/// # Errors
/// [`Mismatch`] where the order does not add up.
pub fn record_outcome(
    rows: &ChangeRows,
    payment: &Payment,
    outcome: &Outcome,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Option<ChangeOutcome>, Mismatch> {
    let Some(mut noted) = outcome::record_outcome(payment, outcome, ctx) else {
        return Ok(None);
    };
    let mut changes = Changes::new();
    let kept = read(payment);
    let subscription = &rows.billing.subscription;
    let is_awaited = subscription.attempt_id == Some(payment.id);
    match (noted.state, kept) {
        (PaymentState::Succeeded, Ok(kept)) => {
            let may_make = is_awaited && !is_held(&noted) && subscription.ended_at.is_none();
            match may_make {
                true => apply(rows, kept, &mut noted, &mut changes, taxes, ctx)?,
                false => {
                    unlock(rows, is_awaited, &mut changes);
                    refunds::give_back(&mut noted, &mut changes, ctx);
                }
            }
        }
        // Nothing may be sold on other terms: it stays locked until somebody has looked at it.
        (PaymentState::Succeeded, Err(_)) => outcome::hold_for_terms(&mut noted),
        (PaymentState::Failed, kept) => {
            unlock(rows, is_awaited, &mut changes);
            let used = kept.ok().and_then(|kept| kept.used_discount_id);
            if let Some(discount_id) = used.filter(|_| is_awaited) {
                changes.write(DiscountWrite::GiveBackUse(discount_id));
            }
        }
        _ => {}
    }
    changes
        .update(payment, &noted)
        .reconcile_until_settled(&noted, ctx);
    noted.version += 1;
    Ok(Some(ChangeOutcome {
        payment: noted,
        changes,
    }))
}

/// Makes the change, with its order.
fn apply(
    rows: &ChangeRows,
    kept: Kept,
    payment: &mut Payment,
    changes: &mut Changes,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<(), Mismatch> {
    let (billing, old) = (&rows.billing, &rows.billing.subscription);
    let mut new = kept.subscription.onto(old);
    new.status = kept.status.unwrap_or(old.status);
    new.attempt_id = None;
    new.modified_at = Some(ctx.now);
    new.schedule(dun::retries(&billing.unpaid));
    let offered = match old.product_id == new.product_id {
        true => Some(&billing.offered),
        false => rows.target.as_ref(),
    };
    let offered = offered.filter(|offered| offered.product.id == new.product_id);
    let known = [&billing.discount, &rows.discount];
    let discount = known
        .into_iter()
        .flatten()
        .find(|discount| Some(discount.id) == new.discount_id);
    let mut decision = Decision {
        offered: offered
            .ok_or_else(|| Mismatch("the new product is gone".into()))?
            .clone(),
        discount: discount.cloned(),
        subscription: new,
        lines: Vec::new(),
        billing: Billing::Now,
        events: &[EventType::SubscriptionUpdated],
        used: None,
        settles: kept.settles,
    };
    let agreed = (kept.agreed, kept.lines);
    let (order, after) = order::write(billing, &decision, agreed, changes, Some(payment), ctx)?;
    payment.order_id = Some(order.id);
    // It is paid, and made in any case: usage whose price cannot be read is left out.
    if let Ok(Some(settled)) = settle(&after, &mut decision, taxes, ctx) {
        changes.and(settled.changes);
    }
    changes.update(old, &decision.subscription);
    if first_seat::begins(old, &decision.subscription) {
        first_seat::give(&after, &decision.subscription, changes, ctx);
    }
    Ok(())
}

/// Unlocks the subscription, unless another attempt has locked it.
fn unlock(rows: &ChangeRows, is_awaited: bool, changes: &mut Changes) {
    let old = &rows.billing.subscription;
    let mut new = old.clone();
    if is_awaited {
        new.attempt_id = None;
        if new.ended_at.is_none() {
            new.schedule(dun::retries(&rows.billing.unpaid));
        }
    }
    changes.update(old, &new);
}

/// Refusal of a declined change.
pub fn declined(payment: &Payment) -> Refusal {
    let words = payment.decline_message.clone();
    Refusal::PaymentFailed(words.unwrap_or_else(|| "The payment was declined.".to_owned()))
}
