//! Products and prices.

use serde_json::{Value, json};
use till_testkit::{Till, both};

fn path(product: &Value) -> String {
    format!("/v1/products/{}", product["id"].as_str().unwrap())
}

fn fixed(amount: i64) -> Value {
    json!({"amount_type": "fixed", "price_amount": amount})
}

async fn composed(t: &Till, prices: Value) -> till_testkit::Answer {
    t.post("/v1/products/", json!({"name": "Thing", "prices": prices}))
        .await
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
        let told = t.webhook_events().await;
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

    async fn what_is_paid_once_has_no_number_of_intervals(t: &mut Till) {
        let body = |count: Value| json!({"name": "Book", "prices": [fixed(1000)], "recurring_interval": null,
            "recurring_interval_count": count});
        let wrong = t.post("/v1/products/", body(json!(1))).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("none_required", "body.one_time.recurring_interval_count")]));
        assert_eq!(t.post("/v1/products/", body(json!(null))).await.created()["recurring_interval_count"], json!(null));
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

    async fn prices_are_composed_by_the_rules(t: &mut Till) {
        let euro = json!({"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"});
        let custom = json!({"amount_type": "custom"});
        let exclusive = json!({"amount_type": "fixed", "price_amount": 900, "tax_behavior": "exclusive"});
        for (prices, count) in [
            (json!([fixed(1000), fixed(2000)]), 1),
            (json!([custom, custom]), 1),
            (json!([fixed(1000), custom]), 1),
            (json!([fixed(1000), exclusive]), 2),
            (json!([fixed(1000), {"amount_type": "custom", "price_currency": "eur"}]), 1),
            (json!([euro]), 1),
        ] {
            let wrong = composed(t, prices.clone()).await.invalid();
            assert_eq!(wrong.len(), count, "{prices}: {wrong:?}");
            assert!(wrong.iter().all(|p| *p == ("value_error".to_owned(), "body.prices".to_owned())));
        }
        let both = composed(t, json!([fixed(1000), euro])).await.created();
        assert_eq!(both["prices"].as_array().unwrap().len(), 2);
        let later = composed(t, json!([{"amount_type": "unit_based"}, fixed(1000)])).await.invalid();
        assert_eq!(later, crate::pairs(&[("value_error", "body.prices.0")]));
        assert_eq!(t.get("/v1/products/").await.listed("id").len(), 1, "nothing else was kept");
    }

    async fn broken_rules_of_a_product_are_told_together(t: &mut Till) {
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
        let told: Vec<_> = t.webhook_events().await.into_iter().map(|e| e["type"].clone()).collect();
        assert_eq!(told, ["product.created", "product.updated"]);
    }

    async fn prices_are_kept_by_id_added_and_archived(t: &mut Till) {
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

    async fn the_billing_interval_is_fixed_once_a_product_exists(t: &mut Till) {
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

    async fn the_list_filters(t: &mut Till) {
        let book = t.product_named("Red Book", 3000).await;
        let plan = t.monthly().await;
        let hidden = json!({"name": "Hidden book", "visibility": "draft", "prices": [fixed(500)]});
        let hidden = t.post("/v1/products/", hidden).await.created();
        t.patch(&path(&hidden), json!({"is_archived": true})).await.ok();
        let benefit = t.benefit("Priority support", "public").await;
        t.post(&format!("{}/benefits", path(&plan)), json!({"benefits": [benefit["id"]]})).await.ok();
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
            (format!("benefit_id={a}&benefit_id={}", benefit["id"].as_str().unwrap()), vec!["Monthly"]),
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

    async fn names_have_3_to_64_characters(t: &mut Till) {
        for (name, kind) in [("", "string_too_short"), ("  ", "string_too_short"), ("AA", "string_too_short"),
            (&*"A".repeat(256), "string_too_long")] {
            let wrong = t.post("/v1/products/", json!({"name": name, "prices": [fixed(1000)]})).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[(kind, "body.one_time.name")]), "{name}");
        }
    }

    async fn currencies_are_read_in_the_case_of_the_document(t: &mut Till) {
        let price = json!({"amount_type": "fixed", "price_amount": 1000, "price_currency": "USD"});
        let wrong = t.post("/v1/products/", json!({"name": "Product", "prices": [price]})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("enum", "body.one_time.prices.0.fixed.price_currency")]));
        let product = t.product().await;
        let wrong = t.post("/v1/checkouts/", json!({"products": [product["id"]], "currency": "Usd"})).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("enum", "body.currency")]));
    }

    async fn bounds_are_those_of_the_currency(t: &mut Till) {
        let low = json!([{"amount_type": "custom", "price_currency": "inr", "maximum_amount": 400}]);
        let answer = composed(t, low).await;
        assert_eq!(answer.unreadable(), crate::pairs(&[("minimum_price", "body.one_time.prices.0.custom.maximum_amount")]));
        assert!(answer.text().contains("₹60.00"), "{}", answer.text());
        assert_eq!(composed(t, json!([{"amount_type": "free"}])).await.created()["prices"][0]["price_amount"], 0);
    }

    async fn every_currency_has_the_same_kinds_of_prices(t: &mut Till) {
        let meter = t.meter("Calls").await;
        let metered = |currency: &str| json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "0.5",
            "price_currency": currency});
        let fixed_in = |currency: &str| json!({"amount_type": "fixed", "price_amount": 9000, "price_currency": currency});
        let monthly = |prices: Value| json!({"name": "Plan", "recurring_interval": "month", "prices": prices});
        let uneven = monthly(json!([fixed_in("usd"), metered("usd"), fixed_in("eur")]));
        let wrong = t.post("/v1/products/", uneven).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices")]));
        let prices: Vec<_> = ["usd", "eur", "sek"].into_iter().flat_map(|c| [fixed_in(c), metered(c)]).collect();
        let full = t.post("/v1/products/", monthly(json!(prices))).await.created();
        let kinds: Vec<_> = full["prices"].as_array().unwrap().iter().map(|p| p["amount_type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["fixed", "fixed", "fixed", "metered_unit", "metered_unit", "metered_unit"]);
        let wrong = composed(t, json!([fixed_in("eur")])).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices")]), "without the default currency");
    }

    async fn metered_prices_show_their_meter_and_need_a_subscription(t: &mut Till) {
        let meter = t.meter("Calls").await;
        let metered = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": 0.25, "cap_amount": 5000});
        let monthly = |prices: Value| json!({"name": "Plan", "recurring_interval": "month", "prices": prices});
        let made = t.post("/v1/products/", monthly(json!([metered]))).await.created();
        let price = &made["prices"][0];
        assert_eq!(price["unit_amount"], "0.25");
        assert_eq!(price["cap_amount"], 5000);
        assert_eq!(price["meter_id"], meter["id"]);
        assert_eq!(price["meter"], json!({"id": meter["id"], "name": "Calls", "unit": "scalar",
            "custom_label": null, "custom_multiplier": null}));
        assert_eq!(t.get(&path(&made)).await.ok(), made);
        let wrong = t.post("/v1/products/", monthly(json!([metered, metered]))).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices.1.meter_id")]));
        let wrong = composed(t, json!([metered])).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices.0"), ("too_short", "body.prices")]));
        let theirs = t.with_token(&t.stranger().await.1).meter("Theirs").await;
        let foreign = json!([fixed(1000), {"amount_type": "metered_unit", "meter_id": theirs["id"], "unit_amount": 1}]);
        let wrong = t.post("/v1/products/", monthly(foreign)).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices.1.meter_id")]));
        // Replaced and kept in one change.
        let body = json!({"prices": [{"id": price["id"]}, fixed(700)]});
        let both = t.patch(&path(&made), body).await.ok();
        assert_eq!(both["prices"][1]["meter"]["name"], "Calls");
    }

    async fn seat_prices_need_the_feature_and_contiguous_tiers(t: &mut Till) {
        let tier = |min: i64, max: Option<i64>| json!({"min_seats": min, "max_seats": max, "price_per_seat": 500});
        let seats = |tiers: Value| json!([{"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}}]);
        for tiers in [
            json!([tier(1, Some(5)), tier(7, None)]),
            json!([tier(1, Some(5)), tier(5, None)]),
            json!([tier(1, None), tier(6, Some(9))]),
            json!([tier(1, Some(5)), tier(2, Some(5))]),
        ] {
            let wrong = composed(t, seats(tiers.clone())).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[("value_error", "body.one_time.prices.0.seat_based.seat_tiers")]), "{tiers}");
        }
        let made = composed(t, seats(json!([tier(3, Some(20)), tier(21, None)]))).await.created();
        let price = &made["prices"][0];
        assert_eq!(price["seat_tiers"]["minimum_seats"], 3);
        assert_eq!(price["seat_tiers"]["maximum_seats"], json!(null));
        assert_eq!(price["price_per_seat"], 500);
        assert_eq!(price["tiers"]["tiers"][0], json!({"bound": 20, "unit_amount": "500"}));
        assert_eq!((&price["minimum_units"], &price["maximum_units"]), (&json!(3), &json!(null)));
        // The feature cannot be switched off by a change; organizations from before it have it off.
        let organization = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&organization, json!({"feature_settings": {"seat_based_pricing_enabled": false}})).await.ok();
        composed(t, seats(json!([tier(1, None)]))).await.created();
        t.without_seats().await;
        let wrong = composed(t, seats(json!([tier(1, None)]))).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.prices.0"), ("too_short", "body.prices")]));
    }

    async fn an_entry_with_an_id_keeps_its_price_and_there_is_always_one(t: &mut Till) {
        let product = t.product().await;
        let kept = json!({"prices": [{"id": product["prices"][0]["id"], "amount_type": "fixed", "price_amount": 2000}]});
        assert_eq!(t.patch(&path(&product), kept).await.ok()["prices"], product["prices"]);
        assert_eq!(t.patch(&path(&product), json!({"prices": []})).await.unreadable(),
            crate::pairs(&[("too_short", "body.prices")]));
        assert_eq!(t.patch(&path(&product), json!({"recurring_interval": "year"})).await.invalid(),
            crate::pairs(&[("value_error", "body.recurring_interval")]));
    }

    async fn trials_are_pairs_and_only_subscriptions_have_them(t: &mut Till) {
        let body = json!({"name": "Plan", "recurring_interval": "month", "prices": [fixed(1000)],
            "trial_interval": "day", "trial_interval_count": 14});
        let plan = t.post("/v1/products/", body).await.created();
        assert_eq!((&plan["trial_interval"], &plan["trial_interval_count"]), (&json!("day"), &json!(14)));
        let longer = json!({"trial_interval": "week", "trial_interval_count": 3});
        let changed = t.patch(&path(&plan), longer.clone()).await.ok();
        assert_eq!((&changed["trial_interval"], &changed["trial_interval_count"]), (&json!("week"), &json!(3)));
        let cleared = t.patch(&path(&plan), json!({"trial_interval": null, "trial_interval_count": null})).await.ok();
        assert_eq!((&cleared["trial_interval"], &cleared["trial_interval_count"]), (&json!(null), &json!(null)));
        let half = t.patch(&path(&plan), json!({"trial_interval_count": 3})).await.unreadable();
        assert_eq!(half, crate::pairs(&[("missing", "body")]));
        let once = t.product().await;
        assert_eq!(t.patch(&path(&once), longer).await.invalid(),
            crate::pairs(&[("value_error", "body.trial_interval"), ("value_error", "body.trial_interval_count")]));
    }

    async fn a_meter_cycle_needs_its_feature_and_divides_the_period(t: &mut Till) {
        let body = |interval: &str, count: i64| json!({"name": "Plan", "recurring_interval": "year", "prices": [fixed(1000)],
            "meter_interval": interval, "meter_interval_count": count});
        let wrong = crate::pairs(&[("value_error", "body.meter_interval")]);
        assert_eq!(t.post("/v1/products/", body("month", 1)).await.invalid(), wrong);
        t.featured(|features| features.meter_cycling_enabled = true).await;
        assert_eq!(t.post("/v1/products/", body("month", 5)).await.invalid(), wrong);
        let made = t.post("/v1/products/", body("month", 3)).await.created();
        assert_eq!((&made["meter_interval"], &made["meter_interval_count"]), (&json!("month"), &json!(3)));
    }

    async fn what_a_product_names_must_exist_and_nothing_is_replaced_otherwise(t: &mut Till) {
        let id = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        let product = t.product().await;
        let body = json!({"name": "Other", "medias": [id], "attached_custom_fields": [{"custom_field_id": id, "required": false}]});
        assert_eq!(t.patch(&path(&product), body).await.invalid(),
            crate::pairs(&[("value_error", "body.medias.0"), ("value_error", "body.attached_custom_fields.0")]));
        assert_eq!(t.get(&path(&product)).await.ok(), product);
    }

    async fn an_archived_product_leaves_its_links_and_emptied_links_are_gone(t: &mut Till) {
        let (book, lamp) = (t.product().await, t.product_named("Lamp", 4000).await);
        let link = |ids: Value| json!({"payment_processor": "stripe", "products": ids});
        let both = t.post("/v1/checkout-links/", link(json!([lamp["id"], book["id"]]))).await.created();
        let single = t.post("/v1/checkout-links/", link(json!([lamp["id"]]))).await.created();
        let at = |link: &Value| format!("/v1/checkout-links/{}", link["id"].as_str().unwrap());
        t.patch(&path(&lamp), json!({"is_archived": true})).await.ok();
        let left = t.get(&at(&both)).await.ok();
        let ids: Vec<_> = left["products"].as_array().unwrap().iter().map(|p| &p["id"]).collect();
        assert_eq!(ids, [&book["id"]]);
        t.get(&at(&single)).await.not_found();
        t.patch(&path(&lamp), json!({"is_archived": false})).await.ok();
        assert_eq!(t.get(&at(&both)).await.ok()["products"], left["products"], "links are not restored");
    }

    /// docs/behaviour: products/visibility; what visits of links do is tested with the links.
    async fn private_products_are_sold_and_drafts_and_archived_ones_are_not(t: &mut Till) {
        for (state, by_product, by_price, switched, confirmed) in [
            (json!({"visibility": "public"}), true, true, true, true),
            (json!({"visibility": "private"}), true, true, true, true),
            // A draft is sold neither by its price nor by switching to it.
            (json!({"visibility": "draft"}), false, false, false, true),
            (json!({"is_archived": true}), false, false, false, true),
        ] {
            let other = t.product().await;
            let product = t.product_named("Lamp", 4000).await;
            let chosen = t.checkout_for(&product).await;
            let both = t.checkout(json!({"products": [other["id"], product["id"]]})).await;
            t.patch(&path(&product), state.clone()).await.ok();
            assert!(t.get("/v1/products/?limit=100").await.listed("id").contains(&product["id"].as_str().unwrap().to_owned()));
            let status = |is: bool, yes: u16| if is { yes } else { 422 };
            let by = t.post("/v1/checkouts/", json!({"products": [product["id"]]})).await;
            assert_eq!(by.status, status(by_product, 201), "{state} by product");
            let link = json!({"payment_processor": "stripe", "products": [product["id"]]});
            assert_eq!(t.post("/v1/checkout-links/", link).await.status, status(by_product, 201), "{state} by link");
            let by = t.post("/v1/checkouts/", json!({"product_price_id": product["prices"][0]["id"]})).await;
            assert_eq!(by.status, status(by_price, 201), "{state} by price");
            let switch = t.change(&both, json!({"product_id": product["id"]})).await;
            assert_eq!(switch.status, status(switched, 200), "{state} by switching: {}", switch.text());
            let paid = t.confirm(&chosen, till_testkit::buyer("ada@example.com", "pm_card_visa")).await;
            assert_eq!(paid.status, status(confirmed, 200), "{state} confirming: {}", paid.text());
        }
        t.may_leave_work();
        t.see_through().await;
    }
}
