//! Every error a caller can meet, and its shape on the wire (docs/behaviour: api/errors). Only this module knows both.

mod license_keys;
mod portal;
mod refusals;
mod seats;
mod subscriptions;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use till_core::kernel::changes::CommitConflict;
use till_ports::processor::ProcessorError;
use till_store::{CommitError, Stale, StoreError};
use till_wire::input::{PROBLEMS, Problem, Step, shortened_text};

use crate::request_id;

/// A result that may be answered with an error.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// Bytes of a fault's cause that are logged, at most.
const CAUSE: usize = 4_096;
/// Bytes of a problem's sentence that are told, at most.
const SENTENCE: usize = 1_024;
/// Bytes of one step of a problem's place that are told, at most: a key of the body is a step.
const STEP: usize = 256;

/// A request's no.
#[derive(Debug, Clone)]
pub struct ApiError(Box<Kind>);

#[derive(Debug, Clone)]
enum Kind {
    /// A name for programs, a sentence for people.
    Named {
        status: StatusCode,
        name: &'static str,
        detail: String,
    },
    /// Fields that do not read (`RequestValidationError`) or break rules (`PolarRequestValidationError`).
    Invalid {
        name: &'static str,
        problems: Vec<Problem>,
    },
    /// The OAuth shapes of a bad token and of a missing scope.
    Bearer {
        status: StatusCode,
        name: &'static str,
        words: &'static str,
        scopes: Option<String>,
    },
    /// The framework's own shape, without a name.
    Plain {
        status: StatusCode,
        words: &'static str,
    },
    /// A budget is spent: 429 with an empty body.
    TooMany {
        what: TooMany,
        /// Until there is something of the budget again.
        seconds: u64,
    },
    /// Rows moved, or a value is taken: load and decide again.
    Stale(CommitConflict),
    /// Ours; the cause is logged, never shown.
    Internal(String),
}

/// The limit that was exceeded. The API's answer is the same for all; pages tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMany {
    /// Requests.
    Requests,
    /// Discount codes that are wrong.
    Codes,
    /// Payments that were declined.
    Declines,
}

