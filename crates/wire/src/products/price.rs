//! Prices: what each kind costs, and how it is shown.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    meters::MeterUnit, money::Currency, organizations::TaxBehaviorOption, values::Interval,
};

crate::words! {
    /// Source of a price.
    pub enum PriceSource {
        /// The product.
        Catalog = "catalog",
        /// One checkout session alone.
        AdHoc = "ad_hoc",
    }
}

crate::words! {
    /// Type of a price, for older clients.
    pub enum PriceType {
        /// Paid once.
        OneTime = "one_time",
        /// Paid every billing interval.
        Recurring = "recurring",
    }
}

crate::words! {
    /// Ways in which seat tiers add up.
    pub enum SeatTierType {
        /// All seats cost the price of the tier that the number of seats falls in.
        Volume = "volume",
        /// The seats in each tier cost the price of that tier.
        Graduated = "graduated",
    }
}

/// Tier of a price by the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatTier {
    /// First seat of the tier.
    pub min_seats: i64,
    /// Last seat of the tier; null if the tier has no end.
    pub max_seats: Option<i64>,
    /// Price of one seat, in minor units of the price's currency.
    pub price_per_seat: i64,
}

/// Tiers of a price by the seat: in order, without gaps, and only the last one without an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatTiers {
    /// Way in which the tiers add up.
    pub seat_tier_type: SeatTierType,
    /// Tiers, by their first seats.
    pub tiers: Vec<SeatTier>,
    /// Smallest number of seats that can be bought.
    pub minimum_seats: i64,
    /// Largest number of seats that can be bought; null if there is no limit.
    pub maximum_seats: Option<i64>,
}

/// Tier by its upper end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitTier {
    /// Last unit of the tier; null if the tier has no end.
    pub bound: Option<i64>,
    /// Price of one unit in minor units, as a decimal number in text.
    pub unit_amount: String,
}

/// Tiers by their upper ends; each begins where the one before it ends, and the first one at 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitTiers {
    /// Way in which the tiers add up.
    #[serde(rename = "type")]
    pub kind: SeatTierType,
    /// Tiers, by their upper ends.
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

/// Meter, as a metered price shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceMeter {
    /// ID of the meter.
    pub id: Uuid,
    /// Name of the meter.
    pub name: String,
    /// Unit in which the meter counts.
    pub unit: MeterUnit,
    /// Label of a custom unit; null for the other units.
    pub custom_label: Option<String>,
    /// Number of counted units in one unit shown; null if they are the same.
    pub custom_multiplier: Option<i64>,
}

/// Amount of a price, with the fields of its own type only. Amounts are in minor units of the price's currency, such as
/// cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "amount_type", rename_all = "snake_case")]
pub enum PriceAmount {
    /// Fixed price; 0 is free.
    Fixed {
        /// Price in minor units: 1,000 is 10 dollars if the currency is `usd`.
        price_amount: i64,
    },
    /// Price that the buyer chooses.
    Custom {
        /// Lowest amount that the buyer can choose, in minor units.
        minimum_amount: i64,
        /// Highest amount that the buyer can choose, in minor units; null if only the currency's limit applies.
        maximum_amount: Option<i64>,
        /// Amount filled in for the buyer, in minor units; null if there is none.
        preset_amount: Option<i64>,
    },
    /// Price by the number of seats.
    SeatBased {
        /// Tiers of the price.
        seat_tiers: SeatTiers,
        /// Tiers of the price by their upper ends, as newer clients read them.
        tiers: UnitTiers,
        /// Smallest number of seats that can be bought; null if it is not known.
        minimum_units: Option<i64>,
        /// Largest number of seats that can be bought; null if there is no limit.
        maximum_units: Option<i64>,
        /// Deprecated: price of one seat in the first tier, in minor units.
        price_per_seat: i64,
    },
    /// Price by usage, charged afterwards.
    MeteredUnit {
        /// Price of one unit in minor units, as a decimal number in text.
        unit_amount: String,
        /// Highest charge for one period, in minor units; null if there is no limit.
        cap_amount: Option<i64>,
        /// ID of the meter that counts the usage.
        meter_id: Uuid,
        /// Meter that counts the usage; null if it is not known.
        meter: Option<PriceMeter>,
    },
}

impl PriceAmount {
    /// True if nothing is ever due.
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

    /// True if it is known what is due when buying; a metered price is billed later.
    pub fn is_static(&self) -> bool {
        !matches!(self, PriceAmount::MeteredUnit { .. })
    }
}

/// Price of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Price {
    /// ID of the price.
    pub id: Uuid,
    /// Time at which the price was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the price, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Source of the price.
    pub source: PriceSource,
    /// Amount of the price.
    #[serde(flatten)]
    pub amount: PriceAmount,
    /// Currency of the price, as an ISO 4217 code in lower case.
    #[schema(value_type = String)]
    pub price_currency: Currency,
    /// Tax behavior: whether the price includes its tax; null if the organization's setting applies.
    pub tax_behavior: Option<TaxBehaviorOption>,
    /// True if the price is archived, and so not for sale.
    pub is_archived: bool,
    /// ID of the product that the price belongs to.
    pub product_id: Uuid,
    /// Deprecated: type of the price; see the product.
    #[serde(rename = "type")]
    pub kind: PriceType,
    /// Deprecated: unit of the billing interval; see the product. Null if the product is paid for once.
    pub recurring_interval: Option<Interval>,
}
