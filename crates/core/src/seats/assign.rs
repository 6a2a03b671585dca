//! Assignment of a seat: to whom, and whether there is one (docs/behaviour: seats/assign).

use serde_json::{Map, Value};
use till_wire::{
    customers::CustomerType,
    events::EventType,
    input::Problem,
    limits, loc,
    members::MemberRole,
    seats::{Recipient, SeatStatus},
};
use uuid::Uuid;

use super::{hold, invite, sold::Sold};
use crate::{
    customers::members::{self, Membership},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        folding::email_key,
        records::{Customer, CustomerMember, CustomerSeat, Organization},
        refusal::{Refusal, SeatRefusal, SubscriptionRefusal},
        tokens::SecretKey,
        values::Json,
    },
};

/// True where the organization has seats at all.
///
/// # Errors
/// [`SeatRefusal::FeatureNotEnabled`].
pub fn is_enabled(organization: &Organization) -> Result<(), SeatRefusal> {
    let features = organization.settings.features();
    match features.seat_based_pricing_enabled {
        true => Ok(()),
        false => Err(SeatRefusal::FeatureNotEnabled),
    }
}

/// True where a seat is free while `used` are not.
///
/// # Errors
/// [`SeatRefusal::NotAvailable`]; [`SubscriptionRefusal::Locked`] while a change of the subscription is being charged,
/// which may be of the number.
pub fn is_free(sold: &Sold, used: i64) -> Result<(), Refusal> {
    if let Sold::Subscription(row) = sold
        && row.attempt_id.is_some()
    {
        return Err(SubscriptionRefusal::Locked.into());
    }
    match sold.available(used) > 0 {
        true => Ok(()),
        false => Err(SeatRefusal::NotAvailable.into()),
    }
}

/// Rows by which a request may name a person, as far as they were found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The customer whose address it is.
    pub customer: Option<Customer>,
    /// The member by id.
    pub member: Option<CustomerMember>,
    /// The buying customer's members: the owner, who has the address, who has the external id, and how many.
    pub members: Membership,
}

/// Person whom a seat is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Person {
    /// A member of the buying customer.
    Member(Box<CustomerMember>),
    /// A member who has no external id yet, and gets this one.
    Named(Box<CustomerMember>, String),
    /// Nobody yet: who becomes a member.
    New {
        /// Their address.
        email: String,
        /// The merchant's id.
        external_id: Option<String>,
    },
}

impl Person {
    /// ID of the member that they are already.
    pub fn member_id(&self) -> Option<Uuid> {
        match self {
            Self::Member(member) | Self::Named(member, _) => Some(member.id),
            Self::New { .. } => None,
        }
    }
}

/// The address by which members are looked up for a request.
pub fn address<'a>(wanted: &'a Recipient, customer: Option<&'a Customer>) -> Option<&'a str> {
    match wanted {
        Recipient::Email(email) | Recipient::EmailWithExternalId(email, _) => Some(email),
        Recipient::Customer(_) | Recipient::ExternalCustomer(_) => {
            customer.map(|customer| customer.email.as_str())
        }
        Recipient::Member(_) | Recipient::ExternalMember(_) => None,
    }
}

/// The merchant's id by which members are looked up for a request.
pub fn external_id(wanted: &Recipient) -> Option<&str> {
    match wanted {
        Recipient::ExternalMember(id) | Recipient::EmailWithExternalId(_, id) => Some(id),
        _ => None,
    }
}

/// The person whom a request names.
///
/// # Errors
/// [`SeatRefusal::InvalidRequest`] for a customer that does not exist, [`SeatRefusal::MemberNotFound`] for such a member,
/// [`SeatRefusal::EmailMismatch`] where address and external id are two members'.
pub fn person(wanted: &Recipient, found: &Found) -> Result<Person, SeatRefusal> {
    let members = &found.members;
    let member = |row: &CustomerMember| Person::Member(Box::new(row.clone()));
    let by_email = |email: &str, external_id: Option<String>| match &members.by_email {
        Some(row) => member(row),
        None => Person::New {
            email: email.to_owned(),
            external_id,
        },
    };
    match wanted {
        Recipient::Email(email) => Ok(by_email(email, None)),
        Recipient::Customer(_) | Recipient::ExternalCustomer(_) => {
            let customer = found.customer.as_ref();
            let customer = customer.ok_or(SeatRefusal::InvalidRequest)?;
            Ok(by_email(&customer.email, None))
        }
        Recipient::Member(_) => {
            let row = found.member.as_ref();
            row.map(member).ok_or(SeatRefusal::MemberNotFound)
        }
        Recipient::ExternalMember(_) => {
            let row = members.by_external_id.as_ref();
            row.map(member).ok_or(SeatRefusal::MemberNotFound)
        }
        Recipient::EmailWithExternalId(email, id) => {
            let of_id = members.by_external_id.as_ref();
            match (of_id, &members.by_email) {
                (Some(row), _) if row.email_key == email_key(email) => Ok(member(row)),
                (Some(_), _) => Err(SeatRefusal::EmailMismatch),
                (None, Some(row)) if row.external_id.is_none() => {
                    Ok(Person::Named(Box::new(row.clone()), id.clone()))
                }
                (None, Some(_)) => Err(SeatRefusal::EmailMismatch),
                (None, None) => Ok(by_email(email, Some(id.clone()))),
            }
        }
    }
}

