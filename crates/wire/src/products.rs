//! Products and prices (checkout.md 1).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    custom_fields::AttachedCustomField,
    input::{Context, Fields, Patch, blank_text, boolean, id, int_in, list, text, text_of, word},
    metadata::{Metadata, metadata},
    meters::MeterUnit,
    money::{self, Currency},
    organizations::TaxBehaviorOption,
    values::Interval,
};

crate::words! {
    /// Who sees a product.
    pub enum Visibility {
        /// Not for sale yet.
        Draft = "draft",
        /// For sale by session or link only.
        Private = "private",
        /// For sale everywhere.
        Public = "public",
    }
}

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
    /// How seat tiers add up (PR-8).
    pub enum SeatTierType {
        /// Every seat costs what the tier of the whole number says.
        Volume = "volume",
        /// The seats of each tier cost what that tier says.
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

/// The tiers of a seat price: in order, without gaps, only the last one open (PR-7).
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

/// What of its meter a metered price shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs)]
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
    /// By the number of seats.
    SeatBased {
        /// What seats cost.
        seat_tiers: SeatTiers,
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

/// What every view of a product shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductBase {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Name.
    pub name: String,
    /// Description, Markdown.
    pub description: Option<String>,
    /// Who sees it.
    pub visibility: Visibility,
    /// Billing interval; null: paid once.
    pub recurring_interval: Option<Interval>,
    /// Intervals per period.
    pub recurring_interval_count: Option<i64>,
    /// Usage interval, null.
    pub meter_interval: Option<Interval>,
    /// Usage intervals per period, null.
    pub meter_interval_count: Option<i64>,
    /// Trial interval.
    pub trial_interval: Option<Interval>,
    /// Trial intervals.
    pub trial_interval_count: Option<i64>,
    /// Whether it is a subscription.
    pub is_recurring: bool,
    /// Whether it is out of sale.
    pub is_archived: bool,
    /// Whether it could be deleted.
    pub is_deletable: bool,
    /// Its organization.
    pub organization_id: Uuid,
}

/// A product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Product {
    /// The base.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Free data of the merchant.
    pub metadata: Metadata,
    /// The prices in use.
    pub prices: Vec<Price>,
    /// What the purchase includes.
    pub benefits: Vec<Value>,
    /// Pictures.
    pub medias: Vec<Value>,
    /// Fields asked at checkout.
    pub attached_custom_fields: Vec<AttachedCustomField>,
}

/// A price as given on create or update.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceCreate {
    /// What it costs.
    pub amount: PriceAmount,
    /// Currency.
    pub currency: Currency,
    /// Whether it contains tax.
    pub tax_behavior: Option<TaxBehaviorOption>,
}

/// An entry of an update's price list: one kept, or one new.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceEntry {
    /// Keep the price of this id as it is.
    Keep(Uuid),
    /// A price that this version of Till cannot sell yet, by its `amount_type`.
    Unsupported(String),
    /// A new price.
    New(PriceCreate),
}

impl PriceEntry {
    /// The meter that a new price counts with.
    pub fn meter_id(&self) -> Option<Uuid> {
        match self {
            PriceEntry::New(PriceCreate {
                amount: PriceAmount::MeteredUnit { meter_id, .. },
                ..
            }) => Some(*meter_id),
            _ => None,
        }
    }
}

/// A new product.
#[derive(Debug, Clone)]
pub struct ProductCreate {
    /// Name, 3–64 characters.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Who sees it.
    pub visibility: Visibility,
    /// Prices, at least one.
    pub prices: Vec<PriceEntry>,
    /// Free data.
    pub metadata: Metadata,
    /// Only for callers that are not an organization's token.
    pub organization_id: Option<Uuid>,
    /// Interval and count of a subscription.
    pub recurring: Option<(Interval, i64)>,
    /// Trial.
    pub trial: Option<(Interval, i64)>,
    /// Whether a separate usage cycle was asked for.
    pub meter_interval: Option<Interval>,
    /// Pictures asked for.
    pub medias: Vec<Uuid>,
    /// Custom fields asked for.
    pub attached_custom_fields: Vec<Uuid>,
}

