//! Checkout sessions: what they show and the decisions of their life (docs/behaviour/checkout.md).

pub mod choose;
pub mod confirm;
pub mod customer;
pub mod expire;
pub mod fulfil;
pub mod open;
pub mod outcome;
pub mod refresh;
pub mod totals;
pub mod update;
mod view;

#[cfg(test)]
pub(crate) mod tests;

use till_wire::{checkouts::CheckoutStatus, discounts::DiscountBase, events::EventType};
use uuid::Uuid;

use crate::{
    catalog::products::ProductWithPrices,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        job_request::Queue,
        jobs::JobKind,
        records::{Checkout, Discount, Meter, Organization, ProductPrice},
        tokens::SecretKey,
        urls::PublicUrls,
    },
    seats,
    tax::Taxes,
    terms::Agreed,
};

/// The job that fulfils a confirmed session.
pub const FULFIL_JOB: JobKind<Uuid> = JobKind::new("fulfil_checkout", Queue::Checkout);

/// Rows that every step of paying needs besides the session.
#[derive(Clone, Copy)]
pub struct CheckoutContext<'a> {
    /// The subscribers of its events.
    pub subscribers: &'a Subscribers,
    /// Address at which the server is reached.
    pub urls: &'a PublicUrls,
    /// Signs customer sessions.
    pub key: &'a SecretKey,
    /// Works out taxes.
    pub taxes: &'a dyn Taxes,
    /// The moment.
    pub ctx: &'a DecisionContext,
}

/// A session with the rows its decisions and views need.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session.
    pub checkout: Checkout,
    /// Its merchant.
    pub organization: Organization,
    /// Its products, in the session's order.
    pub offered: Vec<ProductWithPrices>,
    /// The discount it has, deleted or not.
    pub discount: Option<Discount>,
}

impl Session {
    /// Brings the products into the session's order.
    pub fn new(
        checkout: Checkout,
        organization: Organization,
        offered: Vec<ProductWithPrices>,
    ) -> Self {
        let mut session = Self {
            checkout,
            organization,
            offered,
            discount: None,
        };
        let order = session.checkout.product_ids.0.clone();
        session
            .offered
            .sort_by_key(|o| order.iter().position(|id| *id == o.product.id));
        session
    }

    /// Adds the prices that the session alone has, and the meters that they count with.
    pub fn with_own_prices(mut self, prices: Vec<ProductPrice>, meters: &[Meter]) -> Self {
        for price in prices {
            let product = |o: &&mut ProductWithPrices| o.product.id == price.product_id;
            if let Some(offered) = self.offered.iter_mut().find(product) {
                offered.add(price, meters);
            }
        }
        self
    }

    /// The same merchant and products with another row.
    pub fn with(&self, checkout: Checkout) -> Self {
        Self {
            checkout,
            ..self.clone()
        }
    }

    /// Terms and buyer that a confirmation now agrees to.
    pub fn agreed(&self) -> Agreed {
        Agreed {
            terms: self.checkout.terms.clone(),
            buyer: self.checkout.buyer.clone(),
        }
    }

    /// The selected product.
    pub fn selected(&self) -> &ProductWithPrices {
        self.offered
            .iter()
            .find(|o| o.product.id == self.checkout.terms.product_id)
            .expect("a session's product is one of its products")
    }

    /// Prices of a product in this session: its own prices where it has any, else those in use.
    pub fn list<'a>(&'a self, offered: &'a ProductWithPrices) -> Vec<&'a ProductPrice> {
        let mut own: Vec<_> = offered
            .prices
            .iter()
            .filter(|p| p.checkout_id == Some(self.checkout.id))
            .collect();
        own.sort_by_key(|p| p.position);
        if own.is_empty() {
            offered.active().collect()
        } else {
            own
        }
    }

    /// True where the selected product costs nothing, in any currency.
    pub fn is_free(&self) -> bool {
        self.list(self.selected())
            .iter()
            .all(|p| p.cost().is_free())
    }

    /// The selected price, even when archived since.
    pub fn price(&self) -> &ProductPrice {
        self.known(self.checkout.terms.price_id)
            .expect("a session's price belongs to its product")
    }

    /// The prices that make up the sum, even when archived since: what replaced them was not agreed to.
    pub fn prices(&self) -> Vec<&ProductPrice> {
        let ids = &self.checkout.terms.price_ids.0;
        if ids.is_empty() {
            return vec![self.price()];
        }
        ids.iter().filter_map(|id| self.known(*id)).collect()
    }

    /// True where a price that makes up the sum is archived (docs/behaviour: payment/archived-price).
    pub fn has_archived_prices(&self) -> bool {
        self.price().is_archived || self.prices().iter().any(|p| p.is_archived)
    }

    /// Seats that may be bought at the session's current prices: within the session's own bounds, as far
    /// as the product they were made for and the one selected now have any number in common.
    pub fn seat_range(&self) -> Option<seats::Range> {
        let row = &self.checkout;
        let listed = self.list(self.selected());
        let own = listed
            .into_iter()
            .filter(|p| p.currency == row.terms.currency);
        let sold = seats::range(own.chain(self.prices()))?;
        let both = sold.within(row.min_seats, row.max_seats);
        Some(if both.is_empty() { sold } else { both })
    }

    /// Its discount as orders and subscriptions show it.
    pub fn discount_base(&self) -> Option<DiscountBase> {
        let default = self.organization.default_currency;
        self.discount.as_ref().map(|d| d.base(default))
    }

    fn known(&self, id: Uuid) -> Option<&ProductPrice> {
        self.selected().prices.iter().find(|p| p.id == id)
    }

    /// Name under which signals about this session are published.
    pub fn topic(&self) -> String {
        topic(self.checkout.id)
    }
}

/// Name under which signals about a session are published.
pub fn topic(id: Uuid) -> String {
    format!("checkout:{id}")
}

/// One message of a session's event stream (docs/behaviour: checkout/stream).
pub fn message(ctx: &DecisionContext, key: &str, payload: serde_json::Value) -> String {
    serde_json::json!({"id": ctx.id(), "key": key, "payload": payload}).to_string()
}

impl Changes {
    /// Tells of a changed session: the webhook, and the buyer's open page.
    pub fn emit_checkout(
        &mut self,
        session: &Session,
        kind: EventType,
        subscribers: &Subscribers,
        urls: &PublicUrls,
        ctx: &DecisionContext,
    ) -> &mut Self {
        let id = session.checkout.id;
        self.emit(subscribers, ctx, kind, id, || session.merchant_view(urls));
        if kind == EventType::CheckoutCreated {
            return self;
        }
        self.notify_page(id, "checkout.updated", session.checkout.status, ctx);
        // With nobody to deliver the plain event to, the page need not wait for its delivery
        // (docs/behaviour: checkout/nobody-to-wait-for).
        if kind == EventType::CheckoutUpdated && !subscribers.has_raw(EventType::CheckoutUpdated) {
            self.notify_page(
                id,
                "checkout.webhook_event_delivered",
                session.checkout.status,
                ctx,
            );
        }
        self
    }

    /// A status message to the buyer's open page.
    pub fn notify_page(
        &mut self,
        checkout_id: Uuid,
        key: &str,
        status: CheckoutStatus,
        ctx: &DecisionContext,
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
        self.signal(topic(checkout_id), message(ctx, key, payload))
    }
}
