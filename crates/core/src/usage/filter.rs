//! The filter of a meter, judged for one event (docs/behaviour: meters/comparing).

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Number, Value};
use till_wire::{
    decimal::Decimal,
    metadata::Metadata,
    meters::{Conjunction, Filter, FilterPart, Operand, Operator},
    usage::EventSource,
};

use super::events::property;
use crate::kernel::records::{StreamEvent, SystemEvent, UsageEvent};

/// Path of the cost of an event, which is kept as text and counts as a number.
const COST: &str = "_cost.amount";

/// Value of an event's property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Datum<'a> {
    /// Text.
    Text(&'a str),
    /// A number, as JSON writes it.
    Number(&'a Number),
    /// Seconds since 1970.
    Seconds(i64),
    /// An amount of money in cents.
    Cost(&'a str),
    /// True or false.
    Flag(bool),
}

impl Datum<'_> {
    /// The number, where it is one that can be added up.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Decimal::parse(&number.to_string()),
            Self::Seconds(seconds) => Some(Decimal::from(*seconds)),
            Self::Cost(text) => Decimal::parse(text),
            Self::Text(_) | Self::Flag(_) => None,
        }
    }

    /// The value as text, by which values are told apart.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Cost(text) => (*text).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    fn double(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            Self::Seconds(seconds) => Some(*seconds as f64),
            Self::Cost(text) => text.parse().ok(),
            Self::Text(_) | Self::Flag(_) => None,
        }
    }
}

/// An event whose properties are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Judged<'e> {
    /// An event of usage.
    User(&'e UsageEvent),
    /// An event of Till.
    System(&'e SystemEvent),
}

impl<'e> From<&'e StreamEvent> for Judged<'e> {
    fn from(event: &'e StreamEvent) -> Self {
        match event {
            StreamEvent::User(event) => Self::User(event),
            StreamEvent::System(event) => Self::System(event),
        }
    }
}

impl<'e> Judged<'e> {
    /// The name.
    pub fn name(self) -> &'e str {
        self.parts().0
    }

    /// The key-value data.
    pub fn metadata(self) -> &'e Metadata {
        self.parts().3
    }

    fn parts(self) -> (&'e str, EventSource, Timestamp, &'e Metadata) {
        match self {
            Self::User(row) => (&row.name, EventSource::User, row.timestamp, &row.metadata.0),
            Self::System(row) => (
                &row.name,
                EventSource::System,
                row.timestamp,
                &row.metadata.0,
            ),
        }
    }
}

/// The property of an event at a path; none where there is none, or where it is no single value.
pub fn datum<'e>(event: &'e UsageEvent, path: &str) -> Option<Datum<'e>> {
    datum_of(Judged::User(event), path)
}

fn datum_of<'e>(event: Judged<'e>, path: &str) -> Option<Datum<'e>> {
    let (name, source, timestamp, metadata) = event.parts();
    match path {
        "name" => Some(Datum::Text(name)),
        "source" => Some(Datum::Text(source.as_str())),
        "timestamp" => Some(Datum::Seconds(timestamp.as_second())),
        path => match property(metadata, path)? {
            Value::String(text) if path == COST => Some(Datum::Cost(text)),
            Value::String(text) => Some(Datum::Text(text)),
            Value::Number(number) => Some(Datum::Number(number)),
            Value::Bool(flag) => Some(Datum::Flag(*flag)),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        },
    }
}

/// True where the comparison holds. Text is compared with the operand's text; otherwise the types must be the same.
fn holds(datum: Datum<'_>, operator: Operator, operand: &Operand) -> bool {
    let order = match (datum, operand) {
        (Datum::Text(text), operand) => return text_holds(text, operator, operand),
        (Datum::Flag(flag), Operand::Flag(with)) => Some(flag.cmp(with)),
        (datum, Operand::Number(with)) => datum
            .double()
            .and_then(|number| number.partial_cmp(&(*with as f64))),
        _ => None,
    };
    order.is_some_and(|order| ordered(order, operator))
}

