//! `till clear-test-data`: everything that was sold for test goes, what is sold stays.

use till_core::documents::address::FOLDER;
use till_ports::files::FilesError;

use crate::{
    config::ClearTestData,
    open,
    stop::{Stop, say},
};

/// Deletes test sales with the files of their documents, or says what would be deleted.
pub async fn run(wanted: &ClearTestData) -> Result<(), Stop> {
    let store = open::database(&wanted.database, true).await?;
    let files = open::files(&wanted.files, &wanted.database.data_dir)?;
    let states = store.processor_states().await?;
    if let Some(live) = states.iter().find(|state| state.live == Some(true)) {
        return Err(Stop::failed(format!(
            "this database has real sales through the Stripe account {}: nothing is deleted.",
            live.account.as_deref().unwrap_or_default()
        )));
    }
    let kept = |error: FilesError| Stop::failed(format!("the files of documents: {error}"));
    let counts = store.count_test_data().await?;
    let documents = i64::try_from(files.count(FOLDER).await.map_err(kept)?).unwrap_or(i64::MAX);
    let counts: Vec<String> = (counts.iter())
        .chain([&("files of documents", documents)])
        .map(|(name, count)| format!("  {count:>8} {name}"))
        .collect();
    let list = counts.join("\n");
    if !wanted.yes {
        say(format!(
            "Would delete:\n{list}\nProducts, prices, discounts, checkout links, uploaded files, people, tokens and webhook \
             endpoints stay. Stop every server, then add --yes."
        ));
        return Ok(());
    }
    // Files last: those that a failure leaves are deleted by the next run.
    store.clear_test_data().await?;
    store.close().await;
    files.remove_all(FOLDER).await.map_err(kept)?;
    say(format!("Deleted:\n{list}"));
    Ok(())
}
