//! Declined payments, counted against card testing: somebody who has many stolen card numbers and looks which of them
//! work.
//!
//! An attempt takes one from the budgets of its network and of its organization before the processor is asked, in the
//! commit that writes it down, so that many attempts at once are counted like many in a row. One that succeeds gives
//! back what it took; a decline keeps it. What a buyer pays also makes up for one decline of the organization, so that a
//! shop with many buyers does not run out of its budget while most of them pay; a card that is only set up costs nobody
//! anything and makes up for none.

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::{
    budgets::Budget,
    changes::Changes,
    records::{Payment, PaymentKind, PaymentState},
    tokens::SecretKey,
};

/// The reason of an attempt that never reached the processor: no card was tried.
pub const UNREACHABLE: &str = "processor_unreachable";
/// The reason of an attempt that was interrupted before the processor was to charge.
pub const ABANDONED: &str = "abandoned";
/// The reason of an attempt at more than the processor takes in one charge, as Stripe names it.
pub const TOO_LARGE: &str = "amount_too_large";

/// Number of declined attempts that there may be; `None`: any number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Declines {
    /// From one network.
    pub network: Option<Budget>,
    /// In one organization.
    pub organization: Option<Budget>,
}

/// The key of an organization's budget.
pub fn organization_key(organization_id: Uuid, key: &SecretKey) -> String {
    key.digest(&format!("declines of organization {organization_id}"))
}

/// The key of a network's budget.
pub fn network_key(network: &str, key: &SecretKey) -> String {
    key.digest(&format!("declines from {network}"))
}

impl Declines {
    /// From one network, unless set otherwise: ten at once, and one more each minute. Few households and offices have as
    /// many cards declined.
    pub const USUAL_NETWORK: Budget = Budget::new(10, 60);
    /// In one organization, unless set otherwise: a hundred at once, and ten more each minute. A shop whose buyers mostly
    /// pay does not spend it, however many they are.
    pub const USUAL_ORGANIZATION: Budget = Budget::new(100, 6);

    /// The budgets that an attempt counts in, with their keys, the network's first.
    pub fn of(&self, payment: &Payment, key: &SecretKey) -> Vec<(String, Budget)> {
        let network = payment.network_key.clone().zip(self.network);
        // An attempt that was not counted when it was made is not counted later.
        let organization = self.organization.filter(|_| payment.network_key.is_some());
        let organization =
            organization.map(|budget| (organization_key(payment.organization_id, key), budget));
        network.into_iter().chain(organization).collect()
    }

    /// Takes one of each before an attempt; refused as [`crate::kernel::budgets::SPENT`], with everything else, where none is
    /// left. It stands last, so that the organization's row is held for the shortest time.
    pub fn reserve(
        &self,
        changes: &mut Changes,
        payment: &Payment,
        key: &SecretKey,
        now: Timestamp,
    ) {
        for (key, budget) in self.of(payment, key) {
            budget.take(changes, key, now);
        }
    }

    /// Gives back what an attempt took that turned out not to be declined.
    pub fn give_back(&self, changes: &mut Changes, payment: &Payment, key: &SecretKey) {
        let paid = payment.state == PaymentState::Succeeded;
        if !paid && (payment.state != PaymentState::Failed || is_decline(payment)) {
            return;
        }
        let made_up = i64::from(paid && payment.kind == PaymentKind::Charge);
        let network = payment.network_key.as_ref();
        for (key, budget) in self.of(payment, key) {
            let times = match network == Some(&key) {
                true => 1,
                false => 1 + made_up,
            };
            budget.give_back(changes, key, times);
        }
    }
}

/// True where an attempt failed because of its card: not, where no card was tried.
pub fn is_decline(payment: &Payment) -> bool {
    let reason = payment.decline_reason.as_deref();
    payment.state == PaymentState::Failed
        && !matches!(reason, Some(UNREACHABLE | ABANDONED | TOO_LARGE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{
            changes::Write,
            context::DecisionContext,
            records::{ProcessorName, Purpose},
            writes::{BudgetWrite, NamedWrite},
        },
        payments::attempt::{self, NewAttempt},
    };

    #[test]
    fn the_usual_budgets_let_buyers_pay_and_testers_wait() {
        let now = Timestamp::UNIX_EPOCH;
        let (network, organization) = (Declines::USUAL_NETWORK, Declines::USUAL_ORGANIZATION);
        assert_eq!((network.left(0, now), organization.left(0, now)), (10, 100));
        let spent = now.as_microsecond() + 10 * 60_000_000;
        assert_eq!(network.left(spent, now), 0);
        assert!(network.is_spent(spent, now));
        assert_eq!(
            network.left(spent, now + jiff::SignedDuration::from_mins(3)),
            3
        );
    }

    #[test]
    fn only_what_was_taken_is_given_back_and_only_a_purchase_makes_up_for_a_decline() {
        let key = SecretKey::new(*b"key");
        let declines = Declines {
            network: Some(Declines::USUAL_NETWORK),
            organization: Some(Declines::USUAL_ORGANIZATION),
        };
        let back = |payment: &Payment| {
            let mut changes = Changes::new();
            declines.give_back(&mut changes, payment, &key);
            let binds = changes.writes.into_iter().map(|write| match write {
                Write::Named(NamedWrite::Budget(BudgetWrite::GiveBack { time, .. })) => time,
                other => panic!("{other:?}"),
            });
            binds.collect::<Vec<_>>()
        };
        let (minute, six) = (60_000_000, 6_000_000);
        let attempt = |state, kind, reason: Option<&str>| Payment {
            state,
            kind,
            decline_reason: reason.map(str::to_owned),
            ..payment(&key)
        };
        use PaymentKind::{Charge, Setup};
        use PaymentState::{Failed, Processing, RequiresAction, Succeeded};
        for (payment, wanted) in [
            (attempt(Succeeded, Charge, None), vec![minute, 2 * six]),
            (attempt(Succeeded, Setup, None), vec![minute, six]),
            (
                attempt(Failed, Charge, Some(UNREACHABLE)),
                vec![minute, six],
            ),
            (attempt(Failed, Charge, Some(TOO_LARGE)), vec![minute, six]),
            (attempt(Failed, Charge, Some(ABANDONED)), vec![minute, six]),
            (attempt(Failed, Charge, Some("generic_decline")), vec![]),
            (attempt(RequiresAction, Charge, None), vec![]),
            (attempt(Processing, Setup, None), vec![]),
        ] {
            assert_eq!(
                back(&payment),
                wanted,
                "{:?} {:?}",
                payment.state,
                payment.decline_reason
            );
        }
        // An attempt that was not counted when it was made has nothing to give back.
        let uncounted = Payment {
            network_key: None,
            ..attempt(Succeeded, Charge, None)
        };
        assert!(back(&uncounted).is_empty());
    }

    fn payment(key: &SecretKey) -> Payment {
        let new = NewAttempt {
            organization_id: Uuid::nil(),
            purpose: Purpose::Checkout,
            subject_id: Uuid::nil(),
            amount: Some(100),
            currency: till_wire::money::Currency::USD,
            customer_id: None,
            customer_email: None,
            method_id: None,
            processor: ProcessorName::Sandbox,
            customer_reference: None,
            trigger: None,
        };
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32]);
        Payment {
            network_key: Some(network_key("203.0.113.1", key)),
            ..attempt::intend(new, &ctx)
        }
    }
}
