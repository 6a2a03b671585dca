//! The `webhooks` routes.

use serde_json::{Value as Json, json};
use till_core::kernel::{changes::Changes, values::Value};

use crate::kit::{Receiver, Shop, id};

const ENDPOINTS: &str = "/v1/webhooks/endpoints";

fn problem(body: &Json) -> (&str, &str, String) {
    let detail = &body["detail"][0];
    (
        body["error"].as_str().unwrap(),
        detail["type"].as_str().unwrap(),
        detail["loc"].to_string(),
    )
}

#[tokio::test]
async fn endpoints_are_created_read_changed_and_removed() {
    let shop = Shop::open(false).await;
    let body = json!({"url": " https://Example.com ", "format": "raw", "events": ["order.paid", "order.paid"], "name": "a"});
    let (status, made) = shop.call("POST", ENDPOINTS, Some(body)).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["url"], "https://example.com/");
    assert_eq!(made["events"], json!(["order.paid"]));
    assert_eq!(
        (&made["enabled"], &made["modified_at"]),
        (&json!(true), &Json::Null)
    );
    assert_eq!(made["uses_standard_webhook_signature"], false);
    let path = format!("{ENDPOINTS}/{}", id(&made));
    assert_eq!(shop.get(&path).await, made);

    let change = json!({"url": null, "name": null, "events": ["checkout.created"], "format": null, "enabled": null});
    let (status, changed) = shop.call("PATCH", &path, Some(change)).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["events"], json!(["checkout.created"]));
    assert_eq!(
        (&changed["name"], &changed["url"]),
        (&made["name"], &made["url"])
    );

    let (_, second) = shop
        .call(
            "POST",
            ENDPOINTS,
            Some(json!({"url": "https://example.com/2", "format": "slack", "events": []})),
        )
        .await;
    let list = shop.get(ENDPOINTS).await;
    assert_eq!(list["pagination"], json!({"total_count": 2, "max_page": 1}));
    let foreign = shop
        .get(&format!("{ENDPOINTS}?organization_id={}", id(&made)))
        .await;
    assert_eq!(foreign["pagination"]["total_count"], 0);

    assert_eq!(shop.call("DELETE", &path, None).await.0, 204);
    for (method, path) in [
        ("GET", path.clone()),
        ("PATCH", path.clone()),
        ("DELETE", path.clone()),
        ("PATCH", format!("{path}/secret")),
    ] {
        let (status, body) = shop.call(method, &path, Some(json!({}))).await;
        assert_eq!(
            (status.as_u16(), body["error"].as_str()),
            (404, Some("ResourceNotFound")),
            "{method}"
        );
    }
    assert_eq!(shop.get(ENDPOINTS).await["items"], json!([second]));
}

