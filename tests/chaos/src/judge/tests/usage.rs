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
        member: None,
        is_live: true,
        granted_at: Some(moment(0)),
        key: (benefit == 80).then_some(id(90)),
    };
    let purchase = |benefit: u128| Purchase {
        id: id(70),
        benefit: id(benefit),
        is_sure: true,
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
            purchases: vec![purchase(80), purchase(82)],
            grants: vec![grant(85, 80), grant(86, 82)],
            keys: vec![Key {
                id: id(90),
                text: "A".into(),
                is_usable: true,
            }],
            activated: vec![(id(90), id(95))],
            activations: vec![(id(90), id(95))],
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
    let doctors: [(&str, Doctor); 32] = [
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
                is_usable: false,
            });
        }),
        ("has no key of its own", |r| of(r).grants[0].key = None),
        ("still gives benefit", |r| of(r).purchases.clear()),
        ("still gives benefit", |r| {
            r.refunds.push(taking_back("succeeded"))
        }),
        ("still gives benefit", |r| r.disputes.push(decided("won"))),
        ("does not give benefit", |r| {
            r.refunds.push(taking_back("failed"));
            of(r).grants[0].is_live = false;
        }),
        ("is granted and cannot be used", |r| {
            of(r).keys[0].is_usable = false;
        }),
        ("can be used, and no grant gives it", |r| {
            of(r).grants[0].is_live = false;
        }),
        ("of 1 seats gives 2 people its benefits", |r| {
            let mut other = of(r).grants[0].clone();
            other.member = Some(id(98));
            of(r).grants.push(other);
            r.subscriptions.push(Subscription {
                id: id(70),
                checkout: None,
                state: state("active", 0, 7),
                ended: false,
            });
            r.subscriptions[0].state.plan.seats = Some(1);
        }),
        (
            "of key 00000000-0000-0000-0000-00000000005a is there 0",
            |r| {
                of(r).activations.clear();
            },
        ),
        ("is there 2 times", |r| {
            of(r).activations.push((id(90), id(95)));
        }),
        ("is activated 3 times", |r| {
            let more = [(id(90), id(96)), (id(90), id(97))];
            of(r).activations.extend(more);
        }),
        ("is activated 3 times", |r| {
            let all = [(id(90), id(95)), (id(90), id(96)), (id(90), id(97))];
            of(r).activated.clear();
            of(r).activations = all.into();
        }),
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

fn taking_back(state: &str) -> Refund {
    Refund {
        id: id(99),
        payment: id(2),
        order: Some(id(70)),
        amount: 1,
        state: state.into(),
        reference: None,
        takes_back: true,
    }
}

fn decided(status: &str) -> Dispute {
    Dispute {
        id: id(99),
        payment: id(2),
        order: id(70),
        reference: "dp_1".into(),
        status: status.into(),
        amount: 1,
    }
}

#[test]
fn what_was_paid_late_is_known_to_the_unit_but_for_its_credits() {
    let late = |r: &mut Record| happened(r, "subscription.past_due", 70);
    assert_eq!(found(late), Vec::<String>::new());
    let spent = |r: &mut Record| {
        late(r);
        of(r).measured[0].meters[1].credited = 55;
    };
    assert_eq!(found(spent), Vec::<String>::new());
    for (words, meter, consumed) in [
        ("used 4 of Calls, and 5 is accounted", 0, 2.0),
        ("used 4 of Calls, and 3 is accounted", 0, 0.0),
        ("used 30 of Units, and 0 is billed and 31 pending", 1, 31.0),
    ] {
        let found = found(|r| {
            late(r);
            of(r).measured[0].meters[meter].consumed = consumed;
        });
        assert!(found.iter().any(|one| one.contains(words)), "{found:?}");
    }
}

#[test]
fn of_what_ended_no_more_is_billed_than_was_used() {
    let ended = |r: &mut Record, calls: f64| {
        happened(r, "subscription.past_due", 70);
        happened(r, "subscription.revoked", 70);
        of(r).billed[0].units = calls;
    };
    assert_eq!(found(|r| ended(r, 1.0)), Vec::<String>::new());
    let found = found(|r| ended(r, 4.0));
    assert!(
        found[0].contains("used 4 of Calls, and 4 is billed and 1 pending"),
        "{found:?}"
    );
}
