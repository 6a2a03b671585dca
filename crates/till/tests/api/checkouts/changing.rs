//! Changing a session: what is taken and what is refused.

use super::*;

both! {
    async fn a_confirmed_session_is_not_changed_any_more(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer("ada@example.com", "pm_card_visa")).await.ok();
        t.change(&checkout, json!({"metadata": {}})).await.refused(403, "NotOpenCheckout");
        t.client_change(&checkout, json!({})).await.refused(403, "NotOpenCheckout");
        t.catch_up().await;
        t.change(&checkout, json!({})).await.refused(403, "NotOpenCheckout");
    }

    async fn another_of_the_products_is_chosen(t: &mut Till) {
        let (plan, book, other) = (t.monthly().await, t.product().await, t.product().await);
        let checkout = t.checkout(json!({"products": [plan["id"], book["id"]]})).await;
        at_field(&t.client_change(&checkout, json!({"product_id": other["id"]})).await, "value_error", "body.product_id");
        at_field(&t.change(&checkout, json!({"product_id": NOBODY})).await, "value_error", "body.product_id");
        let wrong = json!({"product_id": book["id"], "product_price_id": plan["prices"][0]["id"]});
        at_field(&t.client_change(&checkout, wrong).await, "value_error", "body.product_price_id");
        let switched = t.client_change(&checkout, json!({"product_id": book["id"]})).await.ok();
        assert_eq!((&switched["product_id"], &switched["amount"]), (&book["id"], &json!(3000)));
        assert_eq!((&switched["is_payment_setup_required"], &switched["product_price_id"]), (&json!(false), &book["prices"][0]["id"]));
        let alone = t.client_change(&checkout, json!({"product_price_id": plan["prices"][0]["id"]})).await.ok();
        assert_eq!(alone["product_id"], book["id"]);
        archive(t, &plan).await;
        at_field(&t.client_change(&checkout, json!({"product_id": plan["id"]})).await, "value_error", "body.product_id");
    }

    async fn a_switch_keeps_the_currency_where_it_can(t: &mut Till) {
        let (first, both) = (t.priced(json!([usd(1000), eur(900)])).await, t.priced(json!([usd(2000), eur(1800)])).await);
        let only = t.product().await;
        let checkout = t.checkout(json!({"products": [first["id"], both["id"], only["id"]], "currency": "eur"})).await;
        let kept = t.client_change(&checkout, json!({"product_id": both["id"]})).await.ok();
        assert_eq!((&kept["currency"], &kept["amount"]), (&json!("eur"), &json!(1800)));
        let fell_back = t.client_change(&checkout, json!({"product_id": only["id"]})).await.ok();
        assert_eq!((&fell_back["currency"], &fell_back["amount"]), (&json!("usd"), &json!(3000)));
        at_field(&t.change(&checkout, json!({"currency": "eur"})).await, "value_error", "body.currency");
        t.change(&checkout, json!({"product_id": first["id"]})).await.ok();
        assert_eq!(t.change(&checkout, json!({"currency": "eur"})).await.ok()["amount"], 900);
        assert_eq!(t.client_change(&checkout, json!({"currency": "usd"})).await.ok()["currency"], "eur");
    }

    async fn an_amount_changes_only_where_the_buyer_chooses(t: &mut Till) {
        for prices in [json!([usd(3000)]), json!([{"amount_type": "free"}])] {
            let checkout = t.checkout_for(&t.priced(prices).await).await;
            assert_eq!(t.client_change(&checkout, json!({"amount": 4242})).await.ok()["amount"], checkout["amount"]);
        }
        let checkout = t.checkout_for(&t.priced(json!([custom(json!({"minimum_amount": 0}))])).await).await;
        for amount in [10, 25, 49] {
            at_field(&t.client_change(&checkout, json!({"amount": amount})).await, "invalid_amount", "body.amount");
        }
        for amount in [0, 4242] {
            let changed = t.client_change(&checkout, json!({"amount": amount})).await.ok();
            assert_eq!((&changed["amount"], &changed["total_amount"]), (&json!(amount), &json!(amount)));
        }
    }

    async fn the_tax_id_follows_the_address_and_the_business(t: &mut Till) {
        let body = json!({"customer_tax_id": "FR61954506077", "customer_billing_address": {"country": "FR"},
            "is_business_customer": true, "customer_billing_name": "ACME"});
        let checkout = t.checkout_with(&t.product().await, body).await;
        at_field(&t.client_change(&checkout, json!({"customer_billing_address": {"country": "US"}})).await, "value_error", "body.customer_tax_id");
        let moved = json!({"customer_billing_address": {"country": "US"}, "customer_tax_id": null});
        assert_eq!(t.client_change(&checkout, moved).await.ok()["customer_tax_id"], json!(null));
        let back = json!({"customer_billing_address": {"country": "FR"}, "customer_tax_id": "FR61954506077"});
        assert_eq!(t.client_change(&checkout, back).await.ok()["customer_tax_id"], "FR61954506077");
        let private = json!({"is_business_customer": false, "customer_billing_name": "ACME"});
        let changed = t.client_change(&checkout, private).await.ok();
        for (key, value) in [("is_business_customer", json!(false)), ("customer_tax_id", json!(null)), ("customer_billing_name", json!(null))] {
            assert_eq!(changed[key], value, "{key}");
        }
        let bare = t.checkout_for(&t.product().await).await;
        at_field(&t.client_change(&bare, json!({"customer_tax_id": "1"})).await, "missing", "body.customer_billing_address");
    }

    async fn metadata_is_replaced_whole_and_only_by_the_merchant(t: &mut Till) {
        let checkout = t.checkout_with(&t.product().await, json!({"metadata": {"k": "v"}, "customer_metadata": {"c": 1}})).await;
        assert_eq!(t.change(&checkout, json!({})).await.ok()["metadata"], json!({"k": "v"}));
        let theirs = json!({"metadata": {"hacked": true}, "customer_metadata": {}, "success_url": "https://evil.example", "require_billing_address": true});
        t.client_change(&checkout, theirs).await.ok();
        let kept = t.reload(&checkout).await;
        assert_eq!((&kept["metadata"], &kept["customer_metadata"]), (&json!({"k": "v"}), &json!({"c": 1})));
        assert_eq!((&kept["success_url"], &kept["require_billing_address"]), (&checkout["success_url"], &json!(false)));
        let changed = t.change(&checkout, json!({"metadata": {}, "customer_metadata": {"d": 2}})).await.ok();
        assert_eq!((&changed["metadata"], &changed["customer_metadata"]), (&json!({}), &json!({"d": 2})));
        assert_eq!(t.change(&checkout, json!({"customer_metadata": null, "allow_discount_codes": null, "is_business_customer": null})).await.ok()
            ["customer_metadata"], json!({"d": 2}), "null is not sent");
        for bad in [json!({"metadata": {"": 1}}), json!({"metadata": {"k": ""}}), json!({"metadata": {"k": null}}), json!({"metadata": {"k": "x".repeat(501)}}),
            json!({"metadata": {"x".repeat(41): 1}})] {
            assert!(!t.change(&checkout, bad.clone()).await.unreadable().is_empty(), "{bad}");
        }
    }

    async fn the_merchant_changes_more_than_the_buyer(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let body = json!({"success_url": "https://example.com/{CHECKOUT_ID}", "return_url": "https://example.com/b", "embed_origin": "https://e.example",
            "customer_name": " Ada ", "customer_email": "ada@example.com", "customer_ip_address": "::1", "allow_discount_codes": false,
            "require_billing_address": true, "allow_trial": false, "customer_billing_name": "ACME"});
        let changed = t.change(&checkout, body).await.ok();
        for (key, value) in [("return_url", json!("https://example.com/b")), ("embed_origin", json!("https://e.example")), ("customer_name", json!("Ada")),
            ("customer_email", json!("ada@example.com")), ("customer_ip_address", json!("::1")), ("allow_discount_codes", json!(false)),
            ("require_billing_address", json!(true)), ("allow_trial", json!(false)), ("customer_billing_name", json!("ACME"))] {
            assert_eq!(changed[key], value, "{key}");
        }
        assert_eq!(changed["success_url"], format!("https://example.com/{}", checkout["id"].as_str().unwrap()));
        assert_ne!(changed["modified_at"], json!(null));
        let cleared = t.change(&checkout, json!({"success_url": null, "return_url": null, "customer_name": " ", "embed_origin": null})).await.ok();
        assert_eq!((&cleared["success_url"], &cleared["return_url"], &cleared["customer_name"]), (&checkout["success_url"], &json!(null), &json!(null)));
    }

    async fn a_linked_customers_email_is_fixed(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_id": ada["id"]})).await;
        let changed = t.client_change(&checkout, json!({"customer_email": "eve@example.com", "customer_name": "Eve"})).await.ok();
        assert_eq!((&changed["customer_email"], &changed["customer_name"]), (&json!("ada@example.com"), &json!("Eve")));
    }

    async fn a_discount_code_is_refused_or_ignored(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        at_field(&t.client_change(&checkout, json!({"discount_code": "SAVE"})).await, "value_error", "body.discount_code");
        at_field(&t.change(&checkout, json!({"discount_id": NOBODY})).await, "value_error", "body.discount_id");
        t.client_change(&checkout, json!({"discount_code": null})).await.ok();
        t.change(&checkout, json!({"discount_id": null})).await.ok();
        let closed = t.checkout_with(&product, json!({"allow_discount_codes": false})).await;
        t.client_change(&closed, json!({"discount_code": "SAVE"})).await.ok();
    }

    async fn one_subscription_per_customer_unless_allowed(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let ada = t.customer("ada@example.com").await;
        t.sold(&ada, &plan).await;
        let late = t.customer("late@example.com").await;
        t.sold_with(&late, &plan, |sale| sale.subscription.as_mut().unwrap().status = SubscriptionStatus::PastDue).await;
        let overdue = t.checkout_with(&plan, json!({"customer_id": late["id"]})).await;
        t.client_change(&overdue, json!({"customer_name": "L"})).await.refused(403, "AlreadyActiveSubscriptionError");
        let linked = t.checkout_with(&plan, json!({"customer_id": ada["id"]})).await;
        t.change(&linked, json!({"metadata": {"k": 1}})).await.refused(403, "AlreadyActiveSubscriptionError");
        let open = t.checkout(json!({"products": [plan["id"], book["id"]]})).await;
        t.client_change(&open, json!({"customer_email": "ADA@example.com"})).await.refused(403, "AlreadyActiveSubscriptionError");
        t.confirm(&open, buyer("ada@example.com", "pm_card_visa")).await.refused(403, "AlreadyActiveSubscriptionError");
        t.client_change(&open, json!({"customer_email": "bob@example.com"})).await.ok();
        t.client_change(&open, json!({"customer_email": "ada@example.com", "product_id": book["id"]})).await.ok();
        let path = format!("/v1/organizations/{}", t.organization.id);
        let shown = t.get(&path).await.ok();
        let mut settings = shown["subscription_settings"].clone();
        settings["allow_multiple_subscriptions"] = json!(true);
        t.patch(&path, json!({"subscription_settings": settings})).await.ok();
        t.change(&linked, json!({"metadata": {"k": 1}})).await.ok();
    }

    async fn what_is_free_asks_for_no_business(t: &mut Till) {
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let checkout = t.checkout_with(&free, json!({"customer_email": "a@example.com"})).await;
        assert_eq!((&checkout["is_free_product_price"], &checkout["is_discount_applicable"], &checkout["tax_amount"]), (&json!(true), &json!(false), &json!(0)));
        let changed = t.client_change(&checkout, json!({"is_business_customer": true, "customer_billing_name": "ACME", "payment_method_type": "card"})).await.ok();
        assert_eq!((&changed["is_business_customer"], &changed["customer_billing_name"], &changed["payment_method_type"]), (&json!(false), &json!(null), &json!(null)));
    }
}
