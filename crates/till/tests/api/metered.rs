//! Usage is billed: each event once, with the period that it belongs to.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use till_testkit::{Till, both, buyer};

use crate::metered_kit::{meter, sum};
use crate::subscriptions_kit::{moment, next_period, shown, until};

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

pub(crate) fn price(meter: &Value, unit_amount: &str, cap: Value) -> Value {
    json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": unit_amount, "cap_amount": cap})
}

/// A product with these prices a month, and these fields besides.
pub(crate) async fn product(t: &Till, prices: Value, more: Value) -> Value {
    let mut body = json!({"name": "Pro", "recurring_interval": "month", "prices": prices});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    t.post("/v1/products/", body).await.created()
}

pub(crate) fn fixed() -> Value {
    json!({"amount_type": "fixed", "price_amount": 1000})
}

/// The subscription that Ada buys.
pub(crate) async fn bought(t: &Till, product: &Value, more: Value) -> Value {
    let checkout = t.checkout_with(product, more).await;
    t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
    t.drain().await;
    t.items("/v1/subscriptions/?active=true").await.remove(0)
}

/// One event of `n` of a subscription's customer; now, or when it is said.
pub(crate) async fn uses(t: &Till, subscription: &Value, n: Value, at: Option<Value>) {
    let mut event =
        json!({"name": "llm", "customer_id": subscription["customer_id"], "metadata": {"n": n}});
    if let Some(at) = at {
        event["timestamp"] = at;
    }
    let told = t
        .post("/v1/events/ingest", json!({"events": [event]}))
        .await
        .ok();
    assert_eq!(told["inserted"], 1);
}

/// The orders of a subscription, the oldest first: the sum of each, and its lines by usage.
async fn bills(t: &Till, subscription: &Value) -> Vec<(i64, Vec<(String, i64)>)> {
    let id = subscription["id"].as_str().unwrap();
    let path = format!("/v1/orders/?subscription_id={id}&limit=100&sorting=created_at");
    let orders = t.items(&path).await;
    let bill = |order: &Value| {
        let items = order["items"].as_array().unwrap().iter();
        let usage = items.filter(|item| item["label"].as_str().unwrap().starts_with("Tokens"));
        let usage = usage.map(|item| {
            let label = item["label"].as_str().unwrap().to_owned();
            (label, item["amount"].as_i64().unwrap())
        });
        (order["net_amount"].as_i64().unwrap(), usage.collect())
    };
    orders.iter().map(bill).collect()
}

fn line(label: &str, amount: i64) -> Vec<(String, i64)> {
    vec![(label.to_owned(), amount)]
}

/// Usage that a subscription shows of its meter: consumed, credited, amount.
async fn used(t: &Till, subscription: &Value) -> Value {
    let now = shown(t, subscription).await;
    let meter = &now["meters"][0];
    json!([
        meter["consumed_units"],
        meter["credited_units"],
        meter["amount"]
    ])
}

