//! Backup while others write, and restore where nobody does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use till_core::kernel::changes::Changes;
use till_store::{Copied, CopyError, Options, Query, Store, backup, restore};

struct RowPosition {
    _folder: tempfile::TempDir,
    database: PathBuf,
    copy: PathBuf,
}

impl RowPosition {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            database: folder.path().join("till.db"),
            copy: folder.path().join("copy.db"),
            _folder: folder,
        }
    }

    async fn open(&self) -> Store {
        let url = format!("sqlite://{}", self.database.display());
        Store::open(&url, Options::default()).await.unwrap()
    }

    /// A database with so many pairs of rows, closed.
    async fn with_pairs(&self, count: usize) {
        let store = self.open().await;
        for i in 0..count {
            store.commit(pair(i)).await.unwrap();
        }
        store.close().await;
    }

    async fn pairs(&self) -> i64 {
        let store = self.open().await;
        let found = count(&store).await;
        store.close().await;
        assert_eq!(found % 2, 0, "half a commit");
        found / 2
    }

    fn restore(&self, replace: bool) -> Result<Copied, CopyError> {
        restore(&self.copy, &self.database, replace, "then")
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.database.parent().unwrap())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// Two rows in one commit: a copy has both or neither.
fn pair(number: usize) -> Changes {
    let mut changes = Changes::new();
    for half in ["left", "right"] {
        let name = format!("{half} {number} {}", "x".repeat(2000));
        changes.any(
            "insert into sandbox_records (key, version, body) values ($1, 1, '{}')",
            vec![name.as_str().into()],
        );
    }
    changes
}

async fn count(store: &Store) -> i64 {
    let count = Query::raw("select count(*) from sandbox_records", vec![]);
    store.scalar(count).await.unwrap()
}

async fn copied(from: &Path, to: &Path) -> Result<Copied, CopyError> {
    let (from, to) = (from.to_owned(), to.to_owned());
    tokio::task::spawn_blocking(move || backup(&from, &to, false))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_one_moment_however_much_is_written_meanwhile() {
    let place = RowPosition::new();
    place.with_pairs(3000).await;
    let store = place.open().await;
    let over = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (store, over) = (store.clone(), over.clone());
        async move {
            let mut made = 3000;
            while !over.load(Ordering::SeqCst) {
                store.commit(pair(made)).await.unwrap();
                made += 1;
            }
            made
        }
    });
    let made = copied(&place.database, &place.copy).await.unwrap();
    over.store(true, Ordering::SeqCst);
    let written = writing.await.unwrap();
    store.close().await;
    assert!(written > 3000, "commits went on");
    assert!(made.bytes > 8_000_000, "{made:?}");
    assert_eq!((made.behind, made.former), (0, None));
    assert_eq!(
        place.names(),
        ["copy.db", "till.db", "till.db.lock"],
        "one file, and no draft"
    );

    assert!(matches!(
        backup(&place.database, &place.copy, false),
        Err(CopyError::Exists(_))
    ));
    let put_back = place.restore(true).unwrap();
    let former = put_back.former.unwrap();
    assert!(former.ends_with("till.db.former-then"), "{former:?}");
    let pairs = place.pairs().await;
    assert!((3000..=written as i64).contains(&pairs), "{pairs}");
    std::fs::rename(&former, &place.database).unwrap();
    assert_eq!(
        place.pairs().await,
        written as i64,
        "the former one is whole"
    );
}

