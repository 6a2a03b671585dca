use super::Refusal;

/// Reason why something that a customer asks for in their portal is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortalRefusal {
    /// The organization does not let its customers pause and resume.
    PauseResumeNotAllowed,
    /// The subscription is to be paid from now on, and no card is saved.
    PaymentMethodRequired,
    /// The subscription is not one that its customer can end at once.
    CannotRevoke,
    /// The order does not wait for a payment.
    OrderNotEligibleForRetry,
    /// A subscription is paid with the card, and there is no other.
    PaymentMethodInUse,
    /// The card was not saved; the processor's words.
    PaymentMethodSetupFailed(String),
    /// The processor does not know the customer yet.
    CustomerNotReady,
}

impl From<PortalRefusal> for Refusal {
    fn from(refusal: PortalRefusal) -> Self {
        Self::Portal(refusal)
    }
}
