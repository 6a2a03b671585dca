//! Webhook endpoints and the life of an event (docs/behaviour/webhooks.md).

pub mod javascript;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use till_wire::{
    checkouts::CheckoutStatus,
    events::EventType,
    webhooks::{
        EndpointCreate, EndpointUpdate, WebhookDelivery as DeliveryView, WebhookEndpoint as View,
        WebhookEvent as EventView, WebhookFormat,
    },
};
use uuid::Uuid;

use crate::kernel::{
    changes::{Changes, Record, Wake, Write},
    context::{DecisionContext, microseconds},
    events::{self, API_VERSION, Subscribers},
    letters::LetterCause,
    records::{WebhookDelivery, WebhookEndpoint, WebhookEvent},
    refusal::{Refusal, collected, no_organization_id},
    values::{Json, Value},
    writes::WebhookWrite,
};

/// Attempts per event.
pub const ATTEMPTS: i64 = 10;
/// Failed events in a row that switch an endpoint off.
pub const STREAK: usize = 10;
/// Characters of an answer that are kept.
pub const RESPONSE_CHARACTERS: usize = 2048;

impl WebhookEndpoint {
    /// True where anything is sent to it.
    pub fn is_listening(&self) -> bool {
        self.enabled && self.deleted_at.is_none()
    }

    /// The endpoint as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            url: self.url.clone(),
            name: self.name.clone(),
            format: self.format,
            secret: self.secret.clone(),
            organization_id: self.organization_id,
            events: self.events.0.clone(),
            enabled: self.enabled,
            api_version: API_VERSION,
            uses_standard_webhook_signature: false,
        }
    }
}

impl WebhookEvent {
    /// The event as the API shows it.
    pub fn view(&self) -> EventView {
        EventView {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            last_http_code: self.last_http_code,
            succeeded: self.succeeded,
            skipped: self.skipped,
            payload: self.payload.clone(),
            kind: self.kind,
            is_archived: self.payload.is_none(),
            api_version: API_VERSION,
        }
    }
}

/// A delivery as the API shows it.
pub fn delivery_view(delivery: &WebhookDelivery, event: &WebhookEvent) -> DeliveryView {
    DeliveryView {
        id: delivery.id,
        created_at: delivery.created_at,
        modified_at: None,
        succeeded: delivery.succeeded,
        http_code: delivery.http_code,
        response: delivery.response.clone(),
        webhook_event: event.view(),
    }
}

/// A new endpoint; `url` has passed the host rules and is normalised.
pub fn create(
    input: EndpointCreate,
    organization_id: Uuid,
    url: String,
    ctx: &DecisionContext,
) -> Result<(WebhookEndpoint, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    collected(problems)?;
    let row = WebhookEndpoint {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id,
        url,
        name: input.name,
        format: input.format,
        secret: input.secret.unwrap_or_else(|| new_secret(ctx)),
        events: Json(input.events),
        enabled: true,
        deleted_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    Ok((row, changes))
}

/// Changes an endpoint; `url` has passed the host rules and is normalised.
pub fn update(
    row: &WebhookEndpoint,
    input: EndpointUpdate,
    url: Option<String>,
    ctx: &DecisionContext,
) -> (WebhookEndpoint, Changes) {
    let mut new = row.clone();
    if let Some(url) = url {
        new.url = url;
    }
    if input.name.is_some() {
        new.name = input.name;
    }
    if let Some(format) = input.format {
        new.format = format;
    }
    if let Some(secret) = input.secret {
        new.secret = secret;
    }
    if let Some(events) = input.events {
        new.events = Json(events);
    }
    if let Some(enabled) = input.enabled {
        new.enabled = enabled;
    }
    let (new, mut changes) = replace(row, new, ctx);
    if !new.enabled {
        skip_waiting(&mut changes, row.id, ctx);
    }
    (new, changes)
}

/// A new secret, in force at once.
pub fn reset_secret(row: &WebhookEndpoint, ctx: &DecisionContext) -> (WebhookEndpoint, Changes) {
    let new = WebhookEndpoint {
        secret: new_secret(ctx),
        ..row.clone()
    };
    replace(row, new, ctx)
}

/// Removes an endpoint, and skips what waits for it.
pub fn delete(row: &WebhookEndpoint, ctx: &DecisionContext) -> Changes {
    let new = WebhookEndpoint {
        deleted_at: Some(ctx.now),
        enabled: false,
        ..row.clone()
    };
    let (_, mut changes) = replace(row, new, ctx);
    skip_waiting(&mut changes, row.id, ctx);
    changes
}

fn replace(
    row: &WebhookEndpoint,
    mut new: WebhookEndpoint,
    ctx: &DecisionContext,
) -> (WebhookEndpoint, Changes) {
    let mut changes = Changes::new();
    changes.revise(row, &mut new, ctx);
    (new, changes)
}

/// Sends an event again, as soon as its endpoint is free (docs/behaviour: webhooks/redelivery).
pub fn redeliver(
    event: &WebhookEvent,
    endpoint: &WebhookEndpoint,
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    if event.payload.is_none() {
        return changes;
    }
    let mut new = event.clone();
    new.modified_at = Some(ctx.now);
    if endpoint.is_listening() {
        // What is due already keeps its place in the order.
        new.next_attempt_at = Some(
            event
                .next_attempt_at
                .map_or(ctx.now, |due| due.min(ctx.now)),
        );
    } else {
        new.skipped = true;
        new.next_attempt_at = None;
    }
    changes.update(event, &new);
    changes
}

/// Tells an endpoint of `data`, the API resource, as if it had just happened: nobody else hears of it, and
/// it is in no journal. Chat formats skip what people would not want to read.
pub fn test(
    endpoint: &WebhookEndpoint,
    kind: EventType,
    data: &serde_json::Value,
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    if let Some(payload) = events::payload(endpoint.format, kind, ctx, data) {
        changes.insert(&events::waiting(endpoint, kind, None, payload, ctx));
    }
    changes
}

/// The answer of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Null: nothing was answered.
    pub http_code: Option<i64>,
    /// The body's beginning, or the transport's error.
    pub response: String,
    /// The time that it took.
    pub duration: SignedDuration,
}