#[tokio::test]
async fn a_database_in_use_is_not_replaced() {
    let place = RowPosition::new();
    place.with_pairs(1).await;
    backup(&place.database, &place.copy, false).unwrap();
    let store = place.open().await;
    store.commit(pair(1)).await.unwrap();
    assert!(matches!(place.restore(true), Err(CopyError::InUse(_))));
    store.close().await;

    // A program that knows nothing of our lock.
    let stranger = Connection::open(&place.database).unwrap();
    let rows = || stranger.query_row("select count(*) from sandbox_records", [], |row| row.get(0));
    assert_eq!(rows(), Ok(4));
    assert!(matches!(place.restore(true), Err(CopyError::InUse(_))));
    assert_eq!(rows(), Ok(4));
    drop(stranger);
    assert_eq!(place.pairs().await, 2, "nothing was replaced");
    assert!(place.names().iter().all(|name| !name.contains("former")));

    place.restore(true).unwrap();
    assert_eq!(place.pairs().await, 1);
}

#[tokio::test]
async fn what_a_killed_server_left_in_its_log_is_kept_with_the_former_database() {
    let place = RowPosition::new();
    place.with_pairs(1).await;
    backup(&place.database, &place.copy, false).unwrap();
    let store = place.open().await;
    store.commit(pair(1)).await.unwrap();
    // As it lies there when the process is gone.
    let crashed = RowPosition::new();
    for ending in ["", "-wal"] {
        let name = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
        std::fs::copy(name(&place.database), name(&crashed.database)).unwrap();
    }
    store.close().await;
    std::fs::copy(&place.copy, &crashed.copy).unwrap();
    let former = crashed.restore(true).unwrap().former.unwrap();
    assert_eq!(crashed.pairs().await, 1, "the old log does not come back");
    std::fs::rename(&former, &crashed.database).unwrap();
    assert_eq!(crashed.pairs().await, 2);
}

#[tokio::test]
async fn a_restore_changes_nothing_unless_the_copy_is_whole_and_ours() {
    let place = RowPosition::new();
    place.with_pairs(50).await;
    assert!(matches!(
        place.restore(true),
        Err(CopyError::Missing(file)) if file == place.copy
    ));
    backup(&place.database, &place.copy, false).unwrap();
    assert!(matches!(place.restore(false), Err(CopyError::Exists(_))));
    let good = std::fs::read(&place.copy).unwrap();

    let mut torn = good.clone();
    torn.truncate(good.len() / 2);
    let mut scratched = good.clone();
    for byte in &mut scratched[good.len() / 2..good.len() / 2 + 20_000] {
        *byte ^= 0x5a;
    }
    for bad in [torn, scratched, b"no database at all".repeat(100)] {
        std::fs::write(&place.copy, bad).unwrap();
        let refused = place.restore(true);
        assert!(
            matches!(refused, Err(CopyError::Damaged { .. })),
            "{refused:?}"
        );
    }
    for (sql, why) in [
        (
            "insert into till_migrations values (9999, '9999_after_9998_later.sql', 'x', 0)",
            "newer version",
        ),
        ("update till_migrations set checksum = 'x'", "was changed"),
        ("drop table till_migrations", "not a database of Till"),
    ] {
        std::fs::write(&place.copy, &good).unwrap();
        Connection::open(&place.copy)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        match place.restore(true) {
            Err(CopyError::Unfit { problem, .. }) => assert!(problem.contains(why), "{problem}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(place.names(), ["copy.db", "till.db", "till.db.lock"]);
    assert_eq!(place.pairs().await, 50);

    // An older copy is taken: the next start brings it up to date.
    std::fs::write(&place.copy, &good).unwrap();
    let older = "delete from till_migrations where version = \
                 (select max(version) from till_migrations)";
    Connection::open(&place.copy)
        .unwrap()
        .execute_batch(older)
        .unwrap();
    assert_eq!(place.restore(true).unwrap().behind, 1);
}

#[tokio::test]
async fn a_restore_makes_the_database_where_there_is_none() {
    let place = RowPosition::new();
    place.with_pairs(2).await;
    backup(&place.database, &place.copy, false).unwrap();
    std::fs::remove_file(&place.database).unwrap();
    assert_eq!(place.restore(false).unwrap().former, None);
    assert_eq!(place.pairs().await, 2);
}
