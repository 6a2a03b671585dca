//! Identity of a buyer: nothing before it has succeeded, and never another who was there before.

use till_core::{
    checkout::FULFIL_JOB,
    kernel::{changes::Changes, values::Value as Bind},
};

use super::*;

/// Ways to pay, with the time that passes until the money is there.
const WAYS: [(&str, u64); 3] = [
    (VISA, 0),
    ("pm_card_settlesLater", 4),
    ("pm_card_authenticationRequired", 0),
];

/// A confirmation in which somebody says all that can be said about a buyer.
fn claiming(email: &str, card: &str) -> Value {
    json!({"customer_email": email, "customer_name": "Eve", "is_business_customer": true, "customer_billing_name": "Eve SARL",
        "customer_tax_id": "FR61954506077", "confirmation_token_id": card,
        "customer_billing_address": {"country": "FR", "line1": "6 rue E", "city": "Lyon", "postal_code": "69001"}})
}

/// A customer who has told everything.
async fn ada(t: &Till, more: Value) -> Value {
    let mut body = json!({"email": ADA, "name": "Ada", "locale": "de", "metadata": {"a": 1}, "tax_id": "DE136695976",
        "billing_address": {"country": "DE", "line1": "1 Weg", "city": "Ulm", "postal_code": "89073"}});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    t.post("/v1/customers/", body).await.created()
}

async fn customer(t: &Till, one: &Value) -> Value {
    t.get(&format!("/v1/customers/{}", id_in(one, "id")))
        .await
        .ok()
}

/// Lets an attempt that is under way succeed.
async fn ends_well(t: &Till, checkout: &Value, card: &str, seconds: u64) {
    if card.ends_with("authenticationRequired") {
        t.form(&bank(t, checkout).await, &[("decision", "approve")], &[])
            .await;
    }
    t.advance(Duration::from_secs(seconds));
    t.catch_up().await;
    assert_eq!(t.reload(checkout).await["status"], "succeeded", "{card}");
}

/// The number of keys to portals.
async fn portals(t: &Till) -> usize {
    t.all_rows().await["customer_sessions"].len()
}

