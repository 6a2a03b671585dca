//! Properties of the embedded database alone: its own disk, and other processes on its file.

use std::time::Duration;

use till_core::kernel::changes::Changes;
use till_store::{CommitError, Options, Store, StoreError};

use crate::kit::{Db, people};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_every_waiting_commit_whole_and_the_writer_lives_on() {
    let db = Db::sqlite("full").await;
    let mut small = Changes::new();
    small.any("pragma max_page_count = 1", vec![]); // never below what is used
    db.store.commit(small).await.unwrap();
    let mut running = Vec::new();
    for i in 0..40 {
        let mut changes = Changes::new();
        let mut large = db.person(&format!("{i}"));
        large.email = Some(format!("{i}{}", "x".repeat(20_000)));
        changes
            .insert(&db.person(&format!("small {i}")))
            .insert(&large);
        let store = db.store.clone();
        running.push(tokio::spawn(async move { store.commit(changes).await }));
    }
    let mut written = 0;
    for one in running {
        match one.await.unwrap() {
            Ok(()) => written += 1,
            Err(e) => assert!(
                matches!(
                    e,
                    CommitError::Store(StoreError::Unavailable(_) | StoreError::Sql { .. })
                ),
                "{e:?}"
            ),
        }
    }
    assert!(written < 40);
    assert_eq!(db.people().await, written * 2);
    let mut room = Changes::new();
    room.any("pragma max_page_count = 1000000", vec![]);
    db.store.commit(room).await.unwrap();
    let mut after = Changes::new();
    after.insert(&db.person("after"));
    db.store.commit(after).await.unwrap();
    assert_eq!(db.people().await, written * 2 + 1);
    db.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_that_keeps_writing_fails_the_commit_after_the_patience() {
    let db = Db::sqlite("busy").await;
    let options = Options {
        patience: Duration::from_millis(20),
        ..Options::default()
    };
    let store = Store::open_with(&db.url, options, &people()).await.unwrap();
    let other = rusqlite::Connection::open(db.url.strip_prefix("sqlite://").unwrap()).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let mut changes = Changes::new();
    changes.insert(&db.person("x"));
    assert!(matches!(
        store.commit(changes.clone()).await,
        Err(CommitError::Store(_))
    ));
    other.execute_batch("rollback").unwrap();
    store.commit(changes).await.unwrap();
    store.close().await;
    db.end().await;
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_refused_with_words() {
    for url in [
        "sqlite::memory:",
        "sqlite://",
        "sqlite://:memory:",
        "mysql://x/y",
        "till.db",
    ] {
        let refused = Store::open(url, Options::default()).await;
        assert!(matches!(refused, Err(StoreError::Url(_))), "{url}");
    }
}

fn log(db: &Db) -> u64 {
    let path = db.url.strip_prefix("sqlite://").unwrap();
    std::fs::metadata(format!("{path}-wal")).unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_emptied_once_the_readers_that_keep_it_have_ended() {
    let db = Db::sqlite("log").await;
    let path = db.url.strip_prefix("sqlite://").unwrap();
    let reader = rusqlite::Connection::open(path).unwrap();
    reader
        .execute_batch("begin; select count(*) from people;")
        .unwrap();
    for i in 0..60 {
        let mut changes = Changes::new();
        let mut large = db.person(&format!("{i}"));
        large.email = Some(format!("{i}{}", "x".repeat(1_000_000)));
        changes.insert(&large);
        db.store.commit(changes).await.unwrap();
    }
    let grown = log(&db);
    assert!(grown > 32 << 20, "{grown}");
    db.store.tidy().await.unwrap();
    assert_eq!(log(&db), grown, "a reader that stays is not waited for");
    reader.execute_batch("commit").unwrap();
    db.store.tidy().await.unwrap();
    assert_eq!(log(&db), 0);
    db.store.tidy().await.unwrap();
    let mut after = Changes::new();
    after.insert(&db.person("after"));
    db.store.commit(after).await.unwrap();
    assert_eq!(db.people().await, 61);
    db.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_anew_while_commits_go_on() {
    let db = Db::sqlite("anew").await;
    let mut sizes = Vec::new();
    // A log that nobody folds grows with every commit.
    let anew = loop {
        let mut changes = Changes::new();
        let mut large = db.person(&format!("{}", sizes.len()));
        large.email = Some(format!("{}{}", sizes.len(), "x".repeat(100_000)));
        changes.insert(&large);
        db.store.commit(changes).await.unwrap();
        sizes.push(log(&db));
        if sizes.len() > 10 && sizes[sizes.len() - 10] == sizes[sizes.len() - 1] {
            break true;
        }
        if sizes.len() == 5000 {
            break false;
        }
    };
    assert!(anew, "{:?}", sizes.last());
    assert_eq!(db.people().await, sizes.len() as i64);
    db.store.close().await;
    let path = db.url.strip_prefix("sqlite://").unwrap();
    assert!(!std::fs::exists(format!("{path}-wal")).unwrap());
    db.end().await;
}
