//! The customer that a purchase belongs to, and what it leaves there.

use super::*;

both! {
    async fn a_known_email_is_that_customer_without_a_portal_token(t: &mut Till) {
        let known = t.post("/v1/customers/", json!({"email": ADA, "metadata": {"a": 1, "b": 1}})).await.created();
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_metadata": {"b": 2, "c": 3}})).await;
        t.webhook_events().await;
        let confirmed = t.confirm(&checkout, buyer("ADA@example.com", VISA)).await.ok();
        assert_eq!(confirmed["customer_session_token"], "");
        assert_eq!(confirmed["customer_id"], known["id"]);
        let events = told(t).await;
        assert_eq!(types(&events)[..2], ["checkout.updated", "order.created"]);
        let customer = t.get(&format!("/v1/customers/{}", id_in(&known, "id"))).await.ok();
        assert_eq!((&customer["metadata"], &customer["email"]), (&known["metadata"], &known["email"]));
    }

    async fn an_email_match_gets_no_token_on_a_second_try_either(t: &mut Till) {
        t.customer(ADA).await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_failsLater")).await.ok();
        t.advance(Duration::from_secs(4));
        t.drain().await;
        assert_eq!(t.confirm(&checkout, buyer(ADA, VISA)).await.ok()["customer_session_token"], "");
        t.catch_up().await;
    }

    async fn a_customers_own_name_is_kept(t: &mut Till) {
        let product = t.product().await;
        let named = t.post("/v1/customers/", json!({"email": ADA, "name": "ACME"})).await.created();
        let nameless = t.customer("bob@example.com").await;
        for (customer, name) in [(&named, "ACME"), (&nameless, "John")] {
            let checkout = t.checkout_with(&product, json!({"customer_id": customer["id"]})).await;
            let mut body = buyer("eve@example.com", VISA);
            body["customer_name"] = json!("John");
            let confirmed = t.confirm(&checkout, body).await.ok();
            assert!(confirmed["customer_session_token"].as_str().unwrap().starts_with("polar_mst_"));
            let after = t.get(&format!("/v1/customers/{}", id_in(customer, "id"))).await.ok();
            assert_eq!((&after["name"], &after["email"]), (&json!(name), &customer["email"]));
            assert_eq!(t.processor_record(&checkout).await["name"], "John");
        }
        t.catch_up().await;
    }

    async fn an_email_match_leaves_the_external_id_alone(t: &mut Till) {
        let product = t.product().await;
        let plain = t.customer(ADA).await;
        let checkout = t.checkout_with(&product, json!({"external_customer_id": "u1"})).await;
        t.buy(&checkout, ADA).await;
        assert_eq!(t.get(&format!("/v1/customers/{}", id_in(&plain, "id"))).await.ok()["external_id"], json!(null));
        t.get("/v1/customers/external/u1").await.not_found();
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["customer"]["id"], &order["conflicting_external_customer_id"]), (&plain["id"], &json!("u1")));
    }

    async fn an_external_id_of_another_email_is_refused_before_money_moves(t: &mut Till) {
        let checkout = t.checkout_with(&t.product().await, json!({"external_customer_id": "u1"})).await;
        t.post("/v1/customers/", json!({"email": "owner@example.com", "external_id": "u1"})).await.created();
        let refused = t.confirm(&checkout, buyer(ADA, VISA)).await.refused(422, "CheckoutCustomerExternalIdMismatch");
        assert!(refused["detail"].is_string());
        assert!(t.payments(&checkout).await.is_empty());
        assert_eq!(t.reload(&checkout).await["status"], "open");
        assert_eq!(t.buy(&checkout, "owner@example.com").await["status"], "succeeded");
    }

    async fn a_linked_customer_that_was_deleted_is_a_conflict(t: &mut Till) {
        let ada = t.customer(ADA).await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_id": ada["id"]})).await;
        t.delete(&format!("/v1/customers/{}", id_in(&ada, "id"))).await.gone();
        t.confirm(&checkout, buyer(ADA, VISA)).await.refused(409, "CheckoutCustomerDeleted");
        assert!(t.payments(&checkout).await.is_empty());
    }

    async fn the_name_on_the_card_fills_in(t: &mut Till) {
        let product = t.product().await;
        let card = |name: Value| json!({"number": "4242 4242 4242 4242", "exp_month": 12, "exp_year": 34, "cvc": "123", "name": name});
        for (name, sent, kept) in [(json!("Grace"), None, json!("Grace")), (json!("Grace"), Some(json!("Ada")), json!("Ada")),
            (json!("Grace"), Some(json!(null)), json!("Grace")), (json!(null), None, json!(null))] {
            let token = t.anonymous().post("/v1/sandbox/confirmation-tokens", card(name)).await.created();
            let mut body = buyer(ADA, token["id"].as_str().unwrap());
            if let Some(sent) = sent {
                body["customer_name"] = sent;
            }
            let checkout = t.checkout_for(&product).await;
            assert_eq!(t.confirm(&checkout, body.clone()).await.ok()["customer_name"], kept);
            let other = t.checkout_for(&product).await;
            t.confirm(&other, body).await.refused(400, "PaymentError");
            t.catch_up().await;
        }
        t.catch_up().await;
    }

    async fn billing_details_reach_customer_and_order(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let body = json!({"customer_email": ADA, "customer_name": "Ada", "is_business_customer": true, "customer_billing_name": "ACME SARL",
            "customer_tax_id": "FR61954506077", "confirmation_token_id": VISA,
            "customer_billing_address": {"country": "fr", "line1": " 1 rue X ", "city": "Paris", "postal_code": "75001", "line2": " "}});
        t.confirm(&checkout, body).await.ok();
        t.catch_up().await;
        let order = &t.orders(&checkout).await[0];
        assert_eq!(order["billing_name"], "ACME SARL");
        assert_eq!((&order["billing_address"]["line1"], &order["billing_address"]["country"]), (&json!("1 rue X"), &json!("FR")));
        let customer = &t.items("/v1/customers/").await[0];
        assert_eq!((&customer["billing_name"], &customer["name"]), (&json!("ACME SARL"), &json!("ACME SARL")));
        assert_eq!(customer["tax_id"], json!(["FR61954506077", "eu_vat"]));
        assert_eq!(customer["billing_address"]["city"], "Paris");
    }
}
