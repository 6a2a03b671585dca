//! Files, uploaded in parts.

use axum::http::StatusCode;
use till_core::{catalog::files, kernel::records::File as Row};
use till_ports::files::{Digest, FilesError};
use till_store::List;
use till_wire::{
    files::{File, FileCreate, FilePatch, FileUpload, FileUploadCompleted},
    page::Page,
};
use uuid::Uuid;

use crate::{
    error::{ApiError, OrNotFound, Result},
    files::remove,
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, ids, query, sorting},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

const SORT_KEYS: [(&str, &str); 1] = [("created_at", "created_at")];

query! {
    /// The query of a list of files.
    pub(crate) struct ListQuery {
        /// Filter by ID: only these files.
        ids: Vec<Uuid> = ids(),
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

/// Lists files that are uploaded.
pub async fn list(caller: &Caller<scope::FilesRead>, mut params: Params) -> Result<Page<File>> {
    let sent = ListQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("id", sent.ids)
        .is_true("is_uploaded")
        .is_null("deleted_at")
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(&caller.app, list).await?;
    Ok(page.of(rows.iter().map(Row::view)))
}

/// Announces a file. Its parts are then sent with PUT to the addresses answered, within an hour.
pub async fn create(
    caller: &Caller<scope::FilesWrite>,
    guard: &IdempotencyGuard,
    input: FileCreate,
) -> Result<FileUpload> {
    let app = &caller.app;
    let ctx = app.context();
    let made = files::create(input, &caller.organization, &app.urls, &ctx)?;
    app.reply(guard, StatusCode::CREATED, made, |file| {
        file.upload_view(&app.urls, &app.key, ctx.now)
    })
    .await
}

/// Answers an announced file with new addresses for its parts, which work for an hour again.
pub async fn upload(caller: &Caller<scope::FilesWrite>, id: Uuid) -> Result<FileUpload> {
    let (app, own) = (&caller.app, caller.organization.id);
    let file = app.store.file(own, id).await.or_not_found()?;
    Ok(file.upload_view(&app.urls, &app.key, app.clock.now()))
}

/// Says that all parts of a file are uploaded.
pub async fn uploaded(
    caller: &Caller<scope::FilesWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    input: FileUploadCompleted,
) -> Result<File> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let file = app.store.file(own, id).await.or_not_found()?;
        files::claimed(&file, &input)?;
        if file.is_uploaded {
            return Ok(file.view());
        }
        let (parts, ctx) = (file.part_paths(), app.context());
        let judge =
            |sums: &[Digest], whole: &Digest| files::complete(&file, &input, sums, whole, &ctx);
        let judged = match app.files.assemble(&file.path, &parts, judge).await {
            // Whoever completed or deleted it meanwhile has removed the parts.
            Err(FilesError::Missing) => {
                let now = app.store.file(own, id).await.or_not_found()?;
                if now.is_uploaded {
                    return Ok(now.view());
                }
                Err(files::part_missing())
            }
            judged => judged.map_err(ApiError::internal)?,
        };
        let replied = app
            .reply(guard, StatusCode::OK, judged?, |now| now.view())
            .await;
        match &replied {
            Ok(_) => remove(app, &parts).await,
            // Whoever deleted it meanwhile did not see what was put together.
            Err(_) if app.store.file_by_id(id).await?.is_none() => {
                remove(app, &file.all_paths()).await;
            }
            Err(_) => {}
        }
        replied
    })
    .await
}

/// Renames a file, or its version.
pub async fn update(
    caller: &Caller<scope::FilesWrite>,
    id: Uuid,
    input: FilePatch,
) -> Result<File> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let file = app.store.file(own, id).await.or_not_found()?;
        let updated = files::update(&file, input.clone(), &app.context());
        Ok(app.apply(updated).await?.view())
    })
    .await
}

/// Deletes a file; products show it no more.
pub async fn delete(caller: &Caller<scope::FilesWrite>, id: Uuid) -> Result<()> {
    let (app, own) = (&caller.app, caller.organization.id);
    app.retry_on_conflict(|| async {
        let file = app.store.file(own, id).await.or_not_found()?;
        app.commit(files::delete(&file, &app.context())).await?;
        remove(app, &file.all_paths()).await;
        Ok(())
    })
    .await
}
