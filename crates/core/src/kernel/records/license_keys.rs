//! Records of license keys.

use jiff::Timestamp;
use serde_json::Value;
use till_wire::{license_keys::LicenseKeyStatus, metadata::Metadata};
use uuid::Uuid;

use crate::{kernel::values::Json, record};

record! {
    /// A license key: of a grant, and used again when it is granted again. Validations raise `usage` and `validations`, and
    /// not the version.
    "license_keys", versioned;
    pub struct LicenseKey {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        /// The member whose it is; none: it is the customer's own.
        member_id: Option<Uuid>,
        benefit_id: Uuid,
        grant_id: Uuid,
        /// The subscription that gives it, where that is the purchase.
        subscription_id: Option<Uuid>,
        /// The order that gives it, where that is the purchase.
        order_id: Option<Uuid>,
        key: String,
        /// Status that holds now.
        status: LicenseKeyStatus,
        /// Status that the merchant set; it holds while the purchase gives the benefit.
        wanted_status: LicenseKeyStatus,
        /// Terms of the benefit when the key last followed it: see `crate::benefits::license_keys`.
        given: Json<Value>,
        limit_activations: Option<i64>,
        limit_usage: Option<i64>,
        expires_at: Option<Timestamp>,
        /// Number of its activations.
        activations: i64,
        usage: i64,
        validations: i64,
        last_validated_at: Option<Timestamp>,
    }
}

record! {
    /// An activation of a license key; deleted when it ends.
    "license_key_activations";
    pub struct LicenseKeyActivation {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        organization_id: Uuid,
        license_key_id: Uuid,
        label: String,
        conditions: Json<Metadata>,
        meta: Json<Metadata>,
    }
}
