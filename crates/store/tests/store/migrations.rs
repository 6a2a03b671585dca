use till_store::{Migration, Options, Store, StoreError};

use crate::kit::people;

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

    async fn a_database_of_a_newer_program_is_refused(db: Db) {
        let refused = open(&db.url, &[]).await.unwrap_err().to_string();
        assert!(refused.contains("9001_people.sql was applied by a newer"), "{refused}");
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
