//! `Idempotency-Key` on every POST.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, values::Value as Cell};
use till_store::Query;
use till_testkit::{Answer, Till, both, id_in};

use crate::{files, subscriptions_kit as kit};

pub async fn keyed(t: &Till, key: &str, path: &str, body: &Value) -> Answer {
    keyed_as(t, Request::post(path), key, body).await
}

async fn keyed_as(t: &Till, request: Builder, key: &str, body: &Value) -> Answer {
    let body = body.to_string();
    let request = request
        .header("authorization", format!("Bearer {}", t.token))
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("idempotency-key", key);
    t.raw(request.body(Body::from(body)).unwrap()).await
}

fn is_replay(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotency-replayed")
}

/// A change of a subscription with a key.
async fn changed(t: &Till, key: &str, subscription: &Value, body: Value) -> Answer {
    keyed_as(t, Request::patch(kit::path(subscription)), key, &body).await
}

/// Leaves the keys as they are when the process dies between an outcome and its answer.
async fn forget_answers(t: &Till, status: i64) {
    let mut changes = Changes::new();
    changes.any(
        "update idempotency_keys set status = null, answer = null where status = $1",
        vec![Cell::Int(status)],
    );
    t.app.commit(changes).await.unwrap();
}

async fn count(t: &Till, table: &str) -> i64 {
    t.app
        .store
        .scalar(Query::raw(format!("select count(*) from {table}"), vec![]))
        .await
        .unwrap()
}

/// A confirmation with the sandbox's card.
async fn confirmation(t: &Till, number: &str) -> Value {
    let card = json!({"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"});
    let token = t
        .post("/v1/sandbox/confirmation-tokens", card)
        .await
        .created();
    json!({"confirmation_token_id": token["id"], "customer_email": "ada@example.com", "customer_name": "Ada",
        "customer_billing_address": {"country": "FR"}})
}

