//! docs/known-gaps.md against the published list of operations and against what the server has.

use std::collections::BTreeSet;

use till_testkit::both;

/// The operations that the API publishes, by method and path.
const PUBLISHED: &str = include_str!("published-operations.txt");
const GAPS: &str = include_str!("../../../../docs/known-gaps.md");

/// The groups of missing operations: the number in each one's title, and its operations.
fn groups() -> Vec<(String, usize, Vec<String>)> {
    let mut found: Vec<(String, usize, Vec<String>)> = Vec::new();
    for line in GAPS.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            let (name, count) = title.rsplit_once(" (").expect("a number of operations");
            let count = count.strip_suffix(')').unwrap().parse().unwrap();
            found.push((name.to_owned(), count, Vec::new()));
        } else if let Some(operation) = line
            .strip_prefix("- `")
            .and_then(|rest| rest.strip_suffix('`'))
        {
            found
                .last_mut()
                .expect("a group")
                .2
                .push(operation.to_owned());
        }
    }
    found
}

both! {
    async fn every_published_operation_is_there_or_told_as_missing(t: &mut Till) {
        let published: BTreeSet<String> = PUBLISHED.lines().map(str::to_owned).collect();
        assert_eq!(published.len(), PUBLISHED.lines().count(), "each once");
        let mut there = BTreeSet::new();
        for (path, item) in t.document()["paths"].as_object().unwrap() {
            there.extend(item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
        }
        let mut missing = BTreeSet::new();
        for (name, count, operations) in groups() {
            assert_eq!(operations.len(), count, "{name}");
            for operation in operations {
                assert!(published.contains(&operation), "{operation} is not published");
                assert!(!there.contains(&operation), "{operation} is there");
                assert!(missing.insert(operation.clone()), "{operation} is told twice");
            }
        }
        let untold: Vec<_> = published.iter().filter(|one| !there.contains(*one) && !missing.contains(*one)).collect();
        assert!(untold.is_empty(), "neither there nor told as missing: {untold:#?}");
        let words = format!("Of the {} operations that the API publishes, Till has {}; these {} are missing.",
            published.len(), published.len() - missing.len(), missing.len());
        assert!(GAPS.contains(&words), "{words}");
    }
}
