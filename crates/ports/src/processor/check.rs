//! What an operator should know of a processor.

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// How it is.
    pub status: CheckStatus,
    /// What was found.
    pub message: String,
    /// What to do about it; empty where nothing is.
    pub advice: String,
}

/// How a thing is that was looked at.
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
