//! Changes that wait for the end of a period, and what a change of product does to a subscription
//! (docs/behaviour: subscriptions/pending-update).

use jiff::Timestamp;
use uuid::Uuid;

use super::bill::BillingRows;
use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        period,
        records::{Discount, DiscountChange, PendingUpdate, Subscription},
    },
    seats,
};

/// Product and discount of a subscription after a change that waited.
#[derive(Debug, Clone, Copy)]
pub struct Applied<'a> {
    /// Its product.
    pub offered: &'a ProductWithPrices,
    /// Its discount.
    pub discount: Option<&'a Discount>,
    /// Discount that it uses from now on.
    pub used: Option<Uuid>,
}

/// Applies a change that waited, at the `start` of the next period. A product that has no price in the subscription's
/// currency any more is not changed to, and then nothing is changed.
pub fn apply<'a>(
    update: &PendingUpdate,
    subscription: &mut Subscription,
    rows: &'a BillingRows,
    start: Timestamp,
) -> Applied<'a> {
    let mut applied = Applied {
        offered: &rows.offered,
        discount: rows.discount.as_ref(),
        used: None,
    };
    if update.product_id.is_some() {
        let next = rows.next_offered.as_ref();
        let next = next.filter(|next| Some(next.product.id) == update.product_id);
        let currency = subscription.currency;
        let Some(next) = next.filter(|next| next.active_in(currency).next().is_some()) else {
            return applied;
        };
        applied.offered = next;
        change_product(subscription, next, start);
    }
    subscription.seats = update.seats.or(subscription.seats);
    if update.product_id.is_some() {
        // Its bounds may have changed since.
        let range = seats::range(applied.offered.active_in(subscription.currency));
        let number = subscription.seats;
        subscription.seats = range.map(|range| range.clamp(number.unwrap_or(range.min)));
    }
    let next = match update.discount {
        DiscountChange::Keep => applied
            .discount
            .filter(|discount| is_for(discount, subscription)),
        DiscountChange::Remove => None,
        DiscountChange::Set(id) => rows.next_discount.as_ref().filter(|next| next.id == id),
    };
    if next.map(|next| next.id) != subscription.discount_id {
        applied.used = next.map(|next| next.id);
        subscription.discount_id = applied.used;
        subscription.discount_applied_at = None;
    }
    applied.discount = next;
    applied
}

/// True where a discount is for the product that the subscription has now.
pub fn is_for(discount: &Discount, subscription: &Subscription) -> bool {
    discount.fits(subscription.product_id, subscription.currency)
}

/// The subscription with the prices of another product, from `start` on. Another interval begins there, with an anchor
/// of its own.
pub fn change_product(subscription: &mut Subscription, next: &ProductWithPrices, start: Timestamp) {
    let product = &next.product;
    let sold = next.active_in(subscription.currency);
    subscription.product_id = product.id;
    subscription.price_ids.0 = sold.clone().map(|price| price.id).collect();
    let first = sold.clone().next();
    let price = sold
        .clone()
        .find(|price| price.cost().is_static())
        .or(first);
    subscription.tax_behavior = price.and_then(|price| price.tax_behavior);
    subscription.meter_interval = product.meter_interval;
    subscription.meter_interval_count = product.meter_interval_count;
    subscription.meter_period_start = product.meter_interval.map(|_| start);
    let interval = product
        .recurring_interval
        .unwrap_or(subscription.recurring_interval);
    let count = product.recurring_interval_count.unwrap_or(1);
    let old = (
        subscription.recurring_interval,
        subscription.recurring_interval_count,
    );
    if old != (interval, count) {
        subscription.recurring_interval = interval;
        subscription.recurring_interval_count = count;
        subscription.anchor_day = period::anchor(start);
    }
}
