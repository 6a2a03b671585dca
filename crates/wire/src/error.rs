//! Error bodies as the document describes them (docs/behaviour: api/errors).

use serde::Serialize;
use utoipa::ToSchema;

/// Error: a name for programs and a sentence for people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Name of the error, such as `ResourceNotFound`.
    pub error: String,
    /// Sentence that says what is wrong and what to do about it.
    pub detail: String,
}

/// Problem with one field of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Place of the field: keys and positions, from `body`, `query` or `path` down.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub loc: Vec<serde_json::Value>,
    /// Sentence that says what is wrong with the field.
    pub msg: String,
    /// Name of the problem, such as `missing`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Error of a request whose fields are wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ValidationBody {
    /// Name of the error: `RequestValidationError` if a field cannot be read, `PolarRequestValidationError` if it
    /// breaks a rule.
    pub error: String,
    /// Problems, one for each field that is wrong.
    pub detail: Vec<FieldProblem>,
}

/// Error of a request for an invoice: the order lacks something, or the request itself is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum InvoiceErrorBody {
    /// The order lacks a billing name or a billing address.
    Order(ErrorBody),
    /// The request is wrong.
    Request(ValidationBody),
}

/// Error of a request whose access token is refused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BearerErrorBody {
    /// Name of the error: `invalid_token` or `insufficient_scope`.
    pub error: String,
    /// Sentence that says what is wrong with the token.
    pub error_description: String,
}
