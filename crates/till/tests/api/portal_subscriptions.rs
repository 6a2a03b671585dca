//! Subscriptions in the customer portal.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::subscriptions_kit::*;

fn own(subscription: &Value) -> String {
    format!(
        "/v1/customer-portal/subscriptions/{}",
        subscription["id"].as_str().unwrap()
    )
}

async fn viewer(t: &Till, subscription: &Value) -> Till {
    t.viewer_of(&json!({"id": subscription["customer_id"]}))
        .await
}

/// Switches for what customers may do with their subscriptions.
async fn switches(t: &Till, plan: bool, seats: bool, pause: bool) {
    let subscription = json!({"update_seats": seats, "update_plan": plan, "pause": pause});
    let body = json!({"customer_portal_settings": {"usage": {"show": true}, "subscription": subscription}});
    t.patch(&format!("/v1/organizations/{}", t.organization.id), body)
        .await
        .ok();
}

both! {
    async fn a_customer_sees_their_subscriptions(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let viewer = viewer(t, &subscription).await;
        let list = async |query: &str| viewer.get(&format!("/v1/customer-portal/subscriptions/{query}")).await.listed("id");
        let id = subscription["id"].as_str().unwrap();
        for query in ["", "?active=true", "?query=basic", "?sorting=organization", "?page=1&limit=10&sorting=-started_at"] {
            assert_eq!(list(query).await, [id], "{query}");
        }
        for query in ["?active=false", "?query=nothing"] {
            assert!(list(query).await.is_empty(), "{query}");
        }
        let shown = viewer.get(&own(&subscription)).await.ok();
        for hidden in ["metadata", "custom_field_data", "customer", "user", "discount"] {
            assert!(shown.get(hidden).is_none() && shown["product"].get(hidden).is_none(), "{hidden}");
        }
        assert_eq!(shown["prices"], subscription["prices"]);
        assert_eq!(shown["product"]["organization"]["slug"], "ada");
        let next = viewer.get(&format!("{}/charge-preview", own(&subscription))).await.ok();
        assert_eq!(next["due_amount"], 1000);
    }

    async fn a_customer_cancels_with_a_reason_and_thinks_better_of_it(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (viewer, path) = (viewer(t, &subscription).await, own(&subscription));
        t.listen().await;
        assert_eq!(viewer.patch(&path, json!({})).await.ok()["status"], "active");
        assert!(told(t).await.is_empty(), "an empty change is none");
        let bye = json!({"cancel_at_period_end": true, "cancellation_reason": "unused", "cancellation_comment": "Bye"});
        let canceled = viewer.patch(&path, bye).await.ok();
        assert_eq!(canceled["cancel_at_period_end"], true);
        assert_eq!((&canceled["customer_cancellation_reason"], &canceled["customer_cancellation_comment"]), (&json!("unused"), &json!("Bye")));
        assert_eq!(told(t).await, ["subscription.updated", "subscription.canceled"]);
        viewer.delete(&path).await.refused(403, "AlreadyCanceledSubscription");
        assert_eq!(viewer.patch(&path, json!({"cancel_at_period_end": false})).await.ok()["canceled_at"], json!(null));
        let canceled = viewer.delete(&path).await.ok();
        assert_eq!((&canceled["cancel_at_period_end"], &canceled["status"]), (&json!(true), &json!("active")));
        t.see_through().await;
    }

    async fn a_customer_changes_plan_and_seats_only_where_the_merchant_lets_them(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (viewer, path) = (viewer(t, &subscription).await, own(&subscription));
        let (public, private) = (plan(t, "Pro", 2000, json!({})).await, plan(t, "Secret", 3000, json!({"visibility": "private"})).await);
        let to = |product: &Value| json!({"product_id": product["id"]});
        switches(t, false, false, false).await;
        viewer.patch(&path, to(&public)).await.refused(403, "NotPermitted");
        viewer.patch(&path, json!({"seats": 3})).await.refused(403, "NotPermitted");
        viewer.patch(&path, json!({"pause_at_period_end": true})).await.refused(403, "PauseResumeNotAllowed");
        viewer.patch(&path, json!({"resume": true})).await.refused(403, "PauseResumeNotAllowed");
        switches(t, true, true, true).await;
        assert_eq!(viewer.patch(&path, to(&private)).await.invalid(), crate::pairs(&[("value_error", "body.product_id")]));
        viewer.patch(&path, json!({"seats": 3})).await.refused(400, "NotASeatBasedSubscription");
        // What only merchants may do has no shape here.
        for body in [json!({"discount_id": null}), json!({"trial_end": "now"}), json!({"metadata": {}}), json!({"revoke": true}),
            json!({"product_id": public["id"], "proration_behavior": "reset"})] {
            assert!(!viewer.patch(&path, body).await.unreadable().is_empty());
        }
        let preview = viewer.post(&format!("{path}/change-preview"), to(&public)).await.ok();
        assert!(preview["next_charge"]["due_amount"].as_i64().unwrap() > 2000);
        let changed = viewer.patch(&path, to(&public)).await.ok();
        assert_eq!((&changed["product_id"], &changed["amount"]), (&public["id"], &json!(2000)));
        let pausing = viewer.patch(&path, json!({"pause_at_period_end": true})).await.ok();
        assert_eq!(pausing["pause_at_period_end"], true);
        viewer.patch(&path, json!({"pause_at_period_end": false})).await.ok();
        t.see_through().await;
    }

    async fn a_paid_subscription_goes_on_only_with_a_card(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let (viewer, path) = (viewer(t, &subscription).await, own(&subscription));
        viewer.delete(&path).await.ok();
        let card = viewer.items("/v1/customer-portal/customers/me/payment-methods").await.remove(0);
        let methods = "/v1/customer-portal/customers/me/payment-methods";
        viewer.delete(&format!("{methods}/{}", card["id"].as_str().unwrap())).await.gone();
        viewer.patch(&path, json!({"cancel_at_period_end": false})).await.refused(409, "PaymentMethodRequired");
        let body = json!({"confirmation_token_id": VISA, "set_default": true, "return_url": "https://shop.example/"});
        viewer.post(methods, body).await.created();
        viewer.patch(&path, json!({"cancel_at_period_end": false})).await.ok();
        t.see_through().await;
    }

    async fn a_customer_ends_at_once_only_what_was_not_paid(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        let (viewer, path) = (viewer(t, &subscription).await, own(&subscription));
        let revoke = format!("{path}/revoke");
        assert_eq!(viewer.send(axum::http::Method::POST, &revoke, Some(String::new())).await.unreadable(), crate::pairs(&[("missing", "body")]));
        viewer.post(&revoke, json!({})).await.refused(409, "CannotRevokeSubscription");
        assert_eq!(next_period(t, &subscription).await["status"], "past_due");
        let viewer = t.viewer_of(&json!({"id": subscription["customer_id"]})).await;
        let ended = viewer.post(&revoke, json!({"cancellation_reason": "too_expensive"})).await.ok();
        assert_eq!((&ended["status"], &ended["customer_cancellation_reason"]), (&json!("canceled"), &json!("too_expensive")));
        t.see_through().await;
        let orders = viewer.items("/v1/customer-portal/orders/").await;
        assert_eq!(orders[0]["status"], "void");
    }
}
