//! Members of objects: whether they must be there, and what they are then.

use serde_json::Value;
use utoipa::openapi::Schema;

use super::{
    Reader,
    schema::{Object, words},
};
use crate::input::{Context, Fields, Patch, Words};

/// One field of an object, or several that make one value.
pub(crate) trait Member {
    /// The value that is read.
    type Value;
    /// Reads it; what is wrong is told, and reads as `None`.
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<Self::Value>;
    /// Writes it into the schema of its object; `words` are the lines of its documentation.
    fn describe(&self, key: &str, words: &[&str], object: &mut Object);

    /// The value that was read, as something else.
    fn map<U>(self, of: impl Fn(Self::Value) -> U) -> impl Member<Value = U>
    where
        Self: Sized,
    {
        Mapped(self, of)
    }

    /// The value where it is not given.
    fn or<T: Clone>(self, default: T) -> impl Member<Value = T>
    where
        Self: Member<Value = Option<T>> + Sized,
    {
        self.map(move |read| read.unwrap_or_else(|| default.clone()))
    }

    /// Empty where it is not given.
    fn or_default<T: Default>(self) -> impl Member<Value = T>
    where
        Self: Member<Value = Option<T>> + Sized,
    {
        self.map(Option::unwrap_or_default)
    }

    /// Better not used.
    fn deprecated(self) -> impl Member<Value = Self::Value>
    where
        Self: Sized,
    {
        Deprecated(self)
    }

