//! Prices: what each kind costs, and how it is shown.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    meters::MeterUnit, money::Currency, organizations::TaxBehaviorOption, values::Interval,
};

crate::words! {
    /// Where a price comes from.
    pub enum PriceSource {
        /// The product.
        Catalog = "catalog",
        /// One checkout session.
        AdHoc = "ad_hoc",
    }
}

crate::words! {
    /// Whether a price is paid once or again and again (older clients read it).
    pub enum PriceType {
        /// Once.
        OneTime = "one_time",
        /// Every interval.
        Recurring = "recurring",
    }
}

crate::words! {
    /// How seat tiers add up (docs/behaviour: seats/cost).
    pub enum SeatTierType {
        /// Every seat costs what the tier of the whole number says.
        Volume = "volume",
        /// Each tier's seats cost that tier's rate.
        Graduated = "graduated",
    }
}

/// One tier of a seat price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatTier {
    /// First seat of the tier.
    pub min_seats: i64,
    /// Last seat of the tier; null: no end.
    pub max_seats: Option<i64>,
    /// Minor units.
    pub price_per_seat: i64,
}

/// The tiers of a seat price: in order, without gaps, only the last one open (docs/behaviour: seats/tiers).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatTiers {
    /// How they add up.
    pub seat_tier_type: SeatTierType,
    /// In order.
    pub tiers: Vec<SeatTier>,
    /// Least seats to be bought.
    pub minimum_seats: i64,
    /// Most seats to be bought; null: no limit.
    pub maximum_seats: Option<i64>,
}

/// A tier by its upper end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitTier {
    /// The last unit of the tier; null: no end.
    pub bound: Option<i64>,
    /// A decimal number of minor units per unit.
    pub unit_amount: String,
}

/// Tiers by their upper ends; each begins where the one before it ended, the first one at 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitTiers {
    /// How they add up.
    #[serde(rename = "type")]
    pub kind: SeatTierType,
    /// In order.
    pub tiers: Vec<UnitTier>,
}

impl UnitTiers {
    fn of(seats: &SeatTiers) -> Self {
        let tier = |tier: &SeatTier| UnitTier {
            bound: tier.max_seats,
            unit_amount: tier.price_per_seat.to_string(),
        };
        Self {
            kind: seats.seat_tier_type,
            tiers: seats.tiers.iter().map(tier).collect(),
        }
    }
}

/// What of its meter a metered price shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct PriceMeter {
    pub id: Uuid,
    pub name: String,
    pub unit: MeterUnit,
    pub custom_label: Option<String>,
    pub custom_multiplier: Option<i64>,
}

/// What a price costs, in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "amount_type", rename_all = "snake_case")]
pub enum PriceAmount {
    /// A fixed amount; 0 is free.
    Fixed {
        /// Minor units.
        price_amount: i64,
    },
    /// The buyer chooses.
    Custom {
        /// Least, minor units.
        minimum_amount: i64,
        /// Most, minor units.
        maximum_amount: Option<i64>,
        /// Proposed, minor units.
        preset_amount: Option<i64>,
    },
    /// By the number of seats. One body serves every generation of clients (docs/behaviour: api/older-clients).
    SeatBased {
        /// What seats cost.
        seat_tiers: SeatTiers,
        /// The same tiers by their upper ends, as later versions of the API name them.
        tiers: UnitTiers,
        /// Least seats to be bought.
        minimum_units: Option<i64>,
        /// Most seats to be bought; null: no limit.
        maximum_units: Option<i64>,
        /// Deprecated: what a seat of the first tier costs.
        price_per_seat: i64,
    },
    /// By usage, after it.
    MeteredUnit {
        /// A decimal number of minor units per unit.
        unit_amount: String,
        /// The most per period, minor units.
        cap_amount: Option<i64>,
        /// What counts the usage.
        meter_id: Uuid,
        /// The meter, where it is known.
        meter: Option<PriceMeter>,
    },
}

impl PriceAmount {
    /// Whether nothing is ever due.
    pub fn is_free(&self) -> bool {
        match self {
            PriceAmount::Fixed { price_amount } => *price_amount == 0,
            PriceAmount::SeatBased { seat_tiers, .. } => {
                seat_tiers.tiers.iter().all(|t| t.price_per_seat == 0)
            }
            PriceAmount::Custom { .. } | PriceAmount::MeteredUnit { .. } => false,
        }
    }

    /// A seat price.
    pub fn seats(seat_tiers: SeatTiers) -> Self {
        PriceAmount::SeatBased {
            price_per_seat: seat_tiers.tiers.first().map_or(0, |t| t.price_per_seat),
            minimum_units: Some(seat_tiers.minimum_seats),
            maximum_units: seat_tiers.maximum_seats,
            tiers: UnitTiers::of(&seat_tiers),
            seat_tiers,
        }
    }

    /// Whether it is known what is due when buying; a metered price is billed later.
    pub fn is_static(&self) -> bool {
        !matches!(self, PriceAmount::MeteredUnit { .. })
    }
}

/// A price of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Price {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Where it comes from.
    pub source: PriceSource,
    /// What it costs.
    #[serde(flatten)]
    pub amount: PriceAmount,
    /// Currency.
    #[schema(value_type = String)]
    pub price_currency: Currency,
    /// Whether the amount contains tax; null: as the organization says.
    pub tax_behavior: Option<TaxBehaviorOption>,
    /// Whether it is out of use.
    pub is_archived: bool,
    /// Its product.
    pub product_id: Uuid,
    /// Deprecated: the product's kind.
    #[serde(rename = "type")]
    pub kind: PriceType,
    /// Deprecated: the product's interval.
    pub recurring_interval: Option<Interval>,
}
