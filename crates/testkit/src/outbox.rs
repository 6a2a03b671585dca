//! Jobs and events.

use std::time::Duration;

use serde_json::Value;
use till_core::kernel::{
    changes::Changes,
    records::{WebhookEndpoint, WebhookEvent},
    values::{Json, Value as Cell},
};
use till_store::Query;
use till_wire::{events::EventType, webhooks::WebhookFormat};

use crate::Till;

impl Till {
    /// Does all work that is due now.
    pub async fn drain(&self) {
        till_server::jobs::run_due(&self.app).await.unwrap();
    }

    /// An endpoint of the test's organization for all events. Nobody listens there: look at what it is
    /// told with [`Till::webhook_events`].
    pub async fn listen(&self) -> WebhookEndpoint {
        let ctx = self.app.context();
        let endpoint = WebhookEndpoint {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id: self.organization.id,
            url: "http://127.0.0.1:9/".to_owned(),
            name: None,
            format: WebhookFormat::Raw,
            secret: ctx.token("whsec_"),
            events: Json(EventType::ALL.to_vec()),
            enabled: true,
            deleted_at: None,
        };
        let mut changes = Changes::new();
        changes.insert(&endpoint);
        self.app.store.commit(changes).await.unwrap();
        endpoint
    }

    /// The payloads of all events so far, oldest first, without those that a newer one stands for; they are taken out of
    /// the outbox.
    pub async fn webhook_events(&self) -> Vec<Value> {
        let own = vec![Cell::Uuid(self.organization.id)];
        let rest = "where organization_id = $1 order by sequence";
        let webhook_events: Vec<WebhookEvent> = self
            .app
            .store
            .all(Query::select::<WebhookEvent>(rest, own.clone()))
            .await
            .unwrap();
        let mut changes = Changes::new();
        changes
            .any(
                "delete from webhook_deliveries where organization_id = $1",
                own.clone(),
            )
            .any("delete from webhook_events where organization_id = $1", own);
        self.app.store.commit(changes).await.unwrap();
        webhook_events
            .iter()
            .filter_map(|event| event.payload.as_deref())
            .map(|payload| serde_json::from_str(payload).unwrap())
            .collect()
    }

    /// The types of all events so far, what is due a few seconds later included.
    pub async fn webhook_event_types(&self) -> Vec<String> {
        self.advance(Duration::from_secs(3));
        self.drain().await;
        self.webhook_events()
            .await
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect()
    }
}
