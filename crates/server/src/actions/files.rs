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
    app::{App, once::Beginning},
    error::{ApiError, OrNotFound, Result, TooMany},
    files::{found_parts, remove},
    http::{
        extract::{
            Caller, Params,
            query::{Sorted, ids, query, sorting},
            scope,
        },
        idempotency::IdempotencyGuard,
    },
};

/// Seconds after which a file that is one too many may be completed again.
const WAIT: u64 = 5;

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

/// Says that all parts of a file are uploaded. They are put together in a task of its own, which goes on when nobody waits
/// for it any more; whoever asks again meanwhile waits for it, too (docs/behaviour: files/completing).
///
/// # Errors
/// 422 where a part is missing or is not what it is claimed to be, 404 for no file, 429 where an organization has too many
/// files put together at once.
pub async fn uploaded(
    caller: &Caller<scope::FilesWrite>,
    id: Uuid,
    guard: &IdempotencyGuard,
    input: FileUploadCompleted,
) -> Result<File> {
    let (app, own) = (&caller.app, caller.organization.id);
    loop {
        let file = app.store.file(own, id).await.or_not_found()?;
        files::claimed(&file, &input)?;
        if file.is_uploaded {
            return Ok(file.view());
        }
        let doing = match app.limits.completing.begin(id) {
            Beginning::First(doing) => doing,
            Beginning::Other(ending) => {
                ending.wait().await;
                continue;
            }
        };
        let under_way = app.limits.completions.begin(own.to_string());
        let under_way = under_way.ok_or_else(|| ApiError::too_many(TooMany::Requests, WAIT))?;
        let (app, guard) = (app.clone(), guard.clone());
        let task = async move {
            let _held = (doing, under_way, app.limits.assembling.take(own).await);
            completed(&app, file, &guard, &input).await
        };
        return tokio::spawn(task).await.map_err(ApiError::internal)?;
    }
}

/// Puts the parts of a file together, where they are what they are claimed to be.
async fn completed(
    app: &App,
    file: Row,
    guard: &IdempotencyGuard,
    input: &FileUploadCompleted,
) -> Result<File> {
    let (own, id) = (file.organization_id, file.id);
    let Some(found) = found_parts(app, &file).await? else {
        return gone(app, &file).await;
    };
    files::found(&file, input, &found)?;
    let judge =
        |sums: &[Digest], whole: &Digest| files::judged(&file, input, sums, whole).map(|()| *whole);
    let parts = file.part_paths();
    let whole = match app.files.assemble(&file.path, &parts, judge).await {
        Err(FilesError::Missing) => return gone(app, &file).await,
        judged => judged.map_err(ApiError::internal)??,
    };
    let replied = app
        .retry_on_conflict(|| async {
            let file = app.store.file(own, id).await.or_not_found()?;
            if file.is_uploaded {
                return Ok(file.view());
            }
            let completed = files::complete(&file, &whole, &app.context());
            app.reply(guard, StatusCode::OK, completed, |now| now.view())
                .await
        })
        .await;
    match &replied {
        Ok(_) => remove(app, &file.upload_paths()).await,
        // Whoever deleted it meanwhile did not see what was put together.
        Err(_) if app.store.file_by_id(id).await?.is_none() => {
            remove(app, &file.all_paths()).await;
        }
        Err(_) => {}
    }
    replied
}

/// Answer where a part is not there: whoever completed or deleted the file meanwhile has removed it.
async fn gone(app: &App, file: &Row) -> Result<File> {
    let now = app.store.file(file.organization_id, file.id).await;
    let now = now.or_not_found()?;
    match now.is_uploaded {
        true => Ok(now.view()),
        false => Err(files::part_missing().into()),
    }
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
