//! The engine room, on both databases from the same source.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[macro_use]
mod kit;
mod cells;
mod commits;
mod connections;
mod copies;
mod growth;
mod lists;
mod migrations;
mod queue;
mod signals;
mod sql_stays_here;
mod sqlite_only;
mod state;