#[tokio::test]
async fn urls_that_may_not_be_called_are_refused_at_their_field() {
    let shop = Shop::open(false).await;
    for (url, kind) in [
        ("http://example.com", "url_scheme"),
        ("https://localhost/x", "value_error"),
        ("https://127.0.0.1/", "value_error"),
        ("example.com", "url_parsing"),
    ] {
        let body = json!({"url": url, "format": "raw", "events": []});
        let (status, answer) = shop.call("POST", ENDPOINTS, Some(body)).await;
        assert_eq!(status, 422);
        assert_eq!(
            problem(&answer),
            ("RequestValidationError", kind, r#"["body","url"]"#.into()),
            "{url}"
        );
    }
    let (_, answer) = shop
        .call(
            "POST",
            ENDPOINTS,
            Some(json!({"url": 5, "format": "xml", "events": ["nothing"]})),
        )
        .await;
    let kinds: Vec<_> = answer["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["url_type", "enum", "enum"]);
    let own = json!({"url": "https://example.com", "format": "raw", "events": [], "organization_id": shop.organization.id});
    let (_, answer) = shop.call("POST", ENDPOINTS, Some(own)).await;
    assert_eq!(problem(&answer).1, "organization_token");
    assert_eq!(shop.get(ENDPOINTS).await["pagination"]["total_count"], 0);
}

#[tokio::test]
async fn development_takes_http_and_private_hosts() {
    let shop = Shop::dev().await;
    assert_eq!(
        shop.endpoint("http://localhost:3000/hook").await["url"],
        "http://localhost:3000/hook"
    );
}

#[tokio::test]
async fn an_endpoint_with_a_url_that_became_forbidden_is_not_switched_on() {
    let shop = Shop::open(false).await;
    let made = shop.endpoint("https://example.com/").await;
    let mut changes = Changes::new();
    changes.any(
        "update webhook_endpoints set url = 'http://10.0.0.1/', enabled = $1",
        vec![Value::Bool(false)],
    );
    shop.app.store.commit(changes).await.unwrap();
    let path = format!("{ENDPOINTS}/{}", id(&made));
    let (status, answer) = shop
        .call("PATCH", &path, Some(json!({"enabled": true})))
        .await;
    assert_eq!(status, 422);
    assert_eq!(
        problem(&answer),
        (
            "PolarRequestValidationError",
            "value_error",
            r#"["body","enabled"]"#.into()
        )
    );
    let fixed = json!({"enabled": true, "url": "https://example.org"});
    assert_eq!(
        shop.call("PATCH", &path, Some(fixed)).await.1["enabled"],
        true
    );
}

#[tokio::test]
async fn deliveries_are_listed_with_their_events_and_filtered() {
    let shop = Shop::dev().await;
    let (good, bad) = (
        Receiver::answering(201).await,
        Receiver::answering(503).await,
    );
    let (good, bad) = (
        shop.endpoint(&good.url).await,
        shop.endpoint(&bad.url).await,
    );
    let start = shop.app.clock.now();
    shop.number(0).await;
    assert_eq!(shop.run_due().await, 2);
    shop.clock.advance(1);
    shop.tell(
        till_wire::events::EventType::CheckoutUpdated,
        json!({"status": "open"}),
    )
    .await;
    assert_eq!(shop.run_due().await, 2);
    let later = shop.app.clock.now();

    let all = shop.get("/v1/webhooks/deliveries").await;
    let items = all["items"].as_array().unwrap();
    assert_eq!(all["pagination"], json!({"total_count": 4, "max_page": 1}));
    assert_eq!(
        items[0]["webhook_event"]["type"], "checkout.updated",
        "newest first"
    );
    assert_eq!(items[3]["webhook_event"]["type"], "product.created");
    let event = items[0]["webhook_event"]["id"].as_str().unwrap();
    let one = items[0]["id"].as_str().unwrap();
    let upper = one[4..20].to_uppercase();
    for (query, count) in [
        (format!("endpoint_id={}", id(&good)), 2),
        (
            format!("endpoint_id={}&endpoint_id={}", id(&good), id(&bad)),
            4,
        ),
        (format!("endpoint_id={}", shop.organization.id), 0),
        ("succeeded=true".into(), 2),
        ("succeeded=false&http_code_class=5xx".into(), 2),
        ("http_code_class=2xx".into(), 2),
        ("http_code_class=4xx".into(), 0),
        ("event_type=checkout.updated".into(), 2),
        (
            "event_type=checkout.updated&event_type=product.created".into(),
            4,
        ),
        ("event_type=order.paid".into(), 0),
        (format!("start_timestamp={start}"), 2),
        (format!("end_timestamp={later}"), 2),
        (format!("start_timestamp={start}&end_timestamp={later}"), 0),
        (format!("query={one}"), 1),
        (format!("query={upper}"), 1),
        (format!("query={event}"), 1),
        (format!("query={}", &event[9..]), 1),
        ("query=503".into(), 2),
        ("query=%25".into(), 0),
        ("limit=3&page=2".into(), 4),
    ] {
        let found = shop.get(&format!("/v1/webhooks/deliveries?{query}")).await;
        // Ids may hold any digits.
        let total = found["pagination"]["total_count"].as_i64().unwrap();
        assert!(
            total == count || query == "query=503" && total >= count,
            "{query}: {found}"
        );
    }
    for query in [
        "http_code_class=6xx",
        "event_type=x",
        "start_timestamp=2026-01-01T00:00:00",
        "endpoint_id=x",
        "limit=0",
    ] {
        let (status, _) = shop
            .call("GET", &format!("/v1/webhooks/deliveries?{query}"), None)
            .await;
        assert_eq!(status, 422, "{query}");
    }
}

#[tokio::test]
async fn redelivery_sends_a_finished_event_again() {
    let shop = Shop::dev().await;
    let receiver = Receiver::start().await;
    let endpoint = shop.endpoint(&receiver.url).await;
    let subject = shop.number(0).await;
    shop.run_due().await;
    let path = format!(
        "/v1/webhooks/events/{}/redeliver",
        shop.event_about(subject).await.id
    );
    assert_eq!(
        shop.call("POST", &path, None).await,
        (axum::http::StatusCode::ACCEPTED, Json::Null)
    );
    assert_eq!(shop.run_due().await, 1);
    let got = receiver.deliveries();
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));

    receiver.behave(|_| {
        axum::response::IntoResponse::into_response(axum::http::StatusCode::BAD_GATEWAY)
    });
    shop.call("POST", &path, None).await;
    assert_eq!(shop.exhaust().await.len(), 8, "ten attempts in all");
    assert_eq!(
        shop.event_about(subject).await.succeeded,
        Some(true),
        "an earlier success stays"
    );
    shop.call("POST", &path, None).await;
    assert_eq!(
        shop.exhaust().await.len(),
        1,
        "after nine attempts there is one more"
    );

    shop.call(
        "PATCH",
        &format!("{ENDPOINTS}/{}", id(&endpoint)),
        Some(json!({"enabled": false})),
    )
    .await;
    shop.call("POST", &path, None).await;
    let event = shop.event_about(subject).await;
    assert_eq!((event.skipped, event.next_attempt_at), (true, None));
    let unknown = format!("/v1/webhooks/events/{}/redeliver", id(&endpoint));
    assert_eq!(shop.call("POST", &unknown, None).await.0, 404);
}
