//! Grants: each purchase gives each of its benefits once, each license key is of one grant, and each grant is told of.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::Verdict;
use crate::record::{Record, Usage};

/// Everything about grants.
pub fn grants(record: &Record, usage: &Usage, verdict: &mut Verdict) {
    let mut there: HashMap<(Uuid, Uuid), usize> = HashMap::new();
    for grant in &usage.grants {
        *there.entry((grant.purchase, grant.benefit)).or_default() += 1;
    }
    for ((purchase, benefit), times) in &there {
        if *times > 1 {
            verdict.broken(format!(
                "purchase {purchase} has {times} grants of benefit {benefit}"
            ));
        }
    }
    let live: HashSet<(Uuid, Uuid)> = (usage.grants.iter())
        .filter(|grant| grant.is_live)
        .map(|grant| (grant.purchase, grant.benefit))
        .collect();
    let contested: HashSet<Uuid> = record.disputes.iter().map(|one| one.order).collect();
    for (purchase, benefit, is_kept) in &usage.purchases {
        let is_due = *is_kept && !contested.contains(purchase);
        if is_due && !live.contains(&(*purchase, *benefit)) {
            verdict.broken(format!(
                "purchase {purchase} does not give benefit {benefit}"
            ));
        }
    }
    keys(usage, verdict);
    told(record, usage, verdict);
    verdict.count("grants", usage.grants.len());
    verdict.count("license keys", usage.keys.len());
}

/// A key for each grant that was ever given, and each live one names its own.
fn keys(usage: &Usage, verdict: &mut Verdict) {
    let known: HashSet<Uuid> = usage.keys.iter().map(|key| key.id).collect();
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
        let is_own = |key: Uuid| known.contains(&key) && named.insert(key);
        if !grant.key.is_some_and(is_own) {
            verdict.broken(format!("grant {} has no key of its own", grant.id));
        }
    }
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
