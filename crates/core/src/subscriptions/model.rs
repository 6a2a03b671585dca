//! A thousand subscriptions through five years, and an independent model of what becomes of each: its periods, its bills to
//! the cent, and everything that is told, in order. Customers have up to three subscriptions, which share a balance and a
//! card; the card declines at times, is away, or takes its time; somebody changes plans, seats, discounts and dates, cancels
//! and pauses; and the worker comes at once, late, or after weeks.

mod calendar;
mod catalog;
mod changes;
mod charges;
mod oracle;
pub(crate) mod rows;
mod script;
mod shop;
mod till;

use jiff::Timestamp;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use till_wire::{orders::OrderStatus, subscriptions::SubscriptionStatus, values::Interval};

use self::{
    calendar::{DAY, Every},
    catalog::Catalog,
    oracle::{Account, Bill, Cutting, Of, Paid, Status, Sub, Told, Waiting, sorted},
    script::Card,
    shop::{Home, Shop},
    till::{Till, moment},
};
use super::start::{NewSubscription, start};
use crate::{
    checkout::tests::{customer, id},
    kernel::{
        changes::Changes,
        records::{
            BalanceEntry, BillingEntry, DiscountChange, Order, Payment, PaymentMethod,
            PaymentState, ProcessorName, Refund, Subscription,
        },
        values::{Json, Value},
    },
    terms::Terms,
};

const YEARS: i64 = 5;
/// The subscriptions of a customer, ended ones too.
const MOST: usize = 6;

/// Five years of a customer's subscriptions; their number.
fn live(seed: u64, shop: &Shop, catalog: &Catalog) -> usize {
    let chance = &mut StdRng::seed_from_u64(seed);
    let begin = 1_767_225_600 + chance.random_range(0..365 * DAY);
    let end = begin + YEARS * 365 * DAY;
    let home = [Home::Nowhere, Home::Germany, Home::NewYork][chance.random_range(0..3)];
    let card = Card::new(chance, (begin, end));
    let says = |now: i64| card.says(now);
    let customer = catalog::at_home(customer(5, "ada@example.com", None), home);
    let mut till = Till::new(catalog, customer, method(), &says, seed);
    let mut account = Account {
        shop,
        home,
        says: &says,
        balance: 0,
        team: false,
        first: None,
        subs: Vec::new(),
        bills: Vec::new(),
        told: Vec::new(),
        charged: 0,
        refunded: 0,
    };
    let count = chance.random_range(1..=3);
    let mut now = begin;
    let mut next_act = begin;
    while now < end {
        let lives = |sub: &&Sub| sub.status != Status::Canceled;
        let living = account.subs.iter().filter(lives).count();
        let room = living < count && account.subs.len() < MOST;
        if room && (living == 0 || script::one_in(chance, 8)) {
            subscribe(chance, &mut till, &mut account, now);
        }
        let due = (0..till.subs.len()).filter_map(|s| till.next_due(s)).min();
        let known = till.waiting.iter().map(|waiting| waiting.at).min();
        let wakes = [
            due.map(|at| at + script::lateness(chance)),
            known,
            Some(next_act),
        ];
        now = wakes.into_iter().flatten().min().unwrap_or(end).max(now);
        till.waiting.sort_by_key(|waiting| waiting.at);
        while let Some(waiting) = till.waiting.first().copied().filter(|one| one.at <= now) {
            till.waiting.remove(0);
            match till.purpose(waiting.payment) {
                Of::Sub(s) => account.change_known(s, now),
                Of::Bill(b) => account.known(b, waiting.pays, now),
                Of::Customer => panic!("seats are not paid for by themselves"),
            }
            till.known(waiting, now);
            compare(seed, now, "an outcome", &mut till, &mut account);
        }
        account.work(now);
        till.work(now);
        compare(seed, now, "work", &mut till, &mut account);
        if now >= next_act {
            next_act = now + script::pause(chance, &account);
            let s = script::one_of(chance, &account);
            let act = script::act(chance, &account, s, now);
            let what = format!("{act:?} of subscription {s}");
            let (expected, done) = (account.act(s, act, now), till.act(s, act, now));
            assert_eq!(done, expected, "seed {seed}: {what} at {}", moment(now));
            compare(seed, now, &what, &mut till, &mut account);
        }
    }
    in_the_end(seed, &till, &account);
    account.subs.len()
}

