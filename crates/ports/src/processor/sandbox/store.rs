//! The store of the sandbox.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;

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
    fn save(&self, write: Write) -> BoxFuture<'_, Result<bool, SandboxStoreError>>;

    /// Every document whose [`Write::last_event`] is at that moment or later, in no order.
    fn with_events_since(
        &self,
        moment: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, SandboxStoreError>>;
}

/// A document to be written.
#[derive(Clone, Debug)]
pub struct Write {
    /// Its name.
    pub key: String,
    /// The version that was loaded; `None`: there was none.
    pub expected_version: Option<i64>,
    /// The document.
    pub json: String,
    /// Time of the last event of which the document tells, ahead of now perhaps; `None`: it tells of none.
    pub last_event: Option<Timestamp>,
}

/// The documents could not be reached; whether a write happened is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox cannot reach its store: {0}")]
pub struct SandboxStoreError(pub String);

/// A store that forgets when the process ends: for tests.
#[derive(Default)]
pub struct MemorySandboxStore {
    documents: Mutex<HashMap<String, StoredDocument>>,
}

struct StoredDocument {
    version: i64,
    json: String,
    last_event: Option<Timestamp>,
}

impl MemorySandboxStore {
    /// Every document as (key, JSON), in no order.
    pub fn dump(&self) -> Vec<(String, String)> {
        let documents = self.documents.lock().expect("no holder of the lock panics");
        let text =
            |(key, document): (&String, &StoredDocument)| (key.clone(), document.json.clone());
        documents.iter().map(text).collect()
    }
}

impl SandboxStore for MemorySandboxStore {
    fn load(&self, key: String) -> BoxFuture<'_, Result<Option<(i64, String)>, SandboxStoreError>> {
        let documents = self.documents.lock().expect("no holder of the lock panics");
        let found = documents.get(&key);
        let found = found.map(|document| (document.version, document.json.clone()));
        Box::pin(std::future::ready(Ok(found)))
    }

    fn save(&self, write: Write) -> BoxFuture<'_, Result<bool, SandboxStoreError>> {
        let mut documents = self.documents.lock().expect("no holder of the lock panics");
        let version = documents.get(&write.key).map(|document| document.version);
        let is_first = version == write.expected_version;
        if is_first {
            let document = StoredDocument {
                version: version.unwrap_or(0) + 1,
                json: write.json,
                last_event: write.last_event,
            };
            documents.insert(write.key, document);
        }
        Box::pin(std::future::ready(Ok(is_first)))
    }

    fn with_events_since(
        &self,
        moment: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, SandboxStoreError>> {
        let documents = self.documents.lock().expect("no holder of the lock panics");
        let found = documents
            .values()
            .filter(|document| document.last_event >= Some(moment));
        let found = found.map(|document| document.json.clone()).collect();
        Box::pin(std::future::ready(Ok(found)))
    }
}
