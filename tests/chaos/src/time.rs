//! Time that passes for subscriptions: a period is moved into the past, so that several renewals are due at once, and the
//! next attempts to charge unpaid orders are brought forward, so that weeks of dunning fit into a run.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::changes::Changes;
use till_store::{Col, CommitError, Query, Store};
use till_wire::subscriptions::SubscriptionStatus;
use tokio::time::sleep;
use uuid::Uuid;

use crate::Failure;

/// Between one look at unpaid orders and the next.
const PAUSE: Duration = Duration::from_millis(300);
/// Tries to move a subscription that others are writing.
const TRIES: usize = 20;
/// Unpaid orders that are brought forward at once.
const SOME: usize = 20;

/// Moves a subscription's period, or its trial, into the past; where the period ended, and ends then. None where it has
/// ended, or cannot be moved.
pub async fn back(store: &Store, id: Uuid, by: SignedDuration) -> Option<(Timestamp, Timestamp)> {
    for _ in 0..TRIES {
        let Ok(Some(old)) = store.subscription_by_id(id).await else {
            sleep(PAUSE).await;
            continue;
        };
        let is_living = [SubscriptionStatus::Active, SubscriptionStatus::Trialing];
        if !is_living.contains(&old.status) {
            return None;
        }
        // What a change that is being charged makes of it is settled.
        if old.attempt_id.is_some() {
            sleep(PAUSE).await;
            continue;
        }
        let mut new = old.clone();
        new.current_period_start -= by;
        new.current_period_end -= by;
        new.trial_start = new.trial_start.map(|at| at - by);
        new.trial_end = new.trial_end.map(|at| at - by);
        new.meter_period_start = new.meter_period_start.map(|at| at - by);
        new.next_due_at = new.own_due_at();
        new.ends_at = new.ends_at.map(|at| at - by);
        if let Some(update) = &mut new.pending_update {
            update.0.applies_at -= by;
        }
        let moved = (old.current_period_end, new.current_period_end);
        let mut changes = Changes::new();
        changes.update(&old, &new);
        match store.commit(changes).await {
            Ok(()) => return Some(moved),
            Err(CommitError::Conflict(_)) => {}
            // Whether it was committed is seen from the row: nobody else moves a period back.
            Err(CommitError::Store(_)) => {
                sleep(PAUSE).await;
                let now = store.subscription_by_id(id).await.ok().flatten();
                if now.is_some_and(|now| now.current_period_end != old.current_period_end) {
                    return Some(moved);
                }
            }
        }
    }
    None
}

/// Brings the next attempts to charge unpaid orders forward, again and again. What others write at that moment waits for
/// the next time.
pub async fn hasten(store: Store) {
    loop {
        let _ = bring_forward(&store).await;
        sleep(PAUSE).await;
    }
}

async fn bring_forward(store: &Store) -> Result<(), Failure> {
    let now = Timestamp::now();
    let waiting = Query::raw(
        "select subscription_id from orders where status = 'pending' and subscription_id is not null \
         and next_payment_attempt_at > $1",
        vec![now.into()],
    );
    let waiting = store.all::<Col<Uuid>>(waiting).await?;
    let waiting: BTreeSet<Uuid> = waiting.into_iter().map(|Col(id)| id).collect();
    for id in waiting.into_iter().take(SOME) {
        let Some(subscription) = store.subscription_by_id(id).await? else {
            continue;
        };
        let mut changes = Changes::new();
        for order in store.unpaid_orders(&[id]).await? {
            let mut new = order.clone();
            new.next_payment_attempt_at = order.next_payment_attempt_at.map(|at| at.min(now));
            changes.update(&order, &new);
        }
        let mut new = subscription.clone();
        new.next_due_at = Some(now);
        changes.update(&subscription, &new);
        let _ = store.commit(changes).await;
    }
    Ok(())
}
