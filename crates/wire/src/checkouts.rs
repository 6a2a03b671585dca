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
    /// Status of a checkout session.
    pub enum CheckoutStatus {
        /// The buyer is still filling in the checkout page.
        Open = "open",
        /// The session expired before it was paid.
        Expired = "expired",
        /// The buyer has confirmed; the payment is being processed.
        Confirmed = "confirmed",
        /// Paid, and the order has been created.
        Succeeded = "succeeded",
        /// Kept for older clients; no session gets this status.
        Failed = "failed",
    }
}

crate::words! {
    /// Ways in which an address field is asked for.
    pub enum FieldMode {
        /// Shown, and must be filled in.
        Required = "required",
        /// Shown, and may be left empty.
        Optional = "optional",
        /// Not shown.
        Disabled = "disabled",
    }
}

/// Six fields of a billing address, and how each is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingAddressFields<T: ToSchema = FieldMode> {
    /// Country of the billing address.
    pub country: T,
    /// State or province of the billing address.
    pub state: T,
    /// City of the billing address.
    pub city: T,
    /// Postal code of the billing address.
    pub postal_code: T,
    /// First line of the billing address.
    pub line1: T,
    /// Second line of the billing address.
    pub line2: T,
}

/// Fields that every view of a checkout session has. All amounts are in minor units of `currency`, such as cents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutBase {
    /// ID of the checkout session.
    pub id: Uuid,
    /// Time at which the checkout session was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the checkout session, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Payment processor; always `stripe`, the only value that clients accept.
    pub payment_processor: &'static str,
    /// Status of the session.
    pub status: CheckoutStatus,
    /// Secret in the address of the checkout page; anyone who has it can see, change and confirm the session.
    pub client_secret: String,
    /// URL of the hosted checkout page, to which you send the buyer.
    pub url: String,
    /// Time at which an open session expires, in UTC.
    pub expires_at: Timestamp,
    /// URL to which the buyer goes after paying, with the session's ID filled in.
    pub success_url: String,
    /// URL behind the page's back button; null if it has none.
    pub return_url: Option<String>,
    /// Origin of the page that embeds the checkout; null if it is not embedded.
    pub embed_origin: Option<String>,
    /// Price before discount and tax, in minor units.
    pub amount: i64,
    /// Number of seats; null if the product is not sold by the seat.
    pub seats: Option<i64>,
    /// Smallest number of seats that the buyer can choose; null if only the product's own limits apply.
    pub min_seats: Option<i64>,
    /// Largest number of seats that the buyer can choose; null if only the product's own limits apply.
    pub max_seats: Option<i64>,
    /// Number of units; always null, because Till does not sell by the unit.
    pub units: Option<i64>,
    /// Smallest number of units that the buyer can choose; always null.
    pub min_units: Option<i64>,
    /// Largest number of units that the buyer can choose; always null.
    pub max_units: Option<i64>,
    /// Discount, in minor units; 0 if there is none.
    pub discount_amount: i64,
    /// Amount after the discount, without tax, in minor units.
    pub net_amount: i64,
    /// Deprecated: equals `net_amount`, in minor units.
    pub subtotal_amount: i64,
    /// Tax, in minor units; null if it cannot be calculated yet, because the address is missing.
    pub tax_amount: Option<i64>,
    /// Tax behavior: the price includes the tax (`inclusive`) or the tax is added (`exclusive`); null if no tax is
    /// calculated.
    pub tax_behavior: Option<String>,
    /// Amount to be charged, in minor units: the net amount and the tax.
    pub total_amount: i64,
    /// Currency of all amounts of the session.
    pub currency: Currency,
    /// True if the product's trial applies.
    pub allow_trial: Option<bool>,
    /// Unit of the trial that the buyer will get; null if there is none.
    pub active_trial_interval: Option<Interval>,
    /// Number of trial units; null if there is no trial.
    pub active_trial_interval_count: Option<i64>,
    /// Time at which the trial would end, in UTC; null if there is no trial.
    pub trial_end: Option<Timestamp>,
    /// ID of the organization that the checkout session belongs to.
    pub organization_id: Uuid,
    /// ID of the product selected.
    pub product_id: Uuid,
    /// Deprecated: ID of the price selected; use `prices`.
    pub product_price_id: Uuid,
    /// ID of the discount applied; null if there is none.
    pub discount_id: Option<Uuid>,
    /// Discount applied; null if there is none.
    pub discount: Option<DiscountBrief>,
    /// True if the buyer can enter a discount code.
    pub allow_discount_codes: bool,
    /// True if the full billing address is asked for, and not just what tax and payment require.
    pub require_billing_address: bool,
    /// True if a discount can change the price; false if the product is free.
    pub is_discount_applicable: bool,
    /// True if the product costs nothing.
    pub is_free_product_price: bool,
    /// True if a payment is taken when the session is confirmed; false for free products and for trials.
    pub is_payment_required: bool,
    /// True if a card is saved for later charges, as for subscriptions and trials.
    pub is_payment_setup_required: bool,
    /// True if the buyer must enter a payment method, for either of the two reasons above.
    pub is_payment_form_required: bool,
    /// ID of the customer that the session was opened for; null if the buyer is not known yet.
    pub customer_id: Option<Uuid>,
    /// True if the buyer is buying for a business.
    pub is_business_customer: bool,
    /// Name of the buyer; null if it is not known yet.
    pub customer_name: Option<String>,
    /// E-mail address of the buyer; null if it is not known yet.
    pub customer_email: Option<String>,
    /// IP address of the buyer; null if it is not known.
    pub customer_ip_address: Option<String>,
    /// Name on the invoice; null if it is not known yet.
    pub customer_billing_name: Option<String>,
    /// Billing address of the buyer; null if it is not known yet.
    pub customer_billing_address: Option<Address>,
    /// Tax ID of the buyer, such as a VAT number; null if none was entered.
    pub customer_tax_id: Option<String>,
    /// Language of the checkout page, as a BCP 47 tag; null if it follows the buyer's browser.
    pub locale: Option<String>,
    /// Payment method chosen, such as `card`; null if none has been chosen.
    pub payment_method_type: Option<String>,
    /// Data that the checkout page needs to reach the payment processor.
    pub payment_processor_metadata: BTreeMap<String, String>,
    /// Fields of the billing address, and how each is asked for.
    #[schema(inline)]
    pub billing_address_fields: BillingAddressFields<FieldMode>,
    /// Deprecated: fields of the billing address, and whether each is required.
    #[schema(inline)]
    pub customer_billing_address_fields: BillingAddressFields<bool>,
    /// Products that the buyer can choose from.
    pub products: Vec<ProductPublic>,
    /// Product selected.
    pub product: ProductPublic,
    /// Deprecated: price selected; use `prices`.
    pub product_price: Price,
    /// Prices of each product on offer, by product ID.
    pub prices: BTreeMap<Uuid, Vec<Price>>,
    /// Custom fields that the product selected asks for.
    pub attached_custom_fields: Vec<AttachedCustomField>,
    /// Answers of the buyer to the custom fields, by their slugs.
    #[schema(value_type = Object)]
    pub custom_field_data: Metadata,
}

