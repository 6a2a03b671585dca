use std::collections::HashMap;

use jiff::Timestamp;
use till_core::{
    kernel::{
        changes::Record,
        events::Subscribers,
        records::{WebhookDelivery, WebhookEndpoint, WebhookEvent},
        values::Value,
    },
    webhooks::STREAK,
};
use till_wire::{events::EventType, webhooks::HttpCodeClass};
use uuid::Uuid;

use super::{distinct, ids, marks};
use crate::{Col, List, Order, Query, Result, Store, StoreError, columns};

/// Deliveries behind a page that are counted: each attempt of each event is one, for ever.
const COUNTED: u64 = 10_000;
/// The same where each has to be read for it, because no index has the code.
const READ: u64 = 1_000;
/// Deliveries that are looked through for part of an id.
const LOOKED_THROUGH: u64 = 10_000;
/// Digits from which the beginning of an id is looked for everywhere, and ids that are found so at most.
const DIGITS: usize = 6;
const BEGUN: i64 = 100;

/// The enabled endpoints of an organization.
const LISTENING: &str =
    "where organization_id = $1 and enabled = $2 and deleted_at is null order by created_at, id";

/// The latest deliveries that an endpoint is judged by, and how many failures among them say something.
const LATEST: usize = 10;
const FAILURES: usize = 3;

/// An endpoint whose latest deliveries all failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingEndpoint {
    /// Its id.
    pub id: Uuid,
    /// Its name, for people.
    pub name: Option<String>,
    /// Its address.
    pub url: String,
    /// False where it was switched off.
    pub enabled: bool,
}

/// Which deliveries a list shows; what is empty does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// To any of these endpoints.
    pub endpoints: Vec<Uuid>,
    /// Made after this moment.
    pub after: Option<Timestamp>,
    /// Made before this moment.
    pub before: Option<Timestamp>,
    /// The result that they had.
    pub succeeded: Option<bool>,
    /// Part of the delivery's id, the event's id, or the answer's code: in the newest 10,000 that the rest lets
    /// through. Whole ids, and beginnings of six digits or more, are found among all.
    pub query: Option<String>,
    /// The family of the answer's code.
    pub class: Option<HttpCodeClass>,
    /// Of events of any of these types.
    pub kinds: Vec<EventType>,
}

impl DeliveryFilter {
    /// The id that is asked for, where it is a whole one.
    fn whole_id(&self) -> Option<Uuid> {
        self.query
            .as_deref()
            .and_then(|text| Uuid::try_parse(text).ok())
    }

    /// The first and the last id that begin with what is asked for, where that is enough of one.
    fn begun_ids(&self) -> Option<(Uuid, Uuid)> {
        let text = self.query.as_deref()?;
        let is_place = |(i, c): (usize, char)| match i {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        };
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        if !text.chars().enumerate().all(is_place) || !(DIGITS..32).contains(&digits.len()) {
            return None;
        }
        let first = Uuid::try_parse(&format!("{digits:0<32}")).ok()?;
        Some((first, Uuid::try_parse(&format!("{digits:f<32}")).ok()?))
    }

