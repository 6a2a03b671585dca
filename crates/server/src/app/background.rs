//! Work that no buyer waits for, on threads of its own.

use std::{
    future::{Future, pending},
    panic::resume_unwind,
};

use tokio::{
    runtime::Handle,
    task::{JoinError, JoinSet},
};
use tracing::Instrument;

use crate::request_id;

/// The runtime of work that no buyer waits for: usage that comes in, and workers such as renewals. The binary gives its
/// threads a lower priority, so that where cores are short, requests of buyers go first. By default it is the runtime
/// from which the work is started.
#[derive(Debug, Clone, Default)]
pub struct Background(Option<Handle>);

impl Background {
    /// Background work on the runtime of `handle`.
    pub fn on(handle: Handle) -> Self {
        Self(Some(handle))
    }

    fn handle(&self) -> Handle {
        self.0.clone().unwrap_or_else(Handle::current)
    }

    /// Runs the work of a request to its end, even where whoever asked is gone before.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let (handle, work) = (self.handle(), work.in_current_span());
        let done = match request_id::current() {
            Some(id) => handle.spawn(request_id::during(id, work)).await,
            None => handle.spawn(work).await,
        };
        match done.map_err(JoinError::try_into_panic) {
            Ok(done) => done,
            Err(Ok(panic)) => resume_unwind(panic),
            // The process is ending.
            Err(Err(_)) => pending().await,
        }
    }

    /// Adds a worker to `workers`.
    pub fn start(
        &self,
        workers: &mut JoinSet<()>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        workers.spawn_on(work, &self.handle());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_runs_on_the_threads_given_and_under_the_id_of_its_request() {
        let of = |name: &str| {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(1).thread_name(name).build().unwrap()
        };
        let (requests, behind) = (of("requests"), of("behind"));
        let background = Background::on(behind.handle().clone());
        let seen = || async {
            let thread = std::thread::current().name().map(str::to_owned);
            (thread, request_id::current())
        };
        let asked =
            request_id::during("r1".to_owned(), async move { background.run(seen()).await });
        let (thread, id) = requests.block_on(asked);
        assert_eq!(thread.as_deref(), Some("behind"));
        assert_eq!(id.as_deref(), Some("r1"));
        let here = requests.block_on(async { Background::default().run(seen()).await });
        assert_eq!(here.0.as_deref(), Some("requests"));
    }
}
