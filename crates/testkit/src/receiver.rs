//! A receiver of webhooks.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, Request, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value as Json;
use tokio::sync::{Semaphore, mpsc};

/// One delivery as it came in.
#[derive(Clone, Debug)]
pub struct ReceivedDelivery {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl ReceivedDelivery {
    /// A header that must be there.
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The `n` of its data.
    pub fn number(&self) -> usize {
        let body: Json = serde_json::from_str(&self.body).unwrap();
        body["data"]["n"].as_u64().unwrap() as usize
    }
}

type Behaviour = Box<dyn Fn(&ReceivedDelivery) -> Response + Send + Sync>;

struct Shared {
    behaviour: Mutex<Behaviour>,
    deliveries: Mutex<Vec<ReceivedDelivery>>,
    arrived: mpsc::UnboundedSender<ReceivedDelivery>,
    gate: Semaphore,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A merchant's server.
#[allow(missing_debug_implementations, reason = "for tests")]
pub struct Receiver {
    /// The address on which it listens.
    pub url: String,
    shared: Arc<Shared>,
    /// Each delivery, as it comes in.
    pub arrivals: mpsc::UnboundedReceiver<ReceivedDelivery>,
}

impl Receiver {
    /// Answers 200.
    pub async fn start() -> Self {
        Self::behaving(true, |_| StatusCode::OK.into_response()).await
    }

    /// Answers with this status.
    pub async fn answering(status: u16) -> Self {
        Self::behaving(true, move |_| {
            StatusCode::from_u16(status).unwrap().into_response()
        })
        .await
    }

    /// Answers nobody until it is opened.
    pub async fn closed() -> Self {
        Self::behaving(false, |_| StatusCode::OK.into_response()).await
    }

    /// Answers as `behaviour` says, if it is open.
    pub async fn behaving(
        is_open: bool,
        behaviour: impl Fn(&ReceivedDelivery) -> Response + Send + Sync + 'static,
    ) -> Self {
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(Box::new(behaviour)),
            deliveries: Mutex::default(),
            arrived,
            gate: Semaphore::new(if is_open { 1 << 20 } else { 0 }),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            shared,
            arrivals,
        }
    }

    /// Answers otherwise from now on.
    pub fn behave(
        &self,
        behaviour: impl Fn(&ReceivedDelivery) -> Response + Send + Sync + 'static,
    ) {
        *self.shared.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    /// Answers everybody.
    pub fn open(&self) {
        self.let_through(1 << 20);
    }

    /// Answers so many more.
    pub fn let_through(&self, count: usize) {
        self.shared.gate.add_permits(count);
    }

    /// The deliveries so far.
    pub fn deliveries(&self) -> Vec<ReceivedDelivery> {
        self.shared.deliveries.lock().unwrap().clone()
    }

    /// The `n` of its data.
    pub fn numbers(&self) -> Vec<usize> {
        self.deliveries()
            .iter()
            .map(ReceivedDelivery::number)
            .collect()
    }

    /// Requests that were open at the same time, at most.
    pub fn most_at_once(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }
}

async fn receive(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let now = shared.now.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most.fetch_max(now, Ordering::SeqCst);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let deliveries = ReceivedDelivery {
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    shared.deliveries.lock().unwrap().push(deliveries.clone());
    let _ = shared.arrived.send(deliveries.clone());
    tokio::task::yield_now().await;
    shared.gate.acquire().await.unwrap().forget();
    let response = (shared.behaviour.lock().unwrap())(&deliveries);
    shared.now.fetch_sub(1, Ordering::SeqCst);
    response
}
