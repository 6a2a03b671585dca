//! Usage that is billed more often than its subscription.

use serde_json::json;
use till_testkit::{Till, both};

use crate::{
    benefit_grants::include,
    metered_kit::{declined_later, meter, new_card_pays, newest, next, sum, uses, yearly},
    subscriptions_kit::{VISA, bought, change, moment, orders, shown, told, until},
};

/// The text of the only letter that has arrived.
fn only_letter(t: &Till) -> String {
    let mut mails = t.mailbox.take();
    let mail = mails.pop().expect("a letter");
    assert!(mails.is_empty(), "{mails:?}");
    assert_eq!(mail.subject.to_string(), "The payment for Pro failed");
    mail.text
}

both! {
    async fn usage_has_orders_of_its_own_until_the_renewal_bills_the_last_part(t: &mut Till) {
        t.listen().await;
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        let of_part = |one: &serde_json::Value| json!([one["current_meter_period_start"], one["current_meter_period_end"]]);
        assert_eq!(of_part(&subscription)[0], subscription["current_period_start"]);
        told(t).await;
        uses(t, &subscription, 250).await;
        let path = format!("/v1/subscriptions/{}/charge-preview", subscription["id"].as_str().unwrap());
        let preview = t.get(&path).await.ok();
        assert_eq!(json!([preview["base_amount"], preview["metered_amount"]]), json!([0, 250]));
        let second = next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [250]]));
        let kinds = told(t).await;
        assert!(!kinds.contains(&"subscription.cycled".to_owned()) && kinds.contains(&"order.paid".to_owned()), "{kinds:?}");
        assert_eq!(second["current_period_end"], subscription["current_period_end"]);
        assert_eq!(second["current_meter_period_start"], subscription["current_meter_period_end"]);
        let third = next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [0]]), "also where nothing was used");
        uses(t, &subscription, 3).await;
        let fourth = next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [3]]));
        assert_eq!(fourth["current_meter_period_end"], fourth["current_period_end"]);
        assert_ne!(third["current_meter_period_end"], fourth["current_meter_period_end"]);
        uses(t, &subscription, 4).await;
        let renewed = next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_cycle", "paid", [4, 10_000]]));
        assert_eq!(renewed["current_period_start"], subscription["current_period_end"]);
        assert_eq!(renewed["current_meter_period_start"], renewed["current_period_start"]);
        assert_eq!(orders(t, &subscription).await.len(), 5);
        t.see_through().await;
    }

    async fn credits_are_given_for_each_part_and_usage_after_its_end_is_of_the_next(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let credits = json!({"type": "meter_credit", "description": "Credits",
            "properties": {"meter_id": meter["id"], "units": 100, "rollover": true}});
        let credits = t.post("/v1/benefits/", credits).await.created();
        include(t, &product, &[&credits]).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 30).await;
        let end = moment(&subscription["current_meter_period_end"]);
        let late = end.duration_since(t.app.clock.now()) + jiff::SignedDuration::from_hours(1);
        t.advance(std::time::Duration::try_from(late).unwrap());
        let event = json!({"name": "llm", "customer_id": subscription["customer_id"], "metadata": {"n": 180}});
        t.post("/v1/events/ingest", json!({"events": [event]})).await.ok();
        till_server::jobs::usage::run_due(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [0]]));
        let has = t.items("/v1/customer-meters/").await.remove(0);
        assert_eq!(json!([has["consumed_units"], has["credited_units"]]), json!([180.0, 170]));
        next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [10]]));
    }

    async fn an_unpaid_order_of_usage_leaves_the_subscription_active_and_waits_for_a_card(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = declined_later(t, &product).await;
        uses(t, &subscription, 500).await;
        t.mailbox.take();
        let now = next(t, &subscription).await;
        let letter = only_letter(t);
        assert!(letter.contains("We could not charge your card for your usage.") && letter.contains("Pay $5.00:"), "{letter}");
        assert_eq!((&now["status"], &now["past_due_at"]), (&json!("active"), &json!(null)));
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((&order["status"], &order["next_payment_attempt_at"]), (&json!("pending"), &json!(null)));
        new_card_pays(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [500]]));
        t.see_through().await;
    }

    async fn a_renewal_that_is_declined_is_told_of_with_its_own_sum_while_usage_waits(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({})).await;
        let subscription = declined_later(t, &product).await;
        uses(t, &subscription, 500).await;
        for _ in 0..3 {
            next(t, &subscription).await;
        }
        t.mailbox.take();
        assert_eq!(next(t, &subscription).await["status"], "past_due");
        let letter = only_letter(t);
        assert!(letter.contains("for the current period") && letter.contains("Pay $100.00:"), "{letter}");
    }

    async fn a_trial_is_one_part_and_an_end_with_the_period_bills_the_last(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({"trial_interval": "month", "trial_interval_count": 5})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        assert_eq!(subscription["current_meter_period_end"], subscription["trial_end"]);
        uses(t, &subscription, 900).await;
        let active = next(t, &subscription).await;
        assert_eq!(newest(t, &subscription).await, json!(["subscription_cycle", "paid", [10_000]]));
        assert_ne!(active["current_meter_period_end"], active["current_period_end"]);
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        for used in [1, 2, 3] {
            uses(t, &subscription, used).await;
            next(t, &subscription).await;
            assert_eq!(newest(t, &subscription).await, json!(["subscription_meter_cycle", "paid", [used]]));
        }
        uses(t, &subscription, 4).await;
        let ended = next(t, &subscription).await;
        assert_eq!(ended["status"], "canceled");
        assert_eq!(newest(t, &subscription).await, json!(["subscription_cycle", "paid", [4]]));
    }

    async fn a_change_that_is_charged_takes_over_the_interval(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let to = yearly(t, &meter, json!({})).await;
        let from = t.post("/v1/products/", json!({"name": "Basic", "recurring_interval": "month",
            "prices": [{"amount_type": "fixed", "price_amount": 1000}]})).await.created();
        let subscription = bought(t, &from, VISA, json!({})).await;
        let body = json!({"product_id": to["id"], "proration_behavior": "invoice"});
        let changed = change(t, &subscription, body).await.ok();
        t.drain().await;
        let now = shown(t, &subscription).await;
        assert_eq!(now["current_meter_period_end"], changed["current_meter_period_end"]);
        uses(t, &now, 12).await;
        next(t, &now).await;
        assert_eq!(newest(t, &now).await, json!(["subscription_meter_cycle", "paid", [12]]));
    }

    async fn without_metered_prices_nothing_is_billed_and_credits_last_for_the_period(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({"prices": [{"amount_type": "fixed", "price_amount": 10_000}]})).await;
        let credits = json!({"type": "meter_credit", "description": "Credits",
            "properties": {"meter_id": meter["id"], "units": 100, "rollover": false}});
        let credits = t.post("/v1/benefits/", credits).await.created();
        include(t, &product, &[&credits]).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        next(t, &subscription).await;
        let path = format!("/v1/subscriptions/{}/charge-preview", subscription["id"].as_str().unwrap());
        assert_eq!(t.get(&path).await.ok()["base_amount"], 10_000);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        assert_eq!(t.items("/v1/customer-meters/").await[0]["credited_units"], 100);
    }

    async fn letters_of_usage_are_confirmations_and_renewals_are_still_announced(t: &mut Till) {
        let meter = meter(t, sum()).await;
        let product = yearly(t, &meter, json!({"meter_interval_count": 1})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        uses(t, &subscription, 500).await;
        t.mailbox.take();
        let second = next(t, &subscription).await;
        let subjects = |t: &Till| -> Vec<String> { t.mailbox.take().iter().map(|mail| mail.subject.to_string()).collect() };
        assert_eq!(subjects(t), ["Your order from Ada's Shop"]);
        let left = moment(&second["current_period_end"]) - jiff::SignedDuration::from_hours(24);
        until(t, left).await;
        assert_eq!(subjects(t), ["Your subscription to Pro renews soon"]);
    }
}
