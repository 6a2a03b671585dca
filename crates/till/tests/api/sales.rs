//! Orders and payments.

use jiff::SignedDuration;
use serde_json::json;
use till_core::kernel::records::{PaymentKind, PaymentState};
use till_testkit::{both, id_in};
use till_wire::orders::OrderStatus;

both! {
    async fn an_order_shows_its_customer_product_and_subscription(t: &mut Till) {
        let customer = t.post("/v1/customers/", json!({"email": "a@example.com", "external_id": "u1"})).await.created();
        let product = t.monthly().await;
        let sale = t.sold(&customer, &product).await;
        let order = t.get(&format!("/v1/orders/{}", sale.order.id)).await.ok();
        assert_eq!(order["status"], "paid");
        assert_eq!(order["paid"], true);
        assert_eq!(order["billing_reason"], "subscription_create");
        for (key, amount) in [("subtotal_amount", 1000), ("net_amount", 1000), ("total_amount", 1000), ("amount", 1000),
            ("tax_amount", 0), ("discount_amount", 0), ("refundable_amount", 1000), ("refunded_amount", 0)] {
            assert_eq!(order[key], amount, "{key}");
        }
        assert_eq!(order["customer"]["external_id"], "u1");
        assert_eq!(order["user_id"], customer["id"]);
        assert_eq!(order["product"]["id"], product["id"]);
        assert_eq!(order["product_price_id"], product["prices"][0]["id"]);
        assert_eq!(order["subscription"]["id"], sale.subscription.unwrap().id.to_string());
        assert_eq!(order["items"][0]["label"], "Monthly");
        assert_eq!(order["checkout_id"], sale.checkout.id.to_string());
        assert_eq!(t.get("/v1/orders/").await.ok()["items"][0], order);
    }

    async fn orders_are_filtered(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "u1"})).await.created();
        let bob = t.post("/v1/customers/", json!({"email": "bob@example.com", "external_id": "u2"})).await.created();
        let (book, plan) = (t.product().await, t.monthly().await);
        let first = t.sold_with(&ada, &book, |sale| { sale.order.metadata.0.insert("k".into(), json!(1)); }).await;
        let second = t.sold_with(&bob, &plan, |sale| sale.order.status = OrderStatus::Pending).await;
        let (a, b) = (first.order.id.to_string(), second.order.id.to_string());
        let noon = second.order.created_at;
        let (early, late) = (noon - SignedDuration::from_micros(1), noon + SignedDuration::from_micros(1));
        let other = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        for (query, found) in [
            (String::new(), vec![&b, &a]),
            (format!("product_id={}", id_in(&book, "id")), vec![&a]),
            (format!("product_id={}&product_id={}", id_in(&book, "id"), id_in(&plan, "id")), vec![&b, &a]),
            ("product_billing_type=one_time".into(), vec![&a]),
            ("product_billing_type=recurring".into(), vec![&b]),
            ("product_billing_type=recurring&product_billing_type=one_time".into(), vec![&b, &a]),
            (format!("discount_id={other}"), vec![]),
            (format!("customer_id={}", id_in(&ada, "id")), vec![&a]),
            ("external_customer_id=u2".into(), vec![&b]),
            ("external_customer_id=u2&external_customer_id=u1".into(), vec![&b, &a]),
            (format!("checkout_id={}", first.checkout.id), vec![&a]),
            (format!("subscription_id={}", second.subscription.as_ref().unwrap().id), vec![&b]),
            (format!("subscription_id={other}"), vec![]),
            ("status=pending".into(), vec![&b]),
            ("status=pending&status=paid".into(), vec![&b, &a]),
            (format!("created_after={noon}"), vec![]),
            (format!("created_after={early}"), vec![&b]),
            (format!("created_before={noon}"), vec![&a]),
            (format!("created_before={late}"), vec![&b, &a]),
            ("created_after=2026-11-22T11:00:00".into(), vec![&b, &a]),
            ("metadata[k]=1".into(), vec![&a]),
            (format!("status=paid&customer_id={}", id_in(&bob, "id")), vec![]),
        ] {
            assert_eq!(t.get(&format!("/v1/orders/?{query}")).await.listed("id").iter().collect::<Vec<_>>(), found, "{query}");
        }
        t.delete("/v1/customers/external/u1").await.gone();
        assert!(t.get("/v1/orders/?external_customer_id=u1").await.listed("id").is_empty(), "live customers only");
        let wrong = t.get("/v1/orders/?status=x&created_after=noon&product_billing_type=both&product_id=1").await.unreadable();
        let mut places: Vec<_> = wrong.into_iter().map(|(_, place)| place).collect();
        places.sort();
        assert_eq!(places, ["query.created_after", "query.product_billing_type", "query.product_id", "query.status"]);
    }

    async fn orders_are_sorted(t: &mut Till) {
        let ada = t.post("/v1/customers/", json!({"email": "z@example.com", "name": "Ada"})).await.created();
        let bob = t.customer("bob@example.com").await;
        let (cheap, dear) = (t.product_named("Zebra", 100).await, t.monthly().await);
        t.sold_with(&bob, &cheap, |sale| sale.order.invoice_number = Some("1".into())).await;
        t.sold_with(&ada, &dear, |sale| {
            sale.order.invoice_number = Some("2".into());
            sale.order.status = OrderStatus::Pending;
        }).await;
        for (sorting, found) in [
            ("created_at", ["1", "2"]), ("-created_at", ["2", "1"]), ("invoice_number", ["1", "2"]),
            ("status", ["1", "2"]), ("-status", ["2", "1"]), ("amount", ["1", "2"]), ("-net_amount", ["2", "1"]),
            ("customer", ["1", "2"]), ("-customer", ["2", "1"]), ("product", ["2", "1"]), ("-product", ["1", "2"]),
            ("subscription", ["2", "1"]), ("-subscription", ["1", "2"]),
            ("discount&sorting=created_at", ["1", "2"]), ("-discount&sorting=-created_at", ["2", "1"]),
        ] {
            assert_eq!(t.get(&format!("/v1/orders/?sorting={sorting}")).await.listed("invoice_number"), found, "{sorting}");
        }
    }

    async fn payments_show_what_a_charge_came_to(t: &mut Till) {
        let sale = t.sold(&t.customer("a@example.com").await, &t.product().await).await;
        let payment = t.get(&format!("/v1/payments/{}", sale.payment.id)).await.ok();
        assert_eq!(payment["processor"], "stripe");
        assert_eq!(payment["status"], "succeeded");
        assert_eq!((&payment["amount"], &payment["currency"]), (&json!(3000), &json!("usd")));
        assert_eq!(payment["method"], "card");
        assert_eq!(payment["method_metadata"]["last4"], "4242");
        assert_eq!(payment["trigger"], "purchase");
        assert_eq!(payment["order_id"], sale.order.id.to_string());
        assert_eq!(t.get("/v1/payments/").await.ok()["items"][0], payment);
    }

    async fn cards_that_are_only_kept_are_no_payments(t: &mut Till) {
        let (customer, product) = (t.customer("a@example.com").await, t.product().await);
        let setup = t.sold_with(&customer, &product, |sale| sale.payment.kind = PaymentKind::Setup).await;
        t.get(&format!("/v1/payments/{}", setup.payment.id)).await.not_found();
        assert!(t.get("/v1/payments/").await.listed("id").is_empty());
    }

    async fn payments_are_filtered_and_sorted(t: &mut Till) {
        let (ada, bob) = (t.customer("Ada@example.com").await, t.customer("bob@example.com").await);
        let (cheap, dear) = (t.product_named("Small", 100).await, t.product().await);
        let paid = t.sold(&ada, &cheap).await;
        let failed = t.sold_with(&bob, &dear, |sale| {
            sale.payment.state = PaymentState::Failed;
            sale.payment.method = "link".into();
            sale.payment.decline_reason = Some("card_declined".into());
        }).await;
        let waiting = t.sold_with(&bob, &cheap, |sale| sale.payment.state = PaymentState::Processing).await;
        let [a, b, c] = [&paid, &failed, &waiting].map(|sale| sale.payment.id.to_string());
        for (query, found) in [
            (String::new(), vec![&c, &b, &a]),
            (format!("checkout_id={}", paid.checkout.id), vec![&a]),
            (format!("order_id={}&order_id={}", paid.order.id, failed.order.id), vec![&b, &a]),
            (format!("customer_id={}", id_in(&bob, "id")), vec![&c, &b]),
            ("status=succeeded".into(), vec![&a]),
            ("status=failed&status=pending".into(), vec![&c, &b]),
            ("method=link".into(), vec![&b]),
            ("method=card&method=link".into(), vec![&c, &b, &a]),
            ("customer_email=ADA%40example.com".into(), vec![&a]),
            ("customer_email=ada%40example.com&customer_email=bob%40example.com".into(), vec![&c, &b, &a]),
            ("sorting=created_at".into(), vec![&a, &b, &c]),
            ("sorting=amount&sorting=created_at".into(), vec![&a, &c, &b]),
            ("sorting=status".into(), vec![&b, &c, &a]),
            ("sorting=-method&sorting=created_at".into(), vec![&b, &a, &c]),
        ] {
            assert_eq!(t.get(&format!("/v1/payments/?{query}")).await.listed("id").iter().collect::<Vec<_>>(), found, "{query}");
        }
        assert_eq!(t.get("/v1/payments/?status=lost").await.unreadable(), crate::pairs(&[("enum", "query.status")]));
        t.may_leave_work();
        t.see_through().await;
    }
}
