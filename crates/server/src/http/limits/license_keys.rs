//! The budget of programs on customers' computers that use license keys without a token. A key cannot be guessed, so the
//! budget only limits the server's work, and is counted in memory.

use uuid::Uuid;

use super::Network;
use crate::{
    app::App,
    error::{ApiError, TooMany},
};

/// Counts a use of a license key without a token: a validation, an activation, or the end of one.
///
/// # Errors
/// 429 where the network's budget is spent: nothing is looked up.
pub fn using_key(app: &App, network: &Network) -> Result<(), ApiError> {
    let general = app.limits.general.as_ref();
    match general.and_then(|general| general.use_key(network.to_string())) {
        None => Ok(()),
        Some(seconds) => Err(ApiError::too_many(TooMany::Requests, seconds)),
    }
}

/// Counts a use of this license key without a token, by whichever network.
///
/// # Errors
/// 429 where the key's budget is spent.
pub fn key_used(app: &App, key_id: Uuid) -> Result<(), ApiError> {
    let general = app.limits.general.as_ref();
    match general.and_then(|general| general.key_used(key_id)) {
        None => Ok(()),
        Some(seconds) => Err(ApiError::too_many(TooMany::Requests, seconds)),
    }
}
