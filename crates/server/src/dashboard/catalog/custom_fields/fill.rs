//! The custom field form: its fields, and the API's body that it becomes.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;
use till_wire::custom_fields::{CustomField, CustomFieldKind, CustomFieldType};

use crate::{
    dashboard::{
        form::{Field, FormData, Group, Kind},
        parts::sentence,
    },
    pages::form_fields::ROWS,
};

const OPTIONS: &str = "properties.options";
/// Empty rows that a form for a choice has at least.
const SPARE: usize = 2;

/// A bound of a date field as the day that it is, in UTC.
pub fn day(seconds: i64) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// A field as its form shows it.
pub fn of_field(field: &CustomField) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("name", field.name.clone());
    form_data.set("slug", field.slug.clone());
    let is_date = matches!(field.kind, CustomFieldKind::Date(_));
    for (key, value) in field.kind.properties().as_object().into_iter().flatten() {
        let name = format!("properties.{key}");
        match value {
            Value::String(text) => form_data.set(&name, text.clone()),
            Value::Number(n) if is_date => {
                form_data.set(&name, day(n.as_i64().unwrap_or_default()))
            }
            Value::Number(n) => form_data.set(&name, n.to_string()),
            Value::Bool(true) => form_data.set(&name, "true"),
            _ => {}
        }
    }
    if let CustomFieldKind::Select(select) = &field.kind {
        for (row, option) in select.options.iter().enumerate() {
            form_data.set(&format!("{OPTIONS}.{row}.value"), option.value.clone());
            form_data.set(&format!("{OPTIONS}.{row}.label"), option.label.clone());
        }
    }
    form_data.set_pairs("_metadata", &field.metadata);
    form_data
}

/// Adds rows for options if the button asked for that; the page is then shown again.
pub fn asks_for_more(form_data: &mut FormData) -> bool {
    if form_data.get("_add").is_none() {
        return false;
    }
    let next = form_data.rows(OPTIONS).last().map_or(0, |last| last + 1);
    for row in next..(next + SPARE).min(ROWS) {
        form_data.set(&format!("{OPTIONS}.{row}.value"), "");
    }
    true
}

/// The API's body. Options left blank say nothing, one without a value is its label; a new field without a slug
/// gets one from its name. What was sent is changed alike, so that problems find their rows.
pub fn body(form_data: &mut FormData, kind: CustomFieldType, new: bool) -> Value {
    for row in form_data.rows(OPTIONS) {
        let name = |part: &str| format!("{OPTIONS}.{row}.{part}");
        let own = |part: &str| form_data.filled(&name(part)).map(str::to_owned);
        match (own("value"), own("label")) {
            (None, None) => form_data.drop(&format!("{OPTIONS}.{row}")),
            (None, Some(label)) => form_data.set(&name("value"), label),
            (Some(value), None) => form_data.set(&name("label"), value),
            (Some(_), Some(_)) => {}
        }
    }
    form_data.renumber(OPTIONS);
    if new && form_data.filled("slug").is_none() {
        let slug = slug(form_data.get("name").unwrap_or_default());
        form_data.set("slug", slug);
    }
    let mut body = form_data.json_of_change(&["name", "slug"]);
    body["type"] = Value::from(kind.as_str());
    if !body["properties"].is_object() {
        body["properties"] = Value::Object(Default::default());
    }
    if kind == CustomFieldType::Date {
        for key in ["ge", "le"] {
            let place = &mut body["properties"][key];
            if let Some(at) = place.as_str().and_then(midnight) {
                *place = Value::from(at);
            }
        }
    }
    body["metadata"] = Value::Object(form_data.pairs("_metadata"));
    body
}

/// A day's first second in UTC; what is no day goes as it was typed, to be judged.
fn midnight(typed: &str) -> Option<i64> {
    let day: Date = typed.trim().parse().ok()?;
    let at = day.to_zoned(TimeZone::UTC).ok()?;
    Some(at.timestamp().as_second())
}

