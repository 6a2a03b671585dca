//! Rate limits (docs/behaviour/limits.md): a budget per organization or network, for the API as for the pages, and
//! stricter ones for paying, for discount codes and for signing in.
//!
//! The first, and the one for changes of a session, are counted in each node's memory, which takes of every budget its
//! share: they hold as nearly as requests are spread evenly. The stricter ones keep people's accounts, cards and codes
//! from being guessed: they are rows of the database, so that they hold exactly on any number of nodes, and after a
//! restart. Only what exists has a row: a session is looked up before it is counted by its id.

pub mod cards;
mod codes;
mod network;
mod sessions;
mod sign_in;

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use till_core::{
    kernel::{
        budgets::{Budget, SPENT},
        changes::{Changes, CommitConflict},
    },
    payments::declines::Declines,
};
use till_store::CommitError;
use uuid::Uuid;

use crate::{
    app::App,
    http::error::{ApiError, TooMany},
};

pub use codes::Guess;
pub use network::Network;
pub use sessions::{confirming, updating};
pub use sign_in::{current_password, link, password};

/// The limits in force.
#[derive(Debug)]
pub struct Limits {
    general: Option<General>,
    declines: Declines,
}

/// What is counted in memory.
#[derive(Debug)]
struct General {
    budgets: DefaultKeyedRateLimiter<String>,
    per_minute: NonZeroU32,
    /// Changes of sessions by their buyers.
    updates: DefaultKeyedRateLimiter<Uuid>,
    /// How many nodes serve: each request costs here what it leaves for the others.
    nodes: AtomicU32,
}

impl General {
    /// Seconds to wait, if the budget is spent.
    fn enter(&self, key: &String) -> Option<u64> {
        self.take(&self.budgets, key, self.per_minute)
    }

    /// Seconds to wait, if the session's budget for changes is spent.
    fn update(&self, session: Uuid) -> Option<u64> {
        self.take(&self.updates, &session, UPDATES)
    }

    fn take<K: Clone + Eq + std::hash::Hash>(
        &self,
        budgets: &DefaultKeyedRateLimiter<K>,
        key: &K,
        most: NonZeroU32,
    ) -> Option<u64> {
        let nodes = self.nodes.load(Ordering::Relaxed);
        let price = NonZeroU32::new(nodes).map_or(NonZeroU32::MIN, |n| n.min(most));
        let until = budgets.check_key_n(key, price).ok()?.err()?;
        let wait = until.wait_time_from(DefaultClock::default().now());
        Some(wait.as_secs().max(1))
    }
}

/// Changes of one session by its buyer: so many at once, and one more each second.
const UPDATES: NonZeroU32 = NonZeroU32::new(60).expect("not zero");

impl Limits {
    /// No limits on the API, and on signing in none that a machine's own tests would meet from one address.
    pub fn off() -> Self {
        Self {
            general: None,
            declines: Declines::default(),
        }
    }

    /// `per_minute` requests to all nodes for each organization, and for each network without a token, pages included;
    /// for one session 6 confirmations a minute and 20 an hour from one network, and 60 changes by its buyer, then one
    /// more a second; 10 wrong discount codes, then one more every 10 seconds. How signing in is limited is told in
    /// SECURITY.md. Declines are not limited unless [`Limits::with_declines`] says so.
    pub fn per_minute(per_minute: NonZeroU32) -> Self {
        let updates = Quota::per_second(NonZeroU32::MIN).allow_burst(UPDATES);
        Self {
            general: Some(General {
                budgets: RateLimiter::keyed(Quota::per_minute(per_minute)),
                per_minute,
                updates: RateLimiter::keyed(updates),
                nodes: AtomicU32::new(1),
            }),
            declines: Declines::default(),
        }
    }

    /// The same with a limit to declined payments.
    #[must_use]
    pub fn with_declines(self, declines: Declines) -> Self {
        Self { declines, ..self }
    }

    /// Forgets keys that have their whole budget again.
    pub fn sweep(&self) {
        if let Some(general) = &self.general {
            general.budgets.retain_recent();
            general.updates.retain_recent();
        }
    }

    /// Takes one request of a general budget, that of an organization or a network, or refuses it. `whose` is not asked
    /// where nothing is limited.
    pub(crate) fn count(&self, whose: impl FnOnce() -> String) -> Result<(), ApiError> {
        let Some(general) = &self.general else {
            return Ok(());
        };
        match general.enter(&whose()) {
            Some(seconds) => Err(ApiError::too_many(TooMany::Requests, seconds)),
            None => Ok(()),
        }
    }

    /// From now on so many nodes share the budgets.
    pub fn divide(&self, nodes: u32) {
        if let Some(general) = &self.general {
            general.nodes.store(nodes, Ordering::Relaxed);
        }
    }
}

/// Takes one of each budget, or of none: then it tells how many seconds to wait. Of the names only the HMAC is kept.
async fn spend(app: &App, budgets: Vec<(String, Budget)>) -> Result<Option<u64>, ApiError> {
    let keyed = budgets
        .into_iter()
        .map(|(name, budget)| (app.key.digest(&name), budget));
    let keyed: Vec<_> = keyed.collect();
    let mut changes = Changes::new();
    for (key, budget) in &keyed {
        budget.take(&mut changes, key.clone(), app.clock.now());
    }
    match app.store.commit(changes).await {
        Ok(()) => Ok(None),
        Err(CommitError::Conflict(CommitConflict::NotOne(SPENT))) => {
            let spent = spent(app, &keyed).await?;
            Ok(Some(
                spent.into_iter().map(|(_, wait)| wait).max().unwrap_or(1),
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// Those of the budgets that are spent, by their place, and how many seconds to wait for each.
async fn spent(app: &App, keyed: &[(String, Budget)]) -> Result<Vec<(usize, u64)>, ApiError> {
    let now = app.clock.now();
    let mut found = Vec::new();
    for (place, (key, budget)) in keyed.iter().enumerate() {
        let until = app.store.spent_until(key).await?;
        if budget.is_spent(until, now) {
            found.push((place, budget.wait(until, now)));
        }
    }
    Ok(found)
}

/// The caller's network address: the trusted proxy's header if one is configured, else the peer. Of several
/// addresses in the header the last counts: it is the one that the proxy saw and added, while what stands before
/// it may be what the caller sent, a new one with every try.
pub fn client_ip(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    let named = app.policy.client_ip_header.as_deref().and_then(|name| {
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    });
    let peer = || {
        let info = extensions.get::<ConnectInfo<std::net::SocketAddr>>()?;
        Some(info.0.ip())
    };
    named
        .or_else(peer)
        .map_or_else(|| "unknown".to_owned(), |ip| ip.to_string())
}
