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
pub struct Got {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Got {
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

type Behaviour = Box<dyn Fn(&Got) -> Response + Send + Sync>;

struct Inside {
    behaviour: Mutex<Behaviour>,
    got: Mutex<Vec<Got>>,
    told: mpsc::UnboundedSender<Got>,
    gate: Semaphore,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A merchant's server.
#[allow(missing_debug_implementations, reason = "for tests")]
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    inside: Arc<Inside>,
    /// Each delivery, as it comes in.
    pub arrivals: mpsc::UnboundedReceiver<Got>,
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
        behaviour: impl Fn(&Got) -> Response + Send + Sync + 'static,
    ) -> Self {
        let (told, arrivals) = mpsc::unbounded_channel();
        let inside = Arc::new(Inside {
            behaviour: Mutex::new(Box::new(behaviour)),
            got: Mutex::default(),
            told,
            gate: Semaphore::new(if is_open { 1 << 20 } else { 0 }),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(inside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            inside,
            arrivals,
        }
    }

    /// Answers otherwise from now on.
    pub fn behave(&self, behaviour: impl Fn(&Got) -> Response + Send + Sync + 'static) {
        *self.inside.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    /// Answers everybody.
    pub fn open(&self) {
        self.let_through(1 << 20);
    }

    /// Answers so many more.
    pub fn let_through(&self, count: usize) {
        self.inside.gate.add_permits(count);
    }

    /// What came so far.
    pub fn got(&self) -> Vec<Got> {
        self.inside.got.lock().unwrap().clone()
    }

    /// The `n` of its data.
    pub fn numbers(&self) -> Vec<usize> {
        self.got().iter().map(Got::number).collect()
    }

    /// Requests that were open at the same time, at most.
    pub fn most_at_once(&self) -> usize {
        self.inside.most.load(Ordering::SeqCst)
    }
}

async fn receive(State(inside): State<Arc<Inside>>, request: Request<Body>) -> Response {
    let now = inside.now.fetch_add(1, Ordering::SeqCst) + 1;
    inside.most.fetch_max(now, Ordering::SeqCst);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let got = Got {
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    inside.got.lock().unwrap().push(got.clone());
    let _ = inside.told.send(got.clone());
    tokio::task::yield_now().await;
    inside.gate.acquire().await.unwrap().forget();
    let response = (inside.behaviour.lock().unwrap())(&got);
    inside.now.fetch_sub(1, Ordering::SeqCst);
    response
}