both! {
    async fn usage_is_billed_with_its_period_and_late_usage_with_the_next(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = product(t, json!([fixed(), price(&meter, "0.2", json!(500))]), json!({})).await;
        let subscription = bought(t, &product, json!({})).await;
        assert_eq!(used(t, &subscription).await, json!([0.0, 0, 0]));
        uses(t, &subscription, json!(1000.5), None).await;
        uses(t, &subscription, json!(500), None).await;
        uses(t, &subscription, json!("5"), None).await;
        t.drain().await;
        assert_eq!(used(t, &subscription).await, json!([1500.5, 0, 300]));
        let preview = t.get(&format!("/v1/subscriptions/{}/charge-preview", subscription["id"].as_str().unwrap())).await.ok();
        assert_eq!((&preview["base_amount"], &preview["metered_amount"], &preview["total_amount"]), (&json!(1000), &json!(300), &json!(1300)));
        let state = t.get(&format!("/v1/customers/{}/state", subscription["customer_id"].as_str().unwrap())).await.ok();
        assert_eq!(state["active_subscriptions"][0]["meters"][0]["amount"], 300);
        let renewed = next_period(t, &subscription).await;
        assert_eq!(bills(t, &subscription).await[1], (1300, line("Tokens: 1500.5 × 0.002 USD", 300)));
        assert_eq!(used(t, &subscription).await, json!([0.0, 0, 0]));
        let order = t.items(&format!("/v1/orders/?subscription_id={}&sorting=-created_at", subscription["id"].as_str().unwrap())).await.remove(0);
        let usage = order["items"].as_array().unwrap().iter().find(|i| i["label"].as_str().unwrap().starts_with("Tokens")).unwrap().clone();
        assert_eq!((&usage["start_timestamp"], &usage["end_timestamp"], &usage["proration"]),
            (&subscription["current_period_start"], &subscription["current_period_end"], &json!(false)));
        let own = product["prices"].as_array().unwrap().iter().find(|p| p["amount_type"] == "metered_unit").unwrap();
        assert_eq!((&usage["product_price_id"], &order["status"]), (&own["id"], &json!("paid")));
        // What happened before the end and comes in after it is billed with the next period, up to the cap.
        uses(t, &subscription, json!(2000), Some(subscription["current_period_start"].clone())).await;
        uses(t, &subscription, json!(2000), None).await;
        t.drain().await;
        assert_eq!(used(t, &renewed).await, json!([4000.0, 0, 500]));
        next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[2], (1500, line("Tokens: 4000 × 0.002 USD (capped at $5.00)", 500)));
        next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[3], (1000, line("Tokens: 0 × 0.002 USD", 0)));
        assert_eq!(bills(t, &subscription).await.len(), 4);
    }

    async fn a_bill_waits_until_what_came_in_is_counted(t: &mut Till) {
        let meter = meter(t, json!({"func": "count"})).await;
        let subscription = bought(t, &product(t, json!([price(&meter, "10", json!(null))]), json!({})).await, json!({})).await;
        let end = moment(&subscription["current_period_end"]);
        for _ in 0..3 {
            uses(t, &subscription, json!(1), None).await;
        }
        let left = end.duration_since(t.app.clock.now());
        t.advance(Duration::try_from(left).unwrap());
        // The end has come, and nobody has counted yet. This event is of the next period.
        uses(t, &subscription, json!(1), None).await;
        till_server::jobs::subscriptions::run_due(&t.app).await.unwrap();
        assert_eq!(bills(t, &subscription).await[1], (30, line("Tokens: 3 × 0.1 USD", 30)));
        t.drain().await;
        assert_eq!(used(t, &subscription).await, json!([1.0, 0, 10]));
        // Counted before the renewal that is due, it is of the next period all the same.
        let end = moment(&shown(t, &subscription).await["current_period_end"]);
        let left = end.duration_since(t.app.clock.now());
        t.advance(Duration::try_from(left).unwrap() + Duration::from_secs(40 * 24 * 3600));
        uses(t, &subscription, json!(1), None).await;
        uses(t, &subscription, json!(1), Some(json!(end))).await;
        till_server::jobs::usage::run_due(&t.app).await.unwrap();
        t.drain().await;
        let told = bills(t, &subscription).await;
        assert_eq!(told[2..], [(10, line("Tokens: 1 × 0.1 USD", 10)), (10, line("Tokens: 1 × 0.1 USD", 10))]);
        assert_eq!(used(t, &subscription).await, json!([1.0, 0, 10]));
    }

    async fn metered_subscriptions_have_an_order_each_period(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let subscription = bought(t, &product(t, json!([price(&meter, "0.5", json!(null))]), json!({})).await, json!({})).await;
        assert_eq!(bills(t, &subscription).await, [(0, vec![])]);
        let renewed = next_period(t, &subscription).await;
        assert_eq!(bills(t, &subscription).await[1], (0, line("Tokens: 0 × 0.005 USD", 0)));
        // Half a cent is a cent, and what is below zero is nothing.
        uses(t, &renewed, json!(301), None).await;
        let renewed = next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[2], (151, line("Tokens: 301 × 0.005 USD", 151)));
        uses(t, &renewed, json!(-301), None).await;
        next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[3], (0, line("Tokens: 0 × 0.005 USD", 0)));
        let last = t.items("/v1/orders/?sorting=-created_at").await.remove(0);
        assert_eq!((&last["status"], &last["billing_reason"]), (&json!("paid"), &json!("subscription_cycle")));
    }

    async fn functions_are_of_the_whole_period_and_discounts_apply(t: &mut Till) {
        for (func, quantity) in [("max", "7"), ("min", "2"), ("avg", "4"), ("unique", "3")] {
            let meter = meter(t, json!({"func": func, "property": "n"})).await;
            let product = product(t, json!([price(&meter, "100", json!(null))]), json!({})).await;
            let off = t.percent_off(5000, json!({"duration": "forever"})).await;
            let customer = t.customer(&format!("{func}@example.com")).await;
            let checkout = t.checkout_with(&product, json!({"customer_id": customer["id"], "discount_id": off["id"]})).await;
            t.confirm(&checkout, buyer(&format!("{func}@example.com"), VISA)).await.ok();
            t.drain().await;
            let path = format!("/v1/subscriptions/?customer_id={}", customer["id"].as_str().unwrap());
            let subscription = t.items(&path).await.remove(0);
            for n in [2, 7, 3, 7, 2, 3] {
                uses(t, &subscription, json!(n), None).await;
                t.drain().await;
            }
            next_period(t, &subscription).await;
            let units: i64 = quantity.parse().unwrap();
            assert_eq!(bills(t, &subscription).await[1], (units * 50, line(&format!("Tokens: {quantity} × 1 USD"), units * 100)));
            t.delete(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())).await.ok();
        }
        t.see_through().await;
    }

    async fn usage_that_comes_to_more_than_can_be_billed_holds_up_no_bill(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = product(t, json!([fixed(), price(&meter, "1", json!(null))]), json!({})).await;
        let subscription = bought(t, &product, json!({})).await;
        let most = 999_999_999_999_i64;
        uses(t, &subscription, json!(most), None).await;
        t.drain().await;
        assert_eq!(used(t, &subscription).await, json!([most as f64, 0, most]));
        uses(t, &subscription, json!(1), None).await;
        t.drain().await;
        assert_eq!(used(t, &subscription).await, json!([(most + 1) as f64, 0, 0]));
        let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
        let preview = t.get(&format!("{path}/charge-preview")).await.ok();
        assert_eq!((&preview["metered_amount"], &preview["total_amount"]), (&json!(0), &json!(1000)));
        let renewed = next_period(t, &subscription).await;
        let left_out = line("Tokens: 1000000000000 × 0.01 USD (more than can be billed)", 0);
        assert_eq!((&renewed["status"], bills(t, &subscription).await[1].clone()), (&json!("active"), (1000, left_out.clone())));
        // The next period is billed as ever, and so is the last.
        uses(t, &subscription, json!(7), None).await;
        next_period(t, &subscription).await;
        assert_eq!(bills(t, &subscription).await[2], (1007, line("Tokens: 7 × 0.01 USD", 7)));
        uses(t, &subscription, json!(most + 1), None).await;
        t.patch(&path, json!({"cancel_at_period_end": true})).await.ok();
        let ended = next_period(t, &subscription).await;
        assert_eq!((&ended["status"], bills(t, &subscription).await[3].clone()), (&json!("canceled"), (0, left_out)));
        t.see_through().await;
    }

    async fn usage_that_no_card_can_be_charged_for_waits_like_any_unpaid_order(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = product(t, json!([fixed(), price(&meter, "1", json!(null))]), json!({})).await;
        let subscription = bought(t, &product, json!({})).await;
        uses(t, &subscription, json!(999_999_999_999_i64), None).await;
        t.drain().await;
        let renewed = next_period(t, &subscription).await;
        assert_eq!(bills(t, &subscription).await[1].0, 999_999_999_999_i64 + 1000);
        let id = subscription["id"].as_str().unwrap();
        let order = t.items(&format!("/v1/orders/?subscription_id={id}&sorting=-created_at")).await.remove(0);
        assert_eq!(json!([renewed["status"], order["status"], order["due_amount"]]), json!(["past_due", "pending", 1_000_000_000_999_i64]));
        let payment = t.items(&format!("/v1/payments/?order_id={}", order["id"].as_str().unwrap())).await.remove(0);
        assert_eq!(json!([payment["status"], payment["decline_reason"]]), json!(["failed", "amount_too_large"]));
        // Nobody asks the processor for it again until the time is over.
        until(t, moment(&order["created_at"]) + SignedDuration::from_hours(20 * 24)).await;
        assert_eq!(t.items(&format!("/v1/payments/?order_id={}", order["id"].as_str().unwrap())).await.len(), 1);
        until(t, moment(&order["created_at"]) + SignedDuration::from_hours(22 * 24)).await;
        assert_eq!(shown(t, &subscription).await["status"], "canceled");
        t.see_through().await;
    }

    async fn usage_of_a_trial_is_free(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let trial = json!({"trial_interval": "day", "trial_interval_count": 7});
        let subscription = bought(t, &product(t, json!([fixed(), price(&meter, "1", json!(null))]), trial).await, json!({})).await;
        assert_eq!(subscription["status"], "trialing");
        uses(t, &subscription, json!(900), None).await;
        let renewed = next_period(t, &subscription).await;
        assert_eq!((renewed["status"].clone(), bills(t, &subscription).await[1].clone()), (json!("active"), (1000, vec![])));
        uses(t, &renewed, json!(9), None).await;
        // It happened in the trial, and came in after it.
        uses(t, &renewed, json!(1), Some(subscription["current_period_start"].clone())).await;
        next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[2], (1010, line("Tokens: 10 × 0.01 USD", 10)));
    }

    async fn an_end_with_the_period_bills_usage_and_an_end_at_once_does_not(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = product(t, json!([fixed(), price(&meter, "1", json!(null))]), json!({})).await;
        let one = bought(t, &product, json!({})).await;
        let path = format!("/v1/subscriptions/{}", one["id"].as_str().unwrap());
        uses(t, &one, json!(100), None).await;
        t.drain().await;
        t.patch(&path, json!({"cancel_at_period_end": true})).await.ok();
        let preview = t.get(&format!("{path}/charge-preview")).await.ok();
        assert_eq!((&preview["metered_amount"], &preview["due_amount"]), (&json!(100), &json!(100)));
        let ended = next_period(t, &one).await;
        assert_eq!((ended["status"].clone(), bills(t, &one).await[1].clone()), (json!("canceled"), (100, line("Tokens: 100 × 0.01 USD", 100))));
        uses(t, &one, json!(5), None).await;
        t.drain().await;
        assert_eq!(used(t, &one).await, json!([0.0, 0, 0]));
        // Without usage there is no last order.
        let two = bought(t, &product, json!({})).await;
        t.patch(&format!("/v1/subscriptions/{}", two["id"].as_str().unwrap()), json!({"cancel_at_period_end": true})).await.ok();
        next_period(t, &two).await;
        assert_eq!(bills(t, &two).await.len(), 1);
        let three = bought(t, &product, json!({})).await;
        uses(t, &three, json!(100), None).await;
        t.drain().await;
        assert_eq!(used(t, &three).await, json!([100.0, 0, 100]));
        t.delete(&format!("/v1/subscriptions/{}", three["id"].as_str().unwrap())).await.ok();
        assert_eq!(used(t, &three).await, json!([0.0, 0, 0]));
        until(t, moment(&three["current_period_end"])).await;
        assert_eq!(bills(t, &three).await.len(), 1);
    }

    async fn usage_at_a_price_that_is_gone_is_not_billed(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let dear = product(t, json!([fixed(), price(&meter, "10", json!(null))]), json!({})).await;
        let cheap = product(t, json!([fixed(), price(&meter, "1", json!(null))]), json!({})).await;
        let subscription = bought(t, &dear, json!({})).await;
        let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
        uses(t, &subscription, json!(100), None).await;
        t.drain().await;
        t.patch(&path, json!({"product_id": cheap["id"], "proration_behavior": "prorate"})).await.ok();
        assert_eq!(used(t, &subscription).await, json!([0.0, 0, 0]));
        uses(t, &subscription, json!(7), None).await;
        t.drain().await;
        // A change that waits for the period's end leaves this period its price.
        t.patch(&path, json!({"product_id": dear["id"], "proration_behavior": "next_period"})).await.ok();
        let renewed = next_period(t, &subscription).await;
        assert_eq!(bills(t, &subscription).await[1].1, line("Tokens: 7 × 0.01 USD", 7));
        next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[2].1, line("Tokens: 0 × 0.1 USD", 0));
    }

    async fn usage_at_a_price_that_was_left_does_not_come_back_with_it(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let metered = product(t, json!([fixed(), price(&meter, "10", json!(null))]), json!({})).await;
        let plain = product(t, json!([fixed()]), json!({})).await;
        let subscription = bought(t, &metered, json!({})).await;
        let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
        uses(t, &subscription, json!(100), None).await;
        t.drain().await;
        t.patch(&path, json!({"product_id": plain["id"], "proration_behavior": "prorate"})).await.ok();
        next_period(t, &subscription).await;
        t.patch(&path, json!({"product_id": metered["id"], "proration_behavior": "prorate"})).await.ok();
        assert_eq!(used(t, &subscription).await, json!([0.0, 0, 0]));
        uses(t, &subscription, json!(2), None).await;
        t.drain().await;
        let renewed = shown(t, &subscription).await;
        next_period(t, &renewed).await;
        assert_eq!(bills(t, &subscription).await[2].1, line("Tokens: 2 × 0.1 USD", 20));
    }

    async fn usage_after_a_late_renewal_is_billed_at_the_price_that_begins_with_it(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let dear = product(t, json!([fixed(), price(&meter, "10", json!(null))]), json!({})).await;
        let cheap = product(t, json!([fixed(), price(&meter, "1", json!(null))]), json!({})).await;
        let subscription = bought(t, &dear, json!({})).await;
        let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
        t.patch(&path, json!({"product_id": cheap["id"], "proration_behavior": "next_period"})).await.ok();
        uses(t, &subscription, json!(3), None).await;
        // The end is past when it is billed; what was used since then is of the period that begins with it.
        let left = moment(&subscription["current_period_end"]).duration_since(t.app.clock.now());
        t.advance(Duration::try_from(left).unwrap() + Duration::from_secs(3_600));
        uses(t, &subscription, json!(5), None).await;
        t.drain().await;
        assert_eq!(bills(t, &subscription).await[1].1, line("Tokens: 3 × 0.1 USD", 30));
        assert_eq!(used(t, &subscription).await, json!([5.0, 0, 5]));
    }

    async fn old_events_are_not_billed_to_whom_they_are_bound_later(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = product(t, json!([fixed(), price(&meter, "1", json!(null))]), json!({})).await;
        let subscription = bought(t, &product, json!({})).await;
        let named = |n: i64| json!({"events": [{"name": "llm", "external_customer_id": "ada", "metadata": {"n": n}}]});
        t.post("/v1/events/ingest", named(100)).await.ok();
        let renewed = next_period(t, &subscription).await;
        t.post("/v1/events/ingest", named(4)).await.ok();
        t.drain().await;
        let customer = format!("/v1/customers/{}", subscription["customer_id"].as_str().unwrap());
        t.patch(&customer, json!({"external_id": "ada"})).await.ok();
        t.drain().await;
        assert_eq!(used(t, &renewed).await, json!([4.0, 0, 4]));
    }

    async fn events_from_before_the_subscription_and_of_others_are_not_billed(t: &mut Till) {
        let customer = t.post("/v1/customers/", json!({"email": ADA, "external_id": "ada"})).await.created();
        let early = json!({"customer_id": customer["id"]});
        uses(t, &early, json!(50), None).await;
        let meter = meter(t, sum()).await;
        uses(t, &early, json!(50), None).await;
        t.advance(Duration::from_secs(1));
        let product = product(t, json!([price(&meter, "1", json!(null))]), json!({})).await;
        let subscription = bought(t, &product, json!({"customer_id": customer["id"]})).await;
        let bob = t.post("/v1/customers/", json!({"email": "bob@example.com"})).await.created();
        uses(t, &json!({"customer_id": bob["id"]}), json!(500), None).await;
        let named = json!({"name": "llm", "external_customer_id": "ada", "metadata": {"n": 3}});
        t.post("/v1/events/ingest", json!({"events": [named, {"name": "other", "customer_id": customer["id"], "metadata": {"n": 1}}]})).await.ok();
        t.drain().await;
        assert_eq!(used(t, &subscription).await, json!([3.0, 0, 3]));
        // Two that count at once, and one that fails between: each event is billed once.
        uses(t, &subscription, json!(4), None).await;
        let (one, two) = (t.node().await, t.node().await);
        let (first, second) = tokio::join!(Box::pin(one.drain()), Box::pin(two.drain()));
        let _ = (first, second);
        t.drain().await;
        assert_eq!(used(t, &subscription).await, json!([7.0, 0, 7]));
        next_period(t, &subscription).await;
        assert_eq!(bills(t, &subscription).await[1].0, 7);
    }

    async fn a_meter_that_no_event_matches_counts_nothing_and_bills_nothing(t: &mut Till) {
        let clause = |value: &str| json!({"property": "name", "operator": "eq", "value": value});
        let mut meters = Vec::new();
        for function in ["sum", "max", "min", "avg", "unique", "count"] {
            // No event has both names.
            let filter = json!({"conjunction": "and", "clauses": [clause("llm"), clause("other")]});
            let aggregation = if function == "count" { json!({"func": "count"}) } else { json!({"func": function, "property": "n"}) };
            meters.push(t.post("/v1/meters/", json!({"name": "Tokens", "filter": filter, "aggregation": aggregation})).await.created());
        }
        let mut prices = vec![fixed()];
        prices.extend(meters.iter().map(|meter| price(meter, "10", json!(null))));
        let product = product(t, json!(prices), json!({})).await;
        let subscription = bought(t, &product, json!({})).await;
        for counted in [false, true] {
            uses(t, &subscription, json!(5), None).await;
            for meter in &meters {
                let path = format!("/v1/meters/{}/quantities?start_timestamp=2026-11-18T00:00:00Z&end_timestamp=2026-12-20T23:59:59Z&interval=day",
                    meter["id"].as_str().unwrap());
                let told = t.get(&path).await.ok();
                let quantities = told["quantities"].as_array().unwrap();
                assert!(quantities.len() > 20 && quantities.iter().all(|q| q["quantity"].as_f64() == Some(0.0)), "{counted}");
                assert_eq!(told["total"].as_f64(), Some(0.0), "{counted}");
            }
            t.drain().await;
        }
        let now = shown(t, &subscription).await;
        let of_meters = now["meters"].as_array().unwrap();
        assert_eq!(of_meters.len(), meters.len());
        for meter in of_meters {
            assert_eq!((meter["consumed_units"].as_f64(), &meter["amount"]), (Some(0.0), &json!(0)), "{meter}");
        }
        next_period(t, &subscription).await;
        let order = t.items(&format!("/v1/orders/?subscription_id={}&sorting=-created_at", subscription["id"].as_str().unwrap())).await.remove(0);
        assert_eq!((&order["net_amount"], &order["status"]), (&json!(1000), &json!("paid")));
    }
}
