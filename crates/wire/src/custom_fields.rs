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
    /// Type of a custom field.
    pub enum CustomFieldType {
        /// Text.
        Text = "text",
        /// Whole number.
        Number = "number",
        /// Date or time.
        Date = "date",
        /// Box that can be ticked.
        Checkbox = "checkbox",
        /// Choice of one option.
        Select = "select",
    }
}
tagged_by!("type": CustomFieldType);

/// Texts that buyers see with a custom field. A text that is not set is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldWords {
    /// Label of the field; left out if the name serves as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub form_label: Option<String>,
    /// Text below the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub form_help_text: Option<String>,
    /// Text inside the field while it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub form_placeholder: Option<String>,
}

/// Properties of a text field. A property that is not set is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldTextProperties {
    /// Texts that buyers read.
    #[serde(flatten)]
    pub words: CustomFieldWords,
    /// True if the field has several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub textarea: Option<bool>,
    /// Minimum number of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub min_length: Option<i64>,
    /// Maximum number of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub max_length: Option<i64>,
}

/// Properties of a number field or a date field. A property that is not set is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldRangeProperties {
    /// Texts that buyers read.
    #[serde(flatten)]
    pub words: CustomFieldWords,
    /// Smallest number, or the first day as Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ge: Option<i64>,
    /// Largest number, or the last day as Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub le: Option<i64>,
}

/// Option of a select field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldSelectOption {
    /// Value that is stored as the answer.
    pub value: String,
    /// Label that buyers read.
    pub label: String,
}

/// Properties of a select field. A property that is not set is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CustomFieldSelectProperties {
    /// Texts that buyers read.
    #[serde(flatten)]
    pub words: CustomFieldWords,
    /// Options to choose from, at least one.
    pub options: Vec<CustomFieldSelectOption>,
}

/// Type and properties of a custom field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "properties", rename_all = "snake_case")]
pub enum CustomFieldKind {
    /// Properties of a text field.
    Text(CustomFieldTextProperties),
    /// Properties of a number field.
    Number(CustomFieldRangeProperties),
    /// Properties of a date field.
    Date(CustomFieldRangeProperties),
    /// Texts shown with a checkbox.
    Checkbox(CustomFieldWords),
    /// Properties of a select field.
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

    /// Words that buyers read.
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

/// Custom field: a question of your own on the checkout page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomField {
    /// ID of the custom field.
    pub id: Uuid,
    /// Time at which the custom field was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the custom field, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the organization that the custom field belongs to.
    pub organization_id: Uuid,
    /// Your own key-value data on the custom field: up to 50 keys.
    pub metadata: Metadata,
    /// Key under which answers are stored.
    pub slug: String,
    /// Name of the field; buyers read it if `form_label` is not set.
    pub name: String,
    /// Type and properties of the field.
    #[serde(flatten)]
    pub kind: CustomFieldKind,
}

/// Custom field, as a product asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AttachedCustomField {
    /// ID of the custom field.
    pub custom_field_id: Uuid,
    /// Custom field itself.
    pub custom_field: CustomField,
    /// Position among the product's custom fields, from 0.
    pub order: i64,
    /// True if buyers must fill in the field.
    pub required: bool,
}
