//! The program as `scripts/chaos` runs it: a run that could not be made has not held.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_till_that_does_not_start_is_no_run_that_held() {
    let logs = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_till-chaos"))
        .args(["--till", "/bin/false", "--seed", "7", "--logs"])
        .arg(logs.path())
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains("chaos: BROKEN (seed 7)"), "{said}");
    assert!(!said.contains("all held"), "{said}");
}
