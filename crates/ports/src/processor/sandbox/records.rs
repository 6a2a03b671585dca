//! Reading and writing what the sandbox keeps.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Sandbox;
use super::store::Write;
use crate::processor::{ProcessorError, Result};

/// The number of tries of a write that loses against others.
const MAX_TRIES: usize = 20;

/// A document that is kept under a key.
pub(super) trait Document: Serialize + DeserializeOwned {
    /// As [`Write::last_event`].
    fn last_event(&self) -> Option<Timestamp> {
        None
    }
}

impl Sandbox {
    pub(super) async fn read<D: Document>(&self, key: String) -> Result<Option<D>> {
        Ok(self.load(key).await?.map(|(_, document)| document))
    }

    async fn load<D: Document>(&self, key: String) -> Result<Option<(i64, D)>> {
        match self.store.load(key).await.map_err(unsure)? {
            None => Ok(None),
            Some((version, json)) => Ok(Some((
                version,
                serde_json::from_str(&json).map_err(unsure)?,
            ))),
        }
    }

    /// Writes the document if it still has the version that was loaded; `false`: somebody else was first.
    pub(super) async fn save<D: Document>(
        &self,
        key: String,
        expected_version: Option<i64>,
        document: &D,
    ) -> Result<bool> {
        let write = Write {
            key,
            expected_version,
            json: serde_json::to_string(document).map_err(unsure)?,
            last_event: document.last_event(),
        };
        self.store.save(write).await.map_err(unsure)
    }

    /// Decides on what is there and writes what the decision says (`None`: nothing), again if
    /// somebody else was first.
    pub(super) async fn change<D: Document, T>(
        &self,
        key: String,
        decide: impl Fn(Option<D>) -> Result<(Option<D>, T)>,
    ) -> Result<T> {
        for _ in 0..MAX_TRIES {
            let (version, found) = self.load(key.clone()).await?.unzip();
            let (write, answer) = decide(found)?;
            let Some(document) = write else {
                return Ok(answer);
            };
            if self.save(key.clone(), version, &document).await? {
                return Ok(answer);
            }
        }
        Err(unsure("the sandbox is too busy"))
    }
}

pub(super) fn unsure(error: impl std::fmt::Display) -> ProcessorError {
    ProcessorError::Unsure(error.to_string().into())
}

pub(super) fn refused<T>(message: &str) -> Result<T> {
    Err(ProcessorError::Refused(message.into()))
}

pub(super) fn attempt_key(attempt_id: Uuid) -> String {
    format!("attempt/{}", attempt_id.simple())
}
