//! Custom fields.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    input::{Context, Fields, boolean, id, int_in, kind, list, text_of},
    limits,
    metadata::{Metadata, metadata},
};

crate::words! {
    /// What a custom field takes.
    pub enum CustomFieldType {
        /// Text.
        Text = "text",
        /// A whole number.
        Number = "number",
        /// A day or a moment.
        Date = "date",
        /// Yes or no.
        Checkbox = "checkbox",
        /// One of several.
        Select = "select",
    }
}

/// What buyers read at a field; keys without a value are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldWords {
    /// Shown instead of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub form_label: Option<String>,
    /// Shown below the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub form_help_text: Option<String>,
    /// Shown in the empty field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub form_placeholder: Option<String>,
}

/// What a text field takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldTextProperties {
    /// What buyers read.
    #[serde(flatten)]
    pub words: CustomFieldWords,
    /// Whether it has several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub textarea: Option<bool>,
    /// Least characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub min_length: Option<i64>,
    /// Most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub max_length: Option<i64>,
}

/// The bounds of a number, or of a date as seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldRangeProperties {
    /// What buyers read.
    #[serde(flatten)]
    pub words: CustomFieldWords,
    /// Not below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ge: Option<i64>,
    /// Not above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub le: Option<i64>,
}

/// One answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldSelectOption {
    /// What is stored.
    pub value: String,
    /// What buyers read.
    pub label: String,
}

/// What a select field takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldSelectProperties {
    /// What buyers read.
    #[serde(flatten)]
    pub words: CustomFieldWords,
    /// The answers, at least one.
    pub options: Vec<CustomFieldSelectOption>,
}

/// What a field takes, by its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "properties", rename_all = "snake_case")]
pub enum CustomFieldKind {
    /// Text.
    Text(CustomFieldTextProperties),
    /// A whole number.
    Number(CustomFieldRangeProperties),
    /// A day or a moment.
    Date(CustomFieldRangeProperties),
    /// Yes or no.
    Checkbox(CustomFieldWords),
    /// One of several.
    Select(CustomFieldSelectProperties),
}

impl CustomFieldKind {
    /// The type.
    pub fn kind(&self) -> CustomFieldType {
        match self {
            Self::Text(_) => CustomFieldType::Text,
            Self::Number(_) => CustomFieldType::Number,
            Self::Date(_) => CustomFieldType::Date,
            Self::Checkbox(_) => CustomFieldType::Checkbox,
            Self::Select(_) => CustomFieldType::Select,
        }
    }

    /// What buyers read.
    pub fn words(&self) -> &CustomFieldWords {
        match self {
            Self::Text(properties) => &properties.words,
            Self::Number(properties) | Self::Date(properties) => &properties.words,
            Self::Checkbox(words) => words,
            Self::Select(properties) => &properties.words,
        }
    }

    /// The properties alone, as they are kept.
    pub fn properties(&self) -> Value {
        let written = match self {
            Self::Text(properties) => serde_json::to_value(properties),
            Self::Number(properties) | Self::Date(properties) => serde_json::to_value(properties),
            Self::Checkbox(words) => serde_json::to_value(words),
            Self::Select(properties) => serde_json::to_value(properties),
        };
        written.unwrap_or_default()
    }

    /// A field of this type with properties as they are kept; what does not read counts as not set.
    pub fn of(kind: CustomFieldType, properties: &Value) -> Self {
        fn read<T: serde::de::DeserializeOwned + Default>(properties: &Value) -> T {
            T::deserialize(properties).unwrap_or_default()
        }
        match kind {
            CustomFieldType::Text => Self::Text(read(properties)),
            CustomFieldType::Number => Self::Number(read(properties)),
            CustomFieldType::Date => Self::Date(read(properties)),
            CustomFieldType::Checkbox => Self::Checkbox(read(properties)),
            CustomFieldType::Select => Self::Select(read(properties)),
        }
    }
}

/// A custom field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomField {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Its organization.
    pub organization_id: Uuid,
    /// Free data of the merchant.
    pub metadata: Metadata,
    /// The key that answers are stored under.
    pub slug: String,
    /// Name.
    pub name: String,
    /// What it takes.
    #[serde(flatten)]
    pub kind: CustomFieldKind,
}

/// A custom field as a product asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AttachedCustomField {
    /// The field.
    pub custom_field_id: Uuid,
    /// The field itself.
    pub custom_field: CustomField,
    /// Its place among the product's fields, from 0.
    pub order: i64,
    /// Whether buyers must fill it in.
    pub required: bool,
}

