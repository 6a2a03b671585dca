//! The `files` routes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use till_core::{catalog::files, kernel::records::File as Row};
use till_ports::files::{Digest, FilesError};
use till_store::List;
use till_wire::{
    error::ValidationBody,
    files::{File, FileCreate, FilePatch, FileUpload, FileUploadCompleted},
    page::Page,
};
use uuid::Uuid;

use super::operation::{Operation, operations};
use crate::{
    app::App,
    files::remove,
    http::{
        error::{ApiError, Found},
        extract::{
            Body, Caller, Filtered, OrganizationQuery, PageQuery, Params, PathId,
            query::{Sorted, ids, query, sorting},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, uploaded, update, delete];

const SORT_KEYS: [(&str, &str); 1] = [("created_at", "created_at")];

query! {
    /// What a list of files may be asked for.
    struct ListQuery {
        /// Only these.
        ids: Vec<Uuid> = ids(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists files that are uploaded.
#[utoipa::path(
    get, path = "/v1/files/", operation_id = "files:list", tag = "files",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<File>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesRead>,
    mut params: Params,
) -> Result<Json<Page<File>>, ApiError> {
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .ids("organization_id", params.organizations())
        .ids("id", sent.ids)
        .is_true("is_uploaded")
        .is_null("deleted_at")
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(&app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Announces a file. Its parts are then sent with PUT to the addresses answered, within an hour.
#[utoipa::path(
    post, path = "/v1/files/", operation_id = "files:create", tag = "files",
    request_body = FileCreate,
    responses((status = 201, description = "The file, and where its parts go.", body = FileUpload)),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<(StatusCode, Json<FileUpload>), ApiError> {
    let input = body.read(FileCreate::read)?;
    let ctx = app.context();
    let made = files::create(input, &caller.organization, &app.urls, &ctx)?;
    app.reply(&guard, StatusCode::CREATED, made, |file| {
        file.upload_view(&app.urls, &app.key, ctx.now)
    })
    .await
}

/// Says that all parts of a file are uploaded.
#[utoipa::path(
    post, path = "/v1/files/{id}/uploaded", operation_id = "files:uploaded", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    request_body = FileUploadCompleted,
    responses(
        (status = 200, description = "The whole file.", body = File),
        (status = 422, description = "A part is missing, or is not what was uploaded.", body = ValidationBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn uploaded(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Result<Json<File>, ApiError> {
    let input = body.read(FileUploadCompleted::read)?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let file = app.store.file(own, id).await.found()?;
        files::claimed(&file, &input)?;
        if file.is_uploaded {
            return Ok(Json(file.view()));
        }
        let (parts, ctx) = (file.part_paths(), app.context());
        let judge =
            |sums: &[Digest], whole: &Digest| files::complete(&file, &input, sums, whole, &ctx);
        let judged = match app.files.assemble(&file.path, &parts, judge).await {
            Err(FilesError::Missing) => Err(files::part_missing()),
            judged => judged.map_err(ApiError::internal)?,
        };
        let (_, view) = app
            .reply(&guard, StatusCode::OK, judged?, |now| now.view())
            .await?;
        remove(&app, &parts).await;
        Ok(view)
    })
    .await
}

/// Renames a file, or its version.
#[utoipa::path(
    patch, path = "/v1/files/{id}", operation_id = "files:update", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    request_body = FilePatch,
    responses((status = 200, description = "The changed file.", body = File)),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<File>, ApiError> {
    let input = body.read(FilePatch::read)?;
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let file = app.store.file(own, id).await.found()?;
        let updated = files::update(&file, input.clone(), &app.context());
        Ok(Json(app.apply(updated).await?.view()))
    })
    .await
}

/// Deletes a file; products show it no more.
#[utoipa::path(
    delete, path = "/v1/files/{id}", operation_id = "files:delete", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let own = caller.organization.id;
    app.retry_on_conflict(|| async {
        let file = app.store.file(own, id).await.found()?;
        app.commit(files::delete(&file, &app.context())).await?;
        remove(&app, &file.all_paths()).await;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
