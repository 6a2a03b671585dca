use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header},
};
use serde_json::Value;
use till_core::{
    kernel::{
        budgets::Budget,
        changes::Changes,
        records::Organization,
        retention::RetentionPolicy,
        tokens::{self, SecretKey},
        urls::PublicUrls,
        values::Value as Cell,
    },
    organizations,
    payments::declines::Declines,
    people,
};
use till_ports::{outbound::Outbound, processor::sandbox::Sandbox};
use till_server::{
    app::{App, Policy},
    http::{intake as transport, limits::Limits},
    metrics::Metrics,
    passwords::Passwords,
    sandbox_store::DatabaseSandboxStore,
};
use till_store::{Options, Query, Store};
use till_wire::{country::Country, scope::Scope};
use tower::ServiceExt as _;

use crate::{Answer, Mailbox, TestClock, contract};

/// Knows where three networks are: 2.x is France, 1.x China, 3.x Cuba.
struct TestGeo;

impl till_ports::geo::Geo for TestGeo {
    fn country(&self, address: std::net::IpAddr) -> Option<Country> {
        let std::net::IpAddr::V4(address) = address else {
            return None;
        };
        let code = match address.octets()[0] {
            1 => "CN",
            2 => "FR",
            3 => "CU",
            _ => return None,
        };
        Country::parse_stored(code).ok()
    }
}

/// A whole Till and its first organization, as a test uses them.
pub struct Till {
    /// The state of the server.
    pub app: Arc<App>,
    /// Moves only when asked to, and by a millisecond with every request.
    pub clock: Arc<TestClock>,
    /// The mail that was sent.
    pub mailbox: Arc<Mailbox>,
    /// The merchant.
    pub organization: Organization,
    /// Its token, with every scope.
    pub token: String,
    /// True where requests carry the token.
    signed: bool,
    pub(crate) router: Router,
    database: String,
    may_leave_work: bool,
}

impl std::fmt::Debug for Till {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Till")
            .field("organization", &self.organization.slug)
            .finish_non_exhaustive()
    }
}

