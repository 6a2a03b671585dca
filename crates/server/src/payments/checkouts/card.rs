//! The card that somebody is about to pay with, where a limit counts cards.

use till_core::{checkout::Session, kernel::refusal::Refusal};
use till_ports::processor::{CardPreview, ProcessorError};
use till_wire::{checkouts::CheckoutUpdate, input::Patch};

use crate::{app::App, error::ApiError, payments::charge::NOT_STARTED};

/// The card behind the confirmation, asked for where something depends on it: a buyer without a name gets the one on
/// it, limits by person count it. A limit is not lifted because the processor cannot be reached: then nothing is tried.
pub(super) async fn card(
    app: &App,
    session: &Session,
    input: &mut CheckoutUpdate,
) -> Result<Option<CardPreview>, ApiError> {
    let Some(token) = &input.confirmation_token_id else {
        return Ok(None);
    };
    let nameless = match &input.customer_name {
        Patch::Value(_) => false,
        Patch::Null => true,
        Patch::Absent => session.checkout.buyer.customer_name.is_none(),
    };
    let discounted = session.discount.is_some() || input.discount_code.as_value().is_some();
    let is_counted = discounted || may_try(session);
    if !nameless && !is_counted {
        return Ok(None);
    }
    let card = match app.processor.card(token, app.clock.now()).await {
        Ok(card) => card,
        Err(ProcessorError::Unsure(cause) | ProcessorError::Unavailable(cause)) if is_counted => {
            tracing::warn!(%cause, "the processor could not be asked which card a limit applies to");
            return Err(Refusal::Payment(NOT_STARTED.to_owned()).into());
        }
        // What it refuses here it refuses when the attempt is prepared.
        Err(cause) => {
            tracing::info!(%cause, "the processor has no card for a token");
            None
        }
    };
    let name = card.as_ref().and_then(|card| card.billing_name.as_deref());
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = name.filter(|_| nameless) {
        input.customer_name = Patch::Value(name.chars().take(256).collect());
    }
    Ok(card)
}

/// True where a trial that is not for everybody may come of the session (docs/behaviour: subscriptions/one-trial-each).
pub(super) fn may_try(session: &Session) -> bool {
    let settings = &session.organization.settings.subscription_settings;
    let recurring = session.offered.iter().any(|o| o.product.is_recurring());
    settings.prevent_trial_abuse && session.checkout.terms.allow_trial && recurring
}
