//! Webhook endpoints and deliveries.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{events::EventType, limits, request::*};

crate::words! {
    /// What a delivery's body looks like.
    pub enum WebhookFormat {
        /// The API's resources.
        Raw = "raw",
        /// A Discord message.
        Discord = "discord",
        /// A Slack message.
        Slack = "slack",
    }
}

crate::words! {
    /// A family of HTTP status codes.
    pub enum HttpCodeClass {
        /// Success.
        Success = "2xx",
        /// Redirection, which counts as failure.
        Redirection = "3xx",
        /// The receiver refused.
        Refused = "4xx",
        /// The receiver broke.
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

/// Where events go.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct WebhookEndpoint {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub url: String,
    pub name: Option<String>,
    pub format: WebhookFormat,
    /// Signs the deliveries.
    pub secret: String,
    pub organization_id: Uuid,
    pub events: Vec<EventType>,
    pub enabled: bool,
    /// The version of the payloads.
    pub api_version: &'static str,
    /// False: the key is the secret's text, not its decoded tail.
    pub uses_standard_webhook_signature: bool,
}

/// An event for one endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct WebhookEvent {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub last_http_code: Option<i64>,
    pub succeeded: Option<bool>,
    pub skipped: bool,
    pub payload: Option<String>,
    #[serde(rename = "type")]
    pub kind: EventType,
    pub is_archived: bool,
    pub api_version: &'static str,
}

/// One attempt to deliver an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "each is named after its field")]
pub struct WebhookDelivery {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub succeeded: bool,
    pub http_code: Option<i64>,
    pub response: Option<String>,
    pub webhook_event: WebhookEvent,
}

/// The least characters of a secret.
const SECRET: usize = 32;

request! {
    /// A new endpoint.
    pub struct EndpointCreate {
        /// Where deliveries go; `https` only.
        // Not yet checked against the host rules.
        pub url: String = required(url_text()),
        /// For people.
        pub name: Option<String> = optional(line(0)),
        /// What deliveries look like.
        pub format: WebhookFormat = required(word::<WebhookFormat>()),
        /// Your own secret; one is made where none is given.
        pub secret: Option<String> = optional(text(SECRET, limits::LINE)).deprecated(),
        /// Which events are delivered.
        pub events: Vec<EventType> = required(events()),
        /// Not with an organization's token.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// A change to an endpoint; what is not sent, or null, stays.
    pub struct EndpointUpdate: Default {
        /// Where deliveries go; `https` only.
        pub url: Option<String> = optional(url_text()),
        /// For people.
        pub name: Option<String> = optional(line(0)),
        /// What deliveries look like.
        pub format: Option<WebhookFormat> = optional(word::<WebhookFormat>()),
        /// Your own secret.
        pub secret: Option<String> = optional(text(SECRET, limits::LINE)).deprecated(),
        /// Which events are delivered.
        pub events: Option<Vec<EventType>> = optional(events()),
        /// Whether anything is delivered.
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
