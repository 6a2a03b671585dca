//! Turns and counting: the events that came in are put into turns, and each meter counts turn by turn. Its sums and how
//! far it has come are written in one commit, so every event counts once (docs/behaviour: meters/exact).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    charges::{Charging, Payer},
    count::{Added, Counter, EVERYBODY, Tally, add},
    events::KnownCustomer,
};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    job_request::Queue,
    jobs::JobKind,
    records::{
        Customer, CustomerMeter, Meter, MeterFold, UsageBatch, UsageBucket, UsageEvent,
        UsageEventType, UsageStream, UsageValue,
    },
    writes::UsageWrite,
};

/// The job that gives a customer the events which named them before they were there.
pub const BIND_JOB: JobKind<Uuid> = JobKind::new("bind_usage", Queue::Upkeep);

/// Events of a turn, beyond the batch with which there are so many.
pub const TURN: i64 = 4_000;
/// Bytes of a turn's events, beyond the batch with which there are so many.
pub const BYTES: i64 = 8 * 1024 * 1024;
/// Batches of a turn at most.
pub const BATCHES: usize = 256;
/// Events that are bound to a customer at once.
pub const BOUND: usize = 200;

/// The id of the batch that an event came in with: ids of a batch differ in their last sixteen bits alone.
pub fn batch_id(event: Uuid) -> Uuid {
    Uuid::from_u128(event.as_u128() & !0xffff)
}

/// The first batches that make a turn.
pub fn turn(mut batches: Vec<UsageBatch>) -> Vec<UsageBatch> {
    let (mut events, mut bytes) = (0, 0);
    let whole = batches.iter().position(|batch| {
        events += batch.events;
        bytes += batch.bytes;
        events >= TURN || bytes >= BYTES
    });
    batches.truncate(whole.map_or(BATCHES, |last| last + 1).min(BATCHES));
    batches
}

/// Puts batches into the next turn. Their events go to customers who have appeared meanwhile, and to their parents; types
/// learn how often their events occurred.
pub fn seal(
    organization_id: Uuid,
    stream: Option<&UsageStream>,
    batches: &[UsageBatch],
    events: &[UsageEvent],
    rows: &SealRows,
) -> Changes {
    let mut changes = Changes::new();
    let round = stream.map_or(0, |stream| stream.round) + 1;
    let next = UsageStream {
        id: organization_id,
        version: 1,
        round,
    };
    match stream {
        Some(stream) => changes.update(
            stream,
            &UsageStream {
                version: stream.version,
                ..next
            },
        ),
        None => changes.insert(&next),
    };
    for batch in batches {
        let sealed = UsageBatch {
            round: Some(round),
            ..batch.clone()
        };
        changes.update(batch, &sealed);
    }
    let customers: HashMap<&str, Uuid> = rows
        .customers
        .iter()
        .filter_map(|known| Some((known.external_id.as_deref()?, known.id)))
        .collect();
    for event in events.iter().filter(|event| event.customer_id.is_none()) {
        let found = event.external_customer_id.as_deref();
        if let Some(id) = found.and_then(|id| customers.get(id)) {
            let bound = UsageEvent {
                customer_id: Some(*id),
                ..event.clone()
            };
            changes.update(event, &bound);
        }
    }
    let parents: HashMap<&str, Uuid> = events
        .iter()
        .filter_map(|event| Some((event.external_id.as_deref()?, event.id)))
        .collect();
    let mut above: HashMap<Uuid, Uuid> = events
        .iter()
        .filter_map(|event| Some((event.id, event.parent_id?)))
        .collect();
    for orphan in &rows.orphans {
        let found = orphan.parent_key.as_deref();
        // One of which the parent is a part already goes on waiting.
        let found = found.and_then(|key| parents.get(key));
        if let Some(id) = found.filter(|id| !is_part_of(**id, orphan.id, &above)) {
            above.insert(orphan.id, *id);
            // Only what differs is written: the event may be bound to a customer here, too.
            let child = UsageEvent {
                parent_id: Some(*id),
                parent_key: None,
                ..orphan.clone()
            };
            changes.update(orphan, &child);
        }
    }
    let mut types: HashMap<&str, (&UsageEventType, UsageEventType)> = rows
        .types
        .iter()
        .map(|row| (row.name.as_str(), (row, row.clone())))
        .collect();
    for event in events {
        if let Some((_, new)) = types.get_mut(event.name.as_str()) {
            new.occurrences += 1;
            new.first_seen = new.first_seen.min(event.timestamp);
            new.last_seen = new.last_seen.max(event.timestamp);
        }
    }
    // In one order, whoever counts.
    for row in &rows.types {
        if let Some((_, new)) = types.get(row.name.as_str()) {
            changes.update(row, new);
        }
    }
    for meter in &rows.uncounted {
        changes.insert(&MeterFold {
            id: *meter,
            organization_id,
            version: 1,
            round: 0,
            events: 0,
        });
    }
    changes
}

