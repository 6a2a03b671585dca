//! Confirming and paying: the journal of charging, from the decision to its outcome (docs/behaviour: payment/journal).
//!
//! 1. commit: the attempt, *intended*, and the job that will ask how it ended;
//! 2. prepare at the processor; commit: *asked*, with its reference;
//! 3. confirm at the processor; commit: *settled*.
//!
//! No transaction is held across a call. Dying between any two steps leaves an attempt that
//! [`reconcile()`] brings to its end.

mod card;
mod current;
mod outcome;
mod reconcile;
mod refund;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;
use till_core::{
    checkout::{
        CheckoutContext, Session,
        confirm::{self, Confirmed, KnownBuyer},
        refresh::{self, Cause},
        update::{self, Known, Step},
    },
    discounts::{self, Hints},
    kernel::{
        budgets::SPENT,
        changes::{Changes, CommitConflict},
        folding,
        records::{Discount, Payment, PaymentKind, PaymentState},
        refusal::Refusal,
    },
    payments::{attempt as journal, declines, outcome::TERMS_UNREADABLE},
    subscriptions::{claims, trials},
};
use till_ports::processor::{self, Attempt, AttemptKind, CardPreview, ProcessorError};
use till_store::{BuyerKeys, CommitError, Stale};
use till_wire::{
    checkouts::{CheckoutUpdate, Writer},
    input::Patch,
    money::Money,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::{
        extract::Body,
        idempotency::IdempotencyGuard,
        limits::{CodeAttempt, Network, cards},
    },
};

pub use current::{current, shown};
pub use outcome::record_outcome;
pub use reconcile::reconcile;
pub use refund::refund;

use card::{card, may_try};
use outcome::record_outcome_for;

/// What a buyer reads where the processor could not be reached before money could move.
const NOT_STARTED: &str =
    "The payment could not be started. Nothing was charged. Please try again.";

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

/// Finds a session by its client secret (docs/behaviour: checkout/client-secret): unknown 404, overdue 410, blocked
/// 403.
pub async fn session(app: &App, secret: &str) -> Result<Session, ApiError> {
    // No database takes a NUL in text.
    if secret.contains('\0') {
        return Err(ApiError::not_found());
    }
    let session = app
        .store
        .session_by_secret(secret)
        .await?
        .ok_or_else(ApiError::not_found)?;
    if session.checkout.expires_at < app.clock.now() {
        return Err(Refusal::ExpiredCheckout.into());
    }
    if !till_core::organizations::capabilities(session.organization.status).api_access {
        return Err(ApiError::not_permitted(
            "This organization cannot sell at the moment.",
        ));
    }
    Ok(session)
}

/// What the database knows of a change: one read for a subscription in the way, one for a discount named, one
/// for its uses by a buyer where a client changes something. A confirmation counts the uses when it commits, and
/// takes no country from the network address (docs/behaviour: checkout/country-from-network).
pub async fn known(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
    writer: Writer,
    step: Step,
) -> Result<Known, ApiError> {
    let (store, own) = (&app.store, session.organization.id);
    let holds_subscription = match update::holder(session, input) {
        None => false,
        Some(holder) => store.holds_subscription(own, &holder).await?,
    };
    let code = input.discount_code.as_value();
    let discount = match (code, input.discount_id.as_value()) {
        (Some(code), _) if session.checkout.allow_discount_codes => {
            store.discount_by_code(own, code).await?
        }
        (_, Some(id)) => store.discount(own, *id).await?,
        _ => None,
    };
    let mut known = Known {
        holds_subscription,
        discount,
        discount_uses: 0,
        ip_country: match step {
            Step::Patch => app.country_of(session.checkout.customer_ip_address.as_deref()),
            Step::Confirm => None,
        },
    };
    let early = step == Step::Patch || input.discount_code == Patch::Null;
    let capped = candidate(session, &known).filter(|d| d.max_redemptions_per_customer.is_some());
    if let Some(discount) = capped.filter(|_| writer == Writer::Client && early) {
        known.discount_uses = store
            .discount_uses(
                discount.id,
                session.checkout.id,
                &hints(session, input, None),
            )
            .await?;
    }
    Ok(known)
}

/// The discount that the session will have, as far as that can be told before the decision.
fn candidate<'a>(session: &'a Session, known: &'a Known) -> Option<&'a Discount> {
    known.discount.as_ref().or(session.discount.as_ref())
}

