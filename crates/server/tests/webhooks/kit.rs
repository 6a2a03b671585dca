//! A shop on a database of its own, a clock that only the test moves, and receivers.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use till_core::{
    change::{Changes, Value},
    organizations, people,
    records::{Organization, WebhookDelivery, WebhookEndpoint, WebhookEvent},
    site::Site,
    tokens::{self, SecretKey},
};
use till_ports::{
    mail::LogMailbox,
    outbound::Outbound,
    sandbox::{MemoryLedger, Sandbox},
};
use till_server::{
    app::{App, Clock, Policy},
    limits::Limits,
    passwords::Passwords,
};
use till_store::{Options, Query, Store};
use till_wire::{events::EventType, scope::Scope};
use tokio::sync::{Semaphore, mpsc};
use tower::ServiceExt;
use uuid::Uuid;

pub struct TestClock {
    seconds: AtomicI64,
    seeds: AtomicU64,
}

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::SeqCst)).unwrap()
    }

    fn seed(&self) -> [u8; 32] {
        let count = self.seeds.fetch_add(1, Ordering::SeqCst);
        let mut seed = [0; 32];
        // The first bytes are what jitter is made of: spread over their range.
        seed[..8].copy_from_slice(&count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        seed
    }
}

pub struct Shop {
    pub app: Arc<App>,
    pub clock: Arc<TestClock>,
    pub organization: Organization,
    token: String,
    _folder: tempfile::TempDir,
}

impl Shop {
    pub async fn dev() -> Self {
        Self::open(true).await
    }

    /// Private networks are closed when it is not for development.
    pub async fn open(dev: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/till.db", folder.path().display());
        let clock = Arc::new(TestClock {
            seconds: AtomicI64::new(1_795_348_800),
            seeds: AtomicU64::new(0),
        });
        let sandbox = Arc::new(Sandbox::new(
            Arc::new(MemoryLedger::default()),
            b"key",
            Arc::new(Uuid::nil),
        ));
        let app = Arc::new(App {
            store: Store::open(&url, Options::default()).await.unwrap(),
            processor: sandbox.clone(),
            sandbox: Some(sandbox),
            outbound: Outbound::new(dev).unwrap(),
            taxes: Arc::new(till_ports::tax::Embedded),
            files: till_ports::files::Files::memory(),
            geo: Arc::new(till_ports::geo::Nowhere),
            mail: Arc::new(LogMailbox { words: false }),
            clock: clock.clone(),
            site: Site {
                public_url: "http://till.test".into(),
                publishable_key: "pk".into(),
            },
            key: SecretKey::new("key"),
            policy: Policy {
                dev,
                client_ip_header: None,
                country_header: None,
            },
            limits: Limits::off(),
            passwords: Passwords::default(),
        });
        let at = app.at();
        let (owner, mut changes) = people::create("owner@example.com", &at);
        let (organization, new) = organizations::create("Acme", "acme", &owner, &at);
        changes.and(new);
        let scopes = vec![Scope::WebhooksRead, Scope::WebhooksWrite];
        let (_, token, new) =
            tokens::create(organization.id, "t".into(), scopes, None, &app.key, &at);
        changes.and(new);
        app.store.commit(changes).await.unwrap();
        Self {
            app,
            clock,
            organization,
            token,
            _folder: folder,
        }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Json>) -> (StatusCode, Json) {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
            .unwrap();
        let response = till_server::router(self.app.clone())
            .oneshot(request)
            .await
            .unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Json::Null))
    }

    pub async fn get(&self, path: &str) -> Json {
        let (status, body) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// An endpoint for `product.created` and `checkout.updated`.
    pub async fn endpoint(&self, url: &str) -> Json {
        let body =
            json!({"url": url, "format": "raw", "events": ["product.created", "checkout.updated"]});
        let (status, endpoint) = self
            .call("POST", "/v1/webhooks/endpoints", Some(body))
            .await;
        assert_eq!(status, 201, "{endpoint}");
        endpoint
    }

    /// Records an event for every endpoint, and gives their ids.
    pub async fn tell(&self, kind: EventType, data: Json) -> Uuid {
        let audience = self.app.store.audience(self.organization.id).await.unwrap();
        let at = self.app.at();
        let subject = at.id();
        let mut changes = Changes::new();
        changes.emit(&audience, &at, kind, subject, &data);
        self.app.store.commit(changes).await.unwrap();
        subject
    }

    /// Records `product.created` with this number.
    pub async fn number(&self, n: usize) -> Uuid {
        self.tell(EventType::ProductCreated, json!({"n": n})).await
    }

    pub async fn event_about(&self, subject: Uuid) -> WebhookEvent {
        let query =
            Query::select::<WebhookEvent>("where subject_id = $1", vec![Value::Uuid(subject)]);
        self.app.store.one(query).await.unwrap().unwrap()
    }

    pub async fn all_deliveries(&self) -> Vec<WebhookDelivery> {
        self.app
            .store
            .all(Query::select::<WebhookDelivery>(
                "order by created_at",
                vec![],
            ))
            .await
            .unwrap()
    }

    pub async fn row(&self, endpoint: &Json) -> WebhookEndpoint {
        self.app
            .store
            .any_endpoint(id(endpoint))
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn run_due(&self) -> usize {
        till_server::work::webhooks::run_due(&self.app)
            .await
            .unwrap()
    }

    /// Attempts until nothing more is ever due; gives when each was made, in seconds from now.
    pub async fn exhaust(&self) -> Vec<i64> {
        let start = self.clock.now();
        let mut times = Vec::new();
        loop {
            let made = self.run_due().await;
            let now = self.clock.now().duration_since(start).as_secs();
            times.extend(std::iter::repeat_n(now, made));
            let next = "select * from (select next_attempt_at from webhook_events \
                        where next_attempt_at is not null order by next_attempt_at limit 1) due";
            let next: Option<till_store::Col<Timestamp>> =
                self.app.store.one(Query::raw(next, vec![])).await.unwrap();
            let Some(next) = next else {
                return times;
            };
            let wait = next.0.duration_since(self.clock.now());
            self.clock
                .advance((wait + SignedDuration::from_millis(999)).as_secs().max(0));
        }
    }
}

pub fn id(resource: &Json) -> Uuid {
    resource["id"].as_str().unwrap().parse().unwrap()
}

/// One delivery as it came in.
#[derive(Clone, Debug)]
pub struct Got {
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

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
pub struct Receiver {
    pub url: String,
    inside: Arc<Inside>,
    pub arrivals: mpsc::UnboundedReceiver<Got>,
}

impl Receiver {
    /// Answers 200.
    pub async fn start() -> Self {
        Self::behaving(true, |_| StatusCode::OK.into_response()).await
    }

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

    pub fn behave(&self, behaviour: impl Fn(&Got) -> Response + Send + Sync + 'static) {
        *self.inside.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    pub fn open(&self) {
        self.inside.gate.add_permits(1 << 20);
    }

    pub fn got(&self) -> Vec<Got> {
        self.inside.got.lock().unwrap().clone()
    }

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
