//! Opening sessions: what is taken over as it is, and what is refused.

use serde_json::{Value, json};
use till_testkit::{CrashPoint, both, buyer};

use crate::pairs;

both! {
    async fn a_product_of_another_organization_does_not_exist(t: &mut Till) {
        let eve = t.with_token(&t.stranger().await.1);
        let (mine, hers) = (t.product().await, eve.product().await);
        let refused = t.post("/v1/checkouts/", json!({"products": [mine["id"], hers["id"]]})).await;
        assert_eq!(refused.invalid(), pairs(&[("value_error", "body.products.1")]));
    }

    async fn only_the_placeholder_of_the_session_is_filled_in(t: &mut Till) {
        let url = "https://shop.example/{CHECKOUT_SESSION_ID}/thanks?a={CHECKOUT_SESSION_ID}";
        let checkout = t.checkout_with(&t.product().await, json!({"success_url": url})).await;
        assert_eq!(checkout["success_url"], url);
    }

    async fn the_way_back_and_the_embedding_page_are_kept_as_given(t: &mut Till) {
        let ways = json!({"return_url": "https://shop.example/cart", "embed_origin": "https://example.com"});
        let checkout = t.checkout_with(&t.product().await, ways).await;
        assert_eq!(checkout["return_url"], "https://shop.example/cart");
        assert_eq!(checkout["embed_origin"], "https://example.com");
    }

    async fn a_chosen_price_starts_at_its_proposal(t: &mut Till) {
        let product = t.priced(json!([{"amount_type": "custom", "minimum_amount": 2500, "preset_amount": 5000}])).await;
        assert_eq!(t.checkout_for(&product).await["amount"], 5000);
        let chosen = t.checkout_with(&product, json!({"amount": 2600})).await;
        assert_eq!(chosen["amount"], 2600);
    }

    async fn a_sessions_own_prices_stand_in_for_the_products(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let own = |amount: i64| json!([{"amount_type": "fixed", "price_amount": amount}]);
        let (plan_id, book_id) = (plan["id"].as_str().unwrap(), book["id"].as_str().unwrap());
        let prices = json!({plan_id: own(4200), book_id: own(777)});
        let checkout = t.post("/v1/checkouts/", json!({"products": [plan_id, book_id], "prices": prices})).await.created();
        assert_eq!(checkout["amount"], 4200);
        assert_eq!(checkout["product_price"]["source"], "ad_hoc");
        assert_eq!(checkout["prices"][book_id][0]["price_amount"], 777);
        assert_eq!(checkout["product"]["prices"][0]["price_amount"], 1000, "the catalog stays as it is");
        let same = t.reload(&checkout).await;
        assert_eq!(same["prices"], checkout["prices"]);
        assert_eq!(t.items("/v1/checkouts/").await[0]["prices"], checkout["prices"]);
        let done = t.buy(&checkout, "ada@example.com").await;
        assert_eq!(done["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 4200);
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        assert_eq!((&subscription["amount"], &subscription["prices"][0]["price_amount"]), (&json!(4200), &json!(4200)));
    }

    async fn own_prices_keep_the_rules_of_a_catalog(t: &mut Till) {
        let book = t.product().await;
        let id = book["id"].as_str().unwrap();
        let stray = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        let fixed = json!({"amount_type": "fixed", "price_amount": 900});
        let euro = json!({"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"});
        let twice = format!("body.prices.{id}");
        for (prices, place) in [
            (json!({stray: [fixed]}), format!("body.prices.{stray}")),
            (json!({id: [fixed, fixed]}), twice.clone()),
            (json!({id: [euro]}), twice),
        ] {
            let refused = t.post("/v1/checkouts/", json!({"products": [id], "prices": prices})).await;
            assert_eq!(refused.invalid(), pairs(&[("value_error", &place)]), "{}", refused.text());
        }
        let none = t.post("/v1/checkouts/", json!({"products": [id], "prices": {id: []}})).await;
        assert!(!none.unreadable().is_empty());
    }

    async fn a_sessions_own_usage_price_shows_its_meter(t: &mut Till) {
        let (plan, meter) = (t.monthly().await, t.meter("Calls").await);
        let id = plan["id"].as_str().unwrap();
        let own = |meter: &Value| json!([{"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "0.5"}]);
        let body = |meter: &Value| json!({"products": [id], "prices": {id: own(meter)}});
        let checkout = t.post("/v1/checkouts/", body(&meter)).await.created();
        let listed = t.items("/v1/checkouts/").await.remove(0);
        for shown in [&checkout, &t.reload(&checkout).await, &listed, &t.client_get(&checkout).await.ok()] {
            assert_eq!(shown["prices"][id][0]["meter"]["name"], "Calls", "{shown}");
            assert_eq!(shown["product_price"]["meter"]["id"], meter["id"]);
        }
        t.buy(&checkout, "ada@example.com").await;
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        assert_eq!(subscription["prices"][0]["meter"]["name"], "Calls");
        let old = t.meter("Old").await;
        t.patch(&format!("/v1/meters/{}", old["id"].as_str().unwrap()), json!({"is_archived": true})).await.ok();
        let refused = t.post("/v1/checkouts/", body(&old)).await.invalid();
        assert_eq!(refused[0], ("value_error".into(), format!("body.prices.{id}.0.meter_id")));
    }

    async fn a_session_by_price_keeps_the_usage_prices(t: &mut Till) {
        let meter = t.meter("Calls").await;
        let usage = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "0.5"});
        for amount in [0, 900] {
            let fixed = json!({"amount_type": "fixed", "price_amount": amount});
            let body = json!({"name": "Plan", "recurring_interval": "month", "prices": [fixed, usage]});
            let plan = t.post("/v1/products/", body).await.created();
            let price = plan["prices"].as_array().unwrap().iter().find(|p| p["amount_type"] == "fixed").unwrap();
            let checkout = t.checkout(json!({"product_price_id": price["id"]})).await;
            assert_eq!((&checkout["amount"], &checkout["is_payment_setup_required"]), (&json!(amount), &json!(true)));
            t.buy(&checkout, &format!("{amount}@example.com")).await;
            let subscription = t.items("/v1/subscriptions/").await.remove(0);
            assert_eq!(subscription["prices"].as_array().unwrap().len(), 2, "{amount}");
        }
    }

    async fn checks_come_in_their_order(t: &mut Till) {
        let (book, nobody) = (t.product().await, "9f1c6d0e-3b1a-4b52-9a3c-0d8c1f4f8f10");
        let wrong = json!({"products": [book["id"]], "discount_id": nobody, "customer_tax_id": "x", "seats": 2, "customer_id": nobody});
        let refused = t.post("/v1/checkouts/", wrong).await.invalid();
        assert_eq!(refused, pairs(&[("value_error", "body.discount_id")]));
        let own = json!([{"amount_type": "fixed", "price_amount": 100}]);
        let wrong = json!({"products": [nobody], "prices": {book["id"].as_str().unwrap(): own}});
        let refused = t.post("/v1/checkouts/", wrong).await.invalid();
        assert_eq!(refused, pairs(&[("value_error", "body.products.0")]));
    }

    async fn a_success_that_nobody_heard_of_is_asked_for_until_it_counts(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer("ada@example.com", "pm_card_visa"), CrashPoint::Charged).await;
        assert_eq!(t.reload(&checkout).await["status"], "open");
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        assert_eq!(t.orders(&checkout).await.len(), 1);
    }

    async fn the_processor_is_told_where_the_buyer_is_taxed(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let mut body = buyer("ada@example.com", "pm_card_visa");
        body["customer_billing_address"] = json!({"country": "CA", "state": "CA-QC"});
        t.confirm(&checkout, body).await.ok();
        t.catch_up().await;
        let told = t.processor_record(&checkout).await["metadata"].clone();
        assert_eq!((&told["tax_country"], &told["tax_state"]), (&json!("CA"), &json!("QC")));
        assert_eq!((&told["type"], &told["tax_amount"]), (&json!("product"), &json!("0")));
        assert_eq!(told["checkout_id"], checkout["id"]);
        assert_ne!(told["organization_id"], Value::Null);
    }
}
