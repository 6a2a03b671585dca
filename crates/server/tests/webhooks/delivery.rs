//! Delivering what is due.

use axum::{http::StatusCode, response::IntoResponse};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value as Json, json};
use standardwebhooks::Webhook;
use till_core::kernel::{changes::Changes, values::Value};
use till_wire::events::EventType;

use crate::kit::{ReceivedDelivery, Receiver, Shop, id};

#[tokio::test]
async fn events_arrive_in_order_and_one_at_a_time() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    shop.endpoint(&receiver.url).await;
    for n in 0..150 {
        shop.number(n).await;
        shop.clock.advance(1);
    }
    assert_eq!(shop.run_due().await, 150);
    assert_eq!(receiver.numbers(), (0..150).collect::<Vec<_>>());
    assert_eq!(receiver.most_at_once(), 1);
    assert_eq!(shop.run_due().await, 0);
    assert_eq!(shop.all_deliveries().await.len(), 150);
}

#[tokio::test]
async fn events_of_one_commit_arrive_in_the_order_they_were_written() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    shop.endpoint(&receiver.url).await;
    let subscribers = shop
        .app
        .store
        .subscribers(shop.organization.id)
        .await
        .unwrap();
    let ctx = shop.app.context();
    let mut changes = Changes::new();
    for n in 0..20 {
        changes.emit(
            &subscribers,
            &ctx,
            EventType::ProductCreated,
            ctx.id(),
            || json!({"n": n}),
        );
    }
    shop.app.store.commit(changes).await.unwrap();
    assert_eq!(shop.run_due().await, 20);
    assert_eq!(receiver.numbers(), (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn two_nodes_never_serve_one_endpoint_at_once() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    shop.endpoint(&receiver.url).await;
    for n in 0..40 {
        shop.number(n).await;
    }
    let (one, other) = tokio::join!(shop.run_due(), shop.run_due());
    assert_eq!(one + other + shop.run_due().await, 40);
    assert_eq!(receiver.deliveries().len(), 40);
    assert_eq!(receiver.most_at_once(), 1);
}

#[tokio::test]
async fn a_failed_event_waits_and_holds_up_none_behind_it() {
    let shop = Shop::dev().await;
    let receiver = Receiver::behaving(true, |got: &ReceivedDelivery| match got.number() {
        0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::OK.into_response(),
    })
    .await;
    shop.endpoint(&receiver.url).await;
    let first = shop.number(0).await;
    shop.clock.advance(1);
    shop.number(1).await;
    assert_eq!(shop.run_due().await, 2);
    assert_eq!(receiver.numbers(), [0, 1]);
    assert_eq!(shop.run_due().await, 0, "not before its time");
    let event = shop.event_about(first).await;
    assert_eq!(
        (event.succeeded, event.attempts, event.last_http_code),
        (None, 1, Some(503))
    );

    receiver.behave(|_| StatusCode::OK.into_response());
    shop.clock.advance(8);
    assert_eq!(shop.run_due().await, 1);
    let got = receiver.deliveries();
    assert_eq!(
        got[0].header("webhook-id"),
        got[2].header("webhook-id"),
        "the same event has the same id"
    );
    assert_ne!(
        got[0].header("webhook-timestamp"),
        got[2].header("webhook-timestamp")
    );
    assert_eq!(shop.event_about(first).await.succeeded, Some(true));
}

#[tokio::test]
async fn ten_attempts_by_schedule_and_then_it_has_failed() {
    let shop = Shop::dev().await;
    let receiver = Receiver::answering(500).await;
    shop.endpoint(&receiver.url).await;
    let subject = shop.number(0).await;
    let times = shop.exhaust().await;
    assert_eq!(times.len(), 10);
    let bounds = [
        (4, 8),
        (8, 16),
        (16, 32),
        (32, 64),
        (64, 128),
        (128, 256),
        (256, 512),
        (512, 1024),
        (600, 1200),
    ];
    for ((pair, (least, most)), n) in times.windows(2).zip(bounds).zip(1..) {
        let waited = pair[1] - pair[0];
        assert!(
            (least..=most + 1).contains(&waited),
            "attempt {n}: {waited} s"
        );
    }
    let event = shop.event_about(subject).await;
    assert_eq!((event.succeeded, event.attempts), (Some(false), 10));
    assert_eq!(shop.all_deliveries().await.len(), 10);
}

#[tokio::test]
async fn ten_failed_events_switch_the_endpoint_off_and_skip_what_waits() {
    let shop = Shop::dev().await;
    let receiver = Receiver::answering(500).await;
    let endpoint = shop.endpoint(&receiver.url).await;
    for n in 0..9 {
        shop.number(n).await;
    }
    shop.exhaust().await;
    assert!(shop.row(&endpoint).await.enabled, "nine are not enough");
    let tenth = shop.number(9).await;
    for _ in 0..9 {
        shop.run_due().await;
        shop.clock.advance(1300);
    }
    let waiting = shop.number(10).await;
    shop.run_due().await;
    assert!(!shop.row(&endpoint).await.enabled);
    assert_eq!(shop.event_about(tenth).await.succeeded, Some(false));
    let waiting = shop.event_about(waiting).await;
    assert_eq!(
        (waiting.skipped, waiting.next_attempt_at, waiting.attempts),
        (true, None, 0)
    );
    assert_eq!(shop.run_due().await, 0);
}

#[tokio::test]
async fn what_waits_for_an_endpoint_that_was_switched_off_is_skipped() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    let endpoint = shop.endpoint(&receiver.url).await;
    let path = format!("/v1/webhooks/endpoints/{}", id(&endpoint));
    let before = shop.number(0).await;
    shop.call("PATCH", &path, Some(json!({"enabled": false})))
        .await;
    assert!(shop.event_about(before).await.skipped);
    shop.call("PATCH", &path, Some(json!({"enabled": true})))
        .await;
    assert_eq!(shop.run_due().await, 0, "switching on does not replay");

    // Recorded by a request that had read the endpoint before it was switched off.
    let late = shop.number(1).await;
    let mut changes = Changes::new();
    changes.any(
        "update webhook_endpoints set enabled = $1",
        vec![Value::Bool(false)],
    );
    shop.app.store.commit(changes).await.unwrap();
    assert_eq!(shop.run_due().await, 0);
    assert!(shop.event_about(late).await.skipped);
    assert_eq!(receiver.deliveries().len(), 0);
}

