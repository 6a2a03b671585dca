//! Types of values: each is read, and described, by one function of this file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::openapi::{Schema, schema::KnownFormat};
use uuid::Uuid;

use super::{Reader, schema};
use crate::{
    input::{self, Context, Words},
    limits,
    metadata::Metadata,
    money::Currency,
    values,
};

/// A reader made of two functions.
pub(crate) struct ReadBy<R, S> {
    read: R,
    schema: S,
}

/// Type that `read` reads and `schema` describes.
pub(crate) fn read_by<T, R, S>(read: R, schema: S) -> ReadBy<R, S>
where
    R: Fn(&Value, &mut Context) -> Option<T>,
    S: Fn() -> Schema,
{
    ReadBy { read, schema }
}

impl<T, R, S> Reader for ReadBy<R, S>
where
    R: Fn(&Value, &mut Context) -> Option<T>,
    S: Fn() -> Schema,
{
    type Value = T;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<T> {
        (self.read)(value, cx)
    }
    fn schema(&self) -> Schema {
        (self.schema)()
    }
}

impl<R: Reader + ?Sized> Reader for Box<R> {
    type Value = R::Value;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<R::Value> {
        (**self).read(value, cx)
    }
    fn schema(&self) -> Schema {
        (**self).schema()
    }
}

pub(super) struct AndThen<R, J>(pub(super) R, pub(super) J);

impl<R, U, J> Reader for AndThen<R, J>
where
    R: Reader,
    J: Fn(R::Value, &Value, &mut Context) -> Option<U>,
{
    type Value = U;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<U> {
        let read = self.0.read(value, cx)?;
        (self.1)(read, value, cx)
    }
    fn schema(&self) -> Schema {
        self.0.schema()
    }
    fn is_null(&self, value: &Value) -> bool {
        self.0.is_null(value)
    }
}

/// Text of `min` to `max` characters.
pub(crate) fn text(min: usize, max: usize) -> impl Reader<Value = String> {
    read_by(input::text_of(min, max, false), move || {
        schema::text(min, max)
    })
}

/// Text of `min` to `max` characters after trimming.
pub(crate) fn trimmed(min: usize, max: usize) -> impl Reader<Value = String> {
    read_by(input::text_of(min, max, true), move || {
        schema::text(min, max)
    })
}

/// Text on one line.
pub(crate) fn line(min: usize) -> impl Reader<Value = String> {
    text(min, limits::LINE)
}

/// Where null is allowed, blank text stands for it.
pub(crate) struct Blankable<R>(pub(crate) R);

/// Trimmed text of at most `max` characters; blank stands for null.
pub(crate) fn blankable(max: usize) -> impl Reader<Value = String> {
    Blankable(trimmed(0, max))
}

impl<R: Reader> Reader for Blankable<R> {
    type Value = R::Value;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<R::Value> {
        self.0.read(value, cx)
    }
    fn schema(&self) -> Schema {
        self.0.schema()
    }
    fn is_null(&self, value: &Value) -> bool {
        value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
    }
}

/// A whole number.
pub(crate) fn int(min: i64, max: i64) -> impl Reader<Value = i64> {
    read_by(input::int_in(min, max), move || schema::int(min, max))
}

/// A whole number above 0.
pub(crate) fn positive(max: i64) -> impl Reader<Value = i64> {
    read_by(input::positive(max), move || schema::positive(max))
}

/// True or false.
pub(crate) fn flag() -> impl Reader<Value = bool> {
    read_by(input::boolean, schema::flag)
}

/// Nothing but true.
pub(crate) fn only_true() -> impl Reader<Value = ()> {
    let read = |value: &Value, cx: &mut Context| match value {
        Value::Bool(true) => Some(()),
        _ => cx.fail("literal_error", "Input should be true", value),
    };
    read_by(read, schema::only_true)
}

/// Nothing but null: for what a shape has no use for, and does not take silently.
pub(crate) fn nothing() -> impl Reader<Value = ()> {
    let read = |value: &Value, cx: &mut Context| match value {
        Value::Null => Some(()),
        _ => cx.fail("none_required", "Input should be None", value),
    };
    read_by(read, schema::null)
}

/// An id.
pub(crate) fn id() -> impl Reader<Value = Uuid> {
    read_by(input::id, || schema::known(KnownFormat::Uuid))
}

/// A moment, ISO 8601.
pub(crate) fn moment() -> impl Reader<Value = Timestamp> {
    read_by(input::instant, || schema::known(KnownFormat::DateTime))
}

/// A moment after `now`.
pub(crate) fn future(now: Timestamp) -> impl Reader<Value = Timestamp> {
    moment().and_then(move |at, value, cx| match at > now {
        true => Some(at),
        false => cx.fail("datetime_future", "Input should be in the future", value),
    })
}

/// A word of a closed list; told as `enum`.
pub(crate) fn word<W: Words>() -> impl Reader<Value = W> {
    read_by(input::word::<W>, all_words::<W>)
}

/// A word of a closed list; told as `literal_error`.
pub(crate) fn literal<W: Words>() -> impl Reader<Value = W> {
    read_by(input::literal::<W>, all_words::<W>)
}

fn all_words<W: Words>() -> Schema {
    words(W::ALL.iter().map(|word| word.word()))
}

/// One word, by which the shape of a body was chosen before.
pub(crate) fn only<W: Words>(word: W) -> impl Reader<Value = W> {
    let read = move |_: &Value, _: &mut Context| Some(word);
    read_by(read, move || words([word.word()].into_iter()))
}