/// True where an event is another one, or a part of it, as far as `above`, the parents of some events, tells.
fn is_part_of(event: Uuid, whole: Uuid, above: &HashMap<Uuid, Uuid>) -> bool {
    let mut next = Some(&event);
    for _ in 0..=above.len() {
        match next {
            Some(id) if *id == whole => return true,
            Some(id) => next = above.get(id),
            None => return false,
        }
    }
    false
}

/// The rows that a turn's events concern.
#[derive(Debug, Clone, Default)]
pub struct SealRows {
    /// Customers whom events name that had none.
    pub customers: Vec<KnownCustomer>,
    /// Events that wait for one of these as their parent.
    pub orphans: Vec<UsageEvent>,
    /// Types of the events.
    pub types: Vec<UsageEventType>,
    /// Meters of which it is not noted yet how far they have counted.
    pub uncounted: Vec<Uuid>,
}

/// The rows that hold what a meter has counted, as far as some events add to them.
#[derive(Debug, Clone, Default)]
pub struct CountedRows {
    /// Sums.
    pub buckets: Vec<UsageBucket>,
    /// Values, each in the quarter of an hour to which some events add it.
    pub values: Vec<UsageValue>,
    /// Customers, each with a value that they have had, whenever that was.
    pub held: BTreeSet<(Uuid, String)>,
    /// Meters of customers.
    pub customer_meters: Vec<CustomerMeter>,
}

/// Adds to what a meter has counted.
pub fn put(
    meter: &Meter,
    added: &Added,
    rows: &CountedRows,
    changes: &mut Changes,
    ctx: &DecisionContext,
) {
    let places: HashMap<(Uuid, Timestamp), &UsageBucket> = rows
        .buckets
        .iter()
        .map(|row| ((row.subject_id, row.starts_at), row))
        .collect();
    let mut buckets: Vec<_> = added.buckets.iter().collect();
    buckets.sort_unstable_by_key(|(place, _)| **place);
    let mut customers: BTreeMap<Uuid, Tally> = BTreeMap::new();
    for (place, tally) in buckets {
        let (subject_id, starts_at) = *place;
        match places.get(place) {
            Some(row) => changes.update(*row, &row.with(*tally)),
            None => changes.insert(&UsageBucket::new(
                meter.id, subject_id, starts_at, *tally, ctx,
            )),
        };
        if subject_id != EVERYBODY {
            let sum = customers.entry(subject_id).or_default();
            *sum = sum.and(*tally);
        }
    }
    let known: BTreeSet<(Uuid, Timestamp, &str)> = rows
        .values
        .iter()
        .map(|row| (row.subject_id, row.starts_at, row.value.as_str()))
        .collect();
    let mut held: BTreeSet<(Uuid, &str)> = rows
        .held
        .iter()
        .map(|(subject_id, value)| (*subject_id, value.as_str()))
        .collect();
    let mut uniques: HashMap<Uuid, i64> = HashMap::new();
    for (subject_id, starts_at, value) in &added.values {
        if !known.contains(&(*subject_id, *starts_at, value.as_str())) {
            changes.insert(&UsageValue {
                id: ctx.id(),
                meter_id: meter.id,
                subject_id: *subject_id,
                starts_at: *starts_at,
                value: value.clone(),
            });
        }
        if held.insert((*subject_id, value)) {
            *uniques.entry(*subject_id).or_default() += 1;
        }
    }
    let customer_meters: HashMap<Uuid, &CustomerMeter> = rows
        .customer_meters
        .iter()
        .map(|row| (row.customer_id, row))
        .collect();
    for customer_id in &added.customers {
        let tally = customers.get(customer_id).copied().unwrap_or_default();
        let different = uniques.get(customer_id).copied().unwrap_or(0);
        match customer_meters.get(customer_id).copied() {
            Some(row) => {
                let mut new = row.with(meter, tally, different);
                if new != *row {
                    new.modified_at = ctx.now;
                    changes.update(row, &new);
                }
            }
            None => {
                let empty = CustomerMeter::new(meter.organization_id, meter.id, *customer_id, ctx);
                changes.insert(&empty.with(meter, tally, different));
            }
        }
    }
}

