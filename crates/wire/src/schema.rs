//! Schemas of request bodies. The bodies are read by hand (see [`crate::input`]), so what the document says
//! of them is written by hand too, here.

mod benefits;
mod checkout_links;
mod checkouts;
mod custom_fields;
mod customers;
mod discounts;
mod files;
mod meters;
mod products;

use serde_json::Value;
use utoipa::openapi::{
    Deprecated, RefOr, Schema,
    schema::{
        AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat,
        SchemaType, Type,
    },
};

use crate::input::Words;

pub use checkouts::{CheckoutConfirm, CheckoutUpdatePublic};

/// Text of `min` to `max` characters; 0 and `usize::MAX` are no bounds.
fn text(min: usize, max: usize) -> Schema {
    string()
        .min_length(Some(min).filter(|n| *n > 0))
        .max_length(Some(max).filter(|n| *n < usize::MAX))
        .into()
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn formatted(format: &str) -> Schema {
    string()
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .into()
}

fn id() -> Schema {
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .into()
}

fn email() -> Schema {
    formatted("email")
}

fn url() -> Schema {
    string()
        .format(Some(SchemaFormat::Custom("uri".to_owned())))
        .max_length(Some(2083))
        .into()
}

fn whole(min: i64, max: i64) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(min))
        .maximum(Some(max).filter(|n| *n < i64::MAX))
        .into()
}

fn flag() -> Schema {
    ObjectBuilder::new().schema_type(Type::Boolean).into()
}

fn word<W: Words>() -> Schema {
    words(W::ALL.iter().map(|w| w.word()))
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Schema {
    string().enum_values(Some(words.map(Value::from))).into()
}

fn currency() -> Schema {
    words(crate::money::Currency::ALL.iter().map(|c| c.as_str()))
}

/// A decimal number, as number or text.
fn decimal() -> Schema {
    one_of(vec![
        ObjectBuilder::new().schema_type(Type::Number).into(),
        text(1, 64),
    ])
}

fn list(min: usize, item: impl Into<Schema>) -> Schema {
    let item: Schema = item.into();
    ArrayBuilder::new()
        .items(RefOr::T(item))
        .min_items(Some(min).filter(|n| *n > 0))
        .into()
}

fn one_of(shapes: Vec<Schema>) -> Schema {
    shapes
        .into_iter()
        .fold(OneOfBuilder::new(), OneOfBuilder::item)
        .into()
}

/// Any object.
fn anything() -> Schema {
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)))
        .into()
}

fn metadata() -> Schema {
    let value = one_of(vec![
        text(1, 500),
        ObjectBuilder::new().schema_type(Type::Number).into(),
        flag(),
    ]);
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(value))))
        .property_names(Some(text(1, 40)))
        .max_properties(Some(50))
        .into()
}

fn address() -> Schema {
    object("A billing address.")
        .required("country", text(2, 2), "ISO 3166-1 alpha-2.")
        .optional("line1", text(0, 500), "First line.")
        .optional("line2", text(0, 500), "Second line.")
        .optional("postal_code", text(0, 500), "Postal code.")
        .optional("city", text(0, 500), "City.")
        .optional(
            "state",
            text(0, 500),
            "State; of the United States and Canada one of theirs.",
        )
        .schema()
}

fn described(mut schema: Schema, words: &str) -> Schema {
    let words = Some(words.to_owned());
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
        Schema::OneOf(one) => {
            let null: Schema = ObjectBuilder::new().schema_type(Type::Null).into();
            one.items.push(null.into());
        }
        _ => {}
    }
    schema
}

/// An object under construction.
struct Object(ObjectBuilder);

fn object(words: &str) -> Object {
    Object(ObjectBuilder::new().description(Some(words)))
}

impl Object {
    /// Must be there.
    fn required(self, key: &str, schema: Schema, words: &str) -> Self {
        Self(self.0.property(key, described(schema, words)).required(key))
    }

    /// May be missing or null.
    fn optional(self, key: &str, schema: Schema, words: &str) -> Self {
        Self(self.0.property(key, or_null(described(schema, words))))
    }

    /// May be missing, but not null.
    fn omittable(self, key: &str, schema: Schema, words: &str) -> Self {
        Self(self.0.property(key, described(schema, words)))
    }

    /// May be missing or null, and is better not used.
    fn deprecated(self, key: &str, schema: Schema, words: &str) -> Self {
        let mut schema = or_null(described(schema, words));
        if let Schema::Object(object) = &mut schema {
            object.deprecated = Some(Deprecated::True);
        }
        Self(self.0.property(key, schema))
    }

    fn schema(self) -> Schema {
        self.0.into()
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
use schema_of;
