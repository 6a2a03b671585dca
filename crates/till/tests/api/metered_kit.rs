//! Meters that tests count with, and usage that they send.

use serde_json::{Value, json};
use till_core::kernel::records::PaymentState;
use till_testkit::Till;

use crate::subscriptions_kit::{
    DECLINED_LATER, VISA, bought, change, moment, orders, shown, until,
};

/// A meter of events with the name `llm`.
pub(crate) async fn meter(t: &Till, aggregation: Value) -> Value {
    let filter = json!({"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "llm"}]});
    let body = json!({"name": "Tokens", "filter": filter, "aggregation": aggregation});
    t.post("/v1/meters/", body).await.created()
}

/// The sum of `n`.
pub(crate) fn sum() -> Value {
    json!({"func": "sum", "property": "n"})
}

/// An event that comes in and is not counted yet.
pub(crate) async fn comes_in(t: &Till, subscription: &Value, n: i64) {
    let event =
        json!({"name": "llm", "customer_id": subscription["customer_id"], "metadata": {"n": n}});
    let body = json!({"events": [event]});
    t.post("/v1/events/ingest", body).await.ok();
}

/// One event of `n` of a subscription's customer, counted.
pub(crate) async fn uses(t: &Till, subscription: &Value, n: i64) {
    comes_in(t, subscription, n).await;
    t.drain().await;
}

/// A plan of 100.00 a year, whose usage is billed each quarter at a cent a token.
pub(crate) async fn yearly(t: &mut Till, meter: &Value, more: Value) -> Value {
    t.featured(|features| features.meter_cycling_enabled = true)
        .await;
    let prices = json!([{"amount_type": "fixed", "price_amount": 10_000},
        {"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "1"}]);
    let mut body = json!({"name": "Pro", "recurring_interval": "year", "prices": prices,
        "meter_interval": "month", "meter_interval_count": 3});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post("/v1/products/", body).await.created()
}

/// The next end of a period of usage comes.
pub(crate) async fn next(t: &Till, subscription: &Value) -> Value {
    let now = shown(t, subscription).await;
    until(t, moment(&now["current_meter_period_end"])).await;
    shown(t, subscription).await
}

/// The newest order: its reason, its status, and its amounts by line.
pub(crate) async fn newest(t: &Till, subscription: &Value) -> Value {
    let order = orders(t, subscription).await.remove(0);
    let items = order["items"].as_array().unwrap().iter();
    let mut amounts: Vec<i64> = items.map(|item| item["amount"].as_i64().unwrap()).collect();
    amounts.sort_unstable();
    json!([order["billing_reason"], order["status"], amounts])
}

/// The first period of a plan that cost nothing, on a card that is declined later.
pub(crate) async fn declined_later(t: &Till, product: &Value) -> Value {
    let free = t.percent_off(10_000, json!({"duration": "once"})).await;
    let subscription = bought(
        t,
        product,
        DECLINED_LATER,
        json!({"discount_id": free["id"]}),
    )
    .await;
    let body = json!({"discount_id": null});
    change(t, &subscription, body).await.ok();
    subscription
}

/// The customer's new card is tried, and pays.
pub(crate) async fn new_card_pays(t: &Till, subscription: &Value) {
    let customer = json!({"id": subscription["customer_id"]});
    assert_eq!(t.keep_card(&customer, VISA).await, PaymentState::Succeeded);
    t.drain().await;
}
