//! Subscriptions.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    customers::{Customer, User},
    discounts::DiscountBase,
    metadata::Metadata,
    meters::Meter,
    money::Currency,
    products::{Price, Product},
    values::Interval,
};

mod previews;
mod requests;

pub use previews::*;
pub use requests::*;

crate::words! {
    /// Status of a subscription.
    pub enum SubscriptionStatus {
        /// Kept for older clients: its first payment is missing.
        Incomplete = "incomplete",
        /// Kept for older clients: its first payment never arrived.
        IncompleteExpired = "incomplete_expired",
        /// In its trial period.
        Trialing = "trialing",
        /// Paid up.
        Active = "active",
        /// A renewal has not been paid yet.
        PastDue = "past_due",
        /// Ended.
        Canceled = "canceled",
        /// Kept for older clients: given up after unpaid renewals.
        Unpaid = "unpaid",
        /// Paused, and not charged until it resumes.
        Paused = "paused",
    }
}

crate::words! {
    /// Reason that a customer gave for cancelling.
    pub enum CancellationReason {
        /// The support was not good enough.
        CustomerService = "customer_service",
        /// The quality was not good enough.
        LowQuality = "low_quality",
        /// Features were missing.
        MissingFeatures = "missing_features",
        /// The customer moved to another service.
        SwitchedService = "switched_service",
        /// The product was too hard to use.
        TooComplex = "too_complex",
        /// The price was too high.
        TooExpensive = "too_expensive",
        /// The product was not used enough.
        Unused = "unused",
        /// Another reason.
        Other = "other",
    }
}

crate::words! {
    /// Column of an export of subscriptions.
    pub enum SubscriptionExportColumn {
        /// E-mail address of the customer.
        Email = "email",
        /// Time at which the subscription became active or its trial began.
        StartedAt = "started_at",
        /// Name of the product, as it is now.
        Product = "product",
        /// Price of one period after discount.
        Amount = "amount",
        /// Currency of the amounts.
        Currency = "currency",
        /// Status of the subscription.
        Status = "status",
        /// Unit of the billing interval.
        RecurringInterval = "recurring_interval",
        /// Name of the customer.
        CustomerName = "customer_name",
        /// Name on the customer's invoices.
        BillingName = "billing_name",
        /// Country of the customer's billing address.
        BillingCountry = "billing_country",
        /// Price of one period after discount, as in `amount`.
        NetAmount = "net_amount",
        /// Name of the discount applied.
        Discount = "discount",
        /// Number of seats.
        Seats = "seats",
        /// Start of the current billing period.
        CurrentPeriodStart = "current_period_start",
        /// End of the current billing period.
        CurrentPeriodEnd = "current_period_end",
        /// End with the current period: `true` or `false`.
        CancelAtPeriodEnd = "cancel_at_period_end",
        /// Time of the cancellation.
        CanceledAt = "canceled_at",
        /// Time at which the subscription will end.
        EndsAt = "ends_at",
        /// Time at which the subscription ended.
        EndedAt = "ended_at",
        /// Reason that the customer gave for cancelling.
        CancellationReason = "cancellation_reason",
        /// Start of the trial.
        TrialStart = "trial_start",
        /// End of the trial.
        TrialEnd = "trial_end",
    }
}

