//! Paying an order by its customer, who is there: from the link that they open to what the processor says.

use till_core::{
    kernel::{
        budgets::SPENT,
        changes::CommitConflict,
        records::{Organization, Payment, PaymentState},
        refusal::Refusal,
    },
    orders::{payment::OrderRows, visit},
    organizations::capabilities,
    payments::{attempt::UNSETTLED, outcome::is_held},
};
use till_ports::processor::Source;
use till_store::CommitError;
use uuid::Uuid;

use super::{charge, orders, outcome::record_outcome_of};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::{
        idempotency::IdempotencyGuard,
        limits::{Network, cards},
    },
};

/// Finds an order by the secret of its page: unknown 404, blocked 403.
pub async fn visited(app: &App, secret: &str) -> Result<(Organization, OrderRows), ApiError> {
    let id = visit::order_of(secret, &app.key).or_not_found()?;
    let (organization, rows) = orders::rows(app, id).await?;
    match capabilities(organization.status).api_access {
        true => Ok((organization, rows)),
        false => Err(ApiError::not_permitted(
            "This organization cannot sell at the moment.",
        )),
    }
}

/// Pays an order with a token of the card that its customer has entered; the attempt as it is then.
pub async fn pay(
    app: &App,
    secret: &str,
    token: String,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Payment, ApiError> {
    if let Some(attempt) = guard.begun().flatten() {
        return resume(app, attempt).await;
    }
    let begun = app.retry_on_conflict(|| intend(app, secret, guard, network));
    let (organization, rows, payment) = begun.await?;
    let source = Source::Token {
        confirmation_token: token,
        customer: payment.customer_reference.clone(),
    };
    let (keeps, back) = (rows.keeps_card(), app.urls.order_url(secret));
    let asked = orders::attempt(&organization, &rows, &payment, source, keeps, back);
    let (payment, outcome) = charge::charge(app, &organization, payment, &asked).await?;
    let outcome = outcome.ok_or(Refusal::PaymentAlreadyInProgress)?;
    let recorded = record_outcome_of(app, payment, &outcome, None).await?;
    paid(recorded.or_not_found()?)
}

/// Writes the attempt down before the processor is asked.
async fn intend(
    app: &App,
    secret: &str,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<(Organization, OrderRows, Payment), ApiError> {
    let (organization, rows) = visited(app, secret).await?;
    let (processor, ctx) = (app.processor.name(), app.context_of(&organization));
    let network_key = cards::network_key(app, network);
    // Another attempt cannot begin in between: there is one at a time, and an unsettled one counts.
    let made = app.store.attempts_by_customer(rows.order.id).await?;
    let decided = visit::pay(&rows, &organization, processor, made, network_key, &ctx);
    let (payment, mut changes) = decided?;
    guard.begin(&mut changes, Some(payment.id), &ctx);
    cards::reserve(app, &mut changes, &payment);
    match app.commit_exactly(changes).await {
        Ok(()) => {
            guard.mark_begun();
            Ok((organization, rows, payment))
        }
        Err(CommitError::Conflict(CommitConflict::NotOne(SPENT))) => {
            Err(cards::refused(app, &payment).await)
        }
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => {
            Err(Refusal::PaymentAlreadyInProgress.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// What became of an attempt that was begun before.
pub async fn resume(app: &App, attempt: Uuid) -> Result<Payment, ApiError> {
    paid(app.store.attempt(attempt).await.or_not_found()?)
}

/// An attempt that may have paid; else why it has not.
fn paid(payment: Payment) -> Result<Payment, ApiError> {
    let words = payment.decline_message.clone();
    match payment.state {
        _ if is_held(&payment) => Err(ApiError::internal(format!(
            "payment {} is held: {}",
            payment.id,
            payment.decline_reason.as_deref().unwrap_or_default()
        ))),
        PaymentState::Intended | PaymentState::Asked => {
            Err(Refusal::PaymentAlreadyInProgress.into())
        }
        PaymentState::Failed => {
            let words = words.unwrap_or_else(|| "The payment was declined.".to_owned());
            Err(Refusal::Payment(words).into())
        }
        _ => Ok(payment),
    }
}
