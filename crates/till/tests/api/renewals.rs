//! Renewals of subscriptions, and what happens when a renewal is not paid.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use till_testkit::{Till, both, buyer};

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";
/// Kept by a trial, and declined whenever it is charged.
const DECLINED_LATER: &str = "pm_card_chargeCustomerFail";
const DAY: u64 = 24 * 3600;

/// A product of 10.00 USD a month, with these fields besides.
async fn monthly(t: &Till, more: Value) -> Value {
    let mut body = json!({"name": "Pro", "recurring_interval": "month",
        "prices": [{"amount_type": "fixed", "price_amount": 1000}]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post("/v1/products/", body).await.created()
}

/// The subscription that is bought with a session of these fields.
async fn bought(t: &Till, product: &Value, card: &str, more: Value) -> Value {
    let checkout = t.checkout_with(product, more).await;
    t.confirm(&checkout, buyer(ADA, card)).await.ok();
    t.drain().await;
    let subscriptions = t.items("/v1/subscriptions/").await;
    assert_eq!(subscriptions.len(), 1);
    subscriptions[0].clone()
}

async fn shown(t: &Till, subscription: &Value) -> Value {
    let id = subscription["id"].as_str().unwrap();
    t.get(&format!("/v1/subscriptions/{id}")).await.ok()
}

/// The orders of the subscription, by the period that they pay for.
async fn orders(t: &Till, subscription: &Value) -> Vec<Value> {
    let id = subscription["id"].as_str().unwrap();
    let mut orders = t
        .items(&format!("/v1/orders/?subscription_id={id}&limit=100"))
        .await;
    orders.sort_by_key(|order| order["items"][0]["start_timestamp"].to_string());
    orders
}

fn moment(value: &Value) -> Timestamp {
    value.as_str().expect("a moment").parse().unwrap()
}

/// Lets time pass until this moment, and does what is due then.
async fn until(t: &Till, moment: Timestamp) {
    let left = moment.duration_since(t.app.clock.now());
    t.advance(Duration::try_from(left).unwrap_or_default());
    t.drain().await;
}

/// Lets time pass until the current period ends, and does what is due then.
async fn next_period(t: &Till, subscription: &Value) -> Value {
    let end = moment(&shown(t, subscription).await["current_period_end"]);
    until(t, end).await;
    shown(t, subscription).await
}

/// Events that an endpoint was told since it was last looked at, but for the customer's state.
async fn told(t: &Till) -> Vec<String> {
    let events = t.webhook_event_types().await;
    let kept = events
        .into_iter()
        .filter(|kind| kind != "customer.state_changed");
    kept.collect()
}

both! {
    async fn a_period_is_charged_when_it_begins_and_everybody_is_told(t: &mut Till) {
        t.listen().await;
        let subscription = bought(t, &monthly(t, json!({})).await, VISA, json!({})).await;
        told(t).await;
        let renewed = next_period(t, &subscription).await;
        assert_eq!(renewed["status"], "active");
        assert_eq!(renewed["current_period_start"], subscription["current_period_end"]);
        let orders = orders(t, &subscription).await;
        let order = &orders[1];
        assert_eq!(orders.len(), 2);
        for (key, value) in [("status", json!("paid")), ("billing_reason", json!("subscription_cycle")), ("total_amount", json!(1000)),
            ("due_amount", json!(1000)), ("checkout_id", json!(null))] {
            assert_eq!(order[key], value, "{key}");
        }
        assert_eq!(order["items"][0]["start_timestamp"], renewed["current_period_start"]);
        assert_eq!(order["items"][0]["end_timestamp"], renewed["current_period_end"]);
        assert!(order["receipt_number"].is_string());
        let payments = t.items(&format!("/v1/payments/?order_id={}", order["id"].as_str().unwrap())).await;
        assert_eq!((payments.len(), &payments[0]["trigger"]), (1, &json!("subscription_cycle")));
        assert_eq!(told(t).await, ["subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid"]);
    }

    async fn periods_end_on_the_day_they_began_or_the_months_last(t: &mut Till) {
        until(t, "2027-01-31T10:20:30Z".parse().unwrap()).await;
        let mut subscription = bought(t, &monthly(t, json!({})).await, VISA, json!({})).await;
        let time = &subscription["current_period_end"].as_str().unwrap()[10..].to_owned();
        for day in ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"] {
            let end = subscription["current_period_end"].as_str().unwrap();
            assert_eq!(end, format!("{day}{time}"));
            subscription = next_period(t, &subscription).await;
        }
    }

    async fn what_fell_due_while_nobody_was_there_is_done_step_by_step(t: &mut Till) {
        let subscription = bought(t, &monthly(t, json!({})).await, VISA, json!({})).await;
        t.advance(Duration::from_secs(100 * DAY));
        t.drain().await;
        let orders = orders(t, &subscription).await;
        assert_eq!(orders.len(), 4);
        let mut end = subscription["current_period_end"].clone();
        for order in &orders[1..] {
            assert_eq!((&order["status"], &order["items"][0]["start_timestamp"]), (&json!("paid"), &end));
            end = order["items"][0]["end_timestamp"].clone();
        }
        assert_eq!(shown(t, &subscription).await["current_period_end"], end);
    }

    async fn a_trial_becomes_a_paid_period_that_is_counted_from_its_end(t: &mut Till) {
        t.listen().await;
        let product = monthly(t, json!({"trial_interval": "day", "trial_interval_count": 10})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        assert_eq!(subscription["status"], "trialing");
        told(t).await;
        let renewed = next_period(t, &subscription).await;
        assert_eq!((&renewed["status"], &renewed["current_period_start"]), (&json!("active"), &subscription["trial_end"]));
        assert_eq!(renewed["trial_end"], subscription["trial_end"]);
        assert_eq!(told(t).await, ["subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid"]);
        let orders = orders(t, &subscription).await;
        let totals: Vec<&Value> = orders.iter().map(|order| &order["total_amount"]).collect();
        assert_eq!(totals, [&json!(0), &json!(1000)]);
    }

    async fn a_discount_of_some_months_covers_exactly_those(t: &mut Till) {
        until(t, "2027-01-31T10:20:30Z".parse().unwrap()).await;
        let discount = t.post("/v1/discounts/", json!({"type": "percentage", "basis_points": 5000, "name": "Half",
            "duration": "repeating", "duration_in_months": 3})).await.created();
        let subscription = bought(t, &monthly(t, json!({})).await, VISA, json!({"discount_id": discount["id"]})).await;
        for _ in 0..4 {
            next_period(t, &subscription).await;
        }
        let orders = orders(t, &subscription).await;
        let totals: Vec<&Value> = orders.iter().map(|order| &order["total_amount"]).collect();
        assert_eq!(totals, [500, 500, 500, 1000, 1000].map(|n| json!(n)).iter().collect::<Vec<_>>());
        let now = shown(t, &subscription).await;
        assert_eq!((&now["discount_id"], &now["amount"]), (&json!(null), &json!(1000)));
    }

    async fn a_renewal_has_the_address_and_the_tax_of_its_purchase_where_the_customer_has_none(t: &mut Till) {
        let own = t.organization.id;
        let taxes = json!({"tax_settings": {"enabled": true, "registrations": [{"country": "DE"}]}});
        t.patch(&format!("/v1/organizations/{own}"), taxes).await.ok();
        t.post("/v1/customers/", json!({"email": ADA})).await.created();
        let product = monthly(t, json!({})).await;
        let checkout = t.checkout_for(&product).await;
        let mut form = buyer(ADA, VISA);
        form["customer_billing_address"] = json!({"country": "DE"});
        t.confirm(&checkout, form).await.ok();
        t.drain().await;
        let subscription = t.items("/v1/subscriptions/").await[0].clone();
        assert_eq!(subscription["customer"]["billing_address"], json!(null), "only recognised by e-mail");
        next_period(t, &subscription).await;
        let orders = orders(t, &subscription).await;
        for key in ["tax_amount", "billing_address", "total_amount"] {
            assert_eq!(orders[1][key], orders[0][key], "{key}");
        }
        assert!(orders[1]["tax_amount"].as_i64().unwrap() > 0);
    }

    async fn a_free_subscription_renews_without_a_charge(t: &mut Till) {
        t.listen().await;
        let product = monthly(t, json!({"prices": [{"amount_type": "free"}]})).await;
        let checkout = t.checkout_for(&product).await;
        t.confirm(&checkout, json!({"customer_email": ADA, "customer_name": "Ada"})).await.ok();
        t.drain().await;
        let subscription = t.items("/v1/subscriptions/").await[0].clone();
        told(t).await;
        next_period(t, &subscription).await;
        let orders = orders(t, &subscription).await;
        assert_eq!((orders.len(), &orders[1]["status"], &orders[1]["receipt_number"]), (2, &json!("paid"), &json!(null)));
        assert_eq!(told(t).await, ["subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid"]);
    }

    async fn a_declined_renewal_is_tried_again_on_schedule_and_then_ends_the_subscription(t: &mut Till) {
        t.listen().await;
        let product = monthly(t, json!({"trial_interval": "day", "trial_interval_count": 10})).await;
        let subscription = bought(t, &product, DECLINED_LATER, json!({})).await;
        told(t).await;
        let due = next_period(t, &subscription).await;
        assert_eq!(due["status"], "past_due");
        assert_eq!(told(t).await, ["subscription.cycled", "subscription.updated", "order.created", "subscription.updated", "subscription.past_due"]);
        let since = moment(&due["past_due_at"]);
        for days in [2, 7, 14, 21] {
            let order = orders(t, &subscription).await[1].clone();
            let next = moment(&order["next_payment_attempt_at"]);
            assert_eq!(next.duration_since(since).as_hours() / 24, days, "the attempt after {days} days");
            assert_eq!((&order["status"], shown(t, &subscription).await["status"].as_str()), (&json!("pending"), Some("past_due")));
            let before = told(t).await;
            assert!(before.is_empty(), "{before:?}");
            until(t, next).await;
        }
        let ended = shown(t, &subscription).await;
        assert_eq!(ended["status"], "canceled");
        assert_eq!((&ended["past_due_at"], ended["ended_at"].is_string()), (&due["past_due_at"], true));
        assert_eq!(told(t).await, ["subscription.updated", "subscription.canceled", "subscription.revoked", "order.updated"]);
        let order = &orders(t, &subscription).await[1];
        assert_eq!((&order["status"], &order["next_payment_attempt_at"]), (&json!("void"), &json!(null)));
        let payments = t.items(&format!("/v1/payments/?order_id={}&sorting=created_at", order["id"].as_str().unwrap())).await;
        let triggers: Vec<&str> = payments.iter().map(|payment| payment["trigger"].as_str().unwrap()).collect();
        assert_eq!(triggers, ["subscription_cycle", "retry_dunning", "retry_dunning", "retry_dunning", "retry_dunning"]);
    }
}
