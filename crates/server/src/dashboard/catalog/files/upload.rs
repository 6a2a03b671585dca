//! Uploads of files. The page's script sends large files in parts, to the same signed addresses as programs do; without
//! script the form sends the file as a whole.

use askama::Template;
use axum::{
    Json,
    extract::multipart::{Field, MultipartError},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use till_ports::files::Digest;
use till_wire::files::{File, FileCreate, FileService, FileUpload, FileUploadCompleted};
use uuid::Uuid;

use crate::{
    actions,
    dashboard::{
        Answer, CreatedResource,
        access::{Dashboard, Viewer},
        detail::{DetailPage, Part},
        done,
        file_form::FileForm,
        form::{FormData, FormErrors, judged},
        message,
        parts::Cell,
        resource_pages::FILES,
        show, show_again,
    },
    error::{ApiError, Result},
    files,
    http::{
        extract::{Body, Caller, PathId, scope},
        idempotency::{self, IdempotencyGuard},
    },
};

const MEBIBYTE: i64 = 1024 * 1024;

/// The size of a part that the script sends: small enough for a browser's memory, and to be sent again.
const PART: i64 = 32 * MEBIBYTE;

/// The largest form without script, in bytes: a file of the largest size, and its other fields.
pub(super) const LIMIT: usize = (FileService::Downloadable.most() + MEBIBYTE) as usize;

/// The most fields of that form, and the most bytes of each but the file.
const FIELDS: usize = 8;
const LINE: usize = 16 * 1024;

/// The address at which the script announces files.
pub fn uploads_at(viewer: &Viewer) -> String {
    viewer.path(&format!("{}/uploads", FILES.list))
}

/// The form for a new file.
#[derive(Debug, Template)]
#[template(path = "dashboard/upload.html")]
struct Upload<'a> {
    action: String,
    uploads: String,
    version: &'a str,
    errors: Vec<String>,
    key: &'a str,
}

fn page(viewer: &Viewer, version: &str, errors: Vec<String>) -> Result<DetailPage> {
    let upload = Upload {
        action: FILES.new_at(viewer),
        uploads: uploads_at(viewer),
        version,
        errors,
        key: &viewer.key,
    };
    let html = upload.render().map_err(ApiError::internal)?;
    Ok(DetailPage {
        layout: FILES.under_list(viewer, "New file"),
        state: Cell::Empty,
        actions: Vec::new(),
        menu: None,
        parts: vec![Part::Html("Upload a file", html)],
    })
}

pub(super) async fn new(dashboard: Dashboard<scope::FilesWrite>) -> Answer {
    show(&page(&dashboard, "", Vec::new())?)
}

/// The media type that a browser says, without parameters; it knows none for many files.
fn media_type(said: Option<&str>) -> &str {
    let plain = said.unwrap_or_default().split(';').next();
    match plain.unwrap_or_default().trim() {
        "" => "application/octet-stream",
        plain => plain,
    }
}

/// The body with which a program would announce the file, in parts of at most `most` bytes.
fn announced(name: &str, mime: &str, version: Option<&str>, size: i64, most: i64) -> Value {
    let starts = (0..size).step_by(usize::try_from(most).unwrap_or(usize::MAX));
    let part = |(place, start): (usize, i64)| {
        let end = start.saturating_add(most).min(size);
        json!({"number": place + 1, "chunk_start": start, "chunk_end": end})
    };
    let parts: Vec<Value> = starts.enumerate().map(part).collect();
    json!({
        "service": FileService::Downloadable, "name": name, "mime_type": mime, "version": version,
        "size": size, "upload": {"parts": parts},
    })
}

async fn create(caller: &Caller<scope::FilesWrite>, body: Value) -> Result<FileUpload> {
    let input = Body(Some(body)).read(FileCreate::read)?;
    actions::files::create(caller, &IdempotencyGuard::default(), input).await
}

/// A whole file, and where it has its page.
#[derive(Debug, Serialize)]
struct Whole {
    id: Uuid,
    page: String,
}

/// The script's answer: what was made, or a page that says what is wrong.
fn told(answer: Result<impl Serialize>) -> Answer {
    Ok(match judged(answer)? {
        Ok(made) => Json(made).into_response(),
        Err(errors) => refused(&errors),
    })
}

fn refused(errors: &FormErrors) -> Response {
    let words = errors.all().join(" ");
    message(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The file was not uploaded",
        &words,
    )
}

/// Announces a file that the script is going to send.
pub(super) async fn announce(
    dashboard: Dashboard<scope::FilesWrite>,
    form_data: FormData,
) -> Answer {
    let text = |name| form_data.filled(name);
    let mime = media_type(text("mime_type"));
    let size = text("size").and_then(|size| size.parse().ok());
    let most = FileService::Downloadable.most();
    let answer = match size {
        // Parts are numbered only for a size that can be.
        Some(size @ 0..) if size <= most => {
            let name = text("name").unwrap_or_default();
            let body = announced(name, mime, text("version"), size, PART);
            create(&dashboard.caller, body).await
        }
        _ => return Ok(refused(&FormErrors::words("The file is larger than 5 GB."))),
    };
    told(answer)
}

