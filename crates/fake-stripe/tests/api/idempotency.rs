//! Idempotency keys and troubles.

use std::time::Duration;

use reqwest::StatusCode;
use till_fake_stripe::Troubles;

use crate::Peer;

const INTENT: &str = "amount=2000&currency=usd";

#[tokio::test]
async fn a_key_repeats_its_answer_and_does_nothing_again() {
    let peer = Peer::new().await;
    let first = peer.post_with("/v1/payment_intents", INTENT, "key-1").await;
    let second = peer
        .post_with("/v1/payment_intents", "currency=usd&amount=2000", "key-1")
        .await;
    assert_eq!(first.body, second.body);
    assert!(!first.replayed() && second.replayed());
    assert_eq!(
        second.headers["original-request"],
        first.headers["request-id"]
    );
    assert_ne!(second.headers["request-id"], first.headers["request-id"]);
    assert_eq!(peer.events().await, ["payment_intent.created"]);
}

#[tokio::test]
async fn a_key_with_other_parameters_or_another_endpoint_is_an_error() {
    let peer = Peer::new().await;
    peer.post_with("/v1/payment_intents", INTENT, "key-1").await;
    for (path, form) in [
        ("/v1/payment_intents", "amount=2001&currency=usd"),
        ("/v1/customers", ""),
    ] {
        let refused = peer.post_with(path, form, "key-1").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.body["error"]["type"], "idempotency_error");
    }
}

#[tokio::test]
async fn declines_are_remembered_and_malformed_requests_are_not() {
    let peer = Peer::new().await;
    let decline = format!(
        "{INTENT}&allowed_payment_method_types[]=card&confirm=true&payment_method=pm_card_chargeDeclined"
    );
    let first = peer
        .post_with("/v1/payment_intents", &decline, "declined")
        .await;
    let again = peer
        .post_with("/v1/payment_intents", &decline, "declined")
        .await;
    assert_eq!(
        (first.status, again.status),
        (StatusCode::PAYMENT_REQUIRED, StatusCode::PAYMENT_REQUIRED)
    );
    assert!(again.replayed());
    assert_eq!(
        peer.post_with("/v1/payment_intents", "amount=x&currency=usd", "typo")
            .await
            .code(),
        "parameter_invalid_integer"
    );
    assert_eq!(
        peer.post_with("/v1/payment_intents", INTENT, "typo")
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let peer = Peer::new().await;
    let first = peer
        .post_with("/v1/payment_intents", INTENT, "key-1")
        .await
        .id();
    peer.stripe.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(
        peer.post_with("/v1/payment_intents", INTENT, "key-1")
            .await
            .id(),
        first
    );
    peer.stripe.advance(Duration::from_secs(1));
    assert_ne!(
        peer.post_with("/v1/payment_intents", INTENT, "key-1")
            .await
            .id(),
        first
    );
}

#[tokio::test]
async fn a_key_in_use_is_a_conflict() {
    let peer = Peer::new().await;
    peer.stripe.troubles(Troubles {
        slow_ms: 400,
        ..Troubles::default()
    });
    let (one, other) = tokio::join!(
        peer.post_with("/v1/payment_intents", INTENT, "key-1"),
        peer.post_with("/v1/payment_intents", INTENT, "key-1"),
    );
    let mut codes = [one.status, other.status];
    codes.sort();
    assert_eq!(codes, [StatusCode::OK, StatusCode::CONFLICT]);
    let conflict = if one.status == StatusCode::CONFLICT {
        one
    } else {
        other
    };
    assert_eq!(conflict.code(), "idempotency_key_in_use");
    peer.stripe.troubles(Troubles::default());
    assert!(
        peer.post_with("/v1/payment_intents", INTENT, "key-1")
            .await
            .replayed()
    );
    assert_eq!(peer.events().await.len(), 1);
}

#[tokio::test]
async fn a_server_error_is_remembered_whether_or_not_it_was_done() {
    let peer = Peer::new().await;
    for (name, troubles, done) in [
        (
            "before",
            Troubles {
                error_before: 100,
                times: Some(1),
                ..Troubles::default()
            },
            0,
        ),
        (
            "after",
            Troubles {
                error_after: 100,
                times: Some(1),
                ..Troubles::default()
            },
            1,
        ),
    ] {
        let events = peer.events().await.len();
        peer.stripe.troubles(troubles);
        for _ in 0..2 {
            let broken = peer.post_with("/v1/payment_intents", INTENT, name).await;
            assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR, "{name}");
            assert_eq!(broken.body["error"]["type"], "api_error");
        }
        assert_eq!(peer.events().await.len() - events, done, "{name}");
    }
}

#[tokio::test]
async fn limits_and_conflicts_on_demand_do_nothing_and_are_not_remembered() {
    let peer = Peer::new().await;
    for (troubles, status, code) in [
        (
            Troubles {
                rate_limit: 100,
                times: Some(1),
                ..Troubles::default()
            },
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit",
        ),
        (
            Troubles {
                conflict: 100,
                times: Some(1),
                ..Troubles::default()
            },
            StatusCode::CONFLICT,
            "idempotency_key_in_use",
        ),
    ] {
        peer.stripe.troubles(troubles);
        let refused = peer.post_with("/v1/customers", "", code).await;
        assert_eq!((refused.status, refused.code()), (status, code));
        let done = peer.post_with("/v1/customers", "", code).await;
        assert!(done.status == StatusCode::OK && !done.replayed());
    }
}

#[tokio::test]
async fn silence_and_closed_connections_leave_the_client_unsure() {
    let peer = Peer::new().await;
    for (name, troubles, done) in [
        (
            "reset-before",
            Troubles {
                reset_before: 100,
                times: Some(1),
                ..Troubles::default()
            },
            false,
        ),
        (
            "reset-after",
            Troubles {
                reset_after: 100,
                times: Some(1),
                ..Troubles::default()
            },
            true,
        ),
    ] {
        peer.stripe.troubles(troubles);
        assert!(
            peer.try_post("/v1/customers", "", Some(name))
                .await
                .is_err(),
            "{name}"
        );
        assert_eq!(
            peer.post_with("/v1/customers", "", name).await.replayed(),
            done,
            "{name}"
        );
    }
    for (name, troubles, done) in [
        (
            "lost",
            Troubles {
                lost: 100,
                times: Some(1),
                ..Troubles::default()
            },
            false,
        ),
        (
            "silent",
            Troubles {
                silent: 100,
                times: Some(1),
                ..Troubles::default()
            },
            true,
        ),
    ] {
        peer.stripe.troubles(troubles);
        let request = peer.request(reqwest::Method::POST, "/v1/customers", "", Some(name));
        let gone = request
            .timeout(Duration::from_millis(400))
            .send()
            .await
            .expect_err("silence");
        assert!(gone.is_timeout(), "{name}");
        assert_eq!(
            peer.post_with("/v1/customers", "", name).await.replayed(),
            done,
            "{name}"
        );
    }
}

#[tokio::test]
async fn troubles_concern_their_paths_only() {
    let peer = Peer::new().await;
    peer.stripe.troubles(Troubles {
        paths: vec!["/v1/refunds".to_owned()],
        method: Some("POST".to_owned()),
        rate_limit: 100,
        ..Troubles::default()
    });
    assert_eq!(peer.post("/v1/customers", "").await.status, StatusCode::OK);
    assert_eq!(peer.get("/v1/refunds").await.status, StatusCode::OK);
    assert_eq!(
        peer.post("/v1/refunds", "").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}
