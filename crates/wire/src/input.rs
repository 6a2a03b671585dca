//! Reading request bodies and query strings: every problem is collected, each with its place, and
//! values are read as leniently as the reference does (docs/behaviour: api/lenient-values).
//!
//! Hand-written because no validation library reports wrong *types* together with wrong *values*
//! in the shape that clients of this API parse.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

mod read;
mod shorten;

pub use read::*;
pub use shorten::{INPUT, shortened, shortened_text};

/// Problems that are told of one request, at most: the first ones.
pub const PROBLEMS: usize = 100;

/// One step of a place: a key or a list position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// An object key, or the first word (`body`, `query`, `path`).
    Key(Cow<'static, str>),
    /// A zero-based position.
    Index(usize),
}

impl From<&'static str> for Step {
    fn from(key: &'static str) -> Self {
        Step::Key(Cow::Borrowed(key))
    }
}
impl From<String> for Step {
    fn from(key: String) -> Self {
        Step::Key(Cow::Owned(key))
    }
}
impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// A place in the request, such as `body, prices, 0, price_amount`.
pub type Loc = Vec<Step>;

/// Builds a [`Loc`].
#[macro_export]
macro_rules! loc {
    ($($step:expr),* $(,)?) => { vec![$($crate::input::Step::from($step)),*] };
}

/// One entry of a 422 answer's `detail`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// The kind, which programs branch on.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Place.
    pub loc: Loc,
    /// For people.
    pub msg: String,
    /// Value that was sent there; see [`shortened`].
    pub input: Value,
    /// The bound that was broken; only schema-level problems carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctx: Option<Value>,
}

impl Problem {
    /// A problem without bounds.
    pub fn new(
        kind: &'static str,
        loc: Loc,
        msg: impl Into<String>,
        input: impl Into<Value>,
    ) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            loc,
            msg: msg.into(),
            input: shortened(&input.into()),
            ctx: None,
        }
    }

    /// A rule that the value breaks (`value_error`).
    pub fn value(loc: Loc, msg: impl Into<String>, input: impl Into<Value>) -> Self {
        Self::new("value_error", loc, msg, input)
    }

    /// Something required that is not there (`missing`).
    pub fn missing(loc: Loc, input: impl Into<Value>) -> Self {
        Self::new("missing", loc, "Field required", input)
    }
}

/// A field of a PATCH body: not sent, sent as null, or sent with a value (docs/behaviour: api/null-and-absent).
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Patch<T> {
    /// Not sent: unchanged.
    #[default]
    Absent,
    /// Sent as null.
    Null,
    /// Sent with a value.
    Value(T),
}

impl<T> Patch<T> {
    /// The value, if one was sent.
    pub fn value(self) -> Option<T> {
        match self {
            Patch::Value(v) => Some(v),
            _ => None,
        }
    }
    /// The value by reference, if one was sent.
    pub fn as_value(&self) -> Option<&T> {
        match self {
            Patch::Value(v) => Some(v),
            _ => None,
        }
    }
    /// Value of a nullable field: `None` = leave alone, `Some(None)` = clear.
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Patch::Absent => None,
            Patch::Null => Some(None),
            Patch::Value(v) => Some(Some(v)),
        }
    }
    /// Applies the field to a nullable column.
    pub fn apply(self, target: &mut Option<T>) {
        if let Some(change) = self.change() {
            *target = change;
        }
    }
    /// True if the key was in the body.
    pub fn is_sent(&self) -> bool {
        !matches!(self, Patch::Absent)
    }
    /// A nested option flattened: a value read as blank counts as null.
    pub fn flatten<U>(self) -> Patch<U>
    where
        T: Into<Option<U>>,
    {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(v) => match v.into() {
                Some(u) => Patch::Value(u),
                None => Patch::Null,
            },
        }
    }
}

/// Where the reader stands, and what it has found wrong so far.
#[derive(Debug)]
pub struct Context {
    path: Loc,
    /// Problems that were found, the first [`PROBLEMS`] of them.
    pub problems: Vec<Problem>,
}

impl Context {
    /// Starts at `body`, `query` or `path`.
    pub fn new(root: &'static str) -> Self {
        Self {
            path: loc![root],
            problems: Vec::new(),
        }
    }

