//! The product pages: forms that become the API's bodies, and come back with its problems.

use serde_json::{Value, json};
use till_testkit::{Answer, Browser, Till, both, id_in};

const NEW: &str = "/dashboard/ada/products/new";

const FIXED: [(&str, &str); 5] = [
    ("name", "Field guide"),
    ("visibility", "public"),
    ("prices.0.amount_type", "fixed"),
    ("prices.0.price_currency", "usd"),
    ("prices.0.price_amount", "12.50"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let changed = |name: &str| more.iter().any(|(key, _)| *key == name);
    let kept = fields.iter().filter(|(key, _)| !changed(key));
    kept.chain(more).copied().collect()
}

/// The product that a sent form has made.
async fn made(t: &Till, answer: &Answer) -> Value {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let id = answer.header("location").rsplit('/').next().unwrap();
    t.get(&format!("/v1/products/{id}")).await.ok()
}

/// The error at a field of a form that was refused.
fn error_at(answer: &Answer, field: &str) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text());
    let id = field.replace('.', "-");
    let mark = format!(r#"id="{id}-error">"#);
    let text = answer.text();
    let from = text
        .find(&mark)
        .unwrap_or_else(|| panic!("no error at {field}: {text}"));
    text[from + mark.len()..]
        .split('<')
        .next()
        .unwrap()
        .to_owned()
}

/// The fields of a form as the browser would send them: enough of HTML for our own forms.
fn fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
        Some(rest.split('"').next().unwrap().replace("&#38;", "&"))
    };
    let mut found = Vec::new();
    for tag in page.split('<') {
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        if tag.contains(r#"type="checkbox""#) && !tag.contains(" checked") {
            continue;
        }
        if tag.starts_with("input") {
            found.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("textarea") {
            found.push((
                name,
                tag.split_once('>')
                    .unwrap()
                    .1
                    .trim_start_matches('\n')
                    .to_owned(),
            ));
        } else if tag.starts_with("select") {
            let rest = page
                .split(&format!("<select id=\"{}\"", attribute(tag, "id").unwrap()))
                .nth(1)
                .unwrap();
            let chosen = rest
                .split("</select>")
                .next()
                .unwrap()
                .split("<option")
                .find(|o| o.contains(" selected"));
            found.push((
                name,
                chosen
                    .and_then(|o| attribute(o, "value"))
                    .unwrap_or_default(),
            ));
        }
    }
    found
}

async fn save(
    owner: &Browser,
    path: &str,
    form: &[(String, String)],
    more: &[(&str, &str)],
) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    owner.post(path, &with(&form, more)).await
}

