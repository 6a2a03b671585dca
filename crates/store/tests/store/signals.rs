use futures_util::FutureExt;
use jiff::SignedDuration;
use till_core::kernel::changes::{Changes, CommitConflict};
use till_store::CommitError;

on_both! {
    async fn a_signal_is_heard_after_the_commit_and_only_then(db: Db) {
        let mut watch = db.store.watch("checkout:1");
        let mut other = db.store.watch("checkout:2");
        let person = db.person("a");
        let mut changes = Changes::new();
        changes.insert(&person).signal("checkout:1", r#"{"n":1}"#);
        db.store.commit(changes).await.unwrap();
        let mut refused = Changes::new();
        refused.insert(&person).signal("checkout:1", "refused").signal("checkout:2", "refused");
        let outcome = db.store.commit(refused).await;
        assert!(matches!(outcome, Err(CommitError::Conflict(CommitConflict::Taken(_)))));
        let mut alone = Changes::new();
        alone.signal("checkout:1", "2").signal("checkout:2", "2");
        db.store.commit(alone).await.unwrap();
        assert_eq!(&*watch.next().await, r#"{"n":1}"#);
        assert_eq!(&*watch.next().await, "2");
        assert_eq!(&*other.next().await, "2");
    }

    async fn a_topic_is_forgotten_when_nobody_watches(db: Db) {
        let one = db.store.watch("t");
        let two = db.store.watch("t");
        drop(one);
        assert_eq!(db.store.watched_topics(), 1);
        drop(two);
        assert_eq!(db.store.watched_topics(), 0);
    }

    async fn a_slow_watcher_gets_an_empty_hint_for_what_it_missed(db: Db) {
        let mut watch = db.store.watch("t");
        let mut end = db.store.watch("end");
        let mut changes = Changes::new();
        for i in 0..100 {
            changes.signal("t", i.to_string());
        }
        changes.signal("end", "");
        db.store.commit(changes).await.unwrap();
        end.next().await;
        assert_eq!(&*watch.next().await, "");
        assert_eq!(&*watch.next().await, "68");
    }

    async fn a_message_too_long_to_travel_reaches_other_nodes_as_an_empty_hint(db: Db) {
        let mut here = db.store.watch("t");
        let mut changes = Changes::new();
        let long = "é".repeat(5000);
        changes.signal("t", long.clone());
        if db.is_postgres() {
            let node = db.again().await;
            let mut there = node.watch("t");
            db.store.commit(changes).await.unwrap();
            assert_eq!(&*there.next().await, "");
            node.close().await;
        } else {
            db.store.commit(changes).await.unwrap();
        }
        assert_eq!(&*here.next().await, long);
    }

    async fn signals_and_wakes_reach_another_node(db: Db) {
        if !db.is_postgres() {
            return; // SQLite has one node
        }
        let node = db.again().await;
        let mut watch = node.watch("t");
        let mut wake = node.wake_on_commit();
        let mut changes = Changes::new();
        changes.signal("t", "hello").job(&db.at, "k", "key", db.at.now, &serde_json::json!({}));
        db.store.commit(changes).await.unwrap();
        assert_eq!(&*watch.next().await, "hello");
        wake.wait().await;
        node.close().await;
    }

    async fn a_commit_that_adds_work_wakes_the_workers(db: Db) {
        let mut wake = db.store.wake_on_commit();
        let ask = async |key, run_at| {
            let mut changes = Changes::new();
            changes.job(&db.at, "k", key, run_at, &serde_json::json!({}));
            db.store.commit(changes).await.unwrap();
        };
        ask("later", db.at.now + SignedDuration::from_secs(1)).await;
        assert!(wake.wait().now_or_never().is_none(), "nothing is due");
        ask("now", db.at.now).await;
        wake.wait().await;
    }
}
