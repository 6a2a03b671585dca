//! Lists that are too long to be counted and passed over each time.

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::records::{WebhookDelivery, WebhookEndpoint, WebhookEvent};
use till_core::kernel::retention;
use till_core::kernel::{
    changes::Changes,
    values::{Json, Value},
};
use till_store::{DeliveryFilter, List, Order};
use till_wire::{events::EventType, webhooks::WebhookFormat};
use uuid::Uuid;

use crate::kit::{Db, Person, now};

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// `count` people, seven of each age.
async fn settle(db: &Db, first: i64, count: i64) {
    let id = if db.is_postgres() {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let sql = format!(
        "insert into people (id, organization_id, version, name, active, count, metadata) \
         with recursive series(n) as (select cast($1 as bigint) union all select n + 1 from series where n + 1 < $2) \
         select {id}, $3, 1, 'p' || cast(n as text), n % 1000 = 3, n / 7, '{{}}' from series"
    );
    let mut changes = Changes::new();
    let sql: &'static str = sql.leak();
    changes.any(
        sql,
        vec![first.into(), (first + count).into(), db.org.into()],
    );
    db.store.commit(changes).await.unwrap();
}

fn people(db: &Db, at: Timestamp) -> List {
    List::of::<Person>(db.org)
        .order("count", Order::Desc)
        .as_of(at)
}

async fn page(db: &Db, list: List, page: u32, limit: u32) -> (Vec<Uuid>, i64) {
    let (rows, total) = db.store.page::<Person>(list, page, limit).await.unwrap();
    (rows.into_iter().map(|row| row.id).collect(), total)
}

on_both! {
    async fn up_to_ten_thousand_rows_a_total_is_exact_and_beyond_it_is_seconds_old(db: Db) {
        settle(&db, 0, 10_000).await;
        assert_eq!(page(&db, people(&db, now()), 1, 10).await.1, 10_000);
        settle(&db, 10_000, 1).await;
        assert_eq!(page(&db, people(&db, now()), 1, 10).await.1, 10_001, "was not remembered");
        settle(&db, 10_001, 100).await;
        assert_eq!(page(&db, people(&db, later(9)), 1, 10).await.1, 10_001, "as it was");
        assert_eq!(page(&db, people(&db, later(9)), 2, 20).await.1, 10_001, "whichever page");
        let few = people(&db, later(9)).eq("active", true);
        assert_eq!(page(&db, few, 1, 5).await.1, 11, "of another list");
        let without = List::of::<Person>(db.org).order("count", Order::Desc);
        assert_eq!(page(&db, without, 1, 10).await.1, 10_101, "no moment was said");
        assert_eq!(page(&db, people(&db, later(10)), 1, 10).await.1, 10_101, "counted anew");
        let (end, total) = page(&db, people(&db, later(10)), 1011, 10).await;
        assert_eq!((end.len(), total), (1, 10_101), "the last page tells the total itself");
        let (none, _) = page(&db, people(&db, later(10)), 1012, 10).await;
        assert!(none.is_empty());
    }

    async fn pages_behind_the_ten_thousandth_row_follow_each_other_without_gap_or_repeat(db: Db) {
        settle(&db, 0, 10_400).await;
        let (all, _) = page(&db, List::of::<Person>(db.org).order("count", Order::Desc), 1, 10_400).await;
        let expected = |page: usize, limit: usize| {
            let end = (page * limit).min(all.len());
            all[((page - 1) * limit).min(end)..end].to_vec()
        };
        // turned, the same again, back, and jumped to; the lists of the same rows share what is remembered
        for (at, limit) in [(1003, 10), (1004, 10), (1005, 10), (1005, 10), (1004, 10), (1040, 10), (1041, 10), (1011, 10), (101, 100), (102, 100), (104, 100), (1500, 7), (9000, 10)] {
            let (ids, total) = page(&db, people(&db, now()), at, limit).await;
            assert_eq!(ids, expected(at as usize, limit as usize), "page {at} of {limit}");
            assert_eq!(total, 10_400);
        }
        let upwards = || List::of::<Person>(db.org).order("count", Order::Asc).as_of(now());
        for at in [1010, 1011] {
            let (ids, _) = page(&db, upwards(), at, 10).await;
            let start = all.len() - at as usize * 10;
            let mut mirrored = all[start..start + 10].to_vec();
            mirrored.reverse();
            assert_eq!(ids, mirrored);
        }
        // others come in front: who turns the pages sees none twice, for ten seconds
        settle(&db, 20_000, 5).await;
        assert_eq!(page(&db, people(&db, later(5)), 1006, 10).await.0, expected(1006, 10));
        assert_ne!(page(&db, people(&db, later(10)), 1006, 10).await.0, expected(1006, 10));
    }

    async fn deliveries_are_found_by_type_also_where_an_older_version_wrote_them(db: Db) {
        use EventType::{CheckoutCreated, OrderPaid, ProductUpdated};
        let shop = Shop::open(&db).await;
        let mut all = Vec::new();
        for n in 0..60 {
            let kind = [CheckoutCreated, OrderPaid, ProductUpdated][n % 3];
            all.push(shop.deliver(&db, kind, n % 2, n as i64 / 6).await);
        }
        all.sort_by_key(|d| std::cmp::Reverse((d.created_at, d.id)));
        let mut old = Changes::new();
        old.any("update webhook_deliveries set kind = null where endpoint_id = $1", vec![shop.endpoints[1].into()]);
        db.store.commit(old).await.unwrap();
        for is_told in [false, true] {
            for (kinds, endpoints) in [
                (vec![OrderPaid], vec![]), (vec![OrderPaid, ProductUpdated], vec![]), (vec![OrderPaid, OrderPaid], vec![]), (vec![OrderPaid], vec![shop.endpoints[1]]),
                (vec![], shop.endpoints.to_vec()), (vec![OrderPaid, CheckoutCreated], shop.endpoints.to_vec()),
            ] {
                let meant = |d: &&WebhookDelivery| {
                    (kinds.is_empty() || kinds.contains(&d.kind.unwrap())) && (endpoints.is_empty() || endpoints.contains(&d.endpoint_id))
                };
                let expected: Vec<_> = all.iter().filter(meant).map(|d| d.id).collect();
                let filter = DeliveryFilter { kinds: kinds.clone(), endpoints: endpoints.clone(), ..DeliveryFilter::default() };
                let mut found = Vec::new();
                for page in 1..=7 {
                    let (rows, total) = db.store.deliveries(db.org, &filter, page, 9, now()).await.unwrap();
                    assert_eq!(total, if rows.is_empty() && page > 7 { 0 } else { expected.len() as i64 });
                    assert!(rows.iter().all(|(delivery, event)| event.id == delivery.event_id));
                    found.extend(rows.into_iter().map(|(delivery, _)| delivery.id));
                }
                assert_eq!(found, expected, "{kinds:?} {} endpoints", endpoints.len());
            }
            let untold = db.store.deliveries_without_kind(20).await.unwrap();
            assert_eq!(untold.len(), if is_told { 0 } else { 20 });
            db.store.commit(retention::fill_delivery_kinds(&untold)).await.unwrap();
            let rest = db.store.deliveries_without_kind(20).await.unwrap();
            db.store.commit(retention::fill_delivery_kinds(&rest)).await.unwrap();
        }
    }

    async fn part_of_an_id_is_looked_for_in_the_newest_ten_thousand_and_its_beginning_in_all(db: Db) {
        let shop = Shop::open(&db).await;
        let old = shop.deliver(&db, EventType::OrderPaid, 0, -100).await;
        let id = if db.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
        let sql = format!(
            "insert into webhook_deliveries (id, created_at, organization_id, endpoint_id, event_id, succeeded, http_code, kind) \
             with recursive series(n) as (select 1 union all select n + 1 from series where n < 9999) \
             select {id}, $1, d.organization_id, d.endpoint_id, d.event_id, d.succeeded, 200, d.kind \
             from series cross join (select * from webhook_deliveries where id = $2) d"
        );
        let mut changes = Changes::new();
        let sql: &'static str = sql.leak();
        changes.any(sql, vec![now().into(), old.id.into()]);
        db.store.commit(changes).await.unwrap();
        let find = async |text: &str| {
            let filter = DeliveryFilter { query: Some(text.to_owned()), ..DeliveryFilter::default() };
            let (rows, total) = db.store.deliveries(db.org, &filter, 1, 100, now()).await.unwrap();
            assert!(rows.len() == 100 || total == rows.len() as i64);
            rows.iter().any(|(delivery, _)| delivery.id == old.id)
        };
        let text = old.id.to_string();
        assert!(find(&text[9..]).await, "it is the oldest of ten thousand");
        shop.deliver(&db, EventType::OrderPaid, 0, 100).await;
        assert!(!find(&text[9..]).await, "ten thousand are newer");
        for part in [&text[..], &text[..9], &text[..6], &text[..20], &text.to_uppercase()[..12]] {
            assert!(find(part).await, "{part}");
        }
        for part in ["", "zz", "-", "%", "0-", &text[..5], &format!("{}x", &text[..10])] {
            find(part).await;
        }
        let narrowed = DeliveryFilter { query: Some(text[..8].to_owned()), succeeded: Some(false), ..DeliveryFilter::default() };
        let (rows, total) = db.store.deliveries(db.org, &narrowed, 1, 10, now()).await.unwrap();
        assert_eq!((rows.len(), total), (0, 0), "it succeeded");
    }
}

/// An organization with two endpoints.
struct Shop {
    endpoints: [Uuid; 2],
}

impl Shop {
    async fn open(db: &Db) -> Self {
        let mut changes = Changes::new();
        changes.any(
            "insert into organizations (id, created_at, version, name, slug, status, default_currency, default_tax_behavior, settings) \
             values ($1, $2, 1, 'Shop', 'shop', 'active', 'usd', 'location', '{}')",
            vec![db.org.into(), Value::Time(now())],
        );
        let endpoint = || WebhookEndpoint {
            id: db.at.id(),
            created_at: now(),
            modified_at: None,
            version: 1,
            organization_id: db.org,
            url: "https://example.com/".to_owned(),
            name: None,
            format: WebhookFormat::Raw,
            secret: String::new(),
            events: Json(vec![]),
            enabled: true,
            deleted_at: None,
        };
        let endpoints = [endpoint(), endpoint()];
        changes.insert(&endpoints[0]).insert(&endpoints[1]);
        db.store.commit(changes).await.unwrap();
        Self {
            endpoints: endpoints.map(|one| one.id),
        }
    }

    /// An event that was delivered at `second`.
    async fn deliver(&self, db: &Db, kind: EventType, to: usize, second: i64) -> WebhookDelivery {
        let event = WebhookEvent {
            id: db.at.id(),
            sequence: second,
            created_at: later(second),
            modified_at: None,
            organization_id: db.org,
            endpoint_id: self.endpoints[to],
            kind,
            subject_id: None,
            payload: None,
            succeeded: Some(true),
            skipped: false,
            last_http_code: Some(200),
            attempts: 1,
            next_attempt_at: None,
        };
        let delivery = WebhookDelivery {
            id: db.at.id(),
            created_at: later(second),
            organization_id: db.org,
            endpoint_id: self.endpoints[to],
            event_id: event.id,
            succeeded: true,
            http_code: Some(200),
            response: None,
            kind: Some(kind),
            attempt: Some(1),
            duration_ms: Some(20),
        };
        let mut changes = Changes::new();
        changes.insert(&event).insert(&delivery);
        db.store.commit(changes).await.unwrap();
        delivery
    }
}
