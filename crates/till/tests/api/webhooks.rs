//! Webhook endpoints, deliveries and redelivery, from the outside.

use std::time::Duration;

use serde_json::{Value, json};
use till_testkit::{Till, both};

const ENDPOINTS: &str = "/v1/webhooks/endpoints";

fn path(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["id"].as_str().unwrap())
}

/// An endpoint to which nothing can be delivered: the port is closed.
async fn deaf(t: &Till) -> Value {
    t.post(
        ENDPOINTS,
        json!({"url": "http://127.0.0.1:9/hook", "format": "raw", "events": ["product.created"]}),
    )
    .await
    .created()
}

both! {
    async fn an_endpoint_is_made_read_changed_and_deleted(t: &mut Till) {
        let made = deaf(t).await;
        assert_eq!(made["enabled"], true);
        assert_eq!(made["uses_standard_webhook_signature"], false);
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(t.get(&path(&made)).await.ok(), made);
        let changed = t.patch(&path(&made), json!({"events": [], "name": "Shop", "url": null})).await.ok();
        assert_eq!((&changed["events"], &changed["name"], &changed["url"]), (&json!([]), &json!("Shop"), &made["url"]));
        let kept = t.patch(&path(&made), json!({"name": null})).await.ok();
        assert_eq!(kept["name"], "Shop");
        assert_eq!(t.get(ENDPOINTS).await.listed("id"), [made["id"].as_str().unwrap()]);
        t.delete(&path(&made)).await.gone();
        t.get(&path(&made)).await.not_found();
        assert!(t.get(ENDPOINTS).await.listed("id").is_empty());
    }

    async fn a_secret_is_replaced_at_once(t: &mut Till) {
        let made = deaf(t).await;
        let reset = t.send("PATCH".parse().unwrap(), &format!("{}/secret", path(&made)), Some(String::new())).await.ok();
        assert_ne!(reset["secret"], made["secret"]);
        assert_eq!(t.get(&path(&made)).await.ok()["secret"], reset["secret"]);
    }

    async fn bad_input_is_told_at_its_field(t: &mut Till) {
        for (url, kind) in [("ftp://example.com/x", "url_scheme"), ("nonsense", "url_parsing")] {
            let wrong = t.post(ENDPOINTS, json!({"url": url, "format": "raw", "events": []})).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[(kind, "body.url")]), "{url}");
        }
        let wrong = t.post(ENDPOINTS, json!({"url": "https://example.com", "format": "xml", "events": ["order.eaten"]})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("enum", "body.format"), ("enum", "body.events.0")]));
        let own = json!({"url": "https://example.com", "format": "raw", "events": [], "organization_id": t.organization.id});
        let wrong = t.post(ENDPOINTS, own).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("organization_token", "body.organization_id")]));
    }

    async fn others_do_not_see_endpoints_deliveries_or_events(t: &mut Till) {
        let made = deaf(t).await;
        t.product().await;
        t.drain().await;
        let delivery = t.get("/v1/webhooks/deliveries").await.ok()["items"][0].clone();
        let (_, token) = t.stranger().await;
        let other = t.with_token(&token);
        other.get(&path(&made)).await.not_found();
        other.patch(&path(&made), json!({})).await.not_found();
        other.delete(&path(&made)).await.not_found();
        assert!(other.get("/v1/webhooks/deliveries").await.listed("id").is_empty());
        let event = delivery["webhook_event"]["id"].as_str().unwrap();
        other.post(&format!("/v1/webhooks/events/{event}/redeliver"), json!({})).await.not_found();
        t.may_leave_work();
        t.see_through().await;
    }

    async fn a_failed_delivery_is_listed_waits_and_is_tried_again(t: &mut Till) {
        let made = deaf(t).await;
        t.product().await;
        t.drain().await;
        let query = format!("/v1/webhooks/deliveries?endpoint_id={}", made["id"].as_str().unwrap());
        let first = t.get(&query).await.ok();
        assert_eq!(first["pagination"]["total_count"], 1);
        let delivery = &first["items"][0];
        assert_eq!((&delivery["succeeded"], &delivery["http_code"]), (&json!(false), &json!(null)));
        assert_eq!(delivery["webhook_event"]["type"], "product.created");
        assert_eq!(delivery["webhook_event"]["succeeded"], json!(null));
        t.drain().await;
        assert_eq!(t.get(&query).await.listed("id").len(), 1, "its time has not come");
        t.advance(Duration::from_secs(9));
        t.drain().await;
        assert_eq!(t.get(&query).await.listed("id").len(), 2);
        assert_eq!(t.get(&format!("{query}&succeeded=true")).await.listed("id").len(), 0);
        assert_eq!(t.get(&format!("{query}&event_type=product.created")).await.listed("id").len(), 2);
        t.may_leave_work();
        t.see_through().await;
    }

    async fn an_event_is_redelivered_on_request(t: &mut Till) {
        deaf(t).await;
        t.product().await;
        t.drain().await;
        let event = t.get("/v1/webhooks/deliveries").await.ok()["items"][0]["webhook_event"]["id"].clone();
        let path = format!("/v1/webhooks/events/{}/redeliver", event.as_str().unwrap());
        assert_eq!(t.post(&path, json!({})).await.expect(202), json!(null));
        t.drain().await;
        assert_eq!(t.get("/v1/webhooks/deliveries").await.listed("id").len(), 2);
        t.post("/v1/webhooks/events/1dbfc517-0bbf-4301-9ba8-555ca42b9737/redeliver", json!({})).await.not_found();
        t.may_leave_work();
        t.see_through().await;
    }

    async fn deleting_a_customer_ends_its_subscriptions_aloud(t: &mut Till) {
        let (customer, product) = (t.customer("a@example.com").await, t.monthly().await);
        let sale = t.sold(&customer, &product).await;
        t.listen().await;
        t.delete(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.gone();
        assert_eq!(
            t.webhook_event_types().await,
            ["member.deleted", "customer.deleted", "subscription.updated", "subscription.canceled", "subscription.revoked", "customer.state_changed"]
        );
        let id = sale.subscription.unwrap().id;
        assert_eq!(t.get(&format!("/v1/subscriptions/{id}")).await.ok()["status"], "canceled");
    }
}
