use super::Refusal;

/// Reason why a seat is not given, claimed or asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatRefusal {
    /// The organization has no seats.
    FeatureNotEnabled,
    /// No seat is free, or the order is not paid.
    NotAvailable,
    /// The person has a seat, or is invited to one.
    AlreadyAssigned,
    /// The customer whom the request names does not exist.
    InvalidRequest,
    /// The member whom the request names does not exist.
    MemberNotFound,
    /// Address and external id are not of one member.
    EmailMismatch,
    /// Nobody is invited to the seat.
    NotPending,
    /// The invitation is wrong, was used or withdrawn, or has expired.
    InvalidToken,
    /// Neither a subscription nor an order is named.
    NothingNamed,
}

impl From<SeatRefusal> for Refusal {
    fn from(refusal: SeatRefusal) -> Self {
        Self::Seat(refusal)
    }
}
