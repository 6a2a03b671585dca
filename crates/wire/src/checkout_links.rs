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

/// Checkout link: a permanent address that opens a new checkout session for every visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutLink {
    /// ID of the checkout link.
    pub id: Uuid,
    /// Time at which the checkout link was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the checkout link, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the organization that the checkout link belongs to.
    pub organization_id: Uuid,
    /// Payment processor; always `stripe`, the only value that clients accept.
    pub payment_processor: &'static str,
    /// Secret in the link's address.
    pub client_secret: String,
    /// URL that buyers visit.
    pub url: String,
    /// Label by which you recognize the link; buyers do not see it. Null if it has none.
    pub label: Option<String>,
    /// True if buyers can enter a discount code.
    pub allow_discount_codes: bool,
    /// True if the full billing address is asked for, and not just what tax and payment require.
    pub require_billing_address: bool,
    /// ID of the discount applied to every session; null if there is none.
    pub discount_id: Option<Uuid>,
    /// Discount applied to every session, without its products; null if there is none.
    pub discount: Option<DiscountBase>,
    /// Fixed number of seats; null if buyers choose it.
    pub seats: Option<i64>,
    /// Fixed number of units; null, because Till does not sell by the unit.
    pub units: Option<i64>,
    /// URL to which buyers go after paying, with `{CHECKOUT_ID}` as you wrote it; null if Till's own page follows.
    pub success_url: Option<String>,
    /// URL behind the page's back button; null if it has none.
    pub return_url: Option<String>,
    /// Unit of a trial that replaces the products' own; null if theirs apply.
    pub trial_interval: Option<Interval>,
    /// Number of units of a trial that replaces the products' own; null if theirs apply.
    pub trial_interval_count: Option<i64>,
    /// Your own key-value data, copied to every session: up to 50 keys.
    pub metadata: Metadata,
    /// True if visits without a valid signature in the parameter `sig` are refused.
    pub require_signature: bool,
    /// Secret that signs addresses of the link; keep it on your server.
    pub signing_secret: String,
    /// Products that buyers can choose from, in the link's order, archived ones included.
    pub products: Vec<ProductPublic>,
    /// Deprecated: ID of the first product; null if there is none.
    pub product_id: Option<Uuid>,
    /// Deprecated: ID of the first product's first price; null if there is none.
    pub product_price_id: Option<Uuid>,
    /// Deprecated: the first product; null if there is none.
    pub product: Option<ProductPublic>,
    /// Deprecated: the first product's first price; null if there is none.
    pub product_price: Option<Price>,
}
