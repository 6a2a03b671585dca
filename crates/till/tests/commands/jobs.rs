//! `till jobs`: work that was given up.

use jiff::Timestamp;
use till_core::kernel::{
    changes::Changes,
    context::DecisionContext,
    jobs::{End, Job},
};
use till_store::{Options, Query, Store};

use crate::kit::{err, out, path, run};

const NOW: &str = "2026-11-22T12:00:00Z";

/// A database with a job that was given up, and its id.
async fn buried(url: &str, key: &str) -> String {
    let store = Store::open(url, Options::default()).await.unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let mut seed = [0; 32];
    seed[..key.len()].copy_from_slice(key.as_bytes());
    let ctx = DecisionContext::new(now, seed);
    let mut changes = Changes::new();
    changes.job(&ctx, "fulfil_checkout", key, now, &[1]);
    store.commit(changes).await.unwrap();
    let claimed = store.claim_jobs(&[], now, now, 1, ctx.id()).await.unwrap();
    let reason = "the product is gone".to_owned();
    store
        .finish_job(&claimed[0], End::Bury { reason })
        .await
        .unwrap();
    store.close().await;
    claimed[0].id.to_string()
}

async fn jobs(url: &str) -> Vec<Job> {
    let store = Store::open(url, Options::default()).await.unwrap();
    let jobs = store
        .all(Query::select::<Job>("order by key", vec![]))
        .await
        .unwrap();
    store.close().await;
    jobs
}

#[tokio::test]
async fn work_that_was_given_up_is_shown_and_done_again_or_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/till.db", path(&folder));
    let here = ["--data-dir", path(&folder)];
    let command = |words: &[&str]| run(&[words, &here[..]].concat());
    assert!(command(&["migrate"]).status.success());
    assert!(out(&command(&["jobs", "list"])).contains("There are no failed jobs."));
    let [one, two, three] = [
        buried(&url, "a").await,
        buried(&url, "b").await,
        buried(&url, "c").await,
    ];

    let listed = out(&command(&["jobs", "list"]));
    for words in [&one, &two, &three, "fulfil_checkout", "the product is gone"] {
        assert!(listed.contains(words), "{words}: {listed}");
    }
    let listed: serde_json::Value =
        serde_json::from_str(&out(&command(&["jobs", "list", "--json"]))).unwrap();
    assert_eq!(listed[0]["reason"], "the product is gone");
    let doctor = out(&command(&["doctor"]));
    assert!(
        doctor.contains(&format!("`till jobs retry {one}`")),
        "{doctor}"
    );
    assert!(
        doctor.contains("fulfil_checkout (a) failed for good: the product is gone"),
        "{doctor}"
    );

    let unknown = command(&["jobs", "retry", "1dbfc517-0bbf-4301-9ba8-555ca42b9737"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        err(&unknown).contains("till jobs list"),
        "{}",
        err(&unknown)
    );
    assert!(command(&["jobs", "retry", &one]).status.success());
    assert!(command(&["jobs", "drop", &two]).status.success());
    let left = jobs(&url).await;
    assert_eq!(left.len(), 2);
    assert_eq!((left[0].buried.is_none(), left[0].failures), (true, 0));
    assert!(left[1].buried.is_some());
    assert!(out(&command(&["jobs", "retry", "all"])).contains("One job will be retried"));
    assert!(jobs(&url).await.iter().all(|job| job.buried.is_none()));
    assert!(out(&command(&["doctor"])).contains("no failed jobs"));
}
