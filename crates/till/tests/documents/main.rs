//! The documents of the repository against its files: cited rules are there, and so are the paths that are named.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod crates;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Begins a citation of rules in a comment.
const CITES: &str = "docs/behaviour: ";
/// Crates by their folder, which documents may name without `crates/` and without `src/`.
const CRATES: [&str; 8] = [
    "wire", "core", "store", "ports", "server", "till", "testkit", "fuzz",
];
/// Folders and files at the top whose paths are checked where a document names them.
const TOP: [&str; 13] = [
    "crates",
    "docs",
    "scripts",
    "tests",
    "migrations",
    "bench",
    "deploy",
    "locales",
    "examples",
    ".github",
    ".ci",
    ".cargo",
    ".config",
];
/// Folders that are made, not kept.
const MADE: [&str; 7] = [
    "target",
    "node_modules",
    ".venv",
    ".git",
    "artifacts",
    "till-data",
    "__pycache__",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file of the repository with one of these endings, by its path from the root, with its text.
fn texts(endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_symlink() || MADE.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                walk(&path, endings, found);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), endings, &mut found);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap();
        (name.to_string_lossy().into_owned(), text)
    };
    found.into_iter().map(read).collect()
}

fn code() -> Vec<(String, String)> {
    let endings = [
        ".rs", ".mjs", ".js", ".css", ".html", ".lua", ".py", ".sql", ".toml", ".yml", ".ftl",
        ".sh",
    ];
    let mut found = texts(&endings);
    // This file says what it looks for.
    found.retain(|(file, _)| file != "crates/till/tests/documents/main.rs");
    found
}

/// A slug at the beginning of a text: two parts of lower-case letters, digits and hyphens.
fn slug(text: &str) -> Option<&str> {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '/';
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let slug = text[..end].trim_end_matches('-');
    (slug.matches('/').count() == 1 && !slug.starts_with('/') && !slug.ends_with('/'))
        .then_some(slug)
}

/// The rules of docs/behaviour by their slugs, each with the name of its page.
fn rules() -> BTreeMap<String, String> {
    let mut rules = BTreeMap::new();
    for (file, text) in texts(&[".md"]) {
        let Some(page) = file.strip_prefix("docs/behaviour/") else {
            continue;
        };
        let page = page.trim_end_matches(".md");
        for line in text.lines() {
            let Some(rule) = line.strip_prefix("- **") else {
                continue;
            };
            let found = slug(rule).unwrap_or_else(|| panic!("{file}: no slug in {line}"));
            let mark = &rule[found.len()..];
            assert!(
                mark.starts_with("** (clients): ") || mark.starts_with("** (ours): "),
                "{file}: {found} has no mark"
            );
            assert_eq!(found.split('/').next(), Some(page), "{file}: {found}");
            let twice = rules.insert(found.to_owned(), page.to_owned());
            assert!(twice.is_none(), "{found} is there twice");
        }
    }
    rules
}

/// The slugs that a text cites.
fn cited(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(CITES) {
        let mut rest = &text[at + CITES.len()..];
        while let Some(one) = slug(rest) {
            found.push(one);
            let Some(next) = rest[one.len()..].strip_prefix(", ") else {
                break;
            };
            rest = next;
        }
    }
    found
}

#[test]
fn every_rule_that_is_cited_stands_in_docs_behaviour_once() {
    let rules = rules();
    assert!(rules.len() > 100);
    let mut count = 0;
    for (file, text) in code().into_iter().chain(texts(&[".md"])) {
        assert!(
            !text.contains("docs/behaviour:\n"),
            "{file}: a citation is broken over two lines"
        );
        for slug in cited(&text) {
            assert!(rules.contains_key(slug), "{file} cites {slug}");
            count += 1;
        }
    }
    assert!(count > 100);
}

/// True where a text names a rule in the way that was used before there were slugs: two letters and a number, or a
/// section of a document that is not in the repository.
fn numbered(line: &str) -> bool {
    const BEFORE: [&str; 8] = ["CR-", "CF-", "CL-", "PR-", "Q-", "S-", "rule ", "4.2-"];
    let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let word = |at: usize| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_')
    };
    let ids = BEFORE.iter().any(|id| {
        let mut places = line.match_indices(id);
        places.any(|(at, _)| word(at) && number(&line[at + id.len()..]))
    });
    let papers = ["checkout.md ", "lifecycle.md ", "wire.md ", "(design: "];
    ids || papers.iter().any(|paper| line.contains(paper))
}

#[test]
fn no_rule_is_cited_by_a_number() {
    assert!(numbered("(CR-20)") && numbered("wire.md 3.2") && !numbered("ESB-58378431"));
    for (file, text) in code() {
        if file.starts_with("migrations/") {
            continue;
        }
        for line in text.lines() {
            assert!(!numbered(line), "{file}: {line}");
        }
    }
}

/// The alternatives of a path with braces: `a/{b,c}.rs` is two.
fn expanded(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let Some((inner, after)) = rest.split_once('}') else {
        return vec![path.to_owned()];
    };
    let each = inner.split(',').map(|one| format!("{before}{one}{after}"));
    each.flat_map(|one| expanded(&one)).collect()
}

/// The words of a document that name a path of the repository.
fn paths(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let apart = |c: char| c.is_whitespace() || "`()[]\"'|;<>=".contains(c);
    for word in text.split(apart) {
        let word = word.trim_end_matches(['.', ',', ':', '…', '/']);
        let Some((first, rest)) = word.split_once('/') else {
            continue;
        };
        let known = TOP.contains(&first) || CRATES.contains(&first);
        if known && !rest.contains(['*', '$', '%', '…']) {
            found.extend(expanded(word));
        }
    }
    found
}

fn is_there(path: &str) -> bool {
    let path = path.split(['#', '?']).next().unwrap_or(path);
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let mut places = vec![path.to_owned()];
    if CRATES.contains(&first) {
        places.push(format!("crates/{path}"));
        places.push(format!("crates/{first}/src/{rest}"));
    }
    places.iter().any(|place| {
        // A module may be named without its ending.
        root().join(place).exists() || root().join(format!("{place}.rs")).exists()
    })
}

#[test]
fn every_path_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    // The changelog tells of what was.
    for (file, text) in texts(&[".md"]) {
        if file != "CHANGELOG.md" {
            let gone = paths(&text).into_iter().filter(|path| !is_there(path));
            missing.extend(gone.map(|path| format!("{file}: {path}")));
        }
    }
    assert!(missing.is_empty(), "not there: {missing:#?}");
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    for (file, text) in texts(&[".md"]) {
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..]
                .split([')', ' ', '#'])
                .next()
                .unwrap_or_default();
            if target.is_empty() || target.contains(':') {
                continue;
            }
            let path = root().join(&file).parent().unwrap().join(target);
            assert!(path.exists(), "{file} links to {target}");
        }
    }
}
