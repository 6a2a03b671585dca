//! Bodies that could be sent: what must be given, else one thing that may be.

use serde_json::{Map, Value, json};

use super::tree::Schemas;

/// Lists within lists end here.
const DEEP: usize = 6;

pub fn of<'a>(schema: &'a Value, schemas: &Schemas<'a>) -> Value {
    value("", schema, schemas, DEEP)
}

fn value<'a>(name: &str, schema: &'a Value, schemas: &Schemas<'a>, deep: usize) -> Value {
    let schema = schemas.resolve(schema);
    if deep == 0 {
        return Value::Null;
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = value(name, part, schemas, deep) {
                whole.extend(fields);
            }
        }
        return whole.into();
    }
    if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let first = choices.iter().find(|choice| choice["type"] != "null");
        return first.map_or(Value::Null, |first| value(name, first, schemas, deep));
    }
    if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
        return match words_first(schema, name) {
            Some(word) => word,
            None => word.clone(),
        };
    }
    match type_of(schema) {
        "object" => object(schema, schemas, deep),
        "array" => json!([value(name, &schema["items"], schemas, deep - 1)]),
        "integer" | "number" => number(name, schema),
        "boolean" => json!(true),
        _ => text(name, schema),
    }
}

/// A currency is best shown by one that everybody knows.
fn words_first(schema: &Value, name: &str) -> Option<Value> {
    let words = schema["enum"].as_array()?;
    let known = json!("usd");
    (name.ends_with("currency") && words.contains(&known)).then_some(known)
}

fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) => one,
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null")
            .unwrap_or_default(),
        _ => "",
    }
}

fn object<'a>(schema: &'a Value, schemas: &Schemas<'a>, deep: usize) -> Value {
    let Some(fields) = schema["properties"].as_object() else {
        return json!({});
    };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut given: Vec<_> = fields
        .iter()
        .filter(|(name, _)| required.contains(&name.as_str()))
        .collect();
    if given.is_empty() {
        let fresh = |(_, field): &(&String, &Value)| field["deprecated"] != true;
        // A text says more than an id.
        let told =
            |(name, field): &(&String, &Value)| !name.ends_with("id") && type_of(field) == "string";
        let first = fields
            .iter()
            .filter(fresh)
            .find(told)
            .or_else(|| fields.iter().find(fresh));
        given.extend(first);
    }
    given
        .into_iter()
        .map(|(name, field)| (name.clone(), value(name, field, schemas, deep - 1)))
        .collect::<Map<_, _>>()
        .into()
}

fn number(name: &str, schema: &Value) -> Value {
    let least = schema["minimum"].as_i64().unwrap_or(1);
    match name.contains("amount") {
        true => json!(least.max(1000)),
        false => json!(least.max(1)),
    }
}

fn text(name: &str, schema: &Value) -> Value {
    json!(match schema["format"].as_str() {
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("date-time") => "2027-01-31T12:00:00Z",
        Some("uri" | "url") => "https://example.com/",
        Some("email") => "ada@example.com",
        _ if name.contains("email") => "ada@example.com",
        _ if name.ends_with("url") => "https://example.com/",
        _ if name == "name" || name.ends_with("_name") => "Ada Lovelace",
        _ if name == "country" => "FR",
        _ => "text",
    })
}
