//! Refunds.

use std::collections::HashMap;

use till_core::{
    kernel::{
        records::{Dispute, Order, Refund as Row, RefundState},
        refusal::Refusal,
    },
    payments::refunds::{self, Parts},
};
use till_store::List;
use till_wire::{
    input::Problem,
    loc,
    page::Page,
    refunds::{Refund, RefundCreate},
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, flag, ids, query, sorting, texts},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
    payments::refund::{ask, refresh},
};

const SORT_KEYS: [(&str, &str); 2] = [("created_at", "created_at"), ("amount", "net_amount")];

query! {
    /// The query of a list of refunds.
    pub(crate) struct ListQuery {
        /// Filter by refund ID.
        id: Vec<Uuid> = ids(),
        /// Filter by order ID.
        order_id: Vec<Uuid> = ids(),
        /// Filter by subscription ID.
        subscription_id: Vec<Uuid> = ids(),
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by outcome: true for refunds that succeeded only, false for the others.
        succeeded: Option<bool> = flag(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists refunds.
pub async fn list(caller: &Caller<scope::RefundsRead>, mut params: Params) -> Result<Page<Refund>> {
    let app = &caller.app;
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .not_null("order_id")
        .any_of("organization_id", params.organizations())
        .any_of("id", sent.id)
        .any_of("order_id", sent.order_id)
        .any_of("subscription_id", sent.subscription_id)
        .any_of("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .any_of("state", states(sent.succeeded))
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(app, list).await?;
    Ok(page.of(shown(app, caller.organization.id, &rows).await?))
}

/// The states of refunds that are shown.
fn states(succeeded: Option<bool>) -> Vec<RefundState> {
    let is_wanted = |state: &RefundState| {
        let is_given = *state == RefundState::Succeeded;
        state.status().is_some() && succeeded.is_none_or(|wanted| wanted == is_given)
    };
    RefundState::ALL.iter().copied().filter(is_wanted).collect()
}

/// The refunds of an order, the newest first, and the rows that they were made of, with those that are not shown.
pub async fn of_order_with_rows(
    caller: &Caller<scope::RefundsRead>,
    order_id: Uuid,
) -> Result<(Vec<Refund>, Vec<Row>)> {
    let (app, own) = (&caller.app, caller.organization.id);
    let rows = app.store.refunds_of_order(own, order_id).await?;
    Ok((shown(app, own, &rows).await?, rows))
}

async fn shown(app: &App, own: Uuid, rows: &[Row]) -> Result<Vec<Refund>> {
    let wanted: Vec<_> = rows.iter().filter_map(|row| row.dispute_id).collect();
    let disputes = app.store.disputes(own, &wanted).await?;
    let disputes: HashMap<Uuid, Dispute> = disputes.into_iter().map(|d| (d.id, d)).collect();
    let now = app.clock.now();
    let views = rows.iter().filter_map(|row| {
        let dispute = row.dispute_id.and_then(|id| disputes.get(&id));
        row.view(dispute, now)
    });
    Ok(views.collect())
}

/// Gives money of an order back: asks the processor, and answers what it said (docs/behaviour: refunds/checks).
pub async fn create(
    caller: &Caller<scope::RefundsWrite>,
    guard: &IdempotencyGuard,
    input: RefundCreate,
) -> Result<Refund> {
    let app = &caller.app;
    let id = match guard.begun().flatten() {
        Some(id) => id,
        None => intend(caller, guard, &input).await?,
    };
    let refund = ask(app, id).await?;
    match refund.view(None, app.clock.now()) {
        Some(view) => Ok(view),
        None => Err(refusal(app, &refund).await?),
    }
}

/// Reason why the processor did not take a refund: it may know of refunds that we have not heard of yet, so it is asked
/// for all of them first.
async fn refusal(app: &App, refund: &Row) -> Result<ApiError> {
    let payment = app.store.attempt(refund.payment_id).await.or_not_found()?;
    refresh(app, &payment).await?;
    let order_id = refund.order_id.or_not_found()?;
    let order = app.store.order(refund.organization_id, order_id).await;
    Ok(refunds::refusal(refund, &order.or_not_found()?).into())
}

/// Writes the refund down before the processor is asked: its id.
async fn intend(
    caller: &Caller<scope::RefundsWrite>,
    guard: &IdempotencyGuard,
    input: &RefundCreate,
) -> Result<Uuid> {
    let (app, own) = (&caller.app, caller.organization.id);
    let made = app.retry_on_conflict(|| async {
        let ctx = caller.context();
        let order = app.store.order(own, input.order_id).await?;
        let order = order.ok_or_else(|| unknown(input.order_id))?;
        let payment = app.store.payment_of_order(own, order.id).await?;
        if let Some(payment) = &payment
            && payment.processor != app.processor.name()
        {
            return Err(Refusal::RefundPaymentTransactionNotFound.into());
        }
        let known = match &payment {
            Some(payment) => app.store.refunds_of_payment(payment.id).await?,
            None => Vec::new(),
        };
        let made = refunds::create(&order, payment.as_ref(), &known, input.clone(), &ctx);
        let (refund, mut changes) = made?;
        guard.begin(&mut changes, Some(refund.id), &ctx);
        app.commit(changes).await?;
        Ok(refund.id)
    });
    let id = made.await?;
    guard.mark_begun();
    Ok(id)
}

fn unknown(order_id: Uuid) -> ApiError {
    let place = loc!["body", "order_id"];
    let words = "Order does not exist";
    Refusal::field(Problem::value(place, words, order_id.to_string())).into()
}

/// Amount that can be given back of an order, refunds that are on their way taken off, and what the buyer gets for
/// `amount` minor units of it without tax.
pub async fn preview(
    caller: &Caller<scope::RefundsRead>,
    order: &Order,
    amount: Option<i64>,
) -> Result<(Parts, Parts)> {
    let (app, own) = (&caller.app, caller.organization.id);
    let known = app.store.refunds_of_order(own, order.id).await?;
    let left = refunds::left(order, &known);
    let net = amount.unwrap_or(left.net).clamp(0, left.net);
    Ok((left, refunds::with_tax(order, left, net)))
}
