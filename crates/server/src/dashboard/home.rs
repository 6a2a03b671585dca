//! Home: how the shop does, the latest orders, and for a new shop what to do next.

use std::sync::Arc;

use askama::Template;
use axum::{Router, routing::get};
use jiff::civil::Date;
use till_core::kernel::report_period::ReportPeriod;
use till_store::{Figures, Progress};
use till_wire::{money::Currency, orders::Order};

use super::{
    Answer,
    chart::{Chart, Form, Plan, Series, Unit, labels},
    layout::{Area, Layout, NavLink},
    listing::{Column, Empty, Listing, ListingQuery, Row, thousands},
    parts::{Cell, money},
    show,
};
use crate::{
    actions,
    app::App,
    dashboard::access::{Dashboard, Viewer},
    error::ApiError,
    http::{
        extract::{Params, scope},
        limits::cards::{self, Warning},
    },
    pages::Page,
};

/// The page.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/dashboard/{shop}", get(home))
}

#[derive(Debug, Template)]
#[template(path = "dashboard/home.html")]
struct HomePage {
    layout: Layout,
    /// A warning, in a sentence or two.
    warning: Option<&'static str>,
    periods: Vec<NavLink>,
    /// Name and total.
    totals: Vec<(String, String)>,
    charts: Vec<Chart>,
    orders: Listing,
    /// Empty once all is done.
    steps: Vec<Step>,
}

impl Page for HomePage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
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

async fn home(dashboard: Dashboard<scope::OrdersRead>, query: ListingQuery) -> Answer {
    let app = &dashboard.app;
    let period = query
        .get("stretch")
        .and_then(|word| word.parse().ok())
        .unwrap_or(ReportPeriod::Month);
    let now = app.clock.now();
    let boundaries = period.boundaries(now, &dashboard.zone);
    let organization = &dashboard.organization;
    let newest = Params::parse("limit=5");
    let orders = actions::orders::list(&dashboard.caller, newest);
    let (figures, progress, warning) = tokio::try_join!(
        async { Ok::<_, ApiError>(app.store.figures(organization.id, &boundaries).await?) },
        async { Ok(app.store.progress(organization.id).await?) },
        cards::warning(app, organization.id),
    )?;
    let orders = latest(&dashboard, orders.await?);
    let days = period.days(now, &dashboard.zone);
    let currency = busiest(&figures).unwrap_or(organization.default_currency);
    show(&HomePage {
        warning: warning.map(Warning::words),
        periods: periods(&dashboard, period),
        totals: totals(&figures, organization.default_currency),
        charts: charts(&figures, &days, period, currency),
        orders,
        steps: steps(&dashboard, &progress),
        layout: Layout::new(&dashboard, Area::Home, "Home"),
    })
}

fn periods(viewer: &Viewer, here: ReportPeriod) -> Vec<NavLink> {
    ReportPeriod::ALL
        .iter()
        .map(|one| {
            let words = match one {
                ReportPeriod::Week => "7 days",
                ReportPeriod::Month => "30 days",
                ReportPeriod::Quarter => "90 days",
                ReportPeriod::Year => "12 months",
            };
            NavLink::tab(words, viewer.path(&format!("?stretch={one}")), *one == here)
        })
        .collect()
}

/// The currency in which most was sold.
fn busiest(figures: &[Figures]) -> Option<Currency> {
    let mut counts = std::collections::BTreeMap::new();
    for (currency, sales) in figures.iter().flat_map(|one| &one.sales) {
        *counts.entry(*currency).or_insert(0) += sales.orders;
    }
    counts
        .into_iter()
        .max_by_key(|(_, orders)| *orders)
        .map(|(currency, _)| currency)
}

/// The share of sessions that succeeded, in hundredths of a percent; none without sessions.
fn conversion(sessions: i64, succeeded: i64) -> Option<i64> {
    (sessions > 0).then(|| succeeded * 10_000 / sessions)
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
            conversion(sessions, succeeded)
                .map_or_else(|| "–".to_owned(), |share| Unit::Percent.words(share)),
        ),
    ]
}

/// Revenue in one currency, orders, and the share of sessions that were paid.
fn charts(
    figures: &[Figures],
    days: &[Date],
    period: ReportPeriod,
    currency: Currency,
) -> Vec<Chart> {
    let revenue = |one: &Figures| one.sales.get(&currency).map_or(0, |sales| sales.revenue);
    let share = |one: &Figures| conversion(one.sessions, one.succeeded).unwrap_or(0);
    let code = currency.as_str().to_uppercase();
    let labels = labels(period, days);
    let when = match period {
        ReportPeriod::Year => "Month",
        _ => "Day",
    };
    let chart = |id, title: &str, description: &str, values: Vec<i64>, unit| {
        Chart::new(Plan {
            id,
            title: title.to_owned(),
            description: description.to_owned(),
            headline: None,
            when,
            labels: labels.clone(),
            series: vec![Series {
                name: title.to_owned(),
                values,
            }],
            unit,
            form: match unit {
                Unit::Percent => Form::Line,
                _ => Form::Bars,
            },
        })
    };
    vec![
        chart(
            "revenue",
            &format!("Revenue in {code}"),
            "What was paid, after discounts and without tax.",
            figures.iter().map(revenue).collect(),
            Unit::Money(currency),
        ),
        chart(
            "orders",
            "Orders",
            "Paid orders in all currencies.",
            figures.iter().map(Figures::orders).collect(),
            Unit::Count,
        ),
        chart(
            "conversion",
            "Conversion",
            "The share of checkout sessions that succeeded.",
            figures.iter().map(share).collect(),
            Unit::Percent,
        ),
    ]
}

fn latest(viewer: &Viewer, orders: till_wire::page::Page<Order>) -> Listing {
    let columns = vec![
        Column::new("Customer"),
        Column::new("Product"),
        Column::number("Amount"),
        Column::new("Date"),
    ];
    let empty = Empty {
        words: "Your first order will appear here.",
        step: None,
    };
    let row = |order: &Order| {
        Row::new(vec![
            Cell::link(
                viewer.path(&format!("/orders/{}", order.id)),
                order.customer.email.clone(),
            ),
            Cell::Text(order.description.clone()),
            Cell::money(order.total_amount, order.currency),
            Cell::time(order.created_at, &viewer.zone),
        ])
    };
    let all = ListingQuery::new(&viewer.path("/orders"), "limit=5");
    Listing::of(all, "Latest orders", columns, &orders, row, empty).part()
}

fn steps(viewer: &Viewer, progress: &Progress) -> Vec<Step> {
    let step = |done, words, why, path: &str| Step {
        done,
        words,
        why,
        href: viewer.path(path),
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
            "From a product's menu, or with the program shown there.",
            "/products",
        ),
        step(
            progress.order,
            "Pay it",
            "With the test card 4242 4242 4242 4242, in the sandbox.",
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
