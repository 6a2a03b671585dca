//! Counting of usage, all the time, on one node, and events that named a customer before they were there.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{
        changes::Changes,
        jobs::End,
        records::{Customer, Meter, MeterFold},
    },
    usage::{
        charges,
        fold::{self, BOUND, BoundMeter, UnboundEvent, batch_id},
    },
};
use till_store::{Query, yielding};
use tokio::sync::watch;
use uuid::Uuid;

use super::supervise::alone;
use crate::{
    app::App,
    counting::{Holder, Work, count, goes_on, seal, unless_moved},
    error::ApiError,
};

/// Organizations whose new events are put into turns at once.
const ORGANIZATIONS: i64 = 256;
/// Meters that count at once.
const METERS: i64 = 512;
/// Meters of one organization among them, at most.
const METERS_OF_ONE: i64 = 64;
/// Turns into which an organization's new events are put at once, at most.
const SEALED: usize = 32;
/// The interval at which new events are looked for.
const EVERY: SignedDuration = SignedDuration::from_secs(1);
/// The interval at most, where much is written.
const SELDOM: SignedDuration = SignedDuration::from_secs(10);
/// The pause before it is looked again for events that were being put into a turn.
const PAUSE: SignedDuration = SignedDuration::from_secs(3);
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

/// The time after which to look again. Each commit holds up those of buyers for as long as its rows take to write, and the
/// longer it waits the fewer they are: most usage is of few customers.
fn pause_after(work: &Work) -> SignedDuration {
    let rows = i64::try_from(work.rows).unwrap_or(i64::MAX);
    (EVERY.saturating_add(SignedDuration::from_millis(rows))).min(SELDOM)
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
        lease: "usage",
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
            () = app.clock.wait(app.clock.now() + pause_after(&work)) => {}
        }
    }
    let _ = app.store.release_all(holder.id).await;
}
