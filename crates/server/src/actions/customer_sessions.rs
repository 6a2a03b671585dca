//! Sessions of the customers' portal.

use axum::http::StatusCode;
use till_core::customers;
use till_wire::customers::{CustomerSession, CustomerSessionCreate, SessionFor};

use crate::{
    error::Result,
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Opens a customer's portal for one hour.
pub async fn create(
    caller: &Caller<scope::CustomerSessionsWrite>,
    guard: &IdempotencyGuard,
    input: CustomerSessionCreate,
) -> Result<CustomerSession> {
    let app = &caller.app;
    let own = &caller.organization;
    let customer = match &input.customer {
        SessionFor::Id(id) => app.store.customer(own.id, *id).await?,
        SessionFor::ExternalId(id) => app.store.customer_by_external_id(own.id, id).await?,
    }
    .ok_or_else(|| customers::unknown(&input.customer))?;
    let opened = customers::open_session(
        &customer,
        &own.slug,
        input.return_url,
        &app.key,
        &app.urls,
        &app.context(),
    );
    app.reply(guard, StatusCode::CREATED, opened, |now| now)
        .await
}
