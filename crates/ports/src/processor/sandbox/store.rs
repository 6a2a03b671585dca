//! Where the sandbox keeps what it knows.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::processor::BoxFuture;

/// Named JSON documents with versions; the server keeps them in its database.
///
/// Keys are ASCII, at most 80 bytes. Documents never hold a card number or a CVC, but they do
/// hold client secrets.
pub trait SandboxStore: Send + Sync {
    /// The document of that key with its version; `None` if there is none.
    fn load(&self, key: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>>;

    /// Compare and set: writes if the document still has the version that was loaded (`None`: if
    /// there is still none). `false`: somebody else was first, and nothing is written. Every
    /// write gives the document another version.
    fn save(
        &self,
        key: String,
        expected_version: Option<i64>,
        json: String,
    ) -> BoxFuture<'_, Result<bool, SandboxStoreError>>;
}

/// The documents could not be reached; whether a write happened is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox cannot reach its ledger: {0}")]
pub struct SandboxStoreError(pub String);

/// A ledger that forgets when the process ends: for tests.
#[derive(Default)]
pub struct MemorySandboxStore {
    documents: Mutex<HashMap<String, (i64, String)>>,
}

impl MemorySandboxStore {
    /// Every document as (key, JSON), in no order.
    pub fn dump(&self) -> Vec<(String, String)> {
        let documents = self.documents.lock().expect("no holder of the lock panics");
        documents
            .iter()
            .map(|(key, (_, json))| (key.clone(), json.clone()))
            .collect()
    }
}

impl SandboxStore for MemorySandboxStore {
    fn load(&self, key: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>> {
        let documents = self.documents.lock().expect("no holder of the lock panics");
        let found = documents.get(&key).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn save(
        &self,
        key: String,
        expected_version: Option<i64>,
        json: String,
    ) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        let mut documents = self.documents.lock().expect("no holder of the lock panics");
        let is_first = documents.get(&key).map(|(version, _)| *version) == expected_version;
        if is_first {
            documents.insert(key, (expected_version.unwrap_or(0) + 1, json));
        }
        Box::pin(std::future::ready(Ok(is_first)))
    }
}
