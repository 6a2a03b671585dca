//! Hints within this process: signals per topic, and the wake-up of workers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{broadcast, watch};

/// Messages a slow watcher may fall behind before it gets one empty hint instead.
const BACKLOG: usize = 32;

type Topics = HashMap<String, broadcast::Sender<Arc<str>>>;

/// The watchers of each topic.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    topics: Arc<Mutex<Topics>>,
    wake: watch::Sender<u64>,
    journal: watch::Sender<u64>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            topics: Arc::default(),
            wake: watch::Sender::new(0),
            journal: watch::Sender::new(0),
        }
    }

    fn topics(&self) -> MutexGuard<'_, Topics> {
        self.topics.lock().expect("no code panics under this lock")
    }

    pub(crate) fn watch(&self, topic: &str) -> Watch {
        let messages = self
            .topics()
            .entry(topic.to_owned())
            .or_insert_with(|| broadcast::Sender::new(BACKLOG))
            .subscribe();
        Watch {
            hub: self.clone(),
            topic: topic.to_owned(),
            messages: Some(messages),
        }
    }

    pub(crate) fn publish(&self, topic: &str, message: &str) {
        if let Some(sender) = self.topics().get(topic) {
            // nobody listening any more is fine
            let _ = sender.send(message.into());
        }
    }

    /// After a gap in hearing: every watcher should look again.
    pub(crate) fn publish_doubt(&self) {
        for sender in self.topics().values() {
            let _ = sender.send("".into());
        }
        self.wake();
        self.wake_journal();
    }

    pub(crate) fn wake(&self) {
        self.wake.send_modify(|n| *n = n.wrapping_add(1));
    }

    pub(crate) fn wakes(&self) -> Wake {
        Wake(self.wake.subscribe())
    }

    /// The journal was written on this node.
    pub(crate) fn wake_journal(&self) {
        self.journal.send_modify(|n| *n = n.wrapping_add(1));
    }

    pub(crate) fn journal(&self) -> Wake {
        Wake(self.journal.subscribe())
    }

    /// The number of topics that are watched.
    pub(crate) fn len(&self) -> usize {
        self.topics().len()
    }
}

/// Hears the signals of one topic until it is dropped.
#[derive(Debug)]
pub struct Watch {
    hub: Hub,
    topic: String,
    messages: Option<broadcast::Receiver<Arc<str>>>,
}

impl Watch {
    /// The next message (JSON text), or an empty text where one was lost or too long:
    /// something happened, look it up. Safe to cancel.
    pub async fn next(&mut self) -> Arc<str> {
        let messages = self.messages.as_mut().expect("taken only when dropped");
        // the sender lives as long as this receiver, so only a lag can be an error
        messages.recv().await.unwrap_or_else(|_| "".into())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut topics = self.hub.topics();
        self.messages = None;
        if topics
            .get(&self.topic)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            topics.remove(&self.topic);
        }
    }
}

/// Wakes whoever looks for something new. A hint: the poll is the truth.
#[derive(Debug, Clone)]
pub struct Wake(watch::Receiver<u64>);

impl Wake {
    /// Returns at once when there was a commit since the last call, else with the next one. Safe to cancel.
    pub async fn wait(&mut self) {
        if self.0.changed().await.is_err() {
            // the store is gone, and no work will come
            std::future::pending::<()>().await;
        }
    }
}
