//! The customer portal, as its customers see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::members::MemberRole;

mod requests;
mod views;

pub use requests::*;
pub use views::*;

/// Customer session as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerCustomerSession {
    /// Time at which the token stops working, in UTC.
    pub expires_at: Timestamp,
    /// Address to which the portal leads back; null if there is none.
    pub return_url: Option<String>,
}

crate::words! {
    /// Type of whoever holds a token of the portal.
    pub enum PortalUserType {
        /// The customer.
        Customer = "customer",
        /// A member of the customer.
        Member = "member",
    }
}

/// Holder of a token of the customer portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortalAuthenticatedUser {
    /// Type of the holder.
    #[serde(rename = "type")]
    pub kind: PortalUserType,
    /// Name of the holder; null if it is not known.
    pub name: Option<String>,
    /// E-mail address of the holder.
    pub email: String,
    /// ID of the customer whose portal it is.
    pub customer_id: Uuid,
    /// ID of the member; null if the holder is the customer.
    pub member_id: Option<Uuid>,
    /// Role of the member; null if the holder is the customer.
    pub role: Option<MemberRole>,
}
