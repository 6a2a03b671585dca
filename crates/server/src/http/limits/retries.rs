//! The budget of charges that a merchant asks for besides the schedule: banks hold it against a merchant who tries a
//! declined card again and again.

use till_core::kernel::budgets::Budget;
use uuid::Uuid;

use super::count;
use crate::{app::App, error::ApiError};

/// Charges of one order: five at once, and one more every six hours.
const RETRIES: Budget = Budget::new(5, 6 * 3600);

/// Counts a charge of an unpaid order that its merchant asks for.
///
/// # Errors
/// 429 where the budget is spent.
pub async fn retrying(app: &App, order: Uuid) -> Result<(), ApiError> {
    let name = format!("retries of order {order}");
    count(app, vec![(name, RETRIES)]).await
}
