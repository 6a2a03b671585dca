//! `till sandbox`: the sandbox processor in a process of its own. It keeps its own records and goes on when Till
//! dies, as a real processor does; and it fails when it is told to, so that tests see what Till does then.
//!
//! - `POST /requests`: a request of `till_ports::processor::sandbox::RemoteSandbox`;
//! - `GET /attempts`: every attempt and how it stands;
//! - `PUT /failures`: what goes wrong from now on; `{}` ends all of it.

use std::{
    convert::Infallible,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use till_ports::processor::sandbox::{AttemptRecord, Sandbox, SandboxRequest, handle};
use till_server::app::Clock;
use till_store::Store;

use crate::{
    clock::SystemClock,
    config, files, guard,
    listen::Bound,
    open,
    stop::{Stop, say},
};

/// The faults, each for so many of a hundred requests. Of errors and silences every other one comes
/// before anything is done, the rest after.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Failures {
    /// Answered late.
    slow: u32,
    /// By so many milliseconds.
    by_ms: u64,
    /// Answered with the status 500.
    errors: u32,
    /// Never answered.
    silent: u32,
}

struct SandboxServer {
    sandbox: Sandbox,
    store: Store,
    failures: Mutex<Failures>,
}

/// Serves until it is killed; prints its address once it is ready.
pub async fn run(wanted: &config::Sandbox) -> Result<(), Stop> {
    let bound = Bound::take(wanted.address.listen)?;
    let folder = &wanted.database.data_dir;
    files::folder(folder)?;
    let key = files::own_key(folder, SystemClock.seed())?;
    let key = guard::strong(&key, "The key in the data folder")?;
    let store = open::database(&wanted.database, true).await?;
    let server = Arc::new(SandboxServer {
        sandbox: open::sandbox(&store, &key),
        store,
        failures: Mutex::default(),
    });
    let router = Router::new()
        .route("/requests", post(answer))
        .route("/attempts", get(attempts))
        .route("/failures", put(set_failures))
        .with_state(server);
    let url = bound.url();
    let listener = bound.listen()?;
    say(url);
    axum::serve(listener, router).await.map_err(Stop::failed)
}

async fn answer(
    State(server): State<Arc<SandboxServer>>,
    Json(request): Json<SandboxRequest>,
) -> Response {
    let failures = *server
        .failures
        .lock()
        .expect("no holder of the lock panics");
    let [die, late, ..] = SystemClock.seed();
    let (die, late) = (u32::from(die) * 100 / 256, late % 2 == 0);
    let fails = die < failures.errors;
    let vanishes = !fails && die < failures.errors + failures.silent;
    let waits = !fails && !vanishes && die < failures.errors + failures.silent + failures.slow;
    if fails && !late {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if vanishes && !late {
        return never().await;
    }
    // What was asked is done, whether or not anybody still waits for the answer.
    let done = tokio::spawn(async move {
        if waits && !late {
            pause(failures.by_ms).await;
        }
        handle(&server.sandbox, request).await
    });
    let done = match done.await {
        Ok(done) => done,
        Err(error) => {
            tracing::error!(%error, "a request was not answered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    if fails {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if vanishes {
        return never().await;
    }
    if waits && late {
        pause(failures.by_ms).await;
    }
    Json(done).into_response()
}

async fn never() -> Response {
    match pending::<Infallible>().await {}
}

#[allow(
    clippy::disallowed_methods,
    reason = "being slow on demand is what it is for"
)]
async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

async fn set_failures(
    State(server): State<Arc<SandboxServer>>,
    Json(wanted): Json<Failures>,
) -> StatusCode {
    *server
        .failures
        .lock()
        .expect("no holder of the lock panics") = wanted;
    StatusCode::NO_CONTENT
}

async fn attempts(State(server): State<Arc<SandboxServer>>) -> Response {
    match server.store.sandbox_records("attempt/").await {
        Ok(rows) => {
            let now = SystemClock.now();
            let attempts: Vec<AttemptRecord> = rows
                .iter()
                .filter_map(|body| AttemptRecord::read(body, now))
                .collect();
            Json(attempts).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the attempts cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
