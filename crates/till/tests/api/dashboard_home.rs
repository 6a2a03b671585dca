//! Home's figures of subscriptions.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use till_core::kernel::{
    changes::Changes, records::Subscription, report_period::ReportPeriod, values::Value as Bound,
};
use till_store::Recurring;
use till_testkit::{Till, both};
use till_wire::{money::Currency, subscriptions::SubscriptionStatus, values::Interval};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A customer and a product that is paid monthly.
async fn goods(t: &Till) -> (Value, Value) {
    (t.customer("ada@example.com").await, t.monthly().await)
}

/// Subscribes for `amount` minor units since `started`; `change` sees the row before it is kept.
async fn subscribed(
    t: &Till,
    (customer, product): &(Value, Value),
    (started, amount): (Timestamp, i64),
    change: impl FnOnce(&mut Subscription),
) {
    t.sold_with(customer, product, |sale| {
        let row = sale.subscription.as_mut().unwrap();
        row.started_at = Some(started);
        row.amount = amount;
        change(row);
    })
    .await;
}

/// Ends a subscription.
fn ended(at: Timestamp) -> impl FnOnce(&mut Subscription) {
    move |row| {
        row.status = SubscriptionStatus::Canceled;
        row.ended_at = Some(at);
    }
}

/// The figures of the week that ends today, and when its parts begin.
async fn week(t: &Till) -> (Recurring, Vec<Timestamp>) {
    let now = t.app.context().now;
    let days = ReportPeriod::Week.boundaries(now, &TimeZone::UTC);
    let own = t.organization.id;
    let found = t.app.store.recurring(own, &days, now).await.unwrap();
    (found, days)
}

/// Monthly recurring revenue of each day.
fn levels(found: &Recurring, currency: Currency) -> Vec<i64> {
    let level = |part: &till_store::RecurringPart| part.monthly.get(&currency).copied();
    found
        .parts
        .iter()
        .map(|part| level(part).unwrap_or(0))
        .collect()
}

