//! The customer portal: who looks at it, and what they may do there (docs/behaviour/portal.md).

pub mod cards;
pub mod codes;
pub mod email_change;
pub mod grants;
pub mod profile;
pub mod subscriptions;
pub mod view;

use std::ops::Deref;

use till_wire::members::MemberRole;
use uuid::Uuid;

use crate::kernel::{
    records::{Customer, CustomerMember, CustomerSession, Organization},
    refusal::Refusal,
};

/// Somebody who looks at the portal of a customer: whoever holds a token of a live session. Everything they are shown or
/// change is looked up with this customer's id.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    /// Organization that the customer bought from.
    pub organization: Organization,
    /// Customer whose portal it is.
    pub customer: Customer,
    /// Session by which they came.
    pub session: CustomerSession,
    /// Member that they are; none where they are the customer.
    pub member: Option<MemberIdentity>,
    /// Role in the customer; that of a customer who came as such is the owner's.
    pub role: MemberRole,
}

/// Member of a customer, as the portal knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberIdentity {
    /// ID of the member.
    pub id: Uuid,
    /// Name of the member; none if it is not known.
    pub name: Option<String>,
    /// E-mail address of the member.
    pub email: String,
}

/// A viewer who may see and change what is paid: the owner, or a billing manager (docs/behaviour: portal/roles).
#[derive(Debug, Clone, Copy)]
pub struct BillingViewer<'a>(&'a Viewer);

impl Deref for BillingViewer<'_> {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        self.0
    }
}

impl Viewer {
    /// Viewer of a session that belongs to the customer as such.
    pub fn of_customer(
        session: CustomerSession,
        customer: Customer,
        organization: Organization,
    ) -> Self {
        Self {
            organization,
            customer,
            session,
            member: None,
            role: MemberRole::Owner,
        }
    }

    /// Viewer of a session that belongs to a member of the customer.
    pub fn of_member(
        session: CustomerSession,
        customer: Customer,
        organization: Organization,
        member: &CustomerMember,
    ) -> Self {
        Self {
            organization,
            customer,
            session,
            member: Some(MemberIdentity {
                id: member.id,
                name: member.name.clone(),
                email: member.email.clone(),
            }),
            role: member.role,
        }
    }

    /// The same viewer, for what only billing roles may do.
    ///
    /// # Errors
    /// `NotPermitted` for a member with no such role.
    pub fn billing(&self) -> Result<BillingViewer<'_>, Refusal> {
        match self.role {
            MemberRole::Owner | MemberRole::BillingManager => Ok(BillingViewer(self)),
            MemberRole::Member => Err(Refusal::NotPermitted(
                "Only the owner and billing managers of this customer can do this.".to_owned(),
            )),
        }
    }
}
