//! Keeping a card for a customer who is in their portal: from the token of the card to what the processor says.

use std::collections::BTreeMap;

use till_core::{
    kernel::{
        budgets::SPENT,
        changes::CommitConflict,
        records::{Organization, Payment, PaymentState},
        refusal::Refusal,
    },
    payments::{
        attempt::UNSETTLED,
        methods::{self, SetUp},
    },
    portal::Viewer,
};
use till_ports::processor::{Attempt, AttemptKind, Source};
use till_store::CommitError;

use super::{buyer, charge, outcome::record_outcome_of};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    http::{
        idempotency::IdempotencyGuard,
        limits::{self, Network, cards},
    },
};

/// Attempts to keep a card; the attempt as it is then, refused ones too. One that waits for its customer is given up for
/// the new one.
///
/// # Errors
/// `PaymentAlreadyInProgress` where it is not known yet how it ends.
pub async fn keep_card(
    app: &App,
    viewer: &Viewer,
    (token, wanted, back): (String, SetUp, String),
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Payment, ApiError> {
    let begun = match begin(app, viewer, wanted, guard, network).await? {
        Some(payment) => Some(payment),
        None => {
            give_up_waiting(app, viewer).await?;
            begin(app, viewer, wanted, guard, network).await?
        }
    };
    let payment = begun.ok_or(Refusal::PaymentAlreadyInProgress)?;
    let asked = attempt(&viewer.organization, viewer, &payment, token, back);
    let (payment, outcome) = charge::charge(app, &viewer.organization, payment, &asked).await?;
    let outcome = outcome.ok_or(Refusal::PaymentAlreadyInProgress)?;
    let recorded = record_outcome_of(app, payment, &outcome, None).await?;
    recorded.or_not_found()
}

/// Writes the attempt down before the processor is asked; none where another one is under way.
async fn begin(
    app: &App,
    viewer: &Viewer,
    wanted: SetUp,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Option<Payment>, ApiError> {
    let (organization, customer) = (&viewer.organization, &viewer.customer);
    let (processor, ctx) = (app.processor.name(), app.context_of(organization));
    let of = (wanted, cards::network_key(app, network));
    let currency = organization.default_currency;
    let (payment, mut changes) = methods::set_up(customer, currency, processor, of, &ctx);
    guard.begin(&mut changes, Some(payment.id), &ctx);
    cards::reserve(app, &mut changes, &payment);
    match app.commit_exactly(changes).await {
        Ok(()) => {
            guard.mark_begun();
            Ok(Some(payment))
        }
        Err(CommitError::Conflict(CommitConflict::NotOne(SPENT))) => {
            Err(cards::refused(app, &payment).await)
        }
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Gives up an attempt that waits for the customer.
async fn give_up_waiting(app: &App, viewer: &Viewer) -> Result<(), ApiError> {
    let waiting = app.store.unsettled_setup(viewer.customer.id).await?;
    let waiting = waiting.filter(|one| one.state == PaymentState::RequiresAction);
    if let Some(attempt) = waiting {
        limits::asking(app, viewer.customer.id).await?;
        buyer::give_up(app, attempt).await?;
    }
    Ok(())
}

/// Request to the processor.
fn attempt(
    organization: &Organization,
    viewer: &Viewer,
    payment: &Payment,
    token: String,
    return_url: String,
) -> Attempt {
    let customer = &viewer.customer;
    Attempt {
        id: payment.id,
        kind: AttemptKind::Setup,
        source: Source::Token {
            confirmation_token: token,
            customer: payment.customer_reference.clone(),
        },
        email: Some(customer.email.clone()),
        name: customer.name_on_bills(),
        description: organization.name.clone(),
        statement_suffix: charge::statement_suffix(organization),
        metadata: BTreeMap::from([
            ("organization_id".to_owned(), organization.id.to_string()),
            ("customer_id".to_owned(), customer.id.to_string()),
        ]),
        require_3ds: organization.settings.require_3ds,
        return_url,
    }
}
