//! Products and prices.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    benefits::{Benefit, BenefitPublic},
    custom_fields::AttachedCustomField,
    files::File,
    input::{
        Context, Fields, Patch, blank_text, boolean, id, int_in, list, nothing, text_of, word,
    },
    limits,
    metadata::{Metadata, metadata},
    values::Interval,
};

mod given;
mod price;

pub(crate) use given::UNIT_TEXT;
use given::price_entry;
pub use given::{DEFAULT_MINIMUM, PriceCreate, PriceEntry, price};
pub use price::{
    Price, PriceAmount, PriceMeter, PriceSource, PriceType, SeatTier, SeatTierType, SeatTiers,
    UnitTier, UnitTiers,
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
    pub benefits: Vec<Benefit>,
    /// Pictures, in their order.
    pub medias: Vec<File>,
    /// Fields asked at checkout.
    pub attached_custom_fields: Vec<AttachedCustomField>,
}

/// A product within a session or a link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductPublic {
    /// The base.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Free data of the merchant; not in what a buyer reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub metadata: Option<Metadata>,
    /// The prices in use.
    pub prices: Vec<Price>,
    /// What the purchase includes; only what buyers may see.
    pub benefits: Vec<BenefitPublic>,
    /// Pictures, in their order.
    pub medias: Vec<File>,
}

impl ProductPublic {
    /// As a buyer reads it: without the merchant's free data (docs/behaviour: checkout/buyers-view).
    pub fn without_metadata(mut self) -> Self {
        self.metadata = None;
        for benefit in &mut self.benefits {
            benefit.metadata = None;
        }
        self
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
    /// Separate usage cycle: interval and count.
    pub meter_cycle: Option<(Interval, i64)>,
    /// Pictures, in order.
    pub medias: Vec<Uuid>,
    /// Custom fields asked at checkout, in order.
    pub attached_custom_fields: Vec<FieldAttach>,
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
    pub attached_custom_fields: Option<Vec<FieldAttach>>,
}

/// A custom field that a product is to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldAttach {
    /// The field.
    pub custom_field_id: Uuid,
    /// Whether a buyer must fill it in to confirm.
    pub required: bool,
}

/// The meters that new prices count with.
pub fn meters_of(prices: &[PriceEntry]) -> Vec<Uuid> {
    prices.iter().filter_map(PriceEntry::meter_id).collect()
}

/// The custom fields that are to be asked.
pub fn fields_of(asked: &[FieldAttach]) -> Vec<Uuid> {
    asked.iter().map(|a| a.custom_field_id).collect()
}

/// The benefits of a product, in order: the whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductBenefitsUpdate {
    /// Benefits by id.
    pub benefits: Vec<Uuid>,
}

impl ProductBenefitsUpdate {
    /// Reads the body of a POST.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        f.required("benefits", list(0, limits::BENEFITS, id))
            .map(|benefits| Self { benefits })
    }
}

fn attached(value: &Value, cx: &mut Context) -> Option<FieldAttach> {
    cx.object(value, |f| {
        let field = f.required("custom_field_id", id);
        let required = f.required("required", boolean);
        Some(FieldAttach {
            custom_field_id: field?,
            required: required?,
        })
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
                let description = f
                    .blankable("description", blank_text(limits::PROSE))
                    .value();
                let visibility = f.omittable("visibility", word);
                let prices = f.required("prices", list(1, limits::PRICES, price));
                let meta = f.omittable("metadata", metadata);
                let organization_id = f.optional("organization_id", id);
                let medias = f.optional("medias", list(0, limits::MEDIAS, id));
                let fields =
                    f.omittable("attached_custom_fields", list(0, limits::FIELDS, attached));
                let (mut every, mut trial, mut meter) = (None, None, None);
                if recurring {
                    let interval = f.required("recurring_interval", word::<Interval>);
                    let count =
                        f.omittable("recurring_interval_count", int_in(1, limits::INTERVALS));
                    every = interval.map(|interval| (interval, count.unwrap_or(1)));
                    let trial_interval = f.optional("trial_interval", word::<Interval>);
                    let trial_count =
                        f.optional("trial_interval_count", int_in(1, limits::TRIAL_INTERVALS));
                    trial = both(f, trial_interval, trial_count).flatten();
                    let meter_interval = f.optional("meter_interval", word::<Interval>);
                    let meter_count =
                        f.optional("meter_interval_count", int_in(1, limits::INTERVALS));
                    meter = meter_interval.map(|interval| (interval, meter_count.unwrap_or(1)));
                } else {
                    // What is paid once has no number of intervals.
                    f.optional("recurring_interval_count", nothing);
                }
                if every.is_some() != recurring {
                    return None;
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
                    meter_cycle: meter,
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
            description: f.blankable("description", blank_text(limits::PROSE)),
            visibility: f.optional("visibility", word),
            is_archived: f.optional("is_archived", boolean),
            prices: f.optional("prices", list(1, limits::PRICES, price_entry)),
            metadata: f.omittable("metadata", metadata),
            recurring_interval: f.optional("recurring_interval", word),
            recurring_interval_count: f
                .optional("recurring_interval_count", int_in(1, limits::INTERVALS)),
            trial_interval: f.patch("trial_interval", word),
            trial_interval_count: f
                .patch("trial_interval_count", int_in(1, limits::TRIAL_INTERVALS)),
            medias: f.optional("medias", list(0, limits::MEDIAS, id)),
            attached_custom_fields: f
                .optional("attached_custom_fields", list(0, limits::FIELDS, attached)),
        };
        let interval = update.trial_interval.as_value().copied();
        both(f, interval, update.trial_interval_count.as_value().copied())?;
        Some(update)
    }
}
