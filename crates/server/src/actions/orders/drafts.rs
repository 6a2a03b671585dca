//! Drafts: orders that a merchant makes, and has charged to a saved payment method.

use axum::http::StatusCode;
use till_core::{
    kernel::{
        records::{Payment, PaymentMethod, PaymentState},
        refusal::Refusal,
    },
    orders::{
        drafts::{self, DraftRows, Finalized},
        payment::OrderRows,
    },
};
use till_wire::orders::{Order, OrderCreate, OrderFinalize};
use uuid::Uuid;

use super::shown;
use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::{
        extract::{Caller, scope},
        idempotency::IdempotencyGuard,
    },
    joined::Joined,
    payments,
};

/// Makes a draft.
pub async fn create(
    caller: &Caller<scope::OrdersWrite>,
    guard: &IdempotencyGuard,
    input: OrderCreate,
) -> Result<Order> {
    let (app, organization) = (&caller.app, &caller.organization);
    let own = organization.id;
    let products = [input.product_id];
    let (customer, mut offered, subscribers) = tokio::try_join!(
        app.store.customer(own, input.customer_id),
        app.store.offered(own, &products),
        app.store.subscribers(own),
    )?;
    let rows = DraftRows {
        organization: organization.clone(),
        customer,
        offered: offered.pop(),
        subscribers,
    };
    let ctx = app.context_of(organization);
    let settings = &organization.settings.tax;
    let decided = app.taxed(settings, |taxes| drafts::create(&input, &rows, taxes, &ctx));
    let view = |made: OrderRows| made.view_of(&made.order);
    app.reply(guard, StatusCode::CREATED, decided.await?, view)
        .await
}

/// A draft that was claimed.
enum Claimed {
    /// Nothing was due: it is paid.
    Free(Box<Order>),
    /// A card is to be charged for it.
    Charge(Box<(Payment, PaymentMethod)>),
}

/// Charges a draft to a saved payment method, and answers how that ended (docs/behaviour: orders/finalize).
pub async fn finalize(
    caller: &Caller<scope::OrdersWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    input: OrderFinalize,
) -> Result<Order> {
    let app = &caller.app;
    if let Some(attempt) = guard.begun().flatten() {
        return outcome(caller, id, attempt).await;
    }
    let claimed = app.retry_on_conflict(|| claim(caller, id, guard, &input));
    let (payment, method) = match claimed.await? {
        Claimed::Free(order) => return Ok(*order),
        Claimed::Charge(charged) => *charged,
    };
    guard.mark_begun();
    let attempt = payment.id;
    payments::send_begun(app, id, payment, method).await?;
    outcome(caller, id, attempt).await
}

/// Claims the draft, and writes the attempt down before the processor is asked.
async fn claim(
    caller: &Caller<scope::OrdersWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    input: &OrderFinalize,
) -> Result<Claimed> {
    let (app, organization) = (&caller.app, &caller.organization);
    let row = app.store.order(organization.id, id).await.or_not_found()?;
    let rows = Joined::order_rows(app, organization, row).await?;
    let subscribers = app.store.subscribers(organization.id).await?;
    let method = method(app, &rows, input.payment_method_id).await?;
    let ctx = app.context_of(organization);
    let card = method.as_ref();
    match drafts::finalize(&rows, organization, card, &subscribers, &ctx)? {
        Finalized::Free { order, changes } => {
            let view = |order: Box<_>| rows.view_of(&order);
            let paid = app.reply(guard, StatusCode::OK, (order, changes), view);
            Ok(Claimed::Free(Box::new(paid.await?)))
        }
        Finalized::Charge {
            payment,
            mut changes,
        } => {
            guard.begin(&mut changes, Some(payment.id), &ctx);
            app.commit(changes).await?;
            let charged = (*payment, method.or_not_found()?);
            Ok(Claimed::Charge(Box::new(charged)))
        }
    }
}

/// The saved method that pays: the one that is named, else the customer's default, else the one saved last.
async fn method(app: &App, rows: &OrderRows, named: Option<Uuid>) -> Result<Option<PaymentMethod>> {
    let (own, customer) = (rows.order.organization_id, rows.order.customer_id);
    let processor = app.processor.name();
    let found = match named.or(rows.customer.default_payment_method_id) {
        Some(id) => app.store.payment_method(own, id).await?,
        None => None,
    };
    let is_theirs =
        |method: &PaymentMethod| method.customer_id == customer && method.processor == processor;
    match found.filter(is_theirs) {
        None if named.is_none() => {
            let newest = app.store.newest_payment_method(customer, processor);
            Ok(newest.await?)
        }
        found => Ok(found),
    }
}

/// Outcome of an attempt to charge a draft.
async fn outcome(caller: &Caller<scope::OrdersWrite>, id: Uuid, attempt: Uuid) -> Result<Order> {
    let app = &caller.app;
    let mut payment = app.store.attempt(attempt).await.or_not_found()?;
    // Nobody is there to approve it.
    if payment.state == PaymentState::RequiresAction {
        payment = payments::give_up(app, payment).await?;
    }
    if payment.state == PaymentState::Failed {
        return Err(drafts::failure(&payment).into());
    }
    let (order, _) = shown(app, &caller.organization, id).await?;
    match order.paid {
        true => Ok(order),
        false => Err(Refusal::PaymentAlreadyInProgress.into()),
    }
}
