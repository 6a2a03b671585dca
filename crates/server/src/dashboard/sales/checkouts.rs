//! Checkouts: the sessions that buyers pay in, and how to make more of them.

mod page;

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_wire::{
    checkouts::{Checkout, CheckoutBase, CheckoutStatus},
    page::Page,
};
use uuid::Uuid;

use super::CREATED;
use crate::{
    actions::{self, customers::export::free},
    app::App,
    dashboard::{
        access::Viewer,
        buyers::Buyers,
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem},
        resource_pages::{By, CHECKOUTS, Listed, ResourcePages, SELL, amount, list_routes},
        sales,
    },
    error::Result,
    http::extract::{Caller, Params, scope},
    table::typed,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Checkout>(get(page::detail))
}

impl Listed for Checkout {
    type Read = scope::CheckoutsRead;

    const PAGES: ResourcePages = CHECKOUTS;
    const EMPTY: &'static str = "A session is one purchase waiting to be paid: it has a link that you send to the buyer. Open one from a product or through the API.";
    const STEP: Option<(&'static str, &'static str)> = Some(SELL);
    const MOMENTS: Option<(&'static str, &'static str)> = Some(CREATED);
    const BY: &'static [By] = &[By::Product];
    const CSV: &'static [&'static str] = &[
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
    ];

    fn id(&self) -> Uuid {
        self.base.id
    }

    fn name(&self) -> String {
        self.base.product.base.name.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::checkouts::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::checkouts::list(caller, params).await
    }

    async fn buyers(caller: &Caller<Self::Read>, sessions: &[Self]) -> Result<Buyers> {
        let sessions = sessions.iter().map(|one| &one.base);
        let rows = sessions.map(|base| {
            let known = base.customer_name.clone().or(base.customer_email.clone());
            (base.id, base.customer_id, known)
        });
        Buyers::of(caller, rows).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(query, "Search by e-mail"),
            Filter::words::<CheckoutStatus>(query, "status", "Status", "Any status"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Product"),
            Column::new("Customer"),
            Column::number("Total"),
            Column::new("Status"),
            Column::new("Created").by("created_at"),
            Column::new("Expires"),
        ]
    }

    fn cells(&self, viewer: &Viewer, buyers: &Buyers) -> Vec<Cell> {
        let base = &self.base;
        let others = base.products.len().saturating_sub(1);
        vec![
            Cell::Link {
                href: self.path(viewer),
                text: self.name(),
                note: (others > 0).then(|| format!("and {others} more to choose from")),
            },
            customer(viewer, self, buyers),
            Cell::money(base.total_amount, base.currency),
            Cell::state(base.status.as_str()),
            Cell::time(base.created_at, &viewer.zone),
            Cell::time(base.expires_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let base = &self.base;
        let mut items = vec![
            MenuItem::Link("Open", self.path(viewer)),
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

    fn made_at(&self) -> Option<Timestamp> {
        Some(self.base.created_at)
    }

    /// Without the link: whoever has it can pay, and see who was to pay.
    fn line(&self, _: &Buyers) -> Vec<String> {
        let base = &self.base;
        let text = |text: &Option<String>| typed(text.as_deref().unwrap_or_default());
        let customer = base.customer_id.map(|id| id.to_string());
        let mut cells = vec![
            base.id.to_string(),
            base.created_at.to_string(),
            base.status.to_string(),
            base.expires_at.to_string(),
            customer.unwrap_or_default(),
            text(&self.external_customer_id),
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
        cells.push(free(&self.metadata));
        cells
    }
}

/// The buyer, as far as known.
fn customer(viewer: &Viewer, one: &Checkout, buyers: &Buyers) -> Cell {
    let base = &one.base;
    if base.customer_id.is_none()
        && let (Some(name), Some(email)) = (&base.customer_name, &base.customer_email)
    {
        return Cell::Noted(name.clone(), email.clone());
    }
    let known = buyers.cell(viewer, base.id);
    sales::marked(known, one.conflicting_external_customer_id.as_ref())
}

fn is_open(base: &CheckoutBase) -> bool {
    base.status == CheckoutStatus::Open
}
