//! Loops that must not end: one that panics is noted, started again after a pause, and told of by `/readyz` where that
//! does not help.

use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard},
};

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use till_core::kernel::jobs;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{app::App, http::error::ApiError};

/// Failures in a row after which a worker counts as down until it has run for [`STEADY`].
const FEW: u32 = 3;
/// A worker that has run for so long works.
const STEADY: SignedDuration = SignedDuration::from_secs(30);
/// A worker may be stopped for so long before it counts as down.
const BRIEFLY: SignedDuration = SignedDuration::from_secs(5);
/// The longest pause before a worker is started again.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);

/// How the workers of this process are.
#[derive(Debug, Default)]
pub struct Workers(Mutex<BTreeMap<&'static str, Worker>>);

#[derive(Debug)]
struct Worker {
    /// How often it failed since it last ran for [`STEADY`].
    failures: u32,
    /// Whether it runs.
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

    fn began(&self, name: &'static str, now: Timestamp) {
        let mut all = self.all();
        let worker = all.entry(name).or_insert(Worker {
            failures: 0,
            runs: true,
            since: now,
        });
        (worker.runs, worker.since) = (true, now);
    }

    /// How often it has failed in a row.
    fn failed(&self, name: &'static str, now: Timestamp) -> u32 {
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

/// Runs `work` until `stop` turns true, again whenever it panics or ends before that.
pub(super) async fn supervise<F, W>(
    app: Arc<App>,
    name: &'static str,
    mut stop: watch::Receiver<bool>,
    work: F,
) where
    F: Fn() -> W + Send,
    W: Future<Output = ()> + Send,
{
    loop {
        app.workers.began(name, app.clock.now());
        let ended = AssertUnwindSafe(async { work().await })
            .catch_unwind()
            .await;
        if *stop.borrow() {
            return;
        }
        let now = app.clock.now();
        let failures = app.workers.failed(name, now);
        app.metrics.worker_failed(name);
        let cause = match &ended {
            Ok(()) => "it ended before it was asked to",
            Err(panic) => words(&**panic),
        };
        tracing::error!(
            worker = name,
            cause,
            failures,
            "a worker failed and is started again"
        );
        let pause = jobs::backoff(failures.into()).min(LONGEST);
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = app.clock.wait(now + pause) => {}
        }
    }
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}

/// Does `work`; a panic in it is its error, counted under `place`.
pub(super) async fn caught<T>(
    app: &App,
    place: &'static str,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(panic) => {
            app.metrics.panicked(place);
            Err(ApiError::internal(format!("a panic: {}", words(&*panic))))
        }
    }
}

/// Things that failed lately, each of which is left alone for a while: 1 s after its first failure, twice as long after
/// each other. Kept by this process alone: another one finds out by itself.
#[derive(Debug, Default)]
pub struct Setbacks(Mutex<HashMap<(&'static str, Uuid), Setback>>);

#[derive(Debug, Clone, Copy)]
struct Setback {
    failures: i64,
    until: Timestamp,
}

/// Things that are remembered at most. What does not fit is simply tried again.
const REMEMBERED: usize = 10_000;

impl Setbacks {
    fn all(&self) -> MutexGuard<'_, HashMap<(&'static str, Uuid), Setback>> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// Whether the thing may be tried now.
    pub(super) fn is_due(&self, what: &'static str, id: Uuid, now: Timestamp) -> bool {
        let all = self.all();
        all.get(&(what, id)).is_none_or(|one| one.until <= now)
    }

    /// It failed, and is left alone for `longest` at most. Says how often it has.
    pub(super) fn failed(
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
            all.insert((what, id), Setback { failures, until });
        }
        failures
    }

    /// It worked.
    pub(super) fn over(&self, what: &'static str, id: Uuid) {
        let mut all = self.all();
        if !all.is_empty() {
            all.remove(&(what, id));
        }
    }
}

/// Does a step of a worker that is not about one thing, so that its failure keeps the worker's other steps from nothing:
/// as [`alone`], and tried again within a minute. Whether it was done.
pub(super) async fn step(
    app: &App,
    what: &'static str,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    apart(app, what, Uuid::nil(), LONGEST, work).await
}

/// Does `work` on one of several things, so that its failure is its own: logged, counted, and a reason to leave it alone
/// for a while. Whether it was done.
pub(super) async fn alone(
    app: &App,
    what: &'static str,
    id: Uuid,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    apart(app, what, id, SignedDuration::MAX, work).await
}

async fn apart(
    app: &App,
    what: &'static str,
    id: Uuid,
    longest: SignedDuration,
    work: impl Future<Output = Result<(), ApiError>>,
) -> bool {
    let now = app.clock.now();
    if !app.setbacks.is_due(what, id, now) {
        return false;
    }
    match caught(app, what, work).await {
        Ok(()) => {
            app.setbacks.over(what, id);
            true
        }
        Err(error) => {
            let failures = app.setbacks.failed(what, id, longest, now);
            app.metrics.step_failed(what);
            let error = error.cause();
            tracing::error!(what, %id, failures, error, "one item of a batch failed; the others go on");
            false
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
        let setbacks = Setbacks::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(
            setbacks.failed("session", one, SignedDuration::MAX, at(0)),
            1
        );
        assert!(!setbacks.is_due("session", one, at(0)));
        assert!(setbacks.is_due("session", other, at(0)));
        assert!(setbacks.is_due("file", one, at(0)));
        assert!(setbacks.is_due("session", one, at(1)));
        assert_eq!(
            setbacks.failed("session", one, SignedDuration::MAX, at(1)),
            2
        );
        assert!(!setbacks.is_due("session", one, at(2)));
        let minute = SignedDuration::from_mins(1);
        for _ in 0..9 {
            setbacks.failed("session", one, minute, at(1));
        }
        assert!(setbacks.is_due("session", one, at(61)), "at most so long");
        setbacks.over("session", one);
        assert!(setbacks.is_due("session", one, at(2)));
    }

    #[test]
    fn no_more_is_remembered_than_fits() {
        let setbacks = Setbacks::default();
        for n in 0..(REMEMBERED as u128 + 10) {
            setbacks.failed("session", Uuid::from_u128(n), SignedDuration::MAX, at(0));
        }
        assert_eq!(setbacks.all().len(), REMEMBERED);
        setbacks.failed("session", Uuid::nil(), SignedDuration::MAX, at(7_200));
        assert_eq!(setbacks.all().len(), 1, "what is gone makes room");
    }
}
