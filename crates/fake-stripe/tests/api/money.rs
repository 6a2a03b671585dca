//! Amounts, refunds and disputes.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::Peer;

#[tokio::test]
async fn parameters_are_held_to_this_version() {
    let peer = Peer::new().await;
    for (form, code) in [
        (
            "amount=2000&currency=usd&payment_method_types[]=card",
            "parameter_unknown",
        ),
        ("amount=2000&currency=usd&nonsense=1", "parameter_unknown"),
        ("currency=usd", "parameter_missing"),
        ("amount=20.5&currency=usd", "parameter_invalid_integer"),
        ("amount=10&currency=usd", "amount_too_small"),
        ("amount=550&currency=isk", "parameter_invalid_integer"),
        (
            "amount=2000&currency=usd&statement_descriptor_suffix=it's",
            "invalid_characters",
        ),
        (
            "amount=2000&currency=usd&confirm=true",
            "payment_intent_unexpected_state",
        ),
        (
            "amount=2000&currency=usd&application_fee_amount=1",
            "fake_not_done",
        ),
    ] {
        let refused = peer.post("/v1/payment_intents", form).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::BAD_REQUEST, code),
            "{form}"
        );
    }
    let unconfirmed = peer.intent("off_session=true").await;
    assert_eq!(unconfirmed.body["error"]["param"], "off_session");
    let long = peer
        .intent("statement_descriptor_suffix=A+VERY+LONG+SUFFIX+INDEED")
        .await;
    assert_eq!(long.body["error"]["param"], "statement_descriptor_suffix");
    let redirects = peer
        .post(
            "/v1/payment_intents",
            "amount=2000&currency=usd&confirm=true&payment_method=pm_card_visa",
        )
        .await;
    assert_eq!(redirects.body["error"]["param"], "return_url");
}

