//! Checkout sessions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    address::Address,
    custom_fields::AttachedCustomField,
    discounts::DiscountBrief,
    metadata::Metadata,
    money::Currency,
    organizations::OrganizationPublic,
    products::{Price, ProductPublic},
    values::Interval,
};

mod create;
mod update;

pub use create::{CheckoutCreate, Offer};
pub(crate) use create::{OfferedBy, choices, offer, read_without_offer};
pub use update::{CheckoutConfirm, CheckoutUpdate, CheckoutUpdatePublic, Writer};

crate::words! {
    /// Where a session stands (docs/behaviour: checkout/states).
    pub enum CheckoutStatus {
        /// Being filled in.
        Open = "open",
        /// Not paid in time.
        Expired = "expired",
        /// The buyer has confirmed; the outcome is being worked out.
        Confirmed = "confirmed",
        /// Paid and fulfilled.
        Succeeded = "succeeded",
        /// Reserved.
        Failed = "failed",
    }
}

crate::words! {
    /// Whether an address field is asked for (docs/behaviour: checkout/address-fields).
    pub enum FieldMode {
        /// Must be filled in.
        Required = "required",
        /// May be filled in.
        Optional = "optional",
        /// Not shown.
        Disabled = "disabled",
    }
}

/// The six address fields and how each is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct BillingAddressFields<T: ToSchema = FieldMode> {
    pub country: T,
    pub state: T,
    pub city: T,
    pub postal_code: T,
    pub line1: T,
    pub line2: T,
}

/// What every view of a session shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct CheckoutBase {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    /// Always `stripe`, the only value that clients accept.
    pub payment_processor: &'static str,
    pub status: CheckoutStatus,
    pub client_secret: String,
    /// The hosted page.
    pub url: String,
    pub expires_at: Timestamp,
    pub success_url: String,
    pub return_url: Option<String>,
    pub embed_origin: Option<String>,
    /// Minor units, before discount and tax.
    pub amount: i64,
    pub seats: Option<i64>,
    pub min_seats: Option<i64>,
    pub max_seats: Option<i64>,
    pub units: Option<i64>,
    pub min_units: Option<i64>,
    pub max_units: Option<i64>,
    pub discount_amount: i64,
    /// Minor units, after discount, without tax.
    pub net_amount: i64,
    /// Deprecated: equals `net_amount`.
    pub subtotal_amount: i64,
    pub tax_amount: Option<i64>,
    pub tax_behavior: Option<String>,
    pub total_amount: i64,
    pub currency: Currency,
    pub allow_trial: Option<bool>,
    pub active_trial_interval: Option<Interval>,
    pub active_trial_interval_count: Option<i64>,
    pub trial_end: Option<Timestamp>,
    pub organization_id: Uuid,
    pub product_id: Uuid,
    pub product_price_id: Uuid,
    pub discount_id: Option<Uuid>,
    pub discount: Option<DiscountBrief>,
    pub allow_discount_codes: bool,
    pub require_billing_address: bool,
    pub is_discount_applicable: bool,
    pub is_free_product_price: bool,
    pub is_payment_required: bool,
    pub is_payment_setup_required: bool,
    pub is_payment_form_required: bool,
    pub customer_id: Option<Uuid>,
    pub is_business_customer: bool,
    pub customer_name: Option<String>,
    pub customer_email: Option<String>,
    pub customer_ip_address: Option<String>,
    pub customer_billing_name: Option<String>,
    pub customer_billing_address: Option<Address>,
    pub customer_tax_id: Option<String>,
    pub locale: Option<String>,
    pub payment_method_type: Option<String>,
    pub payment_processor_metadata: BTreeMap<String, String>,
    #[schema(inline)]
    pub billing_address_fields: BillingAddressFields<FieldMode>,
    /// Deprecated: whether each field is required.
    #[schema(inline)]
    pub customer_billing_address_fields: BillingAddressFields<bool>,
    pub products: Vec<ProductPublic>,
    pub product: ProductPublic,
    pub product_price: Price,
    pub prices: BTreeMap<Uuid, Vec<Price>>,
    pub attached_custom_fields: Vec<AttachedCustomField>,
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
}

/// A session as the merchant sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Checkout {
    /// The common part.
    #[serde(flatten)]
    pub base: CheckoutBase,
    /// Override of the product's trial.
    pub trial_interval: Option<Interval>,
    /// Override of the product's trial.
    pub trial_interval_count: Option<i64>,
    /// The merchant's id of the customer.
    pub external_customer_id: Option<String>,
    /// Deprecated: equals `external_customer_id`.
    pub customer_external_id: Option<String>,
    /// Equals `external_customer_id` where the customer who bought does not have that id: the buyer was recognised by
    /// e-mail, or the id belongs to another customer. Null where they agree. Polar has no such field.
    pub conflicting_external_customer_id: Option<String>,
    /// The free subscription that is upgraded.
    pub subscription_id: Option<Uuid>,
    /// Free data, copied to the order.
    pub metadata: Metadata,
    /// Free data, merged into the customer.
    pub customer_metadata: Metadata,
}

/// A session as its buyer sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutPublic {
    /// The common part.
    #[serde(flatten)]
    pub base: CheckoutBase,
    /// The merchant.
    pub organization: OrganizationPublic,
}

/// The answer to a confirmation: status is always `confirmed`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutPublicConfirmed {
    /// The buyer's view.
    #[serde(flatten)]
    pub public: CheckoutPublic,
    /// Opens the customer's portal; empty while the payment is under way, and when the buyer was only recognised by
    /// e-mail.
    pub customer_session_token: Option<String>,
}
