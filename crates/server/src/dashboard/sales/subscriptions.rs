//! Subscriptions: what is paid again and again.

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    page::Page as Items,
    subscriptions::{Subscription, SubscriptionBase, SubscriptionStatus},
};
use uuid::Uuid;

use super::{Related, orders, per_period};
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        detail::{DetailPage, Fact, Part},
        download::{self, File, Line, amount},
        layout::{Area, Layout},
        listing::{Column, Empty, Filter, ListPage, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        sales, show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Access, Caller, PathId, scope},
    table::typed,
};

/// The API's parameters for the moments between which subscriptions began.
const STARTED: (&str, &str) = ("started_after", "started_before");

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/subscriptions", get(list))
        .route("/dashboard/{shop}/subscriptions.csv", get(csv))
        .route("/dashboard/{shop}/subscriptions/{id}", get(detail))
}

async fn list(dashboard: Dashboard<scope::SubscriptionsRead>, mut query: ListingQuery) -> Answer {
    let find = |params| actions::subscriptions::list(&dashboard.caller, params);
    let page = query.load(STARTED, &dashboard.zone, find).await?;
    let ends = [("true", "Ends with its period"), ("false", "Goes on")];
    let filters = [
        Filter::search(&query, "Search by customer"),
        Filter::words::<SubscriptionStatus>(&query, "status", "Status", "Any status"),
        Filter::choice(&query, "cancel_at_period_end", "Renewal", "Any", ends),
    ];
    let product = sales::products(&dashboard, &query).await?;
    let days = Filter::days(&query);
    let empty = Empty {
        words: "Nobody has subscribed yet. A subscription begins when somebody buys a recurring product.",
        step: Some(("Choose a product to sell", dashboard.path("/products"))),
    };
    let list = table(&dashboard, query, &page, empty)
        .filters(filters.into_iter().chain(product).chain(days))
        .csv(&dashboard.path("/subscriptions.csv"));
    show(&ListPage {
        layout: Layout::new(&dashboard, Area::Subscriptions, "Subscriptions"),
        action: None,
        list,
    })
}

/// A list of subscriptions.
pub fn table<A>(
    dashboard: &Dashboard<A>,
    query: ListingQuery,
    page: &Items<Subscription>,
    empty: Empty,
) -> Listing {
    let columns = vec![
        Column::new("Product"),
        Column::new("Customer"),
        Column::number("Amount"),
        Column::new("Status"),
        Column::new("Started").by("started_at"),
        Column::new("Renews"),
    ];
    let row = |one: &Subscription| {
        Row::new(vec![
            Cell::link(path(dashboard, one), &one.product.base.name),
            sales::customer(dashboard, &one.customer),
            Cell::Money(price(&one.base)),
            state(&one.base),
            Cell::time_or_nothing(one.base.started_at, &dashboard.zone),
            renews(dashboard, &one.base),
        ])
        .menu(menu(dashboard, one))
    };
    Listing::of(query, "Subscriptions", columns, page, row, empty)
}

fn path<A>(dashboard: &Dashboard<A>, one: &Subscription) -> String {
    dashboard.path(&format!("/subscriptions/{}", one.base.id))
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
        true => Cell::toned("ends with its period", Tone::Busy),
        false => Cell::state(base.status.as_str()),
    }
}

/// When money is next asked for, or that it is not.
fn renews<A>(dashboard: &Dashboard<A>, base: &SubscriptionBase) -> Cell {
    let ends = base.ended_at.or(base.ends_at);
    match ends {
        Some(_) => Cell::Empty,
        None => Cell::time(base.current_period_end, &dashboard.zone),
    }
}

fn menu<A>(dashboard: &Dashboard<A>, one: &Subscription) -> Menu {
    let orders = format!("/orders?subscription_id={}", one.base.id);
    let copy = |label, id: Uuid| MenuItem::Copy(label, id.to_string());
    Menu {
        name: format!("{} of {}", one.product.base.name, one.customer.email),
        items: vec![
            MenuItem::Link("Open", path(dashboard, one)),
            MenuItem::Link("Its orders", dashboard.path(&orders)),
            MenuItem::Separator,
            copy("Copy Subscription ID", one.base.id),
            copy("Copy Customer ID", one.base.customer_id),
        ],
    }
}

