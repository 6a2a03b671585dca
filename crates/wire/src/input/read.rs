//! Readers of single values, for [`Fields`](super::Fields): each records what is wrong and reads as nothing then.

use std::{
    collections::{BTreeMap, HashSet},
    hash::Hash,
};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::Context;

/// A closed word list that can be read.
pub trait Words: Copy + 'static {
    /// Every word.
    const ALL: &'static [Self];
    /// The word on the wire.
    fn word(self) -> &'static str;
}

/// Text; numbers are never read as text; NUL is refused. Nothing reads text without a bound: see [`text_of`].
fn text<'v>(value: &'v Value, cx: &mut Context) -> Option<&'v str> {
    match value {
        Value::String(text) if text.contains('\0') => {
            cx.refuse("text must not contain the NUL character", value)
        }
        Value::String(text) => Some(text),
        _ => cx.fail("string_type", "Input should be a valid string", value),
    }
}

/// Trimmed text of at most `max` characters; `over` tells a longer one, for readers that have a kind of problem of
/// their own.
pub(crate) fn text_within<'v>(
    value: &'v Value,
    cx: &mut Context,
    max: usize,
    over: impl FnOnce(&Value, &mut Context) -> Option<&'v str>,
) -> Option<&'v str> {
    let text = text(value, cx)?.trim();
    // No character is longer than four bytes: most texts need no counting.
    if text.len() > max && text.chars().count() > max {
        return over(value, cx);
    }
    Some(text)
}

/// Text of `min` to `max` characters, after trimming when `trim`.
pub fn text_of(
    min: usize,
    max: usize,
    trim: bool,
) -> impl Fn(&Value, &mut Context) -> Option<String> {
    move |value, cx| {
        let text = text(value, cx)?;
        let text = if trim { text.trim() } else { text };
        let length = text.chars().count();
        if length < min {
            return cx.bound(
                "string_too_short",
                format!("Text should have at least {min} characters"),
                value,
                "min_length",
                min,
            );
        }
        if length > max {
            return cx.bound(
                "string_too_long",
                format!("Text should have at most {max} characters"),
                value,
                "max_length",
                max,
            );
        }
        Some(text.to_owned())
    }
}

/// Trimmed text of at most `max` characters; blank reads as null.
pub fn blank_text(max: usize) -> impl FnOnce(&Value, &mut Context) -> Option<Option<String>> {
    move |value, cx| {
        let text = text_of(0, max, true)(value, cx)?;
        Some(Some(text).filter(|t| !t.is_empty()))
    }
}

const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number: `5`, `5.0`, `"5"` and `true` are; `5.5` is not. Nothing reads one without bounds: see
/// [`int_in`].
fn int(value: &Value, cx: &mut Context) -> Option<i64> {
    match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::Number(number) => {
            if let Some(whole) = number.as_i64() {
                return Some(whole);
            }
            let float = number.as_f64().unwrap_or(f64::INFINITY);
            if !float.is_finite() {
                cx.fail("finite_number", "Input should be a finite number", value)
            } else if float.fract() != 0.0 {
                cx.fail(
                    "int_from_float",
                    "Input should be a whole number, without a fraction",
                    value,
                )
            } else if float.abs() > LARGEST_EXACT {
                cx.fail("int_parsing_size", "The number is too large", value)
            } else {
                Some(float as i64)
            }
        }
        Value::String(text) => {
            let digits = text.trim();
            let digits = digits
                .split_once('.')
                .filter(|(_, zeros)| !zeros.is_empty() && zeros.bytes().all(|b| b == b'0'))
                .map_or(digits, |(whole, _)| whole);
            match digits.parse() {
                Ok(whole) => Some(whole),
                Err(_) => cx.fail("int_parsing", "Input should be a whole number", value),
            }
        }
        _ => cx.fail("int_type", "Input should be a whole number", value),
    }
}

/// A whole number within bounds.
pub fn int_in(min: i64, max: i64) -> impl Fn(&Value, &mut Context) -> Option<i64> {
    move |value, cx| {
        let number = int(value, cx)?;
        if number < min {
            return cx.bound(
                "greater_than_equal",
                format!("Input should be greater than or equal to {min}"),
                value,
                "ge",
                min,
            );
        }
        at_most(max, number, value, cx)
    }
}

