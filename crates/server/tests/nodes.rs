//! Several nodes on one PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use serde_json::json;
use till_core::{
    kernel::{
        changes::Changes,
        jobs::Job,
        records::{WebhookDelivery, WebhookEvent},
        values::Value as Cell,
    },
    people::sign_in::Letter,
};
use till_ports::{
    mail::{Mail, MailError, Message},
    processor::BoxFuture,
};
use till_server::jobs;
use till_store::{Col, Query};
use till_testkit::{Engine, Receiver, Till};
use till_wire::events::EventType;
use tokio::{sync::watch, task::JoinHandle};

/// Work that a node holds when it dies goes to another within five seconds: this long it is its own, and looks are a
/// second apart.
const LEASE: Duration = Duration::from_secs(3);

macro_rules! nodes {
    ($(async fn $name:ident($t:ident: &mut Till) $body:block)+) => {
        $(async fn $name($t: &mut Till) $body)+
        mod postgres {
            $(#[test]
            fn $name() {
                till_testkit::run(super::Engine::Postgres, |t| Box::pin(super::$name(t)));
            })+
        }
    };
}

/// For what takes milliseconds: a test that waits in vain fails, and says for what.
const PATIENCE: Duration = Duration::from_secs(60);

/// Goes on when it is so: what is waited for is on its way, and no clock is needed for it.
macro_rules! until {
    ($is_so:expr) => {
        let waiting = async {
            while !$is_so {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.expect(concat!("never so: ", stringify!($is_so)));
    };
}

async fn ask_for_mail(t: &Till, count: usize) {
    let ctx = t.app.context();
    let mut changes = Changes::new();
    for n in 0..count {
        let email = format!("ada-{n}@example.com");
        let (_, new) = till_core::people::create(&email, &ctx);
        changes
            .and(new)
            .and(Letter::SignIn { email, next: None }.send(&ctx));
    }
    t.app.store.commit(changes).await.unwrap();
}

async fn jobs(t: &Till) -> Vec<Job> {
    let query = Query::select::<Job>("order by key", vec![]);
    t.app.store.all(query).await.unwrap()
}

/// Is handed mail and never takes it.
#[derive(Default)]
struct StalledMail {
    begun: AtomicUsize,
}

impl Mail for StalledMail {
    fn send(&self, _: Message) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async {
            self.begun.fetch_add(1, Ordering::SeqCst);
            std::future::pending().await
        })
    }
}

/// Delivers webhooks as a node does, until it dies.
fn deliver(t: &Till) -> (JoinHandle<()>, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(jobs::webhooks::serve(t.app.clone(), stopped));
    (serving, stop)
}

/// An endpoint at the receiver, for `product.created`.
async fn endpoint(t: &Till, receiver: &Receiver) {
    let body = json!({"url": receiver.url, "format": "raw", "events": ["product.created"]});
    t.post("/v1/webhooks/endpoints", body).await.created();
}

/// Tells of `product.created` with these numbers, in as many commits, by turns through the nodes.
async fn tell(nodes: &[&Till], numbers: std::ops::Range<usize>) {
    for n in numbers {
        let t = nodes[n % nodes.len()];
        t.advance(Duration::from_millis(1));
        let ctx = t.app.context();
        let subscribers = t.app.store.subscribers(t.organization.id).await.unwrap();
        let mut changes = Changes::new();
        changes.emit(
            &subscribers,
            &ctx,
            EventType::ProductCreated,
            ctx.id(),
            || json!({"n": n}),
        );
        t.app.store.commit(changes).await.unwrap();
    }
}

async fn events(t: &Till) -> Vec<WebhookEvent> {
    let query = Query::select::<WebhookEvent>("order by sequence", vec![]);
    t.app.store.all(query).await.unwrap()
}

async fn deliveries(t: &Till) -> Vec<WebhookDelivery> {
    let query = Query::select::<WebhookDelivery>("order by created_at", vec![]);
    t.app.store.all(query).await.unwrap()
}

/// The numbers as they came, each where it came first.
fn first_times(receiver: &Receiver) -> Vec<usize> {
    let mut seen = HashSet::new();
    let numbers = receiver.numbers().into_iter();
    numbers.filter(|n| seen.insert(*n)).collect()
}

