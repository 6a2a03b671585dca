//! Refunds: what may be given back, what it changes, and what is told.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use till_core::kernel::records::{Refund, RefundState};
use till_ports::processor::{
    Answer as Told, Processor, ProcessorError, ProcessorRefund, RefundOutcome, RefundRequest,
};
use till_server::{
    app::Clock,
    payments::{notices::poll, refund::refresh},
};
use till_testkit::{Alter, Altered, Answer, Till, both, buyer, id_in};
use till_wire::money::Money;

use crate::pairs;

const ADA: &str = "ada@example.com";
const VISA: &str = "pm_card_visa";

/// An order of 30.00 and 6.00 tax, paid with this card.
pub async fn taxed(t: &Till, card: &str) -> Value {
    let path = format!("/v1/organizations/{}", t.organization.id);
    let settings = json!({"enabled": true, "registrations": [{"country": "FR", "rate": "20"}]});
    t.patch(&path, json!({"tax_settings": settings})).await.ok();
    let price = json!({"amount_type": "fixed", "price_amount": 3000, "tax_behavior": "exclusive"});
    let product = t.priced(json!([price])).await;
    ordered(t, &product, card).await
}

/// Outcome of a purchase with this card.
pub async fn ordered(t: &Till, product: &Value, card: &str) -> Value {
    let checkout = t.checkout_for(product).await;
    t.confirm(&checkout, buyer(ADA, card)).await.ok();
    t.drain().await;
    t.orders(&checkout).await.remove(0)
}

fn wanted(order: &Value, amount: i64) -> Value {
    json!({"order_id": order["id"], "reason": "customer_request", "amount": amount})
}

async fn refund(t: &Till, order: &Value, amount: i64) -> Answer {
    t.post("/v1/refunds/", wanted(order, amount)).await
}

async fn order(t: &Till, order: &Value) -> Value {
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    t.get(&path).await.ok()
}

/// Status, and what was and can be given back.
fn sums(order: &Value) -> Value {
    json!([
        order["status"],
        order["refunded_amount"],
        order["refunded_tax_amount"],
        order["refundable_amount"],
        order["refundable_tax_amount"],
        order["paid"],
    ])
}

/// The types of all events but those of the purchase, with the statuses of what they tell of.
async fn told(t: &Till) -> Vec<String> {
    let events = t.webhook_events().await;
    let told = events.iter().map(|event| {
        let (kind, data) = (event["type"].as_str().unwrap(), &event["data"]);
        format!("{kind} {}", data["status"].as_str().unwrap_or_default())
    });
    told.collect()
}

/// A processor whose refunds end otherwise, or of which nobody hears.
struct Refunds {
    processor: Arc<dyn Processor>,
    answer: Result<RefundOutcome, ProcessorError>,
    listed: Vec<ProcessorRefund>,
}

impl Alter for Refunds {
    fn processor(&self) -> &Arc<dyn Processor> {
        &self.processor
    }
    fn refund<'a>(&'a self, _: &'a RefundRequest, _: Timestamp) -> Told<'a, RefundOutcome> {
        Box::pin(std::future::ready(self.answer.clone()))
    }
    fn refunds_of<'a>(&'a self, _: &'a str, _: Timestamp) -> Told<'a, Vec<ProcessorRefund>> {
        Box::pin(std::future::ready(Ok(self.listed.clone())))
    }
}

fn answering(t: &Till, answer: Result<RefundOutcome, ProcessorError>) -> Till {
    listing(t, answer, Vec::new())
}

pub fn listing(
    t: &Till,
    answer: Result<RefundOutcome, ProcessorError>,
    listed: Vec<ProcessorRefund>,
) -> Till {
    t.another(|app| {
        app.processor = Arc::new(Altered(Refunds {
            processor: app.processor.clone(),
            answer,
            listed,
        }));
    })
}

