//! A subscription's page on the dashboard: what comes next, and every change with its preview.

use serde_json::{Value, json};
use till_core::kernel::records::Role;
use till_testkit::{Answer, Browser, Till, both};

use crate::subscriptions_kit::{
    VISA, a_day_in, about_to_be_declined, bought, by_seat, plan, shown,
};

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

fn page_of(subscription: &Value) -> String {
    format!("/dashboard/ada/subscriptions/{}", id(subscription))
}

/// The version of the subscription that a question was worked out for.
#[track_caller]
fn seen(question: &Answer) -> String {
    let html = question.text();
    let (_, rest) = html
        .split_once("name=\"_seen\" value=\"")
        .unwrap_or_else(|| panic!("no question: {html}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Fills a form in, sees what it comes to, and says yes: the question, and the answer.
async fn changed(
    owner: &Browser,
    subscription: &Value,
    (change, fields): (&str, &[(&str, &str)]),
) -> (Answer, Answer) {
    let path = format!("{}/{change}", page_of(subscription));
    let question = owner.post(&path, fields).await;
    let version = seen(&question);
    let mut sent = fields.to_vec();
    sent.push(("_seen", &version));
    let done = owner.post(&path, &sent).await;
    assert_eq!(
        done.header("location"),
        page_of(subscription),
        "{}",
        done.text()
    );
    // Sent twice, it is done once.
    let twice = owner.post(&path, &sent).await;
    assert!(
        [303, 422].contains(&twice.status.as_u16()),
        "{}",
        twice.text()
    );
    (question, done)
}

async fn next_orders(t: &Till, subscription: &Value) -> usize {
    crate::subscriptions_kit::orders(t, subscription)
        .await
        .len()
}

both! {
    async fn a_page_of_a_subscription_says_what_comes_next_and_offers_every_change_that_is_possible(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let owner = t.dashboard().await;
        let here = page_of(&subscription);
        let page = owner.get(&here).await;
        for words in ["What comes next", "Renews", "Visa ending in 4242", "Change plan"] {
            page.says(200, words);
        }
        for change in ["plan", "discount", "trial", "billing-date", "pause", "cancel"] {
            page.says(200, &format!("href=\"{here}/{change}\""));
        }
        for change in ["seats", "uncancel", "unpause", "resume", "discard"] {
            assert!(!page.text().contains(&format!("href=\"{here}/{change}\"")), "{change}");
        }
        let member = t.dashboard_as(Role::Member).await;
        member.get(&here).await.says(200, "What comes next");
    }

    async fn a_plan_is_changed_after_its_price_was_seen(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let owner = t.dashboard().await;
        let form = owner.get(&format!("{}/plan", page_of(&subscription))).await;
        form.says(200, "Pro: $20 per month");
        let fields = [("product_id", id(&pro)), ("proration_behavior", "invoice")];
        let before = next_orders(t, &subscription).await;
        let live = owner.post(&format!("{}/plan/preview", page_of(&subscription)), &fields).await;
        live.says(200, "-$9.67");
        assert_eq!(next_orders(t, &subscription).await, before, "nothing is charged for a look");
        let (question, _) = changed(&owner, &subscription, ("plan", &fields)).await;
        for words in ["-$9.67", "$19.33", "$9.66", "Change the plan", "The saved card is charged.", "The plan changes from Basic to Pro immediately."] {
            question.says(200, words);
        }
        let now = shown(t, &subscription).await;
        assert_eq!((now["product_id"].clone(), now["amount"].as_i64()), (pro["id"].clone(), Some(2000)));
        assert_eq!(next_orders(t, &subscription).await, before + 1);
        t.drain().await;
    }

    async fn a_subscription_is_cancelled_and_goes_on_after_all(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let owner = t.dashboard().await;
        let here = page_of(&subscription);
        let why = [("_when", "later"), ("customer_cancellation_reason", "unused"), ("customer_cancellation_comment", "Bye")];
        let (question, _) = changed(&owner, &subscription, ("cancel", &why)).await;
        question.says(200, "is not renewed");
        question.says(200, "Nothing is charged after that.");
        let page = owner.get(&here).await;
        for words in ["Cancelling", "Unused", "Bye", "Undo cancellation"] {
            page.says(200, words);
        }
        owner.get(&format!("{here}/uncancel")).await.says(200, "The subscription renews on");
        changed(&owner, &subscription, ("uncancel", &[])).await;
        assert_eq!(shown(t, &subscription).await["cancel_at_period_end"], false);
        changed(&owner, &subscription, ("cancel", &[("_when", "now")])).await;
        let ended = shown(t, &subscription).await;
        assert_eq!(ended["status"], "canceled");
        assert!(!owner.get(&here).await.text().contains("What comes next"));
        t.drain().await;
    }

    async fn a_pause_is_scheduled_with_its_end_and_withdrawn(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let owner = t.dashboard().await;
        let path = format!("{}/pause", page_of(&subscription));
        let early = owner.post(&path, &[("resumes_at", "2020-01-01T00:00")]).await;
        early.says(422, "resumes_at-error");
        let (question, _) = changed(&owner, &subscription, ("pause", &[("resumes_at", "2030-01-01T12:00")])).await;
        question.says(200, "resumes on 1 Jan 2030, 12:00 UTC");
        assert_eq!(shown(t, &subscription).await["resumes_at"], "2030-01-01T12:00:00Z");
        owner.get(&page_of(&subscription)).await.says(200, "Pausing");
        changed(&owner, &subscription, ("unpause", &[])).await;
        assert_eq!(shown(t, &subscription).await["pause_at_period_end"], false);
    }

    async fn seats_and_dates_are_changed_with_errors_at_their_fields(t: &mut Till) {
        let team = by_seat(t).await;
        let subscription = bought(t, &team, VISA, json!({"seats": 4})).await;
        let owner = t.dashboard().await;
        let path = page_of(&subscription);
        owner.post(&format!("{path}/seats"), &[("seats", "x")]).await.says(422, "seats-error");
        let few = owner.post(&format!("{path}/seats"), &[("seats", "1")]).await;
        few.says(422, "at least 2 seats");
        few.says(422, "seats-error");
        changed(&owner, &subscription, ("seats", &[("seats", "6"), ("proration_behavior", "prorate")])).await;
        assert_eq!(shown(t, &subscription).await["seats"], 6);
        let date = [("current_billing_period_end", "2030-01-01T12:00")];
        owner.post(&format!("{path}/billing-date"), &[("current_billing_period_end", "")]).await.says(422, "Choose a day and a time.");
        changed(&owner, &subscription, ("billing-date", &date)).await;
        assert_eq!(shown(t, &subscription).await["current_period_end"], "2030-01-01T12:00:00Z");
        t.drain().await;
    }

    async fn a_change_that_waits_is_shown_and_withdrawn(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let owner = t.dashboard().await;
        let fields = [("product_id", id(&pro)), ("proration_behavior", "next_period")];
        let (question, _) = changed(&owner, &subscription, ("plan", &fields)).await;
        question.says(200, "Nothing is charged now.");
        let page = owner.get(&page_of(&subscription)).await;
        page.says(200, "To Pro.");
        page.says(200, "<span class=\"money\">$20.00</span>");
        changed(&owner, &subscription, ("discard", &[])).await;
        assert!(shown(t, &subscription).await["pending_update"].is_null());
    }

    async fn a_declined_change_says_what_happened_and_keeps_the_form(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        crate::subscriptions_kit::next_period(t, &subscription).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let owner = t.dashboard().await;
        let path = format!("{}/plan", page_of(&subscription));
        let mut fields = vec![("product_id", id(&pro)), ("proration_behavior", "invoice")];
        let version = seen(&owner.post(&path, &fields).await);
        fields.push(("_seen", &version));
        let answer = Box::pin(owner.post(&path, &fields)).await;
        answer.says(422, "The charge failed, so nothing has changed. The bank declined the card");
        answer.says(422, &format!("<option value=\"{}\" selected>", id(&pro)));
        answer.says(422, "<option value=\"invoice\" selected>");
        assert_eq!(shown(t, &subscription).await["product_id"], subscription["product_id"]);
        let page = owner.get(&page_of(&subscription)).await;
        page.says(200, "The bank declined the card without giving a reason");
        let attempt = t.items("/v1/payments/?status=failed").await.remove(0);
        let attempt = format!("/dashboard/ada/payments/{}", id(&attempt));
        page.says(200, &attempt);
        owner.get(&attempt).await.says(200, "Subscription change");
        t.catch_up().await;
    }

    async fn the_list_of_those_that_are_being_cancelled_has_none_that_has_ended(t: &mut Till) {
        let subscription = a_day_in(t).await;
        crate::subscriptions_kit::change(t, &subscription, json!({"cancel_at_period_end": true})).await.ok();
        let owner = t.dashboard().await;
        let list = "/dashboard/ada/subscriptions?cancel_at_period_end=true";
        owner.get(list).await.says(200, &format!("href=\"{}\"", page_of(&subscription)));
        crate::subscriptions_kit::next_period(t, &subscription).await;
        assert_eq!(shown(t, &subscription).await["status"], "canceled");
        owner.get(list).await.says(200, "Nothing matches these filters.");
        owner.get(&format!("{list}&status=canceled")).await.says(200, &format!("href=\"{}\"", page_of(&subscription)));
    }

    async fn a_question_about_an_older_version_changes_nothing(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let owner = t.dashboard().await;
        let path = format!("{}/pause", page_of(&subscription));
        let version = seen(&owner.post(&path, &[]).await);
        t.patch(&format!("/v1/subscriptions/{}", id(&subscription)), json!({"metadata": {"a": 1}})).await.ok();
        let late = owner.post(&path, &[("_seen", &version)]).await;
        assert_eq!(late.status, 303);
        assert_eq!(shown(t, &subscription).await["pause_at_period_end"], false);
    }
}
