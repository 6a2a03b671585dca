//! The outcome of an attempt to pay for a session.

use till_core::{
    checkout::{
        Session,
        confirm::KnownBuyer,
        outcome::{self, RecordedOutcome},
    },
    kernel::{
        changes::CommitConflict,
        records::{Payment, PaymentState},
    },
    payments::outcome::Outcome,
    subscriptions::claims,
    tax::NoTaxes,
};
use till_ports::processor;
use till_store::{BuyerKeys, CommitError};

use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::limits::cards,
    payments::witness,
};

/// Takes note of an outcome, for whoever has just read the attempt, and maybe its session: where somebody else has
/// changed them, their versions tell. Nothing (`None`) where the attempt has another version than `seen`, the one that
/// the outcome was found out for. A second witness changes nothing.
pub async fn record_outcome(
    app: &App,
    payment: Payment,
    session: Option<Session>,
    outcome: &processor::Outcome,
    seen: Option<i64>,
) -> Result<Option<RecordedOutcome>, ApiError> {
    let outcome = &witness::outcome(outcome);
    let (id, mut rows) = (payment.id, (Some(payment), session));
    app.retry_on_conflict(|| {
        let (read, session) = std::mem::take(&mut rows);
        async move {
            let Some(payment) = witness::current(app, id, read, seen).await? else {
                return Ok(None);
            };
            let session = match session {
                Some(session) => session,
                None => session_of(app, &payment).await?,
            };
            commit_outcome(app, &session, &payment, outcome)
                .await
                .map(Some)
        }
    })
    .await
}

async fn session_of(app: &App, payment: &Payment) -> Result<Session, ApiError> {
    let checkout_id = payment.checkout_id.ok_or_else(ApiError::not_found)?;
    app.store.session_by_id(checkout_id).await.or_not_found()
}

/// Decides and commits what an outcome changes.
async fn commit_outcome(
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
    let ctx = app.context_of(&session.organization);
    let context = app.checkout_context(&subscribers, &NoTaxes, &ctx);
    let mut recorded = outcome::record_outcome(session, payment, outcome, &buyer, context)?;
    // The second witness of an outcome changes nothing, and is not counted.
    let news = !recorded.changes.is_empty();
    if news {
        cards::give_back(app, &mut recorded.changes, &recorded.payment);
    }
    let changes = std::mem::take(&mut recorded.changes);
    let committed = match news {
        true => app.commit_exactly(changes).await,
        false => Ok(()),
    };
    match committed {
        // Somebody else has what this attempt had claimed before it was given up.
        Err(error) if is_claimed(&error) => {
            buyer.came_late = true;
            recorded = outcome::record_outcome(session, payment, outcome, &buyer, context)?;
            cards::give_back(app, &mut recorded.changes, &recorded.payment);
            app.commit(std::mem::take(&mut recorded.changes)).await?;
        }
        done => done?,
    }
    // Said only once it is true: a decision that lost a race is made anew.
    if news {
        witness::announce(app, outcome, &recorded.payment);
    }
    Ok(recorded)
}

/// True where somebody else buys, or has bought, what may be bought once at a time.
pub(super) fn is_claimed(error: &CommitError) -> bool {
    match error {
        CommitError::Conflict(CommitConflict::Taken(index)) => index == claims::CLAIMED,
        CommitError::Conflict(CommitConflict::NotOne(label)) => *label == claims::HELD,
        _ => false,
    }
}
