//! Benefits and meters on the dashboard.

use serde_json::{Value, json};
use till_core::kernel::records::Role;
use till_testkit::{Answer, Till, both};

const METERS: &str = "/dashboard/ada/products/meters";
const BENEFITS: &str = "/dashboard/ada/products/benefits";

/// The resource that a sent form has made or changed.
async fn made(t: &Till, api: &str, answer: &Answer) -> Value {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let id = answer.header("location").rsplit('/').next().unwrap();
    t.get(&format!("/v1/{api}/{id}")).await.ok()
}

both! {
    async fn a_meter_is_made_of_conditions_changed_and_archived(t: &mut Till) {
        let owner = t.dashboard().await;
        assert!(owner.get(&format!("{METERS}/new")).await.text().contains("filter.clauses.0.property"));
        let form = [("name", "Tokens"), ("unit", "token"), ("aggregation.func", "sum"), ("aggregation.property", "tokens"),
            ("filter.conjunction", "or"), ("filter.clauses.0.property", "name"), ("filter.clauses.0.operator", "eq"),
            ("filter.clauses.0.value", "llm"), ("filter.clauses.1.property", ""), ("filter.clauses.1.operator", "eq"),
            ("filter.clauses.1.value", ""), ("filter.clauses.2.property", "metadata.level"), ("filter.clauses.2.operator", "gt"),
            ("filter.clauses.2.value", "5")];
        let more = owner.post(&format!("{METERS}/new"), &[&form[..], &[("_add", "condition")]].concat()).await;
        assert!(more.text().contains("filter.clauses.2.property"), "an empty condition made room: {}", more.text());
        let meter = made(t, "meters", &owner.post(&format!("{METERS}/new"), &form).await).await;
        assert_eq!(meter["filter"], json!({"conjunction": "or", "clauses": [
            {"property": "name", "operator": "eq", "value": "llm"}, {"property": "level", "operator": "gt", "value": 5}]}));
        assert_eq!(meter["aggregation"], json!({"func": "sum", "property": "tokens"}));
        let at = format!("{METERS}/{}", meter["id"].as_str().unwrap());
        let page = owner.get(&at).await.text();
        assert!(page.contains("name is “llm” or level is greater than 5") && page.contains("Sum of tokens"), "{page}");
        let wrong = owner.post(&format!("{at}/edit"), &[("name", "T"), ("unit", "custom"), ("aggregation.func", "max")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("at least 3 characters") && wrong.text().contains("aggregation-property-error"), "{}", wrong.text());
        let changed = made(t, "meters", &owner.post(&format!("{at}/edit"), &[("name", "All"), ("aggregation.func", "count")]).await).await;
        assert_eq!(changed["filter"]["clauses"], json!([]));
        assert_eq!(owner.post(&format!("{at}/archive"), &[]).await.status, 303);
        assert!(t.items("/v1/meters/?is_archived=true").await[0]["archived_at"].is_string());
        owner.post(&format!("{at}/unarchive"), &[]).await;
        assert!(t.items("/v1/meters/").await[0]["archived_at"].is_null());
    }

    async fn brackets_survive_the_form_and_a_meter_in_use_says_so(t: &mut Till) {
        let owner = t.dashboard().await;
        let filter = json!({"conjunction": "and", "clauses": [{"conjunction": "or", "clauses": [
            {"property": "name", "operator": "eq", "value": "a"}]}]});
        let meter = json!({"name": "Nested", "filter": filter, "aggregation": {"func": "count"}});
        let meter = t.post("/v1/meters/", meter).await.created();
        let at = format!("{METERS}/{}", meter["id"].as_str().unwrap());
        assert!(owner.get(&format!("{at}/edit")).await.text().contains("only be changed through the API"));
        let saved = made(t, "meters", &owner.post(&format!("{at}/edit"), &[("name", "Renamed"), ("aggregation.func", "count")]).await).await;
        assert_eq!((&saved["name"], &saved["filter"]), (&json!("Renamed"), &filter));
        let price = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": 1});
        t.post("/v1/products/", json!({"name": "Plan", "recurring_interval": "month", "prices": [price]})).await.created();
        owner.post(&format!("{at}/archive"), &[]).await;
        assert!(owner.get(&at).await.text().contains("still used by a price or a benefit"));
    }

    async fn a_benefit_is_made_in_two_steps_changed_and_deleted(t: &mut Till) {
        let owner = t.dashboard().await;
        let new = format!("{BENEFITS}/new");
        let step = owner.post(&new, &[("type", "license_keys"), ("_next", "1")]).await.text();
        assert!(step.contains("properties.prefix"), "{step}");
        let form = [("type", "license_keys"), ("description", "License key"), ("visibility", "private"), ("properties.prefix", "ACME"),
            ("properties.limit_usage", ""), ("properties.expires.ttl", "1"), ("properties.expires.timeframe", "year"),
            ("properties.activations.limit", "")];
        let benefit = made(t, "benefits", &owner.post(&new, &form).await).await;
        assert_eq!(benefit["properties"], json!({"prefix": "ACME", "expires": {"ttl": 1, "timeframe": "year"}, "activations": null, "limit_usage": null}));
        assert_eq!(benefit["visibility"], "private");
        let at = format!("{BENEFITS}/{}", benefit["id"].as_str().unwrap());
        let page = owner.get(&at).await.text();
        assert!(page.contains("ACME") && page.contains("No product includes it yet"), "{page}");
        let edit = owner.get(&format!("{at}/edit")).await.text();
        assert!(edit.contains(r#"value="ACME""#) && edit.contains(r#"value="1""#), "{edit}");
        let wrong = owner.post(&format!("{at}/edit"), &[("description", "x"), ("properties.activations.limit", "0")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("description-error") && wrong.text().contains("properties-activations-limit-error"), "{}", wrong.text());
        let change = [("description", "Key"), ("properties.activations.limit", "3"), ("properties.activations.enable_customer_admin", "true")];
        let changed = made(t, "benefits", &owner.post(&format!("{at}/edit"), &change).await).await;
        assert_eq!(changed["properties"]["activations"], json!({"limit": 3, "enable_customer_admin": true}));
        assert!(owner.get(&format!("{at}/delete")).await.text().contains("removed from every product"));
        assert_eq!(owner.post(&format!("{at}/delete"), &[]).await.status, 303);
        assert_eq!(t.items("/v1/benefits/").await.len(), 0);
    }

    async fn the_lists_stand_under_products_for_members_too(t: &mut Till) {
        let member = t.dashboard_as(Role::Member).await;
        t.benefit("Support", "public").await;
        t.meter("Calls").await;
        let page = member.get(BENEFITS).await.text();
        assert!(page.contains("Support") && page.contains(METERS) && page.contains("aria-current"), "{page}");
        assert!(member.get(METERS).await.text().contains("Number of events"));
        let products = member.get("/dashboard/ada/products").await.text();
        assert!(products.contains(BENEFITS) && products.contains(METERS));
        // Another organization's are not found.
        let theirs = t.with_token(&t.stranger().await.1).meter("Theirs").await;
        assert_eq!(member.get(&format!("{METERS}/{}", theirs["id"].as_str().unwrap())).await.status, 404);
    }
}
