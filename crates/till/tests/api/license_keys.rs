//! License keys: granted with a purchase, used by programs, changed by merchants.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, grants::EARLIER_JOB};
use till_testkit::{Answer, Till, both, buyer, id_in};
use till_wire::{organizations::OrganizationStatus, scope::Scope};

use crate::{idempotency::keyed, pairs, portal_kit::token_of, subscriptions_kit::*};

const KEYS: &str = "/v1/license-keys/";
const OWN: &str = "/v1/customer-portal/license-keys/";
const PUBLIC: &str = "/v1/customer-portal/license-keys";
const UNKNOWN: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

fn id(one: &Value) -> &str {
    one["id"].as_str().unwrap()
}

/// A benefit of license keys with these properties.
async fn keys_benefit(t: &Till, properties: Value) -> Value {
    let body = json!({"type": "license_keys", "description": "License", "properties": properties});
    t.post("/v1/benefits/", body).await.created()
}

/// Has a product include a benefit.
async fn include(t: &Till, product: &Value, benefit: &Value) {
    let path = format!("/v1/products/{}/benefits", id(product));
    t.post(&path, json!({"benefits": [benefit["id"]]}))
        .await
        .ok();
    t.catch_up().await;
}

async fn ordered(t: &Till, product: &Value) -> Value {
    let checkout = t.checkout_for(product).await;
    t.confirm(&checkout, buyer(ADA, VISA)).await.ok();
    t.drain().await;
    t.orders(&checkout).await.remove(0)
}

/// A key of a book that was bought, whose benefit has these properties; its benefit comes with it.
async fn key_of(t: &Till, properties: Value) -> (Value, Value) {
    let (book, benefit) = (t.product().await, keys_benefit(t, properties).await);
    include(t, &book, &benefit).await;
    ordered(t, &book).await;
    (t.items(KEYS).await.remove(0), benefit)
}

/// Asks something of a key, with more in the body.
async fn ask(t: &Till, path: &str, key: &Value, more: Value) -> Answer {
    let mut body = json!({"key": key["key"], "organization_id": t.organization.id});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    t.post(path, body).await
}

async fn validate(t: &Till, key: &Value, more: Value) -> Answer {
    ask(t, "/v1/license-keys/validate", key, more).await
}

async fn activate(t: &Till, key: &Value, label: &str) -> Answer {
    ask(t, "/v1/license-keys/activate", key, json!({"label": label})).await
}

async fn shown(t: &Till, key: &Value) -> Value {
    t.get(&format!("{KEYS}{}", id(key))).await.ok()
}

async fn change_key(t: &Till, key: &Value, body: Value) -> Answer {
    let changed = t.patch(&format!("{KEYS}{}", id(key)), body).await;
    t.drain().await;
    changed
}

/// The types of events about grants since the last call.
async fn of_grants(t: &Till) -> Vec<String> {
    let told = told(t).await.into_iter();
    told.filter(|kind| kind.starts_with("benefit_grant."))
        .collect()
}

/// True for the form of a key: `ACME-` and a random version 4 UUID in capitals.
fn is_formed(key: &str, prefix: &str) -> bool {
    let Some(rest) = key.strip_prefix(prefix) else {
        return false;
    };
    let parts: Vec<usize> = rest.split('-').map(str::len).collect();
    let is_hex = |c: char| c == '-' || c.is_ascii_digit() || ('A'..='F').contains(&c);
    parts == [8, 4, 4, 4, 12]
        && rest.chars().all(is_hex)
        && rest.split('-').nth(2).unwrap().starts_with('4')
}