/// Fields that every view of a subscription has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubscriptionBase {
    /// ID of the subscription.
    pub id: Uuid,
    /// Time at which the subscription was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the subscription, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Price of one period after discount, in minor units of `currency`, such as cents.
    pub amount: i64,
    /// Currency that the subscription is billed in.
    pub currency: Currency,
    /// Unit of the billing interval.
    pub recurring_interval: Interval,
    /// Number of interval units in one billing period: 3 with `month` bills every quarter.
    pub recurring_interval_count: i64,
    /// Status of the subscription.
    pub status: SubscriptionStatus,
    /// Start of the current billing period, in UTC.
    pub current_period_start: Timestamp,
    /// End of the current billing period, in UTC.
    pub current_period_end: Timestamp,
    /// Start of the current usage period; always null, because Till settles usage with the billing period.
    pub current_meter_period_start: Option<Timestamp>,
    /// End of the current usage period; always null, because Till settles usage with the billing period.
    pub current_meter_period_end: Option<Timestamp>,
    /// Start of the trial; null if there was none.
    pub trial_start: Option<Timestamp>,
    /// End of the trial; null if there was none.
    pub trial_end: Option<Timestamp>,
    /// True if the subscription ends with the current period.
    pub cancel_at_period_end: bool,
    /// Time of the cancellation; null if the subscription has not been cancelled.
    pub canceled_at: Option<Timestamp>,
    /// Time at which the subscription became active or its trial began; null if it has not started.
    pub started_at: Option<Timestamp>,
    /// Time at which the subscription will end; null if no end is planned.
    pub ends_at: Option<Timestamp>,
    /// Time at which the subscription ended; null if it has not ended.
    pub ended_at: Option<Timestamp>,
    /// Time since which a renewal has been unpaid; null if none is.
    pub past_due_at: Option<Timestamp>,
    /// True if the subscription is paused at the end of the current period.
    pub pause_at_period_end: bool,
    /// Time since which the subscription has been paused; null if it is not.
    pub paused_at: Option<Timestamp>,
    /// Time at which a paused subscription resumes; null if none is set.
    pub resumes_at: Option<Timestamp>,
    /// ID of the customer who subscribes.
    pub customer_id: Uuid,
    /// ID of the product subscribed to.
    pub product_id: Uuid,
    /// ID of the discount applied; null if there is none.
    pub discount_id: Option<Uuid>,
    /// ID of the checkout session in which the subscription was started; null if there was none.
    pub checkout_id: Option<Uuid>,
    /// Number of seats; null if the product is not sold by the seat.
    pub seats: Option<i64>,
    /// Number of units; null if the product is not sold by the unit.
    pub units: Option<i64>,
    /// Reason that the customer gave for cancelling; null if none was given.
    pub customer_cancellation_reason: Option<CancellationReason>,
    /// Comment that the customer left when cancelling; null if there is none.
    pub customer_cancellation_comment: Option<String>,
    /// Your own key-value data, copied from the checkout session: up to 50 keys.
    pub metadata: Metadata,
    /// Answers of the buyer to the product's custom fields, by their slugs.
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    /// Deprecated: ID of the first price; use `prices`. Null if there is none.
    pub price_id: Option<Uuid>,
    /// Deprecated: equals `customer_id`.
    pub user_id: Uuid,
}

/// Usage counted by one meter that is not billed yet, and what it costs so far.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeterUsage {
    /// ID of the pair of subscription and meter; it stays the same for as long as the subscription has the meter.
    pub id: Uuid,
    /// Time since which usage has been counted, in UTC.
    pub created_at: Timestamp,
    /// Time of the last count, in UTC; null if nothing has been counted.
    pub modified_at: Option<Timestamp>,
    /// Number of units used that are not billed yet.
    pub consumed_units: f64,
    /// Number of units that the customer may use without charge.
    pub credited_units: i64,
    /// Amount due for the usage so far, in minor units of the subscription's currency.
    pub amount: i64,
    /// ID of the meter.
    pub meter_id: Uuid,
}

/// Usage of a meter within a subscription, together with the meter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubscriptionMeter {
    /// Usage counted.
    #[serde(flatten)]
    pub usage: MeterUsage,
    /// Meter that counts the usage.
    pub meter: Meter,
}

/// Change of a subscription that takes effect with its next period. A field that does not change is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PendingSubscriptionUpdate {
    /// ID of the change.
    pub id: Uuid,
    /// Time at which the change was first asked for, in UTC.
    pub created_at: Timestamp,
    /// Time at which the change was last replaced, in UTC; null if it never was.
    pub modified_at: Option<Timestamp>,
    /// Time at which the change takes effect, in UTC.
    pub applies_at: Timestamp,
    /// ID of the product to change to; null if the product stays.
    pub product_id: Option<Uuid>,
    /// Number of seats to change to; null if it stays.
    pub seats: Option<i64>,
    /// Number of units to change to; null if it stays.
    pub units: Option<i64>,
}

/// Subscription: a product that a customer pays for every billing interval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscription {
    /// Fields that every view of a subscription has.
    #[serde(flatten)]
    pub base: SubscriptionBase,
    /// Customer who subscribes.
    pub customer: Customer,
    /// Deprecated: the customer, in the form that older clients read.
    pub user: User,
    /// Product subscribed to, as it is now.
    pub product: Product,
    /// Discount applied; null if there is none.
    pub discount: Option<DiscountBase>,
    /// Deprecated: the first price; use `prices`. Null if there is none.
    pub price: Option<Price>,
    /// Prices that the subscription is billed by, archived ones included.
    pub prices: Vec<Price>,
    /// Meters that count the usage of metered prices.
    pub meters: Vec<SubscriptionMeter>,
    /// Change of plan that takes effect with the next period; null if there is none.
    pub pending_update: Option<PendingSubscriptionUpdate>,
}
