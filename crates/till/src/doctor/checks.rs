//! The checks of `till doctor`. Nothing is changed, and nothing secret is shown.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use till_core::kernel::writes::KeyedTable;
use till_ports::{
    files::FilesError,
    processor::{
        CheckStatus, Processor,
        sandbox::{MemorySandboxStore, RemoteSandbox, Sandbox},
    },
};
use till_server::app::Clock;
use till_store::{Options, Store};
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::{Findings, Status};
use crate::{
    clock::SystemClock,
    config::{ProcessorName, Settings},
    descriptors, files as folders, guard, open,
    stop::Stop,
};

/// The time that others have to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Clocks may differ by this much before leases and signatures suffer.
const NEAR: SignedDuration = SignedDuration::from_secs(2);
const FAR: SignedDuration = SignedDuration::from_secs(30);
/// Free space below which there is a warning, and below which a busy day may fill the disk.
const ROOM: u64 = 2 << 30;
const LITTLE: u64 = 256 << 20;
/// A larger file is not read from end to end.
const READABLE: u64 = 4 << 30;

/// Checks the settings that `till serve` would refuse.
pub fn settings(settings: &Settings, found: &mut Findings) {
    if found
        .setting("secret key", guard::needed_secret_key(settings))
        .is_some()
    {
        found.ok("secret key", "long enough and not well known");
    }
    let header = guard::client_ip_header(settings);
    let Some(header) = found.setting("proxy", header) else {
        return;
    };
    if found
        .setting("proxy", guard::country_header(settings))
        .is_none()
    {
        return;
    }
    match (header, settings.listen.ip().is_loopback()) {
        (Some(header), true) => found.ok("proxy", format!("buyers' addresses come from {header}")),
        (Some(header), false) => found.warn(
            "proxy",
            format!("whoever reaches {} may forge {header}", settings.listen),
            "let nobody but the proxy reach that address",
        ),
        (None, true) => found.warn(
            "proxy",
            "behind a proxy every buyer looks like one, and they share one rate limit",
            "name the header in which the proxy gives the address: --client-ip-header",
        ),
        (None, false) => found.ok("proxy", "none: buyers connect directly"),
    }
}

/// Checks the address that buyers are sent to.
pub async fn public_url(settings: &Settings, found: &mut Findings) {
    let Some(url) = found.setting("public URL", guard::public_url(settings)) else {
        return;
    };
    if url.starts_with("http://") {
        found.warn(
            "public URL",
            format!("{url} is not encrypted"),
            "put a proxy with a certificate in front, unless only this machine uses it",
        );
    }
    let Ok(parsed) = Url::parse(&url) else {
        return;
    };
    let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default()) else {
        return;
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    let addresses = match timeout(PATIENCE, tokio::net::lookup_host((host.as_str(), port))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    if addresses.is_empty() {
        return found.fail(
            "public URL",
            format!("the name {host} leads nowhere"),
            "make a DNS record for it, or correct --public-url",
        );
    }
    let connecting = tokio::net::TcpStream::connect(&*addresses);
    match timeout(PATIENCE, connecting).await {
        Ok(Ok(_)) => found.ok("public URL", format!("{url} takes connections")),
        _ => found.warn(
            "public URL",
            format!("nothing answers at {host} port {port}, as seen from here"),
            "right if nothing runs yet; else look at the proxy and the firewall",
        ),
    }
}

/// Permissions of the files beside the database.
pub fn data_folder(settings: &Settings, found: &mut Findings) {
    let folder = &settings.data_dir;
    let Ok(about) = std::fs::metadata(folder) else {
        if settings.database_url.is_none() {
            found.warn(
                "data folder",
                format!("{} is not there", folder.display()),
                "right before the first `till init`; else correct --data-dir",
            );
        }
        return;
    };
    match about.permissions().mode() & 0o077 {
        0 => found.ok("data folder", format!("{} is private", folder.display())),
        _ => found.warn(
            "data folder",
            format!("others may look into {}", folder.display()),
            format!("chmod 700 {}", folder.display()),
        ),
    }
}

/// Files that are named one by one.
const NAMED: usize = 5;

/// Checks whether anybody else may read what Till has written, wherever it lies.
pub fn permissions(settings: &Settings, found: &mut Findings) {
    let mut open: Vec<PathBuf> = Vec::new();
    let url = match &settings.database_url {
        Some(url) => url.clone(),
        None => folders::database_url(&settings.data_dir).unwrap_or_default(),
    };
    if let Ok(Some(file)) = till_store::sqlite_file(&url) {
        open.extend(till_store::open_to_others(&file));
    }
    let mut own = vec![
        folders::key_path(&settings.data_dir),
        folders::notes_path(&settings.data_dir),
    ];
    if settings.files_url.is_none() {
        let default = settings.data_dir.join("files");
        own.push(settings.files_dir.clone().unwrap_or(default));
    }
    own.retain(|path| {
        std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
    });
    open.extend(own);
    if open.is_empty() {
        return found.ok("permissions", "nobody else may read what Till has written");
    }
    let named: Vec<_> = open.iter().map(|path| path.display().to_string()).collect();
    found.warn(
        "permissions",
        match named.len() {
            1 => format!("others may read {}", named[0]),
            n if n <= NAMED => format!("others may read {}", named.join(", ")),
            n => format!(
                "others may read {n} files, such as {}",
                named[..NAMED].join(", ")
            ),
        },
        format!("chmod go= {}", named.join(" ")),
    );
}

/// Checks whether the database answers, is whole and fits this program; and its clock.
pub async fn database(settings: &Settings, found: &mut Findings) {
    let url = match &settings.database_url {
        Some(url) => Ok(url.clone()),
        None => folders::database_url(&settings.data_dir),
    };
    let Some(url) = found.setting("database", url) else {
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
            format!("there is none at {} yet", file.display()),
            "`till init` makes it; else correct --data-dir or --database-url",
        );
    }
    let options = Options {
        migrate: false,
        connections: 1,
        patience: PATIENCE,
        ..Options::default()
    };
    let store = match Store::open(&url, options).await {
        Ok(store) => store,
        Err(error) => {
            return found.fail(
                "database",
                error.to_string(),
                "start it, and check the address, the password and the permissions",
            );
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
            "`till migrate` applies them, and so does the next start",
        ),
        Err(_) => found.warn(
            "database",
            format!("{}, empty", store.kind()),
            "`till init` fills it",
        ),
    }
}

