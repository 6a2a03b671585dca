//! Views for customers of what they bought: without the merchant's own data.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    address::Address,
    customers::CustomerType,
    money::Currency,
    orders::{BillingReason, Order, OrderItem, OrderStatus},
    organizations::{CustomerPortalSettings, OrganizationPublic},
    payment_methods::PaymentMethod,
    products::{Price, ProductPublic},
    subscriptions::{
        CancellationReason, MeterUsage, PendingSubscriptionUpdate, SubscriptionBase,
        SubscriptionStatus,
    },
    values::Interval,
};

/// Customer, as they see themselves in the portal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerPortalCustomer {
    /// Time at which the customer was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the customer, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the customer.
    pub id: Uuid,
    /// E-mail address of the customer.
    pub email: String,
    /// True if the customer has proved that the e-mail address is theirs.
    pub email_verified: bool,
    /// Name of the customer; null if it is not known.
    pub name: Option<String>,
    /// Name on the customer's invoices; `name` if no other was given, and null if neither is known.
    pub billing_name: Option<String>,
    /// Billing address of the customer; null if it is not known.
    pub billing_address: Option<Address>,
    /// Tax ID of the customer, as a list of the number and its format, such as `eu_vat`; null if there is none.
    #[schema(value_type = Option<Vec<String>>)]
    pub tax_id: Option<(String, String)>,
    /// Accounts on other platforms that the customer has connected; always empty, because Till connects none.
    #[schema(value_type = Object)]
    pub oauth_accounts: BTreeMap<String, String>,
    /// ID of the payment method that renewals are charged to; null if there is none.
    pub default_payment_method_id: Option<Uuid>,
    /// Type of the customer.
    #[serde(rename = "type")]
    pub kind: CustomerType,
    /// Preferred language of the customer, as a BCP 47 tag; null if it is not known.
    pub locale: Option<String>,
}

/// Features of an organization that the portal depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerOrganizationFeatureSettings {
    /// True if customers have members.
    pub member_model_enabled: bool,
    /// True if the checkout page is shown in the buyer's language; if not, it is in English.
    pub checkout_localization_enabled: bool,
}

/// Organization, as its customers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerOrganization {
    /// Fields that buyers see.
    #[serde(flatten)]
    pub public: OrganizationPublic,
    /// Settings of the customer portal.
    pub customer_portal_settings: CustomerPortalSettings,
    /// Features that the portal depends on.
    pub organization_features: CustomerOrganizationFeatureSettings,
}

/// Organization with the products that everybody can buy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerOrganizationData {
    /// Organization with this name in addresses.
    pub organization: CustomerOrganization,
    /// Products that are for sale everywhere, the oldest first; 100 at most.
    pub products: Vec<ProductPublic>,
}

/// Product, as a customer who bought it sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerBoughtProduct {
    /// Fields that buyers see.
    #[serde(flatten)]
    pub product: ProductPublic,
    /// Organization that sells it.
    pub organization: CustomerOrganization,
}

/// Fields that every view of a customer's subscription has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSubscriptionBase {
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
    /// Deprecated: ID of the first price; use `prices`. Null if there is none.
    pub price_id: Option<Uuid>,
    /// Deprecated: equals `customer_id`.
    pub user_id: Uuid,
}

impl From<SubscriptionBase> for CustomerSubscriptionBase {
    fn from(base: SubscriptionBase) -> Self {
        Self {
            id: base.id,
            created_at: base.created_at,
            modified_at: base.modified_at,
            amount: base.amount,
            currency: base.currency,
            recurring_interval: base.recurring_interval,
            recurring_interval_count: base.recurring_interval_count,
            status: base.status,
            current_period_start: base.current_period_start,
            current_period_end: base.current_period_end,
            current_meter_period_start: base.current_meter_period_start,
            current_meter_period_end: base.current_meter_period_end,
            trial_start: base.trial_start,
            trial_end: base.trial_end,
            cancel_at_period_end: base.cancel_at_period_end,
            canceled_at: base.canceled_at,
            started_at: base.started_at,
            ends_at: base.ends_at,
            ended_at: base.ended_at,
            past_due_at: base.past_due_at,
            pause_at_period_end: base.pause_at_period_end,
            paused_at: base.paused_at,
            resumes_at: base.resumes_at,
            customer_id: base.customer_id,
            product_id: base.product_id,
            discount_id: base.discount_id,
            checkout_id: base.checkout_id,
            seats: base.seats,
            units: base.units,
            customer_cancellation_reason: base.customer_cancellation_reason,
            customer_cancellation_comment: base.customer_cancellation_comment,
            price_id: base.price_id,
            user_id: base.user_id,
        }
    }
}

/// Meter of a customer's subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerSubscriptionMeterMeter {
    /// ID of the meter.
    pub id: Uuid,
    /// Time at which the meter was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the meter, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the meter.
    pub name: String,
}

/// Usage of a meter within a customer's subscription, together with the meter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSubscriptionMeter {
    /// Usage counted.
    #[serde(flatten)]
    pub usage: MeterUsage,
    /// Meter that counts the usage.
    pub meter: CustomerSubscriptionMeterMeter,
}

