//! Query plans on SQLite, which plans without statistics: for tests, because a wrong turn is noticed only in a large shop.

use rusqlite::Connection;

use crate::{Options, Query, Store};

/// An empty database with all tables and indexes; it is gone with its folder.
pub(crate) async fn database() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("till.db");
    let url = format!("sqlite://{}", path.display());
    Store::open(&url, Options::default())
        .await
        .expect("a database");
    (folder, Connection::open(path).expect("a database"))
}

/// The plan of a query, a line for each step.
pub(crate) fn plan(db: &Connection, query: &Query) -> String {
    let sql = format!("explain query plan {}", query.sql());
    let mut statement = db.prepare(&sql).expect("a statement");
    let mut rows = statement.raw_query();
    let mut lines = String::new();
    while let Some(row) = rows.next().expect("a step") {
        lines += &(row.get::<_, String>(3).expect("words") + "\n");
    }
    lines
}
