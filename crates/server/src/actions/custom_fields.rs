//! Custom fields: what a checkout asks.

use axum::http::StatusCode;
use till_core::{catalog::custom_fields, kernel::records::CustomField as Row};
use till_store::List;
use till_wire::{
    custom_fields::{CustomField, CustomFieldCreate, CustomFieldType, CustomFieldUpdate},
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{OrNotFound, Result},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, query, sorting, text, words},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 4] = [
    ("created_at", "created_at"),
    ("slug", "slug"),
    ("name", "name"),
    ("type", "kind"),
];

query! {
    /// The query of a list of custom fields.
    pub(crate) struct ListQuery {
        /// Search for a part of the name or the slug, in any case.
        query: Option<String> = text(),
        /// Filter by type.
        kind: Vec<CustomFieldType> as "type" = words::<CustomFieldType>(),
        sorting: Sorted = sorting(&SORT_KEYS, "slug"),
    }
}

/// Lists custom fields.
pub async fn list(
    caller: &Caller<scope::CustomFieldsRead>,
    mut params: Params,
) -> Result<Page<CustomField>> {
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("kind", sent.kind)
        .is_null("deleted_at")
        .sorted(sent.sorting)
        .search(&["name", "slug"], &[], sent.query.as_deref());
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Shows a custom field.
pub async fn get(caller: &Caller<scope::CustomFieldsRead>, id: Uuid) -> Result<CustomField> {
    let own = caller.organization.id;
    Ok(caller
        .app
        .store
        .custom_field(own, id)
        .await
        .or_not_found()?
        .view())
}

/// Creates a custom field.
pub async fn create(
    caller: &Caller<scope::CustomFieldsWrite>,
    guard: &IdempotencyGuard,
    input: CustomFieldCreate,
) -> Result<CustomField> {
    let (app, own) = (&caller.app, caller.organization.id);
    // Who comes second with a slug meets the index, and is told when the slug is looked up again.
    app.retry_on_conflict(|| async {
        let holder = app.store.custom_field_by_slug(own, &input.slug).await?;
        let made = custom_fields::create(input.clone(), own, holder.as_ref(), &caller.context())?;
        app.reply(guard, StatusCode::CREATED, made, |now| now.view())
            .await
    })
    .await
}

/// Changes a custom field. Its type must be named, and cannot change; answers under an old slug move along.
pub async fn update(
    caller: &Caller<scope::CustomFieldsWrite>,
    id: Uuid,
    input: CustomFieldUpdate,
) -> Result<CustomField> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let row = app.store.custom_field(own, id).await.or_not_found()?;
        let holder = match &input.slug {
            Some(slug) => app.store.custom_field_by_slug(own, slug).await?,
            None => None,
        };
        let updated =
            custom_fields::update(&row, input.clone(), holder.as_ref(), &caller.context())?;
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Deletes a custom field: products do not ask for it any more, its slug is free again.
pub async fn delete(caller: &Caller<scope::CustomFieldsWrite>, id: Uuid) -> Result<()> {
    let app = &caller.app;
    app.retry_on_conflict(|| async {
        let own = caller.organization.id;
        let row = app.store.custom_field(own, id).await.or_not_found()?;
        app.commit(custom_fields::delete(&row, &caller.context()))
            .await?;
        Ok(())
    })
    .await
}
