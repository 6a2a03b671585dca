//! The merchant's own questions on the hosted page, as a browser without script answers them.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};

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

/// A product that asks everything there is.
async fn asking(t: &Till) -> Value {
    let product = t.product().await;
    let fields = [
        t.field("text", "shirt", json!({"form_label": "Name on the shirt", "min_length": 3, "max_length": 9, "form_help_text": "As printed"})).await,
        t.field("text", "note", json!({"textarea": true, "form_placeholder": "Anything else?"})).await,
        t.field("number", "size", json!({"ge": 1, "le": 99})).await,
        t.field("date", "day", json!({"ge": 1_798_761_600})).await,
        t.field("checkbox", "rules", json!({"form_label": "I accept the rules"})).await,
        t.field("select", "color", json!({"options": [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}]})).await,
    ];
    let required = [true, false, true, false, true, true];
    let attached: Vec<_> = fields.iter().zip(required).collect();
    t.asks(&product, &attached).await;
    product
}

fn sent<'a>(
    product: &'a Value,
    intent: &'a str,
    answers: &[(&'a str, &'a str)],
) -> Vec<(String, &'a str)> {
    let usual = [
        ("intent", intent),
        ("shown_product", product["id"].as_str().unwrap()),
        ("customer_email", "ada@example.com"),
        ("country", "FR"),
        ("card_number", "4242 4242 4242 4242"),
        ("card_expiry", "12 / 34"),
        ("card_cvc", "123"),
    ];
    let own = answers
        .iter()
        .map(|(slug, text)| (format!("custom_field_data.{slug}"), *text));
    usual
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .chain(own)
        .collect()
}

async fn post(t: &Till, checkout: &Value, fields: &[(String, &str)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(key, value)| (key.as_str(), *value))
        .collect();
    t.form(&at(checkout), &fields, &[]).await
}

both! {
    async fn each_question_stands_in_its_own_kind_of_field(t: &mut Till) {
        let product = asking(t).await;
        let known = json!({"shirt": "ADA", "size": 42, "day": "2027-03-01", "rules": true, "color": "b"});
        let checkout = t.checkout_with(&product, json!({"custom_field_data": known})).await;
        let page = t.page(&at(&checkout)).await;
        for words in ["Name on the shirt", "As printed", "maxlength=\"9\" value=\"ADA\"", "<textarea", "placeholder=\"Anything else?\"", "value=\"42\"",
            "type=\"date\"", "min=\"2027-01-01\" value=\"2027-03-01\"", "I accept the rules", "<option value=\"b\" selected>Blue</option>"] {
            says(&page, words);
        }
        let ticked = page.text().split("id=\"custom_field_data.rules\"").nth(1).unwrap().split('>').next().unwrap().to_owned();
        assert!(ticked.contains(" checked") && ticked.contains("aria-required"), "{ticked}");
    }

    async fn every_wrong_answer_is_told_at_its_field(t: &mut Till) {
        let product = asking(t).await;
        let checkout = t.checkout_for(&product).await;
        let page = post(t, &checkout, &sent(&product, "pay", &[])).await;
        for slug in ["shirt", "size", "rules", "color"] {
            says(&page, &format!("id=\"custom_field_data.{slug}-error\""));
        }
        assert!(!page.text().contains("custom_field_data.note-error") && !page.text().contains("custom_field_data.day-error"));
        says(&page, "Tick this box to continue.");
        let wrong = [("shirt", "no"), ("size", "100"), ("day", "2026-12-31"), ("rules", "true"), ("color", "x")];
        let page = post(t, &checkout, &sent(&product, "pay", &wrong)).await;
        for words in ["Write at least 3 characters.", "Enter 99 or less.", "Choose January 1, 2027 or later.", "Choose one of the options.", "value=\"no\""] {
            says(&page, words);
        }
        assert!(t.payments(&checkout).await.is_empty());
        let page = post(t, &checkout, &sent(&product, "update", &[("shirt", "Grace"), ("size", "many")])).await;
        says(&page, "Enter a whole number.");
        assert_eq!(t.reload(&checkout).await["custom_field_data"]["shirt"], "Grace", "what will do is kept");
    }

    async fn answers_are_kept_on_the_order(t: &mut Till) {
        let product = asking(t).await;
        let checkout = t.checkout_for(&product).await;
        let good = [("shirt", "Grace"), ("note", ""), ("size", "7"), ("day", "2027-02-03"), ("rules", "true"), ("color", "r")];
        let paid = post(t, &checkout, &sent(&product, "pay", &good)).await;
        assert_eq!(paid.status, 303, "{}", paid.text());
        t.catch_up().await;
        let answers = json!({"shirt": "Grace", "size": 7, "day": "2027-02-03T00:00:00", "rules": true, "color": "r"});
        assert_eq!(t.orders(&checkout).await[0]["custom_field_data"], answers);
    }

    async fn an_answer_that_is_emptied_is_taken_back(t: &mut Till) {
        let product = asking(t).await;
        let checkout = t.checkout_with(&product, json!({"custom_field_data": {"note": "hello", "size": 7}})).await;
        let page = post(t, &checkout, &sent(&product, "update", &[("shirt", ""), ("note", ""), ("size", "8"), ("day", ""), ("color", "")])).await;
        assert_eq!(page.status, 200);
        let kept = &t.reload(&checkout).await["custom_field_data"];
        assert_eq!((&kept["note"], &kept["size"]), (&json!(null), &json!(8)));
    }
}
