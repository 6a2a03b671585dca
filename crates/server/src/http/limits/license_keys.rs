//! The budget of programs on customers' computers that use license keys without a token. A key cannot be guessed, so the
//! budget only limits the server's work, and is counted in memory.

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
