//! Settings of a row, as they are read: what fits its member is taken, everything else is as it is by default.
//!
//! Every request reads the settings of an organization, so they are read straight from the text.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{SocialLink, SocialPlatform};

/// An object of settings.
pub(super) trait Members: Default {
    /// Takes the member `name`, whose value comes next in `map`.
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads an object of settings.
pub(super) fn object<'de, T: Members, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let read = deserializer.deserialize_any(Reader::<Object<T>>(PhantomData))?;
    Ok(read.map(|Object(object)| object).unwrap_or_default())
}

/// Takes the value that comes next in `map`, if it fits.
pub(super) fn fit<'de, A: MapAccess<'de>>(map: &mut A, to: &mut impl Fit) -> Result<(), A::Error> {
    if let Fitting(Some(value)) = map.next_value()? {
        *to = value;
    }
    Ok(())
}

/// Skips the value that comes next in `map`: nobody knows its name.
pub(super) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// Types that can be made of a stored value. Nothing fits unless it says so.
pub(super) trait Fit: Sized {
    fn of_bool(_: bool) -> Option<Self> {
        None
    }
    fn of_integer(_: i64) -> Option<Self> {
        None
    }
    fn of_text(_: &str) -> Option<Self> {
        None
    }
    fn of_null() -> Option<Self> {
        None
    }
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn of_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl Fit for bool {
    fn of_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Fit for i64 {
    fn of_integer(value: i64) -> Option<Self> {
        Some(value)
    }
}

impl Fit for String {
    fn of_text(value: &str) -> Option<Self> {
        Some(value.to_owned())
    }
}

impl<T: Fit> Fit for Option<T> {
    fn of_bool(value: bool) -> Option<Self> {
        T::of_bool(value).map(Some)
    }
    fn of_integer(value: i64) -> Option<Self> {
        T::of_integer(value).map(Some)
    }
    fn of_text(value: &str) -> Option<Self> {
        T::of_text(value).map(Some)
    }
    fn of_null() -> Option<Self> {
        Some(None)
    }
    fn of_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Option<Self>, A::Error> {
        Ok(T::of_list(list)?.map(Some))
    }
    fn of_map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(T::of_map(map)?.map(Some))
    }
}

/// The items that fit.
impl<T: Fit> Fit for Vec<T> {
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Self::new();
        while let Some(Fitting(item)) = list.next_element()? {
            items.extend(item);
        }
        Ok(Some(items))
    }
}

impl Fit for Map<String, Value> {
    fn of_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut members = Self::new();
        while let Some((name, value)) = map.next_entry()? {
            members.insert(name, value);
        }
        Ok(Some(members))
    }
}

/// One with an address; of a platform that is unknown, the address tells which it is.
impl Fit for SocialLink {
    fn of_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let (mut platform, mut url) = (None::<String>, None::<String>);
        while let Some(Name(name)) = map.next_key()? {
            match &*name {
                "platform" => fit(&mut map, &mut platform)?,
                "url" => fit(&mut map, &mut url)?,
                _ => skip(&mut map)?,
            }
        }
        let known = platform.and_then(|name| name.parse().ok());
        Ok(url.map(|url| Self {
            platform: known.unwrap_or_else(|| SocialPlatform::of(&url)),
            url,
        }))
    }
}

/// [`Members`] within a value.
struct Object<T>(T);

impl<T: Members> Fit for Object<T> {
    fn of_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut object = T::default();
        while let Some(Name(name)) = map.next_key()? {
            object.take(&name, &mut map)?;
        }
        Ok(Some(Self(object)))
    }
}

struct Fitting<T>(Option<T>);

impl<'de, T: Fit> Deserialize<'de> for Fitting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData)).map(Self)
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Fit> Visitor<'de> for Reader<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<T>, E> {
        Ok(T::of_bool(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<T>, E> {
        Ok(T::of_integer(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<T>, E> {
        Ok(i64::try_from(value).ok().and_then(T::of_integer))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Option<T>, E> {
        Ok(T::of_text(value))
    }
    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(T::of_null())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<T>, A::Error> {
        T::of_list(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::of_map(map)
    }
}

/// A member's name, borrowed where the text allows.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;
        impl<'de> Visitor<'de> for Borrowing {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowing)
    }
}

/// Reads [`Members`] with all their names: each fits, is read by a function of its own, or is another object.
macro_rules! members {
    ($name:ty { $($field:ident $(: $inner:ident)?),+ $(,)? }) => {
        impl $crate::organizations::settings::stored::Members for $name {
            fn take<'de, A: serde::de::MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
                match name {
                    $(stringify!($field) => $crate::organizations::settings::stored::members!(@take map self.$field $($inner)?),)+
                    _ => $crate::organizations::settings::stored::skip(map),
                }
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::organizations::settings::stored::object(deserializer)
            }
        }
    };
    (@take $map:ident $self:ident.$field:ident) => { $crate::organizations::settings::stored::fit($map, &mut $self.$field) };
    (@take $map:ident $self:ident.$field:ident whole) => { $map.next_value().map(|value| $self.$field = value) };
}
pub(super) use members;
