//! Creating a session: what is taken and what is refused.

use super::*;

both! {
    async fn opening_takes_a_token_that_may(t: &mut Till) {
        let body = json!({"products": [t.product().await["id"]]});
        t.anonymous().post(SESSIONS, body.clone()).await.refused(401, "Unauthorized");
        let reader = t.with_token(&t.token_of(&[Scope::CheckoutsRead]).await);
        let refused = reader.post(SESSIONS, body.clone()).await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.json()["error"], "insufficient_scope");
        assert!(reader.get(SESSIONS).await.listed("id").is_empty());
        let writer = t.with_token(&t.token_of(&[Scope::CheckoutsWrite]).await);
        let checkout = writer.post(SESSIONS, body).await.created();
        assert_eq!(writer.get(SESSIONS).await.listed("id"), [checkout["id"].as_str().unwrap()]);
    }

    async fn an_opened_session_starts_with_its_defaults(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        t.webhook_events().await;
        let checkout = t.checkout_for(&product).await;
        for (key, value) in [("status", json!("open")), ("payment_processor", json!("stripe")), ("amount", json!(3000)),
            ("discount_amount", json!(0)), ("net_amount", json!(3000)), ("subtotal_amount", json!(3000)), ("tax_amount", json!(null)),
            ("tax_behavior", json!(null)), ("total_amount", json!(3000)), ("currency", json!("usd")), ("modified_at", json!(null)),
            ("allow_discount_codes", json!(true)), ("require_billing_address", json!(false)), ("allow_trial", json!(true)),
            ("trial_end", json!(null)), ("discount", json!(null)), ("is_discount_applicable", json!(true)),
            ("is_free_product_price", json!(false)), ("is_payment_required", json!(true)), ("is_payment_setup_required", json!(false)),
            ("is_payment_form_required", json!(true)), ("customer_id", json!(null)), ("is_business_customer", json!(false)),
            ("seats", json!(null)), ("units", json!(null)), ("metadata", json!({})), ("customer_metadata", json!({})),
            ("custom_field_data", json!({})), ("attached_custom_fields", json!([])), ("subscription_id", json!(null)),
            ("locale", json!(null)), ("payment_processor_metadata", json!({"publishable_key": "pk_test"}))] {
            assert_eq!(checkout[key], value, "{key}");
        }
        let secret = checkout["client_secret"].as_str().unwrap();
        assert!(secret.starts_with("polar_c_") && secret.len() == "polar_c_".len() + 43, "{secret}");
        assert_eq!(checkout["url"], format!("https://till.test/checkout/{secret}"));
        assert_eq!(checkout["success_url"], format!("https://till.test/checkout/{secret}/confirmation"));
        assert_eq!(checkout["product_id"], product["id"]);
        assert_eq!(checkout["product_price"], product["prices"][0]);
        assert_eq!(checkout["product_price_id"], product["prices"][0]["id"]);
        assert_eq!(checkout["prices"][product["id"].as_str().unwrap()], product["prices"]);
        let time = |key: &str| checkout[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(time("expires_at").duration_since(time("created_at")).as_hours(), 24);
        assert_eq!(checkout["billing_address_fields"], json!({"country": "required", "state": "disabled", "city": "disabled",
            "postal_code": "disabled", "line1": "disabled", "line2": "disabled"}));
        assert_eq!(t.reload(&checkout).await, checkout);
        let told = t.webhook_events().await;
        assert_eq!(told.iter().map(|e| &e["type"]).collect::<Vec<_>>(), ["checkout.created"]);
        assert_eq!(told[0]["data"], checkout);
    }

    async fn strangers_products_and_prices_do_not_exist(t: &mut Till) {
        let product = t.product().await;
        let eve = t.with_token(&t.stranger().await.1);
        for (body, field) in [
            (json!({"product_id": product["id"]}), "body.product_id"),
            (json!({"product_price_id": product["prices"][0]["id"]}), "body.product_price_id"),
            (json!({"products": [product["id"]]}), "body.products.0"),
            (json!({"products": [NOBODY]}), "body.products.0"),
            (json!({"product_id": NOBODY}), "body.product_id"),
            (json!({"product_price_id": NOBODY}), "body.product_price_id"),
        ] {
            at_field(&eve.post(SESSIONS, body).await, "value_error", field);
        }
        let body = json!({"products": [NOBODY, eve.product().await["id"], product["id"]]});
        assert_eq!(eve.post(SESSIONS, body).await.invalid(),
            pairs(&[("value_error", "body.products.0"), ("value_error", "body.products.2")]));
    }

    async fn what_is_archived_or_a_draft_is_not_sold(t: &mut Till) {
        let product = t.product().await;
        let path = format!("/v1/products/{}", id_in(&product, "id"));
        t.patch(&path, json!({"prices": [usd(900)]})).await.ok();
        let old = json!({"product_price_id": product["prices"][0]["id"]});
        at_field(&t.post(SESSIONS, old).await, "value_error", "body.product_price_id");
        let draft = json!({"name": "Draft", "visibility": "draft", "prices": [usd(900)]});
        let draft = t.post("/v1/products/", draft).await.created();
        let gone = t.product().await;
        archive(t, &gone).await;
        for product in [draft, gone] {
            for (body, field) in [
                (json!({"products": [product["id"]]}), "body.products.0"),
                (json!({"product_id": product["id"]}), "body.product_id"),
                (json!({"product_price_id": product["prices"][0]["id"]}), "body.product_price_id"),
            ] {
                at_field(&t.post(SESSIONS, body).await, "value_error", field);
            }
        }
    }

    async fn products_must_differ_and_some_shape_must_fit(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let twice = t.post(SESSIONS, json!({"products": [plan["id"], plan["id"]]})).await.unreadable();
        assert!(twice.iter().any(|(kind, at)| kind == "value_error" && at.ends_with("products")), "{twice:?}");
        let keys: Vec<_> = t.post(SESSIONS, json!({"amount": 5})).await.unreadable();
        assert_eq!(keys.iter().filter(|(kind, _)| kind == "missing").count(), 3, "{keys:?}");
        assert!(!t.post(SESSIONS, json!({"products": []})).await.unreadable().is_empty());
        let both = json!({"products": [plan["id"]], "product_id": book["id"]});
        assert_eq!(t.checkout(both).await["product_id"], plan["id"]);
        let fallback = json!({"products": ["no id"], "product_id": book["id"]});
        assert_eq!(t.checkout(fallback).await["product_id"], book["id"]);
    }

    async fn a_session_by_price_ignores_an_amount_it_does_not_offer(t: &mut Till) {
        let product = t.product().await;
        let body = json!({"product_price_id": product["prices"][0]["id"], "amount": 4242, "currency": "sek", "metadata": {"k": "v"}});
        let checkout = t.checkout(body).await;
        assert_eq!((&checkout["amount"], &checkout["currency"]), (&json!(3000), &json!("usd")));
        assert_eq!(checkout["metadata"], json!({"k": "v"}));
    }

    async fn products_keep_their_order_and_the_first_is_selected(t: &mut Till) {
        let (plan, book, gift) = (t.monthly().await, t.product().await, t.pay_what_you_want().await);
        let ids = json!([plan["id"], book["id"], gift["id"]]);
        let checkout = t.checkout(json!({"products": ids})).await;
        let shown: Vec<_> = checkout["products"].as_array().unwrap().iter().map(|p| p["id"].clone()).collect();
        assert_eq!(Value::from(shown), ids);
        assert_eq!(checkout["product"]["id"], plan["id"]);
        assert_eq!(checkout["product_price_id"], plan["prices"][0]["id"]);
        assert_eq!(checkout["is_payment_setup_required"], true);
        let reverse = json!([gift["id"], book["id"], plan["id"]]);
        let checkout = t.checkout(json!({"products": reverse})).await;
        assert_eq!(checkout["products"][2]["id"], plan["id"]);
        assert_eq!(t.reload(&checkout).await["products"], checkout["products"]);
        assert_eq!(t.items(SESSIONS).await[0]["products"], checkout["products"]);
    }

    async fn urls_origin_and_unknown_keys_are_taken_as_they_are(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_with(&product, json!({"success_url": "https://example.com/ok?id={CHECKOUT_ID}",
            "return_url": "https://example.com/back", "embed_origin": "https://example.com", "payment_processor": "stripe", "x": [1]})).await;
        let id = checkout["id"].as_str().unwrap();
        assert_eq!(checkout["success_url"], format!("https://example.com/ok?id={id}"));
        assert_eq!(t.reload(&checkout).await["success_url"], checkout["success_url"]);
        assert_eq!(checkout["return_url"], "https://example.com/back");
        assert_eq!(checkout["embed_origin"], "https://example.com");
        let other = t.checkout_with(&product, json!({"success_url": "https://example.com/?s={CHECKOUT_SESSION_ID}"})).await;
        assert!(other["success_url"].as_str().unwrap().contains("CHECKOUT_SESSION_ID"));
        for url in ["ftp://example.com", "/here", "javascript:alert(1)", "x"] {
            assert!(!opened(t, &product, json!({"success_url": url})).await.unreadable().is_empty(), "{url}");
        }
    }

    async fn the_currency_is_the_named_one_or_the_organizations(t: &mut Till) {
        let both = t.priced(json!([usd(1000), eur(900)])).await;
        let plain = t.checkout_for(&both).await;
        assert_eq!((&plain["currency"], &plain["amount"]), (&json!("usd"), &json!(1000)));
        let euro = t.checkout_with(&both, json!({"currency": "eur"})).await;
        assert_eq!((&euro["currency"], &euro["amount"]), (&json!("eur"), &json!(900)));
        assert_eq!(euro["prices"][both["id"].as_str().unwrap()].as_array().unwrap().len(), 2);
        let china = t.checkout_with(&both, json!({"customer_ip_address": "1.2.4.8"})).await;
        assert_eq!((&china["currency"], &china["customer_ip_address"]), (&json!("usd"), &json!("1.2.4.8")));
        at_field(&opened(t, &both, json!({"currency": "sek"})).await, "value_error", "body.products.0");
        let by_id = json!({"product_id": both["id"], "currency": "sek"});
        at_field(&t.post(SESSIONS, by_id).await, "value_error", "body.product_id");
        let only = t.product().await;
        let french = t.checkout_with(&only, json!({"customer_ip_address": "2.2.2.2"})).await;
        assert_eq!(french["currency"], "usd");
        assert!(!opened(t, &only, json!({"customer_ip_address": "2.2.2"})).await.unreadable().is_empty());
    }

    async fn a_chosen_amount_keeps_to_its_bounds(t: &mut Till) {
        let bounded = t.priced(json!([custom(json!({"minimum_amount": 1000, "maximum_amount": 5000}))])).await;
        at_field(&opened(t, &bounded, json!({"amount": 500})).await, "greater_than_equal", "body.amount");
        at_field(&opened(t, &bounded, json!({"amount": 10_000})).await, "less_than_equal", "body.amount");
        assert_eq!(t.checkout_with(&bounded, json!({"amount": 5000})).await["amount"], 5000);
        assert_eq!(t.checkout_for(&bounded).await["amount"], 1000);
        let preset = t.priced(json!([custom(json!({"minimum_amount": 2500, "preset_amount": 5000}))])).await;
        assert_eq!(t.checkout_for(&preset).await["amount"], 5000);
        assert_eq!(t.checkout_with(&preset, json!({"amount": 2500})).await["amount"], 2500);
        let any = t.priced(json!([custom(json!({"minimum_amount": 0}))])).await;
        for amount in [10, 25, 49] {
            at_field(&opened(t, &any, json!({"amount": amount})).await, "invalid_amount", "body.amount");
        }
        at_field(&opened(t, &any, json!({"amount": 100_000_000})).await, "less_than_equal", "body.amount");
        for amount in [0, 50, 99_999_999] {
            assert_eq!(t.checkout_with(&any, json!({"amount": amount})).await["amount"], amount);
        }
        let free = t.checkout_with(&any, json!({"amount": 0})).await;
        assert_eq!(free["is_payment_form_required"], false);
        assert_eq!(free["is_free_product_price"], false);
        assert!(!opened(t, &any, json!({"amount": -1})).await.unreadable().is_empty());
    }

    async fn tax_ids_are_judged_by_the_country(t: &mut Till) {
        let product = t.product().await;
        at_field(&opened(t, &product, json!({"customer_tax_id": "123"})).await, "missing", "body.customer_billing_address");
        let wrong = json!({"customer_tax_id": "123", "customer_billing_address": {"country": "FR"}});
        at_field(&opened(t, &product, wrong).await, "value_error", "body.customer_tax_id");
        let right = json!({"customer_tax_id": "FR 61 954 506 077", "customer_billing_address": {"country": "FR"}});
        let checkout = t.checkout_with(&product, right).await;
        assert_eq!(checkout["customer_tax_id"], "FR61954506077");
        let row = t.session(&checkout).await.checkout;
        assert_eq!(row.buyer.customer_tax_id_format.as_deref(), Some("eu_vat"));
        assert_eq!(checkout["tax_amount"], 0);
    }

    async fn unknown_discounts_and_quantities_are_refused_at_their_field(t: &mut Till) {
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let product = t.product().await;
        for product in [&free, &product] {
            at_field(&opened(t, product, json!({"discount_id": NOBODY})).await, "value_error", "body.discount_id");
        }
        at_field(&opened(t, &product, json!({"seats": 2})).await, "value_error", "body.seats");
        let bounds = opened(t, &product, json!({"min_seats": 1, "max_seats": 2, "seats": 2})).await;
        assert_eq!(bounds.invalid(), pairs(&[("value_error", "body.min_seats"), ("value_error", "body.max_seats")]));
        for body in [json!({"seats": 0}), json!({"seats": 10_001}), json!({"min_seats": 3, "max_seats": 2}),
            json!({"seats": 1, "min_seats": 2})] {
            assert!(!opened(t, &product, body.clone()).await.unreadable().is_empty(), "{body}");
        }
        for half in [json!({"trial_interval": "day"}), json!({"trial_interval_count": 3})] {
            assert_eq!(opened(t, &product, half.clone()).await.unreadable(), pairs(&[("missing", "body")]), "{half}");
        }
    }

    async fn a_named_customer_must_exist_and_prefills(t: &mut Till) {
        let product = t.product().await;
        at_field(&opened(t, &product, json!({"customer_id": NOBODY})).await, "value_error", "body.customer_id");
        let eve = t.with_token(&t.stranger().await.1);
        let hers = eve.customer("eve@example.com").await;
        at_field(&opened(t, &product, json!({"customer_id": hers["id"]})).await, "value_error", "body.customer_id");
        let body = json!({"email": "ada@example.com", "name": "Ada", "external_id": "u1", "tax_id": "FR61954506077",
            "billing_address": {"country": "FR", "city": "Paris"}});
        let ada = t.post("/v1/customers/", body).await.created();
        for named in [json!({"customer_id": ada["id"]}), json!({"external_customer_id": "u1"}), json!({"customer_external_id": "u1"})] {
            let checkout = t.checkout_with(&product, named).await;
            assert_eq!(checkout["customer_id"], ada["id"]);
            assert_eq!(checkout["customer_email"], "ada@example.com");
            assert_eq!((&checkout["customer_name"], &checkout["customer_billing_name"]), (&json!("Ada"), &json!("Ada")));
            assert_eq!(checkout["customer_billing_address"]["city"], "Paris");
            assert_eq!(checkout["customer_tax_id"], "FR61954506077");
            assert_eq!(checkout["external_customer_id"], "u1");
            assert_eq!((&checkout["require_billing_address"], &checkout["is_business_customer"]), (&json!(false), &json!(false)));
        }
        let own = t.checkout_with(&product, json!({"customer_id": ada["id"], "customer_name": "A.", "customer_email": "b@example.com"})).await;
        assert_eq!((&own["customer_name"], &own["customer_email"]), (&json!("A."), &json!("b@example.com")));
    }

    async fn a_customer_with_a_billing_name_and_street_is_a_business(t: &mut Till) {
        let product = t.product().await;
        let mut body = buyer("acme@example.com", "pm_card_visa");
        body["is_business_customer"] = json!(true);
        body["customer_billing_name"] = json!("ACME");
        body["customer_billing_address"] = json!({"country": "FR", "line1": "1 rue", "city": "Paris", "postal_code": "75001"});
        let first = t.checkout_for(&product).await;
        t.confirm(&first, body).await.ok();
        t.catch_up().await;
        let acme = t.reload(&first).await["customer_id"].clone();
        let checkout = t.checkout_with(&product, json!({"customer_id": acme})).await;
        assert_eq!((&checkout["is_business_customer"], &checkout["customer_billing_name"]), (&json!(true), &json!("ACME")));
        assert_eq!(checkout["require_billing_address"], false, "a named customer's address asks for nothing");
        let stated = t.checkout_with(&product, json!({"customer_id": acme, "is_business_customer": false})).await;
        assert_eq!(stated["is_business_customer"], false);
    }

    async fn an_external_id_is_kept_until_its_customer_exists(t: &mut Till) {
        let product = t.product().await;
        let both = json!({"external_customer_id": "u7", "customer_external_id": "other"});
        let checkout = t.checkout_with(&product, both).await;
        assert_eq!((&checkout["external_customer_id"], &checkout["customer_external_id"]), (&json!("u7"), &json!("u7")));
        assert_eq!(checkout["customer_id"], json!(null));
        let old = t.checkout_with(&product, json!({"customer_external_id": "u8"})).await;
        assert_eq!(old["external_customer_id"], "u8");
        let mine = checkout["id"].as_str().unwrap();
        assert_eq!(t.get("/v1/checkouts/?external_customer_id=u7").await.listed("id"), [mine]);
    }

    async fn an_address_asks_for_more_by_what_it_says(t: &mut Till) {
        let product = t.product().await;
        for (address, more) in [
            (json!({"country": "FR"}), false), (json!({"country": "US"}), false), (json!({"country": "FR", "city": "Paris"}), true),
            (json!({"country": "CA", "state": "CA-QC"}), false), (json!({"country": "CA", "state": "QC", "city": "Québec"}), true),
            (json!({"country": "FR", "state": "Bretagne"}), true),
        ] {
            let checkout = t.checkout_with(&product, json!({"customer_billing_address": address})).await;
            assert_eq!(checkout["require_billing_address"], more, "{address}");
        }
        for address in [json!({"country": null}), json!({"country": "CU"}), json!({"country": "US", "state": "ZZ"}), json!({})] {
            assert!(!opened(t, &product, json!({"customer_billing_address": address})).await.unreadable().is_empty(), "{address}");
        }
    }

    async fn the_address_form_follows_the_country(t: &mut Till) {
        let product = t.product().await;
        let modes = |c: &Value| ["country", "state", "city", "postal_code", "line1", "line2"].map(|k| c["billing_address_fields"][k].as_str().unwrap().to_owned()).join(" ");
        let flags = |c: &Value| ["country", "state", "city", "postal_code", "line1", "line2"].map(|k| c["customer_billing_address_fields"][k].to_string()).join(" ");
        for (body, mode, flag) in [
            (json!({}), "required disabled disabled disabled disabled disabled", "true false false false false false"),
            (json!({"customer_billing_address": {"country": "US"}}), "required required required required required optional", "true true true true true false"),
            (json!({"customer_billing_address": {"country": "CA"}}), "required required disabled disabled disabled disabled", "true true false false false false"),
            (json!({"require_billing_address": true}), "required optional required required required optional", "true false true true true false"),
            (json!({"is_business_customer": true, "customer_billing_address": {"country": "FR"}}), "required optional required required required optional", "true false true true true false"),
        ] {
            let checkout = t.checkout_with(&product, body.clone()).await;
            assert_eq!((modes(&checkout), flags(&checkout)), (mode.into(), flag.into()), "{body}");
        }
    }

    async fn only_a_free_subscription_is_upgraded(t: &mut Till) {
        let plan = t.monthly().await;
        at_field(&opened(t, &plan, json!({"subscription_id": NOBODY})).await, "value_error", "body.subscription_id");
        let ada = t.customer("ada@example.com").await;
        let paid = t.sold(&ada, &plan).await.subscription.unwrap().id;
        at_field(&opened(t, &plan, json!({"subscription_id": paid})).await, "value_error", "body.subscription_id");
        let body = json!({"name": "Free", "recurring_interval": "month", "prices": [{"amount_type": "free"}]});
        let free = t.post("/v1/products/", body).await.created();
        let cy = t.customer("cy@example.com").await;
        let given = t.sold_with(&cy, &plan, |sale| sale.subscription.as_mut().unwrap().amount = 0).await.subscription.unwrap().id;
        at_field(&opened(t, &plan, json!({"subscription_id": given})).await, "value_error", "body.subscription_id");
        let bob = t.customer("bob@example.com").await;
        let own = t.sold_with(&bob, &free, |sale| sale.subscription.as_mut().unwrap().amount = 0).await.subscription.unwrap().id;
        let checkout = t.checkout_with(&plan, json!({"subscription_id": own, "customer_id": ada["id"]})).await;
        assert_eq!(checkout["subscription_id"], own.to_string());
        assert_eq!((&checkout["customer_id"], &checkout["customer_email"]), (&bob["id"], &json!("bob@example.com")));
    }
}
