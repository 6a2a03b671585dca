//! Requests, declared: one declaration of a field gives its type, its reader, its bounds and what the served document
//! says of it.
//!
//! A field is a [`Member`]: whether it must be there (`required`, `optional`, `omittable`, `patch`), and how its value
//! is read and described, which is a [`Reader`] (`text`, `int`, `list`, …). [`request!`] declares a type whose fields
//! are read from an object of their names, [`object!`] the same for a type that exists, [`group!`] some fields that
//! make one value together. The documentation of a field is its description.

mod member;
mod schema;
mod types;

pub(crate) use member::{Group, Member, Nested, nested, omittable, optional, patch, required, tag};
pub(crate) use schema::{Object, described, one_of, schema_of};
pub(crate) use types::*;

use serde_json::Value;
use utoipa::openapi::Schema;

use crate::input::Context;

/// Reads a value of a request, and describes it.
pub(crate) trait Reader {
    /// The value that is read.
    type Value;
    /// Reads it; what is wrong is told, and reads as `None`.
    fn read(&self, value: &Value, cx: &mut Context) -> Option<Self::Value>;
    /// The document's description of it.
    fn schema(&self) -> Schema;
    /// True if a value stands for null where null is allowed.
    fn is_null(&self, value: &Value) -> bool {
        value.is_null()
    }

    /// The value that was read, judged once more.
    fn and_then<U>(
        self,
        judge: impl Fn(Self::Value, &Value, &mut Context) -> Option<U>,
    ) -> impl Reader<Value = U>
    where
        Self: Sized,
    {
        types::AndThen(self, judge)
    }

    /// The value that was read, as something else.
    fn map<U>(self, of: impl Fn(Self::Value) -> U) -> impl Reader<Value = U>
    where
        Self: Sized,
    {
        self.and_then(move |read, _, _| Some(of(read)))
    }
}

/// The shapes that a body may have. Each has fields of its own, and is one of the document's `oneOf`.
pub(crate) trait Variant: Copy + 'static {
    /// Every shape, in the document's order.
    const ALL: &'static [Self];
    /// Reads the shape that the body has; which one that is may be told by the place of its problems.
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T>;
}

/// Says under which key bodies name their shape, a word of a closed list.
macro_rules! tagged_by {
    ($key:literal: $kind:ty) => {
        impl $crate::request::Variant for $kind {
            const ALL: &'static [Self] = <$kind>::ALL;
            fn read_one<T>(
                value: &serde_json::Value,
                cx: &mut $crate::input::Context,
                read: impl Fn(Self, &mut $crate::input::Context) -> Option<T>,
            ) -> Option<T> {
                let kind: Self = $crate::input::tagged($key, value, cx)?;
                cx.at(kind.as_str(), |cx| read(kind, cx))
            }
        }
    };
}
pub(crate) use tagged_by;

