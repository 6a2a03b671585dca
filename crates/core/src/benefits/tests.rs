//! Grants of a purchase, decided on rows.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_wire::{
    benefits::{BenefitType, BenefitVisibility},
    events::EventType,
    license_keys::LicenseKeyStatus,
    subscriptions::SubscriptionStatus,
};
use uuid::Uuid;

use super::{GrantRows, Holder, MOST_AT_ONCE, subscription_gives, sync};
use crate::{
    checkout::tests::{at, customer, id, subscribers},
    kernel::{
        changes::{Changes, Write},
        grants::SYNC_JOB,
        records::{Benefit, BenefitGrant, CustomerMeter, JournalEntry, LicenseKey, Subscription},
        values::{Json, Value as Cell},
    },
    subscriptions::{model::rows::Rows, tests::rows as renewal},
};

/// A benefit of this type and these properties.
pub(super) fn benefit(n: u128, kind: BenefitType, properties: Value) -> Benefit {
    Benefit {
        id: id(n),
        created_at: at(0).now,
        modified_at: None,
        version: 1,
        organization_id: id(1),
        kind,
        description: format!("Benefit {n}"),
        visibility: BenefitVisibility::Public,
        properties: Json(properties),
        metadata: Json::default(),
        deleted_at: None,
    }
}

/// A subscription that gives these benefits.
pub(super) fn purchase(benefits: Vec<Benefit>) -> GrantRows {
    GrantRows {
        subscription: Some(Subscription {
            id: id(7),
            started_at: Some(at(0).now),
            ..renewal().subscription
        }),
        order_id: None,
        customer: customer(5, "ada@example.com", None),
        members: Vec::new(),
        gives: true,
        benefits,
        former: Vec::new(),
        grants: Vec::new(),
        keys: Vec::new(),
        cycles: Vec::new(),
        counts: Vec::new(),
        unbilled: Vec::new(),
        paid_meters: Vec::new(),
    }
}

/// Runs it at this minute, and writes what was decided: what was told, in order, and whether another run was asked for.
pub(super) fn run(
    rows: &mut GrantRows,
    holders: &[Holder],
    kept: &mut Rows,
    minute: i64,
) -> (Vec<(EventType, Uuid)>, bool) {
    // What is granted must be as it was read.
    for benefit in rows.benefits.iter().chain(&rows.former) {
        if kept.of::<Benefit>(&[("id", benefit.id.into())]).is_empty() {
            let mut there = Changes::new();
            there.insert(benefit);
            kept.commit(there).expect("it is new");
        }
    }
    if let Some(sold) = &mut rows.subscription {
        if kept.of::<Subscription>(&[]).is_empty() {
            let mut there = Changes::new();
            there.insert(sold);
            kept.commit(there).expect("it is new");
        }
        *sold = kept.get(sold.id);
    }
    rows.keys = kept.of::<LicenseKey>(&[]);
    rows.counts = kept.of::<CustomerMeter>(&[]);
    let changes: Changes = sync(rows, holders, &subscribers(), &at(minute));
    kept.commit(changes).expect("nobody else writes");
    rows.grants = kept.of::<BenefitGrant>(&[]);
    rows.grants
        .sort_by_key(|g| (g.position, g.created_at, g.id));
    let told = kept.take_told().into_iter();
    let told = told.map(
        |JournalEntry {
             kind, subject_id, ..
         }| (kind, subject_id),
    );
    let told = told.collect();
    (told, !kept.take_jobs(SYNC_JOB.name()).is_empty())
}

fn kinds(told: &[(EventType, Uuid)]) -> Vec<&'static str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

fn note(n: u128) -> Benefit {
    benefit(n, BenefitType::Custom, json!({"note": null}))
}

