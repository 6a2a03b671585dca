use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use till_core::{
    kernel::{
        changes::Record,
        records::{
            CustomerMeter, Meter, MeterFold, UsageBatch, UsageBucket, UsageEvent, UsageStream,
            UsageValue,
        },
        rows::Col,
        values::Value,
    },
    usage::{
        count::{Added, EVERYBODY, bucket_of},
        events::KnownCustomer,
        fold::CountedRows,
        quantities::Known,
    },
};
use uuid::Uuid;

use super::usage::texts;
use super::{ids, marks};
use crate::{List, Query, Result, Store, columns};

/// Ranges of ids that are asked for at once.
const RANGES: usize = 64;
/// Sums or values that are found by their places at once.
const PLACES: usize = 200;
/// Values that are found by their places at once.
const VALUES: usize = 64;

/// Batches that a meter has not counted, or that are in no turn yet: in one statement, so that none goes from the one to
/// the other meanwhile.
pub(crate) fn uncounted(organization_id: Uuid, round: i64, limit: i64) -> Query {
    let columns = columns::<UsageBatch>(UsageBatch::TABLE);
    let of = |round: &str| {
        format!("select {columns} from usage_batches where organization_id = $1 and {round}")
    };
    let sql = format!(
        "{} union all {} limit $3",
        of("round is null"),
        of("round is not null and round > $2")
    );
    let binds = vec![organization_id.into(), round.into(), limit.into()];
    Query::raw(sql, binds)
}

/// The sums of a meter that something is added to: few statements for many customers at one time, and for many times of one
/// customer.
fn buckets_at(meter_id: Uuid, added: &Added) -> Vec<Query> {
    let mut by_time: BTreeMap<Timestamp, Vec<Value>> = BTreeMap::new();
    let mut by_subject: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
    for (subject, at) in added.buckets.keys() {
        by_time.entry(*at).or_default().push((*subject).into());
        by_subject.entry(*subject).or_default().push((*at).into());
    }
    let groups: Vec<(&str, &str, Value, Vec<Value>)> = match by_time.len() < by_subject.len() {
        true => (by_time.into_iter())
            .map(|(at, subjects)| ("starts_at", "subject_id", at.into(), subjects))
            .collect(),
        false => (by_subject.into_iter())
            .map(|(subject, times)| ("subject_id", "starts_at", subject.into(), times))
            .collect(),
    };
    let mut queries = Vec::new();
    for (one, many, value, values) in groups {
        for some in values.chunks(PLACES) {
            let marks = marks(2, some.len());
            let rest = format!("where meter_id = $1 and {one} = $2 and {many} in ({marks})");
            let binds = [Value::Uuid(meter_id), value.clone()].into_iter();
            let binds = binds.chain(some.iter().cloned()).collect();
            queries.push(Query::select::<UsageBucket>(&rest, binds).keyed());
        }
    }
    queries
}

/// Values that a meter has counted, each in its quarter of an hour.
pub(crate) fn values_at(meter_id: Uuid, places: &[&(Uuid, Timestamp, String)]) -> Query {
    let place = |n: usize| {
        let (subject, at, value) = (3 * n + 2, 3 * n + 3, 3 * n + 4);
        format!(
            "(meter_id = $1 and subject_id = ${subject} and starts_at = ${at} and value = ${value})"
        )
    };
    let each: Vec<String> = (0..places.len()).map(place).collect();
    let binds = places.iter().flat_map(|(subject, at, value)| {
        [
            Value::Uuid(*subject),
            Value::Time(*at),
            Value::Text(value.clone()),
        ]
    });
    let binds = [Value::Uuid(meter_id)].into_iter().chain(binds).collect();
    Query::select::<UsageValue>(&format!("where {}", each.join(" or ")), binds)
}

