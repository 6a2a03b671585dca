//! Delivering webhooks (lifecycle.md B.4–B.6): in order and one at a time per endpoint, endpoints side by
//! side, at least once. An attempt is recorded while the next one is sent, never the other way round.

mod dispatch;
mod duty;

use std::pin::pin;

use futures_util::{
    StreamExt, TryStreamExt,
    future::try_join,
    stream::{self, FuturesUnordered},
};
use jiff::SignedDuration;
use till_core::{
    change::Changes,
    records::{WebhookEndpoint, WebhookEvent},
    webhooks::{self, Answer},
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{app::App, error::ApiError};
use duty::Duty;

pub use dispatch::serve;

/// Endpoints that [`run_due`] serves side by side.
const SIDE_BY_SIDE: usize = 16;
/// Events read at once, at most.
const BATCH: usize = 64;
/// Outcomes on their way into the database while the next event is sent.
const UNSAVED: usize = 8;
/// How long rows that were read are acted on: a new URL or secret holds soon, whatever is queued.
const FRESH: SignedDuration = SignedDuration::from_millis(100);

/// Delivers everything that is due, each event once, and says how many attempts that took. Endpoints that
/// another node serves are left to it.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let holder = app.at().id();
    let (_never, stop) = watch::channel(false);
    let due = app.store.due_endpoints(app.clock.now()).await?;
    let counts: Vec<usize> = stream::iter(due)
        .map(|endpoint| run_one(app, endpoint, holder, &stop))
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect()
        .await?;
    Ok(counts.into_iter().sum())
}

async fn run_one(app: &App, endpoint: Uuid, holder: Uuid, stop: &Stop) -> Result<usize, ApiError> {
    let Some(mut duty) = Duty::take(app, endpoint, holder).await? else {
        return Ok(0);
    };
    let drained = drain(app, &mut duty, stop).await;
    duty.give_up().await?;
    Ok(drained?.attempts)
}

/// Forgets the payloads of events older than 90 days, and says how many.
pub async fn archive(app: &App) -> Result<usize, ApiError> {
    let mut forgotten = 0;
    loop {
        match archive_some(app).await? {
            0 => return Ok(forgotten),
            some => forgotten += some,
        }
    }
}

