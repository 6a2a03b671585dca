//! Subscriptions that the merchant makes.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::{pairs, subscriptions_kit::*};

const NOBODY: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad2";

async fn free(t: &Till, more: Value) -> Value {
    let mut body = json!({"prices": [{"amount_type": "free"}]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    plan(t, "Free", 0, body).await
}

both! {
    async fn a_free_product_is_subscribed_to_without_an_order(t: &mut Till) {
        t.listen().await;
        let (product, customer) = (free(t, json!({})).await, t.customer(ADA).await);
        told(t).await;
        let body = json!({"product_id": product["id"], "customer_id": customer["id"], "metadata": {"team": "a"}});
        let made = t.post("/v1/subscriptions/", body).await.created();
        for (key, value) in [("status", json!("active")), ("amount", json!(0)), ("currency", json!("usd")), ("checkout_id", json!(null)),
            ("metadata", json!({"team": "a"})), ("started_at", made["current_period_start"].clone()), ("trial_end", json!(null)),
            ("product_id", product["id"].clone()), ("customer_id", customer["id"].clone()), ("seats", json!(null))] {
            assert_eq!(made[key], value, "{key}");
        }
        assert_eq!(made["current_period_end"].as_str().unwrap()[..10], *"2026-12-22");
        assert_eq!(shown(t, &made).await, made);
        assert_eq!(told(t).await, ["subscription.created", "subscription.active", "subscription.updated"]);
        assert!(orders(t, &made).await.is_empty());
        let renewed = next_period(t, &made).await;
        assert_eq!(renewed["current_period_start"], made["current_period_end"]);
        let order = orders(t, &made).await.remove(0);
        assert_eq!((lines(&order), &order["status"]), (vec![0], &json!("paid")));
        t.see_through().await;
    }

    async fn a_customer_is_named_by_either_id(t: &mut Till) {
        let product = free(t, json!({})).await;
        let customer = t.post("/v1/customers/", json!({"email": ADA, "external_id": "u1"})).await.created();
        let body = json!({"product_id": product["id"], "external_customer_id": "u1"});
        assert_eq!(t.post("/v1/subscriptions/", body).await.created()["customer_id"], customer["id"]);
        let both = json!({"product_id": product["id"], "customer_id": customer["id"], "external_customer_id": "nobody", "other": 1});
        t.post("/v1/subscriptions/", both).await.created();
        let neither = t.post("/v1/subscriptions/", json!({"product_id": product["id"]})).await.unreadable();
        assert_eq!(neither, pairs(&[("missing", "body.SubscriptionCreateCustomer.customer_id"),
            ("missing", "body.SubscriptionCreateExternalCustomer.external_customer_id")]));
        for (key, value) in [("customer_id", NOBODY), ("external_customer_id", "nobody")] {
            let told = t.post("/v1/subscriptions/", json!({"product_id": product["id"], key: value})).await.invalid();
            assert_eq!(told, pairs(&[("value_error", &format!("body.{key}"))]));
        }
        let (_, token) = t.stranger().await;
        let stranger = t.with_token(&token);
        let theirs = stranger.customer("eve@example.com").await;
        t.post("/v1/subscriptions/", json!({"product_id": product["id"], "customer_id": theirs["id"]})).await.invalid();
    }

    async fn what_is_paid_for_is_not_given_away(t: &mut Till) {
        let customer = t.customer(ADA).await;
        let (paid, once, archived) = (t.monthly().await, t.product().await, free(t, json!({})).await);
        t.patch(&format!("/v1/products/{}", archived["id"].as_str().unwrap()), json!({"is_archived": true})).await.ok();
        for id in [&paid["id"], &once["id"], &archived["id"], &json!(NOBODY)] {
            let told = t.post("/v1/subscriptions/", json!({"product_id": id, "customer_id": customer["id"]})).await.invalid();
            assert_eq!(told, pairs(&[("value_error", "body.product_id")]));
        }
        assert!(t.items("/v1/subscriptions/").await.is_empty());
    }
}
