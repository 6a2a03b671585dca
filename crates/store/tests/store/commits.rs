use futures_util::future::join_all;
use till_core::kernel::changes::{Changes, CommitConflict};
use till_store::{CommitError, Query, Stale, retry_on_conflict, yielding};

use crate::kit::{Db, Person};

async fn insert(db: &Db, person: &Person) -> Result<(), CommitError> {
    let mut changes = Changes::new();
    changes.insert(person);
    db.store.commit(changes).await
}

fn refusal(outcome: Result<(), CommitError>) -> CommitConflict {
    match outcome {
        Err(CommitError::Conflict(refused)) => refused,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

on_both! {
    async fn a_taken_value_names_its_index_alike_on_both(db: Db) {
        let first = Person { email: Some("A@example.com".to_owned()), maybe: Some(5), ..db.person("same") };
        insert(&db, &first).await.unwrap();
        let taken = |name: &str| CommitConflict::Taken(name.to_owned());
        assert_eq!(refusal(insert(&db, &db.person("same")).await), taken("people_name"));
        let email = Person { email: Some("a@EXAMPLE.com".to_owned()), ..db.person("b") };
        assert_eq!(refusal(insert(&db, &email).await), taken("people_email"));
        let id = Person { id: first.id, ..db.person("c") };
        assert_eq!(refusal(insert(&db, &id).await), taken("people_pkey"));
        let unnamed = Person { maybe: Some(5), ..db.person("d") };
        assert_eq!(refusal(insert(&db, &unnamed).await), taken("people_organization_id_maybe_key"));
    }

    async fn an_update_on_an_old_version_is_stale(db: Db) {
        let old = db.person("x");
        insert(&db, &old).await.unwrap();
        let new = Person { count: 1, ..old.clone() };
        for others in [0, 2] {
            let mut changes = Changes::new();
            changes.update(&old, &new);
            for i in 0..others {
                changes.insert(&db.person(&format!("other {i}")));
            }
            let outcome = db.store.commit(changes).await;
            if others == 0 {
                outcome.unwrap();
            } else {
                assert_eq!(refusal(outcome), CommitConflict::Stale);
            }
        }
        let now = db.get(old.id).await;
        assert_eq!((now.count, now.version), (1, 2));
        assert_eq!(db.people().await, 1, "nothing of a stale decision is written");
    }

    async fn a_guard_refuses_when_the_row_moved(db: Db) {
        let read = db.person("read");
        insert(&db, &read).await.unwrap();
        let mut changes = Changes::new();
        changes.guard(&read).insert(&db.person("ok"));
        db.store.commit(changes).await.unwrap();
        let mut changes = Changes::new();
        changes.update(&read, &Person { count: 9, ..read.clone() });
        db.store.commit(changes).await.unwrap();
        let mut changes = Changes::new();
        changes.guard(&read).insert(&db.person("not ok"));
        assert_eq!(refusal(db.store.commit(changes).await), CommitConflict::Stale);
        assert_eq!(db.people().await, 2);
    }

    // What nobody waits for shares a transaction; each is judged alone all the same.
    async fn commits_that_nobody_waits_for_are_refused_alone(db: Db) {
        let read = db.person("read");
        insert(&db, &read).await.unwrap();
        let mut changes = Changes::new();
        changes.update(&read, &Person { count: 9, ..read.clone() });
        db.store.commit(changes).await.unwrap();
        let before = db.store.gauges().batch.get_sample_count();
        let outcomes = yielding(join_all((0..40).map(|n| {
            let (db, read) = (&db, &read);
            async move {
                let mut changes = Changes::new();
                // Of two shapes; the first is refused.
                match n {
                    0 => changes.guard(read),
                    _ if n % 3 == 0 => changes.insert(&db.person(&format!("also {n}"))),
                    _ => &mut changes,
                };
                changes.insert(&db.person(&format!("yielding {n}")));
                db.store.commit(changes).await
            }
        })))
        .await;
        for (n, outcome) in outcomes.into_iter().enumerate() {
            match n {
                0 => assert_eq!(refusal(outcome), CommitConflict::Stale),
                _ => outcome.unwrap(),
            }
        }
        assert_eq!(db.people().await, 1 + 39 + 13);
        let groups = db.store.gauges().batch.get_sample_count() - before;
        assert!(groups < 20, "{groups} groups");
    }

    async fn commits_of_a_single_statement_are_made_together_and_refused_alone(db: Db) {
        let counter = db.person("counter");
        insert(&db, &counter).await.unwrap();
        let before = db.store.gauges().batch.get_sample_count();
        let raise = "update people set count = count + 1 where id = $1 and count < 20";
        let outcomes = join_all((0..120).map(|n| {
            let (db, id) = (&db, counter.id);
            async move {
                let mut changes = Changes::new();
                match n % 3 {
                    0 => changes.exactly_one("raise", raise, vec![id.into()]),
                    1 if n > 100 => changes.insert(&db.person("counter")),
                    _ => changes.insert(&db.person(&format!("single {n}"))),
                };
                db.store.commit(changes).await
            }
        }))
        .await;
        let mut raised = 0;
        for (n, outcome) in outcomes.into_iter().enumerate() {
            match n % 3 {
                0 if outcome.is_ok() => raised += 1,
                0 => assert_eq!(refusal(outcome), CommitConflict::NotOne("raise")),
                1 if n > 100 => {
                    assert_eq!(refusal(outcome), CommitConflict::Taken("people_name".to_owned()));
                }
                _ => outcome.unwrap(),
            }
        }
        assert_eq!((raised, db.get(counter.id).await.count), (20, 20));
        assert_eq!(db.people().await, 1 + 80 - 6);
        let groups = db.store.gauges().batch.get_sample_count() - before;
        assert!(groups < 60, "{groups} groups");
    }

    // Two decisions, each allowed only while the other's row is untouched: never may both commit.
    async fn guards_prevent_write_skew(db: Db) {
        for round in 0..60 {
            let (a, b) = (db.person(&format!("a{round}")), db.person(&format!("b{round}")));
            let mut changes = Changes::new();
            changes.insert(&a).insert(&b);
            db.store.commit(changes).await.unwrap();
            let decide = |reads: &Person, writes: &Person| {
                let mut changes = Changes::new();
                changes.guard(reads).update(writes, &Person { count: 1, ..writes.clone() });
                let store = db.store.clone();
                tokio::spawn(async move { store.commit(changes).await })
            };
            let (one, two) = (decide(&a, &b), decide(&b, &a));
            let (one, two) = (one.await.unwrap(), two.await.unwrap());
            for outcome in [&one, &two] {
                assert!(outcome.as_ref().err().is_none_or(Stale::is_stale), "{outcome:?}");
            }
            let won = u8::from(one.is_ok()) + u8::from(two.is_ok());
            assert!(won <= 1, "both committed in round {round}");
            let touched = db.get(a.id).await.count + db.get(b.id).await.count;
            assert_eq!(touched, i64::from(won));
        }
    }

    async fn exactly_one_refuses_none_and_several(db: Db) {
        for name in ["a", "b"] {
            insert(&db, &db.person(name)).await.unwrap();
        }
        let raise = "update people set count = count + 1 where name >= $1";
        for (from, fits) in [("b", true), ("a", false), ("c", false)] {
            let mut changes = Changes::new();
            changes.exactly_one("raise", raise, vec![from.into()]);
            let outcome = db.store.commit(changes).await;
            if fits {
                outcome.unwrap();
            } else {
                assert_eq!(refusal(outcome), CommitConflict::NotOne("raise"));
            }
        }
        let sum = Query::raw("select cast(sum(count) as bigint) from people", vec![]);
        assert_eq!(db.store.scalar(sum).await.unwrap(), 1, "a refusal writes nothing");
    }

    async fn all_is_written_or_nothing_whichever_write_fails(db: Db) {
        insert(&db, &db.person("taken")).await.unwrap();
        for place in 0..4 {
            let mut changes = Changes::new();
            for i in 0..4 {
                let name = if i == place { "taken".to_owned() } else { format!("{place}/{i}") };
                changes.insert(&db.person(&name));
            }
            assert_eq!(refusal(db.store.commit(changes).await), CommitConflict::Taken("people_name".to_owned()));
        }
        let mut changes = Changes::new();
        changes.insert(&db.person("fine")).any("update nowhere set x = 1", vec![]);
        assert!(matches!(db.store.commit(changes).await, Err(CommitError::Store(_))));
        // a value that does not fit its place, among writes that would fit
        let mut changes = Changes::new();
        changes.insert(&db.person("fine")).any("update people set count = $2", vec![1.into()]);
        assert!(matches!(db.store.commit(changes).await, Err(CommitError::Store(_))));
        let orphan = Person { parent: Some(db.at.id()), ..db.person("orphan") };
        assert!(matches!(insert(&db, &orphan).await, Err(CommitError::Store(_))));
        assert_eq!(db.people().await, 1);
        insert(&db, &db.person("after")).await.unwrap();
    }

    async fn a_refusal_leaves_its_neighbours_alone(db: Db) {
        let mut running = Vec::new();
        for i in 0..200 {
            // every name twice: exactly half of them can be
            let mut changes = Changes::new();
            changes.insert(&db.person(&format!("extra {i}"))).insert(&db.person(&format!("{}", i / 2)));
            let store = db.store.clone();
            running.push(tokio::spawn(async move { store.commit(changes).await }));
        }
        let mut written = 0;
        for one in running {
            match one.await.unwrap() {
                Ok(()) => written += 1,
                Err(e) => assert!(matches!(e, CommitError::Conflict(CommitConflict::Taken(_))), "{e:?}"),
            }
        }
        assert_eq!(written, 100);
        assert_eq!(db.people().await, 200);
    }

    async fn rivals_that_settle_lose_no_increment(db: Db) {
        let row = db.person("counter");
        insert(&db, &row).await.unwrap();
        let mut running = Vec::new();
        for worker in 0..10_u64 {
            let db = db.clone();
            let id = row.id;
            running.push(tokio::spawn(async move {
                for turn in 0..50 {
                    // a loser after five tries asks again, as a client would
                    loop {
                        let once = || async {
                            let old = db.get(id).await;
                            let mut changes = Changes::new();
                            changes.update(&old, &Person { count: old.count + 1, ..old.clone() });
                            db.store.commit(changes).await
                        };
                        match retry_on_conflict(worker * 1000 + turn, once).await {
                            Ok(()) => break,
                            Err(e) => assert!(e.is_stale(), "{e:?}"),
                        }
                    }
                }
            }));
        }
        for one in running {
            one.await.unwrap();
        }
        let row = db.get(row.id).await;
        assert_eq!((row.count, row.version), (500, 501));
    }

    async fn settle_gives_up_after_five_tries(db: Db) {
        let old = db.person("moved");
        insert(&db, &old).await.unwrap();
        let tries = std::sync::atomic::AtomicU32::new(0);
        let outcome = retry_on_conflict(1, || async {
            tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let behind = Person { version: 7, ..old.clone() };
            let mut changes = Changes::new();
            changes.update(&behind, &Person { count: 1, ..behind.clone() });
            db.store.commit(changes).await
        })
        .await;
        assert_eq!(refusal(outcome), CommitConflict::Stale);
        assert_eq!(tries.into_inner(), 5);
    }

    async fn what_the_server_breaks_off_for_others_is_sent_again(db: Db) {
        if !db.is_postgres() {
            return; // SQLite has one writer
        }
        let mut changes = Changes::new();
        changes
            .any("create sequence tries", vec![])
            .any("create function break_off() returns trigger language plpgsql as \
                'begin if nextval(''tries'') <= 2 then raise exception using errcode = ''serialization_failure''; end if; return new; end'", vec![])
            .any("create trigger break_off before insert on people for each row execute function break_off()", vec![]);
        db.store.commit(changes).await.unwrap();
        let mut changes = Changes::new();
        changes.insert(&db.person("a")).insert(&db.person("b"));
        db.store.commit(changes).await.unwrap();
        assert_eq!(db.people().await, 2);
        let tries = Query::raw("select last_value from tries", vec![]);
        assert_eq!(db.store.scalar(tries).await.unwrap(), 4, "twice broken off, then one for each row");
        insert(&db, &db.person("alone")).await.unwrap();
        let mut changes = Changes::new();
        changes.any("alter sequence tries minvalue -100 restart with -100", vec![]);
        db.store.commit(changes).await.unwrap();
        assert_eq!(refusal(insert(&db, &db.person("hopeless")).await), CommitConflict::Stale);
        assert_eq!(db.people().await, 3);
    }

    async fn a_commit_finishes_though_its_caller_left(db: Db) {
        for i in 0..50 {
            let mut changes = Changes::new();
            changes.insert(&db.person(&format!("{i}"))).insert(&db.person(&format!("{i} too")));
            let store = db.store.clone();
            let caller = tokio::spawn(async move { store.commit(changes).await });
            tokio::task::yield_now().await;
            caller.abort();
            let _ = caller.await;
        }
        // whatever had begun is whole, and no connection was left inside a transaction
        insert(&db, &db.person("last")).await.unwrap();
        db.store.close().await;
        let store = db.again().await;
        let odd = Query::raw("select count(*) from people where name <> 'last'", vec![]);
        assert_eq!(store.scalar(odd).await.unwrap() % 2, 0);
        store.close().await;
    }

    async fn a_closed_store_says_so(db: Db) {
        insert(&db, &db.person("before")).await.unwrap();
        db.store.close().await;
        assert!(matches!(insert(&db, &db.person("after")).await, Err(CommitError::Store(till_store::StoreError::Closed))));
        assert!(matches!(db.store.scalar(Query::raw("select 1", vec![])).await, Err(till_store::StoreError::Closed)));
    }
}
