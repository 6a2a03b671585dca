//! The dashboard's past and present: the journal of events, timelines, figures and the
//! live stream.

use std::{future::poll_fn, pin::Pin, time::Duration};

use axum::body::{Body, HttpBody as _};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;
use till_core::kernel::{
    changes::Changes,
    records::{JournalEntry, PaymentState},
    report_period::ReportPeriod,
};
use till_server::dashboard::live::{self, View};
use till_store::{Sales, TimelineEntry, TimelineEvent};
use till_testkit::{Till, both, id_in};
use till_wire::{events::EventType, money::Currency, orders::OrderStatus};
use uuid::Uuid;

/// The journal of the test's organization, oldest first.
async fn journal(t: &Till) -> Vec<JournalEntry> {
    let id = t.organization.id;
    let (mut events, more) = t.app.store.latest_journal(id, &[], 1, 100).await.unwrap();
    assert!(!more);
    events.reverse();
    events
}

async fn kinds(t: &Till) -> Vec<String> {
    let events = journal(t).await;
    events.iter().map(|e| e.kind.as_str().to_owned()).collect()
}

/// A timeline in words, oldest first.
fn words(moments: &[TimelineEntry]) -> Vec<String> {
    let word = |moment: &TimelineEntry| match &moment.what {
        TimelineEvent::Change { kind, .. } => kind.as_str().to_owned(),
        TimelineEvent::Attempt { state, .. } => format!("attempt {}", state.as_str()),
        TimelineEvent::Delivery { kind, code, .. } => format!("told {kind} {code:?}"),
    };
    moments.iter().rev().map(word).collect()
}

fn view(t: &Till, kinds: &[EventType]) -> View {
    View {
        organization_id: t.organization.id,
        slug: "ada".to_owned(),
        zone: TimeZone::UTC,
        kinds: kinds.to_vec(),
    }
}

/// An open page's stream.
struct Stream(Body);

impl Stream {
    async fn open(t: &Till, kinds: &[EventType], from: Option<i64>) -> Self {
        let followed = live::follow(t.app.clone(), view(t, kinds), from, || async { true });
        let response = followed.await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body())
    }

    /// The next message.
    async fn next(&mut self) -> String {
        let next = async {
            loop {
                let frame = poll_fn(|cx| Pin::new(&mut self.0).poll_frame(cx)).await;
                let data = frame.unwrap().unwrap().into_data().unwrap();
                let text = String::from_utf8(data.to_vec()).unwrap();
                if text.contains("data:") {
                    return text;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), next)
            .await
            .unwrap()
    }
}

fn event(t: &Till, at: Timestamp, kind: EventType) -> JournalEntry {
    let id = t.app.context().id();
    JournalEntry {
        id,
        sequence: at.as_microsecond() * 1000,
        created_at: at,
        organization_id: t.organization.id,
        kind,
        subject_id: id,
        facts: None,
    }
}

async fn write(t: &Till, events: &[&JournalEntry]) {
    let mut changes = Changes::new();
    for event in events {
        changes.insert(*event);
    }
    t.app.store.commit(changes).await.unwrap();
}

