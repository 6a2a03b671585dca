//! Jobs that are done by who asks for them, without a claim of its own: that would cost the buyer a commit.

use std::sync::{Mutex, MutexGuard};

use jiff::SignedDuration;
use till_core::{
    checkout::FULFIL_JOB,
    kernel::{changes::Changes, context::DecisionContext, jobs::Job},
};
use tokio::sync::mpsc;

/// How long a node that died keeps others from what it held: with the workers' poll, less than five seconds.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(3);

/// The way from a commit to the worker beside it. While no worker runs, and while it has its hands full, nothing
/// is taken, and jobs wait in the queue as always.
#[derive(Debug, Default)]
pub struct LocalFastPath(Mutex<Ends>);

#[derive(Debug, Default)]
struct Ends {
    /// Where jobs are put in, once somebody works.
    put: Option<mpsc::Sender<Job>>,
    /// Where the worker takes them out, until it comes for that.
    take: Option<mpsc::Receiver<Job>>,
}

/// A job that will be this node's when the changes that ask for it are committed.
#[derive(Debug)]
pub struct Taken(mpsc::OwnedPermit<Job>, Job);

impl Taken {
    /// To be called after the commit.
    pub fn begin(self) {
        self.0.send(self.1);
    }
}

impl LocalFastPath {
    /// Claims the fulfilment that `changes` ask for, if they do. Of the kinds of jobs this is the one that a buyer
    /// waits for.
    pub fn take(
        &self,
        changes: &mut Changes,
        at: impl FnOnce() -> DecisionContext,
    ) -> Option<Taken> {
        let due = changes.due(FULFIL_JOB.name())?;
        let put = self.ends().put.clone()?;
        let place = put.try_reserve_owned().ok()?;
        let ctx = at();
        let job = due.claim(ctx.now + LEASE, ctx.id())?;
        Some(Taken(place, job))
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// From now on jobs are taken, for the worker that comes for them next. Those that a worker before it left behind
    /// are somebody else's when their leases run out.
    pub(crate) fn open(&self, places: usize) {
        let (put, take) = mpsc::channel(places);
        *self.ends() = Ends {
            put: Some(put),
            take: Some(take),
        };
    }

    /// What [`LocalFastPath::open`] was called for, or a new way in where a worker has failed.
    pub(crate) fn taken(&self, places: usize) -> mpsc::Receiver<Job> {
        loop {
            if let Some(take) = self.ends().take.take() {
                return take;
            }
            self.open(places);
        }
    }
}

#[cfg(test)]
mod tests {
    use till_core::kernel::{changes::Wake, jobs::JobKind};
    use uuid::Uuid;

    use super::*;

    fn at() -> DecisionContext {
        DecisionContext::new("2026-11-23T12:00:00Z".parse().unwrap(), [7; 32])
    }

    fn asking(kind: impl Into<JobKind<Uuid>>) -> Changes {
        let mut changes = Changes::new();
        changes.job(&at(), kind, "key", at().now, &Uuid::max());
        changes
    }

    #[test]
    fn nothing_is_taken_while_nobody_works() {
        let mut changes = asking(FULFIL_JOB);
        assert!(LocalFastPath::default().take(&mut changes, at).is_none());
        assert_eq!(changes, asking(FULFIL_JOB));
    }

    #[test]
    fn a_fulfilment_is_taken_once_it_is_committed_and_nobody_is_woken_for_it() {
        let hands = LocalFastPath::default();
        let mut taken = hands.taken(2);
        let mut changes = asking(FULFIL_JOB);
        assert!(changes.wakes(Wake::Workers));
        drop(hands.take(&mut changes, at).unwrap());
        assert!(taken.try_recv().is_err(), "the commit failed");

        let mut changes = asking(FULFIL_JOB);
        hands.take(&mut changes, at).unwrap().begin();
        assert!(!changes.wakes(Wake::Workers));
        let job = taken.try_recv().unwrap();
        assert_eq!(job.payload::<Uuid>().unwrap(), Uuid::max());
        assert_eq!(job.lease_until, Some(at().now + LEASE));
    }

    #[test]
    fn what_cannot_be_begun_at_once_waits_for_anybody() {
        let hands = LocalFastPath::default();
        let mut taken = hands.taken(1);
        let mut other = asking("something_else");
        assert!(
            hands
                .take(&mut other, || unreachable!("it costs nothing"))
                .is_none()
        );
        assert_eq!(other, asking("something_else"));

        let mut changes = asking(FULFIL_JOB);
        hands.take(&mut changes, at).unwrap().begin();
        let mut changes = asking(FULFIL_JOB);
        assert!(
            hands.take(&mut changes, at).is_none(),
            "both hands are full"
        );
        assert!(changes.wakes(Wake::Workers));

        taken.close();
        taken.try_recv().unwrap();
        assert!(
            hands.take(&mut changes, at).is_none(),
            "nobody works any more"
        );
    }

    #[test]
    fn a_worker_that_comes_after_one_that_failed_is_given_jobs_again() {
        let hands = LocalFastPath::default();
        drop(hands.taken(1));
        let mut changes = asking(FULFIL_JOB);
        assert!(hands.take(&mut changes, at).is_none(), "it is gone");
        let mut taken = hands.taken(1);
        hands.take(&mut changes, at).unwrap().begin();
        assert!(taken.try_recv().is_ok());
    }
}
