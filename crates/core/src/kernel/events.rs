//! Events: what the world is told, written in the same transaction as what they tell (docs/behaviour: webhooks/outbox).

#[cfg(test)]
mod told;

use serde::Serialize;
use serde_json::{Value, json};
use till_wire::{events::EventType, webhooks::WebhookFormat};
use uuid::Uuid;

use crate::{
    kernel::{
        changes::{Changes, Record as _, Write},
        context::DecisionContext,
        facts::Fact,
        grants::GrantScope,
        letters::LetterCause,
        records::{Customer, JournalEntry, Subscription, WebhookEndpoint, WebhookEvent},
        values::{self, Cell as _, Json},
    },
    webhooks::javascript,
};

/// The version that payloads are written in.
pub const API_VERSION: &str = "2026-04";

/// The endpoints that are told of what happens in an organization, as loaded with the rows of the decision.
#[derive(Debug, Clone)]
pub struct Subscribers {
    /// In whose journal it is written.
    pub organization_id: Uuid,
    /// Its enabled endpoints.
    pub endpoints: Vec<WebhookEndpoint>,
}

impl Subscribers {
    /// Nobody listens; what happens is still written down.
    pub fn nobody(organization_id: Uuid) -> Self {
        Self {
            organization_id,
            endpoints: Vec::new(),
        }
    }

    /// True where anybody gets the plain payload of this type.
    pub fn has_raw(&self, kind: EventType) -> bool {
        self.subscribed(kind)
            .any(|e| e.format == WebhookFormat::Raw)
    }

    pub(crate) fn subscribed(&self, kind: EventType) -> impl Iterator<Item = &WebhookEndpoint> {
        self.endpoints
            .iter()
            .filter(move |e| e.enabled && e.deleted_at.is_none() && e.events.contains(&kind))
    }
}

impl Changes {
    /// Writes an event into the organization's journal, and into the outbox for every endpoint that asked
    /// for its type; has people told by mail, where the event is a cause of letters; and has benefits granted or revoked,
    /// where it is a cause of that.
    ///
    /// `subject_id` is what the event is about; `data` makes the API resource, and is not called where nobody asked.
    pub fn emit<T: Serialize>(
        &mut self,
        subscribers: &Subscribers,
        ctx: &DecisionContext,
        kind: EventType,
        subject_id: Uuid,
        data: impl FnOnce() -> T,
    ) -> &mut Self {
        let facts = self.take_facts();
        self.insert(&JournalEntry {
            id: ctx.id(),
            sequence: ctx.sequence(),
            created_at: ctx.now,
            organization_id: subscribers.organization_id,
            kind,
            subject_id,
            facts,
        });
        if let Some(cause) = LetterCause::of(kind) {
            self.tell_by_mail(ctx, cause, subscribers.organization_id, subject_id);
        }
        if let Some(scope) = GrantScope::of(kind, subject_id) {
            self.sync_grants_after(ctx, subscribers.organization_id, scope);
        }
        if !subscribers.has_subscriber(kind) {
            return self;
        }
        let data = serde_json::to_value(data()).expect("resources serialise: string keys only");
        for endpoint in subscribers.subscribed(kind) {
            let Some(payload) = payload(endpoint.format, kind, ctx, &data) else {
                continue;
            };
            let event = waiting(endpoint, kind, Some(subject_id), payload, ctx);
            self.insert(&event);
        }
        self
    }
}

/// An event in the outbox, due at once: by the machine's time, in which it is delivered and forgotten.
pub(crate) fn waiting(
    endpoint: &WebhookEndpoint,
    kind: EventType,
    subject_id: Option<Uuid>,
    payload: String,
    ctx: &DecisionContext,
) -> WebhookEvent {
    WebhookEvent {
        id: ctx.id(),
        sequence: ctx.sequence(),
        created_at: ctx.wall(),
        modified_at: None,
        organization_id: endpoint.organization_id,
        endpoint_id: endpoint.id,
        kind,
        subject_id,
        payload: Some(payload),
        succeeded: None,
        skipped: false,
        last_http_code: None,
        attempts: 0,
        next_attempt_at: Some(ctx.wall()),
    }
}

/// The body in an endpoint's format; `None` where chat formats skip the event.
pub(crate) fn payload(
    format: WebhookFormat,
    kind: EventType,
    ctx: &DecisionContext,
    data: &Value,
) -> Option<String> {
    match format {
        WebhookFormat::Raw => Some(javascript::print(&json!({
            "type": kind,
            "timestamp": ctx.now,
            "data": data,
            "api_version": API_VERSION,
        }))),
        WebhookFormat::Discord | WebhookFormat::Slack if is_noise(kind, data) => None,
        WebhookFormat::Discord => Some(javascript::print(&discord(kind, data))),
        WebhookFormat::Slack => Some(javascript::print(&slack(kind, data))),
    }
}

/// People in a chat are told of a subscription's change only when it ends or fails.
fn is_noise(kind: EventType, data: &Value) -> bool {
    kind == EventType::SubscriptionUpdated
        && !matches!(
            data["status"].as_str(),
            Some("canceled" | "unpaid" | "past_due")
        )
        && data["cancel_at_period_end"] != true
}