/// Has a meter count the events of some turns, up to `round`, and adds to what subscriptions are billed for.
pub fn advance(
    counter: &Counter<'_>,
    fold: &MeterFold,
    round: i64,
    added: &Added,
    rows: &CountedRows,
    charging: &Charging,
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    let counted = MeterFold {
        round,
        events: fold.events + added.chosen,
        ..fold.clone()
    };
    changes.update(fold, &counted);
    // The filter that was counted by is still the meter's.
    changes.guard(counter.meter);
    put(counter.meter, added, rows, &mut changes, ctx);
    charging.put(counter.meter, &mut changes, ctx);
    changes
}

/// Events that named a customer before they were there, each with its turn; none where it has none yet.
#[derive(Debug, Clone, PartialEq)]
pub struct UnboundEvent {
    /// The event.
    pub event: UsageEvent,
    /// The turn.
    pub round: Option<i64>,
}

/// A meter as unbound events are counted with it for their customer.
#[derive(Debug, Clone)]
pub struct BoundMeter<'m> {
    /// The meter.
    pub meter: &'m Meter,
    /// Position up to which it has counted; read before the events.
    pub fold: &'m MeterFold,
    /// True where its filter chooses any of the events that have a turn, counted already or not.
    pub chooses: bool,
    /// Contributions to the customer's sums of those that it has counted for everybody.
    pub added: Added,
    /// The rows that hold what it has counted, as far as `added` adds to them.
    pub rows: CountedRows,
    /// Usage that the customer's subscription is billed for, of those events that the meter has counted for everybody.
    pub charging: Charging,
}

impl<'m> BoundMeter<'m> {
    /// Contribution of unbound events; the rows are still to be read. `payers`: see [`super::charges::payers`].
    pub fn new(
        meter: &'m Meter,
        fold: &'m MeterFold,
        events: &[UnboundEvent],
        customer: &Customer,
        payers: HashMap<Uuid, Payer>,
    ) -> Self {
        let counter = Counter::new(meter);
        let of = |is_wanted: &dyn Fn(i64) -> bool| -> Vec<UsageEvent> {
            let some = events
                .iter()
                .filter(|unbound| unbound.round.is_some_and(is_wanted));
            some.map(|unbound| UsageEvent {
                customer_id: Some(customer.id),
                ..unbound.event.clone()
            })
            .collect()
        };
        let counted = of(&|round| round <= fold.round);
        // Of what came in long ago, nobody knows any more what it would have cost then.
        let payer = payers.get(&customer.id);
        let billed: Vec<&UsageEvent> = counted
            .iter()
            .filter(|event| {
                payer.is_some_and(|payer| {
                    event.created_at >= payer.subscription.current_period_start
                })
            })
            .collect();
        let added = add(&counter, &counted);
        let chooses =
            added.chosen > 0 || add(&counter, &of(&|round| round > fold.round)).chosen > 0;
        Self {
            meter,
            fold,
            chooses,
            added: added.of_customers(),
            rows: CountedRows::default(),
            charging: Charging::new(&counter, billed, &payers),
        }
    }
}

