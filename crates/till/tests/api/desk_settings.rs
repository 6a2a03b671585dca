//! The organization's settings on the dashboard.

use serde_json::json;
use till_testkit::both;

const SETTINGS: &str = "/dashboard/ada/settings";

const FORM: [(&str, &str); 8] = [
    ("name", "Ada & Co"),
    ("email", "help@ada.example"),
    ("website", "https://ada.example/"),
    ("default_presentment_currency", "usd"),
    ("default_tax_behavior", "exclusive"),
    ("subscription_settings.proration_behavior", "invoice"),
    ("subscription_settings.benefit_revocation_grace_period", "7"),
    ("embed_hosts", "shop.example.com\n blog.example.com"),
];

both! {
    async fn settings_are_saved_as_the_api_would(t: &mut Till) {
        let owner = t.desk().await;
        let mut sent = FORM.to_vec();
        sent.extend([
            ("subscription_settings.allow_multiple_subscriptions", "true"),
            ("socials.0.platform", "github"), ("socials.0.url", "https://github.com/ada"),
            ("socials.1.platform", "x"), ("socials.1.url", ""),
        ]);
        assert_eq!(owner.post(SETTINGS, &sent).await.header("location"), SETTINGS);
        let now = t.get(&format!("/v1/organizations/{}", t.organization.id)).await.ok();
        assert_eq!(now["name"], "Ada & Co");
        assert_eq!(now["default_tax_behavior"], "exclusive");
        assert_eq!(now["embed_hosts"], json!(["shop.example.com", "blog.example.com"]));
        assert_eq!(now["socials"], json!([{"platform": "github", "url": "https://github.com/ada"}]));
        let subscriptions = &now["subscription_settings"];
        assert_eq!(subscriptions["allow_multiple_subscriptions"], true);
        assert_eq!(subscriptions["allow_customer_updates"], false, "not ticked is no");
        assert_eq!(subscriptions["benefit_revocation_grace_period"], 7);
        assert_eq!(now["checkout_settings"], json!({"require_3ds": false}));
        let page = owner.get(SETTINGS).await.text();
        assert!(page.contains("Ada &#38; Co") && page.contains("https://github.com/ada"), "{page}");
    }

    async fn settings_that_are_wrong_are_told_at_their_fields(t: &mut Till) {
        let owner = t.desk().await;
        t.product().await;
        for (field, value) in [
            ("name", ""), ("email", "nonsense"), ("website", "javascript:alert(1)"),
            ("subscription_settings.benefit_revocation_grace_period", "400"), ("default_presentment_currency", "eur"),
        ] {
            let sent: Vec<_> = FORM.iter().map(|(k, v)| (*k, if *k == field { value } else { *v })).collect();
            let answer = owner.post(SETTINGS, &sent).await;
            assert_eq!(answer.status, 422, "{field}");
            let mark = format!("id=\"{}-error\"", field.replace('.', "-"));
            assert!(answer.text().contains(&mark), "{field}: {}", answer.text());
        }
        let now = t.get(&format!("/v1/organizations/{}", t.organization.id)).await.ok();
        assert_eq!(now["name"], "Ada's Shop");
    }

    async fn the_processor_page_counts_attempts(t: &mut Till) {
        let owner = t.desk().await;
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        t.buy(&checkout, "grace@example.com").await;
        let page = owner.get("/dashboard/ada/settings/processor").await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("No real money moves"));
        assert!(page.text().contains("<dt>Succeeded</dt><dd>1</dd>"), "{}", page.text());
    }
}