nodes! {
    async fn a_job_is_done_by_one_of_many_nodes(t: &mut Till) {
        let (second, third) = (t.node().await, t.node().await);
        ask_for_mail(t, 60).await;
        let (a, b, c) = tokio::join!(jobs::run_due(&t.app), jobs::run_due(&second.app), jobs::run_due(&third.app));
        for ended in [a, b, c] {
            ended.unwrap();
        }
        let to: Vec<_> = t.mailbox.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!((to.len(), to.iter().collect::<HashSet<_>>().len()), (60, 60));
        assert!(jobs(t).await.is_empty());
        close(&[&second, &third]).await;
    }

    async fn a_job_is_its_nodes_own_while_it_lives_and_anothers_soon_after(t: &mut Till) {
        let second = t.node().await;
        let held = Arc::new(StalledMail::default());
        let first = t.another(|app| app.mail = held.clone());
        ask_for_mail(t, 1).await;
        let app = first.app.clone();
        let working = tokio::spawn(async move { jobs::run_due(&app).await });
        until!(held.begun.load(Ordering::SeqCst) == 1);
        for _ in 0..10 {
            let lease = jobs(t).await[0].lease_until;
            t.advance(Duration::from_secs(1));
            until!(jobs(t).await[0].lease_until > lease);
            assert_eq!(jobs::run_due(&second.app).await.unwrap(), 0);
        }
        working.abort();
        let _ = working.await;
        t.advance(LEASE - Duration::from_millis(1));
        assert_eq!(jobs::run_due(&second.app).await.unwrap(), 0, "not too early either");
        t.advance(Duration::from_millis(1));
        assert_eq!(jobs::run_due(&second.app).await.unwrap(), 1);
        assert_eq!(t.mailbox.take().len(), 1);
        assert!(jobs(t).await.is_empty());
        close(&[&second]).await;
    }

    async fn a_node_whose_lease_went_to_another_ends_nothing(t: &mut Till) {
        let second = t.node().await;
        let held = Arc::new(StalledMail::default());
        let first = t.another(|app| app.mail = held.clone());
        ask_for_mail(t, 1).await;
        let app = first.app.clone();
        let mut working = tokio::spawn(async move { jobs::run_due(&app).await });
        until!(held.begun.load(Ordering::SeqCst) == 1);
        // As if the first node had been stopped for long: all its heartbeats are due, none was made.
        let mut changes = Changes::new();
        changes.any("update jobs set lease_until = $1", vec![Cell::Time(t.app.context().now)]);
        t.app.store.commit(changes).await.unwrap();
        let there = Arc::new(StalledMail::default());
        let other = second.another(|app| app.mail = there.clone());
        let app = other.app.clone();
        let elsewhere = tokio::spawn(async move { jobs::run_due(&app).await });
        until!(there.begun.load(Ordering::SeqCst) == 1);
        let job = jobs(t).await.remove(0);
        t.advance(Duration::from_secs(1));
        (&mut working).await.unwrap().unwrap();
        let now = jobs(t).await.remove(0);
        assert_eq!((now.claim, now.attempts), (job.claim, 2), "the other's, untouched");
        // Its own heartbeat has been written: the row is nobody's when it dies.
        until!(jobs(t).await[0].lease_until > job.lease_until);
        elsewhere.abort();
        let _ = elsewhere.await;
        t.advance(LEASE);
        t.drain().await;
        assert_eq!(t.mailbox.take().len(), 1);
        close(&[&second]).await;
    }

    async fn a_job_of_a_kind_that_only_a_newer_node_knows_is_left_for_it(t: &mut Till) {
        let ctx = t.app.context();
        let mut changes = Changes::new();
        changes.job(&ctx, "kind_of_the_future", "future", ctx.now, &json!({"n": 1}));
        t.app.store.commit(changes).await.unwrap();
        ask_for_mail(t, 1).await;
        assert_eq!(jobs::run_due(&t.app).await.unwrap(), 1);
        let left = jobs(t).await.remove(0);
        assert_eq!((left.key.as_str(), left.attempts, left.buried, left.lease_until), ("future", 0, None, None));
        t.may_leave_work();
        t.mailbox.take();
    }

    async fn an_endpoint_goes_to_another_node_when_its_own_dies_and_the_order_holds(t: &mut Till) {
        let second = t.node().await;
        let receiver = Receiver::behaving(false, |_| StatusCode::OK.into_response()).await;
        endpoint(t, &receiver).await;
        tell(&[t, &second], 0..40).await;
        receiver.let_through(10);
        let (dying, _stop) = deliver(t);
        until!(receiver.deliveries().len() == 11);
        let (other, stop) = deliver(&second);
        tell(&[t, &second], 40..60).await;
        for _ in 0..5 {
            let lease = until_of(t).await;
            t.advance(Duration::from_secs(1));
            until!(until_of(t).await > lease);
        }
        assert_eq!(receiver.deliveries().len(), 11, "while it lives, it is alone");
        dying.abort();
        let _ = dying.await;
        t.advance(LEASE);
        receiver.open();
        until!(events(t).await.iter().all(|event| event.succeeded == Some(true)));
        assert_eq!(first_times(&receiver), (0..60).collect::<Vec<_>>());
        assert_eq!(deliveries(t).await.len(), 60, "each is recorded once");
        assert!(receiver.deliveries().len() <= 60 + 64, "few come twice");
        stop.send(true).unwrap();
        other.await.unwrap();
        close(&[&second]).await;
    }

    async fn a_node_that_lost_an_endpoint_records_nothing_more(t: &mut Till) {
        let second = t.node().await;
        let receiver = Receiver::behaving(false, |_| StatusCode::OK.into_response()).await;
        endpoint(t, &receiver).await;
        tell(&[t], 0..3).await;
        let run = |t: &Till| {
            let app = t.app.clone();
            tokio::spawn(async move { jobs::webhooks::run_due(&app).await.unwrap() })
        };
        let late = run(t);
        until!(receiver.deliveries().len() == 1);
        t.advance(LEASE); // and no heartbeat
        let holder = run(&second);
        until!(receiver.deliveries().len() == 2);
        receiver.let_through(2);
        assert_eq!(late.await.unwrap(), 1, "it stops where it is");
        receiver.open();
        assert_eq!(holder.await.unwrap(), 3);
        let recorded: Vec<_> = events(t).await.iter().map(|event| (event.attempts, event.succeeded)).collect();
        assert_eq!(recorded, [(1, Some(true)); 3]);
        assert_eq!(deliveries(t).await.len(), 3);
        assert_eq!(receiver.numbers(), [0, 0, 1, 2]);
        close(&[&second]).await;
    }

    async fn budgets_for_signing_in_hold_on_all_nodes_together(t: &mut Till) {
        let second = t.node().await;
        let mut taken = 0;
        for n in 0..24 {
            let t = if n % 2 == 0 { &*t } else { &second };
            let form = [("email", "ada@example.com"), ("password", "wrong")];
            taken += usize::from(t.browser().post("/sign-in", &form).await.status == 422);
        }
        assert_eq!(taken, 10);
        t.advance(Duration::from_secs(90));
        let form = [("email", "ada@example.com"), ("password", "wrong")];
        assert_eq!(second.browser().post("/sign-in", &form).await.status, 422, "one comes back");
        assert_eq!(t.browser().post("/sign-in", &form).await.status, 429);
        close(&[&second]).await;
    }

    async fn budgets_for_confirming_hold_on_all_nodes_together(t: &mut Till) {
        let second = t.node().await;
        let nodes = [t.limited(1000), second.limited(1000)];
        let checkout = t.checkout_for(&t.product().await).await;
        let mut taken = 0;
        for n in 0..12 {
            let answer = nodes[n % 2].confirm(&checkout, json!({})).await;
            taken += usize::from(answer.status == 422);
            if answer.status == 429 {
                assert!((1..=10).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
            }
        }
        assert_eq!(taken, 6);
        t.advance(Duration::from_secs(10));
        assert_eq!(nodes[1].confirm(&checkout, json!({})).await.status, 422);
        assert_eq!(nodes[0].confirm(&checkout, json!({})).await.status, 429);
        close(&[&second]).await;
    }

    async fn the_apis_limit_is_divided_by_the_nodes_that_are_there(t: &mut Till) {
        let second = t.node().await;
        let nodes = [t.limited(40), second.limited(40)];
        let holders = [t.app.context().id(), t.app.context().id()];
        let taken = async || {
            let mut taken = 0;
            for n in 0..100 {
                taken += usize::from(nodes[n % 2].get("/v1/products/").await.status == 200);
            }
            taken
        };
        for n in [0, 1, 0] {
            jobs::chores(&nodes[n].app, holders[n]).await.unwrap();
        }
        // Governor counts with the machine's clock: one comes back every 1.5 s.
        assert!((40..=50).contains(&taken().await));
        close(&[&second]).await;
    }

    async fn the_chores_of_a_node_that_died_are_anothers_within_five_seconds(t: &mut Till) {
        let second = t.node().await;
        let (first, other) = (t.app.context().id(), t.app.context().id());
        assert!(jobs::chores(&t.app, first).await.unwrap());
        assert!(!jobs::chores(&second.app, other).await.unwrap());
        let checkout = t.checkout_for(&t.product().await).await;
        t.advance(Duration::from_secs(25 * 3600));
        assert!(jobs::chores(&t.app, first).await.unwrap());
        assert_eq!(t.reload(&checkout).await["status"], "expired");
        t.advance(LEASE - Duration::from_millis(500));
        assert!(!jobs::chores(&second.app, other).await.unwrap());
        t.advance(Duration::from_secs(2));
        assert!(jobs::chores(&second.app, other).await.unwrap());
        assert!(!jobs::chores(&t.app, first).await.unwrap());
        second.app.store.release_all(other).await.unwrap();
        assert!(jobs::chores(&t.app, first).await.unwrap(), "who leaves keeps nobody waiting");
        close(&[&second]).await;
    }

    async fn a_page_hears_what_happens_on_another_node(t: &mut Till) {
        let second = t.node().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let mut events = second.events(&checkout).await;
        t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        assert_eq!(events.next(2).await, ["checkout.updated open", "checkout.webhook_event_delivered open"]);
        close(&[&second]).await;
    }

    async fn a_page_learns_of_what_no_message_told_it(t: &mut Till) {
        let second = t.node().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let mut events = second.events(&checkout).await;
        // The node died between its commit and its words.
        let row = t.session(&checkout).await.checkout;
        let mut new = row.clone();
        new.buyer.customer_name = Some("Ada".to_owned());
        let mut changes = Changes::new();
        changes.revise(&row, &mut new, &t.app.context());
        t.app.store.commit(changes).await.unwrap();
        t.advance(Duration::from_secs(5));
        assert_eq!(events.next(1).await, ["checkout.updated open"]);
        close(&[&second]).await;
    }

    async fn a_page_is_asked_to_look_for_itself_when_its_node_did_not_listen_for_a_while(t: &mut Till) {
        let second = t.node().await;
        let checkout = t.checkout_for(&t.product().await).await;
        let mut events = second.events(&checkout).await;
        let listener = "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity \
                        where datname = current_database() and pid <> pg_backend_pid() \
                        and query like '%pg_notify%' order by backend_start desc limit 1) newest";
        assert!(t.app.store.scalar(Query::raw(listener, vec![])).await.unwrap() == 1);
        assert_eq!(events.raw(1).await, [r#"{"type":"reconnect"}"#]);
        // It listens again.
        let mut events = second.events(&checkout).await;
        t.client_change(&checkout, json!({"customer_name": "Ada"})).await.ok();
        let told = events.next(1).await;
        assert!(told == ["checkout.updated open"], "{told:?}");
        close(&[&second]).await;
    }
}

/// Until when the first lease is held.
async fn until_of(t: &Till) -> Option<Timestamp> {
    let sql = "select until from leases where name like 'webhook:%'";
    let until: Option<Col<Timestamp>> = t.app.store.one(Query::raw(sql, vec![])).await.unwrap();
    until.map(|col| col.0)
}

async fn close(nodes: &[&Till]) {
    for node in nodes {
        node.app.store.close().await;
    }
}
