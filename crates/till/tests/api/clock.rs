//! Test clocks: organizations whose time is ahead of the machine's, and how it is moved.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use till_core::kernel::records::Role;
use till_store::TimelineEvent;
use till_testkit::{Answer, CrashPoint, Receiver, Till, both, buyer, id_in};
use till_wire::scope::Scope;

const DAY: Duration = Duration::from_secs(24 * 3600);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// True for a moment within two minutes of now, a year ahead.
fn is_a_year_ahead(t: &Till, value: &Value) -> bool {
    let ahead = time(value) - SignedDuration::try_from(YEAR).unwrap();
    t.app.clock.now().duration_since(ahead).abs() < SignedDuration::from_mins(2)
}

const CLOCK: &str = "/v1/sandbox/clock";

/// Has the clock moved by so many of a unit.
async fn advance(t: &Till, unit: &str, count: i64) -> Answer {
    t.post(CLOCK, json!({"advance": {unit: count}})).await
}

/// Has the clock moved, and sees that through.
async fn advanced(t: &Till, unit: &str, count: i64) -> Value {
    advance(t, unit, count).await.expect(202);
    t.drain().await;
    let clock = t.get(CLOCK).await.ok();
    assert_eq!(
        (&clock["advancing"], &clock["target"]),
        (&json!(false), &json!(null))
    );
    clock
}

/// A subscription of 10.00 USD a month, with a trial of so many days.
async fn subscribed(t: &Till, card: &str, days: i64) -> Value {
    let trial = json!({"trial_interval": "day", "trial_interval_count": days});
    let mut body = json!({"name": "Pro", "recurring_interval": "month",
        "prices": [{"amount_type": "fixed", "price_amount": 1000}]});
    if days > 0 {
        body.as_object_mut()
            .unwrap()
            .extend(trial.as_object().unwrap().clone());
    }
    let product = t.post("/v1/products/", body).await.created();
    let checkout = t.checkout_for(&product).await;
    t.confirm(&checkout, buyer("ada@example.com", card))
        .await
        .ok();
    t.drain().await;
    t.items("/v1/subscriptions/").await.remove(0)
}

/// The orders of a subscription by the period that they pay for: its start, the order's time and status.
async fn bills(t: &Till, subscription: &Value) -> Vec<(Timestamp, Timestamp, String)> {
    let path = format!(
        "/v1/orders/?subscription_id={}&limit=100",
        subscription["id"].as_str().unwrap()
    );
    let bill = |order: &Value| {
        (
            time(&order["items"][0]["start_timestamp"]),
            time(&order["created_at"]),
            order["status"].as_str().unwrap().to_owned(),
        )
    };
    let mut bills: Vec<_> = t.items(&path).await.iter().map(bill).collect();
    bills.sort();
    bills
}

/// Events that an endpoint was told, with the time that it was told of; but for the customer's state.
async fn told(t: &Till) -> Vec<(Timestamp, String)> {
    let events = t.webhook_events().await;
    let events = events.iter().map(|event| {
        (
            time(&event["timestamp"]),
            event["type"].as_str().unwrap().to_owned(),
        )
    });
    events
        .filter(|(_, kind)| kind != "customer.state_changed")
        .collect()
}

/// Less than two seconds after a moment.
fn is_right_after(at: Timestamp, moment: Timestamp) -> bool {
    at >= moment && at.duration_since(moment) < SignedDuration::from_secs(2)
}