    /// Reads something one step deeper.
    pub fn at<T>(&mut self, step: impl Into<Step>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.into());
        let result = read(self);
        self.path.pop();
        result
    }

    /// Records a problem at the current place; always `None`, so that readers can return it.
    pub fn fail<T>(
        &mut self,
        kind: &'static str,
        msg: impl Into<String>,
        input: &Value,
    ) -> Option<T> {
        self.push(kind, msg.into(), input, None)
    }

    /// Records a broken bound at the current place.
    pub fn bound<T>(
        &mut self,
        kind: &'static str,
        msg: impl Into<String>,
        input: &Value,
        name: &str,
        bound: impl Into<Value>,
    ) -> Option<T> {
        let mut ctx = Map::new();
        ctx.insert(name.to_owned(), bound.into());
        self.push(kind, msg.into(), input, Some(Value::Object(ctx)))
    }

    /// Records a problem with several things to know about it.
    pub fn bounds<T, const N: usize>(
        &mut self,
        kind: &'static str,
        msg: impl Into<String>,
        input: &Value,
        known: [(&'static str, String); N],
    ) -> Option<T> {
        let known = known.map(|(name, value)| (name.to_owned(), value.into()));
        let ctx = Value::Object(known.into_iter().collect());
        self.push(kind, msg.into(), input, Some(ctx))
    }

    /// Records a rule of our own that the value breaks.
    pub fn refuse<T>(&mut self, msg: impl AsRef<str>, input: &Value) -> Option<T> {
        let mut ctx = Map::new();
        ctx.insert("error".into(), Value::Object(Map::new()));
        self.push(
            "value_error",
            format!("Value error, {}", msg.as_ref()),
            input,
            Some(Value::Object(ctx)),
        )
    }

    fn push<T>(
        &mut self,
        kind: &'static str,
        msg: String,
        input: &Value,
        ctx: Option<Value>,
    ) -> Option<T> {
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem {
                kind: Cow::Borrowed(kind),
                loc: self.path.clone(),
                msg,
                input: shortened(input),
                ctx,
            });
        }
        None
    }

    /// An object, with its fields read by `read`.
    pub fn object<T>(
        &mut self,
        value: &Value,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        self.object_as("model_attributes_type", value, read)
    }

    /// An object that the reference keeps as a plain dictionary: anything else is told as `dict_type`.
    pub fn dictionary<T>(
        &mut self,
        value: &Value,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        self.object_as("dict_type", value, read)
    }

    fn object_as<T>(
        &mut self,
        kind: &'static str,
        value: &Value,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        match value {
            Value::Object(map) => read(&mut Fields {
                map,
                whole: value,
                cx: self,
            }),
            _ => self.fail(kind, "Input should be an object", value),
        }
    }
}

/// The fields of one object.
#[derive(Debug)]
pub struct Fields<'v, 'c> {
    map: &'v Map<String, Value>,
    whole: &'v Value,
    /// The reader's state.
    pub cx: &'c mut Context,
}

impl<'v> Fields<'v, '_> {
    /// The raw value of a key.
    pub fn raw(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key)
    }

    /// The whole object.
    pub fn whole(&self) -> &'v Value {
        self.whole
    }

    /// Tells of every member that is not among `known`; `None` where there is one.
    pub fn no_others<'k>(&mut self, known: impl Iterator<Item = &'k str> + Clone) -> Option<()> {
        let mut none = Some(());
        for (key, value) in self.map {
            if !known.clone().any(|one| one == key) {
                let step = shortened_text(key, INPUT);
                none = self.cx.at(step, |cx| {
                    cx.fail("extra_forbidden", "Extra inputs are not permitted", value)
                });
            }
        }
        none
    }

    /// A field that must be there; null is judged by its reader.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Option<T> {
        match self.map.get(key) {
            Some(value) => self.cx.at(key, |cx| read(value, cx)),
            None => {
                let whole = self.whole;
                self.cx
                    .at(key, |cx| cx.fail("missing", "Field required", whole))
            }
        }
    }

    /// A field that may be missing or null. An unreadable value is recorded and reads as absent.
    pub fn patch<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Patch<T> {
        match self.map.get(key) {
            None => Patch::Absent,
            Some(Value::Null) => Patch::Null,
            Some(value) => self
                .cx
                .at(key, |cx| read(value, cx))
                .map_or(Patch::Absent, Patch::Value),
        }
    }

    /// A field that may be missing, but not null: null is judged by its reader.
    pub fn omittable<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Option<T> {
        let value = self.map.get(key)?;
        self.cx.at(key, |cx| read(value, cx))
    }

    /// A field that may be missing or null, which mean the same.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Option<T> {
        self.patch(key, read).value()
    }

    /// A nullable text field in which blank means null.
    pub fn blankable<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Value, &mut Context) -> Option<Option<T>>,
    ) -> Patch<T> {
        self.patch(key, read).flatten()
    }
}
