use jiff::Timestamp;
use till_core::kernel::writes::Statement;
use till_core::kernel::{
    changes::Changes,
    values::{Json, Value},
};

use crate::writes::exactly_one;
use crate::{Col, CommitError, Query, Result, Store};

/// The sandbox processor's records: JSON under a key, each with a version from 1.
impl Store {
    /// A record's version and text, as it was written.
    pub async fn sandbox_record(&self, key: String) -> Result<Option<(i64, String)>> {
        let sql = "select version, body from sandbox_records where key = $1";
        type Body = Json<Box<serde_json::value::RawValue>>;
        let row: Option<(Col<i64>, Col<Body>)> =
            self.one(Query::raw(sql, vec![Value::Text(key)])).await?;
        Ok(row.map(|(Col(version), Col(Json(body)))| (version, Box::<str>::from(body).into())))
    }

    /// Writes a record where its version is still `expected`, none where it is new; false: it is not.
    pub async fn save_sandbox_record(
        &self,
        key: String,
        expected: Option<i64>,
        body: String,
        last_event: Option<Timestamp>,
    ) -> Result<bool> {
        let mut changes = Changes::new();
        changes.write(save(key, expected, body, last_event));
        match self.commit(changes).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict(_)) => Ok(false),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// The texts of all records whose key begins so, in the order of their keys.
    pub async fn sandbox_records(&self, prefix: &str) -> Result<Vec<String>> {
        let sql = "select cast(body as text) from sandbox_records where key like $1 order by key";
        let binds = vec![Value::Text(format!("{prefix}%"))];
        let rows: Vec<Col<String>> = self.all(Query::raw(sql, binds)).await?;
        Ok(rows.into_iter().map(|Col(body)| body).collect())
    }

    /// The texts of all records whose last event is at that moment or later, in no order.
    pub async fn sandbox_records_since(&self, moment: Timestamp) -> Result<Vec<String>> {
        let sql = "select cast(body as text) from sandbox_records where last_event_at >= $1";
        let rows: Vec<Col<String>> = self.all(Query::raw(sql, vec![moment.into()])).await?;
        Ok(rows.into_iter().map(|Col(body)| body).collect())
    }
}

fn save(
    key: String,
    expected: Option<i64>,
    body: String,
    last_event: Option<Timestamp>,
) -> Statement {
    let version = expected.unwrap_or(0) + 1;
    let mut binds = vec![
        Value::Text(key),
        version.into(),
        Value::Json(body),
        last_event.into(),
    ];
    let sql = match expected {
        None => {
            "insert into sandbox_records (key, version, body, last_event_at) values ($1, $2, $3, $4) \
             on conflict (key) do nothing"
        }
        Some(expected) => {
            binds.push(expected.into());
            "update sandbox_records set version = $2, body = $3, last_event_at = $4 \
             where key = $1 and version = $5"
        }
    };
    exactly_one("sandbox record", sql, binds)
}
