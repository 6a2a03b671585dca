//! The API's reference: the OpenAPI document as pages that need no script, one for each tag. For everybody,
//! signed in or not.

mod example;
mod tree;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::Value;
use till_wire::scope::Scope;
use tree::{Prose, Schema, Schemas};

use crate::{
    api,
    app::App,
    dashboard::{denied::Denied, programs::VARIABLE},
    pages::{self, Page, page},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/reference", get(index))
        .route("/reference/{tag}", get(tag))
}

/// One operation of the API.
#[derive(Debug, Clone)]
struct Operation {
    /// Its place on the page: `checkouts-create`.
    anchor: String,
    method: String,
    path: String,
    summary: String,
    description: Prose,
    deprecated: bool,
    /// True where it asks for a token; any one of `scopes` lets the token in.
    signed: bool,
    scopes: Vec<&'static str>,
    parameters: Vec<Schema>,
    body: Option<Schema>,
    answers: Vec<Answer>,
    curl: String,
}

#[derive(Debug, Clone)]
struct Answer {
    status: String,
    words: Prose,
    body: Option<Schema>,
}

/// A tag with its operations, and the objects that they speak of.
#[derive(Debug, Clone, Default)]
struct Area {
    operations: Vec<Operation>,
    objects: Vec<Schema>,
}

/// The whole reference.
#[derive(Debug)]
struct Reference {
    areas: BTreeMap<String, Area>,
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let document = serde_json::to_value(api::document()).unwrap_or_default();
    Reference::of(&document)
});

/// Each page as text, made once.
static PAGES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    REFERENCE
        .areas
        .iter()
        .filter_map(|(name, area)| {
            let rendered = AreaPage {
                title: title(name),
                tags: tags(Some(name)),
                area,
            }
            .render();
            match rendered {
                Ok(html) => Some((name.clone(), html)),
                Err(error) => {
                    tracing::error!(%error, tag = name, "a page of the reference could not be rendered");
                    None
                }
            }
        })
        .collect()
});

/// `customer-sessions` as a heading.
fn title(tag: &str) -> String {
    let words = tag.replace('-', " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A tag in the navigation: its words, its address, whether it is shown.
type Tag = (String, String, bool);

fn tags(here: Option<&str>) -> Vec<Tag> {
    let names = REFERENCE.areas.keys();
    names
        .map(|name| {
            let here = here == Some(name.as_str());
            (title(name), format!("/reference/{name}"), here)
        })
        .collect()
}

#[derive(Debug, Template)]
#[template(path = "dashboard/reference_area.html")]
struct AreaPage<'a> {
    title: String,
    tags: Vec<Tag>,
    area: &'a Area,
}

#[derive(Debug, Template)]
#[template(path = "dashboard/reference.html")]
struct IndexPage<'a> {
    title: String,
    tags: Vec<Tag>,
    query: String,
    /// Tag, its address, its operations that were found.
    found: Vec<(String, String, Vec<&'a Operation>)>,
}

impl Page for IndexPage<'_> {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SearchQuery {
    q: String,
}

async fn index(Query(query): Query<SearchQuery>) -> Response {
    let query = query.q.trim().to_owned();
    let found = REFERENCE.areas.iter().filter_map(|(name, area)| {
        let hits: Vec<_> = area
            .operations
            .iter()
            .filter(|operation| operation.meets(&query))
            .collect();
        let path = format!("/reference/{name}");
        (!hits.is_empty()).then(|| (title(name), path, hits))
    });
    let found = found.collect();
    page(
        StatusCode::OK,
        &IndexPage {
            title: "API reference".to_owned(),
            tags: tags(None),
            query,
            found,
        },
    )
}

async fn tag(Path(name): Path<String>) -> Response {
    match PAGES.get(&name) {
        Some(html) => pages::html(StatusCode::OK, html.as_str()),
        None => Denied::NotFound.into_response(),
    }
}

impl Operation {
    /// True where every word of the query is in it.
    fn meets(&self, query: &str) -> bool {
        let text = format!("{} {} {}", self.method, self.path, self.summary).to_lowercase();
        let mut words = query.split_whitespace();
        words.all(|word| text.contains(&word.to_lowercase()))
    }

