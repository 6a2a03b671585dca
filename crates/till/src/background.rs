//! The threads of work that no buyer waits for.

use till_server::app::background::Background;

use crate::{stop::Stop, workers};

/// Starts the threads, which live as long as the process.
pub fn start() -> Result<Background, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("till-background")
        .thread_stack_size(4 << 20)
        .worker_threads(workers())
        .enable_all()
        .on_thread_start(lower_priority)
        .build()
        .map_err(|error| Stop::failed(format!("cannot start threads: {error}")))?;
    let background = Background::on(runtime.handle().clone());
    // A runtime must not be dropped by one of its own threads, or another's.
    std::mem::forget(runtime);
    Ok(background)
}

/// Lowers the priority of this thread, where threads have one of their own.
#[cfg(target_os = "linux")]
fn lower_priority() {
    /// As of `nice`: where a core is wanted by these threads and by requests, requests have three quarters of it.
    const NICE: i32 = 5;
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the priority of a thread could not be lowered");
    }
}

#[cfg(not(target_os = "linux"))]
fn lower_priority() {}