#[tokio::test]
async fn redirects_are_failures_and_not_followed() {
    let shop = Shop::dev().await;
    let target = Receiver::start().await;
    let to = target.url.clone();
    let receiver = Receiver::behaving(true, move |_| {
        (StatusCode::TEMPORARY_REDIRECT, [("location", to.clone())]).into_response()
    })
    .await;
    shop.endpoint(&receiver.url).await;
    let subject = shop.number(0).await;
    assert_eq!(shop.run_due().await, 1);
    let event = shop.event_about(subject).await;
    assert_eq!((event.last_http_code, event.succeeded), (Some(307), None));
    assert_eq!(target.deliveries().len(), 0);
}

#[tokio::test]
async fn private_addresses_are_refused_outside_development() {
    let shop = Shop::open(false).await;
    let receiver = Receiver::start().await;
    let endpoint = shop.endpoint("https://example.com/").await;
    // As after a change of the operator's mind, or of what a name stands for.
    let mut changes = Changes::new();
    let binds = vec![
        Value::Text(receiver.url.replace("http://", "https://")),
        Value::Uuid(id(&endpoint)),
    ];
    changes.any("update webhook_endpoints set url = $1 where id = $2", binds);
    shop.app.store.commit(changes).await.unwrap();
    shop.number(0).await;
    assert_eq!(shop.run_due().await, 1);
    let delivery = &shop.all_deliveries().await[0];
    assert_eq!((delivery.succeeded, delivery.http_code), (false, None));
    assert!(
        delivery
            .response
            .as_deref()
            .unwrap()
            .contains("no public address"),
        "{delivery:?}"
    );
    assert_eq!(receiver.deliveries().len(), 0);
}

#[tokio::test]
async fn signatures_verify_with_the_secret_as_shown_and_as_clients_wrap_it() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    let endpoint = shop.endpoint(&receiver.url).await;
    shop.tell(
        EventType::ProductCreated,
        json!({"name": "é / 漢字 😀", "n": 1.0}),
    )
    .await;
    shop.run_due().await;
    let got = receiver.deliveries().remove(0);
    let secret = endpoint["secret"].as_str().unwrap();
    let timestamp: i64 = got.header("webhook-timestamp").parse().unwrap();
    for key in [secret.to_owned(), BASE64.encode(secret)] {
        let expected = Webhook::new(&key)
            .unwrap()
            .sign(got.header("webhook-id"), timestamp, got.body.as_bytes())
            .unwrap();
        assert!(
            got.header("webhook-signature")
                .split(' ')
                .any(|one| one == expected),
            "{key}"
        );
    }
    assert_eq!(got.header("user-agent"), "Till webhooks");
    assert_eq!(got.header("content-type"), "application/json");
    assert!(
        got.body.contains(r#""data":{"name":"é / 漢字 😀","n":1}"#),
        "{}",
        got.body
    );
}

