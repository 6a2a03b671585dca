//! The `organizations` routes: a token sees its own and no other.

use std::sync::Arc;

use axum::{Json, extract::State};
use till_core::{
    kernel::{changes::Value, records::Organization as Row},
    organizations,
};
use till_store::List;
use till_wire::{
    organizations::{Organization, OrganizationUpdate},
    page::Page,
};
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, PageQuery, Params, PathId,
            query::{Sorted, query, sorting, text},
            scope,
        },
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, get, update];

const SORT_KEYS: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("slug", "slug"),
];

query! {
    /// What the list of organizations may be asked for.
    struct ListQuery {
        /// Only the organization of this name.
        slug: Option<String> = text(),
        sorting: Sorted = sorting(&SORT_KEYS, "created_at"),
    }
}

/// Lists the token's organization.
#[utoipa::path(
    get, path = "/v1/organizations/", operation_id = "organizations:list", tag = "organizations",
    params(PageQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<Organization>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::OrganizationsRead>,
    mut params: Params,
) -> Result<Json<Page<Organization>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let slug = sent.slug.into_iter().map(Value::Text).collect::<Vec<_>>();
    let mut list = List::within::<Row>("id", &[caller.organization.id]).sorted(sent.sorting);
    if !slug.is_empty() {
        list = list.is_in("slug", slug);
    }
    let (rows, page) = params.page(&app, list).await?;
    Ok(page.of(rows.iter().map(organizations::view)))
}

/// Shows the token's organization.
#[utoipa::path(
    get, path = "/v1/organizations/{id}", operation_id = "organizations:get", tag = "organizations",
    params(("id" = Uuid, Path, description = "The organization.")),
    responses((status = 200, description = "The organization.", body = Organization)),
    security(("access_token" = []))
)]
pub(crate) async fn get(
    caller: Caller<scope::OrganizationsRead>,
    PathId(id): PathId,
) -> Result<Json<Organization>, ApiError> {
    own(&caller.organization, id)?;
    Ok(Json(organizations::view(&caller.organization)))
}

/// Changes the token's organization.
#[utoipa::path(
    patch, path = "/v1/organizations/{id}", operation_id = "organizations:update", tag = "organizations",
    params(("id" = Uuid, Path, description = "The organization.")),
    request_body = OrganizationUpdate,
    responses((status = 200, description = "The changed organization.", body = Organization)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::OrganizationsWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<Organization>, ApiError> {
    let input = body.read(OrganizationUpdate::read)?;
    own(&caller.organization, id)?;
    app.retry_on_conflict(|| async {
        let row = app.store.organization(id).await.found()?;
        let unpriced = match input.default_presentment_currency {
            Some(currency) => app.store.unpriced(id, currency).await?,
            None => Vec::new(),
        };
        let subscribers = app.store.subscribers(id).await?;
        let updated =
            organizations::update(&row, input.clone(), &unpriced, &subscribers, &app.context())?;
        Ok(Json(organizations::view(&app.apply(updated).await?)))
    })
    .await
}

fn own(organization: &Row, id: Uuid) -> Result<(), ApiError> {
    if organization.id == id {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}