/// What tells the buyer from others.
fn hints(session: &Session, input: &CheckoutUpdate, card_fingerprint: Option<String>) -> Hints {
    let row = &session.checkout;
    let email = match row.customer_id {
        None => input
            .customer_email
            .as_value()
            .or(row.buyer.customer_email.as_ref()),
        Some(_) => row.buyer.customer_email.as_ref(),
    };
    Hints {
        customer_id: row.customer_id,
        email_key: email.and_then(|e| folding::person_key(e)),
        card_fingerprint,
    }
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
    let code_attempt = code_attempt(app, &loaded, &input, network).await?;
    let card = card(app, &loaded, &mut input).await?;
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
        Confirmed::Free(settled) => Ok(Confirmation {
            session: settled.session,
            token: settled.token,
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
            charge(app, *locked, *payment, asked).await
        }
    }
}

/// Counts the code that a change by a buyer names, before it is looked up; none where codes do not count, or where it is
/// that of the discount there is.
pub async fn code_attempt(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
    network: &Network,
) -> Result<CodeAttempt, ApiError> {
    let code = input.discount_code.as_value();
    let code = code.filter(|_| session.checkout.allow_discount_codes);
    let held = session.discount.as_ref().and_then(|d| d.code_key.as_ref());
    match code.filter(|code| held != Some(&folding::code_key(code))) {
        Some(_) => CodeAttempt::count(app, session.checkout.id, network).await,
        None => Ok(CodeAttempt::default()),
    }
}

/// What became of a confirmation that was sent before with the same key: `attempt` is what it charged by.
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
    payment.as_ref().map_or(Ok(()), readable)?;
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

/// Money that arrived for terms that cannot be read confirms nothing.
fn readable(payment: &Payment) -> Result<(), ApiError> {
    match payment.decline_reason.as_deref() {
        Some(TERMS_UNREADABLE) => Err(ApiError::internal(
            "what was agreed to with an attempt cannot be read",
        )),
        _ => Ok(()),
    }
}

/// The processor's no, in its words.
fn declined(payment: Option<Payment>) -> ApiError {
    let words = payment.and_then(|payment| payment.decline_message);
    Refusal::Payment(words.unwrap_or_else(|| "The payment was declined.".into())).into()
}

/// A session that others keep changing is told of by the name that clients know (docs/behaviour: checkout/locked).
pub fn locked(error: ApiError) -> ApiError {
    if error.is_stale() {
        Refusal::CheckoutLocked.into()
    } else {
        error
    }
}

/// The session as a change would leave it, with nothing committed.
pub async fn preview(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
) -> Result<Session, ApiError> {
    let known = Known {
        holds_subscription: false,
        discount_uses: 0,
        ..known(app, session, input, Writer::Client, Step::Patch).await?
    };
    let ctx = app.context();
    let applied = app
        .taxed(&session.organization.settings.tax, |taxes| {
            update::apply(session, input, Step::Patch, &known, taxes, &ctx)
        })
        .await?;
    Ok(applied.session)
}

