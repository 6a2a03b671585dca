//! Documents that were asked for.

use till_core::{
    documents::INVOICE_JOB,
    kernel::{changes::Changes, jobs::End},
};
use uuid::Uuid;

use crate::{
    app::App,
    documents::{self, Wanted},
    error::ApiError,
};

/// Makes the invoice of the order whose id is the payload. An order that has none any more, because it was voided
/// meanwhile or lost its address, needs none; whoever asks again is told why.
pub async fn invoice(app: &App, id: Uuid) -> Result<End, ApiError> {
    let Some(order) = app.store.order_by_id(id).await? else {
        return Ok(End::Done(Changes::new()));
    };
    let organization = app.store.organization(order.organization_id).await?;
    let is_named = order.billing_name.is_some() && order.billing_address.is_some();
    let Some(organization) = organization.filter(|_| order.has_invoice() && is_named) else {
        tracing::info!(order = %id, kind = INVOICE_JOB.name(), "an invoice is not needed any more");
        return Ok(End::Done(Changes::new()));
    };
    Box::pin(documents::make(app, &organization, Wanted::Invoice(id))).await?;
    Ok(End::Done(Changes::new()))
}
