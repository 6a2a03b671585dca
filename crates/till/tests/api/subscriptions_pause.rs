//! Pauses from the end of a period on, and resumptions.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::{pairs, subscriptions_kit::*};

async fn pause(t: &Till, subscription: &Value, resumes_at: Value) -> till_testkit::Answer {
    change(
        t,
        subscription,
        json!({"pause_at_period_end": true, "resumes_at": resumes_at}),
    )
    .await
}

both! {
    async fn a_pause_begins_with_the_end_of_the_period_and_ends_when_it_was_told_to(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        let told_early = pause(t, &subscription, in_days(t, 3)).await.invalid();
        assert_eq!(told_early, pairs(&[("value_error", "body.resumes_at")]));
        let past = change(t, &subscription, json!({"pause_at_period_end": true, "resumes_at": "2020-01-01T00:00:00Z"})).await.unreadable();
        assert!(past.contains(&("datetime_future".into(), "body.SubscriptionPause.resumes_at".into())), "{past:?}");
        let pausing = pause(t, &subscription, in_days(t, 60)).await.ok();
        assert_eq!((&pausing["status"], &pausing["pause_at_period_end"], &pausing["paused_at"]), (&json!("active"), &json!(true), &json!(null)));
        assert_eq!(told(t).await, ["subscription.updated"]);
        pause(t, &subscription, in_days(t, 60)).await.refused(409, "CannotPauseSubscription");
        let paused = next_period(t, &subscription).await;
        assert_eq!((&paused["status"], &paused["pause_at_period_end"]), (&json!("paused"), &json!(false)));
        assert!(paused["paused_at"].is_string());
        assert_eq!(told(t).await, ["subscription.updated", "subscription.paused"]);
        assert_eq!(orders(t, &subscription).await.len(), 1);
        until(t, moment(&pausing["resumes_at"])).await;
        let resumed = shown(t, &subscription).await;
        assert_eq!((&resumed["status"], &resumed["paused_at"], &resumed["resumes_at"]), (&json!("active"), &json!(null), &json!(null)));
        assert_eq!(told(t).await, ["subscription.updated", "subscription.resumed", "order.created", "order.updated", "order.paid"]);
        let order = orders(t, &subscription).await.remove(0);
        assert_eq!((lines(&order), &order["billing_reason"]), (vec![1000], &json!("subscription_cycle")));
        assert_eq!(order["items"][0]["start_timestamp"], resumed["current_period_start"]);
        t.see_through().await;
    }

    async fn a_paused_subscription_can_be_resumed_or_revoked_and_little_else(t: &mut Till) {
        t.listen().await;
        let subscription = a_day_in(t).await;
        change(t, &subscription, json!({"resume": true})).await.refused(409, "NotPausedSubscription");
        pause(t, &subscription, json!(null)).await.ok();
        next_period(t, &subscription).await;
        change(t, &subscription, json!({"cancel_at_period_end": true})).await.refused(403, "AlreadyCanceledSubscription");
        change(t, &subscription, json!({"cancel_at_period_end": false})).await.refused(400, "BadRequest");
        change(t, &subscription, json!({"trial_end": in_days(t, 60)})).await.refused(403, "InactiveSubscription");
        change(t, &subscription, json!({"current_billing_period_end": in_days(t, 60)})).await.refused(403, "InactiveSubscription");
        pause(t, &subscription, json!(null)).await.refused(409, "CannotPauseSubscription");
        let pro = plan(t, "Pro", 2000, json!({})).await;
        switch(t, &subscription, &pro, "invoice").await.ok();
        assert_eq!(orders(t, &subscription).await.len(), 1);
        t.advance(std::time::Duration::from_secs(100 * DAY));
        t.drain().await;
        assert_eq!(shown(t, &subscription).await["status"], "paused");
        told(t).await;
        let resumed = change(t, &subscription, json!({"resume": true})).await.ok();
        assert_eq!((&resumed["status"], &resumed["product_id"]), (&json!("active"), &pro["id"]));
        assert_eq!(told(t).await, ["subscription.updated", "subscription.resumed", "order.created", "order.updated", "order.paid"]);
        assert_eq!(lines(&orders(t, &subscription).await[0]), [2000]);
        change(t, &subscription, json!({"resume": true})).await.refused(409, "NotPausedSubscription");
        t.see_through().await;
    }

    async fn a_pause_is_withdrawn_before_it_begins(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let back = json!({"pause_at_period_end": false});
        change(t, &subscription, back.clone()).await.refused(409, "NoScheduledPause");
        pause(t, &subscription, in_days(t, 60)).await.ok();
        let going_on = change(t, &subscription, back.clone()).await.ok();
        assert_eq!((&going_on["pause_at_period_end"], &going_on["resumes_at"]), (&json!(false), &json!(null)));
        change(t, &subscription, back).await.refused(409, "NoScheduledPause");
        pause(t, &subscription, json!(null)).await.ok();
        let canceled = change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        assert_eq!(canceled["pause_at_period_end"], false);
        pause(t, &subscription, json!(null)).await.refused(409, "CannotPauseSubscription");
    }

    async fn a_paused_subscription_ends_at_once_without_a_bill(t: &mut Till) {
        let subscription = a_day_in(t).await;
        pause(t, &subscription, json!(null)).await.ok();
        next_period(t, &subscription).await;
        let ended = t.delete(&path(&subscription)).await.ok();
        assert_eq!(ended["status"], "canceled");
        assert_eq!(orders(t, &subscription).await.len(), 1);
        t.catch_up().await;
    }

    async fn lines_of_a_change_wait_for_the_order_of_the_resumption(t: &mut Till) {
        let subscription = a_day_in(t).await;
        pause(t, &subscription, json!(null)).await.ok();
        let pro = plan(t, "Pro", 2000, json!({})).await;
        switch(t, &subscription, &pro, "prorate").await.ok();
        next_period(t, &subscription).await;
        let preview = t.post(&format!("{}/change-preview", path(&subscription)), json!({"resume": true})).await.ok();
        assert_eq!((&preview["base_amount"], &preview["proration_amount"], &preview["due_amount"]), (&json!(2000), &json!(966), &json!(2966)));
        change(t, &subscription, json!({"resume": true})).await.ok();
        assert_eq!(lines(&orders(t, &subscription).await[0]), [-967, 1933, 2000]);
    }
}