/// The content of a chat message: a title, and lines of name and value.
fn summary(kind: EventType, data: &Value) -> (String, Vec<(&'static str, String)>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut lines = Vec::new();
    let mut line = |name, value: Option<String>| {
        if let Some(value) = value {
            lines.push((name, value));
        }
    };
    let words = kind.as_str();
    if words.starts_with("order.") || words.starts_with("subscription.") {
        let amount = if words.starts_with("order.") {
            &data["net_amount"]
        } else {
            &data["amount"]
        };
        let money = amount
            .as_i64()
            .zip(data["currency"].as_str().and_then(|c| c.parse().ok()));
        line("Product", text(&data["product"]["name"]));
        line(
            "Amount",
            money.map(|(n, c)| till_wire::money::format_minor(n, c)),
        );
        line("Customer", text(&data["customer"]["email"]));
        if words.starts_with("order.") {
            let recurring = !data["subscription_id"].is_null();
            line(
                "Subscription",
                Some(if recurring { "Yes" } else { "No" }.to_owned()),
            );
        } else {
            line("Status", text(&data["status"]));
        }
    } else if words.starts_with("refund.") {
        let parts = data["amount"].as_i64().zip(data["tax_amount"].as_i64());
        let money = parts.zip(data["currency"].as_str().and_then(|c| c.parse().ok()));
        let total = money.map(|((net, tax), c)| till_wire::money::format_minor(net + tax, c));
        line("Amount", total);
        line("Reason", text(&data["reason"]));
        line("Status", text(&data["status"]));
        line("Order", text(&data["order_id"]));
    } else {
        line("Object", text(&data["id"]));
        line("Organization", text(&data["organization_id"]));
    }
    let title = words.replace(['.', '_'], " ");
    let mut letters = title.chars();
    let title = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    (title, lines)
}

fn discord(kind: EventType, data: &Value) -> Value {
    let (title, lines) = summary(kind, data);
    let fields: Vec<_> = lines
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value, "inline": true}))
        .collect();
    json!({
        "content": title,
        "embeds": [{"title": title, "description": kind, "fields": fields, "footer": {"text": "Till"}}],
    })
}

fn slack(kind: EventType, data: &Value) -> Value {
    let (title, lines) = summary(kind, data);
    let fields: Vec<_> = lines
        .iter()
        .map(|(name, value)| json!({"type": "mrkdwn", "text": format!("*{name}*\n{}", mrkdwn(value))}))
        .collect();
    let mut section =
        json!({"type": "section", "text": {"type": "mrkdwn", "text": format!("*{title}*")}});
    if !fields.is_empty() {
        section["fields"] = Value::Array(fields);
    }
    json!({
        "text": title,
        "blocks": [section, {"type": "context", "elements": [{"type": "mrkdwn", "text": "Till"}]}],
    })
}

/// Slack reads these three characters as markup.
fn mrkdwn(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

impl Subscribers {
    /// True where anybody asked for this type.
    pub fn has_subscriber(&self, kind: EventType) -> bool {
        self.subscribed(kind).next().is_some()
    }
}

/// Facts that the journal says with its entries.
impl Changes {
    /// Notes a fact with the last entry of the journal, or with the next one where there is none yet.
    pub fn note(&mut self, fact: Fact) -> &mut Self {
        let column = |name| {
            JournalEntry::COLUMNS
                .iter()
                .position(|column| *column == name)
        };
        let last = self.writes.iter_mut().rev().find_map(|write| match write {
            Write::Insert { table, values, .. } if *table == JournalEntry::TABLE => {
                column("facts").and_then(|at| values.get_mut(at))
            }
            _ => None,
        });
        let Some(cell) = last else {
            self.facts.push(fact);
            return self;
        };
        let mut facts =
            Option::<Json<Vec<Fact>>>::from_value(std::mem::replace(cell, values::Value::Null))
                .ok()
                .flatten()
                .unwrap_or_default();
        facts.0.push(fact);
        *cell = facts.to_value();
        self
    }

    /// Facts that wait for the journal's next entry.
    fn take_facts(&mut self) -> Option<Json<Vec<Fact>>> {
        let facts = std::mem::take(&mut self.facts);
        (!facts.is_empty()).then_some(Json(facts))
    }

    /// Notes another product of a subscription.
    pub fn note_product(&mut self, old: &Subscription, new: &Subscription) -> &mut Self {
        if old.product_id == new.product_id {
            return self;
        }
        self.note(Fact::ProductChanged {
            subscription_id: new.id,
            old: old.product_id,
            new: new.product_id,
        })
    }

    /// Notes the fields of a customer that changed, of those that are told: with the entry that was just written.
    pub fn note_customer(&mut self, old: &Customer, new: &Customer) -> &mut Self {
        let fields = [
            ("name", old.name != new.name),
            ("billing_name", old.billing_name != new.billing_name),
            ("email", old.email != new.email),
            (
                "billing_address",
                old.billing_address != new.billing_address,
            ),
            ("tax_id", old.tax_id != new.tax_id),
            ("metadata", old.metadata != new.metadata),
        ];
        let changed = fields.into_iter().filter(|(_, changed)| *changed);
        let fields: Vec<String> = changed.map(|(name, _)| name.to_owned()).collect();
        match fields.is_empty() {
            true => self,
            false => self.note(Fact::CustomerChanged { fields }),
        }
    }
}
