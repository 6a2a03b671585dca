//! License keys as the API shows them.

use till_wire::license_keys::{
    LicenseKeyActivationBase, LicenseKeyActivationRead, LicenseKeyRead, LicenseKeyWithActivations,
    ValidatedLicenseKey,
};

use crate::kernel::records::{Customer, CustomerMember, LicenseKey, LicenseKeyActivation};

/// A license key with whose it is.
#[derive(Debug, Clone)]
pub struct HeldKey {
    /// The key.
    pub key: LicenseKey,
    /// The customer whose it is.
    pub customer: Customer,
    /// The member whose it is; none: it is the customer's own.
    pub member: Option<CustomerMember>,
}

impl HeldKey {
    /// The key as the API shows it.
    pub fn view(&self) -> LicenseKeyRead {
        let key = &self.key;
        LicenseKeyRead {
            id: key.id,
            created_at: key.created_at,
            modified_at: key.modified_at,
            organization_id: key.organization_id,
            customer_id: key.customer_id,
            customer: self.customer.view(),
            member_id: key.member_id,
            member: self.member.as_ref().map(CustomerMember::view),
            benefit_id: key.benefit_id,
            key: key.key.clone(),
            display_key: key.display_key(),
            status: key.status,
            limit_activations: key.limit_activations,
            usage: key.usage,
            limit_usage: key.limit_usage,
            validations: key.validations,
            last_validated_at: key.last_validated_at,
            expires_at: key.expires_at,
        }
    }

    /// The key with its activations.
    pub fn with(&self, activations: &[LicenseKeyActivation]) -> LicenseKeyWithActivations {
        LicenseKeyWithActivations {
            license_key: self.view(),
            activations: activations.iter().map(LicenseKeyActivation::view).collect(),
        }
    }

    /// The key after a validation.
    pub fn validated(&self, activation: Option<&LicenseKeyActivation>) -> ValidatedLicenseKey {
        ValidatedLicenseKey {
            license_key: self.view(),
            activation: activation.map(LicenseKeyActivation::view),
        }
    }

    /// One of its activations, with the key.
    pub fn activation(&self, activation: &LicenseKeyActivation) -> LicenseKeyActivationRead {
        LicenseKeyActivationRead {
            activation: activation.view(),
            license_key: self.view(),
        }
    }
}

impl LicenseKeyActivation {
    /// The activation as the API shows it: without its conditions.
    pub fn view(&self) -> LicenseKeyActivationBase {
        LicenseKeyActivationBase {
            id: self.id,
            license_key_id: self.license_key_id,
            label: self.label.clone(),
            meta: self.meta.0.clone(),
            created_at: self.created_at,
            modified_at: self.modified_at,
        }
    }
}
