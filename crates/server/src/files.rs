//! Files over HTTP: parts come in at signed addresses, pictures go out to everybody.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, Request, State},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, StatusCode, header};
use jiff::SignedDuration;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use till_core::{
    catalog::files::{FoundPart, may_upload},
    kernel::{hex::hex, records::File},
};
use till_ports::files::{Digest, FilesError};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound},
};

/// The longest time in which a file of unknown size comes in: well below the time after which unfinished ones are
/// forgotten.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// Bytes of a part's SHA-256 in hexadecimal.
const SUM: u64 = 64;
/// Small files that are read or removed at the same time.
const SIDE_BY_SIDE: usize = 16;

/// The addresses.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/files/uploads/{id}/{number}", put(take))
        .route("/files/{service}/{organization}/{id}/{name}", get(give))
}

#[derive(Deserialize)]
struct Signed {
    expires: i64,
    signature: String,
}

/// Takes a part in; its `ETag` is what the completion names.
async fn take(
    State(app): State<Arc<App>>,
    Path((id, number)): Path<(Uuid, i64)>,
    Query(signed): Query<Signed>,
    request: Request,
) -> Result<Response, ApiError> {
    let said = (signed.expires, signed.signature.as_str());
    if !may_upload((id, number), said, &app.key, app.clock.now()) {
        return Ok((StatusCode::FORBIDDEN, "This upload URL is no longer valid.").into_response());
    }
    let body = request.into_body();
    Ok(match keep_part(&app, id, number, body).await? {
        Ok(sum) => (StatusCode::OK, [(header::ETAG, format!("\"{sum}\""))]).into_response(),
        Err(words) => (StatusCode::BAD_REQUEST, words).into_response(),
    })
}

/// Keeps a part of an announced file: its SHA-256 in hexadecimal, or what is wrong with it.
pub(crate) async fn keep_part(
    app: &App,
    id: Uuid,
    number: i64,
    body: Body,
) -> Result<Result<String, &'static str>, ApiError> {
    let file = app.store.file_by_id(id).await?;
    let file = file.filter(|file| !file.is_uploaded).or_not_found()?;
    let part = file.part(number).or_not_found()?;
    let size = u64::try_from(part.chunk_end - part.chunk_start).map_err(ApiError::internal)?;
    let path = file.part_path(number);
    let (mut sum, mut length) = (Sha256::new(), 0);
    let bytes = body.into_data_stream().inspect_ok(|piece| {
        sum.update(piece);
        length += piece.len() as u64;
    });
    match app.files.write(&path, size, bytes).await {
        Ok(()) => {}
        Err(FilesError::TooLong) => return Ok(Err("The part is longer than announced.")),
        Err(FilesError::BrokenOff(_)) => return Ok(Err("The upload was interrupted.")),
        Err(error) => return Err(ApiError::internal(error)),
    }
    let sum = sum.finalize();
    let announced = part.checksum_sha256_base64.as_ref();
    let wrong = if length != size {
        Some("The part is shorter than announced.")
    } else if announced.is_some_and(|announced| *announced != STANDARD.encode(sum)) {
        Some("The part's checksum does not match the one announced.")
    } else {
        None
    };
    if let Some(words) = wrong {
        app.files.remove(&path).await.map_err(ApiError::internal)?;
        return Ok(Err(words));
    }
    let (sum, sum_path) = (hex(&sum), file.sum_path(number));
    let noted = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from(sum.clone()))]);
    let noted = app.files.write(&sum_path, SUM, noted).await;
    noted.map_err(ApiError::internal)?;
    still_unfinished(app, id, &[path, sum_path]).await?;
    Ok(Ok(sum))
}

/// Removes a part again whose file was deleted or became whole meanwhile: whoever did that did not see it.
async fn still_unfinished(app: &App, id: Uuid, paths: &[String]) -> Result<(), ApiError> {
    let file = app.store.file_by_id(id).await?;
    if file.as_ref().is_none_or(|file| file.is_uploaded) {
        for path in paths {
            app.files.remove(path).await.map_err(ApiError::internal)?;
        }
        return Err(ApiError::not_found());
    }
    Ok(())
}

