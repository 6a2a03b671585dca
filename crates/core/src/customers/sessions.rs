//! Sessions of customers and their members: keys to the portal (docs/behaviour: customers/session).

use till_wire::{
    customers::{CustomerSession as SessionView, CustomerSessionCreate, CustomerType, SessionFor},
    input::Problem,
    loc,
};

use super::members;
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    records::{Customer, CustomerMember, CustomerSession},
    refusal::Refusal,
    tokens::SecretKey,
    urls::PublicUrls,
};

/// The member that a session is asked for, as found.
#[derive(Debug, Clone, Default)]
pub struct SessionMember {
    /// The member that the request names, if it names one that is the customer's.
    pub named: Option<CustomerMember>,
    /// The customer's owner.
    pub owner: Option<CustomerMember>,
}

/// The member whom a session is for: who is named, else an individual's owner, who is written where an older version
/// made the customer. Teams name a member.
///
/// Errors: a problem at `member_id` or `external_member_id`.
pub fn session_member(
    customer: &Customer,
    wanted: &CustomerSessionCreate,
    found: SessionMember,
    changes: &mut Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<CustomerMember, Refusal> {
    let key = match (&wanted.member_id, &wanted.external_member_id) {
        (Some(id), _) => Some(("member_id", id.to_string())),
        (None, Some(id)) => Some(("external_member_id", id.clone())),
        (None, None) => None,
    };
    let problem = |key: &'static str, words: &'static str, value: Option<String>| {
        Refusal::field(Problem::value(
            loc!["body", key],
            words,
            value.map_or(serde_json::Value::Null, Into::into),
        ))
    };
    match (key, found.named) {
        (Some(_), Some(member)) => Ok(member),
        (Some((key, value)), None) => Err(problem(key, "This member does not exist", Some(value))),
        (None, _) if customer.kind == CustomerType::Team => Err(problem(
            "member_id",
            "A team's session is for one of its members: name them",
            None,
        )),
        (None, _) => Ok(members::owner_or_new(
            customer,
            found.owner,
            changes,
            subscribers,
            ctx,
        )),
    }
}

/// A member's key to the customer's portal, good for one hour, with its address by the organization's slug; added to
/// what is written with it.
pub fn open_session(
    customer: &Customer,
    member: &CustomerMember,
    (slug, urls): (&str, &PublicUrls),
    return_url: Option<String>,
    key: &SecretKey,
    ctx: &DecisionContext,
    changes: &mut Changes,
) -> SessionView {
    let (mut row, token) = session_row(customer, return_url, key, ctx);
    row.member_id = Some(member.id);
    changes.insert(&row);
    SessionView {
        id: row.id,
        created_at: row.created_at,
        modified_at: None,
        customer_portal_url: urls.portal_url(slug, &token, &member.email),
        token,
        expires_at: row.expires_at,
        return_url: row.return_url,
        customer_id: customer.id,
        customer: customer.view(),
    }
}

/// The session's row, of whoever owns the customer, and its token, which is kept nowhere.
pub fn session_row(
    customer: &Customer,
    return_url: Option<String>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (CustomerSession, String) {
    let (token, token_hash) = session_token(key, ctx);
    let row = CustomerSession {
        return_url,
        ..session_with(customer, token_hash, ctx)
    };
    (row, token)
}

/// A new key to a customer's portal, and its digest. It opens nothing before a session has that digest.
pub fn session_token(key: &SecretKey, ctx: &DecisionContext) -> (String, String) {
    let token = ctx.token("polar_mst_");
    let hash = key.digest(&token);
    (token, hash)
}

/// The row of a session, good for one hour of the machine's time, whose key has this digest.
pub fn session_with(
    customer: &Customer,
    token_hash: String,
    ctx: &DecisionContext,
) -> CustomerSession {
    CustomerSession {
        id: ctx.id(),
        created_at: ctx.wall(),
        organization_id: customer.organization_id,
        customer_id: customer.id,
        token_hash,
        expires_at: ctx.wall() + jiff::SignedDuration::from_hours(1),
        return_url: None,
        member_id: None,
    }
}

/// The answer when the customer of a session is unknown.
pub fn unknown(wanted: &SessionFor) -> Refusal {
    let (key, value) = match wanted {
        SessionFor::Id(id) => ("customer_id", id.to_string()),
        SessionFor::ExternalId(id) => ("external_customer_id", id.clone()),
    };
    Refusal::field(Problem::value(
        loc!["body", key],
        "This customer does not exist",
        value,
    ))
}
