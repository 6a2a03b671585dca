//! The checks of the database and its clock, and of what it keeps for a person to look at.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::writes::KeyedTable;
use till_server::app::Clock;
use till_store::{Options, Store};

use super::{Findings, PATIENCE};
use crate::{clock::SystemClock, config::DatabaseSettings, files};

/// Clocks may differ by this much before leases and signatures suffer.
const NEAR: SignedDuration = SignedDuration::from_secs(2);
const FAR: SignedDuration = SignedDuration::from_secs(30);
/// A larger file is not read from end to end.
const READABLE: u64 = 4 << 30;

/// The database, where there is one that answers; what is wrong with it is [`database`]'s to say.
pub async fn opened(settings: &DatabaseSettings) -> Option<Store> {
    let url = files::database_url(settings).ok()?;
    let file = till_store::sqlite_file(&url).ok()?;
    match file.is_none_or(|file| file.exists()) {
        true => Store::open(&url, options()).await.ok(),
        false => None,
    }
}

fn options() -> Options {
    Options {
        migrate: false,
        connections: 1,
        patience: PATIENCE,
        ..Options::default()
    }
}

/// Checks whether the database answers, is whole and fits this program; and its clock.
pub async fn database(settings: &DatabaseSettings, found: &mut Findings) {
    let Some(url) = found.setting("database", files::database_url(settings)) else {
        return;
    };
    let file = till_store::sqlite_file(&url).map_err(Into::into);
    let Some(file) = found.setting("database", file) else {
        return;
    };
    if let Some(file) = &file
        && !file.exists()
    {
        return found.warn(
            "database",
            format!("{} does not exist yet", file.display()),
            "create it with `till init`, or correct --data-dir or --database-url",
        );
    }
    let store = match Store::open(&url, options()).await {
        Ok(store) => store,
        Err(error) => {
            let advice = match file {
                Some(_) => {
                    "check the address and the permissions; a damaged file is replaced by the last backup: `till restore`"
                }
                None => {
                    "check that it is running, and check the address, the password and the permissions"
                }
            };
            return found.fail("database", error.to_string(), advice);
        }
    };
    level(&store, found).await;
    shared_keys(&store, found).await;
    given_up(&store, found).await;
    clock(&store, file.as_deref(), found).await;
    if file.is_some() {
        whole(&store, found).await;
    }
    store.close().await;
}

async fn level(store: &Store, found: &mut Findings) {
    match store.unapplied().await {
        Ok(missing) if missing.is_empty() => {
            found.ok("database", format!("{}, up to date", store.kind()));
        }
        Ok(missing) => found.warn(
            "database",
            format!("{}, {} migrations behind", store.kind(), missing.len()),
            "run `till migrate`, or start the server, which applies them too",
        ),
        Err(_) => found.warn(
            "database",
            format!("{}, empty", store.kind()),
            "set it up with `till init`",
        ),
    }
}

/// Rows of an older version whose keys have become the same: one of them is not found by its own any more.
async fn shared_keys(store: &Store, found: &mut Findings) {
    for (keyed, words, advice) in [
        (
            KeyedTable::Customers,
            "customers have the same e-mail address as another customer, spelled differently",
            "find their IDs in the log of the last start, and change or delete one of each pair",
        ),
        (
            KeyedTable::Discounts,
            "discounts have the same code as another discount, spelled differently",
            "find their IDs in the log of the last start, and give one of each pair another code",
        ),
        (
            KeyedTable::People,
            "people have the same e-mail address as another person, spelled differently",
            "find their IDs in the log of the last start, and remove one of each pair from the team",
        ),
    ] {
        // A database that is behind is told of as such.
        if let Ok(count @ 1..) = store.shared_keys(keyed).await {
            found.warn("keys", format!("{count} {words}"), advice);
        }
    }
}

/// Jobs that are told one by one.
const TOLD: usize = 5;

/// Work that was given up waits for a person.
async fn given_up(store: &Store, found: &mut Findings) {
    // Where migrations are missing that is said already.
    let Ok(jobs) = store.buried_jobs(1_000).await else {
        return;
    };
    if jobs.is_empty() {
        return found.ok("jobs", "no failed jobs");
    }
    for job in jobs.iter().take(TOLD) {
        let reason = job.buried.as_deref().unwrap_or_default();
        found.warn(
            "jobs",
            format!(
                "{} ({}) failed for good: {reason}",
                job.kind,
                job.key.trim_start_matches(&format!("{}:", job.kind))
            ),
            format!(
                "fix the cause and run `till jobs retry {}`, or delete the job with `till jobs drop`",
                job.id
            ),
        );
    }
    if jobs.len() > TOLD {
        found.warn(
            "jobs",
            format!("{} jobs failed for good in all", jobs.len()),
            "list them with `till jobs list`, or retry them with `till jobs retry all`",
        );
    }
}

async fn clock(store: &Store, file: Option<&Path>, found: &mut Findings) {
    let now = SystemClock.now();
    let applied = store.last_migrated_at().await;
    let mut past: Vec<Timestamp> = Vec::new();
    past.extend(applied.ok().flatten());
    let written = file.and_then(|file| std::fs::metadata(file).ok()?.modified().ok());
    past.extend(written.and_then(|time| Timestamp::try_from(time).ok()));
    if past.iter().any(|moment| moment.duration_since(now) > FAR) {
        return found.fail(
            "clock",
            format!(
                "this machine's clock says {now}, but the database was written later than that"
            ),
            "set the clock, and keep it synchronized with NTP",
        );
    }
    let theirs = match store.clock().await {
        Ok(Some(theirs)) => theirs,
        Ok(None) => return found.ok("clock", format!("{now:.0}, not before the last change")),
        Err(error) => return found.fail("clock", error.to_string(), "check the database"),
    };
    let apart = theirs.duration_since(now).abs();
    let message = format!("{:.1} s off the database's clock", apart.as_secs_f64());
    let advice = "synchronize the clocks of both machines with NTP";
    match apart {
        apart if apart <= NEAR => found.ok("clock", message),
        apart if apart <= FAR => found.warn("clock", message, advice),
        _ => found.fail("clock", message, advice),
    }
}

async fn whole(store: &Store, found: &mut Findings) {
    match store.journal().await {
        Ok(Some(mode)) if mode == "wal" => {}
        Ok(mode) => found.warn(
            "database",
            format!("its journal mode is {}, not wal", mode.unwrap_or_default()),
            "the disk may not support it: use a local disk, not a network share",
        ),
        Err(error) => found.fail("database", error.to_string(), "check the disk"),
    }
    match store.size().await {
        Ok(size) if size.data > READABLE => {
            return found.ok(
                "integrity",
                "not checked, because the database is too large; the next `till backup` checks its copy",
            );
        }
        Ok(_) => {}
        Err(error) => return found.fail("integrity", error.to_string(), "check the disk"),
    }
    match store.integrity().await {
        Ok(Some(words)) if words == "ok" => found.ok("integrity", "the database is intact"),
        Ok(words) => found.fail(
            "integrity",
            words.unwrap_or_default(),
            "stop the server and restore the last backup: `till restore`",
        ),
        Err(error) => found.fail(
            "integrity",
            error.to_string(),
            "stop the server and restore the last backup: `till restore`",
        ),
    }
}
