//! Paying orders.

use till_core::{
    kernel::{
        records::{Payment, PaymentState},
        refusal::PortalRefusal,
    },
    orders::visit::Standing,
    portal::BillingViewer,
};
use till_wire::{
    input::Problem,
    loc,
    portal::{
        CustomerOrderConfirmPayment, CustomerOrderPaymentConfirmation, CustomerOrderPaymentState,
        CustomerOrderPaymentStatus, PaidWith,
    },
};
use uuid::Uuid;

use super::orders::row;
use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        idempotency::IdempotencyGuard,
        limits::{self, Network},
    },
    payments::{
        self,
        by_customer::{self, Card, Way},
    },
};

/// State of an order's payment. Where the customer's bank was to approve it, the processor is asked.
pub async fn status(
    app: &App,
    viewer: BillingViewer<'_>,
    id: Uuid,
) -> Result<CustomerOrderPaymentStatus> {
    let told = |status, error| CustomerOrderPaymentStatus { status, error };
    let mut order = row(app, viewer, id).await?;
    let mut latest = app.store.latest_attempt_of_order(id).await?;
    let asks = |one: &Payment| one.state == PaymentState::RequiresAction;
    if let Some(attempt) = latest.clone().filter(asks)
        && limits::asking(app, id).await.is_ok()
    {
        // What is known already is told where the processor does not answer.
        if let Err(error) = payments::ask(app, attempt).await {
            error.log_fault();
        }
        order = row(app, viewer, id).await?;
        latest = app.store.latest_attempt_of_order(id).await?;
    }
    Ok(match (order.standing(), latest) {
        (Standing::Paid, _) => told(CustomerOrderPaymentState::Succeeded, None),
        (_, None) => told(CustomerOrderPaymentState::Pending, None),
        (_, Some(attempt)) => {
            let outcome = outcome(&attempt);
            told(outcome.status, outcome.error)
        }
    })
}

/// Pays an order, with a card that was just entered or with a saved one.
pub async fn confirm(
    app: &App,
    viewer: BillingViewer<'_>,
    (id, input): (Uuid, CustomerOrderConfirmPayment),
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<CustomerOrderPaymentConfirmation> {
    if let Some(attempt) = guard.begun().flatten() {
        let attempt = app.store.attempt(attempt).await.or_not_found()?;
        return Ok(outcome(&by_customer::known(attempt)?));
    }
    if row(app, viewer, id).await?.standing() != Standing::Due {
        return Err(PortalRefusal::OrderNotEligibleForRetry.into());
    }
    let card = match input.with {
        PaidWith::Token(token) => Card::Entered(token),
        PaidWith::Saved(id) => saved(app, viewer, id).await?,
    };
    let way = Way::Portal(&viewer, id);
    let paid = Box::pin(by_customer::attempt(app, way, card, guard, network)).await;
    match paid.and_then(by_customer::known) {
        Ok(attempt) => Ok(outcome(&attempt)),
        // It was paid, or voided, a moment ago.
        Err(error) if error.name() == "OrderNotDue" => {
            Err(PortalRefusal::OrderNotEligibleForRetry.into())
        }
        Err(error) => Err(error),
    }
}

/// A saved card of the customer, which the processor in use keeps.
async fn saved(app: &App, viewer: BillingViewer<'_>, id: Uuid) -> Result<Card> {
    let method = app.store.payment_method(viewer.organization.id, id).await?;
    let method = method.filter(|method| {
        method.customer_id == viewer.customer.id && method.processor == app.processor.name()
    });
    let method = method.ok_or_else(|| {
        ApiError::from(till_core::kernel::refusal::Refusal::field(Problem::value(
            loc!["body", "payment_method_id"],
            "This payment method does not exist",
            id.to_string(),
        )))
    })?;
    Ok(Card::Saved(Box::new(method)))
}

/// An attempt as its customer is told of it.
fn outcome(attempt: &Payment) -> CustomerOrderPaymentConfirmation {
    let told = |status| CustomerOrderPaymentConfirmation {
        status,
        client_secret: None,
        action_url: None,
        error: None,
    };
    match attempt.state {
        PaymentState::Succeeded => told(CustomerOrderPaymentState::Succeeded),
        PaymentState::RequiresAction => CustomerOrderPaymentConfirmation {
            client_secret: attempt.client_secret.clone(),
            action_url: attempt.action_url.clone(),
            ..told(CustomerOrderPaymentState::RequiresAction)
        },
        PaymentState::Failed => CustomerOrderPaymentConfirmation {
            error: Some(by_customer::declined(attempt)),
            ..told(CustomerOrderPaymentState::Failed)
        },
        PaymentState::Intended | PaymentState::Asked | PaymentState::Processing => {
            told(CustomerOrderPaymentState::Pending)
        }
    }
}
