//! Questions of operators to the database.

use jiff::SignedDuration;
use serde_json::json;
use till_core::kernel::{changes::Changes, values::Value};
use till_store::{Query, Queues};

use crate::kit::now;

on_both! {
    async fn queues_are_counted_by_whether_their_time_has_come(db: Db) {
        let mut changes = Changes::new();
        for (key, seconds) in [("a", -1), ("b", 0), ("c", 60)] {
            changes.job(&db.at, "send", key, now() + SignedDuration::from_secs(seconds), &json!({}));
        }
        db.store.commit(changes).await.unwrap();
        let mut changes = Changes::new();
        changes.any("update jobs set buried = 'why' where key = $1", vec!["a".into()]);
        db.store.commit(changes).await.unwrap();
        let queues = db.store.queues(now()).await.unwrap();
        assert_eq!(queues, Queues {
            jobs_due: 1, jobs_waiting: 1, jobs_buried: 1,
            events_due: 0, events_waiting: 0, events_since: None,
        });
    }

    async fn a_database_says_how_large_and_how_new_it_is(db: Db) {
        let size = db.store.size().await.unwrap();
        assert!(size.data + size.log > 100_000, "{size:?}");
        assert_eq!(db.store.unapplied().await.unwrap(), Vec::<String>::new());
        let mut changes = Changes::new();
        changes
            .any("delete from till_migrations where version = $1", vec![Value::Int(2)])
            .any(
                "insert into till_migrations (version, name, checksum, applied_at) \
                 select $1, 'newer.sql', 'x', applied_at from till_migrations where version = 1",
                vec![Value::Int(9999)],
            );
        db.store.commit(changes).await.unwrap();
        assert_eq!(db.store.unapplied().await.unwrap(), ["0002_work.sql"], "a newer one is no fault");
        let sqlite = !db.is_postgres();
        assert_eq!(db.store.clock().await.unwrap().is_some(), !sqlite);
        assert_eq!(db.store.integrity().await.unwrap().is_some_and(|words| words == "ok"), sqlite);
        assert_eq!(db.store.journal().await.unwrap().is_some_and(|mode| mode == "wal"), sqlite);
    }

    async fn a_table_that_has_grown_is_planned_for_anew(db: Db) {
        if !db.is_postgres() {
            return; // SQLite's plans do not depend on what the tables hold
        }
        let known = async || {
            let sql = "select reltuples::bigint from pg_class where oid = 'people'::regclass";
            db.store.scalar(Query::raw(sql, vec![])).await.unwrap()
        };
        db.store.tidy().await.unwrap();
        assert_eq!(known().await, -1, "never looked at");
        let grow = async |from: usize, to: usize| {
            let mut changes = Changes::new();
            for i in from..to {
                changes.insert(&db.person(&format!("{i}")));
            }
            db.store.commit(changes).await.unwrap();
            db.store.tidy().await.unwrap();
        };
        grow(0, 1000).await;
        assert_eq!(known().await, 1000);
        grow(1000, 1100).await;
        assert_eq!(known().await, 1000, "little more");
        grow(1100, 9000).await;
        assert_eq!(known().await, 9000);
    }

    async fn commits_are_counted_with_the_size_of_their_group(db: Db) {
        let before = db.store.gauges().batch.get_sample_count();
        let together: Vec<_> = (0..20).map(|i| {
            let mut changes = Changes::new();
            changes.insert(&db.person(&format!("{i}")));
            let store = db.store.clone();
            tokio::spawn(async move { store.commit(changes).await })
        }).collect();
        for one in together {
            one.await.unwrap().unwrap();
        }
        let gauges = db.store.gauges();
        assert_eq!(gauges.batch.get_sample_sum(), 20.0 + before as f64);
        assert_eq!(gauges.batch.get_sample_count(), gauges.seconds.get_sample_count());
    }
}
