//! The sandbox processor's memory, kept in the database beside everything else.

use serde_json::value::RawValue;
use till_core::kernel::changes::{Changes, CommitConflict, Json, Value};
use till_ports::processor::{
    BoxFuture,
    sandbox::{SandboxStore, SandboxStoreError},
};
use till_store::{Col, CommitError, Query, Store};

const LOAD: &str = "select version, body from sandbox_records where key = $1";
const INSERT: &str = "insert into sandbox_records (key, version, body) values ($1, $2, $3) on conflict (key) do nothing";
const REPLACE: &str =
    "update sandbox_records set version = $2, body = $3 where key = $1 and version = $4";

/// Version and body, the body as it was written.
type Row = (Col<i64>, Col<Json<Box<RawValue>>>);

/// [`SandboxStore`] on the table `sandbox_records`.
#[derive(Debug, Clone)]
pub struct DatabaseSandboxStore {
    store: Store,
}

impl DatabaseSandboxStore {
    /// On this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl SandboxStore for DatabaseSandboxStore {
    fn load(&self, key: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>> {
        Box::pin(async move {
            let query = Query::raw(LOAD, vec![Value::Text(key)]);
            let row: Option<Row> = self
                .store
                .one(query)
                .await
                .map_err(|error| SandboxStoreError(error.to_string()))?;
            Ok(row.map(|(Col(version), Col(Json(body)))| {
                (version, String::from(Box::<str>::from(body)))
            }))
        })
    }

    fn save(
        &self,
        key: String,
        expected_version: Option<i64>,
        json: String,
    ) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        let version = Value::Int(expected_version.unwrap_or(0) + 1);
        let mut binds = vec![Value::Text(key), version, Value::Json(json)];
        let mut changes = Changes::new();
        match expected_version {
            None => changes.exactly_one("new sandbox record", INSERT, binds),
            Some(expected) => {
                binds.push(Value::Int(expected));
                changes.exactly_one("sandbox record", REPLACE, binds)
            }
        };
        Box::pin(async move {
            match self.store.commit(changes).await {
                Ok(()) => Ok(true),
                Err(CommitError::Conflict(
                    CommitConflict::NotOne(_) | CommitConflict::Stale | CommitConflict::Taken(_),
                )) => Ok(false),
                Err(CommitError::Store(error)) => Err(SandboxStoreError(error.to_string())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use till_store::Options;

    #[tokio::test]
    async fn a_record_is_written_by_whoever_saw_its_latest_version() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/till.db", folder.path().display());
        let ledger =
            DatabaseSandboxStore::new(Store::open(&url, Options::default()).await.unwrap());
        let (first, second) = (r#"{"b":1,"a":[]}"#, r#"{"a":"\u0000 é"}"#);
        assert_eq!(ledger.load("k".into()).await.unwrap(), None);
        assert!(
            !ledger
                .save("k".into(), Some(1), first.into())
                .await
                .unwrap()
        );
        assert!(ledger.save("k".into(), None, first.into()).await.unwrap());
        assert_eq!(
            ledger.load("k".into()).await.unwrap(),
            Some((1, first.into()))
        );
        assert!(!ledger.save("k".into(), None, second.into()).await.unwrap());
        assert!(
            ledger
                .save("k".into(), Some(1), second.into())
                .await
                .unwrap()
        );
        assert!(
            !ledger
                .save("k".into(), Some(1), first.into())
                .await
                .unwrap()
        );
        assert_eq!(
            ledger.load("k".into()).await.unwrap(),
            Some((2, second.into()))
        );
    }
}
