//! Names of refusals about license keys.

use axum::http::StatusCode;
use till_core::kernel::refusal::LicenseKeyRefusal as Refusal;

use super::ApiError;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use StatusCode as S;
        let (status, name) = match refusal {
            Refusal::Inactive
            | Refusal::Expired
            | Refusal::OtherConditions
            | Refusal::OtherBenefit
            | Refusal::OtherCustomer => (S::NOT_FOUND, "ResourceNotFound"),
            Refusal::Spent(_) => (S::BAD_REQUEST, "BadRequest"),
            Refusal::NoActivations | Refusal::NoActivationLeft => (S::FORBIDDEN, "NotPermitted"),
        };
        Self::named(status, name, refusal.words())
    }
}
