//! Customers and their sessions.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{address::Address, metadata::Metadata};

mod requests;

pub use requests::{CustomerCreate, CustomerSessionCreate, CustomerUpdate, SessionFor};

crate::words! {
    /// The customer.
    pub enum CustomerType {
        /// One person.
        Individual = "individual",
        /// Several people.
        Team = "team",
    }
}

/// A customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Customer {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Free data of the merchant.
    pub metadata: Metadata,
    /// The merchant's own id.
    pub external_id: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Whether the customer proved to own the address.
    pub email_verified: bool,
    /// Person or team.
    #[serde(rename = "type")]
    pub kind: CustomerType,
    /// Name.
    pub name: Option<String>,
    /// Name on bills; the name where none is set.
    pub billing_name: Option<String>,
    /// Billing address.
    pub billing_address: Option<Address>,
    /// Tax id: number and format.
    #[schema(value_type = Option<Vec<String>>)]
    pub tax_id: Option<(String, String)>,
    /// Language.
    pub locale: Option<String>,
    /// Its organization.
    pub organization_id: Uuid,
    /// The payment method that renewals use.
    pub default_payment_method_id: Option<Uuid>,
    /// When it was deleted; only in `customer.deleted`.
    pub deleted_at: Option<Timestamp>,
    /// The first usage event.
    pub first_user_event_at: Option<Timestamp>,
    /// Picture.
    pub avatar_url: String,
}

/// The customer as older clients read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub public_name: String,
    pub avatar_url: Option<String>,
    pub github_username: Option<String>,
}

/// A session that opens the customer's portal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSession {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// Null.
    pub modified_at: Option<Timestamp>,
    /// The bearer token; shown once.
    pub token: String,
    /// One hour after creation.
    pub expires_at: Timestamp,
    /// Where the portal's back button leads.
    pub return_url: Option<String>,
    /// The portal's address with the token in it.
    pub customer_portal_url: String,
    /// The customer.
    pub customer_id: Uuid,
    /// The customer.
    pub customer: Customer,
}
