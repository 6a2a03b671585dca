//! The budgets that are counted in each node's memory: of an organization or a network, and of changes of a session.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use till_core::payments::declines::Declines;
use uuid::Uuid;

use super::{once::OnceAtATime, turns::Turns, under_way::UnderWay};
use crate::error::{ApiError, TooMany};

/// The limits in force.
#[derive(Debug)]
pub struct Limits {
    pub(crate) general: Option<General>,
    pub(crate) declines: Declines,
    /// Downloads that are under way.
    pub(crate) downloads: UnderWay,
    /// Requests whose events are stored at the same time.
    pub ingesting: Turns,
    /// Bytes of events' metadata that one list looks through; for the quantities of a meter twice as many.
    pub looked_at_bytes: usize,
    /// Files that are put together at the same time.
    pub assembling: Turns,
    /// Files that are put together or wait for it, by organization.
    pub(crate) completions: UnderWay,
    /// Files that are put together or wait for it, by their ID.
    pub(crate) completing: OnceAtATime,
    /// Counting of usage that a change or its preview waits for, by organization.
    pub(crate) counting: OnceAtATime,
}

/// The budgets that are counted in memory.
#[derive(Debug)]
pub(crate) struct General {
    budgets: DefaultKeyedRateLimiter<String>,
    per_minute: NonZeroU32,
    /// Changes of sessions by their buyers.
    updates: DefaultKeyedRateLimiter<Uuid>,
    /// Uses of license keys without a token, by network.
    keys: DefaultKeyedRateLimiter<String>,
    /// Uses of license keys without a token, by key.
    used_keys: DefaultKeyedRateLimiter<Uuid>,
    /// The number of nodes that serve: each request costs here what it leaves for the others.
    nodes: AtomicU32,
}

impl General {
    /// Seconds to wait, if the budget is spent.
    fn enter(&self, key: &String) -> Option<u64> {
        self.take(&self.budgets, key, self.per_minute)
    }

    /// Seconds to wait, if the session's budget for changes is spent.
    pub(crate) fn update(&self, session: Uuid) -> Option<u64> {
        self.take(&self.updates, &session, UPDATES)
    }

    /// Seconds to wait, if the network's budget for using license keys without a token is spent.
    pub(crate) fn use_key(&self, network: String) -> Option<u64> {
        self.take(&self.keys, &network, KEYS)
    }

    /// Seconds to wait, if the key's budget for being used without a token is spent.
    pub(crate) fn key_used(&self, key_id: Uuid) -> Option<u64> {
        self.take(&self.used_keys, &key_id, USES)
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

/// Uses of license keys without a token by one network, in a second.
const KEYS: NonZeroU32 = NonZeroU32::new(3).expect("not zero");

/// Uses of one license key without a token: so many at once, and one more each second.
const USES: NonZeroU32 = NonZeroU32::new(600).expect("not zero");

/// Requests whose events are stored at the same time.
const INGESTING: usize = 3;

/// Bytes of events' metadata that one list looks through.
const LOOKED_AT_BYTES: usize = 32 * 1024 * 1024;

/// Files that are put together at the same time: each copies up to 5 GB.
const ASSEMBLING: usize = 4;

impl Limits {
    /// No limits on the API, and on signing in none that a machine's own tests would meet from one address.
    pub fn off() -> Self {
        Self {
            general: None,
            declines: Declines::default(),
            downloads: UnderWay::default(),
            ingesting: Turns::new(INGESTING),
            looked_at_bytes: LOOKED_AT_BYTES,
            assembling: Turns::new(ASSEMBLING),
            completions: UnderWay::default(),
            completing: OnceAtATime::default(),
            counting: OnceAtATime::default(),
        }
    }

    /// `per_minute` requests to all nodes for each organization, and for each network without a token, pages included;
    /// for one session 6 confirmations a minute and 20 an hour from one network, and 60 changes by its buyer, then one
    /// more a second; 3 uses of license keys a second by a network without a token, and of one key 600, then one more a
    /// second; 10 wrong discount codes, then one
    /// more every 10 seconds. How signing in is limited is told in SECURITY.md. Declines are not limited
    /// unless [`Limits::with_declines`] says so.
    pub fn per_minute(per_minute: NonZeroU32) -> Self {
        let updates = Quota::per_second(NonZeroU32::MIN).allow_burst(UPDATES);
        let uses = Quota::per_second(NonZeroU32::MIN).allow_burst(USES);
        Self {
            general: Some(General {
                budgets: RateLimiter::keyed(Quota::per_minute(per_minute)),
                per_minute,
                updates: RateLimiter::keyed(updates),
                keys: RateLimiter::keyed(Quota::per_second(KEYS)),
                used_keys: RateLimiter::keyed(uses),
                nodes: AtomicU32::new(1),
            }),
            ..Self::off()
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
            general.keys.retain_recent();
            general.used_keys.retain_recent();
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
