//! Judging the answers to custom fields (docs/behaviour: custom-fields/answers).

use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};
use serde_json::{Map, Value};
use till_wire::{
    custom_fields::{
        CustomFieldKind, CustomFieldRangeProperties, CustomFieldSelectProperties,
        CustomFieldTextProperties,
    },
    input::{self, Context, Problem},
    limits,
};

use super::ProductField;

/// Judges answers by slug. Answers to fields that are not asked are dropped; with `enforce`,
/// required fields must be there. Every problem is told at `body.custom_field_data.<slug>`. What comes back is
/// what to keep: only what was sent, read into its field's form.
pub fn judge(
    fields: &[ProductField<'_>],
    answers: &Map<String, Value>,
    enforce: bool,
) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut cx = Context::new("body");
    let mut kept = Map::new();
    cx.at("custom_field_data", |cx| {
        for one in fields {
            let slug = &one.field.slug;
            let required = enforce && one.required;
            match answers.get(slug) {
                Some(sent) => {
                    let takes = one.field.takes();
                    let read = cx.at(slug.clone(), |cx| answer(&takes, required, sent, cx));
                    kept.extend(read.map(|value| (slug.clone(), value)));
                }
                None if required => {
                    let sent = Value::Object(answers.clone());
                    cx.at(slug.clone(), |cx| {
                        cx.fail::<()>("missing", "Field required", &sent)
                    });
                }
                None => {}
            }
        }
    });
    if cx.problems.is_empty() {
        return Ok(kept);
    }
    // Bounds are not told apart from the words here: these problems need data to judge.
    for problem in &mut cx.problems {
        problem.ctx = None;
    }
    Err(cx.problems)
}

fn answer(
    takes: &CustomFieldKind,
    required: bool,
    sent: &Value,
    cx: &mut Context,
) -> Option<Value> {
    if let CustomFieldKind::Checkbox(_) = takes {
        return checkbox(required, sent, cx);
    }
    if sent.is_null() && !required {
        return Some(Value::Null);
    }
    match takes {
        CustomFieldKind::Text(properties) => text(properties, sent, cx),
        CustomFieldKind::Number(bounds) => number(bounds, sent, cx),
        CustomFieldKind::Date(bounds) => date(bounds, sent, cx),
        CustomFieldKind::Select(properties) => select(properties, sent, cx),
        CustomFieldKind::Checkbox(_) => None,
    }
}

fn text(properties: &CustomFieldTextProperties, sent: &Value, cx: &mut Context) -> Option<Value> {
    let length = |n: Option<i64>, unset| n.map_or(unset, |n| usize::try_from(n).unwrap_or(unset));
    let least = length(properties.min_length, 0);
    let most = length(properties.max_length, limits::ANSWER);
    input::text_of(least, most, false)(sent, cx).map(Value::from)
}

fn number(bounds: &CustomFieldRangeProperties, sent: &Value, cx: &mut Context) -> Option<Value> {
    let least = bounds.ge.unwrap_or(i64::from(i32::MIN));
    let most = bounds.le.unwrap_or(i64::from(i32::MAX));
    input::int_in(least, most)(sent, cx).map(Value::from)
}

/// A day or a moment, kept as ISO text with the offset that it was sent with, or without one. Bounds are days in
/// UTC, so that a moment later on the last day is after it; a bound of 0 is one like any other
/// (docs/behaviour: custom-fields/bound-of-zero).
fn date(bounds: &CustomFieldRangeProperties, sent: &Value, cx: &mut Context) -> Option<Value> {
    let (local, offset) = moment(sent, cx)?;
    let Ok(at) = offset.unwrap_or(Offset::UTC).to_timestamp(local) else {
        return cx.fail("datetime_parsing", "Input should be a date", sent);
    };
    let at = Offset::UTC.to_datetime(at);
    let day = |seconds: i64| {
        let at = Timestamp::from_second(seconds).unwrap_or_default();
        at.to_zoned(TimeZone::UTC)
            .date()
            .to_datetime(jiff::civil::Time::midnight())
    };
    if let Some(least) = bounds.ge.map(day).filter(|least| at < *least) {
        let words = format!("Input should be {} or later", least.date());
        return cx.fail("greater_than_equal", words, sent);
    }
    if let Some(most) = bounds.le.map(day).filter(|most| at > *most) {
        let words = format!("Input should be {} or earlier", most.date());
        return cx.fail("less_than_equal", words, sent);
    }
    Some(iso(local, offset).into())
}

/// As RFC 3339 writes it: microseconds where there are any, `Z` for UTC.
fn iso(local: DateTime, offset: Option<Offset>) -> String {
    let shape = match local.subsec_nanosecond() {
        0 => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%dT%H:%M:%S%.6f",
    };
    let local = local.strftime(shape);
    match offset.map(Offset::seconds) {
        None => local.to_string(),
        Some(0) => format!("{local}Z"),
        Some(seconds) => {
            let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
            format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

/// The day or moment that was sent, and its offset where it has one; a number counts from 1970 in UTC.
fn moment(sent: &Value, cx: &mut Context) -> Option<(DateTime, Option<Offset>)> {
    if let Some(read) = input::epoch(sent, cx) {
        let at = crate::kernel::context::microseconds(read?);
        return Some((Offset::UTC.to_datetime(at), Some(Offset::UTC)));
    }
    let Value::String(text) = sent else {
        return cx.fail("datetime_type", "Input should be a date", sent);
    };
    let read = Pieces::parse(text.trim()).ok().and_then(|pieces| {
        let midnight = jiff::civil::Time::midnight();
        let local = pieces.date().to_datetime(pieces.time().unwrap_or(midnight));
        let local = local.with().nanosecond(0).build().ok()?;
        Some((local, pieces.to_numeric_offset()))
    });
    match read {
        Some(read) => Some(read),
        None => cx.fail("datetime_from_date_parsing", "Input should be a date", sent),
    }
}

/// Yes or no, never nothing; a box that must be ticked takes a plain yes only.
fn checkbox(required: bool, sent: &Value, cx: &mut Context) -> Option<Value> {
    if required {
        return match sent {
            Value::Bool(true) => Some(Value::Bool(true)),
            _ => cx.fail("literal_error", "Input should be true", sent),
        };
    }
    input::boolean(sent, cx).map(Value::from)
}

/// The most options that a problem lists.
const LISTED: usize = 20;

fn select(
    properties: &CustomFieldSelectProperties,
    sent: &Value,
    cx: &mut Context,
) -> Option<Value> {
    let values = || {
        properties
            .options
            .iter()
            .map(|option| option.value.as_str())
    };
    match sent.as_str().filter(|sent| values().any(|v| v == *sent)) {
        Some(chosen) => Some(chosen.into()),
        None => {
            let words = match properties.options.len() {
                ..=LISTED => format!("Input should be {}", input::one_of(values())),
                _ => "Input should be one of the field's options".to_owned(),
            };
            cx.fail("literal_error", words, sent)
        }
    }
}
