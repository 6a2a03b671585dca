//! Orders.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

mod requests;

pub use crate::customers::User;
pub use requests::{OrderCreate, OrderFinalize, OrderUpdate};

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
    /// Status of an order.
    pub enum OrderStatus {
        /// Not final yet, and not charged.
        Draft = "draft",
        /// Waiting for payment.
        Pending = "pending",
        /// Paid in full.
        Paid = "paid",
        /// Paid, and refunded in full.
        Refunded = "refunded",
        /// Paid, and refunded in part.
        PartiallyRefunded = "partially_refunded",
        /// Cancelled before it was paid; it will never be charged.
        Void = "void",
    }
}

crate::words! {
    /// Reason for which an order was created.
    pub enum BillingReason {
        /// A one-time product was bought.
        Purchase = "purchase",
        /// A subscription was started.
        SubscriptionCreate = "subscription_create",
        /// A subscription was renewed.
        SubscriptionCycle = "subscription_cycle",
        /// Usage of a subscription was billed within its period.
        SubscriptionMeterCycle = "subscription_meter_cycle",
        /// A subscription was moved to another plan.
        SubscriptionUpdate = "subscription_update",
    }
}

crate::words! {
    /// Billing of an ordered product.
    pub enum ProductBillingType {
        /// Paid once.
        OneTime = "one_time",
        /// Paid every billing interval.
        Recurring = "recurring",
    }
}

crate::words! {
    /// Column of an export of orders.
    pub enum OrderExportColumn {
        /// E-mail address of the customer.
        Email = "email",
        /// Time at which the order was created.
        CreatedAt = "created_at",
        /// Name of the product, as it is now.
        Product = "product",
        /// Subtotal minus the discount, without tax.
        NetAmount = "net_amount",
        /// Currency of all amounts.
        Currency = "currency",
        /// Status of the order.
        Status = "status",
        /// Number of the invoice.
        InvoiceNumber = "invoice_number",
        /// Name of the customer.
        CustomerName = "customer_name",
        /// Name on the invoice.
        BillingName = "billing_name",
        /// Country of the billing address.
        BillingCountry = "billing_country",
        /// Sum of all lines before discount and tax.
        SubtotalAmount = "subtotal_amount",
        /// Discount.
        DiscountAmount = "discount_amount",
        /// Tax.
        TaxAmount = "tax_amount",
        /// Net amount and tax together.
        TotalAmount = "total_amount",
        /// Amount refunded so far, without tax.
        RefundedAmount = "refunded_amount",
        /// Reason for which the order was created.
        BillingReason = "billing_reason",
    }
}

/// One line of an order. Amounts are in minor units of the order's currency, such as cents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderItem {
    /// ID of the order line.
    pub id: Uuid,
    /// Time at which the order line was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the order line, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Description of the line, as the buyer sees it; usually the product's name.
    pub label: String,
    /// Amount of the line before discount and tax, in minor units.
    pub amount: i64,
    /// Tax on the line, in minor units.
    pub tax_amount: i64,
    /// True if the line settles part of a billing period after a change of plan.
    pub proration: bool,
    /// ID of the price that the line charges; null if it has none.
    pub product_price_id: Option<Uuid>,
    /// Start of the period that the line pays for; null if it is not for a period.
    pub start_timestamp: Option<Timestamp>,
    /// End of the period that the line pays for; null if it is not for a period.
    pub end_timestamp: Option<Timestamp>,
}

/// Invoice of an order, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderInvoice {
    /// Address of the PDF file, which works for ten minutes: whoever has it can fetch the file.
    pub url: String,
}

/// Receipt of an order, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderReceipt {
    /// Address of the PDF file, which works for ten minutes: whoever has it can fetch the file.
    pub url: String,
}

/// Page on which the customer can pay an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderPaymentPage {
    /// Address of the page, to hand to the customer: whoever has it can see the order's lines and pay.
    pub url: String,
}

