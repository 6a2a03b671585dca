//! Checkout sessions: what they show and the decisions of their life (checkout.md 2–5).

mod agreed;
pub mod confirm;
pub mod expire;
pub mod fulfil;
pub mod open;
pub mod settle;
pub mod totals;
pub mod update;
mod view;

#[cfg(test)]
mod tests;

use till_wire::{checkouts::CheckoutStatus, events::EventType};

use crate::{
    at::At,
    change::Changes,
    event::Audience,
    products::Offered,
    records::{Checkout, Organization, ProductPrice},
    site::Site,
    tokens::SecretKey,
};

/// The job that fulfils a confirmed session.
pub const FULFIL_JOB: &str = "fulfil_checkout";
/// The job that finds out how an attempt ended.
pub const RECONCILE_JOB: &str = "reconcile_payment";

/// What every step of paying needs besides the session.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Who is told.
    pub audience: &'a Audience,
    /// Where the server is reached.
    pub site: &'a Site,
    /// Signs customer sessions.
    pub key: &'a SecretKey,
    /// The moment.
    pub at: &'a At,
}

/// A session with the rows its decisions and views need.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session.
    pub checkout: Checkout,
    /// Its merchant.
    pub organization: Organization,
    /// Its products, in the session's order.
    pub offered: Vec<Offered>,
}

impl Session {
    /// Brings the products into the session's order.
    pub fn new(checkout: Checkout, organization: Organization, offered: Vec<Offered>) -> Self {
        let mut session = Self {
            checkout,
            organization,
            offered,
        };
        let order = session.checkout.product_ids.0.clone();
        session
            .offered
            .sort_by_key(|o| order.iter().position(|id| *id == o.product.id));
        session
    }

    /// The same merchant and products with another row.
    pub fn with(&self, checkout: Checkout) -> Self {
        Self {
            checkout,
            ..self.clone()
        }
    }

    /// The selected product.
    pub fn selected(&self) -> &Offered {
        self.offered
            .iter()
            .find(|o| o.product.id == self.checkout.product_id)
            .expect("a session's product is one of its products")
    }

    /// The selected price, even when archived since.
    pub fn price(&self) -> &ProductPrice {
        self.selected()
            .prices
            .iter()
            .find(|p| p.id == self.checkout.price_id)
            .expect("a session's price belongs to its product")
    }

    /// The prices that make up the sum: those in use in the session's currency, or the selected one alone
    /// when it was archived since (what replaced it was not agreed to).
    pub fn prices(&self) -> Vec<&ProductPrice> {
        let selected = self.price();
        if selected.is_archived || selected.currency != self.checkout.currency {
            return vec![selected];
        }
        self.selected().active_in(selected.currency).collect()
    }

    /// What signals about this session are published under.
    pub fn topic(&self) -> String {
        topic(self.checkout.id)
    }
}

/// What signals about a session are published under.
pub fn topic(id: uuid::Uuid) -> String {
    format!("checkout:{id}")
}

/// One message of a session's event stream (checkout.md 4.9).
pub fn message(at: &At, key: &str, payload: serde_json::Value) -> String {
    serde_json::json!({"id": at.id(), "key": key, "payload": payload}).to_string()
}

impl Changes {
    /// Tells of a changed session: the webhook, and the buyer's open page (4.2-14).
    pub fn tell_checkout(
        &mut self,
        session: &Session,
        kind: EventType,
        audience: &Audience,
        site: &Site,
        at: &At,
    ) -> &mut Self {
        let id = session.checkout.id;
        self.emit(audience, at, kind, id, &session.merchant_view(site));
        if kind == EventType::CheckoutCreated {
            return self;
        }
        self.tell_page(id, "checkout.updated", session.checkout.status, at);
        // With nobody to deliver the plain event to, the page need not wait for its delivery.
        if kind == EventType::CheckoutUpdated && !audience.has_raw(EventType::CheckoutUpdated) {
            self.tell_page(
                id,
                "checkout.webhook_event_delivered",
                session.checkout.status,
                at,
            );
        }
        self
    }

    /// A status message to the buyer's open page.
    pub fn tell_page(
        &mut self,
        checkout_id: uuid::Uuid,
        key: &str,
        status: CheckoutStatus,
        at: &At,
    ) -> &mut Self {
        let created = matches!(
            key,
            "checkout.order_created" | "checkout.subscription_created"
        );
        let payload = if created {
            serde_json::json!({})
        } else {
            serde_json::json!({"status": status})
        };
        self.signal(topic(checkout_id), message(at, key, payload))
    }
}
