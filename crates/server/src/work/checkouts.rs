//! What happens to sessions on their own: fulfilment and expiry.

use futures_util::{StreamExt, TryStreamExt, stream};
use till_core::{
    checkout::{
        expire,
        fulfil::{self, Purchase},
    },
    jobs::{End, Job},
};
use till_wire::checkouts::CheckoutStatus;
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Fulfils a confirmed session; the job's end carries the effects, so they happen once.
pub async fn fulfil(app: &App, job: &Job) -> Result<End, ApiError> {
    let id: Uuid = job.payload().map_err(ApiError::internal)?;
    let Some(session) = app.store.session_by_id(id).await? else {
        return Ok(End::Bury {
            reason: "the session does not exist".into(),
        });
    };
    if session.checkout.status != CheckoutStatus::Confirmed {
        return Ok(End::Done(Default::default()));
    }
    let organization = session.organization.id;
    let customer = match session.checkout.customer_id {
        Some(id) => app.store.customers(organization, &[id]).await?.pop(),
        None => None,
    };
    let Some(customer) = customer else {
        return Ok(End::Bury {
            reason: "the session has no customer".into(),
        });
    };
    let upgraded = match session.checkout.subscription_id {
        Some(id) => app.store.subscription(organization, id).await?,
        None => None,
    };
    let purchase = Purchase {
        payment: app.store.paid_attempt(session.checkout.id).await?,
        audience: app.store.audience(organization).await?,
        session,
        customer,
        upgraded,
    };
    Ok(End::Done(fulfil::fulfil(&purchase, &app.site, &app.at())))
}

/// Overdue sessions that are read at once, and expired side by side.
const BATCH: usize = 100;
const SIDE_BY_SIDE: usize = 16;

/// Expires the sessions whose time is over; says how many.
pub async fn expire_due(app: &App) -> Result<usize, ApiError> {
    let mut expired = 0;
    loop {
        let due = app
            .store
            .overdue_checkouts(app.clock.now(), BATCH as i64)
            .await?;
        let found = due.len();
        stream::iter(due)
            .map(|id| app.settle(move || expire(app, id)))
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect::<()>()
            .await?;
        expired += found;
        if found < BATCH {
            return Ok(expired);
        }
    }
}

async fn expire(app: &App, id: Uuid) -> Result<(), ApiError> {
    let Some(session) = app.store.session_by_id(id).await? else {
        return Ok(());
    };
    let audience = app.store.audience(session.organization.id).await?;
    app.commit(expire::expire(&session, &audience, &app.site, &app.at()))
        .await
}
