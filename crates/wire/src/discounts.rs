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
    /// How a discount is worked out.
    pub enum DiscountType {
        /// An amount per currency.
        Fixed = "fixed",
        /// A share.
        Percentage = "percentage",
    }
}
tagged_by!("type": DiscountType);

crate::words! {
    /// How long a discount lasts on a subscription (docs/behaviour: discounts/months).
    pub enum DiscountDuration {
        /// The first period.
        Once = "once",
        /// Every period.
        Forever = "forever",
        /// A number of calendar months.
        Repeating = "repeating",
    }
}

/// All of it, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// What a discount takes off, with the keys of its own kind only: clients tell the kinds apart by them
/// (docs/behaviour: api/older-clients).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DiscountValue {
    /// An amount per currency.
    Fixed {
        /// Deprecated: minor units in `currency`.
        amount: i64,
        /// Deprecated: the organization's default currency, where the discount has an amount in it.
        #[schema(value_type = String)]
        currency: Currency,
        /// Minor units by currency.
        #[schema(value_type = BTreeMap<String, i64>)]
        amounts: BTreeMap<Currency, i64>,
    },
    /// A share.
    Percentage {
        /// Hundredths of a percent.
        basis_points: i64,
    },
}

/// How long a discount lasts on a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "duration", rename_all = "snake_case")]
pub enum DiscountLasting {
    /// The first period.
    Once,
    /// Every period.
    Forever,
    /// A number of calendar months.
    Repeating {
        /// Calendar months, whatever the billing interval.
        duration_in_months: i64,
    },
}

/// A discount as a session shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DiscountBrief {
    /// Id.
    pub id: Uuid,
    /// Name, shown to buyers.
    pub name: String,
    /// What buyers type; null: only the merchant applies it.
    pub code: Option<String>,
    /// What it takes off.
    #[serde(flatten)]
    pub value: DiscountValue,
    /// For how long.
    #[serde(flatten)]
    pub lasting: DiscountLasting,
}

/// A discount as orders and subscriptions show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DiscountBase {
    /// What it is.
    #[serde(flatten)]
    pub brief: DiscountBrief,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Free data of the merchant.
    pub metadata: Metadata,
    /// Not before.
    pub starts_at: Option<Timestamp>,
    /// Not after.
    pub ends_at: Option<Timestamp>,
    /// How often it may be used; null: no limit.
    pub max_redemptions: Option<i64>,
    /// How often one customer may use it; null: no limit.
    pub max_redemptions_per_customer: Option<i64>,
    /// How often it was used.
    pub redemptions_count: i64,
    /// Its organization.
    pub organization_id: Uuid,
}

/// A product that a discount is for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DiscountProduct {
    /// The product.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Free data of the merchant.
    pub metadata: Metadata,
}

/// A discount.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Discount {
    /// All but its products.
    #[serde(flatten)]
    pub base: DiscountBase,
    /// What it is for; none: everything, also what is yet to come.
    pub products: Vec<DiscountProduct>,
}
