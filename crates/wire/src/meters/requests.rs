//! Requests that create and change meters.

use serde_json::Value;
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use super::{Aggregation, Clause, Filter, FilterPart, MeterUnit, Operand};
use crate::{
    input::{self, Context, Patch, int_in, tag as named, text_of},
    limits,
    metadata::Metadata,
    request::*,
};

request! {
    /// New meter.
    pub struct MeterCreate {
        /// Name of the meter; buyers see it next to the prices that use it.
        pub name: String = required(trimmed(3, limits::LINE)),
        /// Unit in which the meter counts; `scalar` if left out.
        pub unit: MeterUnit = omittable(word()).or(MeterUnit::Scalar),
        /// Label of a custom unit; required with `custom`.
        pub custom_label: Option<String> = optional(blankable(limits::LINE)),
        /// Number of counted units in one unit shown.
        pub custom_multiplier: Option<i64> = optional(positive(limits::AMOUNT)),
        /// Filter that chooses the events to count; without clauses it chooses all.
        pub filter: Filter = required(read_by(filter, shown::<Filter>)),
        /// Aggregation of the events.
        pub aggregation: Aggregation = required(read_by(aggregation, shown::<Aggregation>)),
        /// Your own key-value data to attach to the meter: up to 50 keys of 1 to 40 characters; values are texts of 1
        /// to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Change to a meter. A field that is left out stays as it is.
    pub struct MeterUpdate: Default {
        /// New name of the meter.
        pub name: Option<String> = optional(trimmed(3, limits::LINE)),
        /// New unit in which the meter counts.
        pub unit: Option<MeterUnit> = optional(word::<MeterUnit>()),
        /// New label of a custom unit; null clears it.
        pub custom_label: Patch<String> = patch(blankable(limits::LINE)),
        /// New number of counted units in one unit shown; null clears it.
        pub custom_multiplier: Patch<i64> = patch(positive(limits::AMOUNT)),
        /// New filter that chooses the events to count.
        pub filter: Option<Filter> = optional(read_by(filter, shown::<Filter>)),
        /// New aggregation of the events.
        pub aggregation: Option<Aggregation> = optional(read_by(aggregation, shown::<Aggregation>)),
        /// True if the meter is archived; a meter that a price or a benefit uses cannot be.
        pub is_archived: Option<bool> = optional(flag()),
        /// Replacement for all of your own key-value data on the meter: up to 50 keys of 1 to 40 characters; values are
        /// texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
    }
}

/// The schema that answers have, too.
fn shown<T: PartialSchema>() -> Schema {
    match T::schema() {
        RefOr::T(schema) => schema,
        RefOr::Ref(_) => Schema::default(),
    }
}

schema_of!(
    Operand,
    described(
        one_of(vec![
            flag().schema(),
            int(limits::INT32_LEAST, limits::INT32).schema(),
            text(0, OPERAND).schema(),
        ]),
        &["Value to compare with: a boolean, a whole number or a text."]
    )
);

/// Text that a clause compares with, in characters.
const OPERAND: usize = 1_000;

/// Depth to which filters may stand in one another, and number of clauses and brackets in all: more than
/// anybody writes, less than hurts.
const DEPTH: usize = 8;
const CLAUSES: usize = 200;

/// Number of each that a filter may still have.
struct Left {
    clauses: usize,
    brackets: usize,
}

/// A filter, read all the way down.
pub fn filter(value: &Value, cx: &mut Context) -> Option<Filter> {
    let mut left = Left {
        clauses: CLAUSES,
        brackets: CLAUSES,
    };
    filter_at(value, cx, DEPTH, &mut left)
}

fn filter_at(value: &Value, cx: &mut Context, depth: usize, left: &mut Left) -> Option<Filter> {
    if depth == 0 {
        return cx.refuse(format!("filters can be nested at most {DEPTH} deep"), value);
    }
    cx.object(value, |f| {
        let conjunction = f.required("conjunction", input::word);
        let clauses = f.required("clauses", |value, cx| {
            let Value::Array(items) = value else {
                return cx.fail("list_type", "Input should be a list", value);
            };
            let mut parts = Vec::new();
            let before = cx.problems.len();
            for (i, item) in items.iter().enumerate() {
                let of_kind = match is_filter(item) {
                    true => &mut left.brackets,
                    false => &mut left.clauses,
                };
                if *of_kind == 0 || i == CLAUSES {
                    return cx.bound(
                        "too_long",
                        format!("A filter should have at most {CLAUSES} clauses"),
                        value,
                        "max_length",
                        CLAUSES,
                    );
                }
                *of_kind -= 1;
                parts.extend(cx.at(i, |cx| part(item, cx, depth, left)));
            }
            (cx.problems.len() == before).then_some(parts)
        });
        Some(Filter {
            conjunction: conjunction?,
            clauses: clauses?,
        })
    })
}

fn is_filter(value: &Value) -> bool {
    ["conjunction", "clauses"]
        .iter()
        .any(|key| value.get(key).is_some())
}

/// A condition, or a filter in brackets: what has one of a filter's keys is meant as one.
fn part(value: &Value, cx: &mut Context, depth: usize, left: &mut Left) -> Option<FilterPart> {
    if is_filter(value) {
        return cx
            .at("Filter", |cx| filter_at(value, cx, depth - 1, left))
            .map(FilterPart::Filter);
    }
    cx.at("FilterClause", |cx| {
        cx.object(value, |f| {
            let property = f.required("property", property);
            let operator = f.required("operator", input::word);
            let operand = f.required("value", operand);
            Some(FilterPart::Clause(Clause {
                property: property?,
                operator: operator?,
                value: operand?,
            }))
        })
    })
}

/// A property of an event; that it lies in the metadata need not be said.
fn property(value: &Value, cx: &mut Context) -> Option<String> {
    let text = text_of(1, limits::LINE, true)(value, cx)?;
    let bare = text.strip_prefix("metadata.").unwrap_or(&text);
    if bare.split('.').any(str::is_empty) {
        return cx.refuse(
            "a property must be a name, or several names separated by dots",
            value,
        );
    }
    Some(bare.to_owned())
}

fn operand(value: &Value, cx: &mut Context) -> Option<Operand> {
    match value {
        Value::Bool(flag) => Some(Operand::Flag(*flag)),
        Value::String(_) => text_of(0, OPERAND, false)(value, cx).map(Operand::Text),
        Value::Number(_) => {
            int_in(limits::INT32_LEAST, limits::INT32)(value, cx).map(Operand::Number)
        }
        _ => cx.fail(
            "string_type",
            "Input should be a text, a whole number or a boolean",
            value,
        ),
    }
}

const FUNCTIONS: [&str; 6] = ["count", "sum", "max", "min", "avg", "unique"];

/// Counting of events; the function is part of the place of any problem.
pub fn aggregation(value: &Value, cx: &mut Context) -> Option<Aggregation> {
    let name = named("func", &FUNCTIONS, value, cx)?;
    if name == "count" {
        return Some(Aggregation::Count);
    }
    let property = cx.at(name, |cx| {
        cx.object(value, |f| f.required("property", property))
    })?;
    Some(match name {
        "sum" => Aggregation::Sum { property },
        "max" => Aggregation::Max { property },
        "min" => Aggregation::Min { property },
        "avg" => Aggregation::Avg { property },
        _ => Aggregation::Unique { property },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(value: &Value) -> Vec<String> {
        let mut cx = Context::new("body");
        let read = filter(value, &mut cx);
        assert_eq!(read.is_none(), !cx.problems.is_empty());
        let place = |p: &crate::input::Problem| serde_json::to_string(&p.loc).unwrap();
        cx.problems.iter().map(place).collect()
    }

    #[test]
    fn filters_are_read_all_the_way_down() {
        let good = json!({"conjunction": "and", "clauses": [
            {"property": "metadata.a.b", "operator": "like", "value": "x"},
            {"conjunction": "or", "clauses": [{"property": "name", "operator": "eq", "value": 5}]}]});
        let mut cx = Context::new("body");
        let read = filter(&good, &mut cx).unwrap();
        let FilterPart::Clause(first) = &read.clauses[0] else {
            panic!("{read:?}");
        };
        assert_eq!(first.property, "a.b", "where it lies is not said");
        assert_eq!(
            serde_json::from_value::<Filter>(serde_json::to_value(&read).unwrap()).unwrap(),
            read
        );
        let bad = json!({"conjunction": "and", "clauses": [
            {"conjunction": "or", "clauses": [{"property": "a..b", "operator": "is", "value": 5.5}]}, 5]});
        assert_eq!(
            places(&bad),
            [
                r#"["body","clauses",0,"Filter","clauses",0,"FilterClause","property"]"#,
                r#"["body","clauses",0,"Filter","clauses",0,"FilterClause","operator"]"#,
                r#"["body","clauses",0,"Filter","clauses",0,"FilterClause","value"]"#,
                r#"["body","clauses",1,"FilterClause"]"#,
            ]
        );
    }

    #[test]
    fn filters_are_not_endless() {
        let mut deep = json!({"conjunction": "and", "clauses": []});
        for _ in 0..DEPTH {
            deep = json!({"conjunction": "and", "clauses": [deep]});
        }
        assert_eq!(places(&deep).len(), 1);
        let clause = json!({"property": "a", "operator": "eq", "value": true});
        let many = |n| json!({"conjunction": "and", "clauses": vec![clause.clone(); n]});
        assert_eq!(places(&many(CLAUSES)), Vec::<String>::new());
        assert_eq!(places(&many(CLAUSES + 1)).len(), 1);
    }
}
