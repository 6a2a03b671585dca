//! Sessions without their payment.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use till_testkit::{Answer, Till, both, buyer, id_in};
use till_wire::{
    organizations::OrganizationStatus, scope::Scope, subscriptions::SubscriptionStatus,
};

use crate::pairs;

mod changing;
mod creating;

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

/// The answer to creating a session for a product with more fields.
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
    async fn sessions_are_filtered_and_sorted(t: &mut Till) {
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

    async fn an_overdue_session_is_gone_for_its_buyer_alone(t: &mut Till) {
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

    async fn a_blocked_organization_sells_nothing(t: &mut Till) {
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

    async fn the_buyer_sees_less_than_the_merchant(t: &mut Till) {
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

    async fn strangers_neither_read_nor_change_a_session(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let eve = t.with_token(&t.stranger().await.1);
        eve.change(&checkout, json!({"metadata": {"k": 1}})).await.not_found();
        eve.get(&format!("{SESSIONS}{}", id_in(&checkout, "id"))).await.not_found();
        assert_eq!(t.reload(&checkout).await, checkout);
    }

    async fn opening_the_page_counts_once(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_with(&t.product().await, json!({"customer_email": "a@example.com"})).await;
        t.webhook_events().await;
        let path = format!("/v1/checkouts/client/{}/opened", checkout["client_secret"].as_str().unwrap());
        let anyone = t.anonymous();
        assert_eq!(anyone.post(&path, json!({"distinct_id": "browser"})).await.ok()["id"], checkout["id"]);
        let first = t.session(&checkout).await.checkout;
        assert_eq!(first.distinct_id.as_deref(), Some("browser"));
        anyone.post(&path, json!({"distinct_id": "other"})).await.ok();
        anyone.send(Method::POST, &path, Some(String::new())).await;
        assert_eq!(t.session(&checkout).await.checkout, first);
        assert_eq!(t.reload(&checkout).await, checkout);
        assert!(t.webhook_events().await.is_empty());
        let second = t.checkout_with(&t.product().await, json!({"customer_email": "a@example.com"})).await;
        anyone.post(&path.replace(checkout["client_secret"].as_str().unwrap(), second["client_secret"].as_str().unwrap()), json!({})).await.ok();
        assert_eq!(t.session(&second).await.checkout.distinct_id.as_deref(), Some("a@example.com"));
        t.webhook_events().await;
    }

    async fn the_stream_tells_what_happens(t: &mut Till) {
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

    async fn a_stream_is_told_once_of_every_change(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let mut events = t.events(&checkout).await;
        t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        t.buy(&checkout, "ada@example.com").await;
        let told = events.next(7).await;
        assert_eq!(told.last().unwrap(), "checkout.webhook_event_delivered succeeded");
        // Each look at the table finds what was told already.
        for _ in 0..3 {
            t.advance(Duration::from_secs(6));
        }
        let more = tokio::time::timeout(Duration::from_millis(300), events.next(1)).await;
        assert!(more.is_err(), "told again: {more:?}");
    }

    async fn only_overdue_open_sessions_expire(t: &mut Till) {
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
        let told = t.webhook_events().await;
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
