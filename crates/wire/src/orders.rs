//! Orders.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use crate::customers::User;
use crate::{
    address::Address,
    customers::Customer,
    discounts::DiscountBase,
    metadata::Metadata,
    money::Currency,
    products::{Price, Product},
    subscriptions::SubscriptionBase,
};

crate::words! {
    /// Where an order stands.
    pub enum OrderStatus {
        /// Not final.
        Draft = "draft",
        /// Waiting for money.
        Pending = "pending",
        /// Paid.
        Paid = "paid",
        /// Paid back.
        Refunded = "refunded",
        /// Partly paid back.
        PartiallyRefunded = "partially_refunded",
        /// Will never be paid.
        Void = "void",
    }
}

crate::words! {
    /// Why an order was made.
    pub enum BillingReason {
        /// A one-time purchase.
        Purchase = "purchase",
        /// A new subscription.
        SubscriptionCreate = "subscription_create",
        /// A renewal.
        SubscriptionCycle = "subscription_cycle",
        /// A change of plan.
        SubscriptionUpdate = "subscription_update",
    }
}

crate::words! {
    /// How the ordered product is paid.
    pub enum ProductBillingType {
        /// Once.
        OneTime = "one_time",
        /// Every interval.
        Recurring = "recurring",
    }
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct OrderItem {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub label: String,
    /// Minor units, before discount and tax.
    pub amount: i64,
    pub tax_amount: i64,
    pub proration: bool,
    pub product_price_id: Option<Uuid>,
    pub start_timestamp: Option<Timestamp>,
    pub end_timestamp: Option<Timestamp>,
}

/// An order. All amounts in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct Order {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub status: OrderStatus,
    pub paid: bool,
    pub subtotal_amount: i64,
    pub discount_amount: i64,
    pub net_amount: i64,
    pub tax_amount: i64,
    pub total_amount: i64,
    pub applied_balance_amount: i64,
    /// Deprecated: the negative of `applied_balance_amount`.
    pub from_balance_amount: i64,
    pub due_amount: i64,
    pub refunded_amount: i64,
    pub refunded_tax_amount: i64,
    pub refundable_amount: i64,
    pub refundable_tax_amount: i64,
    /// Deprecated: equals `net_amount`.
    pub amount: i64,
    pub currency: Currency,
    pub billing_reason: BillingReason,
    pub billing_name: Option<String>,
    pub billing_address: Option<Address>,
    pub invoice_number: String,
    pub is_invoice_generated: bool,
    pub receipt_number: Option<String>,
    pub seats: Option<i64>,
    pub units: Option<i64>,
    pub customer_id: Uuid,
    /// Deprecated: the customer.
    pub user_id: Uuid,
    /// The external id that the checkout session named, where the customer does not have it: whoever was signed in
    /// at the merchant's may not be this customer. Null where they agree. Polar has no such field.
    pub conflicting_external_customer_id: Option<String>,
    pub product_id: Uuid,
    pub product_price_id: Option<Uuid>,
    pub discount_id: Option<Uuid>,
    pub subscription_id: Option<Uuid>,
    pub checkout_id: Option<Uuid>,
    pub next_payment_attempt_at: Option<Timestamp>,
    pub metadata: Metadata,
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    pub platform_fee_amount: i64,
    pub platform_fee_currency: Option<String>,
    pub customer: Customer,
    pub user: User,
    pub product: Product,
    pub product_price: Option<Price>,
    pub discount: Option<DiscountBase>,
    pub subscription: Option<SubscriptionBase>,
    pub items: Vec<OrderItem>,
    pub description: String,
}