impl Answer {
    /// Only 2xx is success.
    pub fn is_success(&self) -> bool {
        self.http_code
            .is_some_and(|code| (200..300).contains(&code))
    }
}

/// The pause after failed attempt `n` (docs/behaviour: webhooks/retries); `u` is uniform in [0, 1).
pub fn delay(n: i64, u: f64) -> SignedDuration {
    const CAP: f64 = 20.0 * 60.0;
    let seconds = 2.0 * 2f64.powi(n.clamp(1, 30) as i32) * (1.0 + u);
    let seconds = if seconds > CAP {
        CAP * (0.5 + u / 2.0)
    } else {
        seconds
    };
    SignedDuration::from_millis((seconds * 1000.0) as i64)
}

/// True where this answer was the event's last chance, and a failure.
pub fn ends_in_failure(event: &WebhookEvent, answer: &Answer) -> bool {
    !answer.is_success() && event.attempts + 1 >= ATTEMPTS
}

/// True where the endpoint's [`STREAK`] newest completed events all failed, now that `event` has.
///
/// `others` are its newest completed events but this one, as sequence and success: at least [`STREAK`] of
/// them if there are as many.
pub fn is_failing(event: &WebhookEvent, others: &[(i64, bool)]) -> bool {
    // A redelivery that fails does not undo an earlier success.
    let this = (event.sequence, event.succeeded == Some(true));
    let mut completed: Vec<_> = others.iter().copied().chain([this]).collect();
    completed.sort_by_key(|(sequence, _)| std::cmp::Reverse(*sequence));
    completed.truncate(STREAK);
    completed.len() == STREAK && completed.iter().all(|(_, succeeded)| !succeeded)
}

/// Records an attempt: the delivery, and what comes next for the event.
///
/// `is_failing` matters only where [`ends_in_failure`] holds: it switches the endpoint off and skips what
/// waits for it. `u` is uniform in [0, 1). Never refused, except when the endpoint moved while it is
/// switched off.
pub fn delivered(
    event: &WebhookEvent,
    endpoint: &WebhookEndpoint,
    answer: &Answer,
    is_failing: bool,
    u: f64,
    ctx: &DecisionContext,
) -> Changes {
    let attempts = event.attempts + 1;
    let ended = ends_in_failure(event, answer);
    let mut set = vec![
        ("attempts", Value::Int(attempts)),
        ("modified_at", Value::Time(ctx.now)),
        ("last_http_code", answer.http_code.into()),
    ];
    if answer.is_success() {
        set.push(("succeeded", Value::Bool(true)));
        // Written even where it was false when read: it may have been skipped during the attempt.
        set.push(("skipped", Value::Bool(false)));
        set.push(("next_attempt_at", Value::Null));
    } else if ended {
        set.push(("succeeded", Value::Bool(event.succeeded == Some(true))));
        set.push(("next_attempt_at", Value::Null));
    } else {
        set.push((
            "next_attempt_at",
            Value::Time(microseconds(ctx.now + delay(attempts, u))),
        ));
    }
    let delivery = WebhookDelivery {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: event.organization_id,
        endpoint_id: endpoint.id,
        event_id: event.id,
        succeeded: answer.is_success(),
        http_code: answer.http_code,
        response: Some(
            answer
                .response
                .chars()
                .filter(|c| *c != '\0')
                .take(RESPONSE_CHARACTERS)
                .collect(),
        ),
        kind: Some(event.kind),
        attempt: Some(attempts),
        duration_ms: i64::try_from(answer.duration.as_millis()).ok(),
    };
    let mut changes = Changes::new();
    changes.writes.push(Write::Update {
        table: WebhookEvent::TABLE,
        id: event.id,
        version: None,
        set,
        wakes: (!answer.is_success() && !ended).then_some(Wake::Workers),
    });
    changes.insert(&delivery);
    if ended && is_failing && endpoint.is_listening() {
        let off = WebhookEndpoint {
            enabled: false,
            modified_at: Some(ctx.now),
            ..endpoint.clone()
        };
        changes.update(endpoint, &off).tell_by_mail(
            ctx,
            LetterCause::EndpointDisabled,
            endpoint.organization_id,
            endpoint.id,
        );
        skip_waiting(&mut changes, endpoint.id, ctx);
    }
    if answer.is_success() {
        notify_delivered(&mut changes, event, endpoint, ctx);
    }
    changes
}

