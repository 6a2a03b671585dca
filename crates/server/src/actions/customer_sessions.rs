//! Sessions of the customers' portal.

use axum::http::StatusCode;
use till_core::{customers, kernel::changes::Changes};
use till_wire::customers::{CustomerSession, CustomerSessionCreate, SessionFor};

use crate::{
    error::Result,
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Opens a customer's portal for one of its members, for one hour.
pub async fn create(
    caller: &Caller<scope::CustomerSessionsWrite>,
    guard: &IdempotencyGuard,
    input: CustomerSessionCreate,
) -> Result<CustomerSession> {
    let (app, own) = (&caller.app, &caller.organization);
    app.retry_on_conflict(|| async {
        let customer = match &input.customer {
            SessionFor::Id(id) => app.store.customer(own.id, *id).await?,
            SessionFor::ExternalId(id) => app.store.customer_by_external_id(own.id, id).await?,
        }
        .ok_or_else(|| customers::unknown(&input.customer))?;
        let external_id = input.external_member_id.as_deref();
        let (found, subscribers) = tokio::try_join!(
            app.store
                .session_member(&customer, input.member_id, external_id),
            app.store.subscribers(own.id),
        )?;
        let mut changes = Changes::new();
        let (now, ctx) = (app.context(), caller.context());
        let member =
            customers::session_member(&customer, &input, found, &mut changes, &subscribers, &ctx)?;
        let view = customers::open_session(
            &customer,
            &member,
            (&own.slug, &app.urls),
            input.return_url.clone(),
            &app.key,
            &now,
            &mut changes,
        );
        app.reply(guard, StatusCode::CREATED, (view, changes), |view| view)
            .await
    })
    .await
}
