//! Requests that create and change custom fields.

use serde_json::{Map, Value};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use uuid::Uuid;

use super::{
    CustomFieldKind, CustomFieldRangeProperties, CustomFieldSelectOption,
    CustomFieldSelectProperties, CustomFieldTextProperties, CustomFieldType, CustomFieldWords,
};
use crate::{
    input::{Context, Fields, text_of},
    limits,
    metadata::Metadata,
    request::*,
};

request! {
    /// New custom field. Its `type` says what its `properties` are.
    pub struct CustomFieldCreate by variant: CustomFieldType {
        /// Type of the field; it cannot be changed later.
        pub kind: CustomFieldType as "type" = tag(variant),
        /// Key under which answers are stored, unique in your organization: lower-case letters, digits, hyphens and
        /// underscores.
        pub slug: String = required(slug()),
        /// Name of the field; buyers read it if `form_label` is not set.
        pub name: String = required(line(1)),
        /// Texts shown with the field, and limits on its answers.
        pub properties: CustomFieldKind = required(properties(variant)),
        /// Your own key-value data to attach to the custom field: up to 50 keys of 1 to 40 characters; values are texts
        /// of 1 to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Change to a custom field. A field that is left out stays as it is; `type` must be repeated.
    // The type must be named, and cannot change.
    pub struct CustomFieldUpdate by variant: CustomFieldType {
        /// Type of the field; required, and cannot be changed.
        pub kind: CustomFieldType as "type" = tag(variant),
        /// New key under which answers are stored; existing answers move to the new key.
        pub slug: Option<String> = optional(slug()),
        /// New name of the field.
        pub name: Option<String> = optional(line(1)),
        /// Replacement for all properties of the field.
        pub properties: Option<CustomFieldKind> = optional(properties(variant)),
        /// Replacement for all of your own key-value data on the custom field: up to 50 keys of 1 to 40 characters;
        /// values are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
}

fn slug() -> impl Reader<Value = String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let read = move |value: &Value, cx: &mut Context| {
        let slug = text_of(1, limits::KEY, false)(value, cx)?;
        if slug.bytes().all(plain) {
            return Some(slug);
        }
        cx.bound(
            "string_pattern_mismatch",
            "Use only lower-case letters, digits, hyphens and underscores",
            value,
            "pattern",
            "^[a-z0-9-_]+$",
        )
    };
    read_by(read, || {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(limits::KEY))
            .pattern(Some("^[a-z0-9_-]+$"))
            .into()
    })
}

fn words() -> impl Member<Value = CustomFieldWords> {
    group! { _f;
        /// Label of the field; if left out, the name serves as one.
        form_label = optional(label()),
        /// Text below the field.
        form_help_text = optional(label()),
        /// Text inside the field while it is empty.
        form_placeholder = optional(label()),
        => Some(CustomFieldWords {
            form_label: form_label?,
            form_help_text: form_help_text?,
            form_placeholder: form_placeholder?,
        })
    }
}

/// Blank ones count as not sent.
fn label() -> impl Reader<Value = String> {
    read_by(text_of(1, limits::LINE, false), || line(0).schema())
}

fn int32() -> impl Reader<Value = i64> {
    int(limits::INT32_LEAST, limits::INT32)
}

fn range(
    ge: Option<i64>,
    le: Option<i64>,
    words: CustomFieldWords,
    f: &mut Fields<'_, '_>,
) -> Option<CustomFieldRangeProperties> {
    if let (Some(ge), Some(le)) = (ge, le)
        && ge > le
    {
        let whole = f.whole();
        return f.cx.refuse("ge must not exceed le", whole);
    }
    Some(CustomFieldRangeProperties { words, ge, le })
}

/// Option of a select field.
fn option() -> impl Reader<Value = CustomFieldSelectOption> {
    object! {
        /// Option of a select field.
        CustomFieldSelectOption {
            /// Value that is stored as the answer.
            value = required(line(1)),
            /// Label that buyers read.
            label = required(line(1)),
        }
    }
    .dictionary()
}

/// Values that a field takes, by its type.
fn taken(kind: CustomFieldType) -> Box<dyn Member<Value = CustomFieldKind>> {
    match kind {
        CustomFieldType::Text => Box::new(group! { _f;
            words = words(),
            /// True if the field has several lines.
            textarea = optional(flag()),
            /// Minimum number of characters in an answer.
            min_length = optional(int(0, limits::INT32)),
            /// Maximum number of characters in an answer.
            max_length = optional(int(0, limits::INT32)),
            => Some(CustomFieldKind::Text(CustomFieldTextProperties {
                words: words?,
                textarea: textarea?,
                min_length: min_length?,
                max_length: max_length?,
            }))
        }),
        CustomFieldType::Number => Box::new(group! { f;
            words = words(),
            /// Smallest number that is accepted.
            ge = optional(int32()),
            /// Largest number that is accepted.
            le = optional(int32()),
            => range(ge?, le?, words?, f).map(CustomFieldKind::Number)
        }),
        CustomFieldType::Date => Box::new(group! { f;
            words = words(),
            /// First day that is accepted, as Unix seconds.
            ge = optional(int32()),
            /// Last day that is accepted, as Unix seconds.
            le = optional(int32()),
            => range(ge?, le?, words?, f).map(CustomFieldKind::Date)
        }),
        CustomFieldType::Checkbox => Box::new(words().map(CustomFieldKind::Checkbox)),
        CustomFieldType::Select => Box::new(group! { _f;
            words = words(),
            /// Options to choose from, at least one.
            options = required(list(1, limits::OPTIONS, option())),
            => Some(CustomFieldKind::Select(CustomFieldSelectProperties {
                words: words?,
                options: options?,
            }))
        }),
    }
}

/// Null and blank properties count as not sent.
fn properties(kind: CustomFieldType) -> impl Reader<Value = CustomFieldKind> {
    let shape = move || nested(&["Properties of the field."], taken(kind));
    let read = move |value: &Value, cx: &mut Context| {
        let Value::Object(map) = value else {
            return cx.fail("dict_type", "Input should be an object", value);
        };
        let sent = |v: &Value| !v.is_null() && v.as_str() != Some("");
        let filled: Map<String, Value> = map
            .iter()
            .filter(|(_, v)| sent(v))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        shape().read(&Value::Object(filled), cx)
    };
    read_by(read, move || shape().schema())
}
