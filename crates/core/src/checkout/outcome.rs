//! The session after its attempt's outcome: the consequence of [`crate::payments::outcome`] for the purpose `Checkout`.

use till_wire::{checkouts::CheckoutStatus, events::EventType};

use super::{
    CheckoutContext, Session,
    confirm::{KnownBuyer, announce, fulfil_soon, hints},
    customer::{self, Match},
};
use crate::{
    customers, discounts,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Payment, PaymentState},
        refusal::Refusal,
    },
    payments::{
        outcome::{self as transition, Outcome},
        refunds,
    },
    subscriptions::{
        claims::{self, Upgraded},
        trials,
    },
    terms::Agreed,
};

/// Session and attempt after an outcome, and the changes to commit.
#[derive(Debug, Clone)]
pub struct RecordedOutcome {
    /// The session as it is now.
    pub session: Session,
    /// The attempt as it is now.
    pub payment: Payment,
    /// The key to the customer's portal, when this very call brought the success.
    pub token: Option<String>,
    /// The key that will open the portal if the attempt succeeds, when this very call confirmed the session: for the
    /// buyer's browser alone.
    pub awaited_token: Option<String>,
    /// Changes to commit; empty for a second witness.
    pub changes: Changes,
}

/// The discount that an attempt was made with; [`KnownBuyer::discount`] is to be that row. None where the kept terms do
/// not read, which [`record_outcome`] judges.
pub fn discount_of(payment: &Payment) -> Option<uuid::Uuid> {
    Agreed::read(&payment.confirmation.0)
        .ok()?
        .terms
        .discount_id
}

/// Takes note of how an attempt stands. A second witness of the same outcome changes nothing.
///
/// Money is never lost: a charge that was given up as failed and succeeds after all still pays for its
/// session while that is open and nothing else is in flight; else it is marked as owed back.
pub fn record_outcome(
    session: &Session,
    payment: &Payment,
    outcome: &Outcome,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<RecordedOutcome, Refusal> {
    let unchanged = || RecordedOutcome {
        session: session.clone(),
        payment: payment.clone(),
        token: None,
        awaited_token: None,
        changes: Changes::new(),
    };
    let Some(noted) = transition::record_outcome(payment, outcome, context.ctx) else {
        return Ok(unchanged());
    };
    let succeeded = noted.state == PaymentState::Succeeded;
    let late = succeeded && transition::comes_late(payment);
    let looked_at = succeeded && transition::is_held(payment);
    let held = succeeded && transition::is_held(&noted);
    let in_flight = session.checkout.attempt_id;
    let own = in_flight == Some(payment.id);
    let failed = noted.state == PaymentState::Failed;
    let begins = session.checkout.status == CheckoutStatus::Open
        && !failed
        && (own || succeeded && in_flight.is_none());
    let agreed = Agreed::read(&payment.confirmation.0).ok();
    if begins && (held || agreed.is_none()) {
        return Ok(match looked_at {
            true => unchanged(),
            false => hold(session, payment, noted, context.ctx),
        });
    }
    // What another session buys, or has bought, since this attempt was abandoned is not made a second time.
    let crowded_out = buyer.came_late || {
        let upgrades = session.checkout.subscription_id.is_some();
        late && upgrades && !buyer.upgraded.as_ref().is_some_and(Upgraded::is_free)
    };
    let mut recorded = match (session.checkout.status, agreed) {
        (CheckoutStatus::Open, _) if own && failed => declined(session, payment, noted),
        (CheckoutStatus::Open, Some(agreed)) if begins && !crowded_out => {
            first(session, agreed, payment, noted, outcome, buyer, context)?
        }
        (CheckoutStatus::Confirmed, _) if own && !held => {
            later(session, payment, noted, outcome, context)
        }
        _ => aside(session, payment, noted, context.ctx),
    };
    recorded
        .changes
        .reconcile_until_settled(&recorded.payment, context.ctx);
    recorded.payment.version = payment.version + 1;
    Ok(recorded)
}

fn intent_status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded { .. } => "succeeded",
        Outcome::RequiresAction { .. } => "requires_action",
        Outcome::Processing => "processing",
        Outcome::Failed { .. } => "requires_payment_method",
    }
}

/// A decline leaves the session as it was: nothing of the confirmation is kept, nothing is told.
fn declined(session: &Session, payment: &Payment, noted: Payment) -> RecordedOutcome {
    let mut open = session.checkout.clone();
    open.attempt_id = None;
    let mut changes = Changes::new();
    discounts::release(&mut changes, open.id);
    trials::release(&mut changes, open.id);
    claims::release(&mut changes, open.id);
    changes
        .update(&session.checkout, &open)
        .update(payment, &noted);
    open.version += 1;
    RecordedOutcome {
        session: session.with(open),
        payment: noted,
        token: None,
        awaited_token: None,
        changes,
    }
}

/// The session has moved on without this attempt: the attempt alone is brought up to date.
fn aside(
    session: &Session,
    payment: &Payment,
    mut noted: Payment,
    ctx: &DecisionContext,
) -> RecordedOutcome {
    let mut changes = Changes::new();
    refunds::give_back(&mut noted, &mut changes, ctx);
    changes.guard(&session.checkout).update(payment, &noted);
    RecordedOutcome {
        session: session.clone(),
        payment: noted,
        token: None,
        awaited_token: None,
        changes,
    }
}

