//! Costs of a request in reads and commits.

use std::time::Duration;

use till_server::jobs;
use till_testkit::{Till, both, buyer};
use tokio::sync::watch;

/// Reads and commits so far.
fn asked(t: &Till) -> (u64, u64) {
    let gauges = t.app.store.gauges();
    (gauges.reads.get(), gauges.batch.get_sample_count())
}

both! {
    async fn a_session_takes_four_reads_at_most_and_one_commit(t: &mut Till) {
        t.listen().await;
        let product = t.product().await;
        t.webhook_events().await;
        t.checkout_for(&product).await;
        let before = asked(t);
        let checkout = t.checkout_for(&product).await;
        let (reads, commits) = asked(t);
        assert!((1..=4).contains(&(reads - before.0)), "{} reads", reads - before.0);
        assert_eq!(commits - before.1, 1);
        let before = asked(t);
        t.reload(&checkout).await;
        let (reads, commits) = asked(t);
        assert!((1..=4).contains(&(reads - before.0)), "{} reads", reads - before.0);
        assert_eq!(commits, before.1);
        t.webhook_events().await;
    }

    async fn a_tokens_use_is_noted_once_a_minute_beside_the_requests(t: &mut Till) {
        let used = async || {
            let (token, _) = t.app.store.caller(&t.app.key.digest(&t.token)).await.unwrap().unwrap();
            token.last_used_at.unwrap()
        };
        let first = used().await;
        t.get("/v1/products/").await.ok();
        t.advance(Duration::from_secs(60));
        t.get("/v1/products/").await.ok();
        while used().await == first {
            tokio::task::yield_now().await;
        }
        let second = used().await;
        assert!(second.duration_since(first).as_secs() >= 60);
        t.advance(Duration::from_secs(50));
        t.get("/v1/products/").await.ok();
        assert_eq!(used().await, second);
    }

    /// Intended, prepared by the sandbox, asked, charged by the sandbox, settled, fulfilled.
    async fn a_purchase_takes_six_commits_at_most_and_its_fulfilment_waits_for_no_claim(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        let (stop, stopping) = watch::channel(false);
        // As a node does: jobs are taken before the worker has its turn.
        t.app.fast_path.open(1);
        let working = tokio::spawn(jobs::serve_taken(t.app.clone(), stopping));
        let before = asked(t);
        t.confirm(&checkout, buyer("ada@example.com", "pm_card_visa")).await.ok();
        stop.send_replace(true);
        working.await.unwrap();
        let (reads, commits) = asked(t);
        // Two that come at the same moment share one flush on SQLite.
        assert!((1..=6).contains(&(commits - before.1)), "{} commits", commits - before.1);
        assert!((1..=14).contains(&(reads - before.0)), "{} reads", reads - before.0);
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
    }
}
