//! Confirming and paying, from the decision to what the buyer is told (docs/behaviour: payment/journal):
//!
//! 1. commit: the attempt, *intended*, and the job that will ask how it ended;
//! 2. what the processor says: [`charge`];
//! 3. commit: *settled*, [`paid`].

use std::collections::BTreeMap;

use serde_json::Value;
use till_core::{
    checkout::{
        CheckoutContext, Session,
        confirm::{self, Confirmed, Judged, KnownBuyer},
        refresh::{self, Cause},
        update::{self, Known, Step},
    },
    discounts,
    kernel::{
        budgets::SPENT,
        changes::CommitConflict,
        records::{Payment, PaymentState},
        refusal::Refusal,
    },
    payments::outcome::is_held,
    subscriptions::trials,
};
use till_ports::processor::{Attempt, CardPreview, Source};
use till_store::{BuyerKeys, CommitError};
use till_wire::checkouts::{CheckoutUpdate, Writer};
use uuid::Uuid;

use super::{
    card::{card, may_try},
    current::current,
    known::{code_attempt, hints, known, locked, session},
    paid::{self, is_claimed},
};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::{
        extract::Body,
        idempotency::IdempotencyGuard,
        limits::{CodeAttempt, Network, cards},
    },
    payments::charge,
};

/// A confirmed session.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// The session as it is now.
    pub session: Session,
    /// Opens the customer's portal, where the buyer may have it.
    pub token: Option<String>,
    /// Opens it if an attempt still in flight succeeds: for the browser that confirmed, and nobody else.
    pub awaited_token: Option<String>,
    /// The attempt, unless nothing was due.
    pub payment: Option<Payment>,
}

/// Confirms a session, as it was just loaded, with the body of a confirmation (docs/behaviour: payment/confirm).
pub async fn confirm(
    app: &App,
    loaded: Session,
    body: Value,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Confirmation, ApiError> {
    let secret = &loaded.checkout.client_secret.clone();
    if let Some(attempt) = guard.begun() {
        return resume(app, secret, attempt).await;
    }
    let mut input = Body(Some(body)).object(|f| CheckoutUpdate::read(Writer::Client, f))?;
    update::guard_open(&loaded.checkout, &app.context_of(&loaded.organization))?;
    let code_attempt = code_attempt(app, &loaded, &input, network).await?;
    let card = match card(app, &loaded, &mut input).await {
        Ok(card) => card,
        Err(error) => {
            // Nobody is told that nothing was charged while another confirmation, begun meanwhile, is in flight.
            let ctx = app.context_of(&loaded.organization);
            update::guard_open(&session(app, secret).await?.checkout, &ctx)?;
            return Err(error);
        }
    };
    let mut loaded = Some(loaded);
    let visit = Visit {
        network,
        code_attempt: &code_attempt,
        card: card.as_ref(),
        guard,
    };
    let (input, visit) = (&input, &visit);
    let confirmed = app
        .retry_on_conflict(|| {
            let loaded = loaded.take();
            async move {
                let session = match loaded {
                    Some(session) => session,
                    None => session(app, secret).await?,
                };
                intend(app, session, input, visit).await
            }
        })
        .await
        .map_err(locked)?;
    match confirmed {
        Confirmed::Free(recorded) => Ok(Confirmation {
            session: recorded.session,
            token: recorded.token,
            awaited_token: None,
            payment: None,
        }),
        Confirmed::Charge {
            payment,
            session,
            locked,
            ..
        } => {
            let token = input.confirmation_token_id.clone().unwrap_or_default();
            let asked = attempt(app, &session, &payment, token);
            pay(app, *locked, *payment, asked).await
        }
    }
}

/// Outcome of a confirmation that was sent before with the same key: `attempt` is what it charged by.
pub async fn resume(
    app: &App,
    secret: &str,
    attempt: Option<Uuid>,
) -> Result<Confirmation, ApiError> {
    let session = session(app, secret).await?;
    let payment = match attempt {
        Some(id) => Some(app.store.attempt(id).await.or_not_found()?),
        None => None,
    };
    payment.as_ref().map_or(Ok(()), not_held)?;
    match payment.as_ref().map(|payment| payment.state) {
        Some(PaymentState::Intended | PaymentState::Asked) => Err(Refusal::CheckoutLocked.into()),
        Some(PaymentState::Failed) => Err(declined(payment)),
        _ => Ok(Confirmation {
            session,
            token: None,
            awaited_token: None,
            payment,
        }),
    }
}

/// Money that somebody has to look at first confirms nothing.
fn not_held(payment: &Payment) -> Result<(), ApiError> {
    match is_held(payment) {
        true => Err(ApiError::internal(format!(
            "payment {} is held: {}",
            payment.id,
            payment.decline_reason.as_deref().unwrap_or_default()
        ))),
        false => Ok(()),
    }
}

/// The processor's no, in its words.
fn declined(payment: Option<Payment>) -> ApiError {
    let words = payment.and_then(|payment| payment.decline_message);
    Refusal::Payment(words.unwrap_or_else(|| "The payment was declined.".into())).into()
}

/// Judges a confirmation before there is a card, and writes nothing: for pages that show everything that is missing at
/// once.
pub async fn judge(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
) -> Result<Judged, ApiError> {
    decide(app, session, input, (None, None), confirm::judge).await
}

/// The confirming buyer, and the means of payment.
struct Visit<'a> {
    network: &'a Network,
    code_attempt: &'a CodeAttempt,
    card: Option<&'a CardPreview>,
    guard: &'a IdempotencyGuard,
}

