//! Retention: what is forgotten after a while, and what never is.

use std::time::Duration;

use axum::http::Request;
use serde_json::{Value, json};
use till_core::kernel::retention::RetentionPolicy;
use till_server::jobs::upkeep;
use till_store::Query;
use till_testkit::{Till, both, buyer};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn count(t: &Till, sql: &str) -> i64 {
    t.app
        .store
        .scalar(Query::raw(sql.to_owned(), vec![]))
        .await
        .unwrap()
}

async fn later(t: &Till, days: u32) {
    t.advance(DAY * days);
    t.drain().await;
    upkeep::run_due(&t.app).await.unwrap();
}

/// The buyer's details.
const DETAILS: [&str; 6] = [
    "customer_name",
    "customer_email",
    "customer_ip_address",
    "customer_billing_address",
    "customer_tax_id",
    "customer_billing_name",
];

fn details(session: &Value) -> Vec<&str> {
    DETAILS
        .into_iter()
        .filter(|key| !session[key].is_null())
        .collect()
}

async fn filled(t: &Till, product: &Value) -> Value {
    t.checkout_with(product, json!({
        "customer_name": "Ada", "customer_email": "ada@example.com", "customer_ip_address": "2.3.4.5",
        "customer_billing_address": {"country": "FR"}, "is_business_customer": true, "customer_billing_name": "Ada & Co",
        "customer_tax_id": "FR61954506077", "customer_metadata": {"vip": true}, "metadata": {"cart": "7"},
        "external_customer_id": "user_1",
    })).await
}

/// One that a card alone is missing from.
async fn nearly_paid(t: &Till, product: &Value) -> Value {
    t.checkout_with(
        product,
        json!({"customer_name": "Ada", "customer_email": "ada@example.com"}),
    )
    .await
}

