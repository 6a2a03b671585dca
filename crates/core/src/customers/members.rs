//! Members of customers (docs/behaviour/members.md). A customer has exactly one owner; only teams have others.

use till_wire::{
    customers::CustomerType,
    events::EventType,
    input::Problem,
    limits, loc,
    members::{Member as View, MemberCreate, MemberOwnerCreate, MemberRole, MemberUpdate},
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    folding::email_key,
    records::{Customer, CustomerMember, CustomerSeat, Organization},
    refusal::{Refusal, collected},
    writes::CustomerWrite,
};
use crate::seats::hold;

/// The beginning of the key of a team without an e-mail address of its own. No address folds to one that begins so.
const REACHED_THROUGH_OWNER: &str = "team:";

/// The key of a team without an e-mail address of its own.
pub fn key_without_address(customer_id: Uuid) -> String {
    format!("{REACHED_THROUGH_OWNER}{customer_id}")
}

impl Customer {
    /// The customer's own e-mail address; none of a team that is reached through its owner, whose address its row has
    /// (docs/behaviour: members/without-address).
    pub fn own_email(&self) -> Option<&str> {
        let has_one = !self.email_key.starts_with(REACHED_THROUGH_OWNER);
        has_one.then_some(self.email.as_str())
    }
}

impl CustomerMember {
    /// The member as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            customer_id: self.customer_id,
            email: self.email.clone(),
            name: self.name.clone(),
            external_id: self.external_id.clone(),
            role: self.role,
        }
    }
}

/// The rows of a customer's members that a change depends on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Membership {
    /// The owner; none of a customer that an older version made.
    pub owner: Option<CustomerMember>,
    /// The member with the e-mail address that is asked for.
    pub by_email: Option<CustomerMember>,
    /// The member with the external id that is asked for.
    pub by_external_id: Option<CustomerMember>,
    /// The number of all of them.
    pub count: i64,
}

fn row(
    customer: &Customer,
    email: &str,
    name: Option<String>,
    external_id: Option<String>,
    role: MemberRole,
    ctx: &DecisionContext,
) -> CustomerMember {
    CustomerMember {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        email: email.to_owned(),
        email_key: email_key(email),
        name,
        external_id,
        role,
    }
}

/// A member who is invited to a seat: one without rights, of whom no event tells.
pub(crate) fn invited(
    customer: &Customer,
    email: &str,
    external_id: Option<String>,
    ctx: &DecisionContext,
) -> CustomerMember {
    row(customer, email, None, external_id, MemberRole::Member, ctx)
}

/// The owner of a customer: who is named, else whoever has the customer's address and name.
pub fn owner_of(
    customer: &Customer,
    named: Option<MemberOwnerCreate>,
    ctx: &DecisionContext,
) -> CustomerMember {
    let role = MemberRole::Owner;
    match named {
        Some(owner) => row(
            customer,
            &owner.email,
            owner.name,
            owner.external_id,
            role,
            ctx,
        ),
        None => row(
            customer,
            &customer.email,
            customer.name.clone(),
            None,
            role,
            ctx,
        ),
    }
}

/// Writes a new member, and tells of it.
pub fn insert(
    member: &CustomerMember,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    changes.insert(member).emit(
        subscribers,
        ctx,
        EventType::MemberCreated,
        member.customer_id,
        || member.view(),
    );
}

