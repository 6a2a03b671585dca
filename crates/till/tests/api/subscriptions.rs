//! Subscriptions.

use jiff::SignedDuration;
use serde_json::json;
use till_testkit::{Sale, both, id_in};
use till_wire::subscriptions::SubscriptionStatus;

both! {
    async fn a_subscription_shows_its_customer_product_and_own_prices(t: &mut Till) {
        let (customer, product) = (t.customer("a@example.com").await, t.monthly().await);
        let sale = t.sold(&customer, &product).await;
        let path = format!("/v1/subscriptions/{}", sale.subscription.unwrap().id);
        let shown = t.get(&path).await.ok();
        assert_eq!(shown["status"], "active");
        assert_eq!((&shown["amount"], &shown["currency"]), (&json!(1000), &json!("usd")));
        assert_eq!(shown["recurring_interval"], "month");
        assert_eq!(shown["current_period_end"].as_str().unwrap()[..10], *"2026-12-22");
        assert_eq!(shown["customer"], customer);
        assert_eq!(shown["product"], product);
        assert_eq!(shown["prices"], product["prices"]);
        assert_eq!(shown["price"], product["prices"][0]);
        assert_eq!(t.get("/v1/subscriptions/").await.ok()["items"][0], shown);
        let dearer = json!({"prices": [{"amount_type": "fixed", "price_amount": 2000}]});
        t.patch(&format!("/v1/products/{}", id_in(&product, "id")), dearer).await.ok();
        let later = t.get(&path).await.ok();
        assert_eq!(later["prices"][0]["id"], product["prices"][0]["id"]);
        assert_eq!(later["prices"][0]["is_archived"], true);
        assert_eq!(later["product"]["prices"][0]["price_amount"], 2000);
    }

    async fn a_subscription_lists_the_meters_of_its_prices_from_the_start(t: &mut Till) {
        let meter = t.post("/v1/meters/", json!({"name": "Calls", "filter": {"conjunction": "and", "clauses": []},
            "aggregation": {"func": "count"}})).await.created();
        let metered = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "0.5"});
        let fixed = json!({"amount_type": "fixed", "price_amount": 1000});
        let body = json!({"name": "Plan", "recurring_interval": "month", "prices": [fixed, metered]});
        let plan = t.post("/v1/products/", body).await.created();
        let checkout = t.checkout_for(&plan).await;
        t.listen().await;
        t.buy(&checkout, "ada@example.com").await;
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        let meters = subscription["meters"].as_array().unwrap();
        assert_eq!(meters.len(), 1);
        let usage = &meters[0];
        assert_eq!(usage["meter"], meter);
        assert_eq!(usage["meter_id"], meter["id"]);
        for key in ["consumed_units", "credited_units", "amount"] {
            assert_eq!(usage[key].as_f64(), Some(0.0), "{key}");
        }
        assert_eq!((&usage["created_at"], &usage["modified_at"]), (&subscription["created_at"], &json!(null)));
        let id: uuid::Uuid = usage["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(id.get_version_num(), 4);
        let told = t.webhook_events().await;
        let told: Vec<_> = told.iter().filter(|e| e["type"].as_str().unwrap().starts_with("subscription.")).collect();
        assert_eq!(told.len(), 3);
        for event in &told {
            let told = &event["data"]["meters"][0];
            assert_eq!((&told["id"], &told["meter"]), (&usage["id"], &usage["meter"]), "{}", event["type"]);
            assert_eq!(told["consumed_units"].as_f64(), Some(0.0), "{}", event["type"]);
        }
        let customer = subscription["customer"]["id"].as_str().unwrap();
        let state = t.get(&format!("/v1/customers/{customer}/state")).await.ok();
        let mut slim = usage.clone();
        slim.as_object_mut().unwrap().remove("meter");
        assert_eq!(state["active_subscriptions"][0]["meters"], json!([slim]));
        // The same line with the prices of a session of its own.
        let own = json!({plan["id"].as_str().unwrap(): [{"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "2"}]});
        let checkout = t.checkout_with(&plan, json!({"prices": own})).await;
        t.buy(&checkout, "bob@example.com").await;
        for subscription in t.items("/v1/subscriptions/").await {
            assert_eq!(subscription["meters"][0]["meter_id"], meter["id"]);
        }
        t.webhook_events().await;
    }

    async fn subscriptions_are_filtered(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "a@example.com", "external_id": "u1"})).await.created();
        let bob = t.customer("b@example.com").await;
        let (plan, other_plan) = (t.monthly().await, t.monthly().await);
        let first = t.sold(&ada, &plan).await.subscription.unwrap();
        let canceled_at = "2026-11-22T13:00:00Z".parse().unwrap();
        let second = t.sold_with(&bob, &other_plan, |sale: &mut Sale| {
            let subscription = sale.subscription.as_mut().unwrap();
            subscription.status = SubscriptionStatus::Canceled;
            subscription.canceled_at = Some(canceled_at);
            subscription.cancel_at_period_end = true;
            subscription.metadata.0.insert("k".into(), json!("v"));
        }).await.subscription.unwrap();
        let (a, b) = (first.id.to_string(), second.id.to_string());
        let started = second.started_at.unwrap();
        let unknown = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        for (query, found) in [
            (String::new(), vec![&b, &a]),
            (format!("product_id={}", id_in(&plan, "id")), vec![&a]),
            (format!("customer_id={}", id_in(&bob, "id")), vec![&b]),
            ("external_customer_id=u1".into(), vec![&a]),
            ("external_customer_id=u9".into(), vec![]),
            (format!("discount_id={unknown}"), vec![]),
            ("active=true".into(), vec![&a]),
            ("active=false".into(), vec![&b]),
            ("status=canceled".into(), vec![&b]),
            ("status=canceled&status=active".into(), vec![&b, &a]),
            ("cancel_at_period_end=true".into(), vec![&b]),
            ("cancel_at_period_end=false".into(), vec![&a]),
            ("customer_cancellation_reason=unused".into(), vec![]),
            ("canceled_at_after=2026-11-22T13:00:00Z".into(), vec![&b]),
            ("canceled_at_after=2026-11-22T13:00:01Z".into(), vec![]),
            ("canceled_at_before=2026-11-22T13:00:00".into(), vec![&b]),
            ("canceled_at_before=2026-11-22T12:59:59".into(), vec![]),
            (format!("started_after={}", started - SignedDuration::from_micros(1)), vec![&b]),
            (format!("started_after={started}"), vec![]),
            (format!("started_before={started}"), vec![&a]),
            ("metadata[k]=v".into(), vec![&b]),
        ] {
            assert_eq!(t.get(&format!("/v1/subscriptions/?{query}")).await.listed("id").iter().collect::<Vec<_>>(), found, "{query}");
        }
        let wrong = t.get("/v1/subscriptions/?customer_cancellation_reason=bored&status=x&active=2").await.unreadable();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }

    async fn subscriptions_are_sorted_and_what_is_not_set_counts_as_largest(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "z@example.com", "name": "Ada"})).await.created();
        let bob = t.customer("bob@example.com").await;
        let plan = t.monthly().await;
        let ended = "2026-11-22T13:00:00Z".parse().unwrap();
        let first = t.sold(&bob, &plan).await.subscription.unwrap();
        let second = t.sold_with(&ada, &plan, |sale| {
            let subscription = sale.subscription.as_mut().unwrap();
            subscription.status = SubscriptionStatus::Canceled;
            subscription.ended_at = Some(ended);
            subscription.ends_at = Some(ended);
            subscription.amount = 5;
        }).await.subscription.unwrap();
        let (a, b) = (first.id.to_string(), second.id.to_string());
        for (sorting, found) in [
            ("started_at", [&a, &b]), ("-started_at", [&b, &a]), ("customer", [&b, &a]), ("-customer", [&a, &b]),
            ("status", [&a, &b]), ("current_period_end", [&a, &b]), ("ended_at", [&b, &a]), ("-ended_at", [&a, &b]),
            ("ends_at", [&b, &a]), ("-ends_at", [&a, &b]), ("amount", [&b, &a]), ("-amount", [&a, &b]),
            ("product&sorting=started_at", [&a, &b]), ("discount&sorting=-started_at", [&b, &a]),
        ] {
            assert_eq!(t.get(&format!("/v1/subscriptions/?sorting={sorting}")).await.listed("id").iter().collect::<Vec<_>>(), found, "{sorting}");
        }
    }
}
