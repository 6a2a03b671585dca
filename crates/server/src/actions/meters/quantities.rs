//! Quantities of a meter over time: what is counted already, and the events that are not counted yet.

use jiff::Timestamp;
use serde_json::Value;
use till_core::{
    kernel::records::{Meter, UsageEvent},
    usage::{
        count::{Counter, add},
        quantities::{INTERVALS, Known, Period, period, quantities as told},
    },
};
use till_store::{List, Order};
use till_wire::{
    input::Problem,
    loc,
    usage::{AggregationFunction, MeterQuantities, TimeInterval},
};
use uuid::Uuid;

use crate::{
    actions::events::{Room, has_metadata, in_order},
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{
            MetadataFilters, ids, metadata, query, required_exact_moment, required_word, texts,
            time_zone, word,
        },
        scope,
    },
};

/// Events that are looked at one by one, at most.
const LOOKED_AT: usize = 100_000;
/// Events that a meter has not counted yet and that are counted for the answer, at most.
const UNCOUNTED: i64 = 20_000;
/// Bytes of these events, at most.
const UNCOUNTED_BYTES: i64 = 32 * 1024 * 1024;
/// Sums, or values, of customers that are put together at most.
const ROWS: i64 = 500_000;
/// Batches of events that a meter has not counted, at most: those beyond are counted later.
const BATCHES: i64 = 2_000;
/// Looks at a meter that counts meanwhile, at most.
const TRIES: usize = 3;

query! {
    /// The query of a meter's quantities.
    pub(crate) struct QuantitiesQuery {
        /// Start of the time, with a time zone; it is taken down to the quarter of an hour.
        start_timestamp: Option<Timestamp> = required_exact_moment(),
        /// End of the time, with a time zone; it is taken up to the quarter of an hour.
        end_timestamp: Option<Timestamp> = required_exact_moment(),
        /// Interval of the quantities. There are at most 10,000 of them.
        interval: Option<TimeInterval> = required_word::<TimeInterval>(),
        /// Time zone in which days, weeks, months and years begin, by its IANA name.
        timezone: jiff::tz::TimeZone = time_zone(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Function that puts the quantities of the customers together; without it their events are taken together.
        customer_aggregation_function: Option<AggregationFunction> = word::<AggregationFunction>(),
        metadata: MetadataFilters = metadata(),
    }
}

/// The quantities of a meter in each interval of some time.
pub async fn quantities(
    caller: &Caller<scope::MetersRead>,
    id: Uuid,
    mut params: Params,
) -> Result<MeterQuantities> {
    let (app, own) = (&caller.app, caller.organization.id);
    let sent = QuantitiesQuery::read(&mut params);
    params.finish()?;
    let meter = app.store.meter(own, id).await.or_not_found()?;
    let (Some(start), Some(end), Some(interval)) =
        (sent.start_timestamp, sent.end_timestamp, sent.interval)
    else {
        return Err(ApiError::internal("a required parameter was not asked for"));
    };
    in_order(Some(start), Some(end))?;
    let period = period(start, end, interval, &sent.timezone).ok_or_else(|| {
        refused(
            "interval",
            format!("There would be more than {INTERVALS} intervals"),
        )
    })?;
    let mut customers = sent.customer_id;
    let is_narrowed = !customers.is_empty() || !sent.external_customer_id.is_empty();
    let named = app.store.customers_named(own, &sent.external_customer_id);
    let named = named.await?.into_iter().map(|customer| customer.id);
    match (customers.is_empty(), sent.external_customer_id.is_empty()) {
        (true, _) => customers.extend(named),
        (false, true) => {}
        // Both are asked for: those who are named by both.
        (false, false) => {
            let named: Vec<Uuid> = named.collect();
            customers.retain(|id| named.contains(id));
        }
    }
    if is_narrowed && customers.is_empty() {
        // Nobody has the id of no customer.
        customers.push(Uuid::max());
    }
    let each = sent.customer_aggregation_function;
    let known = match sent.metadata.is_empty() {
        true => counted(app, &meter, &period, &customers, each.is_some()).await?,
        false => looked_at(app, &meter, &period, &customers, &sent.metadata).await?,
    };
    Ok(told(&meter.aggregation.0, &period, known, &customers, each))
}

fn refused(key: &'static str, words: String) -> ApiError {
    let problem = Problem::value(loc!["query", key], words, Value::Null);
    ApiError::unreadable(vec![problem])
}

/// Sums that the meter has counted, and of the events that it has not. If it counts meanwhile, it is looked at again; if
/// it does so all the while, it is far behind, and the answer is what it has counted.
async fn counted(
    app: &App,
    meter: &Meter,
    period: &Period,
    customers: &[Uuid],
    each: bool,
) -> Result<Known> {
    let (store, own) = (&app.store, meter.organization_id);
    let mut tries = 0;
    loop {
        tries += 1;
        let fold = store.meter_fold(meter.id).await?;
        let round = fold.as_ref().map_or(0, |fold| fold.round);
        let rows = store.counted_in(
            meter.id,
            customers,
            each,
            (period.start, period.end),
            ROWS + 1,
        );
        let mut known = rows.await?;
        let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
        if known.buckets.len() > most || known.values.len() > most {
            return Err(refused(
                "start_timestamp",
                format!("There are more than {ROWS} sums in this time: ask for less of it"),
            ));
        }
        let batches = store.uncounted_batches(own, round, BATCHES).await?;
        let (mut events, mut bytes) = (0, 0);
        let some: Vec<_> = batches
            .into_iter()
            .take_while(|batch| {
                events += batch.events;
                bytes += batch.bytes;
                events <= UNCOUNTED && bytes <= UNCOUNTED_BYTES
            })
            .collect();
        let events = store.events_of_batches(&some).await?;
        if store.meter_fold(meter.id).await? == fold {
            known.and(add(&Counter::new(meter), &events));
            return Ok(known);
        }
        if tries == TRIES {
            return Ok(known);
        }
    }
}

/// Sums of the events of a time with certain metadata, looked at one by one.
async fn looked_at(
    app: &App,
    meter: &Meter,
    period: &Period,
    customers: &[Uuid],
    metadata: &[(String, Vec<String>)],
) -> Result<Known> {
    let list = List::of::<UsageEvent>(meter.organization_id)
        .after("timestamp", period.start)
        .before("timestamp", period.end)
        .any_of("customer_id", customers.iter().copied())
        .order("timestamp", Order::Desc);
    let counter = Counter::new(meter);
    let mut known = Known::default();
    let most = app.limits.looked_at_bytes.saturating_mul(2);
    let (mut after, mut seen, mut room) = (None, 0, Room::new(most));
    loop {
        let Some(part) = room.part() else {
            let words = format!(
                "There are more than {most} bytes of metadata in this time: ask for less of it"
            );
            return Err(refused("metadata", words));
        };
        let (events, last) = app
            .store
            .rows_after::<UsageEvent>(list.clone(), after.as_ref(), part)
            .await?;
        room.take(events.iter().map(|event| &event.metadata.0));
        seen += events.len();
        if seen > LOOKED_AT {
            return Err(refused(
                "metadata",
                format!("There are more than {LOOKED_AT} events in this time: ask for less of it"),
            ));
        }
        let wanted = events
            .iter()
            .filter(|event| has_metadata(&event.metadata.0, metadata));
        known.and(add(&counter, wanted));
        match last {
            Some(last) => after = Some(last),
            None => return Ok(known),
        }
    }
}
