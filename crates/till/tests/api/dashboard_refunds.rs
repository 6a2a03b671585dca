//! The dashboard's refunds and disputes.

use std::time::Duration;

use serde_json::Value;
use till_core::kernel::{
    changes::Changes,
    records::{CustomerBalance, Role},
};
use till_server::payments::notices::poll;
use till_testkit::{Answer, Browser, both, id_in};

use crate::refunds::{ordered, taxed};

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The value of a hidden field of a page.
#[track_caller]
fn hidden(answer: &Answer, name: &str) -> String {
    let html = answer.text();
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = html
        .split_once(&mark)
        .unwrap_or_else(|| panic!("{name}: {html}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Types a refund in, sees what the buyer gets back, and sends it.
async fn refunded(owner: &Browser, path: &str, fields: &[(&str, &str)]) -> (Answer, Answer) {
    let asked = owner.post(path, fields).await;
    let key = hidden(&asked, "_idempotency_key");
    let mut sent = fields.to_vec();
    sent.extend([("_seen", "true"), ("_idempotency_key", key.as_str())]);
    let done = owner.post(path, &sent).await;
    // Sent twice, it refunds once.
    owner.post(path, &sent).await;
    (asked, done)
}

both! {
    async fn a_customers_page_shows_what_they_paid_and_their_balance(t: &mut Till) {
        let bought = taxed(t, "pm_card_visa").await;
        let owner = t.dashboard().await;
        let customer = format!("/dashboard/ada/customers/{}", bought["customer_id"].as_str().unwrap());
        let page = owner.get(&customer).await;
        page.says(200, "<dt>Paid</dt><dd><span class=\"line\"><span class=\"money\">$36.00</span>");
        page.says(200, "<dt>Balance</dt><dd>None</dd>");
        let path = format!("/dashboard/ada/orders/{}/refund", id(&bought));
        refunded(&owner, &path, &[("amount", "10.01"), ("reason", "duplicate")]).await;
        let ctx = t.app.context();
        let mut changes = Changes::new();
        for (currency, amount) in [("usd", 266), ("eur", -50), ("gbp", 0)] {
            changes.insert(&CustomerBalance {
                id: ctx.id(),
                created_at: ctx.now,
                version: 1,
                organization_id: t.organization.id,
                customer_id: id_in(&bought, "customer_id"),
                currency: currency.parse().unwrap(),
                amount,
            });
        }
        t.app.store.commit(changes).await.unwrap();
        let page = owner.get(&customer).await.text();
        for words in ["$23.99", "$2.66", "Credit: the next orders use it.", "-€0.50", "Debt: the next order collects it."] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("£"), "nothing is said of what is settled: {page}");
    }

    async fn a_refund_is_made_from_its_orders_page_after_what_the_buyer_gets_was_seen(t: &mut Till) {
        let bought = taxed(t, "pm_card_visa").await;
        let owner = t.dashboard().await;
        let order = format!("/dashboard/ada/orders/{}", id(&bought));
        let path = format!("{order}/refund");
        owner.get(&order).await.says(200, &path);
        let form = owner.get(&path).await;
        for words in ["value=\"30.00\"", "at most $30.00", "Tax in it", "$6.00", "The buyer gets back", "$36.00"] {
            form.says(200, words);
        }
        assert!(!form.text().contains("dispute_prevention"));
        let part = [("amount", "10.01"), ("reason", "duplicate"), ("comment", "Paid <twice>.")];
        owner.post(&format!("{path}/preview"), &part).await.says(200, "$12.01");
        assert!(t.items("/v1/refunds/").await.is_empty(), "nothing is sent yet");
        let (asked, done) = refunded(&owner, &path, &part).await;
        for words in ["$10.01", "$2.00", "$12.01", "Refund now", "Paid &#60;twice&#62;."] {
            asked.says(200, words);
        }
        assert_eq!((done.status.as_u16(), done.header("location")), (303, order.as_str()), "{}", done.text());
        let made = t.items("/v1/refunds/").await;
        assert_eq!(made.len(), 1);
        assert_eq!((&made[0]["amount"], &made[0]["tax_amount"], &made[0]["reason"]), (&1001.into(), &200.into(), &"duplicate".into()));
        assert_eq!(made[0]["revoke_benefits"], false);
        let page = owner.get(&order).await;
        for words in ["Partially refunded", "Refunds</h2>", "$12.01", "Duplicate", "Refunded", "Refund created"] {
            page.says(200, words);
        }
        let row = t.app.store.refund(till_testkit::id_in(&made[0], "id")).await.unwrap().unwrap();
        assert_eq!(row.comment.as_deref(), Some("Paid <twice>."));
        for (amount, words) in [("", "Enter an amount"), ("x", "Enter an amount"), ("0", "greater than"), ("20.00", "At most $19.99")] {
            owner.post(&path, &[("amount", amount), ("reason", "other")]).await.says(422, words);
        }
        let rest = [("amount", "19.99"), ("reason", "other")];
        refunded(&owner, &path, &rest).await;
        let page = owner.get(&order).await;
        page.says(200, ">Refunded<");
        assert!(!page.text().contains(&path), "nothing is left");
    }

    async fn who_may_not_refund_is_not_offered_it(t: &mut Till) {
        let bought = ordered(t, &t.monthly().await, "pm_card_visa").await;
        let path = format!("/dashboard/ada/orders/{}/refund", id(&bought));
        for role in [Role::Owner, Role::Member] {
            let form = t.dashboard_as(role).await.get(&path).await;
            form.says(200, "name=\"amount\"");
        }
        let nobody = t.browser().get(&path).await;
        assert_eq!(nobody.status, 303);
        let unknown = "/dashboard/ada/orders/1dbfc517-0bbf-4301-9ba8-555ca42b9737/refund";
        assert_eq!(t.dashboard().await.get(unknown).await.status, 404);
    }

    async fn a_dispute_is_listed_shown_and_accepted_after_a_question(t: &mut Till) {
        let owner = t.dashboard().await;
        owner.get("/dashboard/ada/disputes").await.says(200, "Nobody contests a payment.");
        let bought = taxed(t, "pm_card_createDispute").await;
        t.advance(Duration::from_secs(5));
        poll(&t.app).await.unwrap();
        t.drain().await;
        let dispute = t.items("/v1/disputes/").await.remove(0);
        let path = format!("/dashboard/ada/disputes/{}", id(&dispute));
        let list = owner.get("/dashboard/ada/disputes").await;
        for words in [path.as_str(), "Fraudulent", "$36.00", "Needs response", "ada@example.com"] {
            list.says(200, words);
        }
        assert!(!owner.get("/dashboard/ada/disputes?status=won").await.text().contains(&path));
        let page = owner.get(&path).await;
        let accept = format!("{path}/accept");
        for words in ["Respond by", "Fraudulent", "$36.00", "$6.00", &format!("/orders/{}", id(&bought)), &accept] {
            page.says(200, words);
        }
        let order = owner.get(&format!("/dashboard/ada/orders/{}", id(&bought))).await;
        for words in [">Disputed<", "Disputed</h2>", path.as_str()] {
            order.says(200, words);
        }
        owner.get(&accept).await.says(200, "The buyer keeps $36.00");
        assert_eq!(t.items("/v1/disputes/").await[0]["status"], "needs_response", "asking accepts nothing");
        let done = owner.post(&accept, &[]).await;
        assert_eq!((done.status.as_u16(), done.header("location")), (303, path.as_str()));
        let page = owner.get(&path).await;
        page.says(200, ">Lost<");
        page.says(200, "The dispute was accepted.");
        assert!(!page.text().contains(&accept));
        owner.post(&accept, &[]).await;
        owner.get(&path).await.says(200, "does not wait for an answer");
    }
}
