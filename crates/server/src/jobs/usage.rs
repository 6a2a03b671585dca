//! Counting of usage: new events are put into turns, and each meter counts turn by turn
//! (docs/behaviour: meters/exact). Two nodes at it at once count each event once: one of them is refused.

use std::{collections::HashMap, sync::Arc};

use jiff::SignedDuration;
use till_core::{
    kernel::{
        changes::Changes,
        jobs::End,
        records::{Customer, Meter, MeterFold, UsageBatch},
    },
    usage::{
        count::{Counter, add},
        fold::{self, BATCHES, BOUND, SealRows, TURN, UnboundEvent, batch_id},
    },
};
use till_store::{Query, unawaited};
use tokio::sync::watch;
use uuid::Uuid;

use super::{LEASE, supervise::alone};
use crate::{app::App, error::ApiError};

/// Organizations whose new events are put into turns at once.
const ORGANIZATIONS: i64 = 32;
/// Meters that count at once.
const METERS: i64 = 64;
/// Events that wait for a parent and find it in one turn, at most.
const ORPHANS: i64 = 1_000;
/// The interval at which new events are looked for.
const EVERY: SignedDuration = SignedDuration::from_secs(1);

/// Counts what has come in, until nothing is left; says how much was done.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let turn = unawaited(Box::pin(work(app))).await?;
        if turn == 0 {
            return Ok(done);
        }
        done += turn;
    }
}

/// One turn of each organization that has new events, and of each meter that is behind. One that fails holds up no other.
async fn work(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    for id in app
        .store
        .organizations_with_new_usage(ORGANIZATIONS)
        .await?
    {
        let sealed = async { unless_moved(seal(app, id).await) };
        done += usize::from(alone(app, "usage turns", id, Box::pin(sealed)).await);
    }
    let behind = app.store.meters_behind(METERS).await?;
    let mut turns: HashMap<(Uuid, i64), Vec<(Meter, MeterFold)>> = HashMap::new();
    for (meter, fold) in behind {
        let place = (fold.organization_id, fold.round);
        turns.entry(place).or_default().push((meter, fold));
    }
    for ((id, round), meters) in turns {
        let counted = async { unless_moved(count(app, id, round, meters).await) };
        done += usize::from(alone(app, "usage", id, Box::pin(counted)).await);
    }
    Ok(done)
}

/// Done also where rows have moved meanwhile: the next turn decides again.
fn unless_moved(done: Result<(), ApiError>) -> Result<(), ApiError> {
    match done {
        Err(error) if error.conflict().is_some() => Ok(()),
        done => done,
    }
}

/// Puts an organization's new events into its next turn.
async fn seal(app: &App, organization_id: Uuid) -> Result<(), ApiError> {
    let (stream, batches) = tokio::try_join!(
        app.store.usage_stream(organization_id),
        app.store.new_batches(organization_id, BATCHES as i64),
    )?;
    let batches = fold::turn(batches);
    // Another node has put them into a turn meanwhile.
    if batches.is_empty() {
        return Ok(());
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
    app.commit(changes).await
}

/// Has meters count the next turns after the one that they have all come to.
async fn count(
    app: &App,
    organization_id: Uuid,
    round: i64,
    meters: Vec<(Meter, MeterFold)>,
) -> Result<(), ApiError> {
    let most = 2 * BATCHES as i64;
    let (batches, to) = whole_turns(
        app.store
            .batches_after(organization_id, round, most)
            .await?,
        round,
    );
    let events = app.store.events_of_batches(&batches).await?;
    let ctx = app.context_for(organization_id).await?;
    for (meter, fold) in &meters {
        let counter = Counter::new(meter);
        let added = add(&counter, &events);
        let rows = app.store.counted_rows(meter.id, &added).await?;
        let changes = fold::advance(&counter, fold, to, &added, &rows, &ctx);
        app.commit(changes).await?;
    }
    Ok(())
}

/// The first whole turns of these batches, as many as make one large one, and the last of them.
fn whole_turns(batches: Vec<UsageBatch>, round: i64) -> (Vec<UsageBatch>, i64) {
    let (mut events, mut to) = (0, round);
    for (i, batch) in batches.iter().enumerate() {
        events += batch.events;
        let next = batches.get(i + 1).and_then(|next| next.round);
        let Some(own) = batch.round.filter(|own| next != Some(*own)) else {
            continue;
        };
        // Of the last turn there may be more batches than were read, but for the first: no turn has so many.
        if next.is_none() && to > round && batches.len() >= 2 * BATCHES {
            break;
        }
        to = own;
        if events >= TURN {
            break;
        }
    }
    let whole = batches.into_iter();
    let whole = whole.filter(|batch| batch.round.is_some_and(|own| own <= to));
    (whole.collect(), to)
}

/// Gives the customer whose id is the payload the events that named them before they were there.
pub async fn bind(app: &App, id: Uuid) -> Result<End, ApiError> {
    let customer: Option<Customer> = app.store.one(Query::by_id::<Customer>(id)).await?;
    if let Some(customer) = customer.filter(|c| c.deleted_at.is_none()) {
        let mut after = Some(Uuid::nil());
        while let Some(last) = after {
            let some = || Box::pin(bind_some(app, &customer, last));
            after = app.retry_on_conflict(some).await?;
        }
    }
    Ok(End::Done(Changes::new()))
}

/// Binds some events, those after `after`; the last of them, or none where there was none.
async fn bind_some(app: &App, customer: &Customer, after: Uuid) -> Result<Option<Uuid>, ApiError> {
    let own = customer.organization_id;
    let Some(external_id) = &customer.external_id else {
        return Ok(None);
    };
    let events = app
        .store
        .unbound_events(own, external_id, after, BOUND as i64)
        .await?;
    let Some(last) = events.last().map(|event| event.id) else {
        return Ok(None);
    };
    let ids: Vec<Uuid> = events.iter().map(|event| batch_id(event.id)).collect();
    let (batches, meters) = tokio::try_join!(
        app.store.usage_batches(own, &ids),
        app.store.meters_with_folds(own),
    )?;
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
    let mut counted = Vec::new();
    for (meter, fold) in &meters {
        let Some(fold) = fold else { continue };
        let added = fold::bound_of(&Counter::new(meter), fold, &unbound, customer);
        let rows = app.store.counted_rows(meter.id, &added).await?;
        counted.push((meter, fold, added, rows));
    }
    let ctx = app.context_for(own).await?;
    app.commit(fold::bind(&unbound, customer, &counted, &ctx))
        .await?;
    Ok(Some(last))
}

/// Counts what comes in until `shutdown` turns true.
pub(super) async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = app.context().id();
    while !*shutdown.borrow() {
        let now = app.clock.now();
        let counted = async {
            if app.store.lease("usage", holder, now, now + LEASE).await? {
                run_due(&app).await?;
            }
            Ok::<(), ApiError>(())
        };
        if let Err(error) = counted.await {
            tracing::error!(?error, "usage could not be counted");
        }
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            () = app.clock.wait(app.clock.now() + EVERY) => {}
        }
    }
    let _ = app.store.release_all(holder).await;
}
