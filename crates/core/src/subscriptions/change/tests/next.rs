//! Next charges of several subscriptions of one customer.

use jiff::SignedDuration;
use proptest::prelude::*;
use till_wire::{
    decimal::Decimal,
    meters::{Aggregation, Conjunction, Filter, MeterUnit},
    money::Currency,
    subscriptions::SubscriptionNextCharge,
};

use super::{plan, rows};
use crate::{
    checkout::tests::{at, id},
    kernel::{
        records::{CustomerBalance, CustomerMeter, Meter, PriceKind, UsageCharge},
        values::Json,
    },
    subscriptions::{
        bill::BillingRows,
        change::{Left, by_due_date, next_charge},
    },
    tax::NoTaxes,
};

/// Price of a unit, in minor units.
const UNIT: i64 = 10;

/// Subscription of a customer.
#[derive(Debug, Clone)]
struct Sub {
    /// Price of a period, in minor units.
    fixed: i64,
    /// Days until it is due.
    days: i64,
    /// Units that were used; none where it has no price on the meter.
    used: Option<i64>,
}

fn meter() -> Meter {
    Meter {
        id: id(70),
        created_at: at(0).now,
        modified_at: None,
        version: 1,
        organization_id: id(1),
        name: "Tokens".to_owned(),
        unit: MeterUnit::Scalar,
        custom_label: None,
        custom_multiplier: None,
        filter: Json(Filter {
            conjunction: Conjunction::And,
            clauses: Vec::new(),
        }),
        aggregation: Json(Aggregation::Sum {
            property: "n".to_owned(),
        }),
        metadata: Json::default(),
        archived_at: None,
    }
}

/// The rows of a customer's subscriptions, with this balance and these credits.
fn all(subs: &[Sub], balance: i64, credits: i64) -> Vec<BillingRows> {
    let rows = subs.iter().zip(0u128..).map(|(sub, n)| {
        let mut billing = rows(plan(1_000 + 10 * n, sub.fixed), None).billing;
        billing.subscription.id = id(500 + n);
        billing.subscription.current_period_end =
            at(0).now + SignedDuration::from_hours(24 * sub.days);
        billing.balance = Some(CustomerBalance {
            id: id(80),
            created_at: at(0).now,
            version: 1,
            organization_id: id(1),
            customer_id: id(5),
            currency: Currency::USD,
            amount: balance,
        });
        let mut count = CustomerMeter::new(id(1), id(70), id(5), &at(0));
        count.credited_units = credits;
        billing.offered.parts.credits = vec![count];
        if let Some(used) = sub.used {
            let mut price = billing.offered.prices[0].clone();
            price.id = id(1_005 + 10 * n);
            (price.amount_type, price.price_amount) = (PriceKind::MeteredUnit, None);
            (price.meter_id, price.unit_amount) = (Some(id(70)), Some(UNIT.to_string()));
            billing.subscription.price_ids.0.push(price.id);
            billing.offered.parts.meters = vec![meter()];
            billing.offered.parts.usage = vec![UsageCharge {
                id: id(600 + n),
                created_at: at(1).now,
                modified_at: at(1).now,
                version: 1,
                organization_id: id(1),
                customer_id: id(5),
                subscription_id: billing.subscription.id,
                meter_id: id(70),
                price_id: price.id,
                starts_at: billing.subscription.current_period_start,
                events: 1,
                total: Decimal::from(used),
                largest: Some(Decimal::from(used)),
                smallest: Some(Decimal::from(used)),
                uniques: 0,
                billed_at: None,
                order_id: None,
            }];
            billing.offered.prices.push(price);
        }
        billing
    });
    rows.collect()
}

/// The next charge of each, in the order of the rows.
fn shared(all: &[BillingRows]) -> Vec<SubscriptionNextCharge> {
    let (mut left, mut next) = (Left::default(), vec![None; all.len()]);
    for place in by_due_date(all) {
        let (charge, after) = left.next_charge(&all[place], &NoTaxes).unwrap();
        (next[place], left) = (charge, after);
    }
    next.into_iter()
        .map(|next| next.expect("a charge"))
        .collect()
}

fn subs() -> impl Strategy<Value = Vec<Sub>> {
    let sub = (0..5_000_i64, 1..4_i64, prop::option::of(0..80_i64));
    let sub = sub.prop_map(|(fixed, days, used)| Sub { fixed, days, used });
    prop::collection::vec(sub, 1..6)
}

proptest! {
    /// The customer's balance and credits are used once, and by those first that are due first.
    #[test]
    fn next_charges_share_what_there_is(subs in subs(), balance in 0..9_000_i64, credits in 0..150_i64) {
        let all = all(&subs, balance, credits);
        let charges = shared(&all);
        let applied: i64 = charges.iter().map(|next| -next.charge.applied_balance_amount).sum();
        prop_assert!(applied <= balance, "{applied} of {balance}");
        let used: i64 = subs.iter().filter_map(|sub| sub.used).sum();
        let billed: i64 = charges.iter().map(|next| next.charge.metered_amount).sum();
        prop_assert_eq!(used - billed / UNIT, used.min(credits));
        let first = by_due_date(&all)[0];
        let alone = next_charge(all[first].clone(), &NoTaxes).unwrap();
        prop_assert_eq!(Some(&charges[first]), alone.as_ref());
        for (sub, next) in subs.iter().zip(&charges) {
            prop_assert_eq!(next.at, at(0).now + SignedDuration::from_hours(24 * sub.days));
            prop_assert_eq!(next.charge.base_amount, sub.fixed);
        }
    }

    #[test]
    fn the_order_of_the_rows_changes_no_next_charge(
        subs in subs(), balance in -2_000..9_000_i64, credits in 0..150_i64, turn in 0..6_usize,
    ) {
        let mut all = all(&subs, balance, credits);
        let mut charges = shared(&all);
        let turn = turn % all.len();
        all.rotate_left(turn);
        charges.rotate_left(turn);
        prop_assert_eq!(shared(&all), charges.clone());
        all.reverse();
        charges.reverse();
        prop_assert_eq!(shared(&all), charges);
    }

    #[test]
    fn a_subscription_alone_has_everything(
        subs in subs(), balance in -2_000..9_000_i64, credits in 0..150_i64,
    ) {
        let all = all(&subs[..1], balance, credits);
        let alone = next_charge(all[0].clone(), &NoTaxes).unwrap();
        let shared = shared(&all);
        prop_assert_eq!(shared.first(), alone.as_ref());
    }
}
