//! What a request asks of the database.

use till_testkit::{Till, both};

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
}