both! {
    async fn recurring_revenue_is_per_month_whatever_the_interval(t: &mut Till) {
        let goods = goods(t).await;
        let now = t.app.context().now;
        for (interval, count, amount) in [
            (Interval::Month, 1, 1000), (Interval::Month, 3, 1000), (Interval::Year, 1, 1000), (Interval::Year, 2, 1000),
            (Interval::Week, 1, 1000), (Interval::Day, 30, 1000), (Interval::Month, 1, 0),
        ] {
            subscribed(t, &goods, (now - DAY, amount), |row| {
                row.recurring_interval = interval;
                row.recurring_interval_count = count;
            }).await;
        }
        // 1000, 333.3, 83.3, 41.67, 4333.3, 1013.9: each is rounded by itself
        assert_eq!(levels(&week(t).await.0, Currency::USD)[6], 1000 + 333 + 83 + 42 + 4333 + 1014);
    }

    async fn half_a_cent_of_recurring_revenue_is_rounded_up(t: &mut Till) {
        let goods = goods(t).await;
        let now = t.app.context().now;
        for (amount, count) in [(1, 2), (3, 2), (6, 12), (5, 12)] {
            subscribed(t, &goods, (now, amount), |row| row.recurring_interval_count = count).await;
        }
        assert_eq!(levels(&week(t).await.0, Currency::USD)[6], 1 + 2 + 1);
    }

    async fn recurring_revenue_of_a_day_counts_who_paid_at_its_end(t: &mut Till) {
        let goods = goods(t).await;
        let now = t.app.context().now;
        let (_, days) = week(t).await;
        let eur: Currency = "eur".parse().unwrap();
        // Since long ago, and since the third day.
        subscribed(t, &goods, (now - DAY * 400, 1), |_| ()).await;
        subscribed(t, &goods, (days[2], 10), |row| row.status = SubscriptionStatus::PastDue).await;
        // From the second to the fifth day, and long gone.
        subscribed(t, &goods, (days[1], 100), ended(days[4] + DAY / 2)).await;
        subscribed(t, &goods, (now - DAY * 400, 1000), ended(days[0] - DAY)).await;
        // A trial that became a subscription on the fourth day, one that still is one, and one that ended as one.
        subscribed(t, &goods, (days[0], 10_000), |row| row.trial_end = Some(days[3])).await;
        subscribed(t, &goods, (days[0], 100_000), |row| {
            row.status = SubscriptionStatus::Trialing;
            row.trial_end = Some(now + DAY / 100);
        }).await;
        subscribed(t, &goods, (days[0], 200_000), |row| {
            ended(days[5])(row);
            row.trial_end = Some(days[6]);
        }).await;
        subscribed(t, &goods, (days[5], 7), |row| row.currency = eur).await;
        let (found, _) = week(t).await;
        assert_eq!(levels(&found, Currency::USD), [1, 101, 111, 10_111, 10_011, 10_011, 10_011]);
        assert_eq!(levels(&found, eur), [0, 0, 0, 0, 0, 7, 7]);
        let numbers = |of: fn(&till_store::RecurringPart) -> i64| found.parts.iter().map(of).collect::<Vec<_>>();
        assert_eq!(numbers(|part| part.started), [3, 1, 1, 0, 0, 1, 0]);
        assert_eq!(numbers(|part| part.ended), [0, 0, 0, 0, 1, 1, 0]);
    }

    async fn a_pause_takes_its_revenue_away(t: &mut Till) {
        let goods = goods(t).await;
        let (_, days) = week(t).await;
        let pause = "update subscriptions set status = $1, paused_at = $2 where amount = $3";
        for amount in [10, 100] {
            subscribed(t, &goods, (days[0] - DAY, amount), |_| ()).await;
        }
        // Ended while it was paused: it left with the pause.
        subscribed(t, &goods, (days[0] - DAY, 1000), ended(days[5])).await;
        let mut changes = Changes::new();
        for (amount, status) in [(100, "paused"), (1000, "canceled")] {
            changes.any(pause, vec![status.into(), Bound::Time(days[3]), Bound::Int(amount)]);
        }
        t.app.store.commit(changes).await.unwrap();
        let (found, _) = week(t).await;
        assert_eq!(levels(&found, Currency::USD), [1110, 1110, 1110, 10, 10, 10, 10]);
        assert_eq!(found.parts[5].ended, 1);
    }

    async fn what_is_past_due_is_counted_by_when_that_began(t: &mut Till) {
        let goods = goods(t).await;
        let (_, days) = week(t).await;
        for amount in [10, 20, 30] {
            subscribed(t, &goods, (days[0] - DAY * 90, amount), |_| ()).await;
        }
        let late = "update subscriptions set status = $1, past_due_at = $2 where amount = $3";
        let mut changes = Changes::new();
        for (amount, status, at) in [(10, "past_due", days[4]), (20, "past_due", days[0] - DAY), (30, "canceled", days[4])] {
            changes.any(late, vec![status.into(), Bound::Time(at), Bound::Int(amount)]);
        }
        t.app.store.commit(changes).await.unwrap();
        let (found, _) = week(t).await;
        assert_eq!(found.past_due, 2);
        assert_eq!(found.parts.iter().map(|part| part.past_due).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 0, 0]);
    }

    async fn home_shows_each_figure_of_subscriptions_as_a_sum_a_chart_and_a_table(t: &mut Till) {
        let goods = goods(t).await;
        let now = t.app.context().now;
        let eur: Currency = "eur".parse().unwrap();
        for day in 0..3 {
            subscribed(t, &goods, (now - DAY * day, 1050), |_| ()).await;
        }
        subscribed(t, &goods, (now - DAY * 20, 99_900), ended(now - DAY)).await;
        subscribed(t, &goods, (now - DAY * 20, 500), |row| row.currency = eur).await;
        let owner = t.dashboard().await;
        let home = owner.get("/dashboard/ada?stretch=7d").await.text();
        for words in [
            "<dt>MRR</dt><dd>$31.50</dd>", "<dt>New</dt><dd>3</dd>", "<dt>Churned</dt><dd>1</dd>",
            "<dt>Past due</dt><dd>0</dd>", "MRR in USD as a table", "New subscriptions as a table",
            "Churned subscriptions as a table", "Past due subscriptions as a table", "<td>$1,009.50</td>",
            "currency=eur",
        ] {
            assert!(home.contains(words), "{words}: {home}");
        }
        let table = home.split("MRR in USD as a table").nth(1).unwrap().split("</table>").next().unwrap();
        assert!(!table.contains("Total"), "levels do not add up: {table}");
        let other = owner.get("/dashboard/ada?currency=eur").await.text();
        assert!(other.contains("<dt>MRR</dt><dd>€5.00</dd>") && other.contains("MRR in EUR"), "{other}");
    }

    async fn figures_of_subscriptions_are_the_organizations_own(t: &mut Till) {
        let goods = goods(t).await;
        let now = t.app.context().now;
        subscribed(t, &goods, (now, 1000), |_| ()).await;
        let (other, _) = t.stranger().await;
        let days = ReportPeriod::Year.boundaries(now, &TimeZone::UTC);
        let found = t.app.store.recurring(other.id, &days, now).await.unwrap();
        assert!(found.parts.iter().all(|part| part.monthly.is_empty() && part.started == 0));
        assert!(t.app.store.recurring(other.id, &[], now).await.unwrap().parts.is_empty());
    }
}
