//! Names and words of refusals about seats.

use axum::http::StatusCode;
use till_core::kernel::refusal::SeatRefusal as Refusal;

use super::ApiError;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use StatusCode as S;
        let (status, name, words) = match refusal {
            Refusal::FeatureNotEnabled => (
                S::FORBIDDEN,
                "FeatureNotEnabled",
                "Seat-based pricing is not enabled for this organization.",
            ),
            Refusal::NotAvailable => (
                S::BAD_REQUEST,
                "SeatNotAvailable",
                "No seat is free: all of them are used, or they are not paid for.",
            ),
            Refusal::AlreadyAssigned => (
                S::BAD_REQUEST,
                "SeatAlreadyAssigned",
                "This person already has a seat, or is invited to one.",
            ),
            Refusal::InvalidRequest => (
                S::BAD_REQUEST,
                "InvalidSeatAssignmentRequest",
                "The customer whom the request names does not exist.",
            ),
            Refusal::MemberNotFound => (
                S::NOT_FOUND,
                "MemberNotFound",
                "The customer who bought the seats has no such member.",
            ),
            Refusal::EmailMismatch => (
                S::BAD_REQUEST,
                "MemberEmailMismatch",
                "The e-mail address and the external ID belong to different members.",
            ),
            Refusal::NotPending => (
                S::BAD_REQUEST,
                "SeatNotPending",
                "Nobody is invited to this seat at the moment.",
            ),
            Refusal::InvalidToken => (
                S::BAD_REQUEST,
                "InvalidInvitationToken",
                "This invitation is wrong, was used or withdrawn, or has expired.",
            ),
            Refusal::NothingNamed => (
                S::BAD_REQUEST,
                "BadRequest",
                "Either subscription_id or order_id is needed.",
            ),
        };
        Self::named(status, name, words)
    }
}