/// The values, of some, that a meter has counted of a customer since the start of a quarter of an hour (none: whenever
/// that was): each is looked for once, however often it was counted.
pub(crate) fn values_held(
    meter_id: Uuid,
    subject: Uuid,
    since: Option<Timestamp>,
    values: &[&str],
) -> Query {
    let wanted: Vec<String> = (0..values.len())
        .map(|n| format!("(cast(${} as text))", n + 3))
        .collect();
    let since = since.map(|at| (format!(" and u.starts_at >= ${}", values.len() + 3), at));
    let (later, since) = since.unzip();
    let sql = format!(
        "select wanted.value from (select column1 as value from (values {}) as listed) as wanted \
         where exists (select 1 from usage_values u where u.meter_id = $1 and u.subject_id = $2 \
         and u.value = wanted.value{})",
        wanted.join(", "),
        later.unwrap_or_default()
    );
    let values = values.iter().map(|value| Value::from(*value));
    let binds = [Value::Uuid(meter_id), Value::Uuid(subject)]
        .into_iter()
        .chain(values)
        .chain(since.map(Value::Time))
        .collect();
    Query::raw(sql, binds)
}

impl Store {
    /// Organizations with events that are in no turn yet, the one that has waited longest first, at most `limit`.
    pub async fn organizations_with_new_usage(&self, limit: i64) -> Result<Vec<Uuid>> {
        let sql = "select organization_id from usage_batches where round is null group by organization_id \
                   order by min(created_at), organization_id limit $1";
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, vec![limit.into()])).await?;
        Ok(found.into_iter().map(|Col(id)| id).collect())
    }

    /// Batches that are in no turn yet, the oldest first.
    pub async fn new_batches(&self, organization_id: Uuid, limit: i64) -> Result<Vec<UsageBatch>> {
        let rest = "where organization_id = $1 and round is null order by id limit $2";
        let binds = vec![organization_id.into(), limit.into()];
        self.all(Query::select::<UsageBatch>(rest, binds)).await
    }

    /// The batches of the turns after `round`, in order, at most `limit`.
    pub async fn batches_after(
        &self,
        organization_id: Uuid,
        round: i64,
        limit: i64,
    ) -> Result<Vec<UsageBatch>> {
        let rest = "where organization_id = $1 and round is not null and round > $2 order by round, id limit $3";
        let binds = vec![organization_id.into(), round.into(), limit.into()];
        self.all(Query::select::<UsageBatch>(rest, binds)).await
    }

    /// Batches that a meter which has counted up to `round` has not counted, in no order, at most `limit`.
    pub async fn uncounted_batches(
        &self,
        organization_id: Uuid,
        round: i64,
        limit: i64,
    ) -> Result<Vec<UsageBatch>> {
        self.all(uncounted(organization_id, round, limit)).await
    }

    /// Batches by their ids.
    pub async fn usage_batches(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<UsageBatch>> {
        self.owned(organization_id, wanted).await
    }

    /// The events of batches, in no order.
    pub async fn events_of_batches(&self, batches: &[UsageBatch]) -> Result<Vec<UsageEvent>> {
        let mut events = Vec::new();
        for some in batches.chunks(RANGES) {
            let ranges: Vec<String> = (0..some.len())
                .map(|n| format!("(id >= ${} and id <= ${})", 2 * n + 1, 2 * n + 2))
                .collect();
            let binds = some
                .iter()
                .flat_map(|batch| [Value::Uuid(batch.id), Value::Uuid(batch.last_id)])
                .collect();
            let rest = format!("where {}", ranges.join(" or "));
            events.extend(self.all(Query::select::<UsageEvent>(&rest, binds)).await?);
        }
        Ok(events)
    }

    /// The progress of putting an organization's events into turns.
    pub async fn usage_stream(&self, organization_id: Uuid) -> Result<Option<UsageStream>> {
        self.one(Query::by_id::<UsageStream>(organization_id)).await
    }

    /// The progress of a meter's counting.
    pub async fn meter_fold(&self, meter_id: Uuid) -> Result<Option<MeterFold>> {
        self.one(Query::by_id::<MeterFold>(meter_id)).await
    }

    /// All meters of an organization, each with how far it has counted.
    pub async fn meters_with_folds(
        &self,
        organization_id: Uuid,
    ) -> Result<Vec<(Meter, Option<MeterFold>)>> {
        let sql = format!(
            "select {}, {} from meters m left join meter_folds f on f.id = m.id where m.organization_id = $1",
            columns::<Meter>("m"),
            columns::<MeterFold>("f")
        );
        self.all(Query::raw(sql, vec![organization_id.into()]))
            .await
    }

    /// Meters that have not counted all turns, at most `limit`, and `of_one` of one organization: the one that is
    /// furthest behind of each organization first, then the second of each.
    pub async fn meters_behind(&self, of_one: i64, limit: i64) -> Result<Vec<(Meter, MeterFold)>> {
        let sql = format!(
            "select {}, {} from (select f.id, s.round - f.round as behind, row_number() over \
             (partition by f.organization_id order by s.round - f.round desc, f.id) as place \
             from usage_streams s join meter_folds f on f.organization_id = s.id and f.round < s.round) late \
             join meter_folds f on f.id = late.id join meters m on m.id = late.id where late.place <= $1 \
             order by late.place, late.behind desc, late.id limit $2",
            columns::<Meter>("m"),
            columns::<MeterFold>("f")
        );
        let binds = vec![of_one.into(), limit.into()];
        self.all(Query::raw(sql, binds)).await
    }

    /// The number of an organization's meters, archived ones too.
    pub async fn count_meters(&self, organization_id: Uuid) -> Result<i64> {
        let sql = "select count(*) from meters where organization_id = $1";
        self.scalar(Query::raw(sql, vec![organization_id.into()]))
            .await
    }

    /// Customers with these external ids, for events that named them before they were there.
    pub async fn customers_named(
        &self,
        organization_id: Uuid,
        external_ids: &[String],
    ) -> Result<Vec<KnownCustomer>> {
        self.known_customers(
            organization_id,
            "external_id",
            external_ids.len(),
            texts(external_ids),
        )
        .await
    }

    /// Events that wait for one with any of these external ids as their parent, at most `limit`.
    pub async fn orphans_of(
        &self,
        organization_id: Uuid,
        external_ids: &[String],
        limit: i64,
    ) -> Result<Vec<UsageEvent>> {
        if external_ids.is_empty() {
            return Ok(Vec::new());
        }
        let rest = format!(
            "where organization_id = $1 and parent_id is null and parent_key in ({}) limit ${}",
            marks(1, external_ids.len()),
            external_ids.len() + 2
        );
        let binds = [Value::Uuid(organization_id)]
            .into_iter()
            .chain(texts(external_ids))
            .chain([Value::Int(limit)])
            .collect();
        self.all(Query::select::<UsageEvent>(&rest, binds)).await
    }

    /// True where any event of the organization waits for its parent.
    pub async fn has_orphans(&self, organization_id: Uuid) -> Result<bool> {
        let sql = "select count(*) from (select 1 from usage_events where organization_id = $1 \
                   and parent_id is null and parent_key is not null limit 1) waiting";
        let found = self.scalar(Query::raw(sql, vec![organization_id.into()]));
        Ok(found.await? > 0)
    }

    /// Events that name a customer by this external id and are bound to none, in the order of their times, after the
    /// event `after`, at most `limit`.
    pub async fn unbound_events(
        &self,
        organization_id: Uuid,
        external_id: &str,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<UsageEvent>> {
        let rest = "where organization_id = $1 and customer_id is null and external_customer_id = $2 \
                    and (timestamp, id) > ($3, $4) order by timestamp, id limit $5";
        let (time, id) = after.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
        let binds = vec![
            organization_id.into(),
            external_id.into(),
            time.into(),
            id.into(),
            limit.into(),
        ];
        self.all(Query::select::<UsageEvent>(rest, binds)).await
    }

    /// The rows that hold what a meter has counted, as far as `added` adds to them.
    pub async fn counted_rows(&self, meter_id: Uuid, added: &Added) -> Result<CountedRows> {
        let mut rows = CountedRows::default();
        for query in buckets_at(meter_id, added) {
            rows.buckets.extend(self.all(query).await?);
        }
        let values: Vec<_> = added.values.iter().collect();
        for some in values.chunks(VALUES) {
            let query = values_at(meter_id, some);
            rows.values.extend(self.all(query).await?);
        }
        // The different values of everybody are counted in their buckets alone.
        let mut values: BTreeMap<Uuid, BTreeSet<&str>> = BTreeMap::new();
        for (subject, _, value) in &added.values {
            if *subject != EVERYBODY {
                values.entry(*subject).or_default().insert(value);
            }
        }
        let customers: Vec<Uuid> = added.customers.iter().copied().collect();
        for some in customers.chunks(PLACES) {
            let rest = format!(
                "where meter_id = $1 and customer_id in ({})",
                marks(1, some.len())
            );
            let binds = [Value::Uuid(meter_id)]
                .into_iter()
                .chain(ids(some))
                .collect();
            let query = Query::select::<CustomerMeter>(&rest, binds).keyed();
            rows.customer_meters.extend(self.all(query).await?);
        }
        let reset: BTreeMap<Uuid, Timestamp> = (rows.customer_meters.iter())
            .filter_map(|row| Some((row.customer_id, bucket_of(row.reset_at?))))
            .collect();
        for (subject, values) in values {
            let since = reset.get(&subject).copied();
            let values: Vec<&str> = values.into_iter().collect();
            for some in values.chunks(PLACES) {
                let query = values_held(meter_id, subject, since, some);
                let held: Vec<Col<String>> = self.all(query).await?;
                let held = held.into_iter().map(|Col(value)| (subject, value));
                rows.held.extend(held);
            }
        }
        Ok(rows)
    }

    /// The sums and values that a meter has counted in a period, at most `limit` rows of each kind: of everybody, of some customers, or
    /// (`each`) of all customers.
    pub async fn counted_in(
        &self,
        meter_id: Uuid,
        customers: &[Uuid],
        each: bool,
        (start, end): (Timestamp, Timestamp),
        limit: i64,
    ) -> Result<Known> {
        let subjects: Vec<Uuid> = match (customers, each) {
            ([], false) => vec![EVERYBODY],
            (some, _) => some.to_vec(),
        };
        let of = match subjects.is_empty() {
            true => "subject_id <> $4".to_owned(),
            false => format!("subject_id in ({})", marks(3, subjects.len())),
        };
        let subjects = match subjects.is_empty() {
            true => vec![EVERYBODY],
            false => subjects,
        };
        let binds: Vec<Value> = [meter_id.into(), start.into(), end.into()]
            .into_iter()
            .chain(ids(&subjects))
            .chain([Value::Int(limit)])
            .collect();
        let rest = format!(
            "where meter_id = $1 and starts_at >= $2 and starts_at < $3 and {of} limit ${}",
            binds.len()
        );
        let buckets: Vec<UsageBucket> = self
            .all(Query::select::<UsageBucket>(&rest, binds.clone()))
            .await?;
        let values: Vec<UsageValue> = self.all(Query::select::<UsageValue>(&rest, binds)).await?;
        Ok(Known {
            buckets: buckets
                .iter()
                .map(|row| (row.subject_id, row.starts_at, row.tally()))
                .collect(),
            values: values
                .into_iter()
                .map(|row| (row.subject_id, row.starts_at, row.value))
                .collect(),
        })
    }

    /// A customer's meter of the organization.
    pub async fn customer_meter(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<CustomerMeter>> {
        self.own(organization_id, id, "").await
    }

    /// True where a customer has any meter.
    pub async fn has_customer_meters(&self, customer_id: Uuid) -> Result<bool> {
        let sql = "select count(*) from (select 1 from customer_meters where customer_id = $1 limit 1) used";
        let found = self.scalar(Query::raw(sql, vec![customer_id.into()]));
        Ok(found.await? > 0)
    }

    /// The meters that a customer has used, the first used first; at most `limit`.
    pub async fn customer_meters_of(
        &self,
        customer_id: Uuid,
        limit: i64,
    ) -> Result<Vec<CustomerMeter>> {
        let rest = "where customer_id = $1 order by created_at, id limit $2";
        let binds = vec![customer_id.into(), limit.into()];
        self.all(Query::select::<CustomerMeter>(rest, binds).keyed())
            .await
    }
}

impl List {
    /// Customers' meters whose name contains `text`, however it is written; without it: all rows.
    pub fn search_meters(self, organization_id: Uuid, text: Option<&str>) -> Self {
        match text {
            Some(text) => {
                self.search_named::<Meter>(&[], "meter_id", &["name"], organization_id, text)
            }
            None => self,
        }
    }
}
