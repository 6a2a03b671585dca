//! Orders: what was sold.

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    orders::{Order, OrderStatus},
    page::Page as Items,
    tax::TaxLine,
};

use super::{CREATED, Related, payments};
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        Answer,
        access::Dashboard,
        detail::{DetailPage, Fact, Part, moments},
        download::{self, File, Line, amount},
        layout::{Area, Layout},
        listing::{Column, Empty, Filter, ListPage, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, sentence},
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
        .route("/dashboard/{shop}/orders", get(list))
        .route("/dashboard/{shop}/orders.csv", get(csv))
        .route("/dashboard/{shop}/orders/{id}", get(detail))
}

async fn list(dashboard: Dashboard<scope::OrdersRead>, mut query: ListingQuery) -> Answer {
    let find = |params| actions::orders::list(&dashboard.caller, params);
    let page = query.load(CREATED, &dashboard.zone, find).await?;
    let filters = [
        Filter::search(&query, "Search by customer or invoice number"),
        Filter::words::<OrderStatus>(&query, "status", "Status", "Any status"),
    ];
    let product = sales::products(&dashboard, &query).await?;
    let days = Filter::days(&query);
    let empty = Empty {
        words: "No sales yet. An order is created when somebody pays: open a checkout session and send its link.",
        step: Some(("Choose a product to sell", dashboard.path("/products"))),
    };
    let list = table(&dashboard, query, &page, empty)
        .filters(filters.into_iter().chain(product).chain(days))
        .csv(&dashboard.path("/orders.csv"));
    show(&ListPage {
        layout: Layout::new(&dashboard, Area::Orders, "Orders"),
        action: None,
        list,
    })
}

/// A list of orders.
pub fn table<A>(
    dashboard: &Dashboard<A>,
    query: ListingQuery,
    page: &Items<Order>,
    empty: Empty,
) -> Listing {
    let columns = vec![
        Column::new("Invoice").by("invoice_number"),
        Column::new("Customer"),
        Column::new("Product"),
        Column::number("Total"),
        Column::new("Status"),
        Column::new("Created").by("created_at"),
    ];
    let row = |order: &Order| {
        Row::new(vec![
            Cell::Link {
                href: path(dashboard, order),
                text: order.invoice_number.clone(),
                note: Some(sentence(order.billing_reason.as_str())),
            },
            customer(dashboard, order),
            sales::product(dashboard, &order.product.base),
            Cell::money(order.total_amount, order.currency),
            Cell::state(order.status.as_str()),
            Cell::time(order.created_at, &dashboard.zone),
        ])
        .menu(menu(dashboard, order))
    };
    Listing::of(query, "Orders", columns, page, row, empty)
}

fn customer<A>(dashboard: &Dashboard<A>, order: &Order) -> Cell {
    let named = order.conflicting_external_customer_id.as_ref();
    sales::marked(sales::customer(dashboard, &order.customer), named)
}

fn path<A>(dashboard: &Dashboard<A>, order: &Order) -> String {
    dashboard.path(&format!("/orders/{}", order.id))
}

fn menu<A>(dashboard: &Dashboard<A>, order: &Order) -> Menu {
    Menu {
        name: order.invoice_number.clone(),
        items: vec![
            MenuItem::Link("Open", path(dashboard, order)),
            MenuItem::Separator,
            MenuItem::Copy("Copy Order ID", order.id.to_string()),
            MenuItem::Copy("Copy invoice number", order.invoice_number.clone()),
        ],
    }
}

/// The orders of which `key` is this id.
pub async fn of<A: Access>(
    dashboard: &Dashboard<A>,
    key: (&str, uuid::Uuid),
) -> Result<Option<Related<Order>>> {
    Related::find(dashboard, "orders", key, actions::orders::list).await
}

/// A part of another page: its orders.
pub fn part<A>(dashboard: &Dashboard<A>, related: Related<Order>, words: &'static str) -> Part {
    Part::List(
        "Orders",
        table(dashboard, related.query, &related.items, sales::none(words)).part(),
    )
}

const FILE: File = File {
    name: "orders.csv",
    columns: &[
        "ID",
        "Created At",
        "Status",
        "Billing Reason",
        "Invoice Number",
        "Customer ID",
        "Customer External ID",
        "Customer Email",
        "Customer Name",
        "Billing Country",
        "Product ID",
        "Product Name",
        "Currency",
        "Subtotal (minor units)",
        "Subtotal",
        "Discount (minor units)",
        "Discount",
        "Net (minor units)",
        "Net",
        "Tax (minor units)",
        "Tax",
        "Total (minor units)",
        "Total",
        "Refunded (minor units)",
        "Refunded",
        "Subscription ID",
        "Checkout ID",
        "Metadata",
    ],
    moments: CREATED,
};

async fn csv(dashboard: Dashboard<scope::OrdersRead>, query: ListingQuery) -> Answer {
    let list = move |caller: Caller<_>, params| async move {
        let page = actions::orders::list(&caller, params).await?;
        Ok(page.items.iter().map(line).collect())
    };
    download::send(FILE, query, &dashboard, list).await
}

