//! Meters: what counts usage.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    input::{
        Context, Fields, Patch, blank_text, boolean, id, int_in, positive, tag, text_of, word,
    },
    limits,
    metadata::{Metadata, metadata},
};

crate::words! {
    /// What a meter counts in.
    pub enum MeterUnit {
        /// Plain numbers.
        Scalar = "scalar",
        /// Tokens of a language model.
        Token = "token",
        /// A unit with the merchant's own label.
        Custom = "custom",
    }
}

crate::words! {
    /// How the clauses of a filter go together.
    pub enum Conjunction {
        /// All are true.
        And = "and",
        /// One is true.
        Or = "or",
    }
}

crate::words! {
    /// How a clause compares.
    pub enum Operator {
        /// Equal.
        Eq = "eq",
        /// Not equal.
        Ne = "ne",
        /// Greater.
        Gt = "gt",
        /// Greater or equal.
        Gte = "gte",
        /// Less.
        Lt = "lt",
        /// Less or equal.
        Lte = "lte",
        /// Contains, in this case.
        Like = "like",
        /// Does not contain.
        NotLike = "not_like",
    }
}

/// What a clause compares with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// True or false.
    Flag(bool),
    /// A whole number of 32 bits.
    Number(i64),
    /// At most 1,000 characters.
    Text(String),
}

/// One condition on an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clause {
    /// `name`, `source`, `timestamp` (unix seconds), or a path into the metadata, with dots.
    #[schema(min_length = 1, max_length = 2048)]
    pub property: String,
    /// How it compares.
    pub operator: Operator,
    /// With what.
    pub value: Operand,
}

/// A part of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FilterPart {
    /// A condition.
    Clause(Clause),
    /// Conditions in brackets.
    #[schema(no_recursion)]
    Filter(Filter),
}

/// Which events a meter counts; no clauses: all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filter {
    /// How the clauses go together.
    pub conjunction: Conjunction,
    /// The clauses; those of filters in brackets count too.
    #[schema(max_items = 200)]
    pub clauses: Vec<FilterPart>,
}

/// How the events are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "func", rename_all = "snake_case")]
pub enum Aggregation {
    /// How many there are.
    Count,
    /// The sum of a property.
    Sum {
        /// The property.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// The greatest value of a property.
    Max {
        /// The property.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// The least value of a property.
    Min {
        /// The property.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// The mean of a property.
    Avg {
        /// The property.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// How many different values a property has.
    Unique {
        /// The property.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
}

/// A meter.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Meter {
    /// Id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Name.
    pub name: String,
    /// What it counts in.
    pub unit: MeterUnit,
    /// What a custom unit is called.
    pub custom_label: Option<String>,
    /// How many units a shown one is.
    pub custom_multiplier: Option<i64>,
    /// Which events it counts.
    pub filter: Filter,
    /// How it counts them.
    pub aggregation: Aggregation,
    /// Its organization.
    pub organization_id: Uuid,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Free data.
    pub metadata: Metadata,
}

/// A new meter.
#[derive(Debug, Clone, PartialEq)]
pub struct MeterCreate {
    /// Name, at least 3 characters.
    pub name: String,
    /// What it counts in.
    pub unit: MeterUnit,
    /// What a custom unit is called.
    pub custom_label: Option<String>,
    /// How many units a shown one is.
    pub custom_multiplier: Option<i64>,
    /// Which events it counts.
    pub filter: Filter,
    /// How it counts them.
    pub aggregation: Aggregation,
    /// Free data.
    pub metadata: Metadata,
    /// Only for callers that are not an organization's token.
    pub organization_id: Option<Uuid>,
}

/// A change to a meter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MeterUpdate {
    /// New name.
    pub name: Option<String>,
    /// New unit.
    pub unit: Option<MeterUnit>,
    /// New label.
    pub custom_label: Patch<String>,
    /// New multiplier.
    pub custom_multiplier: Patch<i64>,
    /// Other events.
    pub filter: Option<Filter>,
    /// Another way to count.
    pub aggregation: Option<Aggregation>,
    /// Archive or unarchive.
    pub is_archived: Option<bool>,
    /// Replaces the free data.
    pub metadata: Option<Metadata>,
}

/// Text that a clause compares with, in characters.
pub(crate) const OPERAND: usize = 1_000;

/// How deep filters may stand in one another, and how many clauses and brackets they may have in all: more than
/// anybody writes, less than hurts.
const DEPTH: usize = 8;
const CLAUSES: usize = 200;

/// How many more of each a filter may have.
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
        return cx.refuse(
            format!("filters may stand at most {DEPTH} deep in one another"),
            value,
        );
    }
    cx.object(value, |f| {
        let conjunction = f.required("conjunction", word);
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
            let operator = f.required("operator", word);
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
            "a property is a name, or names with dots between them",
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
            "Input should be text, a whole number or a truth value",
            value,
        ),
    }
}

const FUNCTIONS: [&str; 6] = ["count", "sum", "max", "min", "avg", "unique"];

/// How events are counted; the function is part of the place of any problem.
pub fn aggregation(value: &Value, cx: &mut Context) -> Option<Aggregation> {
    let name = tag("func", &FUNCTIONS, value, cx)?;
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

impl MeterCreate {
    /// Reads the body of a POST.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let name = f.required("name", text_of(3, limits::LINE, true));
        let unit = f.omittable("unit", word);
        let custom_label = f
            .blankable("custom_label", blank_text(limits::LINE))
            .value();
        let custom_multiplier = f.optional("custom_multiplier", positive(limits::AMOUNT));
        let filter = f.required("filter", filter);
        let aggregation = f.required("aggregation", aggregation);
        let meta = f.omittable("metadata", metadata);
        let organization_id = f.optional("organization_id", id);
        Some(Self {
            name: name?,
            unit: unit.unwrap_or(MeterUnit::Scalar),
            custom_label,
            custom_multiplier,
            filter: filter?,
            aggregation: aggregation?,
            metadata: meta.unwrap_or_default(),
            organization_id,
        })
    }
}

impl MeterUpdate {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        Some(Self {
            name: f.optional("name", text_of(3, limits::LINE, true)),
            unit: f.optional("unit", word),
            custom_label: f.blankable("custom_label", blank_text(limits::LINE)),
            custom_multiplier: f.patch("custom_multiplier", positive(limits::AMOUNT)),
            filter: f.optional("filter", filter),
            aggregation: f.optional("aggregation", aggregation),
            is_archived: f.optional("is_archived", boolean),
            metadata: f.omittable("metadata", metadata),
        })
    }
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
