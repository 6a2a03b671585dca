//! Permissions of files: what Till makes is its owner's alone, wherever it lies.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::kit::{PATIENCE, Running, call, err, out, run, text};

/// Everything in a folder and below it that others may read, write or enter.
fn open(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let about = entry.metadata().unwrap();
            if about.permissions().mode() & 0o077 != 0 {
                found.push(entry.path());
            }
            if about.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    found
}

/// A folder in which others may look around, as many are.
fn shared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

fn upload(ready: &Value) {
    let (url, token) = (text(&ready["url"]), text(&ready["token"]));
    let part = json!({"number": 1, "chunk_start": 0, "chunk_end": 5});
    let body = json!({"service": "downloadable", "name": "a.txt", "mime_type": "text/plain", "size": 5, "upload": {"parts": [part]}});
    let (status, _, made) = call(url, "POST", "/v1/files/", token, Some(body));
    assert_eq!(status, 201, "{made}");
}

#[test]
fn everything_that_a_server_makes_is_its_owners_alone() {
    let folder = shared();
    let here = folder.path().to_str().unwrap();
    let database = format!("sqlite://{here}/shop.db");
    let args = ["--data-dir", here, "--database-url", &database];
    let dev = ["dev", "--json", "--listen", "127.0.0.1:0"];
    let mut running = Running::start(&[&dev, &args[..]].concat());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut running.out, &mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    upload(&ready);
    for name in [
        "shop.db",
        "shop.db-wal",
        "shop.db-shm",
        "shop.db.lock",
        "dev.json",
        "secret.key",
        "files",
    ] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    assert_eq!(open(folder.path()), Vec::<PathBuf>::new());
    let copy = folder.path().join("copy.db");
    let copied = run(&[&["backup", copy.to_str().unwrap()], &args[..]].concat());
    assert!(copied.status.success(), "{}", err(&copied));
    assert_eq!(running.stop(PATIENCE).0, 0);
    let restored = run(&[&["restore", copy.to_str().unwrap(), "--replace"], &args[..]].concat());
    assert!(restored.status.success(), "{}", err(&restored));
    assert_eq!(open(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn doctor_looks_at_the_files_and_the_next_start_closes_them() {
    let folder = shared();
    let here = folder.path().to_str().unwrap();
    let database = format!("sqlite://{here}/shop.db");
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().to_str().unwrap();
    let args = ["--data-dir", data, "--database-url", &database];
    assert!(run(&[&["migrate"], &args[..]].concat()).status.success());
    let permissions = |loose: bool| {
        let lines = out(&run(&[&["doctor"], &args[..]].concat()));
        let line = lines
            .lines()
            .find(|line| line.contains("permissions"))
            .unwrap()
            .to_owned();
        assert_eq!(line.starts_with("warn"), loose, "{lines}");
        (line, lines)
    };
    permissions(false);
    let loose = ["shop.db", "shop.db.lock", "shop.db.former-20261122T120000Z"];
    for name in loose {
        let file = folder.path().join(name);
        if !file.exists() {
            fs::write(&file, "").unwrap();
        }
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    }
    let (line, lines) = permissions(true);
    for name in loose {
        assert!(line.contains(&format!("{here}/{name}")), "{name}: {line}");
    }
    assert!(lines.contains("chmod go= "), "{lines}");
    assert_eq!(open(folder.path()).len(), 3, "a look changes nothing");
    assert!(run(&[&["migrate"], &args[..]].concat()).status.success());
    let left = open(folder.path());
    assert_eq!(
        left,
        [folder.path().join(loose[2])],
        "what it does not open it leaves"
    );
}
