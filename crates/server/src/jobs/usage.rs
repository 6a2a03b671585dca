//! Counting of usage: new events are put into turns, and each meter counts turn by turn
//! (docs/behaviour: meters/exact). Two nodes at it at once count each event once: one of them is refused.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{
        changes::Changes,
        jobs::End,
        records::{Customer, Meter, MeterFold, UsageBatch},
    },
    subscriptions::bill::BillingRows,
    usage::{
        charges::{self, Charging},
        count::{Added, Counter},
        due,
        fold::{self, BATCHES, BOUND, BYTES, BoundMeter, SealRows, TURN, UnboundEvent, batch_id},
    },
};
use till_store::{Query, yielding};
use tokio::sync::watch;
use uuid::Uuid;

use super::{LEASE, supervise::alone};
use crate::{app::App, error::ApiError};

/// Organizations whose new events are put into turns at once.
const ORGANIZATIONS: i64 = 256;
/// Meters that count at once.
const METERS: i64 = 512;
/// Meters of one organization among them, at most.
const METERS_OF_ONE: i64 = 64;
/// Events that wait for a parent and find it in one turn, at most.
const ORPHANS: i64 = 1_000;
/// Number of turns, at most, that are counted at once for a bill that waits for them.
const TURNS: usize = 8;
/// Events, at most, that a meter counts in one commit, beyond the part with which there are so many.
const EVENTS: usize = 100_000;
/// Sums and values, at most, that it writes then, beyond the part with which there are so many.
const PLACES: usize = 4_000;
/// Turns into which an organization's new events are put at once, at most.
const SEALED: usize = 32;
/// Number of times that a request tries to have everything counted.
const TRIES: usize = 3;
/// The interval at which new events are looked for.
const EVERY: SignedDuration = SignedDuration::from_secs(1);
/// The interval at most, where much is written.
const SELDOM: SignedDuration = SignedDuration::from_secs(10);
/// The pause before it is looked again for events that were being put into a turn.
const PAUSE: SignedDuration = SignedDuration::from_secs(3);

/// The node that counts while others do not.
struct Holder {
    id: Uuid,
    shutdown: watch::Receiver<bool>,
}

impl Holder {
    /// True while the server does not stop and this node has the lease, which is renewed.
    async fn goes_on(&self, app: &App) -> Result<bool, ApiError> {
        if *self.shutdown.borrow() {
            return Ok(false);
        }
        let now = app.clock.now();
        let lease = app.store.lease("usage", self.id, now, now + LEASE);
        Ok(lease.await?)
    }
}

/// True where nobody holds a lease, or the holder goes on.
async fn goes_on(app: &App, holder: Option<&Holder>) -> Result<bool, ApiError> {
    match holder {
        Some(holder) => holder.goes_on(app).await,
        None => Ok(true),
    }
}

/// Counts what has come in, until nothing is left; says how much was done.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let work = yielding(Box::pin(work(app, None))).await?;
        if work.done == 0 {
            return Ok(done);
        }
        done += work.done;
    }
}

/// Extent of what was counted.
#[derive(Default)]
struct Work {
    /// Number of turns that were made or counted.
    done: usize,
    /// Rows that were written.
    rows: usize,
    /// True where more was there than is done at once.
    is_left: bool,
}

impl Work {
    /// The time after which to look again. Each commit holds up those of buyers for as long as its rows take to write, and
    /// the longer it waits the fewer they are: most usage is of few customers.
    fn pause(&self) -> SignedDuration {
        let rows = i64::try_from(self.rows).unwrap_or(i64::MAX);
        (EVERY.saturating_add(SignedDuration::from_millis(rows))).min(SELDOM)
    }
}

