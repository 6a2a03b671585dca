//! Attempts to pay an order: what the processor is asked, and what their outcome means.

use std::collections::BTreeMap;

use till_core::{
    kernel::{
        changes::Changes,
        records::{Organization, Payment},
    },
    orders::payment::{self, OrderRows},
    payments::outcome::Outcome,
};
use till_ports::processor::{Attempt, Source};
use uuid::Uuid;

use super::charge;
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    joined::Joined,
};

/// Loads what the outcome depends on, and decides.
pub(super) async fn decide(
    app: &App,
    payment: &Payment,
    outcome: &Outcome,
) -> Result<Option<(Payment, Changes)>, ApiError> {
    let order_id = payment.order_id.ok_or_else(ApiError::not_found)?;
    let (organization, rows) = rows(app, order_id).await?;
    let subscribers = app.store.subscribers(organization.id).await?;
    let ctx = app.context_of(&organization);
    Ok(payment::record_outcome(
        &rows,
        payment,
        outcome,
        &subscribers,
        &ctx,
    ))
}

/// An order with what is told with it.
pub async fn rows(app: &App, id: Uuid) -> Result<(Organization, OrderRows), ApiError> {
    let order = app.store.order_by_id(id).await.or_not_found()?;
    let organization = app
        .store
        .organization(order.organization_id)
        .await
        .or_not_found()?;
    let rows = Joined::order_rows(app, &organization, order).await?;
    Ok((organization, rows))
}

/// Request to the processor; `return_url` is where a customer who is there comes back to.
pub(super) fn attempt(
    organization: &Organization,
    rows: &OrderRows,
    payment: &Payment,
    source: Source,
    save_card: bool,
    return_url: String,
) -> Attempt {
    let (order, customer) = (&rows.order, &rows.customer);
    let is_there = matches!(source, Source::Token { .. });
    Attempt {
        id: payment.id,
        kind: charge::kind(payment, save_card),
        source,
        email: Some(customer.email.clone()),
        name: order.billing_name.clone().or_else(|| customer.name.clone()),
        description: format!("{} — {}", organization.name, order.description),
        statement_suffix: charge::statement_suffix(organization),
        metadata: BTreeMap::from([
            ("organization_id".to_owned(), organization.id.to_string()),
            ("order_id".to_owned(), order.id.to_string()),
            ("customer_id".to_owned(), customer.id.to_string()),
            ("tax_amount".to_owned(), order.tax_amount.to_string()),
        ]),
        require_3ds: is_there && organization.settings.require_3ds,
        return_url,
    }
}
