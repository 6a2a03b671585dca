//! Uploads that nobody finished.

use jiff::SignedDuration;
use till_core::files;

use crate::{app::App, error::ApiError, files::remove};

/// Files that are forgotten at a time.
const BATCH: i64 = 100;

/// Deletes the files that were announced more than `kept` ago and are not whole yet, with the parts that came;
/// says how many.
pub async fn forget(app: &App, kept: SignedDuration) -> Result<usize, ApiError> {
    let mut forgotten = 0;
    loop {
        let at = app.at();
        let found = app.store.unfinished_files(at.now - kept, BATCH).await?;
        for file in &found {
            // Whoever finishes it at this moment is found out by the commit: the next hour looks again.
            app.commit(files::delete(file, &at)).await?;
            remove(app, &file.all_paths()).await;
        }
        forgotten += found.len();
        if found.is_empty() {
            return Ok(forgotten);
        }
    }
}
