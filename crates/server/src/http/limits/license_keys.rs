//! The budget of programs at customers' that use license keys without a token. A key cannot be guessed, so this guards the
//! server's work alone, and is counted in memory.

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