/// Gives a customer the events that named them before they were there. Those without a turn are left: they may be getting
/// one. `meters`: all of the organization's that count.
pub fn bind(
    events: &[UnboundEvent],
    customer: &Customer,
    meters: &[BoundMeter<'_>],
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    changes.guard(customer);
    for unbound in events.iter().filter(|unbound| unbound.round.is_some()) {
        let bound = UsageEvent {
            customer_id: Some(customer.id),
            ..unbound.event.clone()
        };
        changes.update(&unbound.event, &bound);
    }
    for bound in meters {
        // The filter that was looked at is still the meter's.
        changes.guard(bound.meter);
        if bound.chooses {
            // Whoever is counting these events with this meter meanwhile counts them again.
            changes.touch(bound.fold);
            put(bound.meter, &bound.added, &bound.rows, &mut changes, ctx);
            bound.charging.put(bound.meter, &mut changes, ctx);
        }
    }
    changes
}

impl Changes {
    /// Gives a customer who has just got an external id the events that named it before, if there are any.
    pub fn bind_usage(&mut self, customer: &Customer, ctx: &DecisionContext) -> &mut Self {
        let Some(external_id) = customer.external_id.clone() else {
            return self;
        };
        let key = format!("{BIND_JOB}:{}", customer.id);
        self.job(ctx, BIND_JOB, &key, ctx.now, &customer.id);
        self.write(UsageWrite::WithdrawBinding {
            key,
            organization_id: customer.organization_id,
            external_id,
        })
    }
}

impl UsageBucket {
    fn new(
        meter_id: Uuid,
        subject_id: Uuid,
        starts_at: Timestamp,
        tally: Tally,
        ctx: &DecisionContext,
    ) -> Self {
        Self {
            id: ctx.id(),
            meter_id,
            subject_id,
            starts_at,
            events: tally.events,
            total: tally.total,
            largest: tally.largest,
            smallest: tally.smallest,
        }
    }

    /// The sums.
    pub fn tally(&self) -> Tally {
        Tally {
            events: self.events,
            total: self.total,
            largest: self.largest,
            smallest: self.smallest,
        }
    }

    fn with(&self, more: Tally) -> Self {
        let sum = self.tally().and(more);
        Self {
            events: sum.events,
            total: sum.total,
            largest: sum.largest,
            smallest: sum.smallest,
            ..self.clone()
        }
    }
}

impl CustomerMeter {
    /// Nothing used and nothing credited.
    pub(crate) fn new(
        organization_id: Uuid,
        meter_id: Uuid,
        customer_id: Uuid,
        ctx: &DecisionContext,
    ) -> Self {
        let none = Tally::default();
        Self {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: ctx.now,
            version: 1,
            organization_id,
            customer_id,
            meter_id,
            events: 0,
            total: none.total,
            largest: None,
            smallest: None,
            uniques: 0,
            consumed_units: none.total,
            credited_units: 0,
            rollover_units: 0,
            reset_at: None,
            settled_units: 0,
            spent: None,
        }
    }

    pub(super) fn with(&self, meter: &Meter, more: Tally, different: i64) -> Self {
        let own = Tally {
            events: self.events,
            total: self.total,
            largest: self.largest,
            smallest: self.smallest,
        };
        let sum = own.and(more);
        let uniques = self.uniques + different;
        Self {
            events: sum.events,
            total: sum.total,
            largest: sum.largest,
            smallest: sum.smallest,
            uniques,
            consumed_units: sum.quantity(&meter.aggregation.0, uniques),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_ends_by_number_and_by_size() {
        let batch = |events: i64, bytes: i64| UsageBatch {
            id: Uuid::nil(),
            created_at: Timestamp::UNIX_EPOCH,
            version: 1,
            organization_id: Uuid::nil(),
            last_id: Uuid::nil(),
            events,
            bytes,
            round: None,
        };
        for (one, whole) in [
            (batch(1, 10), 3),
            (batch(TURN / 2, 10), 2),
            (batch(1, BYTES / 2), 2),
            (batch(1, 2 * BYTES), 1),
        ] {
            assert_eq!(turn(vec![one; 3]).len(), whole);
        }
    }
}
