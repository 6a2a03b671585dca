//! Cancellation at the end of a period, its withdrawal, and the end at once.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::subscriptions_kit::*;

const CANCELED: [&str; 2] = ["subscription.updated", "subscription.canceled"];
const REVOKED: [&str; 3] = [
    "subscription.updated",
    "subscription.canceled",
    "subscription.revoked",
];

async fn cancel(t: &Till, subscription: &Value, is: bool) -> till_testkit::Answer {
    change(t, subscription, json!({"cancel_at_period_end": is})).await
}

both! {
    async fn a_cancelled_subscription_goes_on_until_the_end_of_its_period(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let body = json!({"cancel_at_period_end": true, "customer_cancellation_reason": "unused", "customer_cancellation_comment": "Bye"});
        let canceled = change(t, &subscription, body).await.ok();
        assert_eq!((&canceled["status"], &canceled["cancel_at_period_end"]), (&json!("active"), &json!(true)));
        assert_eq!((&canceled["ends_at"], &canceled["ended_at"]), (&subscription["current_period_end"], &json!(null)));
        assert_eq!((&canceled["customer_cancellation_reason"], &canceled["customer_cancellation_comment"]), (&json!("unused"), &json!("Bye")));
        assert!(canceled["canceled_at"].is_string());
        assert_eq!(told(t).await, CANCELED);
        cancel(t, &subscription, true).await.refused(403, "AlreadyCanceledSubscription");
        change(t, &subscription, json!({"product_id": subscription["product_id"]})).await.refused(403, "AlreadyCanceledSubscription");
        let found = t.items("/v1/subscriptions/?customer_cancellation_reason=unused&cancel_at_period_end=true").await;
        assert_eq!(found, std::slice::from_ref(&canceled));
        let ended = next_period(t, &subscription).await;
        assert_eq!((&ended["status"], &ended["canceled_at"], &ended["ends_at"]), (&json!("canceled"), &canceled["canceled_at"], &canceled["ends_at"]));
        assert!(ended["ended_at"].is_string());
        assert_eq!(told(t).await, REVOKED);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        cancel(t, &subscription, false).await.refused(410, "ResourceUnavailable");
        cancel(t, &subscription, true).await.refused(403, "AlreadyCanceledSubscription");
        t.delete(&path(&subscription)).await.refused(403, "AlreadyCanceledSubscription");
        t.see_through().await;
    }

    async fn a_cancellation_is_withdrawn_once(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        cancel(t, &subscription, false).await.refused(400, "BadRequest");
        let body = json!({"cancel_at_period_end": true, "customer_cancellation_reason": "too_complex", "customer_cancellation_comment": "Bye"});
        change(t, &subscription, body).await.ok();
        told(t).await;
        let back = cancel(t, &subscription, false).await.ok();
        for key in ["canceled_at", "ends_at", "customer_cancellation_reason", "customer_cancellation_comment"] {
            assert_eq!(back[key], json!(null), "{key}");
        }
        assert_eq!(told(t).await, ["subscription.updated", "subscription.uncanceled"]);
        cancel(t, &subscription, false).await.refused(400, "BadRequest");
        assert_eq!(next_period(t, &subscription).await["status"], "active");
        t.see_through().await;
    }

    async fn a_subscription_ends_at_once_by_either_way(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let body = json!({"revoke": true, "customer_cancellation_reason": "other"});
        let ended = change(t, &subscription, body).await.ok();
        assert_eq!((&ended["status"], &ended["customer_cancellation_reason"]), (&json!("canceled"), &json!("other")));
        assert_eq!((&ended["canceled_at"], &ended["ends_at"]), (&ended["ended_at"], &ended["ended_at"]));
        assert_eq!(told(t).await, REVOKED);
        let basic = plan(t, "Basic", 1000, json!({})).await;
        let other = bought(t, &basic, VISA, json!({})).await;
        cancel(t, &other, true).await.ok();
        told(t).await;
        let ended = t.delete(&path(&other)).await.ok();
        assert_eq!((&ended["status"], &ended["cancel_at_period_end"]), (&json!("canceled"), &json!(true)));
        assert_eq!(told(t).await, REVOKED);
        change(t, &other, json!({"revoke": true})).await.refused(403, "AlreadyCanceledSubscription");
        t.see_through().await;
    }

    async fn what_was_not_paid_is_void_when_the_subscription_ends(t: &mut Till) {
        t.listen().await;
        let subscription = about_to_be_declined(t).await;
        next_period(t, &subscription).await;
        told(t).await;
        let unpaid = orders(t, &subscription).await.remove(0);
        assert_eq!(unpaid["status"], "pending");
        let preview = t.get(&format!("{}/cancel-preview", path(&subscription))).await.ok();
        assert_eq!(preview, json!({"stops_collection": true, "outstanding_amount": 1000}));
        t.delete(&path(&subscription)).await.ok();
        t.drain().await;
        let mut wanted = REVOKED.to_vec();
        wanted.push("order.updated");
        assert_eq!(told(t).await, wanted);
        let void = orders(t, &subscription).await.remove(0);
        assert_eq!((&void["status"], &void["next_payment_attempt_at"]), (&json!("void"), &json!(null)));
        t.see_through().await;
    }

    async fn lines_that_wait_are_billed_at_the_end_of_the_period_but_not_at_once(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        switch(t, &subscription, &pro, "prorate").await.ok();
        cancel(t, &subscription, true).await.ok();
        let preview = t.get(&format!("{}/charge-preview", path(&subscription))).await.ok();
        assert_eq!((&preview["base_amount"], &preview["due_amount"]), (&json!(0), &json!(966)));
        next_period(t, &subscription).await;
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["billing_reason"], &order["status"]), (vec![-967, 1933], &json!("subscription_cycle"), &json!("paid")));
        let other = bought(t, &pro, VISA, json!({})).await;
        switch(t, &other, &plan(t, "Max", 9000, json!({})).await, "prorate").await.ok();
        t.delete(&path(&other)).await.ok();
        t.catch_up().await;
        assert_eq!(orders(t, &other).await.len(), 1);
    }

    async fn a_cancellation_in_a_trial_is_for_the_end_of_the_trial(t: &mut Till) {
        let product = plan(t, "Tried", 1000, json!({"trial_interval": "day", "trial_interval_count": 14})).await;
        let subscription = bought(t, &product, VISA, json!({})).await;
        let canceled = cancel(t, &subscription, true).await.ok();
        assert_eq!(canceled["ends_at"], subscription["trial_end"]);
        let moved = change(t, &subscription, json!({"trial_end": in_days(t, 3)})).await.ok();
        assert_eq!(moved["ends_at"], moved["trial_end"]);
        let ended = change(t, &subscription, json!({"trial_end": "now"})).await.ok();
        assert_eq!(ended["status"], "canceled");
        assert_eq!(orders(t, &subscription).await.len(), 1);
    }
}