/// New turns of each organization that has new events, and a part of what each meter is behind. One that fails holds up no
/// other.
async fn work(app: &App, holder: Option<&Holder>) -> Result<Work, ApiError> {
    let mut work = Work::default();
    let new = app.store.organizations_with_new_usage(ORGANIZATIONS);
    let new = new.await?;
    let mut is_left = new.len() as i64 == ORGANIZATIONS;
    for id in new {
        if !goes_on(app, holder).await? {
            return Ok(Work::default());
        }
        let mut sealed = 0;
        let sealing = async {
            while sealed < SEALED && unless_moved(seal(app, id).await)? {
                sealed += 1;
            }
            Ok::<(), ApiError>(())
        };
        alone(app, "usage turns", id, Box::pin(sealing)).await;
        work.done += sealed;
        is_left |= sealed == SEALED;
    }
    let behind = app.store.meters_behind(METERS_OF_ONE, METERS).await?;
    // They may be all that are found of one organization at once.
    is_left |= behind.len() as i64 >= METERS_OF_ONE;
    let mut turns: BTreeMap<(Uuid, i64), Vec<(Meter, MeterFold)>> = BTreeMap::new();
    for (meter, fold) in behind {
        let place = (fold.organization_id, fold.round);
        turns.entry(place).or_default().push((meter, fold));
    }
    for ((id, round), meters) in turns {
        if !goes_on(app, holder).await? {
            return Ok(Work::default());
        }
        let mut counted = Work::default();
        let counting = async {
            counted = count(app, holder, id, round, &meters).await?;
            Ok::<(), ApiError>(())
        };
        alone(app, "usage", id, Box::pin(counting)).await;
        work.done += counted.done;
        work.rows += counted.rows;
        is_left |= counted.is_left;
    }
    // What failed is left alone for a while, however much of it there is.
    work.is_left = is_left && work.done > 0;
    Ok(work)
}

/// Counts what came in until a moment by these meters of an organization; false where that is too much for now, or another
/// worker is counting (docs/behaviour: metered/waits).
pub async fn count_until(
    app: &App,
    organization_id: Uuid,
    meters: &[Uuid],
    until: Timestamp,
) -> Result<bool, ApiError> {
    for _ in 0..TURNS {
        let store = &app.store;
        if !store
            .has_uncounted_usage(organization_id, meters, until)
            .await?
        {
            return Ok(true);
        }
        let mut is_moved = unless_moved(seal(app, organization_id).await)?;
        let known = store.meters_with_folds(organization_id).await?;
        let mut behind: BTreeMap<i64, Vec<(Meter, MeterFold)>> = BTreeMap::new();
        for (meter, fold) in known {
            if let Some(fold) = fold.filter(|_| meters.contains(&meter.id)) {
                behind.entry(fold.round).or_default().push((meter, fold));
            }
        }
        for (round, some) in behind {
            is_moved |= count(app, None, organization_id, round, &some).await?.done > 0;
        }
        if !is_moved {
            break;
        }
    }
    Ok(false)
}

