//! The statements of single-row writes, the same on both databases.

use std::fmt::Write as _;

use till_core::kernel::changes::Value;
use uuid::Uuid;

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
    set: &[(&'static str, Value)],
) -> (String, Vec<Value>) {
    let mut sql = format!("update {table} set ");
    let mut binds: Vec<Value> = Vec::with_capacity(set.len() + 2);
    for (i, (column, value)) in set.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(sql, "{comma}{column} = ${}", i + 1).expect("writing to a string");
        binds.push(value.clone());
    }
    binds.push(Value::Uuid(id));
    write!(sql, " where id = ${}", binds.len()).expect("writing to a string");
    if let Some(version) = version {
        binds.push(Value::Int(version));
        write!(sql, " and version = ${}", binds.len()).expect("writing to a string");
    }
    (sql, binds)
}
