//! Walks request schemas: what fields there are, the smallest body that has each, and what lies at its bounds.

use std::collections::HashSet;

use axum::http::Method;
use serde_json::{Map, Value, json};

pub const ID: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

/// Objects whose keys are bounded by schemas of their own, as soon as they have them.
const OPEN: [&str; 7] = [
    // Free data of few keys, whose size as JSON has a bound (docs/behaviour: seats/metadata).
    "/v1/customer-seats body.metadata",
    "/v1/customer-portal/seats body.metadata",
    "details",
    "feature_settings",
    "customer_email_settings",
    "customer_portal_settings",
    "dispute_settings",
];

pub fn resolved<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        schema = document.pointer(&reference[1..]).unwrap();
    }
    schema
}

/// The shapes that a schema takes, apart from null, and whether it takes null.
fn shapes<'a>(document: &'a Value, schema: &'a Value) -> (Vec<&'a Value>, bool) {
    let schema = resolved(document, schema);
    if let Some(several) = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema[*key].as_array())
    {
        let each: Vec<_> = several.iter().map(|one| shapes(document, one)).collect();
        let null = each.iter().any(|(_, null)| *null);
        return (
            each.into_iter().flat_map(|(shapes, _)| shapes).collect(),
            null,
        );
    }
    let is_null = |kind: &Value| kind == "null";
    match &schema["type"] {
        kind if is_null(kind) => (Vec::new(), true),
        Value::Array(kinds) => (vec![schema], kinds.iter().any(is_null)),
        _ => (vec![schema], false),
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    let known = &schema["type"];
    known == kind
        || known
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

/// The words of a closed list.
fn words(schema: &Value) -> Option<Vec<&Value>> {
    let words = schema["enum"].as_array()?;
    Some(words.iter().filter(|word| !word.is_null()).collect())
}

pub fn whole(bound: &Value) -> Option<i64> {
    bound.as_i64()
}

pub fn length(bound: &Value) -> Option<usize> {
    usize::try_from(bound.as_u64()?).ok()
}

/// Text of this length, in the format that the schema asks for where it can be.
fn text(schema: &Value, length: usize) -> String {
    match schema["format"].as_str() {
        Some("uri") => format!("{:a<length$}", "https://example.com/"),
        Some("email") => format!(
            "{}@example.com",
            "a".repeat(length.saturating_sub(12).max(1))
        ),
        _ => "a".repeat(length),
    }
}

/// The smallest value that a schema takes.
pub fn sample(document: &Value, schema: &Value) -> Value {
    let Some(schema) = shapes(document, schema).0.first().copied() else {
        return Value::Null;
    };
    if let Some(words) = words(schema) {
        return words[0].clone();
    }
    if is(schema, "object") || schema.get("properties").is_some() {
        let required = schema["required"].as_array().into_iter().flatten();
        let mut object: Map<_, _> = required
            .map(|key| key.as_str().unwrap())
            .map(|key| (key.to_owned(), sample(document, &schema["properties"][key])))
            .collect();
        if let Some(least) = length(&schema["minProperties"]) {
            let values = (0..least).map(|n| {
                (
                    key(document, schema, n),
                    sample(document, &schema["additionalProperties"]),
                )
            });
            object.extend(values);
        }
        return object.into();
    }
    if is(schema, "array") {
        let least = length(&schema["minItems"]).unwrap_or(0);
        return vec![sample(document, &schema["items"]); least].into();
    }
    if is(schema, "boolean") {
        return true.into();
    }
    if is(schema, "integer") || is(schema, "number") {
        let least = whole(&schema["minimum"]).or(whole(&schema["exclusiveMinimum"]).map(|n| n + 1));
        return least
            .unwrap_or(1)
            .max(1.min(whole(&schema["maximum"]).unwrap_or(1)))
            .into();
    }
    let (least, most) = (length(&schema["minLength"]), length(&schema["maxLength"]));
    match schema["format"].as_str() {
        Some("uuid") => ID.into(),
        Some("date-time") => "2030-01-01T00:00:00Z".into(),
        Some("ip") => "192.0.2.1".into(),
        Some(_) => text(schema, 20).into(),
        None if (least, most) == (Some(2), Some(2)) => "US".into(),
        None => text(schema, least.unwrap_or(1).max(1)).into(),
    }
}

/// The `n`th key that a map takes.
fn key(document: &Value, schema: &Value, n: usize) -> String {
    let names = resolved(document, &schema["propertyNames"]);
    match (words(names), names["format"].as_str()) {
        (Some(words), _) => words[n % words.len()].as_str().unwrap().to_owned(),
        (None, Some("uuid")) => format!("{n:08x}{}", &ID[8..]),
        _ => format!("k{n}"),
    }
}

/// A field, and the smallest body that has it.
#[derive(Debug, Clone)]
pub struct Place {
    pub body: Value,
    /// The place of the field in the body.
    pub pointer: String,
    pub shapes: Vec<&'static Value>,
    pub takes_null: bool,
    /// It says which of several shapes the object has: without it, another one is judged.
    pub chooses: bool,
}

impl Place {
    /// The body with this in the field's place.
    pub fn with(&self, value: Value) -> String {
        let mut body = self.body.clone();
        *body.pointer_mut(&self.pointer).unwrap() = value;
        body.to_string()
    }
}

pub struct Walk {
    document: &'static Value,
    found: Vec<Place>,
}

impl Walk {
    /// Every field of a body.
    pub fn fields(document: &'static Value, schema: &'static Value) -> Vec<Place> {
        let mut walk = Self {
            document,
            found: Vec::new(),
        };
        walk.below(&sample(document, schema), "", schema);
        walk.found
    }

    /// Everything below a place.
    fn below(&mut self, body: &Value, pointer: &str, schema: &'static Value) {
        if pointer.matches('/').count() > 8 {
            return;
        }
        let document = self.document;
        let (all, _) = shapes(document, schema);
        for shape in &all {
            let mut body = body.clone();
            let at = body.pointer_mut(pointer).unwrap();
            if all.len() > 1 {
                *at = sample(document, &json!(shape));
            }
            let required: Vec<_> = shape["required"].as_array().cloned().unwrap_or_default();
            for (key, inner) in shape["properties"].as_object().into_iter().flatten() {
                let others = all.iter().filter_map(|other| other["properties"].get(key));
                let elsewhere = others
                    .map(|other| shapes(document, other))
                    .any(|(_, null)| null);
                let is_tag =
                    all.len() > 1 && words(resolved(document, inner)).is_some_and(|w| w.len() == 1);
                let chooses = is_tag || (elsewhere && required.contains(&json!(key)));
                let mut body = body.clone();
                let object = body.pointer_mut(pointer).unwrap();
                if object.get(key).is_none() {
                    object[key] = sample(document, inner);
                }
                self.place(body, format!("{pointer}/{key}"), inner, chooses);
            }
            if shape["additionalProperties"].is_object() {
                let mut body = body.clone();
                let name = key(document, shape, 0);
                body.pointer_mut(pointer).unwrap()[&name] =
                    sample(document, &shape["additionalProperties"]);
                self.place(
                    body,
                    format!("{pointer}/{name}"),
                    &shape["additionalProperties"],
                    false,
                );
            }
            if is(shape, "array") {
                let mut body = body.clone();
                *body.pointer_mut(pointer).unwrap() = json!([sample(document, &shape["items"])]);
                self.place(body, format!("{pointer}/0"), &shape["items"], false);
            }
        }
    }

    fn place(&mut self, body: Value, pointer: String, schema: &'static Value, chooses: bool) {
        let (shapes, takes_null) = shapes(self.document, schema);
        self.found.push(Place {
            body: body.clone(),
            pointer: pointer.clone(),
            shapes,
            takes_null,
            chooses,
        });
        self.below(&body, &pointer, schema);
    }
}

/// Each operation with a body, and its schema; operations that share a schema are told once.
pub fn bodies(document: &'static Value) -> Vec<(Method, String, &'static Value)> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let Some(schema) = schema.filter(|schema| seen.insert(schema.to_string())) else {
                continue;
            };
            found.push((method.to_uppercase().parse().unwrap(), path.clone(), schema));
        }
    }
    found
}

