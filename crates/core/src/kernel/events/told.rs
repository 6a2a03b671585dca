//! Each published type of event is told by a decision.

use std::{collections::BTreeSet, fs, path::Path};

use till_wire::events::EventType;

/// The decisions' code: each file of this crate without its tests and comments.
fn decisions(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            decisions(&path, found);
        } else if !path.ends_with("kernel/events/told.rs") && !name.contains("tests") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines() {
                found.push_str(line.split("//").next().unwrap_or_default());
                found.push('\n');
            }
        }
    }
}

/// Every event is written by a decision, which names its type.
#[test]
fn every_type_is_told_by_a_decision() {
    let mut code = String::new();
    decisions(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut code,
    );
    let named: BTreeSet<&str> = code
        .split("EventType::")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next())
        .collect();
    for kind in EventType::ALL {
        let name = format!("{kind:?}");
        assert!(
            named.contains(name.as_str()),
            "{kind}: no decision tells of it"
        );
    }
}
