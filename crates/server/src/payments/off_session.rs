//! Charging an unpaid order, or a change of a subscription, to a saved card, while its owner is away.

use till_core::{
    kernel::{
        changes::CommitConflict,
        events::Subscribers,
        records::{Organization, Payment, PaymentMethod},
    },
    orders::payment::{self, OrderRows},
    payments::attempt::UNSETTLED,
    seats::UsedSeats,
    subscriptions::{bill::BillingRows, change::ChangeRows, renew::Step},
};
use till_ports::processor::{Outcome, Source};
use till_store::CommitError;
use till_wire::payments::PaymentTrigger;
use uuid::Uuid;

use super::{buyer, changes, charge, orders, outcome::record_outcome_of, witness};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// Charges an unpaid order to its saved card. Once an attempt is in flight there is no second one; an order that is paid
/// is left as it is, and one without a card has failed.
pub async fn charge_order(app: &App, id: Uuid) -> Result<(), ApiError> {
    charge_with(app, id, None).await
}

/// Charges an unpaid order to a card that its customer has just saved, besides the schedule of attempts.
pub async fn try_card(app: &App, id: Uuid, method_id: Uuid) -> Result<(), ApiError> {
    charge_with(app, id, Some(method_id)).await
}

async fn charge_with(app: &App, id: Uuid, new_card: Option<Uuid>) -> Result<(), ApiError> {
    let begun = app.retry_on_conflict(|| begin(app, id, new_card)).await?;
    let Some((payment, method)) = begun else {
        return Ok(());
    };
    let (organization, rows) = orders::rows(app, id).await?;
    let subscribers = app.store.subscribers(organization.id).await?;
    send(app, &organization, rows, &subscribers, payment, method).await
}

/// Writes down an attempt to charge an unpaid order; none where one is in flight, or nothing can be charged.
async fn begin(
    app: &App,
    id: Uuid,
    new_card: Option<Uuid>,
) -> Result<Option<(Payment, PaymentMethod)>, ApiError> {
    let (organization, rows) = orders::rows(app, id).await?;
    let subscribers = app.store.subscribers(organization.id).await?;
    let method = match new_card {
        Some(id) => method(app, &rows, id).await?,
        None => saved_method(app, &rows).await?,
    };
    let trigger = match rows.order.failed_payments {
        _ if new_card.is_some() => PaymentTrigger::RetryPaymentMethodUpdate,
        0 => PaymentTrigger::SubscriptionCycle,
        _ => PaymentTrigger::RetryDunning,
    };
    let ctx = app.context_of(&organization);
    let (payment, changes) = payment::charge(&rows, method.as_ref(), trigger, &subscribers, &ctx);
    match app.commit_exactly(changes).await {
        Ok(()) => Ok(payment.zip(method)),
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Asks the processor for an attempt at an order that was just written down, and records its outcome. One that somebody
/// else has seen through is left as it is.
pub async fn send_begun(
    app: &App,
    order_id: Uuid,
    payment: Payment,
    method: PaymentMethod,
) -> Result<(), ApiError> {
    let (organization, rows) = orders::rows(app, order_id).await?;
    let subscribers = app.store.subscribers(organization.id).await?;
    let sent = send(app, &organization, rows, &subscribers, payment, method);
    match Box::pin(sent).await {
        Err(error) if error.conflict().is_some() => Ok(()),
        sent => sent,
    }
}

/// Asks the processor for an attempt that is written down, and records its outcome. `rows` are those that the attempt
/// left behind.
async fn send(
    app: &App,
    organization: &Organization,
    rows: OrderRows,
    subscribers: &Subscribers,
    payment: Payment,
    method: PaymentMethod,
) -> Result<(), ApiError> {
    let source = Source::Saved {
        customer: method.customer_reference.unwrap_or_default(),
        method: method.reference,
        present: false,
    };
    // Nobody is there to return.
    let nowhere = app.urls.public_url.clone();
    let asked = orders::attempt(organization, &rows, &payment, source, false, nowhere);
    let (payment, outcome) = charge::charge(app, organization, payment, &asked).await?;
    let Some(outcome) = outcome else {
        return Ok(());
    };
    // What was just written is most often still so; where it is not, everything is read again.
    let seen = &witness::outcome(&outcome);
    let ctx = app.context_of(organization);
    let decided = payment::record_outcome(&rows, &payment, seen, subscribers, &ctx);
    match witness::commit(app, payment.clone(), seen, decided).await {
        Err(error) if error.conflict().is_some() => {
            let payment = app.store.attempt(payment.id).await?.unwrap_or(payment);
            record_outcome_of(app, payment, &outcome, None).await?;
            Ok(())
        }
        recorded => recorded.map(drop),
    }
}

/// Charges the order that a step of a subscription has made.
pub async fn charge_step(app: &App, rows: BillingRows, step: Step) -> Result<(), ApiError> {
    let (Some(order), Some(payment), Some(method)) = (step.order, step.payment, rows.method) else {
        return Ok(());
    };
    let discount = step.discount;
    let order_rows = OrderRows {
        slug: rows.organization.slug.clone(),
        seats: match step.subscription.ended_at {
            None => step.seats,
            // They were taken back with it.
            Some(_) => UsedSeats::default(),
        },
        discount: discount.clone().filter(|_| order.discount_id.is_some()),
        unpaid: match step.subscription.ended_at {
            None => rows.unpaid,
            // Being voided.
            Some(_) => Vec::new(),
        },
        order,
        customer: step.customer,
        offered: step.offered.clone(),
        held: Some((step.subscription, step.offered, discount)),
    };
    let (organization, subscribers) = (&rows.organization, &rows.subscribers);
    send(app, organization, order_rows, subscribers, payment, method).await
}

/// The saved card that pays for the order; none where there is none with the processor in use.
pub async fn saved_method(app: &App, rows: &OrderRows) -> Result<Option<PaymentMethod>, ApiError> {
    match rows.method_id() {
        Some(id) => method(app, rows, id).await,
        None => Ok(None),
    }
}

/// A saved card, where the processor in use keeps it for the order's customer.
async fn method(app: &App, rows: &OrderRows, id: Uuid) -> Result<Option<PaymentMethod>, ApiError> {
    let method = app.store.payment_method(rows.order.organization_id, id);
    let is_usable = |method: &PaymentMethod| {
        method.processor == app.processor.name() && method.customer_id == rows.order.customer_id
    };
    Ok(method.await?.filter(is_usable))
}

/// Asks the processor for a change's attempt that is written down, and records its outcome: the attempt as it is then.
/// Nobody is there to approve it, so one that waits for its buyer is given up.
pub async fn charge_change(
    app: &App,
    rows: &ChangeRows,
    payment: Payment,
) -> Result<Payment, ApiError> {
    let asked = changes::attempt(app, rows, &payment)?;
    let (payment, outcome) =
        charge::charge(app, &rows.billing.organization, payment, &asked).await?;
    let Some(outcome) = outcome else {
        return Ok(payment);
    };
    let noted = record_outcome_of(app, payment, &outcome, None).await?;
    let noted = noted.or_not_found()?;
    match outcome {
        Outcome::RequiresAction { .. } => buyer::give_up(app, noted).await,
        _ => Ok(noted),
    }
}
