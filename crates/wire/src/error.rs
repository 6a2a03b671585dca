//! Error bodies as the document describes them (docs/behaviour: api/errors).

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal: a name that programs branch on, and a sentence for people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The error's name.
    pub error: String,
    /// What happened and what to do.
    pub detail: String,
}

/// One broken field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Keys and positions from `body`, `query` or `path` down.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub loc: Vec<serde_json::Value>,
    /// For people.
    pub msg: String,
    /// The kind, for programs.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A request whose fields break a rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ValidationBody {
    /// `RequestValidationError` or `PolarRequestValidationError`.
    pub error: String,
    /// Every broken field.
    pub detail: Vec<FieldProblem>,
}

/// A token that does not count here, or lacks the scope (docs/behaviour: api/tokens).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BearerErrorBody {
    /// `invalid_token` or `insufficient_scope`.
    pub error: String,
    /// For people.
    pub error_description: String,
}
