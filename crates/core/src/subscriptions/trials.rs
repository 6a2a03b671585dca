//! Trials: when the first charge comes, and who has had one (docs/behaviour: subscriptions/trial).

use jiff::Timestamp;
use till_wire::values::Interval;
use uuid::Uuid;

use crate::{
    discounts::Hints,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        period,
        records::{Checkout, Product},
        writes::SubscriptionWrite,
    },
    record,
};

/// The index that refuses a trial to somebody who is having, or has had, one.
pub const CLAIMED: &str = "trial_claims_person";

record! {
    /// A person, by address or by card, who may have no other trial of the organization.
    "trial_claims";
    pub struct TrialClaim {
        id: Uuid,
        created_at: Timestamp,
        organization_id: Uuid,
        checkout_id: Uuid,
        /// `email:` and the address without its tag, or `card:` and the card's fingerprint.
        person: String,
    }
}

/// Takes the one trial that a person has, in the commit that begins the attempt: refused as [`CLAIMED`] when it is
/// taken (docs/behaviour: subscriptions/trial-claimed).
pub fn claim(changes: &mut Changes, row: &Checkout, hints: &Hints, ctx: &DecisionContext) {
    let email = hints.email_key.iter().map(|key| format!("email:{key}"));
    let card = hints.card_fingerprint.iter();
    for person in email.chain(card.map(|print| format!("card:{print}"))) {
        changes.insert(&TrialClaim {
            id: ctx.id(),
            created_at: ctx.now,
            organization_id: row.organization_id,
            checkout_id: row.id,
            person,
        });
    }
}

/// Gives back what a session has taken; one without a trial is left alone.
pub fn release(changes: &mut Changes, checkout_id: Uuid) {
    changes.write(SubscriptionWrite::DeleteTrialClaims(checkout_id));
}

/// The trial of a session: its own, or the product's, each field falling back by itself. `None` where there is
/// none: not allowed, not a subscription, or not set.
pub fn active(checkout: &Checkout, product: &Product) -> Option<(Interval, i64)> {
    if !checkout.terms.allow_trial || !product.is_recurring() {
        return None;
    }
    let interval = checkout.trial_interval.or(product.trial_interval)?;
    let count = checkout
        .trial_interval_count
        .or(product.trial_interval_count)?;
    Some((interval, count))
}

/// Time at which a trial that begins now is over.
pub fn end(now: Timestamp, trial: (Interval, i64)) -> Timestamp {
    period::end(now, trial.0, trial.1, period::anchor(now))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_trial_ends_after_it_begins(days in 0i64..20_000, count in 1i64..1000, which in 0usize..4) {
            let now = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * days);
            let interval = Interval::ALL[which];
            let over = end(now, (interval, count));
            prop_assert!(over > now);
            prop_assert!(end(now, (interval, count + 1)) > over);
        }
    }
}
