use till_core::kernel::changes::Changes;
use till_store::{List, Migration, Options, Store, StoreError};

use crate::kit::{Person, people};

async fn open(url: &str, extra: &[Migration]) -> Result<Store, StoreError> {
    Store::open_with(url, Options::default(), extra).await
}

on_both! {
    async fn a_changed_shipped_file_is_refused_by_name(db: Db) {
        let mut changed = people();
        changed[0].sql.push_str(" -- edited");
        let refused = open(&db.url, &changed).await.unwrap_err().to_string();
        assert!(refused.contains("9001_people.sql was changed"), "{refused}");
    }

    async fn an_older_program_runs_on_a_database_that_a_newer_one_has_added_to(db: Db) {
        let mut newer = people();
        newer.push(Migration::new("9002_more.sql", "alter table people add column extra text; create table more (id uuid)").unwrap());
        open(&db.url, &newer).await.unwrap().close().await;
        let older = db.again().await;
        let mut changes = Changes::new();
        changes.insert(&db.person("a"));
        older.commit(changes).await.unwrap();
        let (rows, _) = older.page::<Person>(List::of::<Person>(db.org), 1, 10).await.unwrap();
        assert_eq!(rows.len(), 1);
        older.close().await;
        let nothing_known = open(&db.url, &[]).await;
        nothing_known.unwrap().close().await;
    }

    async fn a_database_that_lacks_what_an_older_program_uses_is_refused(db: Db) {
        let mut newer = people();
        newer.push(Migration::new("9002_new.sql", "alter table people add column extra text").unwrap());
        let between = newer.clone();
        newer.push(Migration::new("9003_after_9002_drop.sql", "alter table people drop column count").unwrap());
        open(&db.url, &newer).await.unwrap().close().await;
        let refused = open(&db.url, &people()).await.unwrap_err().to_string();
        assert!(refused.contains("9003_after_9002_drop.sql was applied by a newer"), "{refused}");
        open(&db.url, &between).await.unwrap().close().await;
    }

    async fn missing_steps_are_applied_once_though_many_start_together(db: Db) {
        let mut more = people();
        more.push(Migration::new("9002_more.sql", "create table more (id uuid); alter table people add column extra text").unwrap());
        let opening: Vec<_> = (0..6)
            .map(|_| {
                let (url, more) = (db.url.clone(), more.clone());
                tokio::spawn(async move { open(&url, &more).await })
            })
            .collect();
        for one in opening {
            let store = one.await.unwrap().unwrap();
            store.migrate().await.unwrap();
            store.close().await;
        }
    }

    async fn a_failing_step_leaves_nothing_behind(db: Db) {
        let mut more = people();
        more.push(Migration::new("9002_bad.sql", "create table half (id uuid); create table half (id uuid)").unwrap());
        let refused = open(&db.url, &more).await.unwrap_err().to_string();
        assert!(refused.contains("9002_bad.sql"), "{refused}");
        more[1] = Migration::new("9002_good.sql", "create table half (id uuid)").unwrap();
        open(&db.url, &more).await.unwrap().close().await;
    }

    async fn of_a_pair_each_database_takes_its_own(db: Db) {
        let pair = |end: &str, sql: &str| Migration::new(&format!("9002_pair.{end}"), sql).unwrap();
        let mut more = people();
        more.push(pair("pg.sql", "create table pair (n int generated always as identity)"));
        more.push(pair("sqlite.sql", "create table pair (n integer primary key autoincrement)"));
        open(&db.url, &more).await.unwrap().close().await;
    }
}
