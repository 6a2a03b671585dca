//! Types of events: the names that usage events have, and those of Till's own.

use std::{cmp::Ordering, collections::HashMap};

use till_core::{
    kernel::{
        changes::Record,
        folding::fold,
        records::{SystemEvent, SystemEventType, UsageEvent, UsageEventType},
    },
    usage::events,
};
use till_store::{List, Order};
use till_wire::{
    page::Page,
    usage::{
        EventName, EventSource, EventTypeUpdate, EventTypeWithStats, UsageEventType as EventType,
    },
};
use uuid::Uuid;

use super::{LOOKED_AT, of_named};
use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Caller, Params, Window,
        query::{Sorted, id, ids, query, sorting, switch, text, texts, words},
        scope,
    },
};

const NAME_KEYS: [(&str, &str); 4] = [
    ("name", "name"),
    ("occurrences", "occurrences"),
    ("first_seen", "first_seen"),
    ("last_seen", "last_seen"),
];
const TYPE_KEYS: [(&str, &str); 5] = [
    ("name", "name"),
    ("label", "label"),
    ("occurrences", "occurrences"),
    ("first_seen", "first_seen"),
    ("last_seen", "last_seen"),
];

query! {
    /// The query of a list of names of events.
    pub(crate) struct NamesQuery {
        /// Filter by customer ID. The newest 10,000 events of the customers are counted.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID. The newest 10,000 events of the customers are counted.
        external_customer_id: Vec<String> = texts(),
        /// Filter by who made the events.
        source: Vec<EventSource> = words::<EventSource>(),
        /// Search for a part of the name, in any case.
        query: Option<String> = text(),
        sorting: Sorted = sorting(&NAME_KEYS, "-last_seen"),
    }
}

/// Lists names of events, with how often they occurred.
pub async fn names(
    caller: &Caller<scope::EventsRead>,
    mut params: Params,
) -> Result<Page<EventName>> {
    let sent = NamesQuery::read(&mut params);
    let wanted = WantedTypes {
        customer_id: sent.customer_id,
        external_customer_id: sent.external_customer_id,
        source: sent.source,
        query: sent.query,
        sorting: sent.sorting,
        columns: &["name"],
        parents: Parents::Any,
    };
    let (rows, total, window) = wanted.page(caller, params).await?;
    let name = |row: EventTypeWithStats| EventName {
        name: row.name,
        label: row.label,
        source: row.source,
        occurrences: row.occurrences,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
    };
    Ok(window.of(total, rows.into_iter().map(name)))
}

query! {
    /// The query of a list of types of events.
    pub(crate) struct TypesQuery {
        /// Filter by customer ID. The newest 10,000 events of the customers are counted.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID. The newest 10,000 events of the customers are counted.
        external_customer_id: Vec<String> = texts(),
        /// Search for a part of the name or the label, in any case.
        query: Option<String> = text(),
        /// Switch to count only events without a parent, the newest 10,000 of them.
        root_events: bool = switch(),
        /// Filter by the parent of the events, by its ID; its newest 10,000 parts are counted.
        parent_id: Option<Uuid> = id(),
        /// Filter by who made the events; without it, only those of programs are listed.
        source: Vec<EventSource> = words::<EventSource>(),
        sorting: Sorted = sorting(&TYPE_KEYS, "-last_seen"),
    }
}

/// Lists types of events, with how often they occurred.
pub async fn types(
    caller: &Caller<scope::EventsRead>,
    mut params: Params,
) -> Result<Page<EventTypeWithStats>> {
    let sent = TypesQuery::read(&mut params);
    let wanted = WantedTypes {
        customer_id: sent.customer_id,
        external_customer_id: sent.external_customer_id,
        // Older clients take no type without an ID (docs/behaviour: system-events/types).
        source: match sent.source.is_empty() {
            true => vec![EventSource::User],
            false => sent.source,
        },
        query: sent.query,
        sorting: sent.sorting,
        columns: &["name", "label"],
        parents: match (sent.parent_id, sent.root_events) {
            (Some(parent), _) => Parents::One(parent),
            (None, true) => Parents::None,
            (None, false) => Parents::Any,
        },
    };
    let (rows, total, window) = wanted.page(caller, params).await?;
    Ok(window.of(total, rows))
}

