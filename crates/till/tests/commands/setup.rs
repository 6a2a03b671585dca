//! The commands that do one thing and end.

use serde_json::Value;

use crate::kit::{Running, call, err, out, path, run, text, till};

#[test]
fn sign_in_prints_a_link_for_somebody_who_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let (_running, ready) = Running::dev(folder.path());
    let url = text(&ready["url"]);
    let command = |email: &str| {
        run(&[
            "sign-in",
            email,
            "--data-dir",
            path(&folder),
            "--public-url",
            url,
        ])
    };
    let printed = command("Owner@Example.com");
    assert!(printed.status.success(), "{}", err(&printed));
    let link = out(&printed).trim().to_owned();
    assert_ne!(link, text(&ready["dashboard_url"]));
    let (status, head, _) = call(url, "GET", link.strip_prefix(url).unwrap(), "", None);
    assert_eq!(status, 200, "{head}");
    let unknown = command("nobody@example.com");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(err(&unknown).contains("nobody has the address"));
}

#[test]
fn migrate_says_what_it_applied_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = run(&["migrate", "--data-dir", path(&folder)]);
    assert!(first.status.success(), "{}", err(&first));
    assert!(out(&first).starts_with("applied 0001_"), "{}", out(&first));
    let second = run(&["migrate", "--data-dir", path(&folder)]);
    assert!(
        out(&second).contains("nothing to apply"),
        "{}",
        out(&second)
    );
}

#[test]
fn openapi_prints_the_document() {
    let output = run(&["openapi"]);
    let document: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert!(text(&document["openapi"]).starts_with("3.1"));
    assert!(document["paths"].get("/v1/checkouts/").is_some());
}

#[test]
fn every_setting_is_a_flag_and_a_variable_in_the_help() {
    let help = out(&run(&["--help"]));
    let settings = help.split_once("Settings:").expect("a heading").1;
    let flags: Vec<_> = settings
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"))
        .map(|line| line.split_whitespace().next().expect("a flag"))
        .collect();
    assert!(flags.len() >= 12, "{flags:?}");
    for flag in flags {
        let variable = format!("TILL_{}", flag.to_uppercase().replace('-', "_"));
        assert!(settings.contains(&format!("[env: {variable}")), "{flag}");
    }
    let mut command = till(&["dev"]);
    let folder = tempfile::tempdir().unwrap();
    command
        .env("TILL_LISTEN", "127.0.0.1:99999")
        .env("TILL_DATA_DIR", folder.path());
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("127.0.0.1:99999"), "{}", err(&output));
}
