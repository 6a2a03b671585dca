//! Signing in to the customer portal by a code.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::request::*;

request! {
    /// Request for a code that signs a customer in to the portal.
    pub struct CustomerSessionCodeRequest {
        /// E-mail address of the customer; the code is sent there.
        pub email: String = required(email()),
        /// ID of the organization whose portal it is.
        pub organization_id: Uuid = required(id()),
        /// ID of the customer, where several have the address; null or left out otherwise.
        pub customer_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Code that was sent to a customer.
    pub struct CustomerSessionCodeAuthenticateRequest {
        /// The six letters and digits of the code.
        pub code: String = required(line(0)),
    }
}

/// Session that a code has opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerSessionCodeAuthenticateResponse {
    /// Token of a customer session, which is shown only here.
    pub token: String,
}

request! {
    /// E-mail address that a customer wants to have from now on.
    pub struct CustomerEmailUpdateRequest {
        /// New e-mail address of the customer; a link that confirms it is sent there.
        pub email: String = required(email()),
    }
}

request! {
    /// Confirmation of a customer's new e-mail address.
    pub struct CustomerEmailUpdateVerifyRequest {
        /// Token of the link that was sent to the new address.
        pub token: String = required(line(0)),
    }
}

/// Session of a customer who has confirmed their new e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerEmailUpdateVerifyResponse {
    /// Token of a customer session, which is shown only here.
    pub token: String,
}
