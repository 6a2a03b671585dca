//! Till's own events: the journal is read in its order, and what it tells of is written into the stream of events
//! (docs/behaviour: system-events/derived). No purchase waits for it.

use std::{collections::HashSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use till_core::{
    kernel::records::{JournalEntry, JournalPosition},
    usage::system::{self, Subjects},
};
use till_store::yielding;
use tokio::sync::watch;
use uuid::Uuid;

use super::supervise::alone;
use crate::{
    app::App,
    counting::{Holder, goes_on, unless_moved},
    error::ApiError,
};

/// Organizations that are found at once.
const ORGANIZATIONS: i64 = 256;
/// Entries of the journal that are read at once.
const ENTRIES: usize = 250;
/// Time for which entries are read again, because a commit may arrive after others that were decided later.
const OVERLAP: SignedDuration = SignedDuration::from_secs(3);
/// Age at which entries are read for the last time: a commit that takes longer is not told of.
const LATEST: SignedDuration = SignedDuration::from_mins(10);
/// The interval at which the journal is looked at.
const EVERY: SignedDuration = SignedDuration::from_secs(1);
/// Numbers of a microsecond, by which the journal is ordered.
const NUMBERS: i64 = 1_000;

/// The journal's place of a moment.
fn sequence_at(at: Timestamp) -> i64 {
    at.as_microsecond().saturating_mul(NUMBERS)
}

fn length(of: SignedDuration) -> i64 {
    i64::try_from(of.as_micros())
        .unwrap_or(i64::MAX)
        .saturating_mul(NUMBERS)
}

/// Writes the events that the journal tells of, until nothing is left; says how much was done.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    run(app, None).await
}

async fn run(app: &App, holder: Option<&Holder>) -> Result<usize, ApiError> {
    let mut done = 0;
    loop {
        let turn = yielding(Box::pin(work(app, holder))).await?;
        if turn == 0 {
            return Ok(done);
        }
        done += turn;
    }
}

/// One turn of each organization whose journal has something new. One that fails holds up no other.
async fn work(app: &App, holder: Option<&Holder>) -> Result<usize, ApiError> {
    let (mut done, mut after) = (0, Uuid::nil());
    loop {
        let now = sequence_at(app.clock.now());
        let (late, recent) = (now - length(LATEST), now - 2 * length(OVERLAP));
        let found = app
            .store
            .organizations_with_journal(after, late, recent, ORGANIZATIONS)
            .await?;
        let Some(last) = found.last().copied() else {
            return Ok(done);
        };
        for id in found {
            if !goes_on(app, holder).await? {
                return Ok(0);
            }
            let mut is_moved = false;
            let followed = async {
                is_moved = unless_moved(follow(app, id, late).await)?;
                Ok::<(), ApiError>(())
            };
            alone(app, "system events", id, Box::pin(followed)).await;
            done += usize::from(is_moved);
        }
        after = last;
    }
}

/// Reads an organization's journal on: what is new, with what may have arrived late by a moment; and once more what was
/// written until the sequence `late`. True where there was anything.
async fn follow(app: &App, own: Uuid, late: i64) -> Result<bool, ApiError> {
    let position = app.store.journal_position(own).await?;
    let position = position.unwrap_or(JournalPosition {
        id: own,
        version: 0,
        sequence: 0,
        swept: 0,
    });
    let from = position.sequence.saturating_sub(length(OVERLAP));
    let (position, is_new) = read(app, position, (from, i64::MAX), false).await?;
    let swept = position.swept;
    let (_, is_swept) = match swept < late.min(position.sequence) {
        true => read(app, position, (swept, late), true).await?,
        false => (position, false),
    };
    Ok(is_new || is_swept)
}

/// Writes the events that the entries in a range tell of and that are not there yet, part by part, and notes how far the
/// journal was read: `swept` where the range is read for the last time. Where it is now, and whether there was anything.
async fn read(
    app: &App,
    mut position: JournalPosition,
    (mut after, upto): (i64, i64),
    is_last: bool,
) -> Result<(JournalPosition, bool), ApiError> {
    let own = position.id;
    let mut is_moved = false;
    loop {
        let limit = i64::try_from(ENTRIES).unwrap_or(i64::MAX);
        let found = app.store.journal_between(own, after, upto, limit).await?;
        let is_full = found.len() == ENTRIES;
        let entries = whole(found, is_full);
        let Some(last) = entries.last().map(|entry| entry.sequence) else {
            return Ok((position, is_moved));
        };
        let (mut sequence, mut swept) = (position.sequence.max(last), position.swept);
        if is_last {
            (sequence, swept) = (position.sequence, swept.max(last));
        }
        let known = app
            .store
            .known_system_events(&system::ids(&entries))
            .await?;
        let known: HashSet<Uuid> = known.into_iter().collect();
        let new: Vec<JournalEntry> = entries
            .into_iter()
            .filter(|entry| {
                let ids = system::ids(std::slice::from_ref(entry));
                !ids.is_empty() && !ids.iter().any(|id| known.contains(id))
            })
            .collect();
        let has_moved = (sequence, swept) != (position.sequence, position.swept);
        if has_moved || !new.is_empty() {
            let rows = app.store.system_rows(own, &Subjects::of(&new)).await?;
            let events = system::derive(&new, &rows);
            let types = app.store.system_event_types(own).await?;
            if has_moved || !events.is_empty() {
                let ctx = app.context();
                let old = (position.version > 0).then_some(&position);
                let changes = system::write(own, old, (sequence, swept), &events, &types, &ctx);
                app.commit(changes).await?;
                position = JournalPosition {
                    version: position.version + 1,
                    sequence,
                    swept,
                    ..position
                };
                is_moved = true;
            }
        }
        if !is_full {
            return Ok((position, is_moved));
        }
        after = last;
    }
}

/// The entries without those of the last sequence where more of them may follow.
fn whole(mut entries: Vec<JournalEntry>, is_full: bool) -> Vec<JournalEntry> {
    let last = entries.last().map(|entry| entry.sequence);
    let is_one = entries.first().map(|entry| entry.sequence) == last;
    if is_full && !is_one {
        entries.retain(|entry| Some(entry.sequence) != last);
    }
    entries
}

/// Follows the journals until `shutdown` turns true.
pub(super) async fn serve(app: Arc<App>, mut shutdown: watch::Receiver<bool>) {
    let holder = Holder {
        lease: "system events",
        id: app.context().id(),
        shutdown: shutdown.clone(),
    };
    while !*shutdown.borrow() {
        let followed = async {
            if holder.goes_on(&app).await? {
                run(&app, Some(&holder)).await?;
            }
            Ok::<(), ApiError>(())
        };
        if let Err(error) = followed.await {
            tracing::error!(?error, "the journal could not be followed");
        }
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            () = app.clock.wait(app.clock.now() + EVERY) => {}
        }
    }
    let _ = app.store.release_all(holder.id).await;
}