/// Counts what has come in until now by the meters of a subscription, as far as it is billed for that; false where it is too
/// much for now (docs/behaviour: metered/settled).
pub async fn count_now(app: &App, rows: &BillingRows) -> Result<bool, ApiError> {
    let (subscription, organization) = (&rows.subscription, &rows.organization);
    let meters = due::meters(subscription, &rows.offered);
    if meters.is_empty() || !subscription.is_billable() {
        return Ok(true);
    }
    let now = app.now_of(organization);
    for _ in 0..TRIES {
        // Another worker may be counting the same.
        let counted = count_until(app, organization.id, &meters, now);
        if Box::pin(counted).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nothing done where rows have moved meanwhile: the next turn decides again.
fn unless_moved(done: Result<bool, ApiError>) -> Result<bool, ApiError> {
    match done {
        Err(error) if error.conflict().is_some() => Ok(false),
        done => done,
    }
}

/// Puts an organization's new events into its next turn; whether there were any.
async fn seal(app: &App, organization_id: Uuid) -> Result<bool, ApiError> {
    // First the stream: whoever puts the batches into a turn after they were read moves it.
    let stream = app.store.usage_stream(organization_id).await?;
    let batches = app.store.new_batches(organization_id, BATCHES as i64);
    let batches = fold::turn(batches.await?);
    // Another node has put them into a turn meanwhile.
    if batches.is_empty() {
        return Ok(false);
    }
    let events = app.store.events_of_batches(&batches).await?;
    let mut names: Vec<String> = events.iter().map(|event| event.name.clone()).collect();
    let unbound = events.iter().filter(|event| event.customer_id.is_none());
    let mut customers: Vec<String> = unbound
        .filter_map(|event| event.external_customer_id.clone())
        .collect();
    let mut parents: Vec<String> = events
        .iter()
        .filter_map(|event| event.external_id.clone())
        .collect();
    for list in [&mut names, &mut customers, &mut parents] {
        list.sort_unstable();
        list.dedup();
    }
    if !app.store.has_orphans(organization_id).await? {
        parents.clear();
    }
    let (customers, orphans, types, meters) = tokio::try_join!(
        app.store.customers_named(organization_id, &customers),
        app.store.orphans_of(organization_id, &parents, ORPHANS),
        app.store.event_types_named(organization_id, &names),
        app.store.meters_with_folds(organization_id),
    )?;
    let uncounted = meters.into_iter().filter(|(_, fold)| fold.is_none());
    let rows = SealRows {
        customers,
        orphans,
        types,
        uncounted: uncounted.map(|(meter, _)| meter.id).collect(),
    };
    let changes = fold::seal(organization_id, stream.as_ref(), &batches, &events, &rows);
    app.commit(changes).await?;
    Ok(true)
}

/// Counting of a meter that is not written yet.
struct Counting<'m> {
    counter: Counter<'m>,
    fold: &'m MeterFold,
    added: Added,
    charging: Charging,
}

/// Has meters count the next turns after the one that they have all come to. Turns are read one after the other and
/// written together. A meter that fails holds up no other.
async fn count(
    app: &App,
    holder: Option<&Holder>,
    organization_id: Uuid,
    round: i64,
    meters: &[(Meter, MeterFold)],
) -> Result<Work, ApiError> {
    let mut countings: Vec<Counting<'_>> = meters
        .iter()
        .map(|(meter, fold)| Counting {
            counter: Counter::new(meter),
            fold,
            added: Added::default(),
            charging: Charging::default(),
        })
        .collect();
    let (to, is_left) = read_turns(app, organization_id, round, &mut countings).await?;
    let mut work = Work {
        is_left,
        ..Work::default()
    };
    let ctx = app.context_for(organization_id).await?;
    for one in &mut countings {
        if to == round || !goes_on(app, holder).await? {
            break;
        }
        let (mut is_counted, mut written) = (false, 0);
        let meter = one.counter.meter;
        let counting = async {
            let rows = app.store.counted_rows(meter.id, &one.added).await?;
            app.store.read_charges(meter.id, &mut one.charging).await?;
            let (added, charging) = (&one.added, &one.charging);
            let changes = fold::advance(&one.counter, one.fold, to, added, &rows, charging, &ctx);
            written = changes.writes.len();
            is_counted = unless_moved(app.commit(changes).await.map(|()| true))?;
            Ok::<(), ApiError>(())
        };
        alone(app, "usage of a meter", meter.id, Box::pin(counting)).await;
        work.done += usize::from(is_counted);
        work.rows += written;
    }
    Ok(work)
}

/// Reads the turns after one into what meters count; tells the last of them, and whether more may be there.
async fn read_turns(
    app: &App,
    organization_id: Uuid,
    round: i64,
    countings: &mut [Counting<'_>],
) -> Result<(i64, bool), ApiError> {
    let (mut to, mut read) = (round, 0);
    let most = 2 * BATCHES as i64;
    while read < EVENTS && countings.iter().all(|one| one.added.places() < PLACES) {
        let next = app.store.batches_after(organization_id, to, most).await?;
        let (batches, last) = whole_turns(next, to);
        if batches.is_empty() {
            return Ok((to, false));
        }
        let events = app.store.events_of_batches(&batches).await?;
        let mut customers: Vec<Uuid> = events.iter().filter_map(|e| e.customer_id).collect();
        customers.sort_unstable();
        customers.dedup();
        let paid = app.store.metered_subscriptions(organization_id, &customers);
        let (subscriptions, prices) = paid.await?;
        for one in &mut *countings {
            let payers = charges::payers(one.counter.meter, &subscriptions, &prices);
            one.added.take(&one.counter, &events);
            one.charging.take(&one.counter, &events, &payers);
        }
        (to, read) = (last, read + events.len());
    }
    Ok((to, true))
}

/// The first whole turns of these batches, as many as make one large one, and the last of them.
fn whole_turns(batches: Vec<UsageBatch>, round: i64) -> (Vec<UsageBatch>, i64) {
    let (mut events, mut bytes, mut to) = (0, 0, round);
    for (i, batch) in batches.iter().enumerate() {
        events += batch.events;
        bytes += batch.bytes;
        let next = batches.get(i + 1).and_then(|next| next.round);
        let Some(own) = batch.round.filter(|own| next != Some(*own)) else {
            continue;
        };
        // Of the last turn there may be more batches than were read, but for the first: no turn has so many.
        if next.is_none() && to > round && batches.len() >= 2 * BATCHES {
            break;
        }
        to = own;
        if events >= TURN || bytes >= BYTES {
            break;
        }
    }
    let whole = batches.into_iter();
    let whole = whole.filter(|batch| batch.round.is_some_and(|own| own <= to));
    (whole.collect(), to)
}

/// Gives the customer whose id is the payload the events that named them before they were there.
pub async fn bind(app: &App, id: Uuid) -> Result<End, ApiError> {
    let (mut after, mut is_left) = (None, false);
    loop {
        let some = || Box::pin(bind_some(app, id, after));
        let bound = app.retry_on_conflict(some).await?;
        is_left |= bound.is_left;
        if bound.last.is_none() {
            break;
        }
        after = bound.last;
    }
    Ok(match is_left {
        false => End::Done(Changes::new()),
        true => End::Retry {
            at: app.context().now + PAUSE,
        },
    })
}

/// Outcome of binding some events.
#[derive(Default)]
struct Bound {
    /// Time and id of the last event; none where there was none.
    last: Option<(Timestamp, Uuid)>,
    /// True where any has no turn yet. Whoever is giving it one may have looked for the customer too early.
    is_left: bool,
}

/// Binds some events, those after `after`, if the customer is still there.
async fn bind_some(
    app: &App,
    id: Uuid,
    after: Option<(Timestamp, Uuid)>,
) -> Result<Bound, ApiError> {
    let customer: Option<Customer> = app.store.one(Query::by_id::<Customer>(id)).await?;
    let Some(customer) = customer.filter(|c| c.deleted_at.is_none()) else {
        return Ok(Bound::default());
    };
    let own = customer.organization_id;
    let Some(external_id) = &customer.external_id else {
        return Ok(Bound::default());
    };
    // First how far the meters have counted: whoever counts an event after it was read moves that.
    let meters = app.store.meters_with_folds(own).await?;
    let events = app
        .store
        .unbound_events(own, external_id, after, BOUND as i64)
        .await?;
    let Some(last) = events.last().map(|event| (event.timestamp, event.id)) else {
        return Ok(Bound::default());
    };
    let ids: Vec<Uuid> = events.iter().map(|event| batch_id(event.id)).collect();
    let batches = app.store.usage_batches(own, &ids).await?;
    let rounds: HashMap<Uuid, Option<i64>> = batches
        .iter()
        .map(|batch| (batch.id, batch.round))
        .collect();
    let unbound: Vec<UnboundEvent> = events
        .into_iter()
        .map(|event| UnboundEvent {
            round: rounds.get(&batch_id(event.id)).copied().flatten(),
            event,
        })
        .collect();
    let (subscriptions, prices) = app.store.metered_subscriptions(own, &[customer.id]).await?;
    let mut counted = Vec::new();
    for (meter, fold) in &meters {
        let Some(fold) = fold else { continue };
        let payers = charges::payers(meter, &subscriptions, &prices);
        let mut bound = BoundMeter::new(meter, fold, &unbound, &customer, payers);
        bound.rows = app.store.counted_rows(meter.id, &bound.added).await?;
        let charging = &mut bound.charging;
        app.store.read_charges(meter.id, charging).await?;
        counted.push(bound);
    }
    let ctx = app.context_for(own).await?;
    app.commit(fold::bind(&unbound, &customer, &counted, &ctx))
        .await?;
    Ok(Bound {
        last: Some(last),
        is_left: unbound.iter().any(|unbound| unbound.round.is_none()),
    })
}

/// Counts what comes in until `shutdown` turns true.
pub(super) async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = Holder {
        id: app.context().id(),
        shutdown: shutdown.clone(),
    };
    while !*shutdown.borrow() {
        let counted = async {
            if !holder.goes_on(&app).await? {
                return Ok(Work::default());
            }
            yielding(Box::pin(work(&app, Some(&holder)))).await
        };
        let work = counted.await.unwrap_or_else(|error: ApiError| {
            tracing::error!(?error, "usage could not be counted");
            Work::default()
        });
        if work.is_left {
            continue;
        }
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            () = app.clock.wait(app.clock.now() + work.pause()) => {}
        }
    }
    let _ = app.store.release_all(holder.id).await;
}
