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
mod organizations;
mod products;
mod webhooks;

use serde_json::Value;
use utoipa::openapi::{
    Deprecated, RefOr, Schema,
    schema::{
        AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat,
        SchemaType, Type,
    },
};

use crate::{input::Words, limits};

pub use checkouts::{CheckoutConfirm, CheckoutUpdatePublic};

/// Text of `min` to `max` characters.
fn text(min: usize, max: usize) -> Schema {
    string()
        .min_length(Some(min).filter(|n| *n > 0))
        .max_length(Some(max))
        .into()
}

/// Text on one line.
fn line(min: usize) -> Schema {
    text(min, limits::LINE)
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn formatted(format: &str, max: usize) -> Schema {
    string()
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .max_length(Some(max))
        .into()
}

/// A moment, ISO 8601.
fn moment() -> Schema {
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .into()
}

/// A network address; the longest is an IPv6 one that ends like an IPv4 one.
fn ip() -> Schema {
    formatted("ip", 45)
}

fn locale() -> Schema {
    text(0, limits::LOCALE)
}

fn id() -> Schema {
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .into()
}

fn email() -> Schema {
    formatted("email", limits::EMAIL)
}

fn url() -> Schema {
    formatted("uri", limits::URL)
}

fn whole(min: i64, max: i64) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(min))
        .maximum(Some(max))
        .into()
}

/// A whole number above 0.
fn positive(max: i64) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .exclusive_minimum(Some(0))
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

fn list(min: usize, max: usize, item: impl Into<Schema>) -> Schema {
    let item: Schema = item.into();
    ArrayBuilder::new()
        .items(RefOr::T(item))
        .min_items(Some(min).filter(|n| *n > 0))
        .max_items(Some(max))
        .into()
}

fn one_of(shapes: Vec<Schema>) -> Schema {
    shapes
        .into_iter()
        .fold(OneOfBuilder::new(), OneOfBuilder::item)
        .into()
}

/// An object with free keys.
fn map(min: usize, max: usize, key: Schema, value: Schema) -> Schema {
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(value))))
        .property_names(Some(key))
        .min_properties(Some(min).filter(|n| *n > 0))
        .max_properties(Some(max))
        .into()
}

/// A number that JSON's readers keep: a double that is not infinite.
fn number() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(f64::MIN))
        .maximum(Some(f64::MAX))
        .into()
}

fn metadata() -> Schema {
    let value = one_of(vec![text(1, limits::METADATA_TEXT), number(), flag()]);
    let key = text(1, limits::METADATA_KEY);
    map(0, limits::METADATA_KEYS, key, value)
}

/// Answers to custom fields, by slug. What is not asked for is dropped.
fn answers() -> Schema {
    let none: Schema = ObjectBuilder::new().schema_type(Type::Null).into();
    let value = one_of(vec![text(0, limits::ANSWER), number(), flag(), none]);
    map(0, limits::ANSWERS, text(0, limits::KEY), value)
}

fn address() -> Schema {
    object("A billing address.")
        .required("country", text(2, 2), "ISO 3166-1 alpha-2.")
        .optional("line1", line(0), "First line.")
        .optional("line2", line(0), "Second line.")
        .optional("postal_code", line(0), "Postal code.")
        .optional("city", line(0), "City.")
        .optional(
            "state",
            line(0),
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
