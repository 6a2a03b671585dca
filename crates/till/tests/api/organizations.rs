//! lifecycle.md H.3.

use serde_json::json;
use till_testkit::{Till, both};

fn own(t: &Till) -> String {
    format!("/v1/organizations/{}", t.organization.id)
}

both! {
    async fn a_token_lists_and_shows_its_own_organization(t: &mut Till) {
        t.stranger().await;
        assert_eq!(t.get("/v1/organizations/").await.listed("slug"), ["ada"]);
        assert_eq!(t.get("/v1/organizations/?slug=ada&sorting=-name").await.listed("slug"), ["ada"]);
        assert!(t.get("/v1/organizations/?slug=eve-1").await.listed("slug").is_empty());
        let shown = t.get(&own(t)).await.ok();
        assert_eq!(shown["status"], "active");
        assert_eq!(shown["default_presentment_currency"], "usd");
        assert_eq!(shown["capabilities"]["checkout_payments"], true);
        assert_eq!(shown["subscription_settings"]["allow_multiple_subscriptions"], false);
    }

    async fn a_change_merges_features_and_replaces_subscription_settings_a_8(t: &mut Till) {
        t.listen().await;
        let path = own(t);
        let changed = t.patch(&path, json!({
            "name": " New Name ", "email": "hi@shop.example", "country": "FR",
            "feature_settings": {"wallets_enabled": true, "member_model_enabled": null},
            "subscription_settings": {
                "allow_multiple_subscriptions": true, "proration_behavior": "invoice",
                "benefit_revocation_grace_period": 7, "prevent_trial_abuse": true,
            },
        })).await.ok();
        assert_eq!(changed["name"], "New Name");
        assert_eq!(changed["country"], "FR");
        assert_eq!(changed["feature_settings"]["wallets_enabled"], true);
        assert_eq!(changed["feature_settings"]["off_session_charges_enabled"], false);
        assert_eq!(changed["subscription_settings"]["proration_behavior"], "invoice");
        assert!(changed["modified_at"].is_string());
        assert_eq!(t.get(&path).await.ok(), changed);
        let told = t.told().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["type"], "organization.updated");
        assert_eq!(told[0]["data"], changed);
        let folded = t.patch(&path, json!({"country": "fr"})).await.unreadable();
        assert_eq!(folded, crate::pairs(&[("enum", "body.country")]), "only the countries of addresses are folded");
        let cleared = t.patch(&path, json!({"email": null, "name": null})).await.ok();
        assert_eq!((&cleared["email"], &cleared["name"]), (&json!(null), &json!("New Name")));
        t.told().await;
    }

    async fn the_default_currency_needs_a_price_of_every_active_product(t: &mut Till) {
        let product = t.product().await;
        let path = own(t);
        let euro = json!({"default_presentment_currency": "eur"});
        let wrong = t.patch(&path, euro.clone()).await.invalid();
        assert_eq!(wrong, crate::pairs(&[("value_error", "body.default_presentment_currency")]));
        let archive = json!({"is_archived": true});
        t.patch(&format!("/v1/products/{}", product["id"].as_str().unwrap()), archive).await.ok();
        assert_eq!(t.patch(&path, euro).await.ok()["default_presentment_currency"], "eur");
    }

    async fn fields_that_do_not_read_are_told_together(t: &mut Till) {
        let wrong = t.patch(&own(t), json!({
            "name": "x", "email": "nope", "website": "ftp://x", "country": "XX",
            "default_tax_behavior": "maybe", "socials": [{"platform": "paper", "url": "https://x.example"}],
        })).await.unreadable();
        let mut places: Vec<_> = wrong.iter().map(|(_, place)| place.as_str()).collect();
        places.sort_unstable();
        assert_eq!(places, ["body.country", "body.default_tax_behavior", "body.email", "body.name",
            "body.socials.0.platform", "body.website"]);
        assert!(t.get(&own(t)).await.ok()["modified_at"].is_null());
    }
}
