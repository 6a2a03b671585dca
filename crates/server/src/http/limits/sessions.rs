//! Budgets of one session, counted by its id: an address can be spelled in many ways.

use till_core::kernel::budgets::Budget;
use uuid::Uuid;

use super::{Network, count};
use crate::{
    app::App,
    error::{ApiError, TooMany},
};

/// Confirmations of one session from one network: six a minute, and twenty an hour.
const CONFIRM: [Budget; 2] = [Budget::new(6, 10), Budget::new(20, 180)];

/// Questions to the processor about one session's payment: ten at once, and six a minute.
const ASK: Budget = Budget::new(10, 10);

/// Counts a confirmation of a session, through the API or the page.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn confirming(app: &App, session: Uuid, network: &Network) -> Result<(), ApiError> {
    if app.limits.general.is_none() {
        return Ok(());
    }
    let name = |budget: Budget| {
        let count = budget.count;
        (
            format!("{count} confirmations of {session} from {network}"),
            budget,
        )
    };
    count(app, CONFIRM.map(name).to_vec()).await
}

/// Counts a question to the processor, or a cancellation there, that a buyer's page causes for a session's payment.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn asking(app: &App, session: Uuid) -> Result<(), ApiError> {
    if app.limits.general.is_none() {
        return Ok(());
    }
    let name = format!("questions about the payment of {session}");
    count(app, vec![(name, ASK)]).await
}

/// Counts a change of a session by its buyer, through the API or the page; in memory.
///
/// # Errors
/// 429 where the budget is spent.
pub fn updating(app: &App, session: Uuid) -> Result<(), ApiError> {
    let general = app.limits.general.as_ref();
    match general.and_then(|general| general.update(session)) {
        None => Ok(()),
        Some(seconds) => Err(ApiError::too_many(TooMany::Requests, seconds)),
    }
}
