//! What viewers are told of themselves.

use till_wire::portal::{CustomerCustomerSession, PortalAuthenticatedUser, PortalUserType};

use super::Viewer;

impl Viewer {
    /// The session by which they came.
    pub fn session_view(&self) -> CustomerCustomerSession {
        CustomerCustomerSession {
            expires_at: self.session.expires_at,
            return_url: self.session.return_url.clone(),
        }
    }

    /// Who they are: the member, else the customer.
    pub fn user_view(&self) -> PortalAuthenticatedUser {
        let customer = &self.customer;
        match &self.member {
            Some(member) => PortalAuthenticatedUser {
                kind: PortalUserType::Member,
                name: member.name.clone(),
                email: member.email.clone(),
                customer_id: customer.id,
                member_id: Some(member.id),
                role: Some(self.role),
            },
            None => PortalAuthenticatedUser {
                kind: PortalUserType::Customer,
                name: customer.name.clone(),
                email: customer.email.clone(),
                customer_id: customer.id,
                member_id: None,
                role: None,
            },
        }
    }
}