/// One batch of [`archive`].
pub async fn archive_some(app: &App) -> Result<usize, ApiError> {
    let before = app.policy.keep.payloads_until(app.clock.now());
    let found = app
        .store
        .archivable_events(before, webhooks::ARCHIVE_BATCH)
        .await?;
    if found > 0 {
        app.commit(webhooks::archive(before)).await?;
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

/// True once the worker should end.
type Stop = watch::Receiver<bool>;

/// How [`drain`] ended.
struct Drained {
    attempts: usize,
    /// Whether the endpoint is still ours to serve.
    kept: bool,
}

/// Delivers to one endpoint until nothing is due.
async fn drain(app: &App, duty: &mut Duty<'_>, stop: &Stop) -> Result<Drained, ApiError> {
    let mut attempts = 0;
    // Slow receivers never have many payloads waiting in memory; quick ones soon have whole batches.
    let mut limit = 2;
    loop {
        if *stop.borrow() {
            return Ok(Drained {
                attempts,
                kept: true,
            });
        }
        if !duty.keep().await? {
            return Ok(Drained {
                attempts,
                kept: false,
            });
        }
        let due = app.store.due_events(duty.endpoint, app.clock.now(), limit);
        let (due, endpoint) = try_join(due, app.store.any_endpoint(duty.endpoint)).await?;
        let Some(endpoint) = endpoint.filter(|_| !due.is_empty()) else {
            return Ok(Drained {
                attempts,
                kept: true,
            });
        };
        if endpoint.is_listening() {
            let made = deliver_all(app, &endpoint, due, stop).await?;
            attempts += made;
            limit = (2 * made).clamp(2, BATCH);
        } else {
            let mut changes = Changes::new();
            webhooks::skip_waiting(&mut changes, endpoint.id, &app.at());
            app.commit(changes).await?;
        }
    }
}

/// Delivers one after the other, until what was read is too old or the worker should end. All outcomes
/// are recorded when it returns.
async fn deliver_all(
    app: &App,
    endpoint: &WebhookEndpoint,
    due: Vec<WebhookEvent>,
    stop: &Stop,
) -> Result<usize, ApiError> {
    let begun = app.clock.now();
    let mut attempts = 0;
    let mut saves = FuturesUnordered::new();
    for event in due {
        if attempts > 0 && (*stop.borrow() || app.clock.now().duration_since(begun) > FRESH) {
            break;
        }
        let Some(body) = event.payload.clone() else {
            app.commit(webhooks::skip(&event, &app.at())).await?;
            continue;
        };
        app.metrics.sending(&event, app.clock.now());
        let mut sending = pin!(send(app, endpoint, event.id, body));
        let answer = loop {
            tokio::select! {
                answer = &mut sending => break answer,
                Some(saved) = saves.next() => saved?,
            }
        };
        attempts += 1;
        app.metrics.sent(answer.http_code);
        if webhooks::ends_in_failure(&event, &answer) {
            // Whether the endpoint is failing is judged on all that came before.
            while saves.try_next().await?.is_some() {}
            if give_up(app, &event, &answer).await? {
                break;
            }
            continue;
        }
        if saves.len() >= UNSAVED {
            saves.try_next().await?;
        }
        saves.push(save(app, endpoint, event, answer));
    }
    while saves.try_next().await?.is_some() {}
    Ok(attempts)
}

/// One attempt (lifecycle.md B.4). What stands between us and an answer is an answer too.
async fn send(app: &App, endpoint: &WebhookEndpoint, event: Uuid, body: String) -> Answer {
    let timestamp = app.clock.now().as_second();
    let signature = webhooks::signature(&endpoint.secret, event, timestamp, &body);
    let headers = [
        ("user-agent", "Till webhooks"),
        ("content-type", "application/json"),
        ("webhook-id", &*event.to_string()),
        ("webhook-timestamp", &*timestamp.to_string()),
        ("webhook-signature", &*signature),
    ];
    match app.outbound.post(&endpoint.url, &headers, body).await {
        Ok(answer) => Answer {
            http_code: Some(i64::from(answer.status)),
            response: answer.body,
        },
        Err(error) => Answer {
            http_code: None,
            response: error.to_string(),
        },
    }
}

async fn save(
    app: &App,
    endpoint: &WebhookEndpoint,
    event: WebhookEvent,
    answer: Answer,
) -> Result<(), ApiError> {
    app.commit(webhooks::delivered(
        &event,
        endpoint,
        &answer,
        false,
        unit(app),
        &app.at(),
    ))
    .await
}

/// Records an event's final failure; true when that switched its endpoint off.
async fn give_up(app: &App, event: &WebhookEvent, answer: &Answer) -> Result<bool, ApiError> {
    app.settle(|| async {
        let others = app.store.newest_completed(event.endpoint_id, event.id);
        let (others, endpoint) = try_join(others, app.store.any_endpoint(event.endpoint_id)).await?;
        let endpoint = endpoint.ok_or_else(|| ApiError::internal("an event without its endpoint"))?;
        let is_failing = webhooks::is_failing(event, &others);
        app.commit(webhooks::delivered(event, &endpoint, answer, is_failing, unit(app), &app.at())).await?;
        if is_failing {
            tracing::warn!(endpoint = %endpoint.id, "a webhook endpoint was switched off: its newest events all failed");
        }
        Ok(is_failing)
    })
    .await
}

/// Uniform in [0, 1).
fn unit(app: &App) -> f64 {
    let seed = app.clock.seed();
    let bits = u64::from_le_bytes(seed[..8].try_into().expect("eight bytes"));
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
