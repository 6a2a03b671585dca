//! The checks of `till doctor`. Nothing is changed, and nothing secret is shown.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use till_ports::{
    files::FilesError,
    processor::{
        CheckStatus, Processor,
        sandbox::{MemorySandboxStore, RemoteSandbox, Sandbox},
        stripe::Stripe,
    },
};
use till_server::app::Clock;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::{Findings, PATIENCE, Status, Wanted, database};
use crate::{
    accounts,
    clock::SystemClock,
    config::ServerSettings,
    descriptors, files as folders, guard,
    open::{self, ChosenProcessor},
    stop::Stop,
};

/// Free space below which there is a warning, and below which a busy day may fill the disk.
const ROOM: u64 = 2 << 30;
const LITTLE: u64 = 256 << 20;

/// Checks the settings that the server would refuse.
pub fn settings(wanted: &Wanted, found: &mut Findings) {
    let settings = wanted.settings;
    let key = guard::needed_secret_key(&settings.key, &settings.database);
    if found.setting("secret key", key).is_some() {
        found.ok("secret key", "long enough and not easy to guess");
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
    match (header, settings.address.listen.ip().is_loopback()) {
        (Some(header), true) => {
            found.ok("proxy", format!("client addresses are taken from {header}"))
        }
        (Some(header), false) => found.warn(
            "proxy",
            format!(
                "anyone who can reach {} can forge {header}",
                settings.address.listen
            ),
            "allow only the proxy to reach that address",
        ),
        (None, _) if wanted.is_dev => {}
        (None, true) => found.warn(
            "proxy",
            "behind a proxy, all buyers appear to have one address and share one rate limit",
            "name the header in which the proxy passes the client's address: --client-ip-header",
        ),
        (None, false) => found.ok("proxy", "none: buyers connect directly"),
    }
}

/// Checks the address that buyers are sent to.
pub async fn public_url(wanted: &Wanted<'_>, found: &mut Findings) {
    if wanted.is_dev {
        return;
    }
    let insecure = wanted.production.allow_insecure_http;
    let url = guard::public_url(&wanted.settings.public, insecure);
    let Some(url) = found.setting("public URL", url) else {
        return;
    };
    if url.starts_with("http://") {
        found.warn(
            "public URL",
            format!("{url} is not encrypted"),
            "put an HTTPS proxy in front of it, unless only this machine uses it",
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
            format!("the host name {host} cannot be resolved"),
            "create a DNS record for it, or correct --public-url",
        );
    }
    let connecting = tokio::net::TcpStream::connect(&*addresses);
    match timeout(PATIENCE, connecting).await {
        Ok(Ok(_)) => found.ok("public URL", format!("{url} accepts connections")),
        _ => found.warn(
            "public URL",
            format!("{host} port {port} does not accept connections from this machine"),
            "expected if the server is not running yet; otherwise check the proxy and the firewall",
        ),
    }
}

/// Checks the folder of the data: who may look into it, and for what it was made.
pub fn data_folder(wanted: &Wanted, found: &mut Findings) {
    let settings = &wanted.settings.database;
    let folder = &settings.data_dir;
    if wanted.is_dev {
        found.ok(
            "dev folder",
            "created by `till dev`; checks that matter only for `till serve` are skipped",
        );
    } else if folders::notes_path(folder).exists() {
        found.warn(
            "dev folder",
            "created by `till dev`: it contains a demo shop, and dev.json contains a token with all scopes",
            "use a separate data folder for `till serve`",
        );
    }
    let Ok(about) = std::fs::metadata(folder) else {
        if settings.database_url.is_none() {
            found.warn(
                "data folder",
                format!("{} does not exist", folder.display()),
                "expected before the first `till init`; otherwise correct --data-dir",
            );
        }
        return;
    };
    match about.permissions().mode() & 0o077 {
        0 => found.ok("data folder", format!("{} is private", folder.display())),
        _ => found.warn(
            "data folder",
            format!("other users can access {}", folder.display()),
            format!("chmod 700 {}", folder.display()),
        ),
    }
}

/// Files that are named one by one.
const NAMED: usize = 5;

/// Checks whether anybody else may read what Till has written, wherever it lies.
pub fn permissions(wanted: &Wanted, found: &mut Findings) {
    let settings = wanted.settings;
    let mut open: Vec<PathBuf> = Vec::new();
    let url = folders::database_url(&settings.database).unwrap_or_default();
    if let Ok(Some(file)) = till_store::sqlite_file(&url) {
        open.extend(till_store::open_to_others(&file));
    }
    let mut own = vec![
        folders::key_path(&settings.database.data_dir),
        folders::notes_path(&settings.database.data_dir),
    ];
    if settings.files.files_url.is_none() {
        own.push(settings.files_folder());
    }
    own.retain(|path| {
        std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
    });
    open.extend(own);
    if open.is_empty() {
        return found.ok("permissions", "no other user can read Till's files");
    }
    let named: Vec<_> = open.iter().map(|path| path.display().to_string()).collect();
    found.warn(
        "permissions",
        match named.len() {
            1 => format!("other users can read {}", named[0]),
            n if n <= NAMED => format!("other users can read {}", named.join(", ")),
            n => format!(
                "other users can read {n} files, such as {}",
                named[..NAMED].join(", ")
            ),
        },
        format!("chmod go= {}", named.join(" ")),
    );
}

/// Room for the database and the files.
pub fn disk(wanted: &Wanted, found: &mut Findings) {
    let settings = wanted.settings;
    let url = settings.database.database_url.as_deref();
    let url = url.unwrap_or_default();
    let mut places: Vec<PathBuf> = Vec::new();
    match till_store::sqlite_file(url) {
        Ok(Some(file)) => places.extend(file.parent().map(Path::to_owned)),
        Ok(None) => {}
        Err(_) => places.push(settings.database.data_dir.clone()),
    }
    places.extend(settings.files.files_dir.clone());
    places.retain(|place| place.exists());
    for place in places {
        let name = place.display();
        match free(&place) {
            Some(bytes) if bytes < LITTLE => found.fail(
                "disk",
                format!("{} MB left at {name}", bytes >> 20),
                "free up space: when the disk is full, every change is refused",
            ),
            Some(bytes) if bytes < ROOM => found.warn(
                "disk",
                format!("{} MB left at {name}", bytes >> 20),
                "free up space soon",
            ),
            Some(bytes) => found.ok("disk", format!("{} GB left at {name}", bytes >> 30)),
            None => found.warn(
                "disk",
                format!("the free space at {name} cannot be determined"),
                "check it with `df`",
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
pub async fn files(settings: &ServerSettings, found: &mut Findings) {
    if settings.files.files_url.is_none() {
        return writable(&settings.files_folder(), found);
    }
    let Some(bucket) = found.setting(
        "files",
        open::files(&settings.files, &settings.database.data_dir),
    ) else {
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
            format!("{} will be created at the first start", folder.display()),
        );
    }
    let probe = folder.join(".till-doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => found.ok("files", format!("{} is writable", folder.display())),
        Err(error) => found.fail(
            "files",
            format!("{}: {error}", folder.display()),
            "make the folder writable for the user that Till runs as",
        ),
    }
}

/// The checks of the processor itself.
pub async fn processor(wanted: &Wanted<'_>, found: &mut Findings) {
    let settings = wanted.settings;
    let public_url = settings
        .public
        .public_url
        .as_deref()
        .unwrap_or("http://127.0.0.1");
    let chosen = guard::processor(settings, public_url, wanted.is_dev);
    let Some(chosen) = found.setting("processor", chosen) else {
        return;
    };
    let processor: Result<Box<dyn Processor>, _> = match chosen {
        // In this process it needs the database only, which is looked at for itself.
        ChosenProcessor::Sandbox(None) => Ok(Box::new(Sandbox::new(
            Arc::new(MemorySandboxStore::default()),
            b"",
            Arc::new(Uuid::nil),
        ))),
        ChosenProcessor::Sandbox(Some(url)) => RemoteSandbox::new(&url)
            .map(|remote| Box::new(remote) as _)
            .map_err(Stop::failed),
        ChosenProcessor::Stripe(settings) => match Stripe::new(*settings) {
            Ok(stripe) => {
                account(wanted, &stripe, found).await;
                Ok(Box::new(stripe) as _)
            }
            Err(error) => Err(Stop::failed(error)),
        },
    };
    let Some(processor) = found.setting("processor", processor) else {
        return;
    };
    match timeout(PATIENCE * 10, processor.checks(SystemClock.now())).await {
        Ok(checks) => checks.into_iter().for_each(|check| {
            let status = match check.status {
                CheckStatus::Ok => Status::Ok,
                // That no money moves is what `till dev` is for.
                CheckStatus::Warn if wanted.is_dev => return,
                CheckStatus::Warn => Status::Warn,
                CheckStatus::Fail => Status::Fail,
            };
            found.add("processor", status, check.message, check.advice);
        }),
        Err(_) => found.fail(
            "processor",
            "the processor does not answer",
            "check that it can be reached from this machine",
        ),
    }
}

/// Checks that the account is the one that the database works with.
async fn account(wanted: &Wanted<'_>, stripe: &Stripe, found: &mut Findings) {
    let Some(store) = database::opened(&wanted.settings.database).await else {
        return;
    };
    let Ok(Ok(account)) = timeout(PATIENCE, stripe.account()).await else {
        // The processor's own checks say that it does not answer.
        return;
    };
    match accounts::judge(&store, &account).await {
        Ok(Ok(())) => found.ok(
            "processor",
            "the account is the one that this database works with",
        ),
        Ok(Err(mismatch)) => found.fail("processor", accounts::words(&mismatch), ""),
        // A database that was not brought up to date says so itself.
        Err(_) => {}
    }
    store.close().await;
}

/// Fonts with which invoices are drawn.
fn fonts(found: &mut Findings) {
    let missing = till_pdf::Fonts::system().missing();
    if missing.is_empty() {
        found.ok("fonts", "documents can be drawn in every common script");
        return;
    }
    let scripts: Vec<_> = missing.iter().map(|one| one.script).collect();
    let mut packages: Vec<_> = missing.iter().map(|one| one.package).collect();
    packages.dedup();
    found.warn(
        "fonts",
        format!("documents show boxes instead of {}", scripts.join("; ")),
        format!("apt-get install {}, then restart Till", packages.join(" ")),
    );
}

/// Other things that the operator should know.
pub fn others(wanted: &Wanted, found: &mut Findings) {
    let settings = wanted.settings;
    connections(settings, found);
    fonts(found);
    if settings.geo_database.is_some() && found.setting("countries", open::geo(settings)).is_some()
    {
        found.ok("countries", "the GeoIP database is readable");
    }
    match settings.metrics_listen {
        Some(address) if !address.ip().is_loopback() => found.warn(
            "metrics",
            format!("anyone who can reach {address} can read them"),
            "allow only your monitoring to reach that address",
        ),
        Some(address) => found.ok("metrics", format!("at http://{address}/metrics")),
        None => found.ok("metrics", "off: turn them on with --metrics-listen"),
    }
}

fn connections(settings: &ServerSettings, found: &mut Findings) {
    let files = descriptors::raise_limit();
    let each = match descriptors::per_address(settings) {
        Some(count) => format!("{count} from one address"),
        None => "any number from one address".to_owned(),
    };
    let most = descriptors::connections(files);
    let message = format!("{most} at once, {each}; the limit of open files is {files}");
    match most {
        ..500 => found.warn(
            "connections",
            message,
            "raise the limit of open files: LimitNOFILE in systemd, or `ulimit -n`",
        ),
        _ => found.ok("connections", message),
    }
}
