//! Work that is due for subscriptions: renewals, ends, pauses, retries (docs/behaviour: subscriptions/renewal).

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{
        changes::Changes,
        jobs::End,
        records::{Organization, Subscription},
    },
    orders::{create::Mismatch, void},
    subscriptions::{
        bill::BillingRows,
        dun::VoidOrders,
        renew::{self, Due, Step},
    },
    usage::due,
};
use till_store::yielding;
use tokio::sync::watch;
use uuid::Uuid;

use super::{POLL, supervise::alone};
use crate::{
    app::App,
    counting,
    error::{ApiError, OrNotFound},
    joined::Joined,
    payments,
};

/// Subscriptions that one node takes at a time.
const BATCH: usize = 32;
/// The most of them that are worked on at once: so many charges are in flight.
const SIDE_BY_SIDE: usize = 12;
/// Time for which those that a node has taken are its own; after it they are due again, for whoever looks.
const CLAIM: SignedDuration = SignedDuration::from_mins(1);
/// Pause until a subscription is looked at again whose bill cannot be worked out.
const SET_ASIDE: SignedDuration = SignedDuration::from_hours(1);

/// Pause before a subscription whose usage is still being counted is looked at again.
const UNCOUNTED: SignedDuration = SignedDuration::from_secs(5);

/// Does what is due for subscriptions, until nothing is; says how much was done.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let taken = turns(app).await?;
        if taken == 0 {
            return Ok(done);
        }
        done += taken;
    }
}

/// Takes one batch of what is due by the machine's time, and one by each test clock: how many were taken.
async fn turns(app: &App) -> Result<usize, ApiError> {
    let mut taken = turn(app, None, app.clock.now()).await?.taken;
    for organization in app.clocked_organizations().await? {
        let (id, now) = (organization.id, app.now_of(&organization));
        taken += turn(app, Some(id), now).await?.taken;
    }
    Ok(taken)
}

/// Number of subscriptions that were taken at once, and of those for which what was due could be done.
pub(super) struct Turn {
    pub(super) taken: usize,
    pub(super) done: usize,
}

/// Takes one batch of what is due by `now`, of one organization where one is named, and does it.
pub(super) async fn turn(
    app: &App,
    organization_id: Option<Uuid>,
    now: Timestamp,
) -> Result<Turn, ApiError> {
    yielding(Box::pin(take_turn(app, organization_id, now))).await
}

async fn take_turn(
    app: &App,
    organization_id: Option<Uuid>,
    now: Timestamp,
) -> Result<Turn, ApiError> {
    let due = app
        .store
        .claim_due_subscriptions(organization_id, now, now + CLAIM, BATCH)
        .await?;
    let mut turn = Turn {
        taken: due.len(),
        done: 0,
    };
    let mut organizations: Vec<Uuid> = due.iter().map(|row| row.organization_id).collect();
    organizations.sort_unstable();
    organizations.dedup();
    for id in organizations {
        let own = due.iter().filter(|row| row.organization_id == id);
        let own: Vec<Subscription> = own.cloned().collect();
        let organization = app.store.organization(id).await.or_not_found()?;
        let rows = Box::pin(Joined::billing(app, &organization, &own)).await?;
        turn.done += stream::iter(rows)
            .map(|rows| {
                let id = rows.subscription.id;
                alone(app, "subscription", id, Box::pin(run(app, rows)))
            })
            .buffer_unordered(SIDE_BY_SIDE)
            .filter(|done| std::future::ready(*done))
            .count()
            .await;
    }
    Ok(turn)
}

/// Does what is due for one subscription. Where its rows have changed since they were read, they are read again.
async fn run(app: &App, rows: BillingRows) -> Result<(), ApiError> {
    let (id, mut read) = (rows.subscription.id, Some(rows));
    let charged = app
        .retry_on_conflict(|| {
            let read = read.take();
            async move {
                let rows = match read {
                    Some(rows) => rows,
                    None => reload(app, id).await?,
                };
                step(app, rows).await
            }
        })
        .await?;
    match charged {
        Charge::Nothing => Ok(()),
        Charge::Retry(order) => Box::pin(payments::charge_order(app, order)).await,
        Charge::Order(rows, step) => Box::pin(payments::charge_step(app, *rows, *step)).await,
    }
}

/// Charge that is to be made after a step.
enum Charge {
    /// Nothing.
    Nothing,
    /// This unpaid order.
    Retry(Uuid),
    /// The order that the step has made.
    Order(Box<BillingRows>, Box<Step>),
}

