//! Records of seats.

use jiff::Timestamp;
use serde_json::{Map, Value};
use till_wire::seats::SeatStatus;
use uuid::Uuid;

use crate::{kernel::values::Json, record};

record! {
    /// A seat of a subscription or of an order. One that was revoked names no member, and its row is used again.
    "customer_seats", versioned;
    pub struct CustomerSeat {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        /// Customer who bought it.
        customer_id: Uuid,
        subscription_id: Option<Uuid>,
        order_id: Option<Uuid>,
        /// Member of the customer whom it is for; none once it is revoked.
        member_id: Option<Uuid>,
        status: SeatStatus,
        /// HMAC of the invitation's token; none once it was used.
        invitation_token_hash: Option<String>,
        /// Time until which the invitation can be used, by the organization's clock.
        invitation_token_expires_at: Option<Timestamp>,
        claimed_at: Option<Timestamp>,
        revoked_at: Option<Timestamp>,
        metadata: Option<Json<Map<String, Value>>>,
    }
}
