use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use till_core::kernel::changes::{Changes, CommitConflict};
use till_core::kernel::{
    job_request::Queue,
    jobs::{End, Job, JobKind},
};
use till_store::{CommitError, ENDPOINT_LEASE_LOST, LEASE_LOST, Query};

use crate::kit::{Db, now};

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn ask(db: &Db, key: &str, run_at: Timestamp, payload: serde_json::Value) {
    let mut changes = Changes::new();
    changes.job(&db.at, "send", key, run_at, &payload);
    db.store.commit(changes).await.unwrap();
}

async fn ask_for(db: &Db, kind: JobKind<serde_json::Value>, key: &str) {
    let mut changes = Changes::new();
    changes.job(&db.at, kind, key, now(), &json!({}));
    db.store.commit(changes).await.unwrap();
}

async fn claim(db: &Db, at: Timestamp) -> Vec<Job> {
    let until = at + SignedDuration::from_secs(60);
    let claim = db.at.id();
    db.store
        .claim_jobs(&["send"], at, until, 10, claim)
        .await
        .unwrap()
}

async fn jobs(db: &Db) -> Vec<Job> {
    db.store
        .all(Query::select::<Job>("order by key", vec![]))
        .await
        .unwrap()
}

on_both! {
    async fn a_job_is_claimed_when_due_and_gone_when_done(db: Db) {
        ask(&db, "b", later(10), json!({"n": 1})).await;
        ask(&db, "a", later(5), json!({})).await;
        assert!(claim(&db, now()).await.is_empty());
        let claimed = claim(&db, later(10)).await;
        let keys: Vec<_> = claimed.iter().map(|job| job.key.as_str()).collect();
        assert_eq!(keys, ["a", "b"], "earliest first");
        assert_eq!(claimed[1].payload.0, json!({"n": 1}));
        assert!(claim(&db, later(11)).await.is_empty(), "leased");
        let mut effects = Changes::new();
        effects.insert(&db.person("effect"));
        db.store.finish_job(&claimed[0], End::Done(effects)).await.unwrap();
        assert_eq!(db.people().await, 1);
        assert_eq!(jobs(&db).await.len(), 1);
    }

    async fn a_job_that_was_claimed_when_it_was_asked_for_is_nobody_elses_until_the_lease_ends(db: Db) {
        let take = || {
            let mut changes = Changes::new();
            changes.job(&db.at, "send", "a", now(), &json!({"n": 1}));
            let job = changes.due("send").unwrap().claim(later(3), db.at.id()).unwrap();
            (changes, job)
        };
        let (changes, first) = take();
        db.store.commit(changes).await.unwrap();
        assert_eq!(jobs(&db).await, std::slice::from_ref(&first), "as it was told");
        assert!(claim(&db, later(2)).await.is_empty());
        // Asked for again meanwhile: whoever thinks to have it now has not.
        let (changes, second) = take();
        db.store.commit(changes).await.unwrap();
        let late = db.store.finish_job(&second, End::Done(Changes::new())).await;
        assert!(matches!(late, Err(CommitError::Conflict(CommitConflict::NotOne(LEASE_LOST)))), "{late:?}");
        let mut effects = Changes::new();
        effects.insert(&db.person("effect"));
        db.store.finish_job(&first, End::Done(effects)).await.unwrap();
        assert_eq!(db.people().await, 1);
        let again = claim(&db, later(2)).await.remove(0);
        assert_eq!(claim(&db, later(62)).await[0].attempts, again.attempts + 1, "the lease ran out");
        let mut later_on = Changes::new();
        later_on.job(&db.at, "send", "b", later(9), &json!({}));
        assert!(later_on.due("send").is_none());
    }

    async fn only_the_kinds_asked_for_are_claimed(db: Db) {
        ask(&db, "a", now(), json!({})).await;
        let none = db.store.claim_jobs(&["x", "y"], now(), later(9), 10, db.at.id()).await.unwrap();
        assert!(none.is_empty());
        assert_eq!(db.store.claim_jobs(&[], now(), later(9), 10, db.at.id()).await.unwrap().len(), 1);
    }

    async fn asking_again_keeps_one_job_with_the_earlier_time_and_the_new_payload(db: Db) {
        ask(&db, "a", later(10), json!({"n": 1})).await;
        ask(&db, "a", later(5), json!({"n": 2})).await;
        ask(&db, "a", later(20), json!({"n": 3})).await;
        let all = jobs(&db).await;
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].run_at, all[0].payload.0.clone()), (later(5), json!({"n": 3})));
    }

    async fn a_job_asked_for_while_it_runs_runs_once_more(db: Db) {
        ask(&db, "a", now(), json!({"n": 1})).await;
        let first = claim(&db, now()).await.remove(0);
        ask(&db, "a", later(5), json!({"n": 2})).await;
        assert!(claim(&db, later(6)).await.is_empty(), "still leased");
        db.store.finish_job(&first, End::Done(Changes::new())).await.unwrap();
        assert!(claim(&db, later(4)).await.is_empty(), "not before its time");
        let second = claim(&db, later(5)).await.remove(0);
        assert_eq!((second.payload.0.clone(), second.attempts), (json!({"n": 2}), 1));
        db.store.finish_job(&second, End::Done(Changes::new())).await.unwrap();
        assert!(jobs(&db).await.is_empty());
    }

    async fn a_job_counts_the_failures_since_it_last_did_not_fail(db: Db) {
        ask(&db, "a", now(), json!({})).await;
        let job = claim(&db, now()).await.remove(0);
        db.store.finish_job(&job, job.failed("no disk", now())).await.unwrap();
        assert!(claim(&db, now()).await.is_empty(), "not at once");
        let job = claim(&db, later(1)).await.remove(0);
        assert_eq!((job.failures, job.last_error.as_deref()), (1, Some("no disk")));
        db.store.finish_job(&job, End::Bury { reason: "hopeless".to_owned() }).await.unwrap();
        let buried = db.store.buried_jobs(9).await.unwrap();
        assert_eq!((buried.len(), buried[0].failures), (1, 2));
        assert!(db.store.revive_job(job.id, later(2)).await.unwrap());
        assert_eq!(claim(&db, later(2)).await[0].failures, 0);
        assert!(!db.store.drop_job(job.id).await.unwrap(), "it is not given up any more");
    }

    async fn a_run_out_lease_is_claimed_anew_and_the_late_end_writes_nothing(db: Db) {
        ask(&db, "a", now(), json!({})).await;
        let late = claim(&db, now()).await.remove(0);
        let holder = claim(&db, later(60)).await.remove(0);
        assert_eq!(holder.attempts, 2);
        for end in [End::Done({ let mut c = Changes::new(); c.insert(&db.person("late")); c }), End::Retry { at: now() }, End::Bury { reason: "x".to_owned() }] {
            let outcome = db.store.finish_job(&late, end).await;
            assert!(matches!(outcome, Err(CommitError::Conflict(CommitConflict::NotOne(LEASE_LOST)))), "{outcome:?}");
        }
        assert_eq!(db.people().await, 0);
        db.store.finish_job(&holder, End::Done(Changes::new())).await.unwrap();
        assert!(jobs(&db).await.is_empty());
    }

    async fn a_lease_that_is_prolonged_stays_and_one_that_was_lost_cannot_be(db: Db) {
        ask(&db, "a", now(), json!({})).await;
        let first = claim(&db, now()).await.remove(0);
        assert!(db.store.keep_job(&first, later(90)).await.unwrap());
        assert!(claim(&db, later(89)).await.is_empty());
        let second = claim(&db, later(90)).await.remove(0);
        assert!(!db.store.keep_job(&first, later(200)).await.unwrap());
        // Run again under the same number of attempts: the claim still tells them apart.
        ask(&db, "a", now(), json!({})).await;
        db.store.finish_job(&second, End::Done(Changes::new())).await.unwrap();
        let third = claim(&db, later(91)).await.remove(0);
        assert_eq!(third.attempts, first.attempts);
        assert!(!db.store.keep_job(&first, later(300)).await.unwrap());
        let late = db.store.finish_job(&first, End::Done(Changes::new())).await;
        assert!(matches!(late, Err(CommitError::Conflict(CommitConflict::NotOne(LEASE_LOST)))));
        assert!(db.store.keep_job(&third, later(300)).await.unwrap());
        db.store.finish_job(&third, End::Done(Changes::new())).await.unwrap();
        assert!(!db.store.keep_job(&third, later(400)).await.unwrap(), "done");
    }

    async fn who_lost_a_duty_records_nothing(db: Db) {
        let (a, b) = (db.at.id(), db.at.id());
        let store = &db.store;
        let recorded = |name: &str| { let mut c = Changes::new(); c.insert(&db.person(name)); c };
        assert!(store.lease("lease", a, now(), later(3)).await.unwrap());
        store.commit_holding("lease", a, later(5), recorded("in time")).await.unwrap();
        assert!(!store.lease("lease", b, later(4), later(7)).await.unwrap(), "recording prolongs");
        store.renew_leases(a, later(6)).await.unwrap();
        assert!(!store.lease("lease", b, later(5), later(8)).await.unwrap(), "so does the heartbeat");
        assert!(store.lease("lease", b, later(6), later(9)).await.unwrap());
        store.renew_leases(a, later(99)).await.unwrap();
        let late = store.commit_holding("lease", a, later(9), recorded("late")).await;
        assert!(matches!(late, Err(CommitError::Conflict(CommitConflict::NotOne(ENDPOINT_LEASE_LOST)))), "{late:?}");
        assert_eq!(db.people().await, 1);
        assert!(store.lease("lease", a, later(9), later(12)).await.unwrap(), "the heartbeat of a is not b's");
    }

    async fn a_refused_effect_leaves_the_job(db: Db) {
        ask(&db, "a", now(), json!({})).await;
        let job = claim(&db, now()).await.remove(0);
        let moved = db.person("nowhere");
        let mut effects = Changes::new();
        effects.guard(&moved);
        let outcome = db.store.finish_job(&job, End::Done(effects)).await;
        assert!(matches!(outcome, Err(CommitError::Conflict(CommitConflict::Stale))));
        assert_eq!(jobs(&db).await.len(), 1);
    }

    async fn retries_wait_and_buried_jobs_rest_until_asked_again(db: Db) {
        ask(&db, "a", now(), json!({})).await;
        let job = claim(&db, now()).await.remove(0);
        db.store.finish_job(&job, End::Retry { at: later(30) }).await.unwrap();
        assert!(claim(&db, later(29)).await.is_empty());
        let job = claim(&db, later(30)).await.remove(0);
        assert_eq!(job.attempts, 2);
        db.store.finish_job(&job, End::Bury { reason: "hopeless".to_owned() }).await.unwrap();
        assert!(claim(&db, later(9999)).await.is_empty());
        assert_eq!(jobs(&db).await[0].buried.as_deref(), Some("hopeless"));
        ask(&db, "a", later(40), json!({})).await;
        assert_eq!(claim(&db, later(40)).await[0].attempts, 1);
    }

    async fn ten_thousand_letters_delay_no_checkout(db: Db) {
        let letter = JobKind::new("letter", Queue::Mail);
        let mut changes = Changes::new();
        for i in 0..10_000 {
            changes.job(&db.at, letter, &format!("letter:{i}"), now(), &json!({}));
        }
        db.store.commit(changes).await.unwrap();
        let mut changes = Changes::new();
        changes.job(&db.at, "upkeep", "upkeep", now(), &json!({}));
        changes.job(&db.at, JobKind::new("renew", Queue::Billing), "renew", later(1), &json!({}));
        changes.job(&db.at, JobKind::new("code", Queue::SignIn), "code", later(1), &json!({}));
        changes.job(&db.at, JobKind::new("fulfil", Queue::Checkout), "fulfil", later(2), &json!({}));
        db.store.commit(changes).await.unwrap();
        let (at, until) = (later(2), later(60));
        let first = db.store.claim_jobs(&[], at, until, 4, db.at.id()).await.unwrap();
        let kinds: Vec<_> = first.iter().map(|job| job.kind.as_str()).collect();
        assert_eq!(kinds, ["fulfil", "code", "renew", "letter"]);
        ask_for(&db, JobKind::new("fulfil", Queue::Checkout), "another").await;
        let awaited = db.store.claim_jobs_up_to(Some(Queue::Checkout), &[], at, until, 3, db.at.id()).await.unwrap();
        assert_eq!(awaited.len(), 1, "no letter is claimed for want of checkouts");
        assert_eq!(awaited[0].key, "another");
    }

    async fn what_an_older_version_asks_for_counts_as_most_important(db: Db) {
        ask(&db, "new", now(), json!({})).await;
        let mut changes = Changes::new();
        changes.any(
            "insert into jobs (id, kind, key, payload, run_at, attempts, failures, created_at) values ($1, 'send', 'old', '{}', $2, 0, 0, $2)",
            vec![db.at.id().into(), now().into()],
        );
        db.store.commit(changes).await.unwrap();
        let keys: Vec<_> = claim(&db, now()).await.into_iter().map(|job| job.key).collect();
        assert_eq!(keys, ["old", "new"]);
    }

    async fn two_claimers_never_get_the_same_job(db: Db) {
        for round in 0..5 {
            let mut changes = Changes::new();
            for i in 0..100 {
                changes.job(&db.at, "send", &format!("{round}/{i}"), now(), &json!({}));
            }
            db.store.commit(changes).await.unwrap();
            let claimers: Vec<_> = (0..8)
                .map(|_| {
                    let (store, at) = (db.store.clone(), db.at.clone());
                    tokio::spawn(async move {
                        let mut got = Vec::new();
                        loop {
                            let jobs = store.claim_jobs(&[], now(), later(60), 7, at.id()).await.unwrap();
                            assert!(jobs.len() <= 7);
                            if jobs.is_empty() {
                                return got;
                            }
                            got.extend(jobs.into_iter().map(|job| job.id));
                        }
                    })
                })
                .collect();
            let mut all = Vec::new();
            for claimer in claimers {
                all.extend(claimer.await.unwrap());
            }
            assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "claimed twice");
            // rivals may skip each other's rows and leave; what is left is still there
            all.extend(db.store.claim_jobs(&[], now(), later(60), 1000, db.at.id()).await.unwrap().iter().map(|j| j.id));
            assert_eq!(all.len(), 100);
        }
    }

    async fn a_lease_has_one_holder_until_it_runs_out_or_is_released(db: Db) {
        let (a, b) = (db.at.id(), db.at.id());
        let store = &db.store;
        assert!(store.lease("lease", a, now(), later(10)).await.unwrap());
        assert!(!store.lease("lease", b, later(9), later(19)).await.unwrap());
        assert!(store.lease("lease", a, later(9), later(19)).await.unwrap(), "the holder may prolong");
        assert!(store.lease("lease", b, later(19), later(29)).await.unwrap(), "run out");
        assert!(!store.lease("lease", a, later(20), later(30)).await.unwrap());
        store.release("lease", a).await.unwrap();
        assert!(!store.lease("lease", a, later(20), later(30)).await.unwrap(), "only the holder releases");
        store.release("lease", b).await.unwrap();
        assert!(store.lease("lease", a, later(20), later(30)).await.unwrap());
    }
}
