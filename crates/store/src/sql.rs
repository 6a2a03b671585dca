//! The statements of single-row writes, the same on both databases.

use std::fmt::Write as _;
use std::sync::LazyLock;

use till_core::kernel::values::Value;
use uuid::Uuid;

use crate::list::Dialect;

/// `$1, $2, …`, and where each of them ends.
static PLACES: LazyLock<(String, Vec<usize>)> = LazyLock::new(|| {
    let (mut text, mut ends) = (String::new(), vec![0]);
    for place in 1..=128 {
        let comma = if place == 1 { "" } else { ", " };
        write!(text, "{comma}${place}").expect("writing to a string");
        ends.push(text.len());
    }
    (text, ends)
});

/// Its parameters are `$1`, `$2` and so on, in this order.
pub(crate) fn insert(table: &str, columns: &[&str]) -> String {
    let (places, ends) = &*PLACES;
    let names: usize = columns.iter().map(|column| column.len() + 2).sum();
    let mut sql = String::with_capacity(32 + table.len() + names + ends[columns.len()]);
    for part in ["insert into ", table, " ("] {
        sql.push_str(part);
    }
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            sql.push_str(", ");
        }
        sql.push_str(column);
    }
    for part in [") values (", &places[..ends[columns.len()]], ")"] {
        sql.push_str(part);
    }
    sql
}

/// [`insert`] of several rows; the parameters of one follow those of the other.
pub(crate) fn insert_rows(table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = insert(table, columns);
    for row in 1..rows {
        for column in 1..=columns.len() {
            let start = if column == 1 { ", (" } else { ", " };
            write!(sql, "{start}${}", row * columns.len() + column).expect("writing to a string");
        }
        sql.push(')');
    }
    sql
}

/// Updates of several rows, each where its version is the one that was read: the parameters of one row, those of
/// `columns`, its id and its version, follow those of the other. `types` are those of one row's parameters.
pub(crate) fn update_rows<'a>(
    table: &str,
    columns: &[&str],
    types: impl Iterator<Item = &'a str>,
    rows: usize,
) -> String {
    let mut sql = format!("update {table} t set ");
    for (i, column) in columns.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(sql, "{comma}{column} = v.c{i}").expect("writing to a string");
    }
    let (id, version) = (columns.len(), columns.len() + 1);
    sql.push_str(" from (values (");
    for (i, name) in types.enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(sql, "{comma}${}::{name}", i + 1).expect("writing to a string");
    }
    sql.push(')');
    for row in 1..rows {
        for place in 1..=columns.len() + 2 {
            let start = if place == 1 { ", (" } else { ", " };
            write!(sql, "{start}${}", row * (columns.len() + 2) + place)
                .expect("writing to a string");
        }
        sql.push(')');
    }
    sql.push_str(") v (");
    for i in 0..=version {
        let comma = if i == 0 { "" } else { ", " };
        write!(sql, "{comma}c{i}").expect("writing to a string");
    }
    write!(sql, ") where t.id = v.c{id} and t.version = v.c{version}")
        .expect("writing to a string");
    sql
}

/// Its parameters are `$1`, `$2` and so on, in this order.
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
