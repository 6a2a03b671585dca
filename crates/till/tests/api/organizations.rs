//! Organizations.

use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, values};
use till_testkit::{Till, both};
use till_wire::organizations::{CustomerEmailSettings, Features};

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

    async fn a_change_merges_features_and_replaces_subscription_settings(t: &mut Till) {
        t.listen().await;
        let path = own(t);
        let changed = t.patch(&path, json!({
            "name": " New Name ", "email": "hi@shop.example", "country": "FR",
            "feature_settings": {"checkout_localization_enabled": false},
            "subscription_settings": {
                "allow_multiple_subscriptions": true, "proration_behavior": "invoice",
                "benefit_revocation_grace_period": 7, "prevent_trial_abuse": true,
            },
        })).await.ok();
        assert_eq!(changed["name"], "New Name");
        assert_eq!(changed["country"], "FR");
        assert_eq!(changed["feature_settings"]["checkout_localization_enabled"], false);
        assert_eq!(changed["feature_settings"]["member_model_enabled"], true);
        assert_eq!(changed["subscription_settings"]["proration_behavior"], "invoice");
        assert!(changed["modified_at"].is_string());
        assert_eq!(t.get(&path).await.ok(), changed);
        let told = t.webhook_events().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["type"], "organization.updated");
        assert_eq!(told[0]["data"], changed);
        let folded = t.patch(&path, json!({"country": "fr"})).await.unreadable();
        assert_eq!(folded, crate::pairs(&[("enum", "body.country")]), "only the countries of addresses are folded");
        let cleared = t.patch(&path, json!({"email": null, "name": null})).await.ok();
        assert_eq!((&cleared["email"], &cleared["name"]), (&json!(null), &json!("New Name")));
        t.webhook_events().await;
    }

    async fn an_answer_shows_every_setting_that_there_is(t: &mut Till) {
        let shown = t.get(&own(t)).await.ok();
        for (name, _) in Features::MEMBERS {
            let founding = ["seat_based_pricing_enabled", "member_model_enabled", "checkout_localization_enabled"];
            assert_eq!(shown["feature_settings"][name], founding.contains(name), "{name}");
        }
        assert_eq!(shown["feature_settings"]["overview_metrics"], json!(null));
        assert_eq!(CustomerEmailSettings::MEMBERS.len(), 14);
        for (name, _) in CustomerEmailSettings::MEMBERS {
            assert_eq!(shown["customer_email_settings"][name], true, "{name}");
        }
        assert_eq!(shown["customer_portal_settings"], json!({
            "usage": {"show": true},
            "subscription": {"update_seats": true, "update_plan": true, "pause": false},
            "customer": {"allow_email_change": false},
        }));
        assert_eq!(shown["dispute_settings"], json!({"auto_accept_below_amount": null}));
        assert_eq!(shown["checkout_settings"], json!({"require_3ds": true}));
        assert_eq!(shown["subscription_settings"], json!({
            "allow_multiple_subscriptions": false, "proration_behavior": "prorate",
            "benefit_revocation_grace_period": 0, "prevent_trial_abuse": false, "allow_customer_updates": true,
        }));
        assert_eq!(shown["tax_settings"], json!({"enabled": false, "registrations": []}));
    }

    async fn a_merchant_switches_its_own_features_only_and_what_was_sold_with_stays_on(t: &mut Till) {
        let path = own(t);
        let before = t.get(&path).await.ok();
        let all: serde_json::Map<String, Value> =
            Features::MEMBERS.iter().map(|(name, _)| ((*name).to_owned(), true.into())).collect();
        let mut sent = Value::Object(all);
        sent["made_up"] = true.into();
        let changed = t.patch(&path, json!({"feature_settings": sent})).await.ok();
        let mut own = before["feature_settings"].clone();
        for name in ["off_session_charges_enabled", "reset_proration_behavior_enabled", "meter_cycling_enabled"] {
            assert_eq!(own[name], false, "{name}");
            own[name] = true.into();
        }
        assert_eq!(changed["feature_settings"], own);
        let off: serde_json::Map<String, Value> =
            Features::MEMBERS.iter().map(|(name, _)| ((*name).to_owned(), false.into())).collect();
        let changed = t.patch(&path, json!({"feature_settings": off})).await.ok();
        let mut wanted = before["feature_settings"].clone();
        wanted["checkout_localization_enabled"] = false.into();
        assert_eq!(changed["feature_settings"], wanted);
        let metrics = json!({"feature_settings": {"overview_metrics": ["revenue", "orders"]}});
        let changed = t.patch(&path, metrics).await.ok();
        assert_eq!(changed["feature_settings"]["overview_metrics"], json!(["revenue", "orders"]));
        let none = t.patch(&path, json!({"feature_settings": {"overview_metrics": null}})).await.ok();
        assert_eq!(none["feature_settings"]["overview_metrics"], json!(["revenue", "orders"]), "null is no change");
    }

    async fn settings_objects_are_replaced_and_disputes_merge(t: &mut Till) {
        let path = own(t);
        let body = json!({
            "customer_portal_settings": {"usage": {"show": false}, "subscription":
                {"update_seats": false, "update_plan": true, "pause": true, "x": 1}, "x": {}},
            "dispute_settings": {"auto_accept_below_amount": 500, "x": 1},
            "details": {"about": "Books", "switching": true, "switching_from": "other",
                "selling_categories": ["a", "b"], "future_annual_revenue": 1000, "x": 1},
        });
        let changed = t.patch(&path, body).await.ok();
        assert_eq!(changed["customer_portal_settings"], json!({
            "usage": {"show": false},
            "subscription": {"update_seats": false, "update_plan": true, "pause": true},
            "customer": {"allow_email_change": false},
        }));
        assert_eq!(changed["dispute_settings"], json!({"auto_accept_below_amount": 500}));
        assert!(changed["details_submitted_at"].is_string());
        let same = t.patch(&path, json!({"dispute_settings": {}, "customer_portal_settings": null})).await.ok();
        assert_eq!(same["dispute_settings"], changed["dispute_settings"]);
        assert_eq!(same["customer_portal_settings"], changed["customer_portal_settings"]);
        let body = json!({"dispute_settings": {"auto_accept_below_amount": null}});
        assert_eq!(t.patch(&path, body).await.ok()["dispute_settings"], json!({"auto_accept_below_amount": null}));
        let mut emails: serde_json::Map<String, Value> =
            CustomerEmailSettings::MEMBERS.iter().map(|(name, _)| ((*name).to_owned(), false.into())).collect();
        let changed = t.patch(&path, json!({"customer_email_settings": emails})).await.ok();
        assert_eq!(changed["customer_email_settings"], Value::Object(emails.clone()));
        emails.remove("order_confirmation");
        emails.insert("subscription_paused".into(), "perhaps".into());
        assert_eq!(t.patch(&path, json!({"customer_email_settings": emails})).await.unreadable(), crate::pairs(&[
            ("missing", "body.customer_email_settings.order_confirmation"),
            ("bool_parsing", "body.customer_email_settings.subscription_paused"),
        ]));
    }

    async fn settings_of_a_wrong_type_are_told_at_their_place(t: &mut Till) {
        let path = own(t);
        for (settings, place, kind) in [
            (json!({"customer_portal_settings": 5}), "", "dict_type"),
            (json!({"customer_portal_settings": {"usage": 5, "subscription": {"update_seats": true, "update_plan": true}}}),
                ".usage", "dict_type"),
            (json!({"customer_portal_settings": {"usage": {"show": null}, "subscription": {"update_seats": true, "update_plan": true}}}),
                ".usage.show", "bool_type"),
            (json!({"customer_portal_settings": {"usage": {"show": true}, "subscription":
                {"update_seats": true, "update_plan": true, "pause": null}}}), ".subscription.pause", "bool_type"),
            (json!({"feature_settings": {"checkout_localization_enabled": null}}), ".checkout_localization_enabled", "bool_type"),
            (json!({"feature_settings": {"seat_based_pricing_enabled": []}}), ".seat_based_pricing_enabled", "bool_type"),
            (json!({"feature_settings": {"overview_metrics": [5]}}), ".overview_metrics.0", "string_type"),
            (json!({"feature_settings": "x"}), "", "model_attributes_type"),
            (json!({"dispute_settings": []}), "", "model_attributes_type"),
            (json!({"dispute_settings": {"auto_accept_below_amount": -5}}), ".auto_accept_below_amount", "greater_than_equal"),
            (json!({"dispute_settings": {"auto_accept_below_amount": 10001}}), ".auto_accept_below_amount", "less_than_equal"),
            (json!({"subscription_settings": 5}), "", "dict_type"),
            (json!({"customer_email_settings": 5}), "", "dict_type"),
            (json!({"sso_enforced": true}), "", "value_error"),
            (json!({"details": {"switching_from": "x"}}), ".switching_from", "literal_error"),
            (json!({"details": {"future_annual_revenue": -1}}), ".future_annual_revenue", "greater_than_equal"),
        ] {
            let name = settings.as_object().unwrap().keys().next().unwrap().clone();
            let wanted = crate::pairs(&[(kind, &format!("body.{name}{place}"))]);
            assert_eq!(t.patch(&path, settings.clone()).await.unreadable(), wanted, "{settings}");
        }
        assert!(t.get(&path).await.ok()["modified_at"].is_null());
    }

    async fn settings_that_were_stored_without_a_look_are_shown_as_they_should_be(t: &mut Till) {
        let path = own(t);
        let before = t.get(&path).await.ok();
        for garbage in [
            json!({"customer_portal_settings": {"usage": 5}, "dispute_settings": {"auto_accept_below_amount": -5, "x": 1}}),
            json!({"feature_settings": {"made_up": true, "wallets_enabled": "x"}, "customer_email_settings": {"x": 5}}),
            json!({"customer_portal_settings": [], "feature_settings": 5, "socials": [5, {}], "embed_hosts": {"a": 1},
                "subscription_settings": {"proration_behavior": "never"}, "require_3ds": "x", "details": 5}),
            json!({}),
        ] {
            let mut changes = Changes::new();
            let sql = "update organizations set settings = $1 where id = $2";
            changes.any(sql, vec![values::Value::Json(garbage.to_string()), t.organization.id.into()]);
            t.app.store.commit(changes).await.unwrap();
            let shown = t.get(&path).await.ok();
            for name in ["customer_portal_settings", "dispute_settings", "customer_email_settings",
                "subscription_settings", "checkout_settings", "socials", "embed_hosts"] {
                assert_eq!(shown[name], before[name], "{name}");
            }
            assert!(shown["feature_settings"].get("made_up").is_none());
            let product = t.product().await;
            t.checkout_for(&product).await;
            let changed = t.patch(&path, json!({"dispute_settings": {"auto_accept_below_amount": 5}})).await.ok();
            assert_eq!(changed["dispute_settings"]["auto_accept_below_amount"], 5);
        }
        t.may_leave_work();
        t.see_through().await;
    }

    async fn a_social_link_is_of_the_platform_that_its_address_belongs_to(t: &mut Till) {
        let socials = json!([{"platform": "other", "url": "https://www.youtube.com/@ada"},
            {"platform": "github", "url": "https://ada.example/"}, {"platform": "x", "url": "https://x.com/ada"}]);
        let changed = t.patch(&own(t), json!({"socials": socials})).await.ok();
        let platforms: Vec<_> = changed["socials"].as_array().unwrap().iter().map(|s| &s["platform"]).collect();
        assert_eq!(platforms, ["youtube", "other", "x"]);
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
