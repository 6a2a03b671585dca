//! Disputes.

use std::collections::HashMap;

use axum::http::StatusCode;
use till_core::kernel::{
    changes::Changes,
    records::{Customer, Dispute as Row},
    refusal::Refusal,
};
use till_ports::processor::ProcessorError;
use till_store::List;
use till_wire::{
    disputes::{Dispute, DisputeStatus},
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, ids, query, sorting, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
    payments::dispute::record,
};

const SORT_KEYS: [(&str, &str); 2] = [("created_at", "created_at"), ("amount", "amount")];

query! {
    /// The query of a list of disputes.
    pub(crate) struct ListQuery {
        /// Filter by order ID.
        order_id: Vec<Uuid> = ids(),
        /// Filter by status.
        status: Vec<DisputeStatus> = words::<DisputeStatus>(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists disputes.
pub async fn list(
    caller: &Caller<scope::DisputesRead>,
    mut params: Params,
) -> Result<Page<Dispute>> {
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("order_id", sent.order_id)
        .any_of("status", sent.status)
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(shown(&caller.app, caller.organization.id, &rows).await?))
}

/// Shows a dispute.
pub async fn get(caller: &Caller<scope::DisputesRead>, id: Uuid) -> Result<Dispute> {
    Ok(get_with_row(caller, id).await?.0)
}

/// Shows a dispute, and the row that it was made of.
pub async fn get_with_row(
    caller: &Caller<scope::DisputesRead>,
    id: Uuid,
) -> Result<(Dispute, Row)> {
    let (app, own) = (&caller.app, caller.organization.id);
    let row = app.store.dispute(own, id).await.or_not_found()?;
    let mut found = shown(app, own, std::slice::from_ref(&row)).await?;
    Ok((found.pop().or_not_found()?, row))
}

/// The disputes of an order, the newest first.
pub async fn of_order(
    caller: &Caller<scope::DisputesRead>,
    order_id: Uuid,
) -> Result<Vec<Dispute>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let rows = app.store.disputes_of_order(own, order_id).await?;
    shown(app, own, &rows).await
}

async fn shown(app: &App, own: Uuid, rows: &[Row]) -> Result<Vec<Dispute>> {
    let wanted: Vec<_> = rows.iter().map(|row| row.customer_id).collect();
    let customers = app.store.customers(own, &wanted).await?;
    let customers: HashMap<Uuid, Customer> = customers.into_iter().map(|c| (c.id, c)).collect();
    let now = app.clock.now();
    let views = rows.iter().map(|row| {
        let customer = customers.get(&row.customer_id);
        let customer =
            customer.ok_or_else(|| ApiError::internal("a dispute without a customer"))?;
        Ok(row.view(customer, now))
    });
    views.collect()
}

/// Concedes a dispute: the money stays with the buyer (docs/behaviour: disputes/accept).
pub async fn accept(
    caller: &Caller<scope::DisputesWrite>,
    guard: &IdempotencyGuard,
    id: Uuid,
) -> Result<Dispute> {
    let (app, own) = (&caller.app, caller.organization.id);
    let row = app.store.dispute(own, id).await.or_not_found()?;
    row.acceptable()?;
    if row.processor != app.processor.name() {
        return Err(Refusal::DisputeNotOpen.into());
    }
    let conceded = app
        .processor
        .accept_dispute(&row.reference, app.clock.now())
        .await;
    let now = record(app, &row.reference).await?.or_not_found()?;
    match conceded {
        Ok(_) => {}
        // It was decided before we have heard of it.
        Err(ProcessorError::Refused(_)) => return Err(Refusal::DisputeNotOpen.into()),
        Err(error) => return Err(error.into()),
    }
    let answer = shown(app, own, &[now]).await?.pop().or_not_found()?;
    app.reply_kept(guard, StatusCode::OK, Changes::new(), answer)
        .await
}
