//! How an attempt ended: one decision for all its witnesses (design: charging is a journal).

use till_wire::{
    checkouts::{CheckoutStatus, CheckoutUpdate, Writer},
    events::EventType,
    input::Context,
    payments::CardMetadata,
};

use super::{
    FULFIL_JOB, RECONCILE_JOB, Session,
    confirm::{Buyer, announce, settle_customer},
    update,
};
use crate::{
    at::At,
    change::{Changes, Json},
    event::Audience,
    records::{Payment, PaymentState},
    refusal::Refusal,
    site::Site,
    tokens::SecretKey,
};

/// What a witness says: the call's return, the processor's notice, or the reconciler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Money moved, or the card is set up.
    Succeeded {
        /// What paid.
        card: CardMetadata,
        /// The processor's name for what paid, for renewals.
        method_reference: String,
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
        /// What would have paid.
        card: Option<CardMetadata>,
    },
}

/// What settling changed.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The session as it is now.
    pub session: Session,
    /// The attempt as it is now.
    pub payment: Payment,
    /// The key to the customer's portal, when the session was confirmed by this very call.
    pub token: Option<String>,
    /// What to commit; empty for a second witness.
    pub changes: Changes,
}

/// Keeps the processor's reference before money moves: `intended` becomes `asked`.
pub fn asked(
    payment: &Payment,
    reference: &str,
    client_secret: &str,
    at: &At,
) -> (Payment, Changes) {
    let mut new = payment.clone();
    new.state = PaymentState::Asked;
    new.reference = Some(reference.to_owned());
    new.client_secret = Some(client_secret.to_owned());
    new.modified_at = Some(at.now);
    let mut changes = Changes::new();
    changes.update(payment, &new);
    new.version += 1;
    (new, changes)
}

/// Takes note of how an attempt stands. A second witness of the same outcome changes nothing.
pub fn settle(
    session: &Session,
    payment: &Payment,
    outcome: &Outcome,
    buyer: &Buyer,
    audience: &Audience,
    (site, key): (&Site, &SecretKey),
    at: &At,
) -> Result<Settled, Refusal> {
    let unchanged = || Settled {
        session: session.clone(),
        payment: payment.clone(),
        token: None,
        changes: Changes::new(),
    };
    if payment.state.is_settled() {
        return Ok(unchanged());
    }
    let mut noted = note(payment, outcome);
    if noted == *payment {
        return Ok(unchanged());
    }
    noted.modified_at = Some(at.now);
    let mut settled = match session.checkout.status {
        CheckoutStatus::Open if session.checkout.attempt_id == Some(payment.id) => first(
            session,
            payment,
            noted,
            outcome,
            buyer,
            audience,
            (site, key),
            at,
        )?,
        CheckoutStatus::Confirmed => later(session, payment, noted, outcome, audience, site, at),
        // The session has moved on without this attempt: the attempt alone is brought up to date.
        _ => {
            let mut changes = Changes::new();
            changes.update(payment, &noted);
            Settled {
                session: session.clone(),
                payment: noted,
                token: None,
                changes,
            }
        }
    };
    settled.payment.version = payment.version + 1;
    Ok(settled)
}

/// The attempt as the outcome leaves it.
fn note(payment: &Payment, outcome: &Outcome) -> Payment {
    let mut new = payment.clone();
    match outcome {
        Outcome::Succeeded {
            card,
            method_reference,
        } => {
            new.state = PaymentState::Succeeded;
            new.card = Some(Json(card.clone()));
            new.method_reference = Some(method_reference.clone());
            new.action_url = None;
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
        } => {
            new.state = PaymentState::Failed;
            new.decline_reason = Some(reason.clone());
            new.decline_message = Some(message.clone());
            new.card = card.clone().map(Json).or(new.card);
            new.action_url = None;
        }
    }
    new
}

fn intent_status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded { .. } => "succeeded",
        Outcome::RequiresAction { .. } => "requires_action",
        Outcome::Processing => "processing",
        Outcome::Failed { .. } => "requires_payment_method",
    }
}

