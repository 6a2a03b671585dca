//! Folding of rows that an older version wrote: keys before anything is served, texts that are only searched
//! by and by. Nodes of an older version may still write some, so upkeep looks again every hour.

use jiff::Timestamp;
use till_core::kernel::{
    changes::{Changes, CommitConflict, Record},
    folding::refold,
    records::{Benefit, Checkout, CustomField, Customer, Discount, Meter, Payment, Product},
    writes::KeyedTable,
};
use till_store::{CommitError, UnfoldedRow};
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Rows that are folded at once.
const BATCH: i64 = 200;

/// Folds keys of an older version, from the oldest row on, and says how many were. Of two rows whose keys have become
/// the same the one that has the key keeps it, else the older one gets it; the other goes on with its old key, by which
/// nobody finds it, and is named in the log.
pub async fn keys(app: &App) -> Result<usize, ApiError> {
    let mut done = 0;
    for table in KeyedTable::ALL {
        let mut after = (Timestamp::UNIX_EPOCH, Uuid::nil());
        loop {
            let found = app.store.unfolded_keys(table, after, BATCH).await?;
            let Some(last) = found.last() else { break };
            after = (last.created_at, last.id);
            done += set_keys(app, table, &found).await?;
        }
    }
    Ok(done)
}

/// All in one commit; where a key is taken each in its own.
async fn set_keys(app: &App, table: KeyedTable, rows: &[UnfoldedRow]) -> Result<usize, ApiError> {
    let set = |row: &UnfoldedRow| {
        let mut changes = Changes::new();
        let key = table.key(&row.source)?;
        table.set_key(&mut changes, row.id, key);
        Some((row.id, changes))
    };
    let all: Vec<(Uuid, Changes)> = rows.iter().filter_map(set).collect();
    let mut at_once = Changes::new();
    for (_, changes) in &all {
        at_once.and(changes.clone());
    }
    match app.store.commit(at_once).await {
        Ok(()) => return Ok(all.len()),
        Err(CommitError::Conflict(CommitConflict::Taken(_))) => {}
        Err(error) => return Err(error.into()),
    }
    let mut done = 0;
    for (id, changes) in all {
        match app.store.commit(changes).await {
            Ok(()) => done += 1,
            Err(CommitError::Conflict(CommitConflict::Taken(_))) => {
                tracing::warn!(?table, %id, "another row has the same address or code, so this one cannot be found by it");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(done)
}

/// Folds a batch of each kind of text that an older version wrote; says how many rows that were.
pub(super) async fn texts(app: &App) -> Result<usize, ApiError> {
    Ok(of::<Customer>(app).await?
        + of::<Checkout>(app).await?
        + of::<Payment>(app).await?
        + of::<Product>(app).await?
        + of::<Meter>(app).await?
        + of::<Benefit>(app).await?
        + of::<CustomField>(app).await?
        + of::<Discount>(app).await?)
}

async fn of<R: Record + Send + 'static>(app: &App) -> Result<usize, ApiError> {
    let rows: Vec<R> = app.store.unfolded(BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    match app.store.commit(refold::texts(&rows)).await {
        // Somebody changed one of them: the next batch reads it again.
        Ok(()) | Err(CommitError::Conflict(CommitConflict::Stale)) => Ok(rows.len()),
        Err(error) => Err(error.into()),
    }
}
