//! Grants: each purchase gives each of its benefits once, as long as it lasts and no longer, each license key is of one
//! grant, and each grant is told of.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::{
    record::{Key, Purchase, Record, Usage},
    shop::ACTIVATIONS,
};

/// Everything about grants.
pub fn grants(record: &Record, usage: &Usage, verdict: &mut Verdict) {
    let mut there: HashMap<(Uuid, Uuid, Option<Uuid>), usize> = HashMap::new();
    for grant in &usage.grants {
        let place = (grant.purchase, grant.benefit, grant.member);
        *there.entry(place).or_default() += 1;
    }
    for ((purchase, benefit, _), times) in &there {
        if *times > 1 {
            verdict.broken(format!(
                "purchase {purchase} has {times} grants of benefit {benefit}"
            ));
        }
    }
    due(record, usage, verdict);
    seats(record, usage, verdict);
    keys(usage, verdict);
    activations(usage, verdict);
    told(record, usage, verdict);
    let taken_back = usage.grants.iter().filter(|grant| !grant.is_live);
    verdict.count("grants", usage.grants.len());
    verdict.count("  of them taken back", taken_back.count());
    verdict.count("license keys", usage.keys.len());
}

/// Benefits that are granted now are those that are paid for now: no purchase lacks one, and nobody has one of a purchase
/// that has ended, was contested, or was given back with its benefits.
fn due(record: &Record, usage: &Usage, verdict: &mut Verdict) {
    let refunds = record.refunds.iter();
    let refunds = refunds.filter(|refund| refund.takes_back && refund.state == "succeeded");
    let refunded: HashSet<Uuid> = refunds.filter_map(|refund| refund.order).collect();
    let contested = record.disputes.iter().filter(|one| one.is_decided());
    let contested: HashSet<Uuid> = contested.map(|one| one.order).collect();
    let gives = |one: &&Purchase| !refunded.contains(&one.id) && !contested.contains(&one.id);
    let live: HashSet<(Uuid, Uuid)> = (usage.grants.iter())
        .filter(|grant| grant.is_live)
        .map(|grant| (grant.purchase, grant.benefit))
        .collect();
    let mut due: HashSet<(Uuid, Uuid)> = HashSet::new();
    for one in usage.purchases.iter().filter(gives) {
        due.insert((one.id, one.benefit));
        if one.is_sure && !live.contains(&(one.id, one.benefit)) {
            verdict.broken(format!(
                "purchase {} does not give benefit {}",
                one.id, one.benefit
            ));
        }
    }
    for (purchase, benefit) in live.difference(&due) {
        verdict.broken(format!(
            "purchase {purchase} still gives benefit {benefit}, which it must not"
        ));
    }
    let bought: HashSet<Uuid> = usage.purchases.iter().map(|one| one.id).collect();
    let refunded = refunded.intersection(&bought).count();
    verdict.count("purchases given back with their benefits", refunded);
}

/// No more people have what is sold by the seat than there are seats.
fn seats(record: &Record, usage: &Usage, verdict: &mut Verdict) {
    let mut held: HashMap<Uuid, HashSet<Option<Uuid>>> = HashMap::new();
    for grant in usage.grants.iter().filter(|grant| grant.is_live) {
        held.entry(grant.purchase).or_default().insert(grant.member);
    }
    let mut holders = 0;
    for subscription in &record.subscriptions {
        let (Some(seats), Some(held)) = (subscription.state.plan.seats, held.get(&subscription.id))
        else {
            continue;
        };
        holders += held.len();
        if i64::try_from(held.len()).is_ok_and(|held| held > seats) {
            verdict.broken(format!(
                "subscription {} of {seats} seats gives {} people its benefits",
                subscription.id,
                held.len()
            ));
        }
    }
    verdict.count("people who have the benefits of a seat", holders);
}

/// A key for each grant that was ever given. Each live one names its own, and nobody can use any other.
fn keys(usage: &Usage, verdict: &mut Verdict) {
    let known: HashMap<Uuid, &Key> = usage.keys.iter().map(|key| (key.id, key)).collect();
    let texts: HashSet<&str> = usage.keys.iter().map(|key| &*key.text).collect();
    let given = || {
        usage
            .grants
            .iter()
            .filter(|grant| grant.benefit == usage.benefits[0])
    };
    if texts.len() != usage.keys.len() || given().count() != usage.keys.len() {
        verdict.broken(format!(
            "{} grants of license keys led to {} keys with {} texts",
            given().count(),
            usage.keys.len(),
            texts.len()
        ));
    }
    let mut named = HashSet::new();
    for grant in given().filter(|grant| grant.is_live) {
        let own = grant.key.and_then(|key| known.get(&key));
        match own.filter(|key| named.insert(key.id)) {
            None => verdict.broken(format!("grant {} has no key of its own", grant.id)),
            Some(key) if !key.is_usable => {
                verdict.broken(format!("key {} is granted and cannot be used", key.id));
            }
            Some(_) => {}
        }
    }
    for key in usage.keys.iter().filter(|key| key.is_usable) {
        if !named.contains(&key.id) {
            verdict.broken(format!("key {} can be used, and no grant gives it", key.id));
        }
    }
}

/// Each activation that somebody was told of is there once, and no key has more than it may have.
fn activations(usage: &Usage, verdict: &mut Verdict) {
    for one in &usage.activated {
        let times = usage.activations.iter().filter(|there| *there == one);
        let times = times.count();
        if times != 1 {
            let (key, activation) = one;
            verdict.broken(format!(
                "activation {activation} of key {key} is there {times} times"
            ));
        }
    }
    let mut counts: HashMap<Uuid, i64> = HashMap::new();
    for (key, _) in &usage.activations {
        *counts.entry(*key).or_default() += 1;
    }
    for (key, count) in counts.into_iter().filter(|(_, count)| *count > ACTIVATIONS) {
        verdict.broken(format!("key {key} is activated {count} times"));
    }
    verdict.count("activations of license keys", usage.activations.len());
}

/// A grant is told of each time it is given and each time it is taken back, and of each paid renewal once.
fn told(record: &Record, usage: &Usage, verdict: &mut Verdict) {
    let mut happened: HashMap<(&str, Uuid), usize> = HashMap::new();
    for entry in &record.journal {
        *happened.entry((&entry.kind, entry.subject)).or_default() += 1;
    }
    let times = |kind: &'static str, id: Uuid| happened.get(&(kind, id)).copied().unwrap_or(0);
    let mut cycles = 0;
    for grant in &usage.grants {
        let id = grant.id;
        let created = times("benefit_grant.created", id);
        let revoked = times("benefit_grant.revoked", id);
        if created != revoked + usize::from(grant.is_live) {
            verdict.broken(format!(
                "grant {id} was told to be given {created} times, and taken back {revoked} times"
            ));
        }
        let cycled = times("benefit_grant.cycled", id);
        cycles += cycled;
        let renewed = usage.renewed.iter().filter(|(of, at)| {
            *of == grant.purchase && grant.granted_at.is_some_and(|granted| *at > granted)
        });
        let renewed = renewed.count();
        if revoked == 0 && cycled != renewed {
            verdict.broken(format!(
                "grant {id} was told of {cycled} renewals, of which {renewed} were paid"
            ));
        }
    }
    verdict.count("paid renewals that grants were told of", cycles);
}
