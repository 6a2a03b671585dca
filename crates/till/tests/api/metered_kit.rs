//! Meters that tests count with, and usage that they send.

use serde_json::{Value, json};
use till_testkit::Till;

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

/// One event of `n` of a subscription's customer, counted.
pub(crate) async fn uses(t: &Till, subscription: &Value, n: i64) {
    let event =
        json!({"name": "llm", "customer_id": subscription["customer_id"], "metadata": {"n": n}});
    t.post("/v1/events/ingest", json!({"events": [event]}))
        .await
        .ok();
    t.drain().await;
}