/// The schema of some words.
pub(crate) fn words<'a>(all: impl Iterator<Item = &'a str>) -> Schema {
    schema::words(all)
}

struct List<R> {
    min: usize,
    max: usize,
    item: R,
}

/// A list of `min` to `max` items.
pub(crate) fn list<R: Reader>(
    min: usize,
    max: usize,
    item: R,
) -> impl Reader<Value = Vec<R::Value>> {
    List { min, max, item }
}

impl<R: Reader> Reader for List<R> {
    type Value = Vec<R::Value>;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<Self::Value> {
        input::list(self.min, self.max, |v, cx| self.item.read(v, cx))(value, cx)
    }
    fn schema(&self) -> Schema {
        schema::list(self.min, self.max, self.item.schema())
    }
}

struct Mapping<K, R> {
    min: usize,
    max: usize,
    key: K,
    value: R,
}

/// An object of `min` to `max` free keys; each key is a place of its own.
pub(crate) fn map<K, R>(
    min: usize,
    max: usize,
    key: K,
    value: R,
) -> impl Reader<Value = BTreeMap<K::Value, R::Value>>
where
    K: Reader<Value: Ord>,
    R: Reader,
{
    Mapping {
        min,
        max,
        key,
        value,
    }
}

impl<K: Reader<Value: Ord>, R: Reader> Reader for Mapping<K, R> {
    type Value = BTreeMap<K::Value, R::Value>;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<Self::Value> {
        let key = |v: &Value, cx: &mut Context| self.key.read(v, cx);
        let item = |v: &Value, cx: &mut Context| self.value.read(v, cx);
        input::map(self.min, self.max, key, item)(value, cx)
    }
    fn schema(&self) -> Schema {
        let (key, value) = (self.key.schema(), self.value.schema());
        schema::map(self.min, self.max, key, value)
    }
}

/// An e-mail address.
pub(crate) fn email() -> impl Reader<Value = String> {
    read_by(values::email, || schema::formatted("email", limits::EMAIL))
}

fn uri() -> Schema {
    schema::formatted("uri", limits::URL)
}

/// An http or https URL.
pub(crate) fn url() -> impl Reader<Value = String> {
    read_by(values::http_url, uri)
}

/// The text of a URL, which is judged later.
pub(crate) fn url_text() -> impl Reader<Value = String> {
    read_by(values::url_text, uri)
}

/// A language tag.
pub(crate) fn locale() -> impl Reader<Value = String> {
    read_by(values::locale, || schema::text(0, limits::LOCALE))
}

/// A network address; the longest is an IPv6 one that ends like an IPv4 one.
pub(crate) fn ip() -> impl Reader<Value = String> {
    read_by(values::ip, || schema::formatted("ip", 45))
}

/// A currency.
pub(crate) fn currency() -> impl Reader<Value = Currency> {
    read_by(crate::money::currency, || {
        words(Currency::ALL.iter().map(|c| c.as_str()))
    })
}

/// Free data.
pub(crate) fn metadata() -> impl Reader<Value = Metadata> {
    read_by(crate::metadata::metadata, || {
        let texts = schema::text(1, limits::METADATA_TEXT);
        let value = schema::one_of(vec![texts, schema::number(), schema::flag()]);
        let key = schema::text(1, limits::METADATA_KEY);
        schema::map(0, limits::METADATA_KEYS, key, value)
    })
}

/// The schema of an object with at most `max` keys and values of any kind.
pub(crate) fn free_object(max: usize) -> Schema {
    schema::free_map(max)
}

/// Answers to custom fields, by slug. What is not asked for is dropped; each is judged by its field later.
pub(crate) fn answers() -> impl Reader<Value = Map<String, Value>> {
    let answer = read_by(
        |answer: &Value, cx: &mut Context| match answer {
            Value::String(_) => {
                input::text_of(0, limits::ANSWER, false)(answer, cx).map(Value::from)
            }
            other => Some(other.clone()),
        },
        || {
            let texts = schema::text(0, limits::ANSWER);
            schema::one_of(vec![
                texts,
                schema::number(),
                schema::flag(),
                schema::null(),
            ])
        },
    );
    let slug = text(0, limits::KEY);
    map(0, limits::ANSWERS, slug, answer).map(|answers| answers.into_iter().collect())
}

/// Shapes of a body that nothing in it names, each with its name; see [`any_of`].
pub(crate) struct AnyOf<T>(Vec<(&'static str, Box<dyn Reader<Value = T>>)>);

/// The first shape that a body fits. Where it fits none, what is wrong is told for each, below the shape's name.
pub(crate) fn any_of<T>(shapes: Vec<(&'static str, Box<dyn Reader<Value = T>>)>) -> AnyOf<T> {
    AnyOf(shapes)
}

impl<T> Reader for AnyOf<T> {
    type Value = T;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<T> {
        let before = cx.problems.len();
        for (name, shape) in &self.0 {
            let told = cx.problems.len();
            let read = cx.at(*name, |cx| shape.read(value, cx));
            if read.is_some() && cx.problems.len() == told {
                cx.problems.truncate(before);
                return read;
            }
        }
        None
    }
    fn schema(&self) -> Schema {
        schema::one_of(self.0.iter().map(|(_, shape)| shape.schema()).collect())
    }
}
