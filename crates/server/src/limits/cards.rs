//! Declined payments by network and by organization: card testing (`till_core::declines`).

use till_core::{
    change::Changes,
    checkout::settle::Settled,
    declines::{self, Declines},
    records::Payment,
};
use uuid::Uuid;

use super::{Network, spent};
use crate::{
    app::App,
    error::{ApiError, TooMany},
};

/// The share of an organization's budget, in percent, below which its dashboard warns.
const LOW: i64 = 25;

/// The key under which an attempt from a network is counted; none where declines are not limited.
pub fn network_key(app: &App, network: &Network) -> Option<String> {
    let counted = app.limits.declines != Declines::default();
    counted.then(|| declines::network_key(&network.to_string(), &app.key))
}

/// Takes one decline of each budget before the attempt is made, in its own commit.
pub fn reserve(app: &App, changes: &mut Changes, payment: &Payment) {
    let declines = &app.limits.declines;
    declines.reserve(changes, payment, &app.key, app.clock.now());
}

/// Gives back what an attempt took that was not declined.
pub fn note(app: &App, settled: &mut Settled) {
    let declines = &app.limits.declines;
    declines.note(&mut settled.changes, &settled.payment, &app.key);
}

/// Why an attempt was not made: which budget of declines is spent.
pub async fn refused(app: &App, payment: &Payment) -> ApiError {
    let budgets = app.limits.declines.of(payment, &app.key);
    let spent = match spent(app, &budgets).await {
        Ok(spent) => spent,
        Err(error) => return error,
    };
    let network = payment.network_key.as_ref();
    for (place, _) in &spent {
        let by = match network == Some(&budgets[*place].0) {
            true => "network",
            false => "organization",
        };
        app.metrics.card_testing_refused(by);
        tracing::warn!(organization = %payment.organization_id, by, "card testing suspected: a payment was not tried");
    }
    let wait = spent.into_iter().map(|(_, wait)| wait).max().unwrap_or(1);
    ApiError::too_many(TooMany::Declines, wait)
}

/// What the dashboard says of an organization's declines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Little is left of the budget.
    Low,
    /// Nothing is left: payments are not tried.
    Spent,
}

impl Warning {
    /// For the dashboard.
    pub fn words(self) -> &'static str {
        match self {
            Self::Low => {
                "Card testing suspected: many cards were declined in a short time. If it goes on, \
                 payments are refused for a while. Look through the newest payments."
            }
            Self::Spent => {
                "Card testing suspected: so many cards were declined that payments are refused for now. \
                 One is tried again as soon as time has passed; look through the newest payments."
            }
        }
    }
}

/// Whether an organization's budget is spent, or nearly.
///
/// # Errors
/// The database's.
pub async fn warning(app: &App, organization_id: Uuid) -> Result<Option<Warning>, ApiError> {
    let Some(budget) = app.limits.declines.organization else {
        return Ok(None);
    };
    let key = declines::organization_key(organization_id, &app.key);
    let until = app.store.spent_until(&key).await?;
    let left = budget.left(until, app.clock.now());
    Ok(match left {
        0 => Some(Warning::Spent),
        left if left * 100 < budget.count * LOW => Some(Warning::Low),
        _ => None,
    })
}
