use jiff::Timestamp;
use till_core::kernel::{
    records::{PaymentMethod, ProcessorName, ProcessorState},
    values::Value,
};
use uuid::Uuid;

use super::{distinct, ids, marks};
use crate::{Col, Query, Result, Store};

impl Store {
    /// Moment up to which a processor's events were asked for.
    pub async fn processor_state(
        &self,
        processor: ProcessorName,
    ) -> Result<Option<ProcessorState>> {
        let binds = vec![processor.into()];
        self.one(Query::select::<ProcessorState>("where processor = $1", binds).keyed())
            .await
    }

    /// Every processor that this database has worked with.
    pub async fn processor_states(&self) -> Result<Vec<ProcessorState>> {
        self.all(Query::select::<ProcessorState>("order by processor", vec![]).keyed())
            .await
    }

    /// True once anybody has tried to pay.
    pub async fn has_payments(&self) -> Result<bool> {
        let sql = "select count(*) from (select id from payments limit 1) found";
        Ok(self.scalar(Query::raw(sql, vec![])).await? > 0)
    }

    /// The notices of a processor, of these, that were taken in before.
    pub async fn known_notices(
        &self,
        processor: ProcessorName,
        names: &[&str],
    ) -> Result<Vec<String>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select notice_id from processor_notices where processor = $1 and notice_id in ({})",
            marks(1, names.len())
        );
        let binds = [processor.into()]
            .into_iter()
            .chain(names.iter().map(|name| Value::from(*name)))
            .collect();
        let found: Vec<Col<String>> = self.all(Query::raw(sql, binds).keyed()).await?;
        Ok(found.into_iter().map(|Col(name)| name).collect())
    }

    /// The attempts, of these, that have succeeded.
    pub async fn succeeded_among(&self, attempts: &[Uuid]) -> Result<Vec<Uuid>> {
        if attempts.is_empty() {
            return Ok(Vec::new());
        }
        let attempts = distinct(attempts);
        let sql = format!(
            "select id from payments where state = 'succeeded' and decline_reason is null and id in ({})",
            marks(0, attempts.len())
        );
        let binds = ids(&attempts).collect();
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, binds).keyed()).await?;
        Ok(found.into_iter().map(|Col(id)| id).collect())
    }

    /// Notices that were taken in before `before`, counted up to `limit`.
    pub async fn old_notices(&self, before: Timestamp, limit: i64) -> Result<i64> {
        let sql = "select count(*) from \
                   (select id from processor_notices where created_at < $1 limit $2) found";
        let binds = vec![Value::Time(before), Value::Int(limit)];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// The saved methods that a processor knows by this name: one for each customer whose it is.
    pub async fn methods_by_reference(
        &self,
        processor: ProcessorName,
        reference: &str,
    ) -> Result<Vec<PaymentMethod>> {
        let rest = "where reference = $1 and processor = $2 order by created_at, id";
        let binds = vec![reference.into(), processor.into()];
        self.all(Query::select::<PaymentMethod>(rest, binds).keyed())
            .await
    }
}
