//! Usage: events come in, are listed, and have types.

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use till_core::{
    kernel::{
        folding::fold,
        records::{Customer, StreamEvent, SystemEvent, UsageEvent, UsageEventType},
    },
    usage::{
        events::{self, Named},
        filter::{Judged, Matcher, only_name},
    },
};
use till_store::{List, Order, yielding};
use till_wire::{
    input::Problem,
    limits, loc,
    metadata::Metadata,
    meters::Filter,
    page::Page,
    usage::{Event, EventSource, EventsIngest, EventsIngestResponse},
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{
            Caller, Params, Window,
            query::{
                MetadataFilters, Sorted, exact_moment, filter, generations, id, ids, metadata,
                query, sorting, text, texts, words,
            },
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

mod both;
mod types;

pub(crate) use types::{NamesQuery, TypesQuery, get_type, names, types, update_type};

use both::Both;

/// Events that are looked through at most where no index finds what is asked for: the newest of those that the other
/// parameters leave.
const LOOKED_AT: usize = 10_000;
/// Events that are read at once while they are looked through: as many as fit into what is left of the bytes, however long
/// they are, but a few in any case.
const PART: RangeInclusive<usize> = 16..=250;
/// Events below an event that are found at most.
const BELOW: i64 = 1_000;

const SORT_KEYS: [(&str, &str); 1] = [("timestamp", "timestamp")];

/// Takes events in: all of them, or none.
pub async fn ingest(
    caller: &Caller<scope::EventsWrite>,
    guard: &IdempotencyGuard,
    input: EventsIngest,
) -> Result<EventsIngestResponse> {
    let (app, own) = (&caller.app, &caller.organization);
    let named = Named::of(&input.events);
    let taken = app.retry_on_conflict(|| async {
        let rows = app.store.ingest_rows(own.id, &named).await?;
        let taken = events::ingest(&input.events, own, &rows, &caller.context())?;
        app.reply(guard, StatusCode::OK, taken, |outcome| outcome)
            .await
    });
    // Many rows, for which no buyer waits.
    yielding(Box::pin(taken)).await
}

query! {
    /// The query of a list of events.
    pub(crate) struct ListQuery {
        /// Filter as of a meter, as JSON text. The newest 10,000 events that the other parameters leave are looked
        /// through, or as many as have 32 MiB of metadata.
        filter: Option<Filter> = filter(),
        /// Filter by time of the event: only events at or after this time, which has a time zone.
        start_timestamp: Option<Timestamp> = exact_moment(),
        /// Filter by time of the event: only events before this time, which has a time zone.
        end_timestamp: Option<Timestamp> = exact_moment(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by the filter of a meter, by its ID. The newest 10,000 events that the other parameters leave are
        /// looked through, or as many as have 32 MiB of metadata.
        meter_id: Option<Uuid> = id(),
        /// Filter by name of the event.
        name: Vec<String> = texts(),
        /// Filter by who made the event.
        source: Vec<EventSource> = words::<EventSource>(),
        /// Search for a part of the name or of a text in the metadata, in any case. The newest 10,000 events that the
        /// other parameters leave are looked through, or as many as have 32 MiB of metadata.
        query: Option<String> = text(),
        /// Filter by parent: only the parts of the event with this ID. With `depth`, the event itself and the parts down
        /// to that depth, 1,000 at most.
        parent_id: Option<Uuid> = id(),
        /// Number of generations: 0 for events without a parent, 1 for those and their parts, and so on.
        depth: Option<u32> = generations(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "-timestamp"),
    }
}

/// Lists events.
pub async fn list(caller: &Caller<scope::EventsRead>, mut params: Params) -> Result<Page<Event>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let sent = ListQuery::read(&mut params);
    let organizations = params.organizations();
    let window = params.last_window()?;
    in_order(sent.start_timestamp, sent.end_timestamp)?;
    let meter = match sent.meter_id {
        Some(id) => app.store.meter(own, id).await?,
        None => None,
    };
    let filters: Vec<&Filter> = sent
        .filter
        .iter()
        .chain(meter.as_ref().map(|meter| &meter.filter.0))
        .collect();
    let order = sent
        .sorting
        .first()
        .map_or(Order::Desc, |(_, order)| *order);
    let only = filters.iter().find_map(|filter| only_name(filter));
    let of = |list: List| {
        let list = list
            .any_of("organization_id", organizations.iter().copied())
            .after("timestamp", sent.start_timestamp)
            .before("timestamp", sent.end_timestamp)
            .any_of("customer_id", sent.customer_id.iter().copied())
            .order("timestamp", order);
        match only {
            // What is asked for twice is looked through.
            Some(name) if sent.name.is_empty() => list.eq("name", name),
            _ => list.any_of("name", sent.name.iter().cloned()),
        }
    };
    let is_of = |source| sent.source.is_empty() || sent.source.contains(&source);
    let external = &sent.external_customer_id;
    let mut list = of_named(app, own, of(List::of::<UsageEvent>(own)), external).await?;
    if meter.is_none() && sent.meter_id.is_some() {
        list = list.never();
    }
    list = match (sent.parent_id, sent.depth) {
        (Some(parent), None) => list.eq("parent_id", parent),
        (Some(parent), Some(depth)) => {
            let found = family(app, own, parent, depth).await?;
            list.is_in("id", found.into_iter().map(Into::into).collect())
        }
        (None, Some(depth)) => list.within_generations(depth),
        (None, None) => list,
    };
    // No meter counts what Till did, and it has no parts.
    let is_usage = sent.meter_id.is_some() || sent.parent_id.is_some();
    let lists = Both {
        usage: is_of(EventSource::User).then_some(list),
        system: (is_of(EventSource::System) && !is_usage).then(|| {
            let list = of(List::of::<SystemEvent>(own));
            list.any_of("external_customer_id", external.iter().cloned())
        }),
        order,
    };
    let wanted = Wanted {
        matchers: filters.into_iter().map(Matcher::new).collect(),
        metadata: &sent.metadata,
        query: sent.query.as_deref().map(fold),
    };
    let (rows, total) = match wanted.is_everything() {
        true => lists.page(app, own, window).await?,
        false => wanted.page(app, lists, window).await?,
    };
    Ok(window.of(total, shown(app, own, &rows).await?))
}

/// Usage of customers by the merchant's own IDs, and, of IDs that nobody has, what waits for its customer; none given: all
/// usage (docs/behaviour: usage/by-own-id).
async fn of_named(app: &App, own: Uuid, list: List, external: &[String]) -> Result<List> {
    if external.is_empty() {
        return Ok(list);
    }
    let customers = app.store.customers_named(own, external).await?;
    let mut unknown = external.to_vec();
    unknown.retain(|id| !customers.iter().any(|c| c.external_id.as_ref() == Some(id)));
    let known: Vec<Uuid> = customers.iter().map(|customer| customer.id).collect();
    Ok(list.of_customers_or_unbound(&known, &unknown))
}

/// Refuses a time that ends before it begins.
pub(super) fn in_order(start: Option<Timestamp>, end: Option<Timestamp>) -> Result<()> {
    match (start, end) {
        (Some(start), Some(end)) if end < start => {
            let words = "Value error, the end must not lie before start_timestamp";
            let place = loc!["query", "end_timestamp"];
            let problem = Problem::value(place, words, end.to_string());
            Err(ApiError::unreadable(vec![problem]))
        }
        _ => Ok(()),
    }
}

/// An event and what is below it, down to a depth.
async fn family(app: &App, own: Uuid, parent: Uuid, depth: u32) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::from([parent]);
    let mut last = vec![parent];
    for _ in 0..depth {
        let room = BELOW - found.len() as i64;
        if last.is_empty() || room <= 0 {
            break;
        }
        last = app.store.children_of(own, &last, room).await?;
        last.retain(|id| found.insert(*id));
    }
    Ok(found)
}

/// True where an event has one of the values of each of these keys of its metadata, compared as text.
pub(super) fn has_metadata(metadata: &Metadata, wanted: &[(String, Vec<String>)]) -> bool {
    wanted.iter().all(|(key, values)| {
        events::property(metadata, key).is_some_and(|value| {
            values.contains(&match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        })
    })
}

/// Bytes of metadata that may still be looked through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room(usize);

impl Room {
    /// So many bytes.
    pub(super) const fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Number of events that are read next; none where no byte is left.
    pub(super) fn part(self) -> Option<u32> {
        let fit = (self.0 / limits::USAGE_BYTES).clamp(*PART.start(), *PART.end());
        (self.0 > 0).then(|| u32::try_from(fit).unwrap_or(u32::MAX))
    }

    /// Takes what the metadata of events that were read is long.
    pub(super) fn take<'m>(&mut self, read: impl IntoIterator<Item = &'m Metadata>) {
        let bytes: usize = read.into_iter().map(events::metadata_bytes).sum();
        self.0 = self.0.saturating_sub(bytes);
    }
}

/// Conditions that events are looked through for, one by one.
struct Wanted<'a> {
    matchers: Vec<Matcher<'a>>,
    metadata: &'a [(String, Vec<String>)],
    query: Option<String>,
}

