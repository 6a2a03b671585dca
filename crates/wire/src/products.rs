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
        /// For sale by checkout session or link.
        Private = "private",
        /// For sale everywhere.
        Public = "public",
    }
}

/// Fields that every view of a product has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductBase {
    /// ID of the product.
    pub id: Uuid,
    /// Time at which the product was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the product, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the product; buyers see it.
    pub name: String,
    /// Description of the product, in Markdown; null if it has none.
    pub description: Option<String>,
    /// Visibility of the product.
    pub visibility: Visibility,
    /// Unit of the billing interval; null if the product is paid for once.
    pub recurring_interval: Option<Interval>,
    /// Number of interval units in one billing period; null if the product is paid for once.
    pub recurring_interval_count: Option<i64>,
    /// Unit of the interval in which usage is to be settled; null if it is settled with the billing period. Till
    /// keeps the interval, but so far settles all usage with the billing period.
    pub meter_interval: Option<Interval>,
    /// Number of units of the interval in which usage is to be settled; null if it is settled with the billing period.
    pub meter_interval_count: Option<i64>,
    /// Unit of the trial; null if there is none.
    pub trial_interval: Option<Interval>,
    /// Number of trial units; null if there is no trial.
    pub trial_interval_count: Option<i64>,
    /// True if the product is a subscription.
    pub is_recurring: bool,
    /// True if the product is archived, and so not for sale.
    pub is_archived: bool,
    /// True if the product can be deleted.
    pub is_deletable: bool,
    /// ID of the organization that the product belongs to.
    pub organization_id: Uuid,
}

/// Product: what you sell, with its prices.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Product {
    /// Fields that every view of a product has.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Your own key-value data on the product: up to 50 keys.
    pub metadata: Metadata,
    /// Prices of the product, without archived ones.
    pub prices: Vec<Price>,
    /// Benefits that customers get with the product, in their order.
    pub benefits: Vec<Benefit>,
    /// Pictures of the product, in their order.
    pub medias: Vec<File>,
    /// Custom fields that the checkout page asks for.
    pub attached_custom_fields: Vec<AttachedCustomField>,
}

/// Product, as a checkout session or link shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductPublic {
    /// Fields that every view of a product has.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Your own key-value data on the product; left out of what a buyer reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub metadata: Option<Metadata>,
    /// Prices of the product, without archived ones.
    pub prices: Vec<Price>,
    /// Benefits that buyers can see, in their order.
    pub benefits: Vec<BenefitPublic>,
    /// Pictures of the product, in their order.
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