both! {
    async fn a_full_refund_gives_back_the_amount_and_its_tax(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        assert_eq!(sums(&bought), json!(["paid", 0, 0, 3000, 600, true]));
        t.listen().await;
        let body = json!({"order_id": bought["id"], "reason": "duplicate", "amount": 3000, "comment": "Paid twice.",
            "revoke_benefits": true, "metadata": {"ticket": 7}});
        let made = t.post("/v1/refunds/", body).await.created();
        assert_eq!((&made["status"], &made["amount"], &made["tax_amount"]), (&json!("succeeded"), &json!(3000), &json!(600)));
        for (key, value) in [("order_id", &bought["id"]), ("customer_id", &bought["customer_id"]), ("currency", &bought["currency"]),
            ("reason", &json!("duplicate")), ("revoke_benefits", &json!(true)), ("metadata", &json!({"ticket": 7})),
            ("subscription_id", &json!(null)), ("dispute", &json!(null)), ("organization_id", &json!(t.organization.id))] {
            assert_eq!(&made[key], value, "{key}");
        }
        assert!(made.get("comment").is_none(), "the note is the merchant's alone");
        let after = order(t, &bought).await;
        assert_eq!(sums(&after), json!(["refunded", 3000, 600, 0, 0, true]));
        let events = t.webhook_events().await;
        let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["refund.created", "order.updated", "order.refunded"]);
        assert_eq!(events[0]["data"], made);
        assert_eq!((&events[1]["data"], &events[2]["data"]), (&after, &after));
        refund(t, &bought, 1).await.refused(403, "RefundedAlready");
        assert_eq!(t.items("/v1/refunds/").await, [made]);
    }

    async fn parts_of_the_tax_go_with_parts_of_the_amount(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        t.listen().await;
        let first = refund(t, &bought, 1001).await.created();
        assert_eq!((&first["amount"], &first["tax_amount"]), (&json!(1001), &json!(200)), "200.2");
        assert_eq!(sums(&order(t, &bought).await), json!(["partially_refunded", 1001, 200, 1999, 400, true]));
        refund(t, &bought, 2000).await.invalid();
        let last = refund(t, &bought, 1999).await.created();
        assert_eq!(last["tax_amount"], 400);
        assert_eq!(sums(&order(t, &bought).await), json!(["refunded", 3000, 600, 0, 0, true]));
        let once = ["refund.created succeeded", "order.updated partially_refunded", "order.refunded partially_refunded"];
        let twice = ["refund.created succeeded", "order.updated refunded", "order.refunded refunded"];
        assert_eq!(told(t).await, [once, twice].concat());
    }

    async fn what_cannot_be_refunded_is_refused_by_name(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        assert_eq!(refund(t, &bought, 3001).await.invalid(), pairs(&[("value_error", "body.amount")]));
        assert_eq!(refund(t, &bought, 0).await.unreadable(), pairs(&[("greater_than", "body.amount")]));
        let prevented = json!({"order_id": bought["id"], "reason": "dispute_prevention", "amount": 1});
        assert_eq!(t.post("/v1/refunds/", prevented).await.unreadable(), pairs(&[("literal_error", "body.reason")]));
        let missing = t.post("/v1/refunds/", json!({})).await.unreadable();
        assert_eq!(missing, pairs(&[("missing", "body.order_id"), ("missing", "body.reason"), ("missing", "body.amount")]));
        let unknown = json!({"id": "1dbfc517-0bbf-4301-9ba8-555ca42b9737"});
        assert_eq!(refund(t, &unknown, 1).await.invalid(), pairs(&[("value_error", "body.order_id")]));
        let (_, token) = t.stranger().await;
        assert_eq!(refund(&t.with_token(&token), &bought, 1).await.invalid(), pairs(&[("value_error", "body.order_id")]));
        let monthly = ordered(t, &t.monthly().await, VISA).await;
        let revoking = json!({"order_id": monthly["id"], "reason": "other", "amount": 1, "revoke_benefits": true});
        t.post("/v1/refunds/", revoking).await.refused(400, "RevokeSubscriptionBenefitsProhibited");
        assert!(t.items("/v1/refunds/").await.is_empty(), "nothing was written");
        refund(t, &monthly, 1).await.created();
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        assert_eq!(subscription["status"], "active", "a subscription goes on");
    }

    async fn a_free_order_has_nothing_to_give_back(t: &mut Till) {
        let free = t.priced(json!([{"amount_type": "free"}])).await;
        let checkout = t.checkout_for(&free).await;
        t.confirm(&checkout, json!({"customer_email": ADA})).await.ok();
        t.catch_up().await;
        let bought = t.orders(&checkout).await.remove(0);
        assert_eq!(bought["refundable_amount"], 0);
        assert_eq!(refund(t, &bought, 1).await.invalid(), pairs(&[("value_error", "body.amount")]));
    }

    async fn an_order_that_was_not_paid_by_a_payment_is_told_so(t: &mut Till) {
        let customer = t.customer(ADA).await;
        let unpaid = t.sold_with(&customer, &t.product().await, |sale| sale.payment.order_id = None).await;
        let unpaid = json!({"id": unpaid.order.id});
        refund(t, &unpaid, 1).await.refused(404, "RefundUnknownPayment");
        let unnamed = t.sold_with(&customer, &t.product().await, |sale| sale.payment.reference = None).await;
        refund(t, &json!({"id": unnamed.order.id}), 1).await.refused(404, "RefundPaymentTransactionNotFound");
    }

    async fn two_refunds_at_once_never_exceed_what_was_paid(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        let (other, third) = (t.node().await, t.node().await);
        for amounts in [[1000, 1000, 1000], [400, 300, 300]] {
            let left = order(t, &bought).await["refundable_amount"].as_i64().unwrap();
            let [a, b, c] = amounts;
            let (one, two, three) = tokio::join!(refund(t, &bought, a), refund(&other, &bought, b), refund(&third, &bought, c));
            let made: i64 = [(one, a), (two, b), (three, c)].iter().filter(|(answer, _)| answer.status == 201).map(|(_, n)| n).sum();
            assert!(made <= left, "{made} of {left}");
            t.catch_up().await;
            assert_eq!(order(t, &bought).await["refundable_amount"], left - made);
        }
        let twice = taxed(t, VISA).await;
        let (one, two) = tokio::join!(refund(t, &twice, 2000), refund(&other, &twice, 2000));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{} {}", one.text(), two.text());
        t.catch_up().await;
        assert_eq!(sums(&order(t, &twice).await), json!(["partially_refunded", 2000, 400, 1000, 200, true]));
        other.app.store.close().await;
        third.app.store.close().await;
    }

    async fn a_refund_sent_again_with_its_key_refunds_once(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        let send = async || {
            let request = axum::http::Request::builder().method("POST").uri("/v1/refunds/")
                .header("authorization", format!("Bearer {}", t.token)).header("content-type", "application/json")
                .header("idempotency-key", "refund-1");
            let body = wanted(&bought, 1000).to_string();
            let request = request.header("content-length", body.len());
            t.raw(request.body(axum::body::Body::from(body)).unwrap()).await
        };
        let first = send().await.created();
        let again = send().await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.created(), first);
        assert_eq!(t.items("/v1/refunds/").await.len(), 1);
        assert_eq!(order(t, &bought).await["refunded_amount"], 1000);
    }

    async fn a_refund_that_is_pending_is_told_again_when_it_is_done(t: &mut Till) {
        let bought = taxed(t, "pm_card_pendingRefund").await;
        t.listen().await;
        let made = refund(t, &bought, 3000).await.created();
        assert_eq!(made["status"], "pending");
        assert_eq!(sums(&order(t, &bought).await), json!(["paid", 0, 0, 3000, 600, true]), "nothing is given back yet");
        refund(t, &bought, 1).await.refused(403, "RefundedAlready");
        assert_eq!(told(t).await, ["refund.created pending"]);
        t.catch_up().await;
        assert_eq!(told(t).await, ["refund.updated succeeded", "order.updated refunded", "order.refunded refunded"]);
        let listed = t.items("/v1/refunds/").await;
        assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&made["id"], &json!("succeeded")));
    }

    async fn a_refund_that_fails_later_is_taken_back(t: &mut Till) {
        let bought = taxed(t, "pm_card_refundFail").await;
        t.listen().await;
        refund(t, &bought, 3000).await.created();
        assert_eq!(order(t, &bought).await["status"], "refunded");
        told(t).await;
        t.advance(Duration::from_secs(10));
        poll(&t.app).await.unwrap();
        t.drain().await;
        assert_eq!(told(t).await, ["refund.updated failed", "order.updated paid"]);
        assert_eq!(sums(&order(t, &bought).await), json!(["paid", 0, 0, 3000, 600, true]));
        refund(t, &bought, 1000).await.created();
        told(t).await;
    }

    async fn a_payment_that_is_disputed_is_not_refunded(t: &mut Till) {
        let bought = taxed(t, "pm_card_createDispute").await;
        t.advance(Duration::from_secs(10));
        t.listen().await;
        refund(t, &bought, 3000).await.refused(403, "RefundDisputedPayment");
        assert!(t.items("/v1/refunds/").await.is_empty());
        assert!(told(t).await.is_empty());
        assert_eq!(sums(&order(t, &bought).await), json!(["paid", 0, 0, 3000, 600, true]));
        let gone = answering(t, Ok(RefundOutcome::AlreadyRefunded));
        refund(&gone, &bought, 3000).await.refused(403, "RefundedAlready");
    }

    async fn a_refund_of_which_nobody_hears_is_pending_until_the_processor_says(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        t.listen().await;
        let silent = answering(t, Err(ProcessorError::Unsure("a timeout".into())));
        let made = refund(&silent, &bought, 3000).await.created();
        assert_eq!(made["status"], "pending");
        t.catch_up().await;
        t.catch_up().await;
        assert_eq!(told(t).await, ["refund.created pending", "refund.updated succeeded", "order.updated refunded", "order.refunded refunded"]);
        let row = t.app.store.refund(id_in(&made, "id")).await.unwrap().unwrap();
        assert_eq!(row.state, RefundState::Succeeded);
    }

    async fn a_refund_that_was_made_at_the_processor_is_found(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        t.listen().await;
        let payment = t.app.store.payment_of_order(t.organization.id, id_in(&bought, "id")).await.unwrap().unwrap();
        let now = t.clock.now();
        let made = |outcome: RefundOutcome| ProcessorRefund {
            reference: "re_1".into(),
            refund_id: None,
            amount: Money::new(1800, payment.currency),
            outcome,
            made_at: now,
        };
        let given = RefundOutcome::Succeeded { reference: "re_1".into() };
        let unused = || Ok(RefundOutcome::Canceled);
        let listed = listing(t, unused(), vec![made(given.clone())]);
        for _ in 0..2 {
            refresh(&listed.app, &payment).await.unwrap();
        }
        assert_eq!(told(t).await, ["refund.created succeeded", "order.updated partially_refunded", "order.refunded partially_refunded"]);
        let found = t.items("/v1/refunds/").await;
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0]["amount"], &found[0]["tax_amount"], &found[0]["reason"]), (&json!(1500), &json!(300), &json!("other")));
        assert_eq!(sums(&order(t, &bought).await), json!(["partially_refunded", 1500, 300, 1500, 300, true]));
        let canceled = listing(t, unused(), vec![made(RefundOutcome::Canceled)]);
        refresh(&canceled.app, &payment).await.unwrap();
        assert_eq!(told(t).await, ["refund.updated canceled", "order.updated paid"]);
        assert_eq!(sums(&order(t, &bought).await), json!(["paid", 0, 0, 3000, 600, true]));
        let both_at_once = listing(t, unused(), vec![made(given)]);
        let (one, two) = tokio::join!(refresh(&both_at_once.app, &payment), refresh(&both_at_once.app, &payment));
        one.unwrap();
        two.unwrap();
        assert_eq!(order(t, &bought).await["refunded_amount"], 1500, "once");
        told(t).await;
    }

    async fn a_refund_left_by_a_crash_is_made(t: &mut Till) {
        let bought = taxed(t, VISA).await;
        let payment = t.app.store.payment_of_order(t.organization.id, id_in(&bought, "id")).await.unwrap().unwrap();
        let row = t.app.store.order(t.organization.id, id_in(&bought, "id")).await.unwrap().unwrap();
        let input = till_wire::refunds::RefundCreate {
            order_id: row.id,
            reason: till_wire::refunds::RefundReason::Other,
            amount: 1000,
            comment: None,
            revoke_benefits: false,
            metadata: Default::default(),
        };
        let decided = till_core::payments::refunds::create(&row, Some(&payment), &[], input, &t.app.context());
        let (written, changes): (Refund, _) = decided.unwrap();
        t.app.store.commit(changes).await.unwrap();
        assert!(t.items("/v1/refunds/").await.is_empty(), "nobody has taken it yet");
        t.catch_up().await;
        let found = t.items("/v1/refunds/").await;
        assert_eq!((&found[0]["id"], &found[0]["status"]), (&json!(written.id), &json!("succeeded")));
    }

    async fn refunds_are_filtered_and_sorted(t: &mut Till) {
        t.post("/v1/customers/", json!({"email": ADA, "external_id": "u1"})).await.created();
        let (book, plan) = (t.product().await, t.monthly().await);
        let (once, monthly) = (ordered(t, &book, "pm_card_pendingRefund").await, ordered(t, &plan, VISA).await);
        let small = refund(t, &monthly, 10).await.created();
        t.advance(Duration::from_secs(1));
        let large = refund(t, &once, 20).await.created();
        let (small, large) = (small["id"].as_str().unwrap(), large["id"].as_str().unwrap());
        let other = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";
        let customer = once["customer_id"].as_str().unwrap();
        for (query, found) in [
            (String::new(), vec![large, small]),
            ("sorting=created_at".into(), vec![small, large]),
            ("sorting=amount".into(), vec![small, large]),
            ("sorting=-amount".into(), vec![large, small]),
            (format!("id={small}"), vec![small]),
            (format!("order_id={}", once["id"].as_str().unwrap()), vec![large]),
            (format!("subscription_id={}", monthly["subscription_id"].as_str().unwrap()), vec![small]),
            (format!("customer_id={customer}"), vec![large, small]),
            (format!("customer_id={other}"), vec![]),
            ("external_customer_id=u1".into(), vec![large, small]),
            ("external_customer_id=u2".into(), vec![]),
            (format!("organization_id={other}"), vec![]),
            ("succeeded=true".into(), vec![small]),
            ("succeeded=false".into(), vec![large]),
        ] {
            assert_eq!(t.get(&format!("/v1/refunds/?{query}")).await.listed("id"), found, "{query}");
        }
        let wrong = t.get("/v1/refunds/?sorting=status&succeeded=maybe").await.unreadable();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        t.catch_up().await;
    }

    async fn a_discount_may_be_used_again_once_all_it_was_used_for_is_given_back(t: &mut Till) {
        let once = t.percent_off(5000, json!({"code": "once", "max_redemptions_per_customer": 1})).await;
        let product = t.product().await;
        let using = async || {
            let checkout = t.checkout_with(&product, json!({"discount_id": once["id"]})).await;
            let answer = t.confirm(&checkout, buyer(ADA, VISA)).await;
            t.drain().await;
            (checkout, answer)
        };
        let (first, answer) = using().await;
        answer.ok();
        let bought = t.orders(&first).await.remove(0);
        assert_eq!(using().await.1.status, 403);
        refund(t, &bought, 100).await.created();
        assert_eq!(using().await.1.status, 403, "a part is not enough");
        refund(t, &bought, 1400).await.created();
        using().await.1.ok();
        assert_eq!(using().await.1.status, 403, "once");
    }
}
