use std::collections::HashSet;

use jiff::Timestamp;
use till_core::{
    kernel::{
        changes::Record,
        records::{UsageEvent, UsageEventType},
        rows::Col,
        values::Value,
    },
    usage::events::{IngestRows, KnownCustomer, KnownEvent, KnownMember, Named},
};
use uuid::Uuid;

use super::{ids, marks};
use crate::{List, Query, Result, Store};

/// Generations of events above one that are looked at, at most.
const GENERATIONS: u32 = 5;

/// Id, customer and external id of a member.
type MemberRow = (Col<Uuid>, Col<Uuid>, Col<Option<String>>);
/// A name, its number, and when the first and the last event with it happened.
type NameRow = (Col<String>, Col<i64>, Col<Timestamp>, Col<Timestamp>);

pub(super) fn texts(texts: &[String]) -> impl Iterator<Item = Value> + '_ {
    texts.iter().map(|text| Value::Text(text.clone()))
}

/// `select … from table where organization_id = $1 and … and column in (…)`.
fn named(
    columns: &str,
    from: &str,
    column: &str,
    organization_id: Uuid,
    values: impl Iterator<Item = Value>,
) -> Query {
    let binds: Vec<Value> = [Value::Uuid(organization_id)]
        .into_iter()
        .chain(values)
        .collect();
    let sql = format!(
        "select {columns} from {from} and {column} in ({})",
        marks(1, binds.len() - 1)
    );
    Query::raw(sql, binds).keyed()
}

impl Store {
    /// The rows that events name, as far as they exist in the organization.
    pub async fn ingest_rows(&self, organization_id: Uuid, names: &Named) -> Result<IngestRows> {
        let own = organization_id;
        let (customers, external, events, own_ids, known) = tokio::try_join!(
            self.known_customers(own, "id", names.customers.len(), ids(&names.customers)),
            self.known_customers(
                own,
                "external_id",
                names.external_customers.len(),
                texts(&names.external_customers)
            ),
            self.known_events(own, "id", names.events.len(), ids(&names.events)),
            self.known_events(
                own,
                "external_id",
                names.external_ids.len(),
                texts(&names.external_ids)
            ),
            self.known_names(own, &names.names),
        )?;
        let customers: Vec<KnownCustomer> = customers.into_iter().chain(external).collect();
        let (members, external_members) = tokio::try_join!(
            self.known_members(own, &customers, "id", ids(&names.members)),
            self.known_members(
                own,
                &customers,
                "external_id",
                texts(&names.external_members)
            ),
        )?;
        let types = match names.names.iter().all(|name| known.contains(name)) {
            true => 0,
            false => self.count_event_types(own).await?,
        };
        Ok(IngestRows {
            customers,
            members: members.into_iter().chain(external_members).collect(),
            events: events.into_iter().chain(own_ids).collect(),
            names: known,
            types,
        })
    }

