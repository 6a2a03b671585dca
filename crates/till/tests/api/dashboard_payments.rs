//! The dashboard's page about payments, and the ways from the dashboard to the payment processor's own.

use std::time::Duration;

use serde_json::{Value, json};
use till_core::{
    kernel::records::{ProcessorName, Role},
    payments::accounts::{self, Account},
};
use till_server::payments::notices::poll;
use till_testkit::{FakeStripe, Till, Troubles, both};

use crate::{
    refunds::ordered,
    stripe::{paid, rows},
};

const PAGE: &str = "/dashboard/ada/settings/processor";
const OUTSIDE: &str = "https://dashboard.stripe.com";
const NEW_TAB: &str = "target=\"_blank\" rel=\"noopener noreferrer\"";

/// Values that a start on Stripe remembers.
async fn remember(t: &Till, fake: &FakeStripe) {
    let account = Account {
        id: Some(fake.account().to_owned()),
        live: false,
        key_digest: "digest".to_owned(),
    };
    let own = (ProcessorName::Stripe, Some(account));
    let changes = accounts::remember(&[], own, false, &t.app.context()).unwrap();
    t.app.store.commit(changes).await.unwrap();
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The names by which Stripe knows everything of this kind.
fn names(fake: &FakeStripe, kind: &str) -> Vec<String> {
    rows(fake, kind)
        .iter()
        .map(|row| id(row).to_owned())
        .collect()
}

/// A link to a page of Stripe's, in a tab of its own.
fn link(path: &str) -> String {
    format!("<a href=\"{OUTSIDE}{path}\" {NEW_TAB}>Open in Stripe</a>")
}

both! {
    async fn the_page_about_payments_says_what_is_known_and_asks_stripe_nothing(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        remember(&t, &fake).await;
        let owner = t.dashboard().await;
        let page = owner.get(PAGE).await;
        let endpoint = format!("{}/v1/integrations/stripe/webhook", t.app.urls.public_url);
        for words in [
            "Stripe, test mode", "No real money moves.", fake.account(), &link(&format!("/{}/test/dashboard", fake.account())),
            "Takes payments", "Renews subscriptions", "None yet", "Last asked for events", &endpoint, "Check now",
        ] {
            page.says(200, words);
        }
        assert!(!page.text().contains("Test cards"), "they are the sandbox's");
        assert!(fake.exchanges().is_empty(), "{:?}", fake.exchanges());
        paid(&t, &fake).await;
        for notice in fake.notices(None) {
            t.stripe_sends(notice).await;
        }
        t.drain().await;
        let page = owner.get(PAGE).await;
        assert!(!page.text().contains("None yet"), "{}", page.text());
        page.says(200, "<dt>Succeeded</dt><dd>1</dd>");
    }

    async fn checking_asks_stripe_and_says_what_to_mend(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let owner = t.dashboard().await;
        let checked = owner.post(PAGE, &[]).await;
        for words in [
            "Checks</h2>", "The account may take payments", ">OK<", ">Note<", "The key has every permission that is needed",
            "No webhook endpoint at Stripe leads here", "Add an endpoint for https://till.test/v1/integrations/stripe/webhook",
        ] {
            checked.says(200, words);
        }
        assert!(!checked.text().contains(fake.secret_key()));
        assert!(!owner.get(PAGE).await.text().contains("Checks</h2>"), "only who asks is told");
        fake.troubles(Troubles { reset_before: 100, ..Troubles::default() });
        let checked = owner.post(PAGE, &[]).await;
        for words in [">Problem<", "Stripe gives no clear answer", "Look at https://status.stripe.com"] {
            checked.says(200, words);
        }
    }

    async fn a_stripe_that_does_not_answer_is_waited_for_three_seconds(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let owner = t.dashboard().await;
        fake.troubles(Troubles { silent: 100, ..Troubles::default() });
        let checked = tokio::time::timeout(Duration::from_secs(8), owner.post(PAGE, &[])).await;
        checked.unwrap().says(200, "Stripe did not answer within 3 seconds");
        owner.get(PAGE).await.says(200, "Stripe, test mode");
    }

    async fn checks_of_the_processor_are_counted_and_members_make_none(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let member = t.dashboard_as(Role::Member).await;
        let page = member.get(PAGE).await;
        page.says(200, "Stripe, test mode");
        assert!(!page.text().contains("Check now"));
        assert_eq!(member.post(PAGE, &[]).await.status, 403);
        assert_eq!(t.browser().post(PAGE, &[]).await.status, 303, "to signing in");
        assert!(fake.exchanges().is_empty(), "nobody may ask");
        let admin = t.dashboard_as(Role::Admin).await;
        for expected in [200, 200, 200, 429] {
            assert_eq!(admin.post(PAGE, &[]).await.status, expected);
        }
        t.advance(Duration::from_secs(10));
        assert_eq!(admin.post(PAGE, &[]).await.status, 200);
    }

    async fn payments_refunds_and_disputes_lead_to_their_pages_at_stripe(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let (_, order) = paid(&t, &fake).await;
        let owner = t.dashboard().await;
        let payment = t.items("/v1/payments/").await.remove(0);
        let intent = names(&fake, "payment_intents").remove(0);
        let page = owner.get(&format!("/dashboard/ada/payments/{}", id(&payment))).await;
        page.says(200, "<dt>At Stripe</dt>");
        page.says(200, &link(&format!("/test/payments/{intent}")));
        t.post("/v1/refunds/", json!({"order_id": order["id"], "reason": "other", "amount": 1000})).await.created();
        let refund = names(&fake, "refunds").remove(0);
        let page = owner.get(&format!("/dashboard/ada/orders/{}", id(&order))).await;
        page.says(200, &link(&format!("/test/refunds/{refund}")));
        let reference = fake.open_dispute(&intent, "fraudulent");
        poll(&t.app).await.unwrap();
        t.drain().await;
        let dispute = t.items("/v1/disputes/").await.remove(0);
        let page = owner.get(&format!("/dashboard/ada/disputes/{}", id(&dispute))).await;
        page.says(200, &link(&format!("/test/disputes/{reference}")));
    }

    async fn payments_of_another_processor_lead_nowhere_at_stripe(t: &mut Till) {
        let order = ordered(t, &t.product().await, "pm_card_visa").await;
        let payment = t.items("/v1/payments/").await.remove(0);
        t.post("/v1/refunds/", json!({"order_id": order["id"], "reason": "other", "amount": 1000})).await.created();
        let (stripe, _fake) = t.on_stripe().await;
        for till in [&*t, &stripe] {
            let owner = till.dashboard().await;
            for path in [format!("payments/{}", id(&payment)), format!("orders/{}", id(&order))] {
                let page = owner.get(&format!("/dashboard/ada/{path}")).await;
                assert_eq!(page.status, 200);
                assert!(!page.text().contains(OUTSIDE), "{path}: {}", page.text());
            }
        }
        let page = t.dashboard().await.get(PAGE).await;
        page.says(200, "Test cards");
        assert!(!page.text().contains("Check now") && !page.text().contains("Webhook endpoint"), "{}", page.text());
    }

    async fn a_declined_payment_shows_the_code_of_the_decline(t: &mut Till) {
        let (t, fake) = t.on_stripe().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let token = fake.token("pm_card_visa_chargeDeclinedInsufficientFunds", false);
        t.confirm(&checkout, till_testkit::buyer("ada@example.com", &token)).await;
        t.catch_up().await;
        let payment = t.items("/v1/payments/").await.remove(0);
        let page = t.dashboard().await.get(&format!("/dashboard/ada/payments/{}", id(&payment))).await;
        for words in ["The card has insufficient funds", "<code>insufficient_funds</code>", "At Stripe"] {
            page.says(200, words);
        }
    }
}
