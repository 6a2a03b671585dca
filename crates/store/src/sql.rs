//! The statements of single-row writes, the same on both databases.

use std::fmt::Write as _;

use till_core::kernel::changes::Value;
use uuid::Uuid;

use crate::list::Dialect;

pub(crate) fn insert(table: &str, columns: &[&str]) -> String {
    let mut sql = String::with_capacity(64 + columns.len() * 24);
    write!(sql, "insert into {table} (").expect("writing to a string");
    for (i, column) in columns.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(sql, "{comma}{column}").expect("writing to a string");
    }
    sql.push_str(") values (");
    for i in 1..=columns.len() {
        let comma = if i == 1 { "" } else { ", " };
        write!(sql, "{comma}${i}").expect("writing to a string");
    }
    sql.push(')');
    sql
}

pub(crate) fn update(
    table: &str,
    id: Uuid,
    version: Option<i64>,
    set: Vec<(&'static str, Value)>,
) -> (String, Vec<Value>) {
    let mut sql = format!("update {table} set ");
    let mut binds: Vec<Value> = Vec::with_capacity(set.len() + 2);
    for (i, (column, value)) in set.into_iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(sql, "{comma}{column} = ${}", i + 1).expect("writing to a string");
        binds.push(value);
    }
    binds.push(Value::Uuid(id));
    write!(sql, " where id = ${}", binds.len()).expect("writing to a string");
    if let Some(version) = version {
        binds.push(Value::Int(version));
        write!(sql, " and version = ${}", binds.len()).expect("writing to a string");
    }
    (sql, binds)
}

/// Reads a row where its version is the one that was read.
///
/// On PostgreSQL a plain select would allow write skew: two decisions, each reading the row that the other
/// writes, would both commit. `for share` holds off every update of the row until this
/// commit, waits for one in progress and then checks the version that won; crossing pairs
/// deadlock, which is answered as stale. Other guards of the same row, and foreign keys to it,
/// are not held up. On SQLite the writer is alone: what it sees stays so until it commits.
pub(crate) fn guard(table: &str, dialect: Dialect) -> String {
    let lock = match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => " for share",
    };
    format!("select 1 from {table} where id = $1 and version = $2{lock}")
}
