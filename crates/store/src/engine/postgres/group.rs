//! Commits that share a transaction where several are there at the same time: those that yield to others, one group of a node
//! at a time, and those of a single statement, such as a counter, so that they do not take a connection each.

use std::sync::Arc;

use deadpool_postgres::Pool;
use till_core::kernel::values::Value;
use tokio::sync::{Mutex, RwLock, mpsc, oneshot};
use uuid::Uuid;

use super::connect::unreachable;
use super::listen::Caller;
use super::pipeline;
use crate::batch::{Batch, Step};
use crate::error::{CommitError, StoreError};
use crate::gauges::Gauges;
use crate::hub::Hub;

/// Commits that yield in one transaction, at most.
pub(super) const YIELDING: usize = 16;

/// Commits of a single statement in one transaction, at most.
pub(super) const SINGLE: usize = 64;

/// Groups of single statements at a time: one that waits for a row does not hold up all others.
pub(super) const SINGLE_GROUPS: usize = 2;

/// Resources of a commit beside its statements.
#[derive(Debug, Clone)]
pub(super) struct Committer {
    pub(super) pool: Pool,
    pub(super) hub: Hub,
    pub(super) caller: Caller,
    pub(super) gauges: Gauges,
    /// Held for reading by each commit, so that closing can wait for all.
    pub(super) open: Arc<RwLock<()>>,
}

type Answer = Result<(), CommitError>;

/// A commit and who is told of its end.
#[derive(Debug)]
pub(super) struct Member {
    batch: Batch,
    answer: oneshot::Sender<Answer>,
}

/// A queue of commits.
pub(super) type Queue = Arc<Mutex<mpsc::UnboundedReceiver<Member>>>;

impl Member {
    /// The row that a single statement is likely to lock: groups of several nodes that lock theirs in the same order do not
    /// wait for each other in a circle.
    fn row(&self) -> Option<(&str, Option<Uuid>)> {
        let [step] = self.batch.steps.as_slice() else {
            return None;
        };
        let id = step.binds.iter().find_map(|value| match value {
            Value::Uuid(id) => Some(*id),
            _ => None,
        });
        Some((&step.sql, id))
    }
}

impl Committer {
    /// Tells whoever has to know what was committed.
    pub(super) fn committed(&self, batch: Batch) {
        if batch.wakes_workers {
            self.caller.wake(&self.hub);
        }
        if batch.wakes_journal {
            self.hub.wake_journal();
        }
        self.caller.tell(&self.hub, batch.signals);
    }

    /// Commits what comes, so many at a time, until the last sender is gone. Of several that share a queue, each takes what
    /// is there when it is free.
    pub(super) async fn run(self, queue: Queue, most: usize) {
        loop {
            let mut members = Vec::with_capacity(most);
            if queue.lock().await.recv_many(&mut members, most).await == 0 {
                return;
            }
            let committer = self.clone();
            // A task of its own: whoever panics takes nobody with it but its group.
            if tokio::spawn(committer.commit(members)).await.is_err() {
                self.gauges.panics.inc();
            }
        }
    }

    async fn commit(self, mut members: Vec<Member>) {
        members.sort_by(|one, other| one.row().cmp(&other.row()));
        let open = Arc::clone(&self.open).read_owned().await;
        let client = match self.pool.get().await {
            Ok(client) => client,
            Err(error) => {
                let error = unreachable(&error);
                for member in members {
                    let _ = member.answer.send(Err(error.clone().into()));
                }
                return;
            }
        };
        let timed = self.gauges.seconds.start_timer();
        let steps: Vec<&[Step]> = (members.iter())
            .map(|member| member.batch.steps.as_slice())
            .collect();
        let answers = pipeline::commit_all(&client, &steps).await;
        timed.observe_duration();
        self.gauges.batch.observe(members.len() as f64);
        for (member, answer) in members.into_iter().zip(answers) {
            if answer.is_ok() {
                self.committed(member.batch);
            }
            // the caller may have gone
            let _ = member.answer.send(answer);
        }
        drop(open);
    }
}

/// Hands a commit over, and waits for its end.
pub(super) async fn commit(queue: &mpsc::UnboundedSender<Member>, batch: Batch) -> Answer {
    let (answer, answered) = oneshot::channel();
    queue
        .send(Member { batch, answer })
        .map_err(|_| StoreError::Closed)?;
    // Nobody answers where the group panicked.
    answered.await.unwrap_or(Err(StoreError::Panic.into()))
}
