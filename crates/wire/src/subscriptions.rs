//! Subscriptions.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
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

crate::words! {
    /// Where a subscription stands.
    pub enum SubscriptionStatus {
        /// Legacy.
        Incomplete = "incomplete",
        /// Legacy.
        IncompleteExpired = "incomplete_expired",
        /// In its trial.
        Trialing = "trialing",
        /// Paid.
        Active = "active",
        /// A renewal is unpaid.
        PastDue = "past_due",
        /// Ended.
        Canceled = "canceled",
        /// Legacy.
        Unpaid = "unpaid",
        /// Paused.
        Paused = "paused",
    }
}

crate::words! {
    /// Why a customer cancelled.
    pub enum CancellationReason {
        /// The help was not good.
        CustomerService = "customer_service",
        /// The product was not good.
        LowQuality = "low_quality",
        /// Something is missing.
        MissingFeatures = "missing_features",
        /// Went elsewhere.
        SwitchedService = "switched_service",
        /// Hard to use.
        TooComplex = "too_complex",
        /// Costs too much.
        TooExpensive = "too_expensive",
        /// Not used.
        Unused = "unused",
        /// Anything else.
        Other = "other",
    }
}

/// What every view of a subscription shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct SubscriptionBase {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    /// Minor units per period, after discount.
    pub amount: i64,
    pub currency: Currency,
    pub recurring_interval: Interval,
    pub recurring_interval_count: i64,
    pub status: SubscriptionStatus,
    pub current_period_start: Timestamp,
    pub current_period_end: Timestamp,
    pub current_meter_period_start: Option<Timestamp>,
    pub current_meter_period_end: Option<Timestamp>,
    pub trial_start: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    pub cancel_at_period_end: bool,
    pub canceled_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub past_due_at: Option<Timestamp>,
    pub pause_at_period_end: bool,
    pub paused_at: Option<Timestamp>,
    pub resumes_at: Option<Timestamp>,
    pub customer_id: Uuid,
    pub product_id: Uuid,
    pub discount_id: Option<Uuid>,
    pub checkout_id: Option<Uuid>,
    pub seats: Option<i64>,
    pub units: Option<i64>,
    pub customer_cancellation_reason: Option<String>,
    pub customer_cancellation_comment: Option<String>,
    pub metadata: Metadata,
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    /// Deprecated: the first price.
    pub price_id: Option<Uuid>,
    /// Deprecated: the customer.
    pub user_id: Uuid,
}

/// What was used of a meter in this billing period, and what it comes to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeterUsage {
    /// Id; the same as long as the subscription has the meter.
    pub id: Uuid,
    /// Since when it is counted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Units that were used; 0 as long as events are not taken in.
    #[schema(value_type = f64)]
    pub consumed_units: i64,
    /// Units that were given.
    pub credited_units: i64,
    /// What is due for it so far, in minor units.
    pub amount: i64,
    /// The meter.
    pub meter_id: Uuid,
}

/// [`MeterUsage`] with the meter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubscriptionMeter {
    /// The usage.
    #[serde(flatten)]
    pub usage: MeterUsage,
    /// The meter.
    pub meter: Meter,
}

/// A subscription.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct Subscription {
    #[serde(flatten)]
    pub base: SubscriptionBase,
    pub customer: Customer,
    pub user: User,
    pub product: Product,
    pub discount: Option<DiscountBase>,
    pub price: Option<Price>,
    pub prices: Vec<Price>,
    pub meters: Vec<SubscriptionMeter>,
    pub pending_update: Option<Value>,
}
