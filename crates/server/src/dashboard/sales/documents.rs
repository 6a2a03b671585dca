//! The documents of an order, on its page: each is made when it is downloaded, where it is not there yet.

use std::sync::Arc;

use axum::{
    Router,
    response::{IntoResponse, Redirect},
    routing::get,
};
use till_core::kernel::records::{Order, Refund};

use crate::{
    actions::documents::current,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::{Fact, Part},
        parts::Cell,
        resource_pages::ORDERS,
    },
    documents::Wanted,
    http::extract::{PathId, scope},
};

/// The addresses, each of which leads to the file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(&ORDERS.at("/{id}/invoice"), get(invoice))
        .route(&ORDERS.at("/{id}/receipt"), get(receipt))
        .route(&ORDERS.at("/credit-notes/{id}"), get(credit_note))
}

async fn invoice(dashboard: Dashboard<scope::OrdersRead>, PathId(id): PathId) -> Answer {
    let url = current(&dashboard.caller, Wanted::Invoice(id)).await?;
    Ok(Redirect::to(&url).into_response())
}

async fn receipt(dashboard: Dashboard<scope::OrdersRead>, PathId(id): PathId) -> Answer {
    let url = current(&dashboard.caller, Wanted::Receipt(id)).await?;
    Ok(Redirect::to(&url).into_response())
}

async fn credit_note(dashboard: Dashboard<scope::RefundsRead>, PathId(id): PathId) -> Answer {
    let url = current(&dashboard.caller, Wanted::CreditNote(id)).await?;
    Ok(Redirect::to(&url).into_response())
}

/// The documents as a part of the order's page; none of a draft.
pub fn part(viewer: &Viewer, order: &Order, refunds: &[Refund]) -> Option<Part> {
    let link = |rest: &str, number: &str| {
        let href = ORDERS.path(viewer, order.id, rest);
        Cell::link(href, format!("Download {number}"))
    };
    let mut facts = Vec::new();
    if let Some(number) = order
        .invoice_number
        .as_deref()
        .filter(|_| order.has_invoice())
    {
        let is_named = order.billing_name.is_some() && order.billing_address.is_some();
        let cell = match is_named {
            true => link("/invoice", number),
            false => Cell::Text("Needs a billing name and a billing address".to_owned()),
        };
        facts.push(Fact::new("Invoice", cell));
    }
    if let Some(number) = &order.receipt_number {
        facts.push(Fact::new("Receipt", link("/receipt", number)));
    }
    let mut refunds: Vec<&Refund> = refunds.iter().collect();
    refunds.sort_by_key(|refund| (refund.created_at, refund.id));
    for refund in refunds {
        if let Some(number) = refund.credit_note() {
            let href = viewer.path(&format!("/orders/credit-notes/{}", refund.id));
            let cell = Cell::link(href, format!("Download {number}"));
            facts.push(Fact::new("Credit note", cell));
        }
    }
    (!facts.is_empty()).then_some(Part::Facts("Documents", facts))
}