/// Subscription, as its customer sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSubscription {
    /// Fields that every view of a customer's subscription has.
    #[serde(flatten)]
    pub base: CustomerSubscriptionBase,
    /// Product subscribed to, as it is now.
    pub product: CustomerBoughtProduct,
    /// Deprecated: the first price; use `prices`. Null if there is none.
    pub price: Option<Price>,
    /// Prices that the subscription is billed by, archived ones included.
    pub prices: Vec<Price>,
    /// Meters that count the usage of metered prices.
    pub meters: Vec<CustomerSubscriptionMeter>,
    /// Change of plan that takes effect with the next period; null if there is none.
    pub pending_update: Option<PendingSubscriptionUpdate>,
}

/// Order, as its customer sees it. All amounts are in minor units of `currency`, such as cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerOrder {
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
    /// Net amount and tax together, in minor units: what the order costs.
    pub total_amount: i64,
    /// Part of the total that the customer's balance covered, in minor units.
    pub applied_balance_amount: i64,
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
    /// Number of the invoice, unique within the organization.
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
    /// Product bought, as it is now.
    pub product: CustomerBoughtProduct,
    /// Deprecated: price of the product; use `items`. Null if it is not known.
    pub product_price: Option<Price>,
    /// Subscription that the order belongs to; null for a one-time purchase.
    pub subscription: Option<CustomerSubscriptionBase>,
    /// Lines of the order.
    pub items: Vec<OrderItem>,
    /// Short text that says what was bought.
    pub description: String,
}

impl CustomerOrder {
    /// The order without what is the merchant's; `product` as its customer sees it.
    pub fn of(order: Order, product: CustomerBoughtProduct) -> Self {
        Self {
            id: order.id,
            created_at: order.created_at,
            modified_at: order.modified_at,
            status: order.status,
            paid: order.paid,
            subtotal_amount: order.subtotal_amount,
            discount_amount: order.discount_amount,
            net_amount: order.net_amount,
            tax_amount: order.tax_amount,
            total_amount: order.total_amount,
            applied_balance_amount: order.applied_balance_amount,
            due_amount: order.due_amount,
            refunded_amount: order.refunded_amount,
            refunded_tax_amount: order.refunded_tax_amount,
            refundable_amount: order.refundable_amount,
            refundable_tax_amount: order.refundable_tax_amount,
            amount: order.amount,
            currency: order.currency,
            billing_reason: order.billing_reason,
            billing_name: order.billing_name,
            billing_address: order.billing_address,
            invoice_number: order.invoice_number,
            is_invoice_generated: order.is_invoice_generated,
            receipt_number: order.receipt_number,
            seats: order.seats,
            units: order.units,
            customer_id: order.customer_id,
            user_id: order.user_id,
            product_id: order.product_id,
            product_price_id: order.product_price_id,
            discount_id: order.discount_id,
            subscription_id: order.subscription_id,
            checkout_id: order.checkout_id,
            next_payment_attempt_at: order.next_payment_attempt_at,
            product,
            product_price: order.product_price,
            subscription: order.subscription.map(Into::into),
            items: order.items,
            description: order.description,
        }
    }
}

crate::words! {
    /// State of an order's payment.
    pub enum CustomerOrderPaymentState {
        /// The order is paid.
        Succeeded = "succeeded",
        /// The order waits for its payment, or an attempt to pay it is under way.
        Pending = "pending",
        /// The customer's bank wants the customer to approve the payment.
        RequiresAction = "requires_action",
        /// The latest attempt to pay the order failed.
        Failed = "failed",
    }
}

/// Payment of an order, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerOrderPaymentStatus {
    /// State of the payment.
    pub status: CustomerOrderPaymentState,
    /// Reason why the latest attempt failed, for the customer; null if it did not.
    pub error: Option<String>,
}

/// Outcome of an attempt to pay an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerOrderPaymentConfirmation {
    /// State of the payment.
    pub status: CustomerOrderPaymentState,
    /// Secret with which the customer's browser approves the payment at the payment processor; null if nothing is to be
    /// approved.
    pub client_secret: Option<String>,
    /// Page of the bank on which the customer approves the payment; null if there is none. Till's own field; Polar has
    /// none like it.
    pub action_url: Option<String>,
    /// Reason why the attempt failed, for the customer; null if it did not.
    pub error: Option<String>,
}

/// Payment method that was saved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerPaymentMethodCreateSucceededResponse {
    /// Always `succeeded`: the payment method is saved.
    pub status: &'static str,
    /// Payment method that was saved.
    pub payment_method: PaymentMethod,
}

/// Payment method that the customer's bank wants the customer to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerPaymentMethodCreateRequiresActionResponse {
    /// Always `requires_action`: the customer has to approve first.
    pub status: &'static str,
    /// Secret with which the customer's browser approves at the payment processor.
    pub client_secret: String,
    /// Page of the bank on which the customer approves; null if there is none. Till's own field; Polar has none like it.
    pub action_url: Option<String>,
}

/// Outcome of an attempt to save a payment method: its `status` says which of the two it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum CustomerPaymentMethodCreateResponse {
    /// The payment method is saved.
    Succeeded(Box<CustomerPaymentMethodCreateSucceededResponse>),
    /// The customer's bank wants the customer to approve.
    RequiresAction(CustomerPaymentMethodCreateRequiresActionResponse),
}
