//! Declined payments by network and by organization: card testing (`till_core::payments::declines`).

use super::{Network, spent};
use crate::{
    app::App,
    error::{ApiError, TooMany},
};
use jiff::SignedDuration;
use till_core::{
    kernel::{
        changes::Changes,
        records::{Organization, Payment},
    },
    payments::declines::{self, Declines},
};

/// The share of an organization's budget, in percent, below which its dashboard warns.
const LOW: i64 = 25;
/// It also warns where so many of the newest attempts, none older than [`LATELY`], were declined: the budgets of networks
/// stop a tester long before the organization's is spent.
const SUSPICIOUS: i64 = 10;
const AMONG: i64 = 20;
const LATELY: SignedDuration = SignedDuration::from_mins(15);

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
pub fn give_back(app: &App, changes: &mut Changes, payment: &Payment) {
    let declines = &app.limits.declines;
    declines.give_back(changes, payment, &app.key);
}

/// Reason why an attempt was not made: which budget of declines is spent.
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
        tracing::warn!(organization = %payment.organization_id, by, "card testing suspected: a payment was not attempted");
    }
    let wait = spent.into_iter().map(|(_, wait)| wait).max().unwrap_or(1);
    ApiError::too_many(TooMany::Declines, wait)
}

/// The dashboard's warning about an organization's declines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Most of the newest attempts were declined, or little is left of the budget.
    Suspected,
    /// Nothing is left of the budget: payments are not tried.
    Refusing,
}

impl Warning {
    /// For the dashboard.
    pub fn words(self) -> &'static str {
        match self {
            Self::Suspected => {
                "Card testing suspected: most of the latest payments were declined, so someone may be testing stolen \
                 cards here. Payments from networks with many declines are refused for a while; if many networks \
                 continue, all payments are. Review the latest payments."
            }
            Self::Refusing => {
                "Card testing suspected: so many cards were declined that payments are refused for now. A few \
                 more are accepted each minute. Review the latest payments."
            }
        }
    }
}

/// The warning for an organization in which card testing is suspected.
///
/// # Errors
/// The database's.
pub async fn warning(app: &App, shop: &Organization) -> Result<Option<Warning>, ApiError> {
    let Declines {
        network,
        organization,
    } = app.limits.declines;
    if network.or(organization).is_none() {
        return Ok(None);
    }
    let (own, now) = (shop.id, app.clock.now());
    let lately = app.now_of(shop) - LATELY;
    let newest = app.store.failed_of_newest(own, lately, AMONG);
    let mut low = newest.await? >= SUSPICIOUS;
    if let Some(budget) = organization {
        let key = declines::organization_key(own, &app.key);
        let left = budget.left(app.store.spent_until(&key).await?, now);
        if left == 0 {
            return Ok(Some(Warning::Refusing));
        }
        low |= left * 100 < budget.count * LOW;
    }
    Ok(low.then_some(Warning::Suspected))
}
