//! Query plans on SQLite, which plans without statistics: a sum over all subscriptions is noticed only in a large shop.

use rusqlite::Connection;

use super::*;
use crate::{Options, Store};

fn plan(db: &Connection, query: &Query) -> Vec<String> {
    let sql = format!("explain query plan {}", query.sql());
    let mut statement = db.prepare(&sql).unwrap();
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get(3).unwrap());
    }
    lines
}

#[tokio::test]
async fn figures_are_read_from_the_stretches_of_an_index_that_they_are_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let url = format!("sqlite://{}", path.display());
    Store::open(&url, Options::default()).await.unwrap();
    let db = Connection::open(path).unwrap();
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
        let is_about_rows = |line: &&String| line.contains(" s ");
        let of_rows: Vec<_> = plan.iter().filter(is_about_rows).collect();
        assert!(!of_rows.is_empty(), "{plan:#?}");
        let covered = |line: &&String| line.contains("SEARCH s USING COVERING INDEX");
        assert!(of_rows.iter().all(covered), "{plan:#?}");
        for index in indexes {
            let found = of_rows
                .iter()
                .any(|line| line.contains(&format!("subscriptions_{index}")));
            assert!(found, "{index}: {plan:#?}");
        }
    }
}
