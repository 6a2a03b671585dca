//! The budget of moves of a test clock, each of which may renew every subscription of an organization many times.

use till_core::kernel::budgets::Budget;
use uuid::Uuid;

use super::count;
use crate::{app::App, error::ApiError};

/// Moves of one organization's clock: thirty at once, and twenty a minute.
const MOVES: Budget = Budget::new(30, 3);

/// Counts a move of an organization's test clock, through the API or the dashboard.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn moving_clock(app: &App, organization: Uuid) -> Result<(), ApiError> {
    let name = format!("moves of the clock of {organization}");
    count(app, vec![(name, MOVES)]).await
}
