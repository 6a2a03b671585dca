//! Gives a violated unique index the name that PostgreSQL would give.

use rusqlite::Connection;
use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use till_core::kernel::changes::CommitConflict;

use super::cells::failed;
use crate::error::CommitError;

/// A unique violation as [`CommitConflict::Taken`]; anything else as it is.
pub(super) fn refused(db: &Connection, sql: &str, e: &rusqlite::Error) -> CommitError {
    if let rusqlite::Error::SqliteFailure(code, Some(message)) = e
        && matches!(
            code.extended_code,
            SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY
        )
        && let Some(what) = message.strip_prefix("UNIQUE constraint failed: ")
    {
        return CommitConflict::Taken(index_name(db, what).unwrap_or_else(|| what.to_owned()))
            .into();
    }
    failed(sql, e).into()
}

/// SQLite names the index of an expression (`index 'name'`), else only its columns
/// (`customers.organization_id, customers.email`).
fn index_name(db: &Connection, what: &str) -> Option<String> {
    if let Some(name) = what.strip_prefix("index '") {
        return Some(name.trim_end_matches('\'').to_owned());
    }
    let table = what.split_once('.')?.0;
    let columns: Vec<&str> = what
        .split(", ")
        .map(|c| c.split_once('.').map_or(c, |(_, column)| column))
        .collect();
    let mut indexes = db
        .prepare_cached("select name, origin from pragma_index_list(?1) where \"unique\"")
        .ok()?;
    let indexes = indexes
        .query_map([table], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .ok()?
        .collect::<rusqlite::Result<Vec<_>>>()
        .ok()?;
    for (name, origin) in indexes {
        let mut of = db
            .prepare_cached("select name from pragma_index_info(?1) order by seqno")
            .ok()?;
        let of = of
            .query_map([&name], |row| row.get::<_, Option<String>>(0))
            .ok()?
            .collect::<rusqlite::Result<Vec<_>>>()
            .ok()?;
        if of
            .iter()
            .map(Option::as_deref)
            .eq(columns.iter().map(|c| Some(*c)))
        {
            return Some(match origin.as_str() {
                "pk" => format!("{table}_pkey"),
                "u" => format!("{table}_{}_key", columns.join("_")),
                _ => name,
            });
        }
    }
    None
}