both! {
    async fn an_expired_session_forgets_the_buyer_after_its_days_and_keeps_the_merchants_references(t: &mut Till) {
        let product = t.product().await;
        let session = filled(t, &product).await;
        assert_eq!(details(&session), DETAILS);
        later(t, 29).await;
        let expired = t.reload(&session).await;
        assert_eq!((&expired["status"], details(&expired)), (&json!("expired"), DETAILS.to_vec()), "not before its time");
        later(t, 3).await;
        let blank = t.reload(&session).await;
        assert_eq!(details(&blank), Vec::<&str>::new());
        for (key, kept) in [("metadata", json!({"cart": "7"})), ("external_customer_id", json!("user_1")),
            ("customer_metadata", json!({})), ("custom_field_data", json!({})), ("product_id", product["id"].clone())] {
            assert_eq!(blank[key], kept, "{key}");
        }
        assert_eq!(upkeep::run_due(&t.app).await.unwrap(), 0, "once");
    }

    async fn what_was_paid_is_kept_whole_and_what_a_payment_names_is_never_deleted(t: &mut Till) {
        let product = t.product().await;
        let plain = filled(t, &product).await;
        let declined = nearly_paid(t, &product).await;
        t.confirm(&declined, buyer("ada@example.com", "pm_card_visa_chargeDeclined")).await;
        let own = t.checkout_with(&product, json!({"prices": {product["id"].as_str().unwrap(): [
            {"amount_type": "fixed", "price_amount": 700, "price_currency": "usd"}
        ]}})).await;
        let sold = nearly_paid(t, &product).await;
        let sold = t.buy(&sold, "ada@example.com").await;
        let before = (details(&sold).len(), t.orders(&sold).await, t.payments(&sold).await);
        for _ in 0..3 {
            later(t, 400).await;
        }
        t.get(&format!("/v1/checkouts/{}", plain["id"].as_str().unwrap())).await.refused(404, "ResourceNotFound");
        for kept in [&declined, &own] {
            let kept = t.reload(kept).await;
            assert_eq!((&kept["status"], details(&kept)), (&json!("expired"), vec![]));
        }
        assert_eq!(t.payments(&declined).await.len(), 1);
        let still = t.reload(&sold).await;
        assert_eq!((&still["status"], details(&still).len()), (&json!("succeeded"), before.0));
        assert_eq!((t.orders(&sold).await, t.payments(&sold).await), (before.1, before.2));
        assert_eq!(upkeep::run_due(&t.app).await.unwrap(), 0, "those that are kept are looked at once");
    }

    async fn a_session_whose_payment_is_not_settled_keeps_its_details(t: &mut Till) {
        let product = t.product().await;
        let session = nearly_paid(t, &product).await;
        t.confirm(&session, buyer("ada@example.com", "pm_card_authenticationRequired")).await.ok();
        // Nothing in Till expires it while money may move: this is what a fault would have done.
        let mut changes = till_core::kernel::changes::Changes::new();
        changes.any("update checkouts set status = 'expired' where id = $1", vec![till_testkit::id_in(&session, "id").into()]);
        t.app.store.commit(changes).await.unwrap();
        t.advance(DAY * 500);
        upkeep::run_due(&t.app).await.unwrap();
        assert!(!details(&t.reload(&session).await).is_empty());
        t.may_leave_work();
        t.see_through().await;
    }

    async fn webhook_events_lose_their_payload_and_then_go_with_their_deliveries(t: &mut Till) {
        let product = t.product().await;
        let endpoint = t.listen().await;
        t.checkout_for(&product).await;
        t.drain().await;
        for _ in 0..12 {
            t.advance(Duration::from_secs(3600));
            t.drain().await;
        }
        let all = "select count(*) from webhook_events";
        let payloads = "select count(*) from webhook_events where payload is not null";
        let deliveries = "select count(*) from webhook_deliveries";
        let events = count(t, all).await;
        assert!(events > 0 && count(t, payloads).await == events && count(t, deliveries).await > events);
        let mut changes = till_core::kernel::changes::Changes::new();
        changes.any("update webhook_endpoints set enabled = $1 where id = $2", vec![false.into(), endpoint.id.into()]);
        t.app.store.commit(changes).await.unwrap();
        later(t, 91).await;
        assert_eq!((count(t, all).await, count(t, payloads).await), (events, 0), "the rows stay for a while");
        later(t, 91).await;
        assert_eq!((count(t, all).await, count(t, deliveries).await), (0, 0));
    }

    async fn an_event_that_still_waits_for_delivery_is_kept(t: &mut Till) {
        let product = t.product().await;
        t.listen().await;
        t.checkout_for(&product).await;
        t.advance(DAY * 400);
        upkeep::run_due(&t.app).await.unwrap();
        let waiting = "select count(*) from webhook_events where payload is not null and next_attempt_at is not null";
        assert!(count(t, waiting).await > 0);
        t.may_leave_work();
        t.see_through().await;
    }

    async fn the_journal_and_customers_sessions_end_with_their_time(t: &mut Till) {
        let product = t.product().await;
        let customer = t.customer("ada@example.com").await;
        t.post("/v1/customer-sessions/", json!({"customer_id": customer["id"]})).await.created();
        later(t, 0).await;
        assert_eq!(count(t, "select count(*) from customer_sessions").await, 1);
        later(t, 366).await;
        assert_eq!(count(t, "select count(*) from customer_sessions").await, 0);
        assert_eq!(count(t, "select count(*) from journal").await, 0);
        t.checkout_for(&product).await;
        later(t, 1).await;
        assert!(count(t, "select count(*) from journal").await > 0, "what is new stays");
    }

    async fn idempotency_keys_end_with_their_day(t: &mut Till) {
        let product = t.product().await;
        let (keys, answer) = ("select count(*) from idempotency_keys", json!({"products": [product["id"]]}).to_string());
        let request = Request::post("/v1/checkouts/").header("authorization", format!("Bearer {}", t.token))
            .header("content-type", "application/json").header("content-length", answer.len()).header("idempotency-key", "once");
        t.raw(request.body(answer.into()).unwrap()).await.created();
        upkeep::run_due(&t.app).await.unwrap();
        assert_eq!(count(t, keys).await, 1);
        later(t, 2).await;
        assert_eq!(count(t, keys).await, 0);
    }

    async fn nothing_is_forgotten_where_the_operator_says_so(t: &mut Till) {
        let product = t.product().await;
        let session = filled(t, &product).await;
        let forever = RetentionPolicy { details: None, sessions: None, deliveries: None, journal: None };
        later(&t.keeping(forever), 2000).await;
        assert_eq!(details(&t.reload(&session).await), DETAILS);
        assert!(count(t, "select count(*) from journal").await > 0);
    }
}