    /// `named`: the deliveries that go by [`DeliveryFilter::whole_id`], or by its beginning. `all_have_kind`: whether all
    /// deliveries say what they were about.
    fn list(&self, organization_id: Uuid, named: Option<Vec<Uuid>>, all_have_kind: bool) -> List {
        let mut list = List::of::<WebhookDelivery>(organization_id)
            .any_of("endpoint_id", ids(&self.endpoints))
            .later_than("created_at", self.after)
            .before("created_at", self.before);
        // Written out, because what failed has indexes of its own.
        let codes = self.class.map(|class| class == HttpCodeClass::Success);
        for succeeded in self.succeeded.iter().chain(&codes) {
            list = match succeeded {
                true => list.is_true("succeeded"),
                false => list.is_false("succeeded"),
            };
        }
        if let Some(text) = &self.query {
            let named = named.unwrap_or_default();
            list = match self.whole_id() {
                Some(_) => list.is_in("id", ids(&named).collect()),
                None => {
                    let uuids = ["id", "event_id"];
                    list.written_among(LOOKED_THROUGH, named, &uuids, &["http_code"], text)
                }
            };
        }
        if let Some(class) = self.class {
            let codes = vec![Value::Int(class.first()), Value::Int(class.first() + 99)];
            list = list.filter_sql("webhook_deliveries.http_code between ? and ?", codes);
        }
        let kinds: Vec<Value> = self.kinds.iter().map(|kind| Value::from(*kind)).collect();
        if !kinds.is_empty() && all_have_kind {
            list = list.is_in("kind", kinds);
        } else if !kinds.is_empty() {
            let marks = vec!["?"; kinds.len()].join(", ");
            let sql = format!(
                "exists (select 1 from webhook_events e where e.id = webhook_deliveries.event_id and e.kind in ({marks}))"
            );
            list = list.filter_sql(&sql, kinds);
        }
        let counted = match codes {
            Some(_) => READ,
            None => COUNTED,
        };
        list.order("created_at", Order::Desc).counted_up_to(counted)
    }
}

impl Store {
    /// The endpoints that are told of an organization's events. One that cannot be read is told of nothing until it is
    /// mended, and stops nobody's purchase.
    pub async fn subscribers(&self, organization_id: Uuid) -> Result<Subscribers> {
        let binds = || vec![Value::Uuid(organization_id), Value::Bool(true)];
        let all = Query::select::<WebhookEndpoint>(LISTENING, binds()).keyed();
        let endpoints = match self.all(all).await {
            Err(StoreError::Read(_)) => {
                let ids = format!("select id from webhook_endpoints {LISTENING}");
                let ids: Vec<Col<Uuid>> = self.all(Query::raw(ids, binds())).await?;
                let (read, unreadable) = self.each_of::<WebhookEndpoint>(ids).await?;
                for (endpoint, error) in unreadable {
                    tracing::error!(%endpoint, %error, "a webhook endpoint cannot be read and receives no events");
                }
                read
            }
            read => read?,
        };
        Ok(Subscribers {
            organization_id,
            endpoints,
        })
    }