both! {
    async fn what_is_sold_is_of_the_organizations_time(t: &mut Till) {
        let endpoint = t.listen().await;
        t.clock_is_ahead(YEAR).await;
        let product = t.monthly().await;
        let checkout = t.checkout_for(&product).await;
        let expires = time(&checkout["expires_at"]).duration_since(time(&checkout["created_at"]));
        let done = t.buy(&checkout, "ada@example.com").await;
        assert_eq!(done["status"], "succeeded");
        let order = t.orders(&checkout).await.remove(0);
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        let payment = t.payments(&checkout).await.remove(0);
        for (what, shown) in [("session", &done["created_at"]), ("change", &done["modified_at"]), ("order", &order["created_at"]),
            ("product", &product["created_at"]), ("period", &subscription["current_period_start"]),
            ("payment", &payment["created_at"]), ("customer", &subscription["customer"]["created_at"])] {
            assert!(is_a_year_ahead(t, shown), "{what}: {shown}");
        }
        assert_eq!(subscription["current_period_end"].as_str().unwrap()[..10], *"2027-12-22");
        assert_eq!(order["items"][0]["start_timestamp"], subscription["current_period_start"]);
        assert!(expires >= SignedDuration::from_hours(1), "{expires}");
        let timeline = t.app.store.timeline(t.organization.id, &[id_in(&checkout, "id")]).await.unwrap();
        assert!(timeline.iter().all(|entry| is_a_year_ahead(t, &json!(entry.at.to_string()))), "{timeline:?}");
        assert!(timeline.iter().any(|entry| matches!(entry.what, TimelineEvent::Delivery { .. })));
        assert!(endpoint.created_at < t.app.clock.now());
        let told = t.webhook_events().await;
        assert!(told.iter().any(|event| event["type"] == "order.paid"));
        assert!(told.iter().all(|event| is_a_year_ahead(t, &event["timestamp"])), "{told:?}");
    }

    async fn events_are_delivered_at_once_and_in_their_order(t: &mut Till) {
        let mut receiver = Receiver::start().await;
        let body = json!({"url": receiver.url, "format": "raw", "events": ["product.created", "product.updated"]});
        t.post("/v1/webhooks/endpoints", body).await.created();
        let first = t.product().await;
        t.clock_is_ahead(YEAR).await;
        let second = t.product().await;
        t.clock_is_ahead(YEAR * 2).await;
        t.patch(&format!("/v1/products/{}", id_in(&first, "id")), json!({"name": "Other"})).await.ok();
        t.drain().await;
        let mut told = Vec::new();
        for _ in 0..3 {
            let body: Value = serde_json::from_str(&receiver.arrivals.recv().await.unwrap().body).unwrap();
            told.push((body["type"].clone(), body["data"]["id"].clone(), body["timestamp"].as_str().unwrap()[..4].to_owned()));
        }
        assert_eq!(told, [
            (json!("product.created"), first["id"].clone(), "2026".to_owned()),
            (json!("product.created"), second["id"].clone(), "2027".to_owned()),
            (json!("product.updated"), first["id"].clone(), "2028".to_owned()),
        ]);
        let deliveries = t.items("/v1/webhooks/deliveries").await;
        assert!(deliveries.iter().all(|delivery| time(&delivery["created_at"]) <= t.app.clock.now()));
    }

    async fn an_attempt_that_nobody_heard_of_is_asked_for_fifteen_seconds_later(t: &mut Till) {
        t.clock_is_ahead(YEAR).await;
        let product = t.product().await;
        for (step, ends) in [(CrashPoint::Charged, "succeeded"), (CrashPoint::Asked, "open"), (CrashPoint::Intended, "open")] {
            let checkout = t.checkout_for(&product).await;
            t.crash(&checkout, buyer("ada@example.com", "pm_card_visa"), step).await;
            t.advance(Duration::from_secs(14));
            t.drain().await;
            let waiting = t.reload(&checkout).await;
            assert_eq!((&waiting["status"], t.attempt(&checkout).await.state.is_settled()), (&json!("open"), false), "{step:?}");
            t.advance(Duration::from_secs(2));
            t.drain().await;
            assert_eq!(t.reload(&checkout).await["status"], ends, "{step:?}");
            assert!(t.attempt(&checkout).await.state.is_settled(), "{step:?}");
        }
    }

    async fn sessions_expire_by_their_organizations_clock(t: &mut Till) {
        let (_, token) = t.stranger().await;
        let stranger = t.with_token(&token);
        let (own, other) = (t.product().await, stranger.product().await);
        let (checkout, left) = (t.checkout_for(&own).await, stranger.checkout_for(&other).await);
        t.clock_is_ahead(DAY * 40).await;
        t.drain().await;
        assert_eq!((&t.reload(&checkout).await["status"], &stranger.reload(&left).await["status"]), (&json!("expired"), &json!("open")));
        let new = t.checkout_for(&own).await;
        t.drain().await;
        assert_eq!(t.client_get(&new).await.ok()["status"], "open");
        t.clock_is_ahead(DAY * 80).await;
        t.client_get(&new).await.refused(410, "ExpiredCheckoutError");
        t.drain().await;
        assert_eq!(t.reload(&new).await["status"], "expired");
    }

    async fn a_refund_is_made_at_once(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        t.buy(&checkout, "ada@example.com").await;
        t.clock_is_ahead(YEAR).await;
        let order = t.orders(&checkout).await.remove(0);
        let refund = t.post("/v1/refunds/", json!({"order_id": order["id"], "amount": 100, "reason": "other"})).await.created();
        assert_eq!(refund["status"], "succeeded");
        assert!(is_a_year_ahead(t, &refund["created_at"]), "{refund}");
        t.catch_up().await;
    }

    async fn keys_to_the_customers_portal_are_good_for_a_real_hour(t: &mut Till) {
        t.clock_is_ahead(YEAR).await;
        let customer = t.customer("ada@example.com").await;
        let session = t.post("/v1/customer-sessions/", json!({"customer_id": customer["id"]})).await.created();
        let left = time(&session["expires_at"]).duration_since(t.app.clock.now());
        assert!(left <= SignedDuration::from_hours(1) && left > SignedDuration::from_mins(59), "{left}");
        let holder = t.with_token(session["token"].as_str().unwrap());
        // A key to the portal is a credential, but none of this API's.
        assert_eq!(holder.get("/v1/products/").await.json()["error"], "Unauthorized");
        t.clock_is_ahead(YEAR * 2).await;
        assert_eq!(holder.get("/v1/products/").await.json()["error"], "Unauthorized");
        t.advance(Duration::from_secs(3601));
        assert_eq!(holder.get("/v1/products/").await.json()["error"], "invalid_token");
    }

    async fn a_server_without_the_sandbox_knows_no_test_clock(t: &mut Till) {
        t.clock_is_ahead(YEAR).await;
        let real = t.another(|app| app.sandbox = None);
        assert_eq!(real.app.now_of(&t.organization), t.app.clock.now());
        assert_eq!(real.app.context_for(t.organization.id).await.unwrap().now, t.app.clock.now());
        assert!(t.app.now_of(&t.organization) > t.app.clock.now());
    }

    async fn everything_due_happens_at_its_moment_while_the_clock_moves(t: &mut Till) {
        t.listen().await;
        let subscription = subscribed(t, "pm_card_visa", 0).await;
        let open = t.checkout_for(&t.product().await).await;
        told(t).await;
        let before = t.get(CLOCK).await.ok();
        assert_eq!(before["advancing"], false);
        let begun = advance(t, "months", 3).await.expect(202);
        assert_eq!((&begun["advancing"], begun["target"].as_str().unwrap()[..10].to_owned()), (&json!(true), "2027-02-22".to_owned()));
        t.drain().await;
        let clock = t.get(CLOCK).await.ok();
        assert!(is_right_after(time(&clock["now"]), time(&begun["target"])), "{clock}");
        let bills = bills(t, &subscription).await;
        let days: Vec<String> = bills.iter().map(|(start, ..)| start.strftime("%F").to_string()).collect();
        assert_eq!(days, ["2026-11-22", "2026-12-22", "2027-01-22", "2027-02-22"]);
        for (start, made, status) in &bills[1..] {
            assert!(is_right_after(*made, *start) && status == "paid", "{bills:?}");
        }
        let told = told(t).await;
        let renewal = ["subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid"];
        let mut expected = vec![(time(&open["expires_at"]), "checkout.expired")];
        expected.extend(bills[1..].iter().flat_map(|(start, ..)| renewal.map(|kind| (*start, kind))));
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for ((at, kind), (moment, wanted)) in told.iter().zip(expected) {
            assert!(kind == wanted && is_right_after(*at, moment), "{wanted} at {moment}: {told:?}");
        }
        t.catch_up().await;
        t.webhook_events().await;
    }

    async fn a_failing_card_is_tried_again_and_given_up_on_schedule(t: &mut Till) {
        t.listen().await;
        let subscription = subscribed(t, "pm_card_chargeCustomerFail", 10).await;
        told(t).await;
        advanced(t, "years", 1).await;
        let (due, day) = (time(&subscription["trial_end"]), |days: i64| SignedDuration::from_hours(24 * days));
        let path = "/v1/payments/?sorting=created_at&status=failed";
        let tried: Vec<_> = t.items(path).await.iter().map(|payment| time(&payment["created_at"])).collect();
        assert_eq!(tried.len(), 5, "{tried:?}");
        for (at, days) in tried.iter().zip([0, 2, 7, 14, 21]) {
            assert!(at.duration_since(due + day(days)) < SignedDuration::from_secs(10), "{days}: {tried:?}");
        }
        let told = told(t).await;
        let kinds: Vec<&str> = told.iter().map(|(_, kind)| kind.as_str()).collect();
        assert_eq!(kinds, ["subscription.cycled", "subscription.updated", "order.created", "subscription.updated", "subscription.past_due",
            "subscription.updated", "subscription.canceled", "subscription.revoked", "order.updated"]);
        // The order is voided by a job of its own: the clock waits for it.
        let (revoked, voided) = (told[7].0, told[8].0);
        assert!(voided.duration_since(revoked) < SignedDuration::from_secs(2), "{told:?}");
        assert_eq!(bills(t, &subscription).await[1].2, "void");
        t.catch_up().await;
        t.webhook_events().await;
    }

    async fn a_clock_is_moved_once_at_a_time_and_only_forward(t: &mut Till) {
        for body in [json!({}), json!({"advance": {"days": 1}, "to": "2030-01-01T00:00:00Z"}), json!({"advance": {}}),
            json!({"advance": {"days": 1, "hours": 1}}), json!({"advance": {"years": 11}}), json!({"advance": {"days": -1}}),
            json!({"to": "tomorrow"}), json!([])] {
            assert!(!t.post(CLOCK, body.clone()).await.unreadable().is_empty(), "{body}");
        }
        for to in ["2026-11-22T11:00:00Z", "2037-01-01T00:00:00Z"] {
            let refused = t.post(CLOCK, json!({"to": to})).await.invalid();
            assert_eq!(refused, crate::pairs(&[("value_error", "body.to")]), "{to}");
        }
        advance(t, "days", 1).await.expect(202);
        advance(t, "days", 1).await.refused(409, "ClockAdvancing");
        t.drain().await;
        let clock = t.get(CLOCK).await.ok();
        t.post(CLOCK, json!({"to": "2026-11-23T00:00:00Z"})).await.invalid();
        let day = Duration::from_secs(24 * 3600);
        let ahead = time(&clock["now"]).duration_since(t.app.clock.now());
        assert!(ahead >= SignedDuration::try_from(day).unwrap() - SignedDuration::from_secs(1), "{ahead}");
        for _ in 0..9 {
            advanced(t, "years", 10).await;
        }
        advanced(t, "years", 9).await;
        assert_eq!(advance(t, "years", 1).await.invalid(), crate::pairs(&[("value_error", "body.advance")]));
    }

    async fn two_requests_at_once_move_a_clock_once(t: &mut Till) {
        let (a, b) = tokio::join!(advance(t, "days", 1), advance(t, "days", 1));
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 409]);
        t.drain().await;
        let ahead = time(&t.get(CLOCK).await.ok()["now"]).duration_since(t.app.clock.now());
        assert!(ahead < SignedDuration::from_hours(25), "{ahead}");
    }

    async fn a_request_sent_again_with_its_key_moves_a_clock_once(t: &mut Till) {
        let send = async || {
            let request = axum::http::Request::post(CLOCK).header("authorization", format!("Bearer {}", t.token))
                .header("content-type", "application/json").header("idempotency-key", "once");
            let body = r#"{"advance":{"days":1}}"#;
            let request = request.header("content-length", body.len());
            t.raw(request.body(axum::body::Body::from(body)).unwrap()).await
        };
        let first = send().await.expect(202);
        t.drain().await;
        assert_eq!(send().await.expect(202), first);
        assert_eq!(t.get(CLOCK).await.ok()["advancing"], false);
    }

    async fn other_organizations_keep_their_time(t: &mut Till) {
        let (_, token) = t.stranger().await;
        let stranger = t.with_token(&token);
        let other = stranger.checkout_for(&stranger.product().await).await;
        advanced(t, "years", 1).await;
        assert_eq!(stranger.reload(&other).await["status"], "open");
        assert_eq!(time(&stranger.get(CLOCK).await.ok()["now"]), t.app.clock.now());
    }

    async fn a_clock_goes_on_where_a_dead_node_left_it(t: &mut Till) {
        let subscription = subscribed(t, "pm_card_visa", 0).await;
        let started = time(&subscription["current_period_start"]);
        advance(t, "years", 2).await.expect(202);
        let mut died = 0;
        for polls in 0..400 {
            let mut work = Box::pin(till_server::jobs::run_due(&t.app));
            // The node dies in the middle of whatever it does.
            let mut polled = 0;
            let ended = std::future::poll_fn(|cx| {
                polled += 1;
                match work.as_mut().poll(cx) {
                    std::task::Poll::Ready(done) => std::task::Poll::Ready(Some(done)),
                    std::task::Poll::Pending if polled > polls => std::task::Poll::Ready(None),
                    std::task::Poll::Pending => std::task::Poll::Pending,
                }
            }).await;
            drop(work);
            if let Some(done) = ended {
                done.unwrap();
                break;
            }
            died += 1;
            // Its leases end.
            t.advance(Duration::from_secs(61));
        }
        assert!(died > 2, "{died}");
        t.catch_up().await;
        assert_eq!(t.get(CLOCK).await.ok()["advancing"], false);
        let bills = bills(t, &subscription).await;
        assert!(bills.len() >= 25, "{}", bills.len());
        let mut start = started;
        for (at, _, status) in &bills {
            assert_eq!((*at, status.as_str()), (start, "paid"));
            start = till_core::kernel::period::end(start, till_wire::values::Interval::Month, 1, 22);
        }
        let payments = t.items("/v1/payments/?limit=100&status=succeeded").await;
        assert_eq!(payments.len(), bills.len(), "no period is charged twice");
    }

    async fn only_the_sandbox_has_clocks_and_only_who_may_change_the_organization_moves_them(t: &mut Till) {
        let real = t.another(|app| app.sandbox = None);
        real.get(CLOCK).await.not_found();
        advance(&real, "days", 1).await.not_found();
        let reader = t.with_token(&t.token_of(&[Scope::OrganizationsRead]).await);
        reader.get(CLOCK).await.ok();
        advance(&reader, "days", 1).await.refused(403, "insufficient_scope");
        t.with_token(&t.token_of(&[Scope::OrdersRead]).await).get(CLOCK).await.refused(403, "insufficient_scope");
    }

    async fn a_clock_that_was_being_moved_is_let_be_where_the_sandbox_is_gone(t: &mut Till) {
        advance(t, "years", 1).await.expect(202);
        let real = t.another(|app| app.sandbox = None);
        real.drain().await;
        let organization = t.app.store.organization(t.organization.id).await.unwrap().unwrap();
        assert_eq!((organization.clock_offset_seconds, organization.clock_target_at), (0, None));
    }

    async fn moves_of_a_clock_have_a_budget(t: &mut Till) {
        let limited = t.limited(10_000);
        advance(&limited, "days", 1).await.expect(202);
        for _ in 0..29 {
            advance(&limited, "days", 1).await.refused(409, "ClockAdvancing");
        }
        assert_eq!(advance(&limited, "days", 1).await.status, 429);
        t.drain().await;
    }

    async fn every_page_of_the_dashboard_shows_the_clock_and_moves_it(t: &mut Till) {
        let ada = t.dashboard().await;
        let page = ada.get("/dashboard/ada/orders").await;
        page.says(200, "Test clock");
        page.says(200, "name=\"advance\" value=\"month\"");
        let text = page.text();
        let key = text.split("name=\"_idempotency_key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let sent = ada.post("/dashboard/ada/clock", &[("advance", "month"), ("page", "/dashboard/ada/orders"), ("_idempotency_key", key)]).await;
        assert_eq!((sent.status.as_u16(), sent.header("location")), (303, "/dashboard/ada/orders"));
        let page = ada.get("/dashboard/ada/orders").await;
        page.says(200, "The clock is being moved to 22 Dec 2026.");
        page.says(200, "Moving the clock to ");
        let watched = ada.get_with("/dashboard/ada/clock", &[("hx-request", "true")]).await;
        watched.says(200, "Moving the clock to ");
        let again = ada.post("/dashboard/ada/clock", &[("advance", "day"), ("page", "https://evil.example/")]).await;
        assert_eq!(again.header("location"), "/dashboard/ada");
        ada.get("/dashboard/ada").await.says(200, "The clock is being moved already");
        t.drain().await;
        let arrived = ada.get_with("/dashboard/ada/clock", &[("hx-request", "true")]).await;
        assert_eq!((arrived.header("hx-refresh"), arrived.text().as_str()), ("true", ""));
        ada.get("/dashboard/ada/orders").await.says(200, "22 Dec 2026");
        let member = t.dashboard_as(Role::Member).await;
        let page = member.get("/dashboard/ada/orders").await;
        page.says(200, "Test clock");
        assert!(!page.text().contains("name=\"advance\""), "only who may change the organization moves its clock");
        assert_eq!(member.post("/dashboard/ada/clock", &[("advance", "day")]).await.status, 403);
    }

    async fn home_counts_the_days_of_the_organizations_time(t: &mut Till) {
        let subscription = subscribed(t, "pm_card_visa", 0).await;
        advanced(t, "years", 1).await;
        assert_eq!(bills(t, &subscription).await.len(), 13);
        let ada = t.dashboard().await;
        let home = ada.get("/dashboard/ada?stretch=month").await;
        home.says(200, "Nov 2027");
        home.says(200, "$10.00");
        t.catch_up().await;
    }
}