both! {
    async fn nothing_that_was_typed_is_anybodys_before_the_purchase_has_succeeded(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        let known = ada(t, json!({})).await;
        t.webhook_events().await;
        for email in [ADA, "new@example.com"] {
            for (card, _) in &WAYS[1..] {
                let checkout = t.checkout_with(&product, json!({"external_customer_id": "u1", "customer_metadata": {"a": 2}})).await;
                let confirmed = t.confirm(&checkout, claiming(email, card)).await.ok();
                assert_eq!((&confirmed["status"], &confirmed["customer_session_token"]), (&json!("confirmed"), &json!("")));
                for seen in [&confirmed, &t.client_get(&checkout).await.ok(), &t.reload(&checkout).await] {
                    assert_eq!(seen["customer_id"], json!(null));
                    assert!(seen["payment_processor_metadata"].get("customer_id").is_none());
                }
                assert_eq!((customer(t, &known).await, portals(t).await), (known.clone(), 0));
                assert_eq!(t.get("/v1/customers/").await.listed("id"), [known["id"].as_str().unwrap()]);
                t.get("/v1/customers/external/u1").await.not_found();
            }
        }
        let events = t.webhook_events().await;
        assert!(!types(&events).iter().any(|kind| matches!(*kind, "customer.created" | "customer.updated")), "{:?}", types(&events));
        // Nobody answers the bank, and what settles later settles.
        t.advance(Duration::from_secs(61 * 60));
        t.catch_up().await;
        t.webhook_events().await;
    }

    async fn an_address_alone_changes_nothing_of_its_customer_and_opens_no_portal(t: &mut Till) {
        t.listen().await;
        let (product, gift) = (t.product().await, free(t).await);
        let known = ada(t, json!({})).await;
        t.webhook_events().await;
        for (n, (card, seconds)) in WAYS.into_iter().enumerate() {
            let checkout = t.checkout_with(&product, json!({"customer_metadata": {"a": 2}, "locale": "fr"})).await;
            let confirmed = t.confirm(&checkout, claiming("ADA@example.com", card)).await.ok();
            assert_eq!(confirmed["customer_session_token"], "", "{card}");
            ends_well(t, &checkout, card, seconds).await;
            let order = &t.orders(&checkout).await[0];
            assert_eq!((&order["customer_id"], &order["customer"]), (&known["id"], &known));
            assert_eq!(order["billing_name"], "Eve SARL", "the bill is of this purchase");
            assert_eq!(order["billing_address"]["city"], "Lyon");
            assert_eq!(customer(t, &known).await, known, "{card}");
            assert_eq!(t.payments(&checkout).await.len(), 1);
            let row = t.attempt(&checkout).await;
            assert_eq!(row.customer_id, Some(id_in(&known, "id")));
            let number = order["invoice_number"].as_str().unwrap();
            assert!(number.ends_with(&format!("-000{}", n + 1)), "{number}");
        }
        let checkout = t.checkout_for(&gift).await;
        let body = json!({"customer_email": ADA, "customer_name": "Eve"});
        assert_eq!(t.confirm(&checkout, body).await.ok()["customer_session_token"], "");
        t.catch_up().await;
        assert_eq!((customer(t, &known).await, portals(t).await), (known.clone(), 0));
        assert_eq!(t.orders(&checkout).await[0]["billing_name"], "Eve");
        let events = t.webhook_events().await;
        assert!(!types(&events).iter().any(|kind| matches!(*kind, "customer.created" | "customer.updated")), "{:?}", types(&events));
    }

    async fn the_customer_that_the_merchant_named_is_merged_when_the_purchase_has_succeeded(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        for (n, (card, seconds)) in WAYS.into_iter().enumerate() {
            let external = format!("u{n}");
            let body = json!({"email": format!("{n}@example.com"), "external_id": external});
            let known = t.post("/v1/customers/", body).await.created();
            t.webhook_events().await;
            let named = if n == 0 { json!({"customer_id": known["id"]}) } else { json!({"external_customer_id": external}) };
            let checkout = t.checkout_with(&product, named).await;
            let before = portals(t).await;
            let confirmed = t.confirm(&checkout, claiming("eve@example.com", card)).await.ok();
            assert_eq!(confirmed["customer_session_token"].as_str().unwrap().is_empty(), card != VISA, "{card}");
            if card != VISA {
                assert_eq!((customer(t, &known).await, portals(t).await), (known.clone(), before), "{card}");
            }
            ends_well(t, &checkout, card, seconds).await;
            let merged = customer(t, &known).await;
            for (key, value) in [("billing_name", json!("Eve SARL")), ("name", json!("Eve SARL")), ("email", known["email"].clone()),
                ("tax_id", json!(["FR61954506077", "eu_vat"])), ("external_id", json!(external))] {
                assert_eq!(merged[key], value, "{card} {key}");
            }
            assert_eq!(t.orders(&checkout).await[0]["conflicting_external_customer_id"], json!(null));
            let events = t.webhook_events().await;
            assert_eq!(types(&events).iter().filter(|kind| **kind == "customer.updated").count(), 1, "{card}");
        }
    }

    async fn an_external_id_is_not_taken_by_somebody_who_has_not_paid(t: &mut Till) {
        let product = t.product().await;
        let named = || t.checkout_with(&product, json!({"external_customer_id": "ada"}));
        let (early, own) = (named().await, named().await);
        t.confirm(&early, buyer("mallory@example.com", "pm_card_settlesLater")).await.ok();
        t.confirm(&own, buyer(ADA, VISA)).await.ok();
        t.drain().await;
        let order = &t.orders(&own).await[0];
        assert_eq!((&order["customer"]["email"], &order["customer"]["external_id"]), (&json!(ADA), &json!("ada")));
        assert_eq!(order["conflicting_external_customer_id"], json!(null));
        // The money that comes now is not lost, and says that it is not what it was meant for.
        t.advance(Duration::from_secs(4));
        t.listen().await;
        let events = told(t).await;
        let paid = events.iter().find(|event| event["type"] == "order.paid").unwrap();
        assert_eq!((&paid["data"]["customer"]["email"], &paid["data"]["customer"]["external_id"]), (&json!("mallory@example.com"), &json!(null)));
        assert_eq!(paid["data"]["conflicting_external_customer_id"], "ada");
        let done = events.iter().rfind(|event| event["type"] == "checkout.updated").unwrap();
        assert_eq!((&done["data"]["external_customer_id"], &done["data"]["conflicting_external_customer_id"]), (&json!("ada"), &json!("ada")));
        assert_eq!(t.get("/v1/customers/external/ada").await.ok()["email"], ADA);
        // And the next one of the merchant's ada is Ada's.
        let next = named().await;
        assert_eq!(next["customer_email"], ADA);
        t.buy(&next, "mallory@example.com").await;
        assert_eq!(t.orders(&next).await[0]["customer"]["email"], ADA);
        t.webhook_events().await;
    }

    async fn an_external_id_that_contradicts_is_kept_told_and_marked(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        let known = ada(t, json!({"external_id": "ada"})).await;
        let browser = t.dashboard().await;
        for (sent, conflict) in [(json!("bob"), json!("bob")), (json!("ada"), json!(null)), (json!(null), json!(null))] {
            // Where the id is known the session has that customer already.
            let checkout = t.checkout_with(&product, json!({"external_customer_id": sent})).await;
            assert_eq!(checkout["conflicting_external_customer_id"], json!(null));
            t.webhook_events().await;
            t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
            let events = told(t).await;
            for event in &events {
                let kind = event["type"].as_str().unwrap();
                if kind.starts_with("order.") || kind.starts_with("checkout.") {
                    assert_eq!(event["data"]["conflicting_external_customer_id"], conflict, "{sent} {kind}");
                }
            }
            assert!(types(&events).contains(&"order.paid"));
            let order = &t.orders(&checkout).await[0];
            assert_eq!((&order["customer_id"], &order["customer"]["external_id"]), (&known["id"], &json!("ada")));
            let done = t.reload(&checkout).await;
            if sent != json!(null) {
                assert_eq!(done["external_customer_id"], sent);
            }
            assert!(t.client_get(&checkout).await.ok().get("conflicting_external_customer_id").is_none(), "the merchant's alone");
            for path in [format!("/orders/{}", id_in(order, "id")), format!("/checkouts/{}", id_in(&checkout, "id")), "/orders".into(), "/checkouts".into()] {
                let page = browser.get(&format!("/dashboard/ada{path}")).await.text();
                // Lists show all of them, the first one last.
                let marked = conflict != json!(null) || path.matches('/').count() == 1;
                assert_eq!(page.contains("External ID does not match"), marked, "{sent} {path}");
            }
        }
        assert_eq!(customer(t, &known).await["external_id"], "ada");
    }

    async fn a_purchase_that_an_older_node_left_without_its_customer_is_fulfilled(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_settlesLater")).await.ok();
        let attempt = t.attempt(&checkout).await;
        let later = t.app.context().now + jiff::SignedDuration::from_secs(4);
        let outcome = t.app.processor.retrieve(attempt.id, attempt.reference.as_deref(), later).await.unwrap().unwrap();
        assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
        // It takes note of the success, looks for the customer that a confirmed session has, and gives the job up.
        let (id, ctx) = (id_in(&checkout, "id"), t.app.context());
        let mut changes = Changes::new();
        changes
            .any("update checkouts set attempt_id = null, version = version + 1 where id = $1", vec![Bind::Uuid(id)])
            .any("update payments set state = 'succeeded', version = version + 1 where id = $1", vec![Bind::Uuid(attempt.id)])
            .job(&ctx, FULFIL_JOB, &format!("{FULFIL_JOB}:{id}"), ctx.now, &id)
            .any("update jobs set buried = 'the session has no customer' where kind = $1", vec![Bind::Text(FULFIL_JOB.name().into())]);
        t.app.store.commit(changes).await.unwrap();
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "confirmed");
        jobs::start(&t.app).await.unwrap();
        t.catch_up().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
        let order = &t.orders(&checkout).await[0];
        assert_eq!((&order["customer"]["email"], &order["billing_address"]["country"]), (&json!(ADA), &json!("FR")));
    }
}
