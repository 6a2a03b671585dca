//! License keys: codes that show a program that its user has bought it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{customers::Customer, members::Member, metadata::Metadata};

mod requests;

pub use requests::{
    LicenseKeyActivate, LicenseKeyDeactivate, LicenseKeyUpdate, LicenseKeyValidate,
};

crate::words! {
    /// Status of a license key.
    pub enum LicenseKeyStatus {
        /// It can be used.
        Granted = "granted",
        /// The purchase no longer gives it, or you took it back.
        Revoked = "revoked",
        /// You blocked it; the benefit stays granted.
        Disabled = "disabled",
    }
}

/// License key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseKeyRead {
    /// ID of the license key.
    pub id: Uuid,
    /// Time at which the license key was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the license key, in UTC; null if it has never changed. Validations do
    /// not count as changes.
    pub modified_at: Option<Timestamp>,
    /// ID of the organization that the license key belongs to.
    pub organization_id: Uuid,
    /// ID of the customer who has the license key.
    pub customer_id: Uuid,
    /// Customer who has the license key.
    pub customer: Customer,
    /// ID of the member of the customer who has the license key; null if it is the customer's own.
    pub member_id: Option<Uuid>,
    /// Member of the customer who has the license key; null if it is the customer's own.
    pub member: Option<Member>,
    /// ID of the benefit that grants the license key.
    pub benefit_id: Uuid,
    /// Text of the license key.
    pub key: String,
    /// Last six characters of the license key behind `****-`, for display.
    pub display_key: String,
    /// Status of the license key.
    pub status: LicenseKeyStatus,
    /// Limit of activations at once, of which there are never more than 1,000; null if the license key cannot be
    /// activated, only validated.
    pub limit_activations: Option<i64>,
    /// Usage of the license key: validations raise it by their `increment_usage`, and you can change it.
    pub usage: i64,
    /// Limit of the usage, up to which validations can raise it; null if there is no limit.
    pub limit_usage: Option<i64>,
    /// Number of successful validations.
    pub validations: i64,
    /// Time of the last successful validation, in UTC; null if there was none.
    pub last_validated_at: Option<Timestamp>,
    /// Time from which the license key is no longer valid, in UTC; null if it does not expire.
    pub expires_at: Option<Timestamp>,
}

/// Activation of a license key: one place where it is used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseKeyActivationBase {
    /// ID of the activation.
    pub id: Uuid,
    /// ID of the license key.
    pub license_key_id: Uuid,
    /// Name of the place where the license key is used, such as a computer.
    pub label: String,
    /// Data that your program has attached to the activation.
    pub meta: Metadata,
    /// Time at which the activation was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the activation, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
}

/// Activation with its license key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseKeyActivationRead {
    /// Fields of the activation.
    #[serde(flatten)]
    pub activation: LicenseKeyActivationBase,
    /// License key that is activated.
    pub license_key: LicenseKeyRead,
}

/// License key with its activations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseKeyWithActivations {
    /// Fields of the license key.
    #[serde(flatten)]
    pub license_key: LicenseKeyRead,
    /// Activations, the first one first. In the customer portal the list is empty unless the benefit lets customers
    /// manage them.
    pub activations: Vec<LicenseKeyActivationBase>,
}

/// License key that is valid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ValidatedLicenseKey {
    /// Fields of the license key.
    #[serde(flatten)]
    pub license_key: LicenseKeyRead,
    /// Activation that was named; null if none was.
    pub activation: Option<LicenseKeyActivationBase>,
}
