//! The id of the request that is being answered: the log and the answer's headers say it, and so does a page that
//! reports a fault, for whoever is asked for help.

use std::future::Future;

tokio::task_local! {
    static CURRENT: String;
}

/// Answers a request under its id.
pub async fn during<A: Future>(id: String, answer: A) -> A::Output {
    CURRENT.scope(id, answer).await
}

/// The id, where the request has one.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}
