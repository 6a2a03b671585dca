//! Requests that change, validate, activate and deactivate license keys.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::LicenseKeyStatus;
use crate::{
    input::{Context, Patch},
    limits,
    metadata::{self, Metadata},
    request::*,
};

request! {
    /// Change to a license key. A field that is left out stays as it is.
    pub struct LicenseKeyUpdate: Default {
        /// New status. `revoked` revokes the grant, too; `granted` and `disabled` grant it again, unless the purchase no
        /// longer gives the benefit. If left out or null, it stays as it is.
        pub status: Option<LicenseKeyStatus> = optional(word::<LicenseKeyStatus>()),
        /// New usage of the license key.
        pub usage: Option<i64> = omittable(int(limits::INT32_LEAST, limits::INT32)),
        /// New limit of activations at once; null if the license key cannot be activated, only validated.
        pub limit_activations: Patch<i64> = patch(positive(limits::INT32)),
        /// New limit of the usage; null if there is no limit.
        pub limit_usage: Patch<i64> = patch(positive(limits::INT32)),
        /// New time from which the license key is no longer valid, which may be in the past; null if it does not expire.
        pub expires_at: Patch<Timestamp> = patch(moment()),
    }
}

request! {
    /// License key to validate, and what must be true of it.
    pub struct LicenseKeyValidate {
        /// Text of the license key; capital and small letters differ.
        pub key: String = required(line(0)),
        /// ID of the organization that the license key belongs to.
        pub organization_id: Uuid = required(id()),
        /// ID of an activation of the license key; if given, the activation must exist.
        pub activation_id: Option<Uuid> = optional(id()),
        /// ID of the benefit that must have granted the license key.
        pub benefit_id: Option<Uuid> = optional(id()),
        /// ID of the customer who must have the license key.
        pub customer_id: Option<Uuid> = optional(id()),
        /// Number by which to raise the usage of the license key; refused if less is left of its limit.
        pub increment_usage: Option<i64> = optional(int(0, limits::INT32)),
        /// Conditions of the activation: if it has any, exactly these must be sent. Up to 50 keys of 1 to 40 characters;
        /// values are texts of 1 to 500 characters, numbers or booleans.
        pub conditions: Metadata = omittable(metadata()).or_default(),
    }
}

/// Reads metadata of an activation, which strangers may send: little text altogether.
fn small_metadata() -> impl Reader<Value = Metadata> {
    let read = |value: &Value, cx: &mut Context| {
        let read = metadata::metadata(value, cx)?;
        if value.to_string().len() > limits::ACTIVATION_METADATA {
            let most = limits::ACTIVATION_METADATA;
            return cx.refuse(format!("this cannot be larger than {most} bytes"), value);
        }
        Some(read)
    };
    read_by(read, || metadata().schema())
}

request! {
    /// License key to activate.
    pub struct LicenseKeyActivate {
        /// Text of the license key; capital and small letters differ.
        pub key: String = required(line(0)),
        /// ID of the organization that the license key belongs to.
        pub organization_id: Uuid = required(id()),
        /// Name of the place where the license key is used, such as a computer.
        pub label: String = required(line(0)),
        /// Conditions that each validation of the activation must send exactly; no response shows them. Up to 50 keys of 1
        /// to 40 characters; values are texts of 1 to 500 characters, numbers or booleans; 4,096 bytes as JSON at most.
        pub conditions: Metadata = omittable(small_metadata()).or_default(),
        /// Data to attach to the activation: up to 50 keys of 1 to 40 characters; values are texts of 1 to 500 characters,
        /// numbers or booleans; 4,096 bytes as JSON at most.
        pub meta: Metadata = omittable(small_metadata()).or_default(),
    }
}

request! {
    /// Activation to end.
    pub struct LicenseKeyDeactivate {
        /// Text of the license key; capital and small letters differ.
        pub key: String = required(line(0)),
        /// ID of the organization that the license key belongs to.
        pub organization_id: Uuid = required(id()),
        /// ID of the activation.
        pub activation_id: Uuid = required(id()),
    }
}
