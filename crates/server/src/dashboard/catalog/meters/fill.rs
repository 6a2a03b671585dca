//! The meter form, and the API's body that it becomes.

use serde_json::{Value, json};
use till_wire::meters::{Aggregation, FilterPart, Meter, MeterUnit, Operand, Operator};

use super::operator_words;
use crate::dashboard::{
    form::{Field, FormData, Group, Kind},
    parts::sentence,
};

/// The clauses' place in the API's body.
const ROWS: &str = "filter.clauses";

/// The ways to count, and their words.
const FUNCTIONS: [(&str, &str); 6] = [
    ("count", "Number of events"),
    ("sum", "Sum of a property"),
    ("max", "Maximum of a property"),
    ("min", "Minimum of a property"),
    ("avg", "Average of a property"),
    ("unique", "Distinct values of a property"),
];

/// The data of an empty form.
pub fn fresh() -> FormData {
    let mut form_data = FormData::default();
    form_data.set("unit", "scalar");
    form_data.set("filter.conjunction", "and");
    form_data.set("aggregation.func", "count");
    clause(&mut form_data, 0);
    form_data.set(&format!("{ROWS}.0.property"), "name");
    form_data
}

fn clause(form_data: &mut FormData, row: usize) {
    form_data.set(&format!("{ROWS}.{row}.property"), "");
    form_data.set(&format!("{ROWS}.{row}.operator"), "eq");
    form_data.set(&format!("{ROWS}.{row}.value"), "");
}

/// True where the filter has brackets, which the form has no fields for.
pub fn is_nested(meter: &Meter) -> bool {
    let nested = |part: &FilterPart| matches!(part, FilterPart::Filter(_));
    meter.filter.clauses.iter().any(nested)
}

/// A meter as its form shows it.
pub fn of_meter(meter: &Meter) -> FormData {
    let mut form_data = FormData::default();
    form_data.set("name", meter.name.clone());
    form_data.set("unit", meter.unit.as_str());
    form_data.set(
        "custom_label",
        meter.custom_label.clone().unwrap_or_default(),
    );
    let multiplier = meter.custom_multiplier.map(|n| n.to_string());
    form_data.set("custom_multiplier", multiplier.unwrap_or_default());
    form_data.set("filter.conjunction", meter.filter.conjunction.as_str());
    for (row, part) in meter.filter.clauses.iter().enumerate() {
        if let FilterPart::Clause(one) = part {
            let value = match &one.value {
                Operand::Flag(flag) => flag.to_string(),
                Operand::Number(number) => number.to_string(),
                Operand::Text(text) => text.clone(),
            };
            form_data.set(&format!("{ROWS}.{row}.property"), one.property.clone());
            form_data.set(&format!("{ROWS}.{row}.operator"), one.operator.as_str());
            form_data.set(&format!("{ROWS}.{row}.value"), value);
        }
    }
    let (function, property) = match &meter.aggregation {
        Aggregation::Count => ("count", ""),
        Aggregation::Sum { property } => ("sum", property.as_str()),
        Aggregation::Max { property } => ("max", property.as_str()),
        Aggregation::Min { property } => ("min", property.as_str()),
        Aggregation::Avg { property } => ("avg", property.as_str()),
        Aggregation::Unique { property } => ("unique", property.as_str()),
    };
    form_data.set("aggregation.func", function);
    form_data.set("aggregation.property", property);
    form_data.set_pairs("_metadata", &meter.metadata);
    form_data
}

/// Adds or takes away a condition if a button asked for that; the page is then shown again. Conditions that
/// were left empty are none.
pub fn rows_changed(form_data: &mut FormData) -> bool {
    let removed = form_data.get("_remove").map(str::to_owned);
    if let Some(row) = &removed {
        form_data.drop(&format!("{ROWS}.{row}"));
    }
    for row in form_data.rows(ROWS) {
        let part = |name: &str| form_data.filled(&format!("{ROWS}.{row}.{name}"));
        if part("property").is_none() && part("value").is_none() {
            form_data.drop(&format!("{ROWS}.{row}"));
        }
    }
    form_data.renumber(ROWS);
    let added = form_data.get("_add").is_some();
    if added {
        clause(form_data, form_data.rows(ROWS).len());
    }
    added || removed.is_some()
}