/// Rows that an assignment depends on, besides whom it is for.
#[derive(Debug, Clone)]
pub struct AssignRows {
    /// Purchase that the seat belongs to.
    pub sold: Sold,
    /// Customer who bought it.
    pub customer: Customer,
    /// The customer's members.
    pub members: Membership,
    /// Number of seats that are used.
    pub used: i64,
    /// A seat that the person has already.
    pub theirs: Option<CustomerSeat>,
    /// A seat that was taken back: its row is used again.
    pub revoked: Option<CustomerSeat>,
    /// Endpoints that are told.
    pub subscribers: Subscribers,
}

/// Way in which a seat is given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Giving {
    /// Free data on it.
    pub metadata: Option<Map<String, Value>>,
    /// True where it is claimed at once, without an invitation.
    pub at_once: bool,
}

/// Gives a seat to a person: invites them, or makes it theirs at once. Whoever is no member yet becomes one, which sends no
/// event of its own.
///
/// # Errors
/// Refusals of [`is_free`]; [`SeatRefusal::AlreadyAssigned`]; a problem at the body where the customer has as many
/// members as one can have.
pub fn assign(
    rows: &AssignRows,
    person: Person,
    giving: Giving,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> Result<(CustomerSeat, CustomerMember, Changes), Refusal> {
    is_free(&rows.sold, rows.used)?;
    if rows.theirs.as_ref().is_some_and(CustomerSeat::is_used) {
        return Err(SeatRefusal::AlreadyAssigned.into());
    }
    let mut changes = Changes::new();
    rows.sold.touch(&mut changes);
    let member = member(rows, person, &mut changes, ctx)?;
    let old = rows.revoked.as_ref();
    let mut seat = old.cloned().unwrap_or_else(|| rows.sold.seat(ctx));
    seat.member_id = Some(member.id);
    seat.status = SeatStatus::Pending;
    (seat.claimed_at, seat.revoked_at) = (None, None);
    seat.metadata = giving.metadata.map(Json);
    if old.is_some() {
        (seat.modified_at, seat.version) = (Some(ctx.now), seat.version + 1);
    }
    let mut told = Changes::new();
    match giving.at_once {
        true => hold::claimed(&mut seat, &member, &mut told, &rows.subscribers, ctx),
        false => {
            invite::begin(&mut seat, &member, key, ctx);
            let kind = EventType::CustomerSeatAssigned;
            told.emit(&rows.subscribers, ctx, kind, seat.customer_id, || {
                seat.view(Some(&member))
            });
            invite::ask(&seat, &mut told, ctx);
        }
    }
    match old {
        Some(old) => changes.update(old, &seat),
        None => changes.insert(&seat),
    };
    changes.and(told);
    Ok((seat, member, changes))
}

/// The member whom a seat is for. Their row and the customer's have their next version: neither is deleted at the same time,
/// and the number of members has a limit.
fn member(
    rows: &AssignRows,
    person: Person,
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Result<CustomerMember, Refusal> {
    let (customer, subscribers) = (&rows.customer, &rows.subscribers);
    let member = match person {
        Person::Member(row) => {
            changes.touch(row.as_ref());
            *row
        }
        Person::Named(row, external_id) => {
            let mut named = CustomerMember {
                external_id: Some(external_id),
                ..row.as_ref().clone()
            };
            changes.revise(row.as_ref(), &mut named, ctx);
            named
        }
        Person::New { email, external_id } => {
            let is_owners = |owner: &CustomerMember| owner.email_key == email_key(&email);
            let owner = rows.members.owner.clone().unwrap_or_else(|| {
                let mut owner = members::owner_of(customer, None, ctx);
                // It is the owner who is named by the address: the merchant's id is theirs, too.
                owner.external_id = external_id.clone().filter(|_| is_owners(&owner));
                members::insert(&owner, changes, subscribers, ctx);
                owner
            });
            match is_owners(&owner) {
                true => owner,
                false => {
                    if rows.members.count >= limits::MEMBERS {
                        let most = limits::MEMBERS;
                        let words = format!("A customer can have {most} members at most");
                        return Err(Refusal::field(Problem::value(loc!["body"], words, email)));
                    }
                    let row = members::invited(customer, &email, external_id, ctx);
                    changes.insert(&row);
                    row
                }
            }
        }
    };
    let is_shared = member.role != MemberRole::Owner;
    if is_shared && customer.kind == CustomerType::Individual {
        let mut team = customer.clone();
        members::become_team(&mut team, changes, subscribers, ctx);
        changes.update(customer, &team);
    } else {
        changes.touch(customer);
    }
    Ok(member)
}

/// Makes a seat of a purchase its buyer's, where one is free while `used` are: the first one of what is new
/// (docs/behaviour: seats/buyer).
pub fn for_buyer(
    sold: &Sold,
    used: i64,
    customer: &Customer,
    owner: Option<CustomerMember>,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Option<CustomerSeat> {
    if sold.available(used) == 0 {
        return None;
    }
    let owner = members::owner_or_new(customer, owner, changes, subscribers, ctx);
    let mut seat = sold.seat(ctx);
    seat.member_id = Some(owner.id);
    let mut told = Changes::new();
    hold::claimed(&mut seat, &owner, &mut told, subscribers, ctx);
    changes.insert(&seat).and(told);
    Some(seat)
}

#[cfg(test)]
mod tests;
