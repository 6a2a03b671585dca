//! Payments.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::money::Currency;

crate::words! {
    /// How a payment ended.
    pub enum PaymentStatus {
        /// Not known yet.
        Pending = "pending",
        /// Paid.
        Succeeded = "succeeded",
        /// Refused.
        Failed = "failed",
    }
}

crate::words! {
    /// What caused a payment.
    pub enum PaymentTrigger {
        /// A checkout.
        Purchase = "purchase",
        /// A renewal.
        SubscriptionCycle = "subscription_cycle",
    }
}

/// A card, as far as it may be kept: brand, last four, expiry, fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct CardMetadata {
    pub brand: String,
    pub last4: String,
    pub exp_month: i64,
    pub exp_year: i64,
    #[serde(default)]
    pub wallet: Option<String>,
}

/// An attempt to take money.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct Payment {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    /// Always `stripe`, the only value that clients accept.
    pub processor: &'static str,
    pub status: PaymentStatus,
    /// Minor units.
    pub amount: i64,
    pub currency: Currency,
    /// `card`.
    pub method: String,
    pub method_metadata: Option<CardMetadata>,
    pub trigger: Option<PaymentTrigger>,
    pub decline_reason: Option<String>,
    pub decline_message: Option<String>,
    pub organization_id: Uuid,
    pub checkout_id: Option<Uuid>,
    pub order_id: Option<Uuid>,
    #[schema(value_type = Object)]
    pub processor_metadata: Map<String, Value>,
}
