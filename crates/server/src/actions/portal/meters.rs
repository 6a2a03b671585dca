//! Meters of a customer, as the customer sees them.

use till_core::{
    kernel::records::{CustomerMeter as Row, Meter},
    portal::Viewer,
};
use till_store::List;
use till_wire::{page::Page, usage::CustomerCustomerMeter};
use uuid::Uuid;

use crate::{
    actions::customer_meters::{meters_of, missing},
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Params,
        query::{Sorted, ids, query, sorting, text},
    },
};

const SORT_KEYS: [(&str, &str); 7] = [
    ("created_at", "created_at"),
    ("modified_at", "modified_at"),
    ("meter_id", "meter_id"),
    ("meter_name", "meter_name"),
    ("consumed_units", "consumed_units"),
    ("credited_units", "credited_units"),
    ("balance", "balance"),
];

query! {
    /// The query of a list of a customer's meters.
    pub(crate) struct ListQuery {
        /// Filter by meter ID.
        meter_id: Vec<Uuid> = ids(),
        /// Search for a part of the meter's name, in any case.
        query: Option<String> = text(),
        sorting: Sorted = sorting(&SORT_KEYS, "-modified_at"),
    }
}

/// Lists the customer's meters.
pub async fn list(
    app: &App,
    viewer: &Viewer,
    mut params: Params,
) -> Result<Page<CustomerCustomerMeter>> {
    let sent = ListQuery::read(&mut params);
    let own = viewer.organization.id;
    let list = List::of::<Row>(own)
        .eq("customer_id", viewer.customer.id)
        .any_of("meter_id", sent.meter_id)
        .search_meters(own, sent.query.as_deref())
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(app, list).await?;
    Ok(page.of(shown(app, own, &rows).await?))
}

/// Shows one of the customer's meters.
pub async fn get(app: &App, viewer: &Viewer, id: Uuid) -> Result<CustomerCustomerMeter> {
    let own = viewer.organization.id;
    let row = app.store.customer_meter(own, id).await?;
    let row = row
        .filter(|row| row.customer_id == viewer.customer.id)
        .or_not_found()?;
    shown(app, own, &[row]).await?.pop().or_not_found()
}

pub(super) async fn shown(
    app: &App,
    own: Uuid,
    rows: &[Row],
) -> Result<Vec<CustomerCustomerMeter>> {
    let meters = meters_of(app, own, rows).await?;
    let view = |row: &Row| {
        let meter: &Meter = meters.get(&row.meter_id).ok_or_else(missing)?;
        Ok(row.portal_view(meter))
    };
    rows.iter().map(view).collect()
}
