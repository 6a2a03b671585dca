//! Usage: events come in, are listed, and have types.

use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use till_core::{
    kernel::{
        folding::fold,
        records::{Customer, UsageEvent, UsageEventType},
    },
    usage::{
        events::{self, Named},
        filter::{Matcher, only_name},
    },
};
use till_store::{List, Order, yielding};
use till_wire::{
    input::Problem,
    loc,
    meters::Filter,
    page::Page,
    usage::{
        EventName, EventSource, EventTypeUpdate, EventTypeWithStats, EventsIngest,
        EventsIngestResponse, UsageEventType as EventType, UserEvent,
    },
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
                query, sorting, switch, text, texts, words,
            },
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// Events that are looked through at most where no index finds what is asked for: the newest of those that the other
/// parameters leave.
const LOOKED_AT: usize = 10_000;
/// Events that are read at once while they are looked through.
const PART: u32 = 250;
/// Events below an event that are found at most.
const BELOW: i64 = 1_000;

const SORT_KEYS: [(&str, &str); 1] = [("timestamp", "timestamp")];
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
        /// through.
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
        /// looked through.
        meter_id: Option<Uuid> = id(),
        /// Filter by name of the event.
        name: Vec<String> = texts(),
        /// Filter by who made the event.
        source: Vec<EventSource> = words::<EventSource>(),
        /// Search for a part of the name or of a text in the metadata, in any case. The newest 10,000 events that the
        /// other parameters leave are looked through.
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
pub async fn list(
    caller: &Caller<scope::EventsRead>,
    mut params: Params,
) -> Result<Page<UserEvent>> {
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
    let mut list = List::of::<UsageEvent>(own)
        .any_of("organization_id", organizations)
        .after("timestamp", sent.start_timestamp)
        .before("timestamp", sent.end_timestamp)
        .any_of("customer_id", sent.customer_id)
        .sorted(sent.sorting);
    list = of_named(app, own, list, sent.external_customer_id).await?;
    list = match filters.iter().find_map(|filter| only_name(filter)) {
        // What is asked for twice is looked through.
        Some(name) if sent.name.is_empty() => list.eq("name", name),
        _ => list.any_of("name", sent.name),
    };
    let is_of_nobody = !sent.source.is_empty() && !sent.source.contains(&EventSource::User);
    if is_of_nobody || meter.is_none() && sent.meter_id.is_some() {
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
    let wanted = Wanted {
        matchers: filters.into_iter().map(Matcher::new).collect(),
        metadata: &sent.metadata,
        query: sent.query.as_deref().map(fold),
    };
    if wanted.is_everything() {
        let (rows, page) = window.page::<UsageEvent>(app, list).await?;
        return Ok(page.of(shown(app, own, &rows).await?));
    }
    let (rows, total) = wanted.page(app, list, window).await?;
    Ok(window.of(total, shown(app, own, &rows).await?))
}

/// Events of customers by the merchant's own IDs, and, of IDs that nobody has, those that wait for their customer; none
/// given: all events (docs/behaviour: usage/by-own-id).
async fn of_named(app: &App, own: Uuid, list: List, external: Vec<String>) -> Result<List> {
    if external.is_empty() {
        return Ok(list);
    }
    let customers = app.store.customers_named(own, &external).await?;
    let mut unknown = external;
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
pub(super) fn has_metadata(event: &UsageEvent, wanted: &[(String, Vec<String>)]) -> bool {
    wanted.iter().all(|(key, values)| {
        events::property(&event.metadata.0, key).is_some_and(|value| {
            values.contains(&match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        })
    })
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

    fn has(&self, event: &UsageEvent) -> bool {
        let metadata = &event.metadata.0.0;
        let has_text = |text: &str| {
            let holds = |value: &str| fold(value).contains(text);
            holds(&event.name) || metadata.values().any(|v| v.as_str().is_some_and(holds))
        };
        self.matchers.iter().all(|matcher| matcher.matches(event))
            && has_metadata(event, self.metadata)
            && self.query.as_deref().is_none_or(has_text)
    }

    /// The events of a page, and how many there are among those that are looked through.
    async fn page(&self, app: &App, list: List, window: Window) -> Result<(Vec<UsageEvent>, i64)> {
        let (page, limit) = (u64::from(window.page), u64::from(window.limit));
        let first = (page - 1) * limit;
        let (mut rows, mut total, mut looked_at) = (Vec::new(), 0_u64, 0);
        let mut after = None;
        while looked_at < LOOKED_AT {
            let (part, last) = app
                .store
                .rows_after::<UsageEvent>(list.clone(), after.as_ref(), PART)
                .await?;
            looked_at += part.len();
            for event in part.into_iter().filter(|event| self.has(event)) {
                if (first..first + limit).contains(&total) {
                    rows.push(event);
                }
                total += 1;
            }
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
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
    pub newest: Vec<UserEvent>,
}

/// The number of newest events that were looked at, 250 at most, and those that a filter chooses, of which `shown_at_most` are shown.
pub async fn newest_chosen(
    caller: &Caller<scope::EventsRead>,
    filter: &Filter,
    shown_at_most: usize,
) -> Result<(usize, Chosen)> {
    let (app, own) = (&caller.app, caller.organization.id);
    let list = List::of::<UsageEvent>(own).order("timestamp", Order::Desc);
    let (rows, _) = app.store.rows_after::<UsageEvent>(list, None, PART).await?;
    let matcher = Matcher::new(filter);
    let looked_at = rows.len();
    let mut rows: Vec<UsageEvent> = rows
        .into_iter()
        .filter(|row| matcher.matches(row))
        .collect();
    let count = rows.len();
    rows.truncate(shown_at_most);
    let newest = shown(app, own, &rows).await?;
    Ok((looked_at, Chosen { count, newest }))
}

/// Shows an event.
pub async fn get(caller: &Caller<scope::EventsRead>, id: Uuid) -> Result<UserEvent> {
    let (app, own) = (&caller.app, caller.organization.id);
    let row = app.store.usage_event(own, id).await.or_not_found()?;
    shown(app, own, &[row]).await?.pop().or_not_found()
}

/// Events with their customers, their types and how many parts they have.
async fn shown(app: &App, own: Uuid, rows: &[UsageEvent]) -> Result<Vec<UserEvent>> {
    let each =
        |of: fn(&UsageEvent) -> Option<Uuid>| -> Vec<Uuid> { rows.iter().filter_map(of).collect() };
    let (customers, ids) = (each(|row| row.customer_id), each(|row| Some(row.id)));
    let mut names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
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
    let view = |row: &UsageEvent| {
        row.view(
            row.customer_id.and_then(|id| customers.get(&id).copied()),
            types.get(row.name.as_str()).copied(),
            children.get(&row.id).copied().unwrap_or(0),
        )
    };
    Ok(rows.iter().map(view).collect())
}

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
    let name = |row: UsageEventType| EventName {
        name: row.name,
        label: row.label,
        source: EventSource::User,
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
        /// Whether only events without a parent count; the newest 10,000 are counted then.
        root_events: bool = switch(),
        /// Filter by the parent of the events, by its ID; its newest 10,000 parts are counted.
        parent_id: Option<Uuid> = id(),
        /// Filter by who made the events.
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
        source: sent.source,
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
    Ok(window.of(total, rows.iter().map(UsageEventType::view_with_stats)))
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
    ) -> Result<(Vec<UsageEventType>, i64, Window)> {
        let (app, own) = (&caller.app, caller.organization.id);
        let organizations = params.organizations();
        let window = params.last_window()?;
        let is_nothing = !self.source.is_empty() && !self.source.contains(&EventSource::User);
        if is_nothing || !(organizations.is_empty() || organizations.contains(&own)) {
            return Ok((Vec::new(), 0, window));
        }
        let list = List::of::<UsageEventType>(own)
            .search(self.columns, &[], self.query.as_deref())
            .sorted(self.sorting.iter().copied());
        let counts_all = self.customer_id.is_empty()
            && self.external_customer_id.is_empty()
            && matches!(self.parents, Parents::Any);
        if counts_all {
            let (rows, total) = app
                .store
                .page::<UsageEventType>(list, window.page, window.limit)
                .await?;
            return Ok((rows, total, window));
        }
        let mut events = List::of::<UsageEvent>(own)
            .any_of("customer_id", self.customer_id)
            .order("timestamp", Order::Desc);
        events = of_named(app, own, events, self.external_customer_id).await?;
        events = match self.parents {
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
        let (mut rows, total) = app
            .store
            .page::<UsageEventType>(list, 1, u32::try_from(LOOKED_AT).unwrap_or(u32::MAX))
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
        sort(&mut rows, &self.sorting);
        let skipped = (window.page as usize - 1).saturating_mul(window.limit as usize);
        let rows = rows
            .into_iter()
            .skip(skipped)
            .take(window.limit as usize)
            .collect();
        Ok((rows, total, window))
    }
}

/// Sorts what was counted anew.
fn sort(rows: &mut [UsageEventType], sorting: &Sorted) {
    let lower = |text: &str| text.to_lowercase();
    rows.sort_by(|one, other| {
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
        let mut compared = sorting.iter().map(by);
        compared
            .find(|order| order.is_ne())
            .unwrap_or_else(|| one.id.cmp(&other.id))
    });
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
