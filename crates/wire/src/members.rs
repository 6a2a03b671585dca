//! Members of customers: the people who share what a customer bought.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

mod requests;

pub use requests::{
    MemberCreate, MemberOwnerCreate, MemberUpdate, PortalMemberCreate, PortalMemberUpdate,
};

crate::words! {
    /// Role of a member of a customer.
    pub enum MemberRole {
        /// Owns the customer: may do everything, and there is exactly one.
        Owner = "owner",
        /// Manages what is paid, and who belongs to the customer.
        BillingManager = "billing_manager",
        /// Uses what was bought.
        Member = "member",
    }
}

/// Member of a customer: one of the people who share what the customer bought.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Member {
    /// ID of the member.
    pub id: Uuid,
    /// Time at which the member was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the member, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the customer that the member belongs to.
    pub customer_id: Uuid,
    /// E-mail address of the member; unique among the members of the customer.
    pub email: String,
    /// Name of the member; null if it is not known.
    pub name: Option<String>,
    /// Your own ID of the member; null if you have set none.
    pub external_id: Option<String>,
    /// Role of the member: each customer has exactly one owner.
    pub role: MemberRole,
}

/// Member of a team, as the team's own people see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PortalMember {
    /// ID of the member.
    pub id: Uuid,
    /// Time at which the member was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the member, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// E-mail address of the member.
    pub email: String,
    /// Name of the member; null if it is not known.
    pub name: Option<String>,
    /// Role of the member: each team has exactly one owner.
    pub role: MemberRole,
}
