//! Customers and their sessions.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{address::Address, metadata::Metadata};

mod requests;

pub(crate) use requests::kept_address;
pub use requests::{CustomerCreate, CustomerSessionCreate, CustomerUpdate, SessionFor};

crate::words! {
    /// Type of a customer.
    pub enum CustomerType {
        /// One person.
        Individual = "individual",
        /// Several people who share what was bought.
        Team = "team",
    }
}

/// Customer: a person or a team who bought something, or whom you created.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Customer {
    /// ID of the customer.
    pub id: Uuid,
    /// Time at which the customer was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the customer, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Your own key-value data on the customer: up to 50 keys.
    pub metadata: Metadata,
    /// Your own ID of the customer; null if you have set none.
    pub external_id: Option<String>,
    /// E-mail address of the customer; null only of a team that is reached through its owner.
    pub email: Option<String>,
    /// True if the customer has proved that the e-mail address is theirs.
    pub email_verified: bool,
    /// Type of the customer: a team has members who share what it buys.
    #[serde(rename = "type")]
    pub kind: CustomerType,
    /// Name of the customer; null if it is not known.
    pub name: Option<String>,
    /// Name on the customer's invoices; `name` if no other was given, and null if neither is known.
    pub billing_name: Option<String>,
    /// Billing address of the customer; null if it is not known.
    pub billing_address: Option<Address>,
    /// Tax ID of the customer, as a list of the number and its format, such as `eu_vat`; null if there is none.
    #[schema(value_type = Option<Vec<String>>)]
    pub tax_id: Option<(String, String)>,
    /// Preferred language of the customer, as a BCP 47 tag; null if it is not known.
    pub locale: Option<String>,
    /// ID of the organization that the customer belongs to.
    pub organization_id: Uuid,
    /// ID of the payment method that renewals are charged to; null if there is none.
    pub default_payment_method_id: Option<Uuid>,
    /// Time at which the customer was deleted; set only in the webhook event `customer.deleted`, and otherwise null.
    pub deleted_at: Option<Timestamp>,
    /// Time of the customer's first usage event; null if there has been none.
    pub first_user_event_at: Option<Timestamp>,
    /// URL of a picture of the customer, made from the e-mail address, or from the owner's if there is none.
    pub avatar_url: String,
}

/// Customer, in the form that older clients read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// ID of the customer.
    pub id: Uuid,
    /// E-mail address of the customer.
    pub email: String,
    /// Name of the customer, or the e-mail address if no name is known.
    pub public_name: String,
    /// URL of a picture of the customer.
    pub avatar_url: Option<String>,
    /// User name at GitHub; always null.
    pub github_username: Option<String>,
}

/// Customer session: a token that gives one customer access to their own data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSession {
    /// ID of the customer session.
    pub id: Uuid,
    /// Time at which the customer session was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change; always null, because a customer session never changes.
    pub modified_at: Option<Timestamp>,
    /// Bearer token of the session; shown only in this response.
    pub token: String,
    /// Time at which the token expires, one hour after it was created.
    pub expires_at: Timestamp,
    /// URL behind the portal's back button; null if it has none.
    pub return_url: Option<String>,
    /// URL of the customer portal, with the token in it.
    pub customer_portal_url: String,
    /// ID of the customer whom the session belongs to.
    pub customer_id: Uuid,
    /// Customer whom the session belongs to.
    pub customer: Customer,
}