/// The first word on an attempt whose session still looks open.
#[allow(clippy::too_many_arguments)]
fn first(
    session: &Session,
    payment: &Payment,
    mut noted: Payment,
    outcome: &Outcome,
    buyer: &Buyer,
    audience: &Audience,
    (site, key): (&Site, &SecretKey),
    at: &At,
) -> Result<Settled, Refusal> {
    let mut changes = Changes::new();
    if matches!(outcome, Outcome::Failed { .. }) {
        // A decline leaves the session as it was: nothing of the confirmation is kept, nothing is told.
        let mut open = session.checkout.clone();
        open.attempt_id = None;
        changes
            .update(&session.checkout, &open)
            .update(payment, &noted);
        open.version += 1;
        return Ok(Settled {
            session: session.with(open),
            payment: noted,
            token: None,
            changes,
        });
    }
    let mut new = update::apply(session, &confirmation(payment), false, at)?;
    let mut customer = Changes::new();
    let token = settle_paid_customer(&mut new, buyer, key, audience, &mut customer, at)?;
    noted.customer_id = new.checkout.customer_id;
    noted.customer_email = new.checkout.customer_email.clone();
    new.checkout.status = CheckoutStatus::Confirmed;
    let metadata = &mut new.checkout.processor_metadata.0;
    metadata.insert("intent_status".into(), intent_status(outcome).into());
    if let Some(secret) = &noted.client_secret {
        metadata.insert("intent_client_secret".into(), secret.clone());
    }
    let done = matches!(outcome, Outcome::Succeeded { .. });
    if done {
        new.checkout.attempt_id = None;
    }
    changes.update(payment, &noted);
    let job = if done { FULFIL_JOB } else { RECONCILE_JOB };
    let announced = announce(session, &mut new, customer, audience, site, at, job);
    changes.and(announced);
    if !done {
        look_again(&mut changes, &noted, at);
    }
    Ok(Settled {
        session: new,
        payment: noted,
        token,
        changes,
    })
}

/// Money has moved, so no rule may lose the purchase now: an external id that somebody took in the
/// meantime is left out, and a customer deleted in the meantime is made anew.
fn settle_paid_customer(
    session: &mut Session,
    buyer: &Buyer,
    key: &SecretKey,
    audience: &Audience,
    changes: &mut Changes,
    at: &At,
) -> Result<Option<String>, Refusal> {
    match super::confirm::match_customer(&session.checkout, buyer) {
        Err(Refusal::ExternalIdMismatch) => session.checkout.external_customer_id = None,
        Err(Refusal::CheckoutCustomerDeleted) => {
            session.checkout.customer_id = None;
            if buyer.holders.by_external_id.is_some() {
                session.checkout.external_customer_id = None;
            }
        }
        _ => {}
    }
    settle_customer(session, buyer, key, audience, changes, at)
}

/// The confirmation's body, read again.
fn confirmation(payment: &Payment) -> CheckoutUpdate {
    let mut cx = Context::new("body");
    cx.object(&payment.confirmation.0, |f| {
        CheckoutUpdate::read(Writer::Client, f)
    })
    .unwrap_or_default()
}

/// A later word on an attempt whose session is confirmed.
fn later(
    session: &Session,
    payment: &Payment,
    noted: Payment,
    outcome: &Outcome,
    audience: &Audience,
    site: &Site,
    at: &At,
) -> Settled {
    let mut new = session.clone();
    let mut changes = Changes::new();
    changes.update(payment, &noted);
    match outcome {
        Outcome::Succeeded { .. } => {
            new.checkout.attempt_id = None;
            changes.update(&session.checkout, &new.checkout);
            let id = session.checkout.id;
            changes.job(at, FULFIL_JOB, &format!("{FULFIL_JOB}:{id}"), at.now, &id);
        }
        Outcome::Failed { .. } => {
            // checkout.md 4.7: the session opens again, and the buyer may try another card.
            new.checkout.status = CheckoutStatus::Open;
            new.checkout.attempt_id = None;
            new.checkout.modified_at = Some(at.now);
            let metadata = &mut new.checkout.processor_metadata.0;
            metadata.remove("intent_status");
            metadata.remove("intent_client_secret");
            changes.update(&session.checkout, &new.checkout);
            changes.tell_checkout(&new, EventType::CheckoutUpdated, audience, site, at);
        }
        Outcome::RequiresAction { .. } | Outcome::Processing => {
            let metadata = &mut new.checkout.processor_metadata.0;
            metadata.insert("intent_status".into(), intent_status(outcome).into());
            changes.update(&session.checkout, &new.checkout);
            look_again(&mut changes, &noted, at);
        }
    }
    new.checkout.version = session.checkout.version + 1;
    Settled {
        session: new,
        payment: noted,
        token: None,
        changes,
    }
}

/// Schedules the next look at an attempt without an outcome.
fn look_again(changes: &mut Changes, payment: &Payment, at: &At) {
    let wait = match payment.state {
        PaymentState::Processing => jiff::SignedDuration::from_secs(1),
        _ => super::confirm::RECONCILE_AFTER,
    };
    changes.job(
        at,
        RECONCILE_JOB,
        &format!("{RECONCILE_JOB}:{}", payment.id),
        at.now + wait,
        &payment.id,
    );
}
