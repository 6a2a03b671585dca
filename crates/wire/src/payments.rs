//! Payments.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::money::Currency;

crate::words! {
    /// Status of a payment.
    pub enum PaymentStatus {
        /// The outcome is not known yet.
        Pending = "pending",
        /// The money was taken.
        Succeeded = "succeeded",
        /// The payment was declined.
        Failed = "failed",
    }
}

crate::words! {
    /// Cause of a payment.
    pub enum PaymentTrigger {
        /// A buyer confirmed a checkout session.
        Purchase = "purchase",
        /// A subscription was renewed.
        SubscriptionCycle = "subscription_cycle",
        /// An unpaid order was tried again on schedule.
        RetryDunning = "retry_dunning",
        /// The customer paid an unpaid order.
        RetryCustomer = "retry_customer",
        /// The customer saved another card, and an unpaid order was tried with it.
        RetryPaymentMethodUpdate = "retry_payment_method_update",
        /// The merchant tried an unpaid order again.
        RetryAdmin = "retry_admin",
    }
}

/// Details of the card, as far as they may be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardMetadata {
    /// Brand of the card, such as `visa`.
    pub brand: String,
    /// Last four digits of the card number.
    pub last4: String,
    /// Month of expiry, 1 to 12.
    pub exp_month: i64,
    /// Year of expiry, with four digits.
    pub exp_year: i64,
    /// Wallet that held the card, such as `apple_pay`; null if it was entered by hand.
    #[serde(default)]
    pub wallet: Option<String>,
}

/// Payment: one attempt to take money, whether it succeeded or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Payment {
    /// ID of the payment.
    pub id: Uuid,
    /// Time at which the payment was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the payment, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Payment processor; always `stripe`, the only value that clients accept.
    pub processor: &'static str,
    /// Status of the payment.
    pub status: PaymentStatus,
    /// Amount of the payment, tax included, in minor units of `currency`, such as cents.
    pub amount: i64,
    /// Currency of the payment.
    pub currency: Currency,
    /// Payment method, such as `card`.
    pub method: String,
    /// Details of the card; null if the payment was not made by card.
    pub method_metadata: Option<CardMetadata>,
    /// Cause of the payment; null if it is not known.
    pub trigger: Option<PaymentTrigger>,
    /// Code of the reason for which the payment was declined; null if it was not.
    pub decline_reason: Option<String>,
    /// Sentence that explains the decline; null if the payment was not declined.
    pub decline_message: Option<String>,
    /// ID of the organization that the payment belongs to.
    pub organization_id: Uuid,
    /// ID of the checkout session that was paid for; null if there was none.
    pub checkout_id: Option<Uuid>,
    /// ID of the order that was paid for; null if there is none, as after a decline.
    pub order_id: Option<Uuid>,
    /// Data of the payment processor: `request_id` is its ID of the request that failed, if one did.
    #[schema(value_type = Object)]
    pub processor_metadata: Map<String, Value>,
}
