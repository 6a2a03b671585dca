//! What a request asks of the database.

use till_server::work::Hands;
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
        t.told().await;
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
        t.told().await;
    }
    /// Intended, prepared by the sandbox, asked, charged by the sandbox, settled, fulfilled.
    async fn a_purchase_takes_six_commits_and_its_fulfilment_waits_for_no_claim(t: &mut Till) {
        let product = t.product().await;
        let checkout = t.checkout_for(&product).await;
        let (stop, stopping) = watch::channel(false);
        let working = tokio::spawn(Hands::serve(t.app.clone(), stopping));
        let before = asked(t);
        t.confirm(&checkout, buyer("ada@example.com", "pm_card_visa")).await.ok();
        stop.send_replace(true);
        working.await.unwrap();
        let (reads, commits) = asked(t);
        assert_eq!(commits - before.1, 6);
        assert!((1..=14).contains(&(reads - before.0)), "{} reads", reads - before.0);
        assert_eq!(t.reload(&checkout).await["status"], "succeeded");
    }
}
