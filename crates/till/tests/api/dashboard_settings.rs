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
        let owner = t.dashboard().await;
        let mut sent = FORM.to_vec();
        sent.extend([
            ("subscription_settings.allow_multiple_subscriptions", "true"),
            ("socials.0.platform", "github"), ("socials.0.url", "https://github.com/ada"),
            ("socials.1.platform", "x"), ("socials.1.url", ""),
            ("policy_links.terms_url", "https://ada.example/terms"), ("policy_links.support_url", ""),
        ]);
        assert_eq!(owner.post(SETTINGS, &sent).await.header("location"), SETTINGS);
        let now = t.get(&format!("/v1/organizations/{}", t.organization.id)).await.ok();
        assert_eq!(now["name"], "Ada & Co");
        assert_eq!(now["default_tax_behavior"], "exclusive");
        assert_eq!(now["embed_hosts"], json!(["shop.example.com", "blog.example.com"]));
        assert_eq!(now["socials"], json!([{"platform": "github", "url": "https://github.com/ada"}]));
        let subscriptions = &now["subscription_settings"];
        assert_eq!(subscriptions["allow_multiple_subscriptions"], true);
        assert_eq!(subscriptions["allow_customer_updates"], true, "another page's");
        assert_eq!(subscriptions["prevent_trial_abuse"], false, "not ticked is no");
        assert_eq!(subscriptions["benefit_revocation_grace_period"], 7);
        assert_eq!(now["checkout_settings"], json!({"require_3ds": false}), "not ticked is no");
        assert_eq!(now["policy_links"], json!({
            "terms_url": "https://ada.example/terms", "privacy_url": null, "refunds_url": null, "support_url": null,
        }));
        let page = owner.get(SETTINGS).await.text();
        assert!(!page.contains("allow_customer_updates"), "{page}");
        assert!(page.contains("Ada &#38; Co") && page.contains("https://github.com/ada"), "{page}");
    }

    async fn settings_that_are_wrong_are_told_at_their_fields(t: &mut Till) {
        let owner = t.dashboard().await;
        t.product().await;
        for (field, value) in [
            ("name", ""), ("email", "nonsense"), ("website", "javascript:alert(1)"),
            ("default_presentment_currency", "eur"),
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

    async fn mail_settings_are_saved_as_the_api_would(t: &mut Till) {
        const MAIL: &str = "/dashboard/ada/settings/mail";
        let owner = t.dashboard().await;
        let own = format!("/v1/organizations/{}", t.organization.id);
        let page = owner.get(MAIL).await.text();
        assert_eq!(page.matches(" checked").count(), 14, "{page}");
        let sent = [("brand_settings.color", "#1D4ED8"), ("customer_email_settings.order_confirmation", "true")];
        assert_eq!(owner.post(MAIL, &sent).await.header("location"), MAIL);
        let now = t.get(&own).await.ok();
        assert_eq!(now["brand_settings"], json!({"color": "#1d4ed8"}));
        let switches = now["customer_email_settings"].as_object().unwrap();
        let on: Vec<_> = switches.iter().filter(|(_, on)| **on == true).map(|(name, _)| name.as_str()).collect();
        assert_eq!(on, ["order_confirmation"]);
        for wrong in ["blue", "#12", "#12345g", "#1234567", "red;}"] {
            let answer = owner.post(MAIL, &[("brand_settings.color", wrong)]).await;
            assert_eq!(answer.status, 422, "{wrong}");
            assert!(answer.text().contains("id=\"brand_settings-color-error\""), "{}", answer.text());
        }
        assert_eq!(owner.post(MAIL, &[("brand_settings.color", "")]).await.header("location"), MAIL);
        assert_eq!(t.get(&own).await.ok()["brand_settings"], json!({"color": null}));
    }

    async fn portal_settings_are_saved_as_the_api_would(t: &mut Till) {
        const PORTAL: &str = "/dashboard/ada/settings/portal";
        let owner = t.dashboard().await;
        let own = format!("/v1/organizations/{}", t.organization.id);
        let before = t.get(&own).await.ok();
        assert_eq!(owner.get(PORTAL).await.text().matches(" checked").count(), 3, "plan, seats and usage");
        let sent = [("customer_portal_settings.subscription.pause", "true"),
            ("customer_portal_settings.customer.allow_email_change", "true")];
        assert_eq!(owner.post(PORTAL, &sent).await.header("location"), PORTAL);
        let now = t.get(&own).await.ok();
        assert_eq!(before["customer_portal_settings"]["usage"], json!({"show": true}));
        assert_eq!(now["customer_portal_settings"], json!({
            "usage": {"show": false},
            "subscription": {"update_plan": false, "update_seats": false, "pause": true},
            "customer": {"allow_email_change": true},
        }));
        let mut subscriptions = before["subscription_settings"].clone();
        subscriptions["allow_customer_updates"] = json!(false);
        assert_eq!(now["subscription_settings"], subscriptions, "the others are as they were");
        // A change of plan needs both switches of the API: the page shows that it is off where one of them is.
        let plan = "customer_portal_settings.subscription.update_plan";
        assert_eq!(owner.post(PORTAL, &[(plan, "true")]).await.header("location"), PORTAL);
        assert_eq!(t.get(&own).await.ok()["subscription_settings"]["allow_customer_updates"], true);
        subscriptions["allow_customer_updates"] = json!(false);
        t.patch(&own, json!({"subscription_settings": subscriptions})).await.ok();
        assert_eq!(owner.get(PORTAL).await.text().matches(" checked").count(), 0);
    }

    async fn a_page_of_settings_that_was_opened_earlier_changes_its_own_alone(t: &mut Till) {
        let owner = t.dashboard().await;
        let own = format!("/v1/organizations/{}", t.organization.id);
        // The form of the organization is open; meanwhile, customers may no longer change their plan.
        owner.post("/dashboard/ada/settings/portal", &[]).await;
        assert_eq!(owner.post(SETTINGS, &FORM).await.header("location"), SETTINGS);
        let settings = t.get(&own).await.ok()["subscription_settings"].clone();
        assert_eq!(settings["allow_customer_updates"], false);
        assert_eq!(settings["benefit_revocation_grace_period"], 7);
        owner.post("/dashboard/ada/settings/portal", &[]).await;
        assert_eq!(t.get(&own).await.ok()["subscription_settings"], settings);
    }

    async fn the_processor_page_counts_attempts(t: &mut Till) {
        let owner = t.dashboard().await;
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        t.buy(&checkout, "grace@example.com").await;
        let page = owner.get("/dashboard/ada/settings/processor").await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("No real money moves"));
        assert!(page.text().contains("<dt>Succeeded</dt><dd>1</dd>"), "{}", page.text());
    }

    async fn hosts_that_may_embed_are_judged_and_kept_in_one_form(t: &mut Till) {
        let path = format!("/v1/organizations/{}", t.organization.id);
        let hosts = json!({"embed_hosts": ["https://Shop.example/", "*.example.com", "localhost:3000", "chrome-extension://abc"]});
        let kept = t.patch(&path, hosts).await.ok();
        assert_eq!(kept["embed_hosts"], json!(["shop.example", "*.example.com", "localhost:3000", "chrome-extension://abc"]));
        let wrong = t.patch(&path, json!({"embed_hosts": ["shop.example", "*", "https://x.example/shop"]})).await;
        let places: Vec<_> = wrong.unreadable().into_iter().map(|(_, place)| place).collect();
        assert_eq!(places, ["body.embed_hosts.1", "body.embed_hosts.2"]);
        let owner = t.dashboard().await;
        let sent: Vec<_> = FORM.iter().map(|(k, v)| (*k, if *k == "embed_hosts" { "a b/c" } else { *v })).collect();
        let answer = owner.post(SETTINGS, &sent).await;
        assert_eq!(answer.status, 422);
        let said = r#"id="embed_hosts-error">b/c: Value error, this is not a host"#;
        assert!(answer.text().contains(said), "{}", answer.text());
    }

    async fn taxes_are_switched_on_with_the_places_where_the_merchant_is_registered(t: &mut Till) {
        const TAX: &str = "/dashboard/ada/settings/tax";
        let owner = t.dashboard().await;
        let page = owner.get(TAX).await.text();
        assert!(page.contains("tax_settings.registrations.0.country"), "{page}");
        let row = |row: usize, part: &str| format!("tax_settings.registrations.{row}.{part}");
        let names = [row(0, "country"), row(1, "country"), row(1, "state"), row(1, "rate"), row(2, "country"), row(2, "rate")];
        let values = ["DE", "US", "NY", "8.875", "", ""];
        let mut sent: Vec<_> = names.iter().map(String::as_str).zip(values).collect();
        sent.push(("tax_settings.enabled", "true"));
        assert_eq!(owner.post(TAX, &sent).await.header("location"), TAX);
        let path = format!("/v1/organizations/{}", t.organization.id);
        let now = t.get(&path).await.ok()["tax_settings"].clone();
        assert_eq!(now["enabled"], true);
        let places: Vec<_> = now["registrations"].as_array().unwrap().iter().map(|one| one["country"].clone()).collect();
        assert_eq!(places, ["DE", "US"]);
        let page = owner.get(TAX).await.text();
        assert!(page.contains("VAT 19% since 2021-01-01") && page.contains("value=\"8.875\""), "{page}");
        let lost = owner.post(TAX, &[(names[5].as_str(), "7")]).await;
        assert_eq!(lost.status, 422);
        assert!(lost.text().contains("tax_settings-registrations-0-country-error"), "{}", lost.text());
        let wrong = owner.post(TAX, &[(names[0].as_str(), "BR")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("tax_settings-registrations-0-rate-error"), "{}", wrong.text());
        assert_eq!(owner.post(TAX, &[]).await.header("location"), TAX);
        assert_eq!(t.get(&path).await.ok()["tax_settings"], json!({"enabled": false, "registrations": []}));
        let member = t.dashboard_as(till_core::kernel::records::Role::Member).await;
        assert_ne!(member.get(TAX).await.status, 200);
    }
}