both! {
    async fn a_form_makes_what_the_api_makes(t: &mut Till) {
        let owner = t.dashboard().await;
        let sent = with(&FIXED, &[
            ("description", "**Thin** and light"), ("recurring_interval", "month"), ("recurring_interval_count", "3"),
            ("prices.4.amount_type", "custom"), ("prices.4.price_currency", "jpy"), ("prices.4.minimum_amount", "500"),
            ("_metadata.0.key", "edition"), ("_metadata.0.value", "2"), ("_metadata.1.key", ""), ("_metadata.1.value", ""),
        ]);
        let product = made(t, &owner.post(NEW, &with(&sent, &[("prices.4.amount_type", "fixed"), ("prices.4.price_amount", "1,500")])).await).await;
        assert_eq!(product["recurring_interval_count"], 3);
        assert_eq!(product["metadata"], json!({"edition": 2}));
        let prices: Vec<_> = product["prices"].as_array().unwrap().iter()
            .map(|p| (p["price_currency"].as_str().unwrap(), p["price_amount"].as_i64().unwrap())).collect();
        assert_eq!(prices, [("usd", 1250), ("jpy", 1500)]);
    }

    async fn each_kind_of_price_is_made(t: &mut Till) {
        let owner = t.dashboard().await;
        let custom = [("prices.0.amount_type", "custom"), ("prices.0.minimum_amount", "5"), ("prices.0.preset_amount", "10"), ("prices.0.maximum_amount", "")];
        let product = made(t, &owner.post(NEW, &with(&FIXED, &custom)).await).await;
        let price = &product["prices"][0];
        assert_eq!((&price["minimum_amount"], &price["preset_amount"], &price["maximum_amount"]), (&json!(500), &json!(1000), &Value::Null));
        let free = made(t, &owner.post(NEW, &with(&FIXED, &[("prices.0.amount_type", "free")])).await).await;
        assert_eq!(free["prices"][0]["price_amount"], 0);
    }

    async fn problems_stand_at_their_fields_and_nothing_typed_is_lost(t: &mut Till) {
        let owner = t.dashboard().await;
        let sent = with(&FIXED, &[
            ("name", "X"), ("description", "kept & <b>shown</b>"), ("prices.0.price_amount", "0.10"),
            ("prices.3.amount_type", "fixed"), ("prices.3.price_currency", "eur"), ("prices.3.price_amount", "a lot"),
        ]);
        let answer = owner.post(NEW, &sent).await;
        assert!(error_at(&answer, "name").contains("3 characters"));
        assert!(error_at(&answer, "prices.0.price_amount").contains("$0.50"));
        // rows are numbered anew, without the gap
        assert_eq!(error_at(&answer, "prices.1.price_amount"), "Enter an amount, such as 29.00.");
        let kept = fields(&answer.text());
        assert!(kept.iter().any(|(k, v)| k == "prices.1.price_amount" && v == "a lot"), "{kept:?}");
        assert!(answer.text().contains("kept &#38; &#60;b&#62;shown"), "{}", answer.text());
        assert_eq!(t.items("/v1/products/").await.len(), 0);
    }

    async fn a_problem_of_no_field_stands_at_its_group(t: &mut Till) {
        let owner = t.dashboard().await;
        let answer = owner.post(NEW, &with(&FIXED, &[("prices.0.price_currency", "eur")])).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("role=\"alert\""));
        assert!(answer.text().to_lowercase().contains("usd"), "the default currency is missing: {}", answer.text());
    }

    async fn saving_what_was_not_touched_keeps_every_price(t: &mut Till) {
        let owner = t.dashboard().await;
        let body = json!({"name": "All kinds", "recurring_interval": "year", "metadata": {"a": 1, "b": "x", "c": true},
            "description": "two\nlines", "prices": [
                {"amount_type": "fixed", "price_amount": 123_456, "price_currency": "usd", "tax_behavior": "inclusive"},
                {"amount_type": "fixed", "price_amount": 900, "price_currency": "jpy", "tax_behavior": "inclusive"}]});
        let product = t.post("/v1/products/", body).await.created();
        let path = format!("/dashboard/ada/products/{}/edit", id_in(&product, "id"));
        let form = fields(&owner.get(&path).await.text());
        let saved = made(t, &save(&owner, &path, &form, &[]).await).await;
        for part in ["name", "description", "prices", "metadata", "recurring_interval", "visibility"] {
            assert_eq!(saved[part], product[part], "{part}");
        }
        let changed = made(t, &save(&owner, &path, &form, &[("prices.1.price_amount", "950")]).await).await;
        assert_eq!(changed["prices"][0], product["prices"][0], "an untouched price stays");
        assert_ne!(changed["prices"][1]["id"], product["prices"][1]["id"], "a price is never edited, only replaced");
        assert_eq!(changed["prices"][1]["price_amount"], 950);
    }

    async fn rows_are_added_and_removed_without_script(t: &mut Till) {
        let owner = t.dashboard().await;
        let more = owner.post(NEW, &with(&FIXED, &[("_add", "price")])).await;
        assert_eq!(more.status, 200);
        let form = fields(&more.text());
        assert!(form.iter().any(|(k, v)| k == "prices.1.price_currency" && v == "eur"), "{form:?}");
        assert!(form.iter().any(|(k, v)| k == "prices.0.price_amount" && v == "12.50"), "{form:?}");
        let less = save(&owner, NEW, &form, &[("_remove", "0")]).await;
        let form = fields(&less.text());
        assert!(form.iter().any(|(k, v)| k == "prices.0.price_currency" && v == "eur"), "{form:?}");
        assert!(!form.iter().any(|(k, _)| k.starts_with("prices.1.")), "{form:?}");
    }

    async fn a_copy_has_everything_but_the_identity(t: &mut Till) {
        let owner = t.dashboard().await;
        let product = t.monthly().await;
        let copy = owner.get(&format!("{NEW}?from={}", id_in(&product, "id"))).await;
        let form = fields(&copy.text());
        let made = made(t, &save(&owner, NEW, &form, &[]).await).await;
        assert_eq!(made["name"], format!("{} copy", product["name"].as_str().unwrap()));
        assert_ne!(made["prices"][0]["id"], product["prices"][0]["id"]);
        assert_eq!(made["prices"][0]["price_amount"], product["prices"][0]["price_amount"]);
        assert_eq!(made["recurring_interval"], "month");
    }

    async fn the_preview_shows_the_price_as_the_checkout_will(t: &mut Till) {
        let owner = t.dashboard().await;
        let sent = with(&FIXED, &[("recurring_interval", "month"), ("description", "<script>x</script>\n\n**b**")]);
        let html = owner.post("/dashboard/ada/products/preview", &sent).await.text();
        assert!(html.contains("$12.50") && html.contains("per month") && html.contains("Field guide"), "{html}");
        assert!(html.contains("<strong>b</strong>") && !html.contains("<script>"), "{html}");
        let html = owner.post("/dashboard/ada/products/preview", &[("prices.0.amount_type", "fixed"), ("prices.0.price_amount", "x")]).await.text();
        assert!(html.contains("…"), "{html}");
    }

    async fn a_session_is_one_post_from_a_product(t: &mut Till) {
        let owner = t.dashboard().await;
        let product = t.product().await;
        let made = owner.post(&format!("/dashboard/ada/products/{}/checkout", id_in(&product, "id")), &[]).await;
        assert_eq!(made.status, 303);
        let sessions = t.items("/v1/checkouts/").await;
        assert_eq!(sessions[0]["product_id"], product["id"]);
        assert_eq!(made.header("location"), format!("/dashboard/ada/checkouts/{}", sessions[0]["id"].as_str().unwrap()));
    }

    async fn seats_with_tiers_are_made_and_kept_and_tiers_come_and_go_without_script(t: &mut Till) {
        let owner = t.dashboard().await;
        let tiers = [
            ("prices.0.amount_type", "seat_based"), ("recurring_interval", "month"), ("trial_interval", "day"), ("trial_interval_count", "14"),
            ("prices.0.seat_tiers.seat_tier_type", "graduated"), ("prices.0.seat_tiers.tiers.0.min_seats", "1"),
            ("prices.0.seat_tiers.tiers.0.max_seats", "10"), ("prices.0.seat_tiers.tiers.0.price_per_seat", "12.50"),
        ];
        let sent = with(&FIXED, &tiers);
        let more = owner.post(NEW, &with(&sent, &[("_tier", "0")])).await;
        let form = fields(&more.text());
        assert!(form.iter().any(|(k, v)| k == "prices.0.seat_tiers.tiers.1.min_seats" && v == "11"), "{form:?}");
        // A gap is told at the price.
        let gap = [("prices.0.seat_tiers.tiers.1.min_seats", "12"), ("prices.0.seat_tiers.tiers.1.price_per_seat", "10")];
        let answer = save(&owner, NEW, &form, &gap).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("gap between 10 and 12 seats"), "{}", answer.text());
        let product = made(t, &save(&owner, NEW, &form, &[("prices.0.seat_tiers.tiers.1.price_per_seat", "10")]).await).await;
        let price = &product["prices"][0];
        assert_eq!(price["seat_tiers"]["seat_tier_type"], "graduated");
        assert_eq!(price["seat_tiers"]["tiers"][1], json!({"min_seats": 11, "max_seats": null, "price_per_seat": 1000}));
        assert_eq!((&product["trial_interval"], &product["trial_interval_count"]), (&json!("day"), &json!(14)));
        let path = format!("/dashboard/ada/products/{}/edit", id_in(&product, "id"));
        let form = fields(&owner.get(&path).await.text());
        let saved = made(t, &save(&owner, &path, &form, &[]).await).await;
        assert_eq!(saved["prices"], product["prices"], "an untouched price stays");
        assert_eq!(saved["trial_interval"], "day");
        let less = fields(&save(&owner, &path, &form, &[("_untier", "0.1")]).await.text());
        let changed = made(t, &save(&owner, &path, &less, &[("trial_interval", "")]).await).await;
        assert_eq!(changed["prices"][0]["seat_tiers"]["maximum_seats"], 10);
        assert_eq!(changed["trial_interval"], json!(null));
    }

    async fn a_price_by_usage_is_typed_in_major_units(t: &mut Till) {
        let owner = t.dashboard().await;
        let meter = t.meter("Calls").await;
        let id = meter["id"].as_str().unwrap();
        let sent = with(&FIXED, &[("recurring_interval", "month"), ("prices.0.price_amount", "29"),
            ("prices.1.amount_type", "metered_unit"), ("prices.1.price_currency", "usd"), ("prices.1.meter_id", id),
            ("prices.1.unit_amount", "0.005"), ("prices.1.cap_amount", "50")]);
        let product = made(t, &owner.post(NEW, &sent).await).await;
        let price = &product["prices"][1];
        assert_eq!((&price["unit_amount"], &price["cap_amount"], &price["meter"]["name"]), (&json!("0.5"), &json!(5000), &json!("Calls")));
        let path = format!("/dashboard/ada/products/{}/edit", id_in(&product, "id"));
        let form = fields(&owner.get(&path).await.text());
        assert!(form.iter().any(|(k, v)| k == "prices.1.unit_amount" && v == "0.005"), "{form:?}");
        assert_eq!(made(t, &save(&owner, &path, &form, &[]).await).await["prices"], product["prices"]);
        let page = owner.get(&format!("/dashboard/ada/products/{}", id_in(&product, "id"))).await.text();
        assert!(page.contains("0.005 USD per unit of Calls"), "{page}");
        let wrong = owner.post(NEW, &with(&sent, &[("prices.1.unit_amount", "much"), ("prices.1.meter_id", "")])).await;
        assert!(error_at(&wrong, "prices.1.unit_amount").contains("decimal"));
        error_at(&wrong, "prices.1.meter_id");
    }

    async fn benefits_and_checkout_fields_are_chosen_in_the_form(t: &mut Till) {
        let owner = t.dashboard().await;
        let (a, b) = (t.benefit("Alpha", "public").await, t.benefit("Beta", "private").await);
        let field = json!({"type": "text", "slug": "size", "name": "Size", "properties": {}});
        let field = t.post("/v1/custom-fields/", field).await.created();
        let row = owner.post(NEW, &with(&FIXED, &[("_add", "field")])).await.text();
        assert!(row.contains("attached_custom_fields.0.custom_field_id") && row.contains(">Size</option>"), "{row}");
        let ids = [&a, &b, &field].map(|one| one["id"].as_str().unwrap().to_owned());
        let sent = with(&FIXED, &[("_benefits", &ids[1]), ("attached_custom_fields.0.custom_field_id", &ids[2]),
            ("attached_custom_fields.0.required", "true"), ("attached_custom_fields.1.custom_field_id", "")]);
        let product = made(t, &owner.post(NEW, &sent).await).await;
        assert_eq!(product["benefits"], json!([b]));
        assert_eq!(product["attached_custom_fields"][0]["custom_field_id"], field["id"]);
        assert_eq!(product["attached_custom_fields"][0]["required"], true);
        let path = format!("/dashboard/ada/products/{}/edit", id_in(&product, "id"));
        let both = [("_benefits", ids[0].as_str()), ("_benefits", ids[1].as_str())];
        let changed = made(t, &owner.post(&path, &[&FIXED[..], &both[..]].concat()).await).await;
        assert_eq!(changed["benefits"], json!([b, a]), "those it had come first");
        assert_eq!(changed["attached_custom_fields"], json!([]));
        let page = owner.get(&format!("/dashboard/ada/products/{}", id_in(&product, "id"))).await.text();
        assert!(page.contains("Alpha") && page.contains("Beta"), "{page}");
        t.listen().await;
        made(t, &owner.post(&path, &[&FIXED[..], &both[..]].concat()).await).await;
        assert_eq!(t.webhook_event_types().await, ["product.updated"], "unchanged benefits are not sent again");
    }

    async fn the_preview_says_trial_tiers_and_usage(t: &mut Till) {
        let owner = t.dashboard().await;
        let meter = t.meter("Calls").await;
        let sent = with(&FIXED, &[("recurring_interval", "month"), ("trial_interval", "day"), ("trial_interval_count", "14"),
            ("prices.0.amount_type", "seat_based"), ("prices.0.seat_tiers.tiers.0.min_seats", "1"),
            ("prices.0.seat_tiers.tiers.0.max_seats", "10"), ("prices.0.seat_tiers.tiers.0.price_per_seat", "10"),
            ("prices.0.seat_tiers.tiers.1.min_seats", "11"), ("prices.0.seat_tiers.tiers.1.price_per_seat", "8"),
            ("prices.1.amount_type", "metered_unit"), ("prices.1.price_currency", "usd"),
            ("prices.1.meter_id", meter["id"].as_str().unwrap()), ("prices.1.unit_amount", "0.02")]);
        let html = owner.post("/dashboard/ada/products/preview", &sent).await.text();
        for words in ["14 days free, then", "$10 per seat", "1–10 seats: $10.00 each", "11 seats or more: $8.00 each", "0.02 USD per unit"] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    async fn what_a_list_has_no_room_for_stays_chosen(t: &mut Till) {
        let owner = t.dashboard().await;
        // Lists end at a hundred, and these come last.
        for i in 0..100 {
            t.benefit(&format!("Benefit {i:03}"), "public").await;
            t.meter(&format!("Meter {i:03}")).await;
            t.field("text", &format!("field-{i:03}"), json!({})).await;
            t.percent_off(1000, json!({"name": format!("Discount {i:03}")})).await;
        }
        let (benefit, meter) = (t.benefit("Zeta", "private").await, t.meter("Zeta").await);
        let field = t.field("text", "zeta", json!({})).await;
        let product = t.post("/v1/products/", json!({"name": "All", "recurring_interval": "month", "prices": [
            {"amount_type": "fixed", "price_amount": 900, "price_currency": "usd"},
            {"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": "1", "price_currency": "usd"}]})).await.created();
        t.asks(&product, &[(&field, true)]).await;
        let at = format!("/v1/products/{}", id_in(&product, "id"));
        let product = t.post(&format!("{at}/benefits"), json!({"benefits": [benefit["id"]]})).await.ok();
        let path = format!("/dashboard/ada/products/{}/edit", id_in(&product, "id"));
        let form = fields(&owner.get(&path).await.text());
        let saved = made(t, &save(&owner, &path, &form, &[]).await).await;
        for part in ["benefits", "attached_custom_fields", "prices"] {
            assert_eq!(saved[part], product[part], "{part}");
        }
        // So it does in a copy, also when the form comes back.
        let copy = fields(&owner.get(&format!("{NEW}?from={}", id_in(&product, "id"))).await.text());
        let refused = save(&owner, NEW, &copy, &[("name", "X")]).await;
        assert_eq!(refused.status, 422);
        let copied = made(t, &save(&owner, NEW, &fields(&refused.text()), &[("name", "Copy")]).await).await;
        assert_eq!(copied["benefits"], product["benefits"]);
        assert_eq!(copied["attached_custom_fields"][0]["custom_field_id"], field["id"]);
        assert_eq!(copied["prices"][1]["meter_id"], meter["id"]);

        let credits = json!({"type": "meter_credit", "description": "Credits", "properties": {"units": 5, "rollover": false, "meter_id": meter["id"]}});
        let credits = t.post("/v1/benefits/", credits).await.created();
        let form = fields(&owner.get(&format!("/dashboard/ada/products/benefits/{}/edit", id_in(&credits, "id"))).await.text());
        assert!(form.iter().any(|(k, v)| k == "properties.meter_id" && meter["id"] == v.as_str()), "{form:?}");

        let discount = t.percent_off(500, json!({"name": "Zeta"})).await;
        let link = json!({"payment_processor": "stripe", "products": [product["id"]], "discount_id": discount["id"]});
        let link = t.post("/v1/checkout-links/", link).await.created();
        let form = fields(&owner.get(&format!("/dashboard/ada/products/checkout-links/{}/edit", id_in(&link, "id"))).await.text());
        assert!(form.iter().any(|(k, v)| k == "discount_id" && discount["id"] == v.as_str()), "{form:?}");
    }

    async fn a_change_of_pictures_is_told_once(t: &mut Till) {
        let owner = t.dashboard().await;
        let product = t.product().await;
        let path = format!("/dashboard/ada/products/{}/media", id_in(&product, "id"));
        let large = vec![0; 1 << 20];
        owner.upload(&path, "pictures", &[("a.png", "image/png", b"first"), ("b.png", "image/png", &large)]).await;
        let shown = t.get(&format!("/v1/products/{}", id_in(&product, "id"))).await.ok();
        let first = shown["medias"][0]["id"].as_str().unwrap();
        assert_eq!(shown["medias"][1]["size"], 1 << 20, "more than other forms may send");
        t.listen().await;
        for (to, told) in [("up", 0), ("down", 1), ("down", 0), ("remove", 1)] {
            owner.post(&format!("{path}/change"), &[("media", first), ("to", to)]).await;
            assert_eq!(t.webhook_event_types().await, vec!["product.updated"; told], "{to}");
        }
    }
}
