//! The receiver of webhooks: takes what comes, in the order in which it comes.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use tokio::{net::TcpListener, time::sleep};
use uuid::Uuid;

use crate::{
    Failure,
    change::{self, Told},
    record::Delivery,
};

/// Behaviour of the endpoints: the first is quick, the second slow while buyers buy, the third fails now and then.
pub const ENDPOINTS: usize = 3;
const SLOW: Duration = Duration::from_millis(8);
/// Of so many deliveries to the third endpoint the first fails.
const FAILS_EVERY: usize = 40;

#[derive(Debug, Clone, Default)]
pub struct Receiver {
    all: Arc<Mutex<Vec<Delivery>>>,
    subscriptions: Arc<Mutex<HashMap<Uuid, Told>>>,
    hurried: Arc<AtomicBool>,
}

impl Receiver {
    /// Listens on a free port; the address without a path.
    pub async fn start(&self) -> Result<String, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new()
            .route("/hook/{endpoint}", post(take))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(url)
    }

    /// From now on the slow one is quick too: what it was sent in an hour it would otherwise take an hour more to hear.
    pub fn hurry(&self) {
        self.hurried.store(true, Ordering::Relaxed);
    }

    /// States of subscriptions that the first endpoint was told, by the webhook's id.
    pub fn subscriptions(&self) -> HashMap<Uuid, Told> {
        self.subscriptions.lock().expect("no holder panics").clone()
    }

    /// Everything that came, in order of arrival.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.all.lock().expect("no holder panics").clone()
    }
}

async fn take(
    State(receiver): State<Receiver>,
    Path(endpoint): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
    let Some(id) = id.and_then(|id| id.parse::<Uuid>().ok()) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let event: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let kind = event["type"].as_str().unwrap_or_default().to_owned();
    let data = &event["data"];
    let chain = if kind.starts_with("checkout.") {
        &data["id"]
    } else {
        &data["checkout_id"]
    };
    let chain = chain.as_str().and_then(|id| id.parse().ok());
    if endpoint == 0
        && kind.starts_with("subscription.")
        && let Some(told) = told(&kind, data)
    {
        let mut known = receiver.subscriptions.lock().expect("no holder panics");
        known.insert(id, told);
    }
    let count = {
        let mut all = receiver.all.lock().expect("no holder panics");
        all.push(Delivery {
            endpoint,
            webhook_id: id,
            body: hasher.finish(),
            kind,
            chain,
        });
        all.len()
    };
    match endpoint {
        1 if !receiver.hurried.load(Ordering::Relaxed) => sleep(SLOW).await,
        2 if count.is_multiple_of(FAILS_EVERY) => return StatusCode::SERVICE_UNAVAILABLE,
        _ => {}
    }
    StatusCode::NO_CONTENT
}

fn told(kind: &str, data: &Value) -> Option<Told> {
    Some(Told {
        subscription: data["id"].as_str()?.parse().ok()?,
        kind: kind.to_owned(),
        state: change::State::read(data)?,
    })
}
