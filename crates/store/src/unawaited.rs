//! Work that nobody waits for, such as renewals at night: its commits yield to those of buyers and programs.

use std::future::Future;

tokio::task_local! {
    static UNAWAITED: ();
}

/// Runs work that nobody waits for. Its commits are made in groups, which cost less and take a little longer, and which
/// hold up the commits of others by no more than a few of their own. Each is still made whole or not at all, and refused
/// alone.
pub fn unawaited<F: Future>(work: F) -> impl Future<Output = F::Output> {
    UNAWAITED.scope((), work)
}

pub(crate) fn is_unawaited() -> bool {
    UNAWAITED.try_with(|()| ()).is_ok()
}