/// A subscription as a checkout leaves it.
fn subscribe(
    chance: &mut script::Chance,
    till: &mut Till<'_>,
    account: &mut Account<'_>,
    now: i64,
) {
    let (plan, seats, chosen) = script::bought(chance, account.shop);
    let cut = script::one_in(chance, 3).then(|| script::any_cut(chance, account.shop));
    let cut = cut.filter(|cut| account.fits(*cut, plan));
    account.subscribe(now, plan, seats, chosen, cut);
    let sub = account.subs.last().expect("the new one");
    let offered = &till.catalog.offered[plan];
    let price = offered.prices[0].id;
    let terms = Terms {
        product_id: offered.product.id,
        price_id: price,
        price_ids: Json(vec![price]),
        amount: sub.base,
        currency: till_wire::money::Currency::USD,
        seats,
        discount_id: cut.map(|cut| till.catalog.discounts[cut].id),
        discount_amount: sub.base - sub.amount,
        tax_amount: None,
        tax_behavior: None,
        tax_breakdown: None,
        allow_trial: true,
        trial_end: sub.trial_end.map(moment),
    };
    let new = NewSubscription {
        customer_id: till.customer,
        product: &offered.product,
        terms: &terms,
        checkout_id: None,
        payment_method_id: Some(id(9)),
        upgraded: None,
        metadata: &Default::default(),
        custom_field_data: &Default::default(),
    };
    let subscription = start(new, &till.context(now));
    let mut changes = Changes::new();
    changes.insert(&subscription);
    till.rows.commit(changes).expect("a new row");
    till.subs.push(subscription.id);
}

fn method() -> PaymentMethod {
    PaymentMethod {
        id: id(9),
        created_at: moment(0),
        organization_id: id(1),
        customer_id: id(5),
        processor: ProcessorName::Sandbox,
        customer_reference: Some("cus_1".into()),
        reference: "pm_1".into(),
        kind: "card".into(),
        card: Json(till_wire::payments::CardMetadata {
            brand: "visa".into(),
            last4: "4242".into(),
            exp_month: 12,
            exp_year: 2040,
            wallet: None,
        }),
    }
}

/// Compares what was told, each subscription, the bills that may have changed, and the balance.
fn compare(seed: u64, now: i64, what: &str, till: &mut Till<'_>, account: &mut Account<'_>) {
    let place = format!("seed {seed}, {what} at {}", moment(now));
    let (told, expected) = (till.told(), std::mem::take(&mut account.told));
    assert_eq!(in_order(told), in_order(expected), "{place}: told");
    assert_eq!(till.orders.len(), account.bills.len(), "{place}: bills");
    for s in 0..till.subs.len() {
        let subscription: Subscription = till.rows.get(till.subs[s]);
        assert_eq!(
            seen(till, &subscription),
            shown(&account.subs[s]),
            "{place}: subscription {s}"
        );
        if account.subs[s].locked.is_none() {
            let due = subscription.next_due_at.map(Timestamp::as_second);
            assert_eq!(
                due,
                account.next_due(s),
                "{place}: next due of subscription {s}"
            );
        }
    }
    let written = till.rows.take_written();
    for b in 0..till.orders.len() {
        let bill = &mut account.bills[b];
        bill.tie = till.orders[b].as_u128();
        if bill.state == Paid::Pending || written.contains(&till.orders[b]) {
            assert_eq!(billed(till, b), *bill, "{place}: bill {b}");
        }
    }
    let balance = till.balance().map_or(0, |row| row.amount);
    assert_eq!(balance, account.balance, "{place}: balance");
    assert_eq!(till.is_team(), account.team, "{place}: team");
}

/// Bills that are voided together are told of in any order.
fn in_order(mut told: Vec<Told>) -> Vec<Told> {
    for run in told.chunk_by_mut(|a, b| a.0 == "order.updated" && b.0 == "order.updated") {
        run.sort();
    }
    told
}