#[tokio::test]
async fn a_charge_is_refunded_in_parts_and_never_more() {
    let peer = Peer::new().await;
    let intent = peer.paid_with("pm_card_visa").await.id();
    let refund =
        |amount: i64| format!("payment_intent={intent}&amount={amount}&metadata[id]=r{amount}");
    let first = peer.post("/v1/refunds", &refund(1500)).await;
    assert_eq!(
        (first.text("status"), &first.body["amount"]),
        ("succeeded", &json!(1500))
    );
    let more = peer.post("/v1/refunds", &refund(501)).await;
    assert_eq!(
        (more.status, &more.body["error"]["param"]),
        (StatusCode::BAD_REQUEST, &json!("amount"))
    );
    let charge = peer
        .get(&format!("/v1/charges/{}", first.text("charge")))
        .await;
    assert_eq!(
        (&charge.body["amount_refunded"], &charge.body["refunded"]),
        (&json!(1500), &json!(false))
    );
    assert_eq!(
        peer.post("/v1/refunds", &format!("payment_intent={intent}"))
            .await
            .body["amount"],
        500
    );
    assert_eq!(
        peer.post("/v1/refunds", &refund(1)).await.code(),
        "charge_already_refunded"
    );
    let list = peer
        .get(&format!("/v1/refunds?payment_intent={intent}"))
        .await;
    assert_eq!(list.body["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(list.body["data"][1]["metadata"]["id"], "r1500");
    assert_eq!(
        peer.stripe.books()["sums"]["usd"],
        json!({"charged": 2000, "refunded": 2000})
    );
}

#[tokio::test]
async fn refunds_settle_and_fail_later() {
    let peer = Peer::new().await;
    let pending = peer.paid_with("pm_card_pendingRefund").await.id();
    let failing = peer.paid_with("pm_card_refundFail").await.id();
    let pending = peer
        .post("/v1/refunds", &format!("payment_intent={pending}"))
        .await;
    let failing = peer
        .post("/v1/refunds", &format!("payment_intent={failing}"))
        .await;
    assert_eq!(
        (pending.text("status"), failing.text("status")),
        ("pending", "succeeded")
    );
    peer.stripe.advance(Duration::from_secs(60));
    let pending = peer.get(&format!("/v1/refunds/{}", pending.id())).await;
    let failing = peer.get(&format!("/v1/refunds/{}", failing.id())).await;
    assert_eq!(
        (pending.text("status"), failing.text("status")),
        ("succeeded", "failed")
    );
    assert_eq!(failing.text("failure_reason"), "lost_or_stolen_card");
    let charge = peer
        .get(&format!("/v1/charges/{}", failing.text("charge")))
        .await;
    assert_eq!(charge.body["amount_refunded"], 0);
    assert!(peer.events().await.contains(&"refund.failed".to_owned()));
}

#[tokio::test]
async fn a_disputed_charge_is_not_refunded() {
    let peer = Peer::new().await;
    let intent = peer.paid_with("pm_card_createDispute").await.id();
    let refused = peer
        .post("/v1/refunds", &format!("payment_intent={intent}"))
        .await;
    assert_eq!(refused.code(), "charge_disputed");
    let list = peer
        .get(&format!("/v1/disputes?payment_intent={intent}"))
        .await;
    let dispute = list.body["data"][0]["id"]
        .as_str()
        .expect("a dispute")
        .to_owned();
    assert_eq!(list.body["data"][0]["status"], "needs_response");
    let closed = peer
        .post(&format!("/v1/disputes/{dispute}/close"), "")
        .await;
    assert_eq!(closed.text("status"), "lost");
    assert_eq!(
        peer.post(&format!("/v1/disputes/{dispute}/close"), "")
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_bank_decides_disputes_and_asks_before_it_disputes() {
    let peer = Peer::new().await;
    let intent = peer.paid_with("pm_card_visa").await.id();
    let dispute = peer.stripe.open_dispute(&intent, "product_not_received");
    peer.stripe.decide_dispute(&dispute, "under_review");
    peer.stripe.decide_dispute(&dispute, "won");
    let won = peer.get(&format!("/v1/disputes/{dispute}")).await;
    assert_eq!(
        (won.text("status"), won.text("reason")),
        ("won", "product_not_received")
    );
    assert_eq!(
        won.body["balance_transactions"].as_array().map(Vec::len),
        Some(2)
    );

    let inquiry = peer.paid_with("pm_card_createDisputeInquiry").await.id();
    assert_eq!(
        peer.post("/v1/refunds", &format!("payment_intent={inquiry}&amount=1"))
            .await
            .status,
        StatusCode::OK
    );
    let events = peer.events().await;
    let disputes: Vec<&str> = events
        .iter()
        .filter_map(|kind| kind.strip_prefix("charge.dispute."))
        .collect();
    assert_eq!(
        disputes,
        [
            "created",
            "funds_withdrawn",
            "updated",
            "closed",
            "funds_reinstated",
            "created"
        ]
    );
}

#[tokio::test]
async fn refunds_and_new_cards_come_from_outside_too() {
    let peer = Peer::new().await;
    let intent = peer.paid_with("pm_card_visa").await;
    let refund = peer
        .control(
            Method::POST,
            "/_fake/refunds",
            json!({"payment_intent": intent.id(), "amount": 300}),
        )
        .await;
    assert_eq!(refund.status, StatusCode::OK, "{:?}", refund.body);
    assert_eq!(
        peer.stripe.object(&refund.id()).expect("a refund")["amount"],
        300
    );
    assert!(peer.stripe.refund(&intent.id(), None).starts_with("re_"));

    let method = intent.text("payment_method");
    let updated = peer
        .control(
            Method::POST,
            &format!("/_fake/payment_methods/{method}"),
            json!({"exp_month": 1, "exp_year": 2040}),
        )
        .await;
    assert_eq!(updated.body["card"]["exp_year"], 2040);
    assert_eq!(
        peer.events().await.last().map(String::as_str),
        Some("payment_method.automatically_updated")
    );
    let dashboard = peer.get("/v1/events?type=refund.created").await;
    assert!(dashboard.body["data"][0]["request"]["id"].is_null());
}
