//! Numbered SQL files, applied in order, once, and never edited after they were shipped.
//!
//! Hand-written: files exist in pairs where the two databases must differ, and the drivers' versions
//! stay ours to choose.

use crate::error::{Result, StoreError};
use crate::list::Dialect;

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// One file's step for one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The file's number.
    pub version: i64,
    /// The file's name.
    pub name: String,
    /// Its statements.
    pub sql: String,
}

impl Migration {
    /// From a file named `0001_words.sql`, or `0001_words.pg.sql` and `0001_words.sqlite.sql`.
    pub fn new(name: &str, sql: &str) -> Result<Self> {
        let version = name
            .split_once('_')
            .and_then(|(number, _)| number.parse().ok())
            .ok_or_else(|| StoreError::Migration(format!("{name}: no number in front")))?;
        Ok(Self {
            version,
            name: name.to_owned(),
            sql: sql.to_owned(),
        })
    }

    /// The checksum of the text, recorded to notice that a shipped file was changed.
    pub(crate) fn checksum(&self) -> String {
        use sha2::{Digest, Sha256};
        use std::fmt::Write as _;
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.sql.as_bytes()) {
            write!(hex, "{byte:02x}").expect("writing to a string");
        }
        hex
    }
}

/// The migrations that a database has applied: version, name and checksum.
pub(crate) type Applied = Vec<(i64, String, String)>;

/// Created first of all.
pub(crate) const TABLE: &str = "create table if not exists till_migrations (\
    version bigint not null primary key, name text not null, \
    checksum text not null, applied_at timestamptz not null)";

/// Reads [`Applied`].
pub(crate) const APPLIED: &str =
    "select version, name, checksum from till_migrations order by version";

/// This program's steps for a database, in order.
pub(crate) fn steps(dialect: Dialect, extra: &[Migration]) -> Result<Vec<Migration>> {
    let other = match dialect {
        Dialect::Sqlite => ".pg.sql",
        Dialect::Postgres => ".sqlite.sql",
    };
    let mut steps = SHIPPED
        .iter()
        .filter(|(name, _)| !name.ends_with(other))
        .map(|(name, sql)| Migration::new(name, sql))
        .collect::<Result<Vec<_>, _>>()?;
    steps.extend(extra.iter().filter(|m| !m.name.ends_with(other)).cloned());
    steps.sort_by_key(|m| m.version);
    match steps.windows(2).find(|w| w[0].version == w[1].version) {
        Some(pair) => Err(StoreError::Migration(format!(
            "{} and {} share a number",
            pair[0].name, pair[1].name
        ))),
        None => Ok(steps),
    }
}

/// The newest step that a program must know to run on a database where the step `name` was applied:
/// `0020_after_0015_words.sql` takes away what programs without 0015 still use. All others only add.
fn needed(name: &str) -> Option<i64> {
    name.split_once("_after_")?.1.get(..4)?.parse().ok()
}

/// The steps still missing; an error names the file that was changed, or that took away what this program
/// uses. Other steps of a newer program are no hindrance: in a rolling upgrade both serve.
pub(crate) fn missing<'a>(steps: &'a [Migration], applied: &Applied) -> Result<Vec<&'a Migration>> {
    let newest = steps.last().map_or(0, |step| step.version);
    for (version, name, checksum) in applied {
        match steps.iter().find(|step| step.version == *version) {
            None if needed(name).is_none_or(|needed| needed <= newest) => {
                tracing::info!(name, "a migration was applied by a newer version of Till");
            }
            None => {
                return Err(StoreError::Migration(format!(
                    "{name} was applied by a newer version of Till: run that version"
                )));
            }
            Some(step) if step.checksum() != *checksum => {
                return Err(StoreError::Migration(format!(
                    "{} was changed after it was applied: restore it and add a new file",
                    step.name
                )));
            }
            Some(_) => {}
        }
    }
    Ok(steps
        .iter()
        .filter(|step| {
            applied
                .iter()
                .all(|(version, _, _)| *version != step.version)
        })
        .collect())
}
