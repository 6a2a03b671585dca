//! Discounts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{metadata::Metadata, money::Currency, products::ProductBase, request::tagged_by};

mod requests;

pub use requests::{DiscountCreate, DiscountUpdate, ENDS_FIRST, Off};

crate::words! {
    /// Type of a discount.
    pub enum DiscountType {
        /// A fixed amount for each currency.
        Fixed = "fixed",
        /// A percentage of the price.
        Percentage = "percentage",
    }
}
tagged_by!("type": DiscountType);

crate::words! {
    /// Time for which a discount applies to a subscription.
    pub enum DiscountDuration {
        /// To the first paid period.
        Once = "once",
        /// To every period.
        Forever = "forever",
        /// To the periods within a number of calendar months.
        Repeating = "repeating",
    }
}

/// All of it, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// Value of a discount, with the fields of its own type only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DiscountValue {
    /// Amount off, one for each currency.
    Fixed {
        /// Deprecated: amount off, in minor units of `currency`; use `amounts`.
        amount: i64,
        /// Deprecated: currency of `amount`: your organization's default, if the discount has an amount in it.
        #[schema(value_type = String)]
        currency: Currency,
        /// Amount off in minor units, by currency.
        #[schema(value_type = BTreeMap<String, i64>)]
        amounts: BTreeMap<Currency, i64>,
    },
    /// Percentage off the price.
    Percentage {
        /// Percentage off, in hundredths of a percent: 1,000 is 10 %.
        basis_points: i64,
    },
}

/// Time for which a discount applies to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "duration", rename_all = "snake_case")]
pub enum DiscountLasting {
    /// The first paid period only.
    Once,
    /// Every period.
    Forever,
    /// The periods within a number of calendar months.
    Repeating {
        /// Number of calendar months from the first paid period on, whatever the billing interval.
        duration_in_months: i64,
    },
}

/// Discount, as a checkout session shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DiscountBrief {
    /// ID of the discount.
    pub id: Uuid,
    /// Name of the discount; buyers see it.
    pub name: String,
    /// Code that buyers enter; null if only you can apply the discount.
    pub code: Option<String>,
    /// Value of the discount.
    #[serde(flatten)]
    pub value: DiscountValue,
    /// Time for which the discount applies to a subscription.
    #[serde(flatten)]
    pub lasting: DiscountLasting,
}

/// Discount, as orders and subscriptions show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DiscountBase {
    /// Fields that a checkout session shows.
    #[serde(flatten)]
    pub brief: DiscountBrief,
    /// Time at which the discount was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the discount, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Your own key-value data on the discount: up to 50 keys.
    pub metadata: Metadata,
    /// Time from which the discount can be used; null if it can be used at once.
    pub starts_at: Option<Timestamp>,
    /// Time after which the discount can no longer be used; null if it has no end.
    pub ends_at: Option<Timestamp>,
    /// Number of times that the discount can be used in all; null if there is no limit.
    pub max_redemptions: Option<i64>,
    /// Number of times that one customer can use the discount; null if there is no limit.
    pub max_redemptions_per_customer: Option<i64>,
    /// Number of times that the discount has been used.
    pub redemptions_count: i64,
    /// ID of the organization that the discount belongs to.
    pub organization_id: Uuid,
}

/// Product that a discount is restricted to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DiscountProduct {
    /// Fields that every view of a product has.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Your own key-value data on the product: up to 50 keys.
    pub metadata: Metadata,
}

/// Discount: a fixed amount or a percentage off the price of some or all products.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Discount {
    /// All fields but the products.
    #[serde(flatten)]
    pub base: DiscountBase,
    /// Products that the discount is restricted to; if empty, it applies to every product, future ones included.
    pub products: Vec<DiscountProduct>,
}
