//! checkout.md 1.

use serde_json::{Value, json};
use till_testkit::{Till, both};

fn path(product: &Value) -> String {
    format!("/v1/products/{}", product["id"].as_str().unwrap())
}

fn fixed(amount: i64) -> Value {
    json!({"amount_type": "fixed", "price_amount": amount})
}

async fn composed(t: &Till, prices: Value) -> till_testkit::Answer {
    t.post("/v1/products/", json!({"name": "Thing", "prices": prices})).await
}

both! {
    async fn a_one_time_product_is_made_with_its_defaults(t: &mut Till) {
        t.listen().await;
        let body = json!({"name": "  Book  ", "description": " ", "prices": [fixed(3000)], "metadata": {"a": 1},
            "trial_interval": "month", "unknown": [1]});
        let product = t.post("/v1/products/", body).await.created();
        assert_eq!(product["name"], "Book");
        assert_eq!(product["description"], json!(null));
        assert_eq!(product["visibility"], "public");
        assert_eq!(product["is_recurring"], false);
        assert_eq!(product["recurring_interval_count"], json!(null));
        assert_eq!(product["modified_at"], json!(null));
        assert_eq!(product["metadata"], json!({"a": 1}));
        let price = &product["prices"][0];
        assert_eq!(price["amount_type"], "fixed");
        assert_eq!(price["price_amount"], 3000);
        assert_eq!(price["price_currency"], "usd");
        assert_eq!(price["source"], "catalog");
        assert_eq!(price["type"], "one_time");
        assert_eq!(price["product_id"], product["id"]);
        assert_eq!(t.get(&path(&product)).await.ok(), product);
        let told = t.told().await;
        assert_eq!(told.iter().map(|e| &e["type"]).collect::<Vec<_>>(), ["product.created"]);
        assert_eq!(told[0]["data"], product);
    }

    async fn a_recurring_product_repeats_every_interval_and_free_is_fixed_at_nothing(t: &mut Till) {
        let body = json!({"name": "Plan", "recurring_interval": "month", "recurring_interval_count": "3",
            "prices": [{"amount_type": "free"}]});
        let product = t.post("/v1/products/", body).await.created();
        assert_eq!(product["is_recurring"], true);
        assert_eq!(product["recurring_interval_count"], 3);
        assert_eq!(product["prices"][0]["amount_type"], "fixed");
        assert_eq!(product["prices"][0]["price_amount"], 0);
        assert_eq!(product["prices"][0]["type"], "recurring");
        assert_eq!(product["prices"][0]["recurring_interval"], "month");
        let gift = t.pay_what_you_want().await;
        assert_eq!(gift["prices"][0]["minimum_amount"], 500);
        assert_eq!(gift["prices"][0]["preset_amount"], json!(null));
    }

    async fn the_shape_is_part_of_the_place_of_what_does_not_read(t: &mut Till) {
        let wrong = t.post("/v1/products/", json!({"name": "ab", "prices": []})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("string_too_short", "body.one_time.name"), ("too_short", "body.one_time.prices")]));
        let wrong = t.post("/v1/products/", json!({"recurring_interval": "hour", "prices": [fixed(1000)]})).await;
        let wrong = wrong.unreadable();
        assert!(wrong.contains(&("missing".into(), "body.recurring.name".into())), "{wrong:?}");
        assert!(wrong.contains(&("enum".into(), "body.recurring.recurring_interval".into())), "{wrong:?}");
        for (price, kind, place) in [
            (json!({}), "union_tag_not_found", "body.one_time.prices.0"),
            (json!({"amount_type": "gold"}), "union_tag_invalid", "body.one_time.prices.0"),
            (json!({"amount_type": "fixed"}), "missing", "body.one_time.prices.0.fixed.price_amount"),
            (fixed(49), "minimum_price", "body.one_time.prices.0.fixed.price_amount"),
            (fixed(99_999_999_999), "maximum_price", "body.one_time.prices.0.fixed.price_amount"),
            (fixed(-1), "greater_than_equal", "body.one_time.prices.0.fixed.price_amount"),
            (json!({"amount_type": "custom", "maximum_amount": 0}), "greater_than_equal",
                "body.one_time.prices.0.custom.maximum_amount"),
            (json!({"amount_type": "fixed", "price_amount": 1000, "price_currency": "xxx"}), "enum",
                "body.one_time.prices.0.fixed.price_currency"),
            (json!(5), "model_attributes_type", "body.one_time.prices.0"),
        ] {
            let wrong = composed(t, json!([price])).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[(kind, place)]), "{price}");
        }
    }

    async fn prices_are_composed_by_the_rules_pr_20_to_pr_31(t: &mut Till) {
        let euro = json!({"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"});
        let custom = json!({"amount_type": "custom"});
        let exclusive = json!({"amount_type": "fixed", "price_amount": 900, "tax_behavior": "exclusive"});
        for (prices, count) in [
            (json!([fixed(1000), fixed(2000)]), 1),                            // PR-21
            (json!([custom, custom]), 1),                                      // PR-21
            (json!([fixed(1000), custom]), 1),                                 // PR-22
            (json!([fixed(1000), exclusive]), 2),                              // PR-21, PR-29
            (json!([fixed(1000), {"amount_type": "custom", "price_currency": "eur"}]), 1), // PR-30
            (json!([euro]), 1),                                                // PR-31
        ] {
            let wrong = composed(t, prices.clone()).await.invalid();
            assert_eq!(wrong.len(), count, "{prices}: {wrong:?}");
            assert!(wrong.iter().all(|p| *p == ("value_error".to_owned(), "body.prices".to_owned())));
        }
        let both = composed(t, json!([fixed(1000), euro])).await.created();
        assert_eq!(both["prices"].as_array().unwrap().len(), 2);
        let later = composed(t, json!([{"amount_type": "seat_based", "seat_tiers": {}}, fixed(1000)])).await.invalid();
        assert_eq!(later, crate::pairs(&[("value_error", "body.prices.0")]));
        assert_eq!(t.get("/v1/products/").await.listed("id").len(), 1, "nothing else was kept");
    }

    async fn broken_rules_of_a_product_are_told_together_pr_1(t: &mut Till) {
        let id = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        let body = json!({"name": "Thing", "prices": [fixed(1000)], "organization_id": t.organization.id,
            "medias": [id], "attached_custom_fields": [{"custom_field_id": id, "required": true}]});
        let wrong = t.post("/v1/products/", body).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("organization_token", "body.organization_id"),
            ("value_error", "body.medias.0"), ("value_error", "body.attached_custom_fields.0")]));
    }

    async fn a_change_replaces_what_is_sent_and_clears_a_blank_description(t: &mut Till) {
        t.listen().await;
        let made = json!({"name": "Book", "description": "Long", "prices": [fixed(3000)], "metadata": {"a": 1, "b": 2}});
        let product = t.post("/v1/products/", made).await.created();
        let change = json!({"name": "Tome", "description": "", "visibility": "private", "metadata": {"a": 3}});
        let changed = t.patch(&path(&product), change).await.ok();
        assert_eq!(changed["name"], "Tome");
        assert_eq!(changed["description"], json!(null));
        assert_eq!(changed["visibility"], "private");
        assert_eq!(changed["metadata"], json!({"a": 3}));
        assert_eq!(changed["prices"], product["prices"]);
        assert!(changed["modified_at"].is_string());
        assert_eq!(t.get(&path(&product)).await.ok(), changed);
        let told: Vec<_> = t.told().await.into_iter().map(|e| e["type"].clone()).collect();
        assert_eq!(told, ["product.created", "product.updated"]);
    }

    async fn prices_are_kept_by_id_added_and_archived_pr_41(t: &mut Till) {
        let product = t.product().await;
        let kept = json!({"id": product["prices"][0]["id"], "price_amount": 1});
        let euro = json!({"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"});
        let two = t.patch(&path(&product), json!({"prices": [kept, euro]})).await.ok();
        assert_eq!(two["prices"][0], product["prices"][0]);
        assert_eq!(two["prices"][1]["price_currency"], "eur");
        let replaced = t.patch(&path(&product), json!({"prices": [fixed(4000)]})).await.ok();
        assert_eq!(replaced["prices"].as_array().unwrap().len(), 1);
        assert_ne!(replaced["prices"][0]["id"], product["prices"][0]["id"]);
        let archived = json!({"prices": [fixed(4000), {"id": product["prices"][0]["id"]}]});
        let wrong = t.patch(&path(&product), archived).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices.1")]));
        let wrong = t.patch(&path(&product), json!({"prices": []})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("too_short", "body.prices")]));
        assert_eq!(t.get(&path(&product)).await.ok(), replaced);
    }

    async fn the_billing_interval_is_fixed_once_a_product_exists_pr_42(t: &mut Till) {
        let product = t.monthly().await;
        let same = json!({"recurring_interval": "month", "recurring_interval_count": 1});
        t.patch(&path(&product), same).await.ok();
        let wrong = t.patch(&path(&product), json!({"recurring_interval": "year"})).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.recurring_interval")]));
        let wrong = t.patch(&path(&product), json!({"trial_interval": "day"})).await.unreadable();
        assert_eq!(wrong[0].0, "missing");
    }

    async fn archived_products_are_still_listed_and_shown(t: &mut Till) {
        let product = t.product().await;
        let archived = t.patch(&path(&product), json!({"is_archived": true})).await.ok();
        assert_eq!(archived["prices"], product["prices"]);
        assert_eq!(t.get(&path(&product)).await.ok()["is_archived"], true);
        assert_eq!(t.get("/v1/products/").await.listed("id").len(), 1);
        assert_eq!(t.patch(&path(&product), json!({"is_archived": false})).await.ok()["is_archived"], false);
    }

    async fn the_list_filters_checkout_md_0_4(t: &mut Till) {
        let book = t.product_named("Red Book", 3000).await;
        let plan = t.monthly().await;
        let hidden = json!({"name": "Hidden book", "visibility": "draft", "prices": [fixed(500)]});
        let hidden = t.post("/v1/products/", hidden).await.created();
        t.patch(&path(&hidden), json!({"is_archived": true})).await.ok();
        let (a, b) = (book["id"].as_str().unwrap(), plan["id"].as_str().unwrap());
        for (query, found) in [
            (String::new(), vec!["Hidden book", "Monthly", "Red Book"]),
            (format!("id={a}"), vec!["Red Book"]),
            (format!("id={a}&id={b}"), vec!["Monthly", "Red Book"]),
            ("query=BOOK".into(), vec!["Hidden book", "Red Book"]),
            ("query=%25".into(), vec![]),
            ("is_archived=false".into(), vec!["Monthly", "Red Book"]),
            ("is_archived=true".into(), vec!["Hidden book"]),
            ("is_recurring=true".into(), vec!["Monthly"]),
            ("is_recurring=false&is_archived=0".into(), vec!["Red Book"]),
            ("visibility=draft".into(), vec!["Hidden book"]),
            ("visibility=draft&visibility=public".into(), vec!["Hidden book", "Monthly", "Red Book"]),
            (format!("benefit_id={a}"), vec![]),
        ] {
            assert_eq!(t.get(&format!("/v1/products/?{query}")).await.listed("name"), found, "{query}");
        }
        let wrong = t.get("/v1/products/?visibility=draft&visibility=x&id=y&is_archived=maybe").await.unreadable();
        let mut places: Vec<_> = wrong.into_iter().map(|(_, place)| place).collect();
        places.sort();
        assert_eq!(places, ["query.id", "query.is_archived", "query.visibility.1"]);
    }

    async fn the_list_sorts_by_the_oldest_price_in_use(t: &mut Till) {
        let cheap = t.product_named("beta", 100).await;
        t.pay_what_you_want().await; // Gift, custom from 500
        t.product_named("Alpha", 3000).await;
        for (sorting, found) in [
            ("sorting=created_at", ["beta", "Gift", "Alpha"]),
            ("sorting=-created_at", ["Alpha", "Gift", "beta"]),
            ("sorting=name", ["Alpha", "beta", "Gift"]),
            ("sorting=price_amount", ["beta", "Gift", "Alpha"]),
            ("sorting=-price_amount", ["Alpha", "Gift", "beta"]),
            ("sorting=price_amount_type&sorting=name", ["Gift", "Alpha", "beta"]),
            ("sorting=-price_amount_type&sorting=-name", ["beta", "Alpha", "Gift"]),
        ] {
            assert_eq!(t.get(&format!("/v1/products/?{sorting}")).await.listed("name"), found, "{sorting}");
        }
        t.patch(&path(&cheap), json!({"prices": [fixed(9000)]})).await.ok();
        assert_eq!(t.get("/v1/products/?sorting=-price_amount").await.listed("name"), ["beta", "Alpha", "Gift"]);
        assert_eq!(t.get("/v1/products/?sorting=-price_amount&limit=1&page=2").await.listed("name"), ["Alpha"]);
    }
}
