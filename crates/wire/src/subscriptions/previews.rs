//! Previews: what a change to a subscription, or nothing at all, would cost.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Line of a preview. Amounts are in minor units of the subscription's currency, such as cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionChargePreviewProration {
    /// Description of the line, as the customer will read it.
    pub label: String,
    /// Amount of the line, in minor units: positive is charged, negative is given back.
    pub amount: i64,
}

/// Charge of a subscription as it would be. Amounts are in minor units of the subscription's currency, such as cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionChargePreview {
    /// Sum of the prices for whole periods, in minor units.
    pub base_amount: i64,
    /// Sum of the usage that is not billed yet, in minor units.
    pub metered_amount: i64,
    /// Sum of the lines for parts of a period, in minor units.
    pub proration_amount: i64,
    /// Lines for parts of a period, which changes of plan or seats make.
    pub prorations: Vec<SubscriptionChargePreviewProration>,
    /// Sum of everything before discount and tax, in minor units.
    pub subtotal_amount: i64,
    /// Discount, in minor units; lines for parts of a period have theirs in them already.
    pub discount_amount: i64,
    /// Sum after discount and without tax, in minor units.
    pub net_amount: i64,
    /// Tax, in minor units.
    pub tax_amount: i64,
    /// Sum with tax, in minor units, before the customer's balance.
    pub total_amount: i64,
    /// Balance that the charge takes, in minor units: negative where credit lowers what is due, positive where debt is
    /// added to it.
    pub applied_balance_amount: i64,
    /// Amount that is charged, in minor units.
    pub due_amount: i64,
}

/// Charge of a subscription at a time to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionNextCharge {
    /// Time of the charge, in UTC.
    pub at: Timestamp,
    /// Charge, as it would be if nothing else changes.
    #[serde(flatten)]
    pub charge: SubscriptionChargePreview,
}

/// Result of a change to a subscription, before it is made: what it charges at once, and what comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionChangePreview {
    /// Charge that the change makes at once; all zero where it makes none.
    #[serde(flatten)]
    pub now: SubscriptionChargePreview,
    /// Time at which the change takes effect, in UTC.
    pub applies_at: Timestamp,
    /// Charge that comes next after the change; null if none does.
    pub next_charge: Option<SubscriptionNextCharge>,
}

/// Result of a cancellation, before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionCancelPreview {
    /// True if an end at once also ends the collection of what has not been paid yet: the orders that wait for their
    /// payment become void.
    pub stops_collection: bool,
    /// Sum that is due on the orders that would become void, in minor units; null if there are none.
    pub outstanding_amount: Option<i64>,
}