/// The parents of events that are counted.
#[derive(Clone, Copy)]
enum Parents {
    Any,
    None,
    One(Uuid),
}

/// Types that are asked for. Of some customers, or of some parents, the newest events are counted anew; of all, the
/// types have their numbers already.
struct WantedTypes {
    customer_id: Vec<Uuid>,
    external_customer_id: Vec<String>,
    source: Vec<EventSource>,
    query: Option<String>,
    sorting: Sorted,
    columns: &'static [&'static str],
    parents: Parents,
}

impl WantedTypes {
    async fn page(
        self,
        caller: &Caller<scope::EventsRead>,
        mut params: Params,
    ) -> Result<(Vec<EventTypeWithStats>, i64, Window)> {
        let (app, own) = (&caller.app, caller.organization.id);
        let organizations = params.organizations();
        let window = params.last_window()?;
        if !(organizations.is_empty() || organizations.contains(&own)) {
            return Ok((Vec::new(), 0, window));
        }
        let is_of = |source| self.source.is_empty() || self.source.contains(&source);
        let mut system = match is_of(EventSource::System) {
            true => self.of_till(app, own).await?,
            false => Vec::new(),
        };
        let list = List::of::<UsageEventType>(own)
            .search(self.columns, &[], self.query.as_deref())
            .sorted(self.sorting.iter().copied());
        let limit = window.limit as usize;
        let first = (window.page as usize - 1).saturating_mul(limit);
        let (rows, total, before) = if !is_of(EventSource::User) {
            (Vec::new(), 0, 0)
        } else if self.counts_all() {
            // As many rows before the page as there are of Till's, which may come before them.
            let before = first.saturating_sub(system.len());
            let (rows, (_, total)) = tokio::try_join!(
                app.store
                    .some_event_types(&list, before as u64, (first - before + limit) as u64),
                app.store.page::<UsageEventType>(list.clone(), 1, 1),
            )?;
            (rows, total, before)
        } else {
            let rows = self.counted(app, own, list).await?;
            let total = rows.len() as i64;
            (rows, total, 0)
        };
        let total = total + system.len() as i64;
        let mut all: Vec<EventTypeWithStats> =
            rows.iter().map(UsageEventType::view_with_stats).collect();
        let passed = match (before, all.first()) {
            (0, _) | (_, None) => 0,
            (_, Some(first)) => {
                let precedes = |row: &&EventTypeWithStats| self.compare(row, first).is_lt();
                system.iter().filter(precedes).count()
            }
        };
        system.sort_by(|one, other| self.compare(one, other));
        all.extend(system.into_iter().skip(passed));
        all.sort_by(|one, other| self.compare(one, other));
        let skipped = first.saturating_sub(before + passed);
        let rows = all.into_iter().skip(skipped).take(limit).collect();
        Ok((rows, total, window))
    }

    fn counts_all(&self) -> bool {
        self.customer_id.is_empty()
            && self.external_customer_id.is_empty()
            && matches!(self.parents, Parents::Any)
    }

    /// The newest events of the customers that are asked for by ID.
    fn newest<R: Record>(&self, own: Uuid) -> List {
        List::of::<R>(own)
            .any_of("customer_id", self.customer_id.iter().copied())
            .order("timestamp", Order::Desc)
    }

