use jiff::Timestamp;
use till_core::kernel::values::Value;
use uuid::Uuid;

use crate::{Col, Query, Result, Store};

impl Store {
    /// Sessions that expired before `before` and still say who the buyer was. Those with a payment that did not
    /// simply fail are left alone.
    pub async fn sessions_with_details(&self, before: Timestamp, limit: i64) -> Result<Vec<Uuid>> {
        self.old(WITH_DETAILS, before, limit).await
    }

    /// Sessions that expired before `before`, without details, of which nobody looked whether they are still needed.
    pub async fn blanked_sessions(&self, before: Timestamp, limit: i64) -> Result<Vec<Uuid>> {
        self.old(BLANKED, before, limit).await
    }

    /// Webhook events of before `before` whose payload is forgotten.
    pub async fn archived_events(&self, before: Timestamp, limit: i64) -> Result<Vec<Uuid>> {
        self.old(ARCHIVED, before, limit).await
    }

    /// An organization with entries in the journal of before `sequence`, with the sequence of the entry up to which
    /// some `limit` of them lie.
    pub async fn old_journal(&self, sequence: i64, limit: i64) -> Result<Option<(Uuid, i64)>> {
        let sql = "select o.id, (select max(s.sequence) from (select e.sequence from journal e \
                   where e.organization_id = o.id and e.sequence < $1 order by e.sequence limit $2) s) \
                   from organizations o where exists \
                   (select 1 from journal e where e.organization_id = o.id and e.sequence < $1) limit 1";
        let binds = vec![Value::Int(sequence), Value::Int(limit)];
        let found: Option<(Col<Uuid>, Col<Option<i64>>)> = self.one(Query::raw(sql, binds)).await?;
        Ok(found.and_then(|(Col(organization), Col(upto))| Some((organization, upto?))))
    }

    /// Customers' sessions that ended before `before`, counted up to `limit`.
    pub async fn ended_customer_sessions(&self, before: Timestamp, limit: i64) -> Result<i64> {
        let sql = "select count(*) from \
                   (select id from customer_sessions where expires_at < $1 limit $2) found";
        let binds = vec![Value::Time(before), Value::Int(limit)];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// Codes of the portal that expired before `before`, counted up to `limit`.
    pub async fn ended_portal_codes(&self, before: Timestamp, limit: i64) -> Result<i64> {
        let sql = "select count(*) from \
                   (select id from portal_codes where expires_at < $1 limit $2) found";
        let binds = vec![Value::Time(before), Value::Int(limit)];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// Links of new e-mail addresses that expired before `before`, counted up to `limit`.
    pub async fn ended_email_changes(&self, before: Timestamp, limit: i64) -> Result<i64> {
        let sql = "select count(*) from \
                   (select id from email_changes where expires_at < $1 limit $2) found";
        let binds = vec![Value::Time(before), Value::Int(limit)];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// Idempotency keys that are remembered no more, counted up to `limit`.
    pub async fn forgotten_keys(&self, now: Timestamp, limit: i64) -> Result<i64> {
        let sql = "select count(*) from \
                   (select id from idempotency_keys where expires_at <= $1 limit $2) found";
        let binds = vec![Value::Time(now), Value::Int(limit)];
        self.scalar(Query::raw(sql, binds)).await
    }

    async fn old(&self, sql: &'static str, before: Timestamp, limit: i64) -> Result<Vec<Uuid>> {
        let binds = vec![Value::Time(before), Value::Int(limit)];
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|Col(id)| id).collect())
    }
}

const WITH_DETAILS: &str = "select id from checkouts where status = 'expired' and retention is null and expires_at < $1 \
     and not exists (select 1 from payments p where p.checkout_id = checkouts.id and p.state <> 'failed') \
     order by expires_at limit $2";

const BLANKED: &str = "select id from checkouts where retention = 'blanked' and expires_at < $1 order by expires_at limit $2";

const ARCHIVED: &str = "select id from webhook_events where payload is null and created_at < $1 \
     and next_attempt_at is null order by created_at limit $2";