    fn of(path: &str, method: &str, operation: &Value, tag: &str, schemas: &Schemas<'_>) -> Self {
        let text = |key: &str| operation[key].as_str().unwrap_or_default().to_owned();
        let signed = operation["security"]
            .as_array()
            .is_some_and(|s| !s.is_empty());
        let content = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = (!content.is_null()).then(|| schemas.body(content));
        let answers = operation["responses"].as_object().into_iter().flatten();
        Self {
            anchor: text("operationId").replace([':', '_'], "-"),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text("summary"),
            description: Prose::of(&text("description")),
            deprecated: operation["deprecated"] == true,
            signed,
            scopes: match signed {
                true => scopes(tag, method),
                false => Vec::new(),
            },
            parameters: operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|parameter| schemas.parameter(parameter))
                .collect(),
            curl: curl(
                path,
                method,
                signed,
                body.as_ref().map(|_| content),
                schemas,
            ),
            body,
            answers: answers
                .map(|(status, answer)| Answer {
                    status: status.clone(),
                    words: Prose::of(answer["description"].as_str().unwrap_or_default()),
                    body: answer["content"]
                        .as_object()
                        .and_then(|kinds| kinds.values().next())
                        .filter(|kind| !kind["schema"].is_null())
                        .map(|kind| schemas.answer(&kind["schema"])),
                })
                .collect(),
        }
    }
}

impl Reference {
    fn of(document: &Value) -> Self {
        let schemas = Schemas::new(document);
        let mut areas: BTreeMap<String, Area> = BTreeMap::new();
        let mut spoken: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
                let area = areas.entry(tag.clone()).or_default();
                area.operations
                    .push(Operation::of(path, method, operation, &tag, &schemas));
                schemas.named_in(operation, spoken.entry(tag).or_default());
            }
        }
        for (tag, mut names) in spoken {
            names.sort();
            if let Some(area) = areas.get_mut(&tag) {
                area.objects = names.iter().filter_map(|n| schemas.object(n)).collect();
            }
        }
        Self { areas }
    }
}

/// The scopes of which any one opens an operation: they are named by resource, and whoever may change may
/// look, except at orders. A test holds this against the API's own refusals.
#[must_use]
pub fn scopes(tag: &str, method: &str) -> Vec<&'static str> {
    let resource = tag.replace('-', "_");
    let words = match (method, tag) {
        ("get", "orders") => vec!["read"],
        ("get", _) => vec!["read", "write"],
        _ => vec!["write"],
    };
    let wanted: Vec<_> = words.iter().map(|w| format!("{resource}:{w}")).collect();
    let all = Scope::ALL.iter().map(|scope| scope.as_str());
    all.filter(|scope| wanted.iter().any(|w| w == scope))
        .collect()
}

/// A call with what must be given, as a shell takes it.
fn curl(
    path: &str,
    method: &str,
    signed: bool,
    body: Option<&Value>,
    schemas: &Schemas<'_>,
) -> String {
    let mut text = "curl -sS".to_owned();
    if method != "get" && !(method == "post" && body.is_some()) {
        text += &format!(" -X {}", method.to_uppercase());
    }
    // A parameter of the path is a variable: `{id}` is `$ID`.
    let mut address = String::new();
    for (i, part) in path.split(['{', '}']).enumerate() {
        match i % 2 {
            0 => address += part,
            _ => address += &format!("${}", part.to_uppercase()),
        }
    }
    text += &format!(" \"$TILL_URL{address}\"");
    if signed {
        text += &format!(" \\\n  -H \"Authorization: Bearer ${VARIABLE}\"");
    }
    if let Some(schema) = body {
        let example = serde_json::to_string(&example::of(schema, schemas)).unwrap_or_default();
        text += " \\\n  -H 'Content-Type: application/json'";
        text += &format!(" \\\n  -d '{example}'");
    }
    text
}

#[cfg(test)]
mod tests;