fn at_most(max: i64, number: i64, value: &Value, cx: &mut Context) -> Option<i64> {
    if number <= max {
        return Some(number);
    }
    cx.bound(
        "less_than_equal",
        format!("Input should be less than or equal to {max}"),
        value,
        "le",
        max,
    )
}

/// Nothing but null: for what a shape has no use for, and does not take silently.
pub fn nothing(value: &Value, cx: &mut Context) -> Option<()> {
    match value {
        Value::Null => None,
        _ => cx.fail("none_required", "Input should be None", value),
    }
}

/// A whole number above 0 and at most `max`.
pub fn positive(max: i64) -> impl Fn(&Value, &mut Context) -> Option<i64> {
    move |value, cx| {
        let number = int(value, cx)?;
        if number <= 0 {
            return cx.bound(
                "greater_than",
                "Input should be greater than 0",
                value,
                "gt",
                0,
            );
        }
        at_most(max, number, value, cx)
    }
}

/// A truth value: also 0, 1 and the usual words.
pub fn boolean(value: &Value, cx: &mut Context) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(n) if n.as_f64() == Some(1.0) => Some(true),
        Value::Number(n) if n.as_f64() == Some(0.0) => Some(false),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "yes" | "y" | "on" => Some(true),
            "false" | "f" | "0" | "no" | "n" | "off" => Some(false),
            _ => cx.fail("bool_parsing", "Input should be true or false", value),
        },
        Value::Number(_) => cx.fail("bool_parsing", "Input should be true or false", value),
        _ => cx.fail("bool_type", "Input should be true or false", value),
    }
}

/// An id: a version 4 UUID, with or without hyphens, in either case.
pub fn id(value: &Value, cx: &mut Context) -> Option<Uuid> {
    let Value::String(text) = value else {
        return cx.fail("uuid_type", "Input should be a UUID", value);
    };
    match Uuid::try_parse(text) {
        Ok(uuid) if uuid.get_version_num() == 4 => Some(uuid),
        Ok(_) => cx.bound(
            "uuid_version",
            "Input should be a UUID of version 4",
            value,
            "expected_version",
            4,
        ),
        Err(error) => cx.bound(
            "uuid_parsing",
            format!("Input should be a UUID: {error}"),
            value,
            "error",
            error.to_string(),
        ),
    }
}

/// One of a closed list of words that has a name in the document: told as `enum`.
pub fn word<W: Words>(value: &Value, cx: &mut Context) -> Option<W> {
    word_as("enum", value, cx)
}

/// One of a closed list of words that the document writes out where it is used: told as `literal_error`.
pub fn literal<W: Words>(value: &Value, cx: &mut Context) -> Option<W> {
    word_as("literal_error", value, cx)
}

fn word_as<W: Words>(kind: &'static str, value: &Value, cx: &mut Context) -> Option<W> {
    let found = value
        .as_str()
        .and_then(|text| W::ALL.iter().find(|w| w.word() == text));
    match found {
        Some(word) => Some(*word),
        None => {
            let expected = one_of(W::ALL.iter().map(|w| w.word()));
            cx.bound(
                kind,
                format!("Input should be {expected}"),
                value,
                "expected",
                expected,
            )
        }
    }
}

/// The one of `words` that an object says, under `key`, to be. The rest of it is read by that.
pub fn tag(
    key: &'static str,
    words: &[&'static str],
    value: &Value,
    cx: &mut Context,
) -> Option<&'static str> {
    let Value::Object(map) = value else {
        return cx.fail("model_attributes_type", "Input should be an object", value);
    };
    let quoted = format!("'{key}'");
    let Some(sent) = map.get(key) else {
        let msg = format!("Unable to find the {key}");
        return cx.bound("union_tag_not_found", msg, value, "discriminator", quoted);
    };
    let found = words.iter().find(|word| Some(**word) == sent.as_str());
    if let Some(word) = found {
        return Some(word);
    }
    let msg = format!("{key} should be {}", one_of(words.iter().copied()));
    let expected: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    // A long tag is not repeated: it stands in `input` already.
    let shown = match sent {
        Value::String(text) => text.chars().take(64).collect(),
        Value::Object(_) | Value::Array(_) => String::new(),
        other => other.to_string(),
    };
    let ctx = [
        ("discriminator", quoted),
        ("tag", shown),
        ("expected_tags", expected.join(", ")),
    ];
    cx.bounds("union_tag_invalid", msg, value, ctx)
}

