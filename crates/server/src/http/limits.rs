//! Rate limits (docs/behaviour/limits.md): a budget per organization or network, for the API as for the pages, and
//! stricter ones for paying, for discount codes and for signing in.
//!
//! The first, and the one for changes of a session, are counted in each node's memory, which takes of every budget its
//! share: they hold as nearly as requests are spread evenly. The stricter ones keep people's accounts, cards and codes
//! from being guessed: they are rows of the database, so that they hold exactly on any number of nodes, and after a
//! restart. Only what exists has a row: a session is looked up before it is counted by its id.

pub mod cards;
mod clock;
mod codes;
mod license_keys;
mod network;
mod portal;
mod processor;
mod retries;
mod seats;
mod sessions;
mod sign_in;

use std::net::IpAddr;

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use till_core::kernel::{
    budgets::{Budget, SPENT},
    changes::{Changes, CommitConflict},
};
use till_store::CommitError;

use crate::{
    app::App,
    error::{ApiError, TooMany},
};

pub use crate::app::limits::Limits;
pub use clock::moving_clock;
pub use codes::CodeAttempt;
pub use license_keys::{key_used, using_key};
pub use network::Network;
pub use portal::{ArchiveFor, archive, email_change, portal_code};
pub use processor::checking;
pub use retries::retrying;
pub use seats::{Inviter, claiming, inviting, inviting_again};
pub use sessions::{asking, confirming, updating};
pub use sign_in::{current_password, link, password};

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

/// [`spend`], where requests are what is counted.
///
/// # Errors
/// 429 where a budget is spent.
async fn count(app: &App, budgets: Vec<(String, Budget)>) -> Result<(), ApiError> {
    match spend(app, budgets).await? {
        None => Ok(()),
        Some(seconds) => Err(ApiError::too_many(TooMany::Requests, seconds)),
    }
}

/// Budgets that are spent, by their place, and how many seconds to wait for each.
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
