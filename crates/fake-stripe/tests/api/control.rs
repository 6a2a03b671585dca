//! Books that survive, and the record of exchanges.

use reqwest::{Method, StatusCode};
use serde_json::json;
use till_fake_stripe::Options;

use crate::Peer;

#[tokio::test]
async fn books_survive_a_restart_and_a_line_cut_by_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = || Options {
        data: Some(folder.path().join("books")),
        seed: 7,
        ..Options::default()
    };
    let (intent, key) = {
        let peer = Peer::with(options()).await;
        peer.stripe.advance(std::time::Duration::from_secs(100));
        let intent = peer
            .post_with("/v1/payment_intents", "amount=2000&currency=usd", "key-1")
            .await;
        (intent, peer.key.clone())
    };
    let file = folder.path().join("books");
    let mut kept = std::fs::read(&file).expect("a file");
    kept.extend_from_slice(b"{\"table\":\"customers\",\"row\":{\"id\":\"cu");
    std::fs::write(&file, kept).expect("written");

    let peer = Peer::with(Options {
        seed: 8,
        ..options()
    })
    .await;
    assert_eq!(peer.key, key);
    assert_eq!(
        peer.get(&format!("/v1/payment_intents/{}", intent.id()))
            .await
            .body,
        intent.body
    );
    assert!(
        peer.post_with("/v1/payment_intents", "amount=2000&currency=usd", "key-1")
            .await
            .replayed()
    );
    assert_ne!(peer.intent("").await.id(), intent.id());
    assert_eq!(intent.body["created"], peer.stripe.now());
}

#[tokio::test]
async fn a_file_that_is_no_books_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("books");
    std::fs::write(&file, "nonsense\n").expect("written");
    let opened = till_fake_stripe::FakeStripe::open(Options {
        data: Some(file),
        ..Options::default()
    })
    .await;
    assert!(opened.is_err());
}

#[tokio::test]
async fn exchanges_are_recorded_as_they_were_sent() {
    let peer = Peer::new().await;
    peer.intent("metadata[a]=b").await;
    peer.post("/v1/refunds", "nonsense=1").await;
    let all = peer
        .control(Method::GET, "/_fake/exchanges", json!(null))
        .await;
    assert_eq!(all.body[0]["operation"], "payment_intents.create");
    assert_eq!(all.body[0]["params"]["metadata"], json!({"a": "b"}));
    assert_eq!(all.body[0]["params"]["amount"], "2000");
    assert_eq!(all.body[0]["answer"]["object"], "payment_intent");
    assert_eq!(
        (&all.body[1]["operation"], &all.body[1]["status"]),
        (&json!(null), &json!(400))
    );
    let newer = peer
        .control(Method::GET, "/_fake/exchanges?after=1", json!(null))
        .await;
    assert_eq!(newer.body.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn controls_set_troubles_clock_and_keys() {
    let peer = Peer::new().await;
    let set = peer
        .control(
            Method::PUT,
            "/_fake/troubles",
            json!({"rate_limit": 100, "paths": ["/v1/customers"]}),
        )
        .await;
    assert_eq!(set.status, StatusCode::OK);
    assert_eq!(
        peer.get("/v1/customers").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(
        peer.control(Method::PUT, "/_fake/troubles", json!({"rate": 1}))
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
    peer.control(Method::PUT, "/_fake/troubles", json!([]))
        .await;
    let before = peer.stripe.now();
    peer.control(Method::POST, "/_fake/clock", json!({"seconds": 60}))
        .await;
    assert_eq!(peer.stripe.now(), before + 60);
    let key = peer
        .control(
            Method::POST,
            "/_fake/keys",
            json!({"permissions": ["rak_balance_read"]}),
        )
        .await;
    assert!(key.text("key").starts_with("rk_test_"));
    assert_eq!(
        peer.control(Method::GET, "/_fake/nonsense", json!(null))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}
