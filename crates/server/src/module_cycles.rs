//! No module of the server depends on itself through others: the modules that each names, held against the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The files of Rust below a folder, each with its path from there; those of tests are left out.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(folder).expect("below the folder");
                let text = fs::read_to_string(&path).expect("a text");
                found.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.retain(|(name, _)| !name.contains("tests") && name != "module_cycles.rs");
    found
}

/// The code of a file without its tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that code names: `crate::` with what follows, also in a tree of `use`.
fn named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(tree) = rest.strip_prefix('{') else {
            found.extend(rest.split(|c: char| !is_word(c)).next().map(str::to_owned));
            continue;
        };
        // Each branch of the tree begins with a module of the crate.
        let mut depth = 0;
        let mut branches = vec![String::new()];
        for c in tree.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => branches.push(String::new()),
                _ if depth == 0 => branches.last_mut().expect("one at least").push(c),
                _ => {}
            }
        }
        let first = |branch: &String| branch.trim().split("::").next().map(str::to_owned);
        found.extend(branches.iter().filter_map(first));
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Which part of the server names which others.
fn parts() -> BTreeMap<String, BTreeSet<String>> {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let part = |name: &str| {
        let first = name.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs").to_owned()
    };
    let all: BTreeSet<String> = files.iter().map(|(name, _)| part(name)).collect();
    let mut parts = BTreeMap::<_, BTreeSet<_>>::new();
    for (name, text) in files.iter().filter(|(name, _)| name != "lib.rs") {
        let others = named(&code(text))
            .into_iter()
            .filter(|one| all.contains(one));
        parts.entry(part(name)).or_default().extend(others);
    }
    for (part, others) in &mut parts {
        others.remove(part);
    }
    parts
}

#[test]
fn no_part_of_the_server_comes_back_to_itself() {
    let mut parts = parts();
    loop {
        let settled = parts.iter().find(|(_, others)| others.is_empty());
        let Some(settled) = settled.map(|(part, _)| part.clone()) else {
            break;
        };
        parts.remove(&settled);
        parts.values_mut().for_each(|others| {
            others.remove(&settled);
        });
    }
    assert!(
        parts.is_empty(),
        "a circle, and what leads to it: {parts:#?}"
    );
}