impl Till {
    pub(crate) async fn start(url: &str) -> Self {
        let store = Store::open(url, options()).await.unwrap();
        let clock = Arc::new(TestClock::new());
        let mailbox = Arc::new(Mailbox::default());
        let ids = till_core::kernel::context::DecisionContext::new(
            "2026-11-22T12:00:00Z".parse().unwrap(),
            [9; 32],
        );
        let sandbox = Arc::new(Sandbox::new(
            Arc::new(DatabaseSandboxStore::new(store.clone())),
            b"a key for fingerprints",
            Arc::new(move || ids.id()),
        ));
        let app = Arc::new(App {
            store,
            processor: sandbox.clone(),
            sandbox: Some(sandbox),
            outbound: Outbound::new(true).unwrap(),
            taxes: Arc::new(till_ports::tax::Embedded),
            files: till_ports::files::Files::memory(),
            sheet_of: till_server::pages::documents::sheet,
            text_of: till_server::mail::text,
            geo: Arc::new(TestGeo),
            mail: mailbox.clone(),
            clock: clock.clone(),
            urls: PublicUrls {
                public_url: "https://till.test".to_owned(),
                publishable_key: "pk_test".to_owned(),
            },
            key: SecretKey::new(*b"a secret key that is for tests only"),
            policy: Policy {
                dev: true,
                client_ip_header: Some("x-client-ip".to_owned()),
                country_header: Some("x-country".to_owned()),
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
        let router = till_server::router(app.clone());
        let (organization, token) = create_organization(&app, "Ada's Shop", "ada").await;
        Self {
            app,
            clock,
            mailbox,
            organization,
            token,
            signed: true,
            router,
            database: url.to_owned(),
            may_leave_work: false,
        }
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Another organization and its token, with every scope.
    pub async fn stranger(&self) -> (Organization, String) {
        let count = self.app.store.organizations().await.unwrap().len();
        create_organization(&self.app, "Eve's Shop", &format!("eve-{count}")).await
    }

    /// A token of the test's organization with these scopes.
    pub async fn token_of(&self, scopes: &[Scope]) -> String {
        token(&self.app, &self.organization, scopes).await
    }

    /// The same server, seen by the holder of another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            app: self.app.clone(),
            clock: self.clock.clone(),
            mailbox: self.mailbox.clone(),
            organization: self.organization.clone(),
            token: token.to_owned(),
            signed: true,
            router: self.router.clone(),
            database: self.database.clone(),
            may_leave_work: self.may_leave_work,
        }
    }

    /// Another server on the same database, reached at this address.
    pub fn at_url(&self, public_url: &str) -> Self {
        self.another(|app| public_url.clone_into(&mut app.urls.public_url))
    }

    /// Another server on the same database, with rate limits.
    pub fn limited(&self, per_minute: u32) -> Self {
        let per_minute = NonZeroU32::new(per_minute).unwrap();
        self.another(|app| app.limits = Limits::per_minute(per_minute))
    }

    /// Another server on the same database, which takes so many declined payments from one network and in one
    /// organization at once; then one more each minute, and every six seconds.
    pub fn counting_declines(&self, network: i64, organization: i64) -> Self {
        let per_minute = NonZeroU32::new(10_000).unwrap();
        let of = |count, usual| Some(Budget { count, ..usual });
        let declines = Declines {
            network: of(network, Declines::USUAL_NETWORK),
            organization: of(organization, Declines::USUAL_ORGANIZATION),
        };
        self.another(|app| app.limits = Limits::per_minute(per_minute).with_declines(declines))
    }

    /// Another server on the same database, as one in production: nothing goes to private networks.
    pub fn in_production(&self) -> Self {
        self.another(|app| {
            app.policy.dev = false;
            app.outbound = Outbound::new(false).unwrap();
        })
    }

    /// Another node: a server with a connection of its own to the same database. Close its store at the end.
    pub async fn node(&self) -> Self {
        let store = Store::open(&self.database, options()).await.unwrap();
        self.another(|app| app.store = store)
    }

    /// Another server on the same database, which keeps things for as long as this.
    pub fn keeping(&self, keep: RetentionPolicy) -> Self {
        self.another(|app| app.policy.retention = keep)
    }

    /// Another server, different as told.
    pub fn another(&self, change: impl FnOnce(&mut App)) -> Self {
        let app = &self.app;
        let mut other = App {
            store: app.store.clone(),
            processor: app.processor.clone(),
            sandbox: app.sandbox.clone(),
            outbound: Outbound::new(true).unwrap(),
            taxes: Arc::new(till_ports::tax::Embedded),
            files: app.files.clone(),
            sheet_of: till_server::pages::documents::sheet,
            text_of: till_server::mail::text,
            geo: app.geo.clone(),
            mail: app.mail.clone(),
            clock: app.clock.clone(),
            urls: app.urls.clone(),
            key: app.key.clone(),
            policy: app.policy.clone(),
            limits: Limits::off(),
            passwords: Passwords::default(),
            metrics: Metrics::default(),
            fast_path: Default::default(),
            background: Default::default(),
            workers: Default::default(),
            decisions: Default::default(),
            backoffs: Default::default(),
        };
        change(&mut other);
        let other = Arc::new(other);
        Self {
            router: till_server::router(other.clone()),
            app: other,
            ..self.with_token(&self.token)
        }
    }

    /// The same server, seen by nobody in particular.
    pub fn anonymous(&self) -> Self {
        Self {
            signed: false,
            ..self.with_token("")
        }
    }

    /// Sends GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Sends POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    /// Sends PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body.to_string())).await
    }

    /// Sends DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends a request with a body as it is.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if self.signed {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if let Some(body) = &body {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::CONTENT_LENGTH, body.len());
        }
        self.raw(request.body(Body::from(body.unwrap_or_default())).unwrap())
            .await
    }

    /// Sends GET with these headers besides the usual ones.
    pub async fn get_with(&self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        if self.signed {
            map.insert(
                header::AUTHORIZATION,
                format!("Bearer {}", self.token).parse().unwrap(),
            );
        }
        for (name, value) in headers {
            map.insert(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        *request.headers_mut() = map;
        self.raw(request).await
    }

    /// Sends any request, with nothing added; the answer is held against the document.
    pub async fn raw(&self, request: Request<Body>) -> Answer {
        self.advance(Duration::from_millis(1));
        let request = transport::canonical(request);
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        assert_ne!(answer.status.as_u16(), 500, "{method} {path}: see the log");
        contract::check(&method, &path, &answer);
        answer
    }

    /// The server's document as JSON.
    pub fn document(&self) -> &'static Value {
        contract::document()
    }

    /// Work may be left when the test ends.
    pub fn may_leave_work(&mut self) {
        self.may_leave_work = true;
    }

    /// Looks whether work that is due was left undone.
    pub(crate) async fn finish(self) {
        if self.may_leave_work {
            return;
        }
        // Each purchase has letters, and may give benefits: that is done here, where no test looks at it.
        till_server::jobs::run_grants(&self.app).await.unwrap();
        till_server::jobs::run_letters(&self.app).await.unwrap();
        let soon = self.app.context().now + jiff::SignedDuration::from_mins(1);
        for (what, sql) in [
            (
                "jobs",
                "select count(*) from jobs where buried is null and run_at <= $1",
            ),
            (
                "undelivered events",
                "select count(*) from webhook_events where next_attempt_at <= $1",
            ),
        ] {
            let left = self
                .app
                .store
                .scalar(Query::raw(sql, vec![Cell::Time(soon)]))
                .await
                .unwrap();
            assert_eq!(
                left, 0,
                "{what} are left: the test must see them through, or say may_leave_work"
            );
        }
        let buried = Query::raw("select count(*) from jobs where buried is not null", vec![]);
        assert_eq!(
            self.app.store.scalar(buried).await.unwrap(),
            0,
            "a job was given up"
        );
    }
}

fn options() -> Options {
    Options {
        connections: 4,
        ..Options::default()
    }
}

/// A new organization with an owner, and a token with every scope.
async fn create_organization(app: &App, name: &str, slug: &str) -> (Organization, String) {
    let ctx = app.context();
    let (owner, mut changes) = people::create(&format!("{slug}@example.com"), &ctx);
    let (organization, founding) = organizations::create(name, slug, &owner, &ctx);
    changes.and(founding);
    app.store.commit(changes).await.unwrap();
    let token = token(app, &organization, Scope::ALL).await;
    (organization, token)
}

async fn token(app: &App, organization: &Organization, scopes: &[Scope]) -> String {
    let ctx = app.context();
    let scopes = scopes.to_vec();
    let (mut row, token, _) = tokens::create(
        organization.id,
        "test".to_owned(),
        scopes,
        None,
        &app.key,
        &ctx,
    );
    // Its first use would be noted beside the test, sooner or later.
    row.last_used_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.insert(&row);
    app.store.commit(changes).await.unwrap();
    token
}