/// The word that an object says, under `key`, to be; see [`tag`].
pub fn tagged<W: Words>(key: &'static str, value: &Value, cx: &mut Context) -> Option<W> {
    let words: Vec<_> = W::ALL.iter().map(|w| w.word()).collect();
    let found = tag(key, &words, value, cx)?;
    W::ALL.iter().copied().find(|w| w.word() == found)
}

/// The `type` of an object, one of a closed list; see [`tag`].
pub fn kind<W: Words>(value: &Value, cx: &mut Context) -> Option<W> {
    tagged("type", value, cx)
}

/// `'a', 'b' or 'c'`.
pub fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = words.map(|w| format!("'{w}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// A list of `min` to `max` items, each read by `read`.
pub fn list<T>(
    min: usize,
    max: usize,
    read: impl Fn(&Value, &mut Context) -> Option<T>,
) -> impl FnOnce(&Value, &mut Context) -> Option<Vec<T>> {
    move |value, cx| {
        let Value::Array(items) = value else {
            return cx.fail("list_type", "Input should be a list", value);
        };
        if items.len() < min {
            return cx.bound(
                "too_short",
                format!(
                    "List should have at least {min} {}",
                    if min == 1 { "item" } else { "items" }
                ),
                value,
                "min_length",
                min,
            );
        }
        if items.len() > max {
            return cx.bound(
                "too_long",
                format!("List should have at most {max} items"),
                value,
                "max_length",
                max,
            );
        }
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(i, item)| cx.at(i, |cx| read(item, cx)))
            .collect();
        read.into_iter().collect()
    }
}

/// An object as a map of `min` to `max` entries; `key` reads each name, `read` each value, both at the name's place.
pub fn map<K: Ord, T>(
    min: usize,
    max: usize,
    key: impl Fn(&Value, &mut Context) -> Option<K>,
    read: impl Fn(&Value, &mut Context) -> Option<T>,
) -> impl FnOnce(&Value, &mut Context) -> Option<BTreeMap<K, T>> {
    move |value, cx| {
        let Value::Object(map) = value else {
            return cx.fail("dict_type", "Input should be an object", value);
        };
        if map.len() < min {
            return cx.bound(
                "too_short",
                format!("At least {min} is required"),
                value,
                "min_length",
                min,
            );
        }
        if map.len() > max {
            return cx.bound(
                "too_long",
                format!("There should be at most {max} entries"),
                value,
                "max_length",
                max,
            );
        }
        let entries: Vec<_> = map
            .iter()
            .map(|(name, value)| {
                cx.at(name.clone(), |cx| {
                    let key = key(&Value::from(name.as_str()), cx);
                    let read = read(value, cx);
                    key.zip(read)
                })
            })
            .collect();
        entries.into_iter().collect()
    }
}

/// True if all items differ.
pub(crate) fn all_differ<T: Eq + Hash>(items: &[T]) -> bool {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| seen.insert(item))
}

/// Numbers above this are milliseconds, not seconds, since 1970.
const MILLISECONDS_FROM: f64 = 2e10;

/// The moment that a number, or its text, stands for: seconds or milliseconds since 1970. Outer `None`: not a
/// number.
pub fn epoch(value: &Value, cx: &mut Context) -> Option<Option<Timestamp>> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let seconds = match number.abs() > MILLISECONDS_FROM {
        true => number / 1000.0,
        false => number,
    };
    let read = jiff::SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|since| Timestamp::from_duration(since).ok())
        .filter(has_plain_year);
    Some(read.or_else(|| cx.fail("datetime_parsing", "Input should be a date and time", value)))
}

