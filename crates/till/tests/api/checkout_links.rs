//! Checkout links and what merchants do with them. Visits have a file of their own.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both, id_in};
use till_wire::scope::Scope;

use crate::pairs;

pub const LINKS: &str = "/v1/checkout-links/";
const NOBODY: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

pub fn with(mut body: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

/// The answer to creating a link of these products with more fields.
pub async fn linking(t: &Till, products: &[&Value], more: Value) -> Answer {
    let ids: Vec<_> = products.iter().map(|p| &p["id"]).collect();
    let body = json!({"payment_processor": "stripe", "products": ids});
    t.post(LINKS, with(body, more)).await
}

pub async fn link(t: &Till, products: &[&Value], more: Value) -> Value {
    linking(t, products, more).await.created()
}

pub fn path(link: &Value) -> String {
    format!("{LINKS}{}", id_in(link, "id"))
}

/// A subscription sold by the seat, for 10.00 USD each, `least` to `most` of them.
pub async fn by_seat(t: &Till, least: i64, most: Option<i64>) -> Value {
    let own = format!("/v1/organizations/{}", t.organization.id);
    let features = json!({"feature_settings": {"seat_based_pricing_enabled": true}});
    t.patch(&own, features).await.ok();
    let tiers = json!([{"min_seats": least, "max_seats": most, "price_per_seat": 1000}]);
    let price = json!({"amount_type": "seat_based", "seat_tiers": {"tiers": tiers}});
    let body = json!({"name": "By the seat", "recurring_interval": "month", "prices": [price]});
    t.post("/v1/products/", body).await.created()
}

pub async fn archive(t: &Till, product: &Value) {
    let path = format!("/v1/products/{}", id_in(product, "id"));
    t.patch(&path, json!({"is_archived": true})).await.ok();
}

both! {
    async fn links_take_a_token_that_may(t: &mut Till) {
        let product = t.product().await;
        let body = json!({"payment_processor": "stripe", "products": [product["id"]]});
        t.anonymous().post(LINKS, body.clone()).await.refused(401, "Unauthorized");
        let reader = t.with_token(&t.token_of(&[Scope::CheckoutLinksRead]).await);
        let refused = reader.post(LINKS, body.clone()).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (403, &json!("insufficient_scope")));
        let writer = t.with_token(&t.token_of(&[Scope::CheckoutLinksWrite]).await);
        let made = writer.post(LINKS, body).await.created();
        for one in [&writer, &reader] {
            assert_eq!(one.get(LINKS).await.listed("id"), [made["id"].as_str().unwrap()]);
            assert_eq!(one.get(&path(&made)).await.ok(), made);
        }
        for refused in [reader.patch(&path(&made), json!({"label": "x"})).await, reader.delete(&path(&made)).await] {
            assert_eq!(refused.status, 403);
        }
    }

    async fn a_link_shows_what_it_sells_and_its_address(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let made = link(t, &[&plan, &book], json!({"label": "Spring", "success_url": "https://Shop.example/ok?id={CHECKOUT_ID}",
            "return_url": "https://shop.example", "trial_interval": "week", "trial_interval_count": 2, "require_billing_address": true,
            "allow_discount_codes": false, "metadata": {"a": 1}})).await;
        let secret = made["client_secret"].as_str().unwrap();
        assert!(secret.starts_with("polar_cl_") && made["url"].as_str().unwrap().contains(secret), "{made}");
        for (key, value) in [("label", json!("Spring")), ("success_url", json!("https://shop.example/ok?id={CHECKOUT_ID}")),
            ("return_url", json!("https://shop.example/")), ("trial_interval", json!("week")), ("trial_interval_count", json!(2)),
            ("allow_discount_codes", json!(false)), ("require_billing_address", json!(true)), ("metadata", json!({"a": 1})),
            ("seats", Value::Null), ("units", Value::Null), ("discount", Value::Null), ("discount_id", Value::Null), ("modified_at", Value::Null),
            ("payment_processor", json!("stripe")), ("require_signature", json!(false)), ("organization_id", json!(t.organization.id))] {
            assert_eq!(made[key], value, "{key}");
        }
        let names: Vec<_> = made["products"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Monthly", "Book"]);
        // what older clients insist on
        assert_eq!((&made["product_id"], &made["product"]["id"]), (&plan["id"], &plan["id"]));
        assert_eq!((&made["product_price_id"], &made["product_price"]["id"]), (&plan["prices"][0]["id"], &plan["prices"][0]["id"]));
        assert!(!made["signing_secret"].as_str().unwrap().is_empty());
    }

    async fn the_older_shapes_name_one_product_or_its_price(t: &mut Till) {
        let book = t.product().await;
        for (key, value) in [("product_id", &book["id"]), ("product_price_id", &book["prices"][0]["id"])] {
            let made = t.post(LINKS, json!({"payment_processor": "stripe", key: value})).await.created();
            assert_eq!(made["products"][0]["id"], book["id"], "{key}");
            let unknown = t.post(LINKS, json!({"payment_processor": "stripe", key: NOBODY})).await.invalid();
            let place = if key == "product_id" { "body.products.0" } else { "body.product_price_id" };
            assert_eq!(unknown, pairs(&[("value_error", place)]), "{key}");
        }
        archive(t, &book).await;
        let old = t.post(LINKS, json!({"payment_processor": "stripe", "product_price_id": book["prices"][0]["id"]})).await;
        assert_eq!(old.invalid(), pairs(&[("value_error", "body.product_price_id")]));
    }

    async fn every_product_exists_and_is_for_sale(t: &mut Till) {
        let eve = t.with_token(&t.stranger().await.1);
        let (book, hers, old) = (t.product().await, eve.product().await, t.product().await);
        archive(t, &old).await;
        let draft = json!({"name": "Draft", "visibility": "draft", "prices": [{"amount_type": "fixed", "price_amount": 1000}]});
        let draft = t.post("/v1/products/", draft).await.created();
        let wrong = linking(t, &[&hers, &book, &old, &draft], json!({})).await.invalid();
        assert_eq!(wrong, pairs(&[("value_error", "body.products.0"), ("value_error", "body.products.2"), ("value_error", "body.products.3")]));
        let twice = linking(t, &[&book, &book], json!({})).await.unreadable();
        assert_eq!(twice, pairs(&[("value_error", "body.products")]), "named twice");
        assert!(t.items(LINKS).await.is_empty());
    }

    async fn a_seat_lock_suits_every_product(t: &mut Till) {
        let (seats, book) = (by_seat(t, 2, Some(20)).await, t.product().await);
        for products in [vec![&book], vec![&seats, &book]] {
            let wrong = linking(t, &products, json!({"seats": 5})).await.invalid();
            assert_eq!(wrong, pairs(&[("value_error", "body.seats")]));
        }
        for number in [1, 21] {
            let wrong = linking(t, &[&seats], json!({"seats": number})).await.invalid();
            assert_eq!(wrong, pairs(&[("value_error", "body.seats")]), "{number}");
        }
        assert_eq!(link(t, &[&seats], json!({"seats": 20})).await["seats"], 20);
    }

    async fn a_lock_that_no_longer_suits_is_lifted_and_another_stays(t: &mut Till) {
        let (seats, more, book) = (by_seat(t, 2, Some(20)).await, by_seat(t, 1, None).await, t.product().await);
        let made = link(t, &[&seats], json!({"seats": 5})).await;
        let kept = t.patch(&path(&made), json!({"products": [more["id"]]})).await.ok();
        assert_eq!(kept["seats"], 5);
        let lifted = t.patch(&path(&made), json!({"products": [book["id"]]})).await.ok();
        assert_eq!((&lifted["seats"], &lifted["products"][0]["id"]), (&Value::Null, &book["id"]));
        let wrong = t.patch(&path(&made), json!({"seats": 5})).await.invalid();
        assert_eq!(wrong, pairs(&[("value_error", "body.seats")]));
    }

    async fn products_of_another_organization_leave_the_link_as_it_is(t: &mut Till) {
        let eve = t.with_token(&t.stranger().await.1);
        let made = link(t, &[&t.product().await], json!({})).await;
        let hers = eve.product().await;
        let wrong = t.patch(&path(&made), json!({"products": [hers["id"]], "label": "x"})).await.invalid();
        assert_eq!(wrong, pairs(&[("value_error", "body.products.0")]));
        assert_eq!(t.get(&path(&made)).await.ok(), made);
        for answer in [eve.get(&path(&made)).await, eve.patch(&path(&made), json!({})).await, eve.delete(&path(&made)).await] {
            answer.not_found();
        }
        assert!(eve.items(LINKS).await.is_empty());
    }

    async fn a_change_keeps_what_it_does_not_name(t: &mut Till) {
        let (plan, book) = (t.monthly().await, t.product().await);
        let made = link(t, &[&plan], json!({"label": "A", "trial_interval": "day", "trial_interval_count": 3, "metadata": {"a": 1},
            "success_url": "https://a.example/"})).await;
        let same = t.patch(&path(&made), json!({"allow_discount_codes": null, "products": null})).await.ok();
        for key in ["label", "trial_interval", "metadata", "success_url", "allow_discount_codes", "products", "signing_secret"] {
            assert_eq!(same[key], made[key], "{key}");
        }
        let null = t.patch(&path(&made), json!({"metadata": null})).await.unreadable();
        assert_eq!(null, pairs(&[("dict_type", "body.metadata")]), "free data may be missing, but not null");
        let half = t.patch(&path(&made), json!({"trial_interval": "week"})).await.unreadable();
        assert_eq!(half, pairs(&[("missing", "body")]), "half a trial");
        let changed = t.patch(&path(&made), json!({"label": null, "success_url": null, "metadata": {"b": 2}, "require_signature": true})).await.ok();
        assert_eq!((&changed["label"], &changed["success_url"], &changed["metadata"]), (&Value::Null, &Value::Null, &json!({"b": 2})));
        assert_eq!((&changed["require_signature"], &changed["trial_interval"]), (&json!(true), &json!("day")));
        let once = t.patch(&path(&made), json!({"products": [book["id"]]})).await.ok();
        assert_eq!((&once["trial_interval"], &once["trial_interval_count"]), (&Value::Null, &Value::Null), "nothing is left to try");
    }

    async fn deleted_links_are_gone(t: &mut Till) {
        let made = link(t, &[&t.product().await], json!({})).await;
        t.delete(&path(&made)).await.gone();
        for answer in [t.get(&path(&made)).await, t.delete(&path(&made)).await, t.patch(&path(&made), json!({})).await] {
            answer.not_found();
        }
        assert!(t.items(LINKS).await.is_empty());
    }

    async fn lists_run_upwards_and_are_filtered_by_product(t: &mut Till) {
        let (book, plan) = (t.product().await, t.monthly().await);
        let first = link(t, &[&book], json!({"label": "b"})).await;
        let second = link(t, &[&plan, &book], json!({"label": "a"})).await;
        let ids = |links: &[&Value]| links.iter().map(|l| l["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        for (query, found) in [("", vec![&first, &second]), ("?sorting=-created_at", vec![&second, &first]), ("?sorting=label", vec![&second, &first]),
            (&format!("?product_id={}", plan["id"].as_str().unwrap()), vec![&second]), (&format!("?product_id={NOBODY}"), vec![]),
            (&format!("?organization_id={NOBODY}"), vec![])] {
            assert_eq!(t.get(&format!("{LINKS}{query}")).await.listed("id"), ids(&found), "{query}");
        }
        let wrong = t.get(&format!("{LINKS}?sorting=secret")).await.unreadable();
        assert_eq!(wrong, pairs(&[("enum", "query.sorting.0")]));
    }
}