both! {
    async fn every_change_leaves_one_event_though_nobody_listens(t: &mut Till) {
        let product = t.product().await;
        t.patch(&format!("/v1/products/{}", id_in(&product, "id")), json!({"name": "Tome"})).await.ok();
        let customer = t.customer("ada@example.com").await;
        t.patch(&format!("/v1/customers/{}", id_in(&customer, "id")), json!({"name": "Ada"})).await.ok();
        let checkout = t.checkout_for(&product).await;
        t.change(&checkout, json!({"metadata": {"a": 1}})).await.ok();
        t.client_change(&checkout, json!({"customer_name": "Bob"})).await.ok();
        t.patch(&format!("/v1/organizations/{}", t.organization.id), json!({"name": "Shop"})).await.ok();
        t.delete(&format!("/v1/customers/{}", id_in(&customer, "id"))).await.gone();
        let lonely = t.checkout_for(&product).await;
        t.advance(Duration::from_secs(25 * 60 * 60));
        t.drain().await;
        let events = journal(t).await;
        let found: Vec<_> = events.iter().map(|e| (e.kind.as_str(), e.subject_id)).collect();
        let (c, s, own) = (id_in(&customer, "id"), id_in(&checkout, "id"), t.organization.id);
        assert_eq!(found[..11], [
            ("product.created", id_in(&product, "id")), ("product.updated", id_in(&product, "id")),
            ("member.created", c), ("customer.created", c), ("customer.updated", c),
            ("checkout.created", s), ("checkout.updated", s), ("checkout.updated", s),
            ("organization.updated", own), ("member.deleted", c), ("customer.deleted", c),
        ]);
        assert_eq!(found[11..13], [("customer.state_changed", c), ("checkout.created", id_in(&lonely, "id"))]);
        let mut expired: Vec<_> = found[13..].to_vec();
        expired.sort();
        let mut both = vec![("checkout.expired", s), ("checkout.expired", id_in(&lonely, "id"))];
        both.sort();
        assert_eq!(expired, both);
    }

    async fn listening_changes_nothing_in_the_journal(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.change(&checkout, json!({"metadata": {"a": 1}})).await.ok();
        assert_eq!(kinds(t).await, ["product.created", "checkout.created", "checkout.updated"]);
        assert_eq!(t.webhook_events().await.len(), 3);
    }

    async fn a_refused_change_leaves_no_event(t: &mut Till) {
        t.customer("ada@example.com").await;
        t.post("/v1/customers/", json!({"email": "ada@example.com"})).await.invalid();
        assert_eq!(kinds(t).await, ["member.created", "customer.created"]);
    }

    async fn a_paid_sessions_timeline_tells_session_attempt_and_order_in_order(t: &mut Till) {
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, till_testkit::buyer("ada@example.com", "pm_card_visa")).await.ok();
        t.advance(Duration::from_millis(1));
        t.catch_up().await;
        let order = t.orders(&checkout).await.remove(0);
        let (own, session) = (t.organization.id, id_in(&checkout, "id"));
        let subjects = [session, id_in(&order, "id")];
        let moments = t.app.store.timeline(own, &subjects).await.unwrap();
        assert_eq!(words(&moments), [
            "checkout.created", "attempt succeeded", "checkout.updated",
            "order.created", "order.updated", "order.paid", "checkout.updated",
        ]);
        let TimelineEvent::Attempt { amount, currency, card, decline, .. } = &moments[5].what else {
            panic!("the attempt")
        };
        assert_eq!((*amount, *currency), (3000, Currency::USD));
        assert_eq!(card.as_ref().unwrap().last4, "4242");
        assert_eq!(*decline, None);
        let order_alone = t.app.store.timeline(own, &subjects[1..]).await.unwrap();
        assert_eq!(words(&order_alone), ["attempt succeeded", "order.created", "order.updated", "order.paid"]);
        let customer = t.app.store.timeline(own, &[id_in(&order, "customer_id")]).await.unwrap();
        assert_eq!(words(&customer)[..3], ["attempt succeeded", "member.created", "customer.created"]);
    }

    async fn a_timeline_shows_declines_and_deliveries(t: &mut Till) {
        let endpoint = t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.confirm(&checkout, till_testkit::buyer("a@example.com", "pm_card_chargeDeclined")).await;
        t.drain().await;
        let moments = t.app.store.timeline(t.organization.id, &[id_in(&checkout, "id")]).await.unwrap();
        let (mut declined, mut told) = (0, 0);
        for moment in &moments {
            match &moment.what {
                TimelineEvent::Attempt { state, decline, .. } => {
                    assert_eq!(*state, PaymentState::Failed);
                    assert!(decline.is_some());
                    declined += 1;
                }
                TimelineEvent::Delivery { kind, endpoint_id, url, code, succeeded, .. } => {
                    assert_eq!((*kind, *endpoint_id), (EventType::CheckoutCreated, endpoint.id));
                    assert_eq!((url.as_str(), *code, *succeeded), ("http://127.0.0.1:9/", None, false));
                    told += 1;
                }
                TimelineEvent::Change { .. } => {}
            }
        }
        assert_eq!((declined, told), (1, 1), "{moments:?}");
        t.may_leave_work();
        t.see_through().await;
    }

    async fn nobody_elses_subjects_are_shown(t: &mut Till) {
        t.listen().await;
        let checkout = t.checkout_for(&t.product().await).await;
        t.buy(&checkout, "ada@example.com").await;
        let order = t.orders(&checkout).await.remove(0);
        let (other, _) = t.stranger().await;
        let subjects = [id_in(&checkout, "id"), id_in(&order, "id"), id_in(&order, "customer_id")];
        assert!(t.app.store.timeline(other.id, &subjects).await.unwrap().is_empty());
        assert!(t.app.store.journal_after(other.id, 0, 100).await.unwrap().is_empty());
        assert!(t.app.store.latest_journal(other.id, &[], 1, 100).await.unwrap().0.is_empty());
        let boundaries = ReportPeriod::Week.boundaries(t.app.context().now, &TimeZone::UTC);
        let figures = t.app.store.figures(other.id, &boundaries).await.unwrap();
        assert!(figures.iter().all(|f| f.orders() == 0 && f.sessions == 0));
        t.may_leave_work();
        t.see_through().await;
    }

    async fn a_timeline_keeps_to_the_newest_fifty(t: &mut Till) {
        let now = t.app.context().now;
        let subject = t.app.context().id();
        let events: Vec<JournalEntry> = (0..60)
            .map(|i| JournalEntry { subject_id: subject, ..event(t, now + SignedDuration::from_secs(i), EventType::CustomerUpdated) })
            .collect();
        write(t, &events.iter().collect::<Vec<_>>()).await;
        let moments = t.app.store.timeline(t.organization.id, &[subject]).await.unwrap();
        assert_eq!(moments.len(), 50);
        assert_eq!(moments[0].at, now + SignedDuration::from_secs(59));
        assert!(t.app.store.timeline(t.organization.id, &[]).await.unwrap().is_empty());
    }

    async fn latest_journal_are_paged_and_narrowed_to_kinds(t: &mut Till) {
        let now = t.app.context().now;
        let kinds = [EventType::OrderPaid, EventType::OrderCreated, EventType::OrderPaid, EventType::OrderPaid];
        let events: Vec<JournalEntry> = kinds.iter().zip(1..)
            .map(|(kind, i)| event(t, now + SignedDuration::from_secs(i), *kind)).collect();
        write(t, &events.iter().collect::<Vec<_>>()).await;
        let (store, own) = (&t.app.store, t.organization.id);
        let ids = |found: Vec<JournalEntry>| found.iter().map(|e| events.iter().position(|x| x.id == e.id).unwrap()).collect::<Vec<_>>();
        let (page, more) = store.latest_journal(own, &[], 1, 3).await.unwrap();
        assert_eq!((ids(page), more), (vec![3, 2, 1], true));
        let (page, more) = store.latest_journal(own, &[], 2, 3).await.unwrap();
        assert_eq!((ids(page), more), (vec![0], false));
        let (page, more) = store.latest_journal(own, &[EventType::OrderPaid], 1, 3).await.unwrap();
        assert_eq!((ids(page), more), (vec![3, 2, 0], false));
        let after = store.journal_after(own, events[0].sequence, 2).await.unwrap();
        assert_eq!(ids(after), [2, 3], "the newest, oldest first");
    }

    async fn home_shows_one_currency_and_the_way_to_the_others(t: &mut Till) {
        let eur: Currency = "eur".parse().unwrap();
        let (ada, book) = (t.customer("ada@example.com").await, t.product().await);
        let owner = t.dashboard().await;
        assert!(!owner.get("/dashboard/ada").await.text().contains("aria-label=\"Currency\""));
        for (currency, amount) in [(Currency::USD, 3000), (Currency::USD, 500), (eur, 700)] {
            t.sold_with(&ada, &book, |sale| {
                sale.order.currency = currency;
                sale.order.net_amount = amount;
            }).await;
        }
        t.checkout_for(&book).await;
        let home = owner.get("/dashboard/ada").await.text();
        for words in ["<dt>Net revenue</dt><dd>$35.00</dd>", "currency=eur", "Net revenue in USD", "<dt>Conversion</dt><dd>75%</dd>"] {
            assert!(home.contains(words), "{words}: {home}");
        }
        let other = owner.get("/dashboard/ada?currency=eur").await.text();
        assert!(other.contains("<dt>Net revenue</dt><dd>€7.00</dd>") && other.contains("Net revenue in EUR"), "{other}");
    }

    async fn an_order_that_does_not_read_costs_its_list_and_not_the_page(t: &mut Till) {
        let (ada, book) = (t.customer("ada@example.com").await, t.product().await);
        for amount in [3000, 500] {
            t.sold_with(&ada, &book, |sale| sale.order.net_amount = amount).await;
        }
        let mut changes = Changes::new();
        changes.any("update orders set currency = 'zzz' where net_amount = 500", vec![]);
        t.app.store.commit(changes).await.unwrap();
        let home = t.dashboard().await.get("/dashboard/ada").await;
        home.says(200, "<dt>Net revenue</dt><dd>$30.00</dd>");
        home.says(200, "The latest orders cannot be read.");
    }

    async fn figures_add_up_in_the_viewers_days(t: &mut Till) {
        let [eur, gbp] = ["eur", "gbp"].map(|code| code.parse::<Currency>().unwrap());
        let (ada, book) = (t.customer("ada@example.com").await, t.product().await);
        let noon = t.app.context().now;
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let days = ReportPeriod::Week.boundaries(noon, &berlin);
        let day = SignedDuration::from_hours(24);
        let sell = async |made: Timestamp, status, currency, amount| {
            t.sold_with(&ada, &book, |sale| {
                sale.checkout.created_at = made;
                sale.order.created_at = made;
                sale.order.status = status;
                sale.order.currency = currency;
                sale.order.net_amount = amount;
            }).await
        };
        sell(noon, OrderStatus::Paid, Currency::USD, 3000).await;
        sell(noon, OrderStatus::PartiallyRefunded, Currency::USD, 500).await;
        sell(noon, OrderStatus::Paid, eur, 700).await;
        sell(noon, OrderStatus::Pending, Currency::USD, 9000).await;
        // 23:30 in UTC is the next day in Berlin
        sell("2026-11-20T23:30:00Z".parse().unwrap(), OrderStatus::Paid, Currency::USD, 10).await;
        sell(days[0], OrderStatus::Paid, Currency::USD, 1).await;
        sell(days[0] - SignedDuration::from_micros(1), OrderStatus::Paid, Currency::USD, 100_000).await;
        sell(noon - day * 400, OrderStatus::Paid, gbp, 1).await;
        t.checkout_for(&book).await;
        let (store, own) = (&t.app.store, t.organization.id);
        let week = store.figures(own, &days).await.unwrap();
        let usd = |i: usize| week[i].sales.get(&Currency::USD).map(|s| (s.revenue, s.orders));
        assert_eq!(week.len(), 7);
        assert_eq!((0..7).map(usd).collect::<Vec<_>>(),
            [Some((1, 1)), None, None, None, None, Some((10, 1)), Some((3500, 2))]);
        assert_eq!(week[6].sales[&eur], Sales { revenue: 700, orders: 1 });
        assert!(week.iter().all(|f| !f.sales.contains_key(&gbp)));
        assert_eq!((week[6].sessions, week[6].succeeded, week[6].orders()), (5, 4, 3));
        assert_eq!((week[5].sessions, week[5].succeeded), (1, 1));
        let year = store.figures(own, &ReportPeriod::Year.boundaries(noon, &berlin)).await.unwrap();
        assert_eq!(year.len(), 12);
        assert_eq!(year[11].sales[&Currency::USD], Sales { revenue: 103_511, orders: 5 });
        assert!(store.figures(own, &[]).await.unwrap().is_empty());
        assert!(store.figures(own, &days[..1]).await.unwrap().is_empty());
    }

    async fn the_stream_tells_what_happens_and_resumes_where_it_was(t: &mut Till) {
        let mut stream = Stream::open(t, &[], None).await;
        let product = t.product().await;
        let first = stream.next().await;
        let told = journal(t).await;
        assert!(first.contains("event: happened\n"), "{first}");
        assert!(first.contains(&format!("id: {}\n", told[0].sequence)));
        assert!(first.contains("product.created"));
        assert!(first.contains(&format!("/dashboard/ada/products/{}", id_in(&product, "id"))));
        drop(stream);
        t.product().await;
        let second = journal(t).await.remove(1);
        let mut resumed = Stream::open(t, &[], Some(told[0].sequence)).await;
        assert!(resumed.next().await.contains(&format!("id: {}\n", second.sequence)), "and nothing twice");
    }

    async fn a_late_commit_with_a_lower_sequence_is_told_once(t: &mut Till) {
        let now = t.app.context().now;
        let (early, late) = (event(t, now, EventType::OrderCreated), event(t, now + SignedDuration::from_secs(4), EventType::OrderPaid));
        let mut stream = Stream::open(t, &[], Some((now.as_microsecond() - 1) * 1000)).await;
        write(t, &[&late]).await;
        assert!(stream.next().await.contains(&late.id.to_string()));
        write(t, &[&early]).await;
        let told = stream.next().await;
        assert!(told.contains(&early.id.to_string()));
        assert!(told.contains(&format!("id: {}\n", late.sequence)), "a browser resumes after the newest");
        let third = event(t, now + SignedDuration::from_secs(5), EventType::OrderUpdated);
        write(t, &[&third]).await;
        assert!(stream.next().await.contains(&third.id.to_string()));
    }

    async fn the_stream_keeps_to_its_organization_and_kinds(t: &mut Till) {
        let mut stream = Stream::open(t, &[EventType::OrderPaid], None).await;
        let later = t.app.context().now + SignedDuration::from_secs(1);
        let (other, _) = t.stranger().await;
        let foreign = JournalEntry { organization_id: other.id, ..event(t, later, EventType::OrderPaid) };
        let (unasked, asked) = (event(t, later, EventType::OrderCreated), event(t, later, EventType::OrderPaid));
        write(t, &[&foreign, &unasked]).await;
        write(t, &[&asked]).await;
        assert!(stream.next().await.contains(&asked.id.to_string()));
    }

    async fn an_open_stream_holds_no_connection(t: &mut Till) {
        let mut streams = Vec::new();
        for _ in 0..20 {
            streams.push(Stream::open(t, &[], None).await);
        }
        let product = t.product().await;
        for stream in &mut streams {
            assert!(stream.next().await.contains(&id_in(&product, "id").to_string()));
        }
    }
}

#[test]
fn the_page_of_a_subject_is_named_by_its_kind() {
    let id = Uuid::nil();
    let href = |kind| live::subject_href("ada", kind, id);
    assert_eq!(
        href(EventType::OrderPaid).unwrap(),
        format!("/dashboard/ada/orders/{id}")
    );
    assert_eq!(href(EventType::OrganizationUpdated), None);
}
