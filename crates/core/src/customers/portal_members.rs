//! Members of a team, as its own people change them in the portal (docs/behaviour: members/portal).

use till_wire::{
    customers::CustomerType,
    input::{Patch, Problem},
    loc,
    members::{
        MemberCreate, MemberRole, MemberUpdate, PortalMember, PortalMemberCreate,
        PortalMemberUpdate,
    },
};
use uuid::Uuid;

use super::members::{self, Membership};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    records::{Customer, CustomerMember, CustomerSeat, Organization},
    refusal::Refusal,
};

impl CustomerMember {
    /// The member as the people of their team see it.
    pub fn portal_view(&self) -> PortalMember {
        PortalMember {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
        }
    }
}

/// Somebody of a team who looks at its members.
#[derive(Debug, Clone, Copy)]
pub struct TeamViewer<'a> {
    /// Their customer.
    pub customer: &'a Customer,
    /// The member that they are.
    pub member_id: Uuid,
    /// Their role.
    pub role: MemberRole,
}

fn not_permitted(words: &str) -> Refusal {
    Refusal::NotPermitted(words.to_owned())
}

fn of_path(words: &'static str, id: Uuid) -> Refusal {
    Refusal::field(Problem::value(loc!["path", "id"], words, id.to_string()))
}

impl TeamViewer<'_> {
    /// Right to see and change the members of the team: owners and billing managers of teams have it.
    ///
    /// Errors: `NotPermitted`.
    pub fn manages(&self) -> Result<(), Refusal> {
        if self.customer.kind == CustomerType::Individual {
            return Err(not_permitted("Only team customers have members."));
        }
        match self.role {
            MemberRole::Owner | MemberRole::BillingManager => Ok(()),
            MemberRole::Member => Err(not_permitted(
                "Only the owner and billing managers of this team can manage its members.",
            )),
        }
    }

    /// Adds a member, or finds the one with the address: see [`members::add`].
    ///
    /// Errors: also a problem at `role` for an owner.
    pub fn add(
        &self,
        organization: &Organization,
        input: PortalMemberCreate,
        found: Membership,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
    ) -> Result<(CustomerMember, Changes), Refusal> {
        self.manages()?;
        if input.role == MemberRole::Owner {
            return Err(Refusal::field(Problem::value(
                loc!["body", "role"],
                "A team has one owner: make a member the owner instead",
                "owner",
            )));
        }
        let input = MemberCreate {
            email: input.email,
            name: input.name,
            external_id: None,
            role: input.role,
        };
        members::add(self.customer, organization, input, found, subscribers, ctx)
    }

    /// Changes a member: see [`members::update`]. Nobody changes their own role, and only the owner hands the team on.
    ///
    /// Errors: also a problem at the id in the path for the own role, `NotPermitted` for who is not the owner.
    pub fn update(
        &self,
        old: &CustomerMember,
        input: PortalMemberUpdate,
        found: Membership,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
    ) -> Result<(CustomerMember, Changes), Refusal> {
        self.manages()?;
        let role = input.role.filter(|role| *role != old.role);
        if role.is_some() && old.id == self.member_id {
            return Err(of_path("You cannot change your own role", old.id));
        }
        if role == Some(MemberRole::Owner) && self.role != MemberRole::Owner {
            return Err(not_permitted(
                "Only the owner can make another member the owner.",
            ));
        }
        let input = MemberUpdate {
            name: input.name.map_or(Patch::Absent, Patch::Value),
            email: None,
            role,
        };
        members::update(self.customer, old, input, found, subscribers, ctx)
    }

    /// Removes a member: see [`members::remove`]. Nobody removes themselves.
    ///
    /// Errors: also a problem at the id in the path for themselves.
    pub fn remove(
        &self,
        member: &CustomerMember,
        seats: &[CustomerSeat],
        subscribers: &Subscribers,
        ctx: &DecisionContext,
    ) -> Result<Changes, Refusal> {
        self.manages()?;
        if member.id == self.member_id {
            return Err(of_path("You cannot remove yourself", member.id));
        }
        members::remove(member, seats, subscribers, ctx)
    }
}
