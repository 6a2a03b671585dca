//! Hints between nodes: one listening connection per node.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use prometheus::IntCounter;
use serde::{Deserialize, Serialize};
use till_core::kernel::changes::Signal;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_postgres::AsyncMessage;

use super::connect::{Server, words};
use crate::hub::Hub;

/// Signals sent with one statement at most, and kept at most while the connection is away.
const BATCH: usize = 64;
const KEPT: usize = 1024;

/// The server refuses payloads of 8,000 bytes.
const LONGEST: usize = 7_900;

/// The pause before connecting again.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    topic: std::borrow::Cow<'a, str>,
    message: std::borrow::Cow<'a, str>,
}

/// The signal as a notification; a message too long for one becomes an empty hint.
fn payload(signal: &Signal) -> String {
    let print = |message: &str| {
        let payload = Payload {
            topic: signal.topic.as_str().into(),
            message: message.into(),
        };
        serde_json::to_string(&payload).expect("two texts serialise")
    };
    let whole = print(&signal.message);
    if whole.len() <= LONGEST {
        whole
    } else {
        print("")
    }
}

/// Says that something was not said: whoever waits should look for himself.
const DOUBT: &str =
    r#"select pg_notify('till_signals', '{"topic":"","message":""}'), pg_notify('till_work', '')"#;

/// Tells this node at once and the others soon.
///
/// Notifications leave after the commit, through one connection and in batches, not within the
/// transaction: PostgreSQL makes notifying transactions commit one after the other, which took
/// commits at 16 callers from 2,700 to 390 a second. A node that dies in between loses hints, which
/// costs their watchers a poll.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    signals: mpsc::Sender<Signal>,
    work: Arc<Notify>,
    lost: Arc<AtomicBool>,
}

/// The signals that a [`Caller`] wants sent.
pub(super) struct Outbox {
    signals: mpsc::Receiver<Signal>,
    work: Arc<Notify>,
    /// True once a signal was dropped.
    lost: Arc<AtomicBool>,
}

impl Caller {
    pub(super) fn new() -> (Self, Outbox) {
        let (sender, signals) = mpsc::channel(KEPT);
        let (work, lost) = <(Arc<Notify>, Arc<AtomicBool>)>::default();
        let outbox = Outbox {
            signals,
            work: Arc::clone(&work),
            lost: Arc::clone(&lost),
        };
        let caller = Self {
            signals: sender,
            work,
            lost,
        };
        (caller, outbox)
    }

    /// There is work.
    pub(super) fn wake(&self, hub: &Hub) {
        hub.wake();
        self.work.notify_one();
    }

    /// These things happened.
    pub(super) fn tell(&self, hub: &Hub, signals: Vec<Signal>) {
        for signal in signals {
            hub.publish(&signal.topic, &signal.message);
            if self.signals.try_send(signal).is_err() {
                self.lost.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Listens for ever, connecting again after every loss. `ready` is answered once it listens, or
/// dropped when the first attempt failed.
pub(super) async fn run(
    server: Server,
    hub: Hub,
    mut outbox: Outbox,
    ready: oneshot::Sender<()>,
    panics: IntCounter,
) {
    let mut ready = Some(ready);
    loop {
        let session = session(&server, &hub, &mut outbox, ready.take());
        let Ok(ended) = AssertUnwindSafe(session).catch_unwind().await else {
            // The hook has said where. What was on its way may be lost: everybody should look.
            panics.inc();
            hub.publish_doubt();
            pause().await;
            continue;
        };
        match ended {
            Ok(()) => tracing::warn!("the listening connection ended"),
            Err(e) => tracing::warn!(error = %words(&e), "the listening connection failed"),
        }
        pause().await;
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a pause between attempts to connect decides nothing"
)]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

async fn session(
    server: &Server,
    hub: &Hub,
    outbox: &mut Outbox,
    first: Option<oneshot::Sender<()>>,
) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = server.config.connect(server.tls.clone()).await?;
    let (has_subscriber, own) = (hub.clone(), Arc::new(AtomicI32::new(0)));
    let itself = Arc::clone(&own);
    let mut driver = tokio::spawn(async move {
        let mut messages = futures_util::stream::poll_fn(|cx| connection.poll_message(cx));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(heard) = message {
                // what this node said it has heard already
                if heard.process_id() != itself.load(Ordering::Relaxed) {
                    dispatch(&has_subscriber, &heard);
                }
            }
        }
    });
    let stop = driver.abort_handle();
    let _stop = Stop(stop);
    let row = client.query_one("select pg_backend_pid()", &[]).await?;
    own.store(row.get(0), Ordering::Relaxed);
    client
        .batch_execute("listen till_signals; listen till_work")
        .await?;
    let notify = "select pg_notify('till_signals', said) from unnest($1::text[]) as said";
    let notify = client.prepare(notify).await?;
    let mut signals = Vec::new();
    match first {
        Some(ready) => {
            let _ = ready.send(());
        }
        // What was being said when the connection was lost may not have left.
        None => {
            hub.publish_doubt();
            outbox.lost.store(true, Ordering::Relaxed);
        }
    }
    loop {
        if outbox.lost.swap(false, Ordering::Relaxed) {
            client.batch_execute(DOUBT).await?;
        }
        tokio::select! {
            _ = &mut driver => return Ok(()),
            () = outbox.work.notified() => {
                client.batch_execute("notify till_work").await?;
            }
            count = outbox.signals.recv_many(&mut signals, BATCH) => {
                if count == 0 {
                    return Ok(()); // the store is gone
                }
                let said: Vec<String> = signals.drain(..).map(|signal| payload(&signal)).collect();
                client.execute(&notify, &[&said]).await?;
            }
        }
    }
}

/// Ends the driver with its session.
struct Stop(tokio::task::AbortHandle);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn dispatch(hub: &Hub, heard: &tokio_postgres::Notification) {
    if heard.channel() == "till_work" {
        hub.wake();
    } else if let Ok(payload) = serde_json::from_str::<Payload<'_>>(heard.payload()) {
        match &*payload.topic {
            "" => hub.publish_doubt(),
            topic => hub.publish(topic, &payload.message),
        }
    }
}
