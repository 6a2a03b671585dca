//! Payments: every attempt to take money.

use std::{collections::HashMap, sync::Arc};

use axum::{Router, routing::get};
use till_core::kernel::records;
use till_wire::{
    page::Page as Items,
    payments::{Payment, PaymentStatus},
};
use uuid::Uuid;

use super::{Buyers, CREATED, Related};
use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        detail::{DetailPage, Fact, Part, moments},
        download::{self, File, Line, amount},
        layout::{Area, Layout},
        listing::{Column, Empty, Filter, ListPage, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, card, money, sentence},
        sales, show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Access, Caller, PathId, scope},
    table::typed,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/payments", get(list))
        .route("/dashboard/{shop}/payments.csv", get(csv))
        .route("/dashboard/{shop}/payments/{id}", get(detail))
}

/// The payer, whom the API's payments do not name.
struct Payers {
    rows: HashMap<Uuid, records::Payment>,
    buyers: Buyers,
}

impl Payers {
    async fn of(app: &App, own: Uuid, payments: &[Payment]) -> Result<Self> {
        let ids: Vec<Uuid> = payments.iter().map(|payment| payment.id).collect();
        let rows = app.store.payments(own, &ids).await?;
        let buyers = rows.iter().filter_map(|row| row.customer_id);
        let buyers = Buyers::of(app, own, buyers).await?;
        let rows = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(Self { rows, buyers })
    }

    fn email(&self, payment: &Payment) -> Option<String> {
        self.rows.get(&payment.id)?.customer_email.clone()
    }

    fn id(&self, payment: &Payment) -> Option<Uuid> {
        self.rows.get(&payment.id)?.customer_id
    }

    fn cell<A>(&self, dashboard: &Dashboard<A>, payment: &Payment) -> Cell {
        let (id, email) = (self.id(payment), self.email(payment));
        self.buyers.cell(dashboard, id, email)
    }
}

async fn list(dashboard: Dashboard<scope::PaymentsRead>, mut query: ListingQuery) -> Answer {
    let find = |params| actions::payments::list(&dashboard.caller, params);
    let page = query.load(CREATED, &dashboard.zone, find).await?;
    let payers = Payers::of(
        &dashboard.app,
        dashboard.caller.organization.id,
        &page.items,
    )
    .await?;
    let filters = [
        Filter::search(&query, "Search by e-mail"),
        Filter::words::<PaymentStatus>(&query, "status", "Status", "Any status"),
    ];
    let days = Filter::days(&query);
    let empty = Empty {
        words: "Nobody has tried to pay yet. Open a checkout session and send its link.",
        step: Some(("Choose a product to sell", dashboard.path("/products"))),
    };
    let list = table(&dashboard, query, &page, &payers, empty)
        .filters(filters.into_iter().chain(days))
        .csv(&dashboard.path("/payments.csv"));
    show(&ListPage {
        layout: Layout::new(&dashboard, Area::Payments, "Payments"),
        action: None,
        list,
    })
}

