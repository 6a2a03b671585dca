//! Start of a subscription.

use till_wire::{metadata::Metadata, subscriptions::SubscriptionStatus};
use uuid::Uuid;

use crate::{
    kernel::{
        context::DecisionContext,
        period,
        records::{Product, Subscription},
        values::Json,
    },
    terms::Terms,
};

/// The parts of a new subscription.
#[derive(Debug, Clone)]
pub struct NewSubscription<'a> {
    /// The customer who subscribes.
    pub customer_id: Uuid,
    /// To what; it recurs.
    pub product: &'a Product,
    /// For how much.
    pub terms: &'a Terms,
    /// The session that it came of.
    pub checkout_id: Option<Uuid>,
    /// The method that pays its renewals.
    pub payment_method_id: Option<Uuid>,
    /// The subscription that becomes this one: it keeps its id and its start.
    pub upgraded: Option<&'a Subscription>,
    /// The merchant's own data, beside those of the one that is upgraded.
    pub metadata: &'a Metadata,
    /// The buyer's answers.
    pub custom_field_data: &'a Metadata,
}

/// A subscription whose first period, or trial, begins now.
///
/// # Panics
/// Where the product does not recur.
pub fn start(new: NewSubscription<'_>, ctx: &DecisionContext) -> Subscription {
    let (product, terms, old) = (new.product, new.terms, new.upgraded);
    let interval = product
        .recurring_interval
        .expect("only recurring products are subscribed to");
    let count = product.recurring_interval_count.unwrap_or(1);
    let anchor_day = period::anchor(ctx.now);
    let mut metadata: Metadata = old.map(|s| s.metadata.0.clone()).unwrap_or_default();
    metadata.extend(new.metadata.0.clone());
    let trial_end = terms.trial_end;
    let period_end = trial_end.unwrap_or_else(|| period::end(ctx.now, interval, count, anchor_day));
    let mut subscription = Subscription {
        id: old.map_or_else(|| ctx.id(), |s| s.id),
        created_at: old.map_or(ctx.now, |s| s.created_at),
        modified_at: old.map(|_| ctx.now),
        version: old.map_or(1, |s| s.version),
        organization_id: product.organization_id,
        customer_id: new.customer_id,
        product_id: product.id,
        checkout_id: new.checkout_id,
        payment_method_id: new.payment_method_id,
        status: match trial_end {
            Some(_) => SubscriptionStatus::Trialing,
            None => SubscriptionStatus::Active,
        },
        amount: terms.amount - terms.discount_amount,
        base_amount: terms.amount,
        currency: terms.currency,
        recurring_interval: interval,
        recurring_interval_count: count,
        anchor_day,
        started_at: old.and_then(|s| s.started_at).or(Some(ctx.now)),
        current_period_start: ctx.now,
        current_period_end: period_end,
        cancel_at_period_end: false,
        canceled_at: None,
        ends_at: None,
        ended_at: None,
        price_ids: Json(terms.prices_sold().to_vec()),
        metadata: Json(metadata),
        discount_id: terms.discount_id,
        // Unset during a trial: the discount begins with the first paid period.
        discount_applied_at: match trial_end {
            None => terms.discount_id.map(|_| ctx.now),
            Some(_) => None,
        },
        seats: terms.seats,
        trial_start: trial_end.map(|_| ctx.now),
        trial_end,
        tax_behavior: terms.tax_behavior,
        custom_field_data: Json(new.custom_field_data.clone()),
        past_due_at: None,
        pause_at_period_end: false,
        paused_at: None,
        resumes_at: None,
        customer_cancellation_reason: None,
        customer_cancellation_comment: None,
        pending_update: None,
        attempt_id: None,
        next_due_at: None,
        meter_interval: product.meter_interval,
        meter_interval_count: product.meter_interval_count,
        meter_period_start: None,
    };
    subscription.schedule([]);
    subscription
}
