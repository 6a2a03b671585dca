//! Reading JSON bodies: how large they may be, where they are parsed, and what is made of those that are no JSON.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use till_wire::input::{INPUT, Problem, Step, shortened_text};
use tokio::sync::Semaphore;

use crate::{
    error::ApiError,
    http::extract::{Body, Identity},
};

/// Bytes of a body that comes with a valid token, at most.
const SIGNED: usize = 10 * 1024 * 1024;
/// Bytes of a body that comes without one, at most: anybody can send as many of these as they like.
const UNSIGNED: usize = 64 * 1024;
/// Bytes above which a body is parsed off the threads that serve.
const LARGE: usize = 256 * 1024;
/// Large bodies that are read and parsed at once; the others wait before anything is read of them.
const AT_ONCE: usize = 8;
/// Values that a body holds at most: parsed, each takes many times the room that it takes in the text.
const VALUES: usize = 100_000;

/// Reads bodies.
#[derive(Debug)]
pub(crate) struct Bodies {
    large: Arc<Semaphore>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self {
            large: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

/// Reads and parses the body, before the route's own checks.
pub(crate) async fn take_body(
    State(bodies): State<Arc<Bodies>>,
    request: Request,
    next: Next,
) -> Response {
    match bodies.take(request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

impl Bodies {
    async fn take(&self, request: Request) -> Result<Request, ApiError> {
        let (mut parts, body) = request.into_parts();
        // No database takes a NUL in text, so nothing can be found under one.
        if parts.uri.path().contains("%00") {
            return Err(ApiError::not_found());
        }
        if !matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
            return Ok(Request::from_parts(parts, body));
        }
        let length = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|v| v.to_str().ok()?.parse::<usize>().ok())
            .ok_or_else(ApiError::length_required)?;
        let most = match parts.extensions.get::<Identity>() {
            Some(Identity::Token(_)) => SIGNED,
            _ => UNSIGNED,
        };
        if length > most {
            return Err(ApiError::body_refused(StatusCode::PAYLOAD_TOO_LARGE, most));
        }
        let permit = match length > LARGE {
            true => {
                let permit = self.large.clone().acquire_owned().await;
                Some(permit.map_err(ApiError::internal)?)
            }
            false => None,
        };
        let bytes = axum::body::to_bytes(body, length)
            .await
            .map_err(|_| ApiError::body_refused(StatusCode::REQUEST_TIMEOUT, most))?;
        let read = match (is_json(&parts.headers), permit) {
            (false, _) => other(&bytes),
            (true, None) => parse(&bytes)?,
            (true, Some(permit)) => {
                let parsing = move || {
                    let read = parse(&bytes);
                    drop((bytes, permit));
                    read
                };
                let parsed = tokio::task::spawn_blocking(parsing).await;
                parsed.map_err(ApiError::internal)??
            }
        };
        parts.extensions.insert(Body(read));
        Ok(Request::from_parts(parts, axum::body::Body::empty()))
    }
}

/// True where the body is declared to be JSON: `application/json`, or a type that is written in it.
fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE);
    let Some(declared) = declared.and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = declared.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let suffix = subtype.len().checked_sub("+json".len());
    let suffix = suffix.and_then(|start| subtype.get(start..));
    kind.eq_ignore_ascii_case("application")
        && (subtype.eq_ignore_ascii_case("json")
            || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json")))
}

/// A body that is not declared to be JSON is bytes, as to the reference: operations that take a body refuse it as no
/// object, those that take none do not look at it.
fn other(bytes: &Bytes) -> Option<Value> {
    let start = &bytes[..bytes.len().min(2 * INPUT)];
    let text = String::from_utf8_lossy(start);
    (!bytes.is_empty()).then(|| Value::String(shortened_text(&text, INPUT)))
}

fn parse(bytes: &[u8]) -> Result<Option<Value>, ApiError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    // No text has more values than bytes.
    if bytes.len() > VALUES && values(bytes) > VALUES {
        return Err(ApiError::too_many_values(VALUES));
    }
    serde_json::from_slice(bytes).map(Some).map_err(|error| {
        let offset = match error.is_eof() {
            true => bytes.len(),
            false => offset(bytes, error.line(), error.column()),
        };
        let place = vec![Step::from("body"), Step::Index(offset)];
        let words = "The body is not valid JSON";
        ApiError::unreadable(vec![Problem {
            ctx: Some(json!({"error": error.to_string()})),
            ..Problem::new("json_invalid", place, words, json!({}))
        }])
    })
}

/// The most values that a JSON text can hold: one more than there are commas, and one more for each list and object.
fn values(bytes: &[u8]) -> usize {
    let (mut count, mut quoted, mut escaped) = (1, false, false);
    for byte in bytes {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b',' | b'[' | b'{') => count += 1,
            _ => {}
        }
    }
    count
}

fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before: usize = bytes
        .split_inclusive(|b| *b == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn values_are_counted_outside_of_texts() {
        for (text, most) in [
            ("5", 1),
            (r#"{"a": 1, "b": [1, 2, 3]}"#, 6),
            (r#"",[{\",\\""#, 1),
            (r#"["\\", "\"", ","]"#, 4),
            ("[[],[],{}]", 7),
        ] {
            assert_eq!(values(text.as_bytes()), most, "{text}");
        }
    }

    #[test]
    fn a_body_of_too_many_values_is_refused_before_it_is_parsed() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(parse(list(VALUES - 1).as_bytes()).is_ok());
        let refused = parse(list(VALUES + 1).as_bytes()).unwrap_err();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let text = format!("[\"{}\"]", ",".repeat(VALUES));
        assert!(parse(text.as_bytes()).is_ok());
    }

    #[test]
    fn json_is_what_is_declared_to_be() {
        let declared = |text: &'static str| {
            let value = HeaderValue::from_static(text);
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, value)]))
        };
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/merge-patch+json",
            "application/problem+JSON ;x=y",
        ] {
            assert!(declared(json), "{json}");
        }
        for other in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "json",
            "text/json",
            "application/jsonl",
        ] {
            assert!(!declared(other), "{other}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
