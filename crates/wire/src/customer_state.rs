//! A customer with what it holds now.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    customers::Customer,
    grants::StateBenefitGrant,
    metadata::Metadata,
    money::Currency,
    subscriptions::{MeterUsage, SubscriptionStatus},
    usage::CustomerStateMeter,
    values::Interval,
};

/// Subscription within a customer's state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StateSubscription {
    /// ID of the subscription.
    pub id: Uuid,
    /// Time at which the subscription was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the subscription, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Your own key-value data on the subscription: up to 50 keys.
    pub metadata: Metadata,
    /// Answers of the buyer to the product's custom fields, by their slugs.
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    /// Status of the subscription: `active` or `trialing`.
    pub status: SubscriptionStatus,
    /// Price of one period after discount, in minor units of `currency`, such as cents.
    pub amount: i64,
    /// Currency that the subscription is billed in.
    pub currency: Currency,
    /// Unit of the billing interval.
    pub recurring_interval: Interval,
    /// Start of the current billing period, in UTC.
    pub current_period_start: Timestamp,
    /// End of the current billing period, in UTC.
    pub current_period_end: Timestamp,
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
    /// ID of the product subscribed to.
    pub product_id: Uuid,
    /// ID of the discount applied; null if there is none.
    pub discount_id: Option<Uuid>,
    /// Deprecated: ID of the first price. Null if there is none.
    pub price_id: Option<Uuid>,
    /// Number of seats; null if the product is not sold by the seat.
    pub seats: Option<i64>,
    /// Number of units; null if the product is not sold by the unit.
    pub units: Option<i64>,
    /// Usage of metered prices that is not billed yet.
    pub meters: Vec<MeterUsage>,
}

/// State of a customer: who they are, and what they have access to now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerState {
    /// Customer whose state it is.
    #[serde(flatten)]
    pub customer: Customer,
    /// Subscriptions that are active or in their trial.
    pub active_subscriptions: Vec<StateSubscription>,
    /// Benefits that the customer has.
    pub granted_benefits: Vec<StateBenefitGrant>,
    /// Meters with usage by the customer.
    pub active_meters: Vec<CustomerStateMeter>,
}
