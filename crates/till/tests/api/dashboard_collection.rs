//! The collection of an unpaid order on the dashboard: when it is tried again and why it failed, and a try at once.

use serde_json::{Value, json};
use till_testkit::{Browser, Till, both};

use crate::subscriptions_kit::{
    Charging, a_day_in, about_to_be_declined, charging, next_period, orders, shown,
};

fn page_of(order: &Value) -> String {
    format!("/dashboard/ada/orders/{}", order["id"].as_str().unwrap())
}

/// The unpaid order of a subscription.
async fn unpaid(t: &Till, subscription: &Value) -> Value {
    let order = orders(t, subscription).await.remove(0);
    assert_eq!(order["status"], "pending");
    order
}

/// The key of the form that charges the order, as its page has it.
async fn key(owner: &Browser, order: &Value) -> String {
    let html = owner.get(&page_of(order)).await.text();
    let (_, form) = html
        .split_once(&format!("action=\"{}/retry\"", page_of(order)))
        .unwrap_or_else(|| panic!("no form: {html}"));
    let (_, rest) = form
        .split_once("name=\"_idempotency_key\" value=\"")
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Sends that form: what the next page says, in the form of a cookie.
async fn retry(owner: &Browser, order: &Value, key: &str) -> String {
    let path = format!("{}/retry", page_of(order));
    let answer = Box::pin(owner.post(&path, &[("_idempotency_key", key)])).await;
    assert_eq!(
        answer.header("location"),
        page_of(order),
        "{}",
        answer.text()
    );
    answer.header("set-cookie").to_owned()
}

/// The causes of the attempts to pay the order, the newest first, and how they ended.
async fn attempts(t: &Till, order: &Value) -> Vec<String> {
    let id = order["id"].as_str().unwrap();
    let all = t.items(&format!("/v1/payments/?order_id={id}")).await;
    let told = |one: &Value| {
        format!(
            "{} {}",
            one["trigger"].as_str().unwrap(),
            one["status"].as_str().unwrap()
        )
    };
    all.iter().map(told).collect()
}

both! {
    async fn an_unpaid_order_says_when_it_is_tried_again_and_why_it_failed(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        next_period(t, &subscription).await;
        let order = unpaid(t, &subscription).await;
        let owner = t.dashboard().await;
        let page = owner.get(&page_of(&order)).await;
        for words in [
            "Next attempt", "1 of 5", "If the last one fails, the subscription ends.", "The bank declined the card without giving a reason",
            "Visa ending in 0341", "Try again now", "/pay/", "Renewal",
        ] {
            page.says(200, words);
        }
        crate::subscriptions_kit::change(t, &subscription, json!({"revoke": true})).await.ok();
        t.drain().await;
        let page = owner.get(&page_of(&order)).await;
        page.says(200, "1 of 5");
        for words in ["Next attempt", "Try again now", "/pay/"] {
            assert!(!page.text().contains(words), "{words}");
        }
    }

    async fn a_try_by_hand_that_is_declined_leaves_the_schedule_alone_and_is_made_once(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        next_period(t, &subscription).await;
        let order = unpaid(t, &subscription).await;
        let owner = t.dashboard().await;
        let key = key(&owner, &order).await;
        let said = retry(&owner, &order, &key).await;
        assert!(said.contains("The+attempt+failed.+The+bank+declined"), "{said}");
        assert_eq!(retry(&owner, &order, &key).await, said, "the same form again");
        assert_eq!(attempts(t, &order).await, ["retry_admin failed", "subscription_cycle failed"]);
        let now = unpaid(t, &subscription).await;
        assert_eq!(now["next_payment_attempt_at"], order["next_payment_attempt_at"]);
        owner.get(&page_of(&order)).await.says(200, "1 of 5");
        t.drain().await;
    }

    async fn a_try_by_hand_that_succeeds_pays_the_order_and_ends_dunning(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let declining = charging(t, Charging::Declines);
        next_period(&declining, &subscription).await;
        assert_eq!(shown(t, &subscription).await["status"], "past_due");
        let order = unpaid(t, &subscription).await;
        let owner = t.dashboard().await;
        owner.get(&page_of(&order)).await.says(200, "The card has insufficient funds");
        let stale = key(&owner, &order).await;
        let said = retry(&owner, &order, &key(&owner, &order).await).await;
        assert!(said.contains("The+card+was+charged"), "{said}");
        assert_eq!(orders(t, &subscription).await[0]["status"], "paid");
        assert_eq!(shown(t, &subscription).await["status"], "active");
        let said = retry(&owner, &order, &stale).await;
        assert!(said.contains("does+not+wait+for+a+payment"), "{said}");
        assert_eq!(attempts(t, &order).await, ["retry_admin succeeded", "subscription_cycle failed"]);
        t.drain().await;
    }

    async fn a_try_by_hand_that_the_buyer_would_have_to_approve_is_given_up(t: &mut Till) {
        let subscription = a_day_in(t).await;
        next_period(&charging(t, Charging::Declines), &subscription).await;
        let order = unpaid(t, &subscription).await;
        let asking = charging(t, Charging::Asks);
        let owner = asking.dashboard().await;
        let said = retry(&owner, &order, &key(&owner, &order).await).await;
        assert!(said.contains("The+attempt+failed."), "{said}");
        assert_eq!(attempts(t, &order).await, ["retry_admin failed", "subscription_cycle failed"]);
        unpaid(t, &subscription).await;
        t.drain().await;
    }

    async fn an_order_is_tried_by_hand_five_times_at_most(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        next_period(t, &subscription).await;
        let order = unpaid(t, &subscription).await;
        let owner = t.dashboard().await;
        for _ in 0..5 {
            retry(&owner, &order, &key(&owner, &order).await).await;
        }
        let said = retry(&owner, &order, &key(&owner, &order).await).await;
        assert!(said.contains("Too+many"), "{said}");
        assert_eq!(attempts(t, &order).await.len(), 6);
        t.drain().await;
    }
}
