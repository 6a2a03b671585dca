//! Orders: what was sold.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_wire::{
    orders::{Order, OrderStatus},
    page::Page,
    payments::Payment,
    tax::TaxLine,
};
use uuid::Uuid;

use super::CREATED;
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::{self, Buyers},
        detail::{Fact, Part, moments},
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem, sentence},
        resource_pages::{Listed, ORDERS, Related, ResourcePages, amount, list_routes},
        sales, show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
    table::typed,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Order>(get(detail))
}

impl Listed for Order {
    type Read = scope::OrdersRead;

    const PAGES: ResourcePages = ORDERS;
    const EMPTY: &'static str = "No sales yet. An order is created when somebody pays: open a checkout session and send its link.";
    const MOMENTS: Option<(&'static str, &'static str)> = Some(CREATED);
    const BY_PRODUCT: bool = true;
    const CSV: &'static [&'static str] = &[
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
    ];

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.invoice_number.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::orders::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::orders::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(query, "Search by customer or invoice number"),
            Filter::words::<OrderStatus>(query, "status", "Status", "Any status"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Invoice").by("invoice_number"),
            Column::new("Customer"),
            Column::new("Product"),
            Column::number("Total"),
            Column::new("Status"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            Cell::Link {
                href: self.path(viewer),
                text: self.invoice_number.clone(),
                note: Some(sentence(self.billing_reason.as_str())),
            },
            customer(viewer, self),
            sales::product(viewer, &self.product.base),
            Cell::money(self.total_amount, self.currency),
            Cell::state(self.status.as_str()),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        Menu {
            name: self.invoice_number.clone(),
            items: vec![
                MenuItem::Link("Open", self.path(viewer)),
                MenuItem::Separator,
                MenuItem::Copy("Copy Order ID", self.id.to_string()),
                MenuItem::Copy("Copy invoice number", self.invoice_number.clone()),
            ],
        }
    }

    fn made_at(&self) -> Option<Timestamp> {
        Some(self.created_at)
    }

    fn line(&self, _: &Buyers) -> Vec<String> {
        let or_nothing = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
        let country = self.billing_address.as_ref().map(|a| a.country.to_string());
        let mut cells = vec![
            self.id.to_string(),
            self.created_at.to_string(),
            self.status.to_string(),
            self.billing_reason.to_string(),
            typed(&self.invoice_number),
            self.customer_id.to_string(),
            text(&self.customer.external_id),
            typed(&self.customer.email),
            text(&self.customer.name),
            country.unwrap_or_default(),
            self.product_id.to_string(),
            typed(&self.product.base.name),
            self.currency.to_string(),
        ];
        for minor in [
            self.subtotal_amount,
            self.discount_amount,
            self.net_amount,
            self.tax_amount,
            self.total_amount,
            self.refunded_amount,
        ] {
            cells.extend(amount(minor, self.currency));
        }
        cells.extend([
            or_nothing(self.subscription_id),
            or_nothing(self.checkout_id),
            free(&self.metadata),
        ]);
        cells
    }
}

fn customer(viewer: &Viewer, order: &Order) -> Cell {
    let named = order.conflicting_external_customer_id.as_ref();
    sales::marked(buyers::customer(viewer, &order.customer), named)
}

async fn detail(dashboard: Dashboard<scope::OrdersRead>, PathId(id): PathId) -> Answer {
    let (order, row) = actions::orders::get_with_row(&dashboard.caller, id).await?;
    let payments = Related::<Payment>::find(&dashboard, ("order_id", id)).await?;
    let lines = row.tax_breakdown.as_ref().map(|lines| lines.0.as_slice());
    let mut parts = vec![
        about(&dashboard, &order),
        totals(&order, lines),
        billing(&order),
    ];
    parts.extend(payments.map(|some| some.part(&dashboard, "Nothing was to pay.")));
    parts.extend(crate::dashboard::answers(&order.custom_field_data));
    parts.extend(crate::dashboard::metadata(&order.metadata));
    let subjects = [Some(id), order.checkout_id, order.subscription_id];
    parts.push(timeline(&dashboard, subjects.into_iter().flatten()).await?);
    show(&order.detail(&dashboard, Cell::state(order.status.as_str()), parts))
}

fn about(viewer: &Viewer, order: &Order) -> Part {
    let reason = sentence(order.billing_reason.as_str());
    let subscription = sales::linked(
        viewer,
        "subscriptions",
        order.subscription_id,
        "The subscription",
    );
    let mut facts = vec![
        Fact::new("Order ID", Cell::Code(order.id.to_string())),
        Fact::new("Invoice number", Cell::Code(order.invoice_number.clone())),
        Fact::new("Customer", customer(viewer, order)),
        Fact::new("Product", sales::product(viewer, &order.product.base)),
        Fact::new("Reason", Cell::Text(reason)),
        Fact::new("Subscription", subscription),
        Fact::new(
            "Checkout",
            sales::linked(viewer, "checkouts", order.checkout_id, "The session"),
        ),
    ];
    if let Some(named) = &order.conflicting_external_customer_id {
        let words = "The session named this external ID, which the customer does not have. Check who should receive the purchase.";
        facts.push(Fact::new(
            "External ID of the session",
            Cell::Noted(named.clone(), words.to_owned()),
        ));
    }
    facts.extend(moments(order.created_at, order.modified_at, &viewer.zone));
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
