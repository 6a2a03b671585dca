//! Records of what was sold: subscriptions, orders, and what customers have to their credit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::{
    address::Address,
    metadata::Metadata,
    money::Currency,
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::TaxBehaviorOption,
    subscriptions::{CancellationReason, SubscriptionStatus},
    tax::TaxLine,
    values::Interval,
    words,
};
use uuid::Uuid;

use crate::{kernel::values::Json, record};

/// Change of a subscription that takes effect at the end of the current period. Kept with the subscription as JSON
/// (docs/behaviour: subscriptions/pending-update).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingUpdate {
    /// ID of the change.
    pub id: Uuid,
    /// Time at which it was first asked for.
    pub created_at: Timestamp,
    /// Time at which it was last replaced.
    pub modified_at: Option<Timestamp>,
    /// End of the period, as it was when the change was asked for.
    pub applies_at: Timestamp,
    /// Product to change to; none: it stays.
    pub product_id: Option<Uuid>,
    /// Number of seats; none: it stays.
    pub seats: Option<i64>,
    /// Change of the discount.
    pub discount: DiscountChange,
}

/// Change to the discount of a subscription.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountChange {
    /// It stays.
    #[default]
    Keep,
    /// It is taken away.
    Remove,
    /// This one takes its place.
    Set(Uuid),
}

words! {
    /// Reason of an entry of a customer's balance.
    pub enum BalanceReason {
        /// An order used credit, or added debt to what is due.
        Applied = "applied",
        /// An order with a negative total was credited.
        Credit = "credit",
        /// An order cost less than the least amount that can be charged: the amount became debt.
        BelowMinimum = "below_minimum",
        /// An order was voided, and what it had used was given back.
        Restored = "restored",
        /// A refund took back credit.
        Refund = "refund",
    }
}

record! {
    /// Balance of a customer in one currency, minor units: credit where positive, debt where negative. Always the sum of
    /// its entries.
    "customer_balances", versioned;
    pub struct CustomerBalance {
        id: Uuid,
        created_at: Timestamp,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        currency: Currency,
        amount: i64,
    }
}

record! {
    /// Change of a customer's balance, minor units.
    "balance_entries";
    pub struct BalanceEntry {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        customer_id: Uuid,
        currency: Currency,
        amount: i64,
        kind: BalanceReason,
        order_id: Option<Uuid>,
    }
}

record! {
    /// A subscription.
    "subscriptions", versioned;
    pub struct Subscription {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        product_id: Uuid,
        checkout_id: Option<Uuid>,
        payment_method_id: Option<Uuid>,
        status: SubscriptionStatus,
        /// Cost of a period after its discount, minor units.
        amount: i64,
        /// Amount that the buyer agreed to pay for a period before any discount, minor units: where a price leaves the
        /// amount to the buyer, that is the amount of each renewal.
        base_amount: i64,
        currency: Currency,
        recurring_interval: Interval,
        recurring_interval_count: i64,
        anchor_day: i64,
        started_at: Option<Timestamp>,
        current_period_start: Timestamp,
        current_period_end: Timestamp,
        cancel_at_period_end: bool,
        canceled_at: Option<Timestamp>,
        ends_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        price_ids: Json<Vec<Uuid>>,
        metadata: Json<Metadata>,
        discount_id: Option<Uuid>,
        discount_applied_at: Option<Timestamp>,
        seats: Option<i64>,
        trial_start: Option<Timestamp>,
        trial_end: Option<Timestamp>,
        tax_behavior: Option<TaxBehaviorOption>,
        custom_field_data: Json<Metadata>,
        past_due_at: Option<Timestamp>,
        pause_at_period_end: bool,
        paused_at: Option<Timestamp>,
        resumes_at: Option<Timestamp>,
        customer_cancellation_reason: Option<CancellationReason>,
        customer_cancellation_comment: Option<String>,
        /// Change that takes effect with the next period.
        pending_update: Option<Json<PendingUpdate>>,
        /// Attempt that charges a change at once: while it is set the subscription is locked.
        attempt_id: Option<Uuid>,
        /// Next moment at which anything is due: the period's end, the end of a pause, a retry. Worked out by
        /// [`crate::subscriptions::schedule`]; none where nothing is due any more.
        next_due_at: Option<Timestamp>,
        /// Interval at which usage is billed, with its count; none: with the subscription.
        meter_interval: Option<Interval>,
        meter_interval_count: Option<i64>,
        /// Start of the period that usage is billed for next, where it is not the billing period's own.
        meter_period_start: Option<Timestamp>,
    }
}

record! {
    /// A line that waits for the next order of its subscription: credit or debit for a change within a period. Minor
    /// units, after the discount of that period.
    "billing_entries";
    pub struct BillingEntry {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        subscription_id: Uuid,
        label: String,
        amount: i64,
        currency: Currency,
        price_id: Option<Uuid>,
        starts_at: Timestamp,
        ends_at: Timestamp,
    }
}

record! {
    /// An order.
    "orders", versioned;
    pub struct Order {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        product_id: Uuid,
        price_id: Option<Uuid>,
        subscription_id: Option<Uuid>,
        checkout_id: Option<Uuid>,
        status: OrderStatus,
        billing_reason: BillingReason,
        conflicting_external_customer_id: Option<String>,
        currency: Currency,
        subtotal_amount: i64,
        discount_amount: i64,
        net_amount: i64,
        tax_amount: i64,
        /// Given back so far, without tax.
        refunded_amount: i64,
        /// Tax given back so far.
        refunded_tax_amount: i64,
        /// Balance used, with its sign: negative lowers what is due, positive adds debt.
        applied_balance_amount: i64,
        /// Next automatic attempt to charge it.
        next_payment_attempt_at: Option<Timestamp>,
        /// Attempts that failed and count for dunning.
        failed_payments: i64,
        billing_name: Option<String>,
        billing_address: Option<Json<Address>>,
        tax_id: Option<String>,
        /// None of a draft.
        invoice_number: Option<String>,
        receipt_number: Option<String>,
        /// Of the content that the invoice's file was made of; none where there is no file.
        invoice_digest: Option<String>,
        /// The same of the receipt's.
        receipt_digest: Option<String>,
        /// Numbers of credit notes that were given.
        credit_notes: i64,
        description: String,
        items: Json<Vec<OrderItem>>,
        metadata: Json<Metadata>,
        discount_id: Option<Uuid>,
        seats: Option<i64>,
        tax_behavior: Option<TaxBehaviorOption>,
        tax_breakdown: Option<Json<Vec<TaxLine>>>,
        custom_field_data: Json<Metadata>,
        /// True where usage was settled with it by an end at once, or by a change: no credits are given again for it.
        settles_usage: bool,
    }
}
