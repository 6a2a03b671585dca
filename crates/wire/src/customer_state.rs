//! A customer with what it holds now.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    customers::Customer,
    metadata::Metadata,
    money::Currency,
    subscriptions::{MeterUsage, SubscriptionStatus},
    values::Interval,
};

/// A subscription within a customer's state.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct StateSubscription {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub metadata: Metadata,
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    pub status: SubscriptionStatus,
    pub amount: i64,
    pub currency: Currency,
    pub recurring_interval: Interval,
    pub current_period_start: Timestamp,
    pub current_period_end: Timestamp,
    pub trial_start: Option<Timestamp>,
    pub trial_end: Option<Timestamp>,
    pub cancel_at_period_end: bool,
    pub canceled_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub product_id: Uuid,
    pub discount_id: Option<Uuid>,
    pub price_id: Option<Uuid>,
    pub seats: Option<i64>,
    pub units: Option<i64>,
    pub meters: Vec<MeterUsage>,
}

/// A customer with what it holds now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerState {
    /// The customer.
    #[serde(flatten)]
    pub customer: Customer,
    /// Active and trialing subscriptions.
    pub active_subscriptions: Vec<StateSubscription>,
    /// Granted benefits.
    pub granted_benefits: Vec<Value>,
    /// Meters in use.
    pub active_meters: Vec<Value>,
}
