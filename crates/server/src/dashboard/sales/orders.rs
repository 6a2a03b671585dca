//! Orders: what was sold.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_core::{orders::visit::Standing, subscriptions::schedule::Period};
use till_wire::{
    orders::{Order, OrderStatus},
    page::Page,
    payments::{Payment, PaymentStatus},
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
        answers::answers,
        buyers::{self, Buyers},
        detail::{Action, Fact, Part, moments},
        listing::{Column, Filter, ListingQuery},
        metadata,
        parts::{Cell, Menu, MenuItem, day},
        pay_link,
        resource_pages::{By, Listed, ORDERS, Related, ResourcePages, SELL, amount, list_routes},
        sales::{
            self,
            bill::{self, Bill, Line},
            collection, disputes, documents, refunds,
            seats::{self, Of},
        },
        show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
    table::{typed, typed_or_empty},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Order>(get(detail))
        .merge(documents::routes())
        .merge(seats::routes(Of::Order))
}

impl Listed for Order {
    type Read = scope::OrdersRead;

    const PAGES: ResourcePages = ORDERS;
    const EMPTY: &'static str = "No sales yet. An order is created when someone pays: open a checkout session and send its link.";
    const STEP: Option<(&'static str, &'static str)> = Some(SELL);
    const MOMENTS: Option<(&'static str, &'static str)> = Some(CREATED);
    const BY: &'static [By] = &[By::Product];
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
        number(self)
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
                text: number(self),
                note: Some(sales::billing_reason(self.billing_reason).to_owned()),
            },
            customer(viewer, self),
            sales::product(viewer, &self.product.base),
            Cell::money(self.total_amount, self.currency),
            Cell::state(self.status.as_str()),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let mut items = vec![
            MenuItem::Link("Open", self.path(viewer)),
            MenuItem::Separator,
            MenuItem::Copy("Copy Order ID", self.id.to_string()),
        ];
        let number = self.invoice_number.clone();
        items.extend(number.map(|number| MenuItem::Copy("Copy invoice number", number)));
        Menu {
            name: self.name(),
            items,
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
            text(&self.invoice_number),
            self.customer_id.to_string(),
            text(&self.customer.external_id),
            typed_or_empty(self.customer.email.as_deref()),
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

fn number(order: &Order) -> String {
    sales::number(order.invoice_number.as_deref()).to_owned()
}

fn customer(viewer: &Viewer, order: &Order) -> Cell {
    let named = order.conflicting_external_customer_id.as_ref();
    sales::marked(buyers::customer(viewer, &order.customer), named)
}

async fn detail(dashboard: Dashboard<scope::OrdersRead>, PathId(id): PathId) -> Answer {
    let (order, row) = actions::orders::get_with_row(&dashboard.caller, id).await?;
    let (refunds, refund_rows) = match dashboard.may::<scope::RefundsRead>() {
        Ok(caller) => actions::refunds::of_order_with_rows(&caller, id).await?,
        Err(_) => Default::default(),
    };
    let contested = match dashboard.may::<scope::DisputesRead>() {
        Ok(caller) => actions::disputes::of_order(&caller, id).await?,
        Err(_) => Vec::new(),
    };
    let payments = Related::<Payment>::find(&dashboard, ("order_id", id)).await?;
    let lines = row.tax_breakdown.as_ref().map(|lines| lines.0.as_slice());
    let mut parts = vec![bill(&dashboard, &order, lines).part("Bill")?];
    let is_due = row.standing() == Standing::Due;
    let attempts = payments.as_ref().map_or(&[][..], |all| &all.page.items);
    let is_asked = attempts
        .iter()
        .any(|one| one.status == PaymentStatus::Pending);
    let card = match is_due {
        true => actions::orders::retry::card(&dashboard.caller, id).await?,
        false => None,
    };
    if is_due || (row.standing() == Standing::Void && row.failed_payments > 0) {
        parts.push(collection::part(&dashboard, &row, card.as_ref(), attempts));
    }
    if is_due {
        let url = actions::orders::payment_page(&dashboard.caller, id)
            .await?
            .url;
        let open = "Open the payment page";
        parts.push(pay_link::part("Link for the customer", &url, open)?);
    }
    parts.extend(documents::part(&dashboard, &row, &refund_rows));
    parts.extend(disputes::part(&dashboard, &contested));
    parts.extend(refunds::part(&dashboard, &refunds, &refund_rows));
    let own_seats = order.seats.filter(|_| order.subscription_id.is_none());
    let bought = (id, own_seats);
    parts.extend(seats::part(&dashboard, Of::Order, bought).await?);
    let no_payments = match row.standing() {
        Standing::Paid => "Nothing had to be paid.",
        _ => "Nobody has tried to pay it yet.",
    };
    parts.extend(payments.map(|some| some.part(&dashboard, no_payments)));
    parts.extend(answers(&dashboard, &order.custom_field_data).await?);
    parts.push(about(&dashboard, &order));
    parts.extend(metadata(&order.metadata));
    let subjects = [Some(id), order.checkout_id, order.subscription_id];
    let subjects = subjects.into_iter().flatten();
    let subjects = subjects.chain(refunds.iter().map(|refund| refund.id));
    parts.push(timeline(&dashboard, subjects).await?);
    let state = Cell::state(order.status.as_str());
    let state = match disputes::mark(&contested) {
        Some(mark) => Cell::Many(vec![state, mark]),
        None => state,
    };
    let mut page = order.detail(&dashboard, state, parts);
    if is_due && card.is_some() && !is_asked {
        page.actions.extend(collection::action(&dashboard, id));
    }
    page.actions.extend(refunds::action(&dashboard, &order));
    let assign = seats::assign_at(&dashboard, Of::Order, bought).await?;
    page.actions
        .extend(assign.map(|to| Action::Go("Assign seat", to)));
    show(&page)
}

fn about(viewer: &Viewer, order: &Order) -> Part {
    let reason = sales::billing_reason(order.billing_reason).to_owned();
    let mut facts = vec![
        Fact::new("Order ID", Cell::Code(order.id.to_string())),
        Fact::new(
            "Invoice number",
            match &order.invoice_number {
                Some(number) => Cell::Code(number.clone()),
                None => Cell::Empty,
            },
        ),
        Fact::new("Reason", Cell::Text(reason)),
    ];
    let linked = [
        (
            "Subscription",
            "subscriptions",
            order.subscription_id,
            "The subscription",
        ),
        ("Checkout", "checkouts", order.checkout_id, "The session"),
    ];
    for (name, area, id, words) in linked {
        if id.is_some() {
            facts.push(Fact::new(name, sales::linked(viewer, area, id, words)));
        }
    }
    if let Some(named) = &order.conflicting_external_customer_id {
        let words = "The session specified this external ID, but the customer does not have it. Check who should receive the purchase.";
        facts.push(Fact::new(
            "External ID of the session",
            Cell::Noted(named.clone(), words.to_owned()),
        ));
    }
    facts.extend(moments(order.created_at, order.modified_at, &viewer.zone));
    Part::Facts("Order", facts)
}

/// Lines below the total: balance used, what is due or was charged, and what was given back.
fn settlement(order: &Order) -> Vec<Line> {
    let applied = order.applied_balance_amount;
    let due = match (order.status, applied) {
        (OrderStatus::Draft | OrderStatus::Pending, _) => Some("Due"),
        (OrderStatus::Void, _) => Some("Not collected"),
        (_, 0) => None,
        _ => Some("Charged"),
    };
    let used = if applied < 0 {
        "Balance used"
    } else {
        "Debt collected"
    };
    let refunded = order.refunded_amount + order.refunded_tax_amount;
    let lines = [
        (Some(used), applied),
        (due, order.due_amount),
        (
            Some("Credited to the balance"),
            (-order.total_amount).max(0),
        ),
        (Some("Refunded"), -refunded),
    ];
    let lines = lines.into_iter().filter(|(_, minor)| *minor != 0);
    lines
        .filter_map(|(label, minor)| Some(Line::new(label?, minor, order.currency)))
        .collect()
}

fn bill(viewer: &Viewer, order: &Order, taxes: Option<&[TaxLine]>) -> Bill {
    let line = |label: &str, minor: i64| Line::new(label, minor, order.currency);
    let items = order.items.iter().map(|item| {
        let line = line(&item.label, item.amount);
        let period = item.start_timestamp.zip(item.end_timestamp);
        match period {
            // Most labels have the days in them.
            Some((start, end)) if !item.label.contains(&Period { start, end }.days()) => line.note(
                format!("{} – {}", day(start, &viewer.zone), day(end, &viewer.zone)),
            ),
            _ => line,
        }
    });
    let mut sums = vec![line("Subtotal", order.subtotal_amount)];
    if order.discount_amount != 0 {
        let name = order.discount.as_ref().map(|d| d.brief.name.as_str());
        sums.push(line(&sales::discount(name), -order.discount_amount));
    }
    sums.extend(bill::taxes(Some(order.tax_amount), taxes, order.currency));
    sums.push(line("Total", order.total_amount).total());
    sums.extend(settlement(order));
    // The customer's own name is there already.
    let name = order.billing_name.clone();
    let name = name.filter(|_| order.billing_name != order.customer.name);
    let address = order.billing_address.as_ref();
    Bill {
        product: Some(("Bought", sales::product(viewer, &order.product.base))),
        lines: items.collect(),
        sums,
        billed_to: [
            Some(customer(viewer, order)),
            name.map(Cell::Text),
            address.map(|address| sales::address(Some(address))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}
