//! SQL is the store's alone: no text of another crate holds any.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that only SQL has, in lower case.
const SQL: [&str; 12] = [
    "select ",
    "insert into ",
    "delete from ",
    " set version",
    "(select ",
    " from (",
    "order by ",
    "exists (",
    " is null",
    " is not null",
    "coalesce(",
    "lower(",
];
/// The store's own ways to take SQL.
const WAYS: [&str; 6] = [
    "Query::raw(",
    "Query::select",
    ".filter_sql(",
    ".any(\"",
    ".exactly_one(",
    "Statement {",
];

/// Sources that are built into the program.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The code before a file's tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let tests = text.find("#[cfg(test)]\nmod tests {");
    text[..tests.unwrap_or(text.len())].to_owned()
}

/// The texts that stand in a source: what is between quotes, comments left out.
fn texts(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (before, here) = rest.split_at(at);
        rest = &here[1..];
        if here.starts_with("//") {
            rest = here.find('\n').map_or("", |end| &here[end..]);
        } else if here.starts_with("'\"'") || here.starts_with("'\\\"'") {
            rest = &here[3..];
        } else if here.starts_with('"') {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let is_raw = before.trim_end_matches('#').ends_with('r');
            let end = match is_raw {
                true => rest.find(&format!("\"{}", "#".repeat(hashes))),
                false => closing(rest),
            };
            let end = end.expect("a text that ends");
            found.push(rest[..end].to_owned());
            rest = &rest[end + 1..];
        }
    }
    found
}

/// The end of a text that is not raw.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[test]
fn no_other_crate_holds_sql() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for name in ["wire", "core", "ports", "server", "till"] {
        let mut files = Vec::new();
        sources(&crates.join(name).join("src"), &mut files);
        for path in files {
            looked_at += 1;
            let code = code(&path);
            // The writes themselves are core's, and so is what makes one for the tests.
            let is_own = path.ends_with("core/src/kernel/changes.rs")
                || path.ends_with("core/src/kernel/writes.rs");
            for way in WAYS.iter().filter(|way| !is_own && code.contains(**way)) {
                wrong.push(format!("{}: {way}", path.display()));
            }
            for text in texts(&code) {
                let lower = text.to_lowercase();
                if SQL.iter().any(|word| lower.contains(word)) {
                    wrong.push(format!("{}: {text}", path.display()));
                }
            }
        }
    }
    assert!(looked_at > 300, "{looked_at} files");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn texts_are_found_between_quotes_only() {
    let code = "let a = \"one \\\" two\"; // \"no\"\nlet b = r#\"three \" four\"#; let c = '\"'; let d = \"\";";
    assert_eq!(texts(code), ["one \\\" two", "three \" four", ""]);
}
