//! The portal's page of usage, and the next bills on the dashboard's page of a customer.

use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, records::CustomerBalance};
use till_testkit::{Till, both};

use crate::{
    metered::{bought, fixed, price, product, uses},
    metered_kit::{meter, sum},
    portal_kit::{PORTAL, Redirected, signed_in},
    subscriptions_kit::a_day_in,
};

const USAGE: &str = "/ada/portal/usage";

/// A subscription for 10.00 USD and 0.002 a token, whose customer has used 1500.5.
async fn with_usage(t: &Till) -> Value {
    let meter = meter(t, sum()).await;
    let product = product(
        t,
        json!([fixed(), price(&meter, "0.2", json!(null))]),
        json!({}),
    )
    .await;
    let subscription = bought(t, &product, json!({})).await;
    uses(t, &subscription, json!(1500.5), None).await;
    t.drain().await;
    subscription
}

async fn usage_is_shown(t: &Till, show: bool) {
    let subscription = json!({"update_seats": false, "update_plan": false});
    let body = json!({"customer_portal_settings": {"usage": {"show": show}, "subscription": subscription}});
    t.patch(&format!("/v1/organizations/{}", t.organization.id), body)
        .await
        .ok();
}

/// The dashboard's page of a subscription's customer.
async fn page_of_customer(t: &Till, subscription: &Value) -> String {
    let id = subscription["customer_id"].as_str().unwrap();
    let page = t
        .dashboard()
        .await
        .get(&format!("/dashboard/ada/customers/{id}"))
        .await;
    page.text()
}

fn holds(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words} in {page}");
    }
}

both! {
    async fn customers_see_what_they_used_and_what_that_comes_to_so_far(t: &mut Till) {
        let subscription = with_usage(t).await;
        let browser = signed_in(t, &subscription["customer"]).await;
        holds(&browser.get(PORTAL).await.text(), &[USAGE, ">Usage<"]);
        let page = browser.get(USAGE).await;
        page.says(200, "Tokens");
        let page = page.text();
        holds(&page, &["1,500.5", "Pro · Next payment on", "Usage so far", "$3.00", "$10.00", "$13.00", "aria-current"]);
        assert!(!page.contains("Credited") && !page.contains("Balance"), "nothing was credited: {page}");
        let german = browser.get(&format!("{USAGE}?locale=de")).await.text();
        holds(&german, &["Verbrauch bisher", "1.500,5"]);
        browser.get(&format!("{USAGE}?page=2")).await.says(404, "");
    }

    async fn what_was_credited_is_shown_with_the_balance(t: &mut Till) {
        let subscription = with_usage(t).await;
        let mut changes = Changes::new();
        changes.any("update customer_meters set credited_units = 2000", vec![]);
        t.app.store.commit(changes).await.unwrap();
        let page = signed_in(t, &subscription["customer"]).await.get(USAGE).await.text();
        holds(&page, &["Credited", "2,000", "Balance", "499.5"]);
    }

    async fn usage_that_the_merchant_does_not_show_is_not_there(t: &mut Till) {
        let subscription = with_usage(t).await;
        usage_is_shown(t, false).await;
        let browser = signed_in(t, &subscription["customer"]).await;
        assert_eq!(browser.get(USAGE).await.status, 404);
        assert!(!browser.get(PORTAL).await.text().contains(USAGE));
        usage_is_shown(t, true).await;
        browser.get(USAGE).await.says(200, "Tokens");
    }

    async fn usage_of_others_is_not_shown_and_nobody_is_led_to_an_empty_page(t: &mut Till) {
        with_usage(t).await;
        let bob = signed_in(t, &t.customer("bob@example.com").await).await;
        let page = bob.get(USAGE).await;
        page.says(200, "Nothing has been used yet.");
        assert!(!page.text().contains("Tokens") && !page.text().contains("$"), "{}", page.text());
        assert!(!bob.get(PORTAL).await.text().contains(USAGE));
        t.browser().get(USAGE).await.expect_to(&format!("{PORTAL}?ended=true"));
    }

    async fn members_without_a_billing_role_see_usage_and_no_amounts(t: &mut Till) {
        let subscription = with_usage(t).await;
        let id = subscription["customer_id"].as_str().unwrap();
        t.patch(&format!("/v1/customers/{id}"), json!({"type": "team"})).await.ok();
        let member = json!({"email": "grace@example.com"});
        let member = t.post(&format!("/v1/customers/{id}/members"), member).await.created();
        let session = json!({"customer_id": id, "member_id": member["id"]});
        let session = t.post("/v1/customer-sessions/", session).await.created();
        let browser = t.browser();
        let token = session["token"].as_str().unwrap();
        browser.get(&format!("{PORTAL}?customer_session_token={token}")).await.expect_to(PORTAL);
        let page = browser.get(USAGE).await;
        page.says(200, "1,500.5");
        assert!(!page.text().contains("$"), "{}", page.text());
    }

    async fn the_page_of_a_customer_has_the_next_bill_of_each_subscription(t: &mut Till) {
        let subscription = with_usage(t).await;
        let page = page_of_customer(t, &subscription).await;
        holds(&page, &["Next bills", "$13.00", "$3.00 before tax for usage so far"]);
        t.delete(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap())).await.ok();
        t.drain().await;
        assert!(!page_of_customer(t, &subscription).await.contains("Next bills"));
    }

    async fn the_next_bills_of_several_subscriptions_share_the_balance_in_the_order_of_their_dates(t: &mut Till) {
        let settings = json!({"subscription_settings": {"allow_multiple_subscriptions": true, "proration_behavior": "prorate",
            "benefit_revocation_grace_period": 0, "prevent_trial_abuse": false}});
        t.patch(&format!("/v1/organizations/{}", t.organization.id), settings).await.ok();
        let first = with_usage(t).await;
        t.advance(std::time::Duration::from_secs(86_400));
        let second = a_day_in(t).await;
        assert_eq!(first["customer_id"], second["customer_id"]);
        let credit = CustomerBalance {
            id: t.app.context().id(),
            created_at: t.app.clock.now(),
            version: 1,
            organization_id: t.organization.id,
            customer_id: first["customer_id"].as_str().unwrap().parse().unwrap(),
            currency: "usd".parse().unwrap(),
            amount: 1700,
        };
        let mut changes = Changes::new();
        changes.insert(&credit);
        t.app.store.commit(changes).await.unwrap();
        let page = page_of_customer(t, &first).await;
        holds(&page, &["Next bills", "$0.00", "$6.00"]);
        let browser = signed_in(t, &first["customer"]).await;
        let page = browser.get(USAGE).await.text();
        holds(&page, &["-$13.00", "$0.00"]);
        // Where the other one is due first, it has the balance first.
        let end = json!(t.app.clock.now() + jiff::SignedDuration::from_hours(48));
        t.patch(&format!("/v1/subscriptions/{}", second["id"].as_str().unwrap()), json!({"current_billing_period_end": end})).await.ok();
        let page = page_of_customer(t, &first).await;
        holds(&page, &["Next bills", "$0.00", "$6.00"]);
        let page = browser.get(USAGE).await.text();
        holds(&page, &["$10.00", "$3.00", "-$7.00", "$6.00"]);
    }

    async fn a_next_bill_without_usage_says_nothing_of_it(t: &mut Till) {
        let page = page_of_customer(t, &a_day_in(t).await).await;
        holds(&page, &["Next bills", "$10.00"]);
        assert!(!page.contains("usage so far"), "{page}");
    }
}