/// The values at the bounds of a schema, and those beyond them.
pub fn bounds(document: &Value, schema: &Value) -> Vec<(Value, Value)> {
    let mut found = Vec::new();
    if words(schema).is_some() {
        return found;
    }
    if is(schema, "string") {
        if let Some(most) = length(&schema["maxLength"]) {
            found.push((text(schema, most).into(), text(schema, most + 1).into()));
        }
        if let Some(least) = length(&schema["minLength"]).filter(|least| *least > 0) {
            found.push((text(schema, least).into(), "a".repeat(least - 1).into()));
        }
    }
    if is(schema, "integer") || is(schema, "number") {
        if let Some(most) = whole(&schema["maximum"]) {
            found.push((most.into(), (most + 1).into()));
        }
        if let Some(least) = whole(&schema["minimum"]) {
            found.push((least.into(), (least - 1).into()));
        }
        if let Some(most) = whole(&schema["exclusiveMaximum"]) {
            found.push(((most - 1).into(), most.into()));
        }
        if let Some(least) = whole(&schema["exclusiveMinimum"]) {
            found.push(((least + 1).into(), least.into()));
        }
    }
    if is(schema, "array") {
        let of = |n| Value::from(vec![sample(document, &schema["items"]); n]);
        found.extend(length(&schema["maxItems"]).map(|most| (of(most), of(most + 1))));
        let least = length(&schema["minItems"]).filter(|least| *least > 0);
        found.extend(least.map(|least| (of(least), of(least - 1))));
    }
    if schema["additionalProperties"].is_object() {
        let value = sample(document, &schema["additionalProperties"]);
        let of = |n| {
            Value::from(Map::from_iter(
                (0..n).map(|n| (key(document, schema, n), value.clone())),
            ))
        };
        // A map by the words of a closed list cannot be larger.
        let open = words(resolved(document, &schema["propertyNames"])).is_none();
        let most = length(&schema["maxProperties"]).filter(|_| open);
        found.extend(most.map(|most| (of(most), of(most + 1))));
    }
    found
}

