//! Subscriptions: how they begin, renew, change, pause and end (docs/behaviour/subscriptions.md).

pub mod bill;
pub mod cancel;
pub mod change;
pub mod claims;
pub mod create;
pub mod dun;
pub mod first_seat;
#[cfg(test)]
pub(crate) mod model;
pub mod pause;
pub mod pending;
pub mod prorate;
pub mod renew;
pub mod revoke;
pub mod schedule;
pub mod start;
#[cfg(test)]
pub(crate) mod tests;
pub mod trials;

use till_wire::{
    discounts::DiscountBase,
    subscriptions::{
        MeterUsage, PendingSubscriptionUpdate, Subscription as View, SubscriptionBase,
        SubscriptionMeter, SubscriptionStatus,
    },
};
use uuid::Uuid;

use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        context::DecisionContext,
        records::{Customer, PendingUpdate, Subscription},
    },
    orders::user,
    usage::due,
};

impl PendingUpdate {
    /// The change as the API shows it.
    pub fn view(&self) -> PendingSubscriptionUpdate {
        PendingSubscriptionUpdate {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            applies_at: self.applies_at,
            product_id: self.product_id,
            seats: self.seats,
            units: None,
        }
    }
}

impl Subscription {
    /// True where it counts against "one subscription per customer" (docs/behaviour: subscriptions/billable).
    pub fn is_billable(&self) -> bool {
        matches!(
            self.status,
            SubscriptionStatus::Active | SubscriptionStatus::Trialing | SubscriptionStatus::PastDue
        )
    }

    /// True where it will be charged again.
    pub fn is_charged_again(&self) -> bool {
        match self.status {
            _ if self.ended_at.is_some() => false,
            SubscriptionStatus::Paused => self.resumes_at.is_some(),
            _ => self.is_billable() && !self.cancel_at_period_end,
        }
    }

    /// Ended now.
    pub fn revoked(&self, ctx: &DecisionContext) -> Subscription {
        Subscription {
            status: SubscriptionStatus::Canceled,
            modified_at: Some(ctx.now),
            canceled_at: Some(ctx.now),
            ends_at: Some(ctx.now),
            ended_at: Some(ctx.now),
            pending_update: None,
            next_due_at: None,
            ..self.clone()
        }
    }

    /// The part that every view of it shows.
    pub fn base(&self) -> SubscriptionBase {
        let usage = self.meter_interval.map(|_| self.usage_period());
        SubscriptionBase {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            amount: self.amount,
            currency: self.currency,
            recurring_interval: self.recurring_interval,
            recurring_interval_count: self.recurring_interval_count,
            status: self.status,
            current_period_start: self.current_period_start,
            current_period_end: self.current_period_end,
            current_meter_period_start: usage.map(|period| period.start),
            current_meter_period_end: usage.map(|period| period.end),
            trial_start: self.trial_start,
            trial_end: self.trial_end,
            cancel_at_period_end: self.cancel_at_period_end,
            canceled_at: self.canceled_at,
            started_at: self.started_at,
            ends_at: self.ends_at,
            ended_at: self.ended_at,
            past_due_at: self.past_due_at,
            pause_at_period_end: self.pause_at_period_end,
            paused_at: self.paused_at,
            resumes_at: self.resumes_at,
            customer_id: self.customer_id,
            product_id: self.product_id,
            discount_id: self.discount_id,
            checkout_id: self.checkout_id,
            seats: self.seats,
            units: None,
            customer_cancellation_reason: self.customer_cancellation_reason,
            customer_cancellation_comment: self.customer_cancellation_comment.clone(),
            metadata: self.metadata.0.clone(),
            custom_field_data: self.custom_field_data.0.clone(),
            price_id: self.price_ids.first().copied(),
            user_id: self.customer_id,
        }
    }

    /// The meters of its metered prices, in the order of the prices, with the usage that is not billed yet.
    fn meters(&self, offered: &ProductWithPrices) -> Vec<SubscriptionMeter> {
        let shown = due::shown(self, &offered.prices, &offered.parts).into_iter();
        let meters = shown.map(|(usage, meter)| SubscriptionMeter {
            usage,
            meter: meter.view(),
        });
        meters.collect()
    }

    /// No usage of a meter. The id is made of both ids, so that it is the same in every answer.
    pub fn usage(&self, meter_id: Uuid) -> MeterUsage {
        let (own, meter) = (self.id.as_u128(), meter_id.as_u128());
        MeterUsage {
            id: uuid::Builder::from_random_bytes((own ^ meter).to_be_bytes()).into_uuid(),
            created_at: self.created_at,
            modified_at: None,
            consumed_units: 0.0,
            credited_units: 0,
            amount: 0,
            meter_id,
        }
    }

    /// The subscription as the API shows it; its own prices stay even when archived
    /// (docs/behaviour: subscriptions/own-prices).
    pub fn view(
        &self,
        customer: &Customer,
        offered: &ProductWithPrices,
        discount: Option<DiscountBase>,
    ) -> View {
        let prices: Vec<_> = self
            .price_ids
            .iter()
            .filter_map(|id| offered.prices.iter().find(|p| p.id == *id))
            .map(|p| offered.price_view(p))
            .collect();
        View {
            base: self.base(),
            customer: customer.view(),
            user: user(customer),
            product: offered.view(),
            discount,
            price: prices.first().cloned(),
            prices,
            meters: self.meters(offered),
            pending_update: self.pending_update.as_deref().map(PendingUpdate::view),
        }
    }
}
