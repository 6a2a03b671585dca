//! Webhook endpoints and the life of an event (lifecycle.md B).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use till_wire::webhooks::{
    EndpointCreate, EndpointUpdate, WebhookDelivery as DeliveryView, WebhookEndpoint as View,
    WebhookEvent as EventView,
};
use uuid::Uuid;

use crate::{
    at::At,
    change::{Changes, Json, Value},
    event::API_VERSION,
    records::{WebhookDelivery, WebhookEndpoint, WebhookEvent},
};

/// Attempts per event.
pub const ATTEMPTS: i64 = 10;
/// Failed events in a row that switch an endpoint off.
pub const STREAK: usize = 10;
/// Characters of an answer that are kept.
pub const RESPONSE_CHARACTERS: usize = 2048;

impl WebhookEndpoint {
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
    at: &At,
) -> (WebhookEndpoint, Changes) {
    let row = WebhookEndpoint {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        version: 1,
        organization_id,
        url,
        name: input.name,
        format: input.format,
        secret: input.secret.unwrap_or_else(|| new_secret(at)),
        events: Json(input.events),
        enabled: true,
        deleted_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    (row, changes)
}

/// Changes an endpoint; `url` has passed the host rules and is normalised.
pub fn update(
    row: &WebhookEndpoint,
    input: EndpointUpdate,
    url: Option<String>,
    at: &At,
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
    replace(row, new, at)
}

/// A new secret, in force at once.
pub fn reset_secret(row: &WebhookEndpoint, at: &At) -> (WebhookEndpoint, Changes) {
    let new = WebhookEndpoint {
        secret: new_secret(at),
        ..row.clone()
    };
    replace(row, new, at)
}

/// Removes an endpoint; what waits for it is skipped when its turn comes.
pub fn delete(row: &WebhookEndpoint, at: &At) -> Changes {
    let new = WebhookEndpoint {
        deleted_at: Some(at.now),
        enabled: false,
        ..row.clone()
    };
    replace(row, new, at).1
}

fn replace(row: &WebhookEndpoint, mut new: WebhookEndpoint, at: &At) -> (WebhookEndpoint, Changes) {
    new.modified_at = Some(at.now);
    let mut changes = Changes::new();
    changes.update(row, &new);
    new.version += 1;
    (new, changes)
}

/// Sends an event again, as soon as its endpoint is free (lifecycle.md B.6).
pub fn redeliver(event: &WebhookEvent, endpoint: &WebhookEndpoint, at: &At) -> Changes {
    let mut changes = Changes::new();
    if event.payload.is_none() {
        return changes;
    }
    let mut new = event.clone();
    new.modified_at = Some(at.now);
    if endpoint.enabled {
        new.next_attempt_at = Some(at.now);
    } else {
        new.skipped = true;
        new.next_attempt_at = None;
    }
    changes.update(event, &new);
    changes
}

/// What a receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Null: nothing was answered.
    pub http_code: Option<i64>,
    /// The body's beginning, or the transport's error.
    pub response: String,
}

impl Answer {
    /// Only 2xx is success.
    pub fn is_success(&self) -> bool {
        self.http_code
            .is_some_and(|code| (200..300).contains(&code))
    }
}

/// How long to wait after failed attempt `n` (lifecycle.md B.5); `u` is uniform in [0, 1).
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

/// Records an attempt: the delivery, and what comes next for the event.
///
/// `streak` says whether the endpoint's newest completed events, this one included, all failed.
pub fn delivered(
    event: &WebhookEvent,
    endpoint: &WebhookEndpoint,
    answer: &Answer,
    failures_before: usize,
    u: f64,
    at: &At,
) -> Changes {
    let mut new = event.clone();
    new.attempts += 1;
    new.modified_at = Some(at.now);
    new.last_http_code = answer.http_code;
    let success = answer.is_success();
    let mut exhausted = false;
    if success {
        new.succeeded = Some(true);
        new.skipped = false;
        new.next_attempt_at = None;
    } else if new.attempts < ATTEMPTS {
        new.next_attempt_at = Some(at.now + delay(new.attempts, u));
    } else {
        // A redelivery that fails does not undo an earlier success.
        exhausted = event.succeeded != Some(true);
        new.succeeded = event.succeeded.or(Some(false));
        new.next_attempt_at = None;
    }
    let delivery = WebhookDelivery {
        id: at.id(),
        created_at: at.now,
        organization_id: event.organization_id,
        endpoint_id: endpoint.id,
        event_id: event.id,
        succeeded: success,
        http_code: answer.http_code,
        response: Some(
            answer
                .response
                .replace('\0', "")
                .chars()
                .take(RESPONSE_CHARACTERS)
                .collect(),
        ),
    };
    let mut changes = Changes::new();
    changes.update(event, &new).insert(&delivery);
    if exhausted && failures_before + 1 >= STREAK {
        let off = WebhookEndpoint {
            enabled: false,
            modified_at: Some(at.now),
            ..endpoint.clone()
        };
        changes.update(endpoint, &off).any(
            "update webhook_events set skipped = $1, next_attempt_at = null \
             where endpoint_id = $2 and next_attempt_at is not null",
            vec![Value::Bool(true), Value::Uuid(endpoint.id)],
        );
    }
    changes
}

/// An event whose endpoint is off or gone is skipped.
pub fn skip(event: &WebhookEvent, at: &At) -> Changes {
    let new = WebhookEvent {
        skipped: true,
        next_attempt_at: None,
        modified_at: Some(at.now),
        ..event.clone()
    };
    let mut changes = Changes::new();
    changes.update(event, &new);
    changes
}

/// A secret whose tail is also valid base64 (44 characters), so that plain Standard Webhooks libraries
/// take it as it is shown.
fn new_secret(at: &At) -> String {
    at.token_of("whsec_", 38)
}

/// The value of `webhook-signature`: signed with the text of the whole secret, as Polar's clients verify,
/// and, where the secret's tail is base64, with its decoded form, as Standard Webhooks libraries do
/// (wire.md 6).
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
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_are_capped() {
        assert_eq!(delay(1, 0.0).as_secs(), 4);
        assert_eq!(delay(1, 0.999).as_secs(), 7);
        assert_eq!(delay(5, 0.0).as_secs(), 64);
        for n in 9..12 {
            let seconds = delay(n, 0.5).as_secs();
            assert!((600..=1200).contains(&seconds), "{n}: {seconds}");
        }
    }
}
