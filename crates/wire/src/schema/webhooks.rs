use utoipa::openapi::Schema;

use super::{flag, id, line, list, object, schema_of, text, url, word};
use crate::{
    events::EventType,
    limits,
    webhooks::{EndpointCreate, EndpointUpdate, SECRET, WebhookFormat},
};

fn events() -> Schema {
    list(0, limits::EVENTS, word::<EventType>())
}

fn create() -> Schema {
    object("A new endpoint.")
        .required("url", url(), "Where deliveries go; `https` only.")
        .optional("name", line(0), "For people.")
        .required(
            "format",
            word::<WebhookFormat>(),
            "What deliveries look like.",
        )
        .deprecated(
            "secret",
            text(SECRET, limits::LINE),
            "Your own secret; one is made where none is given.",
        )
        .required("events", events(), "Which events are delivered.")
        .optional("organization_id", id(), "Not with an organization's token.")
        .schema()
}

fn update() -> Schema {
    object("A change to an endpoint; what is not sent, or null, stays.")
        .optional("url", url(), "Where deliveries go; `https` only.")
        .optional("name", line(0), "For people.")
        .optional(
            "format",
            word::<WebhookFormat>(),
            "What deliveries look like.",
        )
        .deprecated("secret", text(SECRET, limits::LINE), "Your own secret.")
        .optional("events", events(), "Which events are delivered.")
        .optional("enabled", flag(), "Whether anything is delivered.")
        .schema()
}

schema_of!(EndpointCreate, create());
schema_of!(EndpointUpdate, update());