/// The API's body.
pub fn body(form_data: &FormData, was: Option<&Meter>) -> Value {
    let mut body = form_data.json_of_change(&["name"]);
    let clauses = form_data.rows(ROWS).into_iter().map(|row| {
        let part = |name: &str| form_data.get(&format!("{ROWS}.{row}.{name}")).unwrap_or_default();
        json!({"property": part("property"), "operator": part("operator"), "value": operand(part("value"))})
    });
    body["filter"] = json!({
        "conjunction": form_data.get("filter.conjunction").unwrap_or("and"),
        "clauses": clauses.collect::<Vec<_>>(),
    });
    if was.is_some_and(is_nested)
        && let Some(fields) = body.as_object_mut()
    {
        fields.remove("filter");
    }
    body["metadata"] = Value::Object(form_data.pairs("_metadata"));
    body
}

/// A text that reads as a whole number or a truth value is one.
fn operand(text: &str) -> Value {
    match serde_json::from_str(text.trim()) {
        Ok(Value::Bool(flag)) => Value::Bool(flag),
        Ok(Value::Number(number)) if number.is_i64() => Value::Number(number),
        _ => Value::from(text),
    }
}

/// The form's groups; `was` is the meter that is edited.
pub fn groups(was: Option<&Meter>, form_data: &FormData) -> Vec<Group> {
    let units = MeterUnit::ALL.iter().map(|unit| {
        let words = match unit {
            MeterUnit::Scalar => "Plain numbers".to_owned(),
            other => sentence(other.as_str()),
        };
        (unit.as_str(), words)
    });
    let mut groups = vec![
        Group::new(
            "Meter",
            vec![
                Field::new("name", "Name", Kind::Line("text"))
                    .required()
                    .focus()
                    .hint("Customers see it next to the price."),
                Field::new("unit", "Unit", Kind::choice(units)),
                Field::new("custom_label", "Label of a custom unit", Kind::Line("text")),
                Field::new("custom_multiplier", "Counted units in one of them", Kind::Line("number")),
            ],
        )
        .note("It counts the events that your programs send with POST /v1/events/ingest, those from before included."),
        Group::new(
            "Counting",
            vec![
                Field::new("aggregation.func", "Count the", Kind::choice(FUNCTIONS)),
                Field::new("aggregation.property", "Property", Kind::Line("text"))
                    .hint("A name in the events' metadata, such as tokens or usage.total. Not needed for the number of events."),
            ],
        )
        .row(),
    ];
    if was.is_some_and(is_nested) {
        let words = "This filter has nested conditions and can only be changed through the API; it stays as it is.";
        groups.push(Group::new("Which events count", Vec::new()).note(words));
    } else {
        groups.extend(conditions(form_data));
    }
    groups.push(Group::metadata(form_data));
    groups
}

fn conditions(form_data: &FormData) -> Vec<Group> {
    let ways = [("and", "All conditions"), ("or", "Any of the conditions")];
    let mut groups = vec![
        Group::new(
            "Which events count",
            vec![Field::new(
                "filter.conjunction",
                "Events that meet",
                Kind::choice(ways),
            )],
        )
        .place("filter")
        .note("Without conditions, all events count."),
    ];
    for (place, row) in form_data.rows(ROWS).into_iter().enumerate() {
        let name = |part: &str| format!("{ROWS}.{row}.{part}");
        let operators = Operator::ALL
            .iter()
            .map(|one| (one.as_str(), operator_words(*one)));
        let fields = vec![
            Field::new(name("property"), "Property", Kind::Line("text")).required(),
            Field::new(name("operator"), "Comparison", Kind::choice(operators)),
            Field::new(name("value"), "Value", Kind::Line("text")).required(),
        ];
        let words = format!("Remove condition {}", place + 1);
        groups.push(
            Group::new(format!("Condition {}", place + 1), fields)
                .row()
                .button("_remove", row.to_string(), words),
        );
    }
    groups.push(Group::new("", Vec::new()).button(
        "_add",
        "condition".to_owned(),
        "Add a condition",
    ));
    groups
}