async fn reload(app: &App, id: Uuid) -> Result<BillingRows, ApiError> {
    let subscription = app.store.subscription_by_id(id).await.or_not_found()?;
    let organization = app.store.organization(subscription.organization_id);
    let organization = organization.await.or_not_found()?;
    billing(app, &organization, subscription).await
}

/// The rows that the billing of one subscription depends on.
pub async fn billing(
    app: &App,
    organization: &Organization,
    subscription: Subscription,
) -> Result<BillingRows, ApiError> {
    let rows = [subscription];
    let mut billing = Box::pin(Joined::billing(app, organization, &rows)).await?;
    billing.pop().ok_or_else(ApiError::not_found)
}

/// Decides one step, and commits it.
async fn step(app: &App, rows: BillingRows) -> Result<Charge, ApiError> {
    let Some(rows) = counted(app, rows).await? else {
        return Ok(Charge::Nothing);
    };
    let ctx = app.context_of(&rows.organization);
    let settings = &rows.organization.settings.tax;
    let due = app
        .taxed(settings, |taxes| Ok(renew::due(&rows, taxes, &ctx)))
        .await?;
    match due {
        Err(mismatch) => set_aside(app, &rows, &mismatch).await,
        Ok(Due::Nothing(changes)) => {
            app.commit(changes).await?;
            Ok(Charge::Nothing)
        }
        Ok(Due::Retry(order)) => Ok(Charge::Retry(order)),
        Ok(Due::Step(mut step)) => {
            app.commit(std::mem::take(&mut step.changes)).await?;
            Ok(match step.payment {
                Some(_) => Charge::Order(Box::new(rows), step),
                None => Charge::Nothing,
            })
        }
    }
}

/// The rows, once the usage that a finished period bills is counted; none where that takes longer: then the subscription is
/// looked at again soon (docs/behaviour: metered/waits).
async fn counted(app: &App, rows: BillingRows) -> Result<Option<BillingRows>, ApiError> {
    let (subscription, organization) = (&rows.subscription, &rows.organization);
    let now = app.now_of(organization);
    let end = subscription.usage_period().end;
    let meters = due::meters(subscription, &rows.offered);
    if meters.is_empty() || !subscription.is_billable() || end > now {
        return Ok(Some(rows));
    }
    if counting::count_until(app, organization.id, &meters, end).await? {
        // They were read before that was known.
        return Ok(Some(reload(app, subscription.id).await?));
    }
    let mut later = subscription.clone();
    later.next_due_at = Some(now + UNCOUNTED);
    let mut changes = Changes::new();
    changes.update(subscription, &later);
    app.commit(changes).await?;
    Ok(None)
}

/// A subscription that cannot be billed holds up no other: a person has to look at it.
async fn set_aside(app: &App, rows: &BillingRows, mismatch: &Mismatch) -> Result<Charge, ApiError> {
    let subscription = &rows.subscription;
    let id = subscription.id;
    tracing::error!(%mismatch, subscription = %id, "a subscription cannot be billed: a person has to look at it");
    let mut later = subscription.clone();
    later.next_due_at = Some(app.now_of(&rows.organization) + SET_ASIDE);
    let mut changes = Changes::new();
    changes.update(subscription, &later);
    app.commit(changes).await?;
    Ok(Charge::Nothing)
}

/// Voids the unpaid orders of a subscription that has ended.
pub async fn void_orders(app: &App, orders: VoidOrders) -> Result<End, ApiError> {
    let unpaid = app.store.unpaid_orders(&[orders.subscription_id]).await?;
    for order in unpaid {
        if order.created_at >= orders.made_before || orders.but == Some(order.id) {
            continue;
        }
        app.retry_on_conflict(|| async {
            let (organization, rows) = payments::order_rows(app, order.id).await?;
            let subscribers = app.store.subscribers(organization.id).await?;
            let balances = app.store.balances(&[rows.customer.id]).await?;
            let currency = rows.order.currency;
            let balance = balances.into_iter().find(|one| one.currency == currency);
            let ctx = app.context_of(&organization);
            app.commit(void::void(&rows, balance, &subscribers, &ctx))
                .await
        })
        .await?;
    }
    Ok(End::Done(Changes::new()))
}

/// Does what is due for subscriptions until `shutdown` turns true.
pub(super) async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        let taken = turns(&app).await;
        let taken = taken.unwrap_or_else(|error| {
            tracing::error!(?error, "the due subscriptions could not be read");
            0
        });
        if taken >= BATCH {
            continue;
        }
        let next = app.clock.now() + SignedDuration::try_from(POLL).unwrap_or_default();
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            () = app.clock.wait(next) => {}
        }
    }
}
