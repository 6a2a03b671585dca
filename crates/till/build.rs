//! Tells a program that people run which commit it was made of: `TILL_COMMIT`, else what a clone's record of its head
//! says. Builds for development do without, so that a commit makes nothing to build again.

use std::{env, fs, path::Path};

const COMMIT: &str = "TILL_COMMIT";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={COMMIT}");
    let is_run = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let head = Path::new("../../.git/logs/HEAD");
    if env::var_os(COMMIT).is_some() || !is_run || !head.exists() {
        return;
    }
    println!("cargo:rerun-if-changed={}", head.display());
    let record = fs::read_to_string(head).unwrap_or_default();
    // Each line: the commit before, the commit after, who, when and why.
    let last = record.lines().next_back().unwrap_or_default();
    let commit = last.split(' ').nth(1).and_then(|commit| commit.get(..12));
    if let Some(commit) = commit {
        println!("cargo:rustc-env={COMMIT}={commit}");
    }
}
