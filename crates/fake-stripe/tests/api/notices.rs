//! Notices, as an endpoint gets them.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use till_fake_stripe::{NoticeTroubles, Options, Troubles};
use tokio::net::TcpListener;

use crate::Peer;

type Arrived = Arc<Mutex<Vec<(String, serde_json::Value)>>>;

/// An endpoint that refuses the first notices.
async fn endpoint(refuses: usize) -> (String, Arrived) {
    let arrived = Arrived::default();
    let take = move |State(arrived): State<Arrived>, headers: HeaderMap, body: Bytes| async move {
        let mut arrived = arrived.lock().expect("no panic");
        let signature = headers["stripe-signature"]
            .to_str()
            .unwrap_or_default()
            .to_owned();
        arrived.push((signature, serde_json::from_slice(&body).unwrap_or_default()));
        let status = if arrived.len() <= refuses { 500 } else { 200 };
        axum::http::StatusCode::from_u16(status).unwrap_or_default()
    };
    let app = Router::new()
        .route("/hook", post(take))
        .with_state(Arc::clone(&arrived));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, arrived)
}

/// Waits until so many notices have arrived, and a moment longer for those that should not.
async fn arrive(arrived: &Arrived, count: usize) -> Vec<(String, serde_json::Value)> {
    for _ in 0..200 {
        if arrived.lock().expect("no panic").len() >= count {
            break;
        }
        pause(20).await;
    }
    pause(60).await;
    let arrived = arrived.lock().expect("no panic");
    assert_eq!(arrived.len(), count);
    arrived.clone()
}

#[allow(clippy::disallowed_methods, reason = "deliveries run beside the test")]
async fn pause(milliseconds: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
}

async fn peer(url: &str) -> Peer {
    Peer::with(Options {
        webhooks: vec![url.to_owned()],
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn notices_are_signed_and_tried_again() {
    let (url, arrived) = endpoint(1).await;
    let peer = peer(&url).await;
    let customer = peer.customer().await;
    let notices = arrive(&arrived, 2).await;
    assert_eq!(notices[0].1, notices[1].1);
    assert_eq!(
        (&notices[0].1["type"], &notices[0].1["data"]["object"]["id"]),
        (&"customer.created".into(), &customer.into())
    );
    assert!(
        notices[0]
            .0
            .starts_with(&format!("t={},v1=", peer.stripe.now())),
        "{}",
        notices[0].0
    );
    // The handle gives the same notices without an endpoint.
    let (headers, body) = peer.stripe.notices(None).remove(0);
    assert_eq!(
        headers[1],
        ("stripe-signature".to_owned(), notices[0].0.clone())
    );
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&body).expect("JSON"),
        notices[0].1
    );
}

#[tokio::test]
async fn an_endpoint_gets_the_types_that_it_asked_for() {
    let (url, arrived) = endpoint(0).await;
    let peer = Peer::new().await;
    let made = peer
        .post(
            "/v1/webhook_endpoints",
            &format!("url={url}&enabled_events[]=payment_intent.succeeded"),
        )
        .await;
    assert!(made.text("secret").starts_with("whsec_"));
    assert!(
        peer.get(&format!("/v1/webhook_endpoints/{}", made.id()))
            .await
            .body
            .get("secret")
            .is_none()
    );
    peer.paid_with("pm_card_visa").await;
    assert_eq!(
        arrive(&arrived, 1).await[0].1["type"],
        "payment_intent.succeeded"
    );
}

#[tokio::test]
async fn notices_are_lost_doubled_and_forged_on_demand() {
    for (notices, count) in [
        (
            NoticeTroubles {
                lost: 100,
                ..NoticeTroubles::default()
            },
            0,
        ),
        (
            NoticeTroubles {
                doubled: 100,
                ..NoticeTroubles::default()
            },
            2,
        ),
        (
            NoticeTroubles {
                forged: 100,
                ..NoticeTroubles::default()
            },
            2,
        ),
    ] {
        let (url, arrived) = endpoint(0).await;
        let peer = peer(&url).await;
        peer.stripe.troubles(Troubles {
            notices: notices.clone(),
            ..Troubles::default()
        });
        peer.intent("").await;
        let arrived = arrive(&arrived, count).await;
        if notices.forged > 0 {
            assert_ne!(arrived[0].0, arrived[1].0);
            assert_ne!(
                arrived[0].1["data"]["object"]["amount"],
                arrived[1].1["data"]["object"]["amount"]
            );
        }
    }
}

#[tokio::test]
async fn a_notice_can_arrive_before_the_answer_or_late() {
    let (url, arrived) = endpoint(0).await;
    let peer = peer(&url).await;
    let before = NoticeTroubles {
        before: true,
        ..NoticeTroubles::default()
    };
    peer.stripe.troubles(Troubles {
        notices: before,
        ..Troubles::default()
    });
    peer.customer().await;
    assert_eq!(arrived.lock().expect("no panic").len(), 1);
    let late = NoticeTroubles {
        late_ms: 300,
        ..NoticeTroubles::default()
    };
    peer.stripe.troubles(Troubles {
        notices: late,
        ..Troubles::default()
    });
    peer.customer().await;
    assert_eq!(arrived.lock().expect("no panic").len(), 1);
    arrive(&arrived, 2).await;
}