/// The parts of an announced file that have come, in their order; none where one is missing.
pub(crate) async fn found_parts(
    app: &App,
    file: &File,
) -> Result<Option<Vec<FoundPart>>, ApiError> {
    let sizes = app.files.sizes(&file.parts_folder()).await;
    let sizes = sizes.map_err(ApiError::internal)?;
    let sizes = &sizes;
    let found = file.upload.parts.iter().map(|part| async move {
        let Some(size) = sizes.get(&file.part_path(part.number)).copied() else {
            return Ok(None);
        };
        let sum = match app.files.small(&file.sum_path(part.number), SUM).await {
            Ok(sum) => Some(String::from_utf8_lossy(&sum).into_owned()),
            // It came before sums were noted.
            Err(FilesError::Missing) => None,
            Err(error) => return Err(ApiError::internal(error)),
        };
        Ok(Some(FoundPart { size, sum }))
    });
    let found: Vec<_> = found.collect();
    let found: Vec<_> = futures_util::stream::iter(found)
        .buffered(SIDE_BY_SIDE)
        .try_collect()
        .await?;
    Ok(found.into_iter().collect())
}

/// Keeps a file of unknown size as the first part of an announced one that is larger: its size and SHA-256, or what is
/// wrong with it.
pub(crate) async fn keep_unmeasured<E: std::fmt::Display>(
    app: &App,
    id: Uuid,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Result<(i64, Digest), &'static str>, ApiError> {
    let file = app.store.file_by_id(id).await?.or_not_found()?;
    let most = u64::try_from(file.size).map_err(ApiError::internal)?;
    let (mut sum, mut length, mut is_late) = (Sha256::new(), 0, false);
    let end = app.clock.now() + LONGEST;
    let bytes = bytes.map_err(|error| error.to_string()).map(|piece| {
        let piece = piece?;
        is_late = app.clock.now() > end;
        if is_late {
            return Err("it took too long".to_owned());
        }
        sum.update(&piece);
        length += piece.len() as u64;
        Ok(piece)
    });
    let path = file.part_path(1);
    match app.files.write(&path, most, bytes).await {
        Ok(()) => {}
        Err(FilesError::TooLong) => return Ok(Err("The file is larger than 5 GB.")),
        Err(FilesError::BrokenOff(_)) if is_late => {
            return Ok(Err("The upload took longer than 12 hours."));
        }
        Err(FilesError::BrokenOff(_)) => return Ok(Err("The upload was interrupted.")),
        Err(error) => return Err(ApiError::internal(error)),
    }
    still_unfinished(app, id, &[path]).await?;
    let length = i64::try_from(length).map_err(ApiError::internal)?;
    Ok(Ok((length, sum.finalize().into())))
}

/// The first part of an announced file, as a body.
pub(crate) async fn first_part(app: &App, id: Uuid) -> Result<Body, ApiError> {
    let file = app.store.file_by_id(id).await?.or_not_found()?;
    match app.files.read(&file.part_path(1)).await {
        Ok(reading) => Ok(Body::from_stream(reading.bytes)),
        Err(FilesError::Missing) => Err(ApiError::not_found()),
        Err(error) => Err(ApiError::internal(error)),
    }
}

/// Removes what nothing refers to any more; what cannot be removed only takes room.
pub(crate) async fn remove(app: &App, paths: &[String]) {
    let removed = paths.iter().map(|path| async move {
        if let Err(error) = app.files.remove(path).await {
            tracing::warn!(%error, path, "a file could not be removed");
        }
    });
    let removed: Vec<_> = removed.collect();
    let mut removed = futures_util::stream::iter(removed).buffer_unordered(SIDE_BY_SIDE);
    while removed.next().await.is_some() {}
}

/// Shows a picture. Its address never shows another, so it may be kept for ever; whatever an SVG has in it is
/// shut in.
async fn give(
    State(app): State<Arc<App>>,
    Path((service, organization, id, name)): Path<(String, String, Uuid, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path = format!("{service}/{organization}/{id}/{name}");
    let shown = |file: &File| file.service.is_public() && file.is_uploaded && file.path == path;
    let file = app
        .store
        .file_by_id(id)
        .await?
        .filter(shown)
        .or_not_found()?;
    let etag = format!("\"{}\"", file.checksum_etag.as_deref().unwrap_or_default());
    let keeping = [
        (
            header::CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
        (header::ETAG, etag.clone()),
    ];
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, keeping).into_response());
    }
    let reading = match app.files.read(&file.path).await {
        Ok(reading) => reading,
        Err(FilesError::Missing) => return Err(ApiError::not_found()),
        Err(error) => return Err(ApiError::internal(error)),
    };
    let about = [
        (header::CONTENT_TYPE, file.mime_type.clone()),
        (header::CONTENT_LENGTH, reading.size.to_string()),
    ];
    let safe = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        ),
        (header::CONTENT_DISPOSITION, "inline"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((keeping, about, safe, Body::from_stream(reading.bytes)).into_response())
}