/// The subscriptions of which `key` is this id.
pub async fn of<A: Access>(
    dashboard: &Dashboard<A>,
    key: (&str, Uuid),
) -> Result<Option<Related<Subscription>>> {
    Related::find(
        dashboard,
        "subscriptions",
        key,
        actions::subscriptions::list,
    )
    .await
}

/// A part of another page: its subscriptions.
pub fn part<A>(
    dashboard: &Dashboard<A>,
    related: Related<Subscription>,
    words: &'static str,
) -> Part {
    Part::List(
        "Subscriptions",
        table(dashboard, related.query, &related.items, sales::none(words)).part(),
    )
}

const FILE: File = File {
    name: "subscriptions.csv",
    columns: &[
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
    ],
    moments: STARTED,
};

async fn csv(dashboard: Dashboard<scope::SubscriptionsRead>, query: ListingQuery) -> Answer {
    let list = move |caller: Caller<_>, params| async move {
        let page = actions::subscriptions::list(&caller, params).await?;
        Ok(page.items.iter().map(line).collect())
    };
    download::send(FILE, query, &dashboard, list).await
}

fn line(one: &Subscription) -> Line {
    let base = &one.base;
    let text = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
    let at = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let [minor, major] = amount(base.amount, base.currency);
    let checkout = base.checkout_id.map(|id| id.to_string());
    Line {
        id: base.id,
        at: base.started_at,
        cells: vec![
            base.id.to_string(),
            base.created_at.to_string(),
            at(base.started_at),
            base.status.to_string(),
            base.customer_id.to_string(),
            text(&one.customer.external_id),
            typed(&one.customer.email),
            text(&one.customer.name),
            base.product_id.to_string(),
            typed(&one.product.base.name),
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
        ],
    }
}

async fn detail(dashboard: Dashboard<scope::SubscriptionsRead>, PathId(id): PathId) -> Answer {
    let one = actions::subscriptions::get(&dashboard.caller, id).await?;
    let orders = orders::of(&dashboard, ("subscription_id", id)).await?;
    let mut subjects = vec![id];
    subjects.extend(one.base.checkout_id);
    subjects.extend(sales::ids(orders.as_ref(), |order| order.id));
    let mut parts = vec![about(&dashboard, &one), schedule(&dashboard, &one.base)];
    parts.extend(orders.map(|found| orders::part(&dashboard, found, "It has no orders yet.")));
    parts.extend(crate::dashboard::answers(&one.base.custom_field_data));
    parts.extend(crate::dashboard::metadata(&one.base.metadata));
    parts.push(timeline(&dashboard, subjects).await?);
    let (who, _) = sales::called(&one.customer);
    let title = format!("{}: {who}", one.product.base.name);
    show(&DetailPage {
        layout: Layout::new(&dashboard, Area::Subscriptions, title)
            .back("Subscriptions", dashboard.path("/subscriptions")),
        state: state(&one.base),
        actions: Vec::new(),
        menu: Some(menu(&dashboard, &one)),
        parts,
    })
}

fn about<A>(dashboard: &Dashboard<A>, one: &Subscription) -> Part {
    let discount = one.discount.as_ref().map(|d| d.brief.name.clone());
    Part::Facts(
        "Subscription",
        vec![
            Fact::new("Subscription ID", Cell::Code(one.base.id.to_string())),
            Fact::new("Status", Cell::Text(sentence(one.base.status.as_str()))),
            Fact::new("Amount", Cell::Money(price(&one.base))),
            Fact::new("Customer", sales::customer(dashboard, &one.customer)),
            Fact::new("Product", sales::product(dashboard, &one.product.base)),
            Fact::new("Discount", Cell::text(discount)),
            Fact::new(
                "Checkout",
                sales::linked(dashboard, "checkouts", one.base.checkout_id, "The session"),
            ),
        ],
    )
}

fn schedule<A>(dashboard: &Dashboard<A>, base: &SubscriptionBase) -> Part {
    let time = |at| Cell::time_or_nothing(at, &dashboard.zone);
    let mut facts = vec![
        Fact::new("Started", time(base.started_at)),
        Fact::new("This period began", time(Some(base.current_period_start))),
        Fact::new("This period ends", time(Some(base.current_period_end))),
        Fact::new("Renews", renews(dashboard, base)),
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
        facts.push(Fact::new("Why", Cell::Text(sentence(reason))));
    }
    if let Some(words) = &base.customer_cancellation_comment {
        facts.push(Fact::new("The customer's words", Cell::Text(words.clone())));
    }
    Part::Facts("Schedule", facts)
}
