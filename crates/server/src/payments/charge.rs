//! Steps 2 and 3 of an attempt, whatever it is made for: what the processor is asked, and what it says.

use jiff::SignedDuration;
use till_core::{
    kernel::records::{Organization, Payment, PaymentKind},
    payments::{
        attempt::{self as journal, References},
        declines,
    },
};
use till_ports::processor::{Attempt, AttemptKind, Outcome, ProcessorError, Source};
use till_wire::money::Money;

use crate::{app::App, error::ApiError};

/// Words for a buyer where the processor could not be reached before money could move.
pub const NOT_STARTED: &str =
    "The payment could not be started. Nothing was charged. Please try again.";

/// The buyer's message where the processor does not take the card details any more.
const ENTER_AGAIN: &str =
    "The payment details are no longer valid. Nothing was charged. Please enter them again.";

/// The message where the processor does not take a saved card.
const SAVED_REFUSED: &str = "The saved card can no longer be charged. Nothing was charged.";

/// The message where the amount is more than the processor takes in one charge.
const TOO_LARGE: &str = "The amount is more than can be charged at once. Nothing was charged.";

/// Asks the processor for an attempt that is written down: prepares it, commits it as *asked*, and confirms it. The
/// attempt as it is then, and its outcome; none where it is not known whether money moved: then the attempt stays open,
/// and the processor is asked again at once.
///
/// # Errors
/// The commit's: where somebody else has given the attempt up meanwhile it is stale, and no money moves.
pub async fn charge(
    app: &App,
    organization: &Organization,
    payment: Payment,
    asked: &Attempt,
) -> Result<(Payment, Option<Outcome>), ApiError> {
    let id = payment.id;
    let prepared = match app.processor.prepare(asked, app.clock.now()).await {
        Ok(prepared) => prepared,
        // Preparing moves nothing, so without it the attempt is certain to have failed.
        Err(ProcessorError::Unsure(cause)) => {
            tracing::warn!(%cause, payment = %id, "the processor could not be reached");
            let failed = failed(declines::UNREACHABLE, NOT_STARTED);
            return Ok((payment, Some(failed.of_request(cause.request_id()))));
        }
        Err(error) => return Ok((payment, Some(refused(&error, asked)))),
    };
    let references = References {
        attempt: &prepared.reference,
        customer: &prepared.customer,
        client_secret: &prepared.client_secret,
    };
    let (payment, changes) = journal::asked(&payment, references, &app.context_of(organization));
    // Money does not move where this is not written down: because somebody else has given the attempt up meanwhile, or
    // because the database failed, which is no fault of the buyer's.
    app.commit(changes).await?;
    let confirmed = app
        .processor
        .confirm(asked, &prepared.reference, app.clock.now());
    let outcome = match confirmed.await {
        Ok(outcome) => Some(outcome),
        // Whether money moved is not known: the attempt stays open until the processor says.
        Err(ProcessorError::Unsure(cause)) => {
            tracing::warn!(%cause, payment = %id, "the outcome of a payment attempt is unknown");
            app.metrics.unsure();
            let ctx = app.context_of(organization);
            let (unanswered, mut changes) = journal::unanswered(&payment, cause.request_id(), &ctx);
            changes.reconcile_after(id, SignedDuration::ZERO, &ctx);
            if let Err(error) = app.commit(changes).await {
                tracing::warn!(?error, payment = %id, "an immediate query of the outcome could not be scheduled; the reconciler asks later");
            }
            return Ok((unanswered, None));
        }
        Err(error) => Some(refused(&error, asked)),
    };
    Ok((payment, outcome))
}

/// The request to the processor: the attempt's amount, or the card alone.
pub fn kind(payment: &Payment, save_card: bool) -> AttemptKind {
    match payment.kind {
        PaymentKind::Charge => AttemptKind::Charge {
            amount: Money::new(payment.amount, payment.currency),
            save_card,
        },
        PaymentKind::Setup => AttemptKind::Setup,
    }
}

/// The part of the card statement that follows the merchant's name.
pub fn statement_suffix(organization: &Organization) -> Option<String> {
    Some(organization.slug.chars().take(15).collect())
}

/// An attempt that is certain to have moved nothing.
pub fn failed(reason: &str, words: &str) -> Outcome {
    Outcome::Failed {
        decline_reason: reason.to_owned(),
        decline_message: words.to_owned(),
        method: None,
        request_id: None,
    }
}

/// The outcome of an attempt that the processor did not take.
fn refused(error: &ProcessorError, asked: &Attempt) -> Outcome {
    let id = asked.id;
    let failed = match error {
        ProcessorError::Refused(cause) if is_too_large(asked.kind) => {
            tracing::info!(%cause, payment = %id, "the processor refused an amount");
            failed(declines::TOO_LARGE, TOO_LARGE)
        }
        ProcessorError::Refused(cause) => {
            tracing::info!(%cause, payment = %id, "the processor refused an attempt");
            let words = match asked.source {
                Source::Token { .. } => ENTER_AGAIN,
                Source::Saved { .. } => SAVED_REFUSED,
            };
            failed("invalid_request", words)
        }
        ProcessorError::Unavailable(cause) | ProcessorError::Unsure(cause) => {
            tracing::error!(%cause, payment = %id, "the processor does not accept our requests");
            failed(declines::UNREACHABLE, NOT_STARTED)
        }
    };
    failed.of_request(error.cause().request_id())
}

/// True where the amount is more than the processor takes in one charge.
fn is_too_large(kind: AttemptKind) -> bool {
    match kind {
        AttemptKind::Charge { amount, .. } => amount.minor > amount.currency.max_charge(),
        AttemptKind::Setup => false,
    }
}

#[cfg(test)]
mod tests {
    use till_wire::money::Currency;
    use uuid::Uuid;

    use super::*;

    fn message(source: Source) -> String {
        message_of(AttemptKind::Setup, source)
    }

    fn message_of(kind: AttemptKind, source: Source) -> String {
        let asked = Attempt {
            id: Uuid::nil(),
            kind,
            source,
            email: None,
            name: None,
            description: String::new(),
            statement_suffix: None,
            metadata: Default::default(),
            require_3ds: false,
            return_url: String::new(),
        };
        let refused = refused(&ProcessorError::Refused("unknown".into()), &asked);
        let Outcome::Failed {
            decline_message, ..
        } = refused
        else {
            panic!("{refused:?}");
        };
        decline_message
    }

    #[test]
    fn only_card_details_that_were_entered_are_asked_for_again() {
        let entered = till_ports::processor::card_token("token");
        assert_eq!(message(entered), ENTER_AGAIN);
        let saved = Source::Saved {
            customer: "customer".into(),
            method: "card".into(),
            present: false,
        };
        assert_eq!(message(saved.clone()), SAVED_REFUSED);
        let most = Currency::USD.max_charge();
        for (minor, words) in [(most, SAVED_REFUSED), (most + 1, TOO_LARGE)] {
            let amount = Money::new(minor, Currency::USD);
            let kind = AttemptKind::Charge {
                amount,
                save_card: false,
            };
            assert_eq!(message_of(kind, saved.clone()), words);
        }
    }
}
