//! Jobs of checkout sessions: fulfilment and expiry.

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use till_core::{
    checkout::{
        Session,
        confirm::KnownBuyer,
        customer, expire,
        fulfil::{self, Purchase},
    },
    kernel::{
        changes::Changes,
        jobs::End,
        records::{Customer, CustomerMember, CustomerSeat, Organization},
    },
    seats::UsedSeats,
    tax::NoTaxes,
};
use till_store::BuyerKeys;
use till_wire::checkouts::CheckoutStatus;
use uuid::Uuid;

use super::supervise::alone;
use crate::{app::App, error::ApiError};

/// Fulfils a confirmed session that is paid, whose customer is made with it where the payment took its time; the job's
/// end carries the effects, so they happen once.
pub async fn fulfil(app: &App, id: Uuid) -> Result<End, ApiError> {
    let Some(session) = app.store.session_by_id(id).await? else {
        return Ok(End::Bury {
            reason: "the session does not exist".into(),
        });
    };
    if session.checkout.status != CheckoutStatus::Confirmed || session.checkout.attempt_id.is_some()
    {
        return Ok(End::Done(Default::default()));
    }
    let own = session.organization.id;
    let store = &app.store;
    let resolved = customer::is_resolved(&session.checkout);
    let keys = BuyerKeys::of(&session.checkout);
    let known: Vec<_> = keys.linked.filter(|_| resolved).into_iter().collect();
    let (mut known, upgraded, payment, subscribers, buyer) = tokio::try_join!(
        store.customers(own, &known),
        store.upgraded(own, session.checkout.subscription_id),
        store.paid_attempt(id),
        store.subscribers(own),
        async {
            match resolved {
                true => Ok(KnownBuyer::default()),
                false => store.buyer(own, &keys).await,
            }
        },
    )?;
    let ctx = app.context_of(&session.organization);
    let (session, customer, new_owner, mut changes) = match known.pop() {
        Some(customer) => (session, customer, None, Changes::new()),
        None if resolved => {
            return Ok(End::Bury {
                reason: "the session's customer does not exist".into(),
            });
        }
        None => {
            let context = app.checkout_context(&subscribers, &NoTaxes, &ctx);
            customer::resolve_late(&session, payment.as_ref(), &buyer, context)?
        }
    };
    // Read after the subscription: whoever gives one of its seats later raises its version.
    let used = match upgraded.as_ref().filter(|old| old.is_free()) {
        Some(old) => Some(store.used_seats_of(&[old.subscription.id]).await?),
        None => None,
    };
    let (owner, owner_is_seated) =
        seated(app, &session, &customer, new_owner, used.as_deref()).await?;
    let purchase = Purchase {
        seats: UsedSeats::of(used.unwrap_or_default(), &session.organization),
        owner,
        owner_is_seated,
        payment,
        subscribers,
        session,
        customer,
        upgraded,
    };
    match fulfil::fulfil(&purchase, &app.urls, &ctx) {
        Ok(effects) => {
            changes.and(effects);
            Ok(End::Done(changes))
        }
        // Trying again makes it no better: what was paid and what is to be delivered differ.
        Err(mismatch) => {
            tracing::error!(%mismatch, checkout = %id, "a paid session cannot be fulfilled: a person has to look at it");
            Ok(End::Bury {
                reason: mismatch.to_string(),
            })
        }
    }
}

/// The owner of a buyer of seats, and whether they have a seat already: among those `used` of the subscription that is
/// upgraded, or of the same product from an earlier purchase.
async fn seated(
    app: &App,
    session: &Session,
    customer: &Customer,
    new_owner: Option<CustomerMember>,
    used: Option<&[CustomerSeat]>,
) -> Result<(Option<CustomerMember>, bool), ApiError> {
    let row = &session.checkout;
    if row.terms.seats.is_none() || new_owner.is_some() {
        return Ok((new_owner, false));
    }
    let Some(owner) = app.store.customer_owner(customer.id).await? else {
        return Ok((None, false));
    };
    let is_seated = match used {
        Some(seats) => seats.iter().any(|seat| seat.member_id == Some(owner.id)),
        None => {
            app.store
                .holds_seat_of(owner.id, row.terms.product_id)
                .await?
        }
    };
    Ok((Some(owner), is_seated))
}

/// Overdue sessions that are read at once, and expired side by side.
const BATCH: usize = 100;
const SIDE_BY_SIDE: usize = 16;

/// Expires the sessions whose time is over; says how many. One that cannot be is left out, and tried again later.
pub async fn expire_due(app: &App) -> Result<usize, ApiError> {
    let mut expired = expire_before(app, None, app.clock.now()).await?;
    for organization in app.clocked_organizations().await? {
        expired += expire_due_of(app, &organization).await?;
    }
    Ok(expired)
}

/// Expires the sessions of an organization whose time is over by its own clock.
pub(super) async fn expire_due_of(
    app: &App,
    organization: &Organization,
) -> Result<usize, ApiError> {
    expire_before(app, Some(organization.id), app.now_of(organization)).await
}

async fn expire_before(app: &App, own: Option<Uuid>, now: Timestamp) -> Result<usize, ApiError> {
    let (mut expired, mut last) = (0, None);
    loop {
        let due = app
            .store
            .overdue_checkouts(own, now, last, BATCH as i64)
            .await?;
        let found = due.len();
        last = due.last().copied();
        expired += stream::iter(due)
            .map(|(_, id)| {
                let work = app.retry_on_conflict(move || expire(app, id));
                alone(app, "session", id, work)
            })
            .buffer_unordered(SIDE_BY_SIDE)
            .filter(|done| std::future::ready(*done))
            .count()
            .await;
        if found < BATCH {
            return Ok(expired);
        }
    }
}

async fn expire(app: &App, id: Uuid) -> Result<(), ApiError> {
    let Some(session) = app.store.session_by_id(id).await? else {
        return Ok(());
    };
    let subscribers = app.store.subscribers(session.organization.id).await?;
    app.commit(expire::expire(
        &session,
        &subscribers,
        &app.urls,
        &app.context_of(&session.organization),
    ))
    .await
}
