//! Products and prices.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    benefits::{Benefit, BenefitPublic},
    custom_fields::AttachedCustomField,
    files::File,
    metadata::Metadata,
    values::Interval,
};

mod given;
mod price;
mod requests;

pub(crate) use given::new_price;
pub use given::{DEFAULT_MINIMUM, PriceCreate, PriceEntry, price};
pub use price::{
    Price, PriceAmount, PriceMeter, PriceSource, PriceType, SeatTier, SeatTierType, SeatTiers,
    UnitTier, UnitTiers,
};
pub(crate) use requests::both;
pub use requests::{FieldAttach, ProductBenefitsUpdate, ProductCreate, ProductUpdate};

crate::words! {
    /// Visibility of a product.
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
    /// Visibility.
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

/// The meters that new prices count with.
pub fn meters_of(prices: &[PriceEntry]) -> Vec<Uuid> {
    prices.iter().filter_map(PriceEntry::meter_id).collect()
}

/// The custom fields that are to be asked.
pub fn fields_of(asked: &[FieldAttach]) -> Vec<Uuid> {
    asked.iter().map(|a| a.custom_field_id).collect()
}
