//! Notices that the processor sends by itself: sent to us, twice, late, or lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use till_core::{
    kernel::{changes::Changes, records::ProcessorNotice},
    payments::notices::NoticeSubject as Subject,
};
use till_ports::processor::{
    Answer as Told, Dispute, Method as Card, Notice, NoticeList, NoticeSubject, Outcome, Processor,
    ProcessorError,
};
use till_server::{
    app::{App, Clock},
    jobs::{self, upkeep},
    payments::{self, notices::poll},
};
use till_store::Query;
use till_testkit::{Alter, Altered, Answer, CrashPoint, Till, both, buyer};

use crate::refunds::{ordered, taxed};

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";
const WEBHOOK: &str = "/v1/integrations/sandbox/webhook";

async fn kept(t: &Till) -> Vec<ProcessorNotice> {
    let all = Query::select::<ProcessorNotice>("order by created_at", vec![]);
    t.app.store.all(all).await.unwrap()
}

/// Everything that the processor has to tell.
async fn all(t: &Till) -> Vec<Notice> {
    let told = t
        .app
        .processor
        .events_since(Timestamp::UNIX_EPOCH, t.clock.now());
    told.await.unwrap().notices
}

/// Sends a notice as the sandbox signs it, or with another signature.
async fn send(t: &Till, notice: &Notice, signature: Option<&str>) -> Answer {
    let signed = t.app.sandbox.as_ref().unwrap().sign(notice, t.clock.now());
    let signed = signed.await.unwrap();
    let signature = signature.unwrap_or(&signed.signature);
    post(t, WEBHOOK, signature, signed.body).await
}

async fn post(t: &Till, path: &str, signature: &str, body: String) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-length", body.len())
        .header("sandbox-signature", signature);
    t.raw(request.body(Body::from(body)).unwrap()).await
}

fn declined() -> Outcome {
    Outcome::Failed {
        decline_reason: "generic_decline".into(),
        decline_message: "No.".into(),
        method: None,
        request_id: None,
    }
}

/// A processor whose saved cards were replaced.
struct Replaced(Arc<dyn Processor>);

impl Alter for Replaced {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.0
    }
    fn method<'a>(&'a self, reference: &'a str, _: Timestamp) -> Told<'a, Option<Card>> {
        let card = Card {
            reference: reference.to_owned(),
            brand: "mastercard".into(),
            last4: "1111".into(),
            exp_month: 3,
            exp_year: 2041,
            fingerprint: "other".into(),
            wallet: None,
        };
        Box::pin(std::future::ready(Ok(Some(card))))
    }
}

/// A processor that is asked about a dispute: at the second time, what was bought is made meanwhile.
struct Fulfilling {
    app: Arc<App>,
    asked: AtomicUsize,
}

impl Alter for Fulfilling {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.app.processor
    }
    fn dispute<'a>(&'a self, reference: &'a str, now: Timestamp) -> Told<'a, Option<Dispute>> {
        Box::pin(async move {
            if self.asked.fetch_add(1, Ordering::Relaxed) == 1 {
                jobs::run_due(&self.app).await.unwrap();
            }
            self.app.processor.dispute(reference, now).await
        })
    }
}

/// A processor that tells of one second at a time, and of no more than it is left to.
struct SecondBySecond {
    processor: Arc<dyn Processor>,
    left: AtomicUsize,
}

impl Alter for SecondBySecond {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.processor
    }
    fn events_since(&self, moment: Timestamp, now: Timestamp) -> Told<'_, NoticeList> {
        Box::pin(async move {
            let left = self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                });
            left.map_err(|_| ProcessorError::Unsure("no answer".into()))?;
            let until = now.min(moment + Duration::from_secs(1));
            let list = self.processor.events_since(moment, until).await?;
            Ok(NoticeList { until, ..list })
        })
    }
}

