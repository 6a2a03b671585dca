//! Changes of e-mail addresses by customers themselves (docs/behaviour: portal/email-change): the new address gets a
//! letter with a link that confirms it, and the old one is told.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use till_wire::{customers::CustomerType, events::EventType, input::Problem, loc};
use uuid::Uuid;

use crate::{
    customers::{Holders, members, session_row},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        folding::email_key,
        job_request::Queue,
        jobs::JobKind,
        records::{Customer, CustomerMember, CustomerSession, EmailChange, Organization},
        refusal::Refusal,
        tokens::SecretKey,
        writes::{CustomerWrite, RetentionWrite},
    },
};

/// The lifetime of a link.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The refusal of [`Changes`] where a link was used before.
pub const LINK_USED: &str = "an unused link";
/// The job that makes a link and sends it to the new address.
pub const LINK_JOB: JobKind<EmailChangeRequest> = JobKind::new("email_change_link", Queue::SignIn);
/// The job that tells the old address.
pub const CHANGED_JOB: JobKind<EmailChanged> = JobKind::new("email_changed", Queue::Mail);

/// A new address that a customer asked for. The token is made when the letter is written, so that no secret waits in the
/// queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChangeRequest {
    /// The organization.
    pub organization_id: Uuid,
    /// The customer.
    pub customer_id: Uuid,
    /// The new address.
    pub email: String,
    /// The folded address that the customer had when they asked.
    pub replaced_key: String,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChanged {
    /// The change.
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The customer.
    pub customer_id: Uuid,
    /// The old address. Forgotten with the job.
    pub email: String,
}

/// True where a customer may change their address: the organization lets them, and they are an individual.
pub fn is_offered(organization: &Organization, customer: &Customer) -> bool {
    let switches = organization.settings.customer_portal_settings.customer;
    switches.allow_email_change && customer.kind == CustomerType::Individual
}

/// Asks for the letter to a new address. Whether another customer has it is not looked at before it is confirmed.
///
/// # Errors
/// `NotPermitted` where the organization does not let its customers; a problem at `email` for a team, and for the address
/// that the customer has.
pub fn request(
    organization: &Organization,
    customer: &Customer,
    email: &str,
    ctx: &DecisionContext,
) -> Result<Changes, Refusal> {
    let switches = organization.settings.customer_portal_settings.customer;
    if !switches.allow_email_change {
        let words = "This organization does not let customers change their e-mail address.";
        return Err(Refusal::NotPermitted(words.to_owned()));
    }
    let wrong = |words: &str| Refusal::field(Problem::value(loc!["body", "email"], words, email));
    if !is_offered(organization, customer) {
        return Err(wrong("The e-mail address of a team cannot be changed here"));
    }
    if email_key(email) == customer.email_key {
        return Err(wrong("This is the customer's e-mail address already"));
    }
    let request = EmailChangeRequest {
        organization_id: organization.id,
        customer_id: customer.id,
        email: email.to_owned(),
        replaced_key: customer.email_key.clone(),
    };
    // One job of a customer: asked again, it is about the newer address, and an older one is not tried any more.
    let key = format!("{LINK_JOB}:{}", customer.id);
    let mut changes = Changes::new();
    changes.job(ctx, LINK_JOB, &key, ctx.now, &request);
    Ok(changes)
}

/// True where the letter of a request is still to be sent: the organization still lets customers change their address,
/// and the customer's has not changed meanwhile.
pub fn is_wanted(
    request: &EmailChangeRequest,
    organization: &Organization,
    customer: &Customer,
) -> bool {
    is_offered(organization, customer) && request.replaced_key == customer.email_key
}

/// Makes the link of a change: its token, and the row. Links that the customer asked for before end. Times are the
/// machine's.
pub fn link(
    request: &EmailChangeRequest,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (String, Changes) {
    let token = ctx.token("till_eml_");
    let row = EmailChange {
        id: ctx.id(),
        created_at: ctx.wall(),
        organization_id: request.organization_id,
        customer_id: request.customer_id,
        email: request.email.clone(),
        replaced_key: request.replaced_key.clone(),
        token_hash: key.digest(&token),
        expires_at: ctx.wall() + LINK_LIFE,
    };
    let mut changes = Changes::new();
    changes
        .write(CustomerWrite::DeleteEmailChanges {
            customer_id: request.customer_id,
        })
        .insert(&row);
    (token, changes)
}

/// True where a link still changes anything: its organization still lets customers change their address, and the
/// customer's has not changed meanwhile.
pub fn is_open(change: &EmailChange, organization: &Organization, customer: &Customer) -> bool {
    is_offered(organization, customer) && change.replaced_key == customer.email_key
}

/// Makes a change, as an unused link says: the customer has the new address, which counts as verified; all earlier
/// sessions end, and a new one is opened. `owner` is the customer's, `holders` whoever has the new address.
///
/// # Errors
/// A problem at `token` where another customer has the address.
pub fn confirm(
    change: &EmailChange,
    customer: &Customer,
    owner: Option<&CustomerMember>,
    holders: &Holders,
    (key, subscribers): (&SecretKey, &Subscribers),
    ctx: &DecisionContext,
) -> Result<(CustomerSession, String, Changes), Refusal> {
    let holder = holders.by_email.as_ref();
    if holder.is_some_and(|other| other.id != customer.id) {
        let words = "Another customer has this e-mail address";
        let problem = Problem::value(loc!["body", "token"], words, serde_json::Value::Null);
        return Err(Refusal::field(problem));
    }
    let mut new = customer.clone();
    new.email = change.email.clone();
    new.email_key = email_key(&change.email);
    new.email_verified = true;
    let mut changes = Changes::new();
    changes.write(CustomerWrite::UseEmailChange { id: change.id });
    changes.revise(customer, &mut new, ctx);
    members::follow(&new, owner, ctx, &mut changes);
    changes
        .emit_customer(subscribers, ctx, EventType::CustomerUpdated, &new)
        .note_customer(customer, &new);
    changes.write(CustomerWrite::DeleteSessions {
        customer_id: customer.id,
    });
    let (mut session, token) = session_row(&new, None, key, ctx);
    session.member_id = owner.map(|owner| owner.id);
    changes.insert(&session);
    let told = EmailChanged {
        id: change.id,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        email: customer.email.clone(),
    };
    let job = format!("{CHANGED_JOB}:{}", change.id);
    changes.job(ctx, CHANGED_JOB, &job, ctx.now, &told);
    Ok((session, token, changes))
}

/// Deletes up to `limit` links that expired before `before`.
pub fn forget(before: Timestamp, limit: i64) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeleteEmailChanges { before, limit });
    changes
}
