//! Responses that are no object of the API: texts and pages.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};

/// A short text.
pub fn plain(status: StatusCode, text: &str) -> Response<Body> {
    typed(status, "text/plain; charset=utf-8", text.to_owned())
}

/// A text of a type.
pub fn typed(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
