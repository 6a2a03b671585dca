//! Jobs that the node that asks for them does itself, without a commit that claims them: the buyer waits for one less.

use std::sync::{Mutex, MutexGuard};

use jiff::SignedDuration;
use till_core::{
    checkout::FULFIL_JOB,
    kernel::{changes::Changes, context::DecisionContext, jobs::Job},
};
use tokio::sync::mpsc;

/// The time for which a node that died keeps others from what it held: with the workers' poll, under five seconds.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(3);

/// The channel from a commit to the worker of the same process. While no worker runs, and while all its slots are taken, nothing
/// is taken, and jobs wait in the queue as always.
#[derive(Debug, Default)]
pub struct LocalFastPath(Mutex<Channel>);

#[derive(Debug, Default)]
struct Channel {
    /// Takes jobs in, once a worker runs.
    sender: Option<mpsc::Sender<Job>>,
    /// Waits for the worker, which takes it and receives the jobs.
    receiver: Option<mpsc::Receiver<Job>>,
}

/// A job that will be this node's when the changes that ask for it are committed.
#[derive(Debug)]
pub struct ClaimedJob(mpsc::OwnedPermit<Job>, Job);

impl ClaimedJob {
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
    ) -> Option<ClaimedJob> {
        let due = changes.due(FULFIL_JOB.name())?;
        let sender = self.channel().sender.clone()?;
        let permit = sender.try_reserve_owned().ok()?;
        let ctx = at();
        let job = due.claim(ctx.now + LEASE, ctx.id())?;
        Some(ClaimedJob(permit, job))
    }

    fn channel(&self) -> MutexGuard<'_, Channel> {
        self.0.lock().expect("no code panics under this lock")
    }

    /// From now on jobs are taken, for the worker that comes for them next. Those that a worker before it left behind
    /// are somebody else's when their leases run out.
    pub fn open(&self, slots: usize) {
        let (sender, receiver) = mpsc::channel(slots);
        *self.channel() = Channel {
            sender: Some(sender),
            receiver: Some(receiver),
        };
    }

    /// The receiver that [`LocalFastPath::open`] made, or a new one where a worker has failed.
    pub(crate) fn taken(&self, slots: usize) -> mpsc::Receiver<Job> {
        loop {
            if let Some(receiver) = self.channel().receiver.take() {
                return receiver;
            }
            self.open(slots);
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
        let fast_path = LocalFastPath::default();
        let mut taken = fast_path.taken(2);
        let mut changes = asking(FULFIL_JOB);
        assert!(changes.wakes(Wake::Workers));
        drop(fast_path.take(&mut changes, at).unwrap());
        assert!(taken.try_recv().is_err(), "the commit failed");

        let mut changes = asking(FULFIL_JOB);
        fast_path.take(&mut changes, at).unwrap().begin();
        assert!(!changes.wakes(Wake::Workers));
        let job = taken.try_recv().unwrap();
        assert_eq!(job.payload::<Uuid>().unwrap(), Uuid::max());
        assert_eq!(job.lease_until, Some(at().now + LEASE));
    }

    #[test]
    fn what_cannot_be_begun_at_once_waits_for_anybody() {
        let fast_path = LocalFastPath::default();
        let mut taken = fast_path.taken(1);
        let mut other = asking("something_else");
        assert!(
            fast_path
                .take(&mut other, || unreachable!("it costs nothing"))
                .is_none()
        );
        assert_eq!(other, asking("something_else"));

        let mut changes = asking(FULFIL_JOB);
        fast_path.take(&mut changes, at).unwrap().begin();
        let mut changes = asking(FULFIL_JOB);
        assert!(
            fast_path.take(&mut changes, at).is_none(),
            "both slots are taken"
        );
        assert!(changes.wakes(Wake::Workers));

        taken.close();
        taken.try_recv().unwrap();
        assert!(
            fast_path.take(&mut changes, at).is_none(),
            "nobody works any more"
        );
    }

    #[test]
    fn a_worker_that_comes_after_one_that_failed_is_given_jobs_again() {
        let fast_path = LocalFastPath::default();
        drop(fast_path.taken(1));
        let mut changes = asking(FULFIL_JOB);
        assert!(fast_path.take(&mut changes, at).is_none(), "it is gone");
        let mut taken = fast_path.taken(1);
        fast_path.take(&mut changes, at).unwrap().begin();
        assert!(taken.try_recv().is_ok());
    }
}