#[test]
fn a_grant_comes_goes_and_comes_again_as_the_same_one() {
    let (mut rows, mut kept) = (purchase(vec![note(20)]), Rows::default());
    let holders = [Holder::CUSTOMER];
    let (told, _) = run(&mut rows, &holders, &mut kept, 0);
    assert_eq!(kinds(&told), ["benefit_grant.created"]);
    let first = rows.grants[0].clone();
    assert_eq!(
        (first.granted_at, first.revoked_at),
        (Some(at(0).now), None)
    );
    assert_eq!(
        run(&mut rows, &holders, &mut kept, 1).0,
        [],
        "all is in line"
    );
    rows.gives = false;
    assert_eq!(
        kinds(&run(&mut rows, &holders, &mut kept, 2).0),
        ["benefit_grant.revoked"]
    );
    let gone = &rows.grants[0];
    assert_eq!((gone.granted_at, gone.revoked_at), (None, Some(at(2).now)));
    assert_eq!(run(&mut rows, &holders, &mut kept, 3).0, []);
    rows.gives = true;
    let (told, _) = run(&mut rows, &holders, &mut kept, 4);
    assert_eq!(told, [(EventType::BenefitGrantCreated, first.id)]);
    let again = &rows.grants[0];
    assert_eq!(
        (again.id, again.granted_at, again.revoked_at),
        (first.id, Some(at(4).now), None)
    );
    assert_eq!(again.version, 3);
}

#[test]
fn what_is_revoked_comes_before_what_is_granted_each_in_the_order_of_the_product() {
    let (mut rows, mut kept) = (purchase(vec![note(20), note(21)]), Rows::default());
    let holders = [Holder::CUSTOMER];
    run(&mut rows, &holders, &mut kept, 0);
    rows.former = std::mem::replace(&mut rows.benefits, vec![note(23), note(22)]);
    let (told, _) = run(&mut rows, &holders, &mut kept, 1);
    let of = |grant: &Uuid| {
        rows.grants
            .iter()
            .find(|g| g.id == *grant)
            .unwrap()
            .benefit_id
    };
    let told: Vec<_> = told
        .iter()
        .map(|(kind, grant)| (*kind, of(grant)))
        .collect();
    let (gone, new) = (
        EventType::BenefitGrantRevoked,
        EventType::BenefitGrantCreated,
    );
    assert_eq!(
        told,
        [(gone, id(20)), (gone, id(21)), (new, id(23)), (new, id(22))]
    );
}

#[test]
fn types_that_need_something_else_are_not_granted() {
    let kinds = BenefitType::ALL.iter().zip(30..);
    let properties = json!({"files": [], "meter_id": id(60), "units": 5, "rollover": false});
    let all = kinds.map(|(kind, n)| benefit(n, *kind, properties.clone()));
    let (mut rows, mut kept) = (purchase(all.collect()), Rows::default());
    run(&mut rows, &[Holder::CUSTOMER], &mut kept, 0);
    let given: Vec<_> = rows.grants.iter().map(|grant| grant.benefit_id).collect();
    let of = |kind: BenefitType| rows.benefits.iter().find(|b| b.kind == kind).unwrap().id;
    let wanted = [
        BenefitType::Custom,
        BenefitType::Downloadables,
        BenefitType::LicenseKeys,
        BenefitType::MeterCredit,
        BenefitType::FeatureFlag,
    ]
    .map(of);
    assert_eq!(given, wanted);
}

