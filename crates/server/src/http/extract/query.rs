//! Query parameters, declared: one declaration gives the field, its reading and what the document says of it.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value as Json;
use till_store::Order;
use till_wire::{
    input::{self, Context, Words},
    limits,
    meters::Filter,
    usage,
};
use utoipa::openapi::{
    RefOr, Required, Schema,
    path::{Parameter as Described, ParameterBuilder, ParameterIn, ParameterStyle},
    schema::{AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type},
};
use uuid::Uuid;

use super::Params;

/// A parameter: how it is read, and described.
pub trait Parameter {
    /// The type of the value.
    type Value;
    /// Reads it; what does not read is kept in `params`.
    fn read(&self, name: &'static str, params: &mut Params) -> Self::Value;
    /// Its description in the document; `lines` are those of its documentation.
    fn describe(&self, name: &str, lines: &[&str]) -> Described;
}

/// A parameter of two functions.
#[derive(Debug)]
pub struct Plain<T> {
    read: fn(&mut Params, &'static str) -> T,
    schema: fn() -> Schema,
}

impl<T> Parameter for Plain<T> {
    type Value = T;
    fn read(&self, name: &'static str, params: &mut Params) -> T {
        (self.read)(params, name)
    }
    fn describe(&self, name: &str, lines: &[&str]) -> Described {
        described(name, joined(lines), (self.schema)()).build()
    }
}

fn joined(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}

fn described(name: &str, words: String, schema: Schema) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(words))
        .schema(Some(schema))
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn line() -> Schema {
    string().max_length(Some(limits::LINE)).into()
}

fn formatted(format: KnownFormat) -> Schema {
    string()
        .format(Some(SchemaFormat::KnownFormat(format)))
        .into()
}

fn word_schema<W: Words>() -> Schema {
    let words = W::ALL.iter().map(|word| word.word());
    string().enum_values(Some(words)).into()
}

fn many(item: Schema) -> Schema {
    ArrayBuilder::new()
        .items(RefOr::T(item))
        .max_items(Some(limits::FILTER_VALUES))
        .into()
}

fn boolean() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// Ids, one or many.
pub fn ids() -> Plain<Vec<Uuid>> {
    Plain {
        read: |params, name| params.all(name, input::id),
        schema: || many(formatted(KnownFormat::Uuid)),
    }
}

/// One id.
pub fn id() -> Plain<Option<Uuid>> {
    Plain {
        read: |params, name| params.last(name, input::id),
        schema: || formatted(KnownFormat::Uuid),
    }
}

/// A filter of a meter, as JSON text.
pub fn filter() -> Plain<Option<Filter>> {
    Plain {
        read: |params, name| params.last(name, usage::filter_text),
        schema: || string().max_length(Some(usage::FILTER_TEXT)).into(),
    }
}

/// A number of generations.
pub fn generations() -> Plain<Option<u32>> {
    Plain {
        read: |params, name| {
            let number = params.last(name, input::int_in(0, GENERATIONS));
            number.and_then(|number| u32::try_from(number).ok())
        },
        schema: || {
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                .minimum(Some(0))
                .maximum(Some(GENERATIONS))
                .into()
        },
    }
}

/// Generations that are asked for, at most, as in the published document.
const GENERATIONS: i64 = 5;

/// Words of a closed list, one or many.
pub fn words<W: Words>() -> Plain<Vec<W>> {
    Plain {
        read: |params, name| params.all(name, input::word::<W>),
        schema: || many(word_schema::<W>()),
    }
}

/// One word of a closed list.
pub fn word<W: Words>() -> Plain<Option<W>> {
    Plain {
        read: |params, name| params.last(name, input::word::<W>),
        schema: word_schema::<W>,
    }
}

/// Texts, one or many.
pub fn texts() -> Plain<Vec<String>> {
    Plain {
        read: |params, name| params.all(name, input::text_of(0, limits::LINE, false)),
        schema: || many(line()),
    }
}

/// One text.
pub fn text() -> Plain<Option<String>> {
    Plain {
        read: |params, name| params.last(name, input::text_of(0, limits::LINE, false)),
        schema: line,
    }
}

/// One truth value.
pub fn flag() -> Plain<Option<bool>> {
    Plain {
        read: |params, name| params.last(name, input::boolean),
        schema: || boolean().into(),
    }
}

/// One truth value, false where none was sent.
pub fn switch() -> Plain<bool> {
    Plain {
        read: |params, name| params.last(name, input::boolean).unwrap_or(false),
        schema: || boolean().default(Some(false.into())).into(),
    }
}

/// One moment.
pub fn moment() -> Plain<Option<Timestamp>> {
    Plain {
        read: |params, name| params.last(name, input::instant),
        schema: || formatted(KnownFormat::DateTime),
    }
}

/// One moment that says its offset.
pub fn exact_moment() -> Plain<Option<Timestamp>> {
    Plain {
        read: |params, name| params.last(name, input::exact_instant),
        schema: || formatted(KnownFormat::DateTime),
    }
}

/// A parameter that must be sent.
#[derive(Debug)]
pub struct Needed<T>(Plain<Option<T>>);

impl<T> Parameter for Needed<T> {
    type Value = Option<T>;
    fn read(&self, name: &'static str, params: &mut Params) -> Option<T> {
        let read = self.0.read(name, params);
        params.needs(name);
        read
    }
    fn describe(&self, name: &str, lines: &[&str]) -> Described {
        let described = ParameterBuilder::from(self.0.describe(name, lines));
        described.required(Required::True).build()
    }
}

/// One moment that says its offset, and must be sent.
pub fn required_exact_moment() -> Needed<Timestamp> {
    Needed(exact_moment())
}

/// One word of a closed list that must be sent.
pub fn required_word<W: Words>() -> Needed<W> {
    Needed(word::<W>())
}

/// A time zone by its IANA name, UTC where none was sent.
pub fn time_zone() -> Plain<TimeZone> {
    Plain {
        read: |params, name| params.last(name, zone).unwrap_or(TimeZone::UTC),
        schema: || {
            string()
                .max_length(Some(limits::LINE))
                .default(Some("UTC".into()))
                .into()
        },
    }
}

fn zone(value: &Json, cx: &mut Context) -> Option<TimeZone> {
    let name = input::text_of(0, limits::LINE, false)(value, cx)?;
    let zone = TimeZone::get(&name).ok();
    zone.or_else(|| cx.refuse("the time zone is not known", value))
}

/// A number from 1.
#[derive(Debug)]
pub struct Counted(u32);

/// A number from 1, and what it is where none was sent.
pub fn counted(default: u32) -> Counted {
    Counted(default)
}

impl Parameter for Counted {
    type Value = u32;
    fn read(&self, name: &'static str, params: &mut Params) -> u32 {
        let number = params.last(name, input::int_in(1, limits::PAGES));
        number
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(self.0)
    }
    fn describe(&self, name: &str, lines: &[&str]) -> Described {
        let schema = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(limits::PAGES))
            .default(Some(self.0.into()));
        described(name, joined(lines), schema.into()).build()
    }
}

