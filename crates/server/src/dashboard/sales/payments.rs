//! Payments: every attempt to take money.

use std::sync::Arc;

use axum::{Router, routing::get};
use jiff::Timestamp;
use till_core::kernel::records::{Payment as Row, Purpose};
use till_wire::{
    page::Page,
    payments::{Payment, PaymentStatus},
};
use uuid::Uuid;

use super::CREATED;
use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Fact, Part, moments},
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem, card, money},
        resource_pages::{
            CHECKOUTS, Listed, ORDERS, PAYMENTS, ResourcePages, SELL, amount, list_routes,
        },
        sales::{self, declines},
        show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
    table::typed,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Payment>(get(detail))
}

impl Listed for Payment {
    type Read = scope::PaymentsRead;

    const PAGES: ResourcePages = PAYMENTS;
    const EMPTY: &'static str =
        "No one has tried to pay yet. Open a checkout session and send its link.";
    const STEP: Option<(&'static str, &'static str)> = Some(SELL);
    const MOMENTS: Option<(&'static str, &'static str)> = Some(CREATED);
    const CSV: &'static [&'static str] = &[
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
    ];

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        format!("Payment of {}", money(self.amount, self.currency))
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::payments::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::payments::list(caller, params).await
    }

    /// The payers, whom the API's payments do not name.
    async fn buyers(caller: &Caller<Self::Read>, payments: &[Self]) -> Result<Buyers> {
        let ids: Vec<Uuid> = payments.iter().map(|payment| payment.id).collect();
        let rows = caller
            .app
            .store
            .payments(caller.organization.id, &ids)
            .await?;
        let rows = rows
            .into_iter()
            .map(|row| (row.id, row.customer_id, row.customer_email));
        Buyers::of(caller, rows).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(query, "Search by e-mail"),
            Filter::words::<PaymentStatus>(query, "status", "Status", "Any status"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Method"),
            Column::new("Customer"),
            Column::number("Amount"),
            Column::new("Status"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, payers: &Buyers) -> Vec<Cell> {
        let (text, note) = method(self);
        let href = self.path(viewer);
        vec![
            Cell::Link { href, text, note },
            payers.cell(viewer, self.id),
            Cell::money(self.amount, self.currency),
            state(self),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let mut items = vec![MenuItem::Link("Open", self.path(viewer))];
        let others = [
            ("Open the order", ORDERS, self.order_id),
            ("Open the checkout", CHECKOUTS, self.checkout_id),
        ];
        for (label, pages, id) in others {
            items.extend(id.map(|id| MenuItem::Link(label, pages.path(viewer, id, ""))));
        }
        items.push(MenuItem::Separator);
        items.push(MenuItem::Copy("Copy Payment ID", self.id.to_string()));
        Menu {
            name: format!("payment of {}", money(self.amount, self.currency)),
            items,
        }
    }

    fn made_at(&self) -> Option<Timestamp> {
        Some(self.created_at)
    }

    fn line(&self, payers: &Buyers) -> Vec<String> {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let text = |text: Option<&String>| typed(text.map(String::as_str).unwrap_or_default());
        let card = self.method_metadata.as_ref();
        let [minor, major] = amount(self.amount, self.currency);
        let trigger = self.trigger.map(|trigger| trigger.to_string());
        vec![
            self.id.to_string(),
            self.created_at.to_string(),
            self.status.to_string(),
            self.currency.to_string(),
            minor,
            major,
            self.method.clone(),
            text(card.map(|card| &card.brand)),
            text(card.map(|card| &card.last4)),
            id(payers.id(self.id)),
            text(payers.known(self.id)),
            text(self.decline_reason.as_ref()),
            text(self.decline_message.as_ref()),
            trigger.unwrap_or_default(),
            id(self.order_id),
            id(self.checkout_id),
        ]
    }
}

fn method(payment: &Payment) -> (String, Option<String>) {
    card(payment.method_metadata.as_ref(), &payment.method)
}

/// The state, and why it is so.
fn state(payment: &Payment) -> Cell {
    let state = Cell::state(payment.status.as_str());
    match &payment.decline_reason {
        Some(reason) => {
            let words = declines::words(reason);
            Cell::Many(vec![state, Cell::Noted(String::new(), words)])
        }
        None => state,
    }
}

async fn detail(dashboard: Dashboard<scope::PaymentsRead>, PathId(id): PathId) -> Answer {
    let (payment, row) = actions::payments::get_with_row(&dashboard.caller, id).await?;
    let payers = Payment::buyers(&dashboard.caller, std::slice::from_ref(&payment)).await?;
    let subjects = [Some(id), payment.checkout_id, payment.order_id];
    let parts = vec![
        about(&dashboard, (&payment, &row), &payers),
        how(&dashboard, &payment, &row),
        timeline(&dashboard, subjects.into_iter().flatten()).await?,
    ];
    show(&payment.detail(&dashboard, Cell::state(payment.status.as_str()), parts))
}

fn about(viewer: &Viewer, (payment, row): (&Payment, &Row), payers: &Buyers) -> Part {
    let money = Cell::money(payment.amount, payment.currency);
    let is_change = row.purpose == Purpose::Change;
    let trigger = match is_change {
        true => Some("Subscription change"),
        false => payment.trigger.map(sales::trigger),
    };
    let mut facts = vec![
        Fact::new("Payment ID", Cell::Code(payment.id.to_string())),
        Fact::new("Amount", money),
        Fact::new("Customer", payers.cell(viewer, payment.id)),
        Fact::new(
            "Order",
            sales::linked(viewer, "orders", payment.order_id, "The order"),
        ),
        Fact::new(
            "Checkout",
            sales::linked(viewer, "checkouts", payment.checkout_id, "The session"),
        ),
        Fact::new("Reason", Cell::text(trigger)),
    ];
    if is_change {
        let words = "The subscription";
        let link = sales::linked(viewer, "subscriptions", row.subject_id, words);
        facts.push(Fact::new("Subscription", link));
    }
    let known = (row.processor, row.reference.as_deref());
    facts.extend(sales::processor_fact(viewer, known));
    facts.extend(moments(
        payment.created_at,
        payment.modified_at,
        &viewer.zone,
    ));
    Part::Facts("Payment", facts)
}

fn how(viewer: &Viewer, payment: &Payment, row: &Row) -> Part {
    let (text, note) = method(payment);
    let mut facts = vec![Fact::new(
        "Paid with",
        Cell::Noted(text, note.unwrap_or_default()),
    )];
    if let Some(reason) = &payment.decline_reason {
        facts.push(Fact::new("Declined", Cell::Text(declines::words(reason))));
        facts.push(Fact::new("Decline code", Cell::Code(reason.clone())));
        facts.push(Fact::new(
            "Message to the buyer",
            Cell::text(payment.decline_message.clone()),
        ));
    }
    if let Some(request) = &row.request_id {
        let mut cells = vec![Cell::Code(request.clone())];
        cells.extend(sales::at_processor(viewer, (row.processor, Some(request))));
        facts.push(Fact::new("Failed request", Cell::Many(cells)));
    }
    Part::Facts("Method", facts)
}
