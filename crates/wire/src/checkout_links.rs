//! Checkout links: permanent addresses that open sessions (docs/behaviour/checkout-links.md).

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    discounts::DiscountBase,
    metadata::Metadata,
    products::{Price, ProductPublic},
    values::Interval,
};

mod requests;

pub use requests::{CheckoutLinkCreate, CheckoutLinkUpdate};

/// A checkout link as the merchant sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct CheckoutLink {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub organization_id: Uuid,
    /// Always `stripe`, the only value that clients accept.
    pub payment_processor: &'static str,
    pub client_secret: String,
    /// What buyers visit; every visit opens a session.
    pub url: String,
    /// For the merchant alone.
    pub label: Option<String>,
    pub allow_discount_codes: bool,
    pub require_billing_address: bool,
    pub discount_id: Option<Uuid>,
    /// The discount, without its products.
    pub discount: Option<DiscountBase>,
    /// Locks the number of seats.
    pub seats: Option<i64>,
    pub units: Option<i64>,
    /// As given, `{CHECKOUT_ID}` included.
    pub success_url: Option<String>,
    pub return_url: Option<String>,
    pub trial_interval: Option<Interval>,
    pub trial_interval_count: Option<i64>,
    pub metadata: Metadata,
    /// Whether a visit without the right `sig` is refused.
    pub require_signature: bool,
    /// The key of `sig`.
    pub signing_secret: String,
    /// In the link's order, archived ones included.
    pub products: Vec<ProductPublic>,
    /// Deprecated: the first product's id.
    pub product_id: Option<Uuid>,
    /// Deprecated: the id of its first price.
    pub product_price_id: Option<Uuid>,
    /// Deprecated: the first product.
    pub product: Option<ProductPublic>,
    /// Deprecated: its first price.
    pub product_price: Option<Price>,
}
