//! Trials of products and sessions.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_testkit::{Till, both, buyer, id_in};

const ADA: &str = "ada@example.com";
const WEEK: (&str, i64) = ("day", 7);

fn trial((interval, count): (&str, i64)) -> Value {
    json!({"trial_interval": interval, "trial_interval_count": count})
}

/// A subscription for 10.00 USD a month that begins with two free weeks.
async fn with_trial(t: &Till) -> Value {
    let price = json!({"amount_type": "fixed", "price_amount": 1000});
    let body = json!({"name": "Trial", "recurring_interval": "month", "prices": [price],
        "trial_interval": "week", "trial_interval_count": 2});
    t.post("/v1/products/", body).await.created()
}

fn end(checkout: &Value) -> Timestamp {
    checkout["trial_end"].as_str().unwrap().parse().unwrap()
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

async fn settings(t: &Till, changes: Value) {
    let own = t.organization.id;
    let path = format!("/v1/organizations/{own}");
    let mut all = t.get(&path).await.ok()["subscription_settings"].clone();
    all.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    t.patch(&path, json!({"subscription_settings": all}))
        .await
        .ok();
}

both! {
    async fn a_products_trial_asks_for_a_card_and_no_money(t: &mut Till) {
        let product = with_trial(t).await;
        assert_eq!((&product["trial_interval"], &product["trial_interval_count"]), (&json!("week"), &json!(2)));
        let checkout = t.checkout_for(&product).await;
        assert_eq!((&checkout["trial_interval"], &checkout["trial_interval_count"]), (&Value::Null, &Value::Null));
        assert_eq!((&checkout["active_trial_interval"], &checkout["active_trial_interval_count"]), (&json!("week"), &json!(2)));
        assert_eq!(end(&checkout), t.app.context().now + days(14));
        assert_eq!((&checkout["is_payment_required"], &checkout["is_payment_setup_required"]), (&json!(false), &json!(true)));
        assert_eq!((&checkout["amount"], &checkout["total_amount"]), (&json!(1000), &json!(1000)), "what the first charge will be");
    }

    async fn a_session_has_its_own_trial_and_may_have_none(t: &mut Till) {
        let product = with_trial(t).await;
        let checkout = t.checkout_with(&product, trial(WEEK)).await;
        assert_eq!((&checkout["trial_interval"], &checkout["trial_interval_count"]), (&json!("day"), &json!(7)));
        assert_eq!(end(&checkout), t.app.context().now + days(7));
        let longer = t.change(&checkout, trial(("day", 14))).await.ok();
        assert_eq!(end(&longer), t.app.context().now + days(14));
        t.advance(std::time::Duration::from_secs(3600));
        let later = t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        assert_eq!(end(&later), t.app.context().now + days(14), "it runs from the change on");
        let products = t.change(&checkout, json!({"trial_interval": null, "trial_interval_count": null})).await.ok();
        assert_eq!((&products["trial_interval"], end(&products)), (&Value::Null, t.app.context().now + days(14)), "the product's again");
        let half = t.change(&checkout, json!({"trial_interval": "day", "trial_interval_count": null})).await;
        assert_eq!(half.unreadable(), crate::pairs(&[("missing", "body")]));
        let without = t.client_change(&checkout, json!({"allow_trial": false})).await.ok();
        for key in ["trial_end", "active_trial_interval", "active_trial_interval_count"] {
            assert_eq!(without[key], Value::Null, "{key}");
        }
        assert_eq!(without["is_payment_required"], true);
        let refused = t.client_change(&checkout, json!({"allow_trial": true})).await;
        assert_eq!(refused.unreadable(), crate::pairs(&[("literal_error", "body.allow_trial")]));
    }

    async fn null_turns_the_trial_off_for_buyer_and_merchant_and_in_a_confirmation(t: &mut Till) {
        let product = with_trial(t).await;
        let off = json!({"allow_trial": null});
        for by_merchant in [true, false] {
            let checkout = t.checkout_for(&product).await;
            let without = match by_merchant {
                true => t.change(&checkout, off.clone()).await.ok(),
                false => t.client_change(&checkout, off.clone()).await.ok(),
            };
            for key in ["trial_end", "active_trial_interval", "active_trial_interval_count"] {
                assert_eq!(without[key], Value::Null, "{key} {by_merchant}");
            }
            assert_eq!((&without["allow_trial"], &without["is_payment_required"]), (&json!(false), &json!(true)));
            let untouched = t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
            assert_eq!(untouched["trial_end"], Value::Null, "what is not sent stays");
        }
        let checkout = t.checkout_for(&product).await;
        let mut body = buyer(ADA, "pm_card_visa");
        body["allow_trial"] = Value::Null;
        t.confirm(&checkout, body).await.ok();
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 1000);
    }

    async fn only_subscriptions_have_trials(t: &mut Till) {
        let once = t.checkout_with(&t.product().await, trial(WEEK)).await;
        assert_eq!((&once["trial_end"], &once["active_trial_interval"]), (&Value::Null, &Value::Null));
        assert_eq!(once["is_payment_required"], true);
        let never = t.checkout_with(&with_trial(t).await, json!({"allow_trial": false})).await;
        assert_eq!(never["trial_end"], Value::Null);
    }

    async fn a_trial_begins_with_an_order_of_nothing(t: &mut Till) {
        let checkout = t.checkout_for(&with_trial(t).await).await;
        let ends = end(&checkout);
        let done = t.buy(&checkout, ADA).await;
        assert_eq!(done["status"], "succeeded");
        let order = t.orders(&checkout).await.remove(0);
        for key in ["subtotal_amount", "discount_amount", "net_amount", "tax_amount", "total_amount"] {
            assert_eq!(order[key], 0, "{key}");
        }
        assert_eq!((&order["status"], &order["billing_reason"]), (&json!("paid"), &json!("subscription_create")));
        assert_eq!(order["items"].as_array().unwrap().len(), 1);
        assert_eq!(order["receipt_number"], Value::Null);
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        let item = &order["items"][0];
        let day = |key: &str| {
            let moment: Timestamp = subscription[key].as_str().unwrap().parse().unwrap();
            moment.strftime("%b %-d, %Y").to_string()
        };
        assert_eq!(item["label"], format!("Trial period for Trial ({} - {})", day("trial_start"), day("trial_end")));
        assert_eq!((&item["amount"], &item["product_price_id"]), (&json!(0), &Value::Null));
        assert_eq!((&item["start_timestamp"], &item["end_timestamp"]), (&subscription["trial_start"], &subscription["trial_end"]));
        assert_eq!((&subscription["status"], &subscription["amount"]), (&json!("trialing"), &json!(1000)));
        assert_eq!(subscription["trial_end"], subscription["current_period_end"]);
        let over: Timestamp = subscription["trial_end"].as_str().unwrap().parse().unwrap();
        assert!(over >= ends);
        assert!(t.payments(&checkout).await.is_empty(), "nothing was charged");
    }

    async fn a_second_trial_is_refused_where_the_merchant_prevents_it(t: &mut Till) {
        settings(t, json!({"prevent_trial_abuse": true, "allow_multiple_subscriptions": true})).await;
        let product = with_trial(t).await;
        t.buy(&t.checkout_for(&product).await, ADA).await;
        // Neither a tag on the address nor another address with the same card makes another person.
        for (email, card) in [("ada+again@example.com", "pm_card_mastercard"), ("eve@example.com", "pm_card_visa")] {
            let again = t.checkout_for(&product).await;
            t.confirm(&again, buyer(email, card)).await.refused(403, "TrialAlreadyRedeemed");
            assert_eq!(t.reload(&again).await["status"], "open", "{email}");
            t.client_change(&again, json!({"allow_trial": false})).await.ok();
            let paid = t.buy(&again, email).await;
            assert_eq!(paid["status"], "succeeded");
            assert_eq!(t.orders(&again).await[0]["total_amount"], 1000);
        }
        let other = t.checkout_for(&product).await;
        t.confirm(&other, buyer("bob@example.com", "pm_card_amex")).await.ok();
        t.catch_up().await;
    }

    async fn of_two_trials_at_the_same_moment_one_is_given(t: &mut Till) {
        settings(t, json!({"prevent_trial_abuse": true, "allow_multiple_subscriptions": true})).await;
        let product = with_trial(t).await;
        // One person by address, then one by card; nobody is fulfilled in between.
        for people in [["ada@example.com", "ada+2@example.com", "ada+3@example.com"], ["x@a.example", "y@b.example", "z@c.example"]] {
            let by_card = people[0].starts_with('x');
            let cards = if by_card { ["pm_card_jcb"; 3] } else { ["pm_card_visa", "pm_card_mastercard", "pm_card_amex"] };
            let mut tries = Vec::new();
            for (email, card) in people.into_iter().zip(cards) {
                tries.push((t.checkout_for(&product).await, buyer(email, card)));
            }
            let tries = tries.iter().map(|(checkout, body)| t.confirm(checkout, body.clone()));
            let mut answers = futures_util::future::join_all(tries).await;
            answers.sort_by_key(|answer| answer.status.as_u16());
            answers[0].ok();
            for late in &answers[1..] {
                late.refused(403, "TrialAlreadyRedeemed");
            }
        }
        t.catch_up().await;
        assert_eq!(t.items("/v1/subscriptions/").await.len(), 2);
    }

    async fn a_declined_attempt_gives_its_trial_back(t: &mut Till) {
        settings(t, json!({"prevent_trial_abuse": true})).await;
        let checkout = t.checkout_for(&with_trial(t).await).await;
        assert_eq!(t.confirm(&checkout, buyer(ADA, "pm_card_visa_chargeDeclined")).await.status, 400);
        assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
    }

    async fn a_trial_is_not_held_against_anybody_unless_the_merchant_says_so(t: &mut Till) {
        settings(t, json!({"allow_multiple_subscriptions": true})).await;
        let product = with_trial(t).await;
        for _ in 0..2 {
            let checkout = t.checkout_for(&product).await;
            assert_eq!(t.buy(&checkout, ADA).await["status"], "succeeded");
        }
        assert_eq!(t.items(&format!("/v1/subscriptions/?product_id={}", id_in(&product, "id"))).await.len(), 2);
    }
}