    /// Rows read one by one, and those that cannot be read.
    async fn each_of<R: Record + Send + 'static>(
        &self,
        ids: Vec<Col<Uuid>>,
    ) -> Result<(Vec<R>, Vec<(Uuid, StoreError)>)> {
        let (mut read, mut unreadable) = (Vec::new(), Vec::new());
        for Col(id) in ids {
            match self.one(Query::by_id::<R>(id)).await {
                Ok(row) => read.extend(row),
                Err(error @ StoreError::Read(_)) => unreadable.push((id, error)),
                Err(error) => return Err(error),
            }
        }
        Ok((read, unreadable))
    }

    /// An endpoint that was not removed.
    pub async fn endpoint(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<WebhookEndpoint>> {
        let rest = "where organization_id = $1 and id = $2 and deleted_at is null";
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(id)];
        self.one(Query::select::<WebhookEndpoint>(rest, binds).keyed())
            .await
    }

    /// An endpoint, removed ones too: for the delivery.
    pub async fn any_endpoint(&self, id: Uuid) -> Result<Option<WebhookEndpoint>> {
        self.one(Query::by_id::<WebhookEndpoint>(id)).await
    }

    /// An event with its endpoint, which may have been removed.
    pub async fn event(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<(WebhookEvent, WebhookEndpoint)>> {
        let sql = format!(
            "select {}, {} from webhook_events v join webhook_endpoints e on e.id = v.endpoint_id \
             where v.organization_id = $1 and v.id = $2",
            columns::<WebhookEvent>("v"),
            columns::<WebhookEndpoint>("e"),
        );
        self.one(Query::raw(
            sql,
            vec![Value::Uuid(organization_id), Value::Uuid(id)],
        ))
        .await
    }

    /// A page of deliveries, newest first, each with its event; and how many there are in all.
    pub async fn deliveries(
        &self,
        organization_id: Uuid,
        filter: &DeliveryFilter,
        page: u32,
        limit: u32,
        now: Timestamp,
    ) -> Result<(Vec<(WebhookDelivery, WebhookEvent)>, i64)> {
        let named = match filter.whole_id().map(|id| (id, id)).or(filter.begun_ids()) {
            Some((first, last)) => Some(self.deliveries_named(first, last).await?),
            None => None,
        };
        let all_have_kind =
            filter.kinds.is_empty() || !self.has_deliveries_without_kind(organization_id).await?;
        let list = filter
            .list(organization_id, named, all_have_kind)
            .as_of(now);
        let (deliveries, total): (Vec<WebhookDelivery>, i64) = self.page(list, page, limit).await?;
        if deliveries.is_empty() {
            return Ok((Vec::new(), total));
        }
        let wanted: Vec<Uuid> = deliveries.iter().map(|d| d.event_id).collect();
        let wanted = distinct(&wanted);
        let rest = format!("where id in ({})", marks(0, wanted.len()));
        let events: Vec<WebhookEvent> = self
            .all(Query::select::<WebhookEvent>(&rest, ids(&wanted).collect()))
            .await?;
        let events: HashMap<Uuid, WebhookEvent> = events.into_iter().map(|e| (e.id, e)).collect();
        let paired = deliveries
            .into_iter()
            .filter_map(|delivery| Some((events.get(&delivery.event_id)?.clone(), delivery)))
            .map(|(event, delivery)| (delivery, event))
            .collect();
        Ok((paired, total))
    }

    /// The deliveries whose id, or whose event's id, lies between these, of any organization. A read of its own, so
    /// that each half of the question uses its index.
    async fn deliveries_named(&self, first: Uuid, last: Uuid) -> Result<Vec<Uuid>> {
        let half = |column: &str| {
            format!(
                "select id from (select id from webhook_deliveries \
                 where {column} >= $1 and {column} <= $2 limit $3) by_{column}"
            )
        };
        let sql = format!("{} union {}", half("id"), half("event_id"));
        let binds = vec![Value::Uuid(first), Value::Uuid(last), Value::Int(BEGUN)];
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|col| col.0).collect())
    }

    /// True where deliveries of an older version are left, which do not say what they were about.
    async fn has_deliveries_without_kind(&self, organization_id: Uuid) -> Result<bool> {
        let sql = "select count(*) from (select 1 from webhook_deliveries \
                   where organization_id = $1 and kind is null limit 1) found";
        let binds = vec![Value::Uuid(organization_id)];
        Ok(self.scalar(Query::raw(sql, binds)).await? > 0)
    }

    /// Some of the deliveries that do not say what they were about, at most `limit`, of any organization.
    pub async fn deliveries_without_kind(&self, limit: i64) -> Result<Vec<Uuid>> {
        let sql = "select id from webhook_deliveries where kind is null order by id limit $1";
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, vec![Value::Int(limit)])).await?;
        Ok(found.into_iter().map(|col| col.0).collect())
    }

    /// The endpoints that were not removed and whose latest deliveries since a moment all failed: three at least, and
    /// none of the latest ten was taken. Only the columns that are shown are read, so that an endpoint that does not
    /// read as a whole is told of, too.
    pub async fn failing_endpoints(
        &self,
        organization_id: Uuid,
        since: Timestamp,
    ) -> Result<Vec<FailingEndpoint>> {
        let latest = format!(
            "(select d.succeeded as taken from webhook_deliveries d where d.organization_id = $1 \
             and d.endpoint_id = e.id and d.created_at > $2 \
             order by d.created_at desc, d.id desc limit {LATEST}) latest"
        );
        let sql = format!(
            "select e.id, e.name, e.url, e.enabled from webhook_endpoints e \
             where e.organization_id = $1 and e.deleted_at is null \
             and (select count(*) from {latest}) >= {FAILURES} \
             and not exists (select 1 from {latest} where latest.taken) order by e.created_at, e.id"
        );
        let binds = vec![Value::Uuid(organization_id), Value::Time(since)];
        type Row = (Col<Uuid>, Col<Option<String>>, Col<String>, Col<bool>);
        let found: Vec<Row> = self.all(Query::raw(sql, binds)).await?;
        let failing = |(id, name, url, enabled): Row| FailingEndpoint {
            id: id.0,
            name: name.0,
            url: url.0,
            enabled: enabled.0,
        };
        Ok(found.into_iter().map(failing).collect())
    }

    /// The endpoints for which something is due.
    pub async fn due_endpoints(&self, now: Timestamp) -> Result<Vec<Uuid>> {
        let found: Vec<Col<Uuid>> = self.all(due_endpoints(now)).await?;
        Ok(found.into_iter().map(|col| col.0).collect())
    }

    /// Events whose time has come, in the order in which they are sent, and those that cannot be read: one of them
    /// stops none of the others.
    pub async fn due_events(
        &self,
        endpoint_id: Uuid,
        now: Timestamp,
        limit: usize,
    ) -> Result<(Vec<WebhookEvent>, Vec<(Uuid, StoreError)>)> {
        match self.all(due_events(endpoint_id, now, limit)).await {
            Ok(events) => return Ok((events, Vec::new())),
            Err(StoreError::Read(_)) => {}
            Err(error) => return Err(error),
        }
        let mut query = due_events(endpoint_id, now, limit);
        query.sql = format!("select id from webhook_events {DUE}").into();
        let ids = self.all(query).await?;
        self.each_of(ids).await
    }

    /// Sequence and success of the endpoint's newest completed events, `but` one.
    pub async fn newest_completed(&self, endpoint_id: Uuid, but: Uuid) -> Result<Vec<(i64, bool)>> {
        let found: Vec<(Col<i64>, Col<bool>)> =
            self.all(newest_completed(endpoint_id, but)).await?;
        Ok(found
            .into_iter()
            .map(|(sequence, succeeded)| (sequence.0, succeeded.0))
            .collect())
    }

    /// The number of events recorded before `before` that still have a payload to forget, counted up to `limit`.
    pub async fn archivable_events(&self, before: Timestamp, limit: i64) -> Result<i64> {
        let sql = "select count(*) from (select id from webhook_events where payload is not null \
                   and next_attempt_at is null and created_at < $1 limit $2) found";
        self.scalar(Query::raw(
            sql,
            vec![Value::Time(before), Value::Int(limit)],
        ))
        .await
    }
}