/// A name in small letters, digits and hyphens.
fn slug(name: &str) -> String {
    let small = name.to_lowercase();
    let words = small.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// The form's groups; `was` is the field that is edited.
pub fn groups(
    was: Option<&CustomField>,
    kind: CustomFieldType,
    form_data: &FormData,
) -> Vec<Group> {
    let mut groups = vec![about(was, kind), words(kind)];
    groups.extend(rules(kind, form_data));
    groups.push(Group::metadata(form_data));
    groups
}

fn about(was: Option<&CustomField>, kind: CustomFieldType) -> Group {
    let hint = match was {
        None => "The key of the answers in the API. If empty, it is derived from the name.",
        Some(_) => {
            "The key of the answers in the API. If you change it, existing answers move to the new key."
        }
    };
    let slug = Field::new("slug", "Slug", Kind::Line("text")).hint(hint);
    let fields = vec![
        Field::new("type", "", Kind::Hidden).value(kind.as_str()),
        Field::new("name", "Name", Kind::Line("text"))
            .required()
            .focus(),
        match was {
            None => slug,
            Some(_) => slug.required(),
        },
    ];
    Group::new(format!("{} field", sentence(kind.as_str())), fields)
}

fn words(kind: CustomFieldType) -> Group {
    let line = |name: &str, label: &str| Field::new(name, label, Kind::Line("text"));
    let mut fields = vec![
        line("properties.form_label", "Label").hint("Shown instead of the name."),
        line("properties.form_help_text", "Help"),
    ];
    if kind != CustomFieldType::Checkbox {
        fields.push(line("properties.form_placeholder", "Placeholder"));
    }
    Group::new("At checkout", fields)
}

fn rules(kind: CustomFieldType, form_data: &FormData) -> Option<Group> {
    let number = |name: &str, label: &str| Field::new(name, label, Kind::Line("number"));
    let group = match kind {
        CustomFieldType::Text => {
            let lines = Field::new("properties.textarea", "Several lines", Kind::Tick);
            let fields = vec![
                number("properties.min_length", "Minimum characters"),
                number("properties.max_length", "Maximum characters"),
                lines,
            ];
            Group::new("Answer", fields).row()
        }
        CustomFieldType::Number => {
            let fields = vec![
                number("properties.ge", "Minimum"),
                number("properties.le", "Maximum"),
            ];
            Group::new("Answer", fields).row().place("properties")
        }
        CustomFieldType::Date => {
            let day = |name: &str, label: &str| Field::new(name, label, Kind::Line("date"));
            let fields = vec![day("properties.ge", "From"), day("properties.le", "Until")];
            Group::new("Answer", fields).row().place("properties")
        }
        CustomFieldType::Checkbox => return None,
        CustomFieldType::Select => options(form_data),
    };
    Some(group)
}

fn options(form_data: &FormData) -> Group {
    let mut rows = form_data.rows_with_spare(OPTIONS, &["value", "label"], SPARE);
    while rows.len() < 4 {
        rows.push(rows.last().map_or(0, |last| last + 1));
    }
    let fields = rows.into_iter().enumerate().flat_map(|(place, row)| {
        [("label", "Label"), ("value", "Value")].map(|(part, words)| {
            let name = format!("{OPTIONS}.{row}.{part}");
            Field::new(name, format!("{words} {}", place + 1), Kind::Line("text"))
        })
    });
    Group::new("Options", fields.collect())
        .note(
            "Customers choose an option by its label; its value is stored. Blank rows are ignored.",
        )
        .place(OPTIONS)
        .pairs()
        .button("_add", "option".to_owned(), "Add options")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, made) in [
            ("T-shirt size", "t-shirt-size"),
            (" Größe! ", "gr-e"),
            ("!", ""),
        ] {
            assert_eq!(slug(name), made);
        }
    }
}
