//! One subscription for each person, and one upgrade of each subscription at a time
//! (docs/behaviour: subscriptions/one-each-claimed).
//!
//! A subscription that is there is found by a query. What is only being bought is not there yet: it is a claim, taken
//! in the commit that begins the attempt and held until the subscription is made or the attempt has failed. The commit
//! asks for subscriptions once more behind its claim, so that there is no moment between the two.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    checkout::Session,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        folding::email_key,
        records::{Customer, ProductPrice, Subscription},
        writes::SubscriptionWrite,
    },
    record,
};

/// The index that refuses a second purchase at the same time: of the person's one subscription, or of an upgrade.
pub const CLAIMED: &str = "subscription_claims_subject";
/// Refused when the person has come to hold a subscription since it was asked for.
pub const HELD: &str = "subscription_held";

record! {
    /// Something that may be bought once at a time, while a session buys it.
    "subscription_claims";
    pub struct SubscriptionClaim {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        checkout_id: Uuid,
        /// `customer:` and an id, `email:` and an address in the form that is compared, or `upgrade:` and the id of
        /// a subscription.
        subject: String,
        /// True where no other may be claimed for the subject; else the merchant allows several.
        single: bool,
    }
}

/// The subscription that a session upgrades, with what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Upgraded {
    /// As it is now.
    pub subscription: Subscription,
    /// Its prices.
    pub prices: Vec<ProductPrice>,
}

impl Upgraded {
    /// True where it may be upgraded: nobody pays for it. What it costs now says nothing: a discount may hide the
    /// price, and usage is charged later.
    pub fn is_free(&self) -> bool {
        self.prices.len() == self.subscription.price_ids.len()
            && self.prices.iter().all(|price| price.cost().is_free())
    }
}

/// A buyer, as far as a limit by person tells people apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The session's own customer: holds subscriptions by id.
    linked: Option<Uuid>,
    /// The customer that the purchase is for, if there is one yet.
    customer: Option<Uuid>,
    /// The address that the purchase is made with.
    email: Option<String>,
}

impl Person {
    /// The buyer of a session that is not confirmed yet; `customer` is the one that it was found to be.
    pub fn of(session: &Session, customer: Option<&Customer>) -> Self {
        let row = &session.checkout;
        let own = row.customer_id.and(customer).map(|c| &c.email);
        let email = own.or(row.buyer.customer_email.as_ref());
        Self {
            linked: row.customer_id,
            customer: row.customer_id.or(customer.map(|c| c.id)),
            email: email.map(|email| email_key(email)),
        }
    }

    /// A linked customer holds what is its own; anybody else what the customer with the address does.
    fn held_by_email(&self) -> Option<String> {
        self.email.clone().filter(|_| self.linked.is_none())
    }

    fn subjects(&self) -> Vec<String> {
        let email = self.email.iter().map(|email| format!("email:{email}"));
        let customer = self.customer.iter().map(|id| format!("customer:{id}"));
        email.chain(customer).collect()
    }
}

/// Claims what the session buys, where that may be bought once at a time: refused as [`CLAIMED`] while somebody else
/// buys it, as [`HELD`] when it has been bought meanwhile.
pub fn claim(changes: &mut Changes, session: &Session, person: &Person, ctx: &DecisionContext) {
    let row = &session.checkout;
    if !session.selected().product.is_recurring() {
        return;
    }
    if let Some(id) = row.subscription_id {
        take(changes, session, format!("upgrade:{id}"), true, ctx);
        return;
    }
    let settings = &session.organization.settings.subscription_settings;
    let single = !settings.allow_multiple_subscriptions;
    let subjects = person.subjects();
    let mut claims = Vec::new();
    for subject in &subjects {
        claims.push(take(changes, session, subject.clone(), single, ctx));
    }
    let Some(first) = claims.first().filter(|_| single) else {
        return;
    };
    let mut wanted = subjects.into_iter();
    changes.write(SubscriptionWrite::CheckHeld {
        claim_id: *first,
        organization_id: row.organization_id,
        customer_id: person.linked,
        email_key: person.held_by_email(),
        subjects: [wanted.next(), wanted.next()],
        checkout_id: row.id,
    });
}

/// Takes one subject. Claims of sessions that are being paid for no more count for nothing: one that was left behind
/// locks nobody out.
fn take(
    changes: &mut Changes,
    session: &Session,
    subject: String,
    single: bool,
    ctx: &DecisionContext,
) -> Uuid {
    let row = &session.checkout;
    changes.write(SubscriptionWrite::DeleteIdleClaims {
        organization_id: row.organization_id,
        subject: subject.clone(),
        checkout_id: row.id,
    });
    let claim = SubscriptionClaim {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: row.organization_id,
        checkout_id: row.id,
        subject,
        single,
    };
    changes.insert(&claim);
    claim.id
}

/// Gives back what a session has claimed: its attempt has failed, or its subscription is there. One without a claim
/// is left alone.
pub fn release(changes: &mut Changes, checkout_id: Uuid) {
    changes.write(SubscriptionWrite::DeleteClaims(checkout_id));
}
