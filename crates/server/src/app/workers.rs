//! State of this process's workers, and what of their work failed lately.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard},
};

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::jobs;
use uuid::Uuid;

/// Failures in a row after which a worker counts as down until it has run for [`STEADY`].
const FEW: u32 = 3;
/// A worker that has run for so long works.
const STEADY: SignedDuration = SignedDuration::from_secs(30);
/// A worker may be stopped for so long before it counts as down.
const BRIEFLY: SignedDuration = SignedDuration::from_secs(5);

/// The workers of this process, and how they are.
#[derive(Debug, Default)]
pub struct Workers(Mutex<BTreeMap<&'static str, Worker>>);

#[derive(Debug)]
struct Worker {
    /// The number of failures since it last ran for [`STEADY`].
    failures: u32,
    /// True while it runs.
    runs: bool,
    /// Since when it has, or has not.
    since: Timestamp,
}

impl Worker {
    fn is_down(&self, now: Timestamp) -> bool {
        let lasted = now.duration_since(self.since);
        match self.runs {
            true => self.failures >= FEW && lasted < STEADY,
            false => self.failures >= FEW || lasted >= BRIEFLY,
        }
    }
}

impl Workers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, Worker>> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// The workers that have been started, by name.
    pub fn names(&self) -> Vec<&'static str> {
        self.all().keys().copied().collect()
    }

    /// The workers that do not run, or fail again and again, by name.
    pub fn down(&self, now: Timestamp) -> Vec<&'static str> {
        let all = self.all();
        let down = all.iter().filter(|(_, worker)| worker.is_down(now));
        down.map(|(name, _)| *name).collect()
    }

    /// Notes that it runs.
    pub(crate) fn began(&self, name: &'static str, now: Timestamp) {
        let mut all = self.all();
        let worker = all.entry(name).or_insert(Worker {
            failures: 0,
            runs: true,
            since: now,
        });
        (worker.runs, worker.since) = (true, now);
    }

    /// Notes a failure; how often it has failed in a row.
    pub(crate) fn failed(&self, name: &'static str, now: Timestamp) -> u32 {
        let mut all = self.all();
        let Some(worker) = all.get_mut(name) else {
            return 1;
        };
        if now.duration_since(worker.since) >= STEADY {
            worker.failures = 0;
        }
        worker.failures = worker.failures.saturating_add(1);
        (worker.runs, worker.since) = (false, now);
        worker.failures
    }
}

/// Things that failed lately, each of which is left alone for a while: 1 s after its first failure, twice as long after
/// each other. Kept by this process alone: another one finds out by itself.
#[derive(Debug, Default)]
pub struct Backoffs(Mutex<HashMap<(&'static str, Uuid), Backoff>>);

#[derive(Debug, Clone, Copy)]
struct Backoff {
    failures: i64,
    until: Timestamp,
}

/// Things that are remembered at most. What does not fit is simply tried again.
const REMEMBERED: usize = 10_000;

impl Backoffs {
    fn all(&self) -> MutexGuard<'_, HashMap<(&'static str, Uuid), Backoff>> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// True where the thing may be tried now.
    pub(crate) fn is_due(&self, what: &'static str, id: Uuid, now: Timestamp) -> bool {
        let all = self.all();
        all.get(&(what, id)).is_none_or(|one| one.until <= now)
    }

    /// It failed, and is left alone for `longest` at most. Says how often it has.
    pub(crate) fn failed(
        &self,
        what: &'static str,
        id: Uuid,
        longest: SignedDuration,
        now: Timestamp,
    ) -> i64 {
        let mut all = self.all();
        if all.len() >= REMEMBERED {
            // What has been due for long was not tried again: it is gone.
            all.retain(|_, one| now.duration_since(one.until) < SignedDuration::from_hours(1));
        }
        let failures = all.get(&(what, id)).map_or(1, |one| one.failures + 1);
        if all.len() < REMEMBERED || all.contains_key(&(what, id)) {
            let until = now + jobs::backoff(failures).min(longest);
            all.insert((what, id), Backoff { failures, until });
        }
        failures
    }

    /// It worked.
    pub(crate) fn succeeded(&self, what: &'static str, id: Uuid) {
        let mut all = self.all();
        if !all.is_empty() {
            all.remove(&(what, id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a moment")
    }

    #[test]
    fn a_worker_is_down_while_it_fails_again_and_again_or_does_not_run() {
        let workers = Workers::default();
        workers.began("jobs", at(0));
        workers.began("webhooks", at(0));
        assert!(workers.down(at(900)).is_empty());
        for (n, second) in [(1, 900), (2, 902)] {
            assert_eq!(workers.failed("jobs", at(second)), n);
            assert!(workers.down(at(second + 1)).is_empty(), "once in a while");
            workers.began("jobs", at(second + 1));
        }
        assert_eq!(workers.failed("jobs", at(905)), 3);
        assert_eq!(workers.down(at(905)), ["jobs"]);
        workers.began("jobs", at(909));
        assert_eq!(workers.down(at(938)), ["jobs"], "not proven yet");
        assert!(workers.down(at(939)).is_empty());
        assert_eq!(workers.failed("jobs", at(960)), 1, "it had worked");
        assert_eq!(workers.down(at(965)), ["jobs"], "it does not run");
    }

    #[test]
    fn what_failed_is_left_alone_for_longer_and_longer() {
        let backoffs = Backoffs::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(
            backoffs.failed("session", one, SignedDuration::MAX, at(0)),
            1
        );
        assert!(!backoffs.is_due("session", one, at(0)));
        assert!(backoffs.is_due("session", other, at(0)));
        assert!(backoffs.is_due("file", one, at(0)));
        assert!(backoffs.is_due("session", one, at(1)));
        assert_eq!(
            backoffs.failed("session", one, SignedDuration::MAX, at(1)),
            2
        );
        assert!(!backoffs.is_due("session", one, at(2)));
        let minute = SignedDuration::from_mins(1);
        for _ in 0..9 {
            backoffs.failed("session", one, minute, at(1));
        }
        assert!(backoffs.is_due("session", one, at(61)), "at most so long");
        backoffs.succeeded("session", one);
        assert!(backoffs.is_due("session", one, at(2)));
    }

    #[test]
    fn no_more_is_remembered_than_fits() {
        let backoffs = Backoffs::default();
        for n in 0..(REMEMBERED as u128 + 10) {
            backoffs.failed("session", Uuid::from_u128(n), SignedDuration::MAX, at(0));
        }
        assert_eq!(backoffs.all().len(), REMEMBERED);
        backoffs.failed("session", Uuid::nil(), SignedDuration::MAX, at(7_200));
        assert_eq!(backoffs.all().len(), 1, "what is gone makes room");
    }
}
