//! Changes of subscriptions in a doctored record.

use super::{
    renewals::{charge, judged, order, told},
    *,
};
use crate::change::{Answered, Behavior, Change, Wanted};

/// The plan that is changed to.
fn better(mut state: State) -> State {
    state.plan.product = id(61);
    state
}

fn change(before: State, wanted: Wanted, answered: Answered) -> Change {
    Change {
        subscription: id(70),
        before,
        wanted,
        answered,
        at: moment(11),
        repeated: None,
    }
}

/// The sound record, whose sale began a subscription. Its plan was changed and charged at once, another change was declined,
/// and a third waits; then it was cancelled.
fn changed(doctor: impl FnOnce(&mut Record)) -> Vec<String> {
    judged(|r| {
        r.sessions[0].recurring = true;
        r.read_at = moment(12);
        let (basic, made) = (state("active", 10, 17), better(state("active", 10, 17)));
        let mut waiting = made.clone();
        waiting.plan.pending = Some((Some(id(62)), None));
        let mut canceled = waiting.clone();
        canceled.plan.canceling = true;
        for (kind, state) in [
            ("subscription.created", &basic),
            ("subscription.updated", &made),
            ("subscription.updated", &waiting),
            ("subscription.canceled", &canceled),
        ] {
            told(r, kind, state.clone());
        }
        r.subscriptions.push(Subscription {
            id: id(70),
            checkout: Some(id(1)),
            state: canceled.clone(),
            ended: false,
        });
        let to = |product: u128, behavior| Wanted::Product(id(product), behavior);
        r.changes = vec![
            change(
                basic,
                to(61, Behavior::Invoice),
                Answered::Made(made.clone()),
            ),
            change(made.clone(), to(60, Behavior::Reset), Answered::Declined),
            change(
                made,
                to(62, Behavior::NextPeriod),
                Answered::Made(waiting.clone()),
            ),
            change(waiting, Wanted::Cancel(true), Answered::Made(canceled)),
        ];
        r.changes[0].repeated = Some(true);
        order(r, 80, ("paid", 400), (11, 17));
        r.orders[1].reason = "subscription_update".into();
        r.orders[1].lines[0].proration = true;
        charge(r, 90, 80, 400);
        for (n, state) in [(1, "succeeded"), (2, "failed")] {
            let attempt = Payment {
                purpose: "change".into(),
                subject: Some(id(70)),
                state: state.into(),
                ..r.payments[1].clone()
            };
            match n {
                1 => r.payments[1] = attempt,
                _ => r.payments.push(Payment {
                    id: id(91),
                    order: None,
                    ..attempt
                }),
            }
        }
        doctor(r);
    })
}

#[test]
fn changes_that_were_made_as_they_were_answered_pass() {
    assert_eq!(changed(|_| {}), Vec::<String>::new());
}

#[test]
fn every_kind_of_wrong_change_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 13] = [
        ("was answered otherwise when it was asked for again", |r| {
            r.changes[0].repeated = Some(false)
        }),
        ("was answered as made, and with", |r| {
            r.changes[0].wanted = Wanted::Product(id(62), Behavior::Invoice)
        }),
        ("was answered as made, and with", |r| {
            r.changes[3].wanted = Wanted::Pause(true)
        }),
        ("was answered as made and never told of", |r| {
            r.told.remove(1);
        }),
        // The last change was answered as made, and is not in force.
        ("and its changes lead to", |r| {
            r.subscriptions[0].state.plan.canceling = false
        }),
        // A change that was declined is in force.
        ("and its changes lead to", |r| {
            r.changes.truncate(2);
            r.subscriptions[0].state.plan = state("active", 10, 17).plan;
        }),
        ("and its changes lead to", |r| {
            r.subscriptions[0].state.plan.seats = Some(3)
        }),
        // A change that was declined has left an order, and its charge.
        ("has 2 orders of changes, of which 1 to 1", |r| {
            let second = Order {
                id: id(81),
                ..r.orders[1].clone()
            };
            r.orders.push(second);
        }),
        ("has 0 orders of changes, of which 1 to 1", |r| {
            r.orders.truncate(1)
        }),
        ("has 3 attempts to charge 2 changes", |r| {
            let third = Payment {
                id: id(92),
                ..r.payments[2].clone()
            };
            r.payments.push(third);
        }),
        ("is kept as failed", |r| {
            r.charges[1].attempt = id(91);
        }),
        ("has 2 charges", |r| {
            charge(r, 93, 80, 400);
        }),
        ("was changed and is not there", |r| r.subscriptions.clear()),
    ];
    for (words, doctor) in doctors {
        let found = changed(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn what_waits_may_be_applied_by_a_renewal_and_an_unanswered_change_may_be_made_or_not() {
    let in_force = |product: u128, answered: Answered| {
        let found = changed(|r| {
            r.changes.truncate(3);
            let before = r.changes[2].clone();
            let wanted = Wanted::Product(id(63), Behavior::Prorate);
            r.changes.push(change(before.before, wanted, answered));
            let plan = &mut r.subscriptions[0].state.plan;
            (plan.product, plan.pending, plan.canceling) = (id(product), None, false);
        });
        !found.iter().any(|v| v.contains("and its changes lead to"))
    };
    assert!(in_force(62, Answered::Refused("X".into())), "it waited");
    assert!(!in_force(63, Answered::Refused("X".into())));
    assert!(in_force(63, Answered::Unknown));
    assert!(in_force(62, Answered::Unknown));
    assert!(!in_force(64, Answered::Unknown));
}
