//! lifecycle.md E.1.

use jiff::SignedDuration;
use serde_json::json;
use till_testkit::{Sale, both, id_in};
use till_wire::subscriptions::SubscriptionStatus;

both! {
    async fn a_subscription_shows_its_customer_product_and_own_prices_pr_41(t: &mut Till) {
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