impl Wanted<'_> {
    fn is_everything(&self) -> bool {
        self.matchers.is_empty() && self.metadata.is_empty() && self.query.is_none()
    }

    fn has(&self, event: Judged<'_>) -> bool {
        let (name, metadata) = (event.name(), event.metadata());
        let has_text = |text: &str| {
            let holds = |value: &str| fold(value).contains(text);
            holds(name) || metadata.values().any(|v| v.as_str().is_some_and(holds))
        };
        self.matchers.iter().all(|matcher| matcher.chooses(event))
            && has_metadata(metadata, self.metadata)
            && self.query.as_deref().is_none_or(has_text)
    }

    /// The events of a page, and how many there are among those that are looked through.
    async fn page(
        &self,
        app: &App,
        lists: Both,
        window: Window,
    ) -> Result<(Vec<StreamEvent>, i64)> {
        let (page, limit) = (u64::from(window.page), u64::from(window.limit));
        let first = (page - 1) * limit;
        let (mut rows, mut total) = (Vec::new(), 0_u64);
        let mut newest = lists.walk(app.limits.looked_at_bytes);
        for _ in 0..LOOKED_AT {
            let Some(event) = newest.next(app).await? else {
                break;
            };
            if !self.has(Judged::from(&event)) {
                continue;
            }
            if (first..first + limit).contains(&total) {
                rows.push(event);
            }
            total += 1;
        }
        Ok((rows, i64::try_from(total).unwrap_or(i64::MAX)))
    }
}