/// Changes of a session that wait for their first attempt are not told any more, because a newer one is about to be: an
/// endpoint is told of the session once, as it is now, and no queue grows by what one buyer sends. An attempt that is
/// under way may still arrive; without its payload it is not tried again.
pub(crate) fn supersede_changes(
    changes: &mut Changes,
    checkout_id: Uuid,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) {
    for endpoint in subscribers.subscribed(EventType::CheckoutUpdated) {
        changes.write(WebhookWrite::SkipSuperseded {
            checkout_id,
            endpoint_id: endpoint.id,
            now: ctx.wall(),
        });
    }
}

/// The buyer's open page waits for the merchant's server to know (docs/behaviour: checkout/webhook-delivered).
fn notify_delivered(
    changes: &mut Changes,
    event: &WebhookEvent,
    endpoint: &WebhookEndpoint,
    ctx: &DecisionContext,
) {
    #[derive(Deserialize)]
    struct Payload {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        status: CheckoutStatus,
    }
    if event.kind != EventType::CheckoutUpdated || endpoint.format != WebhookFormat::Raw {
        return;
    }
    let payload = event
        .payload
        .as_deref()
        .and_then(|text| serde_json::from_str::<Payload>(text).ok());
    if let (Some(id), Some(payload)) = (event.subject_id, payload) {
        changes.notify_page(
            id,
            "checkout.webhook_event_delivered",
            payload.data.status,
            ctx,
        );
    }
}

/// One event that cannot be sent any more.
pub fn skip(event: &WebhookEvent, ctx: &DecisionContext) -> Changes {
    let new = WebhookEvent {
        skipped: true,
        next_attempt_at: None,
        modified_at: Some(ctx.now),
        ..event.clone()
    };
    let mut changes = Changes::new();
    changes.update(event, &new);
    changes
}

/// The time that an event waits that cannot be read: for somebody to mend it, or for a version that can.
const UNREADABLE: SignedDuration = SignedDuration::from_hours(1);

/// Puts an event off that cannot be read, so that those behind it are sent.
pub fn put_off(event_id: Uuid, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    changes.write(WebhookWrite::PutOff {
        id: event_id,
        until: ctx.now + UNREADABLE,
    });
    changes
}

/// Everything that waits for an endpoint that is off or gone is skipped; switching it on again does not
/// bring it back.
pub fn skip_waiting(changes: &mut Changes, endpoint_id: Uuid, ctx: &DecisionContext) {
    changes.write(WebhookWrite::SkipWaiting {
        endpoint_id,
        now: ctx.now,
    });
}

/// Payloads of events older than this are forgotten (docs/behaviour: webhooks/payloads-ninety-days).
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The number of payloads that [`archive`] forgets at once.
pub const ARCHIVE_BATCH: i64 = 500;

/// Forgets the payloads of [`ARCHIVE_BATCH`] of the events recorded before `before`, the oldest first.
pub fn archive(before: Timestamp) -> Changes {
    let mut changes = Changes::new();
    changes.write(WebhookWrite::ForgetPayloads {
        before,
        limit: ARCHIVE_BATCH,
    });
    changes
}

/// A secret whose tail is also valid base64 (44 characters), so that plain Standard Webhooks libraries
/// take it as it is shown.
fn new_secret(ctx: &DecisionContext) -> String {
    ctx.token_of("whsec_", 38)
}

/// The value of `webhook-signature`: signed with the text of the whole secret, as Polar's clients verify,
/// and, where the secret's tail is base64, with its decoded form, as Standard Webhooks libraries do
/// (docs/behaviour: webhooks/signature).
pub fn signature(secret: &str, id: Uuid, timestamp: i64, body: &str) -> String {
    let sign = |key: &[u8]| {
        let mut mac =
            Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
    };
    let own = sign(secret.as_bytes());
    match BASE64.decode(secret.strip_prefix("whsec_").unwrap_or(secret)) {
        Ok(key) => format!("{own} {}", sign(&key)),
        Err(_) => own,
    }
}

#[cfg(test)]
mod tests;
