//! Home: how the shop does, the latest orders, and for a new shop what to do next.

mod recurring;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use askama::Template;
use axum::{Router, routing::get};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp, civil::Date};
use till_core::kernel::report_period::ReportPeriod;
use till_store::{FailingEndpoint, Figures, Progress, Recurring};
use till_wire::{money::Currency, orders::Order, page::Page};

use super::{
    Answer, buyers,
    chart::{Chart, Form, Label, Plan, Series, Unit, labels},
    layout::{Area, Layout, NavLink},
    listing::{Column, Empty, Listing, ListingQuery, Row, thousands},
    mail,
    parts::{Cell, money},
    show,
};
use crate::{
    actions,
    app::App,
    dashboard::{
        access::{Dashboard, Viewer},
        resource_pages::ENDPOINTS,
    },
    error::{ApiError, Result},
    http::{
        extract::{Params, scope},
        limits::cards::{self, Warning},
    },
    pages,
};

/// Deliveries that failed longer ago say nothing about an endpoint now.
const FAILING_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

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
    /// The address of the list of letters, where they are not simply sent.
    mailbox: Option<String>,
    /// Endpoints that take nothing.
    failing: Vec<Failing>,
    periods: Vec<NavLink>,
    /// Links to the figures in other currencies, where something was sold in several.
    currencies: Vec<NavLink>,
    sections: [Section; 2],
    /// None where they cannot be read.
    orders: Option<Listing>,
    /// Empty once all is done.
    steps: Vec<Step>,
}

impl pages::Page for HomePage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

/// An endpoint that takes nothing: its name, its page, and the consequence.
#[derive(Debug)]
struct Failing {
    name: String,
    href: String,
    words: &'static str,
}

/// Figures that belong together: their sums, and a chart of each.
#[derive(Debug)]
struct Section {
    title: &'static str,
    totals: Vec<Total>,
    charts: Vec<Chart>,
}

/// A sum of the period, and what it means.
#[derive(Debug)]
struct Total {
    name: &'static str,
    value: String,
    note: &'static str,
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
    let now = dashboard.now();
    let boundaries = period.boundaries(now, &dashboard.zone);
    let organization = &dashboard.organization;
    let newest = Params::parse("limit=5");
    let orders = actions::orders::list(&dashboard.caller, newest);
    let own = organization.id;
    let (figures, recurring, progress, warning, failing) = tokio::try_join!(
        async { Ok::<_, ApiError>(app.store.figures(own, &boundaries).await?) },
        async { Ok(app.store.recurring(own, &boundaries, now).await?) },
        async { Ok(app.store.progress(own).await?) },
        cards::warning(app, organization),
        failing(&dashboard, app.clock.now()),
    )?;
    let orders = readable(orders.await)?;
    let orders = orders.map(|orders| latest(&dashboard, &orders));
    let parts = Parts::new(period, &period.days(now, &dashboard.zone));
    let counts = by_currency(&figures, &recurring);
    let currency = query
        .get("currency")
        .and_then(|word| word.parse().ok())
        .or_else(|| busiest(&counts))
        .unwrap_or(organization.default_currency);
    let shown = Shown { period, currency };
    show(&HomePage {
        warning: warning.map(Warning::words),
        mailbox: mail::notice(&dashboard).map(|_| dashboard.path("/mail")),
        failing,
        periods: periods(&dashboard, &shown),
        currencies: currencies(&dashboard, &shown, &counts),
        sections: [
            Section {
                title: "Sales",
                totals: totals(&figures, currency),
                charts: charts(&figures, &parts, currency),
            },
            recurring::section(&recurring, &parts, currency),
        ],
        orders,
        steps: steps(&dashboard, &progress),
        layout: Layout::new(&dashboard, Area::Home, "Home"),
    })
}

/// The choice that the page stands for.
struct Shown {
    period: ReportPeriod,
    currency: Currency,
}