    /// Types of usage with the numbers of the newest events.
    async fn counted(&self, app: &App, own: Uuid, list: List) -> Result<Vec<UsageEventType>> {
        let events = self.newest::<UsageEvent>(own);
        let events = of_named(app, own, events, &self.external_customer_id).await?;
        let events = match self.parents {
            Parents::Any => events,
            Parents::None => events.is_null("parent_id"),
            Parents::One(parent) => events.eq("parent_id", parent),
        };
        let counted = app
            .store
            .names_of_customer(&events, LOOKED_AT as u64)
            .await?;
        let names: Vec<till_core::kernel::values::Value> = counted
            .iter()
            .map(|(name, ..)| name.as_str().into())
            .collect();
        let list = list.is_in("name", names);
        let mut rows = app
            .store
            .some_event_types(&list, 0, LOOKED_AT as u64)
            .await?;
        let counted: HashMap<String, _> = counted
            .into_iter()
            .map(|(name, occurrences, first, last)| (name, (occurrences, first, last)))
            .collect();
        for row in &mut rows {
            if let Some(found) = counted.get(&row.name) {
                (row.occurrences, row.first_seen, row.last_seen) = *found;
            }
        }
        Ok(rows)
    }

    /// The names of Till's events, of which there are few.
    async fn of_till(&self, app: &App, own: Uuid) -> Result<Vec<EventTypeWithStats>> {
        if matches!(self.parents, Parents::One(_)) {
            return Ok(Vec::new());
        }
        let mut rows = app.store.system_event_types(own).await?;
        if !(self.customer_id.is_empty() && self.external_customer_id.is_empty()) {
            let external = self.external_customer_id.iter().cloned();
            let events = self
                .newest::<SystemEvent>(own)
                .any_of("external_customer_id", external);
            let counted = app
                .store
                .names_of_customer(&events, LOOKED_AT as u64)
                .await?;
            rows.retain_mut(|row| {
                let found = counted.iter().find(|(name, ..)| *name == row.name);
                found
                    .map(|(_, occurrences, first, last)| {
                        (row.occurrences, row.first_seen, row.last_seen) =
                            (*occurrences, *first, *last);
                    })
                    .is_some()
            });
        }
        let mut rows: Vec<EventTypeWithStats> =
            rows.iter().map(SystemEventType::view_with_stats).collect();
        if let Some(query) = self.query.as_deref().map(fold) {
            rows.retain(|row| {
                let is_found = |column: &&str| {
                    let text = match *column {
                        "label" => &row.label,
                        _ => &row.name,
                    };
                    fold(text).contains(&query)
                };
                self.columns.iter().any(is_found)
            });
        }
        Ok(rows)
    }

    /// The order of two types.
    fn compare(&self, one: &EventTypeWithStats, other: &EventTypeWithStats) -> Ordering {
        let lower = |text: &str| text.to_lowercase();
        let by = |(column, order): &(&'static str, Order)| {
            let compared = match *column {
                "label" => lower(&one.label).cmp(&lower(&other.label)),
                "occurrences" => one.occurrences.cmp(&other.occurrences),
                "first_seen" => one.first_seen.cmp(&other.first_seen),
                "last_seen" => one.last_seen.cmp(&other.last_seen),
                _ => lower(&one.name).cmp(&lower(&other.name)),
            };
            match order {
                Order::Asc => compared,
                Order::Desc => compared.reverse(),
            }
        };
        let mut compared = self.sorting.iter().map(by);
        let last = match self.sorting.last() {
            Some((_, Order::Desc)) => (other.id, &other.name).cmp(&(one.id, &one.name)),
            _ => (one.id, &one.name).cmp(&(other.id, &other.name)),
        };
        compared.find(|order| order.is_ne()).unwrap_or(last)
    }
}

/// One type of usage events, with how often they occurred.
pub async fn get_type(caller: &Caller<scope::EventsRead>, id: Uuid) -> Result<EventTypeWithStats> {
    let own = caller.organization.id;
    let row = caller.app.store.event_type(own, id).await.or_not_found()?;
    Ok(row.view_with_stats())
}

/// Changes the label of a type of events.
pub async fn update_type(
    caller: &Caller<scope::EventsWrite>,
    id: Uuid,
    input: EventTypeUpdate,
) -> Result<EventType> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = app.store.event_type(own, id).await.or_not_found()?;
        let updated = events::update_type(&row, input.clone(), &caller.context());
        Ok(app.apply(updated).await?.view())
    })
    .await
}
