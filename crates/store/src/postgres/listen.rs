//! Hints between nodes: one listening connection per node.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use till_core::change::Signal;
use tokio::sync::{Notify, oneshot};
use tokio_postgres::AsyncMessage;

use super::connect::{Server, words};
use crate::hub::Hub;

/// Leaves with the transaction that it tells of.
pub(super) const NOTIFY: &str = "select pg_notify('till_signals', $1)";

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
pub(super) fn payload(signal: &Signal) -> String {
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

/// Tells other nodes that there is work. Sent after the commit, one at a time, because the server
/// makes notifying transactions commit one after the other; a burst of commits needs one hint.
#[derive(Debug, Clone, Default)]
pub(super) struct Caller {
    asked: Arc<Notify>,
    /// The listening connection's server process, by which a node knows its own voice.
    own: Arc<AtomicI32>,
}

impl Caller {
    pub(super) fn call(&self) {
        self.asked.notify_one();
    }
}

/// Listens for ever, connecting again after every loss. `ready` is answered once it listens, or
/// dropped when the first attempt failed.
pub(super) async fn run(server: Server, hub: Hub, caller: Caller, ready: oneshot::Sender<()>) {
    let mut ready = Some(ready);
    loop {
        match session(&server, &hub, &caller, ready.take()).await {
            Ok(()) => tracing::warn!("the listening connection ended"),
            Err(e) => tracing::warn!(error = %words(&e), "the listening connection failed"),
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "a pause between attempts to connect decides nothing"
        )]
        tokio::time::sleep(PAUSE).await;
    }
}

async fn session(
    server: &Server,
    hub: &Hub,
    caller: &Caller,
    first: Option<oneshot::Sender<()>>,
) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = server.config.connect(server.tls.clone()).await?;
    let hears = (hub.clone(), Arc::clone(&caller.own));
    let mut driver = tokio::spawn(async move {
        let mut messages = futures_util::stream::poll_fn(|cx| connection.poll_message(cx));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(heard) = message {
                dispatch(&hears.0, &heard, hears.1.load(Ordering::Relaxed));
            }
        }
    });
    let stop = driver.abort_handle();
    let _stop = Stop(stop);
    client
        .batch_execute("listen till_signals; listen till_work")
        .await?;
    let row = client.query_one("select pg_backend_pid()", &[]).await?;
    caller.own.store(row.get(0), Ordering::Relaxed);
    match first {
        Some(ready) => {
            let _ = ready.send(());
        }
        None => hub.publish_doubt(),
    }
    loop {
        tokio::select! {
            _ = &mut driver => return Ok(()),
            () = caller.asked.notified() => {
                client.batch_execute("notify till_work").await?;
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

fn dispatch(hub: &Hub, heard: &tokio_postgres::Notification, own: i32) {
    if heard.channel() == "till_work" {
        if heard.process_id() != own {
            hub.wake();
        }
    } else if let Ok(payload) = serde_json::from_str::<Payload<'_>>(heard.payload()) {
        hub.publish(&payload.topic, &payload.message);
    }
}
