//! Failures of jobs and workers: it is the failure of that work alone, noticed, and tried again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use till_core::{
    kernel::{
        changes::Changes,
        jobs::{Job, MOST_FAILURES},
        values::Value as Cell,
    },
    people::{self, sign_in::Letter},
};
use till_ports::{
    mail::{Mail, MailError, Message},
    processor::{Answer, Attempt, Outcome, Prepared, Processor},
};
use till_server::{app::Clock, jobs};
use till_store::{Col, Query, Store};
use till_testkit::{Alter, Altered, TestClock, Till, both, buyer};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// Takes mail for everybody but one, at whom it panics.
struct PanickingMail;

impl Mail for PanickingMail {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async move {
            assert_ne!(message.to, "bad@example.com", "of all people");
            Ok(())
        })
    }
}

/// Takes its time with every letter until it is told to go on.
struct BlockedMail {
    begun: AtomicUsize,
    go_on: watch::Receiver<bool>,
}

impl Mail for BlockedMail {
    fn send(&self, _: Message) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async move {
            self.begun.fetch_add(1, Ordering::SeqCst);
            let mut go_on = self.go_on.clone();
            let _ = go_on.wait_for(|go_on| *go_on).await;
            Ok(())
        })
    }
}

async fn ask_for_mail(t: &Till, emails: &[&str]) {
    let ctx = t.app.context();
    let mut changes = Changes::new();
    for email in emails {
        let letter = Letter::SignIn {
            email: (*email).to_owned(),
            next: None,
        };
        changes
            .and(people::create(email, &ctx).1)
            .and(letter.send(&ctx));
    }
    t.app.store.commit(changes).await.unwrap();
}

async fn jobs(t: &Till) -> Vec<Job> {
    let query = Query::select::<Job>("order by key", vec![]);
    t.app.store.all(query).await.unwrap()
}

async fn write(t: &Till, sql: &'static str, binds: Vec<Cell>) {
    let mut changes = Changes::new();
    changes.any(sql, binds);
    t.app.store.commit(changes).await.unwrap();
}

/// The number that a line of the metrics ends with; 0 where there is none.
async fn counted(t: &Till, line: &str) -> u64 {
    let text = t
        .app
        .metrics
        .text(&t.app.store, t.clock.now())
        .await
        .unwrap();
    let found = text.lines().find_map(|one| one.strip_prefix(line));
    found.map_or(0, |count| count.trim().parse().unwrap())
}

/// A clock that panics when it is asked, as often as it is told to.
struct PanickingClock {
    clock: Arc<TestClock>,
    panics: AtomicUsize,
}

impl Clock for PanickingClock {
    fn now(&self) -> Timestamp {
        let left = |n: usize| n.checked_sub(1);
        let sprung = self
            .panics
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left);
        assert!(sprung.is_err(), "the clock is broken");
        self.clock.now()
    }
    fn seed(&self) -> [u8; 32] {
        self.clock.seed()
    }
    fn wait(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        self.clock.wait(at)
    }
}

/// Prepares, and then the database is gone.
struct LostDatabase {
    processor: Arc<dyn Processor>,
    branch: Store,
}

impl Alter for LostDatabase {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.processor
    }
    fn prepare<'a>(&'a self, attempt: &'a Attempt, now: Timestamp) -> Answer<'a, Prepared> {
        Box::pin(async move {
            let prepared = self.processor.prepare(attempt, now).await;
            self.branch.close().await;
            prepared
        })
    }
    fn confirm<'a>(&'a self, _: &'a Attempt, _: &'a str, _: Timestamp) -> Answer<'a, Outcome> {
        unreachable!("money must not move where it is not written down")
    }
}

