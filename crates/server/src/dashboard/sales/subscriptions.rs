//! Subscriptions: what is paid again and again.

mod change;
mod fields;
mod flow;
mod page;
mod preview;

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_wire::{
    page::Page,
    subscriptions::{Subscription, SubscriptionBase, SubscriptionStatus},
};
use uuid::Uuid;

use super::{per_period, seats};
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        access::Viewer,
        buyers::{self, Buyers},
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem, Tone, day, sentence},
        resource_pages::{By, Listed, ResourcePages, SELL, SUBSCRIPTIONS, amount, list_routes},
    },
    error::Result,
    http::extract::{Caller, Params, scope},
    table::{typed, typed_or_empty},
};

/// The API's filter by cancellation.
const CANCELLING: &str = "cancel_at_period_end";
/// The statuses of subscriptions that have not ended.
const LIVING: [SubscriptionStatus; 4] = [
    SubscriptionStatus::Trialing,
    SubscriptionStatus::Active,
    SubscriptionStatus::PastDue,
    SubscriptionStatus::Paused,
];

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Subscription>(get(page::detail))
        .merge(flow::routes())
        .merge(seats::routes(seats::Of::Subscription))
}

impl Listed for Subscription {
    type Read = scope::SubscriptionsRead;

    const PAGES: ResourcePages = SUBSCRIPTIONS;
    const EMPTY: &'static str =
        "No one has subscribed yet. A subscription begins when someone buys a recurring product.";
    const STEP: Option<(&'static str, &'static str)> = Some(SELL);
    const MOMENTS: Option<(&'static str, &'static str)> = Some(("started_after", "started_before"));
    const BY: &'static [By] = &[By::Product];
    const CSV: &'static [&'static str] = &[
        "ID",
        "Created At",
        "Started At",
        "Status",
        "Customer ID",
        "Customer External ID",
        "Customer Email",
        "Customer Name",
        "Product ID",
        "Product Name",
        "Currency",
        "Amount (minor units)",
        "Amount",
        "Interval",
        "Interval Count",
        "Current Period Start",
        "Current Period End",
        "Cancel At Period End",
        "Canceled At",
        "Ends At",
        "Ended At",
        "Checkout ID",
        "Metadata",
    ];

    fn id(&self) -> Uuid {
        self.base.id
    }

    fn name(&self) -> String {
        let (who, _) = buyers::called(&self.customer);
        format!("{}: {who}", self.product.base.name)
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::subscriptions::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, mut params: Params) -> Result<Page<Self>> {
        // One that has ended keeps the mark of its cancellation, but is not about to end.
        if params.has(CANCELLING) && !params.has("status") {
            for status in LIVING {
                params.add("status", status.as_str());
            }
        }
        actions::subscriptions::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        use SubscriptionStatus::{Active, Canceled, PastDue, Paused, Trialing};
        // The other statuses are kept for older clients: no subscription has them.
        let statuses = [Trialing, Active, PastDue, Paused, Canceled];
        let statuses = statuses.map(|one| (one.as_str(), sentence(one.as_str())));
        let ends = [("true", "Cancelling"), ("false", "Not cancelling")];
        vec![
            Filter::search(query, "Search by customer"),
            Filter::choice(query, "status", "Status", "Any status", statuses),
            Filter::choice(query, CANCELLING, "Cancellation", "Any", ends),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Product"),
            Column::new("Customer"),
            Column::number("Amount"),
            Column::new("Status"),
            Column::new("Started").by("started_at"),
            Column::new("Next"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            Cell::link(self.path(viewer), &self.product.base.name),
            buyers::customer(viewer, &self.customer),
            Cell::Money(price(&self.base)),
            state(&self.base),
            Cell::time_or_nothing(self.base.started_at, &viewer.zone),
            next(viewer, &self.base),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let orders = format!("/orders?subscription_id={}", self.base.id);
        let copy = |label, id: Uuid| MenuItem::Copy(label, id.to_string());
        Menu {
            name: format!(
                "{} of {}",
                self.product.base.name,
                buyers::address(&self.customer)
            ),
            items: vec![
                MenuItem::Link("Open", self.path(viewer)),
                MenuItem::Link("Its orders", viewer.path(&orders)),
                MenuItem::Separator,
                copy("Copy Subscription ID", self.base.id),
                copy("Copy Customer ID", self.base.customer_id),
            ],
        }
    }

    fn made_at(&self) -> Option<Timestamp> {
        self.base.started_at
    }

    fn line(&self, _: &Buyers) -> Vec<String> {
        let base = &self.base;
        let text = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
        let at = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let [minor, major] = amount(base.amount, base.currency);
        let checkout = base.checkout_id.map(|id| id.to_string());
        vec![
            base.id.to_string(),
            base.created_at.to_string(),
            at(base.started_at),
            base.status.to_string(),
            base.customer_id.to_string(),
            text(&self.customer.external_id),
            typed_or_empty(self.customer.email.as_deref()),
            text(&self.customer.name),
            base.product_id.to_string(),
            typed(&self.product.base.name),
            base.currency.to_string(),
            minor,
            major,
            base.recurring_interval.to_string(),
            base.recurring_interval_count.to_string(),
            base.current_period_start.to_string(),
            base.current_period_end.to_string(),
            base.cancel_at_period_end.to_string(),
            at(base.canceled_at),
            at(base.ends_at),
            at(base.ended_at),
            checkout.unwrap_or_default(),
            free(&base.metadata),
        ]
    }
}

fn price(base: &SubscriptionBase) -> String {
    per_period(
        base.amount,
        base.currency,
        base.recurring_interval,
        base.recurring_interval_count,
    )
}

fn state(base: &SubscriptionBase) -> Cell {
    match base.ended_at {
        None if base.cancel_at_period_end => Cell::toned("cancelling", Tone::Busy),
        None if base.pause_at_period_end => Cell::toned("pausing", Tone::Busy),
        _ => Cell::state(base.status.as_str()),
    }
}

/// Next step, and its time, as the list shows it.
fn next(viewer: &Viewer, base: &SubscriptionBase) -> Cell {
    use SubscriptionStatus::{Paused, Trialing};
    let end = Some(base.current_period_end);
    let (words, at) = match (base.ended_at, base.status) {
        (Some(ended), _) => ("Ended", Some(ended)),
        (None, Paused) => ("Resumes", base.resumes_at),
        _ if base.cancel_at_period_end => ("Ends", end),
        _ if base.pause_at_period_end => ("Pauses", end),
        (None, Trialing) => ("Trial ends", end),
        _ => ("Renews", end),
    };
    match at {
        Some(at) => Cell::Noted(words.to_owned(), day(at, &viewer.zone)),
        None => Cell::Noted("Paused".to_owned(), "until resumed".to_owned()),
    }
}
