//! A benchmark of the store: `cargo run --release -p till-store --example throughput -- <database url>`.
//! The database must be empty or used by this program before.
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::unwrap_used, reason = "a measuring tool")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use till_core::kernel::changes::Changes;
use till_core::kernel::context::DecisionContext;
use till_core::record;
use till_store::{List, Migration, Options, Order, Query, Store};
use uuid::Uuid;

record! {
    /// About as wide as a checkout.
    "pace", versioned;
    pub struct Pace {
        /// Id.
        id: Uuid,
        /// Organization.
        organization_id: Uuid,
        /// Version.
        version: i64,
        /// Text.
        a: String,
        /// Text.
        b: String,
        /// Text.
        c: String,
        /// Text.
        d: String,
        /// Text, null.
        e: Option<String>,
        /// Number.
        n: i64,
        /// Flag.
        f: bool,
        /// Time.
        created_at: jiff::Timestamp,
    }
}

const TABLE: &str = "create table pace (id uuid not null primary key, organization_id uuid not null, \
version bigint not null, a text not null, b text not null, c text not null, d text not null, e text, \
n bigint not null, f boolean not null, created_at timestamptz not null); \
create index pace_page on pace (organization_id, created_at, id)";

const LENGTH: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).expect("the database's address");
    let extra = [Migration::new("9001_pace.sql", TABLE).unwrap()];
    let store = Store::open_with(&url, Options::default(), &extra)
        .await
        .unwrap();
    #[allow(clippy::disallowed_methods, reason = "a measuring tool")]
    let now = jiff::Timestamp::now();
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&now.as_nanosecond().to_be_bytes());
    let ctx = Arc::new(DecisionContext::new(now, seed));
    let (org, pages) = (ctx.id(), ctx.id());
    let row = {
        let ctx = Arc::clone(&ctx);
        move || Pace {
            id: ctx.id(),
            organization_id: org,
            version: 1,
            a: "a".repeat(36),
            b: "b".repeat(60),
            c: "c".repeat(20),
            d: "d".repeat(10),
            e: None,
            n: 1,
            f: true,
            created_at: ctx.now,
        }
    };
    let known: Vec<Pace> = (0..1000)
        .map(|_| Pace {
            organization_id: pages,
            ..row()
        })
        .collect();
    for part in known.chunks(50) {
        let mut changes = Changes::new();
        for one in part {
            changes.insert(one);
        }
        store.commit(changes).await.unwrap();
    }
    let known = Arc::new(known);
    let next = Arc::new(AtomicU64::new(0));
    for c in [1, 16, 64] {
        let (s, r) = (store.clone(), row.clone());
        run("commit 1 insert", c, move || {
            let (s, mut changes) = (s.clone(), Changes::new());
            changes.insert(&r());
            async move { s.commit(changes).await.unwrap() }
        })
        .await;
        let (s, r) = (store.clone(), row.clone());
        run("commit 4 inserts", c, move || {
            let (s, mut changes) = (s.clone(), Changes::new());
            changes.insert(&r()).insert(&r()).insert(&r()).insert(&r());
            async move { s.commit(changes).await.unwrap() }
        })
        .await;
        let (s, r) = (store.clone(), row.clone());
        run("commit 4 inserts and a signal", c, move || {
            let (s, mut changes) = (s.clone(), Changes::new());
            changes.insert(&r()).insert(&r()).insert(&r()).insert(&r());
            changes.signal("topic", "{}");
            async move { s.commit(changes).await.unwrap() }
        })
        .await;
        let (s, r, a) = (store.clone(), row.clone(), Arc::clone(&ctx));
        run("commit 3 inserts and a job (wakes)", c, move || {
            let (s, mut changes) = (s.clone(), Changes::new());
            let row = r();
            changes.insert(&r()).insert(&r()).insert(&row);
            changes.job(&a, "k", &row.id.to_string(), a.now, &serde_json::json!({}));
            async move { s.commit(changes).await.unwrap() }
        })
        .await;
        let (s, k, n) = (store.clone(), Arc::clone(&known), Arc::clone(&next));
        run("one by id", c, move || {
            let i = usize::try_from(n.fetch_add(1, Ordering::Relaxed)).unwrap() % k.len();
            let (s, id) = (s.clone(), k[i].id);
            async move {
                let row: Option<Pace> = s.one(Query::by_id::<Pace>(id)).await.unwrap();
                assert!(row.is_some());
            }
        })
        .await;
        let s = store.clone();
        run("page of 10 out of 1,000", c, move || {
            let s = s.clone();
            async move {
                let list = List::of::<Pace>(pages).order("created_at", Order::Desc);
                s.page::<Pace>(list, 1, 10).await.unwrap();
            }
        })
        .await;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
    {
        println!("{line}");
    }
    store.close().await;
}

async fn run<F, Fut>(what: &str, c: u32, once: F)
where
    F: Fn() -> Fut + Clone + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let start = Instant::now();
    let workers: Vec<_> = (0..c)
        .map(|_| {
            let once = once.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while start.elapsed() < LENGTH {
                    let begin = Instant::now();
                    once().await;
                    times.push(begin.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await.unwrap());
    }
    let elapsed = start.elapsed();
    times.sort();
    let at = |p: usize| times[(times.len() - 1) * p / 100];
    println!(
        "c={c:<3} {what:<36} {:>8.0}/s  p50 {:>9.1?}  p99 {:>9.1?}",
        times.len() as f64 / elapsed.as_secs_f64(),
        at(50),
        at(99)
    );
}