impl ApiError {
    fn of(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    fn named(status: StatusCode, name: &'static str, detail: impl Into<String>) -> Self {
        Self::of(Kind::Named {
            status,
            name,
            detail: detail.into(),
        })
    }

    /// Fields that do not read.
    pub fn unreadable(problems: Vec<Problem>) -> Self {
        Self::invalid("RequestValidationError", problems)
    }

    /// Words of problems go back to the sender, so each part of them has a bound: what was sent is not said again in
    /// full, or many times.
    fn invalid(name: &'static str, mut problems: Vec<Problem>) -> Self {
        problems.truncate(PROBLEMS);
        for problem in &mut problems {
            if problem.msg.len() > SENTENCE {
                problem.msg = shortened_text(&problem.msg, SENTENCE);
            }
            for step in &mut problem.loc {
                if let Step::Key(key) = step
                    && key.len() > STEP
                {
                    *key = shortened_text(key, STEP).into();
                }
            }
        }
        Self::of(Kind::Invalid { name, problems })
    }

    /// Nothing is there, or it belongs to somebody else.
    pub fn not_found() -> Self {
        Self::named(StatusCode::NOT_FOUND, "ResourceNotFound", "Not found")
    }

    /// No such address.
    pub fn no_route() -> Self {
        Self::of(Kind::Plain {
            status: StatusCode::NOT_FOUND,
            words: "Not Found",
        })
    }

    /// The address exists, not with this method.
    pub fn no_method() -> Self {
        Self::of(Kind::Plain {
            status: StatusCode::METHOD_NOT_ALLOWED,
            words: "Method Not Allowed",
        })
    }

    /// No credentials, or of a kind that does not count here.
    pub fn unauthorized() -> Self {
        Self::named(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// A code that signs nobody in.
    pub fn code_refused() -> Self {
        Self::named(
            StatusCode::UNAUTHORIZED,
            "CustomerSessionCodeInvalidOrExpired",
            "This code is wrong, was used before, or has expired.",
        )
    }

    /// A link that confirms no e-mail address.
    pub fn link_refused() -> Self {
        Self::named(
            StatusCode::UNAUTHORIZED,
            "InvalidVerificationToken",
            "This link is wrong, was used before, or has expired.",
        )
    }

    /// A token that is unknown, expired, revoked or malformed.
    pub fn invalid_token() -> Self {
        Self::of(Kind::Bearer {
            status: StatusCode::UNAUTHORIZED,
            name: "invalid_token",
            words: "The access token is expired, revoked, malformed or unknown.",
            scopes: None,
        })
    }

    /// A token without any of the scopes that the route asks for.
    pub fn insufficient_scope(scopes: String) -> Self {
        Self::of(Kind::Bearer {
            status: StatusCode::FORBIDDEN,
            name: "insufficient_scope",
            words: "The access token lacks the scope that this request needs.",
            scopes: Some(scopes),
        })
    }

    /// Not allowed.
    pub fn not_permitted(detail: impl Into<String>) -> Self {
        Self::named(StatusCode::FORBIDDEN, "NotPermitted", detail)
    }

    /// A body of more than `limit` bytes, or one that stopped arriving before it was whole: what was found of it
    /// (`refused`) is 413 for the one, anything else for the other.
    pub fn body_refused(refused: StatusCode, limit: usize) -> Self {
        if refused == StatusCode::PAYLOAD_TOO_LARGE {
            let most = match limit >> 20 {
                0 => format!("{} KiB", limit >> 10),
                mebibytes => format!("{mebibytes} MiB"),
            };
            let words = format!("The request body is larger than {most}.");
            return Self::named(refused, "RequestBodyTooLarge", words);
        }
        Self::named(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeout",
            "The request body did not arrive in full.",
        )
    }

    /// A body of more than `most` values.
    pub fn too_many_values(most: usize) -> Self {
        let words = format!("The request body holds more than {most} values.");
        Self::named(StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge", words)
    }

    /// A form that exceeds a bound on its fields; `words` says which.
    pub fn form_refused(words: String) -> Self {
        Self::named(StatusCode::UNPROCESSABLE_ENTITY, "FormRefused", words)
    }

    /// A budget is spent; there is something of it again after so many seconds.
    pub fn too_many(what: TooMany, seconds: u64) -> Self {
        Self::of(Kind::TooMany { what, seconds })
    }

    /// Seconds until it may be tried again, where a budget is spent.
    pub fn retry_after(&self) -> Option<u64> {
        match *self.0 {
            Kind::TooMany { seconds, .. } => Some(seconds),
            _ => None,
        }
    }

    /// A notice that is not signed by the payment processor.
    pub fn notice_refused() -> Self {
        let words = "The signature is missing, wrong or too old.";
        Self::named(StatusCode::BAD_REQUEST, "NoticeRefused", words)
    }

    /// No `Content-Length`.
    pub fn length_required() -> Self {
        Self::named(
            StatusCode::LENGTH_REQUIRED,
            "LengthRequired",
            "Send a Content-Length header.",
        )
    }

    /// A fault of ours; `cause` goes to the log, its first few KiB at most: causes may repeat what was sent.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let cause = shortened_text(&cause.to_string(), CAUSE);
        Self::of(Kind::Internal(cause))
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match &*self.0 {
            Kind::Named { status, .. }
            | Kind::Bearer { status, .. }
            | Kind::Plain { status, .. } => *status,
            Kind::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Kind::Stale(_) => StatusCode::CONFLICT,
            Kind::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs the cause where the fault is ours. The number to give to whoever helps: the request id under which the log
    /// has it.
    pub fn log_fault(&self) -> Option<String> {
        let Kind::Internal(cause) = &*self.0 else {
            return None;
        };
        tracing::error!(%cause, "a request failed");
        request_id::current()
    }

    /// The conflict that a decision was refused for, where it may be made again.
    pub fn conflict(&self) -> Option<&CommitConflict> {
        match &*self.0 {
            Kind::Stale(refused) => Some(refused),
            _ => None,
        }
    }

    /// The broken fields, for pages that show them in place.
    pub fn problems(&self) -> &[Problem] {
        match &*self.0 {
            Kind::Invalid { problems, .. } => problems,
            _ => &[],
        }
    }

    /// The cause, for the log and whoever runs this: the cause where the fault is ours.
    pub fn cause(&self) -> String {
        match &*self.0 {
            Kind::Internal(cause) => cause.clone(),
            Kind::Stale(refused) => refused.to_string(),
            _ => format!("{}: {}", self.name(), self.detail()),
        }
    }

    /// The name that programs branch on.
    pub fn name(&self) -> &'static str {
        match &*self.0 {
            Kind::Named { name, .. } | Kind::Invalid { name, .. } | Kind::Bearer { name, .. } => {
                name
            }
            Kind::Plain { .. } => "",
            Kind::TooMany { what, .. } => match what {
                TooMany::Requests => "TooManyRequests",
                TooMany::Codes => "TooManyDiscountCodes",
                TooMany::Declines => "TooManyDeclines",
            },
            Kind::Stale(_) => "Conflict",
            Kind::Internal(_) => "InternalServerError",
        }
    }

    /// The sentence for people.
    pub fn detail(&self) -> String {
        match &*self.0 {
            Kind::Named { detail, .. } => detail.clone(),
            Kind::Invalid { problems, .. } => {
                problems.first().map(|p| p.msg.clone()).unwrap_or_default()
            }
            Kind::Bearer { words, .. } | Kind::Plain { words, .. } => (*words).to_owned(),
            Kind::TooMany { .. } => "Too many requests. Try again in a moment.".to_owned(),
            Kind::Stale(_) => "Someone else changed this at the same time. Try again.".to_owned(),
            Kind::Internal(_) => "Something went wrong on our side.".to_owned(),
        }
    }
}

/// Makes a 404 of what is not there.
pub trait OrNotFound<T> {
    /// The value, or 404.
    fn or_not_found(self) -> Result<T, ApiError>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self) -> Result<T, ApiError> {
        self.ok_or_else(ApiError::not_found)
    }
}

impl<T> OrNotFound<T> for Result<Option<T>, StoreError> {
    fn or_not_found(self) -> Result<T, ApiError> {
        self?.or_not_found()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(error)
    }
}

impl From<CommitError> for ApiError {
    fn from(error: CommitError) -> Self {
        match error {
            // What came in between shows when it is loaded again: a value taken, or a row no longer as a write needs it.
            CommitError::Conflict(refused) => Self::of(Kind::Stale(refused)),
            other => Self::internal(other),
        }
    }
}

impl From<ProcessorError> for ApiError {
    fn from(error: ProcessorError) -> Self {
        Self::internal(error)
    }
}

impl Stale for ApiError {
    fn is_stale(&self) -> bool {
        matches!(*self.0, Kind::Stale(_))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if let Some(seconds) = self.retry_after() {
            return (status, [(header::RETRY_AFTER, seconds.to_string())]).into_response();
        }
        let body = match &*self.0 {
            Kind::Plain { words, .. } => json!({"detail": words}),
            Kind::Invalid { name, problems } => json!({"error": name, "detail": problems}),
            Kind::Bearer { name, words, .. } => json!({"error": name, "error_description": words}),
            _ => json!({"error": self.name(), "detail": self.detail()}),
        };
        self.log_fault();
        let mut response = (status, Json::<Value>(body)).into_response();
        self.challenge(response.headers_mut());
        response
    }
}

impl ApiError {
    /// The `WWW-Authenticate` of a refused token (docs/behaviour: api/tokens).
    fn challenge(&self, headers: &mut axum::http::HeaderMap) {
        let value = match &*self.0 {
            Kind::Named {
                status: StatusCode::UNAUTHORIZED,
                ..
            } => "Bearer realm=\"polar\"".to_owned(),
            Kind::Bearer {
                name,
                words,
                scopes,
                ..
            } => {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
                let scopes = scopes
                    .as_ref()
                    .map(|s| format!(" scope=\"{s}\","))
                    .unwrap_or_default();
                format!(
                    "Bearer realm=\"polar\",{scopes} error=\"{name}\", error_description=\"{words}\""
                )
            }
            _ => return,
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use till_wire::loc;

    #[test]
    fn neither_problems_nor_causes_repeat_a_large_request() {
        let long = "é".repeat(1_000_000);
        let problem = Problem::value(loc!["body", long.clone()], long.clone(), long.clone());
        let error = ApiError::unreadable(vec![problem; 1_000]);
        assert_eq!(error.problems().len(), PROBLEMS);
        let told = serde_json::to_string(error.problems()).unwrap();
        assert!(told.len() < 300_000, "{}", told.len());
        let Kind::Internal(cause) = *ApiError::internal(&long).0 else {
            panic!("a fault")
        };
        assert!(cause.len() <= CAUSE + "…".len());
    }
}
