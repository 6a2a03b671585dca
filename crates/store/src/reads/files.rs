use till_core::{change::Value, records::File};
use uuid::Uuid;

use crate::{Query, Store, StoreError};

impl Store {
    /// A file of the organization.
    pub async fn file(&self, organization_id: Uuid, id: Uuid) -> Result<Option<File>, StoreError> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// A file, whoever's it is: for its uploads and its readers, who know its address only.
    pub async fn file_by_id(&self, id: Uuid) -> Result<Option<File>, StoreError> {
        let rest = "where id = $1 and deleted_at is null";
        self.one(Query::select::<File>(rest, vec![Value::Uuid(id)]))
            .await
    }
}
