//! Uploads that nobody finished.

use jiff::SignedDuration;
use till_core::catalog::files;

use super::supervise::alone;
use crate::{app::App, error::ApiError, files::remove};

/// Files that are forgotten at a time.
const BATCH: i64 = 100;

/// Deletes the files that were announced more than `kept` ago and are not whole yet, with the parts that came;
/// says how many. One that cannot be deleted keeps none of the others.
pub async fn forget(app: &App, kept: SignedDuration) -> Result<usize, ApiError> {
    let (mut forgotten, mut last) = (0, None);
    loop {
        let ctx = app.context();
        let found = app
            .store
            .unfinished_files(ctx.now - kept, last, BATCH)
            .await?;
        let Some(end) = found.last().copied() else {
            return Ok(forgotten);
        };
        last = Some(end);
        for (_, id) in found {
            let delete = async {
                let file = app.store.file_by_id(id).await?;
                // Those before it took their time: it may be whole now.
                let Some(file) = file.filter(|file| !file.is_uploaded) else {
                    return Ok(());
                };
                // Whoever finishes it at this moment is found out by the commit: the next hour looks again.
                app.commit(files::delete(&file, &ctx)).await?;
                remove(app, &file.all_paths()).await;
                Ok(())
            };
            forgotten += usize::from(alone(app, "file", id, delete).await);
        }
    }
}
