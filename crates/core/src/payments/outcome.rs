//! End of an attempt: one pure transition, whoever witnesses it. The consequence depends on the attempt's
//! purpose: [`crate::checkout::outcome`], [`crate::orders::payment`], [`super::methods`].

use till_wire::{money::Money, payments::CardMetadata};

use crate::kernel::{
    context::DecisionContext,
    records::{Payment, PaymentKind, PaymentState},
    values::Json,
};

/// Marks, as its reason, a payment whose money arrived when what it was meant for could not use it any more: it was
/// paid otherwise, is being paid otherwise, or is over. Such money is given back to the buyer.
pub const REFUND_DUE: &str = "refund_due";

/// Marks, as its reason, a payment whose money arrived but whose kept terms cannot be read: nothing may be sold on
/// other terms, so the session stays locked until somebody has looked at it. Once the terms read again, the next
/// witness completes the purchase.
pub const TERMS_UNREADABLE: &str = "terms_unreadable";

/// Marks, as its reason, a payment whose processor took another amount than it was asked for: it pays for nothing, and
/// nothing of it is given back, until somebody has looked at it.
pub const AMOUNT_MISMATCH: &str = "amount_mismatch";

/// An attempt's outcome as a witness tells it: the call's return, the processor's notice, or the reconciler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Money moved, or the card is set up.
    Succeeded {
        /// Method that paid.
        card: CardMetadata,
        /// The processor's name for what paid, for renewals.
        method_reference: String,
        /// Value by which the processor tells cards apart, for limits by card.
        card_fingerprint: String,
        /// The amount taken, where the processor says.
        charged: Option<Money>,
    },
    /// The buyer must authenticate.
    RequiresAction {
        /// The page to authenticate on, if there is one.
        action_url: Option<String>,
    },
    /// The processor will tell later.
    Processing,
    /// Refused; only the processor may say so.
    Failed {
        /// A code such as `card_declined`.
        reason: String,
        /// For the buyer.
        message: String,
        /// Method that would have paid.
        card: Option<CardMetadata>,
        /// Value by which the processor tells that card apart.
        card_fingerprint: Option<String>,
        /// The processor's id of the request that failed, for the merchant.
        request_id: Option<String>,
    },
}

/// The attempt as a witness leaves it; `None` for a second witness, who changes nothing.
///
/// Money is never lost: a charge that was given up as failed may succeed after all, and so may one whose terms could
/// not be read. Nothing else leaves a settled state.
pub fn record_outcome(
    payment: &Payment,
    outcome: &Outcome,
    ctx: &DecisionContext,
) -> Option<Payment> {
    let revived =
        matches!(outcome, Outcome::Succeeded { .. }) && (comes_late(payment) || is_held(payment));
    if payment.state.is_settled() && !revived {
        return None;
    }
    let mut new = note(payment, outcome);
    if new == *payment {
        return None;
    }
    new.modified_at = Some(ctx.now);
    Some(new)
}

/// True where a success would come after the attempt was given up: only a charge moves money then.
pub fn comes_late(payment: &Payment) -> bool {
    payment.state == PaymentState::Failed && payment.kind == PaymentKind::Charge
}

/// True where the money is there, and waits for somebody to look at it.
pub fn is_held(payment: &Payment) -> bool {
    matches!(
        payment.decline_reason.as_deref(),
        Some(TERMS_UNREADABLE | AMOUNT_MISMATCH)
    )
}

/// Marks money that arrived for terms that cannot be read, unless it is held for another reason.
pub fn hold_for_terms(payment: &mut Payment) {
    if payment.state == PaymentState::Succeeded && !is_held(payment) {
        payment.decline_reason = Some(TERMS_UNREADABLE.to_owned());
        payment.decline_message =
            Some("The payment succeeded, but the agreed terms cannot be read.".to_owned());
    }
}

/// True where the money is there, and nothing was bought with it.
pub fn is_refund_due(payment: &Payment) -> bool {
    payment.decline_reason.as_deref() == Some(REFUND_DUE)
}

/// True where exactly what was asked for was taken.
fn is_as_asked(payment: &Payment, charged: Money) -> bool {
    payment.kind == PaymentKind::Charge
        && (payment.amount, payment.currency) == (charged.minor, charged.currency)
}

fn note(payment: &Payment, outcome: &Outcome) -> Payment {
    let mut new = payment.clone();
    match outcome {
        Outcome::Succeeded {
            card,
            method_reference,
            card_fingerprint,
            charged,
        } => {
            new.state = PaymentState::Succeeded;
            new.card = Some(Json(card.clone()));
            new.card_fingerprint = Some(card_fingerprint.clone());
            new.method_reference = Some(method_reference.clone());
            new.action_url = None;
            (new.decline_reason, new.decline_message) = (None, None);
            new.request_id = None;
            if let Some(charged) = charged.filter(|charged| !is_as_asked(payment, *charged)) {
                new.decline_reason = Some(AMOUNT_MISMATCH.to_owned());
                new.decline_message = Some(format!(
                    "{} {} was charged instead of {} {}.",
                    charged.minor, charged.currency, payment.amount, payment.currency
                ));
            }
        }
        Outcome::RequiresAction { action_url } => {
            new.state = PaymentState::RequiresAction;
            new.action_url = action_url.clone();
        }
        Outcome::Processing => new.state = PaymentState::Processing,
        Outcome::Failed {
            reason,
            message,
            card,
            card_fingerprint,
            request_id,
        } => {
            new.state = PaymentState::Failed;
            new.decline_reason = Some(reason.clone());
            new.decline_message = Some(message.clone());
            new.card = card.clone().map(Json).or(new.card);
            new.card_fingerprint = card_fingerprint.clone().or(new.card_fingerprint);
            new.request_id = request_id.clone().or(new.request_id);
            new.action_url = None;
        }
    }
    new
}