/// A change to a product.
#[derive(Debug, Clone, Default)]
pub struct ProductUpdate {
    /// New name.
    pub name: Option<String>,
    /// New description; null clears.
    pub description: Patch<String>,
    /// New visibility.
    pub visibility: Option<Visibility>,
    /// Archive or unarchive.
    pub is_archived: Option<bool>,
    /// The full price list.
    pub prices: Option<Vec<PriceEntry>>,
    /// Replaces the metadata.
    pub metadata: Option<Metadata>,
    /// Interval (cannot change).
    pub recurring_interval: Option<Interval>,
    /// Interval count (cannot change).
    pub recurring_interval_count: Option<i64>,
    /// Trial interval.
    pub trial_interval: Patch<Interval>,
    /// Trial count.
    pub trial_interval_count: Patch<i64>,
    /// Pictures.
    pub medias: Option<Vec<Uuid>>,
    /// Custom fields.
    pub attached_custom_fields: Option<Vec<Uuid>>,
}

/// A currency of the presentment list, any case.
pub fn currency(value: &Value, cx: &mut Context) -> Option<Currency> {
    let raw = text(value, cx)?;
    match raw.to_ascii_lowercase().parse() {
        Ok(currency) => Some(currency),
        Err(_) => cx.fail("enum", "Input should be a supported currency code", value),
    }
}

/// Bounds of an amount in its currency: 0 where allowed, else within the currency's limits (PR-5).
fn charge(value: &Value, cx: &mut Context, currency: Currency, least: i64) -> Option<i64> {
    let amount = int_in(least, i64::MAX)(value, cx)?;
    if amount != 0 && amount < currency.min_charge() {
        let words = money::format_minor(currency.min_charge(), currency);
        return cx.bound(
            "minimum_price",
            format!("Price must be greater than or equal to {words}"),
            value,
            "minimum_price",
            currency.min_charge(),
        );
    }
    if amount > currency.max_charge() {
        let words = money::format_minor(currency.max_charge(), currency);
        return cx.bound(
            "maximum_price",
            format!("Price must be less than or equal to {words}"),
            value,
            "maximum_price",
            currency.max_charge(),
        );
    }
    Some(amount)
}

/// The kinds of price that the API knows.
const AMOUNT_TYPES: [&str; 6] = [
    "fixed",
    "custom",
    "free",
    "seat_based",
    "metered_unit",
    "unit_based",
];

/// Reads a price input; its kind becomes part of the place of any problem.
pub fn price(value: &Value, cx: &mut Context) -> Option<PriceEntry> {
    let Value::Object(map) = value else {
        return cx.fail("model_attributes_type", "Input should be an object", value);
    };
    let kind = match map.get("amount_type") {
        None => {
            return cx.bound(
                "union_tag_not_found",
                "Unable to find the price's amount_type",
                value,
                "discriminator",
                "'amount_type'",
            );
        }
        Some(Value::String(kind)) if AMOUNT_TYPES.contains(&kind.as_str()) => kind.clone(),
        Some(_) => {
            return cx.bound(
                "union_tag_invalid",
                format!(
                    "amount_type should be {}",
                    crate::input::one_of(AMOUNT_TYPES.into_iter())
                ),
                value,
                "discriminator",
                "'amount_type'",
            );
        }
    };
    cx.at(kind.clone(), |cx| {
        cx.object(value, |f| {
            let before = f.cx.problems.len();
            let currency = f
                .optional("price_currency", currency)
                .unwrap_or(Currency::USD);
            let tax_behavior = f.optional("tax_behavior", word);
            let amount = match kind.as_str() {
                "fixed" => PriceAmount::Fixed {
                    price_amount: f.required("price_amount", |v, cx| charge(v, cx, currency, 0))?,
                },
                "free" => PriceAmount::Fixed { price_amount: 0 },
                "custom" => PriceAmount::Custom {
                    minimum_amount: f
                        .optional("minimum_amount", |v, cx| charge(v, cx, currency, 0))
                        .unwrap_or(50),
                    preset_amount: f.optional("preset_amount", |v, cx| charge(v, cx, currency, 0)),
                    maximum_amount: f
                        .optional("maximum_amount", |v, cx| charge(v, cx, currency, 1)),
                },
                _ => return Some(PriceEntry::Unsupported(kind.clone())),
            };
            (f.cx.problems.len() == before).then_some(PriceEntry::New(PriceCreate {
                amount,
                currency,
                tax_behavior,
            }))
        })
    })
}

