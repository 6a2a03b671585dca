//! Meaning of the state of an intent for an attempt.

use till_wire::money::{Currency, Money};

use super::types::{ErrorBody, Intent, PaymentMethod};
use crate::processor::decline_message::decline_message;
use crate::processor::{Method, Outcome, ProcessorError, Result};

/// State of an intent.
#[derive(Debug)]
pub(super) enum Standing {
    /// It was never confirmed, and may still be.
    Unconfirmed,
    /// A card was declined; whoever holds the client secret may still pay with another, until it is cancelled.
    Declined,
    /// Cancelled before it was ever confirmed.
    GivenUp,
    /// It is as this outcome says.
    Known(Outcome),
}

/// The reason of an attempt that nobody approved with the bank.
const NOT_APPROVED: &str = "authentication_required";

/// Reads an intent.
///
/// # Errors
/// [`ProcessorError::Unsure`] for a state that this version does not know.
pub(super) fn standing(intent: &Intent) -> Result<Standing> {
    Ok(match intent.status.as_str() {
        "requires_payment_method" if intent.last_payment_error.is_some() => Standing::Declined,
        "requires_payment_method" | "requires_confirmation" => Standing::Unconfirmed,
        "requires_action" => Standing::Known(Outcome::RequiresAction {
            client_secret: intent.client_secret.clone().unwrap_or_default(),
            action_url: intent.next_action.as_ref().and_then(|action| {
                action
                    .redirect_to_url
                    .as_ref()
                    .and_then(|redirect| redirect.url.clone())
            }),
        }),
        "processing" => Standing::Known(Outcome::Processing),
        "succeeded" => Standing::Known(succeeded(intent)?),
        "canceled" if intent.last_payment_error.is_none() && intent.payment_method.is_none() => {
            Standing::GivenUp
        }
        "canceled" => Standing::Known(failed(intent)),
        other => {
            let words = format!("the intent {} has the state {other}", intent.id);
            return Err(ProcessorError::Unsure(words.into()));
        }
    })
}

fn succeeded(intent: &Intent) -> Result<Outcome> {
    let method = intent
        .payment_method
        .as_ref()
        .and_then(|method| method.object());
    let method = method.and_then(self::method);
    let method = method.ok_or_else(|| {
        ProcessorError::Unsure(format!("the intent {} succeeded without a card", intent.id).into())
    })?;
    let amount = match intent.amount_received {
        Some(minor) => Some(money(
            minor,
            intent.currency.as_deref().unwrap_or_default(),
        )?),
        None => None,
    };
    Ok(Outcome::Succeeded { method, amount })
}

/// The amount of an object.
///
/// # Errors
/// [`ProcessorError::Unsure`] for a currency that Till does not know.
pub(super) fn money(minor: i64, currency: &str) -> Result<Money> {
    let currency: Currency = currency.parse().map_err(|_| {
        ProcessorError::Unsure(format!("an amount in the currency {currency:?}").into())
    })?;
    Ok(Money::new(minor, currency))
}

/// The outcome of an intent that was cancelled after a card had been tried.
fn failed(intent: &Intent) -> Outcome {
    let error = intent.last_payment_error.as_deref();
    let reason = error.map_or(NOT_APPROVED, reason);
    let tried = error.and_then(|error| error.payment_method.as_ref());
    let tried = tried.or_else(|| intent.payment_method.as_ref()?.object());
    Outcome::Failed {
        decline_reason: reason.to_owned(),
        decline_message: decline_message(reason).to_owned(),
        method: tried.and_then(method),
        request_id: None,
    }
}

/// The code that merchants see: the bank's, else Stripe's.
fn reason(error: &ErrorBody) -> &str {
    let code = error.code.as_deref();
    match code {
        Some("payment_intent_authentication_failure" | "setup_intent_authentication_failure") => {
            NOT_APPROVED
        }
        _ => match error.decline_code.as_deref().or(code) {
            None | Some("card_declined") => "generic_decline",
            Some(code) => code,
        },
    }
}

/// The card behind a payment method; `None` for a method that is not a card.
pub(super) fn method(method: &PaymentMethod) -> Option<Method> {
    let card = method.card.as_ref()?;
    Some(Method {
        reference: method.id.clone(),
        brand: card.brand.clone(),
        last4: card.last4.clone(),
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        // A card without a fingerprint must not look like another one without.
        fingerprint: card
            .fingerprint
            .clone()
            .unwrap_or_else(|| method.id.clone()),
        wallet: card.wallet.as_ref().map(|wallet| wallet.kind.clone()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(intent: Value) -> String {
        let intent: Intent = serde_json::from_value(intent).unwrap();
        format!("{:?}", standing(&intent))
    }

    fn intent(status: &str, more: Value) -> Value {
        let mut intent = json!({"id": "pi_1", "status": status, "currency": "usd"});
        intent
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        intent
    }

    #[test]
    fn only_succeeded_fulfils() {
        let card = json!({"id": "pm_1", "card": {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030}});
        let more = json!({"payment_method": card, "amount_received": 1000});
        assert!(told(intent("succeeded", more.clone())).contains("Succeeded"));
        for status in [
            "requires_payment_method",
            "requires_confirmation",
            "requires_action",
            "requires_capture",
            "processing",
            "canceled",
            "something_new",
        ] {
            assert!(
                !told(intent(status, more.clone())).contains("Succeeded"),
                "{status}"
            );
        }
    }

    #[test]
    fn a_state_that_is_not_known_is_unsure() {
        for status in ["requires_capture", "something_new", ""] {
            assert!(
                told(intent(status, json!({}))).contains("Unsure"),
                "{status}"
            );
        }
        assert!(told(intent("succeeded", json!({"amount_received": 1}))).contains("Unsure"));
    }

    #[test]
    fn a_declined_intent_is_told_from_one_that_nobody_confirmed() {
        let error = json!({"last_payment_error": {"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}});
        assert_eq!(
            told(intent("requires_payment_method", json!({}))),
            "Ok(Unconfirmed)"
        );
        assert_eq!(
            told(intent("requires_payment_method", error.clone())),
            "Ok(Declined)"
        );
        assert_eq!(told(intent("canceled", json!({}))), "Ok(GivenUp)");
        assert!(told(intent("canceled", error)).contains("lost_card"));
        assert!(told(intent("canceled", json!({"payment_method": "pm_1"}))).contains(NOT_APPROVED));
    }

    #[test]
    fn the_banks_reason_comes_before_stripes() {
        let reason_of = |code: &str, decline: Option<&str>| {
            let error = ErrorBody {
                code: Some(code.to_owned()),
                decline_code: decline.map(str::to_owned),
                ..ErrorBody::default()
            };
            reason(&error).to_owned()
        };
        assert_eq!(
            reason_of("card_declined", Some("insufficient_funds")),
            "insufficient_funds"
        );
        assert_eq!(reason_of("card_declined", None), "generic_decline");
        assert_eq!(reason_of("expired_card", None), "expired_card");
        assert_eq!(
            reason_of("payment_intent_authentication_failure", None),
            NOT_APPROVED
        );
        assert_eq!(
            reason_of("setup_intent_authentication_failure", None),
            NOT_APPROVED
        );
    }
}
