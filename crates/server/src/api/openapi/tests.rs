//! The document's words and examples.

use serde_json::Value;

use super::document;

/// Openings that say nothing.
const OPENINGS: [&str; 11] = [
    "Successful Response",
    "Validation Error",
    "A page.",
    "Free data",
    "It is ",
    "Its ",
    "Minor units",
    "Null.",
    "Such as ",
    "The id",
    "The object",
];

/// What only those who wrote it can read.
const PHRASES: [&str; 2] = ["docs/", "TODO"];

/// What is wrong with a description, if anything.
fn wrong(words: &Value) -> Option<String> {
    let words = words.as_str().unwrap_or_default().trim();
    let count = words.split_whitespace().count();
    let is_empty = OPENINGS.iter().any(|opening| words.starts_with(opening))
        || PHRASES.iter().any(|phrase| words.contains(phrase))
        // A word alone repeats the name of the field.
        || count < 2
        || count < 4 && ["A ", "An ", "The "].iter().any(|article| words.starts_with(article));
    is_empty.then(|| format!("says nothing: {words:?}"))
}

/// Judges every description of a document.
#[derive(Default)]
struct Walk {
    problems: Vec<String>,
    judged: usize,
}

impl Walk {
    fn judge(&mut self, place: &str, words: &Value) {
        self.judged += 1;
        if let Some(wrong) = wrong(words) {
            self.problems.push(format!("{place}: {wrong}"));
        }
    }

    /// The properties of a schema, and of all that stands in it; what it refers to is judged where that stands.
    fn schema(&mut self, place: &str, schema: &Value) {
        for (name, property) in entries(&schema["properties"]) {
            let place = format!("{place}.{name}");
            self.judge(&place, &property["description"]);
            self.schema(&place, property);
        }
        for key in ["items", "additionalProperties"] {
            self.schema(&format!("{place}/{key}"), &schema[key]);
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            for (i, part) in schema[key].as_array().into_iter().flatten().enumerate() {
                self.schema(&format!("{place}/{key}{i}"), part);
            }
        }
    }

    fn operation(&mut self, place: &str, operation: &Value) {
        self.judge(&format!("{place} summary"), &operation["summary"]);
        self.judge(place, &operation["description"]);
        if operation["summary"]
            .as_str()
            .is_some_and(|summary| summary.ends_with('.'))
        {
            self.problems.push(format!(
                "{place}: a summary is a title, without a full stop"
            ));
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let place = format!("{place} ?{}", parameter["name"]);
            self.judge(&place, &parameter["description"]);
            self.schema(&place, &parameter["schema"]);
        }
        let body = &operation["requestBody"];
        if !body.is_null() {
            self.judge(&format!("{place} body"), &body["description"]);
            self.contents(&format!("{place} body"), body);
        }
        for (status, answer) in entries(&operation["responses"]) {
            let place = format!("{place} {status}");
            self.judge(&place, &answer["description"]);
            self.contents(&place, answer);
        }
    }

    fn contents(&mut self, place: &str, holder: &Value) {
        for (_, content) in entries(&holder["content"]) {
            self.schema(place, &content["schema"]);
        }
    }
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    entries(&document["paths"]).flat_map(|(path, item)| {
        entries(item).map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

#[test]
fn everything_in_the_document_has_words_of_its_own() {
    let document = serde_json::to_value(document()).unwrap();
    let mut walk = Walk::default();
    walk.judge("info", &document["info"]["description"]);
    let schemes = entries(&document["components"]["securitySchemes"]);
    for (name, scheme) in schemes {
        walk.judge(name, &scheme["description"]);
    }
    for (name, schema) in entries(&document["components"]["schemas"]) {
        walk.judge(name, &schema["description"]);
        walk.schema(name, schema);
    }
    let tags = document["tags"].as_array().unwrap();
    for tag in tags {
        walk.judge(tag["name"].as_str().unwrap(), &tag["description"]);
    }
    for (place, operation) in operations(&document) {
        walk.operation(&place, operation);
        let tag = &operation["tags"][0];
        if !tags.iter().any(|known| known["name"] == *tag) {
            walk.problems
                .push(format!("{place}: nothing says what the tag {tag} is"));
        }
    }
    assert!(walk.judged > 2000, "{}", walk.judged);
    assert!(walk.problems.is_empty(), "{}", walk.problems.join("\n"));
}

#[test]
fn fillers_are_told() {
    for bad in [
        "",
        " ",
        "Name",
        "Its organization.",
        "The order.",
        "See docs/behaviour/api.md.",
    ] {
        assert!(wrong(&Value::from(bad)).is_some(), "{bad:?}");
    }
    assert_eq!(wrong(&Value::from("Name of the product.")), None);
    assert!(wrong(&Value::Null).is_some());
}
