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

use crate::{app::App, error::ApiError, pay};

/// Fulfils a confirmed session; the job's end carries the effects, so they happen once.
pub async fn fulfil(app: &App, job: &Job) -> Result<End, ApiError> {
    let id: Uuid = job.payload().map_err(ApiError::internal)?;
    let Some(session) = app.store.session_by_id(id).await? else {
        return Ok(End::Bury {
            reason: "the session does not exist".into(),
        });
    };
    if session.checkout.status != CheckoutStatus::Confirmed || session.checkout.attempt_id.is_some()
    {
        return Ok(End::Done(Default::default()));
    }
    let session = match session.checkout.customer_id {
        Some(_) => session,
        None => pay::make_up_customer(app, id).await?,
    };
    let organization = session.organization.id;
    let store = &app.store;
    let customer: Vec<_> = session.checkout.customer_id.into_iter().collect();
    let (mut customer, upgraded, payment, audience) = tokio::try_join!(
        store.customers(organization, &customer),
        store.upgraded(organization, session.checkout.subscription_id),
        store.paid_attempt(id),
        store.audience(organization),
    )?;
    let Some(customer) = customer.pop() else {
        return Ok(End::Bury {
            reason: "the session has no customer".into(),
        });
    };
    let purchase = Purchase {
        payment,
        audience,
        session,
        customer,
        upgraded,
    };
    match fulfil::fulfil(&purchase, &app.site, &app.at()) {
        Ok(changes) => Ok(End::Done(changes)),
        // Trying again makes it no better: what was paid and what is to be delivered differ.
        Err(mismatch) => {
            tracing::error!(%mismatch, checkout = %id, "a paid session is not fulfilled: look at it");
            Ok(End::Bury {
                reason: mismatch.to_string(),
            })
        }
    }
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
