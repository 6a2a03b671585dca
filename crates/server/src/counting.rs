//! Turns and counting: new events of usage are put into turns, and meters count turn by turn
//! (docs/behaviour: meters/exact). Two at it at once count each event once: one of them is refused.

use std::collections::BTreeMap;

use jiff::Timestamp;
use till_core::{
    kernel::records::{Meter, MeterFold, UsageBatch},
    subscriptions::bill::BillingRows,
    usage::{
        charges::{self, Charging},
        count::{Added, Counter},
        due,
        fold::{self, BATCHES, BYTES, SealRows, TURN},
    },
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    app::{App, fast_path::LEASE, isolation::alone, once::Beginning},
    error::ApiError,
};

/// Events that wait for a parent and find it in one turn, at most.
const ORPHANS: i64 = 1_000;
/// Number of turns, at most, that are counted at once for a bill that waits for them.
const TURNS: usize = 8;
/// Events, at most, that a meter counts in one commit, beyond the part with which there are so many.
const EVENTS: usize = 100_000;
/// Sums and values, at most, that it writes then, beyond the part with which there are so many.
const PLACES: usize = 4_000;
/// Number of times that a request tries to have everything counted.
const TRIES: usize = 3;

/// The node that does some work while others do not.
pub(crate) struct Holder {
    /// Name of the lease.
    pub(crate) lease: &'static str,
    /// ID of the node's worker.
    pub(crate) id: Uuid,
    /// Turns true when the server stops.
    pub(crate) shutdown: watch::Receiver<bool>,
}

impl Holder {
    /// True while the server does not stop and this node has the lease, which is renewed.
    pub(crate) async fn goes_on(&self, app: &App) -> Result<bool, ApiError> {
        if *self.shutdown.borrow() {
            return Ok(false);
        }
        let now = app.clock.now();
        let lease = app.store.lease(self.lease, self.id, now, now + LEASE);
        Ok(lease.await?)
    }
}

/// True where nobody holds a lease, or the holder goes on.
pub(crate) async fn goes_on(app: &App, holder: Option<&Holder>) -> Result<bool, ApiError> {
    match holder {
        Some(holder) => holder.goes_on(app).await,
        None => Ok(true),
    }
}

/// Extent of what was counted.
#[derive(Default)]
pub(crate) struct Work {
    /// Number of turns that were made or counted.
    pub(crate) done: usize,
    /// Rows that were written.
    pub(crate) rows: usize,
    /// True where more was there than is done at once.
    pub(crate) is_left: bool,
}

/// Counts what came in until a moment by these meters of an organization; false where that is too much for now, or another
/// worker is counting (docs/behaviour: metered/waits).
pub(crate) async fn count_until(
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
/// much for now (docs/behaviour: metered/settled). Of those that ask for it at once for one organization, this node has one
/// count, and the others wait for it.
pub(crate) async fn count_now(app: &App, rows: &BillingRows) -> Result<bool, ApiError> {
    let (subscription, organization) = (&rows.subscription, &rows.organization);
    let meters = due::meters(subscription, &rows.offered);
    if meters.is_empty() || !subscription.is_billable() {
        return Ok(true);
    }
    let (own, now) = (organization.id, app.now_of(organization));
    for _ in 0..TRIES {
        if !app.store.has_uncounted_usage(own, &meters, now).await? {
            return Ok(true);
        }
        match app.limits.counting.begin(own) {
            // Another worker may be counting the same.
            Beginning::First(_doing) => {
                if Box::pin(count_until(app, own, &meters, now)).await? {
                    return Ok(true);
                }
            }
            // Two that read the same events at once would count them once, and one of them would have read in vain.
            Beginning::Other(ending) => ending.wait().await,
        }
    }
    Ok(!app.store.has_uncounted_usage(own, &meters, now).await?)
}

/// Nothing done where rows have moved meanwhile: the next turn decides again.
pub(crate) fn unless_moved(done: Result<bool, ApiError>) -> Result<bool, ApiError> {
    match done {
        Err(error) if error.conflict().is_some() => Ok(false),
        done => done,
    }
}

/// Puts an organization's new events into its next turn; whether there were any.
pub(crate) async fn seal(app: &App, organization_id: Uuid) -> Result<bool, ApiError> {
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
pub(crate) async fn count(
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
