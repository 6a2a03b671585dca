//! Paying an order by its customer, who is there: from the link that they open, or from their portal, to what the
//! processor says.

use till_core::{
    kernel::{
        budgets::SPENT,
        changes::CommitConflict,
        records::{Organization, Payment, PaymentMethod, PaymentState},
        refusal::Refusal,
    },
    orders::{payment::OrderRows, visit},
    organizations::capabilities,
    payments::{attempt::UNSETTLED, outcome::is_held},
    portal::Viewer,
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
    joined::Joined,
};

/// Way by which a customer has come to an order.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// By the link to its page, whose secret this is.
    Link(&'a str),
    /// From their portal, to the order of this id.
    Portal(&'a Viewer, Uuid),
}

/// The card that a customer pays with.
#[derive(Debug, Clone)]
pub enum Card {
    /// One that they have just entered: its token.
    Entered(String),
    /// One that they have saved.
    Saved(Box<PaymentMethod>),
}

impl Way<'_> {
    /// The order, as far as it is theirs.
    async fn load(self, app: &App) -> Result<(Organization, OrderRows), ApiError> {
        match self {
            Self::Link(secret) => visited(app, secret).await,
            Self::Portal(viewer, id) => {
                let own = viewer.organization.id;
                let order = app.store.order(own, id).await.or_not_found()?;
                if order.customer_id != viewer.customer.id {
                    return Err(ApiError::not_found());
                }
                let rows = Joined::order_rows(app, &viewer.organization, order).await?;
                Ok((viewer.organization.clone(), rows))
            }
        }
    }

    /// Address to which they come back from their bank: the order's own page, which tells how it stands.
    fn back(self, app: &App) -> String {
        match self {
            Self::Link(secret) => app.urls.order_url(secret),
            Self::Portal(_, id) => app.urls.order_url(&visit::secret(id, &app.key)),
        }
    }
}

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
    let way = Way::Link(secret);
    paid(attempt(app, way, Card::Entered(token), guard, network).await?)
}

/// Attempts to pay an order; the attempt as it is then, declined ones too.
///
/// # Errors
/// `PaymentAlreadyInProgress` where it is not known yet how it ends, or another one is under way; those of
/// [`visit::pay`].
pub async fn attempt(
    app: &App,
    way: Way<'_>,
    card: Card,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Payment, ApiError> {
    let begun = app.retry_on_conflict(|| intend(app, way, &card, guard, network));
    let (organization, rows, payment) = begun.await?;
    let (source, keeps) = match card {
        Card::Entered(token) => {
            let source = Source::Token {
                confirmation_token: token,
                customer: payment.customer_reference.clone(),
            };
            (source, rows.keeps_card())
        }
        Card::Saved(method) => {
            let source = Source::Saved {
                customer: method.customer_reference.unwrap_or_default(),
                method: method.reference,
                present: true,
            };
            (source, false)
        }
    };
    let back = way.back(app);
    let asked = orders::attempt(&organization, &rows, &payment, source, keeps, back);
    let (payment, outcome) = charge::charge(app, &organization, payment, &asked).await?;
    let outcome = outcome.ok_or(Refusal::PaymentAlreadyInProgress)?;
    let recorded = record_outcome_of(app, payment, &outcome, None).await?;
    recorded.or_not_found()
}

/// Writes the attempt down before the processor is asked.
async fn intend(
    app: &App,
    way: Way<'_>,
    card: &Card,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<(Organization, OrderRows, Payment), ApiError> {
    let (organization, rows) = way.load(app).await?;
    let (processor, ctx) = (app.processor.name(), app.context_of(&organization));
    let network_key = cards::network_key(app, network);
    // Another attempt cannot begin in between: there is one at a time, and an unsettled one counts.
    let made = app.store.attempts_by_customer(rows.order.id).await?;
    let saved = match card {
        Card::Entered(_) => None,
        Card::Saved(method) => Some(&**method),
    };
    let with = (processor, saved);
    let decided = visit::pay(&rows, &organization, with, made, network_key, &ctx);
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

/// Outcome of an attempt that was begun before.
pub async fn resume(app: &App, attempt: Uuid) -> Result<Payment, ApiError> {
    paid(app.store.attempt(attempt).await.or_not_found()?)
}

/// An attempt that is further than written down.
///
/// # Errors
/// A fault where its money waits for somebody to look at it, `PaymentAlreadyInProgress` where the processor has not said
/// yet how it stands.
pub fn known(payment: Payment) -> Result<Payment, ApiError> {
    match payment.state {
        _ if is_held(&payment) => Err(ApiError::internal(format!(
            "payment {} is held: {}",
            payment.id,
            payment.decline_reason.as_deref().unwrap_or_default()
        ))),
        PaymentState::Intended | PaymentState::Asked => {
            Err(Refusal::PaymentAlreadyInProgress.into())
        }
        _ => Ok(payment),
    }
}

/// Words for a customer about an attempt that was declined.
pub fn declined(payment: &Payment) -> String {
    let words = payment.decline_message.clone();
    words.unwrap_or_else(|| "The payment was declined.".to_owned())
}

/// An attempt that may have paid; else why it has not.
fn paid(payment: Payment) -> Result<Payment, ApiError> {
    let payment = known(payment)?;
    match payment.state {
        PaymentState::Failed => Err(Refusal::Payment(declined(&payment)).into()),
        _ => Ok(payment),
    }
}
