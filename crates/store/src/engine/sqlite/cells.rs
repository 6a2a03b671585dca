//! Values in SQLite: uuid as 16 bytes, time as microseconds, JSON as text.

use jiff::Timestamp;
use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::{Row, Statement};
use till_core::kernel::values::{Columns, Kind, ReadError, Value};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::storable;

/// Binds each parameter by the number in its name: `$2` may come before `$1`, or twice.
pub(super) fn bind(statement: &mut Statement<'_>, sql: &str, binds: &[Value]) -> Result<()> {
    for place in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(place)
            .and_then(|name| name.get(1..)?.parse::<usize>().ok())
            .unwrap_or(place);
        let value = number
            .checked_sub(1)
            .and_then(|i| binds.get(i))
            .ok_or_else(|| StoreError::sql(sql, format!("no value for ${number}")))?;
        bind_one(statement, sql, place, value)?;
    }
    Ok(())
}

/// [`bind`] where the parameters are `$1`, `$2` and so on, in this order: SQLite looks for a name among all of them.
pub(super) fn bind_in_order(
    statement: &mut Statement<'_>,
    sql: &str,
    binds: &[Value],
) -> Result<()> {
    if statement.parameter_count() != binds.len() {
        return Err(StoreError::sql(sql, "a value for each parameter is needed"));
    }
    for (i, value) in binds.iter().enumerate() {
        bind_one(statement, sql, i + 1, value)?;
    }
    Ok(())
}

fn bind_one(statement: &mut Statement<'_>, sql: &str, place: usize, value: &Value) -> Result<()> {
    storable(value)?;
    let bound = match value {
        Value::Null => statement.raw_bind_parameter(place, Null),
        Value::Int(n) => statement.raw_bind_parameter(place, n),
        Value::Bool(b) => statement.raw_bind_parameter(place, b),
        Value::Text(text) | Value::Json(text) => statement.raw_bind_parameter(place, text.as_str()),
        Value::Uuid(id) => {
            let bytes = ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes()));
            statement.raw_bind_parameter(place, bytes)
        }
        Value::Time(at) => statement.raw_bind_parameter(place, at.as_microsecond()),
    };
    bound.map_err(|e| failed(sql, &e))
}

pub(super) fn failed(sql: &str, e: &rusqlite::Error) -> StoreError {
    StoreError::sql(sql, e)
}

/// A row's columns from left to right.
pub(super) struct Cells<'a, 'r> {
    pub(super) row: &'a Row<'r>,
    pub(super) next: usize,
}

impl Columns for Cells<'_, '_> {
    fn next(&mut self, kind: Kind) -> Result<Value, ReadError> {
        let wrong = |problem: String| ReadError {
            column: self
                .row
                .as_ref()
                .column_name(self.next)
                .unwrap_or("(missing)")
                .to_owned(),
            problem,
        };
        let raw = self
            .row
            .get_ref(self.next)
            .map_err(|e| wrong(e.to_string()))?;
        let text = |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec()).map_err(|_| wrong("text is not UTF-8".to_owned()))
        };
        let value = match (kind, raw) {
            (_, ValueRef::Null) => Value::Null,
            (Kind::Int, ValueRef::Integer(n)) => Value::Int(n),
            (Kind::Bool, ValueRef::Integer(n @ 0..=1)) => Value::Bool(n == 1),
            (Kind::Text, ValueRef::Text(bytes)) => Value::Text(text(bytes)?),
            (Kind::Json, ValueRef::Text(bytes)) => Value::Json(text(bytes)?),
            (Kind::Uuid, ValueRef::Blob(bytes)) => {
                Value::Uuid(Uuid::from_slice(bytes).map_err(|e| wrong(e.to_string()))?)
            }
            (Kind::Time, ValueRef::Integer(n)) => {
                Value::Time(Timestamp::from_microsecond(n).map_err(|e| wrong(e.to_string()))?)
            }
            (kind, raw) => {
                let problem = format!("expected {kind:?}, found {}", raw.data_type());
                return Err(wrong(problem));
            }
        };
        self.next += 1;
        Ok(value)
    }
}
