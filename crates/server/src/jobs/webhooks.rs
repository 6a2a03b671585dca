//! Delivering webhooks (docs/behaviour: webhooks/order): in order and one at a time per endpoint, endpoints side by
//! side, at least once. Attempts are recorded while the next ones are made, never the other way round.

mod dispatch;
mod lease;
mod records;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, future::try_join, stream};
use jiff::SignedDuration;
use till_core::{
    kernel::{
        changes::Changes,
        records::{WebhookEndpoint, WebhookEvent},
    },
    webhooks::{self, Answer},
};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use uuid::Uuid;

use super::supervise::caught;
use crate::{app::App, error::ApiError};
use lease::{DeliveryError, EndpointLease, LeaseHeartbeat};
use records::Records;

pub use dispatch::serve;

/// Endpoints that [`run_due`] serves side by side.
const SIDE_BY_SIDE: usize = 16;
/// Events read at once, at most.
const BATCH: usize = 256;
/// Events that were sent and are not recorded yet, at most: so many a crash repeats.
const UNSAVED: usize = 64;
/// The time for which rows that were read are acted on: a new URL or secret holds soon, whatever is queued.
const FRESH: SignedDuration = SignedDuration::from_millis(100);
/// The time that an endpoint's task waits for more before it gives the endpoint up.
const LINGER: Duration = Duration::from_secs(5);

