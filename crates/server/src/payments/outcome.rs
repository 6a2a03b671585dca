//! Step 3: what became of an attempt, whoever says so.

use till_core::{
    checkout::{
        CheckoutContext, Session,
        confirm::KnownBuyer,
        outcome::{self, RecordedOutcome},
    },
    kernel::records::{Payment, PaymentState},
    payments::{
        declines,
        outcome::{Outcome, TERMS_UNREADABLE, is_refund_due},
    },
    tax::NoTaxes,
};
use till_ports::processor::{self, Method};
use till_store::BuyerKeys;
use till_wire::payments::CardMetadata;
use uuid::Uuid;

use super::is_claimed;
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::limits::cards,
};

/// Takes note of an outcome, whichever witness brings it; a second witness changes nothing.
pub async fn record_outcome(
    app: &App,
    payment_id: Uuid,
    outcome: &processor::Outcome,
) -> Result<RecordedOutcome, ApiError> {
    record_outcome_for(app, payment_id, outcome, None, None)
        .await?
        .ok_or_else(ApiError::not_found)
}

/// [`record_outcome`] for those who know the rows as they are, if nobody else has changed them: their versions tell. Nothing
/// (`None`) where the attempt has another version than `seen`, the one that the outcome was found out for.
pub(super) async fn record_outcome_for(
    app: &App,
    payment_id: Uuid,
    outcome: &processor::Outcome,
    seen: Option<i64>,
    mut rows: Option<(Payment, Session)>,
) -> Result<Option<RecordedOutcome>, ApiError> {
    let outcome = &told(outcome);
    app.retry_on_conflict(|| {
        let rows = rows.take();
        async move {
            let (payment, session) = match rows {
                Some(rows) => rows,
                None => attempted(app, payment_id).await?,
            };
            if seen.is_some_and(|version| version != payment.version) {
                return Ok(None);
            }
            note(app, &session, &payment, outcome).await.map(Some)
        }
    })
    .await
}

/// An attempt and its session.
async fn attempted(app: &App, payment_id: Uuid) -> Result<(Payment, Session), ApiError> {
    let payment = app.store.attempt(payment_id).await.or_not_found()?;
    let checkout_id = payment.checkout_id.ok_or_else(ApiError::not_found)?;
    let session = app.store.session_by_id(checkout_id).await.or_not_found()?;
    Ok((payment, session))
}

/// Decides and commits what an outcome changes.
async fn note(
    app: &App,
    session: &Session,
    payment: &Payment,
    outcome: &Outcome,
) -> Result<RecordedOutcome, ApiError> {
    let own = session.organization.id;
    let keys = BuyerKeys {
        email: payment.customer_email.clone(),
        ..BuyerKeys::of(&session.checkout)
    };
    let agreed =
        outcome::discount_of(payment).filter(|id| session.checkout.terms.discount_id != Some(*id));
    let agreed: Vec<_> = agreed.into_iter().collect();
    // Only an attempt that was given up before has lost its claim to the upgrade.
    let upgrades = session.checkout.subscription_id;
    let upgrades = upgrades.filter(|_| payment.state == PaymentState::Failed);
    let (buyer, mut discounts, upgraded, subscribers) = tokio::try_join!(
        app.store.buyer(own, &keys),
        app.store.discounts(own, &agreed),
        app.store.upgraded(own, upgrades),
        app.store.subscribers(own),
    )?;
    let mut buyer = KnownBuyer {
        discount: discounts.pop(),
        upgraded,
        ..buyer
    };
    let context = CheckoutContext {
        subscribers: &subscribers,
        urls: &app.urls,
        key: &app.key,
        taxes: &NoTaxes,
        ctx: &app.context(),
    };
    let mut settled = outcome::record_outcome(session, payment, outcome, &buyer, context)?;
    // The second witness of an outcome changes nothing, and is not counted.
    let news = !settled.changes.is_empty();
    if news {
        cards::note(app, &mut settled);
    }
    let changes = std::mem::take(&mut settled.changes);
    let committed = match news {
        true => app.commit_exactly(changes).await,
        false => Ok(()),
    };
    match committed {
        // Somebody else has what this attempt had claimed before it was given up.
        Err(error) if is_claimed(&error) => {
            buyer.came_late = true;
            settled = outcome::record_outcome(session, payment, outcome, &buyer, context)?;
            cards::note(app, &mut settled);
            app.commit(std::mem::take(&mut settled.changes)).await?;
        }
        done => done?,
    }
    // Said only once it is true: a decision that lost a race is made anew.
    if news && is_refund_due(&settled.payment) {
        tracing::error!(payment = %payment.id, "money arrived for a session that could not use it: it is given back");
    }
    if news && settled.payment.decline_reason.as_deref() == Some(TERMS_UNREADABLE) {
        tracing::error!(payment = %payment.id, "money arrived for terms that cannot be read: look at the attempt");
    }
    if news {
        app.metrics.attempt(outcome);
        if declines::is_decline(&settled.payment) {
            app.metrics.declined();
        }
    }
    Ok(settled)
}

/// The processor's words in the decision's.
fn told(outcome: &processor::Outcome) -> Outcome {
    let card = |method: &Method| CardMetadata {
        brand: method.brand.clone(),
        last4: method.last4.clone(),
        exp_month: i64::from(method.exp_month),
        exp_year: i64::from(method.exp_year),
        wallet: method.wallet.clone(),
    };
    match outcome {
        processor::Outcome::Succeeded { method, .. } => Outcome::Succeeded {
            card: card(method),
            method_reference: method.reference.clone(),
            card_fingerprint: method.fingerprint.clone(),
        },
        processor::Outcome::RequiresAction { action_url, .. } => Outcome::RequiresAction {
            action_url: action_url.clone(),
        },
        processor::Outcome::Processing => Outcome::Processing,
        processor::Outcome::Failed {
            decline_reason,
            decline_message,
            method,
        } => Outcome::Failed {
            reason: decline_reason.clone(),
            message: decline_message.clone(),
            card: method.as_ref().map(card),
            card_fingerprint: method.as_ref().map(|method| method.fingerprint.clone()),
        },
    }
}
