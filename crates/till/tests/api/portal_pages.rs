//! The pages of the customers' portal: what a customer sees, and what each form does.

use std::time::Duration;

use serde_json::{Value, json};
use till_testkit::{Browser, Till, both};

use crate::{
    portal_kit::{PORTAL, Redirected, hidden, signed_in},
    subscriptions_kit::{
        DAY, VISA, a_day_in, about_to_be_declined, bought, by_seat, orders, plan, shown,
    },
};

fn at(subscription: &Value, rest: &str) -> String {
    let id = subscription["id"].as_str().unwrap();
    format!("{PORTAL}/subscriptions/{id}{rest}")
}

/// The browser of the buyer of a subscription.
async fn holder(t: &Till, subscription: &Value) -> Browser {
    signed_in(t, &subscription["customer"]).await
}

/// Lets customers change their plan and seats, and pause.
async fn all_switched_on(t: &Till) {
    switched(t, true).await;
}

async fn switched(t: &Till, on: bool) {
    let id = t.organization.id;
    let all = json!({"update_seats": on, "update_plan": on, "pause": on});
    let settings = json!({"usage": {"show": false}, "subscription": all});
    let body = json!({"customer_portal_settings": settings});
    t.patch(&format!("/v1/organizations/{id}"), body).await.ok();
}

