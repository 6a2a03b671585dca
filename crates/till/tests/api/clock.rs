//! Organizations whose test clock is ahead of the machine's time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_store::TimelineEvent;
use till_testkit::{CrashPoint, Receiver, Till, both, buyer, id_in};

const DAY: Duration = Duration::from_secs(24 * 3600);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// True for a moment within two minutes of now, a year ahead.
fn is_a_year_ahead(t: &Till, value: &Value) -> bool {
    let ahead = time(value) - SignedDuration::try_from(YEAR).unwrap();
    t.app.clock.now().duration_since(ahead).abs() < SignedDuration::from_mins(2)
}

both! {
    async fn what_is_sold_is_of_the_organizations_time(t: &mut Till) {
        let endpoint = t.listen().await;
        t.clock_is_ahead(YEAR).await;
        let product = t.monthly().await;
        let checkout = t.checkout_for(&product).await;
        let expires = time(&checkout["expires_at"]).duration_since(time(&checkout["created_at"]));
        let done = t.buy(&checkout, "ada@example.com").await;
        assert_eq!(done["status"], "succeeded");
        let order = t.orders(&checkout).await.remove(0);
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        let payment = t.payments(&checkout).await.remove(0);
        for (what, shown) in [("session", &done["created_at"]), ("change", &done["modified_at"]), ("order", &order["created_at"]),
            ("product", &product["created_at"]), ("period", &subscription["current_period_start"]),
            ("payment", &payment["created_at"]), ("customer", &subscription["customer"]["created_at"])] {
            assert!(is_a_year_ahead(t, shown), "{what}: {shown}");
        }
        assert_eq!(subscription["current_period_end"].as_str().unwrap()[..10], *"2027-12-22");
        assert_eq!(order["items"][0]["start_timestamp"], subscription["current_period_start"]);
        assert!(expires >= SignedDuration::from_hours(1), "{expires}");
        let timeline = t.app.store.timeline(t.organization.id, &[id_in(&checkout, "id")]).await.unwrap();
        assert!(timeline.iter().all(|entry| is_a_year_ahead(t, &json!(entry.at.to_string()))), "{timeline:?}");
        assert!(timeline.iter().any(|entry| matches!(entry.what, TimelineEvent::Delivery { .. })));
        assert!(endpoint.created_at < t.app.clock.now());
        let told = t.webhook_events().await;
        assert!(told.iter().any(|event| event["type"] == "order.paid"));
        assert!(told.iter().all(|event| is_a_year_ahead(t, &event["timestamp"])), "{told:?}");
    }

    async fn events_are_delivered_at_once_and_in_their_order(t: &mut Till) {
        let mut receiver = Receiver::start().await;
        let body = json!({"url": receiver.url, "format": "raw", "events": ["product.created", "product.updated"]});
        t.post("/v1/webhooks/endpoints", body).await.created();
        let first = t.product().await;
        t.clock_is_ahead(YEAR).await;
        let second = t.product().await;
        t.clock_is_ahead(YEAR * 2).await;
        t.patch(&format!("/v1/products/{}", id_in(&first, "id")), json!({"name": "Other"})).await.ok();
        t.drain().await;
        let mut told = Vec::new();
        for _ in 0..3 {
            let body: Value = serde_json::from_str(&receiver.arrivals.recv().await.unwrap().body).unwrap();
            told.push((body["type"].clone(), body["data"]["id"].clone(), body["timestamp"].as_str().unwrap()[..4].to_owned()));
        }
        assert_eq!(told, [
            (json!("product.created"), first["id"].clone(), "2026".to_owned()),
            (json!("product.created"), second["id"].clone(), "2027".to_owned()),
            (json!("product.updated"), first["id"].clone(), "2028".to_owned()),
        ]);
        let deliveries = t.items("/v1/webhooks/deliveries").await;
        assert!(deliveries.iter().all(|delivery| time(&delivery["created_at"]) <= t.app.clock.now()));
    }

    async fn an_attempt_that_nobody_heard_of_is_asked_for_fifteen_seconds_later(t: &mut Till) {
        t.clock_is_ahead(YEAR).await;
        let product = t.product().await;
        for (step, ends) in [(CrashPoint::Charged, "succeeded"), (CrashPoint::Asked, "open"), (CrashPoint::Intended, "open")] {
            let checkout = t.checkout_for(&product).await;
            t.crash(&checkout, buyer("ada@example.com", "pm_card_visa"), step).await;
            t.advance(Duration::from_secs(14));
            t.drain().await;
            let waiting = t.reload(&checkout).await;
            assert_eq!((&waiting["status"], t.attempt(&checkout).await.state.is_settled()), (&json!("open"), false), "{step:?}");
            t.advance(Duration::from_secs(2));
            t.drain().await;
            assert_eq!(t.reload(&checkout).await["status"], ends, "{step:?}");
            assert!(t.attempt(&checkout).await.state.is_settled(), "{step:?}");
        }
    }

    async fn sessions_expire_by_their_organizations_clock(t: &mut Till) {
        let (_, token) = t.stranger().await;
        let stranger = t.with_token(&token);
        let (own, other) = (t.product().await, stranger.product().await);
        let (checkout, left) = (t.checkout_for(&own).await, stranger.checkout_for(&other).await);
        t.clock_is_ahead(DAY * 40).await;
        t.drain().await;
        assert_eq!((&t.reload(&checkout).await["status"], &stranger.reload(&left).await["status"]), (&json!("expired"), &json!("open")));
        let new = t.checkout_for(&own).await;
        t.drain().await;
        assert_eq!(t.client_get(&new).await.ok()["status"], "open");
        t.clock_is_ahead(DAY * 80).await;
        t.client_get(&new).await.refused(410, "ExpiredCheckoutError");
        t.drain().await;
        assert_eq!(t.reload(&new).await["status"], "expired");
    }

    async fn a_refund_is_made_at_once(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        t.buy(&checkout, "ada@example.com").await;
        t.clock_is_ahead(YEAR).await;
        let order = t.orders(&checkout).await.remove(0);
        let refund = t.post("/v1/refunds/", json!({"order_id": order["id"], "amount": 100, "reason": "other"})).await.created();
        assert_eq!(refund["status"], "succeeded");
        assert!(is_a_year_ahead(t, &refund["created_at"]), "{refund}");
        t.catch_up().await;
    }

    async fn keys_to_the_customers_portal_are_good_for_a_real_hour(t: &mut Till) {
        t.clock_is_ahead(YEAR).await;
        let customer = t.customer("ada@example.com").await;
        let session = t.post("/v1/customer-sessions/", json!({"customer_id": customer["id"]})).await.created();
        let left = time(&session["expires_at"]).duration_since(t.app.clock.now());
        assert!(left <= SignedDuration::from_hours(1) && left > SignedDuration::from_mins(59), "{left}");
        let holder = t.with_token(session["token"].as_str().unwrap());
        // A key to the portal is a credential, but none of this API's.
        assert_eq!(holder.get("/v1/products/").await.json()["error"], "Unauthorized");
        t.clock_is_ahead(YEAR * 2).await;
        assert_eq!(holder.get("/v1/products/").await.json()["error"], "Unauthorized");
        t.advance(Duration::from_secs(3601));
        assert_eq!(holder.get("/v1/products/").await.json()["error"], "invalid_token");
    }

    async fn a_server_without_the_sandbox_knows_no_test_clock(t: &mut Till) {
        t.clock_is_ahead(YEAR).await;
        let real = t.another(|app| app.sandbox = None);
        assert_eq!(real.app.now_of(&t.organization), t.app.clock.now());
        assert_eq!(real.app.context_for(t.organization.id).await.unwrap().now, t.app.clock.now());
        assert!(t.app.now_of(&t.organization) > t.app.clock.now());
    }
}
