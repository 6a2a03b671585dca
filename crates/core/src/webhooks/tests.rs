use std::collections::BTreeSet;

use serde_json::json;
use till_wire::input::Context;

use super::*;
use crate::kernel::{events::Subscribers, writes::NamedWrite};

fn at() -> DecisionContext {
    DecisionContext::new("2026-11-22T12:00:00.000001Z".parse().unwrap(), [7; 32])
}

fn input(body: serde_json::Value) -> EndpointCreate {
    let mut cx = Context::new("body");
    let read = EndpointCreate::read(&body, &mut cx);
    assert_eq!(cx.problems, []);
    read.unwrap()
}

fn endpoint(format: WebhookFormat) -> WebhookEndpoint {
    let body = json!({"url": "https://example.com/", "format": format, "events": ["checkout.updated", "order.paid", "checkout.updated"]});
    let ctx = at();
    create(input(body), ctx.id(), "https://example.com/".into(), &ctx)
        .unwrap()
        .0
}

fn event(endpoint: &WebhookEndpoint) -> WebhookEvent {
    let ctx = at();
    WebhookEvent {
        id: ctx.id(),
        sequence: 1000,
        created_at: ctx.now,
        modified_at: None,
        organization_id: endpoint.organization_id,
        endpoint_id: endpoint.id,
        kind: EventType::CheckoutUpdated,
        subject_id: Some(ctx.id()),
        payload: Some(r#"{"type":"checkout.updated","data":{"status":"confirmed"}}"#.into()),
        succeeded: None,
        skipped: false,
        last_http_code: None,
        attempts: 0,
        next_attempt_at: Some(ctx.now),
    }
}

fn answer(code: i64) -> Answer {
    Answer {
        http_code: Some(code),
        response: "ok".into(),
        duration: SignedDuration::from_millis(40),
    }
}

/// The columns of the event after a commit.
fn event_set(changes: &Changes) -> Vec<(&'static str, Value)> {
    match &changes.writes[0] {
        Write::Update {
            table: "webhook_events",
            set,
            ..
        } => set.clone(),
        other => panic!("the event comes first: {other:?}"),
    }
}

fn column(changes: &Changes, name: &str) -> Option<Value> {
    event_set(changes)
        .into_iter()
        .find(|(column, _)| *column == name)
        .map(|(_, value)| value)
}

#[test]
fn delays_grow_and_are_capped() {
    assert_eq!(delay(1, 0.0).as_secs(), 4);
    assert_eq!(delay(1, 0.999).as_secs(), 7);
    assert_eq!(delay(5, 0.0).as_secs(), 64);
    for n in 9..12 {
        let seconds = delay(n, 0.5).as_secs();
        assert!((600..=1200).contains(&seconds), "{n}: {seconds}");
    }
}

#[test]
fn a_new_endpoint_hears_each_type_once_and_has_a_secret_of_its_own() {
    let row = endpoint(WebhookFormat::Raw);
    assert_eq!(
        row.events.0,
        [EventType::CheckoutUpdated, EventType::OrderPaid]
    );
    assert!(row.secret.starts_with("whsec_") && row.enabled);
    assert!(
        BASE64.decode(&row.secret[6..]).is_ok(),
        "plain libraries take it as it is shown"
    );
}

#[test]
fn an_organizations_token_may_not_name_the_organization() {
    let mut body = input(json!({"url": "https://example.com/", "format": "raw", "events": []}));
    body.organization_id = Some(at().id());
    let refusal = create(body, at().id(), "https://example.com/".into(), &at()).unwrap_err();
    assert!(
        matches!(refusal, Refusal::Invalid(problems) if problems[0].kind == "organization_token")
    );
}

#[test]
fn switching_off_and_deleting_skip_what_waits() {
    let row = endpoint(WebhookFormat::Raw);
    let off = EndpointUpdate {
        enabled: Some(false),
        ..EndpointUpdate::default()
    };
    for changes in [update(&row, off, None, &at()).1, delete(&row, &at())] {
        let skips = changes.writes.iter().any(|w| {
            matches!(
                w,
                Write::Named(NamedWrite::Webhook(WebhookWrite::SkipWaiting { .. }))
            )
        });
        assert!(skips, "{changes:?}");
    }
    let named = EndpointUpdate {
        name: Some("x".into()),
        ..EndpointUpdate::default()
    };
    assert_eq!(update(&row, named, None, &at()).1.writes.len(), 1);
}

#[test]
fn only_2xx_is_success() {
    for (code, success) in [
        (199, false),
        (200, true),
        (299, true),
        (300, false),
        (302, false),
        (404, false),
        (500, false),
    ] {
        assert_eq!(answer(code).is_success(), success, "{code}");
    }
    assert!(
        !Answer {
            http_code: None,
            response: "timed out".into(),
            duration: SignedDuration::from_millis(40),
        }
        .is_success()
    );
}

#[test]
fn success_ends_an_event_and_clears_skipped() {
    let endpoint = endpoint(WebhookFormat::Raw);
    let event = WebhookEvent {
        attempts: 3,
        skipped: true,
        ..event(&endpoint)
    };
    let changes = delivered(&event, &endpoint, &answer(204), false, 0.0, &at());
    assert_eq!(column(&changes, "succeeded"), Some(Value::Bool(true)));
    assert_eq!(column(&changes, "skipped"), Some(Value::Bool(false)));
    assert_eq!(column(&changes, "next_attempt_at"), Some(Value::Null));
    assert_eq!(column(&changes, "attempts"), Some(Value::Int(4)));
    assert_eq!(column(&changes, "last_http_code"), Some(Value::Int(204)));
}

#[test]
fn the_tenth_failure_is_the_last() {
    let endpoint = endpoint(WebhookFormat::Raw);
    for attempts in 0..12 {
        let event = WebhookEvent {
            attempts,
            ..event(&endpoint)
        };
        let changes = delivered(&event, &endpoint, &answer(500), false, 0.5, &at());
        let ended = attempts >= 9;
        assert_eq!(ends_in_failure(&event, &answer(500)), ended);
        assert_eq!(
            column(&changes, "succeeded"),
            ended.then_some(Value::Bool(false))
        );
        let next = at().now + delay(attempts + 1, 0.5);
        let next = if ended {
            Value::Null
        } else {
            Value::Time(next)
        };
        assert_eq!(column(&changes, "next_attempt_at"), Some(next));
    }
}

#[test]
fn a_failed_redelivery_leaves_an_earlier_success() {
    let endpoint = endpoint(WebhookFormat::Raw);
    for (attempts, set) in [(1, None), (9, Some(Value::Bool(true)))] {
        let event = WebhookEvent {
            attempts,
            succeeded: Some(true),
            ..event(&endpoint)
        };
        let changes = delivered(&event, &endpoint, &answer(500), false, 0.5, &at());
        assert_eq!(column(&changes, "succeeded"), set);
        assert!(
            !is_failing(&event, &[(1, false); 10]),
            "it is no failure of the streak either"
        );
    }
}

#[test]
fn ten_failed_events_in_a_row_are_a_streak() {
    let endpoint = endpoint(WebhookFormat::Raw);
    let event = event(&endpoint);
    let others = |succeeded: &[bool]| -> Vec<_> {
        // Newest first, all older than the event.
        succeeded
            .iter()
            .enumerate()
            .map(|(i, s)| (999 - i as i64, *s))
            .collect()
    };
    assert!(!is_failing(&event, &others(&[false; 8])));
    assert!(is_failing(&event, &others(&[false; 9])));
    assert!(
        is_failing(&event, &others(&[[false; 9].as_slice(), &[true]].concat())),
        "the eleventh does not matter"
    );
    assert!(!is_failing(
        &event,
        &others(&[[false; 8].as_slice(), &[true]].concat())
    ));
    let newer: Vec<_> = (0..10).map(|i| (2000 + i, i == 0)).collect();
    assert!(
        !is_failing(&event, &newer),
        "a late failure of an old event is not the newest"
    );
}

#[test]
fn a_streak_switches_the_endpoint_off_once() {
    let endpoint = endpoint(WebhookFormat::Raw);
    let last = WebhookEvent {
        attempts: 9,
        ..event(&endpoint)
    };
    let tables = |changes: &Changes| -> BTreeSet<&'static str> {
        changes
            .writes
            .iter()
            .filter_map(|w| match w {
                Write::Update { table, .. } | Write::Insert { table, .. } => Some(*table),
                _ => None,
            })
            .collect()
    };
    let changes = delivered(&last, &endpoint, &answer(500), true, 0.5, &at());
    assert!(tables(&changes).contains("webhook_endpoints"));
    let off = WebhookEndpoint {
        enabled: false,
        ..endpoint.clone()
    };
    for changes in [
        delivered(&last, &off, &answer(500), true, 0.5, &at()),
        delivered(&last, &endpoint, &answer(200), true, 0.5, &at()),
        delivered(&event(&endpoint), &endpoint, &answer(500), true, 0.5, &at()),
    ] {
        assert!(!tables(&changes).contains("webhook_endpoints"));
    }
}

