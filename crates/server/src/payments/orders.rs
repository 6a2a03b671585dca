//! The outcome of an attempt to pay an order.

use till_core::{
    kernel::{
        changes::Changes,
        records::{Organization, Payment},
    },
    orders::payment::{self, OrderRows},
    payments::outcome::Outcome,
};
use uuid::Uuid;

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