both! {
    async fn a_job_that_panics_hurts_no_other_is_tried_less_and_less_and_given_up_in_the_end(t: &mut Till) {
        t.may_leave_work();
        let t = t.another(|app| app.mail = Arc::new(PanickingMail));
        ask_for_mail(&t, &["bad@example.com", "good@example.com"]).await;
        t.drain().await;
        let left = jobs(&t).await;
        assert_eq!(left.len(), 1, "the other letter is sent");
        assert_eq!((left[0].failures, left[0].lease_until), (1, None), "its end is written down");
        assert!(left[0].last_error.as_deref().unwrap().contains("of all people"), "{left:?}");
        assert!(left[0].run_at > t.clock.now(), "not at once");
        for failures in 2..=MOST_FAILURES {
            t.advance(Duration::from_secs(3600));
            t.drain().await;
            assert_eq!(jobs(&t).await[0].failures, failures);
        }
        let buried = jobs(&t).await.remove(0);
        assert!(buried.buried.as_deref().unwrap().contains("of all people"), "{buried:?}");
        t.advance(Duration::from_secs(3600));
        t.drain().await;
        assert_eq!(jobs(&t).await, std::slice::from_ref(&buried), "nobody takes it any more");
        assert_eq!(counted(&t, r#"till_panics_total{place="job"}"#).await, 20);
        assert_eq!(counted(&t, r#"till_job_failures_total{kind="sign_in_mail"}"#).await, 20);
        assert_eq!(counted(&t, r#"till_jobs_buried_total{kind="sign_in_mail"}"#).await, 1);
        assert_eq!(counted(&t, r#"till_queue_depth{queue="jobs",state="buried"}"#).await, 1);
        // Somebody mends it and has it done again.
        let mended = t.another(|_| ());
        assert!(mended.app.store.revive_job(buried.id, mended.clock.now()).await.unwrap());
        assert!(!mended.app.store.revive_job(buried.id, mended.clock.now()).await.unwrap());
        mended.drain().await;
        assert_eq!(mended.app.store.buried_jobs(9).await.unwrap(), []);
    }

    async fn going_on_later_is_no_failure(t: &mut Till) {
        t.may_leave_work();
        let ctx = t.app.context();
        let mut changes = Changes::new();
        changes.job(&ctx, "sign_in_mail", "a", ctx.now, &json!({}));
        t.app.store.commit(changes).await.unwrap();
        let claim = async || t.app.store.claim_jobs(&["sign_in_mail"], t.clock.now(), t.clock.now(), 1, ctx.id()).await.unwrap().remove(0);
        let job = claim().await;
        t.app.store.finish_job(&job, job.failed("no disk", t.clock.now())).await.unwrap();
        t.advance(Duration::from_secs(1));
        let job = claim().await;
        assert_eq!((job.failures, job.last_error.as_deref()), (1, Some("no disk")));
        let later = till_core::kernel::jobs::End::Retry { at: t.clock.now() };
        t.app.store.finish_job(&job, later).await.unwrap();
        let job = claim().await;
        assert_eq!((job.failures, job.last_error.as_deref(), job.attempts), (0, None, 3));
    }

    async fn a_session_that_cannot_be_read_stops_no_others_expiry(t: &mut Till) {
        let product = t.product().await;
        let mut sessions = Vec::new();
        for _ in 0..3 {
            sessions.push(t.checkout_for(&product).await);
        }
        let bad = till_testkit::id_in(&sessions[1], "id");
        write(t, "update checkouts set currency = 'zzz' where id = $1", vec![bad.into()]).await;
        t.advance(Duration::from_secs(24 * 3600 + 1));
        t.drain().await;
        assert_eq!(t.reload(&sessions[0]).await["status"], "expired");
        assert_eq!(t.reload(&sessions[2]).await["status"], "expired");
        assert_eq!(counted(t, r#"till_step_failures_total{step="session"}"#).await, 1);
        t.drain().await;
        assert_eq!(counted(t, r#"till_step_failures_total{step="session"}"#).await, 1, "left alone for a while");
        t.advance(Duration::from_secs(2));
        t.drain().await;
        assert_eq!(counted(t, r#"till_step_failures_total{step="session"}"#).await, 2);
        write(t, "update checkouts set currency = 'usd' where id = $1", vec![bad.into()]).await;
        t.advance(Duration::from_secs(4));
        t.drain().await;
        assert_eq!(t.reload(&sessions[1]).await["status"], "expired", "once it can be read");
    }

    async fn more_sessions_that_cannot_be_read_than_are_looked_at_at_once_stop_nobody(t: &mut Till) {
        let product = t.product().await;
        let first = t.checkout_for(&product).await;
        let row = t.session(&first).await.checkout;
        let ctx = t.app.context();
        let mut changes = Changes::new();
        for _ in 0..120 {
            let mut one = row.clone();
            one.id = ctx.id();
            one.client_secret = ctx.token("polar_c_");
            one.expires_at = row.expires_at - jiff::SignedDuration::from_secs(60);
            changes.insert(&one);
        }
        changes.any("update checkouts set currency = 'zzz' where id <> $1", vec![row.id.into()]);
        t.app.store.commit(changes).await.unwrap();
        t.advance(Duration::from_secs(24 * 3600 + 1));
        t.drain().await;
        assert_eq!(t.reload(&first).await["status"], "expired");
        write(t, "delete from checkouts where id <> $1", vec![row.id.into()]).await;
    }

    async fn an_event_that_cannot_be_read_is_put_off_and_the_next_is_sent(t: &mut Till) {
        t.listen().await;
        t.product().await;
        write(t, "update webhook_events set kind = 'nonsense'", vec![]).await;
        t.advance(Duration::from_millis(1));
        t.product().await;
        t.drain().await;
        let sent = "select kind from webhook_events where attempts = 1";
        let sent: Vec<Col<String>> = t.app.store.all(Query::raw(sent, vec![])).await.unwrap();
        assert_eq!(sent.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["product.created"]);
        assert_eq!(counted(t, r#"till_step_failures_total{step="webhook event"}"#).await, 1);
        write(t, "update webhook_events set kind = 'product.created'", vec![]).await;
        t.advance(Duration::from_secs(3600));
        t.drain().await;
        let waiting = "select count(*) from webhook_events where attempts = 0";
        assert_eq!(t.app.store.scalar(Query::raw(waiting, vec![])).await.unwrap(), 0);
        t.webhook_events().await;
    }

    async fn what_cannot_be_forgotten_keeps_nothing_else(t: &mut Till) {
        let part = json!({"number": 1, "chunk_start": 0, "chunk_end": 5});
        let announced = json!({"service": "downloadable", "name": "a.txt", "mime_type": "text/plain", "size": 5, "upload": {"parts": [part]}});
        let bad = t.post("/v1/files/", announced.clone()).await.created();
        t.post("/v1/files/", announced).await.created();
        let bad = till_testkit::id_in(&bad, "id");
        write(t, "update files set service = 'nonsense' where id = $1", vec![bad.into()]).await;
        t.advance(Duration::from_secs(25 * 3600));
        jobs::upkeep::run_due(&t.app).await.unwrap();
        let left = "select count(*) from files where deleted_at is null";
        assert_eq!(t.app.store.scalar(Query::raw(left, vec![])).await.unwrap(), 1);
        assert_eq!(counted(t, r#"till_step_failures_total{step="file"}"#).await, 1);
    }

    async fn workers_that_panic_are_started_again_and_the_work_is_done(t: &mut Till) {
        let trap = Arc::new(PanickingClock { clock: t.clock.clone(), panics: AtomicUsize::new(0) });
        let node = t.another(|app| app.clock = trap.clone());
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(jobs::serve(node.app.clone(), stopped));
        let patience = Duration::from_secs(60);
        let started = async {
            while node.app.workers.names() != ["chores", "fulfilment", "jobs", "notices", "reminders", "subscriptions", "system events", "upkeep", "usage", "webhooks"] {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(patience, started).await.expect("every worker is watched");
        for n in 0..4 {
            trap.panics.store(1, Ordering::SeqCst);
            let email = format!("ada-{n}@example.com");
            ask_for_mail(t, &[&email]).await;
            let done = async {
                while trap.panics.load(Ordering::SeqCst) > 0 || !jobs(t).await.is_empty() {
                    t.advance(Duration::from_millis(100));
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(patience, done).await.expect("the work is done all the same");
        }
        let checkout = t.checkout_for(&t.monthly().await).await;
        let confirmed = node.confirm(&checkout, buyer("ada@example.com", "pm_card_visa")).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        let paid = async {
            while t.reload(&checkout).await["status"] != "succeeded" {
                t.advance(Duration::from_millis(100));
            }
        };
        tokio::time::timeout(patience, paid).await.expect("the purchase is fulfilled");
        let up = async {
            while !node.app.workers.down(t.clock.now()).is_empty() {
                t.advance(Duration::from_secs(1));
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(patience, up).await.expect("all of them work in the end");
        stop.send_replace(true);
        tokio::time::timeout(patience, serving).await.expect("an end in time").unwrap();
        t.drain().await;
    }

    async fn letters_that_take_long_delay_no_checkout(t: &mut Till) {
        let (go_on, waits) = watch::channel(false);
        let slow = Arc::new(BlockedMail { begun: AtomicUsize::new(0), go_on: waits });
        let node = t.another(|app| app.mail = slow.clone());
        let emails: Vec<_> = (0..50).map(|n| format!("slow-{n}@example.com")).collect();
        ask_for_mail(t, &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(jobs::serve(node.app.clone(), stopped));
        let patience = Duration::from_secs(60);
        let begun = async {
            while slow.begun.load(Ordering::SeqCst) < 24 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(patience, begun).await.expect("as many letters as there may be at once");
        // No worker is beside this one: the fulfilment waits in the queue, behind letters that were asked for before.
        let checkout = t.checkout_for(&t.product().await).await;
        let confirmed = t.confirm(&checkout, buyer("ada@example.com", "pm_card_visa")).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        let paid = async {
            while t.reload(&checkout).await["status"] != "succeeded" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(patience, paid).await.expect("the purchase is fulfilled");
        assert_eq!(slow.begun.load(Ordering::SeqCst), 24, "no letter was sent meanwhile");
        go_on.send_replace(true);
        let sent = async {
            while slow.begun.load(Ordering::SeqCst) < emails.len() || !jobs(t).await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(patience, sent).await.expect("the letters are sent");
        stop.send_replace(true);
        tokio::time::timeout(patience, serving).await.expect("an end in time").unwrap();
        t.drain().await;
    }

    async fn a_database_that_fails_while_a_card_is_charged_is_our_fault_and_moves_no_money(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let node = t.node().await;
        let (processor, branch) = (node.app.processor.clone(), node.app.store.clone());
        let node = node.another(|app| app.processor = Arc::new(Altered(LostDatabase { processor, branch })));
        let body = buyer("ada@example.com", "pm_card_visa").to_string();
        let secret = checkout["client_secret"].as_str().unwrap();
        let request = Request::post(format!("/v1/checkouts/client/{secret}/confirm"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_LENGTH, body.len());
        let answer = till_server::router(node.app.clone()).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 500);
        let told: Value = serde_json::from_slice(&to_bytes(answer.into_body(), 1 << 20).await.unwrap()).unwrap();
        assert_eq!(told["error"], "InternalServerError", "{told}");
        assert_eq!(t.reload(&checkout).await["status"], "open", "the reconciler brings it to its end");
        t.see_through().await;
    }
}
