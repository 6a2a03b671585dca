//! Checks of a processor for an operator.

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The result.
    pub status: CheckStatus,
    /// The finding.
    pub message: String,
    /// The advice; empty where there is nothing to do.
    pub advice: String,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Works, but the operator should know.
    Warn,
    /// Must be mended.
    Fail,
}