/// The owner of a customer, who is written where an older version made the customer.
pub fn owner_or_new(
    customer: &Customer,
    owner: Option<CustomerMember>,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> CustomerMember {
    owner.unwrap_or_else(|| {
        let owner = owner_of(customer, None, ctx);
        insert(&owner, changes, subscribers, ctx);
        owner
    })
}

/// Makes a customer a team, and tells of it; one that is a team stays as it is. The row is left to the caller.
pub fn become_team(
    customer: &mut Customer,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    if customer.kind == CustomerType::Team {
        return;
    }
    customer.kind = CustomerType::Team;
    customer.modified_at = Some(ctx.now);
    changes.emit_customer(subscribers, ctx, EventType::CustomerUpdated, customer);
}

fn taken(key: &'static str, value: &str) -> Problem {
    Problem::value(
        loc!["body", key],
        "A member with this value already exists",
        value,
    )
}

/// Adds a member to a team. Where a member has the address, it is that one, unchanged, and nobody is told.
///
/// Errors: `NotPermitted` where the organization has no members, or the customer is an individual; a problem at
/// `external_id` where it is taken, at the body where the team is full.
pub fn add(
    customer: &Customer,
    organization: &Organization,
    input: MemberCreate,
    members: Membership,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(CustomerMember, Changes), Refusal> {
    if !organization.settings.features().member_model_enabled {
        let words = "Members of customers are not enabled for this organization.";
        return Err(Refusal::NotPermitted(words.to_owned()));
    }
    if customer.kind == CustomerType::Individual {
        let words = "Only team customers can have members besides their owner.";
        return Err(Refusal::NotPermitted(words.to_owned()));
    }
    let mut changes = Changes::new();
    if let Some(known) = members.by_email {
        return Ok((known, changes));
    }
    let mut problems = Vec::new();
    if let (Some(id), Some(_)) = (&input.external_id, &members.by_external_id) {
        problems.push(taken("external_id", id));
    }
    if members.count >= limits::MEMBERS {
        let words = format!("A customer can have {} members at most", limits::MEMBERS);
        problems.push(Problem::value(loc!["body"], words, input.email.clone()));
    }
    collected(problems)?;
    // Two who add at the same time do so one after the other: the number has a limit.
    changes.touch(customer);
    let owner = owner_or_new(customer, members.owner, &mut changes, subscribers, ctx);
    let email = email_key(&input.email);
    if owner.email_key == email {
        return Ok((owner, changes));
    }
    let member = row(
        customer,
        &input.email,
        input.name,
        input.external_id,
        input.role,
        ctx,
    );
    insert(&member, &mut changes, subscribers, ctx);
    Ok((member, changes))
}

/// Changes a member of a customer; `members` has the owner, and who has the new address. With the role of the owner it
/// takes over from them, who becomes a billing manager. Nothing changed: nobody is told.
///
/// Errors: problems at `email` where it is taken or follows the customer's, at `role` where the owner would have another.
pub fn update(
    customer: &Customer,
    old: &CustomerMember,
    input: MemberUpdate,
    members: Membership,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(CustomerMember, Changes), Refusal> {
    let mut problems = Vec::new();
    let mut new = old.clone();
    input.name.apply(&mut new.name);
    if let Some(email) = input.email
        && email_key(&email) != old.email_key
    {
        if customer.kind == CustomerType::Individual && old.role == MemberRole::Owner {
            problems.push(Problem::value(
                loc!["body", "email"],
                "The e-mail address of an individual's owner is the customer's",
                email.as_str(),
            ));
        } else if members.by_email.is_some_and(|other| other.id != old.id) {
            problems.push(taken("email", &email));
        }
        new.email_key = email_key(&email);
        new.email = email;
    }
    let mut changes = Changes::new();
    let takes_over = match (old.role, input.role) {
        (_, None) => false,
        (MemberRole::Owner, Some(MemberRole::Owner)) => false,
        (MemberRole::Owner, Some(role)) => {
            problems.push(Problem::value(
                loc!["body", "role"],
                "A customer has an owner: make another member the owner instead",
                role.as_str(),
            ));
            false
        }
        (_, Some(role)) => {
            new.role = role;
            role == MemberRole::Owner
        }
    };
    collected(problems)?;
    if takes_over {
        if let Some(before) = &members.owner {
            let mut former = before.clone();
            former.role = MemberRole::BillingManager;
            changes.revise(before, &mut former, ctx);
        }
        // What opened the portal as its owner does not open it as another person.
        changes.write(CustomerWrite::DeleteOwnersSessions {
            customer_id: customer.id,
        });
    }
    if !changes.revise(old, &mut new, ctx) {
        return Ok((new, changes));
    }
    if new.role == MemberRole::Owner && customer.own_email().is_none() {
        let mut reached = customer.clone();
        reached.email = new.email.clone();
        if reached != *customer {
            changes.update(customer, &reached);
        }
    }
    changes.emit(
        subscribers,
        ctx,
        EventType::MemberUpdated,
        customer.id,
        || new.view(),
    );
    Ok((new, changes))
}

/// Removes a member, whose sessions end; `seats` are theirs, which are revoked.
///
/// Errors: a problem at the body for the owner.
pub fn remove(
    member: &CustomerMember,
    seats: &[CustomerSeat],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<Changes, Refusal> {
    if member.role == MemberRole::Owner {
        return Err(Refusal::field(Problem::value(
            loc!["body"],
            "A customer has an owner: make another member the owner first",
            member.id.to_string(),
        )));
    }
    let mut changes = Changes::new();
    // Whoever becomes the owner at the same time stays.
    changes.touch(member);
    hold::revoke_all(seats, &mut changes, subscribers, ctx);
    end(member, &mut changes, subscribers, ctx);
    Ok(changes)
}

/// Deletes a member and its sessions, and tells of it.
pub(super) fn end(
    member: &CustomerMember,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    changes
        .write(CustomerWrite::DeleteMemberSessions {
            member_id: member.id,
        })
        .write(CustomerWrite::DeleteMember { id: member.id })
        .emit(
            subscribers,
            ctx,
            EventType::MemberDeleted,
            member.customer_id,
            || member.view(),
        );
}

/// Gives the owner of an individual the customer's address, which they share.
pub(crate) fn follow(
    customer: &Customer,
    owner: Option<&CustomerMember>,
    ctx: &DecisionContext,
    changes: &mut Changes,
) {
    let Some(owner) = owner else { return };
    if customer.kind == CustomerType::Individual && owner.email_key != customer.email_key {
        let mut moved = owner.clone();
        moved.email = customer.email.clone();
        moved.email_key = customer.email_key.clone();
        changes.revise(owner, &mut moved, ctx);
    }
}
