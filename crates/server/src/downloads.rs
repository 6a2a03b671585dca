//! Downloads over HTTP: files of benefits go out at signed addresses, whole or as a range, in pieces, so that a
//! file of any size takes little memory. They go through the server even where the files are in a bucket, so that an address
//! stops working with its grant, and each download is counted (docs/behaviour: files/download-address).

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use till_core::{
    catalog::downloads::{Held, Judgement, Wanted, disposition},
    kernel::records::File,
};
use till_ports::files::FilesError;
use uuid::Uuid;

use crate::{
    actions::downloads,
    app::App,
    error::{ApiError, OrNotFound, Result, TooMany},
    http::limits::Network,
};

/// Seconds after which a network with too many downloads may try again.
const WAIT: u64 = 10;

/// The route.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/files/downloads/{benefit}/{file}/{name}", get(give))
}

#[derive(Deserialize)]
struct Signed {
    customer: Uuid,
    member: Option<Uuid>,
    expires: i64,
    signature: String,
}

/// Gives a file to whoever has its address, as long as they have the benefit.
async fn give(
    State(app): State<Arc<App>>,
    Path((benefit, file, _)): Path<(String, String, String)>,
    signed: Result<Query<Signed>, QueryRejection>,
    network: Network,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    let Query(signed) = signed.ok().or_not_found()?;
    let held = Held {
        customer_id: signed.customer,
        member_id: signed.member,
        benefit_id: benefit.parse().ok().or_not_found()?,
        file_id: file.parse().ok().or_not_found()?,
    };
    let said = (signed.expires, signed.signature.as_str());
    match held.judge(said, &app.key, app.clock.now()) {
        Judgement::Works => {}
        Judgement::Forged => return Err(ApiError::not_found()),
        Judgement::Expired => {
            let words = "This address has expired. Ask for a new one.";
            return Ok((StatusCode::GONE, words).into_response());
        }
    }
    app.limits.count(|| network.to_string())?;
    let turn = app.limits.downloads.begin(network.to_string());
    let turn = turn.ok_or_else(|| ApiError::too_many(TooMany::Requests, WAIT))?;
    let file = downloads::find(&app, &held).await?;
    let size = u64::try_from(file.size).map_err(ApiError::internal)?;
    let wanted = match method == Method::GET {
        true => wanted(&headers, &file, size),
        false => Wanted::Whole,
    };
    let (status, range) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nowhere => {
            let of = (header::CONTENT_RANGE, format!("bytes */{size}"));
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [of]).into_response());
        }
    };
    let mut response = (status, about(&file)).into_response();
    let length = HeaderValue::from(range.end - range.start);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    if status == StatusCode::PARTIAL_CONTENT {
        let (first, last) = (range.start, range.end - 1);
        let of = HeaderValue::try_from(format!("bytes {first}-{last}/{size}"));
        let of = of.map_err(ApiError::internal)?;
        response.headers_mut().insert(header::CONTENT_RANGE, of);
    }
    if method == Method::HEAD {
        return Ok(response);
    }
    let begins = range.start == 0;
    let reading = match app.files.read_range(&file.path, range).await {
        Ok(reading) => reading,
        Err(FilesError::Missing) => return Err(ApiError::not_found()),
        Err(error) => return Err(ApiError::internal(error)),
    };
    if begins {
        let changes = held.begun(file.organization_id, &app.context());
        app.commit(changes).await?;
    }
    let bytes = reading.bytes.map(move |piece| {
        let _under_way = &turn;
        piece
    });
    *response.body_mut() = Body::from_stream(bytes);
    Ok(response)
}

/// Bytes that a request asks for: the whole file if `If-Range` names another file than this one.
fn wanted(headers: &HeaderMap, file: &File, size: u64) -> Wanted {
    let known = headers.get(header::IF_RANGE);
    let is_same = known.is_none_or(|known| known.as_bytes() == etag(file).as_bytes());
    let range = headers.get(header::RANGE).filter(|_| is_same);
    Wanted::read(range.and_then(|range| range.to_str().ok()), size)
}

fn etag(file: &File) -> String {
    format!("\"{}\"", file.checksum_etag.as_deref().unwrap_or_default())
}

fn about(file: &File) -> [(HeaderName, HeaderValue); 8] {
    // What cannot be a header is saved all the same.
    let or = |text: String, other: &'static str| {
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(other))
    };
    let fixed = |text| HeaderValue::from_static(text);
    [
        (
            header::CONTENT_TYPE,
            or(file.mime_type.clone(), "application/octet-stream"),
        ),
        (
            header::CONTENT_DISPOSITION,
            or(disposition(&file.name), "attachment"),
        ),
        (header::ETAG, or(etag(file), "\"\"")),
        (header::ACCEPT_RANGES, fixed("bytes")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::CACHE_CONTROL, fixed("private, no-store")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (
            header::CONTENT_SECURITY_POLICY,
            fixed("default-src 'none'; sandbox"),
        ),
    ]
}
