use super::Refusal;

/// Reason why a license key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenseKeyRefusal {
    /// It is revoked or disabled.
    Inactive,
    /// Its time is over.
    Expired,
    /// The activation has other conditions.
    OtherConditions,
    /// It is of another benefit.
    OtherBenefit,
    /// It is another customer's.
    OtherCustomer,
    /// Less is left of its usage than was asked for; the number is what is left.
    Spent(i64),
    /// It has no limit of activations, so it cannot be activated.
    NoActivations,
    /// It has as many activations as it can have.
    NoActivationLeft,
}

impl LicenseKeyRefusal {
    /// The refusal of a validation: of a key that cannot be used it says that there is none.
    pub fn of_validation(self) -> Refusal {
        self.into()
    }

    /// The refusal of an activation: it is not permitted.
    pub fn of_activation(self) -> Refusal {
        Refusal::NotPermitted(self.words())
    }

    /// The reason, for people.
    pub fn words(self) -> String {
        let words = match self {
            Self::Inactive => "This license key is not active.",
            Self::Expired => "This license key has expired.",
            Self::OtherConditions => "These are not the conditions of the activation.",
            Self::OtherBenefit => "This license key is of another benefit.",
            Self::OtherCustomer => "This license key is another customer's.",
            Self::NoActivations => {
                "This license key does not support activations. Validate it instead."
            }
            Self::NoActivationLeft => "This license key has as many activations as it can have.",
            Self::Spent(left) => {
                return format!("Only {left} of this license key's usage is left.");
            }
        };
        words.to_owned()
    }
}

impl From<LicenseKeyRefusal> for Refusal {
    fn from(refusal: LicenseKeyRefusal) -> Self {
        Self::LicenseKey(refusal)
    }
}
