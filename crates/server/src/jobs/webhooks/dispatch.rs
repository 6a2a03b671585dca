//! The loop around the delivery: one task per endpoint with work, woken by commits.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::jobs;
use tokio::{
    sync::{Notify, watch},
    task::{self, JoinSet},
    time::{MissedTickBehavior, interval},
};
use uuid::Uuid;

use super::{LeaseHeartbeat, Served, Stop, serve_endpoint};
use crate::{
    app::{App, isolation::caught},
    error::ApiError,
};

/// The safety net below the wake-ups, and the clock of retries.
const POLL: Duration = Duration::from_secs(1);
/// For how long an endpoint that cannot be served is left alone at most.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);
/// Between two looks for work, at least: under load many commits share one.
const GAP: Duration = Duration::from_millis(2);

/// Delivers until `shutdown` turns true, then finishes what is in flight. A slow endpoint holds up nobody
/// else.
pub async fn serve(app: Arc<App>, shutdown: watch::Receiver<bool>) {
    let heartbeat = LeaseHeartbeat::new(&app);
    tokio::select! {
        () = heartbeat.run(&app) => {}
        () = dispatch(&app, &heartbeat, shutdown) => {}
    }
}

async fn dispatch(
    app: &Arc<App>,
    heartbeat: &Arc<LeaseHeartbeat>,
    mut shutdown: watch::Receiver<bool>,
) {
    let mut tasks = EndpointTasks {
        heartbeat: heartbeat.clone(),
        app: app.clone(),
        stopped: shutdown.clone(),
        running: JoinSet::new(),
        endpoints: HashMap::new(),
        wakers: HashMap::new(),
        resting: HashSet::new(),
        failing: HashMap::new(),
    };
    let mut wake = app.store.wake_on_commit();
    let mut poll = interval(POLL);
    let mut pace = interval(GAP);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        match app.store.due_endpoints(app.clock.now()).await {
            Ok(due) => due.into_iter().for_each(|endpoint| tasks.start(endpoint)),
            Err(error) => tracing::error!(%error, "due webhooks could not be read"),
        }
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break,
            _ = poll.tick() => tasks.resting.clear(),
            () = wake.wait() => {}
            Some(ended) = tasks.running.join_next_with_id() => tasks.note_end(ended),
        }
    }
    while let Some(ended) = tasks.running.join_next_with_id().await {
        tasks.note_end(ended);
    }
}

/// The running tasks, at most one per endpoint.
struct EndpointTasks {
    app: Arc<App>,
    heartbeat: Arc<LeaseHeartbeat>,
    stopped: Stop,
    running: JoinSet<Result<Served, ApiError>>,
    endpoints: HashMap<task::Id, Uuid>,
    wakers: HashMap<Uuid, Arc<Notify>>,
    /// Not tried again before the next poll: another node serves them.
    resting: HashSet<Uuid>,
    /// Endpoints that could not be served: how often in a row, and until when they are left alone.
    failing: HashMap<Uuid, (i64, Timestamp)>,
}

impl EndpointTasks {
    fn start(&mut self, endpoint: Uuid) {
        if let Some(wake) = self.wakers.get(&endpoint) {
            wake.notify_one();
            return;
        }
        let now = self.app.clock.now();
        let waits = |(_, until): &(i64, Timestamp)| *until > now;
        if self.resting.contains(&endpoint) || self.failing.get(&endpoint).is_some_and(waits) {
            return;
        }
        let wake = Arc::new(Notify::new());
        let (app, heartbeat, stop) = (
            self.app.clone(),
            self.heartbeat.clone(),
            self.stopped.clone(),
        );
        let woken = wake.clone();
        let task = self.running.spawn(async move {
            let served = serve_endpoint(&app, endpoint, &heartbeat, Some(&woken), &stop);
            caught(&app, "webhooks", served).await
        });
        self.endpoints.insert(task.id(), endpoint);
        self.wakers.insert(endpoint, wake);
    }

    fn note_end(&mut self, ended: Result<(task::Id, Result<Served, ApiError>), task::JoinError>) {
        let (id, served) = match ended {
            Ok((id, Ok(served))) => (id, Ok(served.kept)),
            Ok((id, Err(error))) => (id, Err(error.cause())),
            Err(error) => (error.id(), Err(error.to_string())),
        };
        let Some(endpoint) = self.endpoints.remove(&id) else {
            return;
        };
        self.wakers.remove(&endpoint);
        let error = match served {
            Ok(kept) => {
                self.failing.remove(&endpoint);
                if !kept {
                    self.resting.insert(endpoint);
                }
                return;
            }
            Err(error) => error,
        };
        let failures = self.failing.get(&endpoint).map_or(1, |(n, _)| n + 1);
        let pause = jobs::backoff(failures).min(LONGEST);
        self.failing
            .insert(endpoint, (failures, self.app.clock.now() + pause));
        self.app.metrics.step_failed("webhook endpoint");
        tracing::error!(%endpoint, failures, error, "deliveries to one endpoint failed; other endpoints are not affected");
    }
}
