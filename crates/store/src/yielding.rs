//! Work whose commits yield to those of buyers: what nobody waits for, such as renewals at night, and what comes in bulk, such
//! as usage.

use std::future::Future;

tokio::task_local! {
    static YIELDING: ();
}

/// Runs work that can wait. Its commits are made in groups, which cost less and take a little longer, and which hold up the
/// commits of others by no more than a few of their own. Each is still made whole or not at all, and refused alone.
pub fn yielding<F: Future>(work: F) -> impl Future<Output = F::Output> {
    YIELDING.scope((), work)
}

pub(crate) fn is_yielding() -> bool {
    YIELDING.try_with(|()| ()).is_ok()
}
