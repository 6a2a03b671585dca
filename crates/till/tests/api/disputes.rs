//! Disputes: what is told of them, and what follows.

use std::time::Duration;

use serde_json::{Value, json};
use till_ports::processor::{ProcessorRefund, RefundOutcome};
use till_server::{
    app::Clock,
    payments::{dispute, notices::poll, refund::refresh},
};
use till_testkit::{Till, both, id_in};
use till_wire::money::Money;

use crate::{
    benefit_grants::include,
    refunds::{listing, ordered, taxed},
};

const WEEK: u64 = 7 * 24 * 3_600;

/// Time passes, and what the processor tells of it is heard.
async fn later(t: &Till, seconds: u64) {
    t.advance(Duration::from_secs(seconds));
    poll(&t.app).await.unwrap();
    t.drain().await;
}

async fn only(t: &Till) -> Value {
    let mut found = t.items("/v1/disputes/").await;
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn path(dispute: &Value) -> String {
    format!("/v1/disputes/{}", dispute["id"].as_str().unwrap())
}

async fn subscription(t: &Till) -> Value {
    t.items("/v1/subscriptions/").await.remove(0)
}

async fn told(t: &Till) -> Vec<String> {
    let kinds = t.webhook_event_types().await.into_iter();
    kinds
        .filter(|kind| kind != "customer.state_changed")
        .collect()
}

both! {
    async fn a_dispute_shows_its_order_its_customer_and_its_split_amount(t: &mut Till) {
        let bought = taxed(t, "pm_card_createDispute").await;
        assert!(t.items("/v1/disputes/").await.is_empty());
        later(t, 5).await;
        let dispute = only(t).await;
        assert_eq!(t.get(&path(&dispute)).await.ok(), dispute);
        for (key, value) in [("status", json!("needs_response")), ("resolved", json!(false)), ("closed", json!(false)),
            ("amount", json!(3000)), ("tax_amount", json!(600)), ("currency", json!("usd")), ("reason", json!("fraudulent")),
            ("past_due", json!(false)), ("order_id", bought["id"].clone()), ("case_id", json!(null)), ("modified_at", json!(null))] {
            assert_eq!(dispute[key], value, "{key}");
        }
        assert_eq!(dispute["customer"]["id"], bought["customer_id"]);
        assert!(dispute["evidence_due_by"].is_string());
        let order = bought["id"].as_str().unwrap();
        for (query, found) in [(format!("order_id={order}"), 1), ("status=needs_response".into(), 1), ("status=won&status=lost".into(), 0),
            ("order_id=1dbfc517-0bbf-4301-9ba8-555ca42b9737".into(), 0), ("sorting=amount".into(), 1)] {
            assert_eq!(t.get(&format!("/v1/disputes/?{query}")).await.listed("id").len(), found, "{query}");
        }
        let (_, token) = t.stranger().await;
        t.with_token(&token).get(&path(&dispute)).await.not_found();
        t.with_token(&token).post(&format!("{}/accept", path(&dispute)), json!({})).await.not_found();
    }

    async fn a_dispute_is_conceded_once_and_ends_the_subscription(t: &mut Till) {
        let monthly = t.monthly().await;
        ordered(t, &monthly, "pm_card_createDispute").await;
        later(t, 5).await;
        let dispute = only(t).await;
        t.listen().await;
        assert_eq!(subscription(t).await["status"], "active", "an open dispute ends nothing");
        let accept = format!("{}/accept", path(&dispute));
        let lost = t.post(&accept, json!({})).await.ok();
        assert_eq!((&lost["status"], &lost["resolved"], &lost["closed"]), (&json!("lost"), &json!(true), &json!(true)));
        assert_eq!(only(t).await, lost);
        t.post(&accept, json!({})).await.refused(409, "DisputeNotOpenError");
        let ended = subscription(t).await;
        assert_eq!(ended["status"], "canceled");
        assert!(ended["ended_at"].is_string() && ended["canceled_at"].is_string());
        assert_eq!(told(t).await, ["subscription.updated", "subscription.canceled", "subscription.revoked"]);
        later(t, 60).await;
        assert!(told(t).await.is_empty(), "the processor's notice of it says nothing new");
    }

    async fn a_dispute_left_alone_is_decided_by_the_bank(t: &mut Till) {
        let monthly = t.monthly().await;
        ordered(t, &monthly, "pm_card_createDisputeProductNotReceived").await;
        later(t, 5).await;
        assert_eq!(only(t).await["status"], "needs_response");
        later(t, WEEK).await;
        let won = only(t).await;
        assert_eq!((&won["status"], &won["past_due"]), (&json!("won"), &json!(true)));
        assert_eq!(subscription(t).await["status"], "canceled", "whoever contests a payment does not go on paying");
        t.post(&format!("{}/accept", path(&won)), json!({})).await.refused(409, "DisputeNotOpenError");
    }

    async fn a_dispute_that_the_network_prevents_gives_the_money_back(t: &mut Till) {
        let bought = taxed(t, "pm_card_disputePrevented").await;
        later(t, 5).await;
        let warned = only(t).await;
        assert_eq!((&warned["status"], &warned["evidence_due_by"]), (&json!("early_warning"), &json!(null)));
        t.post(&format!("{}/accept", path(&warned)), json!({})).await.refused(409, "DisputeNotOpenError");
        t.listen().await;
        later(t, 3_600).await;
        let prevented = only(t).await;
        assert_eq!((&prevented["status"], &prevented["closed"], &prevented["resolved"]), (&json!("prevented"), &json!(true), &json!(false)));
        let refunds = t.items("/v1/refunds/").await;
        assert_eq!(refunds.len(), 1);
        let refund = &refunds[0];
        assert_eq!((&refund["reason"], &refund["revoke_benefits"], &refund["status"]), (&json!("dispute_prevention"), &json!(true), &json!("succeeded")));
        assert_eq!((&refund["dispute"]["id"], &refund["amount"], &refund["tax_amount"]), (&prevented["id"], &json!(3000), &json!(600)));
        assert_eq!(told(t).await, ["refund.created", "order.updated", "order.refunded"]);
        let path = format!("/v1/orders/{}", bought["id"].as_str().unwrap());
        assert_eq!(t.get(&path).await.ok()["status"], "refunded");
        later(t, 60).await;
        assert_eq!(t.items("/v1/refunds/").await.len(), 1, "once");
    }

    async fn a_dispute_that_the_merchant_prevents_leaves_the_subscription(t: &mut Till) {
        let monthly = t.monthly().await;
        let bought = ordered(t, &monthly, "pm_card_disputePrevented").await;
        later(t, 5).await;
        let body = json!({"order_id": bought["id"], "reason": "fraudulent", "amount": 1000});
        t.post("/v1/refunds/", body).await.created();
        later(t, 5).await;
        assert_eq!(only(t).await["status"], "prevented");
        assert_eq!(t.items("/v1/refunds/").await.len(), 1, "all of it was given back before");
        assert_eq!(subscription(t).await["status"], "active");
    }

    async fn benefits_end_with_a_dispute_that_was_won_and_come_back_when_no_money_was_given_back(t: &mut Till) {
        let book = t.product().await;
        let note = t.benefit("Note", "public").await;
        include(t, &book, &[&note]).await;
        t.drain().await;
        let won = ordered(t, &book, "pm_card_createDisputeProductNotReceived").await;
        let prevented = ordered(t, &book, "pm_card_disputePrevented").await;
        let is_granted = async |order: &Value| {
            let grants = t.items("/v1/benefit-grants/").await;
            assert_eq!(grants.len(), 2);
            grants.iter().any(|grant| grant["order_id"] == order["id"] && grant["is_granted"] == true)
        };
        later(t, 5).await;
        assert!(is_granted(&won).await && is_granted(&prevented).await, "neither is decided");
        later(t, WEEK).await;
        for (order, status) in [(&won, "won"), (&prevented, "prevented")] {
            let found = t.items(&format!("/v1/disputes/?order_id={}", order["id"].as_str().unwrap())).await;
            assert_eq!(found[0]["status"], status);
            assert!(!is_granted(order).await, "{status}");
        }
        // The bank does not take the money that was to prevent the dispute.
        let payment = t.app.store.payment_of_order(t.organization.id, id_in(&prevented, "id")).await.unwrap().unwrap();
        let refund = t.items("/v1/refunds/").await.remove(0);
        let gone = listing(t, Ok(RefundOutcome::Canceled), vec![ProcessorRefund {
            reference: "re_1".into(),
            refund_id: Some(id_in(&refund, "id")),
            amount: Money::new(payment.amount, payment.currency),
            outcome: RefundOutcome::Canceled,
            made_at: t.clock.now(),
        }]);
        refresh(&gone.app, &payment).await.unwrap();
        t.drain().await;
        assert_eq!(t.items("/v1/refunds/").await.remove(0)["status"], "canceled");
        assert!(is_granted(&prevented).await && !is_granted(&won).await);
    }

    async fn a_dispute_that_the_merchant_prevents_leaves_the_benefits_that_its_refund_left(t: &mut Till) {
        let book = t.product().await;
        let note = t.benefit("Note", "public").await;
        include(t, &book, &[&note]).await;
        t.drain().await;
        let bought = ordered(t, &book, "pm_card_disputePrevented").await;
        later(t, 5).await;
        let body = json!({"order_id": bought["id"], "reason": "fraudulent", "amount": bought["net_amount"]});
        t.post("/v1/refunds/", body).await.created();
        later(t, 5).await;
        assert_eq!(only(t).await["status"], "prevented");
        later(t, WEEK).await;
        assert_eq!(t.items("/v1/benefit-grants/?is_granted=true").await.len(), 1);
    }

    async fn a_dispute_that_is_about_nothing_here_is_left_alone(t: &mut Till) {
        for reference in ["dp_unknown", ""] {
            assert!(dispute::record(&t.app, reference).await.unwrap().is_none());
        }
        assert!(t.items("/v1/disputes/").await.is_empty());
    }

    async fn a_dispute_told_of_twice_at_once_is_one(t: &mut Till) {
        let monthly = t.monthly().await;
        ordered(t, &monthly, "pm_card_createDispute").await;
        t.advance(Duration::from_secs(5));
        let payment = t.items("/v1/payments/").await.remove(0);
        let id = uuid::Uuid::parse_str(payment["id"].as_str().unwrap()).unwrap();
        let reference = format!("dp_sandbox_{}", id.simple());
        let other = t.node().await;
        let (one, two) = tokio::join!(dispute::record(&t.app, &reference), dispute::record(&other.app, &reference));
        assert_eq!(one.unwrap().unwrap().id, two.unwrap().unwrap().id);
        only(t).await;
        other.app.store.close().await;
    }
}
