use serde_json::json;

use super::*;

fn stored(value: Value) -> Settings {
    serde_json::from_str(&value.to_string()).unwrap()
}

#[test]
fn what_is_written_reads_back() {
    let mut settings = Settings::default();
    settings.feature_settings.features.wallets_enabled = true;
    settings.feature_settings.overview_metrics = Some(vec!["revenue".into()]);
    settings
        .subscription_settings
        .benefit_revocation_grace_period = 7;
    settings.customer_email_settings.subscription_paused = false;
    settings.customer_portal_settings.subscription.pause = true;
    settings.dispute_settings.auto_accept_below_amount = Some(500);
    settings.details.insert("about".into(), "Books".into());
    settings.embed_hosts.push("shop.example".into());
    settings.require_3ds = false;
    settings.brand.color = Some("#1d4ed8".into());
    settings.policy_links.terms_url = Some("https://shop.example/terms".into());
    settings.socials.push(SocialLink {
        platform: SocialPlatform::Github,
        url: "https://github.com/ada".into(),
    });
    assert_eq!(stored(serde_json::to_value(&settings).unwrap()), settings);
}

#[test]
fn whatever_was_stored_reads_as_settings_and_only_what_does_not_read_is_lost() {
    let names = [
        "feature_settings",
        "subscription_settings",
        "customer_email_settings",
        "customer_portal_settings",
        "dispute_settings",
        "details",
        "embed_hosts",
        "socials",
        "require_3ds",
        "policy_links",
    ];
    let garbage = [
        json!(null),
        json!(5),
        json!("x"),
        json!([]),
        json!([5, null, {"url": 5}]),
        json!({}),
        json!({"usage": 5, "subscription": {"pause": "x"}, "customer": []}),
        json!({"auto_accept_below_amount": -5}),
        json!({"wallets_enabled": 1, "made_up": true, "overview_metrics": 5}),
        json!({"proration_behavior": "never", "benefit_revocation_grace_period": -1}),
    ];
    for thing in &garbage {
        assert_eq!(stored(thing.clone()), Settings::default(), "{thing}");
        for name in names {
            let whole = json!({name: thing, "require_3ds": true});
            let mut read = stored(whole);
            read.details.clear();
            read.feature_settings.overview_metrics = None;
            assert_eq!(read, Settings::default(), "{name}: {thing}");
        }
    }
    let partly = stored(json!({
        "customer_portal_settings": {"usage": 5, "subscription": {"update_plan": false}},
        "feature_settings": {"wallets_enabled": true, "made_up": true},
        "socials": [{"platform": "paper", "url": "https://www.youtube.com/@ada"}],
    }));
    assert!(partly.customer_portal_settings.usage.show);
    assert!(!partly.customer_portal_settings.subscription.update_plan);
    assert!(partly.features().wallets_enabled);
    assert_eq!(partly.socials[0].platform, SocialPlatform::Youtube);
    let written = serde_json::to_value(&partly.feature_settings).unwrap();
    assert!(written.get("made_up").is_none());
}

#[test]
fn tax_settings_that_do_not_read_are_an_error() {
    let broken = json!({"tax": {"enabled": "perhaps"}});
    assert!(serde_json::from_value::<Settings>(broken).is_err());
}
