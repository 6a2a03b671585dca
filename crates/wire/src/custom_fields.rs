//! Custom fields.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{metadata::Metadata, request::tagged_by};

mod requests;

pub use requests::{CustomFieldCreate, CustomFieldUpdate};

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
tagged_by!("type": CustomFieldType);

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
