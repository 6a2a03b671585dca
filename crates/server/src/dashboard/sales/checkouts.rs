//! Checkouts: the sessions that buyers pay in, and how to make more of them.

mod page;

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    checkouts::{Checkout, CheckoutBase, CheckoutStatus},
    page::Page as Items,
};
use uuid::Uuid;

use super::{Buyers, CREATED, Related};
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        detail::Part,
        download::{self, File, Line, amount},
        layout::{Area, Layout},
        listing::{Column, Empty, Filter, ListPage, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem},
        sales, show,
    },
    error::Result,
    http::extract::{Access, Caller, scope},
    table::typed,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/checkouts", get(list))
        .route("/dashboard/{shop}/checkouts.csv", get(csv))
        .route("/dashboard/{shop}/checkouts/{id}", get(page::detail))
}

async fn list(dashboard: Dashboard<scope::CheckoutsRead>, mut query: ListingQuery) -> Answer {
    let find = |params| actions::checkouts::list(&dashboard.caller, params);
    let page = query.load(CREATED, &dashboard.zone, find).await?;
    let filters = [
        Filter::search(&query, "Search by e-mail"),
        Filter::words::<CheckoutStatus>(&query, "status", "Status", "Any status"),
    ];
    let product = sales::products(&dashboard, &query).await?;
    let days = Filter::days(&query);
    let empty = Empty {
        words: "A session is one purchase waiting to be paid: it has a link that you send to the buyer. Open one from a product, or by the API.",
        step: Some(("Choose a product to sell", dashboard.path("/products"))),
    };
    let buyers = buyers(&dashboard, &page.items).await?;
    let list = table(&dashboard, query, &page, &buyers, empty)
        .filters(filters.into_iter().chain(product).chain(days))
        .csv(&dashboard.path("/checkouts.csv"));
    show(&ListPage {
        layout: Layout::new(&dashboard, Area::Checkouts, "Checkouts"),
        action: None,
        list,
    })
}

async fn buyers<A>(dashboard: &Dashboard<A>, page: &[Checkout]) -> Result<Buyers> {
    let ids = page.iter().filter_map(|one| one.base.customer_id);
    Buyers::of(&dashboard.app, dashboard.caller.organization.id, ids).await
}

fn table<A>(
    dashboard: &Dashboard<A>,
    query: ListingQuery,
    page: &Items<Checkout>,
    buyers: &Buyers,
    empty: Empty,
) -> Listing {
    let columns = vec![
        Column::new("Product"),
        Column::new("Customer"),
        Column::number("Total"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
        Column::new("Expires"),
    ];
    let row = |one: &Checkout| {
        let base = &one.base;
        let others = base.products.len().saturating_sub(1);
        Row::new(vec![
            Cell::Link {
                href: path(dashboard, one),
                text: base.product.base.name.clone(),
                note: (others > 0).then(|| format!("and {others} more to choose from")),
            },
            customer(dashboard, one, buyers),
            Cell::money(base.total_amount, base.currency),
            Cell::state(base.status.as_str()),
            Cell::time(base.created_at, &dashboard.zone),
            Cell::time(base.expires_at, &dashboard.zone),
        ])
        .menu(menu(dashboard, one))
    };
    Listing::of(query, "Checkouts", columns, page, row, empty)
}

fn path<A>(dashboard: &Dashboard<A>, one: &Checkout) -> String {
    dashboard.path(&format!("/checkouts/{}", one.base.id))
}

/// The buyer, as far as known.
fn customer<A>(dashboard: &Dashboard<A>, one: &Checkout, buyers: &Buyers) -> Cell {
    let base = &one.base;
    let (name, email) = (base.customer_name.clone(), base.customer_email.clone());
    if base.customer_id.is_none()
        && let (Some(name), Some(email)) = (&name, &email)
    {
        return Cell::Noted(name.clone(), email.clone());
    }
    let known = buyers.cell(dashboard, base.customer_id, name.or(email));
    sales::marked(known, one.conflicting_external_customer_id.as_ref())
}

fn is_open(base: &CheckoutBase) -> bool {
    base.status == CheckoutStatus::Open
}

fn menu<A>(dashboard: &Dashboard<A>, one: &Checkout) -> Menu {
    let base = &one.base;
    let mut items = vec![
        MenuItem::Link("Open", path(dashboard, one)),
        MenuItem::Separator,
        MenuItem::Copy("Copy Checkout ID", base.id.to_string()),
    ];
    if is_open(base) {
        items.push(MenuItem::Copy("Copy link", base.url.clone()));
    }
    Menu {
        name: format!("the session of {}", base.product.base.name),
        items,
    }
}

/// The sessions of which `key` is this id.
pub async fn of<A: Access>(
    dashboard: &Dashboard<A>,
    key: (&str, Uuid),
) -> Result<Option<Related<Checkout>>> {
    Related::find(dashboard, "checkouts", key, actions::checkouts::list).await
}

/// A part of another page: its sessions.
pub async fn part<A>(
    dashboard: &Dashboard<A>,
    related: Related<Checkout>,
    words: &'static str,
) -> Result<Part> {
    let items = &related.items;
    let buyers = buyers(dashboard, &items.items).await?;
    let list = table(dashboard, related.query, items, &buyers, sales::none(words));
    Ok(Part::List("Checkouts", list.part()))
}

const FILE: File = File {
    name: "checkouts.csv",
    columns: &[
        "ID",
        "Created At",
        "Status",
        "Expires At",
        "Customer ID",
        "Customer External ID",
        "Customer Email",
        "Customer Name",
        "Product ID",
        "Product Name",
        "Currency",
        "Net (minor units)",
        "Net",
        "Tax (minor units)",
        "Tax",
        "Total (minor units)",
        "Total",
        "Metadata",
    ],
    moments: CREATED,
};

async fn csv(dashboard: Dashboard<scope::CheckoutsRead>, query: ListingQuery) -> Answer {
    let list = move |caller: Caller<_>, params| async move {
        let page = actions::checkouts::list(&caller, params).await?;
        Ok(page.items.iter().map(line).collect())
    };
    download::send(FILE, query, &dashboard, list).await
}

/// Without the link: whoever has it can pay, and see who was to pay.
fn line(one: &Checkout) -> Line {
    let base = &one.base;
    let text = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
    let customer = base.customer_id.map(|id| id.to_string());
    let mut cells = vec![
        base.id.to_string(),
        base.created_at.to_string(),
        base.status.to_string(),
        base.expires_at.to_string(),
        customer.unwrap_or_default(),
        text(&one.external_customer_id),
        text(&base.customer_email),
        text(&base.customer_name),
        base.product_id.to_string(),
        typed(&base.product.base.name),
        base.currency.to_string(),
    ];
    cells.extend(amount(base.net_amount, base.currency));
    match base.tax_amount {
        Some(tax) => cells.extend(amount(tax, base.currency)),
        None => cells.extend([String::new(), String::new()]),
    }
    cells.extend(amount(base.total_amount, base.currency));
    cells.push(free(&one.metadata));
    Line {
        id: base.id,
        at: Some(base.created_at),
        cells,
    }
}
