//! The server's document, as a judge of its answers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use axum::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::{
    Answer,
    shared_files::{self, SharedFile},
};

/// Made by the first test of a build; the others, each a process of its own, read it.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let known = SharedFile::named(&format!("document-{}.json", shared_files::this_build()));
    if let Some(path) = known.path() {
        return serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    }
    let document = serde_json::to_value(till_server::api::document()).unwrap();
    let folder = known.draft_folder();
    let draft = folder.path().join("document.json");
    std::fs::write(&draft, document.to_string()).unwrap();
    known.publish(&draft);
    document
});

type Key = (String, String, u16);
static VALIDATORS: LazyLock<Mutex<HashMap<Key, Option<Arc<Validator>>>>> =
    LazyLock::new(Mutex::default);

/// The document as JSON.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Panics when the operation does not document the answer's status, or the body is not as documented.
/// Requests that reach no operation are not judged.
#[track_caller]
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    let method = method.as_str().to_lowercase();
    let Some((template, operation)) = operation(&method, path) else {
        return;
    };
    // Without the version's echo the request ended before it was routed.
    if status == 405 || status == 307 || answer.header("polar-version").is_empty() {
        return;
    }
    // Browsers get pages where programs get JSON; files are what their tests say.
    let kind = answer.header("content-type");
    if kind.starts_with("text/html") || kind == "application/zip" {
        return;
    }
    let key = (method.clone(), template.to_owned(), status);
    let known = VALIDATORS.lock().unwrap().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let made = validator(operation, status).unwrap_or_else(|| {
            panic!(
                "{method} {template} does not document {status}: {}",
                answer.text()
            )
        });
        VALIDATORS.lock().unwrap().insert(key, made.clone());
        made
    });
    let Some(validator) = validator else {
        return;
    };
    let body = answer.json();
    let wrong: Vec<_> = validator
        .iter_errors(&body)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{method} {template} {status} is not as documented:\n{}\n{body}",
        wrong.join("\n")
    );
}

/// The operation that a path reaches; literal segments win over parameters.
fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let sent: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<_> = template.split('/').collect();
        wanted.len() == sent.len()
            && wanted.iter().zip(&sent).all(|(w, s)| {
                if w.starts_with('{') {
                    !s.is_empty()
                } else {
                    w == s
                }
            })
    };
    let (template, item) = paths
        .iter()
        .filter(|(template, _)| fits(template))
        .min_by_key(|(template, _)| template.matches('{').count())?;
    Some((template, item.get(method)?))
}

/// Outer `None`: not documented. Inner `None`: documented without a JSON body.
fn validator(operation: &'static Value, status: u16) -> Option<Option<Arc<Validator>>> {
    let answer = operation["responses"].get(status.to_string())?;
    let Some(schema) = answer.pointer("/content/application~1json/schema") else {
        return Some(None);
    };
    let schema = json!({"allOf": [schema], "components": {"schemas": reached_from(schema)}});
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("the document's schema is not one: {error}"));
    Some(Some(Arc::new(validator)))
}

/// The components that a schema refers to, and those that these refer to.
fn reached_from(schema: &'static Value) -> BTreeMap<&'static str, &'static Value> {
    let mut reached = BTreeMap::new();
    let mut unread = vec![schema];
    while let Some(part) = unread.pop() {
        if let Some(name) = part["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix("#/components/schemas/"))
        {
            let component = &DOCUMENT["components"]["schemas"][name];
            if reached.insert(name, component).is_none() {
                unread.push(component);
            }
        }
        match part {
            Value::Object(fields) => unread.extend(fields.values()),
            Value::Array(items) => unread.extend(items),
            _ => {}
        }
    }
    reached
}

/// True where a JSON schema is one.
pub fn is_schema(schema: &Value) -> bool {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(schema)
        .is_ok()
}