/// Checkout session, as you see it with your access token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Checkout {
    /// Fields that every view of a checkout session has.
    #[serde(flatten)]
    pub base: CheckoutBase,
    /// Unit of a trial that replaces the product's own; null if the product's own applies.
    pub trial_interval: Option<Interval>,
    /// Number of units of a trial that replaces the product's own; null if the product's own applies.
    pub trial_interval_count: Option<i64>,
    /// Your own ID of the customer; null if you named none.
    pub external_customer_id: Option<String>,
    /// Deprecated: equals `external_customer_id`.
    pub customer_external_id: Option<String>,
    /// Value of `external_customer_id`, if the customer who bought does not have that ID: the buyer was recognized by
    /// e-mail address, or the ID belongs to another customer. Null if both agree. Till's own field; Polar has none like
    /// it.
    pub conflicting_external_customer_id: Option<String>,
    /// ID of the free subscription that the purchase upgrades; null if it starts a new one.
    pub subscription_id: Option<Uuid>,
    /// Your own key-value data, copied to the order and to the subscription: up to 50 keys.
    pub metadata: Metadata,
    /// Your own key-value data, merged into the customer's when the purchase succeeds: up to 50 keys.
    pub customer_metadata: Metadata,
}

/// Checkout session, as its buyer sees it with the client secret: without your own data, but with the organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutPublic {
    /// Fields that every view of a checkout session has.
    #[serde(flatten)]
    pub base: CheckoutBase,
    /// Organization that sells.
    pub organization: OrganizationPublic,
}

/// Checkout session after its confirmation; its status is always `confirmed`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutPublicConfirmed {
    /// Session as its buyer sees it.
    #[serde(flatten)]
    pub public: CheckoutPublic,
    /// Token of a customer session for the buyer; empty while the payment is being processed, and if the buyer was only
    /// recognized by e-mail address.
    pub customer_session_token: Option<String>,
}
