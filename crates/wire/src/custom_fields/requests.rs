//! What makes and changes custom fields.

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
    /// A new custom field.
    pub struct CustomFieldCreate by variant: CustomFieldType {
        /// The type.
        pub kind: CustomFieldType as "type" = tag(variant),
        /// Key of the answers; unique in the organization.
        pub slug: String = required(slug()),
        /// Name.
        pub name: String = required(line(1)),
        /// What it takes.
        pub properties: CustomFieldKind = required(properties(variant)),
        /// Free data.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Not with an organization's token.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// A change to a custom field; what is not sent stays.
    // The type must be named, and cannot change.
    pub struct CustomFieldUpdate by variant: CustomFieldType {
        /// The type.
        pub kind: CustomFieldType as "type" = tag(variant),
        /// Key of the answers; those there are move along.
        pub slug: Option<String> = optional(slug()),
        /// Name.
        pub name: Option<String> = optional(line(1)),
        /// What it takes from now on.
        pub properties: Option<CustomFieldKind> = optional(properties(variant)),
        /// Replaces all free data.
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
            "Use small letters, digits, hyphens and underscores only",
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
        /// Shown instead of the name.
        form_label = optional(label()),
        /// Shown below the field.
        form_help_text = optional(label()),
        /// Shown in the empty field.
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

fn option() -> impl Reader<Value = CustomFieldSelectOption> {
    object! {
        /// An answer.
        CustomFieldSelectOption {
            /// What is stored.
            value = required(line(1)),
            /// What buyers read.
            label = required(line(1)),
        }
    }
    .dictionary()
}

/// What a field takes, by its type.
fn taken(kind: CustomFieldType) -> Box<dyn Member<Value = CustomFieldKind>> {
    match kind {
        CustomFieldType::Text => Box::new(group! { _f;
            words = words(),
            /// Whether it has several lines.
            textarea = optional(flag()),
            /// Least characters.
            min_length = optional(int(0, limits::INT32)),
            /// Most characters.
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
            /// Not below.
            ge = optional(int32()),
            /// Not above.
            le = optional(int32()),
            => range(ge?, le?, words?, f).map(CustomFieldKind::Number)
        }),
        CustomFieldType::Date => Box::new(group! { f;
            words = words(),
            /// Not before this day; seconds since 1970.
            ge = optional(int32()),
            /// Not after this day; seconds since 1970.
            le = optional(int32()),
            => range(ge?, le?, words?, f).map(CustomFieldKind::Date)
        }),
        CustomFieldType::Checkbox => Box::new(words().map(CustomFieldKind::Checkbox)),
        CustomFieldType::Select => Box::new(group! { _f;
            words = words(),
            /// The answers.
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
    let shape = move || nested(&["What it takes."], taken(kind));
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