#[tokio::test]
async fn a_new_secret_is_in_force_at_once() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    let endpoint = shop.endpoint(&receiver.url).await;
    shop.number(0).await;
    let path = format!("/v1/webhooks/endpoints/{}/secret", id(&endpoint));
    let (status, new) = shop.call("PATCH", &path, None).await;
    assert_eq!(status, 200);
    assert_ne!(new["secret"], endpoint["secret"]);
    shop.run_due().await;
    let got = receiver.deliveries().remove(0);
    let timestamp = got.header("webhook-timestamp").parse().unwrap();
    let key = Webhook::new(new["secret"].as_str().unwrap()).unwrap();
    let expected = key
        .sign(got.header("webhook-id"), timestamp, got.body.as_bytes())
        .unwrap();
    assert!(got.header("webhook-signature").contains(&expected));
}

#[tokio::test]
async fn answers_are_kept_up_to_2048_characters_without_nul() {
    let shop = Shop::dev().await;
    let receiver = Receiver::behaving(true, |_| "é\0".repeat(5000).into_response()).await;
    shop.endpoint(&receiver.url).await;
    shop.number(0).await;
    shop.run_due().await;
    assert_eq!(
        shop.all_deliveries().await[0].response.as_deref(),
        Some(&*"é".repeat(2048))
    );
}

#[tokio::test]
async fn chat_endpoints_get_chat_messages() {
    let shop = Shop::dev().await;
    let mut receivers = Vec::new();
    for format in ["slack", "discord"] {
        let receiver = Receiver::answering(204).await;
        let body = json!({"url": receiver.url, "format": format, "events": ["product.created"]});
        assert_eq!(
            shop.call("POST", "/v1/webhooks/endpoints", Some(body))
                .await
                .0,
            201
        );
        receivers.push(receiver);
    }
    shop.tell(
        EventType::ProductCreated,
        json!({"id": "p-1", "organization_id": "o-1"}),
    )
    .await;
    assert_eq!(shop.run_due().await, 2);
    let [slack, discord] = [&receivers[0], &receivers[1]]
        .map(|r| serde_json::from_str::<Json>(&r.deliveries()[0].body).unwrap());
    assert_eq!(slack["text"], "Product created");
    assert_eq!(slack["blocks"][0]["fields"][0]["text"], "*Object*\np-1");
    assert_eq!(discord["content"], "Product created");
    assert_eq!(discord["embeds"][0]["fields"][1]["value"], "o-1");
}

#[tokio::test]
async fn the_buyers_page_hears_when_the_merchant_knows() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    shop.endpoint(&receiver.url).await;
    let subject = shop
        .tell(EventType::CheckoutUpdated, json!({"status": "succeeded"}))
        .await;
    let mut watch = shop.app.store.watch(&format!("checkout:{subject}"));
    shop.run_due().await;
    let message: Json = serde_json::from_str(&watch.next().await).unwrap();
    assert_eq!(message["key"], "checkout.webhook_event_delivered");
    assert_eq!(message["payload"], json!({"status": "succeeded"}));
}

#[tokio::test]
async fn payloads_are_forgotten_after_ninety_days() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    shop.endpoint(&receiver.url).await;
    let old = shop.number(0).await;
    shop.run_due().await;
    shop.clock.advance(90 * 24 * 3600);
    assert_eq!(
        till_server::jobs::webhooks::archive(&shop.app)
            .await
            .unwrap(),
        0
    );
    shop.clock.advance(1);
    let new = shop.number(1).await;
    assert_eq!(
        till_server::jobs::webhooks::archive(&shop.app)
            .await
            .unwrap(),
        1
    );
    assert_eq!(shop.event_about(old).await.payload, None);
    assert!(shop.event_about(new).await.payload.is_some());
    shop.run_due().await;
    let path = format!(
        "/v1/webhooks/events/{}/redeliver",
        shop.event_about(old).await.id
    );
    assert_eq!(shop.call("POST", &path, None).await.0, 202);
    assert_eq!(shop.run_due().await, 0, "there is nothing left to send");
}
