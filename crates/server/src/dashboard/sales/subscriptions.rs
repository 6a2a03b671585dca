//! Subscriptions: what is paid again and again.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_wire::{
    orders::Order,
    page::Page,
    subscriptions::{Subscription, SubscriptionBase, SubscriptionStatus},
};
use uuid::Uuid;

use super::per_period;
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        answers::answers,
        buyers::{self, Buyers},
        detail::{Fact, Part},
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        resource_pages::{Listed, Related, ResourcePages, SUBSCRIPTIONS, amount, list_routes},
        sales, show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
    table::typed,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Subscription>(get(detail))
}

impl Listed for Subscription {
    type Read = scope::SubscriptionsRead;

    const PAGES: ResourcePages = SUBSCRIPTIONS;
    const EMPTY: &'static str =
        "No one has subscribed yet. A subscription begins when someone buys a recurring product.";
    const MOMENTS: Option<(&'static str, &'static str)> = Some(("started_after", "started_before"));
    const BY_PRODUCT: bool = true;
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

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
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
            Filter::choice(query, "cancel_at_period_end", "Cancellation", "Any", ends),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Product"),
            Column::new("Customer"),
            Column::number("Amount"),
            Column::new("Status"),
            Column::new("Started").by("started_at"),
            Column::new("Period ends"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            Cell::link(self.path(viewer), &self.product.base.name),
            buyers::customer(viewer, &self.customer),
            Cell::Money(price(&self.base)),
            state(&self.base),
            Cell::time_or_nothing(self.base.started_at, &viewer.zone),
            Cell::time(self.base.current_period_end, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let orders = format!("/orders?subscription_id={}", self.base.id);
        let copy = |label, id: Uuid| MenuItem::Copy(label, id.to_string());
        Menu {
            name: format!("{} of {}", self.product.base.name, self.customer.email),
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
            typed(&self.customer.email),
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
    match base.cancel_at_period_end && base.ended_at.is_none() {
        true => Cell::toned("ends after this period", Tone::Busy),
        false => Cell::state(base.status.as_str()),
    }
}

/// What happens at the end of the period.
fn renewal(base: &SubscriptionBase) -> Cell {
    match base.ended_at.or(base.ends_at) {
        Some(_) => Cell::Empty,
        None => Cell::Text("Till does not charge renewals yet.".to_owned()),
    }
}

async fn detail(dashboard: Dashboard<scope::SubscriptionsRead>, PathId(id): PathId) -> Answer {
    let one = actions::subscriptions::get(&dashboard.caller, id).await?;
    let orders = Related::<Order>::find(&dashboard, ("subscription_id", id)).await?;
    let mut subjects = vec![id];
    subjects.extend(one.base.checkout_id);
    subjects.extend(orders.iter().flat_map(Related::ids));
    let mut parts = vec![about(&dashboard, &one), schedule(&dashboard, &one.base)];
    parts.extend(orders.map(|some| some.part(&dashboard, "It has no orders yet.")));
    parts.extend(answers(&dashboard, &one.base.custom_field_data).await?);
    parts.extend(crate::dashboard::metadata(&one.base.metadata));
    parts.push(timeline(&dashboard, subjects).await?);
    show(&one.detail(&dashboard, state(&one.base), parts))
}

fn about(viewer: &Viewer, one: &Subscription) -> Part {
    let discount = one.discount.as_ref().map(|d| d.brief.name.clone());
    Part::Facts(
        "Subscription",
        vec![
            Fact::new("Subscription ID", Cell::Code(one.base.id.to_string())),
            Fact::new("Status", Cell::Text(sentence(one.base.status.as_str()))),
            Fact::new("Amount", Cell::Money(price(&one.base))),
            Fact::new("Customer", buyers::customer(viewer, &one.customer)),
            Fact::new("Product", sales::product(viewer, &one.product.base)),
            Fact::new("Discount", Cell::text(discount)),
            Fact::new(
                "Checkout",
                sales::linked(viewer, "checkouts", one.base.checkout_id, "The session"),
            ),
        ],
    )
}

fn schedule(viewer: &Viewer, base: &SubscriptionBase) -> Part {
    let time = |at| Cell::time_or_nothing(at, &viewer.zone);
    let mut facts = vec![
        Fact::new("Started", time(base.started_at)),
        Fact::new("This period began", time(Some(base.current_period_start))),
        Fact::new("This period ends", time(Some(base.current_period_end))),
        Fact::new("Renewal", renewal(base)),
    ];
    let sometimes = [
        ("Trial began", base.trial_start),
        ("Trial ends", base.trial_end),
        ("Past due since", base.past_due_at),
        ("Cancelled", base.canceled_at),
        ("Ends", base.ends_at),
        ("Ended", base.ended_at),
    ];
    for (name, at) in sometimes {
        if at.is_some() {
            facts.push(Fact::new(name, time(at)));
        }
    }
    if let Some(reason) = &base.customer_cancellation_reason {
        facts.push(Fact::new("Reason", Cell::Text(sentence(reason.as_str()))));
    }
    if let Some(words) = &base.customer_cancellation_comment {
        facts.push(Fact::new(
            "The customer's comment",
            Cell::Text(words.clone()),
        ));
    }
    Part::Facts("Schedule", facts)
}