both! {
    async fn a_dispute_is_kept_whose_purchase_is_made_while_the_processor_is_asked(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, buyer(ADA, "pm_card_createDispute")).await.ok();
        t.advance(Duration::from_secs(5));
        let told = all(t).await.into_iter().find_map(|notice| match notice.subject {
            NoticeSubject::Dispute { reference, .. } => Some(reference),
            _ => None,
        });
        let fulfilling = Fulfilling { app: t.app.clone(), asked: AtomicUsize::new(0) };
        let node = t.another(|app| app.processor = Arc::new(Altered(fulfilling)));
        assert!(t.orders(&checkout).await.is_empty());
        payments::notices::process(&node.app, Subject::Dispute { reference: told.unwrap() }).await.unwrap();
        assert_eq!(t.items("/v1/disputes/").await[0]["order_id"], t.orders(&checkout).await[0]["id"]);
    }

    async fn a_notice_that_is_sent_is_acted_on_once(t: &mut Till) {
        let bought = taxed(t, "pm_card_refundFail").await;
        let body = json!({"order_id": bought["id"], "reason": "other", "amount": 3000});
        t.post("/v1/refunds/", body).await.created();
        t.advance(Duration::from_secs(10));
        let told = all(t).await;
        let failed = told.iter().rfind(|notice| matches!(notice.subject, NoticeSubject::Refund { .. })).unwrap();
        let (one, two) = tokio::join!(send(t, failed, None), send(t, failed, None));
        for answer in [one, two, send(t, failed, None).await] {
            assert_eq!((answer.status.as_u16(), answer.text().as_str()), (202, ""));
        }
        assert_eq!(kept(t).await.len(), 1);
        t.listen().await;
        t.drain().await;
        send(t, failed, None).await;
        t.drain().await;
        assert_eq!(t.webhook_event_types().await, ["refund.updated", "order.updated"]);
    }

    async fn a_notice_that_is_not_signed_is_refused_and_nothing_is_written(t: &mut Till) {
        taxed(t, VISA).await;
        let told = all(t).await;
        let before = t.all_rows().await;
        for signature in ["", "t=1,v1=00", "nonsense"] {
            send(t, &told[0], Some(signature)).await.refused(400, "NoticeRefused");
        }
        let large = post(t, WEBHOOK, "", "x".repeat(1024 * 1024 + 1)).await;
        large.refused(413, "RequestBodyTooLarge");
        let other = post(t, "/v1/integrations/stripe/webhook", "", "{}".into()).await;
        assert_eq!(other.status, 404, "only the processor in use");
        let answer = t.anonymous().get(WEBHOOK).await;
        assert_eq!(answer.status, 405);
        crate::foreign::unchanged("a refused notice", &before, &t.all_rows().await);
    }

    async fn what_concerns_nobody_here_is_taken_and_forgotten(t: &mut Till) {
        let reference = "pi_sandbox_of_another".to_owned();
        for (n, subject) in [
            NoticeSubject::Attempt { attempt_id: t.app.context().id(), reference: reference.clone() },
            NoticeSubject::Refund { refund_id: None, reference: "re_1".into(), charge: reference.clone() },
            NoticeSubject::Dispute { reference: "dp_1".into(), charge: reference.clone() },
            NoticeSubject::Method { reference: "pm_1".into() },
        ].into_iter().enumerate() {
            let notice = Notice { id: format!("evt_{n}"), at: t.clock.now(), subject };
            assert_eq!(send(t, &notice, None).await.status, 202);
        }
        let before = t.all_rows().await;
        t.drain().await;
        let after = t.all_rows().await;
        for (table, rows) in &before {
            assert!(table == "jobs" || rows == &after[table], "{table} changed");
        }
        assert_eq!(after["jobs"].len(), 0);
    }

    async fn a_lost_notice_is_found_by_asking(t: &mut Till) {
        poll(&t.app).await.unwrap();
        ordered(t, &t.product().await, "pm_card_createDispute").await;
        for (seconds, found) in [(1, 0), (1, 0), (3, 1), (5, 0), (5, 0)] {
            t.advance(Duration::from_secs(seconds));
            assert_eq!(poll(&t.app).await.unwrap(), found, "news, not what is known to have succeeded");
            t.drain().await;
        }
        assert_eq!(t.items("/v1/disputes/").await.len(), 1);
    }

    async fn much_that_has_happened_is_taken_in_by_parts_and_none_is_left_out(t: &mut Till) {
        poll(&t.app).await.unwrap();
        for _ in 0..3 {
            ordered(t, &t.product().await, "pm_card_createDispute").await;
            t.advance(Duration::from_secs(4));
        }
        let answering = |left| {
            t.another(|app| {
                let (processor, left) = (Arc::clone(&app.processor), AtomicUsize::new(left));
                app.processor = Arc::new(Altered(SecondBySecond { processor, left }));
            })
        };
        // In the middle the processor does not answer any more.
        poll(&answering(15).app).await.unwrap_err();
        let taken = kept(t).await.len();
        assert!((1..3).contains(&taken), "{taken}");
        assert_eq!(poll(&answering(20).app).await.unwrap(), 3 - taken);
        t.drain().await;
        assert_eq!(t.items("/v1/disputes/").await.len(), 3);
    }

    async fn a_notice_of_a_payment_completes_a_purchase_of_which_nobody_heard(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        assert_eq!(poll(&t.app).await.unwrap(), 1);
        t.drain().await;
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
    }

    async fn a_payment_that_was_given_up_and_succeeded_is_heard_of(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        let lost = t.crash(&checkout, buyer(ADA, VISA), CrashPoint::Charged).await;
        payments::record_outcome(&t.app, lost.id, &declined()).await.unwrap();
        t.buy(&checkout, ADA).await;
        assert_eq!(poll(&t.app).await.unwrap(), 1);
        t.drain().await;
        let late = t.app.store.attempt(lost.id).await.unwrap().unwrap();
        assert_eq!(late.decline_reason.as_deref(), Some("refunded"), "the money is given back");
    }

    async fn a_saved_card_that_was_replaced_shows_so(t: &mut Till) {
        ordered(t, &t.monthly().await, VISA).await;
        let subscription = t.app.store.subscriptions_of(id_of_customer(t).await).await.unwrap().remove(0);
        let method = subscription.payment_method_id.unwrap();
        let saved = async || t.app.store.payment_method(t.organization.id, method).await.unwrap().unwrap();
        let replaced = t.another(|app| app.processor = Arc::new(Altered(Replaced(app.processor.clone()))));
        let reference = saved().await.reference;
        let notice = Notice { id: "evt_1".into(), at: t.clock.now(), subject: NoticeSubject::Method { reference } };
        assert_eq!(send(&replaced, &notice, None).await.status, 202);
        replaced.drain().await;
        let card = saved().await.card.0;
        assert_eq!((card.last4.as_str(), card.exp_year, card.brand.as_str()), ("1111", 2041, "mastercard"));
    }

    async fn names_of_notices_are_forgotten_after_sixty_days(t: &mut Till) {
        ordered(t, &t.product().await, "pm_card_createDispute").await;
        t.advance(Duration::from_secs(5));
        poll(&t.app).await.unwrap();
        t.drain().await;
        let days = |days: u64| Duration::from_secs(days * 24 * 3_600);
        t.advance(days(59));
        upkeep::run_due(&t.app).await.unwrap();
        assert_eq!(kept(t).await.len(), 1);
        t.advance(days(2));
        upkeep::run_due(&t.app).await.unwrap();
        assert!(kept(t).await.is_empty());
        t.app.store.commit(Changes::new()).await.unwrap();
    }
}

async fn id_of_customer(t: &Till) -> uuid::Uuid {
    let customers: Vec<Value> = t.items("/v1/customers/").await;
    till_testkit::id_in(&customers[0], "id")
}
