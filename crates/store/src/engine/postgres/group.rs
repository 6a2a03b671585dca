//! Commits that yield to others: those that are there together share a transaction, one of a node at a time.

use std::sync::Arc;

use deadpool_postgres::Pool;
use tokio::sync::{RwLock, mpsc, oneshot};

use super::connect::unreachable;
use super::listen::Caller;
use super::pipeline;
use crate::batch::{Batch, Step};
use crate::error::{CommitError, StoreError};
use crate::gauges::Gauges;
use crate::hub::Hub;

/// Commits of one transaction at most.
const GROUP: usize = 16;

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

    /// Commits what comes, until the last sender is gone.
    pub(super) async fn run(self, mut queue: mpsc::UnboundedReceiver<Member>) {
        let mut members = Vec::with_capacity(GROUP);
        while queue.recv_many(&mut members, GROUP).await > 0 {
            let group = std::mem::take(&mut members);
            let committer = self.clone();
            // A task of its own: whoever panics takes nobody with it but its group.
            if tokio::spawn(committer.commit(group)).await.is_err() {
                self.gauges.panics.inc();
            }
        }
    }

    async fn commit(self, members: Vec<Member>) {
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
