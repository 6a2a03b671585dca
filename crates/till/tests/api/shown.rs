//! Charging what was last shown: discounts, trials and taxes that a merchant changes while a session is open.

use std::time::Duration;

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both, buyer, id_in};

use crate::pairs;

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

fn path(kind: &str, of: &Value) -> String {
    format!("/v1/{kind}/{}", id_in(of, "id"))
}

/// A confirmation was refused at this place, with the total in words and in minor units.
fn refused(answer: &Answer, place: &str, words: &str, total: i64) {
    assert_eq!(answer.invalid(), pairs(&[("value_error", place)]));
    let body: Value = serde_json::from_str(&answer.text()).unwrap();
    let problem = &body["detail"][0];
    assert!(
        problem["msg"].as_str().unwrap().contains(words),
        "{problem}"
    );
    assert_eq!(problem["input"], total);
}

/// Pays, and is charged this.
async fn pays(t: &Till, checkout: &Value, total: i64) {
    t.confirm(checkout, buyer(ADA, VISA)).await.ok();
    t.catch_up().await;
    assert_eq!(t.payments(checkout).await[0]["amount"], total);
    assert_eq!(t.orders(checkout).await[0]["total_amount"], total);
}

async fn nothing_charged(t: &Till, checkout: &Value) {
    assert!(t.payments(checkout).await.is_empty());
    assert_eq!(t.session(checkout).await.checkout.attempt_id, None);
}

/// Changes that a merchant may make to a discount of half the price, and what 30.00 cost then.
async fn changes(t: &Till) -> Vec<(&'static str, Value, i64)> {
    let other = t.product_named("Other", 700).await;
    vec![
        ("restricted", json!({"products": [other["id"]]}), 3000),
        (
            "ended",
            json!({"ends_at": t.app.clock.now().to_string()}),
            3000,
        ),
        ("lowered", json!({"basis_points": 1000}), 2700),
        ("raised", json!({"basis_points": 9000}), 300),
    ]
}

both! {
    async fn a_confirmation_is_refused_with_the_new_total_and_the_next_one_pays_it(t: &mut Till) {
        let book = t.product().await;
        for (words, change, total) in changes(t).await {
            let half = t.percent_off(5000, json!({})).await;
            let checkout = t.checkout_with(&book, json!({"discount_id": half["id"]})).await;
            assert_eq!(checkout["total_amount"], 1500);
            t.patch(&path("discounts", &half), change).await.ok();
            t.advance(Duration::from_secs(1));
            let sum = format!("${}.00", total / 100);
            refused(&t.confirm(&checkout, buyer(ADA, VISA)).await, "body.discount_id", &sum, total);
            nothing_charged(t, &checkout).await;
            let now = t.reload(&checkout).await;
            assert_eq!((&now["status"], &now["total_amount"]), (&json!("open"), &json!(total)), "{words}");
            assert_eq!(now["discount_id"].is_null(), total == 3000, "{words}");
            pays(t, &checkout, total).await;
        }
    }

    async fn every_look_shows_the_new_total_and_then_it_is_charged(t: &mut Till) {
        let book = t.product().await;
        for look in 0..4 {
            for (words, change, total) in changes(t).await {
                let half = t.percent_off(5000, json!({})).await;
                let checkout = t.checkout_with(&book, json!({"discount_id": half["id"]})).await;
                t.patch(&path("discounts", &half), change).await.ok();
                t.advance(Duration::from_secs(1));
                let shown = match look {
                    0 => t.reload(&checkout).await,
                    1 => t.client_get(&checkout).await.ok(),
                    2 => t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok(),
                    _ => {
                        let opened = format!("/v1/checkouts/client/{}/opened", checkout["client_secret"].as_str().unwrap());
                        t.anonymous().post(&opened, json!({})).await.ok()
                    }
                };
                assert_eq!(shown["total_amount"], total, "{words} {look}");
                if look < 2 {
                    assert_eq!(t.reload(&checkout).await, t.reload(&checkout).await, "written once");
                }
                pays(t, &checkout, total).await;
            }
        }
    }

    async fn the_merchant_is_told_of_a_total_that_changed_and_only_then(t: &mut Till) {
        t.listen().await;
        let half = t.percent_off(5000, json!({})).await;
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": half["id"]})).await;
        t.webhook_events().await;
        t.client_get(&checkout).await.ok();
        assert!(t.webhook_events().await.is_empty(), "a look by itself tells nobody");
        t.patch(&path("discounts", &half), json!({"basis_points": 1000})).await.ok();
        t.webhook_events().await;
        t.client_get(&checkout).await.ok();
        t.client_get(&checkout).await.ok();
        let told = t.webhook_events().await;
        let kinds: Vec<_> = told.iter().map(|event| &event["type"]).collect();
        assert_eq!(kinds, ["checkout.updated"]);
        assert_eq!(told[0]["data"]["total_amount"], 2700);
    }

    async fn who_takes_the_discount_out_while_confirming_pays_the_whole_price(t: &mut Till) {
        let half = t.percent_off(5000, json!({})).await;
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": half["id"]})).await;
        t.patch(&path("discounts", &half), json!({"basis_points": 1000})).await.ok();
        let mut body = buyer(ADA, VISA);
        body["discount_code"] = Value::Null;
        t.confirm(&checkout, body).await.ok();
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 3000);
    }

    async fn what_is_being_paid_stays_as_it_was_agreed(t: &mut Till) {
        let half = t.percent_off(5000, json!({})).await;
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": half["id"]})).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_settlesLater")).await.ok();
        t.patch(&path("discounts", &half), json!({"ends_at": t.app.clock.now().to_string()})).await.ok();
        t.advance(Duration::from_secs(4));
        assert_eq!(t.client_get(&checkout).await.ok()["total_amount"], 1500);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 1500);
    }

    async fn a_trial_that_the_merchant_takes_away_is_not_charged_unseen(t: &mut Till) {
        let price = json!({"amount_type": "fixed", "price_amount": 1000});
        let product = json!({"name": "Trial", "recurring_interval": "month", "prices": [price],
            "trial_interval": "week", "trial_interval_count": 2});
        let product = t.post("/v1/products/", product).await.created();
        let checkout = t.checkout_for(&product).await;
        let none = json!({"trial_interval": null, "trial_interval_count": null});
        t.patch(&path("products", &product), none).await.ok();
        refused(&t.confirm(&checkout, buyer(ADA, VISA)).await, "body.allow_trial", "$10.00", 1000);
        nothing_charged(t, &checkout).await;
        assert_eq!(t.client_get(&checkout).await.ok()["trial_end"], Value::Null);
        pays(t, &checkout, 1000).await;
    }

    async fn a_tax_that_came_since_is_shown_before_it_is_charged(t: &mut Till) {
        let price = json!([{"amount_type": "fixed", "price_amount": 1000, "tax_behavior": "exclusive"}]);
        let product = t.priced(price).await;
        let checkout = t.checkout_with(&product, json!({"customer_billing_address": {"country": "FR"}})).await;
        assert_eq!(checkout["total_amount"], 1000);
        let settings = json!({"tax_settings": {"enabled": true, "registrations": [{"country": "FR"}]}});
        t.patch(&format!("/v1/organizations/{}", t.organization.id), settings).await.ok();
        refused(&t.confirm(&checkout, buyer(ADA, VISA)).await, "body.customer_billing_address", "$12.00", 1200);
        nothing_charged(t, &checkout).await;
        assert_eq!(t.client_get(&checkout).await.ok()["total_amount"], 1200);
        pays(t, &checkout, 1200).await;
    }
}