both! {
    async fn a_purchase_gives_a_key_and_a_refund_takes_it_back(t: &mut Till) {
        let (book, properties) = (t.product().await, json!({"prefix": " acme ", "activations": {"limit": 2, "enable_customer_admin": false}}));
        let benefit = keys_benefit(t, properties).await;
        include(t, &book, &benefit).await;
        t.listen().await;
        let order = ordered(t, &book).await;
        let key = t.items(KEYS).await.remove(0);
        let text = key["key"].as_str().unwrap();
        assert!(is_formed(text, "ACME-"), "{text}");
        assert_eq!(key["display_key"], format!("****-{}", &text[text.len() - 6..]));
        for (name, value) in [("status", json!("granted")), ("customer_id", order["customer_id"].clone()), ("benefit_id", benefit["id"].clone()),
            ("limit_activations", json!(2)), ("limit_usage", json!(null)), ("usage", json!(0)), ("validations", json!(0)),
            ("last_validated_at", json!(null)), ("expires_at", json!(null)), ("modified_at", json!(null)), ("member_id", json!(null)),
            ("member", json!(null)), ("organization_id", json!(t.organization.id))] {
            assert_eq!(key[name], value, "{name}");
        }
        assert_eq!(key["customer"]["email"], ADA);
        let grant = t.items("/v1/benefit-grants/").await.remove(0);
        assert_eq!(grant["properties"], json!({"license_key_id": key["id"], "display_key": key["display_key"]}));
        assert_eq!(validate(t, &key, json!({})).await.ok()["status"], "granted");
        of_grants(t).await;
        let refund = json!({"order_id": order["id"], "reason": "other", "amount": 100, "revoke_benefits": true});
        t.post("/v1/refunds/", refund).await.created();
        assert_eq!(of_grants(t).await, ["benefit_grant.revoked"]);
        assert_eq!(shown(t, &key).await["status"], "revoked");
        validate(t, &key, json!({})).await.not_found();
        t.see_through().await;
    }

    async fn keys_of_orders_expire_and_those_of_subscriptions_follow_them(t: &mut Till) {
        let benefit = keys_benefit(t, json!({"expires": {"ttl": 1, "timeframe": "month"}, "limit_usage": 10})).await;
        let (book, monthly) = (t.product().await, plan(t, "Monthly", 1000, json!({})).await);
        include(t, &book, &benefit).await;
        include(t, &monthly, &benefit).await;
        ordered(t, &book).await;
        let key = t.items(KEYS).await.remove(0);
        let made = moment(&key["created_at"]);
        let days = (moment(&key["expires_at"]) - made).total(jiff::Unit::Hour).unwrap() / 24.0;
        assert!((28.0..=31.0).contains(&days), "{days}");
        change_key(t, &key, json!({"expires_at": "2020-01-01T00:00:00Z"})).await.ok();
        validate(t, &key, json!({})).await.not_found();
        change_key(t, &key, json!({"expires_at": null})).await.ok();
        validate(t, &key, json!({})).await.ok();
        let subscription = bought(t, &monthly, VISA, json!({})).await;
        t.catch_up().await;
        let own = t.items(KEYS).await.pop().unwrap();
        assert_eq!((own["expires_at"].clone(), own["limit_usage"].clone()), (json!(null), json!(10)));
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        validate(t, &own, json!({})).await.not_found();
        bought(t, &monthly, VISA, json!({})).await;
        t.catch_up().await;
        let keys = t.items(KEYS).await;
        assert_eq!(keys.len(), 3, "another subscription, another key");
        assert_ne!(keys[2]["key"], own["key"]);
        t.see_through().await;
    }

    async fn a_key_that_is_granted_again_is_the_same_one(t: &mut Till) {
        t.listen().await;
        let trial = json!({"trial_interval": "day", "trial_interval_count": 10});
        let product = plan(t, "Basic", 1000, trial).await;
        let benefit = keys_benefit(t, json!({"activations": {"limit": 1, "enable_customer_admin": true}})).await;
        include(t, &product, &benefit).await;
        let subscription = bought(t, &product, DECLINED_LATER, json!({})).await;
        t.catch_up().await;
        let key = t.items(KEYS).await.remove(0);
        let activation = activate(t, &key, "Laptop").await.ok();
        next_period(t, &subscription).await;
        t.catch_up().await;
        validate(t, &key, json!({})).await.not_found();
        let customer = json!({"id": subscription["customer_id"]});
        t.keep_card(&customer, VISA).await;
        t.catch_up().await;
        let valid = validate(t, &key, json!({"activation_id": activation["id"]})).await.ok();
        assert_eq!((&valid["id"], &valid["activation"]["label"]), (&key["id"], &json!("Laptop")));
        let grant = t.items("/v1/benefit-grants/").await.remove(0);
        assert_eq!(grant["properties"]["license_key_id"], key["id"]);
        t.see_through().await;
    }

    async fn a_refund_that_fails_gives_the_same_key_and_its_activations_again(t: &mut Till) {
        let (book, benefit) = (t.product().await, keys_benefit(t, json!({"activations": {"limit": 1, "enable_customer_admin": false}})).await);
        include(t, &book, &benefit).await;
        t.listen().await;
        let checkout = t.checkout_for(&book).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_refundFail")).await.ok();
        t.drain().await;
        let order = t.orders(&checkout).await.remove(0);
        let (key, grant) = (t.items(KEYS).await.remove(0), t.items("/v1/benefit-grants/").await.remove(0));
        let activation = activate(t, &key, "Laptop").await.ok();
        let refund = json!({"order_id": order["id"], "reason": "other", "amount": order["net_amount"], "revoke_benefits": true});
        t.post("/v1/refunds/", refund).await.created();
        assert_eq!(of_grants(t).await, ["benefit_grant.created", "benefit_grant.revoked"]);
        validate(t, &key, json!({})).await.not_found();
        t.advance(std::time::Duration::from_secs(10));
        till_server::payments::notices::poll(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(t.items("/v1/refunds/").await.remove(0)["status"], "failed");
        assert_eq!(of_grants(t).await, ["benefit_grant.created"]);
        let valid = validate(t, &key, json!({"activation_id": activation["id"]})).await.ok();
        assert_eq!((&valid["id"], &valid["key"], &valid["status"]), (&key["id"], &key["key"], &json!("granted")));
        assert_eq!(valid["activation"]["label"], "Laptop");
        assert_eq!(t.items(KEYS).await.len(), 1);
        let again = t.items("/v1/benefit-grants/").await;
        assert_eq!((again.len(), &again[0]["id"], &again[0]["is_granted"]), (1, &grant["id"], &json!(true)));
        activate(t, &key, "Desktop").await.refused(403, "NotPermitted");
        t.see_through().await;
    }

    async fn holders_of_seats_have_keys_of_their_own(t: &mut Till) {
        let (product, benefit) = (by_seat(t).await, keys_benefit(t, json!({})).await);
        include(t, &product, &benefit).await;
        let subscription = bought(t, &product, VISA, json!({"seats": 3})).await;
        let body = json!({"subscription_id": subscription["id"], "email": "bob@example.com", "immediate_claim": true});
        let seat = t.post("/v1/customer-seats", body).await.ok();
        t.catch_up().await;
        let keys = t.items(KEYS).await;
        let emails: Vec<&Value> = keys.iter().map(|key| &key["member"]["email"]).collect();
        assert_eq!(emails, [ADA, "bob@example.com"]);
        assert_ne!(keys[0]["key"], keys[1]["key"]);
        t.delete(&format!("/v1/customer-seats/{}", id(&seat))).await.ok();
        t.drain().await;
        assert_eq!(shown(t, &keys[1]).await["status"], "revoked");
        assert_eq!(shown(t, &keys[0]).await["status"], "granted");
        t.see_through().await;
    }

    async fn keys_follow_what_the_benefit_says_differently(t: &mut Till) {
        t.listen().await;
        let (key, benefit) = key_of(t, json!({"prefix": "a", "limit_usage": 5, "activations": {"limit": 1, "enable_customer_admin": false}})).await;
        change_key(t, &key, json!({"limit_activations": 7})).await.ok();
        of_grants(t).await;
        let edit = async |properties: Value| {
            let body = json!({"type": "license_keys", "properties": properties});
            t.patch(&format!("/v1/benefits/{}", id(&benefit)), body).await.ok();
            t.drain().await;
            (of_grants(t).await, shown(t, &key).await)
        };
        let same = json!({"limit": 1, "enable_customer_admin": false});
        let (told, _) = edit(json!({"prefix": "b", "limit_usage": 5, "activations": same})).await;
        assert_eq!(told, Vec::<String>::new(), "the prefix is of new keys");
        let (told, now) = edit(json!({"limit_usage": 9, "activations": same, "expires": {"ttl": 1, "timeframe": "year"}})).await;
        assert_eq!(told, ["benefit_grant.updated"]);
        assert_eq!((&now["limit_usage"], &now["limit_activations"], &now["key"]), (&json!(9), &json!(7), &key["key"]));
        assert!(now["expires_at"].is_string());
        let (told, now) = edit(json!({"limit_usage": 9, "activations": {"limit": 3, "enable_customer_admin": true}})).await;
        assert_eq!(told, ["benefit_grant.updated"]);
        assert_eq!((&now["limit_activations"], &now["expires_at"]), (&json!(3), &json!(null)));
        t.see_through().await;
    }

    async fn a_status_revokes_the_grant_and_gives_it_again(t: &mut Till) {
        t.listen().await;
        let (key, _) = key_of(t, json!({})).await;
        of_grants(t).await;
        let set = async |status: &str| {
            assert_eq!(change_key(t, &key, json!({"status": status})).await.ok()["status"], status);
            (of_grants(t).await, shown(t, &key).await["status"].clone())
        };
        let nothing = Vec::<String>::new;
        assert_eq!(set("disabled").await, (nothing(), json!("disabled")));
        validate(t, &key, json!({})).await.not_found();
        assert_eq!(set("granted").await, (nothing(), json!("granted")));
        assert_eq!(set("revoked").await, (vec!["benefit_grant.revoked".to_owned()], json!("revoked")));
        assert_eq!(set("revoked").await, (nothing(), json!("revoked")));
        assert_eq!(set("disabled").await, (vec!["benefit_grant.created".to_owned()], json!("disabled")));
        assert_eq!(set("granted").await, (nothing(), json!("granted")));
        let order = t.items("/v1/orders/").await.remove(0);
        let refund = json!({"order_id": order["id"], "reason": "other", "amount": 100, "revoke_benefits": true});
        t.post("/v1/refunds/", refund).await.created();
        assert_eq!(of_grants(t).await, ["benefit_grant.revoked"]);
        let (told, status) = set("granted").await;
        assert_eq!((told, status), (nothing(), json!("revoked")), "the purchase gives nothing");
        t.see_through().await;
    }

    async fn activations_are_counted_up_to_the_limit(t: &mut Till) {
        let (key, _) = key_of(t, json!({"activations": {"limit": 2, "enable_customer_admin": false}})).await;
        let first = activate(t, &key, "One").await.ok();
        let two = activate(t, &key, "One").await.ok();
        assert_ne!(first["id"], two["id"], "a label may be used again");
        assert_eq!((&first["license_key_id"], &first["license_key"]["id"], &first["meta"], &first["modified_at"]), (&key["id"], &key["id"], &json!({}), &json!(null)));
        assert!(first.get("conditions").is_none());
        activate(t, &key, "Three").await.refused(403, "NotPermitted");
        let end = async |activation: &Value| ask(t, "/v1/license-keys/deactivate", &key, json!({"activation_id": activation["id"]})).await;
        end(&first).await.gone();
        end(&first).await.not_found();
        activate(t, &key, "Three").await.ok();
        let whole = shown(t, &key).await;
        let labels: Vec<&str> = whole["activations"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
        assert_eq!(labels, ["One", "Three"]);
        let one = t.get(&format!("{KEYS}{}/activations/{}", id(&key), id(&two))).await.ok();
        assert_eq!((&one["label"], &one["license_key"]["key"]), (&json!("One"), &key["key"]));
        t.get(&format!("{KEYS}{}/activations/{UNKNOWN}", id(&key))).await.not_found();
        change_key(t, &key, json!({"status": "disabled"})).await.ok();
        activate(t, &key, "Four").await.refused(403, "NotPermitted");
        end(&two).await.gone();
        change_key(t, &key, json!({"status": "granted", "limit_activations": null})).await.ok();
        activate(t, &key, "Four").await.refused(403, "NotPermitted");
        change_key(t, &key, json!({"limit_activations": 5, "expires_at": "2020-01-01T00:00:00Z"})).await.ok();
        activate(t, &key, "Four").await.refused(403, "NotPermitted");
        let unknown = json!({"key": key["key"].as_str().unwrap().to_lowercase()});
        activate(t, &unknown, "Four").await.not_found();
    }

    async fn validations_are_refused_in_order_and_then_count_nothing(t: &mut Till) {
        let (key, benefit) = key_of(t, json!({"limit_usage": 10, "activations": {"limit": 5, "enable_customer_admin": false}})).await;
        let conditions = json!({"label": "Laptop", "conditions": {"os": "linux", "cores": 8}, "meta": {"ip": "10.0.0.1"}});
        let bound = ask(t, "/v1/license-keys/activate", &key, conditions).await.ok();
        assert_eq!(bound["meta"], json!({"ip": "10.0.0.1"}));
        let before = shown(t, &key).await;
        for (more, status) in [
            (json!({"activation_id": UNKNOWN}), 404),
            (json!({"activation_id": bound["id"]}), 404),
            (json!({"activation_id": bound["id"], "conditions": {"os": "linux"}}), 404),
            (json!({"activation_id": bound["id"], "conditions": {"os": "linux", "cores": 8, "more": true}}), 404),
            (json!({"benefit_id": UNKNOWN}), 404),
            (json!({"customer_id": UNKNOWN}), 404),
            (json!({"benefit_id": UNKNOWN, "increment_usage": 11}), 404),
            (json!({"organization_id": UNKNOWN}), 404),
            (json!({"increment_usage": 11}), 400),
        ] {
            let answer = validate(t, &key, more.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{more}: {}", answer.text());
            assert_eq!(answer.json()["error"], if status == 400 { "BadRequest" } else { "ResourceNotFound" });
        }
        assert_eq!(shown(t, &key).await, before);
        let all = json!({"activation_id": bound["id"], "conditions": {"cores": 8.0, "os": "linux"}, "benefit_id": benefit["id"],
            "customer_id": key["customer_id"], "increment_usage": 8});
        let valid = validate(t, &key, all).await.ok();
        assert_eq!((&valid["usage"], &valid["validations"], &valid["activation"]["id"]), (&json!(8), &json!(1), &bound["id"]));
        assert!(valid["last_validated_at"].is_string());
        validate(t, &key, json!({"increment_usage": 3})).await.refused(400, "BadRequest");
        assert_eq!(shown(t, &key).await["usage"], 8);
        let valid = validate(t, &key, json!({"increment_usage": 2})).await.ok();
        assert_eq!((&valid["usage"], &valid["activation"]), (&json!(10), &json!(null)));
        assert_eq!(validate(t, &key, json!({})).await.ok()["validations"], 3);
        change_key(t, &key, json!({"usage": -5})).await.ok();
        assert_eq!(validate(t, &key, json!({"increment_usage": 15})).await.ok()["usage"], 10);
        change_key(t, &key, json!({"limit_usage": null})).await.ok();
        assert_eq!(validate(t, &key, json!({"increment_usage": i32::MAX})).await.ok()["usage"], 2_147_483_657_i64);
        let unread = async |more: Value| validate(t, &json!({"key": "K"}), more).await.unreadable();
        assert_eq!(unread(json!({"increment_usage": -1})).await, pairs(&[("greater_than_equal", "body.increment_usage")]));
        assert_eq!(unread(json!({"increment_usage": 2_147_483_648_i64})).await, pairs(&[("less_than_equal", "body.increment_usage")]));
        assert_eq!(unread(json!({"key": "a\u{0}"})).await.len(), 1);
        assert_eq!(unread(json!({"key": "a".repeat(2_049)})).await, pairs(&[("string_too_long", "body.key")]));
        assert_eq!(unread(json!({"conditions": {"a": null}})).await.len(), 1);
    }

    async fn many_at_once_neither_exceed_the_limits_nor_lose_a_count(t: &mut Till) {
        let (key, _) = key_of(t, json!({"limit_usage": 25, "activations": {"limit": 2, "enable_customer_admin": false}})).await;
        let answers = join_all((0..12).map(|n| {
            let label = format!("{n}");
            let key = &key;
            let t = &*t;
            async move { activate(t, key, &label).await.status.as_u16() }
        })).await;
        let count = |status: u16| answers.iter().filter(|one| **one == status).count();
        assert_eq!((count(200), count(403)), (2, 10), "{answers:?}");
        assert_eq!(shown(t, &key).await["activations"].as_array().unwrap().len(), 2);
        let answers = join_all((0..40).map(|_| {
            let key = &key;
            let t = &*t;
            async move { validate(t, key, json!({"increment_usage": 1})).await.status.as_u16() }
        })).await;
        let count = |status: u16| answers.iter().filter(|one| **one == status).count();
        assert_eq!((count(200), count(400)), (25, 15), "{answers:?}");
        let now = shown(t, &key).await;
        assert_eq!((&now["usage"], &now["validations"]), (&json!(25), &json!(25)));
        let answers = join_all((0..40).map(|_| validate(t, &key, json!({})))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        assert_eq!(shown(t, &key).await["validations"], 65);
        let ends = {
            let activation = now["activations"][0].clone();
            join_all((0..5).map(|_| {
                let body = json!({"activation_id": activation["id"]});
                let key = &key;
                let t = &*t;
                async move { ask(t, "/v1/license-keys/deactivate", key, body).await.status.as_u16() }
            })).await
        };
        assert_eq!(ends.iter().filter(|status| **status == 204).count(), 1, "{ends:?}");
        activate(t, &key, "Free").await.ok();
        activate(t, &key, "Full").await.refused(403, "NotPermitted");
    }

    async fn programs_use_keys_without_a_token_three_times_a_second(t: &mut Till) {
        let (key, _) = key_of(t, json!({"activations": {"limit": 2, "enable_customer_admin": false}})).await;
        let nobody = t.anonymous();
        let activation = ask(&nobody, &format!("{PUBLIC}/activate"), &key, json!({"label": "Phone"})).await.ok();
        let valid = ask(&nobody, &format!("{PUBLIC}/validate"), &key, json!({"activation_id": activation["id"]})).await.ok();
        assert_eq!((&valid["id"], &valid["validations"]), (&key["id"], &json!(1)));
        ask(&nobody, &format!("{PUBLIC}/deactivate"), &key, json!({"activation_id": activation["id"]})).await.gone();
        ask(&nobody, &format!("{PUBLIC}/deactivate"), &key, json!({"activation_id": activation["id"]})).await.not_found();
        let (_, token) = t.stranger().await;
        let eve = t.with_token(&token);
        let body = json!({"key": key["key"], "organization_id": t.organization.id});
        eve.post("/v1/license-keys/validate", body.clone()).await.not_found();
        let limited = t.limited(1_000).anonymous();
        for _ in 0..3 {
            limited.post(&format!("{PUBLIC}/validate"), body.clone()).await.ok();
        }
        for path in ["validate", "activate", "deactivate"] {
            let refused = limited.post(&format!("{PUBLIC}/{path}"), body.clone()).await;
            assert_eq!((refused.status.as_u16(), refused.text()), (429, String::new()));
            assert!(!refused.header("retry-after").is_empty());
        }
        let read = t.with_token(&t.token_of(&[Scope::LicenseKeysRead]).await);
        assert_eq!(read.items(KEYS).await.len(), 1);
        read.post("/v1/license-keys/validate", body.clone()).await.refused(403, "insufficient_scope");
    }

    async fn what_strangers_do_with_a_key_is_bounded_and_ends_with_its_organization(t: &mut Till) {
        let (key, _) = key_of(t, json!({"activations": {"limit": 2, "enable_customer_admin": false}})).await;
        let nobody = t.anonymous();
        let large: serde_json::Map<String, Value> = (0..9).map(|n| (format!("k{n}"), json!("x".repeat(500)))).collect();
        for name in ["conditions", "meta"] {
            let refused = ask(&nobody, &format!("{PUBLIC}/activate"), &key, json!({"label": "Phone", name: large})).await;
            assert_eq!(refused.status, 422, "{name}: {}", refused.text());
        }
        let small: serde_json::Map<String, Value> = large.into_iter().take(7).collect();
        ask(&nobody, &format!("{PUBLIC}/activate"), &key, json!({"label": "Phone", "meta": small})).await.ok();
        // A validation that uses nothing up may be repeated: no answer of it is kept.
        let kept = t.all_rows().await["idempotency_keys"].len();
        let body = json!({"key": key["key"], "organization_id": t.organization.id});
        for _ in 0..2 {
            keyed(t, "again", &format!("{PUBLIC}/validate"), &body).await.ok();
        }
        assert_eq!(t.all_rows().await["idempotency_keys"].len(), kept);
        assert_eq!(shown(t, &key).await["validations"], 2);
        t.organization_is(OrganizationStatus::Blocked).await;
        ask(&nobody, &format!("{PUBLIC}/validate"), &key, json!({})).await.not_found();
        ask(&nobody, &format!("{PUBLIC}/activate"), &key, json!({"label": "Laptop"})).await.not_found();
    }

    async fn customers_see_their_keys_and_members_theirs(t: &mut Till) {
        let (book, shown_to_all) = (t.product().await, keys_benefit(t, json!({"activations": {"limit": 2, "enable_customer_admin": true}})).await);
        let hidden = json!({"type": "license_keys", "description": "Hidden", "visibility": "private", "properties": {}});
        let hidden = t.post("/v1/benefits/", hidden).await.created();
        let path = format!("/v1/products/{}/benefits", id(&book));
        t.post(&path, json!({"benefits": [shown_to_all["id"], hidden["id"]]})).await.ok();
        let order = ordered(t, &book).await;
        let of = format!("{KEYS}?benefit_id={}", id(&shown_to_all));
        let key = t.items(&of).await.remove(0);
        activate(t, &key, "Laptop").await.ok();
        let ada = json!({"id": order["customer_id"]});
        let viewer = t.with_token(&token_of(t, &ada).await);
        let listed = viewer.items(OWN).await;
        assert_eq!(listed.len(), 1, "one of them is private");
        assert_eq!(viewer.items(&format!("{OWN}?benefit_id={}", id(&hidden))).await.len(), 0);
        let one = viewer.get(&format!("{OWN}{}", id(&key))).await.ok();
        assert_eq!(one["activations"][0]["label"], "Laptop");
        let body = json!({"type": "license_keys", "properties": {"activations": {"limit": 2, "enable_customer_admin": false}}});
        t.patch(&format!("/v1/benefits/{}", id(&shown_to_all)), body).await.ok();
        t.drain().await;
        assert_eq!(viewer.get(&format!("{OWN}{}", id(&key))).await.ok()["activations"], json!([]));
        let bob = t.with_token(&token_of(t, &t.customer("bob@example.com").await).await);
        assert_eq!(bob.items(OWN).await.len(), 0);
        bob.get(&format!("{OWN}{}", id(&key))).await.not_found();
        change_key(t, &key, json!({"status": "revoked"})).await.ok();
        viewer.get(&format!("{OWN}{}", id(&key))).await.not_found();
        assert_eq!(viewer.items(OWN).await.len(), 0);
        t.get(OWN).await.refused(401, "Unauthorized");
    }

    async fn lists_of_keys_filter_and_what_is_sent_alone_changes(t: &mut Till) {
        let (key, benefit) = key_of(t, json!({"limit_usage": 5})).await;
        let other = keys_benefit(t, json!({})).await;
        for (query, found) in [
            (String::new(), 1), ("?status=granted".to_owned(), 1), ("?status=revoked&status=disabled".to_owned(), 0),
            (format!("?benefit_id={}", id(&benefit)), 1), (format!("?benefit_id={}", id(&other)), 0),
            (format!("?organization_id={}", t.organization.id), 1), (format!("?organization_id={UNKNOWN}"), 0),
        ] {
            assert_eq!(t.items(&format!("{KEYS}{query}")).await.len(), found, "{query}");
        }
        let bare = t.get("/v1/license-keys?status=granted").await;
        assert_eq!(bare.ok()["items"][0]["id"], key["id"], "older clients send no slash");
        let before = shown(t, &key).await;
        assert_eq!(change_key(t, &key, json!({})).await.ok()["modified_at"], json!(null));
        let changed = change_key(t, &key, json!({"status": null, "usage": 4, "limit_activations": 3})).await.ok();
        for (name, value) in [("usage", json!(4)), ("limit_activations", json!(3)), ("limit_usage", json!(5)), ("status", json!("granted"))] {
            assert_eq!(changed[name], value, "{name}");
        }
        assert!(changed["modified_at"].is_string() && before["modified_at"].is_null());
        let path = format!("{KEYS}{}", id(&key));
        let told = t.patch(&path, json!({"status": "lost", "usage": 2_147_483_648_i64, "limit_usage": 0, "limit_activations": -1, "expires_at": "soon"})).await.unreadable();
        assert_eq!(told, pairs(&[("enum", "body.status"), ("less_than_equal", "body.usage"), ("greater_than", "body.limit_activations"),
            ("greater_than", "body.limit_usage"), ("datetime_from_date_parsing", "body.expires_at")]));
        t.patch(&format!("{KEYS}{UNKNOWN}"), json!({"usage": 1})).await.not_found();
        t.get(&format!("{KEYS}{UNKNOWN}")).await.not_found();
    }

    async fn whoever_bought_before_gets_a_key_once(t: &mut Till) {
        let (book, benefit) = (t.product().await, keys_benefit(t, json!({})).await);
        include(t, &book, &benefit).await;
        let ada = t.customer(ADA).await;
        t.sold(&ada, &book).await;
        t.catch_up().await;
        assert_eq!(t.items(KEYS).await.len(), 0);
        for _ in 0..2 {
            let ctx = t.app.context();
            let mut changes = Changes::new();
            changes.job(&ctx, EARLIER_JOB, EARLIER_JOB.name(), ctx.now, &None::<uuid::Uuid>);
            t.app.store.commit(changes).await.unwrap();
            t.catch_up().await;
            assert_eq!(t.items(KEYS).await.len(), 1);
        }
    }

    async fn a_customer_who_is_erased_leaves_no_activation(t: &mut Till) {
        let (key, _) = key_of(t, json!({"activations": {"limit": 2, "enable_customer_admin": true}})).await;
        let body = json!({"label": "Ada's laptop", "conditions": {"host": "adas-laptop"}, "meta": {"ip": "10.1.2.3"}});
        ask(t, "/v1/license-keys/activate", &key, body).await.ok();
        let export = t.get(&format!("/v1/customers/{}", id_in(&key, "customer_id"))).await.ok();
        let viewer = t.with_token(&token_of(t, &export).await);
        let data = viewer.get("/v1/customer-portal/customers/me/export").await.json();
        assert_eq!(data["license_keys"][0]["key"], key["key"]);
        let activation = &data["license_keys"][0]["activations"][0];
        assert_eq!((&activation["label"], &activation["conditions"]["host"], &activation["meta"]["ip"]), (&json!("Ada's laptop"), &json!("adas-laptop"), &json!("10.1.2.3")));
        t.delete(&format!("/v1/customers/{}?anonymize=true", id_in(&key, "customer_id"))).await.gone();
        t.advance(Duration::from_secs(3));
        t.catch_up().await;
        let now = shown(t, &key).await;
        assert_eq!((&now["status"], &now["activations"]), (&json!("revoked"), &json!([])));
        let rows = format!("{:?}", t.all_rows().await);
        assert!(!rows.contains("adas-laptop") && !rows.contains("10.1.2.3"));
        activate(t, &key, "Again").await.refused(403, "NotPermitted");
        t.see_through().await;
    }
}
