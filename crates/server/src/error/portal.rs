//! Names and words of the customer portal's refusals.

use axum::http::StatusCode;
use till_core::kernel::refusal::PortalRefusal as Refusal;

use super::ApiError;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use StatusCode as S;
        let (status, name, words) = match refusal {
            Refusal::PauseResumeNotAllowed => (
                S::FORBIDDEN,
                "PauseResumeNotAllowed",
                "Subscriptions cannot be paused or resumed here.".to_owned(),
            ),
            Refusal::PaymentMethodRequired => (
                S::CONFLICT,
                "PaymentMethodRequired",
                "Save a payment method first: this subscription is charged from now on.".to_owned(),
            ),
            Refusal::CannotRevoke => (
                S::CONFLICT,
                "CannotRevokeSubscription",
                "Only a subscription whose renewal has not been paid can be ended at once. Cancel it at the end of its period instead."
                    .to_owned(),
            ),
            Refusal::OrderNotEligibleForRetry => (
                S::UNPROCESSABLE_ENTITY,
                "OrderNotEligibleForRetry",
                "This order does not wait for a payment.".to_owned(),
            ),
            Refusal::PaymentMethodInUse => (
                S::BAD_REQUEST,
                "PaymentMethodInUseByActiveSubscription",
                "A subscription is paid with this payment method. Save another one first.".to_owned(),
            ),
            Refusal::PaymentMethodSetupFailed(words) => {
                (S::BAD_REQUEST, "PaymentMethodSetupFailed", words)
            }
            Refusal::CustomerNotReady => (
                S::FORBIDDEN,
                "CustomerNotReady",
                "No payment method is being saved.".to_owned(),
            ),
        };
        Self::named(status, name, words)
    }
}
