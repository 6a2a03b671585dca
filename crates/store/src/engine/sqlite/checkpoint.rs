//! Folds the write-ahead log into the database beside the writer, which by itself would stop for it in the middle
//! of somebody's commit.

use std::cell::LazyCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use prometheus::IntCounter;
use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::error::{Result, StoreError};

/// Pages of log that come together before they are folded: 32 MiB. Each page is folded once, however often it was
/// written, and every fold costs the commits meanwhile some milliseconds.
const PAGES: i32 = 8000;
/// Passes over the log, each of what came during the one before, so that what is left to the writer is little.
const PASSES: usize = 8;
/// Pages of log that are little.
const LITTLE: i32 = 256;

/// Has the log of `writer` folded by a thread of its own, with a connection that `open` makes, until [`end`].
pub(super) fn beside(
    writer: &mut Connection,
    open: impl FnOnce() -> Result<Connection> + Send + 'static,
    panics: IntCounter,
) -> Result<JoinHandle<()>> {
    let unavailable = |e: &dyn std::fmt::Display| StoreError::Unavailable(e.to_string());
    let (ask, asked) = channel();
    let folded = Arc::new(AtomicBool::new(false));
    let mut log = Log {
        ask,
        folded: folded.clone(),
        busy: false,
        done: 0,
    };
    writer
        .wal_hook(Some(move |wal: &mut Wal, pages| {
            log.has_grown(wal, pages);
            Ok(())
        }))
        .map_err(|e| unavailable(&e))?;
    std::thread::Builder::new()
        .name("till-checkpoint".to_owned())
        .spawn(move || fold(&asked, open, &folded, &panics))
        .map_err(|e| unavailable(&e))
}

/// Waits for the thread and its connection to be gone.
pub(super) fn end(writer: &mut Connection, thread: JoinHandle<()>) {
    type Hook = fn(&mut Wal, i32) -> rusqlite::Result<()>;
    // The thread ends with the hook that asks it.
    if writer.wal_hook(None::<Hook>).is_ok() {
        let _ = thread.join();
    }
}

/// The writer's knowledge of its log.
struct Log {
    ask: Sender<()>,
    /// Set by the thread when it is done.
    folded: Arc<AtomicBool>,
    /// True while the thread is at work.
    busy: bool,
    /// As many pages are folded already.
    done: i32,
}

impl Log {
    /// After a commit, when the log has `pages`. What a checkpoint does not do, the next one does.
    fn has_grown(&mut self, wal: &mut Wal, pages: i32) {
        if self.busy {
            if self.folded.swap(false, Ordering::Acquire) {
                self.busy = false;
                // Only with all of it folded does the log begin anew. What came meanwhile is little.
                self.done = wal.checkpoint().map_or(0, |()| pages);
            }
            return;
        }
        if pages < self.done {
            self.done = 0;
        }
        if pages - self.done >= PAGES {
            self.busy = self.ask.send(()).is_ok();
            if !self.busy {
                // There is no thread any more: slower, and the log does not grow without end.
                self.done = wal.checkpoint().map_or(0, |()| pages);
            }
        }
    }
}

fn fold(
    asked: &Receiver<()>,
    open: impl FnOnce() -> Result<Connection>,
    folded: &AtomicBool,
    panics: &IntCounter,
) {
    let db = LazyCell::new(|| {
        open()
            .inspect_err(
                |e| tracing::warn!(error = %e, "no checkpoint thread: the writer checkpoints the write-ahead log itself"),
            )
            .ok()
    });
    for () in asked {
        // A panic is told of by the hook. Whatever happens the writer must hear of it, or the log would grow for ever.
        let done = catch_unwind(AssertUnwindSafe(|| db.as_ref().map(checkpoint)));
        match done {
            Ok(Some(Err(e))) => {
                tracing::warn!(error = %e, "the write-ahead log could not be checkpointed")
            }
            Ok(_) => {}
            Err(_) => panics.inc(),
        }
        folded.store(true, Ordering::Release);
    }
}

fn checkpoint(db: &Connection) -> rusqlite::Result<()> {
    let mut done = 0;
    for _ in 0..PASSES {
        // Pages that are folded now, of the log as it was when this pass began.
        let folded: i32 = db.query_row("pragma wal_checkpoint(passive)", [], |row| row.get(2))?;
        if folded - done <= LITTLE {
            break;
        }
        done = folded;
    }
    Ok(())
}