impl Shown {
    fn path(&self, viewer: &Viewer) -> String {
        viewer.path(&format!(
            "?stretch={}&currency={}",
            self.period, self.currency
        ))
    }
}

fn periods(viewer: &Viewer, shown: &Shown) -> Vec<NavLink> {
    ReportPeriod::ALL
        .iter()
        .map(|one| {
            let words = match one {
                ReportPeriod::Week => "7 days",
                ReportPeriod::Month => "30 days",
                ReportPeriod::Quarter => "90 days",
                ReportPeriod::Year => "12 months",
            };
            let to = Shown {
                period: *one,
                currency: shown.currency,
            };
            NavLink::tab(words, to.path(viewer), *one == shown.period)
        })
        .collect()
}

/// The number of orders in each currency, also of those in which nothing but subscriptions was going on.
fn by_currency(figures: &[Figures], recurring: &Recurring) -> BTreeMap<Currency, i64> {
    let levels = recurring.parts.iter().flat_map(|one| &one.monthly);
    let levels = levels.filter(|(_, level)| **level != 0);
    let mut counts: BTreeMap<_, _> = levels.map(|(currency, _)| (*currency, 0)).collect();
    for (currency, sales) in figures.iter().flat_map(|one| &one.sales) {
        *counts.entry(*currency).or_insert(0) += sales.orders;
    }
    counts
}

/// The currency in which most was sold.
fn busiest(counts: &BTreeMap<Currency, i64>) -> Option<Currency> {
    let most = counts.iter().max_by_key(|(_, orders)| **orders);
    most.map(|(currency, _)| *currency)
}

/// The ways to the figures in other currencies, where there are any.
fn currencies(viewer: &Viewer, shown: &Shown, counts: &BTreeMap<Currency, i64>) -> Vec<NavLink> {
    let mut all: BTreeSet<Currency> = counts.keys().copied().collect();
    all.insert(shown.currency);
    if all.len() == 1 {
        return Vec::new();
    }
    let link = |currency: Currency| {
        let to = Shown { currency, ..*shown };
        let words = currency.as_str().to_uppercase();
        NavLink::tab(&words, to.path(viewer), currency == shown.currency)
    };
    all.into_iter().map(link).collect()
}

/// The endpoints that take nothing, for those who may look after them.
async fn failing(viewer: &Viewer, now: Timestamp) -> Result<Vec<Failing>> {
    if viewer.may::<scope::WebhooksWrite>().is_err() {
        return Ok(Vec::new());
    }
    let (store, own) = (&viewer.app.store, viewer.organization.id);
    let found = store.failing_endpoints(own, now - FAILING_WITHIN).await?;
    let failing = |one: FailingEndpoint| Failing {
        href: ENDPOINTS.path(viewer, one.id, ""),
        name: one.name.unwrap_or(one.url),
        words: match one.enabled {
            true => "did not accept any of its latest deliveries.",
            false => "is disabled: nothing is sent to it, and all of its latest deliveries failed.",
        },
    };
    Ok(found.into_iter().map(failing).collect())
}

/// The share of sessions that succeeded, in whole percents; none without sessions.
fn conversion(sessions: i64, succeeded: i64) -> Option<i64> {
    (sessions > 0).then(|| (succeeded * 200 + sessions) / (2 * sessions))
}

/// The meaning of the revenue that is shown.
const NET: &str = "After discounts and without tax; refunds are not deducted.";

/// Revenue of one period and currency.
fn revenue(figures: &Figures, currency: Currency) -> i64 {
    figures
        .sales
        .get(&currency)
        .map_or(0, |sales| sales.revenue)
}

