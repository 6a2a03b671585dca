//! Seats: places in what a customer bought by the seat, each for one person.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::members::Member;

mod requests;

pub use requests::{CustomerSeatAssign, Recipient, SeatAssign, SeatClaim, SeatTarget};

crate::words! {
    /// Status of a seat.
    pub enum SeatStatus {
        /// Somebody is invited, and has not claimed it yet.
        Pending = "pending",
        /// Somebody holds it.
        Claimed = "claimed",
        /// It was taken back: it is free for the next person.
        Revoked = "revoked",
    }
}

/// Seat of a subscription or of an order, for one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSeat {
    /// Time at which the seat was first assigned, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the seat, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the seat.
    pub id: Uuid,
    /// ID of the subscription; null if the seats were bought once.
    pub subscription_id: Option<Uuid>,
    /// ID of the order; null if the seats belong to a subscription.
    pub order_id: Option<Uuid>,
    /// Status of the seat.
    pub status: SeatStatus,
    /// ID of the customer who bought the seats; null once the seat is revoked.
    pub customer_id: Option<Uuid>,
    /// ID of the member whom the seat is for; null once it is revoked.
    pub member_id: Option<Uuid>,
    /// Member whom the seat is for; null once it is revoked.
    pub member: Option<Member>,
    /// E-mail address of the member; null once the seat is revoked.
    pub email: Option<String>,
    /// The same address, for older clients.
    pub customer_email: Option<String>,
    /// Time until which the invitation can be used, in UTC; null if there is none.
    pub invitation_token_expires_at: Option<Timestamp>,
    /// Time at which the seat was claimed, in UTC; null if it never was.
    pub claimed_at: Option<Timestamp>,
    /// Time at which the seat was revoked, in UTC; null if it is not.
    pub revoked_at: Option<Timestamp>,
    /// Your own data on the seat; null if there is none.
    #[schema(value_type = Option<Object>)]
    pub seat_metadata: Option<Map<String, Value>>,
}

/// Seats of a subscription or of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeatsList {
    /// Seats that were ever assigned, the first one first; revoked ones name nobody.
    pub seats: Vec<CustomerSeat>,
    /// Number of seats that are free.
    pub available_seats: i64,
    /// Number of seats that were bought.
    pub total_seats: i64,
}

/// Invitation to a seat, as its link shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeatClaimInfo {
    /// Name of the product.
    pub product_name: String,
    /// ID of the product.
    pub product_id: Uuid,
    /// Name of the organization.
    pub organization_name: String,
    /// Slug of the organization.
    pub organization_slug: String,
    /// E-mail address of the person who is invited.
    pub customer_email: String,
    /// True if the seat can be claimed now.
    pub can_claim: bool,
}

/// Seat that was claimed, with a way into the customer portal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSeatClaimResponse {
    /// Seat after the claim.
    pub seat: CustomerSeat,
    /// Token of a customer session of the member, which is shown only here.
    pub customer_session_token: String,
}
