//! The budget of checks of the payment processor, each of which sends it a dozen requests.

use till_core::kernel::budgets::Budget;
use uuid::Uuid;

use super::count;
use crate::{app::App, error::ApiError};

/// Checks by one organization: three at once, and six a minute.
const CHECKS: Budget = Budget::new(3, 10);

/// Counts a check of the processor by an organization's people.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn checking(app: &App, organization: Uuid) -> Result<(), ApiError> {
    let name = format!("processor checks of {organization}");
    count(app, vec![(name, CHECKS)]).await
}
