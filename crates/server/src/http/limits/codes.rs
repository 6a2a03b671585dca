//! Discount codes are not to be guessed: a wrong one costs, a right one does not.

use till_core::kernel::{budgets::Budget, changes::Changes};
use uuid::Uuid;

use super::{Network, spend};
use crate::{
    app::App,
    error::{ApiError, TooMany},
};

/// Wrong codes from one network, and the same for one session or link: so many at once, and one more every ten seconds.
const WRONG: Budget = Budget::new(10, 10);

/// A code that is about to be looked up. It is counted as wrong until it turns out to be right, so that many at once are
/// counted like many in a row.
#[derive(Debug, Default)]
#[must_use = "a right code is given back"]
pub struct CodeAttempt(Vec<(String, Budget)>);

impl CodeAttempt {
    /// Counts a code that a visitor of `place`, a session or a link, has typed.
    ///
    /// # Errors
    /// 429 where the budget is spent: the code is not looked up.
    pub async fn count(app: &App, place: Uuid, network: &Network) -> Result<Self, ApiError> {
        if app.limits.general.is_none() {
            return Ok(Self::default());
        }
        let names = [
            format!("wrong codes from {network}"),
            format!("wrong codes for {place}"),
        ];
        let budgets = names.map(|name| (name, WRONG)).to_vec();
        Self::spending(app, budgets, TooMany::Codes).await
    }

    /// Spends one of each of these budgets, until the code turns out to be right.
    pub(super) async fn spending(
        app: &App,
        budgets: Vec<(String, Budget)>,
        what: TooMany,
    ) -> Result<Self, ApiError> {
        let keyed = budgets.iter();
        let keyed = keyed.map(|(name, budget)| (app.key.digest(name), *budget));
        let keyed = keyed.collect();
        match spend(app, budgets).await? {
            None => Ok(Self(keyed)),
            Some(seconds) => Err(ApiError::too_many(what, seconds)),
        }
    }

    /// The code was right: what it cost is given back with what it changed.
    pub fn give_back(&self, changes: &mut Changes) {
        for (key, budget) in &self.0 {
            budget.give_back(changes, key.clone(), 1);
        }
    }
}