#[test]
fn files_that_are_archived_are_not_given() {
    let (a, b) = (id(50), id(51));
    let files = |archived: Value| json!({"files": [a, b], "archived": archived});
    let given = benefit(20, BenefitType::Downloadables, files(json!({})));
    let (mut rows, mut kept) = (purchase(vec![given]), Rows::default());
    let holders = [Holder::CUSTOMER];
    run(&mut rows, &holders, &mut kept, 0);
    assert_eq!(rows.grants[0].properties.0, json!({"files": [a, b]}));
    let mut archived = serde_json::Map::new();
    archived.insert(a.to_string(), json!(true));
    rows.benefits[0].properties = Json(files(archived.into()));
    let changes = sync(&rows, &holders, &subscribers(), &at(1));
    let payload = changes.writes.iter().find_map(|write| match write {
        Write::Insert {
            table: "webhook_events",
            values,
            ..
        } => values.iter().find_map(|value| match value {
            Cell::Text(text) if text.contains("previous_properties") => Some(text.clone()),
            _ => None,
        }),
        _ => None,
    });
    let payload: Value = serde_json::from_str(&payload.expect("somebody is told")).unwrap();
    assert_eq!(payload["type"], "benefit_grant.updated");
    assert_eq!(payload["data"]["properties"], json!({"files": [b]}));
    assert_eq!(
        payload["data"]["previous_properties"],
        json!({"files": [a, b]})
    );
    assert_eq!(
        kinds(&run(&mut rows, &holders, &mut kept, 1).0),
        ["benefit_grant.updated"]
    );
}

#[test]
fn a_key_has_its_prefix_in_capitals_and_the_end_of_an_order() {
    let properties = json!({"prefix": " stra\u{df}e ", "expires": {"ttl": 1, "timeframe": "month"}, "limit_usage": 3});
    let given = benefit(20, BenefitType::LicenseKeys, properties);
    let (mut rows, mut kept) = (purchase(vec![given]), Rows::default());
    (rows.subscription, rows.order_id) = (None, Some(id(8)));
    let holders = [Holder::CUSTOMER];
    run(&mut rows, &holders, &mut kept, 0);
    let key = kept.of::<LicenseKey>(&[]).remove(0);
    assert!(key.key.starts_with("STRASSE-"), "{}", key.key);
    assert_eq!(key.key.len(), "STRASSE-".len() + 36);
    assert_eq!(key.key, key.key.to_uppercase());
    let end = key.expires_at.expect("it ends");
    assert!(end >= key.created_at + SignedDuration::from_hours(28 * 24));
    assert_eq!((key.limit_usage, key.limit_activations), (Some(3), None));
    let shown = &rows.grants[0].properties.0;
    assert_eq!(shown["display_key"], key.display_key());
    assert!(key.key.ends_with(&key.display_key()[5..]));
    rows.gives = false;
    run(&mut rows, &holders, &mut kept, 1);
    let gone = kept.of::<LicenseKey>(&[]).remove(0);
    assert_eq!(gone.status, LicenseKeyStatus::Revoked);
    rows.gives = true;
    run(&mut rows, &holders, &mut kept, 2);
    let again = kept.of::<LicenseKey>(&[]).remove(0);
    assert_eq!(
        (again.id, again.status, again.expires_at),
        (key.id, LicenseKeyStatus::Granted, Some(end))
    );
}

#[test]
fn each_paid_renewal_is_told_of_once_while_the_benefit_is_there() {
    let (mut rows, mut kept) = (purchase(vec![note(20)]), Rows::default());
    let holders = [Holder::CUSTOMER];
    run(&mut rows, &holders, &mut kept, 0);
    let grant = rows.grants[0].id;
    rows.cycles = vec![(grant, 2)];
    let cycled = "benefit_grant.cycled";
    let told = run(&mut rows, &holders, &mut kept, 1).0;
    assert_eq!(kinds(&told), [cycled, cycled]);
    assert_eq!(run(&mut rows, &holders, &mut kept, 2).0, []);
    rows.gives = false;
    rows.cycles = vec![(grant, 3)];
    let told = run(&mut rows, &holders, &mut kept, 3).0;
    assert_eq!(kinds(&told), ["benefit_grant.revoked"]);
    rows.gives = true;
    rows.cycles = Vec::new();
    let told = run(&mut rows, &holders, &mut kept, 4).0;
    assert_eq!(kinds(&told), ["benefit_grant.created"]);
    rows.cycles = vec![(grant, 1)];
    let told = run(&mut rows, &holders, &mut kept, 5).0;
    assert_eq!(kinds(&told), [cycled], "they are counted anew");
}

