//! Upkeep that keeps the database small: old details, sessions, deliveries and journal entries are forgotten in small
//! batches, and SQLite's log is kept from growing. Apart from the other workers, so that no purchase waits for it.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::{idempotency, retention},
    mail, orders,
    payments::notices,
    people::sign_in,
    portal::{codes, email_change},
};
use tokio::sync::watch;
use uuid::Uuid;

use super::{LEASE, files, folding, supervise::step, webhooks};
use crate::{app::App, error::ApiError};

/// The interval at which old rows are looked for.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The interval at which the database is asked to tidy up.
const TIDY: Duration = Duration::from_secs(5);
/// The interval at which a node asks whether another one is still at it.
const OTHERS: Duration = Duration::from_secs(1);
/// Between two batches, so that commits get their turn.
const PAUSE: Duration = Duration::from_millis(20);
/// Rows of one kind that are forgotten at once.
const BATCH: i64 = 200;
/// The time for which sessions and links are kept after their end, and uploads that nobody finishes.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The time for which the names of notices are kept: longer than any processor tells of one again.
const NOTICES_KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Forgets everything that is too old, and says how many rows that were.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        match run_some(app).await? {
            0 => return Ok(done),
            some => done += some,
        }
    }
}

/// A batch of each kind, each for itself: what cannot be forgotten of one kind keeps none of the others.
async fn run_some(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    for (name, kind) in KINDS {
        let forget = async {
            done += kind(app).await?;
            Ok(())
        };
        step(app, name, forget).await;
    }
    Ok(done)
}

/// Forgets some of a kind, and says how many; 0 when there are no more.
type Forget = for<'a> fn(&'a App) -> BoxFuture<'a, Result<usize, ApiError>>;

/// The kinds of rows that are forgotten or filled in. A new kind is a line here.
const KINDS: [(&str, Forget); 17] = [
    ("sign-ins", |app| Box::pin(ended(app))),
    ("session details", |app| Box::pin(details(app))),
    ("old sessions", |app| Box::pin(sessions(app))),
    ("payloads", |app| Box::pin(webhooks::archive_some(app))),
    ("deliveries", |app| Box::pin(deliveries(app))),
    ("untold deliveries", |app| {
        Box::pin(fill_delivery_kinds(app))
    }),
    ("orders without receipt numbers", |app| {
        Box::pin(unreceipted(app))
    }),
    ("journal", |app| Box::pin(journal(app))),
    ("notices", |app| Box::pin(old_notices(app))),
    ("customer sessions", |app| Box::pin(customer_sessions(app))),
    ("portal codes", |app| Box::pin(portal_codes(app))),
    ("e-mail changes", |app| Box::pin(email_changes(app))),
    ("letters", |app| Box::pin(letters(app))),
    ("idempotency keys", |app| Box::pin(idempotency_keys(app))),
    ("unfinished files", |app| Box::pin(files::forget(app, KEPT))),
    ("folded keys", |app| Box::pin(folding::keys(app))),
    ("folded texts", |app| Box::pin(folding::texts(app))),
];

/// Sessions, links and invitations of people, and leases.
async fn ended(app: &App) -> Result<usize, ApiError> {
    let mut ended = sign_in::forget(KEPT, &app.context());
    ended.and(retention::delete_leases(app.clock.now() - KEPT));
    app.commit(ended).await?;
    Ok(0)
}

async fn details(app: &App) -> Result<usize, ApiError> {
    let Some(before) = app.policy.retention.details_until(app.clock.now()) else {
        return Ok(0);
    };
    let found = app.store.sessions_with_details(before, BATCH).await?;
    app.commit(retention::blank(&found)).await?;
    Ok(found.len())
}

async fn sessions(app: &App) -> Result<usize, ApiError> {
    let Some(before) = app.policy.retention.sessions_until(app.clock.now()) else {
        return Ok(0);
    };
    let found = app.store.blanked_sessions(before, BATCH).await?;
    app.commit(retention::delete_sessions(&found)).await?;
    Ok(found.len())
}

async fn deliveries(app: &App) -> Result<usize, ApiError> {
    let Some(before) = app.policy.retention.deliveries_until(app.clock.now()) else {
        return Ok(0);
    };
    let found = app.store.archived_events(before, BATCH).await?;
    app.commit(retention::delete_events(&found)).await?;
    Ok(found.len())
}

