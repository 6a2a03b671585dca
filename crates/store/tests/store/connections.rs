use futures_util::future::join_all;
use till_core::kernel::changes::Changes;
use till_store::Query;

use crate::kit::Person;

on_both! {
    async fn reads_by_key_share_connections_and_have_new_ones_where_those_are_lost(db: Db) {
        let people: Vec<Person> = (0..40).map(|n| db.person(&format!("{n}"))).collect();
        let mut changes = Changes::new();
        for person in &people {
            changes.insert(person);
        }
        db.store.commit(changes).await.unwrap();
        let all = || {
            join_all(people.iter().map(|person| async {
                let found = db.store.one::<Person>(Query::by_id::<Person>(person.id)).await;
                found.map(|found| found.map(|found| found.name))
            }))
        };
        let names: Vec<_> = people.iter().map(|person| Some(person.name.clone())).collect();
        let found: Vec<_> = all().await.into_iter().map(Result::unwrap).collect();
        assert_eq!(found, names, "each has the answer to its own question");
        if !db.is_postgres() {
            return;
        }
        let other = db.again().await;
        let own = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        let open = format!("select count(*) {own}");
        // One listens for each of the two, and one or two have written.
        let open = other.scalar(Query::raw(open, vec![])).await.unwrap();
        assert!((5..=9).contains(&open), "{open} connections for 40 readers");
        let end = format!("select count(pg_terminate_backend(pid)) {own}");
        let ended = other.scalar(Query::raw(end, vec![])).await.unwrap();
        assert!(ended >= 5, "{ended} connections were ended");
        // Whoever was using them is told; the next has others.
        let mut failed = 0;
        loop {
            let found = all().await;
            if found.iter().all(Result::is_ok) {
                break;
            }
            failed += 1;
            assert!(failed < 1_000, "{:?}", found.into_iter().find_map(Result::err));
            tokio::task::yield_now().await;
        }
        other.close().await;
    }
}