fn text_holds(text: &str, operator: Operator, operand: &Operand) -> bool {
    let number;
    let with = match operand {
        Operand::Text(with) => with.as_str(),
        Operand::Flag(true) => "true",
        Operand::Flag(false) => "false",
        Operand::Number(with) => {
            number = with.to_string();
            number.as_str()
        }
    };
    match operator {
        Operator::Like => text.contains(with),
        Operator::NotLike => !text.contains(with),
        operator => ordered(text.cmp(with), operator),
    }
}

/// True where the order is one that the operator asks for; parts of texts have no order.
fn ordered(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Gte => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Lte => order.is_le(),
        Operator::Like | Operator::NotLike => false,
    }
}

/// One step of judging: each leaves one truth value.
#[derive(Debug, Clone)]
enum Step<'f> {
    Test(&'f str, Operator, &'f Operand),
    /// Takes as many values and is true where all are.
    All(usize),
    /// Takes as many values and is true where one is, or where there is none.
    Any(usize),
}

/// A filter as steps in order, so that judging an event needs no recursion.
#[derive(Debug, Clone)]
pub struct Matcher<'f>(Vec<Step<'f>>);

impl<'f> Matcher<'f> {
    /// The steps of a filter.
    pub fn new(filter: &'f Filter) -> Self {
        let mut steps = Vec::new();
        // Filters that are being written down, each with its next part.
        let mut open = vec![(filter, 0)];
        while let Some((filter, next)) = open.last_mut() {
            match filter.clauses.get(*next) {
                Some(part) => {
                    *next += 1;
                    match part {
                        FilterPart::Clause(c) => {
                            steps.push(Step::Test(&c.property, c.operator, &c.value));
                        }
                        FilterPart::Filter(inner) => open.push((inner, 0)),
                    }
                }
                None => {
                    let count = filter.clauses.len();
                    steps.push(match filter.conjunction {
                        Conjunction::And => Step::All(count),
                        Conjunction::Or => Step::Any(count),
                    });
                    open.pop();
                }
            }
        }
        Self(steps)
    }

    /// True where the filter chooses the event.
    pub fn matches(&self, event: &UsageEvent) -> bool {
        self.chooses(Judged::User(event))
    }

    /// True where the filter chooses an event of either kind.
    pub fn chooses(&self, event: Judged<'_>) -> bool {
        let mut values: Vec<bool> = Vec::new();
        for step in &self.0 {
            let value = match step {
                Step::Test(path, operator, operand) => {
                    datum_of(event, path).is_some_and(|datum| holds(datum, *operator, operand))
                }
                Step::All(count) => {
                    let from = values.len() - count;
                    values.drain(from..).all(|value| value)
                }
                Step::Any(count) => {
                    let from = values.len() - count;
                    *count == 0 || values.drain(from..).any(|value| value)
                }
            };
            values.push(value);
        }
        values.pop().unwrap_or(true)
    }
}

