//! Orders after the purchase: who is billed, and payment methods that were saved.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::kernel::values::Json;
use till_testkit::{Till, both, id_in};
use till_wire::orders::OrderStatus;

/// An order whose bill has an address in New York.
async fn billed(t: &Till) -> String {
    let (ada, product) = (t.customer("ada@example.com").await, t.product().await);
    let address = json!({"country": "US", "state": "US-NY", "line1": "1 Main St", "postal_code": "10001", "city": "New York"});
    let sale = t.sold_with(&ada, &product, |sale| {
        sale.order.billing_name = Some("Ada".into());
        sale.order.billing_address = Some(Json(serde_json::from_value(address.clone()).unwrap()));
    });
    format!("/v1/orders/{}", sale.await.order.id)
}

fn types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

both! {
    async fn the_bill_of_an_order_can_be_changed_and_is_told(t: &mut Till) {
        let path = billed(t).await;
        t.listen().await;
        let address = json!({"country": "us", "state": "NY", "line1": "2 Main St", "city": " "});
        let changed = t.patch(&path, json!({"billing_name": "  Ada Ltd ", "billing_address": address})).await.ok();
        assert_eq!(changed["billing_name"], "  Ada Ltd ", "kept as sent");
        assert_eq!(changed["billing_address"], json!({"country": "US", "state": "US-NY", "line1": "2 Main St", "line2": null,
            "postal_code": null, "city": null}));
        assert!(changed["modified_at"].is_string());
        assert_eq!(t.get(&path).await.ok(), changed);
        let told = t.webhook_events().await;
        assert_eq!(types(&told), ["order.updated"]);
        assert_eq!(told[0]["data"], changed);
    }

    async fn a_change_of_an_order_that_changes_nothing_is_told_too(t: &mut Till) {
        let path = billed(t).await;
        let before = t.get(&path).await.ok();
        t.listen().await;
        for body in [json!({}), json!({"metadata": {"k": 1}, "status": "void"})] {
            assert_eq!(t.patch(&path, body).await.ok(), before);
        }
        assert_eq!(types(&t.webhook_events().await), ["order.updated", "order.updated"]);
    }

    async fn country_and_state_of_an_order_stay_unless_its_address_is_cleared(t: &mut Till) {
        let path = billed(t).await;
        let before = t.get(&path).await.ok();
        let moved = async |address: Value| { t.patch(&path, json!({"billing_name": "X", "billing_address": address})).await.invalid() };
        let (country, state) = (("value_error", "body.billing_address.country"), ("value_error", "body.billing_address.state"));
        assert_eq!(moved(json!({"country": "FR"})).await, crate::pairs(&[country, state]));
        assert_eq!(moved(json!({"country": "US", "state": "CA"})).await, crate::pairs(&[state]));
        assert_eq!(moved(json!({"country": "US"})).await, crate::pairs(&[state]));
        assert_eq!(t.get(&path).await.ok(), before);
        let cleared = t.patch(&path, json!({"billing_name": null, "billing_address": null})).await.ok();
        assert_eq!((&cleared["billing_name"], &cleared["billing_address"]), (&json!(null), &json!(null)));
        let moved = t.patch(&path, json!({"billing_address": {"country": "FR"}})).await.ok();
        assert_eq!(moved["billing_address"]["country"], "FR");
        let wrong = t.patch(&path, json!({"billing_name": 1, "billing_address": {"country": "XX"}})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("string_type", "body.billing_name"), ("enum", "body.billing_address.country")]));
    }

    async fn the_bill_of_an_order_can_be_changed_in_every_status(t: &mut Till) {
        let (ada, product) = (t.customer("ada@example.com").await, t.product().await);
        for status in OrderStatus::ALL {
            let sale = t.sold_with(&ada, &product, |sale| sale.order.status = *status).await;
            let path = format!("/v1/orders/{}", sale.order.id);
            assert_eq!(t.patch(&path, json!({"billing_name": "X"})).await.ok()["status"], status.as_str());
        }
    }

    async fn saved_payment_methods_are_listed_newest_first(t: &mut Till) {
        let plan = t.monthly().await;
        let body = json!({"email": "ada@example.com", "external_id": "u1"});
        let ada = t.post("/v1/customers/", body).await.created();
        let path = format!("/v1/customers/{}/payment-methods", id_in(&ada, "id"));
        assert_eq!(t.get(&path).await.ok(), json!({"items": [], "pagination": {"total_count": 0, "max_page": 0}}));
        t.patch(&format!("/v1/organizations/{}", t.organization.id), json!({"subscription_settings": {
            "allow_multiple_subscriptions": true, "proration_behavior": "prorate", "benefit_revocation_grace_period": 0,
            "prevent_trial_abuse": false, "allow_customer_updates": true}})).await.ok();
        for _ in 0..2 {
            let checkout = t.checkout_with(&plan, json!({"customer_id": ada["id"]})).await;
            t.buy(&checkout, "ada@example.com").await;
            t.advance(Duration::from_secs(60));
        }
        let listed = t.items(&path).await;
        assert_eq!(listed.len(), 2);
        assert!(listed[0]["created_at"].as_str() > listed[1]["created_at"].as_str());
        let customer = t.get(&format!("/v1/customers/{}", id_in(&ada, "id"))).await.ok();
        for (one, is_default) in listed.iter().zip([false, true]) {
            assert_eq!((&one["type"], &one["processor"]), (&json!("card"), &json!("stripe")));
            assert_eq!(one["method_metadata"]["last4"], "4242");
            assert_eq!((&one["customer_id"], &one["is_default"]), (&ada["id"], &json!(is_default)));
            assert_eq!(one["id"] == customer["default_payment_method_id"], is_default);
        }
        let by_external = "/v1/customers/external/u1/payment-methods";
        assert_eq!(t.items(by_external).await, listed);
        let second = t.get(&format!("{by_external}?limit=1&page=2")).await.ok();
        assert_eq!((&second["items"][0], &second["pagination"]), (&listed[1], &json!({"total_count": 2, "max_page": 2})));
        t.get("/v1/customers/external/nobody/payment-methods").await.not_found();
        assert_eq!(t.get(&format!("{path}?limit=0")).await.unreadable(), crate::pairs(&[("greater_than_equal", "query.limit")]));
    }
}
