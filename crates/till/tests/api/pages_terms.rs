//! Discounts, trials and taxes on the hosted page, as a browser without script meets them.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both, id_in};

const ADA: &str = "ada@example.com";

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

fn says(page: &Answer, words: &str) {
    assert!(
        page.text().contains(words),
        "no {words:?} in:\n{}",
        page.text()
    );
}

fn paying<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("intent", "pay"),
        ("customer_email", ADA),
        ("country", "FR"),
        ("card_number", "4242 4242 4242 4242"),
        ("card_expiry", "12 / 34"),
        ("card_cvc", "123"),
    ];
    fields.retain(|(key, _)| !more.iter().any(|(k, _)| k == key));
    fields.extend(more);
    fields
}

async fn with_trial(t: &Till) -> Value {
    let price = json!({"amount_type": "fixed", "price_amount": 1000});
    let body = json!({"name": "Trial", "recurring_interval": "month", "prices": [price],
        "trial_interval": "week", "trial_interval_count": 2});
    t.post("/v1/products/", body).await.created()
}

async fn collecting(t: &Till, registrations: Value) {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let settings = json!({"enabled": true, "registrations": registrations});
    t.patch(&path, json!({"tax_settings": settings})).await.ok();
}

both! {
    async fn a_code_is_applied_and_taken_out_again(t: &mut Till) {
        t.percent_off(1000, json!({"code": "TENOFF", "name": "Ten off"})).await;
        let checkout = t.checkout_for(&t.product().await).await;
        says(&t.page(&at(&checkout)).await, "name=\"discount_code\"");
        let page = t.form(&at(&checkout), &[("intent", "apply"), ("discount_code", " tenoff ")], &[]).await;
        for words in ["Ten off", "Discount: Ten off", "-$3.00", "$27.00", "value=\"remove_discount\"", "aria-label=\"Remove the discount Ten off\""] {
            says(&page, words);
        }
        assert!(!page.text().contains("name=\"discount_code\""));
        assert_eq!(t.reload(&checkout).await["total_amount"], 2700);
        let page = t.form(&at(&checkout), &[("intent", "remove_discount")], &[]).await;
        says(&page, "name=\"discount_code\"");
        assert_eq!(t.reload(&checkout).await["total_amount"], 3000);
    }

    async fn a_wrong_code_is_told_at_its_field_and_nothing_else_is_lost(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let fields = [("intent", "apply"), ("discount_code", "NOPE"), ("customer_name", "Ada"), ("country", "DE")];
        let page = t.form(&at(&checkout), &fields, &[]).await;
        assert_eq!(page.status, 200);
        for words in ["This code does not work here.", "id=\"discount_code-error\"", "value=\"NOPE\""] {
            says(&page, words);
        }
        assert!(!page.text().contains("Please check:"), "the list comes when the buyer pays");
        let saved = t.reload(&checkout).await;
        assert_eq!((&saved["customer_name"], &saved["customer_billing_address"]["country"]), (&json!("Ada"), &json!("DE")));
    }

    async fn a_wrong_code_never_stands_in_the_way_of_paying(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let paid = t.form(&at(&checkout), &paying(&[("discount_code", "NOPE"), ("shown_total", "3000")]), &[]).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 3000);
    }

    async fn a_code_typed_before_paying_shows_its_total_first(t: &mut Till) {
        t.percent_off(5000, json!({"code": "HALF"})).await;
        let checkout = t.checkout_for(&t.product().await).await;
        let page = t.form(&at(&checkout), &paying(&[("discount_code", "half"), ("shown_total", "3000")]), &[]).await;
        says(&page, "The total has changed. Nothing was charged.");
        says(&page, "$15.00");
        let paid = t.form(&at(&checkout), &paying(&[("shown_total", "1500")]), &[]).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 1500);
    }

    async fn a_discount_that_ended_is_taken_out_and_the_new_total_shown_before_anybody_pays_it(t: &mut Till) {
        let soon = t.app.clock.now() + jiff::SignedDuration::from_hours(1);
        let discount = t.percent_off(1000, json!({"code": "SOON", "ends_at": soon.to_string()})).await;
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": discount["id"]})).await;
        t.advance(std::time::Duration::from_secs(7200));
        let page = t.form(&at(&checkout), &paying(&[]), &[]).await;
        assert_eq!(page.status, 200);
        says(&page, "The discount has ended or changed, so the total has changed. Nothing was charged.");
        says(&page, "Pay $30.00");
        assert!(!page.text().contains("value=\"remove_discount\""), "it is out already");
        let removed = t.form(&at(&checkout), &paying(&[("intent", "remove_discount")]), &[]).await;
        assert_eq!(removed.status, 200);
        assert_eq!(t.form(&at(&checkout), &paying(&[]), &[]).await.status, 303);
        t.catch_up().await;
    }

    async fn a_preset_that_was_used_up_can_be_taken_out_although_codes_are_off(t: &mut Till) {
        let book = t.product().await;
        let discount = t.percent_off(1000, json!({"name": "Friends", "max_redemptions": 1})).await;
        let checkout = t.checkout_with(&book, json!({"discount_id": discount["id"], "allow_discount_codes": false})).await;
        assert!(!t.page(&at(&checkout)).await.text().contains("remove_discount"));
        t.buy(&t.checkout_with(&book, json!({"discount_id": discount["id"]})).await, "first@example.com").await;
        let page = t.form(&at(&checkout), &paying(&[]), &[]).await;
        says(&page, "This discount has ended. Remove it to continue.");
        says(&page, "value=\"remove_discount\" aria-label=\"Remove the discount Friends\"");
        let page = t.form(&at(&checkout), &paying(&[("intent", "remove_discount")]), &[]).await;
        says(&page, "Pay $30.00");
        assert_eq!(t.form(&at(&checkout), &paying(&[]), &[]).await.status, 303);
        t.catch_up().await;
    }

    async fn a_page_says_that_the_discount_was_changed_and_charges_what_it_shows(t: &mut Till) {
        let discount = t.percent_off(5000, json!({"code": "HALF"})).await;
        let path = format!("/v1/discounts/{}", id_in(&discount, "id"));
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": discount["id"]})).await;
        says(&t.page(&at(&checkout)).await, "Pay $15.00");
        t.patch(&path, json!({"basis_points": 2000})).await.ok();
        let words = "The discount has ended or changed, so the total has changed. Nothing was charged.";
        let page = t.page(&at(&checkout)).await;
        says(&page, words);
        says(&page, "Pay $24.00");
        assert!(!t.page(&at(&checkout)).await.text().contains(words), "told once");
        // A form of before, as another tab may still hold it, does not pay the new total.
        let page = t.form(&at(&checkout), &paying(&[("shown_total", "1500")]), &[]).await;
        says(&page, "The total has changed.");
        t.patch(&path, json!({"basis_points": 1000})).await.ok();
        let page = t.form(&at(&checkout), &paying(&[("shown_total", "2400")]), &[]).await;
        says(&page, words);
        says(&page, "Pay $27.00");
        assert_eq!(t.form(&at(&checkout), &paying(&[("shown_total", "2700")]), &[]).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 2700);
    }

    async fn a_form_that_promised_a_trial_does_not_pay_at_once(t: &mut Till) {
        let product = with_trial(t).await;
        let checkout = t.checkout_for(&product).await;
        assert!(t.page(&at(&checkout)).await.text().contains("name=\"shown_total\" value=\"1000-trial\""));
        t.change(&checkout, json!({"allow_trial": false})).await.ok();
        let page = t.form(&at(&checkout), &paying(&[("shown_total", "1000-trial")]), &[]).await;
        says(&page, "The total has changed.");
        assert_eq!(t.form(&at(&checkout), &paying(&[("shown_total", "1000")]), &[]).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&checkout).await[0]["total_amount"], 1000);
    }

    async fn without_codes_there_is_no_field_and_a_preset_stays(t: &mut Till) {
        let discount = t.percent_off(1000, json!({"name": "Friends"})).await;
        let checkout = t.checkout_with(&t.product().await, json!({"discount_id": discount["id"], "allow_discount_codes": false})).await;
        let page = t.page(&at(&checkout)).await;
        says(&page, "Friends");
        assert!(!page.text().contains("name=\"discount_code\"") && !page.text().contains("remove_discount"));
    }

    async fn a_trial_says_when_the_first_charge_comes_and_how_much(t: &mut Till) {
        let checkout = t.checkout_for(&with_trial(t).await).await;
        let day = checkout["trial_end"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
            .to_zoned(jiff::tz::TimeZone::UTC).strftime("%B %-d, %Y").to_string();
        let page = t.page(&at(&checkout)).await;
        for words in ["<span class=\"hero-amount\">2 weeks free</span>", "Then $10 per month", "Start the trial", "Due today", "$0.00",
            &format!("The first charge is on {day}."), &format!("Due on {day}"),
            &format!("You pay nothing today. On {day} you pay $10.00, then the same per month until you cancel.")] {
            says(&page, words);
        }
        let paid = t.form(&at(&checkout), &paying(&[("shown_total", "1000")]), &[]).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        let receipt = t.page(&format!("{}/confirmation", at(&checkout))).await;
        says(&receipt, "Your trial ends on");
        says(&receipt, "$0.00");
    }

    async fn a_discount_that_ends_is_told_with_what_comes_after_it(t: &mut Till) {
        t.percent_off(5000, json!({"code": "ONCE"})).await;
        t.percent_off(5000, json!({"code": "SOME", "duration": "repeating", "duration_in_months": 3})).await;
        t.percent_off(5000, json!({"code": "FIRST", "duration": "repeating", "duration_in_months": 1})).await;
        let (plan, trial) = (t.monthly().await, with_trial(t).await);
        for (n, (product, code, before, after)) in [
            (&trial, "ONCE", "Then $5 for the first month, then $10 per month", "you pay $5.00 for the first month, then $10.00 per month until you cancel."),
            (&trial, "SOME", "Then $5 per month for the first 3 months, then $10 per month", "you pay $5.00 per month for the first 3 months, then $10.00 per month until you cancel."),
            (&plan, "ONCE", "You pay $5.00 for the first month, then $10.00 per month until you cancel.", "Your subscription renews at $10.00 per month."),
            (&plan, "FIRST", "You pay $5.00 for the first month, then $10.00 per month until you cancel.", "Your subscription renews at $10.00 per month."),
            (&plan, "SOME", "You pay $5.00 per month for the first 3 months, then", "You pay $5.00 per month for the first 3 months, then $10.00 per month until you cancel."),
        ].into_iter().enumerate() {
            let checkout = t.checkout_for(product).await;
            let page = t.form(&at(&checkout), &[("intent", "apply"), ("discount_code", code)], &[]).await;
            says(&page, before);
            let email = format!("buyer{n}@example.com");
            assert_eq!(t.form(&at(&checkout), &paying(&[("customer_email", &email)]), &[]).await.status, 303);
            t.catch_up().await;
            says(&t.page(&format!("{}/confirmation", at(&checkout))).await, after);
        }
    }

    async fn where_nothing_is_ever_charged_no_charge_is_announced(t: &mut Till) {
        let free = json!({"name": "Free plan", "recurring_interval": "month", "prices": [{"amount_type": "free"}], "trial_interval": "week", "trial_interval_count": 1});
        let free = t.checkout_for(&t.post("/v1/products/", free).await.created()).await;
        t.percent_off(10_000, json!({"code": "ALL", "duration": "forever"})).await;
        let all = t.checkout_for(&with_trial(t).await).await;
        t.form(&at(&all), &[("intent", "apply"), ("discount_code", "all")], &[]).await;
        for checkout in [free, all] {
            let page = t.page(&at(&checkout)).await;
            says(&page, "Get for free");
            for words in ["The first charge", "Due on", "free, then", "You pay nothing today"] {
                assert!(!page.text().contains(words), "{words} in {}", page.text());
            }
        }
    }

    async fn a_guessed_country_decides_what_is_shown_and_is_kept_when_the_buyer_pays(t: &mut Till) {
        collecting(t, json!([{"country": "DE"}])).await;
        let checkout = t.checkout_for(&t.product().await).await;
        let german = [("accept-language", "de-DE,de;q=0.9")];
        let page = t.anonymous().get_with(&at(&checkout), &german).await;
        for words in ["<option value=\"DE\" selected>", "(19"] {
            says(&page, words);
        }
        assert_eq!(t.reload(&checkout).await["customer_billing_address"], Value::Null, "looking writes nothing");
        let total = page.text().split("name=\"shown_total\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let paid = t.form(&at(&checkout), &paying(&[("country", "DE"), ("shown_total", &total)]), &german).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        let order = t.orders(&checkout).await.remove(0);
        assert_eq!((order["billing_address"]["country"].as_str(), order["total_amount"].to_string()), (Some("DE"), total));
    }

    async fn no_tax_is_missed_while_a_part_of_the_address_is(t: &mut Till) {
        collecting(t, json!([{"country": "US", "state": "NY", "rate": "8.875"}])).await;
        let checkout = t.checkout_for(&t.product().await).await;
        let page = t.form(&at(&checkout), &paying(&[("country", "US"), ("line1", "1 Main St"), ("city", "Albany")]), &[]).await;
        says(&page, "id=\"state-error\"");
        assert!(!page.text().contains("The tax cannot be calculated"), "{}", page.text());
    }

    async fn taxes_are_named_in_the_buyers_language(t: &mut Till) {
        collecting(t, json!([{"country": "JP"}, {"country": "CA"}, {"country": "MX"}])).await;
        let product = t.priced(json!([{"amount_type": "fixed", "price_amount": 1000, "tax_behavior": "exclusive"}])).await;
        let ontario = json!({"country": "CA", "state": "CA-ON", "line1": "1 King St", "city": "Toronto", "postal_code": "M5H 1A1"});
        for (address, locale, words) in [(json!({"country": "JP"}), "ja", "消費税（10%）"), (json!({"country": "MX"}), "en", "VAT (16%)"), (ontario, "fr", "TVH (13\u{a0}%)")] {
            let checkout = t.checkout_with(&product, json!({"customer_billing_address": address, "locale": locale})).await;
            says(&t.page(&at(&checkout)).await, words);
        }
    }

    async fn a_province_is_called_one_and_its_error_fits(t: &mut Till) {
        let product = t.product().await;
        let label = |page: &Answer| page.text().split("<label for=\"state\">").nth(1).unwrap().split(['<', ' ']).next().unwrap().to_owned();
        for (country, words) in [("CA", "Province"), ("ES", "Province"), ("US", "State"), ("JP", "Region")] {
            let checkout = t.checkout_with(&product, json!({"require_billing_address": true})).await;
            let page = t.form(&at(&checkout), &[("intent", "update"), ("country", country)], &[]).await;
            assert_eq!(label(&page), words, "{country}");
        }
        let checkout = t.checkout_with(&product, json!({"require_billing_address": true})).await;
        let page = t.form(&at(&checkout), &[("intent", "update"), ("country", "FR")], &[]).await;
        assert!(!page.text().contains("<label for=\"state\">"), "addresses in France name no region");
        let checkout = t.checkout_for(&product).await;
        let page = t.form(&at(&checkout), &paying(&[("country", "CA")]), &[]).await;
        says(&page, "Choose one from the list.");
    }

    async fn who_had_a_trial_may_go_on_without_one(t: &mut Till) {
        let path = format!("/v1/organizations/{}", t.organization.id);
        let mut settings = t.get(&path).await.ok()["subscription_settings"].clone();
        settings["prevent_trial_abuse"] = json!(true);
        settings["allow_multiple_subscriptions"] = json!(true);
        t.patch(&path, json!({"subscription_settings": settings})).await.ok();
        let product = with_trial(t).await;
        let first = t.checkout_for(&product).await;
        assert_eq!(t.form(&at(&first), &paying(&[]), &[]).await.status, 303);
        t.catch_up().await;
        let again = t.checkout_for(&product).await;
        let page = t.form(&at(&again), &paying(&[]), &[]).await;
        says(&page, "You have already had a free trial here.");
        says(&page, "value=\"no_trial\"");
        let page = t.form(&at(&again), &paying(&[("intent", "no_trial")]), &[]).await;
        says(&page, "Subscribe");
        says(&page, "$10.00");
        assert_eq!(t.form(&at(&again), &paying(&[("shown_total", "1000")]), &[]).await.status, 303);
        t.catch_up().await;
        assert_eq!(t.orders(&again).await[0]["total_amount"], 1000);
    }

    async fn tax_is_itemised_on_top_or_inside(t: &mut Till) {
        collecting(t, json!([{"country": "FR"}])).await;
        let price = |behavior: &str| json!([{"amount_type": "fixed", "price_amount": 1000, "tax_behavior": behavior}]);
        let product = t.priced(price("exclusive")).await;
        let checkout = t.checkout_for(&product).await;
        says(&t.page(&at(&checkout)).await, "based on your address");
        let page = t.form(&at(&checkout), &[("intent", "update"), ("country", "FR")], &[]).await;
        for words in ["VAT (20%)", "$2.00", "Pay $12.00"] {
            says(&page, words);
        }
        let product = t.priced(price("inclusive")).await;
        let checkout = t.checkout_with(&product, json!({"customer_billing_address": {"country": "FR"}})).await;
        let page = t.page(&at(&checkout)).await;
        for words in ["Including VAT (20%)", "$1.67", "Pay $10.00"] {
            says(&page, words);
        }
        let german = t.get_with(&format!("{}?locale=de", at(&checkout)), &[("accept", "text/html")]).await;
        says(&german, "Enthält USt. (20\u{a0}%)");
    }
}
