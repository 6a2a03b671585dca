//! The files in `deploy/`, as far as they can be tried without the systems that they are for.

use std::{collections::BTreeSet, path::Path, process::Command};

use crate::kit::{out, run};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// The settings that a text names.
fn settings(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|word| word.starts_with("TILL_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn deployment_and_documents_name_settings_that_exist() {
    let known = settings(&out(&run(&["settings"])));
    for file in [
        "deploy/till.service",
        "deploy/Containerfile",
        "docs/operating.md",
        "README.md",
    ] {
        for name in settings(&read(file)) {
            // What the README's programs and the build read, not Till.
            let others = ["TILL_TOKEN", "TILL_COMMIT"];
            let known = known.contains(&name) || others.contains(&name.as_str());
            assert!(known, "{file} names {name}");
        }
    }
}

#[test]
fn the_container_is_built_from_every_member_of_the_workspace() {
    let (manifest, container) = (read("Cargo.toml"), read("deploy/Containerfile"));
    let members = manifest.lines().find(|line| line.starts_with("members = "));
    let members = members.unwrap().split('"').skip(1).step_by(2);
    for member in members {
        let path = member.trim_end_matches("/*");
        assert!(
            container.contains(&format!("COPY {path} {path}\n")),
            "{member}"
        );
        assert!(root().join(path).is_dir());
    }
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("till.service");
    let text = read("deploy/till.service");
    assert!(text.contains("ExecStart=/usr/local/bin/till serve\n"));
    let installed = text.replace("/usr/local/bin/till", env!("CARGO_BIN_EXE_till"));
    std::fs::write(&unit, installed).unwrap();
    let verify = Command::new("systemd-analyze")
        // The manual page is installed with the package.
        .args(["verify", "--man=no"])
        .arg(&unit)
        .output();
    match verify {
        Ok(output) => {
            let words = String::from_utf8(output.stderr).unwrap();
            let about: Vec<_> = words
                .lines()
                .filter(|line| line.contains("till.service"))
                .collect();
            assert!(output.status.success() && about.is_empty(), "{words}");
        }
        Err(_) => println!("systemd-analyze is not here: not tried"),
    }
}

#[test]
fn the_containerfile_copies_what_is_there_builds_with_our_rust_and_runs_as_nobody_special() {
    let text = read("deploy/Containerfile");
    let mut copied = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("COPY ")) {
        let words: Vec<_> = line.split_whitespace().skip(1).collect();
        if !words[0].starts_with("--from") {
            copied.extend_from_slice(&words[..words.len() - 1]);
        }
    }
    for path in &copied {
        assert!(root().join(path).exists(), "{path}");
    }
    for embedded in ["crates", "migrations", "locales", "Cargo.lock"] {
        assert!(copied.contains(&embedded), "{embedded}");
    }
    let manifest = read("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"');
    assert!(
        text.contains(&format!("/rust:{version}-")),
        "not Rust {version}"
    );
    let last = text.rsplit_once("\nFROM ").unwrap().1;
    let user = last
        .lines()
        .find_map(|line| line.strip_prefix("USER "))
        .unwrap();
    assert!(!user.starts_with('0') && !user.starts_with("root"));
    assert!(
        last.contains("STOPSIGNAL SIGTERM")
            && last.contains("ENTRYPOINT [\"/usr/local/bin/till\"]")
    );
}