/// Holds a payment whose terms cannot be read, or for which something else was charged: the attempt says what the
/// processor said, and the session waits, locked, for somebody to look at it.
fn hold(
    session: &Session,
    payment: &Payment,
    mut noted: Payment,
    ctx: &DecisionContext,
) -> RecordedOutcome {
    let mut locked = session.checkout.clone();
    locked.attempt_id = Some(payment.id);
    let mut changes = Changes::new();
    changes.update(&session.checkout, &locked);
    transition::hold_for_terms(&mut noted);
    changes
        .update(payment, &noted)
        .reconcile_until_settled(&noted, ctx);
    noted.version = payment.version + 1;
    locked.version = session.checkout.version + 1;
    RecordedOutcome {
        session: session.with(locked),
        payment: noted,
        token: None,
        awaited_token: None,
        changes,
    }
}

/// The first word, other than no, on an attempt whose session is open.
fn first(
    session: &Session,
    agreed: Agreed,
    payment: &Payment,
    mut noted: Payment,
    outcome: &Outcome,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<RecordedOutcome, Refusal> {
    let at = context.ctx;
    let mut new = session.clone();
    (new.checkout.terms, new.checkout.buyer) = (agreed.terms, agreed.buyer);
    let agreed = new.checkout.terms.discount_id;
    new.discount = [&buyer.discount, &session.discount]
        .into_iter()
        .flatten()
        .find(|d| Some(d.id) == agreed)
        .cloned();
    new.checkout.modified_at = Some(at.now);
    let done = noted.state == PaymentState::Succeeded;
    let person = customer::match_customer(&new.checkout, buyer)
        .unwrap_or(Match::New)
        .person(&new);
    // Until the purchase has succeeded, what the buyer typed is nobody's.
    let mut purchaser = match done {
        true => Some(customer::resolve_paid(&mut new, buyer, context)?),
        false => {
            customer::unlink_customer(&mut new.checkout);
            None
        }
    };
    noted.customer_id = new.checkout.customer_id;
    noted.customer_email = new.checkout.buyer.customer_email.clone();
    new.checkout.status = CheckoutStatus::Confirmed;
    let metadata = &mut new.checkout.processor_metadata.0;
    metadata.insert("intent_status".into(), intent_status(outcome).into());
    if let Some(secret) = &noted.client_secret {
        metadata.insert("intent_client_secret".into(), secret.clone());
    }
    new.checkout.attempt_id = (!done).then_some(payment.id);
    let token = purchaser
        .as_mut()
        .and_then(|purchaser| purchaser.open_portal(&new.checkout, context));
    let awaited_token = (!done).then(|| {
        let (awaited, hash) = customers::session_token(context.key, at);
        noted.portal_token_hash = Some(hash);
        awaited
    });
    let mut changes = announce(session, &mut new, purchaser, context);
    // Given up before, and what it had claimed given back: it is claimed anew.
    if payment.state == PaymentState::Failed {
        claims::claim(&mut changes, &new, &person, at);
    }
    if let (PaymentState::Failed, Some(discount_id)) =
        (payment.state, new.checkout.terms.discount_id)
    {
        let mut hints = hints(&new, buyer);
        hints.card_fingerprint = noted.card_fingerprint.clone();
        discounts::claim_late(&mut changes, discount_id, &new.checkout, &hints, at);
    }
    changes.update(payment, &noted);
    if done {
        fulfil_soon(&mut changes, &new, at);
    }
    Ok(RecordedOutcome {
        session: new,
        payment: noted,
        token,
        awaited_token,
        changes,
    })
}

/// A later word on an attempt whose session is confirmed.
fn later(
    session: &Session,
    payment: &Payment,
    noted: Payment,
    outcome: &Outcome,
    context: CheckoutContext<'_>,
) -> RecordedOutcome {
    let CheckoutContext {
        subscribers,
        urls,
        ctx,
        ..
    } = context;
    let mut new = session.clone();
    let mut changes = Changes::new();
    changes.update(payment, &noted);
    match outcome {
        // Whose it is, the fulfilment decides: it makes the customer with the order.
        Outcome::Succeeded { .. } => {
            new.checkout.attempt_id = None;
            changes.update(&session.checkout, &new.checkout);
            fulfil_soon(&mut changes, session, ctx);
        }
        Outcome::Failed { .. } => {
            // The session opens again, and the buyer may try another card.
            new.checkout.status = CheckoutStatus::Open;
            new.checkout.attempt_id = None;
            new.checkout.modified_at = Some(ctx.now);
            let metadata = &mut new.checkout.processor_metadata.0;
            metadata.remove("intent_status");
            metadata.remove("intent_client_secret");
            changes.update(&session.checkout, &new.checkout);
            discounts::release(&mut changes, new.checkout.id);
            trials::release(&mut changes, new.checkout.id);
            claims::release(&mut changes, new.checkout.id);
            changes.emit_checkout(&new, EventType::CheckoutUpdated, subscribers, urls, ctx);
        }
        Outcome::RequiresAction { .. } | Outcome::Processing => {
            let metadata = &mut new.checkout.processor_metadata.0;
            metadata.insert("intent_status".into(), intent_status(outcome).into());
            changes.update(&session.checkout, &new.checkout);
        }
    }
    new.checkout.version = session.checkout.version + 1;
    RecordedOutcome {
        session: new,
        payment: noted,
        token: None,
        awaited_token: None,
        changes,
    }
}