/// Judges a confirmation without carrying it out, for pages that show everything that is missing at once.
pub async fn judge(app: &App, secret: &str, body: &Value) -> Result<(), ApiError> {
    let input = Body(Some(body.clone())).object(|f| CheckoutUpdate::read(Writer::Client, f))?;
    let session = session(app, secret).await?;
    decide(app, &session, &input, None, None).await.map(|_| ())
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
    let mut decided = decide(app, &session, input, visit.card, network_key).await?;
    let subscription_id = session.checkout.subscription_id;
    let (mut changes, attempt) = match &mut decided {
        Confirmed::Free(settled) => (std::mem::take(&mut settled.changes), None),
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
            None => Err(ApiError::internal(
                "a budget was spent that was not asked for",
            )),
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

/// Whether somebody else buys, or has bought, what may be bought once at a time.
fn is_claimed(error: &CommitError) -> bool {
    match error {
        CommitError::Conflict(CommitConflict::Taken(index)) => index == claims::CLAIMED,
        CommitError::Conflict(CommitConflict::NotOne(label)) => *label == claims::HELD,
        _ => false,
    }
}

async fn decide(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
    card: Option<&CardPreview>,
    network_key: Option<String>,
) -> Result<Confirmed, ApiError> {
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
        card_fingerprint,
        network_key,
        had_trial,
        upgraded,
        ..buyer
    };
    let ctx = app.context();
    app.taxed(&session.organization.settings.tax, |taxes| {
        let context = CheckoutContext {
            subscribers: &subscribers,
            urls: &app.urls,
            key: &app.key,
            taxes,
            ctx: &ctx,
        };
        confirm::confirm(session, input, &known, &buyer, context)
    })
    .await
}

/// Steps 2 and 3: what the processor is asked, and what it says. `session` is as commit 1 left it.
async fn charge(
    app: &App,
    session: Session,
    mut payment: Payment,
    asked: Attempt,
) -> Result<Confirmation, ApiError> {
    let id = payment.id;
    let outcome = match app.processor.prepare(&asked, app.clock.now()).await {
        Ok(prepared) => {
            let (known, changes) = journal::asked(
                &payment,
                &prepared.reference,
                &prepared.client_secret,
                &app.context(),
            );
            // Money does not move where this is not written down: because somebody else has given the attempt up
            // meanwhile, or because the database failed, which is no fault of the buyer's.
            app.commit(changes).await.map_err(locked)?;
            payment = known;
            app.processor
                .confirm(&asked, &prepared.reference, app.clock.now())
                .await
        }
        // Preparing moves nothing, so without it the attempt is certain to have failed.
        Err(ProcessorError::Unsure(cause)) => {
            tracing::warn!(%cause, payment = %id, "the processor could not be reached");
            Ok(not_started(declines::UNREACHABLE, NOT_STARTED))
        }
        Err(refused) => Err(refused),
    };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(ProcessorError::Refused(cause)) => {
            tracing::info!(%cause, payment = %id, "the processor refused an attempt");
            not_started(
                "invalid_request",
                "The payment details are not valid any more. Nothing was charged. Please enter them again.",
            )
        }
        Err(ProcessorError::Unavailable(cause)) => {
            tracing::error!(%cause, payment = %id, "the processor does not accept our requests");
            not_started(declines::UNREACHABLE, NOT_STARTED)
        }
        // Whether money moved is not known: the attempt stays open until the processor says.
        Err(ProcessorError::Unsure(cause)) => {
            tracing::warn!(%cause, payment = %id, "the outcome of a payment attempt is unknown");
            app.metrics.unsure();
            let mut changes = Changes::new();
            changes.look_after(id, SignedDuration::ZERO, &app.context());
            if let Err(error) = app.commit(changes).await {
                tracing::warn!(?error, payment = %id, "asking again at once could not be scheduled; the reconciler asks later");
            }
            return Err(Refusal::CheckoutLocked.into());
        }
    };
    let settled = record_outcome_for(app, id, &outcome, None, Some((payment, session))).await?;
    let settled = settled.ok_or_else(ApiError::not_found)?;
    if settled.payment.state == PaymentState::Failed {
        return Err(declined(Some(settled.payment)));
    }
    readable(&settled.payment)?;
    Ok(Confirmation {
        session: settled.session,
        token: settled.token,
        awaited_token: settled.awaited_token,
        payment: Some(settled.payment),
    })
}

fn not_started(reason: &str, words: &str) -> processor::Outcome {
    processor::Outcome::Failed {
        decline_reason: reason.to_owned(),
        decline_message: words.to_owned(),
        method: None,
    }
}

/// What the processor is told.
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
        kind: match payment.kind {
            PaymentKind::Charge => AttemptKind::Charge {
                amount: Money::new(payment.amount, payment.currency),
                save_card: product.is_recurring(),
            },
            PaymentKind::Setup => AttemptKind::Setup,
        },
        source: processor::card_token(token),
        email: row.buyer.customer_email.clone(),
        // The name on bills may be no more than a copy of the customer's of before.
        name: if row.buyer.is_business_customer || row.buyer.customer_name.is_none() {
            row.buyer.customer_billing_name.clone()
        } else {
            row.buyer.customer_name.clone()
        },
        description: format!("{} — {}", organization.name, product.name),
        statement_suffix: Some(organization.slug.chars().take(15).collect()),
        metadata,
        require_3ds: organization.settings.require_3ds,
        return_url: app.urls.confirmation_url(&row.client_secret),
    }
}
