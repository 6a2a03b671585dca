//! Logs: standard error, one line per request, nothing that a request keeps secret.

use std::{io::IsTerminal, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use till_core::kernel::hex::hex;
use till_server::{app::App, request_id};
use till_wire::input::shortened_text;
use tracing::Instrument;
use tracing_subscriber::{
    filter::Targets, fmt, layer::SubscriberExt, registry, util::SubscriberInitExt,
};

use crate::{
    answers::{self, Answer},
    config::{LogFormat, LogSettings},
    stop::Stop,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of a panic's words that are logged, at most: they may repeat what was sent.
const WORDS: usize = 4_096;

/// Starts logging, panics included.
pub fn start(settings: &LogSettings) -> Result<(), Stop> {
    let wanted = settings
        .log
        .clone()
        .or_else(|| std::env::var("RUST_LOG").ok())
        .filter(|text| !text.is_empty());
    let filter = wanted.as_deref().unwrap_or("info").parse::<Targets>();
    let filter = filter
        .map_err(|error| Stop::settings(format!("--log: {error}; give a level such as info.")))?;
    let colors = std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colors)
        .with_target(false);
    let filtered = registry().with(filter);
    match settings.log_format {
        LogFormat::Text => filtered.with(lines).init(),
        LogFormat::Json => filtered.with(lines.json().flatten_event(true)).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(
            place,
            words = shortened_text(panic.payload_as_str().unwrap_or("(no words)"), WORDS),
            "a panic"
        );
    }));
    Ok(())
}

/// Gives every request an id, in its answer, in its own line and in whatever is logged on the way.
/// The path is the route's template: what stands in its place may be a credential, and so may a query. Whoever finds
/// out which organization asks notes it in the span.
#[allow(
    clippy::disallowed_methods,
    reason = "how long a request took decides nothing"
)]
pub async fn request(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = hex(&app.clock.seed()[..8]);
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("(none)", MatchedPath::as_str);
    let began = Instant::now();
    let span = tracing::error_span!(
        "request",
        id = id.as_str(),
        organization = tracing::field::Empty
    );
    let answer = request_id::during(id.clone(), next.run(request));
    let mut response = answer.instrument(span.clone()).await;
    let status = response.status().as_u16();
    let took = began.elapsed();
    app.metrics
        .answered(path, &method, status, took.as_secs_f64());
    let ms = took.as_micros() as f64 / 1000.0;
    span.in_scope(|| {
        if status >= 500 && !is_quiet(path) {
            tracing::warn!(%method, path, status, ms, "answered");
        } else if is_quiet(path) {
            tracing::debug!(%method, path, status, ms, "answered");
        } else {
            tracing::info!(%method, path, status, ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    answers::watched(response, || Answer {
        app,
        span,
        method,
        path: path.to_owned(),
        status,
    })
}

/// True for requests that come so often, and say so little, that they would hide the rest.
fn is_quiet(path: &str) -> bool {
    path.starts_with("/assets/") || matches!(path, "/healthz" | "/readyz")
}
