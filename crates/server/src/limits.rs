//! Rate limits (lifecycle.md A.10): a budget per organization or address, and stricter ones for paying and
//! for signing in.
//!
//! The first is counted in each node's memory, which takes of every budget its share: it holds as nearly as requests
//! are spread evenly. The stricter ones keep people's accounts and cards from being guessed: they are rows of the
//! database, so that they hold exactly on any number of nodes, and after a restart.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use till_core::{
    budgets::{Budget, SPENT},
    change::{Changes, Refused},
};
use till_store::CommitError;

use crate::{app::App, error::ApiError};

/// The limits in force.
#[derive(Debug)]
pub struct Limits {
    general: Option<General>,
}

/// The budgets of the API.
#[derive(Debug)]
struct General {
    budgets: DefaultKeyedRateLimiter<String>,
    per_minute: NonZeroU32,
    /// How many nodes serve: each request costs here what it leaves for the others.
    nodes: AtomicU32,
}

impl General {
    /// Seconds to wait, if the budget is spent.
    fn enter(&self, key: &String) -> Option<u64> {
        let nodes = self.nodes.load(Ordering::Relaxed);
        let price = NonZeroU32::new(nodes).map_or(NonZeroU32::MIN, |n| n.min(self.per_minute));
        let until = self.budgets.check_key_n(key, price).ok()?.err()?;
        let wait = until.wait_time_from(DefaultClock::default().now());
        Some(wait.as_secs().max(1))
    }
}

/// The budgets of one way to sign in: of a person, and of a network address.
struct Door {
    name: &'static str,
    person: Budget,
    address: Budget,
}

const PASSWORDS: Door = Door {
    name: "password",
    person: Budget::new(10, 90),
    address: Budget::new(30, 20),
};
const LINKS: Door = Door {
    name: "link",
    person: Budget::new(5, 180),
    address: Budget::new(20, 60),
};
/// Of one session from one address: six a minute, and twenty an hour.
const CONFIRM: [Budget; 2] = [Budget::new(6, 10), Budget::new(20, 180)];
/// None that a machine's own tests would meet from one address.
const WIDE: Budget = Budget::new(10_000, 1);

/// What an address is counted as: who has one IPv6 address has its whole /64.
pub(crate) fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            format!("{:x?}", &v6.segments()[..4])
        }
        _ => address.to_owned(),
    }
}

impl Limits {
    /// No limits on the API, and on signing in none that a machine's own tests would meet from one address.
    pub fn off() -> Self {
        Self { general: None }
    }

    /// `per_minute` requests to all nodes for each organization, and for each address without a token; 6 a minute
    /// and 20 an hour for confirming one session from one address. To sign in by password: 10 tries for one
    /// person and 30 from one address, then one more every 90 and 20 seconds. To ask for links: 5 and 20,
    /// then one more every 3 and every minute.
    pub fn per_minute(per_minute: NonZeroU32) -> Self {
        Self {
            general: Some(General {
                budgets: RateLimiter::keyed(Quota::per_minute(per_minute)),
                per_minute,
                nodes: AtomicU32::new(1),
            }),
        }
    }

    /// Forgets keys that have their whole budget again.
    pub fn sweep(&self) {
        if let Some(general) = &self.general {
            general.budgets.retain_recent();
        }
    }

    /// Takes one request of a general budget, that of an organization or a network, or refuses it.
    pub(crate) fn count(&self, whose: String) -> Result<(), ApiError> {
        let wait = self.general.as_ref().and_then(|general| general.enter(&whose));
        wait.map_or(Ok(()), |seconds| Err(ApiError::spent(seconds)))
    }

    /// From now on so many nodes share the budgets.
    pub fn divide(&self, nodes: u32) {
        if let Some(general) = &self.general {
            general.nodes.store(nodes, Ordering::Relaxed);
        }
    }
}

/// Seconds to wait before a password may be tried, if a budget is spent. `email` is in lower case.
pub async fn password(
    app: &App,
    email: Option<&str>,
    address: &str,
) -> Result<Option<u64>, ApiError> {
    enter(app, &PASSWORDS, email, address).await
}

/// Seconds to wait before a link may be asked for, if a budget is spent. `email` is in lower case.
pub async fn link(app: &App, email: Option<&str>, address: &str) -> Result<Option<u64>, ApiError> {
    enter(app, &LINKS, email, address).await
}

/// The address pays first, so that nobody can empty everybody's budget from one place.
async fn enter(
    app: &App,
    door: &Door,
    email: Option<&str>,
    address: &str,
) -> Result<Option<u64>, ApiError> {
    let name = door.name;
    let at_address = match &app.limits.general {
        Some(_) => door.address,
        None => WIDE,
    };
    let address = (format!("{name} from {}", network(address)), at_address);
    let person = email.map(|email| (format!("{name} of {email}"), door.person));
    spend(app, [address].into_iter().chain(person).collect()).await
}

/// Seconds to wait before a session may be confirmed, if a budget is spent, through the API or the page.
pub async fn confirming(app: &App, secret: &str, address: &str) -> Result<Option<u64>, ApiError> {
    if app.limits.general.is_none() {
        return Ok(None);
    }
    let name = |budget: Budget| {
        let count = budget.count;
        (
            format!("{count} confirmations of {secret} from {address}"),
            budget,
        )
    };
    spend(app, CONFIRM.map(name).to_vec()).await
}

/// Takes one of each budget, or of none: then it tells how many seconds to wait. Of the names only the HMAC is kept.
async fn spend(app: &App, budgets: Vec<(String, Budget)>) -> Result<Option<u64>, ApiError> {
    let now = app.clock.now();
    let mut changes = Changes::new();
    let keyed = budgets
        .into_iter()
        .map(|(name, budget)| (app.key.digest(&name), budget));
    let keyed: Vec<_> = keyed.collect();
    for (key, budget) in &keyed {
        budget.take(&mut changes, key.clone(), now);
    }
    match app.store.commit(changes).await {
        Ok(()) => Ok(None),
        Err(CommitError::Refused(Refused::NotOne(SPENT))) => {
            let mut wait = 1;
            for (key, budget) in &keyed {
                let until = app.store.spent_until(key).await?;
                if budget.is_spent(until, now) {
                    wait = wait.max(budget.wait(until, now));
                }
            }
            Ok(Some(wait))
        }
        Err(error) => Err(error.into()),
    }
}

/// Answers 429 with an empty body when the budget for confirming is spent. The general budget is counted before, in
/// [`crate::transport`].
pub async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let confirmed = path.strip_prefix("/v1/checkouts/client/");
    if let Some(secret) = confirmed.and_then(|rest| rest.strip_suffix("/confirm")) {
        let address = client_ip(&app, request.headers(), request.extensions());
        match confirming(&app, secret, &address).await {
            Ok(None) => {}
            Ok(Some(seconds)) => return ApiError::spent(seconds).into_response(),
            Err(error) => return error.into_response(),
        }
    }
    next.run(request).await
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
