//! Meters: what counts usage.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::metadata::Metadata;

mod requests;

pub use requests::{MeterCreate, MeterUpdate, aggregation, filter};

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