/// Fields that are read one after the other and make one value; a [`Member`]. `f` is where they are read from:
///
/// ```text
/// group! { f;
///     /// Not before.
///     starts_at = optional(moment()),
///     /// Not after.
///     ends_at = optional(moment()),
///     => window(f, starts_at?, ends_at?)
/// }
/// ```
macro_rules! group {
    ($f:ident; $($(#[doc = $doc:literal])* $field:ident $(as $key:literal)? = $member:expr),* $(,)? => $result:expr) => {
        $crate::request::Group(
            move |$f: &mut $crate::input::Fields<'_, '_>| {
                $(let $field = $crate::request::Member::read(
                    &$member,
                    $crate::request::group!(@key $field $($key)?),
                    $f,
                );)*
                $result
            },
            move |object: &mut $crate::request::Object| {
                $($crate::request::Member::describe(
                    &$member,
                    $crate::request::group!(@key $field $($key)?),
                    &[$($doc),*],
                    object,
                );)*
                let _ = object;
            },
        )
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
}
pub(crate) use group;

/// A [`Reader`] of objects that make a type which is declared elsewhere. `check` judges fields together, also where
/// others did not read; it is `None` where it told a problem.
macro_rules! object {
    ($(#[doc = $words:literal])+ $($target:ident)::+ { $($(#[doc = $doc:literal])* $field:ident $(as $key:literal)? = $member:expr),* $(,)? }) => {
        $crate::request::nested(&[$($words),+], $crate::request::group! { _f;
            $($(#[doc = $doc])* $field $(as $key)? = $member,)* => Some($($target)::+ { $($field: $field?),* })
        })
    };
    ($(#[doc = $words:literal])+ $($target:ident)::+ { $($(#[doc = $doc:literal])* $field:ident $(as $key:literal)? = $member:expr),* $(,)? } check |$f:ident| $check:block) => {
        $crate::request::nested(&[$($words),+], $crate::request::group! { $f;
            $($(#[doc = $doc])* $field $(as $key)? = $member,)* => {
                let judged: Option<()> = $check;
                let made = Some($($target)::+ { $($field: $field?),* });
                judged.and(made)
            }
        })
    };
}
pub(crate) use object;

/// Declares a request: its type, its reader and its schema.
///
/// ```text
/// request! {
///     /// A change to a meter; what is not sent stays.
///     pub struct MeterUpdate: Default {
///         /// Name.
///         pub name: Option<String> = optional(trimmed(3, limits::LINE)),
///         /// What it counts in.
///         pub unit: Option<MeterUnit> = optional(word()),
///     }
/// }
/// ```
///
/// `pub struct BenefitCreate by variant: BenefitType { … }` is read by the shape that the body has (see [`Variant`]),
/// which its members may name. `for variant` leaves reading and schema to the type: it has only `shape(variant)`.
macro_rules! request {
    (
        $(#[doc = $words:literal])+
        $vis:vis struct $name:ident $(: $($derive:ident),+)? $($how:ident $variant:ident: $kind:ty)? {
            $($(#[doc = $doc:literal])* $fvis:vis $field:ident: $type:ty $(as $key:literal)? = $member:expr),+ $(,)?
        }
        $(check |$f:ident| $check:block)?
    ) => {
        $(#[doc = $words])+
        #[derive(Debug, Clone, PartialEq $($(, $derive)+)?)]
        $vis struct $name { $($(#[doc = $doc])* $fvis $field: $type),+ }

        impl $name {
            pub(crate) fn shape(
                $($variant: $kind)?
            ) -> $crate::request::Nested<impl $crate::request::Member<Value = Self>> {
                $crate::request::object! {
                    $(#[doc = $words])+
                    $name { $($(#[doc = $doc])* $field $(as $key)? = $member),+ }
                    $(check |$f| $check)?
                }
            }
        }
        $crate::request::request!(@read [$($words),+] $name $($how $kind)?);
    };
    (@read [$($words:literal),+] $name:ident) => {
        impl $name {
            /// Reads a body.
            pub fn read(value: &serde_json::Value, cx: &mut $crate::input::Context) -> Option<Self> {
                $crate::request::Reader::read(&Self::shape(), value, cx)
            }
        }
        $crate::request::schema_of!($name, $crate::request::Reader::schema(&Self::shape()));
    };
    (@read [$($words:literal),+] $name:ident by $kind:ty) => {
        impl $name {
            /// Reads a body by the shape that it has.
            pub fn read(value: &serde_json::Value, cx: &mut $crate::input::Context) -> Option<Self> {
                <$kind as $crate::request::Variant>::read_one(value, cx, |variant, cx| {
                    $crate::request::Reader::read(&Self::shape(variant), value, cx)
                })
            }
        }
        $crate::request::schema_of!($name, {
            let shapes = <$kind as $crate::request::Variant>::ALL.iter();
            let of = |variant: &$kind| $crate::request::Reader::schema(&Self::shape(*variant));
            let whole = $crate::request::one_of(shapes.map(of).collect());
            $crate::request::described(whole, &[$($words),+])
        });
    };
    (@read [$($words:literal),+] $name:ident for $kind:ty) => {};
}
pub(crate) use request;
