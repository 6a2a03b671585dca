//! Webhook endpoints and deliveries.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{events::EventType, limits, request::*};

crate::words! {
    /// Format of a webhook's body.
    pub enum WebhookFormat {
        /// JSON with the event's type and the resource as the API shows it.
        Raw = "raw",
        /// A message for a Discord webhook.
        Discord = "discord",
        /// A message for a Slack webhook.
        Slack = "slack",
    }
}

crate::words! {
    /// Class of an HTTP status code.
    pub enum HttpCodeClass {
        /// Success.
        Success = "2xx",
        /// Redirection, which counts as a failure.
        Redirection = "3xx",
        /// Client error: the receiver refused the request.
        Refused = "4xx",
        /// Server error of the receiver.
        Broken = "5xx",
    }
}

impl HttpCodeClass {
    /// The family's first code.
    pub const fn first(self) -> i64 {
        match self {
            Self::Success => 200,
            Self::Redirection => 300,
            Self::Refused => 400,
            Self::Broken => 500,
        }
    }
}

/// Webhook endpoint: a URL of yours to which Till sends events.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookEndpoint {
    /// ID of the webhook endpoint.
    pub id: Uuid,
    /// Time at which the webhook endpoint was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the webhook endpoint, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// URL to which events are sent.
    pub url: String,
    /// Name by which you recognize the endpoint; null if it has none.
    pub name: Option<String>,
    /// Format of the body that is sent.
    pub format: WebhookFormat,
    /// Secret that signs every delivery; use it to verify that a request comes from Till.
    pub secret: String,
    /// ID of the organization that the webhook endpoint belongs to.
    pub organization_id: Uuid,
    /// Types of the events that are sent.
    pub events: Vec<EventType>,
    /// True if events are sent; Till disables an endpoint after many failed deliveries.
    pub enabled: bool,
    /// Version of the API that the payloads follow.
    pub api_version: &'static str,
    /// True if the signing key is the decoded part of the secret after its prefix, as the Standard Webhooks
    /// specification says; if false, the key is the whole text of the secret.
    pub uses_standard_webhook_signature: bool,
}

/// Event for one webhook endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookEvent {
    /// ID of the webhook event.
    pub id: Uuid,
    /// Time at which the webhook event was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the webhook event, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// HTTP status code of the last delivery; null if nothing was sent or there was no response.
    pub last_http_code: Option<i64>,
    /// True if the event was delivered; null while it is still waiting or being retried.
    pub succeeded: Option<bool>,
    /// True if the event was not sent because the endpoint was disabled.
    pub skipped: bool,
    /// Body of the event, as text; null if it has been deleted because of its age.
    pub payload: Option<String>,
    /// Type of the event.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// True if the payload has been deleted because of its age.
    pub is_archived: bool,
    /// Version of the API that the event's payload follows.
    pub api_version: &'static str,
}

/// Delivery: one attempt to send an event to an endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// ID of the delivery.
    pub id: Uuid,
    /// Time at which the delivery was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the delivery, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// True if the endpoint accepted the event, with a status code from 200 to 299.
    pub succeeded: bool,
    /// HTTP status code of the response; null if there was none.
    pub http_code: Option<i64>,
    /// Beginning of the response's body, or the network error; null if there was neither.
    pub response: Option<String>,
    /// Event that was sent.
    pub webhook_event: WebhookEvent,
}

/// The least characters of a secret.
const SECRET: usize = 32;

request! {
    /// New webhook endpoint.
    pub struct EndpointCreate {
        /// URL to which events are sent; it must start with `https://`.
        // Not yet checked against the host rules.
        pub url: String = required(url_text()),
        /// Name by which you recognize the endpoint.
        pub name: Option<String> = optional(line(0)),
        /// Format of the body that is sent.
        pub format: WebhookFormat = required(word::<WebhookFormat>()),
        /// Secret of your own, at least 32 characters long, that signs the deliveries; if left out, Till generates one.
        pub secret: Option<String> = optional(text(SECRET, limits::LINE)).deprecated(),
        /// Types of the events to send.
        pub events: Vec<EventType> = required(events()),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Change to a webhook endpoint. A field that is left out or null stays as it is.
    pub struct EndpointUpdate: Default {
        /// New URL to which events are sent; it must start with `https://`.
        pub url: Option<String> = optional(url_text()),
        /// New name by which you recognize the endpoint.
        pub name: Option<String> = optional(line(0)),
        /// New format of the body that is sent.
        pub format: Option<WebhookFormat> = optional(word::<WebhookFormat>()),
        /// New secret of your own, at least 32 characters long, that signs the deliveries.
        pub secret: Option<String> = optional(text(SECRET, limits::LINE)).deprecated(),
        /// Types of the events to send from now on; replaces the whole list.
        pub events: Option<Vec<EventType>> = optional(events()),
        /// True if events are sent; true enables a disabled endpoint again.
        pub enabled: Option<bool> = optional(flag()),
    }
}

fn events() -> impl Reader<Value = Vec<EventType>> {
    list(0, limits::EVENTS, word()).map(|mut events: Vec<EventType>| {
        let mut seen = std::collections::HashSet::new();
        events.retain(|event| seen.insert(*event));
        events
    })
}
