//! Refusals in Stripe's words and shape.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// A request that is not done as asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Status of the answer.
    pub status: StatusCode,
    /// `type` of the error.
    pub kind: &'static str,
    /// Words for a developer.
    pub message: String,
    /// The rest of the error: `code`, `param`, `decline_code`, objects.
    pub more: Map<String, Value>,
    /// Said before an endpoint began its work, so that no idempotency key remembers it.
    pub before_work: bool,
}

impl Refusal {
    /// 400 `invalid_request_error`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "invalid_request_error",
            message: message.into(),
            more: Map::new(),
            before_work: false,
        }
    }

    /// 402 `card_error`.
    pub fn card(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::PAYMENT_REQUIRED,
            kind: "card_error",
            ..Self::invalid(message)
        }
        .code(code)
    }

    /// 400 for an object that a parameter names and that is not there.
    pub fn missing(object: &str, id: &str, param: &str) -> Self {
        Self::invalid(format!("No such {object}: '{id}'"))
            .code("resource_missing")
            .param(param)
    }

    /// The same with another status.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same with another `type`.
    #[must_use]
    pub fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// The same with a `code`, and the address that documents it.
    #[must_use]
    pub fn code(self, code: &str) -> Self {
        let doc = format!(
            "https://stripe.com/docs/error-codes/{}",
            code.replace('_', "-")
        );
        self.with("code", code).with("doc_url", doc)
    }

    /// The same with the parameter that it is about.
    #[must_use]
    pub fn param(self, param: &str) -> Self {
        self.with("param", param)
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same, said before an endpoint began its work.
    #[must_use]
    pub fn before_work(self) -> Self {
        Self {
            before_work: true,
            ..self
        }
    }

    /// The error as it stands in `last_payment_error`, too.
    pub fn error(&self) -> Value {
        let mut error = self.more.clone();
        error.insert("message".to_owned(), Value::from(self.message.clone()));
        error.insert("type".to_owned(), Value::from(self.kind));
        Value::Object(error)
    }

    /// The body of the answer.
    pub fn body(&self) -> Value {
        json!({ "error": self.error() })
    }
}
