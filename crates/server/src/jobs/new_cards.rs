//! Cards that customers have just saved, tried with what they owe (docs/behaviour: subscriptions/new-card).

use till_core::{
    kernel::{changes::Changes, jobs::End},
    orders::new_card::{self, MOST_ORDERS, NewCard, Next, TryCard},
    payments::attempt::RECONCILE_AFTER,
    portal::cards::ForgottenCard,
};

use crate::{app::App, error::ApiError, payments};

/// Asks for one job for each order that the card is tried with.
pub async fn with_each(app: &App, card: NewCard) -> Result<End, ApiError> {
    let owed = app
        .store
        .unpaid_orders_of_customer(card.customer_id, MOST_ORDERS)
        .await?;
    let Some(first) = owed.first() else {
        return Ok(End::Done(Changes::new()));
    };
    let ctx = app.context_for(first.organization_id).await?;
    Ok(End::Done(new_card::each(&owed, &card, &ctx)))
}

/// Has the processor forget a card that its customer has deleted. One that another processor keeps stays there, where
/// nothing is charged any more.
pub async fn forget(app: &App, card: ForgottenCard) -> Result<End, ApiError> {
    if card.processor == app.processor.name().as_str() {
        let forgotten = app.processor.forget(&card.reference, app.clock.now());
        forgotten.await?;
    }
    Ok(End::Done(Changes::new()))
}

/// Tries the card with one order.
pub async fn try_one(app: &App, card: TryCard) -> Result<End, ApiError> {
    let (organization, rows) = payments::order_rows(app, card.order_id).await?;
    let latest = app.store.latest_attempt_of_order(card.order_id).await?;
    let ctx = app.context_of(&organization);
    match new_card::next(&rows, latest.as_ref(), &card, &ctx) {
        Next::Leave => {}
        Next::Wait => {
            let at = app.clock.now() + RECONCILE_AFTER;
            return Ok(End::Retry { at });
        }
        Next::Try => Box::pin(payments::try_card(app, card.order_id, card.method_id)).await?,
    }
    Ok(End::Done(Changes::new()))
}
