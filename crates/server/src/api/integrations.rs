//! Where the payment processor sends its notices. Not an operation of the published API: whoever calls it signs.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use till_ports::processor::ProcessorError;

use crate::{app::App, error::ApiError, payments::notices::receive};

/// Bytes of a notice, at most.
const NOTICE: usize = 1024 * 1024;

pub(super) fn router() -> Router<Arc<App>> {
    let webhook = post(webhook).fallback(|| async { ApiError::no_method() });
    Router::new().route("/v1/integrations/{processor}/webhook", webhook)
}

/// Takes a notice of the processor in use. What is not signed by it is refused, and nothing is written; what does not
/// concern Till is taken and forgotten.
async fn webhook(
    State(app): State<Arc<App>>,
    Path(processor): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, ApiError> {
    if processor != app.processor.name().as_str() {
        return Err(ApiError::no_route());
    }
    let body = to_bytes(body, NOTICE)
        .await
        .map_err(|_| ApiError::body_refused(StatusCode::PAYLOAD_TOO_LARGE, NOTICE))?;
    let read = app.processor.notice(&headers, &body, app.clock.now()).await;
    match read {
        Ok(Some(notice)) => receive(&app, notice).await?,
        Ok(None) => {}
        Err(ProcessorError::Refused(cause)) => {
            tracing::warn!(%cause, "a notice of the payment processor was refused");
            return Err(ApiError::notice_refused());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(StatusCode::ACCEPTED)
}
