//! Meters: what counts usage.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::metadata::Metadata;

mod requests;

pub use requests::{MeterCreate, MeterUpdate, aggregation, filter};

crate::words! {
    /// Unit in which a meter counts.
    pub enum MeterUnit {
        /// Plain numbers.
        Scalar = "scalar",
        /// Tokens of a language model.
        Token = "token",
        /// A unit with a label of your own.
        Custom = "custom",
    }
}

crate::words! {
    /// Ways to combine the clauses of a filter.
    pub enum Conjunction {
        /// All clauses must be true.
        And = "and",
        /// One clause must be true.
        Or = "or",
    }
}

crate::words! {
    /// Comparison of a filter clause.
    pub enum Operator {
        /// Equal.
        Eq = "eq",
        /// Not equal.
        Ne = "ne",
        /// Greater than.
        Gt = "gt",
        /// Greater than or equal.
        Gte = "gte",
        /// Less than.
        Lt = "lt",
        /// Less than or equal.
        Lte = "lte",
        /// Contains the text.
        Like = "like",
        /// Does not contain the text.
        NotLike = "not_like",
    }
}

/// Value that a clause compares with.
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

/// Condition on one property of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clause {
    /// Property of the event: `name`, `source`, `timestamp` (as Unix seconds), or a path into its metadata, with dots.
    #[schema(min_length = 1, max_length = 2048)]
    pub property: String,
    /// Comparison of the property with the value.
    pub operator: Operator,
    /// Value to compare with the property.
    pub value: Operand,
}

/// Part of a filter: a condition, or another filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FilterPart {
    /// A condition.
    Clause(Clause),
    /// Conditions in brackets.
    #[schema(no_recursion)]
    Filter(Filter),
}

/// Filter that chooses the events that a meter counts; without clauses it chooses all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filter {
    /// Way in which the clauses are combined.
    pub conjunction: Conjunction,
    /// Conditions and nested filters; at most 200 in all.
    #[schema(max_items = 200)]
    pub clauses: Vec<FilterPart>,
}

/// Aggregation: how a meter turns events into a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "func", rename_all = "snake_case")]
pub enum Aggregation {
    /// Number of events.
    Count,
    /// Sum of a property.
    Sum {
        /// Path of the property to add up, with dots.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// Largest value of a property.
    Max {
        /// Path of the property whose largest value is taken, with dots.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// Smallest value of a property.
    Min {
        /// Path of the property whose smallest value is taken, with dots.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// Average of a property.
    Avg {
        /// Path of the property to average, with dots.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
    /// Number of different values of a property.
    Unique {
        /// Path of the property whose different values are counted, with dots.
        #[schema(min_length = 1, max_length = 2048)]
        property: String,
    },
}

/// Meter: counts usage events, so that prices can be charged by usage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Meter {
    /// ID of the meter.
    pub id: Uuid,
    /// Time at which the meter was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the meter, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the meter; buyers see it next to the prices that use it.
    pub name: String,
    /// Unit in which the meter counts.
    pub unit: MeterUnit,
    /// Label of a custom unit; null for the other units.
    pub custom_label: Option<String>,
    /// Number of counted units in one unit shown; null if they are the same.
    pub custom_multiplier: Option<i64>,
    /// Filter that chooses the events to count.
    pub filter: Filter,
    /// Aggregation of the events.
    pub aggregation: Aggregation,
    /// ID of the organization that the meter belongs to.
    pub organization_id: Uuid,
    /// Time at which the meter was archived; null if it is in use.
    pub archived_at: Option<Timestamp>,
    /// Your own key-value data on the meter: up to 50 keys.
    pub metadata: Metadata,
}
