//! Saved payment methods of customers.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::payments::CardMetadata;

/// Payment method that a customer has saved, such as a card: subscriptions are renewed with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PaymentMethod {
    /// ID of the payment method.
    pub id: Uuid,
    /// Time at which the payment method was saved, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the payment method, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Payment processor; always `stripe`, the only value that clients accept.
    pub processor: &'static str,
    /// ID of the customer who has saved it.
    pub customer_id: Uuid,
    /// Type of the payment method, such as `card`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Details of the card.
    pub method_metadata: CardMetadata,
    /// True if it is the customer's default payment method.
    pub is_default: bool,
}
