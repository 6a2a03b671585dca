//! Meters of customers: what each has used.

use std::collections::HashMap;

use till_core::kernel::records::{Customer, CustomerMeter as Row, Meter};
use till_store::List;
use till_wire::{page::Page, usage::CustomerMeter};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::extract::{
        Caller, Params,
        query::{Sorted, ids, query, sorting, texts},
        scope,
    },
};

const SORT_KEYS: [(&str, &str); 9] = [
    ("created_at", "created_at"),
    ("modified_at", "modified_at"),
    ("customer_id", "customer_id"),
    ("customer_name", "customer_name"),
    ("meter_id", "meter_id"),
    ("meter_name", "meter_name"),
    ("consumed_units", "consumed_units"),
    ("credited_units", "credited_units"),
    ("balance", "balance"),
];

query! {
    /// The query of a list of customers' meters.
    pub(crate) struct ListQuery {
        /// Filter by customer ID.
        customer_id: Vec<Uuid> = ids(),
        /// Filter by your own customer ID.
        external_customer_id: Vec<String> = texts(),
        /// Filter by meter ID.
        meter_id: Vec<Uuid> = ids(),
        sorting: Sorted = sorting(&SORT_KEYS, "-modified_at"),
    }
}

/// Lists customers' meters.
pub async fn list(
    caller: &Caller<scope::CustomerMetersRead>,
    mut params: Params,
) -> Result<Page<CustomerMeter>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(own)
        .any_of("organization_id", params.organizations())
        .any_of("customer_id", sent.customer_id)
        .of_external_customers(sent.external_customer_id)
        .any_of("meter_id", sent.meter_id)
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(app, list).await?;
    Ok(page.of(shown(app, own, &rows).await?))
}

/// Shows a customer's meter.
pub async fn get(caller: &Caller<scope::CustomerMetersRead>, id: Uuid) -> Result<CustomerMeter> {
    let (app, own) = (&caller.app, caller.organization.id);
    let row = app.store.customer_meter(own, id).await.or_not_found()?;
    shown(app, own, &[row]).await?.pop().or_not_found()
}

/// The meters of these rows, by id.
pub(super) async fn meters_of(app: &App, own: Uuid, rows: &[Row]) -> Result<HashMap<Uuid, Meter>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.meter_id).collect();
    let meters = app.store.meters(own, &ids).await?;
    Ok(meters.into_iter().map(|meter| (meter.id, meter)).collect())
}

pub(super) fn missing() -> ApiError {
    ApiError::internal("the customer or the meter of a customer's meter is not there")
}

async fn shown(app: &App, own: Uuid, rows: &[Row]) -> Result<Vec<CustomerMeter>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
    let customers = app.store.customers(own, &ids).await?;
    let customers: HashMap<Uuid, Customer> = customers.into_iter().map(|c| (c.id, c)).collect();
    let meters = meters_of(app, own, rows).await?;
    let view = |row: &Row| {
        let customer = customers.get(&row.customer_id).ok_or_else(missing)?;
        let meter = meters.get(&row.meter_id).ok_or_else(missing)?;
        Ok(row.view(customer, meter))
    };
    rows.iter().map(view).collect()
}
