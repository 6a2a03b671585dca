//! Schemas of what requests carry.

use crate::words::joined;
use serde_json::Value;
use utoipa::openapi::{
    Deprecated, RefOr, Schema,
    schema::{
        AdditionalProperties, ArrayBuilder, KnownFormat, Object as ObjectSchema, ObjectBuilder,
        OneOfBuilder, SchemaFormat, SchemaType, Type,
    },
};

pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// Text of `min` to `max` characters.
pub(super) fn text(min: usize, max: usize) -> Schema {
    string()
        .min_length(Some(min).filter(|n| *n > 0))
        .max_length(Some(max))
        .into()
}

pub(super) fn formatted(format: &str, max: usize) -> Schema {
    string()
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .max_length(Some(max))
        .into()
}

pub(super) fn known(format: KnownFormat) -> Schema {
    string()
        .format(Some(SchemaFormat::KnownFormat(format)))
        .into()
}

fn integer() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
}

pub(super) fn int(min: i64, max: i64) -> Schema {
    integer().minimum(Some(min)).maximum(Some(max)).into()
}

/// A whole number above 0.
pub(super) fn positive(max: i64) -> Schema {
    let max = Some(max).filter(|n| *n < i64::MAX);
    integer().exclusive_minimum(Some(0)).maximum(max).into()
}

/// A number that JSON's readers keep: a double that is not infinite.
pub(super) fn number() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(f64::MIN))
        .maximum(Some(f64::MAX))
        .into()
}

pub(super) fn flag() -> Schema {
    ObjectBuilder::new().schema_type(Type::Boolean).into()
}

/// Nothing but true.
pub(super) fn only_true() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([true]))
        .into()
}

pub(super) fn null() -> Schema {
    ObjectBuilder::new().schema_type(Type::Null).into()
}

pub(super) fn words<'a>(words: impl Iterator<Item = &'a str>) -> Schema {
    string().enum_values(Some(words.map(Value::from))).into()
}

pub(super) fn list(min: usize, max: usize, item: Schema) -> Schema {
    ArrayBuilder::new()
        .items(RefOr::T(item))
        .min_items(Some(min).filter(|n| *n > 0))
        .max_items(Some(max))
        .into()
}

/// An object with free keys and values of any kind.
pub(super) fn free_map(max: usize) -> Schema {
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .max_properties(Some(max))
        .into()
}

/// An object with free keys.
pub(super) fn map(min: usize, max: usize, key: Schema, value: Schema) -> Schema {
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(value))))
        .property_names(Some(key))
        .min_properties(Some(min).filter(|n| *n > 0))
        .max_properties(Some(max))
        .into()
}

/// Any of some shapes.
pub(crate) fn one_of(shapes: Vec<Schema>) -> Schema {
    let shapes = shapes.into_iter();
    shapes.fold(OneOfBuilder::new(), OneOfBuilder::item).into()
}

pub(crate) fn described(mut schema: Schema, words: &[&str]) -> Schema {
    let words = Some(joined(words));
    match &mut schema {
        Schema::Object(object) => object.description = words,
        Schema::Array(array) => array.description = words,
        Schema::OneOf(one) => one.description = words,
        _ => {}
    }
    schema
}

fn or_null(mut schema: Schema) -> Schema {
    let widened = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => [kind.clone(), Type::Null].into_iter().collect(),
        other => other.clone(),
    };
    match &mut schema {
        Schema::Object(object) => {
            object.schema_type = widened(&object.schema_type);
            if let Some(words) = &mut object.enum_values {
                words.push(Value::Null);
            }
        }
        Schema::Array(array) => array.schema_type = widened(&array.schema_type),
        Schema::OneOf(one) => one.items.push(null().into()),
        _ => {}
    }
    schema
}

/// The schema of an object under construction.
pub(crate) struct Object(ObjectSchema);

impl Object {
    pub(super) fn new(words: &[&str]) -> Self {
        Self(
            ObjectBuilder::new()
                .description(Some(joined(words)))
                .build(),
        )
    }

    /// Describes the object otherwise.
    pub(super) fn title(&mut self, words: &str) {
        self.0.description = Some(words.to_owned());
    }

    /// A property that must be there.
    pub(super) fn required(&mut self, key: &str, schema: Schema, words: &[&str]) {
        self.omittable(key, schema, words);
        self.0.required.push(key.to_owned());
    }

    /// A property that may be missing or null.
    pub(super) fn optional(&mut self, key: &str, schema: Schema, words: &[&str]) {
        let schema = or_null(described(schema, words));
        self.0.properties.insert(key.to_owned(), schema.into());
    }

    /// A property that may be missing, but not null.
    pub(super) fn omittable(&mut self, key: &str, schema: Schema, words: &[&str]) {
        let schema = described(schema, words);
        self.0.properties.insert(key.to_owned(), schema.into());
    }

    /// Marks a property as better not used.
    pub(super) fn deprecate(&mut self, key: &str) {
        if let Some(RefOr::T(Schema::Object(property))) = self.0.properties.get_mut(key) {
            property.deprecated = Some(Deprecated::True);
        }
    }

    /// Names of its properties.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.properties.keys().map(String::as_str)
    }

    /// Forbids other properties.
    pub(super) fn close(&mut self) {
        let none = AdditionalProperties::FreeForm(false);
        self.0.additional_properties = Some(Box::new(none));
    }

    pub(super) fn schema(self) -> Schema {
        Schema::Object(self.0)
    }
}

/// Gives a request type its schema.
macro_rules! schema_of {
    ($type:ty, $schema:expr) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::RefOr::T($schema)
            }
        }
        impl utoipa::ToSchema for $type {}
    };
}
pub(crate) use schema_of;
