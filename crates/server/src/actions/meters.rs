//! Meters: what counts usage.

mod quantities;

use axum::http::StatusCode;
use till_core::{kernel::records::Meter as Row, usage::meters};
use till_store::List;
use till_wire::{
    meters::{Meter, MeterCreate, MeterUpdate},
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{MetadataFilters, Sorted, flag, metadata, query, sorting, text},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

pub(crate) use quantities::QuantitiesQuery;
pub use quantities::quantities;

const SORT_KEYS: [(&str, &str); 2] = [("name", "name"), ("created_at", "created_at")];

query! {
    /// The query of a list of meters.
    pub(crate) struct ListQuery {
        /// Search for a part of the name, in any case.
        query: Option<String> = text(),
        /// Filter by archive: true for archived meters only, false for the others.
        is_archived: Option<bool> = flag(),
        metadata: MetadataFilters = metadata(),
        sorting: Sorted = sorting(&SORT_KEYS, "name"),
    }
}

/// Lists meters.
pub async fn list(caller: &Caller<scope::MetersRead>, mut params: Params) -> Result<Page<Meter>> {
    let sent = ListQuery::read(&mut params);
    let mut list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .all_metadata(&sent.metadata)
        .sorted(sent.sorting)
        .contains_ci("name", sent.query.as_deref());
    list = match sent.is_archived {
        Some(true) => list.not_null("archived_at"),
        Some(false) => list.is_null("archived_at"),
        None => list,
    };
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a meter.
pub async fn get(caller: &Caller<scope::MetersRead>, id: Uuid) -> Result<Meter> {
    let row = caller
        .app
        .store
        .meter(caller.organization.id, id)
        .await
        .or_not_found()?;
    Ok(row.view())
}

/// Creates a meter.
pub async fn create(
    caller: &Caller<scope::MetersWrite>,
    guard: &IdempotencyGuard,
    input: MeterCreate,
) -> Result<Meter> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let (organization, others) =
            tokio::try_join!(app.store.organization(own), app.store.count_meters(own))?;
        let organization = organization.or_not_found()?;
        let made = meters::create(input.clone(), &organization, others, &caller.context())?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a meter. One that an active price or a benefit uses cannot be archived; of one that has counted an event,
/// filter and aggregation stay.
pub async fn update(
    caller: &Caller<scope::MetersWrite>,
    id: Uuid,
    input: MeterUpdate,
) -> Result<Meter> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let (found, in_use, fold) = tokio::try_join!(
            app.store.meter(own, id),
            app.store.meter_in_use(own, id),
            app.store.meter_fold(id),
        )?;
        let updated = meters::update(
            &found.or_not_found()?,
            input.clone(),
            in_use,
            fold.as_ref(),
            &caller.context(),
        )?;
        Ok(app.apply(updated).await?.view())
    })
    .await
}