/// A new custom field.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomFieldCreate {
    /// Key of the answers: small letters, digits, `-` and `_`.
    pub slug: String,
    /// Name.
    pub name: String,
    /// What it takes.
    pub kind: CustomFieldKind,
    /// Free data.
    pub metadata: Metadata,
    /// Not for organization tokens.
    pub organization_id: Option<Uuid>,
}

/// A change to a custom field. The type must be named, and cannot change.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomFieldUpdate {
    /// The field's type.
    pub kind: CustomFieldType,
    /// New key.
    pub slug: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// What it takes from now on.
    pub properties: Option<CustomFieldKind>,
    /// Replaces the metadata.
    pub metadata: Option<Metadata>,
}

fn slug(value: &Value, cx: &mut Context) -> Option<String> {
    let slug = text_of(1, limits::KEY, false)(value, cx)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
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
}

fn line(value: &Value, cx: &mut Context) -> Option<String> {
    text_of(1, limits::LINE, false)(value, cx)
}

fn words(f: &mut Fields<'_, '_>) -> CustomFieldWords {
    CustomFieldWords {
        form_label: f.optional("form_label", line),
        form_help_text: f.optional("form_help_text", line),
        form_placeholder: f.optional("form_placeholder", line),
    }
}

fn range(f: &mut Fields<'_, '_>) -> Option<CustomFieldRangeProperties> {
    let words = words(f);
    let ge = f.optional("ge", int_in(limits::INT32_LEAST, limits::INT32));
    let le = f.optional("le", int_in(limits::INT32_LEAST, limits::INT32));
    if let (Some(ge), Some(le)) = (ge, le)
        && ge > le
    {
        let whole = f.whole();
        return f.cx.refuse("ge must not exceed le", whole);
    }
    Some(CustomFieldRangeProperties { words, ge, le })
}

fn option(value: &Value, cx: &mut Context) -> Option<CustomFieldSelectOption> {
    cx.dictionary(value, |f| {
        let value = f.required("value", line);
        let label = f.required("label", line);
        Some(CustomFieldSelectOption {
            value: value?,
            label: label?,
        })
    })
}

/// Null and blank properties count as not sent.
fn properties(
    kind: CustomFieldType,
) -> impl FnOnce(&Value, &mut Context) -> Option<CustomFieldKind> {
    move |value, cx| {
        let Value::Object(map) = value else {
            return cx.fail("dict_type", "Input should be an object", value);
        };
        let sent = |v: &Value| !v.is_null() && v.as_str() != Some("");
        let filled: Map<String, Value> = map
            .iter()
            .filter(|(_, v)| sent(v))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        cx.object(&Value::Object(filled), |f| match kind {
            CustomFieldType::Text => Some(CustomFieldKind::Text(CustomFieldTextProperties {
                words: words(f),
                textarea: f.optional("textarea", boolean),
                min_length: f.optional("min_length", int_in(0, limits::INT32)),
                max_length: f.optional("max_length", int_in(0, limits::INT32)),
            })),
            CustomFieldType::Number => range(f).map(CustomFieldKind::Number),
            CustomFieldType::Date => range(f).map(CustomFieldKind::Date),
            CustomFieldType::Checkbox => Some(CustomFieldKind::Checkbox(words(f))),
            CustomFieldType::Select => {
                let words = words(f);
                let options = f.required("options", list(1, limits::OPTIONS, option))?;
                Some(CustomFieldKind::Select(CustomFieldSelectProperties {
                    words,
                    options,
                }))
            }
        })
    }
}

impl CustomFieldCreate {
    /// Reads the body of a POST; the field's type is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let kind: CustomFieldType = kind(value, cx)?;
        cx.at(kind.as_str(), |cx| {
            cx.object(value, |f| {
                let slug = f.required("slug", slug);
                let name = f.required("name", line);
                let kind = f.required("properties", properties(kind));
                let meta = f.omittable("metadata", metadata);
                let organization_id = f.optional("organization_id", id);
                Some(Self {
                    slug: slug?,
                    name: name?,
                    kind: kind?,
                    metadata: meta.unwrap_or_default(),
                    organization_id,
                })
            })
        })
    }
}

impl CustomFieldUpdate {
    /// Reads the body of a PATCH; the field's type is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let kind: CustomFieldType = kind(value, cx)?;
        cx.at(kind.as_str(), |cx| {
            cx.object(value, |f| {
                Some(Self {
                    kind,
                    slug: f.optional("slug", slug),
                    name: f.optional("name", line),
                    properties: f.optional("properties", properties(kind)),
                    metadata: f.omittable("metadata", metadata),
                })
            })
        })
    }
}
