//! The sandbox processor's memory, kept in the database beside everything else.

use till_ports::processor::{
    BoxFuture,
    sandbox::{SandboxStore, SandboxStoreError},
};
use till_store::Store;

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
            let record = self.store.sandbox_record(key).await;
            record.map_err(|error| SandboxStoreError(error.to_string()))
        })
    }

    fn save(
        &self,
        key: String,
        expected_version: Option<i64>,
        json: String,
    ) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        Box::pin(async move {
            let saved = self.store.save_sandbox_record(key, expected_version, json);
            (saved.await).map_err(|error| SandboxStoreError(error.to_string()))
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
