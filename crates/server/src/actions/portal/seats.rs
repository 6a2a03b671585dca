//! Seats of a customer, given away by their own people.

use till_core::{
    kernel::records::Subscription as Row,
    portal::{BillingViewer, Viewer},
};
use till_store::{List, Order};
use till_wire::{page::Page, portal::CustomerSubscription, seats::CustomerSeat};
use uuid::Uuid;

use crate::{
    actions::seats::{Asked, Giver},
    app::App,
    error::Result,
    http::{
        extract::Params,
        idempotency::IdempotencyGuard,
        limits::{self, Inviter, Network},
    },
    joined::Joined,
};

/// The viewer as one who gives the customer's seats away.
pub fn giver<'a>(app: &'a App, viewer: &'a Viewer) -> Giver<'a> {
    Giver {
        app,
        organization: &viewer.organization,
        customer: Some(&viewer.customer),
    }
}

/// Gives a seat to a person, who is invited by mail.
///
/// # Errors
/// Refusals of [`Giver::assign`], and 429 where too many were invited (docs/behaviour: seats/invitation-budgets).
pub async fn assign(
    app: &App,
    viewer: BillingViewer<'_>,
    network: &Network,
    guard: &IdempotencyGuard,
    asked: &Asked,
) -> Result<CustomerSeat> {
    let giver = giver(app, &viewer);
    giver.check(asked.target).await?;
    limits::inviting(app, inviter(&viewer, network)).await?;
    giver.assign(guard, asked).await
}

/// Sends the invitation to a seat again.
///
/// # Errors
/// Refusals of [`Giver::resend`].
pub async fn resend(
    app: &App,
    viewer: BillingViewer<'_>,
    network: &Network,
    guard: &IdempotencyGuard,
    id: Uuid,
) -> Result<CustomerSeat> {
    let giver = giver(app, &viewer);
    giver
        .resend(guard, id, Some(inviter(&viewer, network)))
        .await
}

fn inviter<'a>(viewer: &'a Viewer, network: &'a Network) -> Inviter<'a> {
    Inviter {
        customer: &viewer.customer,
        network,
    }
}

/// Lists the subscriptions of which the viewer has claimed a seat, the last to start first.
pub async fn claimed_subscriptions(
    app: &App,
    viewer: BillingViewer<'_>,
    params: Params,
) -> Result<Page<CustomerSubscription>> {
    let window = params.last_window()?;
    let member = viewer.member.as_ref();
    let held = match member {
        Some(member) => app.store.subscriptions_with_seat(member.id).await?,
        None => Vec::new(),
    };
    if held.is_empty() {
        return Ok(window.of(0, []));
    }
    let list = List::of::<Row>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .any_of("id", held)
        .order("started_at", Order::Desc);
    let (rows, page) = window.page::<Row>(app, list).await?;
    let listed = Joined::customer_subscriptions(app, &viewer.organization, &rows).await?;
    Ok(page.of(listed))
}