/// Names to sort by, and their columns; see [`Params::sorting`].
#[derive(Debug)]
pub struct Sorting {
    keys: &'static [(&'static str, &'static str)],
    default: &'static str,
}

/// In which order, by these names; `default` where none was sent.
pub fn sorting(keys: &'static [(&'static str, &'static str)], default: &'static str) -> Sorting {
    Sorting { keys, default }
}

/// Columns to sort by.
pub type Sorted = Vec<(&'static str, Order)>;

impl Parameter for Sorting {
    type Value = Sorted;
    fn read(&self, _: &'static str, params: &mut Params) -> Self::Value {
        params.sorting(self.keys, &[self.default])
    }
    fn describe(&self, name: &str, lines: &[&str]) -> Described {
        let usual = self.default.trim_start_matches('-');
        let key = |(key, _): &(&str, &str)| match *key == usual {
            true if usual == self.default => format!("`{key}` (default)"),
            true => format!("`{key}` (default `{}`)", self.default),
            false => format!("`{key}`"),
        };
        let keys: Vec<_> = self.keys.iter().map(key).collect();
        let words = format!(
            "Sort order of the list, by one or more of {}; a `-` in front of a name sorts in descending order. {}",
            keys.join(", "),
            joined(lines)
        );
        described(name, words.trim_end().to_owned(), many(line())).build()
    }
}

/// Free data to filter by.
#[derive(Debug)]
pub struct MetadataFilter;

/// `metadata[key]=value`, grouped by key.
pub fn metadata() -> MetadataFilter {
    MetadataFilter
}

/// Keys of free data, and of which values any may match.
pub type MetadataFilters = Vec<(String, Vec<String>)>;

impl Parameter for MetadataFilter {
    type Value = MetadataFilters;
    fn read(&self, _: &'static str, params: &mut Params) -> Self::Value {
        params.metadata()
    }
    fn describe(&self, name: &str, _: &[&str]) -> Described {
        let words = "Filter by your own key-value data, as `metadata[key]=value`. Values are compared as text; if there are several values for one key, any of them may match.";
        let schema = ObjectBuilder::new()
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(line()))))
            .property_names(Some(line()))
            .max_properties(Some(limits::FILTER_KEYS));
        described(name, words.to_owned(), schema.into())
            .style(Some(ParameterStyle::DeepObject))
            .explode(Some(true))
            .build()
    }
}

/// Declares the query parameters of an operation.
///
/// ```text
/// query! {
///     /// What a list of discounts may be asked for.
///     struct ListQuery {
///         /// Only with a name or a code that contains this, in any case.
///         query: Option<String> = text(),
///     }
/// }
/// ```
macro_rules! query {
    (
        $(#[doc = $words:literal])+
        $vis:vis struct $name:ident {
            $($(#[doc = $doc:literal])* $field:ident: $type:ty $(as $key:literal)? = $parameter:expr),+ $(,)?
        }
    ) => {
        $(#[doc = $words])+
        $vis struct $name { $($(#[doc = $doc])* $vis $field: $type),+ }

        impl $name {
            /// Reads what was sent; what does not read is kept in `params`.
            $vis fn read(params: &mut $crate::http::extract::Params) -> Self {
                Self {
                    $($field: $crate::http::extract::query::Parameter::read(
                        &$parameter,
                        $crate::http::extract::query::query!(@key $field $($key)?),
                        params,
                    )),+
                }
            }
        }

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                vec![$($crate::http::extract::query::Parameter::describe(
                    &$parameter,
                    $crate::http::extract::query::query!(@key $field $($key)?),
                    &[$($doc),*],
                )),+]
            }
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
}
pub(crate) use query;

query! {
    /// Which page of a list.
    pub(crate) struct PageQuery {
        /// Number of the page, from 1.
        page: u32 = counted(1),
        /// Number of items on a page; more than 100 is taken as 100.
        limit: u32 = counted(10),
    }
}

query! {
    /// Of which organizations.
    pub(crate) struct OrganizationQuery {
        /// Filter by organization ID. An access token finds only what belongs to its own organization.
        organization_id: Vec<Uuid> = ids(),
    }
}
