use jiff::Timestamp;
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

    /// Files that were announced before this moment and are not whole yet, deleted ones aside.
    pub async fn unfinished_files(
        &self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<File>, StoreError> {
        let rest = "where not is_uploaded and deleted_at is null and created_at < $1 \
                    order by created_at limit $2";
        let binds = vec![Value::Time(before), Value::Int(limit)];
        self.all(Query::select::<File>(rest, binds)).await
    }
}
