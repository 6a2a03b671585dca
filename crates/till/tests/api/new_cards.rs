//! A new card, tried at once with what its customer owes.

use serde_json::{Value, json};
use till_core::kernel::records::PaymentState;
use till_testkit::{Till, both, id_in};

use crate::subscriptions_kit::*;

/// Two subscriptions of one customer, each with a renewal that was declined.
async fn past_due(t: &Till) -> [Value; 2] {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let several = json!({"subscription_settings": {"allow_multiple_subscriptions": true, "proration_behavior": "prorate",
        "benefit_revocation_grace_period": 0, "prevent_trial_abuse": false, "allow_customer_updates": true}});
    t.patch(&path, several).await.ok();
    let trial = json!({"trial_interval": "day", "trial_interval_count": 10});
    let product = plan(t, "Basic", 1000, trial).await;
    let first = bought(t, &product, DECLINED_LATER, json!({})).await;
    let second = bought(t, &product, DECLINED_LATER, json!({})).await;
    assert_eq!(first["customer_id"], second["customer_id"]);
    let both = [next_period(t, &first).await, next_period(t, &second).await];
    assert!(both.iter().all(|one| one["status"] == "past_due"));
    both
}

fn customer(subscription: &Value) -> Value {
    json!({"id": subscription["customer_id"]})
}

async fn latest(t: &Till, subscription: &Value) -> Value {
    orders(t, subscription).await.remove(0)
}

/// Triggers of the attempts to pay the latest order, the oldest first.
async fn triggers(t: &Till, subscription: &Value) -> Vec<Value> {
    let order = latest(t, subscription).await;
    let path = format!(
        "/v1/payments/?order_id={}&sorting=created_at",
        id_in(&order, "id")
    );
    let payments = t.items(&path).await.into_iter();
    payments.map(|payment| payment["trigger"].clone()).collect()
}

async fn card_of(t: &Till, subscription: &Value) -> Option<uuid::Uuid> {
    let found = t
        .app
        .store
        .subscription_by_id(id_in(subscription, "id"))
        .await;
    found.unwrap().unwrap().payment_method_id
}

both! {
    async fn the_card_that_pays_an_order_on_its_page_is_tried_with_the_others(t: &mut Till) {
        let [first, second] = past_due(t).await;
        t.listen().await;
        let order = latest(t, &first).await;
        let page = t.get(&format!("/v1/orders/{}/payment-page", id_in(&order, "id"))).await.ok();
        let path = page["url"].as_str().unwrap().strip_prefix("https://till.test").unwrap().to_owned();
        let form = [("intent", "pay"), ("card_number", "4242 4242 4242 4242"), ("card_expiry", "12 / 34"), ("card_cvc", "123"), ("shown_total", "1000")];
        assert_eq!(t.form(&path, &form, &[]).await.status, 303);
        assert_eq!(latest(t, &second).await["status"], "pending");
        told(t).await;
        for one in [&first, &second] {
            assert_eq!((&latest(t, one).await["status"], &shown(t, one).await["status"]), (&json!("paid"), &json!("active")));
        }
        assert_eq!(triggers(t, &second).await, ["subscription_cycle", "retry_payment_method_update"]);
        let card = card_of(t, &first).await;
        assert!(card.is_some());
        assert_eq!(card_of(t, &second).await, card, "it is the card of both from now on");
        next_period(t, &second).await;
        assert_eq!(latest(t, &second).await["status"], "paid");
        t.see_through().await;
    }

    async fn a_card_that_is_saved_is_tried_with_each_order_and_everybody_is_told(t: &mut Till) {
        let [first, second] = past_due(t).await;
        t.listen().await;
        assert_eq!(t.keep_card(&customer(&first), VISA).await, PaymentState::Succeeded);
        let mut kinds = told(t).await;
        kinds.sort_unstable();
        let twice = ["order.paid", "order.updated", "subscription.active", "subscription.updated"].map(|kind| [kind; 2]).concat();
        assert_eq!(kinds, twice);
        for one in [&first, &second] {
            assert_eq!((&latest(t, one).await["status"], &shown(t, one).await["status"]), (&json!("paid"), &json!("active")));
            assert_eq!(triggers(t, one).await, ["subscription_cycle", "retry_payment_method_update"]);
        }
        t.see_through().await;
    }

    async fn a_new_card_that_is_declined_changes_nothing_and_the_schedule_goes_on(t: &mut Till) {
        let [first, _] = past_due(t).await;
        t.listen().await;
        let before = (latest(t, &first).await, shown(t, &first).await, card_of(t, &first).await);
        // It is kept while nothing is charged, and declined then.
        assert_eq!(t.keep_card(&customer(&first), DECLINED_LATER).await, PaymentState::Succeeded);
        assert_eq!(triggers(t, &first).await, ["subscription_cycle", "retry_payment_method_update"]);
        assert!(told(t).await.is_empty());
        let after = (latest(t, &first).await, shown(t, &first).await, card_of(t, &first).await);
        assert_eq!(after, before);
        until(t, moment(&before.0["next_payment_attempt_at"])).await;
        assert_eq!(triggers(t, &first).await, ["subscription_cycle", "retry_payment_method_update", "retry_dunning"]);
        t.see_through().await;
    }

    async fn a_card_of_somebody_who_owes_nothing_is_only_kept(t: &mut Till) {
        let subscription = a_day_in(t).await;
        assert_eq!(t.keep_card(&customer(&subscription), "pm_card_mastercard").await, PaymentState::Succeeded);
        assert_eq!(t.items("/v1/payments/").await.len(), 1);
    }
}
