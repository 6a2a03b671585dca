//! The served OpenAPI document.

use std::collections::HashSet;

use serde_json::Value;
use till_testkit::both;

/// Every `$ref` in a document.
fn refs<'a>(value: &'a Value, found: &mut HashSet<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|v| refs(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| refs(v, found)),
        _ => {}
    }
}

both! {
    async fn it_is_served_for_every_version_and_all_its_references_lead_somewhere(t: &mut Till) {
        let mut found = HashSet::new();
        refs(t.document(), &mut found);
        assert!(found.len() > 20);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(t.document().pointer(pointer).is_some(), "{reference}");
        }
        let nobody = t.anonymous();
        let served = nobody.get("/openapi.json").await.ok();
        assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(served["servers"][0]["url"], t.app.urls.public_url.as_str());
        for version in ["2026-04", "2026-10", "2027-01"] {
            let served = nobody.get(&format!("/{version}/openapi.json")).await.ok();
            assert_eq!(served["info"]["version"], version);
        }
    }

    async fn every_operation_has_its_own_id_and_says_how_it_answers(t: &mut Till) {
        let mut ids = HashSet::new();
        for (path, item) in t.document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(ids.insert(id.to_owned()), "{id} is used twice");
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                for name in path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')) {
                    assert!(parameters.iter().any(|p| p["name"] == name && p["in"] == "path"), "{method} {path}: {name}");
                }
                let answers = operation["responses"].as_object().unwrap();
                assert!(answers.keys().any(|status| status.starts_with(['2', '3'])), "{method} {path}");
            }
        }
    }

    async fn every_schema_is_a_schema(t: &mut Till) {
        for (name, schema) in t.document()["components"]["schemas"].as_object().unwrap() {
            let whole = serde_json::json!({"allOf": [schema], "components": t.document()["components"]});
            assert!(till_testkit::is_schema(&whole), "{name} is not a JSON schema");
        }
    }
}
