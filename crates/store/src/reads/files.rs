use jiff::Timestamp;
use till_core::kernel::{records::File, values::Value};
use uuid::Uuid;

use crate::{Col, Query, Result, Store};

impl Store {
    /// A file of the organization.
    pub async fn file(&self, organization_id: Uuid, id: Uuid) -> Result<Option<File>> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// A file, whoever's it is: for its uploads and its readers, who know its address only.
    pub async fn file_by_id(&self, id: Uuid) -> Result<Option<File>> {
        let rest = "where id = $1 and deleted_at is null";
        self.one(Query::select::<File>(rest, vec![Value::Uuid(id)]))
            .await
    }

    /// Files that were announced before this moment and are not whole yet, deleted ones aside, the oldest first: when
    /// each was announced, and which it is. With `after`, only those behind that one.
    pub async fn unfinished_files(
        &self,
        before: Timestamp,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<(Timestamp, Uuid)>> {
        let sql = "select created_at, id from files where not is_uploaded and deleted_at is null and created_at < $1 \
                   and created_at >= $2 and (created_at > $2 or id > $3) order by created_at, id limit $4";
        let (since, but) = after.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
        let binds = vec![before.into(), since.into(), but.into(), Value::Int(limit)];
        let found: Vec<(Col<Timestamp>, Col<Uuid>)> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|(at, id)| (at.0, id.0)).collect())
    }
}
