//! Query plans on SQLite, which plans without statistics: a sum over all subscriptions is noticed only in a large shop.

use super::*;
use crate::query_plan::{database, plan};

#[tokio::test]
async fn figures_are_read_from_the_stretches_of_an_index_that_they_are_of() {
    let (_folder, db) = database().await;
    let boundaries: Vec<_> = (0..13)
        .map(|n| Timestamp::from_second(n * 1_000_000).unwrap())
        .collect();
    let own = Uuid::nil();
    for (query, indexes) in [
        (
            level(own, Currency::USD),
            &["live (organization_id=? AND currency=?"][..],
        ),
        (
            moves(own, &boundaries),
            &[
                "live (organization_id=? AND currency=? AND trial_end>? AND trial_end<?)",
                "live (organization_id=? AND currency=? AND trial_end=? AND started_at>? AND started_at<?)",
                "gone (organization_id=? AND currency=? AND trial_end>? AND trial_end<?)",
                "gone (organization_id=? AND currency=? AND trial_end=? AND started_at>? AND started_at<?)",
                "ended (organization_id=? AND currency=? AND ended_at>? AND ended_at<?)",
                "paused (organization_id=? AND currency=? AND paused_at>? AND paused_at<?)",
            ],
        ),
        (
            counts(own, &boundaries),
            &[
                "started (organization_id=? AND started_at>? AND started_at<?)",
                "past_due (organization_id=? AND past_due_at>? AND past_due_at<?)",
            ],
        ),
        (past_due(own), &["past_due (organization_id=?)"]),
    ] {
        let plan = plan(&db, &query);
        let of_rows: Vec<&str> = plan.lines().filter(|line| line.contains(" s ")).collect();
        assert!(!of_rows.is_empty(), "{plan:#?}");
        let covered = |line: &&str| line.contains("SEARCH s USING COVERING INDEX");
        assert!(of_rows.iter().all(covered), "{plan:#?}");
        for index in indexes {
            let found = of_rows
                .iter()
                .any(|line| line.contains(&format!("subscriptions_{index}")));
            assert!(found, "{index}: {plan:#?}");
        }
    }
}