/// An entry of an update: a valid `id` keeps that price, whatever else is there.
fn price_entry(value: &Value, cx: &mut Context) -> Option<PriceEntry> {
    match value.get("id") {
        Some(raw) => {
            let mut trial = Context::new("body");
            match id(raw, &mut trial) {
                Some(kept) => Some(PriceEntry::Keep(kept)),
                None if value.get("amount_type").is_some() => price(value, cx),
                None => cx.at("id", |cx| id(raw, cx)).map(PriceEntry::Keep),
            }
        }
        None => price(value, cx),
    }
}

fn attached(value: &Value, cx: &mut Context) -> Option<Uuid> {
    cx.object(value, |f| {
        let field = f.required("custom_field_id", id);
        let required = f.required("required", boolean);
        required.and(field)
    })
}

impl ProductCreate {
    /// Reads the body of a POST; the shape (one-time or recurring) is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let recurring = value
            .get("recurring_interval")
            .is_some_and(|v| !v.is_null());
        cx.at(if recurring { "recurring" } else { "one_time" }, |cx| {
            cx.object(value, |f| {
                let name = f.required("name", text_of(3, 64, true));
                let description = f.blankable("description", blank_text(usize::MAX)).value();
                let visibility = f.optional("visibility", word);
                let prices = f.required("prices", list(1, price));
                let meta = f.optional("metadata", metadata);
                let organization_id = f.optional("organization_id", id);
                let medias = f.optional("medias", list(0, id));
                let fields = f.optional("attached_custom_fields", list(0, attached));
                let (mut every, mut trial, mut meter) = (None, None, None);
                if recurring {
                    let interval = f.required("recurring_interval", word::<Interval>);
                    let count = f.optional("recurring_interval_count", int_in(1, 999));
                    every = Some((interval?, count.unwrap_or(1)));
                    let trial_interval = f.optional("trial_interval", word::<Interval>);
                    let trial_count = f.optional("trial_interval_count", int_in(1, 1000));
                    trial = both(f, trial_interval, trial_count)?;
                    meter = f.optional("meter_interval", word::<Interval>);
                    f.optional("meter_interval_count", int_in(1, 999));
                }
                Some(Self {
                    name: name?,
                    description,
                    visibility: visibility.unwrap_or(Visibility::Public),
                    prices: prices?,
                    metadata: meta.unwrap_or_default(),
                    organization_id,
                    recurring: every,
                    trial,
                    meter_interval: meter,
                    medias: medias.unwrap_or_default(),
                    attached_custom_fields: fields.unwrap_or_default(),
                })
            })
        })
    }
}

/// A trial is an interval *and* a count: one alone is refused. Outer `None`: refused.
pub fn both(
    f: &mut Fields<'_, '_>,
    interval: Option<Interval>,
    count: Option<i64>,
) -> Option<Option<(Interval, i64)>> {
    match (interval, count) {
        (Some(interval), Some(count)) => Some(Some((interval, count))),
        (None, None) => Some(None),
        _ => {
            let whole = f.whole();
            f.cx.fail(
                "missing",
                "trial_interval and trial_interval_count go together",
                whole,
            )
        }
    }
}

impl ProductUpdate {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let update = Self {
            name: f.optional("name", text_of(3, 64, true)),
            description: f.blankable("description", blank_text(usize::MAX)),
            visibility: f.optional("visibility", word),
            is_archived: f.optional("is_archived", boolean),
            prices: f.optional("prices", list(1, price_entry)),
            metadata: f.optional("metadata", metadata),
            recurring_interval: f.optional("recurring_interval", word),
            recurring_interval_count: f.optional("recurring_interval_count", int_in(1, 999)),
            trial_interval: f.patch("trial_interval", word),
            trial_interval_count: f.patch("trial_interval_count", int_in(1, 1000)),
            medias: f.optional("medias", list(0, id)),
            attached_custom_fields: f.optional("attached_custom_fields", list(0, attached)),
        };
        if update.trial_interval.as_value().is_some()
            != update.trial_interval_count.as_value().is_some()
        {
            let whole = f.whole();
            return f.cx.fail(
                "missing",
                "trial_interval and trial_interval_count go together",
                whole,
            );
        }
        Some(update)
    }
}