/// Hops from endpoint to endpoint along the index of what waits, so that a long queue costs no more than
/// a short one.
fn due_endpoints(now: Timestamp) -> Query {
    let sql = "with recursive waiting (id) as ( \
               select (select v.endpoint_id from webhook_events v \
               where v.next_attempt_at is not null order by v.endpoint_id limit 1) \
               union all \
               select (select v.endpoint_id from webhook_events v where v.next_attempt_at is not null \
               and v.endpoint_id > waiting.id order by v.endpoint_id limit 1) \
               from waiting where waiting.id is not null) \
               select id from waiting where id is not null and exists ( \
               select 1 from webhook_events v where v.endpoint_id = waiting.id and v.next_attempt_at <= $1)";
    Query::raw(sql, vec![Value::Time(now)])
}

fn due_events(endpoint_id: Uuid, now: Timestamp, limit: usize) -> Query {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let binds = vec![
        Value::Uuid(endpoint_id),
        Value::Time(now),
        Value::Int(limit),
    ];
    Query::select::<WebhookEvent>(DUE, binds)
}

const DUE: &str =
    "where endpoint_id = $1 and next_attempt_at <= $2 order by next_attempt_at, sequence limit $3";

fn newest_completed(endpoint_id: Uuid, but: Uuid) -> Query {
    let sql = "select sequence, succeeded from webhook_events \
               where endpoint_id = $1 and succeeded is not null and id <> $2 order by sequence desc limit $3";
    let binds = vec![
        Value::Uuid(endpoint_id),
        Value::Uuid(but),
        Value::Int(STREAK as i64),
    ];
    Query::raw(sql, binds)
}
