//! The `files` routes.

use axum::Json;
use till_wire::{
    error::ValidationBody,
    files::{File, FileCreate, FilePatch, FileUpload, FileUploadCompleted},
    page::Page,
};

use super::{
    Created, NoContent, Reply, created, no_content,
    operation::{Operation, operations},
};
use crate::{
    actions::files::{self, ListQuery},
    http::{
        extract::{Body, Caller, OrganizationQuery, PageQuery, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// The routes.
pub(super) const OPERATIONS: &[Operation] = operations![list, create, uploaded, update, delete];

/// Lists files that are uploaded.
#[utoipa::path(
    get, path = "/v1/files/", operation_id = "files:list", tag = "files",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "A page.", body = Page<File>)),
    security(("access_token" = []))
)]
async fn list(caller: Caller<scope::FilesRead>, params: Params) -> Reply<Page<File>> {
    files::list(&caller, params).await.map(Json)
}

/// Announces a file. Its parts are then sent with PUT to the addresses answered, within an hour.
#[utoipa::path(
    post, path = "/v1/files/", operation_id = "files:create", tag = "files",
    request_body = FileCreate,
    responses((status = 201, description = "The file, and where its parts go.", body = FileUpload)),
    security(("access_token" = []))
)]
async fn create(
    caller: Caller<scope::FilesWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<FileUpload> {
    let input = body.read(FileCreate::read)?;
    files::create(&caller, &guard, input).await.map(created)
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
async fn uploaded(
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
    guard: IdempotencyGuard,
    body: Body,
) -> Reply<File> {
    let input = body.read(FileUploadCompleted::read)?;
    files::uploaded(&caller, id, &guard, input).await.map(Json)
}

/// Renames a file, or its version.
#[utoipa::path(
    patch, path = "/v1/files/{id}", operation_id = "files:update", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    request_body = FilePatch,
    responses((status = 200, description = "The changed file.", body = File)),
    security(("access_token" = []))
)]
async fn update(caller: Caller<scope::FilesWrite>, PathId(id): PathId, body: Body) -> Reply<File> {
    let input = body.read(FilePatch::read)?;
    files::update(&caller, id, input).await.map(Json)
}

/// Deletes a file; products show it no more.
#[utoipa::path(
    delete, path = "/v1/files/{id}", operation_id = "files:delete", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    responses((status = 204, description = "It is gone.")),
    security(("access_token" = []))
)]
async fn delete(caller: Caller<scope::FilesWrite>, PathId(id): PathId) -> NoContent {
    files::delete(&caller, id).await.map(no_content)
}