/// New addresses for the parts of an announced file, as the first ones expire.
pub(super) async fn addresses(
    dashboard: Dashboard<scope::FilesWrite>,
    PathId(id): PathId,
) -> Answer {
    told(actions::files::upload(&dashboard.caller, id).await)
}

/// Completes a file that the script has sent.
pub(super) async fn complete(
    dashboard: Dashboard<scope::FilesWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let caller = &dashboard.caller;
    let sums = form_data.all("sum");
    let part = |(place, etag): (usize, &str)| json!({"number": place + 1, "checksum_etag": etag, "checksum_sha256_base64": sums.get(place)});
    let etags = form_data.all("etag").into_iter().enumerate();
    let parts: Vec<Value> = etags.map(part).collect();
    let completed = async {
        let upload = actions::files::upload(caller, id).await?.upload;
        let body = json!({"id": upload.id, "path": upload.path, "parts": parts});
        let input = Body(Some(body)).read(FileUploadCompleted::read)?;
        let guard = IdempotencyGuard::default();
        let file = actions::files::uploaded(caller, id, &guard, input).await?;
        Ok(Whole {
            id: file.id,
            page: FILES.path(&dashboard, file.id, ""),
        })
    };
    told(completed.await)
}

/// Forgets a file that is not sent after all. A whole one stays.
pub(super) async fn cancel(dashboard: Dashboard<scope::FilesWrite>, PathId(id): PathId) -> Answer {
    let upload = actions::files::upload(&dashboard.caller, id).await?;
    if !upload.file.is_uploaded {
        actions::files::delete(&dashboard.caller, id).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A field that is not the file.
async fn line(mut field: Field<'_>) -> Result<String, MultipartError> {
    let mut text = Vec::new();
    while let Some(piece) = field.chunk().await? {
        let room = LINE.saturating_sub(text.len()).min(piece.len());
        text.extend_from_slice(&piece[..room]);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Takes a file in from the form without script.
pub(super) async fn take(dashboard: Dashboard<scope::FilesWrite>, mut form: FileForm) -> Answer {
    let (mut key, mut version) = (None, String::new());
    let mut problem = "Choose a file first.".to_owned();
    for _ in 0..FIELDS {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(words) => {
                problem = words;
                break;
            }
        };
        let filled = match field.name() {
            Some(idempotency::FIELD) => key.insert(String::new()),
            Some("version") => &mut version,
            Some("file") if field.file_name().is_some_and(|name| !name.is_empty()) => {
                let taken = whole(&dashboard, key.as_deref(), version.trim(), field).await;
                match judged(taken)? {
                    Ok(id) => {
                        return done(&FILES.path(&dashboard, id, ""), "The file was uploaded.");
                    }
                    Err(errors) => problem = errors.all().join(" "),
                }
                break;
            }
            _ => continue,
        };
        match line(field).await {
            Ok(text) => *filled = text,
            Err(error) => {
                problem = form.interrupted(&error);
                break;
            }
        }
    }
    show_again(&page(&dashboard, &version, vec![problem])?)
}

/// Keeps the file until its size is known, then makes it as a program would. What is kept is that of a file that was
/// announced and never completed, so that nothing is left of it whatever happens.
async fn whole(
    dashboard: &Dashboard<scope::FilesWrite>,
    key: Option<&str>,
    version: &str,
    field: Field<'_>,
) -> Result<Uuid> {
    let caller = &dashboard.caller;
    let name = field.file_name().unwrap_or_default().to_owned();
    let mime = media_type(field.content_type()).to_owned();
    let version = Some(version).filter(|text| !text.is_empty());
    let most = FileService::Downloadable.most();
    let kept = create(caller, announced(&name, &mime, version, most, most)).await?;
    let kept = kept.file.id;
    let made = async {
        let taken = files::keep_unmeasured(&caller.app, kept, field).await?;
        let (size, sum) =
            taken.map_err(|words| ApiError::from(FormErrors::field("file", words)))?;
        let body = announced(&name, &mime, version, size, most);
        let content = [body.to_string().as_bytes(), &sum[..]].concat();
        let send = async |guard| made_of(caller, kept, body, sum, guard).await;
        let made: CreatedResource = dashboard.make_of(key, &content, send).await?;
        Ok(made.id)
    };
    let made = made.await;
    match actions::files::delete(caller, kept).await {
        // Somebody else was faster.
        Err(gone) if gone.status() == StatusCode::NOT_FOUND => {}
        deleted => deleted?,
    }
    made
}

async fn made_of(
    caller: &Caller<scope::FilesWrite>,
    kept: Uuid,
    body: Value,
    sum: Digest,
    guard: IdempotencyGuard,
) -> Result<File> {
    let made = create(caller, body).await?;
    let (id, app) = (made.file.id, &caller.app);
    let mut parts = Vec::new();
    if !made.upload.parts.is_empty() {
        let bytes = files::first_part(app, kept).await?;
        let etag = files::keep_part(app, id, 1, bytes).await?;
        let etag = etag.map_err(ApiError::internal)?;
        let sum = STANDARD.encode(sum);
        parts.push(json!({"number": 1, "checksum_etag": etag, "checksum_sha256_base64": sum}));
    }
    let body = json!({"id": made.upload.id, "path": made.upload.path, "parts": parts});
    let input = Body(Some(body)).read(FileUploadCompleted::read)?;
    actions::files::uploaded(caller, id, &guard, input).await
}
