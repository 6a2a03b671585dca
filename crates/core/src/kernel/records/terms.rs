//! Records of the terms of a sale: discounts, trials, checkout links.

use std::collections::BTreeMap;

use jiff::Timestamp;
use till_wire::{
    discounts::{DiscountDuration, DiscountType},
    metadata::Metadata,
    money::Currency,
    values::Interval,
};
use uuid::Uuid;

use crate::{kernel::values::Json, record};

record! {
    /// A discount. `code_key` is the folded code, which is compared; `amounts` are minor units by currency; no products
    /// means every product.
    "discounts", versioned, checked;
    pub struct Discount {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        kind: DiscountType,
        name: String,
        code: Option<String>,
        code_key: Option<String>,
        duration: DiscountDuration,
        duration_in_months: Option<i64>,
        basis_points: Option<i64>,
        amounts: Option<Json<BTreeMap<Currency, i64>>>,
        starts_at: Option<Timestamp>,
        ends_at: Option<Timestamp>,
        max_redemptions: Option<i64>,
        max_redemptions_per_customer: Option<i64>,
        redemptions_count: i64,
        product_ids: Json<Vec<Uuid>>,
        metadata: Json<Metadata>,
        deleted_at: Option<Timestamp>,
    }
    folded {
        name_folded: searchable(name),
        code_folded: searchable(code),
    }
}

record! {
    /// A session's use of a discount, from its confirmation on.
    "discount_redemptions";
    pub struct DiscountRedemption {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        discount_id: Uuid,
        checkout_id: Uuid,
        subscription_id: Option<Uuid>,
        customer_id: Option<Uuid>,
        email_key: Option<String>,
        card_fingerprint: Option<String>,
    }
}

record! {
    /// A trial that somebody has had.
    "trial_redemptions";
    pub struct TrialRedemption {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        customer_id: Uuid,
        product_id: Uuid,
        email_key: String,
        card_fingerprint: Option<String>,
    }
}

record! {
    /// A permanent address that opens sessions. `signing_secret` is the key of what it is told to trust.
    "checkout_links", versioned;
    pub struct CheckoutLink {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        client_secret: String,
        label: Option<String>,
        product_ids: Json<Vec<Uuid>>,
        allow_discount_codes: bool,
        require_billing_address: bool,
        discount_id: Option<Uuid>,
        seats: Option<i64>,
        success_url: Option<String>,
        return_url: Option<String>,
        trial_interval: Option<Interval>,
        trial_interval_count: Option<i64>,
        metadata: Json<Metadata>,
        require_signature: bool,
        signing_secret: String,
        deleted_at: Option<Timestamp>,
    }
}