/// Step 1: load, decide, commit.
async fn intend(
    app: &App,
    session: Session,
    input: &CheckoutUpdate,
    visit: &Visit<'_>,
) -> Result<Confirmed, ApiError> {
    let (session, moved) = current(app, session).await?;
    // Who names or removes a discount says what is to be paid.
    let named = |cause: &Cause| *cause == Cause::Discount && input.discount_code.is_sent();
    if let Some(cause) = moved.filter(|cause| !named(cause)) {
        return Err(refresh::total_changed(&session, cause).into());
    }
    let network_key = cards::network_key(app, visit.network);
    let mut decided = decide(
        app,
        &session,
        input,
        (visit.card, network_key),
        confirm::confirm,
    )
    .await?;
    let subscription_id = session.checkout.subscription_id;
    let (mut changes, attempt) = match &mut decided {
        Confirmed::Free(recorded) => (std::mem::take(&mut recorded.changes), None),
        Confirmed::Charge {
            changes, payment, ..
        } => (std::mem::take(changes), Some(payment.clone())),
    };
    let attempt_id = attempt.as_ref().map(|payment| payment.id);
    visit.guard.begin(&mut changes, attempt_id, &app.context());
    visit.code_attempt.give_back(&mut changes);
    if let Some(payment) = &attempt {
        cards::reserve(app, &mut changes, payment);
    }
    match app.commit_exactly(changes).await {
        Ok(()) => {
            visit.guard.mark_begun();
            Ok(decided)
        }
        Err(CommitError::Conflict(CommitConflict::NotOne(SPENT))) => match attempt {
            Some(payment) => Err(cards::refused(app, &payment).await),
            None => Err(ApiError::internal("an unknown limit was exceeded")),
        },
        // The limits of a discount are counted where nobody can come in between.
        Err(CommitError::Conflict(CommitConflict::NotOne(discounts::MOVED))) => {
            Err(CommitError::Conflict(CommitConflict::Stale).into())
        }
        Err(CommitError::Conflict(CommitConflict::NotOne(discounts::CUSTOMER_LIMIT))) => {
            Err(Refusal::DiscountRedemptionLimitReached.into())
        }
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == trials::CLAIMED => {
            Err(Refusal::TrialAlreadyRedeemed.into())
        }
        Err(error) if is_claimed(&error) => Err(match subscription_id {
            Some(id) => confirm::not_upgradable(id),
            None => Refusal::AlreadyActiveSubscription,
        }
        .into()),
        Err(error) => Err(error.into()),
    }
}

