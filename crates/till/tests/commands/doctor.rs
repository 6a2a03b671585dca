//! `till doctor`.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::kit::{KEY, Running, err, out, path, run};

const SOUND: [&str; 4] = [
    "--processor",
    "sandbox",
    "--public-url",
    "http://localhost:9",
];

fn report(args: &[&str]) -> (Option<i32>, Value) {
    let output = run(&[&["doctor", "--json"], args].concat());
    let report = serde_json::from_str(&out(&output)).expect("JSON");
    (output.status.code(), report)
}

fn status<'a>(report: &'a Value, check: &str) -> Vec<&'a str> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .filter(|one| one["check"] == check)
        .map(|one| one["status"].as_str().unwrap())
        .collect()
}

#[test]
fn a_sound_machine_passes_and_what_the_operator_should_know_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let here = ["--data-dir", path(&folder)];
    assert!(run(&[&["migrate"], &here[..]].concat()).status.success());
    let args = [&here[..], &["--secret-key", KEY], &SOUND].concat();
    let (code, found) = report(&args);
    assert_eq!(code, Some(0), "{found:#}");
    assert_eq!(found["ok"], true);
    for check in ["secret key", "database", "integrity", "clock", "files"] {
        assert_eq!(status(&found, check), ["ok"], "{check}: {found:#}");
    }
    assert_eq!(status(&found, "mail"), ["warn"]);
    assert!(!found.to_string().contains(KEY));

    let lines = out(&run(&[&["doctor"], &args[..]].concat()));
    assert!(
        lines.contains("ok    database    sqlite, up to date"),
        "{lines}"
    );
    assert!(lines.contains("warn  processor   the sandbox"), "{lines}");
    assert!(
        lines.contains("-> do not sell anything of value"),
        "{lines}"
    );
}

#[test]
fn a_folder_of_dev_raises_no_alarm_unless_it_is_to_be_served() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("data");
    drop(Running::dev(&inside));
    let here = ["--data-dir", inside.to_str().unwrap()];
    let (code, found) = report(&here);
    assert_eq!(code, Some(0), "{found:#}");
    for one in found["checks"].as_array().unwrap() {
        // What this machine has is another matter.
        let machine = one["check"] == "disk" || one["check"] == "connections";
        assert!(one["status"] == "ok" || machine, "{one:#}");
    }
    for check in ["dev folder", "secret key", "database", "mail"] {
        assert_eq!(status(&found, check), ["ok"], "{check}: {found:#}");
    }
    for check in ["public URL", "processor", "proxy"] {
        assert!(status(&found, check).is_empty(), "{check}: {found:#}");
    }

    let (code, served) = report(&[&here[..], &SOUND].concat());
    assert_eq!(code, Some(0), "{served:#}");
    for check in ["dev folder", "proxy", "mail", "processor"] {
        assert!(
            status(&served, check).contains(&"warn"),
            "{check}: {served:#}"
        );
    }
}

#[test]
fn each_fault_is_a_line_that_says_what_to_do_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("empty");
    let (code, found) = report(&["--data-dir", inside.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{found:#}");
    for check in ["secret key", "processor", "public URL"] {
        assert_eq!(status(&found, check), ["fail"], "{check}");
    }
    assert_eq!(status(&found, "database"), ["warn"], "there is none yet");
    assert!(!inside.exists(), "a look makes nothing");

    let here = ["--data-dir", path(&folder)];
    assert!(run(&[&["migrate"], &here[..]].concat()).status.success());
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), everybody).unwrap();
    let database = folder.path().join("till.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 9000].fill(0x5a);
    std::fs::write(&database, bytes).unwrap();
    let urls = [
        "--processor",
        "sandbox",
        "--public-url",
        "https://nowhere.invalid",
    ];
    let args = [&here[..], &["--secret-key", KEY], &urls].concat();
    let output = run(&[&["doctor"], &args[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    let lines = out(&output);
    assert!(
        lines.contains("FAIL  public URL  the host name nowhere.invalid"),
        "{lines}"
    );
    assert!(lines.contains("chmod 700"), "{lines}");
    assert!(lines.contains("`till restore`"), "{lines}");
    assert!(err(&output).contains("checks failed"), "{}", err(&output));
}

#[test]
fn a_sandbox_elsewhere_is_asked_whether_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let args = [&["--data-dir", path(&folder)], &SOUND[..]].concat();
    let elsewhere = |url: &str| report(&[&args[..], &["--sandbox-url", url]].concat()).1;
    let nobody = elsewhere("http://127.0.0.1:9");
    assert_eq!(status(&nobody, "processor"), ["warn", "fail"], "{nobody:#}");
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, url) = Running::sandbox(folder.path());
    let there = elsewhere(&url);
    assert_eq!(status(&there, "processor"), ["warn", "ok"], "{there:#}");
}

#[test]
fn a_database_that_does_not_answer_is_a_fault_and_its_password_untold() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://till:hidden@127.0.0.1:9/till";
    let args = ["--data-dir", path(&folder), "--database-url", url];
    let (code, found) = report(&args);
    assert_eq!(code, Some(1));
    assert_eq!(status(&found, "database"), ["fail"], "{found:#}");
    assert!(!found.to_string().contains("hidden"), "{found:#}");
}
