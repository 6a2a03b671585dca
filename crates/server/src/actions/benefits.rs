//! Benefits: what purchases include.

use axum::http::StatusCode;
use till_core::{
    catalog::benefits,
    kernel::{records::Benefit as Row, values::Value},
};
use till_store::List;
use till_wire::{
    benefits::{Benefit, BenefitCreate, BenefitType, BenefitUpdate, BenefitVisibility},
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{MetadataFilters, Sorted, ids, metadata, query, sorting, text, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The order of the `id` filter.
const USER_ORDER: &str = "user_order";

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("description", "description"),
    ("type", "kind"),
    (USER_ORDER, USER_ORDER),
];

query! {
    /// The query of a list of benefits.
    pub(crate) struct ListQuery {
        /// Filter by ID: only these benefits.
        id: Vec<Uuid> = ids(),
        /// Filter by ID: all but these benefits.
        exclude_id: Vec<Uuid> = ids(),
        /// Filter by type.
        kind: Vec<BenefitType> as "type" = words::<BenefitType>(),
        /// Search for a part of the description, in any case.
        query: Option<String> = text(),
        /// Filter by visibility.
        visibility: Vec<BenefitVisibility> = words::<BenefitVisibility>(),
        metadata: MetadataFilters = metadata(),
        /// `user_order` keeps the order of `id`.
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists benefits.
pub async fn list(
    caller: &Caller<scope::BenefitsRead>,
    mut params: Params,
) -> Result<Page<Benefit>> {
    let sent = ListQuery::read(&mut params);
    let ids = sent.id;
    let without = sent.exclude_id.into_iter().map(Value::Uuid);
    let mut list = List::of::<Row>(caller.organization.id)
        .is_null("deleted_at")
        .not_in("id", without.collect())
        .any_of("organization_id", params.organizations())
        .any_of("id", ids.clone())
        .any_of("kind", sent.kind)
        .any_of("visibility", sent.visibility)
        .all_metadata(&sent.metadata)
        .contains_ci("description", sent.query.as_deref());
    for (key, order) in sent.sorting {
        list = match key {
            USER_ORDER => list.order_ids("id", &ids, order),
            _ => list.order(key, order),
        };
    }
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a benefit.
pub async fn get(caller: &Caller<scope::BenefitsRead>, id: Uuid) -> Result<Benefit> {
    let own = caller.organization.id;
    let row = caller.app.store.benefit(own, id).await.or_not_found()?;
    Ok(row.view())
}

/// Creates a benefit; its `type` says what `properties` hold.
pub async fn create(
    caller: &Caller<scope::BenefitsWrite>,
    guard: &IdempotencyGuard,
    input: BenefitCreate,
) -> Result<Benefit> {
    let (app, own) = (&caller.app, &caller.organization);
    let (meters, files) = benefits::referenced_ids(Some(&input.properties));
    app.retry_on_conflict(|| async {
        let (subscribers, named) = tokio::try_join!(
            app.store.subscribers(own.id),
            app.store.benefit_references(own.id, &meters, &files)
        )?;
        let made = benefits::create(input.clone(), own, &named, &subscribers, &caller.context())?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a benefit. `type` is repeated and cannot change; `properties` replaces all of them.
pub async fn update(
    caller: &Caller<scope::BenefitsWrite>,
    id: Uuid,
    input: BenefitUpdate,
) -> Result<Benefit> {
    let (app, own) = (&caller.app, &caller.organization);
    let (meters, files) = benefits::referenced_ids(input.properties.as_ref());
    app.retry_on_conflict(|| async {
        let row = app.store.benefit(own.id, id).await.or_not_found()?;
        let (subscribers, named) = tokio::try_join!(
            app.store.subscribers(own.id),
            app.store.benefit_references(own.id, &meters, &files)
        )?;
        let updated =
            benefits::update(&row, input.clone(), &named, &subscribers, &caller.context())?;
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Deletes a benefit: no product includes it any more.
pub async fn delete(caller: &Caller<scope::BenefitsWrite>, id: Uuid) -> Result<()> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = app.store.benefit(own, id).await.or_not_found()?;
        let subscribers = app.store.subscribers(own).await?;
        let changes = benefits::delete(&row, &subscribers, &caller.context());
        app.commit(changes).await?;
        Ok(())
    })
    .await
}