/// The places at which a schema leaves something without a bound.
pub fn unbounded(
    document: &Value,
    schema: &Value,
    at: &str,
    seen: &mut HashSet<String>,
    found: &mut Vec<String>,
) {
    if let Some(reference) = schema.get("$ref")
        && !seen.insert(reference.to_string())
    {
        return;
    }
    for shape in shapes(document, schema).0 {
        let has = |key: &str| shape.get(key).is_some_and(|bound| !bound.is_null());
        let closed = words(shape).is_some() || is(shape, "boolean");
        let bounded = if is(shape, "string") {
            has("maxLength") || matches!(shape["format"].as_str(), Some("uuid" | "date-time"))
        } else if is(shape, "integer") || is(shape, "number") {
            (has("minimum") || has("exclusiveMinimum"))
                && (has("maximum") || has("exclusiveMaximum"))
        } else if is(shape, "array") {
            unbounded(document, &shape["items"], &format!("{at}[]"), seen, found);
            has("maxItems")
        } else if is(shape, "object") || has("properties") {
            for (key, inner) in shape["properties"].as_object().into_iter().flatten() {
                unbounded(document, inner, &format!("{at}.{key}"), seen, found);
            }
            if shape["additionalProperties"].is_object() {
                unbounded(
                    document,
                    &shape["propertyNames"],
                    &format!("{at}.<key>"),
                    seen,
                    found,
                );
                unbounded(
                    document,
                    &shape["additionalProperties"],
                    &format!("{at}.*"),
                    seen,
                    found,
                );
            }
            match &shape["additionalProperties"] {
                Value::Null | Value::Bool(false) => true,
                Value::Bool(true) => OPEN.iter().any(|open| at.ends_with(open)),
                _ => has("maxProperties"),
            }
        } else {
            false
        };
        if !bounded && !closed {
            found.push(at.to_owned());
        }
    }
}