/// Order: what a customer bought, and for how much. All amounts are in minor units of `currency`, such as cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Order {
    /// ID of the order.
    pub id: Uuid,
    /// Time at which the order was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the order, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Status of the order.
    pub status: OrderStatus,
    /// True if the order has been paid; also true after a refund.
    pub paid: bool,
    /// Sum of all lines before discount and tax, in minor units.
    pub subtotal_amount: i64,
    /// Discount, in minor units; 0 if there was none.
    pub discount_amount: i64,
    /// Subtotal minus the discount, without tax, in minor units.
    pub net_amount: i64,
    /// Tax, in minor units; 0 if none was charged.
    pub tax_amount: i64,
    /// Net amount and tax together, in minor units: what the order costs the customer.
    pub total_amount: i64,
    /// Part of the total that the customer's balance covered, in minor units.
    pub applied_balance_amount: i64,
    /// Deprecated: the negative of `applied_balance_amount`, in minor units.
    pub from_balance_amount: i64,
    /// Amount charged to the payment method, in minor units.
    pub due_amount: i64,
    /// Amount refunded so far, without tax, in minor units.
    pub refunded_amount: i64,
    /// Tax refunded so far, in minor units.
    pub refunded_tax_amount: i64,
    /// Amount that can still be refunded, without tax, in minor units.
    pub refundable_amount: i64,
    /// Tax that can still be refunded, in minor units.
    pub refundable_tax_amount: i64,
    /// Deprecated: equals `net_amount`, in minor units.
    pub amount: i64,
    /// Currency of all amounts of the order.
    pub currency: Currency,
    /// Reason for which the order was created.
    pub billing_reason: BillingReason,
    /// Name of the person or company on the invoice; null if none was given.
    pub billing_name: Option<String>,
    /// Billing address on the invoice; null if none was asked for.
    pub billing_address: Option<Address>,
    /// Number of the invoice, unique within the organization; null for a draft, which gets its number when it is charged.
    pub invoice_number: Option<String>,
    /// True if an invoice document can be downloaded.
    pub is_invoice_generated: bool,
    /// Number of the receipt; null if nothing was charged.
    pub receipt_number: Option<String>,
    /// Number of seats bought; null if the product is not sold by the seat.
    pub seats: Option<i64>,
    /// Number of units bought; null if the product is not sold by the unit.
    pub units: Option<i64>,
    /// ID of the customer who bought.
    pub customer_id: Uuid,
    /// Deprecated: equals `customer_id`.
    pub user_id: Uuid,
    /// Your own customer ID as the checkout session named it, if the customer who bought does not have that ID: the
    /// person signed in to your application may not be this customer. Null if both agree. Till's own field; Polar has
    /// none like it.
    pub conflicting_external_customer_id: Option<String>,
    /// ID of the product bought.
    pub product_id: Uuid,
    /// Deprecated: ID of the price; use `items`. Null if it is not known.
    pub product_price_id: Option<Uuid>,
    /// ID of the discount applied; null if there was none.
    pub discount_id: Option<Uuid>,
    /// ID of the subscription that the order belongs to; null for a one-time purchase.
    pub subscription_id: Option<Uuid>,
    /// ID of the checkout session in which the order was placed; null if there was none.
    pub checkout_id: Option<Uuid>,
    /// Time of the next attempt to charge the order; null if none is planned.
    pub next_payment_attempt_at: Option<Timestamp>,
    /// Your own key-value data, copied from the checkout session: up to 50 keys.
    pub metadata: Metadata,
    /// Answers of the buyer to the product's custom fields, by their slugs.
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
    /// Fee kept by the platform, in minor units; always 0, because Till takes none.
    pub platform_fee_amount: i64,
    /// Currency of the platform's fee; always null.
    pub platform_fee_currency: Option<String>,
    /// Customer who bought.
    pub customer: Customer,
    /// Deprecated: the customer, in the form that older clients read.
    pub user: User,
    /// Product bought, as it is now.
    pub product: Product,
    /// Deprecated: price of the product; use `items`. Null if it is not known.
    pub product_price: Option<Price>,
    /// Discount applied; null if there was none.
    pub discount: Option<DiscountBase>,
    /// Subscription that the order belongs to; null for a one-time purchase.
    pub subscription: Option<SubscriptionBase>,
    /// Lines of the order.
    pub items: Vec<OrderItem>,
    /// Short text that says what was bought.
    pub description: String,
}
