//! The sandbox processor's memory, kept in the database beside everything else.

use jiff::Timestamp;
use till_ports::processor::{
    BoxFuture,
    sandbox::{SandboxStore, SandboxStoreError, Write},
};
use till_store::{Store, StoreError};

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
        Box::pin(async move { self.store.sandbox_record(key).await.map_err(failed) })
    }

    fn save(&self, write: Write) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        let Write {
            key,
            expected_version,
            json,
            last_event,
        } = write;
        Box::pin(async move {
            let saved = self
                .store
                .save_sandbox_record(key, expected_version, json, last_event);
            saved.await.map_err(failed)
        })
    }

    fn with_events_since(
        &self,
        moment: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, SandboxStoreError>> {
        Box::pin(async move {
            let found = self.store.sandbox_records_since(moment).await;
            found.map_err(failed)
        })
    }
}

fn failed(error: StoreError) -> SandboxStoreError {
    SandboxStoreError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use till_store::Options;

    #[tokio::test]
    async fn a_record_is_written_by_whoever_saw_its_latest_version() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/till.db", folder.path().display());
        let store = DatabaseSandboxStore::new(Store::open(&url, Options::default()).await.unwrap());
        let (first, second) = (r#"{"b":1,"a":[]}"#, r#"{"a":"\u0000 é"}"#);
        let save = async |expected_version, json: &str| {
            let write = Write {
                key: "k".to_owned(),
                expected_version,
                json: json.to_owned(),
                last_event: None,
            };
            store.save(write).await.unwrap()
        };
        assert_eq!(store.load("k".into()).await.unwrap(), None);
        assert!(!save(Some(1), first).await);
        assert!(save(None, first).await);
        assert_eq!(
            store.load("k".into()).await.unwrap(),
            Some((1, first.into()))
        );
        assert!(!save(None, second).await);
        assert!(save(Some(1), second).await);
        assert!(!save(Some(1), first).await);
        assert_eq!(
            store.load("k".into()).await.unwrap(),
            Some((2, second.into()))
        );
    }

    #[tokio::test]
    async fn records_are_found_by_the_moment_of_their_last_event() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/till.db", folder.path().display());
        let store = DatabaseSandboxStore::new(Store::open(&url, Options::default()).await.unwrap());
        let at = |seconds: i64| Timestamp::from_second(1_795_000_000 + seconds).unwrap();
        let save = async |key: &str, expected_version, last_event| {
            let write = Write {
                key: key.to_owned(),
                expected_version,
                json: format!("\"{key}\""),
                last_event,
            };
            assert!(store.save(write).await.unwrap());
        };
        save("none", None, None).await;
        save("early", None, Some(at(1))).await;
        save("late", None, Some(at(3))).await;
        save("moved", None, None).await;
        save("moved", Some(1), Some(at(2))).await;
        let since = async |moment| {
            let mut found = store.with_events_since(moment).await.unwrap();
            found.sort();
            found
        };
        assert_eq!(since(at(2)).await, [r#""late""#, r#""moved""#]);
        assert_eq!(since(at(4)).await, [""; 0]);
    }
}
