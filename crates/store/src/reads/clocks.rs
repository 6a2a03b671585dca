use jiff::Timestamp;
use till_core::kernel::{records::Organization, values::Value};
use uuid::Uuid;

use crate::{Col, Query, Result, Store};

impl Store {
    /// The organizations whose test clock is ahead of the machine's time, and is not being moved.
    pub async fn clocked_organizations(&self) -> Result<Vec<Organization>> {
        let rest = "where clock_offset_seconds > 0 and clock_target_at is null order by id";
        self.all(Query::select::<Organization>(rest, vec![])).await
    }

    /// The first moment after `now` at which anything is due for an organization by its own time: for a subscription, the
    /// expiry of an open session, or a reminder.
    pub async fn next_due(
        &self,
        organization_id: Uuid,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let subscription = self.first_due(
            "select min(next_due_at) from subscriptions where organization_id = $1 and next_due_at > $2",
            (organization_id, now),
        );
        let session = self.first_due(
            "select min(expires_at) from checkouts where organization_id = $1 and status = 'open' \
             and attempt_id is null and expires_at > $2",
            (organization_id, now),
        );
        let reminder = self.next_reminder(organization_id, now);
        let (subscription, session, reminder) =
            futures_util::future::try_join3(subscription, session, reminder).await?;
        Ok([subscription, session, reminder]
            .into_iter()
            .flatten()
            .min())
    }

    async fn first_due(
        &self,
        sql: &'static str,
        (organization_id, now): (Uuid, Timestamp),
    ) -> Result<Option<Timestamp>> {
        let binds = vec![Value::Uuid(organization_id), now.into()];
        let found: Option<Col<Option<Timestamp>>> = self.one(Query::raw(sql, binds)).await?;
        Ok(found.and_then(|Col(at)| at))
    }

    /// True while a job of this kind is due or being done, whoever it is for.
    pub async fn is_job_due(&self, kind: &str, now: Timestamp) -> Result<bool> {
        let sql = "select count(*) from (select id from jobs where kind = $1 and buried is null and run_at <= $2 limit 1) due";
        let binds = vec![Value::Text(kind.to_owned()), now.into()];
        Ok(self.scalar(Query::raw(sql, binds)).await? > 0)
    }

    /// True while a saved card of an organization is being charged, by an attempt that was made after `since`.
    pub async fn charges_in_flight(&self, organization_id: Uuid, since: Timestamp) -> Result<bool> {
        let sql = "select count(*) from payments where organization_id = $1 and created_at > $2 and source = 'saved' \
                   and state not in ('succeeded', 'failed')";
        let binds = vec![Value::Uuid(organization_id), since.into()];
        Ok(self.scalar(Query::raw(sql, binds)).await? > 0)
    }
}