fn totals(figures: &[Figures], currency: Currency) -> Vec<Total> {
    let net = figures.iter().map(|one| revenue(one, currency)).sum();
    let sum = |of: fn(&Figures) -> i64| figures.iter().map(of).sum::<i64>();
    let (sessions, succeeded) = (sum(|one| one.sessions), sum(|one| one.succeeded));
    let total = |name, value, note| Total { name, value, note };
    let share = conversion(sessions, succeeded);
    let share = share.map_or_else(|| "–".to_owned(), |share| Unit::Percent.words(share));
    vec![
        total("Net revenue", money(net, currency), NET),
        total(
            "Orders",
            thousands(sum(Figures::orders)),
            "Paid, in all currencies.",
        ),
        total(
            "Sessions",
            thousands(sessions),
            "Checkout sessions that were created.",
        ),
        total(
            "Conversion",
            share,
            "The percentage of those sessions that were paid.",
        ),
    ]
}

/// The parts of the period, as charts name them.
struct Parts {
    labels: Vec<Label>,
    when: &'static str,
}

impl Parts {
    fn new(period: ReportPeriod, days: &[Date]) -> Self {
        Self {
            labels: labels(period, days),
            when: match period {
                ReportPeriod::Year => "Month",
                _ => "Day",
            },
        }
    }

    /// A chart of one thing: a line of what is a level or a share, bars of what is counted.
    fn chart(
        &self,
        id: &'static str,
        title: &str,
        description: &str,
        (form, unit): (Form, Unit),
        values: impl Iterator<Item = Option<i64>>,
    ) -> Chart {
        Chart::new(Plan {
            id,
            title: title.to_owned(),
            description: description.to_owned(),
            headline: None,
            when: self.when,
            labels: self.labels.clone(),
            series: vec![Series {
                name: title.to_owned(),
                values: values.collect(),
            }],
            unit,
            form,
        })
    }
}

/// Revenue in one currency, orders, and the share of sessions that were paid.
fn charts(figures: &[Figures], parts: &Parts, currency: Currency) -> Vec<Chart> {
    let share = |one: &Figures| conversion(one.sessions, one.succeeded);
    let title = format!("Net revenue in {}", currency.as_str().to_uppercase());
    let sold = figures.iter().map(|one| Some(revenue(one, currency)));
    let orders = figures.iter().map(|one| Some(one.orders()));
    let counted = (Form::Bars, Unit::Count);
    vec![
        parts.chart(
            "revenue",
            &title,
            NET,
            (Form::Bars, Unit::Money(currency)),
            sold,
        ),
        parts.chart(
            "orders",
            "Orders",
            "Paid orders in all currencies.",
            counted,
            orders,
        ),
        parts.chart(
            "conversion",
            "Conversion",
            "The percentage of checkout sessions that succeeded.",
            (Form::Line, Unit::Percent),
            figures.iter().map(share),
        ),
    ]
}

/// Orders that cannot be read cost their list, not the page.
fn readable(orders: Result<Page<Order>>) -> Result<Option<Page<Order>>> {
    match orders {
        Err(error) if error.status() == StatusCode::INTERNAL_SERVER_ERROR => {
            tracing::error!(?error, "the latest orders cannot be read");
            Ok(None)
        }
        orders => orders.map(Some),
    }
}

fn latest(viewer: &Viewer, orders: &Page<Order>) -> Listing {
    let columns = vec![
        Column::new("Customer"),
        Column::new("Product"),
        Column::number("Amount"),
        Column::new("Status"),
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
                buyers::address(&order.customer),
            ),
            Cell::Text(order.description.clone()),
            Cell::money(order.total_amount, order.currency),
            Cell::state(order.status.as_str()),
            Cell::time(order.created_at, &viewer.zone),
        ])
    };
    let all = ListingQuery::new(&viewer.path("/orders"), "limit=5");
    Listing::of(all, "Latest orders", columns, orders, row, empty).part()
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
            "Create a checkout session",
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
            "Your program uses it to create sessions.",
            "/developers/tokens",
        ),
        step(
            progress.endpoint,
            "Add a webhook endpoint",
            "Your program is notified when someone has paid.",
            "/developers/webhooks",
        ),
    ];
    match steps.iter().all(|step| step.done) {
        true => Vec::new(),
        false => steps,
    }
}