/// Events that a filter chooses among the newest.
#[derive(Debug)]
pub struct Chosen {
    /// Number of them.
    pub count: usize,
    /// The newest of them.
    pub newest: Vec<Event>,
}

/// The number of newest events that were looked at, 250 at most, and those that a filter chooses, of which `shown_at_most`
/// are shown.
pub async fn newest_chosen(
    caller: &Caller<scope::EventsRead>,
    filter: &Filter,
    shown_at_most: usize,
) -> Result<(usize, Chosen)> {
    let (app, own) = (&caller.app, caller.organization.id);
    let lists = Both {
        usage: Some(List::of::<UsageEvent>(own).order("timestamp", Order::Desc)),
        system: None,
        order: Order::Desc,
    };
    let matcher = Matcher::new(filter);
    let (mut looked_at, mut count, mut rows) = (0, 0, Vec::new());
    let mut newest = lists.walk(app.limits.looked_at_bytes);
    while looked_at < *PART.end()
        && let Some(event) = newest.next(app).await?
    {
        looked_at += 1;
        if !matcher.chooses(Judged::from(&event)) {
            continue;
        }
        count += 1;
        if rows.len() < shown_at_most {
            rows.push(event);
        }
    }
    let newest = shown(app, own, &rows).await?;
    Ok((looked_at, Chosen { count, newest }))
}

/// Shows an event.
pub async fn get(caller: &Caller<scope::EventsRead>, id: Uuid) -> Result<Event> {
    let (app, own) = (&caller.app, caller.organization.id);
    let found = match app.store.usage_event(own, id).await? {
        Some(row) => StreamEvent::User(row),
        None => StreamEvent::System(app.store.system_event(own, id).await.or_not_found()?),
    };
    shown(app, own, &[found]).await?.pop().or_not_found()
}

/// Events with their customers, their types and how many parts they have.
async fn shown(app: &App, own: Uuid, rows: &[StreamEvent]) -> Result<Vec<Event>> {
    let usage: Vec<&UsageEvent> = rows
        .iter()
        .filter_map(|row| match row {
            StreamEvent::User(event) => Some(event),
            StreamEvent::System(_) => None,
        })
        .collect();
    let customers: Vec<Uuid> = rows
        .iter()
        .filter_map(|row| match row {
            StreamEvent::User(event) => event.customer_id,
            StreamEvent::System(event) => event.customer_id,
        })
        .collect();
    let ids: Vec<Uuid> = usage.iter().map(|row| row.id).collect();
    let mut names: Vec<String> = usage.iter().map(|row| row.name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let (customers, types, children) = tokio::try_join!(
        app.store.customers(own, &customers),
        app.store.event_types_named(own, &names),
        app.store.count_children(&ids),
    )?;
    let customers: HashMap<Uuid, &Customer> = customers.iter().map(|c| (c.id, c)).collect();
    let types: HashMap<&str, &UsageEventType> =
        types.iter().map(|t| (t.name.as_str(), t)).collect();
    let children: HashMap<Uuid, i64> = children.into_iter().collect();
    let customer = |id: Option<Uuid>| id.and_then(|id| customers.get(&id).copied());
    let view = |row: &StreamEvent| match row {
        StreamEvent::User(row) => row.view(
            customer(row.customer_id),
            types.get(row.name.as_str()).copied(),
            children.get(&row.id).copied().unwrap_or(0),
        ),
        StreamEvent::System(row) => row.view(customer(row.customer_id)),
    };
    Ok(rows.iter().map(view).collect())
}
