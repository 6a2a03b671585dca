//! checkout.md 2–4: sessions without their payment.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use till_testkit::{Answer, Till, both, buyer, id_in};
use till_wire::{
    organizations::OrganizationStatus, scope::Scope, subscriptions::SubscriptionStatus,
};

use crate::pairs;

const NOBODY: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
const SESSIONS: &str = "/v1/checkouts/";

fn usd(amount: i64) -> Value {
    json!({"amount_type": "fixed", "price_amount": amount})
}

fn eur(amount: i64) -> Value {
    json!({"amount_type": "fixed", "price_amount": amount, "price_currency": "eur"})
}

fn custom(more: Value) -> Value {
    let mut price = json!({"amount_type": "custom"});
    price
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    price
}

/// What creating a session for a product says to more fields.
async fn opened(t: &Till, product: &Value, more: Value) -> Answer {
    let mut body = json!({"products": [product["id"]]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post(SESSIONS, body).await
}

async fn archive(t: &Till, product: &Value) {
    let path = format!("/v1/products/{}", id_in(product, "id"));
    t.patch(&path, json!({"is_archived": true})).await.ok();
}

fn at_field(answer: &Answer, kind: &str, field: &str) {
    assert_eq!(
        answer.invalid(),
        pairs(&[(kind, field)]),
        "{}",
        answer.text()
    );
}

both! {
    async fn opening_takes_a_token_that_may_s_01(t: &mut Till) {
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

    async fn an_opened_session_starts_as_3_1_says(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        t.told().await;
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
        let told = t.told().await;
        assert_eq!(told.iter().map(|e| &e["type"]).collect::<Vec<_>>(), ["checkout.created"]);
        assert_eq!(told[0]["data"], checkout);
    }

    async fn strangers_products_and_prices_do_not_exist_s_02(t: &mut Till) {
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

    async fn what_is_archived_or_a_draft_is_not_sold_s_04_s_05(t: &mut Till) {
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

    async fn products_must_differ_and_some_shape_must_fit_cr_1_cr_2_s_08(t: &mut Till) {
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

    async fn a_session_by_price_ignores_an_amount_it_does_not_offer_s_10(t: &mut Till) {
        let product = t.product().await;
        let body = json!({"product_price_id": product["prices"][0]["id"], "amount": 4242, "currency": "sek", "metadata": {"k": "v"}});
        let checkout = t.checkout(body).await;
        assert_eq!((&checkout["amount"], &checkout["currency"]), (&json!(3000), &json!("usd")));
        assert_eq!(checkout["metadata"], json!({"k": "v"}));
    }

    async fn products_keep_their_order_and_the_first_is_selected_s_11(t: &mut Till) {
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

    async fn urls_origin_and_unknown_keys_are_taken_as_they_are_s_16_to_s_22(t: &mut Till) {
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

    async fn the_currency_is_the_named_one_or_the_organizations_cr_20_s_23_to_s_28(t: &mut Till) {
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

    async fn a_chosen_amount_keeps_to_its_bounds_cr_30_s_29_to_s_32(t: &mut Till) {
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

    async fn tax_ids_are_judged_by_the_country_cr_34_cr_35_s_37_s_38(t: &mut Till) {
        let product = t.product().await;
        at_field(&opened(t, &product, json!({"customer_tax_id": "123"})).await, "missing", "body.customer_billing_address");
        let wrong = json!({"customer_tax_id": "123", "customer_billing_address": {"country": "FR"}});
        at_field(&opened(t, &product, wrong).await, "value_error", "body.customer_tax_id");
        let right = json!({"customer_tax_id": "FR 61 954 506 077", "customer_billing_address": {"country": "FR"}});
        let checkout = t.checkout_with(&product, right).await;
        assert_eq!(checkout["customer_tax_id"], "FR61954506077");
        let row = t.session(&checkout).await.checkout;
        assert_eq!(row.customer_tax_id_format.as_deref(), Some("eu_vat"));
        assert_eq!(checkout["tax_amount"], 0);
    }

    async fn unknown_discounts_and_quantities_are_refused_at_their_field_s_40_s_41_s_67(t: &mut Till) {
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

    async fn a_named_customer_must_exist_and_prefills_cr_48_s_55_s_56(t: &mut Till) {
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

    async fn a_customer_with_a_billing_name_and_street_is_a_business_cr_54(t: &mut Till) {
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
        assert_eq!(checkout["require_billing_address"], false, "CR-52");
        let stated = t.checkout_with(&product, json!({"customer_id": acme, "is_business_customer": false})).await;
        assert_eq!(stated["is_business_customer"], false);
    }

    async fn an_external_id_is_kept_until_its_customer_exists_s_59(t: &mut Till) {
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

    async fn an_address_asks_for_more_by_what_it_says_cr_52_s_61(t: &mut Till) {
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

    async fn the_address_form_follows_the_country_3_4(t: &mut Till) {
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

    async fn only_a_free_subscription_is_upgraded_cr_46_cr_47_s_62(t: &mut Till) {
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

    async fn sessions_are_filtered_and_sorted_0_4(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let ada = t.post("/v1/customers/", json!({"email": "ada@example.com", "external_id": "u1"})).await.created();
        let first = t.checkout_with(&plan, json!({"customer_id": ada["id"]})).await;
        let second = t.checkout_with(&book, json!({"customer_email": "Bob_100%@example.com"})).await;
        t.buy(&first, "ignored@example.com").await;
        let (a, b) = (first["id"].as_str().unwrap(), second["id"].as_str().unwrap());
        for (query, found) in [
            (String::new(), vec![b, a]), ("sorting=created_at".into(), vec![a, b]), ("sorting=-expires_at".into(), vec![b, a]),
            ("sorting=status".into(), vec![b, a]), ("status=succeeded".into(), vec![a]), ("status=open&status=succeeded".into(), vec![b, a]),
            (format!("product_id={}", id_in(&plan, "id")), vec![a]), (format!("customer_id={}", id_in(&ada, "id")), vec![a]),
            (format!("customer_id={NOBODY}"), vec![]), ("external_customer_id=u1".into(), vec![a]), ("query=BOB_".into(), vec![b]),
            ("query=100%25".into(), vec![b]), ("query=_".into(), vec![b]), (format!("organization_id={}", t.organization.id), vec![b, a]),
            (format!("organization_id={NOBODY}"), vec![]), ("limit=1".into(), vec![b]), ("limit=1&page=2".into(), vec![a]),
        ] {
            assert_eq!(t.get(&format!("{SESSIONS}?{query}")).await.listed("id"), found, "{query}");
        }
        for query in ["sorting=amount", "status=paid", "product_id=x", "page=0", "limit=0"] {
            assert!(!t.get(&format!("{SESSIONS}?{query}")).await.unreadable().is_empty(), "{query}");
        }
        assert!(t.with_token(&t.stranger().await.1).get(SESSIONS).await.listed("id").is_empty());
    }

    async fn an_overdue_session_is_gone_for_its_buyer_alone_s_95(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let path = format!("/v1/checkouts/client/{}", checkout["client_secret"].as_str().unwrap());
        t.advance(Duration::from_secs(24 * 3600 + 1));
        let anyone = t.anonymous();
        for blocked in [false, true] {
            t.client_get(&checkout).await.refused(410, "ExpiredCheckoutError");
            t.client_change(&checkout, json!({})).await.refused(410, "ExpiredCheckoutError");
            t.confirm(&checkout, json!({})).await.refused(410, "ExpiredCheckoutError");
            anyone.post(&format!("{path}/opened"), json!({})).await.refused(410, "ExpiredCheckoutError");
            anyone.get(&format!("{path}/stream")).await.refused(410, "ExpiredCheckoutError");
            if !blocked {
                assert_eq!(t.reload(&checkout).await["status"], "open");
                t.change(&checkout, json!({"metadata": {"k": 1}})).await.refused(403, "NotOpenCheckout");
                t.organization_is(OrganizationStatus::Blocked).await;
            }
        }
        t.drain().await;
    }

    async fn a_blocked_organization_sells_nothing_4_0(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        t.organization_is(OrganizationStatus::Blocked).await;
        t.client_get(&checkout).await.refused(403, "NotPermitted");
        t.client_change(&checkout, json!({})).await.refused(403, "NotPermitted");
        t.confirm(&checkout, json!({})).await.refused(403, "NotPermitted");
        assert!(matches!(t.post(SESSIONS, json!({"products": [product["id"]]})).await.status.as_u16(), 401 | 403));
    }

    async fn unknown_secrets_are_not_found(t: &mut Till) {
        let anyone = t.anonymous();
        let long = "x".repeat(3000);
        for secret in ["polar_c_nope", "x", NOBODY, "%00", "a%00b", "%F0%9F%92%A5", "'%20or%201=1", &long] {
            let path = format!("/v1/checkouts/client/{secret}");
            anyone.get(&path).await.not_found();
            anyone.patch(&path, json!({})).await.not_found();
            anyone.post(&format!("{path}/confirm"), json!({})).await.not_found();
            anyone.post(&format!("{path}/opened"), json!({})).await.not_found();
            anyone.get(&format!("{path}/stream")).await.not_found();
        }
    }

    async fn the_buyer_sees_less_than_the_merchant_3_6_s_97(t: &mut Till) {
        let body = json!({"metadata": {"secret": "x"}, "customer_metadata": {"a": 1}, "external_customer_id": "u1"});
        let checkout = t.checkout_with(&t.product().await, body).await;
        let public = t.client_get(&checkout).await.ok();
        for key in ["metadata", "customer_metadata", "external_customer_id", "customer_external_id", "subscription_id",
            "trial_interval", "trial_interval_count", "customer_session_token"] {
            assert!(public.get(key).is_none(), "{key}");
        }
        assert_eq!(public["organization"]["slug"], "ada");
        assert_eq!((&public["id"], &public["amount"]), (&checkout["id"], &checkout["amount"]));
    }

    async fn strangers_neither_read_nor_change_a_session_s_98(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let eve = t.with_token(&t.stranger().await.1);
        eve.change(&checkout, json!({"metadata": {"k": 1}})).await.not_found();
        eve.get(&format!("{SESSIONS}{}", id_in(&checkout, "id"))).await.not_found();
        assert_eq!(t.reload(&checkout).await, checkout);
    }

    async fn a_confirmed_session_is_not_changed_any_more_s_100(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer("ada@example.com", "pm_card_visa")).await.ok();
        t.change(&checkout, json!({"metadata": {}})).await.refused(403, "NotOpenCheckout");
        t.client_change(&checkout, json!({})).await.refused(403, "NotOpenCheckout");
        t.catch_up().await;
        t.change(&checkout, json!({})).await.refused(403, "NotOpenCheckout");
    }

    async fn another_of_the_products_is_chosen_4_2_s_101(t: &mut Till) {
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

    async fn a_switch_keeps_the_currency_where_it_can_s_104(t: &mut Till) {
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

    async fn an_amount_changes_only_where_the_buyer_chooses_s_106_s_107(t: &mut Till) {
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

    async fn the_tax_id_follows_the_address_and_the_business_s_109_s_110(t: &mut Till) {
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

    async fn metadata_is_replaced_whole_and_only_by_the_merchant_s_112(t: &mut Till) {
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
            ["customer_metadata"], json!({"d": 2}), "Q-1");
        for bad in [json!({"metadata": {"": 1}}), json!({"metadata": {"k": ""}}), json!({"metadata": {"k": null}}), json!({"metadata": {"k": "x".repeat(501)}}),
            json!({"metadata": {"x".repeat(41): 1}})] {
            assert!(!t.change(&checkout, bad.clone()).await.unreadable().is_empty(), "{bad}");
        }
    }

    async fn the_merchant_changes_what_4_1_lists(t: &mut Till) {
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

    async fn a_linked_customers_email_is_fixed_4_1(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_id": ada["id"]})).await;
        let changed = t.client_change(&checkout, json!({"customer_email": "eve@example.com", "customer_name": "Eve"})).await.ok();
        assert_eq!((&changed["customer_email"], &changed["customer_name"]), (&json!("ada@example.com"), &json!("Eve")));
    }

    async fn a_discount_code_is_refused_or_ignored_s_115(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        at_field(&t.client_change(&checkout, json!({"discount_code": "SAVE"})).await, "value_error", "body.discount_code");
        at_field(&t.change(&checkout, json!({"discount_id": NOBODY})).await, "value_error", "body.discount_id");
        t.client_change(&checkout, json!({"discount_code": null})).await.ok();
        t.change(&checkout, json!({"discount_id": null})).await.ok();
        let closed = t.checkout_with(&product, json!({"allow_discount_codes": false})).await;
        t.client_change(&closed, json!({"discount_code": "SAVE"})).await.ok();
    }

    async fn one_subscription_per_customer_unless_allowed_4_4_s_119(t: &mut Till) {
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

    async fn what_is_free_asks_for_no_business_4_2_13(t: &mut Till) {
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let checkout = t.checkout_with(&free, json!({"customer_email": "a@example.com"})).await;
        assert_eq!((&checkout["is_free_product_price"], &checkout["is_discount_applicable"], &checkout["tax_amount"]), (&json!(true), &json!(false), &json!(0)));
        let changed = t.client_change(&checkout, json!({"is_business_customer": true, "customer_billing_name": "ACME", "payment_method_type": "card"})).await.ok();
        assert_eq!((&changed["is_business_customer"], &changed["customer_billing_name"], &changed["payment_method_type"]), (&json!(false), &json!(null), &json!(null)));
    }

    async fn opening_the_page_counts_once_4_0(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_email": "a@example.com"})).await;
        t.told().await;
        let path = format!("/v1/checkouts/client/{}/opened", checkout["client_secret"].as_str().unwrap());
        let anyone = t.anonymous();
        assert_eq!(anyone.post(&path, json!({"distinct_id": "browser"})).await.ok()["id"], checkout["id"]);
        let first = t.session(&checkout).await.checkout;
        assert_eq!(first.distinct_id.as_deref(), Some("browser"));
        anyone.post(&path, json!({"distinct_id": "other"})).await.ok();
        anyone.send(Method::POST, &path, Some(String::new())).await;
        assert_eq!(t.session(&checkout).await.checkout, first);
        assert_eq!(t.reload(&checkout).await, checkout);
        assert!(t.told().await.is_empty());
        let second = t.checkout_with(&t.product().await, json!({"customer_email": "a@example.com"})).await;
        anyone.post(&path.replace(checkout["client_secret"].as_str().unwrap(), second["client_secret"].as_str().unwrap()), json!({})).await.ok();
        assert_eq!(t.session(&second).await.checkout.distinct_id.as_deref(), Some("a@example.com"));
        t.told().await;
    }

    async fn the_stream_tells_what_happens_4_9(t: &mut Till) {
        let checkout = t.checkout_for(&t.monthly().await).await;
        let mut events = t.events(&checkout).await;
        t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        assert_eq!(events.next(2).await, ["checkout.updated open", "checkout.webhook_event_delivered open"]);
        t.buy(&checkout, "ada@example.com").await;
        let told = events.next(6).await;
        let expected = ["checkout.updated confirmed", "checkout.webhook_event_delivered confirmed", "checkout.subscription_created",
            "checkout.order_created", "checkout.updated succeeded", "checkout.webhook_event_delivered succeeded"];
        assert_eq!(told, expected);
        let other = t.checkout_for(&t.product().await).await;
        let mut events = t.events(&other).await;
        t.advance(Duration::from_secs(24 * 3600 + 1));
        t.drain().await;
        assert_eq!(events.next(1).await, ["checkout.updated expired"]);
    }

    async fn only_overdue_open_sessions_expire_4_8_s_169(t: &mut Till) {
        let product = t.product().await;
        let (overdue, paid) = (t.checkout_for(&product).await, t.checkout_for(&product).await);
        t.buy(&paid, "ada@example.com").await;
        t.advance(Duration::from_secs(12 * 3600));
        let fresh = t.checkout_for(&product).await;
        t.listen().await;
        t.drain().await;
        assert_eq!(t.reload(&overdue).await["status"], "open");
        t.advance(Duration::from_secs(12 * 3600));
        t.drain().await;
        t.drain().await;
        let told = t.told().await;
        assert_eq!(told.iter().map(|e| &e["type"]).collect::<Vec<_>>(), ["checkout.expired"]);
        let expired = t.reload(&overdue).await;
        assert_eq!((&told[0]["data"], &expired["status"]), (&expired, &json!("expired")));
        assert_eq!(t.reload(&paid).await["status"], "succeeded");
        assert_eq!(t.reload(&fresh).await["status"], "open");
        t.change(&overdue, json!({})).await.refused(403, "NotOpenCheckout");
    }

    async fn whatever_is_sent_to_a_session_is_refused_in_the_apis_shape(t: &mut Till) {
        let checkout = t.checkout_for(&t.priced(json!([custom(json!({"minimum_amount": 0}))])).await).await;
        let client = format!("/v1/checkouts/client/{}", checkout["client_secret"].as_str().unwrap());
        let operations = [(Method::POST, SESSIONS.to_owned()), (Method::PATCH, format!("{SESSIONS}{}", id_in(&checkout, "id"))),
            (Method::PATCH, client.clone()), (Method::POST, format!("{client}/confirm"))];
        let deep = "[".repeat(100_000);
        let nested = format!("{{\"metadata\":{}1{}}}", "{\"a\":".repeat(120), "}".repeat(120));
        for (method, path) in &operations {
            for body in ["{", "nul", "[]", "5", "\"x\"", "null", "true", "[{}]", "\u{1}", "{\"a\":1e999}", "\u{fffd}\u{7f}", &deep] {
                let answer = t.send(method.clone(), path, Some(body.to_owned())).await;
                assert!((400..500).contains(&answer.status.as_u16()), "{method} {path} {}: {}", &body[..body.len().min(20)], answer.status);
                assert!(answer.json()["error"].is_string(), "{method} {path}");
            }
            let answer = t.send(method.clone(), path, Some(nested.clone())).await;
            assert!(answer.status.as_u16() < 500);
        }
        let opened = format!("{client}/opened");
        for body in ["{", "[]", "5", "{\"distinct_id\":5}", "{\"distinct_id\":\"\\u0000\"}"] {
            let answer = t.send(Method::POST, &opened, Some(body.to_owned())).await;
            assert!((400..500).contains(&answer.status.as_u16()), "{body}: {}", answer.status);
        }
    }

    async fn no_field_of_a_session_takes_what_does_not_fit(t: &mut Till) {
        let product = t.priced(json!([custom(json!({"minimum_amount": 0}))])).await;
        let checkout = t.checkout_for(&product).await;
        let client = format!("/v1/checkouts/client/{}", checkout["client_secret"].as_str().unwrap());
        let keys = ["products", "product_id", "product_price_id", "amount", "currency", "seats", "min_seats", "max_seats", "units", "discount_id",
            "discount_code", "allow_discount_codes", "require_billing_address", "allow_trial", "trial_interval", "trial_interval_count", "customer_id",
            "external_customer_id", "customer_name", "customer_email", "customer_ip_address", "customer_billing_name", "customer_billing_address",
            "customer_tax_id", "customer_metadata", "is_business_customer", "subscription_id", "success_url", "return_url", "embed_origin", "locale",
            "metadata", "custom_field_data", "prices", "payment_method_type", "confirmation_token_id"];
        let junk = [json!({"a": [1]}), json!([[]]), json!(1e300), json!(i64::MAX), json!(-1), json!(0.5), json!("a\u{0}b"), json!("\u{202e}💥".repeat(2000)), json!(NOBODY)];
        for value in &junk {
            for key in keys {
                let mut create = json!({"products": [product["id"]]});
                create[key] = value.clone();
                let patch = json!({key: value});
                for (method, path, body) in [(Method::POST, SESSIONS.to_owned(), &create), (Method::PATCH, format!("{SESSIONS}{}", id_in(&checkout, "id")), &patch),
                    (Method::PATCH, client.clone(), &patch)] {
                    let answer = t.send(method.clone(), &path, Some(body.to_string())).await;
                    let status = answer.status.as_u16();
                    assert!(status < 500, "{method} {key} {value}: {}", answer.text());
                    if value == &json!("a\u{0}b") {
                        assert_eq!(status, 422, "{method} {key}");
                    }
                }
            }
        }
        for body in [json!({"metadata": {"k\u{0}": 1}}), json!({"unknown": {"x": ["\u{0}"]}}), json!({"customer_billing_address": {"country": "FR", "line1": "\u{0}"}})] {
            for path in [client.clone(), format!("{SESSIONS}{}", id_in(&checkout, "id"))] {
                assert!(!t.patch(&path, body.clone()).await.unreadable().is_empty(), "{body}");
            }
        }
        assert!(!t.get(&format!("{SESSIONS}no-id")).await.unreadable().is_empty());
        t.get(&format!("{SESSIONS}{NOBODY}")).await.not_found();
    }
}
