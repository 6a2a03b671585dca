//! Home: how the shop does, the latest orders, and for a new shop what to do next.

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::State, routing::get};
use jiff::civil::Date;
use till_core::history::Stretch;
use till_store::{Figures, Progress};
use till_wire::{money::Currency, orders::Order};

use super::{
    Answer,
    chart::Chart,
    listing::{Asked, Column, Empty, Listing, Row, thousands},
    parts::{Cell, money},
    shell::{Area, Shell, Way},
    show,
};
use crate::{
    api,
    app::App,
    error::ApiError,
    extract::{Access, Desk, Params, scope},
    web::Page,
};

/// The page.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/dashboard/{shop}", get(home))
}

#[derive(Debug, Template)]
#[template(path = "desk/home.html")]
struct HomePage {
    shell: Shell,
    stretches: Vec<Way>,
    /// Name and total.
    totals: Vec<(String, String)>,
    charts: Vec<Chart>,
    orders: Listing,
    /// Empty once all is done.
    steps: Vec<Step>,
}

impl Page for HomePage {
    fn picture(&self) -> Option<&str> {
        self.shell.logo()
    }
}

/// Something to do in a new shop; it ticks itself off.
#[derive(Debug)]
struct Step {
    done: bool,
    words: &'static str,
    why: &'static str,
    href: String,
}

async fn home(
    State(app): State<Arc<App>>,
    desk: Desk<scope::OrdersRead>,
    asked: Asked,
) -> Answer {
    let stretch = asked
        .get("stretch")
        .and_then(|word| word.parse().ok())
        .unwrap_or(Stretch::Month);
    let now = app.clock.now();
    let boundaries = stretch.boundaries(now, &desk.zone);
    let organization = &desk.caller.organization;
    let newest = Params::parse("limit=5");
    let orders = api::orders::list(State(app.clone()), desk.caller.clone(), newest);
    let (figures, progress) = tokio::try_join!(
        app.store.figures(organization.id, &boundaries),
        app.store.progress(organization.id),
    )
    .map_err(ApiError::from)?;
    let orders = latest(&desk, &asked, orders.await?.0);
    let days = stretch.days(now, &desk.zone);
    let currency = busiest(&figures).unwrap_or(organization.default_currency);
    show(&HomePage {
        stretches: stretches(&desk, stretch),
        totals: totals(&figures, organization.default_currency),
        charts: charts(&figures, &days, stretch, currency),
        orders,
        steps: steps(&desk, &progress),
        shell: Shell::new(&desk, Area::Home, "Home"),
    })
}

fn stretches<A: Access>(desk: &Desk<A>, here: Stretch) -> Vec<Way> {
    Stretch::ALL
        .iter()
        .map(|one| {
            let words = match one {
                Stretch::Week => "7 days",
                Stretch::Month => "30 days",
                Stretch::Quarter => "90 days",
                Stretch::Year => "12 months",
            };
            Way::tab(words, desk.path(&format!("?stretch={one}")), *one == here)
        })
        .collect()
}

/// The currency in which most was sold.
fn busiest(figures: &[Figures]) -> Option<Currency> {
    let mut counts = std::collections::BTreeMap::new();
    for (currency, sales) in figures.iter().flat_map(|one| &one.sales) {
        *counts.entry(*currency).or_insert(0) += sales.orders;
    }
    counts.into_iter().max_by_key(|(_, orders)| *orders).map(|(currency, _)| currency)
}

/// The share of sessions that succeeded, in per mille; none without sessions.
fn conversion(sessions: i64, succeeded: i64) -> Option<i64> {
    (sessions > 0).then(|| succeeded * 1000 / sessions)
}

fn percent(per_mille: Option<i64>) -> String {
    match per_mille {
        Some(n) => format!("{}.{} %", n / 10, n % 10),
        None => "–".to_owned(),
    }
}

fn totals(figures: &[Figures], default: Currency) -> Vec<(String, String)> {
    let mut revenue = std::collections::BTreeMap::new();
    for (currency, sales) in figures.iter().flat_map(|one| &one.sales) {
        *revenue.entry(*currency).or_insert(0) += sales.revenue;
    }
    if revenue.is_empty() {
        revenue.insert(default, 0);
    }
    let revenue: Vec<_> = revenue
        .into_iter()
        .map(|(currency, minor)| money(minor, currency))
        .collect();
    let sum = |of: fn(&Figures) -> i64| figures.iter().map(of).sum::<i64>();
    let (sessions, succeeded) = (sum(|one| one.sessions), sum(|one| one.succeeded));
    vec![
        ("Revenue".to_owned(), revenue.join(" + ")),
        ("Orders".to_owned(), thousands(sum(Figures::orders))),
        ("Sessions".to_owned(), thousands(sessions)),
        (
            "Conversion".to_owned(),
            percent(conversion(sessions, succeeded)),
        ),
    ]
}

fn latest<A: Access>(
    desk: &Desk<A>,
    asked: &Asked,
    orders: till_wire::page::Page<Order>,
) -> Listing {
    let columns = vec![
        Column::new("Customer"),
        Column::new("Product"),
        Column::number("Amount"),
        Column::new("Date"),
    ];
    let empty = Empty {
        words: "The first order will stand here.",
        step: None,
    };
    let row = |order: &Order| {
        Row::new(vec![
            Cell::link(
                desk.path(&format!("/orders/{}", order.id)),
                order.customer.email(),
            ),
            Cell::Text(order.description.clone()),
            Cell::money(order.total_amount, order.currency),
            Cell::time(order.created_at, &desk.zone),
        ])
    };
    let items = till_wire::page::Page::new(orders.items, 0, 1);
    Listing::of(asked.clone(), "Latest orders", columns, &items, row, empty)
}

fn steps<A: Access>(desk: &Desk<A>, progress: &Progress) -> Vec<Step> {
    let step = |done, words, why, path: &str| Step {
        done,
        words,
        why,
        href: desk.path(path),
    };
    let steps = vec![
        step(
            progress.product,
            "Create a product",
            "What you sell, and what it costs.",
            "/products/new",
        ),
        step(
            progress.session,
            "Make a checkout session",
            "From a product's menu, or with the program that stands beside it.",
            "/products",
        ),
        step(
            progress.order,
            "Pay it",
            "With the test card 4242 4242 4242 4242 while this is the sandbox.",
            "/checkouts",
        ),
        step(
            progress.token,
            "Create an access token",
            "Your program makes sessions with it.",
            "/developers/tokens",
        ),
        step(
            progress.endpoint,
            "Add a webhook endpoint",
            "Your program is told when somebody has paid.",
            "/developers/webhooks",
        ),
    ];
    match steps.iter().all(|step| step.done) {
        true => Vec::new(),
        false => steps,
    }
}