/// True from the year 1 on: no database keeps all of the years before it. The last year is 9999.
fn has_plain_year(at: &Timestamp) -> bool {
    /// Seconds from the beginning of the year 1 to 1970.
    const BEFORE_1970: i64 = 62_135_596_800;
    at.as_second() >= -BEFORE_1970
}

/// An instant: text, or a number since 1970, from the year 1 on. Without an offset it is taken as UTC (the list filters allow that).
pub fn instant(value: &Value, cx: &mut Context) -> Option<Timestamp> {
    if let Some(read) = epoch(value, cx) {
        return read;
    }
    let Value::String(text) = value else {
        return cx.fail("datetime_type", "Input should be a date and time", value);
    };
    let text = text.trim();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| {
            let civil: jiff::civil::DateTime = text.parse().ok()?;
            civil
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()
                .map(|z| z.timestamp())
        })
        .filter(has_plain_year)
        .or_else(|| {
            cx.fail(
                "datetime_from_date_parsing",
                "Input should be a date and time (ISO 8601)",
                value,
            )
        })
}

/// An instant that says its offset, as the filters of deliveries need it.
pub fn exact_instant(value: &Value, cx: &mut Context) -> Option<Timestamp> {
    let found = instant(value, cx)?;
    match value.as_str().map(|text| text.trim().parse::<Timestamp>()) {
        Some(Ok(_)) => Some(found),
        _ => cx.fail("timezone_aware", "Input should have a time zone", value),
    }
}

/// True if any text in the value, keys included, holds a NUL. No deeper than the parser reads bodies, which is 128
/// steps.
pub fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(k, v)| k.contains('\0') || has_nul(v)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T>(
        value: Value,
        f: impl FnOnce(&Value, &mut Context) -> Option<T>,
    ) -> Result<T, String> {
        let mut cx = Context::new("body");
        let result = f(&value, &mut cx);
        result.ok_or_else(|| cx.problems[0].kind.to_string())
    }

    #[test]
    fn integers_are_read_leniently() {
        for good in [json!(5), json!(5.0), json!("5"), json!(" 5 "), json!("5.0")] {
            assert_eq!(read(good, int), Ok(5));
        }
        assert_eq!(read(json!(true), int), Ok(1));
        for (bad, kind) in [
            (json!(5.5), "int_from_float"),
            (json!("five"), "int_parsing"),
            (json!(null), "int_type"),
            (json!(1e300), "int_parsing_size"),
            (json!("99999999999999999999"), "int_parsing"),
        ] {
            assert_eq!(read(bad, int), Err(kind.into()));
        }
    }

    #[test]
    fn text_is_never_read_from_numbers_and_never_holds_nul() {
        let text = || text_of(0, 9, false);
        assert_eq!(read(json!(5), text()), Err("string_type".into()));
        assert_eq!(read(json!("a\0b"), text()), Err("value_error".into()));
    }

    #[test]
    fn ids_are_version_4_in_any_spelling() {
        let id4 = "1DBFC5179A0949AC8F7A3D4D2E3F4A5B";
        assert!(read(json!(id4), id).is_ok());
        assert_eq!(
            read(json!("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), id),
            Err("uuid_version".into())
        );
        assert_eq!(read(json!("x"), id), Err("uuid_parsing".into()));
    }

    #[test]
    fn all_problems_are_reported_with_their_places() {
        let mut cx = Context::new("body");
        let value = json!({"ids": ["x", 3], "n": 0});
        cx.object(&value, |f| {
            f.required("ids", list(1, 9, id));
            f.required("n", int_in(1, 9));
            f.required("gone", text_of(0, 9, false));
            Some(())
        });
        let places: Vec<_> = cx
            .problems
            .iter()
            .map(|p| (p.kind.to_string(), serde_json::to_string(&p.loc).unwrap()))
            .collect();
        assert_eq!(
            places,
            [
                ("uuid_parsing".into(), r#"["body","ids",0]"#.into()),
                ("uuid_type".into(), r#"["body","ids",1]"#.into()),
                ("greater_than_equal".into(), r#"["body","n"]"#.into()),
                ("missing".into(), r#"["body","gone"]"#.into()),
            ]
        );
    }
}
