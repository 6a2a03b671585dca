//! Probes: whether this process lives, whether it should get requests; and its metrics.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use till_server::app::App;
use tokio::{task::AbortHandle, time::timeout};

/// The time that the database has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The health that a load balancer asks about.
pub struct Health {
    app: Arc<App>,
    workers: AbortHandle,
    stopping: AtomicBool,
}

impl Health {
    /// Of a process whose workers run in this task.
    pub fn new(app: Arc<App>, workers: AbortHandle) -> Arc<Self> {
        Arc::new(Self {
            app,
            workers,
            stopping: AtomicBool::new(false),
        })
    }

    /// From now on it wants no more requests.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Reason why it should get no requests, in words that say nothing of the inside; `None`: it should.
    async fn unready(&self) -> Option<String> {
        if self.stopping.load(Ordering::Relaxed) {
            return Some("stopping".to_owned());
        }
        if self.workers.is_finished() {
            return Some("the workers have stopped".to_owned());
        }
        let down = self.app.workers.down(self.app.clock.now());
        if !down.is_empty() {
            return Some(format!("these workers are failing: {}", down.join(", ")));
        }
        self.database().await.map(str::to_owned)
    }

    /// The problem of the database, if it has one.
    async fn database(&self) -> Option<&'static str> {
        match timeout(PATIENCE, self.app.store.unapplied()).await {
            Ok(Ok(missing)) if missing.is_empty() => None,
            Ok(Ok(_)) => Some("migrations have not been applied"),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                Some("the database is unavailable")
            }
            Err(_) => Some("the database does not answer"),
        }
    }
}

/// `/healthz` and `/readyz`.
pub fn routes(health: Arc<Health>) -> Router {
    Router::new()
        .route("/healthz", get(async || plain(StatusCode::OK, "alive\n")))
        .route("/readyz", get(ready))
        .with_state(health)
}

/// Both of these, and `/metrics`: for an address that only the operator reaches.
pub fn all(health: Arc<Health>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(health.clone())
        .merge(routes(health))
}

async fn ready(State(health): State<Arc<Health>>) -> Response {
    match health.unready().await {
        None => plain(StatusCode::OK, "ready\n"),
        Some(why) => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            &format!("not ready: {why}\n"),
        ),
    }
}

async fn metrics(State(health): State<Arc<Health>>) -> Response {
    let app = &health.app;
    match app.metrics.text(&app.store, app.clock.now()).await {
        Ok(text) => {
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn plain(status: StatusCode, words: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, words.to_owned()).into_response()
}
