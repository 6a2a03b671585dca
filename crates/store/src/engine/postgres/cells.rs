//! Values in PostgreSQL's binary form, so that one [`Value`] fits whatever type a statement infers.

use bytes::BytesMut;
use jiff::Timestamp;
use till_core::kernel::values::{Columns, Kind, ReadError, Value};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::storable;

type Problem = Box<dyn std::error::Error + Sync + Send>;

/// PostgreSQL counts microseconds from the year 2000.
const EPOCH: i64 = 946_684_800_000_000;

/// A bound value.
#[derive(Debug)]
pub(super) struct Param<'a>(pub(super) &'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Problem> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Int(n) if *ty == Type::INT4 => {
                out.extend_from_slice(&i32::try_from(*n)?.to_be_bytes());
            }
            Value::Int(n) if *ty == Type::INT2 => {
                out.extend_from_slice(&i16::try_from(*n)?.to_be_bytes());
            }
            Value::Int(n) => out.extend_from_slice(&n.to_be_bytes()),
            Value::Bool(b) => out.extend_from_slice(&[u8::from(*b)]),
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            Value::Uuid(id) => out.extend_from_slice(id.as_bytes()),
            Value::Time(at) => {
                out.extend_from_slice(&(at.as_microsecond() - EPOCH).to_be_bytes());
            }
            Value::Json(text) => {
                if *ty == Type::JSONB {
                    out.extend_from_slice(&[1]);
                }
                out.extend_from_slice(text.as_bytes());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Refuses what [`Param`] could not encode before anything is sent: within a pipeline, a statement that
/// fails on this side would be left out while its neighbours are committed.
pub(super) fn check(statement: &Statement, sql: &str, binds: &[&Value]) -> Result<()> {
    let wrong = |problem: String| StoreError::sql(sql, problem);
    let types = statement.params();
    if types.len() != binds.len() {
        let problem = format!("{} values for {} places", binds.len(), types.len());
        return Err(wrong(problem));
    }
    for (i, (value, ty)) in binds.iter().zip(types).enumerate() {
        storable(value)?;
        let fits = match value {
            Value::Null => true,
            Value::Int(n) => match *ty {
                Type::INT8 => true,
                Type::INT4 => i32::try_from(*n).is_ok(),
                Type::INT2 => i16::try_from(*n).is_ok(),
                _ => false,
            },
            Value::Bool(_) => *ty == Type::BOOL,
            Value::Text(_) => is_text(ty),
            Value::Uuid(_) => *ty == Type::UUID,
            Value::Time(_) => *ty == Type::TIMESTAMPTZ,
            Value::Json(_) => matches!(*ty, Type::JSON | Type::JSONB) || is_text(ty),
        };
        if !fits {
            return Err(wrong(format!("${} is {ty}, not {value:?}", i + 1)));
        }
    }
    Ok(())
}

fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
    )
}

/// A column's bytes, or null.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Problem> {
        Ok(Self(Some(raw)))
    }
    fn from_sql_null(_: &Type) -> Result<Self, Problem> {
        Ok(Self(None))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A row's columns from left to right.
pub(super) struct Cells<'a> {
    pub(super) row: &'a Row,
    pub(super) next: usize,
}

impl Columns for Cells<'_> {
    fn next(&mut self, kind: Kind) -> Result<Value, ReadError> {
        let Some(column) = self.row.columns().get(self.next) else {
            return Err(ReadError {
                column: "(missing)".to_owned(),
                problem: format!("the row has {} columns", self.next),
            });
        };
        let wrong = |problem: String| ReadError {
            column: column.name().to_owned(),
            problem,
        };
        let raw: Raw<'_> = self
            .row
            .try_get(self.next)
            .map_err(|e| wrong(e.to_string()))?;
        let value = match raw.0 {
            None => Value::Null,
            Some(bytes) => decode(kind, column.type_(), bytes).map_err(wrong)?,
        };
        self.next += 1;
        Ok(value)
    }
}

fn decode(kind: Kind, ty: &Type, bytes: &[u8]) -> Result<Value, String> {
    let short = |_| "wrong length".to_owned();
    let text = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec()).map_err(|_| "text is not UTF-8".to_owned())
    };
    Ok(match (kind, ty) {
        (Kind::Int, &Type::INT8) => {
            Value::Int(i64::from_be_bytes(bytes.try_into().map_err(short)?))
        }
        (Kind::Int, &Type::INT4) => Value::Int(i64::from(i32::from_be_bytes(
            bytes.try_into().map_err(short)?,
        ))),
        (Kind::Int, &Type::INT2) => Value::Int(i64::from(i16::from_be_bytes(
            bytes.try_into().map_err(short)?,
        ))),
        (Kind::Int, &Type::NUMERIC) => {
            return Err("a sum is numeric here: cast it as bigint".to_owned());
        }
        (Kind::Bool, &Type::BOOL) => Value::Bool(bytes.first() == Some(&1)),
        (Kind::Text, ty) if is_text(ty) => Value::Text(text(bytes)?),
        (Kind::Json, &Type::JSON) => Value::Json(text(bytes)?),
        (Kind::Json, &Type::JSONB) => Value::Json(text(bytes.get(1..).unwrap_or_default())?),
        (Kind::Uuid, &Type::UUID) => {
            Value::Uuid(Uuid::from_slice(bytes).map_err(|e| e.to_string())?)
        }
        (Kind::Time, &Type::TIMESTAMPTZ) => {
            let since_2000 = i64::from_be_bytes(bytes.try_into().map_err(short)?);
            let micros = since_2000.checked_add(EPOCH).ok_or("time out of range")?;
            Value::Time(Timestamp::from_microsecond(micros).map_err(|e| e.to_string())?)
        }
        (kind, ty) => return Err(format!("expected {kind:?}, found {ty}")),
    })
}
