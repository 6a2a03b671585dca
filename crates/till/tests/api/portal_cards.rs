//! The customer themselves, and their payment methods, in the customer portal.

use serde_json::{Value, json};
use till_testkit::{Till, both};

use crate::subscriptions_kit::*;

const ME: &str = "/v1/customer-portal/customers/me";
const METHODS: &str = "/v1/customer-portal/customers/me/payment-methods";

fn card(token: &str, set_default: bool) -> Value {
    json!({"confirmation_token_id": token, "set_default": set_default, "return_url": "https://shop.example/account"})
}

async fn viewer(t: &Till, subscription: &Value) -> Till {
    t.viewer_of(&json!({"id": subscription["customer_id"]}))
        .await
}

async fn delete(viewer: &Till, card: &Value) -> till_testkit::Answer {
    viewer
        .delete(&format!("{METHODS}/{}", card["id"].as_str().unwrap()))
        .await
}

both! {
    async fn a_customer_changes_their_bill_and_nothing_else(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let viewer = t.viewer_of(&ada).await;
        t.listen().await;
        let bill = json!({"billing_name": "Ada Ltd", "billing_address": {"country": "DE"}, "tax_id": "DE136695976",
            "email": "eve@example.com", "name": "Eve", "metadata": {"a": 1}, "external_id": "eve"});
        let me = viewer.patch(ME, bill).await.ok();
        assert_eq!((&me["billing_name"], &me["tax_id"], &me["email"], &me["name"]),
            (&json!("Ada Ltd"), &json!(["DE136695976", "eu_vat"]), &json!("ada@example.com"), &json!(null)));
        assert_eq!(told(t).await, ["customer.updated"]);
        assert_eq!(viewer.get(ME).await.ok(), me);
        let merchants = t.get(&format!("/v1/customers/{}", ada["id"].as_str().unwrap())).await.ok();
        assert_eq!((&merchants["metadata"], &merchants["external_id"]), (&json!({}), &json!(null)));
        assert_eq!(viewer.patch(ME, json!({"billing_address": null})).await.unreadable(),
            crate::pairs(&[("model_attributes_type", "body.billing_address")]));
        // A tax id is judged anew with the address.
        assert_eq!(viewer.patch(ME, json!({"billing_address": {"country": "US"}})).await.invalid(), crate::pairs(&[("invalid", "body.tax_id")]));
        let before = viewer.get(ME).await.ok();
        assert_eq!(viewer.patch(ME, json!({})).await.ok(), before);
        t.see_through().await;
    }

    async fn a_saved_card_becomes_the_default_where_it_is_wanted(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let viewer = t.viewer_of(&ada).await;
        let first = viewer.post(METHODS, card(VISA, false)).await.created();
        assert_eq!((&first["status"], &first["payment_method"]["is_default"]), (&json!("succeeded"), &json!(true)), "there was none");
        let second = viewer.post(METHODS, card("pm_card_mastercard", false)).await.created();
        assert_eq!(second["payment_method"]["is_default"], false);
        let third = viewer.post(METHODS, card("pm_card_amex", true)).await.created();
        assert_eq!(third["payment_method"]["is_default"], true);
        let brands = |cards: &[Value]| cards.iter().map(|one| one["method_metadata"]["brand"].clone()).collect::<Vec<_>>();
        assert_eq!(brands(&viewer.items(METHODS).await), ["amex", "mastercard", "visa"]);
        let id = second["payment_method"]["id"].clone();
        assert_eq!(viewer.patch(ME, json!({"default_payment_method_id": id})).await.ok()["default_payment_method_id"], id);
        let declined = viewer.post(METHODS, card("pm_card_chargeDeclined", false)).await;
        declined.refused(400, "PaymentMethodSetupFailed");
        assert_eq!(viewer.items(METHODS).await.len(), 3);
        t.see_through().await;
    }

    async fn a_card_that_the_bank_has_to_approve_is_saved_then(t: &mut Till) {
        let ada = t.customer("ada@example.com").await;
        let viewer = t.viewer_of(&ada).await;
        viewer.post(&format!("{METHODS}/confirm"), json!({"setup_intent_id": "seti_1", "set_default": true})).await.refused(403, "CustomerNotReady");
        viewer.post(METHODS, card(VISA, true)).await.created();
        let asked = viewer.post(METHODS, card("pm_card_authenticationRequiredOnSetup", false)).await.created();
        assert_eq!(asked["status"], "requires_action");
        // Another try gives the first one up.
        let asked = viewer.post(METHODS, card("pm_card_authenticationRequiredOnSetup", false)).await.created();
        let secret = asked["client_secret"].as_str().unwrap();
        let found = t.app.store.unsettled_setup(till_testkit::id_in(&ada, "id")).await.unwrap().unwrap();
        let confirm = json!({"setup_intent_id": found.reference, "set_default": true});
        let confirm = async || viewer.post(&format!("{METHODS}/confirm"), confirm.clone()).await.created();
        assert_eq!(confirm().await["status"], "requires_action");
        t.app.sandbox.as_ref().unwrap().authenticate(secret, true, t.app.context().now).await.unwrap();
        let saved = confirm().await;
        assert_eq!((&saved["status"], &saved["payment_method"]["is_default"]), (&json!("succeeded"), &json!(true)));
        assert_eq!(viewer.get(ME).await.ok()["default_payment_method_id"], saved["payment_method"]["id"]);
        assert_eq!(viewer.post(&format!("{METHODS}/confirm"), json!({"setup_intent_id": "seti_1", "set_default": true})).await.invalid(),
            crate::pairs(&[("value_error", "body.setup_intent_id")]));
        t.see_through().await;
    }

    async fn a_new_default_pays_what_is_owed_and_every_subscription_from_then_on(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        assert_eq!(next_period(t, &subscription).await["status"], "past_due");
        let viewer = viewer(t, &subscription).await;
        let saved = viewer.post(METHODS, card(VISA, true)).await.created();
        t.see_through().await;
        assert_eq!(shown(t, &subscription).await["status"], "active");
        let row = t.app.store.subscription_by_id(till_testkit::id_in(&subscription, "id")).await.unwrap().unwrap();
        assert_eq!(row.payment_method_id.unwrap().to_string(), saved["payment_method"]["id"].as_str().unwrap());
        assert_eq!(viewer.items("/v1/customer-portal/orders/").await[0]["status"], "paid");
    }

    async fn a_card_that_a_subscription_needs_is_replaced_or_kept(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let viewer = viewer(t, &subscription).await;
        let first = viewer.items(METHODS).await.remove(0);
        delete(&viewer, &first).await.refused(400, "PaymentMethodInUseByActiveSubscription");
        let second = viewer.post(METHODS, card("pm_card_mastercard", false)).await.created();
        delete(&viewer, &first).await.gone();
        delete(&viewer, &first).await.not_found();
        let row = t.app.store.subscription_by_id(till_testkit::id_in(&subscription, "id")).await.unwrap().unwrap();
        let second = second["payment_method"]["id"].as_str().unwrap().to_owned();
        assert_eq!(row.payment_method_id.map(|id| id.to_string()), Some(second));
        t.see_through().await;
        assert_eq!(next_period(t, &subscription).await["status"], "active", "it is charged to the other one");
        t.see_through().await;
    }
}
