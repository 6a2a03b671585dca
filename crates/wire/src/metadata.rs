//! Free key-value data on resources (docs/behaviour: api/metadata).

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::AdditionalProperties},
};

use crate::{input::Context, limits};

/// At most 50 keys of 1–40 characters; values are texts of 1–500 characters, numbers or truth values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(pub Map<String, Value>);

impl Deref for Metadata {
    type Target = Map<String, Value>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
impl DerefMut for Metadata {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl PartialSchema for Metadata {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .description(Some(
                "Your own key-value data: up to 50 keys of 1 to 40 characters; values are texts of 1 to 500 characters, \
                 numbers or booleans.",
            ))
            .into()
    }
}
impl ToSchema for Metadata {
    fn name() -> std::borrow::Cow<'static, str> {
        "Metadata".into()
    }
}

/// Reads metadata; each broken key is reported at its own place.
pub fn metadata(value: &Value, cx: &mut Context) -> Option<Metadata> {
    let Value::Object(map) = value else {
        return cx.fail("dict_type", "Input should be an object", value);
    };
    if map.len() > limits::METADATA_KEYS {
        return cx.bound(
            "too_long",
            format!(
                "Metadata should have at most {} keys",
                limits::METADATA_KEYS
            ),
            value,
            "max_length",
            limits::METADATA_KEYS,
        );
    }
    let before = cx.problems.len();
    for (key, item) in map {
        cx.at(key.clone(), |cx| {
            let length = key.chars().count();
            if length == 0 || length > limits::METADATA_KEY || key.contains('\0') {
                let name = if length == 0 {
                    "string_too_short"
                } else {
                    "string_too_long"
                };
                cx.fail::<()>(
                    name,
                    "Metadata keys must have 1 to 40 characters",
                    &Value::from(key.as_str()),
                );
            }
            match item {
                Value::String(text) if text.contains('\0') => {
                    cx.refuse("text must not contain the NUL character", item)
                }
                Value::String(text) if text.is_empty() => cx.bound(
                    "string_too_short",
                    "Text should have at least 1 character",
                    item,
                    "min_length",
                    1,
                ),
                Value::String(text) if text.chars().count() > limits::METADATA_TEXT => cx.bound(
                    "string_too_long",
                    format!(
                        "Text should have at most {} characters",
                        limits::METADATA_TEXT
                    ),
                    item,
                    "max_length",
                    limits::METADATA_TEXT,
                ),
                Value::String(_) | Value::Bool(_) => Some(()),
                Value::Number(n) if n.as_f64().is_some_and(f64::is_finite) => Some(()),
                _ => cx.fail(
                    "string_type",
                    "Metadata values must be texts, numbers or booleans",
                    item,
                ),
            }
        });
    }
    (cx.problems.len() == before).then(|| Metadata(map.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_flat_values_of_bounded_size_are_taken() {
        for good in [json!({}), json!({"a": 1, "b": 1.5, "c": true, "d": "x"})] {
            assert!(metadata(&good, &mut Context::new("body")).is_some());
        }
        let many: Map<_, _> = (0..51).map(|i| (i.to_string(), json!(1))).collect();
        for bad in [
            json!({"a": null}),
            json!({"a": ""}),
            json!({"a": {}}),
            json!({"a": "\0"}),
            json!({"": 1}),
            json!({ "k".repeat(41): 1 }),
            json!({"a": "x".repeat(501)}),
            json!([]),
            json!(many),
        ] {
            assert!(metadata(&bad, &mut Context::new("body")).is_none(), "{bad}");
        }
    }
}
