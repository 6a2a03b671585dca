//! The language of the hosted pages.

use serde_json::{Value, json};
use till_testkit::{Answer, Till, both};

fn at(checkout: &Value) -> String {
    format!("/checkout/{}", checkout["client_secret"].as_str().unwrap())
}

async fn wanting(t: &Till, path: &str, languages: &'static str) -> Answer {
    t.anonymous()
        .get_with(
            path,
            &[("accept", "text/html"), ("accept-language", languages)],
        )
        .await
}

fn speaks(page: &Answer, tag: &str) {
    let start = format!("<html lang=\"{tag}\" dir=\"ltr\"");
    assert!(page.text().contains(&start), "{start} in {}", page.text());
}

fn says(page: &Answer, words: &str) {
    assert!(
        page.text().contains(words),
        "no {words:?} in:\n{}",
        page.text()
    );
}

async fn localised(t: &Till, on: bool) {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let body = json!({"feature_settings": {"checkout_localization_enabled": on}});
    t.patch(&path, body).await.ok();
}

both! {
    async fn the_session_decides_then_the_address_then_the_browser(t: &mut Till) {
        let product = t.product().await;
        let own = t.checkout_with(&product, json!({"locale": "fr"})).await;
        assert_eq!(own["locale"], "fr");
        let open = t.checkout_for(&product).await;
        assert_eq!(open["locale"], json!(null));
        for (checkout, query, browser, tag) in [
            (&own, "?locale=de", "ja", "fr"), (&own, "", "ja", "fr"),
            (&open, "?locale=pt-PT", "ja", "pt-PT"), (&open, "", "ja, de;q=0.5", "ja"), (&open, "?locale=xx", "sv-SE", "sv"),
            (&open, "", "fi", "en"), (&open, "", "", "en"),
        ] {
            let page = wanting(t, &format!("{}{query}", at(checkout)), browser).await;
            speaks(&page, tag);
        }
        let page = wanting(t, &format!("{}?locale=de&theme=dark", at(&open)), "en").await;
        says(&page, &format!("action=\"{}?theme=dark&#38;locale=de\"", at(&open)));
        says(&page, "30,00\u{a0}$ bezahlen");
    }

    async fn languages_are_a_switch_of_the_organization(t: &mut Till) {
        let product = t.product().await;
        let before = t.checkout_with(&product, json!({"locale": "fr"})).await;
        localised(t, false).await;
        speaks(&wanting(t, &format!("{}?locale=de", at(&before)), "ja").await, "en");
        let after = t.checkout_with(&product, json!({"locale": "fr"})).await;
        assert_eq!(after["locale"], "en");
    }

    async fn what_is_wrong_is_told_in_the_buyers_language(t: &mut Till) {
        let checkout = t.checkout_with(&t.pay_what_you_want().await, json!({"locale": "de"})).await;
        let page = t.form(&at(&checkout), &[("intent", "pay"), ("amount", "1,00"), ("customer_email", "nope"), ("card_number", "1"), ("card_expiry", "1"), ("card_cvc", "1")], &[]).await;
        for words in ["Mindestens 5,00\u{a0}$", "Geben Sie eine vollständige E-Mail-Adresse ein", "Das ist keine Kartennummer.",
            "Geben Sie Monat und Jahr ein", "drei Ziffern von der Rückseite", "Wählen Sie Ihr Land.", "Bitte prüfen Sie:"] {
            says(&page, words);
        }
        for (card, words) in [("4000000000000002", "Ihre Karte wurde abgelehnt."), ("4000000000009995", "Auf dieser Karte ist nicht genug Geld.")] {
            let page = t.form(&at(&checkout), &[("intent", "pay"), ("amount", "20,00"), ("customer_email", "ada@example.com"), ("country", "DE"),
                ("card_number", card), ("card_expiry", "12/34"), ("card_cvc", "123")], &[]).await;
            says(&page, words);
        }
        t.catch_up().await;
    }

    async fn other_pages_speak_the_browsers_language(t: &mut Till) {
        for path in ["/checkout/polar_c_nope", "/checkout/polar_c_nope/confirmation", "/nowhere", "/"] {
            speaks(&wanting(t, path, "ko-KR").await, "ko");
        }
        speaks(&wanting(t, "/checkout/polar_c_nope?locale=hu", "ko").await, "hu");
    }

    async fn the_confirmation_speaks_it_too(t: &mut Till) {
        let checkout = t.checkout_with(&t.monthly().await, json!({"locale": "pl"})).await;
        t.buy(&checkout, "ada@example.com").await;
        let page = wanting(t, &format!("{}/confirmation", at(&checkout)), "en").await;
        speaks(&page, "pl");
        says(&page, "Dziękujemy za zamówienie");
        says(&page, "Twoja subskrypcja odnawia się za 10,00\u{a0}USD miesięcznie.");
    }
}