fn table<A>(
    dashboard: &Dashboard<A>,
    query: ListingQuery,
    page: &Items<Payment>,
    payers: &Payers,
    empty: Empty,
) -> Listing {
    let columns = vec![
        Column::new("Method"),
        Column::new("Customer"),
        Column::number("Amount"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
    ];
    let row = |payment: &Payment| {
        let (text, note) = method(payment);
        let href = path(dashboard, payment);
        Row::new(vec![
            Cell::Link { href, text, note },
            payers.cell(dashboard, payment),
            Cell::money(payment.amount, payment.currency),
            state(payment),
            Cell::time(payment.created_at, &dashboard.zone),
        ])
        .menu(menu(dashboard, payment))
    };
    Listing::of(query, "Payments", columns, page, row, empty)
}

fn path<A>(dashboard: &Dashboard<A>, payment: &Payment) -> String {
    dashboard.path(&format!("/payments/{}", payment.id))
}

fn method(payment: &Payment) -> (String, Option<String>) {
    card(payment.method_metadata.as_ref(), &payment.method)
}

/// The state, and why it is so.
fn state(payment: &Payment) -> Cell {
    let state = Cell::state(payment.status.as_str());
    match &payment.decline_reason {
        Some(reason) => Cell::Many(vec![state, Cell::Noted(String::new(), sentence(reason))]),
        None => state,
    }
}

fn menu<A>(dashboard: &Dashboard<A>, payment: &Payment) -> Menu {
    let mut items = vec![MenuItem::Link("Open", path(dashboard, payment))];
    let others = [
        ("Open the order", "orders", payment.order_id),
        ("Open the checkout", "checkouts", payment.checkout_id),
    ];
    for (label, area, id) in others {
        items.extend(id.map(|id| MenuItem::Link(label, dashboard.path(&format!("/{area}/{id}")))));
    }
    items.push(MenuItem::Separator);
    items.push(MenuItem::Copy("Copy Payment ID", payment.id.to_string()));
    Menu {
        name: format!("payment of {}", money(payment.amount, payment.currency)),
        items,
    }
}

/// The payments of which `key` is this id.
pub async fn of<A: Access>(
    dashboard: &Dashboard<A>,
    key: (&str, Uuid),
) -> Result<Option<Related<Payment>>> {
    Related::find(dashboard, "payments", key, actions::payments::list).await
}

/// A part of another page: its payments.
pub async fn part<A>(
    dashboard: &Dashboard<A>,
    related: Related<Payment>,
    words: &'static str,
) -> Result<Part> {
    let items = &related.items;
    let payers = Payers::of(
        &dashboard.app,
        dashboard.caller.organization.id,
        &items.items,
    )
    .await?;
    let list = table(dashboard, related.query, items, &payers, sales::none(words));
    Ok(Part::List("Payments", list.part()))
}

const FILE: File = File {
    name: "payments.csv",
    columns: &[
        "ID",
        "Created At",
        "Status",
        "Currency",
        "Amount (minor units)",
        "Amount",
        "Method",
        "Card Brand",
        "Card Last 4",
        "Customer ID",
        "Customer Email",
        "Decline Reason",
        "Decline Message",
        "Trigger",
        "Order ID",
        "Checkout ID",
    ],
    moments: CREATED,
};

async fn csv(dashboard: Dashboard<scope::PaymentsRead>, query: ListingQuery) -> Answer {
    let list = move |caller: Caller<_>, params| async move {
        let own = caller.organization.id;
        let page = actions::payments::list(&caller, params).await?;
        let payers = Payers::of(&caller.app, own, &page.items).await?;
        Ok(page.items.iter().map(|one| line(one, &payers)).collect())
    };
    download::send(FILE, query, &dashboard, list).await
}

fn line(payment: &Payment, payers: &Payers) -> Line {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let text = |text: Option<&String>| typed(text.map(String::as_str).unwrap_or_default());
    let card = payment.method_metadata.as_ref();
    let [minor, major] = amount(payment.amount, payment.currency);
    let trigger = payment.trigger.map(|trigger| trigger.to_string());
    Line {
        id: payment.id,
        at: Some(payment.created_at),
        cells: vec![
            payment.id.to_string(),
            payment.created_at.to_string(),
            payment.status.to_string(),
            payment.currency.to_string(),
            minor,
            major,
            payment.method.clone(),
            text(card.map(|card| &card.brand)),
            text(card.map(|card| &card.last4)),
            id(payers.id(payment)),
            text(payers.email(payment).as_ref()),
            text(payment.decline_reason.as_ref()),
            text(payment.decline_message.as_ref()),
            trigger.unwrap_or_default(),
            id(payment.order_id),
            id(payment.checkout_id),
        ],
    }
}

async fn detail(dashboard: Dashboard<scope::PaymentsRead>, PathId(id): PathId) -> Answer {
    let payment = actions::payments::get(&dashboard.caller, id).await?;
    let own = dashboard.caller.organization.id;
    let payers = Payers::of(&dashboard.app, own, std::slice::from_ref(&payment)).await?;
    let amount = money(payment.amount, payment.currency);
    let subjects = [Some(id), payment.checkout_id, payment.order_id];
    let parts = vec![
        about(&dashboard, &payment, &payers),
        how(&payment),
        timeline(&dashboard, subjects.into_iter().flatten()).await?,
    ];
    show(&DetailPage {
        layout: Layout::new(&dashboard, Area::Payments, format!("Payment of {amount}"))
            .back("Payments", dashboard.path("/payments")),
        state: Cell::state(payment.status.as_str()),
        actions: Vec::new(),
        menu: Some(menu(&dashboard, &payment)),
        parts,
    })
}

fn about<A>(dashboard: &Dashboard<A>, payment: &Payment, payers: &Payers) -> Part {
    let money = Cell::money(payment.amount, payment.currency);
    let trigger = payment.trigger.map(|trigger| sentence(trigger.as_str()));
    let mut facts = vec![
        Fact::new("Payment ID", Cell::Code(payment.id.to_string())),
        Fact::new("Amount", money),
        Fact::new("Customer", payers.cell(dashboard, payment)),
        Fact::new(
            "Order",
            sales::linked(dashboard, "orders", payment.order_id, "The order"),
        ),
        Fact::new(
            "Checkout",
            sales::linked(dashboard, "checkouts", payment.checkout_id, "The session"),
        ),
        Fact::new("Reason", Cell::text(trigger)),
    ];
    facts.extend(moments(
        payment.created_at,
        payment.modified_at,
        &dashboard.zone,
    ));
    Part::Facts("Payment", facts)
}

fn how(payment: &Payment) -> Part {
    let (text, note) = method(payment);
    let mut facts = vec![Fact::new(
        "Paid with",
        Cell::Noted(text, note.unwrap_or_default()),
    )];
    if let Some(reason) = &payment.decline_reason {
        facts.push(Fact::new("Declined", Cell::Text(sentence(reason))));
        facts.push(Fact::new(
            "The buyer was told",
            Cell::text(payment.decline_message.clone()),
        ));
    }
    Part::Facts("Method", facts)
}
