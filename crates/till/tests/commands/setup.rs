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
    assert!(err(&unknown).contains("no one has the address"));
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

/// The settings in the help of a command, by their flags.
fn settings_of(command: &[&str]) -> Vec<String> {
    let help = out(&run(&[command, &["--help"]].concat()));
    let settings = help.split_once("Settings:").expect("a heading").1;
    // The longer help of a flag stands below it, so the flags are what begins a line.
    let flags = settings
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"));
    let flags = flags.map(|line| line.split_whitespace().next().expect("a flag").to_owned());
    let flags: Vec<_> = flags.collect();
    for flag in &flags {
        let variable = format!("TILL_{}", flag.to_uppercase().replace('-', "_"));
        assert!(
            settings.contains(&format!("[env: {variable}")),
            "{command:?}: {flag}"
        );
    }
    flags
}

#[test]
fn each_command_lists_the_settings_that_it_uses_and_no_others() {
    const LOG: [&str; 2] = ["log", "log-format"];
    const DATABASE: [&str; 2] = ["data-dir", "database-url"];
    const KEY: [&str; 2] = ["secret-key", "secret-key-file"];
    const FILES: [&str; 2] = ["files-dir", "files-url"];
    let cases: [(&[&str], &[&[&str]]); 16] = [
        (&["init"], &[&["public-url"], &DATABASE, &KEY]),
        (&["sign-in"], &[&["listen", "public-url"], &DATABASE, &KEY]),
        (&["token", "create"], &[&DATABASE, &KEY]),
        (&["token", "list"], &[&DATABASE]),
        (&["token", "revoke"], &[&DATABASE]),
        (&["jobs", "list"], &[&DATABASE]),
        (&["jobs", "retry"], &[&DATABASE]),
        (&["jobs", "drop"], &[&DATABASE]),
        (&["clock"], &[&DATABASE]),
        (&["migrate"], &[&DATABASE]),
        (&["backup"], &[&DATABASE]),
        (&["restore"], &[&DATABASE]),
        (&["clear-test-data"], &[&DATABASE, &FILES]),
        (&["sandbox"], &[&["listen"], &DATABASE]),
        (&["openapi"], &[]),
        (&["completions"], &[]),
    ];
    for (command, groups) in cases {
        let mut wanted = groups.concat();
        wanted.extend(LOG);
        assert_eq!(settings_of(command), wanted, "{command:?}");
    }
    let serve = settings_of(&["serve"]);
    assert!(serve.len() >= 24, "{serve:?}");
    assert_eq!(
        settings_of(&["doctor"]),
        serve,
        "it checks what `serve` takes"
    );
    let mut dev = serve;
    dev.retain(|flag| flag != "allow-insecure-http");
    assert_eq!(settings_of(&["dev"]), dev);
}

#[test]
fn a_variable_is_read_as_its_flag_is() {
    let mut command = till(&["dev"]);
    let folder = tempfile::tempdir().unwrap();
    command
        .env("TILL_LISTEN", "127.0.0.1:99999")
        .env("TILL_DATA_DIR", folder.path());
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("127.0.0.1:99999"), "{}", err(&output));
}

#[test]
fn the_settings_file_explains_every_setting_of_serve_once() {
    let file = out(&run(&["settings"]));
    let lines: Vec<_> = file.lines().collect();
    let mut flags = settings_of(&["serve"]);
    // Variables alone: no command line may hold them.
    flags.extend(["smtp-url", "stripe-secret-key", "stripe-webhook-secret"].map(str::to_owned));
    let mut named = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix("#TILL_") else {
            assert!(line.is_empty() || line.starts_with("# "), "{line}");
            continue;
        };
        let (name, _) = rest.split_once('=').expect("a value");
        assert!(lines[i - 1].starts_with("# "), "{name} has no explanation");
        named.push(name.to_lowercase().replace('_', "-"));
    }
    named.sort();
    flags.sort();
    assert_eq!(named, flags);

    // With its defaults in force a shell takes it, and so does the program.
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("till.env");
    let set = lines.iter().filter(|line| !line.ends_with('='));
    let set: Vec<_> = set.map(|line| line.trim_start_matches('#')).collect();
    let set = set.iter().filter(|line| line.starts_with("TILL_"));
    std::fs::write(
        &settings,
        set.map(|line| format!("{line}\n")).collect::<String>(),
    )
    .unwrap();
    let script = "set -a; . ./till.env; exec \"$0\" migrate";
    let migrated = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_till")])
        .current_dir(folder.path())
        .output()
        .expect("sh");
    assert!(migrated.status.success(), "{}", err(&migrated));
    assert!(folder.path().join("till-data/till.db").exists());
}

#[test]
fn completions_are_what_a_shell_takes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("till.bash");
    std::fs::write(&file, out(&run(&["completions", "bash"]))).unwrap();
    let script = "source \"$0\" && complete -p till && COMP_WORDS=(till sign) COMP_CWORD=1 && _till till sign till \
                  && echo \"${COMPREPLY[@]}\"";
    let output = std::process::Command::new("bash")
        .args(["-c", script])
        .arg(&file)
        .output()
        .expect("bash");
    let words = out(&output);
    assert!(words.contains("-F _till"), "{words}{}", err(&output));
    assert!(words.ends_with("sign-in\n"), "{words}{}", err(&output));
    assert!(out(&run(&["completions", "zsh"])).starts_with("#compdef till"));
    assert!(out(&run(&["completions", "fish"])).contains("complete -c till"));
    assert_eq!(run(&["completions", "sh"]).status.code(), Some(2));
}

#[test]
fn manual_pages_are_written_for_each_command_with_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let written = run(&["man", path(&folder)]);
    assert!(written.status.success(), "{}", err(&written));
    let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(page("till.1").contains(r"till\-serve(1)"));
    for flag in settings_of(&["serve"]) {
        let variable = format!("TILL_{}", flag.to_uppercase().replace('-', "_"));
        assert!(page("till-serve.1").contains(&variable), "{variable}");
    }
    assert!(page("till-token-create.1").contains("all\\-scopes"));
    assert!(!page("till-token-create.1").contains("TILL_LISTEN"));
    let missing = folder.path().join("missing");
    let refused = run(&["man", missing.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("missing"), "{}", err(&refused));
}

#[test]
fn the_version_has_the_commit_where_the_build_was_told_it() {
    let commit = option_env!("TILL_COMMIT").filter(|commit| !commit.is_empty());
    let commit = commit.map_or_else(String::new, |commit| format!(" ({commit})"));
    let wanted = format!("till {}{commit}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(out(&run(&["--version"])), wanted);
}
