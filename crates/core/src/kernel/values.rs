//! Values of columns, the same on every database, and the types that fill a column.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// One column's value, the same on every database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL null.
    Null,
    /// A whole number (amounts are minor units).
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// Text, also of closed word lists.
    Text(String),
    /// An id.
    Uuid(Uuid),
    /// An instant, kept to the microsecond.
    Time(Timestamp),
    /// JSON text, kept as written (key order matters to webhook receivers).
    Json(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Cell> From<T> for Value {
    fn from(cell: T) -> Self {
        cell.to_value()
    }
}

/// The kind of value that a column holds, so that a row can be read without guessing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// See [`Value::Int`].
    Int,
    /// See [`Value::Bool`].
    Bool,
    /// See [`Value::Text`].
    Text,
    /// See [`Value::Uuid`].
    Uuid,
    /// See [`Value::Time`].
    Time,
    /// See [`Value::Json`].
    Json,
}

/// A stored value that does not fit its column's type: a damaged or foreign database.
#[derive(Debug, Clone, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct ReadError {
    /// The column's name.
    pub column: String,
    /// The problem.
    pub problem: String,
}

/// A type that fills one column.
pub trait Cell: Sized {
    /// The column's kind.
    const KIND: Kind;
    /// The value as written.
    fn to_value(&self) -> Value;
    /// The value as read; the error says what did not fit.
    fn from_value(value: Value) -> Result<Self, String>;
}

macro_rules! cell {
    ($type:ty, $kind:ident) => {
        impl Cell for $type {
            const KIND: Kind = Kind::$kind;
            fn to_value(&self) -> Value {
                Value::$kind(self.clone())
            }
            fn from_value(value: Value) -> Result<Self, String> {
                match value {
                    Value::$kind(v) => Ok(v),
                    other => Err(format!("expected {:?}, found {other:?}", Kind::$kind)),
                }
            }
        }
    };
}
cell!(i64, Int);
cell!(bool, Bool);
cell!(String, Text);
cell!(Uuid, Uuid);
cell!(Timestamp, Time);

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::to_value)
    }
    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            v => T::from_value(v).map(Some),
        }
    }
}

/// A column that holds a serialisable value as JSON text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Cell for Json<T> {
    const KIND: Kind = Kind::Json;
    fn to_value(&self) -> Value {
        Value::Json(serde_json::to_string(&self.0).expect("records serialise: string keys only"))
    }
    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Json(text) => serde_json::from_str(&text)
                .map(Json)
                .map_err(|e| e.to_string()),
            other => Err(format!("expected Json, found {other:?}")),
        }
    }
}

impl<T> std::ops::Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Makes a closed word list (an enum with `as_str` and `FromStr`) fill a text column.
#[macro_export]
macro_rules! word_cell {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::kernel::values::Cell for $type {
            const KIND: $crate::kernel::values::Kind = $crate::kernel::values::Kind::Text;
            fn to_value(&self) -> $crate::kernel::values::Value {
                $crate::kernel::values::Value::Text(self.as_str().to_owned())
            }
            fn from_value(value: $crate::kernel::values::Value) -> Result<Self, String> {
                match value {
                    $crate::kernel::values::Value::Text(text) => text
                        .parse()
                        .map_err(|_| format!("unknown word {text:?}")),
                    other => Err(format!("expected Text, found {other:?}")),
                }
            }
        }
    )+};
}

/// Reads a row's columns from left to right.
pub trait Columns {
    /// The next column's value, read as `kind`.
    fn next(&mut self, kind: Kind) -> Result<Value, ReadError>;
}
