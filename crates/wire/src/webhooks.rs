//! Webhook endpoints and deliveries.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    events::EventType,
    input::{Fields, Patch, boolean, id, list, text_of, word},
    limits, values,
};

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
#[allow(missing_docs)]
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
#[allow(missing_docs)]
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
#[allow(missing_docs)]
pub struct WebhookDelivery {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub modified_at: Option<Timestamp>,
    pub succeeded: bool,
    pub http_code: Option<i64>,
    pub response: Option<String>,
    pub webhook_event: WebhookEvent,
}

/// A new endpoint.
#[derive(Debug, Clone)]
pub struct EndpointCreate {
    /// Not yet checked against the host rules.
    pub url: String,
    /// For people.
    pub name: Option<String>,
    /// Body form.
    pub format: WebhookFormat,
    /// Deprecated: the caller's own secret, 32 characters or more.
    pub secret: Option<String>,
    /// Which events.
    pub events: Vec<EventType>,
    /// Not for organization tokens.
    pub organization_id: Option<Uuid>,
}

/// The least characters of a secret.
pub(crate) const SECRET: usize = 32;

impl EndpointCreate {
    /// Reads the body of a POST.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let url = f.required("url", values::url_text);
        let name = f.optional("name", text_of(0, limits::LINE, false));
        let format = f.required("format", word);
        let secret = f.optional("secret", text_of(SECRET, limits::LINE, false));
        let events = f.required("events", list(0, limits::EVENTS, word));
        let organization_id = f.optional("organization_id", id);
        Some(Self {
            url: url?,
            name,
            format: format?,
            secret,
            events: unique(events?),
            organization_id,
        })
    }
}

fn unique(mut events: Vec<EventType>) -> Vec<EventType> {
    let mut seen = std::collections::HashSet::new();
    events.retain(|event| seen.insert(*event));
    events
}

/// A change to an endpoint; nulls are ignored.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct EndpointUpdate {
    pub url: Option<String>,
    pub name: Option<String>,
    pub format: Option<WebhookFormat>,
    pub secret: Option<String>,
    pub events: Option<Vec<EventType>>,
    pub enabled: Option<bool>,
}

impl EndpointUpdate {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        Some(Self {
            url: f.optional("url", values::url_text),
            name: f.optional("name", text_of(0, limits::LINE, false)),
            format: f.optional("format", word),
            secret: f.optional("secret", text_of(SECRET, limits::LINE, false)),
            events: match f.patch("events", list(0, limits::EVENTS, word)) {
                Patch::Value(events) => Some(unique(events)),
                _ => None,
            },
            enabled: f.optional("enabled", boolean),
        })
    }
}