fn line(order: &Order) -> Line {
    let or_nothing = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
    let country = order
        .billing_address
        .as_ref()
        .map(|a| a.country.to_string());
    let mut cells = vec![
        order.id.to_string(),
        order.created_at.to_string(),
        order.status.to_string(),
        order.billing_reason.to_string(),
        typed(&order.invoice_number),
        order.customer_id.to_string(),
        text(&order.customer.external_id),
        typed(&order.customer.email),
        text(&order.customer.name),
        country.unwrap_or_default(),
        order.product_id.to_string(),
        typed(&order.product.base.name),
        order.currency.to_string(),
    ];
    for minor in [
        order.subtotal_amount,
        order.discount_amount,
        order.net_amount,
        order.tax_amount,
        order.total_amount,
        order.refunded_amount,
    ] {
        cells.extend(amount(minor, order.currency));
    }
    cells.extend([
        or_nothing(order.subscription_id),
        or_nothing(order.checkout_id),
        free(&order.metadata),
    ]);
    Line {
        id: order.id,
        at: Some(order.created_at),
        cells,
    }
}

async fn detail(dashboard: Dashboard<scope::OrdersRead>, PathId(id): PathId) -> Answer {
    let order = actions::orders::get(&dashboard.caller, id).await?;
    let payments = payments::of(&dashboard, ("order_id", id)).await?;
    let row = dashboard
        .app
        .store
        .order(dashboard.caller.organization.id, id)
        .await?;
    let lines = row.and_then(|row| row.tax_breakdown);
    let totals = totals(&order, lines.as_ref().map(|lines| lines.0.as_slice()));
    let mut parts = vec![about(&dashboard, &order), totals, billing(&order)];
    if let Some(payments) = payments {
        let words = "Nothing was to pay.";
        parts.push(payments::part(&dashboard, payments, words).await?);
    }
    parts.extend(crate::dashboard::answers(&order.custom_field_data));
    parts.extend(crate::dashboard::metadata(&order.metadata));
    let subjects = [Some(id), order.checkout_id, order.subscription_id];
    parts.push(timeline(&dashboard, subjects.into_iter().flatten()).await?);
    show(&DetailPage {
        layout: Layout::new(&dashboard, Area::Orders, order.invoice_number.clone())
            .back("Orders", dashboard.path("/orders")),
        state: Cell::state(order.status.as_str()),
        actions: Vec::new(),
        menu: Some(menu(&dashboard, &order)),
        parts,
    })
}

fn about<A>(dashboard: &Dashboard<A>, order: &Order) -> Part {
    let reason = sentence(order.billing_reason.as_str());
    let subscription = sales::linked(
        dashboard,
        "subscriptions",
        order.subscription_id,
        "The subscription",
    );
    let mut facts = vec![
        Fact::new("Order ID", Cell::Code(order.id.to_string())),
        Fact::new("Invoice number", Cell::Code(order.invoice_number.clone())),
        Fact::new("Customer", customer(dashboard, order)),
        Fact::new("Product", sales::product(dashboard, &order.product.base)),
        Fact::new("Reason", Cell::Text(reason)),
        Fact::new("Subscription", subscription),
        Fact::new(
            "Checkout",
            sales::linked(dashboard, "checkouts", order.checkout_id, "The session"),
        ),
    ];
    if let Some(named) = &order.conflicting_external_customer_id {
        let words = "The session named this external ID, which the customer does not have. Check who should receive the purchase.";
        facts.push(Fact::new(
            "External ID of the session",
            Cell::Noted(named.clone(), words.to_owned()),
        ));
    }
    facts.extend(moments(
        order.created_at,
        order.modified_at,
        &dashboard.zone,
    ));
    Part::Facts("Order", facts)
}

fn totals(order: &Order, lines: Option<&[TaxLine]>) -> Part {
    let money = |minor: i64| Cell::money(minor, order.currency);
    let items = order.items.iter();
    let mut facts: Vec<_> = items
        .map(|item| Fact::new(&item.label, money(item.amount)))
        .collect();
    facts.push(Fact::new("Subtotal", money(order.subtotal_amount)));
    let name = order.discount.as_ref().map(|d| d.brief.name.as_str());
    let discount = sales::discount(name);
    let sometimes = [
        (discount.as_str(), -order.discount_amount),
        ("Paid from the balance", order.from_balance_amount),
    ];
    for (name, minor) in sometimes {
        if minor != 0 {
            facts.push(Fact::new(name, money(minor)));
        }
    }
    let tax = Some(order.tax_amount);
    facts.extend(sales::taxes(tax, lines, order.currency));
    facts.push(Fact::new("Total", money(order.total_amount)));
    if !order.paid && order.due_amount != 0 {
        facts.push(Fact::new("Due", money(order.due_amount)));
    }
    if order.refunded_amount != 0 {
        let refunded = order.refunded_amount + order.refunded_tax_amount;
        facts.push(Fact::new("Refunded", money(refunded)));
    }
    Part::Facts("Items", facts)
}

fn billing(order: &Order) -> Part {
    Part::Facts(
        "Billing",
        vec![
            Fact::new("Name", Cell::text(order.billing_name.clone())),
            Fact::new("Address", sales::address(order.billing_address.as_ref())),
        ],
    )
}
