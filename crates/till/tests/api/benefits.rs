//! Benefits, and the products that include them.

use serde_json::{Value, json};
use till_core::kernel::{changes::Changes, records::Benefit, values::Json};
use till_testkit::both;
use till_wire::{
    benefits::{BenefitType, BenefitVisibility},
    metadata::Metadata,
    scope::Scope,
};

const NOBODY: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

fn path(benefit: &Value) -> String {
    format!("/v1/benefits/{}", benefit["id"].as_str().unwrap())
}

both! {
    async fn a_benefit_is_made_changed_and_told_of(t: &mut Till) {
        t.listen().await;
        let body = json!({"type": "custom", "description": "Priority support", "properties": {"note": "Write to **us**"},
            "metadata": {"a": 1}});
        let benefit = t.post("/v1/benefits/", body).await.created();
        for (key, value) in [("type", json!("custom")), ("visibility", json!("public")), ("visibility_configurable", json!(true)),
            ("selectable", json!(true)), ("deletable", json!(true)), ("is_deleted", json!(false)),
            ("properties", json!({"note": "Write to **us**"})), ("metadata", json!({"a": 1})), ("modified_at", json!(null))] {
            assert_eq!(benefit[key], value, "{key}");
        }
        assert_eq!(t.get(&path(&benefit)).await.ok(), benefit);
        let change = json!({"type": "custom", "description": "Support", "visibility": "private", "properties": {}});
        let changed = t.patch(&path(&benefit), change).await.ok();
        assert_eq!((&changed["description"], &changed["visibility"]), (&json!("Support"), &json!("private")));
        assert_eq!(changed["properties"], json!({"note": null}), "properties are replaced as a whole");
        assert_eq!(changed["metadata"], benefit["metadata"]);
        t.delete(&path(&benefit)).await.gone();
        t.get(&path(&benefit)).await.not_found();
        let told = t.webhook_events().await;
        assert_eq!(told.iter().map(|e| e["type"].as_str().unwrap()).collect::<Vec<_>>(),
            ["benefit.created", "benefit.updated", "benefit.updated"]);
        assert_eq!(told[0]["data"], benefit);
        assert_eq!(told[2]["data"]["is_deleted"], true);
    }

    async fn properties_are_those_of_the_type(t: &mut Till) {
        let meter = t.meter("Calls").await;
        for (kind, properties, kept) in [
            ("feature_flag", json!({"x": 1}), json!({})),
            ("license_keys", json!({"prefix": "acme", "limit_usage": 5, "expires": {"ttl": 457, "timeframe": "year"}}),
                json!({"prefix": "acme", "expires": {"ttl": 457, "timeframe": "year"}, "activations": null, "limit_usage": 5})),
            ("meter_credit", json!({"meter_id": meter["id"], "units": 10, "rollover": true}),
                json!({"meter_id": meter["id"], "units": 10, "rollover": true})),
        ] {
            let body = json!({"type": kind, "description": "A thing", "properties": properties});
            let made = t.post("/v1/benefits/", body).await.created();
            assert_eq!(made["properties"], kept, "{kind}");
            assert_eq!(t.get(&path(&made)).await.ok(), made);
            assert_eq!(made["visibility"], if kind == "feature_flag" { "private" } else { "public" });
        }
        for (body, kind, place) in [
            (json!({}), "union_tag_not_found", "body"),
            (json!({"type": "gold"}), "union_tag_invalid", "body"),
            (json!({"type": "license_keys", "description": "Keys", "properties": {"limit_usage": 0}}), "greater_than",
                "body.license_keys.properties.limit_usage"),
            (json!({"type": "license_keys", "description": "Keys", "properties": {"expires": {"ttl": 1201, "timeframe": "month"}}}),
                "less_than_equal", "body.license_keys.properties.expires.ttl"),
            (json!({"type": "custom", "description": "ab", "properties": {}}), "string_too_short", "body.custom.description"),
            (json!({"type": "custom", "description": "a".repeat(43), "properties": {}}), "string_too_long", "body.custom.description"),
            (json!({"type": "downloadables", "description": "Files", "properties": {"files": []}}), "too_short",
                "body.downloadables.properties.files"),
        ] {
            assert_eq!(t.post("/v1/benefits/", body.clone()).await.unreadable(), crate::pairs(&[(kind, place)]), "{body}");
        }
        for (kind, properties, place) in [
            ("meter_credit", json!({"meter_id": NOBODY, "units": 1, "rollover": true}), "body.properties.meter_id"),
            ("downloadables", json!({"files": [NOBODY]}), "body.properties.files.0"),
            ("discord", json!({"guild_token": "x", "role_id": "y", "kick_member": true}), "body.properties.guild_token"),
            ("slack_shared_channel", json!({"slack_integration_id": NOBODY, "channel_name_template": "x"}), "body.type"),
            ("github_repository", json!({"repository_owner": "a", "repository_name": "b", "permission": "pull"}), "body.type"),
        ] {
            let body = json!({"type": kind, "description": "A thing", "properties": properties});
            assert_eq!(t.post("/v1/benefits/", body).await.invalid(), crate::pairs(&[("value_error", place)]), "{kind}");
        }
    }

    async fn a_slack_channel_cannot_be_given_whatever_the_settings_say(t: &mut Till) {
        t.featured(|features| features.slack_benefit_enabled = true).await;
        let properties = json!({"slack_integration_id": NOBODY, "channel_name_template": "x"});
        let body = json!({"type": "slack_shared_channel", "description": "A thing", "properties": properties});
        assert_eq!(t.post("/v1/benefits/", body).await.invalid(), crate::pairs(&[("value_error", "body.type")]));
        t.may_leave_work();
        t.see_through().await;
    }

    async fn the_type_is_repeated_and_visibility_is_not_always_free(t: &mut Till) {
        let benefit = t.benefit("Support", "public").await;
        let other = json!({"type": "feature_flag", "description": "Flag"});
        assert_eq!(t.patch(&path(&benefit), other).await.invalid(), crate::pairs(&[("value_error", "body.type")]));
        assert_eq!(t.patch(&path(&benefit), json!({"description": "Flag"})).await.unreadable()[0].0, "union_tag_not_found");
        let hidden = json!({"type": "downloadables", "description": "Files", "visibility": "private", "properties": {"files": [NOBODY]}});
        assert_eq!(t.post("/v1/benefits/", hidden).await.invalid(),
            crate::pairs(&[("value_error", "body.visibility"), ("value_error", "body.properties.files.0")]));
    }

    async fn a_benefit_for_github_from_before_can_still_be_read_and_described(t: &mut Till) {
        let properties = json!({"repository_owner": "ada", "repository_name": "engine", "permission": "pull"});
        let ctx = t.app.context();
        let row = Benefit {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id: t.organization.id,
            kind: BenefitType::GithubRepository,
            description: "Sources".to_owned(),
            visibility: BenefitVisibility::Public,
            properties: Json(properties.clone()),
            metadata: Json(Metadata::default()),
            deleted_at: None,
        };
        let mut changes = Changes::new();
        changes.insert(&row);
        t.app.commit(changes).await.unwrap();
        let benefit = t.items("/v1/benefits/?type=github_repository").await.remove(0);
        assert_eq!((&benefit["type"], &benefit["properties"]), (&json!("github_repository"), &properties));
        let product = t.product().await;
        let at = format!("/v1/products/{}/benefits", product["id"].as_str().unwrap());
        t.post(&at, json!({"benefits": [benefit["id"]]})).await.ok();
        t.buy(&t.checkout_for(&product).await, "ada@example.com").await;
        t.drain().await;
        assert!(t.items("/v1/benefit-grants/").await.is_empty());
        let owner = t.dashboard().await;
        let page = format!("/dashboard/ada/products/benefits/{}", row.id);
        assert!(owner.get(&page).await.text().contains("Repository name"));
        let change = [("type", "github_repository"), ("description", "The sources"), ("visibility", "public")];
        owner.post(&format!("{page}/edit"), &change).await;
        let described = t.get(&path(&benefit)).await.ok();
        assert_eq!((&described["description"], &described["properties"]), (&json!("The sources"), &properties));
        let other = json!({"type": "github_repository", "properties": properties});
        assert_eq!(t.patch(&path(&benefit), other).await.invalid(), crate::pairs(&[("value_error", "body.type")]));
        t.may_leave_work();
        t.see_through().await;
    }

    async fn a_product_includes_benefits_in_their_order(t: &mut Till) {
        let product = t.product().await;
        let at = format!("/v1/products/{}/benefits", product["id"].as_str().unwrap());
        let (a, b) = (t.benefit("First", "public").await, t.benefit("Second", "private").await);
        t.listen().await;
        let both = t.post(&at, json!({"benefits": [b["id"], a["id"]]})).await.ok();
        assert_eq!(both["benefits"], json!([b, a]));
        let told = t.webhook_events().await;
        assert_eq!((&told[0]["type"], &told[0]["data"]), (&json!("product.updated"), &both));
        for (ids, place) in [(json!([a["id"], NOBODY]), "body.benefits.1"), (json!([a["id"], a["id"]]), "body.benefits.1")] {
            assert_eq!(t.post(&at, json!({"benefits": ids})).await.invalid(), crate::pairs(&[("value_error", place)]));
        }
        let theirs = t.with_token(&t.stranger().await.1).benefit("Theirs", "public").await;
        assert_eq!(t.post(&at, json!({"benefits": [theirs["id"]]})).await.invalid(), crate::pairs(&[("value_error", "body.benefits.0")]));
        t.post("/v1/products/1dbfc517-0bbf-4301-9ba8-555ca42b9737/benefits", json!({"benefits": []})).await.not_found();
        t.delete(&path(&b)).await.gone();
        let left = t.get(&format!("/v1/products/{}", product["id"].as_str().unwrap())).await.ok();
        assert_eq!(left["benefits"], json!([a]), "a deleted benefit is removed from every product");
        assert_eq!(t.post(&at, json!({"benefits": []})).await.ok()["benefits"], json!([]));
        t.may_leave_work();
        t.see_through().await;
    }

    async fn buyers_see_public_benefits_alone(t: &mut Till) {
        let product = t.product().await;
        let at = format!("/v1/products/{}/benefits", product["id"].as_str().unwrap());
        let shown = t.benefit("Shown", "public").await;
        let ids = json!([t.benefit("Hidden", "private").await["id"], shown["id"], t.benefit("Draft", "draft").await["id"]]);
        t.post(&at, json!({"benefits": ids})).await.ok();
        let checkout = t.checkout_for(&product).await;
        for seen in [checkout.clone(), t.client_get(&checkout).await.ok()] {
            for product in [&seen["product"], &seen["products"][0]] {
                let benefits = product["benefits"].as_array().unwrap();
                assert_eq!(benefits.len(), 1);
                for key in ["id", "created_at", "type", "description", "selectable", "deletable", "is_deleted", "organization_id"] {
                    assert_eq!(benefits[0][key], shown[key], "{key}");
                }
                assert!(benefits[0].get("properties").is_none() && benefits[0].get("visibility").is_none());
            }
        }
        // Clients of 2024 cannot read a merchant's session without the key; buyers' views leave it out.
        assert_eq!(checkout["product"]["benefits"][0]["metadata"], json!({}));
        let seen = t.client_get(&checkout).await.ok();
        assert!(seen.get("metadata").is_none() && seen["product"].get("metadata").is_none());
        assert!(seen["product"]["benefits"][0].get("metadata").is_none());
    }

    async fn the_list_filters_and_sorts(t: &mut Till) {
        let a = t.benefit("Alpha", "public").await;
        let b = t.benefit("beta", "private").await;
        let flag = json!({"type": "feature_flag", "description": "Gamma", "properties": {}, "metadata": {"k": "v"}});
        let c = t.post("/v1/benefits/", flag).await.created();
        let id = |benefit: &Value| benefit["id"].as_str().unwrap().to_owned();
        for (query, found) in [
            (String::new(), vec!["Gamma", "beta", "Alpha"]),
            ("sorting=description".into(), vec!["Alpha", "beta", "Gamma"]),
            ("sorting=type&sorting=-created_at".into(), vec!["beta", "Alpha", "Gamma"]),
            ("type=feature_flag".into(), vec!["Gamma"]),
            ("visibility=private&type=custom".into(), vec!["beta"]),
            ("query=ALP".into(), vec!["Alpha"]),
            ("metadata[k]=v".into(), vec!["Gamma"]),
            (format!("exclude_id={}", id(&b)), vec!["Gamma", "Alpha"]),
            (format!("id={}&id={}&sorting=user_order", id(&b), id(&a)), vec!["beta", "Alpha"]),
            (format!("id={}&id={}&id={}&sorting=-user_order", id(&b), id(&a), id(&c)), vec!["Gamma", "Alpha", "beta"]),
            ("sorting=user_order&sorting=description".into(), vec!["Alpha", "beta", "Gamma"]),
        ] {
            assert_eq!(t.get(&format!("/v1/benefits/?{query}")).await.listed("description"), found, "{query}");
        }
    }

    async fn benefits_need_their_scope_and_are_nobody_elses(t: &mut Till) {
        let benefit = t.benefit("Support", "public").await;
        let reader = t.with_token(&t.token_of(&[Scope::BenefitsRead]).await);
        reader.get(&path(&benefit)).await.ok();
        assert_eq!(reader.delete(&path(&benefit)).await.status, 403);
        let eve = t.with_token(&t.stranger().await.1);
        eve.get(&path(&benefit)).await.not_found();
        eve.delete(&path(&benefit)).await.not_found();
        eve.patch(&path(&benefit), json!({"type": "custom"})).await.not_found();
    }
}