#[test]
fn many_grants_take_several_runs() {
    let members = |n: u128| Holder {
        member_id: Some(id(1_000 + n)),
    };
    let holders: Vec<Holder> = (0..420).map(members).collect();
    let (mut rows, mut kept) = (purchase(vec![note(20)]), Rows::default());
    let mut runs = Vec::new();
    for minute in 0..3 {
        let (told, again) = run(&mut rows, &holders, &mut kept, minute);
        runs.push((told.len(), again));
    }
    assert_eq!(
        runs,
        [(MOST_AT_ONCE, true), (MOST_AT_ONCE, true), (20, false)]
    );
    assert_eq!(rows.grants.len(), 420);
    assert_eq!(run(&mut rows, &holders, &mut kept, 3), (Vec::new(), false));
}

#[test]
fn a_customer_who_was_deleted_has_nothing() {
    let (mut rows, mut kept) = (purchase(vec![note(20)]), Rows::default());
    let holders = [Holder::CUSTOMER];
    run(&mut rows, &holders, &mut kept, 0);
    rows.customer.deleted_at = Some(at(1).now);
    assert_eq!(
        kinds(&run(&mut rows, &holders, &mut kept, 1).0),
        ["benefit_grant.revoked"]
    );
}

#[test]
fn a_subscription_gives_while_it_is_paid_and_for_the_days_of_grace() {
    let mut one = renewal().subscription;
    let start = at(0).now;
    let days = |n: i64| start + SignedDuration::from_hours(24 * n);
    let gives = |one: &_, grace, now: Timestamp| subscription_gives(one, grace, now);
    for status in SubscriptionStatus::ALL {
        one.status = *status;
        one.past_due_at = (*status == SubscriptionStatus::PastDue).then_some(start);
        let is_paid = matches!(
            status,
            SubscriptionStatus::Active | SubscriptionStatus::Trialing
        );
        assert_eq!(gives(&one, 0, start), is_paid, "{status}");
    }
    one.status = SubscriptionStatus::PastDue;
    one.past_due_at = Some(start);
    for (grace, now, wanted) in [
        (0, start, false),
        (2, start, true),
        (2, days(2) - SignedDuration::from_secs(1), true),
        (2, days(2), false),
        (7, days(2), true),
        (21, days(20), true),
        (21, days(21), false),
    ] {
        assert_eq!(gives(&one, grace, now), wanted, "{grace} days, at {now}");
    }
    one.ended_at = Some(start);
    assert!(!gives(&one, 21, start), "it has ended");
}

#[test]
fn of_credits_and_a_step_of_the_subscription_at_once_one_is_refused() {
    let properties = json!({"meter_id": id(60), "units": 5, "rollover": false});
    let credits = benefit(20, BenefitType::MeterCredit, properties);
    let flag = benefit(21, BenefitType::FeatureFlag, json!({}));
    for (benefit, is_refused) in [(credits, true), (flag, false)] {
        let (mut rows, mut kept) = (purchase(vec![]), Rows::default());
        run(&mut rows, &[Holder::CUSTOMER], &mut kept, 0);
        rows.benefits = vec![benefit.clone()];
        let mut there = Changes::new();
        there.insert(&benefit);
        kept.commit(there).expect("it is new");
        let subscription = rows.subscription.clone().expect("it is one");
        let step = || {
            let mut step = Changes::new();
            step.touch(&subscription);
            step
        };
        let given = || sync(&rows, &[Holder::CUSTOMER], &subscribers(), &at(1));
        let mut others = Rows::default();
        let mut both = Changes::new();
        both.insert(&benefit).insert(&subscription);
        others.commit(both).expect("they are new");
        for (kept, first, second) in [(kept, given(), step()), (others, step(), given())] {
            let mut kept = kept;
            kept.commit(first).expect("nobody else has written");
            assert_eq!(kept.commit(second).is_err(), is_refused);
        }
    }
}