/// Loads what a confirmation depends on, and decides.
async fn decide<T>(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
    (card, network_key): (Option<&CardPreview>, Option<String>),
    decision: impl Fn(
        &Session,
        &CheckoutUpdate,
        &Known,
        &KnownBuyer,
        CheckoutContext<'_>,
    ) -> Result<T, Refusal>,
) -> Result<T, ApiError> {
    let own = session.organization.id;
    let mut keys = BuyerKeys::of(&session.checkout);
    if let Some(email) = input.customer_email.as_value() {
        keys.email = Some(email.clone());
    }
    let card_fingerprint = card.and_then(|card| card.fingerprint.clone());
    let had_trial = async {
        if !may_try(session) {
            return Ok(false);
        }
        let hints = hints(session, input, card_fingerprint.clone());
        Ok(app.store.had_trial(own, &hints).await?)
    };
    let upgraded = app.store.upgraded(own, session.checkout.subscription_id);
    let (known, buyer, had_trial, upgraded, subscribers) = tokio::try_join!(
        known(app, session, input, Writer::Client, Step::Confirm),
        async { Ok(app.store.buyer(own, &keys).await?) },
        had_trial,
        async { Ok(upgraded.await?) },
        async { Ok(app.store.subscribers(own).await?) },
    )?;
    let buyer = KnownBuyer {
        processor: app.processor.name(),
        card_fingerprint,
        network_key,
        had_trial,
        upgraded,
        ..buyer
    };
    let ctx = app.context_of(&session.organization);
    app.taxed(&session.organization.settings.tax, |taxes| {
        let context = app.checkout_context(&subscribers, taxes, &ctx);
        decision(session, input, &known, &buyer, context)
    })
    .await
}

/// Steps 2 and 3: what the processor is asked, and what became of it. `session` is as commit 1 left it.
async fn pay(
    app: &App,
    session: Session,
    payment: Payment,
    asked: Attempt,
) -> Result<Confirmation, ApiError> {
    let (payment, outcome) = charge::charge(app, &session.organization, payment, &asked)
        .await
        .map_err(locked)?;
    let outcome = outcome.ok_or(Refusal::CheckoutLocked)?;
    let recorded = paid::record_outcome(app, payment, Some(session), &outcome, None).await?;
    let recorded = recorded.ok_or_else(ApiError::not_found)?;
    if recorded.payment.state == PaymentState::Failed {
        return Err(declined(Some(recorded.payment)));
    }
    not_held(&recorded.payment)?;
    Ok(Confirmation {
        session: recorded.session,
        token: recorded.token,
        awaited_token: recorded.awaited_token,
        payment: Some(recorded.payment),
    })
}

/// Request to the processor.
fn attempt(app: &App, session: &Session, payment: &Payment, token: String) -> Attempt {
    let row = &session.checkout;
    let organization = &session.organization;
    let product = &session.selected().product;
    let mut metadata = BTreeMap::from([
        ("organization_id".to_owned(), organization.id.to_string()),
        ("checkout_id".to_owned(), row.id.to_string()),
        ("type".to_owned(), "product".to_owned()),
        (
            "tax_amount".to_owned(),
            row.terms.tax_amount.unwrap_or(0).to_string(),
        ),
    ]);
    if let Some(address) = &row.buyer.customer_billing_address {
        metadata.insert("tax_country".into(), address.country.to_string());
        if let Some(state) = &address.state {
            let bare = state
                .split_once('-')
                .map_or(state.as_str(), |(_, bare)| bare);
            metadata.insert("tax_state".into(), bare.to_owned());
        }
    }
    Attempt {
        id: payment.id,
        kind: charge::kind(payment, product.is_recurring()),
        source: Source::Token {
            confirmation_token: token,
            customer: payment.customer_reference.clone(),
        },
        email: row.buyer.customer_email.clone(),
        // The name on bills may be no more than a copy of the customer's of before.
        name: if row.buyer.is_business_customer || row.buyer.customer_name.is_none() {
            row.buyer.customer_billing_name.clone()
        } else {
            row.buyer.customer_name.clone()
        },
        description: format!("{} — {}", organization.name, product.name),
        statement_suffix: charge::statement_suffix(organization),
        metadata,
        require_3ds: organization.settings.require_3ds,
        return_url: app.urls.confirmation_url(&row.client_secret),
    }
}