    /// Description of this shape of the object.
    fn titled(self, title: &'static str) -> impl Member<Value = Self::Value>
    where
        Self: Sized,
    {
        Titled(self, title)
    }

    /// A member of some shapes only: elsewhere it is ignored.
    fn only_if(self, here: bool) -> impl Member<Value = Self::Value>
    where
        Self: Sized,
        Self::Value: Default,
    {
        OnlyIf(self, here)
    }
}

impl<M: Member + ?Sized> Member for Box<M> {
    type Value = M::Value;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<M::Value> {
        (**self).read(key, f)
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        (**self).describe(key, words, object);
    }
}

struct Required<R>(R);

/// Must be there; null is judged by its reader.
pub(crate) fn required<R: Reader>(reader: R) -> impl Member<Value = R::Value> {
    Required(reader)
}

impl<R: Reader> Member for Required<R> {
    type Value = R::Value;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<R::Value> {
        f.required(key, |value, cx| self.0.read(value, cx))
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        object.required(key, self.0.schema(), words);
    }
}

struct Omittable<R>(R);

/// May be missing, but not null: null is judged by its reader.
pub(crate) fn omittable<R: Reader>(reader: R) -> impl Member<Value = Option<R::Value>> {
    Omittable(reader)
}

impl<R: Reader> Member for Omittable<R> {
    type Value = Option<R::Value>;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<Self::Value> {
        match f.raw(key) {
            None => Some(None),
            Some(value) => f.cx.at(key, |cx| self.0.read(value, cx)).map(Some),
        }
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        object.omittable(key, self.0.schema(), words);
    }
}

struct Patched<R>(R);

/// May be missing or null, which mean different things.
pub(crate) fn patch<R: Reader>(reader: R) -> impl Member<Value = Patch<R::Value>> {
    Patched(reader)
}

/// May be missing or null, which mean the same.
pub(crate) fn optional<R: Reader>(reader: R) -> impl Member<Value = Option<R::Value>> {
    patch(reader).map(Patch::value)
}

impl<R: Reader> Member for Patched<R> {
    type Value = Patch<R::Value>;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<Self::Value> {
        match f.raw(key) {
            None => Some(Patch::Absent),
            Some(value) if self.0.is_null(value) => Some(Patch::Null),
            Some(value) => {
                let read = f.cx.at(key, |cx| self.0.read(value, cx));
                read.map(Patch::Value)
            }
        }
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        object.optional(key, self.0.schema(), words);
    }
}

struct Mapped<M, F>(M, F);

impl<M: Member, U, F: Fn(M::Value) -> U> Member for Mapped<M, F> {
    type Value = U;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<U> {
        self.0.read(key, f).map(&self.1)
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        self.0.describe(key, words, object);
    }
}

struct Deprecated<M>(M);

impl<M: Member> Member for Deprecated<M> {
    type Value = M::Value;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<M::Value> {
        self.0.read(key, f)
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        self.0.describe(key, words, object);
        object.deprecate(key);
    }
}

struct OnlyIf<M>(M, bool);

impl<M: Member<Value: Default>> Member for OnlyIf<M> {
    type Value = M::Value;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<M::Value> {
        match self.1 {
            true => self.0.read(key, f),
            false => Some(M::Value::default()),
        }
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        if self.1 {
            self.0.describe(key, words, object);
        }
    }
}

struct Titled<M>(M, &'static str);

impl<M: Member> Member for Titled<M> {
    type Value = M::Value;
    fn read(&self, key: &'static str, f: &mut Fields<'_, '_>) -> Option<M::Value> {
        self.0.read(key, f)
    }
    fn describe(&self, key: &str, words: &[&str], object: &mut Object) {
        self.0.describe(key, words, object);
        object.title(self.1);
    }
}

struct Tag<W>(W);

/// The word by which a body names its shape; it was read before.
pub(crate) fn tag<W: Words>(word: W) -> impl Member<Value = W> {
    Tag(word)
}

impl<W: Words> Member for Tag<W> {
    type Value = W;
    fn read(&self, _: &'static str, _: &mut Fields<'_, '_>) -> Option<W> {
        Some(self.0)
    }
    fn describe(&self, key: &str, lines: &[&str], object: &mut Object) {
        object.required(key, words([self.0.word()].into_iter()), lines);
    }
}

/// Fields that make one value together: how they are read, and how described; see [`group!`](super::group).
pub(crate) struct Group<F, S>(pub(crate) F, pub(crate) S);

impl<T, F, S> Member for Group<F, S>
where
    F: Fn(&mut Fields<'_, '_>) -> Option<T>,
    S: Fn(&mut Object),
{
    type Value = T;
    fn read(&self, _: &'static str, f: &mut Fields<'_, '_>) -> Option<T> {
        (self.0)(f)
    }
    fn describe(&self, _: &str, _: &[&str], object: &mut Object) {
        (self.1)(object);
    }
}

/// An object with these members; see [`object!`](super::object).
pub(crate) struct Nested<M> {
    words: &'static [&'static str],
    members: M,
    dictionary: bool,
    closed: bool,
}

/// An object with these members.
pub(crate) fn nested<M: Member>(words: &'static [&'static str], members: M) -> Nested<M> {
    Nested {
        words,
        members,
        dictionary: false,
        closed: false,
    }
}

impl<M> Nested<M> {
    /// An object that the reference keeps as a plain dictionary, which shows where something else is sent.
    pub(crate) fn dictionary(self) -> Self {
        Self {
            dictionary: true,
            ..self
        }
    }

    /// An object that has no other members: one more is told as `extra_forbidden`.
    pub(crate) fn closed(self) -> Self {
        Self {
            closed: true,
            ..self
        }
    }
}

impl<M: Member> Nested<M> {
    /// Reads what is known to be an object.
    pub(crate) fn read_fields(&self, f: &mut Fields<'_, '_>) -> Option<M::Value> {
        let read = self.members.read("", f);
        match self.closed {
            true => f.no_others(self.object().keys()).and(read),
            false => read,
        }
    }

    fn object(&self) -> Object {
        let mut object = Object::new(self.words);
        self.members.describe("", &[], &mut object);
        object
    }
}

impl<M: Member> Reader for Nested<M> {
    type Value = M::Value;
    fn read(&self, value: &Value, cx: &mut Context) -> Option<M::Value> {
        match self.dictionary {
            true => cx.dictionary(value, |f| self.read_fields(f)),
            false => cx.object(value, |f| self.read_fields(f)),
        }
    }
    fn schema(&self) -> Schema {
        let mut object = self.object();
        if self.closed {
            object.close();
        }
        object.schema()
    }
}