/// A subscription as the model has it, from its row.
fn seen(till: &Till<'_>, row: &Subscription) -> Sub {
    let at = |moment: Option<Timestamp>| moment.map(Timestamp::as_second);
    let plan = |id| {
        till.catalog
            .offered
            .iter()
            .position(|one| one.product.id == id)
    };
    let cut = |id| till.catalog.discounts.iter().position(|one| one.id == id);
    let waiting = row.pending_update.as_ref().map(|update| Waiting {
        plan: update.0.product_id.and_then(plan),
        seats: update.0.seats,
        cut: match update.0.discount {
            DiscountChange::Keep => Cutting::Keep,
            DiscountChange::Remove => Cutting::Remove,
            DiscountChange::Set(id) => Cutting::Set(cut(id).expect("a discount of the catalog")),
        },
    });
    let entries: Vec<BillingEntry> = till.rows.of(&[("subscription_id", Value::Uuid(row.id))]);
    let lines = sorted(entries.iter().map(|entry| entry.amount).collect());
    let count = row.recurring_interval_count;
    Sub {
        status: match row.status {
            SubscriptionStatus::Trialing => Status::Trialing,
            SubscriptionStatus::Active => Status::Active,
            SubscriptionStatus::PastDue => Status::PastDue,
            SubscriptionStatus::Paused => Status::Paused,
            SubscriptionStatus::Canceled => Status::Canceled,
            other => panic!("a subscription is never {other}"),
        },
        plan: plan(row.product_id).expect("a plan of the catalog"),
        every: match row.recurring_interval {
            Interval::Day => Every::Days(count),
            Interval::Week => Every::Weeks(count),
            Interval::Month => Every::Months(count),
            Interval::Year => Every::Years(count),
        },
        seats: row.seats,
        held: till.used_seats(row.id).count() == 1,
        base: row.base_amount,
        amount: row.amount,
        cut: row.discount_id.and_then(cut),
        applied: at(row.discount_applied_at),
        anchor: row.anchor_day,
        start: row.current_period_start.as_second(),
        end: row.current_period_end.as_second(),
        cancel: row.cancel_at_period_end,
        ends_at: at(row.ends_at),
        ended: at(row.ended_at),
        pause: row.pause_at_period_end,
        paused: at(row.paused_at),
        resumes: at(row.resumes_at),
        past_due: at(row.past_due_at),
        trial_start: at(row.trial_start),
        trial_end: at(row.trial_end),
        waiting,
        lines,
        locked: None,
    }
}

/// The model's, without what no row has.
fn shown(sub: &Sub) -> Sub {
    Sub {
        lines: sorted(sub.lines.clone()),
        locked: None,
        ..sub.clone()
    }
}

/// A bill as the model has it, from its row.
fn billed(till: &Till<'_>, b: usize) -> Bill {
    let order: Order = till.rows.get(till.orders[b]);
    let own = |id: &uuid::Uuid| Some(*id) == order.subscription_id;
    Bill {
        sub: till.subs.iter().position(own).expect("of a subscription"),
        made: order.created_at.as_second(),
        lines: sorted(order.items.iter().map(|item| item.amount).collect()),
        cut: order.discount_amount,
        tax: order.tax_amount,
        total: order.total_amount(),
        applied: order.applied_balance_amount,
        state: match order.status {
            OrderStatus::Pending => Paid::Pending,
            OrderStatus::Paid => Paid::Paid,
            OrderStatus::Void => Paid::Void,
            other => panic!("an order is never {other}"),
        },
        next: order.next_payment_attempt_at.map(Timestamp::as_second),
        failures: order.failed_payments,
        tie: order.id.as_u128(),
    }
}

/// Money is conserved, no period is billed twice or left out, and every bill is as it should be.
fn in_the_end(seed: u64, till: &Till<'_>, account: &Account<'_>) {
    for b in 0..till.orders.len() {
        assert_eq!(billed(till, b), account.bills[b], "seed {seed}: bill {b}");
    }
    let payments: Vec<Payment> = till.rows.of(&[]);
    let taken = payments
        .iter()
        .filter(|payment| payment.state == PaymentState::Succeeded);
    let charged: i64 = taken.map(|payment| payment.amount).sum();
    let refunds: Vec<Refund> = till.rows.of(&[]);
    let refunded: i64 = refunds.iter().map(|refund| refund.amount).sum();
    assert_eq!(
        (charged, refunded),
        (account.charged, account.refunded),
        "seed {seed}: money"
    );
    let entries: Vec<BalanceEntry> = till.rows.of(&[]);
    let balance: i64 = entries.iter().map(|entry| entry.amount).sum();
    assert_eq!(
        balance, account.balance,
        "seed {seed}: entries of the balance"
    );
    let of = |state| account.bills.iter().filter(move |bill| bill.state == state);
    let paid: i64 = of(Paid::Paid).map(|bill| bill.total).sum();
    // Bills that are not paid yet hold what they have used of the balance.
    let held: i64 = of(Paid::Pending).map(|bill| bill.applied).sum();
    assert_eq!(
        charged - refunded,
        paid + balance - held,
        "seed {seed}: money is conserved"
    );
}

/// As many customers as have so many subscriptions.
fn live_all(first: u64, subscriptions: usize) {
    let shop = catalog::shop();
    let catalog = Catalog::of(&shop);
    let (mut lived, mut seed) = (0, first);
    while lived < subscriptions {
        lived += live(seed, &shop, &catalog);
        seed += 1;
    }
}

macro_rules! lives {
    ($($name:ident: $first:literal;)+) => {$(
        #[test]
        fn $name() {
            live_all($first, 250);
        }
    )+};
}

// Side by side: a quarter each.
lives! {
    subscriptions_live_as_the_model_says: 0;
    subscriptions_live_as_the_model_says_second: 1_000;
    subscriptions_live_as_the_model_says_third: 2_000;
    subscriptions_live_as_the_model_says_fourth: 3_000;
}
