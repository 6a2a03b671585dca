//! Records of the catalog: what is sold, and what it is made of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use till_wire::{
    benefits::{BenefitType, BenefitVisibility},
    custom_fields::CustomFieldType,
    files::FileService,
    metadata::Metadata,
    meters::{Aggregation, Filter, MeterUnit},
    money::Currency,
    organizations::TaxBehaviorOption,
    products::{SeatTiers, Visibility},
    values::Interval,
    words,
};
use uuid::Uuid;

use crate::{kernel::values::Json, record, word_cell};

words! {
    /// The way in which a price is worked out.
    pub enum PriceKind {
        /// A fixed amount.
        Fixed = "fixed",
        /// The buyer chooses.
        Custom = "custom",
        /// By the number of seats.
        SeatBased = "seat_based",
        /// By usage, after it.
        MeteredUnit = "metered_unit",
    }
}

word_cell!(PriceKind);

record! {
    /// A product. Its benefits, medias and custom fields are ids in the order of display.
    "products", versioned;
    pub struct Product {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        name: String,
        description: Option<String>,
        visibility: Visibility,
        recurring_interval: Option<Interval>,
        recurring_interval_count: Option<i64>,
        is_archived: bool,
        metadata: Json<Metadata>,
        trial_interval: Option<Interval>,
        trial_interval_count: Option<i64>,
        meter_interval: Option<Interval>,
        meter_interval_count: Option<i64>,
        benefit_ids: Json<Vec<Uuid>>,
        media_ids: Json<Vec<Uuid>>,
        custom_fields: Json<Vec<AttachedField>>,
    }
    folded {
        name_folded: searchable(name),
    }
}

/// A custom field as a product asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedField {
    /// The field.
    pub custom_field_id: Uuid,
    /// True where a buyer must fill it in to confirm.
    pub required: bool,
}

record! {
    /// A price of a product; never edited, only archived. With a `checkout_id` it is that session's alone.
    /// Amounts are minor units; `unit_amount` is a decimal number of them per metered unit.
    "product_prices", checked;
    pub struct ProductPrice {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        organization_id: Uuid,
        product_id: Uuid,
        position: i64,
        currency: Currency,
        amount_type: PriceKind,
        price_amount: Option<i64>,
        minimum_amount: Option<i64>,
        maximum_amount: Option<i64>,
        preset_amount: Option<i64>,
        tax_behavior: Option<TaxBehaviorOption>,
        is_archived: bool,
        seat_tiers: Option<Json<SeatTiers>>,
        meter_id: Option<Uuid>,
        unit_amount: Option<String>,
        cap_amount: Option<i64>,
        checkout_id: Option<Uuid>,
    }
}

record! {
    /// Meter of usage.
    "meters", versioned;
    pub struct Meter {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        name: String,
        unit: MeterUnit,
        custom_label: Option<String>,
        custom_multiplier: Option<i64>,
        filter: Json<Filter>,
        aggregation: Json<Aggregation>,
        metadata: Json<Metadata>,
        archived_at: Option<Timestamp>,
    }
    folded {
        name_folded: searchable(name),
    }
}

record! {
    /// Benefit of a purchase.
    "benefits", versioned;
    pub struct Benefit {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        kind: BenefitType,
        description: String,
        visibility: BenefitVisibility,
        properties: Json<Value>,
        metadata: Json<Metadata>,
        deleted_at: Option<Timestamp>,
    }
    folded {
        description_folded: searchable(description),
    }
}

record! {
    /// Grant of a benefit: what a purchase gave to a customer, or to one of its members. Of `subscription_id` and `order_id`
    /// exactly one is there; there is one row for each benefit, purchase and holder, used again when the benefit is
    /// granted again. Live while `granted_at` is there.
    "benefit_grants", versioned;
    pub struct BenefitGrant {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        /// The member whose it is; none: it is the customer's own.
        member_id: Option<Uuid>,
        benefit_id: Uuid,
        subscription_id: Option<Uuid>,
        order_id: Option<Uuid>,
        granted_at: Option<Timestamp>,
        revoked_at: Option<Timestamp>,
        /// Properties of the grant, by the benefit's type.
        properties: Json<Value>,
        /// Place of the benefit in the product, from 0.
        position: i64,
        /// Number of paid renewals that began since it was granted, as far as they were told of.
        cycles: i64,
        /// Credits that it gave last, and that were not taken back.
        credited: Option<Json<Credited>>,
    }
}

/// Credits of a meter as they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credited {
    /// The meter.
    pub meter_id: Uuid,
    /// Units, more than 0.
    pub units: i64,
    /// True where what is left of them moves into the next period.
    pub rollover: bool,
    /// Time at which they were given.
    pub at: Timestamp,
}

record! {
    /// Downloads of a file by somebody who has a benefit with it. There is one row for each benefit, file and holder.
    "file_downloads", versioned;
    pub struct FileDownload {
        id: Uuid,
        /// Time of the first download.
        created_at: Timestamp,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        /// The member who fetched it, or the customer as such.
        holder_id: Uuid,
        benefit_id: Uuid,
        file_id: Uuid,
        /// Number of downloads that began.
        downloads: i64,
        /// Time at which the last one began.
        last_at: Timestamp,
    }
}

record! {
    /// A question that a checkout asks.
    "custom_fields", versioned;
    pub struct CustomField {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        kind: CustomFieldType,
        slug: String,
        name: String,
        properties: Json<Value>,
        metadata: Json<Metadata>,
        deleted_at: Option<Timestamp>,
    }
    folded {
        name_folded: searchable(name),
    }
}

record! {
    /// An uploaded file. `path` is its place in the store of files, `public_url`
    /// where everybody sees it, `label` the merchant's version name.
    "files", versioned;
    pub struct File {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        service: FileService,
        name: String,
        path: String,
        public_url: Option<String>,
        mime_type: String,
        size: i64,
        label: Option<String>,
        checksum_etag: Option<String>,
        checksum_sha256_base64: Option<String>,
        checksum_sha256_hex: Option<String>,
        last_modified_at: Option<Timestamp>,
        upload: Json<Upload>,
        is_uploaded: bool,
        deleted_at: Option<Timestamp>,
    }
}

/// The state of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Upload {
    /// Its parts, in order.
    pub parts: Vec<UploadPart>,
}

/// One part of an upload; bytes `start..end` of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadPart {
    /// From 1.
    pub number: i64,
    /// First byte.
    pub chunk_start: i64,
    /// One past the last byte.
    pub chunk_end: i64,
    /// The SHA-256 of the bytes, as the client says.
    pub checksum_sha256_base64: Option<String>,
}