/// Not forgotten but filled in: see migration 0012.
async fn fill_delivery_kinds(app: &App) -> Result<usize, ApiError> {
    let found = app.store.deliveries_without_kind(BATCH).await?;
    app.commit(retention::fill_delivery_kinds(&found)).await?;
    Ok(found.len())
}

/// Not forgotten but filled in: see migration 0019.
async fn unreceipted(app: &App) -> Result<usize, ApiError> {
    app.retry_on_conflict(|| async {
        let found = app.store.unreceipted_orders(BATCH).await?;
        app.commit(orders::number_receipts(&found)).await?;
        Ok(found.len())
    })
    .await
}

async fn journal(app: &App) -> Result<usize, ApiError> {
    let Some(before) = app.policy.retention.journal_until(app.clock.now()) else {
        return Ok(0);
    };
    let before = retention::sequence_of(before);
    match app.store.old_journal(before, BATCH).await? {
        Some((organization, upto)) => {
            app.commit(retention::delete_journal(organization, upto))
                .await?;
            Ok(1)
        }
        None => Ok(0),
    }
}

async fn old_notices(app: &App) -> Result<usize, ApiError> {
    let before = app.clock.now() - NOTICES_KEPT;
    let found = app.store.old_notices(before, BATCH).await?;
    if found > 0 {
        app.commit(notices::forget(before, BATCH)).await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

async fn customer_sessions(app: &App) -> Result<usize, ApiError> {
    let before = app.clock.now() - KEPT;
    let found = app.store.ended_customer_sessions(before, BATCH).await?;
    if found > 0 {
        app.commit(retention::delete_customer_sessions(before, BATCH))
            .await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

async fn portal_codes(app: &App) -> Result<usize, ApiError> {
    let before = app.clock.now() - KEPT;
    let found = app.store.ended_portal_codes(before, BATCH).await?;
    if found > 0 {
        app.commit(codes::forget(before, BATCH)).await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

async fn email_changes(app: &App) -> Result<usize, ApiError> {
    let before = app.clock.now() - KEPT;
    let found = app.store.ended_email_changes(before, BATCH).await?;
    if found > 0 {
        app.commit(email_change::forget(before, BATCH)).await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

async fn letters(app: &App) -> Result<usize, ApiError> {
    let before = app.clock.now() - mail::KEPT;
    let found = app.store.old_mails(before, BATCH).await?;
    if found > 0 {
        app.commit(mail::forget(before, BATCH)).await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

async fn idempotency_keys(app: &App) -> Result<usize, ApiError> {
    let ctx = app.context();
    let limit = idempotency::FORGOTTEN_AT_ONCE;
    let found = app.store.forgotten_keys(ctx.now, limit).await?;
    if found > 0 {
        app.commit(idempotency::forget(&ctx)).await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

/// Works until `shutdown` turns true.
#[allow(
    clippy::disallowed_methods,
    reason = "the binary's loop is where waiting belongs"
)]
pub async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = app.context().id();
    let mut looked = None;
    let mut pause = TIDY;
    while !*shutdown.borrow() {
        if let Err(error) = app.store.tidy().await {
            tracing::warn!(%error, "maintenance of the database failed");
        }
        let turn = turn(&app, holder, &mut looked, pause == PAUSE).await;
        pause = turn.unwrap_or_else(|error| {
            tracing::error!(?error, "old data could not be deleted");
            TIDY
        });
        tokio::select! {
            _ = shutdown.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// A batch where there was more, and every hour a look whether there is, unless another node is at it. Says how long
/// to wait for the next turn.
async fn turn(
    app: &App,
    holder: Uuid,
    looked: &mut Option<Timestamp>,
    more: bool,
) -> Result<Duration, ApiError> {
    let now = app.clock.now();
    if !more && looked.is_some_and(|last| now.duration_since(last) < EVERY) {
        return Ok(TIDY);
    }
    if !app.store.lease("upkeep", holder, now, now + LEASE).await? {
        return Ok(OTHERS);
    }
    *looked = Some(now);
    Ok(match run_some(app).await? {
        0 => TIDY,
        _ => PAUSE,
    })
}
