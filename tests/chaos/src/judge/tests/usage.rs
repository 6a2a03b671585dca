//! Usage and grants in a doctored record.

use super::*;
use crate::judge::{grants, usage};

/// A subscription that used four calls and 30 units, and was renewed once; 50 units were credited.
fn used() -> Record {
    let sent = |n: i64, units: i64| Sent {
        name: format!("use-{n}"),
        is_call: true,
        units,
        is_early: false,
        is_acknowledged: true,
    };
    let all: Vec<Sent> = (0..4)
        .map(|n| sent(n, [5, 10, 5, 10][n as usize]))
        .collect();
    let stored = all.iter().map(|one| Event {
        name: one.name.clone(),
        customer: Some(id(4)),
    });
    let meter = |name: &str, consumed: f64, credited: i64| Meter {
        name: name.into(),
        consumed,
        credited,
    };
    let line = |meter: &str, units: f64| Billed {
        subscription: id(70),
        meter: meter.into(),
        units,
    };
    let grant = |n: u128, benefit: u128| Grant {
        id: id(n),
        benefit: id(benefit),
        purchase: id(70),
        is_live: true,
        granted_at: Some(moment(0)),
        key: (benefit == 80).then_some(id(90)),
    };
    let shown = vec![meter("Calls", 1.0, 0), meter("Units", 10.0, 30)];
    let mut record = Record {
        usage: Some(Usage {
            stored: stored.collect(),
            sent: all,
            measured: vec![Measured {
                id: id(70),
                customer: id(4),
                counts: shown.clone(),
                meters: shown,
            }],
            billed: vec![line("Calls", 3.0), line("Units", 0.0)],
            renewed: vec![(id(70), moment(7))],
            benefits: [id(80), id(81), id(82)],
            purchases: vec![(id(70), id(80), true)],
            grants: vec![grant(85, 80), grant(86, 82)],
            keys: vec![Key {
                id: id(90),
                text: "A".into(),
            }],
        }),
        ..Record::default()
    };
    for grant in [85, 86] {
        for kind in ["benefit_grant.created", "benefit_grant.cycled"] {
            happened(&mut record, kind, grant);
        }
    }
    record
}

fn happened(r: &mut Record, kind: &str, subject: u128) {
    r.journal.push(JournalEntry {
        kind: kind.into(),
        subject: id(subject),
    });
}

fn found(change: impl FnOnce(&mut Record)) -> Vec<String> {
    let mut record = used();
    change(&mut record);
    let mut verdict = Verdict::default();
    let own = record.usage.clone().expect("it is there");
    usage::usage(&record, &own, &mut verdict);
    grants::grants(&record, &own, &mut verdict);
    verdict.violations
}

fn of(r: &mut Record) -> &mut Usage {
    r.usage.as_mut().expect("it is there")
}

#[test]
fn every_kind_of_wrong_usage_and_grant_is_found() {
    assert_eq!(found(|_| {}), Vec::<String>::new());
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 21] = [
        ("event use-0 is stored 0 times", |r| {
            of(r).stored.remove(0);
        }),
        ("event use-0 is stored 2 times", |r| {
            let again = of(r).stored[0].clone();
            of(r).stored.push(again);
        }),
        ("event use-9 was never sent", |r| {
            of(r).stored[3].name = "use-9".into();
        }),
        ("is of no customer", |r| of(r).stored[0].customer = None),
        ("used 4 of Calls, and 5 is accounted", |r| {
            of(r).billed[0].units = 4.0;
        }),
        ("used 4 of Calls, and 3 is accounted", |r| {
            of(r).measured[0].meters[0].consumed = 0.0;
        }),
        ("used 30 of Units, and 40 is accounted", |r| {
            of(r).measured[0].meters[1].consumed = 20.0;
        }),
        ("used 30 of Units, and 5 is accounted", |r| {
            of(r).measured[0].meters[1].credited = 55;
        }),
        ("used 30 of Units, and 5 is accounted", |r| {
            of(r).renewed.clear();
        }),
        ("used 30 of Units, and 55 is accounted", |r| {
            of(r).renewed.push((id(70), moment(14)));
        }),
        ("has no meter Calls", |r| {
            of(r).measured[0].meters.remove(0);
        }),
        ("it has 1 0", |r| of(r).measured[0].counts[0].consumed = 2.0),
        ("it has 10 30", |r| {
            of(r).measured[0].counts[1].credited = 25;
        }),
        ("has 2 grants of benefit", |r| {
            let again = of(r).grants[0].clone();
            of(r).grants.push(again);
        }),
        ("does not give benefit", |r| {
            of(r).grants[0].purchase = id(71)
        }),
        ("does not give benefit", |r| of(r).grants[0].is_live = false),
        ("1 grants of license keys led to 0 keys", |r| {
            of(r).keys.clear();
        }),
        ("1 grants of license keys led to 2 keys with 1 texts", |r| {
            of(r).keys.push(Key {
                id: id(91),
                text: "A".into(),
            });
        }),
        ("has no key of its own", |r| of(r).grants[0].key = None),
        (
            "was told to be given 2 times, and taken back 0 times",
            |r| {
                happened(r, "benefit_grant.created", 85);
            },
        ),
        ("was told of 2 renewals, of which 1 were paid", |r| {
            happened(r, "benefit_grant.cycled", 85);
        }),
    ];
    for (words, change) in doctors {
        let found = found(change);
        assert!(
            found.iter().any(|one| one.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn what_failed_to_renew_is_not_counted_to_the_unit() {
    let found = found(|r| {
        of(r).billed[0].units = 4.0;
        happened(r, "subscription.past_due", 70);
    });
    assert_eq!(found, Vec::<String>::new());
}