#[test]
fn answers_are_kept_up_to_2048_characters_without_nul() {
    let endpoint = endpoint(WebhookFormat::Raw);
    let long = Answer {
        http_code: Some(200),
        response: "é\0".repeat(3000),
        duration: SignedDuration::from_millis(40),
    };
    let changes = delivered(&event(&endpoint), &endpoint, &long, false, 0.0, &at());
    let kept = changes.writes.iter().find_map(|w| match w {
        Write::Insert {
            table: "webhook_deliveries",
            columns,
            values,
            ..
        } => {
            let response = columns.iter().position(|column| *column == "response");
            response.map(|place| values[place].clone())
        }
        _ => None,
    });
    assert_eq!(kept, Some(Value::Text("é".repeat(2048))));
}

#[test]
fn a_delivered_checkout_update_is_told_to_the_buyers_page() {
    let raw = endpoint(WebhookFormat::Raw);
    let told = event(&raw);
    let changes = delivered(&told, &raw, &answer(200), false, 0.0, &at());
    assert_eq!(
        changes.signals[0].topic,
        format!("checkout:{}", told.subject_id.unwrap())
    );
    let message: serde_json::Value = serde_json::from_str(&changes.signals[0].message).unwrap();
    assert_eq!(message["key"], "checkout.webhook_event_delivered");
    assert_eq!(message["payload"], json!({"status": "confirmed"}));

    let slack = endpoint(WebhookFormat::Slack);
    let other = WebhookEvent {
        kind: EventType::CheckoutCreated,
        ..told.clone()
    };
    for changes in [
        delivered(&told, &raw, &answer(500), false, 0.0, &at()),
        delivered(&told, &slack, &answer(200), false, 0.0, &at()),
        delivered(&other, &raw, &answer(200), false, 0.0, &at()),
    ] {
        assert_eq!(changes.signals, []);
    }
}