/// Rows of an older version whose keys have become the same: one of them is not found by its own any more.
async fn shared_keys(store: &Store, found: &mut Findings) {
    for (keyed, words, advice) in [
        (
            KeyedTable::Customers,
            "customers have the e-mail address of another one, written otherwise",
            "see the log of the last start for their ids; change or delete one of each two",
        ),
        (
            KeyedTable::Discounts,
            "discounts have the code of another one, written otherwise",
            "see the log of the last start for their ids; give one of each two another code",
        ),
        (
            KeyedTable::People,
            "people sign in with the e-mail address of another one, written otherwise",
            "see the log of the last start for their ids; remove one of each two from the team",
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
        return found.ok("jobs", "no work was given up");
    }
    for job in jobs.iter().take(TOLD) {
        let reason = job.buried.as_deref().unwrap_or_default();
        found.warn(
            "jobs",
            format!(
                "{} ({}) was given up: {reason}",
                job.kind,
                job.key.trim_start_matches(&format!("{}:", job.kind))
            ),
            format!(
                "mend the reason, then `till jobs retry {}`; `till jobs drop` forgets it",
                job.id
            ),
        );
    }
    if jobs.len() > TOLD {
        found.warn(
            "jobs",
            format!("{} jobs were given up in all", jobs.len()),
            "`till jobs list` shows them, `till jobs retry all` does them again",
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
            format!("this machine says {now}, but the database was written later than that"),
            "set the clock, and keep it right with NTP",
        );
    }
    let theirs = match store.clock().await {
        Ok(Some(theirs)) => theirs,
        Ok(None) => return found.ok("clock", format!("{now:.0}, not before the last change")),
        Err(error) => return found.fail("clock", error.to_string(), "see the database"),
    };
    let apart = theirs.duration_since(now).abs();
    let message = format!("{:.1} s from the database's", apart.as_secs_f64());
    let advice = "keep both machines' clocks right with NTP";
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
            format!("its journal is {}, not wal", mode.unwrap_or_default()),
            "the disk may not allow it: use a local one, not a network share",
        ),
        Err(error) => found.fail("database", error.to_string(), "see the disk"),
    }
    match store.size().await {
        Ok(size) if size.data > READABLE => {
            return found.ok(
                "integrity",
                "too large to be read here: the next `till backup` checks its copy",
            );
        }
        Ok(_) => {}
        Err(error) => return found.fail("integrity", error.to_string(), "see the disk"),
    }
    match store.integrity().await {
        Ok(Some(words)) if words == "ok" => found.ok("integrity", "the database is whole"),
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

/// Room for the database and the files.
pub fn disk(settings: &Settings, found: &mut Findings) {
    let url = settings.database_url.as_deref().unwrap_or_default();
    let mut places: Vec<PathBuf> = Vec::new();
    match till_store::sqlite_file(url) {
        Ok(Some(file)) => places.extend(file.parent().map(Path::to_owned)),
        Ok(None) => {}
        Err(_) => places.push(settings.data_dir.clone()),
    }
    places.extend(settings.files_dir.clone());
    places.retain(|place| place.exists());
    for place in places {
        let name = place.display();
        match free(&place) {
            Some(bytes) if bytes < LITTLE => found.fail(
                "disk",
                format!("{} MB left at {name}", bytes >> 20),
                "make room: when the disk is full, every change is refused",
            ),
            Some(bytes) if bytes < ROOM => found.warn(
                "disk",
                format!("{} MB left at {name}", bytes >> 20),
                "make room soon",
            ),
            Some(bytes) => found.ok("disk", format!("{} GB left at {name}", bytes >> 30)),
            None => found.warn(
                "disk",
                format!("the free space at {name} is not known"),
                "look with `df`",
            ),
        }
    }
}

/// The standard library does not tell; every system has `df`.
fn free(place: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(place).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: u64 = text
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(kilobytes * 1024)
}

/// Checks whether files can be kept and read.
pub async fn files(settings: &Settings, found: &mut Findings) {
    let folder = match (&settings.files_url, &settings.files_dir) {
        (Some(_), _) => None,
        (None, Some(folder)) => Some(folder.clone()),
        (None, None) => Some(settings.data_dir.join("files")),
    };
    if let Some(folder) = folder {
        return writable(&folder, found);
    }
    let Some(bucket) = found.setting("files", open::files(settings)) else {
        return;
    };
    match timeout(PATIENCE * 3, bucket.read("till-doctor-asks")).await {
        Ok(Ok(_) | Err(FilesError::Missing)) => found.ok("files", "the bucket answers"),
        Ok(Err(error)) => found.fail(
            "files",
            error.to_string(),
            "check --files-url and the AWS_* variables",
        ),
        Err(_) => found.fail(
            "files",
            "the bucket does not answer",
            "check --files-url, AWS_ENDPOINT and the network",
        ),
    }
}

fn writable(folder: &Path, found: &mut Findings) {
    if !folder.exists() {
        return found.ok(
            "files",
            format!("{} will be made at the first start", folder.display()),
        );
    }
    let probe = folder.join(".till-doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => found.ok("files", format!("{} takes files", folder.display())),
        Err(error) => found.fail(
            "files",
            format!("{}: {error}", folder.display()),
            "give the folder to the user that Till runs as",
        ),
    }
}

/// The checks of the processor itself.
pub async fn processor(settings: &Settings, found: &mut Findings) {
    let Some(ProcessorName::Sandbox) = found.setting("processor", guard::processor(settings))
    else {
        return;
    };
    let Some(url) = found.setting("processor", guard::sandbox_url(settings)) else {
        return;
    };
    let processor: Box<dyn Processor> = match url {
        // In this process it needs the database only, which is looked at for itself.
        None => Box::new(Sandbox::new(
            Arc::new(MemorySandboxStore::default()),
            b"",
            Arc::new(Uuid::nil),
        )),
        Some(url) => {
            match found.setting("processor", RemoteSandbox::new(&url).map_err(Stop::failed)) {
                Some(remote) => Box::new(remote),
                None => return,
            }
        }
    };
    match timeout(PATIENCE, processor.checks(SystemClock.now())).await {
        Ok(checks) => checks.into_iter().for_each(|check| {
            let status = match check.status {
                CheckStatus::Ok => Status::Ok,
                CheckStatus::Warn => Status::Warn,
                CheckStatus::Fail => Status::Fail,
            };
            found.add("processor", status, check.message, check.advice);
        }),
        Err(_) => found.fail(
            "processor",
            "the processor does not answer",
            "see whether it can be reached from here",
        ),
    }
}

/// Other things that the operator should know.
pub fn others(settings: &Settings, found: &mut Findings) {
    connections(settings, found);
    found.warn(
        "mail",
        "this version sends none",
        "sign in with passwords; `till sign-in EMAIL` prints a link",
    );
    if settings.geo_database.is_some() && found.setting("countries", open::geo(settings)).is_some()
    {
        found.ok("countries", "the database of addresses is readable");
    }
    match settings.metrics_listen {
        Some(address) if !address.ip().is_loopback() => found.warn(
            "metrics",
            format!("whoever reaches {address} may read them"),
            "let nobody but your monitoring reach that address",
        ),
        Some(address) => found.ok("metrics", format!("at http://{address}/metrics")),
        None => found.ok("metrics", "off: --metrics-listen serves them"),
    }
}

fn connections(settings: &Settings, found: &mut Findings) {
    let files = descriptors::raise_limit();
    let each = match descriptors::per_address(settings) {
        Some(count) => format!("{count} from one address"),
        None => "any number from one address".to_owned(),
    };
    let most = descriptors::connections(files);
    let message = format!("{most} at once, {each}; {files} files may be open");
    match most {
        ..500 => found.warn(
            "connections",
            message,
            "raise the limit of open files: LimitNOFILE of systemd, or `ulimit -n`",
        ),
        _ => found.ok("connections", message),
    }
}
