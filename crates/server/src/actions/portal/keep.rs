//! Attempts of a customer to keep a card, as the portal's pages follow them.

use till_core::{
    kernel::records::{Payment, PaymentState},
    payments::methods::SetUp,
    portal::{BillingViewer, Viewer},
};

use super::cards;
use crate::{
    app::App,
    error::Result,
    http::{idempotency::IdempotencyGuard, limits::Network},
    payments::{self, by_viewer},
};

/// The latest attempt of the viewer's customer to keep a card.
pub async fn latest(app: &App, viewer: &Viewer) -> Result<Option<Payment>> {
    let (own, customer) = (viewer.organization.id, viewer.customer.id);
    Ok(app.store.latest_setup(own, customer).await?)
}

/// Keeps a card, by a token of what was entered; the attempt as it is then. `back` is where a bank leads back to.
///
/// # Errors
/// `NotPermitted` where there are as many cards as there may be, `PaymentAlreadyInProgress` while nobody knows how another
/// attempt ends, 429 where too many cards were declined.
pub async fn keep(
    app: &App,
    viewer: &BillingViewer<'_>,
    (token, back): (String, String),
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Payment> {
    cards::has_room(app, viewer).await?;
    let asked = (token, SetUp::default(), back);
    Box::pin(by_viewer::keep_card(app, viewer, asked, guard, network)).await
}

/// Asks the processor how an attempt stands that waits for the customer's bank.
pub async fn ask(app: &App, attempt: Payment) -> Result<()> {
    payments::ask(app, attempt).await.map(drop)
}

/// Gives an attempt up that waits for the customer, so that another card can be entered.
pub async fn give_up(app: &App, viewer: &Viewer) -> Result<()> {
    let waiting = latest(app, viewer).await?;
    match waiting.filter(|one| one.state == PaymentState::RequiresAction) {
        Some(attempt) => payments::give_up(app, attempt).await.map(drop),
        None => Ok(()),
    }
}
