//! Serving: workers first, then connections; and on SIGTERM the way back, within ten seconds.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use till_server::{app::App, error::ApiError, http::intake as transport, jobs};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinSet,
    time::timeout,
};
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    config::ServerSettings,
    connections::{self, Bounds, Timeouts},
    descriptors,
    health::{self, Health},
    listen::Bound,
    logs,
    stop::Stop,
};

/// The time that requests that are being answered still have after a signal to stop.
const DRAIN: Duration = Duration::from_secs(8);
/// The time that closing the database may take after that.
const CLOSE: Duration = Duration::from_secs(1);

/// Addresses that are ours already, and how to leave them.
pub struct BoundListeners {
    /// For buyers and programs.
    pub bound: Bound,
    /// For the operator's monitoring.
    metrics: Option<Bound>,
    /// The bounds of connections.
    bounds: Bounds,
    /// The time for which requests are still taken once `/readyz` says no.
    drain: Duration,
}

impl BoundListeners {
    /// Takes the addresses.
    pub fn take(settings: &ServerSettings) -> Result<Self, Stop> {
        Ok(Self {
            bound: Bound::take(settings.address.listen)?,
            metrics: settings.metrics_listen.map(Bound::take).transpose()?,
            bounds: descriptors::bounds(settings, descriptors::raise_limit()),
            drain: Duration::from_secs(settings.drain_seconds.into()),
        })
    }
}

/// Serves until SIGTERM or SIGINT; `ready` is called once connections are taken.
pub async fn run(app: Arc<App>, wanted: BoundListeners, ready: impl FnOnce()) -> Result<(), Stop> {
    let mut signals = Signals::new()?;
    jobs::start(&app)
        .await
        .map_err(|error| Stop::failed(format!("cannot read the unfinished payments: {error:?}")))?;
    let (stop, stopping) = watch::channel(false);
    let mut workers = tokio::spawn(jobs::serve(app.clone(), stopping.clone()));
    let health = Health::new(app.clone(), workers.abort_handle());

    let mut inside = JoinSet::new();
    if let Some(bound) = wanted.metrics {
        let address = bound.address;
        let serving = connections::serve(
            bound.listen()?,
            health::all(health.clone()),
            (Timeouts::DEFAULT, descriptors::operator()),
            stopped(stopping.clone()),
        );
        inside.spawn(serving);
        tracing::info!(%address, "serving metrics");
    }
    let address = wanted.bound.address;
    let canonical = MapRequestLayer::new(transport::canonical::<Body>);
    let serving = connections::serve(
        wanted.bound.listen()?,
        canonical.layer(router(&app, &health, &stopping)),
        (Timeouts::DEFAULT, wanted.bounds),
        stopped(stopping.clone()),
    );
    let mut server = tokio::spawn(serving);
    tracing::info!(%address, "serving");
    ready();

    let mut ended = Ok(());
    tokio::select! {
        name = signals.next() => {
            tracing::info!(signal = name, "stopping");
            health.stop();
            // Whoever asks twice does not want to wait.
            let _ = timeout(wanted.drain, signals.next()).await;
        }
        _ = &mut workers => {
            ended = Err(Stop::failed("the workers stopped unexpectedly: look for the cause in the log, then start Till again."));
        }
        _ = &mut server => {
            ended = Err(Stop::failed("the server stopped unexpectedly: look for the cause in the log, then start Till again."));
        }
        Some(_) = inside.join_next() => {
            ended = Err(Stop::failed("the metrics server stopped unexpectedly: look for the cause in the log, then start Till again."));
        }
    }
    health.stop();
    stop.send_replace(true);
    let drained = async {
        if !server.is_finished() {
            let _ = (&mut server).await;
        }
        if !workers.is_finished() {
            let _ = (&mut workers).await;
        }
    };
    tokio::select! {
        done = timeout(DRAIN, drained) => {
            if done.is_err() {
                tracing::warn!("some requests or workers did not finish in time and were stopped");
            }
        }
        _ = signals.next() => tracing::warn!("second signal: stopping at once"),
    }
    if timeout(CLOSE, app.store.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    tracing::info!("stopped");
    ended
}

/// Everything that is served, with what the process adds: ids and log lines, panics as answers, and
/// streams that end when the process does.
fn router(app: &Arc<App>, health: &Arc<Health>, stopping: &watch::Receiver<bool>) -> Router {
    till_server::router(app.clone())
        .merge(health::routes(health.clone()))
        .layer(middleware::from_fn_with_state(
            stopping.clone(),
            end_streams,
        ))
        .layer(CatchPanicLayer::custom(panicked(app)))
        .layer(middleware::from_fn_with_state(app.clone(), logs::request))
}

fn panicked(app: &Arc<App>) -> impl Fn(Box<dyn Any + Send>) -> Response + Clone + use<> {
    let app = app.clone();
    move |_| {
        app.metrics.panicked("request");
        ApiError::internal("a panic, logged above").into_response()
    }
}

/// An event stream never ends by itself and would hold up a restart: it ends with the signal, and its
/// reader connects again.
async fn end_streams(
    State(stopping): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let is_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind: &HeaderValue| kind.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    response.map(|body| {
        Body::from_stream(
            body.into_data_stream()
                .take_until(Box::pin(stopped(stopping))),
        )
    })
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, and everything with it.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// The signals that ask the process to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, Stop> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Stop::failed(format!("cannot listen for signals: {error}")))
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
