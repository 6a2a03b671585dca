//! The `files` routes (lifecycle.md H.2).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use till_core::{
    files::{self, Assembled},
    records::File as Row,
    refusal::Refusal,
    tokens::hex,
};
use till_ports::files::FilesError;
use till_store::List;
use till_wire::{
    error::{ErrorBody, ValidationBody},
    files::{File, FileCreate, FilePatch, FileUpload, FileUploadCompleted},
    input::Problem,
    loc,
    page::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::query;
use crate::{
    app::App,
    error::ApiError,
    extract::{Body, Caller, Filtered, Params, PathId, scope},
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(uploaded))
        .routes(routes!(update, delete))
}

/// Lists files that are uploaded.
#[utoipa::path(
    get, path = "/v1/files/", operation_id = "files:list", tag = "files",
    params(query::Paging, query::OfOrganization, query::Files),
    responses((status = 200, description = "A page.", body = Page<File>)),
    security(("access_token" = []))
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesRead>,
    mut params: Params,
) -> Result<Json<Page<File>>, ApiError> {
    let window = params.window();
    let list = List::of::<Row>(caller.organization.id)
        .ids("organization_id", params.ids("organization_id"))
        .ids("id", params.ids("ids"))
        .filter_sql("is_uploaded", vec![])
        .is_null("deleted_at")
        .sorted(params.sorting(&[("created_at", "created_at")], &["-created_at"]));
    params.finish()?;
    let (rows, total) = app
        .store
        .page::<Row>(list, window.page, window.limit)
        .await?;
    let files = rows.iter().map(Row::view).collect();
    Ok(Json(Page::new(files, total, window.limit)))
}

/// Announces a file. Its parts are then sent with PUT to the addresses answered, within an hour.
#[utoipa::path(
    post, path = "/v1/files/", operation_id = "files:create", tag = "files",
    request_body = FileCreate,
    responses(
        (status = 201, description = "The file, and where its parts go.", body = FileUpload),
        (status = 422, description = "Fields break a rule.", body = ValidationBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    body: Body,
) -> Result<(StatusCode, Json<FileUpload>), ApiError> {
    let input = body.object(FileCreate::read)?;
    let at = app.at();
    let (file, changes) = files::create(input, &caller.organization, &app.site, &at)?;
    app.commit(changes).await?;
    let upload = file.upload_view(&app.site, &app.key, at.now);
    Ok((StatusCode::CREATED, Json(upload)))
}

/// Says that all parts of a file are uploaded.
#[utoipa::path(
    post, path = "/v1/files/{id}/uploaded", operation_id = "files:uploaded", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    request_body = FileUploadCompleted,
    responses(
        (status = 200, description = "The whole file.", body = File),
        (status = 404, description = "There is none.", body = ErrorBody),
        (status = 422, description = "A part is missing, or is not what was uploaded.", body = ValidationBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn uploaded(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<File>, ApiError> {
    let input = body.object(FileUploadCompleted::read)?;
    let file = own(&app, caller.organization.id, id).await?;
    files::claimed(&file, &input)?;
    if file.is_uploaded {
        return Ok(Json(file.view()));
    }
    let found = assemble(&app, &file, &input).await?;
    let (done, changes) = files::complete(&file, &found, &app.at())?;
    app.commit(changes).await?;
    for part in &file.upload.parts {
        remove(&app, &file.part_path(part.number)).await;
    }
    Ok(Json(done.view()))
}

/// Puts the parts together, each of which must be what its sender believes it to be.
async fn assemble(
    app: &App,
    file: &Row,
    input: &FileUploadCompleted,
) -> Result<Assembled, ApiError> {
    let wrong = |words: &str| {
        let place = loc!["body", "parts"];
        let problem = Problem::value(place, words, serde_json::Value::Null);
        ApiError::from(Refusal::field(problem))
    };
    let numbers = file.upload.parts.iter().map(|part| part.number);
    let paths: Vec<String> = numbers.map(|number| file.part_path(number)).collect();
    let (sums, whole) = match app.files.assemble(&file.path, &paths).await {
        Ok(sums) => sums,
        Err(FilesError::Missing) => return Err(wrong("A part was not uploaded")),
        Err(error) => return Err(ApiError::internal(error)),
    };
    for (part, sum) in file.upload.parts.iter().zip(&sums) {
        let claim = input.parts.iter().find(|claim| claim.number == part.number);
        let same = claim.is_some_and(|claim| {
            let checksum = claim.checksum_sha256_base64.as_deref();
            claim.checksum_etag == hex(sum) && checksum.is_none_or(|c| c == STANDARD.encode(sum))
        });
        if !same {
            remove(app, &file.path).await;
            return Err(wrong("A part is not what was uploaded"));
        }
    }
    Ok(Assembled {
        sha256_base64: STANDARD.encode(whole),
        sha256_hex: hex(&whole),
    })
}

/// Removes what nothing refers to any more; what cannot be removed only takes room.
async fn remove(app: &App, path: &str) {
    if let Err(error) = app.files.remove(path).await {
        tracing::warn!(%error, path, "a file was not removed");
    }
}

/// Renames a file, or its version.
#[utoipa::path(
    patch, path = "/v1/files/{id}", operation_id = "files:update", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    request_body = FilePatch,
    responses(
        (status = 200, description = "The changed file.", body = File),
        (status = 404, description = "There is none.", body = ErrorBody),
        (status = 422, description = "Fields break a rule.", body = ValidationBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
    body: Body,
) -> Result<Json<File>, ApiError> {
    let input = body.object(FilePatch::read)?;
    let changed = app
        .settle(|| async {
            let file = own(&app, caller.organization.id, id).await?;
            let (file, changes) = files::update(&file, input.clone(), &app.at());
            app.commit(changes).await?;
            Ok::<_, ApiError>(file)
        })
        .await?;
    Ok(Json(changed.view()))
}

/// Deletes a file; products show it no more.
#[utoipa::path(
    delete, path = "/v1/files/{id}", operation_id = "files:delete", tag = "files",
    params(("id" = Uuid, Path, description = "The file.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "There is none.", body = ErrorBody),
    ),
    security(("access_token" = []))
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller<scope::FilesWrite>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let file = app
        .settle(|| async {
            let file = own(&app, caller.organization.id, id).await?;
            app.commit(files::delete(&file, &app.at())).await?;
            Ok::<_, ApiError>(file)
        })
        .await?;
    remove(&app, &file.path).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn own(app: &App, organization: Uuid, id: Uuid) -> Result<Row, ApiError> {
    app.store
        .file(organization, id)
        .await?
        .ok_or_else(ApiError::not_found)
}