/// Delivers everything that is due, each event once, and says how many attempts that took. Endpoints that
/// another node serves are left to it.
pub async fn run_due(app: &App) -> Result<usize, ApiError> {
    let heartbeat = LeaseHeartbeat::new(app);
    let (_never, stop) = watch::channel(false);
    let due = app.store.due_endpoints(app.clock.now()).await?;
    let ends: Vec<_> = stream::iter(due)
        .map(|endpoint| {
            caught(
                app,
                "webhooks",
                serve_endpoint(app, endpoint, &heartbeat, None, &stop),
            )
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    // Whatever became of one endpoint, the others were served.
    ends.into_iter()
        .try_fold(0, |sum, ended| Ok(sum + ended?.attempts))
}

/// Serves one endpoint while there is work; with a wake-up, it waits a while for more.
async fn serve_endpoint(
    app: &App,
    endpoint: Uuid,
    heartbeat: &Arc<LeaseHeartbeat>,
    wake: Option<&Notify>,
    stop: &Stop,
) -> Result<Served, ApiError> {
    let mut served = Served {
        attempts: 0,
        kept: false,
    };
    let Some(lease) = EndpointLease::take(app, endpoint, heartbeat).await? else {
        return Ok(served);
    };
    let ended = drain(app, &lease, wake, stop, &mut served.attempts).await;
    lease.give_up().await?;
    match ended {
        Ok(()) => served.kept = true,
        Err(DeliveryError::Lost) => tracing::warn!(%endpoint, "another node took over an endpoint"),
        Err(DeliveryError::Failed(error)) => return Err(error),
    }
    Ok(served)
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
    let before = app.policy.retention.payloads_until(app.clock.now());
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

/// The outcome of [`serve_endpoint`].
struct Served {
    attempts: usize,
    /// True where the endpoint was ours to serve until the end.
    kept: bool,
}

/// Delivers to one endpoint until nothing is due and nothing more comes. Everything is recorded when it returns.
async fn drain(
    app: &App,
    lease: &EndpointLease<'_>,
    wake: Option<&Notify>,
    stop: &Stop,
    attempts: &mut usize,
) -> Result<(), DeliveryError> {
    let mut records = Records::new(lease);
    // Slow receivers never have many payloads waiting in memory; quick ones soon have whole batches.
    let mut limit = 2;
    loop {
        while !*stop.borrow() {
            let before = *attempts;
            let any = round(app, lease, &mut records, limit, stop, attempts).await?;
            limit = (2 * (*attempts - before)).clamp(2, BATCH);
            if !any {
                break;
            }
        }
        let more = match wake {
            Some(wake) => more(&mut records, wake, stop.clone()).await?,
            None => !records.unsaved().is_empty(),
        };
        if !more {
            break;
        }
        if wake.is_none() {
            records.all().await?;
        }
    }
    records.all().await
}

/// Waits, while outcomes are recorded, until there may be more to send; false when it is time to end.
async fn more(
    records: &mut Records<'_>,
    wake: &Notify,
    mut stop: Stop,
) -> Result<bool, DeliveryError> {
    loop {
        let idle = records.unsaved().is_empty();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(false),
            woken = timeout(LINGER, wake.notified()) => match woken {
                Ok(()) => return Ok(true),
                Err(_) if idle => return Ok(false),
                Err(_) => {}
            },
            saved = records.step() => saved?,
        }
    }
}

/// Reads what is due and sends it, one after the other, until what was read is too old or the worker should
/// end. False when nothing was due.
async fn round(
    app: &App,
    lease: &EndpointLease<'_>,
    records: &mut Records<'_>,
    limit: usize,
    stop: &Stop,
    attempts: &mut usize,
) -> Result<bool, DeliveryError> {
    let begun = app.clock.now();
    let unsaved = records.unsaved().clone();
    let due = app
        .store
        .due_events(lease.endpoint, begun, limit + unsaved.len());
    let read = try_join(due, app.store.any_endpoint(lease.endpoint));
    let ((mut due, unreadable), endpoint) = records.meanwhile(read).await??;
    for (event, error) in &unreadable {
        app.metrics.step_failed("webhook event");
        tracing::error!(%event, %error, "a webhook event cannot be read and is postponed; the others are sent");
        lease
            .commit(webhooks::put_off(*event, &app.context()))
            .await?;
    }
    due.retain(|event| !unsaved.contains(&event.id));
    let Some(endpoint) = endpoint.filter(|_| !due.is_empty()) else {
        return Ok(!unreadable.is_empty());
    };
    if !endpoint.is_listening() {
        records.all().await?;
        let mut changes = Changes::new();
        webhooks::skip_waiting(&mut changes, endpoint.id, &app.context());
        lease.commit(changes).await?;
        return Ok(true);
    }
    for (n, event) in due.into_iter().enumerate() {
        if n > 0 && (*stop.borrow() || app.clock.now().duration_since(begun) > FRESH) {
            break;
        }
        if !lease.is_held() {
            // Perhaps nobody has taken it yet: then what was sent is recorded.
            records.all().await?;
            return Err(DeliveryError::Lost);
        }
        let Some(body) = event.payload.clone() else {
            records.add(event.id, webhooks::skip(&event, &app.context()));
            continue;
        };
        app.metrics.sending(&event, app.clock.now());
        let sending = send(app, &endpoint, event.id, body);
        let answer = records.meanwhile(sending).await?;
        *attempts += 1;
        app.metrics.sent(answer.http_code);
        if webhooks::ends_in_failure(&event, &answer) {
            // Whether the endpoint is failing is judged on all that came before.
            records.all().await?;
            if give_up(app, lease, &event, &answer).await? {
                break;
            }
            continue;
        }
        let (unit, ctx) = (unit(app), app.context());
        let outcome = webhooks::delivered(&event, &endpoint, &answer, false, unit, &ctx);
        records.add(event.id, outcome);
        while records.unsaved().len() >= UNSAVED {
            records.step().await?;
        }
    }
    Ok(true)
}

/// One attempt (docs/behaviour: webhooks/delivery). What stands between us and an answer is an answer too.
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
    let begun = app.clock.now();
    let sending = async { Ok(app.outbound.post(&endpoint.url, &headers, body).await) };
    // An attempt that panics is one that failed, and tried again as seldom.
    let (http_code, response) = match caught(app, "delivery", sending).await {
        Ok(Ok(answer)) => (Some(i64::from(answer.status)), answer.body),
        Ok(Err(error)) => (None, error.to_string()),
        Err(_) => (None, "The delivery failed inside Till.".to_owned()),
    };
    Answer {
        http_code,
        response,
        duration: app.clock.now().duration_since(begun),
    }
}

/// Records an event's final failure; true when that switched its endpoint off.
async fn give_up(
    app: &App,
    lease: &EndpointLease<'_>,
    event: &WebhookEvent,
    answer: &Answer,
) -> Result<bool, DeliveryError> {
    till_store::retry_on_conflict(seed(app), || async {
        let others = app.store.newest_completed(event.endpoint_id, event.id);
        let (others, endpoint) = try_join(others, app.store.any_endpoint(event.endpoint_id)).await?;
        let endpoint = endpoint.ok_or_else(|| ApiError::internal("an event without its endpoint"))?;
        let is_failing = webhooks::is_failing(event, &others);
        lease.commit(webhooks::delivered(event, &endpoint, answer, is_failing, unit(app), &app.context())).await?;
        if is_failing {
            tracing::warn!(endpoint = %endpoint.id, "a webhook endpoint was disabled because its latest events all failed");
        }
        Ok(is_failing)
    })
    .await
}

fn seed(app: &App) -> u64 {
    u64::from_le_bytes(app.clock.seed()[..8].try_into().expect("eight bytes"))
}

/// Uniform in [0, 1).
fn unit(app: &App) -> f64 {
    (seed(app) >> 11) as f64 / (1_u64 << 53) as f64
}
