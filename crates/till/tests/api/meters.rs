//! Meters.

use serde_json::{Value, json};
use till_testkit::both;
use till_wire::scope::Scope;

fn path(meter: &Value) -> String {
    format!("/v1/meters/{}", meter["id"].as_str().unwrap())
}

fn counting(name: &str) -> Value {
    json!({"name": name, "filter": {"conjunction": "and", "clauses": []}, "aggregation": {"func": "count"}})
}

both! {
    async fn a_meter_is_kept_as_it_was_read(t: &mut Till) {
        let body = json!({"name": " Tokens ", "unit": "custom", "custom_label": "kTok", "custom_multiplier": 1000,
            "filter": {"conjunction": "or", "clauses": [
                {"property": "name", "operator": "eq", "value": "llm"},
                {"conjunction": "and", "clauses": [{"property": "metadata.model.size", "operator": "gte", "value": 7},
                    {"property": "cached", "operator": "ne", "value": true}]}]},
            "aggregation": {"func": "sum", "property": "metadata.tokens"}, "metadata": {"a": 1}});
        let meter = t.post("/v1/meters/", body).await.created();
        assert_eq!(meter["name"], "Tokens");
        assert_eq!(meter["filter"]["clauses"][1]["clauses"][0]["property"], "model.size");
        assert_eq!(meter["filter"]["clauses"][1]["clauses"][1]["value"], true);
        assert_eq!(meter["aggregation"], json!({"func": "sum", "property": "tokens"}));
        assert_eq!(meter["archived_at"], json!(null));
        assert_eq!(t.get(&path(&meter)).await.ok(), meter);
        let plain = t.patch(&path(&meter), json!({"unit": "token", "aggregation": {"func": "unique", "property": "id"}})).await.ok();
        assert_eq!((&plain["custom_label"], &plain["custom_multiplier"]), (&json!(null), &json!(null)));
        assert_eq!(plain["filter"], meter["filter"]);
    }

    async fn what_does_not_read_is_told_at_its_place(t: &mut Till) {
        let body = json!({"name": "ab", "filter": {"conjunction": "xor", "clauses": [{"property": "", "operator": "eq", "value": 1.5}]},
            "aggregation": {"func": "sum"}, "custom_multiplier": 0});
        assert_eq!(t.post("/v1/meters/", body).await.unreadable(), crate::pairs(&[
            ("string_too_short", "body.name"), ("greater_than", "body.custom_multiplier"),
            ("enum", "body.filter.conjunction"), ("string_too_short", "body.filter.clauses.0.FilterClause.property"),
            ("int_from_float", "body.filter.clauses.0.FilterClause.value"), ("missing", "body.aggregation.sum.property")]));
        let mut custom = counting("Meter");
        custom["unit"] = json!("custom");
        assert_eq!(t.post("/v1/meters/", custom).await.invalid(), crate::pairs(&[("missing", "body.custom_label")]));
    }

    async fn a_meter_in_use_is_not_archived(t: &mut Till) {
        let meter = t.meter("Calls").await;
        let price = json!({"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": 1});
        let body = json!({"name": "Plan", "recurring_interval": "month", "prices": [price]});
        let plan = t.post("/v1/products/", body).await.created();
        let archive = json!({"is_archived": true});
        let refused = crate::pairs(&[("value_error", "body.is_archived")]);
        assert_eq!(t.patch(&path(&meter), archive.clone()).await.invalid(), refused);
        let fixed = json!({"amount_type": "fixed", "price_amount": 1000});
        t.patch(&format!("/v1/products/{}", plan["id"].as_str().unwrap()), json!({"prices": [fixed]})).await.ok();
        let credits = json!({"type": "meter_credit", "description": "Free calls",
            "properties": {"meter_id": meter["id"], "units": 10, "rollover": false}});
        let credits = t.post("/v1/benefits/", credits).await.created();
        assert_eq!(t.patch(&path(&meter), archive.clone()).await.invalid(), refused);
        t.delete(&format!("/v1/benefits/{}", credits["id"].as_str().unwrap())).await.gone();
        let archived = t.patch(&path(&meter), archive).await.ok();
        assert!(archived["archived_at"].is_string());
        // An archived meter counts for nothing new.
        let again = t.patch(&format!("/v1/products/{}", plan["id"].as_str().unwrap()),
            json!({"prices": [fixed, {"amount_type": "metered_unit", "meter_id": meter["id"], "unit_amount": 1}]})).await;
        assert_eq!(again.invalid(), crate::pairs(&[("value_error", "body.prices.1.meter_id")]));
        assert_eq!(t.patch(&path(&meter), json!({"is_archived": false})).await.ok()["archived_at"], json!(null));
    }

    async fn the_list_filters_and_sorts_by_name(t: &mut Till) {
        for name in ["beta", "Alpha", "Gamma"] {
            t.post("/v1/meters/", counting(name)).await.created();
        }
        let gamma = t.items("/v1/meters/").await.pop().unwrap();
        t.patch(&path(&gamma), json!({"is_archived": true})).await.ok();
        for (query, found) in [("", vec!["Alpha", "beta", "Gamma"]), ("?sorting=-created_at", vec!["Gamma", "Alpha", "beta"]),
            ("?query=A&is_archived=false", vec!["Alpha", "beta"]), ("?is_archived=true", vec!["Gamma"])] {
            assert_eq!(t.get(&format!("/v1/meters/{query}")).await.listed("name"), found, "{query}");
        }
    }

    async fn meters_need_their_scope_and_are_nobody_elses(t: &mut Till) {
        let meter = t.meter("Calls").await;
        let reader = t.with_token(&t.token_of(&[Scope::MetersRead]).await);
        reader.get(&path(&meter)).await.ok();
        assert_eq!(reader.post("/v1/meters/", counting("Mine")).await.status, 403);
        let eve = t.with_token(&t.stranger().await.1);
        eve.get(&path(&meter)).await.not_found();
        eve.patch(&path(&meter), json!({"name": "Mine"})).await.not_found();
        assert!(eve.get("/v1/meters/").await.listed("id").is_empty());
    }
}