/// The one name that all events have which a filter chooses; none where it is not that simple.
pub fn only_name(filter: &Filter) -> Option<&str> {
    let is_sure = filter.conjunction == Conjunction::And || filter.clauses.len() == 1;
    if !is_sure {
        return None;
    }
    filter.clauses.iter().find_map(|part| match part {
        FilterPart::Clause(c) if c.property == "name" && c.operator == Operator::Eq => {
            match &c.value {
                Operand::Text(name) => Some(name.as_str()),
                Operand::Flag(_) | Operand::Number(_) => None,
            }
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::{Map, json};
    use till_wire::{metadata::Metadata, meters::Clause};
    use uuid::Uuid;

    use super::*;
    use crate::kernel::values::Json;

    fn event(name: &str, metadata: Value) -> UsageEvent {
        UsageEvent {
            id: Uuid::nil(),
            created_at: Timestamp::UNIX_EPOCH,
            organization_id: Uuid::nil(),
            timestamp: Timestamp::from_second(1_000).unwrap(),
            name: name.to_owned(),
            customer_id: None,
            external_customer_id: None,
            member_id: None,
            external_member_id: None,
            external_id: None,
            parent_id: None,
            parent_key: None,
            metadata: Json(Metadata(metadata.as_object().cloned().unwrap_or_default())),
        }
    }

    fn judged(clause: Value, metadata: Value) -> bool {
        let filter = json!({"conjunction": "and", "clauses": [clause]});
        let filter: Filter = serde_json::from_value(filter).unwrap();
        Matcher::new(&filter).matches(&event("llm", metadata))
    }

    #[test]
    fn a_clause_compares_by_the_type_of_the_property() {
        let data = json!({"n": 5, "f": 5.5, "t": "abc", "digits": "5", "yes": true, "truth": "true",
            "_cost": {"amount": "0.3", "currency": "usd"}, "_llm": {"input_tokens": 7}, "a.b": 1});
        for (property, operator, value, outcome) in [
            ("n", "eq", json!(5), true),
            ("n", "gte", json!(5), true),
            ("n", "lt", json!(5), false),
            ("f", "gt", json!(5), true),
            ("n", "eq", json!("5"), false),
            ("n", "ne", json!("5"), false),
            ("n", "like", json!("5"), false),
            ("n", "eq", json!(true), false),
            ("t", "eq", json!("abc"), true),
            ("t", "ne", json!("x"), true),
            ("t", "gt", json!("abb"), true),
            ("t", "like", json!("bc"), true),
            ("t", "like", json!("BC"), false),
            ("t", "like", json!("a%"), false),
            ("t", "not_like", json!("x"), true),
            ("digits", "eq", json!(5), true),
            ("digits", "like", json!(5), true),
            ("truth", "eq", json!(true), true),
            ("yes", "eq", json!(true), true),
            ("yes", "ne", json!(false), true),
            ("yes", "eq", json!("true"), false),
            ("none", "ne", json!("x"), false),
            ("none", "not_like", json!("x"), false),
            ("_llm", "ne", json!("x"), false),
            ("_llm.input_tokens", "eq", json!(7), true),
            ("_cost.amount", "lt", json!(1), true),
            ("a.b", "eq", json!(1), true),
            ("metadata.n", "eq", json!(5), true),
            ("name", "eq", json!("llm"), true),
            ("source", "eq", json!("user"), true),
            ("timestamp", "gte", json!(1_000), true),
            ("timestamp", "eq", json!("1000"), false),
        ] {
            let clause = json!({"property": property, "operator": operator, "value": value});
            assert_eq!(judged(clause.clone(), data.clone()), outcome, "{clause}");
        }
    }

    #[test]
    fn a_filter_without_clauses_chooses_everything() {
        for conjunction in ["and", "or"] {
            let empty = json!({"conjunction": conjunction, "clauses": []});
            assert!(judged(empty, json!({})));
        }
    }

    #[test]
    fn the_name_that_a_filter_asks_for_is_known() {
        let name = json!({"property": "name", "operator": "eq", "value": "llm"});
        let other = json!({"property": "n", "operator": "gt", "value": 1});
        for (filter, found) in [
            (
                json!({"conjunction": "and", "clauses": [other, name]}),
                Some("llm"),
            ),
            (json!({"conjunction": "or", "clauses": [name]}), Some("llm")),
            (json!({"conjunction": "or", "clauses": [name, other]}), None),
            (json!({"conjunction": "and", "clauses": []}), None),
        ] {
            let filter: Filter = serde_json::from_value(filter).unwrap();
            assert_eq!(only_name(&filter), found);
        }
    }

    /// The rules written down once more, by recursion over the filter.
    fn oracle(filter: &Filter, name: &str, data: &Map<String, Value>) -> bool {
        let part = |part: &FilterPart| match part {
            FilterPart::Filter(inner) => oracle(inner, name, data),
            FilterPart::Clause(c) => {
                let value = match c.property.as_str() {
                    "name" => Some(Value::from(name)),
                    key => data.get(key).cloned(),
                };
                let operand = serde_json::to_value(&c.value).unwrap();
                let compared = match (value, operand) {
                    (Some(Value::String(text)), operand) => {
                        let with = operand.as_str().map_or(operand.to_string(), str::to_owned);
                        match c.operator {
                            Operator::Like => return text.contains(&with),
                            Operator::NotLike => return !text.contains(&with),
                            _ => text.partial_cmp(&with),
                        }
                    }
                    (Some(Value::Number(n)), Value::Number(with)) => {
                        n.as_f64().partial_cmp(&with.as_f64())
                    }
                    (Some(Value::Bool(flag)), Value::Bool(with)) => flag.partial_cmp(&with),
                    _ => None,
                };
                match (compared, c.operator) {
                    (None, _) | (_, Operator::Like | Operator::NotLike) => false,
                    (Some(order), Operator::Eq) => order == Ordering::Equal,
                    (Some(order), Operator::Ne) => order != Ordering::Equal,
                    (Some(order), Operator::Gt) => order == Ordering::Greater,
                    (Some(order), Operator::Gte) => order != Ordering::Less,
                    (Some(order), Operator::Lt) => order == Ordering::Less,
                    (Some(order), Operator::Lte) => order != Ordering::Greater,
                }
            }
        };
        match (filter.clauses.is_empty(), filter.conjunction) {
            (true, _) => true,
            (false, Conjunction::And) => filter.clauses.iter().all(part),
            (false, Conjunction::Or) => filter.clauses.iter().any(part),
        }
    }

    fn scalar() -> impl Strategy<Value = Value> {
        prop_oneof![
            (-3..4i64).prop_map(Value::from),
            (-3..4i64).prop_map(|n| json!(n as f64 / 2.0)),
            any::<bool>().prop_map(Value::from),
            prop::sample::select(vec!["", "1", "true", "ab", "abc"]).prop_map(Value::from),
        ]
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let operand = prop_oneof![
            (-3..4i64).prop_map(Operand::Number),
            any::<bool>().prop_map(Operand::Flag),
            prop::sample::select(vec!["", "1", "b", "abc"]).prop_map(|t| Operand::Text(t.into())),
        ];
        let property = prop::sample::select(vec!["name", "a", "b", "c"]);
        let operator = prop::sample::select(Operator::ALL.to_vec());
        let clause = (property, operator, operand).prop_map(|(property, operator, value)| {
            FilterPart::Clause(Clause {
                property: property.into(),
                operator,
                value,
            })
        });
        let part = clause.prop_recursive(4, 24, 4, |part| {
            (any::<bool>(), prop::collection::vec(part, 0..4)).prop_map(|(and, clauses)| {
                let conjunction = if and {
                    Conjunction::And
                } else {
                    Conjunction::Or
                };
                FilterPart::Filter(Filter {
                    conjunction,
                    clauses,
                })
            })
        });
        (any::<bool>(), prop::collection::vec(part, 0..4)).prop_map(|(and, clauses)| Filter {
            conjunction: if and {
                Conjunction::And
            } else {
                Conjunction::Or
            },
            clauses,
        })
    }

    proptest! {
        #[test]
        fn filters_choose_what_the_rules_say(
            filter in filters(),
            data in prop::collection::btree_map(prop::sample::select(vec!["a", "b"]), scalar(), 0..3),
            name in prop::sample::select(vec!["", "ab", "1"]),
        ) {
            let data: Map<String, Value> = data.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            let event = event(name, Value::Object(data.clone()));
            prop_assert_eq!(Matcher::new(&filter).matches(&event), oracle(&filter, name, &data));
        }
    }
}