    pub(super) async fn known_customers(
        &self,
        own: Uuid,
        column: &str,
        count: usize,
        values: impl Iterator<Item = Value>,
    ) -> Result<Vec<KnownCustomer>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let from = "customers where organization_id = $1 and deleted_at is null";
        let query = named("id, external_id", from, column, own, values);
        let found: Vec<(Col<Uuid>, Col<Option<String>>)> = self.all(query).await?;
        let known = |(Col(id), Col(external_id))| KnownCustomer { id, external_id };
        Ok(found.into_iter().map(known).collect())
    }

    /// Members of some customers, by a column.
    async fn known_members(
        &self,
        own: Uuid,
        customers: &[KnownCustomer],
        column: &str,
        values: impl Iterator<Item = Value>,
    ) -> Result<Vec<KnownMember>> {
        let values: Vec<Value> = values.collect();
        if values.is_empty() || customers.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select id, customer_id, external_id from customer_members where organization_id = $1 \
             and customer_id in ({}) and {column} in ({})",
            marks(1, customers.len()),
            marks(1 + customers.len(), values.len())
        );
        let binds = [Value::Uuid(own)]
            .into_iter()
            .chain(customers.iter().map(|customer| Value::Uuid(customer.id)))
            .chain(values)
            .collect();
        let found: Vec<MemberRow> = self.all(Query::raw(sql, binds).keyed()).await?;
        let known = |(Col(id), Col(customer_id), Col(external_id))| KnownMember {
            id,
            customer_id,
            external_id,
        };
        Ok(found.into_iter().map(known).collect())
    }

    async fn known_events(
        &self,
        own: Uuid,
        column: &str,
        count: usize,
        values: impl Iterator<Item = Value>,
    ) -> Result<Vec<KnownEvent>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let from = "usage_events where organization_id = $1";
        let query = named("id, external_id", from, column, own, values);
        let found: Vec<(Col<Uuid>, Col<Option<String>>)> = self.all(query).await?;
        let known = |(Col(id), Col(external_id))| KnownEvent { id, external_id };
        Ok(found.into_iter().map(known).collect())
    }

    async fn known_names(&self, own: Uuid, names: &[String]) -> Result<HashSet<String>> {
        if names.is_empty() {
            return Ok(HashSet::new());
        }
        let from = "event_types where organization_id = $1";
        let found: Vec<Col<String>> = self
            .all(named("name", from, "name", own, texts(names)))
            .await?;
        Ok(found.into_iter().map(|Col(name)| name).collect())
    }

    async fn count_event_types(&self, own: Uuid) -> Result<i64> {
        let sql = "select count(*) from event_types where organization_id = $1";
        self.scalar(Query::raw(sql, vec![Value::Uuid(own)])).await
    }

    /// An event of the organization.
    pub async fn usage_event(&self, organization_id: Uuid, id: Uuid) -> Result<Option<UsageEvent>> {
        self.own(organization_id, id, "").await
    }

    /// A type of events of the organization.
    pub async fn event_type(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<UsageEventType>> {
        self.own(organization_id, id, "").await
    }

    /// The types with these names.
    pub async fn event_types_named(
        &self,
        organization_id: Uuid,
        names: &[String],
    ) -> Result<Vec<UsageEventType>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let rest = format!(
            "where organization_id = $1 and name in ({})",
            marks(1, names.len())
        );
        let binds = [Value::Uuid(organization_id)]
            .into_iter()
            .chain(texts(names))
            .collect();
        self.all(Query::select::<UsageEventType>(&rest, binds).keyed())
            .await
    }

    /// The number of children of each of these events that has any.
    pub async fn count_children(&self, events: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select parent_id, count(*) from usage_events where parent_id in ({}) group by parent_id",
            marks(0, events.len())
        );
        let found: Vec<(Col<Uuid>, Col<i64>)> =
            self.all(Query::raw(sql, ids(events).collect())).await?;
        Ok(found.into_iter().map(|(Col(id), Col(n))| (id, n)).collect())
    }

    /// Children of these events, at most `limit`.
    pub async fn children_of(
        &self,
        organization_id: Uuid,
        events: &[Uuid],
        limit: i64,
    ) -> Result<Vec<Uuid>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select id from usage_events where organization_id = $1 and parent_id in ({}) \
             order by id limit ${}",
            marks(1, events.len()),
            events.len() + 2
        );
        let binds = [Value::Uuid(organization_id)]
            .into_iter()
            .chain(ids(events))
            .chain([Value::Int(limit)])
            .collect();
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|Col(id)| id).collect())
    }

    /// Names of a customer's newest events, each with how many there are and when the first and the last of them
    /// happened; at most `newest` events are looked at.
    pub async fn names_of_customer(
        &self,
        list: &List,
        newest: u64,
    ) -> Result<Vec<(String, i64, Timestamp, Timestamp)>> {
        let rows: Vec<NameRow> = self.all(list.counted_names(self.dialect(), newest)).await?;
        let row = |(Col(name), Col(n), Col(first), Col(last))| (name, n, first, last);
        Ok(rows.into_iter().map(row).collect())
    }
}

impl List {
    /// Events of some customers, and those that wait for customers by these external ids.
    pub fn of_customers_or_unbound(self, customers: &[Uuid], external: &[String]) -> Self {
        let (bound, unbound) = ("customer_id", "external_customer_id");
        match (customers.is_empty(), external.is_empty()) {
            (false, true) => self.is_in(bound, ids(customers).collect()),
            (true, _) => self
                .is_null(bound)
                .is_in(unbound, texts(external).collect()),
            (false, false) => {
                let one = |column: &str, count: usize| {
                    let marks = vec!["?"; count].join(", ");
                    format!("{}.{column} in ({marks})", UsageEvent::TABLE)
                };
                let sql = format!(
                    "({} or {}.{bound} is null and {})",
                    one(bound, customers.len()),
                    UsageEvent::TABLE,
                    one(unbound, external.len())
                );
                self.filter_sql(&sql, ids(customers).chain(texts(external)).collect())
            }
        }
    }

    /// Events with at most so many generations above them; 5 are looked at, at most.
    pub fn within_generations(self, depth: u32) -> Self {
        let depth = depth.min(GENERATIONS);
        if depth == 0 {
            return self.is_null("parent_id");
        }
        let joins: String = (2..=depth)
            .map(|n| {
                format!(
                    " join {t} p{n} on p{n}.id = p{}.parent_id",
                    n - 1,
                    t = UsageEvent::TABLE
                )
            })
            .collect();
        let sql = format!(
            "(select p{depth}.parent_id from {t} p1{joins} where p1.id = {t}.parent_id) is null",
            t = UsageEvent::TABLE
        );
        self.filter_sql(&sql, vec![])
    }
}
