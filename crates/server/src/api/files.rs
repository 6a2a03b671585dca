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

/// List files
///
/// Lists the files of your organization that have been uploaded, newest first unless `sorting` says otherwise.
#[utoipa::path(
    get, path = "/v1/files/", operation_id = "files:list",
    params(PageQuery, OrganizationQuery, ListQuery),
    responses((status = 200, description = "Page of files.", body = Page<File>))
)]
async fn list(caller: Caller<scope::FilesRead>, params: Params) -> Reply<Page<File>> {
    files::list(&caller, params).await.map(Json)
}

/// Create a file
///
/// Announces a file and returns the URLs to which its parts are sent with PUT, within an hour. When all parts have
/// been sent, complete the upload.
#[utoipa::path(
    post, path = "/v1/files/", operation_id = "files:create",
    request_body(content = FileCreate, description = "File to upload, with its parts."),
    responses((status = 201, description = "File that was announced, with the upload URLs of its parts.", body = FileUpload))
)]
async fn create(
    caller: Caller<scope::FilesWrite>,
    guard: IdempotencyGuard,
    body: Body,
) -> Created<FileUpload> {
    let input = body.read(FileCreate::read)?;
    files::create(&caller, &guard, input).await.map(created)
}

/// Complete a file upload
///
/// Completes the upload of a file, once all of its parts have been sent.
#[utoipa::path(
    post, path = "/v1/files/{id}/uploaded", operation_id = "files:uploaded",
    request_body(content = FileUploadCompleted, description = "Upload with all of its parts."),
    responses(
        (status = 200, description = "File, which can now be used.", body = File),
        (status = 422, description = "A part is missing or differs from what was uploaded, or another field of the request is wrong.", body = ValidationBody),
    )
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

/// Update a file
///
/// Changes the name of a file, or the name of its version.
#[utoipa::path(
    patch, path = "/v1/files/{id}", operation_id = "files:update",
    request_body(content = FilePatch, description = "Fields to change."),
    responses((status = 200, description = "File after the change.", body = File))
)]
async fn update(caller: Caller<scope::FilesWrite>, PathId(id): PathId, body: Body) -> Reply<File> {
    let input = body.read(FilePatch::read)?;
    files::update(&caller, id, input).await.map(Json)
}

/// Delete a file
///
/// Deletes a file. Products no longer show it.
#[utoipa::path(
    delete, path = "/v1/files/{id}", operation_id = "files:delete",
    responses((status = 204, description = "The file was deleted; the response has no body."))
)]
async fn delete(caller: Caller<scope::FilesWrite>, PathId(id): PathId) -> NoContent {
    files::delete(&caller, id).await.map(no_content)
}
