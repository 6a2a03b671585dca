//! Reads of Till's own events, and of the journal that they are made of.

use jiff::Timestamp;
use till_core::{
    kernel::{
        changes::Record,
        records::{
            JournalEntry, JournalPosition, StreamEvent, SystemEvent, SystemEventType, UsageEvent,
            UsageEventType,
        },
        rows::Col,
    },
    usage::system::{Subjects, SystemRows},
};
use uuid::Uuid;

use super::{ids, marks};
use crate::{List, Query, Result, Store, list::Window};

/// Events that are looked for at once.
const LOOKED_FOR: usize = 500;

impl Store {
    /// Organizations behind `after` with entries of the journal that were not read yet, or not looked for again, of those up
    /// to the sequence `late`; and those whose journal was read up to `recent` or further. At most `limit`, by ID.
    pub async fn organizations_with_journal(
        &self,
        after: Uuid,
        late: i64,
        recent: i64,
        limit: i64,
    ) -> Result<Vec<Uuid>> {
        let sql = "select o.id from organizations o left join journal_positions p on p.id = o.id \
             where o.id > $1 and (p.sequence > $3 \
             or exists (select 1 from journal j where j.organization_id = o.id and j.sequence > coalesce(p.sequence, 0)) \
             or exists (select 1 from journal j where j.organization_id = o.id and j.sequence > coalesce(p.swept, 0) \
             and j.sequence <= $2)) order by o.id limit $4";
        let binds = vec![after.into(), late.into(), recent.into(), limit.into()];
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|Col(id)| id).collect())
    }

    /// Place up to which an organization's journal was read.
    pub async fn journal_position(&self, organization_id: Uuid) -> Result<Option<JournalPosition>> {
        self.one(Query::by_id::<JournalPosition>(organization_id))
            .await
    }

    /// Entries of an organization's journal after a sequence, up to another one, oldest first; at most `limit`.
    pub async fn journal_between(
        &self,
        organization_id: Uuid,
        after: i64,
        upto: i64,
        limit: i64,
    ) -> Result<Vec<JournalEntry>> {
        let rest = "where organization_id = $1 and sequence > $2 and sequence <= $3 \
                    order by sequence, kind, id limit $4";
        let binds = vec![
            organization_id.into(),
            after.into(),
            upto.into(),
            limit.into(),
        ];
        self.all(Query::select::<JournalEntry>(rest, binds)).await
    }

    /// IDs of these events of Till, as far as they are there.
    pub async fn known_system_events(&self, events: &[Uuid]) -> Result<Vec<Uuid>> {
        let mut known = Vec::new();
        for part in events.chunks(LOOKED_FOR) {
            let sql = format!(
                "select id from system_events where id in ({})",
                marks(0, part.len())
            );
            let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, ids(part).collect())).await?;
            known.extend(found.into_iter().map(|Col(id)| id));
        }
        Ok(known)
    }

    /// The rows that entries of an organization's journal are about, with those that they name.
    pub async fn system_rows(&self, own: Uuid, subjects: &Subjects) -> Result<SystemRows> {
        let (checkouts, orders, grants) = tokio::try_join!(
            self.owned(own, &subjects.checkouts),
            self.owned(own, &subjects.orders),
            self.owned(own, &subjects.grants),
        )?;
        let mut rows = SystemRows {
            checkouts,
            orders,
            grants,
            ..SystemRows::default()
        };
        let of_orders = rows.orders.iter().filter_map(|row| row.subscription_id);
        let told = subjects.subscriptions.iter().copied();
        let subscriptions: Vec<Uuid> = told.chain(of_orders).collect();
        rows.subscriptions = self.owned(own, &subscriptions).await?;
        let benefits: Vec<Uuid> = rows.grants.iter().map(|row| row.benefit_id).collect();
        let mut customers = rows.customer_ids();
        customers.extend(&subjects.customers);
        (rows.customers, rows.benefits) =
            tokio::try_join!(self.owned(own, &customers), self.owned(own, &benefits))?;
        Ok(rows)
    }

    /// An event of Till in the organization.
    pub async fn system_event(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<SystemEvent>> {
        self.own(organization_id, id, "").await
    }

    /// All names of Till's events in an organization.
    pub async fn system_event_types(&self, organization_id: Uuid) -> Result<Vec<SystemEventType>> {
        let rest = "where organization_id = $1 order by name";
        let binds = vec![organization_id.into()];
        self.all(Query::select::<SystemEventType>(rest, binds))
            .await
    }

    /// Usage events and events of Till as one list: `limit` of them behind the first `skip`. Both lists run
    /// by the same column.
    pub async fn both_events(
        &self,
        own: Uuid,
        (usage, system): (&List, &List),
        skip: u64,
        limit: u64,
    ) -> Result<Vec<StreamEvent>> {
        debug_assert_eq!(usage.table(), UsageEvent::TABLE);
        debug_assert_eq!(system.table(), SystemEvent::TABLE);
        let window = Window {
            after: None,
            skip,
            limit,
        };
        let query = usage.both(system, self.dialect(), window);
        let places: Vec<(Col<Uuid>, Col<Timestamp>, Col<i64>)> = self.all(query).await?;
        let of = |which: i64| -> Vec<Uuid> {
            let own = places.iter().filter(|(_, _, place)| place.0 == which);
            own.map(|(id, ..)| id.0).collect()
        };
        let (usage, system) = (of(0), of(1));
        let (mut usage, mut system): (Vec<UsageEvent>, Vec<SystemEvent>) =
            tokio::try_join!(self.owned(own, &usage), self.owned(own, &system))?;
        let mut rows = Vec::new();
        for (Col(id), _, Col(place)) in places {
            if place == 0 {
                let at = usage.iter().position(|row| row.id == id);
                rows.extend(at.map(|at| StreamEvent::User(usage.swap_remove(at))));
            } else {
                let at = system.iter().position(|row| row.id == id);
                rows.extend(at.map(|at| StreamEvent::System(system.swap_remove(at))));
            }
        }
        Ok(rows)
    }

    /// Types of events in a list: `limit` of them behind the first `skip`.
    pub async fn some_event_types(
        &self,
        list: &List,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<UsageEventType>> {
        let window = Window {
            after: None,
            skip,
            limit,
        };
        self.all(list.rows(self.dialect(), window)).await
    }
}
