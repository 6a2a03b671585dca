//! Statements of ARCHITECTURE.md about the crates, as far as their sources show it.

use std::collections::BTreeSet;

use crate::texts;

/// A crate, and what it must not hold.
struct Crate {
    name: &'static str,
    is_async: bool,
    has_sql: bool,
    /// Dependencies that it must do without.
    without: &'static [&'static str],
}

const DATABASES: [&str; 2] = ["rusqlite", "tokio-postgres"];
const HTTP: [&str; 4] = ["axum", "hyper", "reqwest", "tower"];

const CRATES: [Crate; 8] = [
    pure("wire"),
    pure("core"),
    pure("pdf"),
    Crate {
        name: "store",
        is_async: true,
        has_sql: true,
        without: &HTTP,
    },
    Crate {
        name: "ports",
        is_async: true,
        has_sql: false,
        without: &["axum", "rusqlite", "tokio-postgres"],
    },
    Crate {
        name: "server",
        is_async: true,
        has_sql: false,
        without: &DATABASES,
    },
    Crate {
        name: "till",
        is_async: true,
        has_sql: false,
        without: &DATABASES,
    },
    // A peer that shared Till's code would share its mistakes.
    Crate {
        name: "fake-stripe",
        is_async: true,
        has_sql: false,
        without: &[
            "rusqlite",
            "till-core",
            "till-ports",
            "till-server",
            "till-store",
            "till-wire",
            "tokio-postgres",
        ],
    },
];

const fn pure(name: &'static str) -> Crate {
    const NONE: [&str; 7] = [
        "axum",
        "hyper",
        "reqwest",
        "tower",
        "tokio",
        "rusqlite",
        "tokio-postgres",
    ];
    Crate {
        name,
        is_async: false,
        has_sql: false,
        without: &NONE,
    }
}

/// True where a line of code begins a statement of SQL in a text.
fn is_sql(line: &str) -> bool {
    const VERBS: [&str; 4] = [
        "\"select ",
        "\"insert into ",
        "\"delete from ",
        "\"create table ",
    ];
    let line = line.trim_start();
    let updates = line.contains("\"update ") && line.contains(" set ");
    !line.starts_with("//") && (updates || VERBS.iter().any(|verb| line.contains(verb)))
}

/// True where a line of code is asynchronous.
fn is_async(line: &str) -> bool {
    let line = line.trim_start();
    let words = [
        "async fn ",
        "async move ",
        "async {",
        ".await;",
        ".await?",
        ".await.",
    ];
    !line.starts_with("//") && words.iter().any(|word| line.contains(word))
}

#[test]
fn sql_is_in_the_store_alone_and_wire_and_core_wait_for_nothing() {
    for (file, text) in texts(&[".rs"]) {
        let its = |one: &&Crate| file.starts_with(&format!("crates/{}/src/", one.name));
        let Some(its) = CRATES.iter().find(its) else {
            continue;
        };
        for line in text.lines() {
            assert!(its.has_sql || !is_sql(line), "{file}: {line}");
            assert!(its.is_async || !is_async(line), "{file}: {line}");
        }
    }
}

#[test]
fn crates_depend_on_nothing_that_is_not_theirs() {
    for (file, text) in texts(&["Cargo.toml"]) {
        let its = |one: &&Crate| file == format!("crates/{}/Cargo.toml", one.name);
        let Some(its) = CRATES.iter().find(its) else {
            continue;
        };
        let tests = text.find("[dev-dependencies]").unwrap_or(text.len());
        for line in text[..tests].lines() {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            assert!(!its.without.contains(&name), "{file}: {name}");
        }
    }
}

/// The modules of its own crate that a file names, by their first part.
fn named(text: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_lowercase() && c != '_');
        text[..end.unwrap_or(text.len())].to_owned()
    };
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let text: String = lines.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, path) in text.match_indices("crate::") {
        let rest = &text[at + path.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        // Of a list, the first part of each of its items.
        let (mut depth, mut begins) = (1, true);
        for (place, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => begins = depth == 1,
                _ if c.is_whitespace() => {}
                _ if begins => {
                    found.insert(word(&list[place..]));
                    begins = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

#[test]
fn pages_and_api_stand_side_by_side() {
    const APART: [(&str, &[&str]); 4] = [
        ("api", &["dashboard", "pages"]),
        ("dashboard", &["api"]),
        ("pages", &["api", "dashboard"]),
        ("actions", &["api", "dashboard", "pages"]),
    ];
    let both =
        named("use crate::{\n    api::{self, x},\n    app::App,\n};\nlet a = crate::pages::b();");
    assert_eq!(
        both.into_iter().collect::<Vec<_>>(),
        ["api", "app", "pages"]
    );
    for (file, text) in texts(&[".rs"]) {
        let Some(inside) = file.strip_prefix("crates/server/src/") else {
            continue;
        };
        let part = inside.split('/').next().unwrap_or_default();
        let Some((_, others)) = APART.iter().find(|(name, _)| *name == part) else {
            continue;
        };
        let named = named(&text);
        for other in *others {
            assert!(!named.contains(*other), "{file} names {other}");
        }
    }
}
