//! One SQL text for both databases.

use std::borrow::Cow;

use till_core::kernel::{changes::Record, values::Value};
use uuid::Uuid;

/// Portable SQL with `$1`… and its values.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) binds: Vec<Value>,
    /// See [`Query::keyed`].
    pub(crate) keyed: bool,
}

impl Query {
    /// The row with this id.
    pub fn by_id<R: Record>(id: Uuid) -> Self {
        Self::select::<R>("where id = $1", vec![Value::Uuid(id)]).keyed()
    }

    /// `select <columns of R> from <its table>` followed by `rest`
    /// (such as `where organization_id = $1 and email = $2`).
    pub fn select<R: Record>(rest: &str, binds: Vec<Value>) -> Self {
        let sql = format!("select {} from {} {rest}", columns::<R>(R::TABLE), R::TABLE);
        Self::raw(sql, binds)
    }

    /// Any portable statement that only reads.
    pub fn raw(sql: impl Into<Cow<'static, str>>, binds: Vec<Value>) -> Self {
        Self {
            sql: sql.into(),
            binds,
            keyed: false,
        }
    }

    /// Finds a few rows by an index, whatever the size of the tables: SQLite then reads them where they are asked
    /// for, without going to another thread, and PostgreSQL on a connection that others use at the same time.
    pub fn keyed(mut self) -> Self {
        self.keyed = true;
        self
    }

    /// The statement's text.
    pub fn sql(&self) -> &str {
        &self.sql
    }
}

/// The columns of `R`, qualified for joins: `p.id, p.name, …` for the alias `p`.
pub fn columns<R: Record>(alias: &str) -> String {
    let mut list = String::new();
    write_columns(&mut list, alias, R::COLUMNS);
    list
}

/// Written without formatting: every read does this with a hundred columns or more.
pub(crate) fn write_columns(list: &mut String, alias: &str, columns: &[&str]) {
    let length = |column: &&str| ", .".len() + alias.len() + column.len();
    list.reserve(columns.iter().map(length).sum());
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            list.push_str(", ");
        }
        list.push_str(alias);
        list.push('.');
        list.push_str(column);
    }
}
