//! `till clear-test-data`: everything that was sold for test goes, what is sold stays.

use crate::{
    config::ClearTestData,
    open,
    stop::{Stop, say},
};

/// Deletes test sales, or says what would be deleted.
pub async fn run(wanted: &ClearTestData) -> Result<(), Stop> {
    let store = open::database(&wanted.database, true).await?;
    let states = store.processor_states().await?;
    if let Some(live) = states.iter().find(|state| state.live == Some(true)) {
        return Err(Stop::failed(format!(
            "this database has real sales through the Stripe account {}: nothing is deleted.",
            live.account.as_deref().unwrap_or_default()
        )));
    }
    let counts = store.count_test_data().await?;
    let counts: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("  {count:>8} {name}"))
        .collect();
    let list = counts.join("\n");
    if !wanted.yes {
        say(format!(
            "Would delete:\n{list}\nProducts, prices, discounts, checkout links, files, people, tokens and webhook endpoints \
             stay. Stop every server, then add --yes."
        ));
        return Ok(());
    }
    store.clear_test_data().await?;
    store.close().await;
    say(format!("Deleted:\n{list}"));
    Ok(())
}
