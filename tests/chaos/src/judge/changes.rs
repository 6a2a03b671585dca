//! Changes of subscriptions: what was answered is what is in force, and a change that was declined has left nothing.

use std::collections::HashMap;

use jiff::SignedDuration;
use uuid::Uuid;

use super::{Verdict, renewals};
use crate::{
    change::{Answered, Change, Plan, State, Told, Wanted},
    record::{Record, Subscription},
};

/// A change that is made nearer than this to the end of the period may have nothing to bill.
const CLOSE: SignedDuration = SignedDuration::from_secs(60);

/// The changes of each subscription led to what it is now, were told of, and were billed once each.
pub fn changes(record: &Record, verdict: &mut Verdict) {
    let mut of: HashMap<Uuid, Vec<&Change>> = HashMap::new();
    let mut answers: HashMap<&str, usize> = HashMap::new();
    for change in &record.changes {
        of.entry(change.subscription).or_default().push(change);
        let name = match change.answered {
            Answered::Made(_) => "made",
            Answered::Declined => "declined",
            Answered::Refused(_) => "refused",
            Answered::Unknown => "without an answer",
        };
        *answers.entry(name).or_default() += 1;
    }
    let mut told: HashMap<Uuid, Vec<&Told>> = HashMap::new();
    for one in &record.told {
        told.entry(one.subscription).or_default().push(one);
    }
    for subscription in &record.subscriptions {
        let id = subscription.id;
        let own = of.remove(&id).unwrap_or_default();
        let told = told.remove(&id).unwrap_or_default();
        answered(&own, &told, verdict);
        in_force(subscription, &own, verdict);
        billed(record, subscription, &own, &told, verdict);
    }
    for id in of.keys() {
        verdict.broken(format!("subscription {id} was changed and is not there"));
    }
    verdict.count("changes of subscriptions", record.changes.len());
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.sort_unstable();
    for (name, number) in answers {
        verdict.count(format!("  {name}"), number);
    }
    let repeated = record.changes.iter().filter(|one| one.repeated.is_some());
    verdict.count("  asked for again with the same key", repeated.count());
}

/// A change that was made shows in its answer, was told of, and is answered in the same way to the same request.
fn answered(changes: &[&Change], told: &[&Told], verdict: &mut Verdict) {
    for change in changes {
        let (id, words) = (change.subscription, change.wanted.word());
        if change.repeated == Some(false) {
            verdict.broken(format!(
                "subscription {id}: {words} was answered otherwise when it was asked for again"
            ));
        }
        let Answered::Made(state) = &change.answered else {
            continue;
        };
        if !change.wanted.is_in(state) {
            verdict.broken(format!(
                "subscription {id}: {words} was answered as made, and with {state:?}"
            ));
        }
        if !told.iter().any(|one| one.state.plan == state.plan) {
            verdict.broken(format!(
                "subscription {id}: {words} was answered as made and never told of"
            ));
        }
    }
}

/// The subscription has the plan that its changes and its renewals lead to.
fn in_force(subscription: &Subscription, changes: &[&Change], verdict: &mut Verdict) {
    let Some(first) = changes.first() else {
        return;
    };
    let mut possible = renewed(vec![first.before.plan.clone()]);
    for change in changes {
        match &change.answered {
            Answered::Made(state) => possible = vec![state.plan.clone()],
            Answered::Declined | Answered::Refused(_) => {}
            Answered::Unknown => {
                let made: Vec<Plan> = possible.iter().map(|one| change.wanted.onto(one)).collect();
                possible.extend(made);
            }
        }
        possible = renewed(possible);
    }
    let now = &subscription.state.plan;
    let is_it = |plan: &Plan| match subscription.ended {
        false => plan == now,
        // What waited is dropped, and what was to come does not.
        true => (plan.product, plan.seats) == (now.product, now.seats),
    };
    if !possible.iter().any(is_it) {
        verdict.broken(format!(
            "subscription {} is {now:?}, and its changes lead to {possible:?}",
            subscription.id
        ));
    }
}

/// The plans, and those that they become at the end of a period: what waits is applied, and a pause begins.
fn renewed(mut plans: Vec<Plan>) -> Vec<Plan> {
    let later = plans.iter().map(|plan| {
        let (product, seats) = plan.pending.unwrap_or_default();
        Plan {
            product: product.unwrap_or(plan.product),
            seats: seats.or(plan.seats),
            pending: None,
            ..plan.clone()
        }
    });
    let later: Vec<Plan> = later.collect();
    plans.extend(later);
    let paused = plans.iter().filter(|plan| plan.pausing).map(|plan| Plan {
        pausing: false,
        ..plan.clone()
    });
    let paused: Vec<Plan> = paused.collect();
    plans.extend(paused);
    plans
}

/// Orders and attempts of changes are as many as there were changes to bill, and no period began without one.
fn billed(
    record: &Record,
    subscription: &Subscription,
    changes: &[&Change],
    told: &[&Told],
    verdict: &mut Verdict,
) {
    let id = subscription.id;
    let of_changes = record.orders.iter();
    let orders = of_changes
        .filter(|order| order.subscription == Some(id) && order.is_of_change())
        .count();
    let attempts = record.payments.iter();
    let attempts = attempts
        .filter(|payment| payment.purpose == "change" && payment.subject == Some(id))
        .count();
    let is_open = |change: &Change| change.answered == Answered::Unknown;
    let is_made = |change: &Change| matches!(change.answered, Answered::Made(_));
    let count = |is: &dyn Fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
    let most = count(&|one| one.wanted.may_be_billed() && (is_made(one) || is_open(one)));
    let least = count(&|one| has_order(one));
    if !(least..=most).contains(&orders) {
        verdict.broken(format!(
            "subscription {id} has {orders} orders of changes, of which {least} to {most} were to be billed"
        ));
    }
    // One that ended while its change was charged is refused, and gets its money back.
    let is_tried = |one: &Change| match &one.answered {
        Answered::Refused(name) => name == "AlreadyCanceledSubscription",
        _ => true,
    };
    let tried = count(&|one| one.wanted.may_be_billed() && is_tried(one));
    if attempts > tried {
        verdict.broken(format!(
            "subscription {id} has {attempts} attempts to charge {tried} changes"
        ));
    }
    let restarted = renewals::begun_by_changes(record, subscription, told);
    let asked = count(&|one| one.wanted.may_restart() && (is_made(one) || is_open(one)));
    if restarted > asked {
        verdict.broken(format!(
            "subscription {id} began {restarted} periods by changes, and {asked} were asked for"
        ));
    }
}

/// True for a change that was made and has an order for sure: the period was paid for, and not about to end.
fn has_order(change: &Change) -> bool {
    let Answered::Made(after) = &change.answered else {
        return false;
    };
    let runs = |state: &State| ["active", "past_due"].contains(&state.status.as_str());
    let is_billed = match change.wanted {
        // Whether a line of seats rounds to nothing is not judged here.
        Wanted::Product(..) => change.wanted.is_billed(),
        _ => false,
    };
    is_billed && runs(&change.before) && runs(after) && after.end > change.at + CLOSE
}