both! {
    async fn every_post_that_makes_something_makes_it_once(t: &mut Till) {
        t.featured(|features| features.off_session_charges_enabled = true).await;
        let product = t.product().await;
        let customer = t.post("/v1/customers/", json!({"email": "ada@example.com"})).await.created();
        let benefit = json!({"type": "custom", "description": "A badge", "properties": {}});
        let free = json!({"name": "Free", "recurring_interval": "month", "prices": [{"amount_type": "free"}]});
        let free = t.post("/v1/products/", free).await.created();
        for (table, path, body) in [
            ("checkouts", "/v1/checkouts/", json!({"products": [product["id"]]})),
            ("customers", "/v1/customers/", json!({"email": "bob@example.com"})),
            ("products", "/v1/products/", json!({"name": "Pen", "prices": [{"amount_type": "fixed", "price_amount": 500}]})),
            ("discounts", "/v1/discounts/", json!({"type": "percentage", "name": "Tenth", "basis_points": 1000, "duration": "once"})),
            ("checkout_links", "/v1/checkout-links/", json!({"payment_processor": "stripe", "products": [product["id"]]})),
            ("custom_fields", "/v1/custom-fields/", json!({"type": "text", "slug": "size", "name": "Size", "properties": {}})),
            ("benefits", "/v1/benefits/", benefit),
            ("meters", "/v1/meters/", json!({"name": "Calls", "filter": {"conjunction": "and", "clauses": []}, "aggregation": {"func": "count"}})),
            ("orders", "/v1/orders/", json!({"customer_id": customer["id"], "product_id": product["id"]})),
            ("subscriptions", "/v1/subscriptions/", json!({"product_id": free["id"], "customer_id": customer["id"]})),
            ("customer_sessions", "/v1/customer-sessions/", json!({"customer_id": customer["id"]})),
            ("sandbox_records", "/v1/sandbox/confirmation-tokens", json!({"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"})),
            ("webhook_endpoints", "/v1/webhooks/endpoints", json!({"url": "https://hooks.example/a", "format": "raw", "events": []})),
        ] {
            let before = count(t, table).await;
            let first = keyed(t, "one", path, &body).await;
            assert_eq!(first.status, 201, "{path}: {}", first.json());
            assert!(!is_replay(&first));
            let again = keyed(t, "one", path, &body).await;
            assert_eq!((again.status, again.json()), (first.status, first.json()), "{path}");
            assert!(is_replay(&again));
            assert_eq!(count(t, table).await, before + 1, "{path}");
            // Used for another body, the key of one address is refused; so it is at another address.
            let other = keyed(t, "one", path, &json!({"other": true})).await;
            assert_eq!(other.status, 422);
            assert_eq!(other.json()["detail"][0]["loc"], json!(["header", "Idempotency-Key"]));
            t.app.commit(forget()).await.unwrap();
        }
        t.catch_up().await;
    }

    async fn every_other_post_has_its_effect_once(t: &mut Till) {
        let (product, _) = (t.product().await, t.listen().await);
        let checkout = t.checkout_for(&product).await;
        let secret = checkout["client_secret"].as_str().unwrap();
        let benefit = t.post("/v1/benefits/", json!({"type": "custom", "description": "A badge", "properties": {}})).await.created();
        t.drain().await;
        let delivery = &t.items("/v1/webhooks/deliveries").await[0];
        let ada = t.customer("billed@example.com").await;
        let order = json!({"id": t.sold(&ada, &product).await.order.id});
        let bill = json!({"billing_name": "Ada", "billing_address": {"country": "DE"}});
        t.patch(&format!("/v1/orders/{}", order["id"].as_str().unwrap()), bill).await.ok();
        let announced = files::announced("downloadable", "application/zip", &[2]);
        let file = t.post("/v1/files/", announced.clone()).await.created();
        let sent = files::put(t, files::url(&file, 0), "ab").await;
        let part = json!({"number": 1, "checksum_etag": sent.header("etag")});
        let whole = json!({"id": file["upload"]["id"], "path": file["upload"]["path"], "parts": [part]});
        for (path, body) in [
            (format!("/v1/products/{}/benefits", id_in(&product, "id")), json!({"benefits": [benefit["id"]]})),
            (format!("/v1/checkouts/client/{}/opened", secret), json!({"distinct_id": "d"})),
            ("/v1/files/".to_owned(), announced),
            (format!("/v1/files/{}/uploaded", id_in(&file, "id")), whole),
            (format!("/v1/orders/{}/invoice", order["id"].as_str().unwrap()), json!({})),
            (format!("/v1/webhooks/events/{}/redeliver", id_in(&delivery["webhook_event"], "id")), json!({})),
        ] {
            let before = t.all_rows().await;
            let first = keyed(t, &path, &path, &body).await;
            assert!(first.status.is_success() && !is_replay(&first), "{path}: {}", first.text());
            let after = t.all_rows().await;
            assert_ne!(after, before, "{path}");
            let again = keyed(t, &path, &path, &body).await;
            assert_eq!((again.status, again.text(), is_replay(&again)), (first.status, first.text(), true), "{path}");
            assert_eq!(t.all_rows().await, after, "{path}");
            assert_eq!(keyed(t, &path, &path, &json!({"other": true})).await.status, 422, "{path}");
        }
        t.see_through().await;
    }

    async fn a_refused_request_leaves_its_key_free(t: &mut Till) {
        let product = t.product().await;
        assert_eq!(keyed(t, "k", "/v1/checkouts/", &json!({"products": []})).await.status, 422);
        let made = keyed(t, "k", "/v1/checkouts/", &json!({"products": [product["id"]]})).await;
        assert_eq!(made.status, 201);
        for wrong in ["", " ", "a b", "é", &"x".repeat(256)] {
            let answer = keyed(t, wrong, "/v1/checkouts/", &json!({"products": [product["id"]]})).await;
            assert_eq!(answer.status, 422, "{wrong:?}");
        }
        t.catch_up().await;
    }

    async fn a_key_is_its_senders_alone_and_is_forgotten_after_a_day(t: &mut Till) {
        let body = json!({"email": "ada@example.com"});
        let first = keyed(t, "k", "/v1/customers/", &body).await;
        let (_, token) = t.stranger().await;
        let own = std::mem::replace(&mut t.token, token);
        let theirs = keyed(t, "k", "/v1/customers/", &body).await;
        assert_eq!(theirs.status, 201);
        assert_ne!(theirs.json()["id"], first.json()["id"]);
        t.token = own;
        t.advance(Duration::from_hours(25));
        let late = keyed(t, "k", "/v1/customers/", &body).await;
        assert_eq!((late.status.as_u16(), is_replay(&late)), (422, false), "the address is taken: asked anew");
        t.app.commit(till_core::kernel::idempotency::forget(&t.app.context())).await.unwrap();
        assert_eq!(count(t, "idempotency_keys").await, 0);
        t.catch_up().await;
    }

    async fn two_at_once_have_one_effect_and_one_answer(t: &mut Till) {
        let body = json!({"email": "ada@example.com"});
        let sends = (0..8).map(|_| keyed(t, "k", "/v1/customers/", &body));
        let answers = futures_util::future::join_all(sends).await;
        let first = answers[0].json();
        for answer in &answers {
            assert_eq!((answer.status.as_u16(), answer.json()), (201, first.clone()));
        }
        assert_eq!(answers.iter().filter(|a| !is_replay(a)).count(), 1);
        assert_eq!(count(t, "customers").await, 1);
        t.catch_up().await;
    }

    async fn a_confirmation_sent_again_pays_once_and_a_decline_stays_one(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let path = format!("/v1/checkouts/client/{}/confirm", checkout["client_secret"].as_str().unwrap());
        let declined = confirmation(t, "4000000000000002").await;
        let no = keyed(t, "first", &path, &declined).await;
        assert_eq!(no.status, 400);
        let again = keyed(t, "first", &path, &declined).await;
        assert_eq!((again.status, again.json(), is_replay(&again)), (no.status, no.json(), true));
        let pays = confirmation(t, "4242424242424242").await;
        assert_eq!(keyed(t, "first", &path, &pays).await.status, 422);
        let paid = keyed(t, "second", &path, &pays).await;
        assert_eq!(paid.status, 200, "{}", paid.json());
        t.catch_up().await;
        let again = keyed(t, "second", &path, &pays).await;
        assert_eq!((again.json(), is_replay(&again)), (paid.json(), true));
        assert_eq!(count(t, "orders").await, 1);
        assert_eq!(count(t, "payments").await, 2);
    }

    async fn a_confirmation_cut_off_before_its_answer_learns_it_from_the_journal(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let path = format!("/v1/checkouts/client/{}/confirm", checkout["client_secret"].as_str().unwrap());
        let pays = confirmation(t, "4242424242424242").await;
        assert_eq!(keyed(t, "k", &path, &pays).await.status, 200);
        forget_answers(t, 200).await;
        t.catch_up().await;
        let again = keyed(t, "k", &path, &pays).await;
        assert_eq!((again.status.as_u16(), &again.json()["status"]), (200, &json!("confirmed")));
        let third = keyed(t, "k", &path, &pays).await;
        assert_eq!((third.json(), is_replay(&third)), (again.json(), true));
        assert_eq!(count(t, "orders").await, 1);
    }

    async fn a_change_of_a_subscription_sent_again_is_one_change(t: &mut Till) {
        t.featured(|features| features.reset_proration_behavior_enabled = true).await;
        let subscription = kit::a_day_in(t).await;
        let pro = kit::plan(t, "Pro", 2000, json!({})).await;
        let reset = json!({"product_id": pro["id"], "proration_behavior": "reset"});
        let first = changed(t, "reset", &subscription, reset.clone()).await;
        assert_eq!((first.status.as_u16(), is_replay(&first)), (200, false));
        t.advance(Duration::from_secs(60));
        let again = changed(t, "reset", &subscription, reset.clone()).await;
        assert_eq!((again.json(), is_replay(&again)), (first.json(), true));
        assert_eq!(kit::orders(t, &subscription).await.len(), 2, "it is charged once");
        assert_eq!(changed(t, "reset", &subscription, json!({})).await.status, 422);
        forget_answers(t, 200).await;
        let learnt = changed(t, "reset", &subscription, reset.clone()).await;
        assert_eq!((learnt.status.as_u16(), &learnt.json()["product_id"], is_replay(&learnt)), (200, &pro["id"], false));
        assert!(is_replay(&changed(t, "reset", &subscription, reset).await));
        assert_eq!(kit::orders(t, &subscription).await.len(), 2);
        let cancel = json!({"cancel_at_period_end": true});
        let canceled = changed(t, "cancel", &subscription, cancel.clone()).await;
        assert_eq!(canceled.status, 200);
        let again = changed(t, "cancel", &subscription, cancel.clone()).await;
        assert_eq!((again.json(), is_replay(&again)), (canceled.json(), true), "it is not refused as the second cancellation");
        assert_eq!(changed(t, "another", &subscription, cancel).await.status, 403);
        t.catch_up().await;
    }

    async fn a_change_that_was_declined_stays_so_for_its_key(t: &mut Till) {
        let subscription = kit::about_to_be_declined(t).await;
        let pro = kit::plan(t, "Pro", 2000, json!({})).await;
        let body = json!({"product_id": pro["id"], "proration_behavior": "invoice", "discount_id": null});
        let attempts = count(t, "payments").await;
        let declined = changed(t, "k", &subscription, body.clone()).await;
        assert_eq!((declined.status.as_u16(), &declined.json()["error"]), (402, &json!("PaymentFailed")));
        let again = changed(t, "k", &subscription, body.clone()).await;
        assert_eq!((again.status.as_u16(), again.json(), is_replay(&again)), (402, declined.json(), true));
        forget_answers(t, 402).await;
        let learnt = changed(t, "k", &subscription, body).await;
        assert_eq!((learnt.status.as_u16(), learnt.json()), (402, declined.json()));
        assert_eq!(count(t, "payments").await, attempts + 1, "the card is tried once");
        assert_eq!(kit::shown(t, &subscription).await["product_id"], subscription["product_id"]);
        t.catch_up().await;
    }

    async fn a_change_whose_outcome_is_not_known_is_learnt_by_its_key(t: &mut Till) {
        let subscription = kit::a_day_in(t).await;
        let pro = kit::plan(t, "Pro", 2000, json!({})).await;
        let body = json!({"product_id": pro["id"], "proration_behavior": "invoice"});
        let unheard = kit::charging(t, kit::Charging::Unheard);
        for _ in 0..2 {
            let locked = changed(&unheard, "k", &subscription, body.clone()).await;
            assert_eq!((locked.status.as_u16(), &locked.json()["error"]), (409, &json!("SubscriptionLocked")));
        }
        t.catch_up().await;
        let learnt = changed(t, "k", &subscription, body).await;
        assert_eq!((learnt.status.as_u16(), &learnt.json()["product_id"]), (200, &pro["id"]));
        assert_eq!(kit::orders(t, &subscription).await.len(), 2);
    }

    async fn an_answer_with_a_secret_is_not_kept_in_clear(t: &mut Till) {
        let customer = t.post("/v1/customers/", json!({"email": "ada@example.com"})).await.created();
        let made = keyed(t, "k", "/v1/customer-sessions/", &json!({"customer_id": customer["id"]})).await.created();
        let sql = "select count(*) from idempotency_keys where answer like $1";
        let token = format!("%{}%", made["token"].as_str().unwrap());
        assert_eq!(t.app.store.scalar(Query::raw(sql, vec![Cell::Text(token)])).await.unwrap(), 0);
        assert_eq!(count(t, "idempotency_keys").await, 1);
        t.catch_up().await;
    }
}

fn forget() -> Changes {
    let mut changes = Changes::new();
    changes.any("delete from idempotency_keys", vec![]);
    changes
}

#[test]
fn the_document_says_so_of_every_post_and_of_the_change_of_a_subscription() {
    let document = serde_json::to_value(till_server::api::document()).unwrap();
    let posts = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|path| path.get("post"));
    let change = &document["paths"]["/v1/subscriptions/{id}"]["patch"];
    let posts = posts.chain([change]);
    let mut seen = 0;
    for post in posts {
        let names: Vec<_> = post["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].clone())
            .collect();
        assert!(
            names.contains(&json!("Idempotency-Key")),
            "{}",
            post["operationId"]
        );
        seen += 1;
    }
    assert!(seen >= 15, "{seen}");
}
