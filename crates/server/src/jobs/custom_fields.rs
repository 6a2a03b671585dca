//! Answers that follow their field to its new slug.

use jiff::{SignedDuration, Timestamp};
use till_core::{
    catalog::custom_fields::{self, Renamed},
    kernel::{changes::Changes, jobs::End, writes::AnsweredIn},
};
use uuid::Uuid;

use crate::{app::App, error::ApiError};

/// Rows that are rewritten in one commit.
const BATCH: i64 = 200;
/// The number of passes through the tables before the rest is left for another run.
const ROUNDS: usize = 5;

/// Moves the answers under a slug that a field has given up to the slug that it has now
/// (docs/behaviour: custom-fields/slugs), a batch at a time. Sessions come first: what is made of one later is found
/// in a later table or round.
pub async fn rename(app: &App, renamed: Renamed) -> Result<End, ApiError> {
    for _ in 0..ROUNDS {
        if round(app, &renamed).await? == 0 {
            return Ok(End::Done(Changes::new()));
        }
    }
    let at = app.clock.now() + SignedDuration::from_secs(5);
    Ok(End::Retry { at })
}

/// One walk through everything; says how many rows it found.
async fn round(app: &App, renamed: &Renamed) -> Result<usize, ApiError> {
    let own = renamed.organization_id;
    let field = [renamed.field_id];
    let (field, successor) = tokio::try_join!(
        app.store.custom_fields(own, &field),
        app.store.custom_field_by_slug(own, &renamed.old),
    )?;
    let Some(slug) = field
        .into_iter()
        .map(|f| f.slug)
        .find(|s| *s != renamed.old)
    else {
        return Ok(0);
    };
    // Where another field has taken the slug, answers given since are that one's.
    let before = successor.map_or(Timestamp::MAX, |_| renamed.at);
    let mut found = 0;
    for table in [
        AnsweredIn::Checkouts,
        AnsweredIn::Orders,
        AnsweredIn::Subscriptions,
    ] {
        let mut last = (Timestamp::UNIX_EPOCH, Uuid::nil());
        loop {
            let rows = app
                .store
                .answered(table, own, &renamed.old, before, last, BATCH)
                .await?;
            let Some(end) = rows.last() else { break };
            last = (end.created_at, end.id);
            found += rows.len();
            let mut changes = Changes::new();
            for row in &rows {
                custom_fields::rewrite(&mut changes, table, row, &renamed.old, &slug);
            }
            app.commit(changes).await?;
        }
    }
    Ok(found)
}
