//! A shop on a database of its own, a clock that only the test moves, and receivers.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use till_core::{
    kernel::{
        changes::Changes,
        records::{Organization, WebhookDelivery, WebhookEndpoint, WebhookEvent},
        tokens::{self, SecretKey},
        urls::PublicUrls,
        values::Value,
    },
    organizations, people,
};
use till_ports::{
    mail::LogMailbox,
    outbound::Outbound,
    processor::sandbox::{MemorySandboxStore, Sandbox},
};
use till_server::{
    app::{App, Clock, Policy},
    http::limits::Limits,
    metrics::Metrics,
    passwords::Passwords,
};
use till_store::{Options, Query, Store};
pub use till_testkit::{ReceivedDelivery, Receiver};
use till_wire::{events::EventType, scope::Scope};
use tokio::sync::Notify;
use tower::ServiceExt;
use uuid::Uuid;

pub struct TestClock {
    seconds: AtomicI64,
    seeds: AtomicU64,
    moved: Notify,
}

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
        self.moved.notify_waiters();
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

    fn wait(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let moved = self.moved.notified();
                if self.now() >= at {
                    return;
                }
                moved.await;
            }
        })
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
            moved: Notify::new(),
        });
        let sandbox = Arc::new(Sandbox::new(
            Arc::new(MemorySandboxStore::default()),
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
            sheet_of: till_server::pages::documents::sheet,
            text_of: till_server::mail::text,
            geo: Arc::new(till_ports::geo::NoGeo),
            mail: Arc::new(LogMailbox { words: false }),
            clock: clock.clone(),
            urls: PublicUrls {
                public_url: "http://till.test".into(),
                publishable_key: "pk".into(),
            },
            key: SecretKey::new("key"),
            policy: Policy {
                dev,
                ..Policy::default()
            },
            limits: Limits::off(),
            passwords: Passwords::default(),
            metrics: Metrics::default(),
            fast_path: Default::default(),
            background: Default::default(),
            workers: Default::default(),
            decisions: Default::default(),
            backoffs: Default::default(),
        });
        let ctx = app.context();
        let (owner, mut changes) = people::create("owner@example.com", &ctx);
        let (organization, new) = organizations::create("Acme", "acme", &owner, &ctx);
        changes.and(new);
        let scopes = vec![Scope::WebhooksRead, Scope::WebhooksWrite];
        let (_, token, new) =
            tokens::create(organization.id, "t".into(), scopes, None, &app.key, &ctx);
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
            .header(header::CONTENT_TYPE, "application/json")
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
        let subscribers = self
            .app
            .store
            .subscribers(self.organization.id)
            .await
            .unwrap();
        let ctx = self.app.context();
        let subject = ctx.id();
        let mut changes = Changes::new();
        changes.emit(&subscribers, &ctx, kind, subject, || data);
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
        till_server::jobs::webhooks::run_due(&self.app)
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