#[test]
fn redelivery_is_due_at_once_unless_archived_or_off() {
    let on = endpoint(WebhookFormat::Raw);
    let done = WebhookEvent {
        succeeded: Some(true),
        next_attempt_at: None,
        attempts: 1,
        ..event(&on)
    };
    assert_eq!(
        column(&redeliver(&done, &on, &at()), "next_attempt_at"),
        Some(Value::Time(at().now))
    );

    let archived = WebhookEvent {
        payload: None,
        ..done.clone()
    };
    assert!(redeliver(&archived, &on, &at()).is_empty());

    let off = WebhookEndpoint {
        enabled: false,
        ..on.clone()
    };
    let changes = redeliver(&done, &off, &at());
    assert_eq!(column(&changes, "skipped"), Some(Value::Bool(true)));
    assert_eq!(column(&changes, "next_attempt_at"), None);

    let waiting = WebhookEvent {
        next_attempt_at: Some(at().now - SignedDuration::from_secs(9)),
        ..done.clone()
    };
    assert_eq!(
        column(&redeliver(&waiting, &on, &at()), "next_attempt_at"),
        None,
        "its place in the order stays"
    );
    let retrying = WebhookEvent {
        next_attempt_at: Some(at().now + SignedDuration::from_secs(9)),
        ..done
    };
    assert_eq!(
        column(&redeliver(&retrying, &on, &at()), "next_attempt_at"),
        Some(Value::Time(at().now))
    );
}

#[test]
fn every_kind_of_secret_signs_with_its_whole_text_first() {
    let id = at().id();
    let own = |secret: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{id}.1700000000.{{}}").as_bytes());
        format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
    };
    let plain = "a secret that is not base64, chosen by hand";
    assert_eq!(signature(plain, id, 1_700_000_000, "{}"), own(plain));
    let generated = new_secret(&at());
    let both = signature(&generated, id, 1_700_000_000, "{}");
    assert!(
        both.starts_with(&format!("{} v1,", own(&generated))),
        "{both}"
    );
}

#[test]
fn chat_formats_say_it_in_words() {
    let row = |format| Subscribers {
        organization_id: at().id(),
        endpoints: vec![WebhookEndpoint {
            events: Json(vec![EventType::OrderPaid, EventType::RefundCreated]),
            ..endpoint(format)
        }],
    };
    let order = json!({
        "id": "x", "net_amount": 1234, "currency": "usd", "subscription_id": null,
        "product": {"name": "A <b> & c"}, "customer": {"email": "ada@example.com"},
    });
    let payload_of = |kind, data: &serde_json::Value, format| -> serde_json::Value {
        let mut changes = Changes::new();
        changes.emit(&row(format), &at(), kind, at().id(), || data);
        let Some(Write::Insert {
            columns, values, ..
        }) = changes.writes.last()
        else {
            panic!("an event")
        };
        let place = columns.iter().position(|c| *c == "payload").unwrap();
        let Value::Text(text) = &values[place] else {
            panic!("text")
        };
        serde_json::from_str(text).unwrap()
    };
    let payload = |format| payload_of(EventType::OrderPaid, &order, format);
    let discord = payload(WebhookFormat::Discord);
    assert_eq!(discord["content"], "Order paid");
    assert_eq!(
        discord["embeds"][0]["fields"][0],
        json!({"name": "Product", "value": "A <b> & c", "inline": true})
    );
    let slack = payload(WebhookFormat::Slack);
    assert_eq!(slack["text"], "Order paid");
    assert_eq!(
        slack["blocks"][0]["fields"][0]["text"],
        "*Product*\nA &lt;b&gt; &amp; c"
    );
    assert_eq!(payload(WebhookFormat::Raw)["type"], "order.paid");
    let refund = json!({
        "id": at().id(), "amount": 3000, "tax_amount": 600, "currency": "usd", "status": "succeeded",
        "reason": "other", "order_id": "an order",
    });
    let discord = payload_of(EventType::RefundCreated, &refund, WebhookFormat::Discord);
    assert_eq!(discord["content"], "Refund created");
    let fields = discord["embeds"][0]["fields"].as_array().unwrap();
    let names: Vec<_> = fields
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Amount", "Reason", "Status", "Order"]);
    assert!(
        fields[0]["value"].as_str().unwrap().contains("36.00"),
        "with its tax"
    );
}