/// Sends the form that makes a change, as the page shows it.
async fn confirm(
    browser: &Browser,
    path: &str,
    query: &str,
    fields: &[(&str, &str)],
) -> till_testkit::Answer {
    let page = browser.get(&format!("{path}{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let (seen, key) = (
        hidden(&page.text(), "_seen"),
        hidden(&page.text(), "_idempotency_key"),
    );
    let mut sent = vec![("_seen", &*seen), ("_idempotency_key", &*key)];
    sent.extend(fields);
    browser.post(path, &sent).await
}

both! {
    async fn the_overview_shows_what_runs_and_what_was_bought(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let browser = holder(t, &subscription).await;
        let page = browser.get(PORTAL).await.text();
        for part in ["Basic", "Active", "Renews on", "Latest orders", "$10.00", &at(&subscription, "")] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let stranger = t.customer("bob@example.com").await;
        let stranger = signed_in(t, &stranger).await;
        let page = stranger.get(PORTAL).await.text();
        assert!(page.contains("There is no subscription.") && !page.contains("Basic"), "{page}");
    }

    async fn nobody_sees_what_is_anothers(t: &mut Till) {
        let subscription = a_day_in(t).await;
        all_switched_on(t).await;
        let order = &orders(t, &subscription).await[0];
        let bob = signed_in(t, &t.customer("bob@example.com").await).await;
        let order = format!("{PORTAL}/orders/{}", order["id"].as_str().unwrap());
        let subscription = at(&subscription, "");
        for path in [order.clone(), format!("{order}/invoice"), format!("{order}/receipt"), subscription.clone(), format!("{subscription}/plan"), format!("{subscription}/cancel")] {
            assert_eq!(bob.get(&path).await.status, 404, "{path}");
        }
        for path in [order, format!("{subscription}/cancel"), format!("{subscription}/plan"), format!("{subscription}/resume")] {
            assert_eq!(bob.post(&path, &[("_seen", "1")]).await.status, 404, "{path}");
        }
    }

    async fn an_address_that_names_nothing_is_a_page_that_says_so(t: &mut Till) {
        let browser = signed_in(t, &t.customer("bob@example.com").await).await;
        for rest in ["/orders/x", "/orders/%00", "/subscriptions/1", "/subscriptions/00000000-0000-0000-0000-000000000000/plan?product_id=%00", "/orders/00000000-0000-0000-0000-000000000000"] {
            browser.get(&format!("{PORTAL}{rest}")).await.says(404, "Page not found");
        }
        browser.post(&format!("{PORTAL}/cards/x/delete"), &[]).await.says(404, "Page not found");
        for page in ["-1", "0", "99999999999999999999", "x"] {
            browser.get(&format!("{PORTAL}/orders?page={page}")).await.says(200, "There are no orders yet.");
        }
    }

    async fn an_order_shows_its_sums_and_its_documents(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let order = &orders(t, &subscription).await[0];
        let browser = holder(t, &subscription).await;
        browser.get(&format!("{PORTAL}/orders")).await.says(200, order["invoice_number"].as_str().unwrap());
        let path = format!("{PORTAL}/orders/{}", order["id"].as_str().unwrap());
        let page = browser.get(&path).await;
        page.says(200, "$10.00");
        page.says(200, &format!("{path}/receipt"));
        let receipt = browser.get(&format!("{path}/receipt")).await;
        assert_eq!(receipt.status, 303);
        assert!(receipt.header("location").contains("/documents/"), "{}", receipt.header("location"));
    }

    async fn an_invoice_is_there_once_it_has_a_name_and_an_address(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let order = &orders(t, &subscription).await[0];
        let browser = holder(t, &subscription).await;
        let path = format!("{PORTAL}/orders/{}", order["id"].as_str().unwrap());
        let fields = [("billing_name", "Ada & Söhne"), ("country", "DE"), ("line1", "Weg 1"), ("city", "Ulm"), ("postal_code", "89073")];
        // Only the button that says so saves.
        let mut update = fields.to_vec();
        update.push(("intent", "update"));
        browser.post(&path, &update).await.says(200, "value=\"Weg 1\"");
        let saved = browser.post(&path, &fields).await;
        if saved.status == 422 {
            // The tax was worked out for another country.
            saved.says(422, "can no longer be changed");
            saved.says(422, "value=\"Ada &#38; Söhne\"");
            return;
        }
        saved.expect_to(&format!("{path}?done=saved"));
        browser.get(&format!("{path}?done=saved")).await.says(200, "Saved.");
        let invoice = browser.get(&format!("{path}/invoice")).await;
        assert_eq!(invoice.status, 303);
        assert!(invoice.header("location").contains("/documents/"));
    }

    async fn an_order_that_is_due_leads_to_its_page(t: &mut Till) {
        let subscription = about_to_be_declined(t).await;
        t.advance(Duration::from_secs(31 * DAY));
        t.drain().await;
        assert_eq!(shown(t, &subscription).await["status"], "past_due");
        let browser = holder(t, &subscription).await;
        let page = browser.get(PORTAL).await.text();
        assert!(page.contains("/pay/") && page.contains("Pay $10.00 for Basic"), "{page}");
    }

    async fn a_plan_is_changed_after_its_sums_were_seen(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let pro = pro["id"].as_str().unwrap();
        let browser = holder(t, &subscription).await;
        let path = at(&subscription, "/plan");
        switched(t, false).await;
        browser.get(&path).await.expect_to(&at(&subscription, ""));
        browser.post(&path, &[("product_id", pro), ("_seen", "1")]).await.expect_to(&at(&subscription, "?done=moved"));
        all_switched_on(t).await;
        browser.get(&path).await.says(200, "Your plan now");
        let page = browser.get(&format!("{path}?product_id={pro}")).await;
        for part in ["Next payment on", "$20.00", "Confirm the change"] {
            page.says(200, part);
        }
        let made = confirm(&browser, &path, &format!("?product_id={pro}"), &[("product_id", pro)]).await;
        made.expect_to(&at(&subscription, "?done=changed"));
        assert_eq!(shown(t, &subscription).await["product_id"], pro);
        browser.get(&at(&subscription, "?done=changed")).await.says(200, "Your subscription was changed.");
        t.drain().await;
    }

    async fn a_change_that_was_not_seen_as_it_is_now_is_not_made(t: &mut Till) {
        let subscription = a_day_in(t).await;
        all_switched_on(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let pro = pro["id"].as_str().unwrap();
        let browser = holder(t, &subscription).await;
        let path = at(&subscription, "/plan");
        browser.post(&path, &[("product_id", pro), ("_seen", "0")]).await.says(422, "Something has changed");
        assert_ne!(shown(t, &subscription).await["product_id"], pro);
        for wrong in ["x", "1dbfc517-0bbf-4301-9ba8-555ca42b9737"] {
            let answer = browser.get(&format!("{path}?product_id={wrong}")).await;
            answer.says(422, "product_id-error");
        }
    }

    async fn the_same_form_sent_twice_changes_once(t: &mut Till) {
        let subscription = a_day_in(t).await;
        all_switched_on(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let pro = pro["id"].as_str().unwrap();
        let browser = holder(t, &subscription).await;
        let path = at(&subscription, "/plan");
        let page = browser.get(&format!("{path}?product_id={pro}")).await.text();
        let (seen, key) = (hidden(&page, "_seen"), hidden(&page, "_idempotency_key"));
        let fields = [("_seen", &*seen), ("_idempotency_key", &*key), ("product_id", pro)];
        for _ in 0..2 {
            browser.post(&path, &fields).await.expect_to(&at(&subscription, "?done=changed"));
        }
        t.drain().await;
        let count = t.app.store.billing_entries(&[till_testkit::id_in(&subscription, "id")]).await.unwrap();
        assert_eq!(count.len(), 2, "one credit and one debit");
    }

    async fn seats_are_changed_within_what_the_price_allows(t: &mut Till) {
        let product = by_seat(t).await;
        let subscription = bought(t, &product, VISA, json!({"seats": 3})).await;
        t.advance(Duration::from_secs(DAY));
        all_switched_on(t).await;
        let browser = holder(t, &subscription).await;
        let path = at(&subscription, "/seats");
        for (seats, words) in [("1", "This number of seats"), ("99", "This number of seats"), ("x", "whole number"), ("", "whole number"), ("3", "that you have"), ("99999999999", "whole number")] {
            let answer = browser.get(&format!("{path}?seats={seats}")).await;
            answer.says(422, words);
            answer.says(422, "seats-error");
        }
        confirm(&browser, &path, "?seats=5", &[("seats", "5")]).await.expect_to(&at(&subscription, "?done=changed"));
        assert_eq!(shown(t, &subscription).await["seats"], 5);
        t.drain().await;
    }

    async fn a_subscription_is_cancelled_with_a_reason_and_continued(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let browser = holder(t, &subscription).await;
        let path = at(&subscription, "/cancel");
        browser.get(&path).await.says(200, "too expensive");
        let long = "x".repeat(1001);
        let wrong = confirm(&browser, &path, "", &[("reason", "unused"), ("comment", &long)]).await;
        wrong.says(422, "comment-error");
        wrong.says(422, &long);
        wrong.says(422, "value=\"unused\" selected");
        let fields = [("reason", "too_expensive"), ("comment", "Ääh <b>")];
        confirm(&browser, &path, "", &fields).await.expect_to(&at(&subscription, "?done=changed"));
        let now = shown(t, &subscription).await;
        assert_eq!(now["cancel_at_period_end"], true);
        assert_eq!(now["customer_cancellation_reason"], "too_expensive");
        assert_eq!(now["customer_cancellation_comment"], "Ääh <b>");
        browser.get(&at(&subscription, "")).await.says(200, "Ends on");
        let path = at(&subscription, "/uncancel");
        confirm(&browser, &path, "", &[]).await.expect_to(&at(&subscription, "?done=changed"));
        assert_eq!(shown(t, &subscription).await["cancel_at_period_end"], false);
        t.drain().await;
    }

    async fn a_pause_is_scheduled_withdrawn_and_ended_where_the_merchant_offers_it(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let browser = holder(t, &subscription).await;
        let path = at(&subscription, "/pause");
        switched(t, false).await;
        browser.get(&path).await.expect_to(&at(&subscription, ""));
        all_switched_on(t).await;
        for wrong in ["2020-01-01", "tomorrow", "9999-99-99"] {
            confirm(&browser, &path, "", &[("resumes_at", wrong)]).await.says(422, "resumes_at-error");
        }
        confirm(&browser, &path, "", &[]).await.expect_to(&at(&subscription, "?done=changed"));
        assert_eq!(shown(t, &subscription).await["pause_at_period_end"], true);
        confirm(&browser, &at(&subscription, "/unpause"), "", &[]).await.expect_to(&at(&subscription, "?done=changed"));
        assert_eq!(shown(t, &subscription).await["pause_at_period_end"], false);
        confirm(&browser, &path, "", &[]).await.expect_to(&at(&subscription, "?done=changed"));
        t.advance(Duration::from_secs(30 * DAY));
        t.drain().await;
        assert_eq!(shown(t, &subscription).await["status"], "paused");
        let browser = holder(t, &subscription).await;
        let resume = at(&subscription, "/resume");
        browser.get(&resume).await.says(200, "A new period begins now");
        confirm(&browser, &resume, "", &[]).await.expect_to(&at(&subscription, "?done=changed"));
        t.drain().await;
        assert_eq!(shown(t, &subscription).await["status"], "active");
    }

    async fn a_change_that_waits_is_told_and_withdrawn(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let pro = plan(t, "Pro", 2000, json!({})).await;
        let body = json!({"product_id": pro["id"], "proration_behavior": "next_period"});
        t.patch(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap()), body).await.ok();
        let browser = holder(t, &subscription).await;
        browser.get(&at(&subscription, "")).await.says(200, "The plan changes to Pro on");
        confirm(&browser, &at(&subscription, "/discard"), "", &[]).await.expect_to(&at(&subscription, "?done=changed"));
        assert_eq!(shown(t, &subscription).await["pending_update"], Value::Null);
        t.drain().await;
    }

    async fn billing_details_are_kept_or_told_wrong_beside_their_fields(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let browser = signed_in(t, &customer).await;
        let path = format!("{PORTAL}/details");
        let fields = [("billing_name", "Ada GmbH"), ("country", "DE"), ("line1", "Weg 1"), ("city", "Ulm"), ("postal_code", "89073"), ("tax_id", "DE1")];
        let wrong = browser.post(&path, &fields).await;
        wrong.says(422, "tax_id-error");
        wrong.says(422, "value=\"DE1\"");
        wrong.says(422, "value=\"Ada GmbH\"");
        let mut fields = fields.to_vec();
        fields[5] = ("tax_id", "DE136695976");
        for _ in 0..2 {
            browser.post(&path, &fields).await.expect_to(&format!("{path}?done=saved"));
        }
        let now = t.get(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.ok();
        assert_eq!((&now["billing_name"], &now["billing_address"]["city"]), (&json!("Ada GmbH"), &json!("Ulm")));
        assert_eq!(now["tax_id"], json!(["DE136695976", "eu_vat"]));
        browser.get(&path).await.says(200, "value=\"DE136695976\"");
        // A tax id without a country, another country's states.
        browser.post(&path, &[("tax_id", "DE136695976"), ("country", "XX")]).await.says(422, "country-error");
        browser.post(&path, &[("country", "US"), ("intent", "update")]).await.says(200, "US-NY");
    }

    async fn a_card_is_added_by_the_form_and_shown(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let browser = signed_in(t, &customer).await;
        let list = format!("{PORTAL}/cards");
        browser.get(&list).await.says(200, "No card is saved.");
        let path = format!("{PORTAL}/cards/new");
        let page = browser.get(&path).await.text();
        let key = hidden(&page, "_idempotency_key");
        let card = |number| [("card_number", number), ("card_expiry", "12 / 30"), ("card_cvc", "123"), ("_idempotency_key", &*key)];
        browser.post(&path, &card("4242")).await.says(200, "card_number-error");
        for _ in 0..2 {
            let made = browser.post(&path, &card("4242 4242 4242 4242")).await;
            made.expect_to(&format!("{path}?posted=true"));
        }
        browser.get(&format!("{path}?posted=true")).await.expect_to(&format!("{list}?done=card"));
        t.drain().await;
        let page = browser.get(&format!("{list}?done=card")).await.text();
        assert!(page.contains("Visa •••• 4242") && page.contains("Default") && page.contains("The card is saved."), "{page}");
        assert_eq!(page.matches("4242").count(), 2, "one card, and its button: {page}");
    }

    async fn a_card_becomes_the_default_and_is_removed_unless_it_is_needed(t: &mut Till) {
        let subscription = a_day_in(t).await;
        let browser = holder(t, &subscription).await;
        let list = format!("{PORTAL}/cards");
        let before = format!("{list}/");
        let ids = |page: &str| -> Vec<String> {
            let parts: Vec<&str> = page.split(&before).skip(1).collect();
            let found = parts.into_iter().filter_map(|part| part.split_once("/delete\""));
            found.map(|(id, _)| id.to_owned()).filter(|id| id.len() == 36).collect()
        };
        let only = ids(&browser.get(&list).await.text()).remove(0);
        browser.post(&format!("{list}/{only}/delete"), &[]).await.says(422, "needed for a subscription");
        t.keep_card(&subscription["customer"], "pm_card_mastercard").await;
        let page = browser.get(&list).await.text();
        let both = ids(&page);
        assert_eq!(both.len(), 2, "{page}");
        let new = both.iter().find(|id| **id != only).unwrap();
        for _ in 0..2 {
            browser.post(&format!("{list}/{new}/default"), &[]).await.expect_to(&format!("{list}?done=saved"));
        }
        t.drain().await;
        let customer = t.get(&format!("/v1/customers/{}", subscription["customer"]["id"].as_str().unwrap())).await.ok();
        assert_eq!(customer["default_payment_method_id"], **new);
        let bob = signed_in(t, &t.customer("bob@example.com").await).await;
        for rest in ["default", "delete"] {
            assert_eq!(bob.post(&format!("{list}/{only}/{rest}"), &[]).await.status, 404);
        }
        browser.post(&format!("{list}/{only}/delete"), &[]).await.expect_to(&format!("{list}?done=removed"));
        browser.get(&format!("{list}?done=removed")).await.says(200, "The card is removed.");
        t.drain().await;
        assert_eq!(ids(&browser.get(&list).await.text()), std::slice::from_ref(new));
    }

    async fn a_declined_card_is_told_and_not_kept(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let browser = signed_in(t, &customer).await;
        let path = format!("{PORTAL}/cards/new");
        let card = [("card_number", "4000000000000002"), ("card_expiry", "12 / 30"), ("card_cvc", "123")];
        browser.post(&path, &card).await.expect_to(&format!("{path}?posted=true"));
        browser.get(&format!("{path}?posted=true")).await.says(200, "declined");
        t.drain().await;
        browser.get(&format!("{PORTAL}/cards")).await.says(200, "No card is saved.");
    }

    async fn a_card_that_its_bank_asks_for_is_kept_once_approved(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let browser = signed_in(t, &customer).await;
        let path = format!("{PORTAL}/cards/new");
        let card = [("card_number", "4000002500003155"), ("card_expiry", "12 / 30"), ("card_cvc", "123")];
        let asked = browser.post(&path, &card).await;
        let bank = asked.header("location").to_owned();
        assert!(bank.contains("/sandbox/3ds/"), "{bank}");
        browser.get(&path).await.says(200, "Continue to your bank");
        // Another card can be used instead.
        browser.post(&format!("{path}/another"), &[]).await.expect_to(&path);
        browser.get(&path).await.says(200, "card_number");
        let asked = browser.post(&path, &card).await;
        let bank = asked.header("location").replace("https://till.test", "");
        let approved = browser.post(&bank, &[("decision", "approve")]).await;
        approved.expect_to(&format!("{path}?posted=true"));
        browser.get(&format!("{path}?posted=true")).await.expect_to(&format!("{PORTAL}/cards?done=card"));
        t.drain().await;
        browser.get(&format!("{PORTAL}/cards")).await.says(200, "•••• 3155");
    }

    async fn forms_that_are_too_large_are_refused_whole(t: &mut Till) {
        let customer = t.customer("ada@example.com").await;
        let browser = signed_in(t, &customer).await;
        let many = vec![("a", "1"); 2_001];
        let long = "x".repeat(300_000);
        for path in [format!("{PORTAL}/details"), PORTAL.to_owned(), format!("{PORTAL}/code"), format!("{PORTAL}/cards/new")] {
            let answer = browser.post(&path, &many).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            let answer = browser.post(&path, &[("billing_name", &long)]).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
        let long = "x".repeat(5_000);
        browser.post(&format!("{PORTAL}/details"), &[("billing_name", &long)]).await.says(422, "billing_name-error");
    }
}
