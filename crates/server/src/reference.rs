//! The API's reference: the OpenAPI document as pages that need no script. Each tag has a page that lists its
//! operations, each operation and each object a page of its own. For everybody, signed in or not.

mod operation;
mod prose;
mod tree;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use operation::{Operation, Permission, VARIABLE, pretty};
use prose::Prose;
use serde::Deserialize;
use serde_json::Value;
use tree::{Schema, Schemas};

use crate::{
    api,
    app::App,
    dashboard::denied::Denied,
    pages::{Page, page},
};

pub use crate::api::scopes;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/reference", get(index))
        .route("/reference/{tag}", get(area))
        .route("/reference/{tag}/{name}", get(operation))
        .route("/reference/objects/{name}", get(object))
}

/// A tag with its operations.
#[derive(Debug, Clone, Default)]
struct Area {
    /// `Customer sessions`.
    title: String,
    address: String,
    description: Prose,
    operations: Vec<Operation>,
    /// The names of the objects that they speak of.
    objects: Vec<String>,
}

/// An object that requests or answers have in them.
#[derive(Debug, Clone)]
struct Object {
    schema: Schema,
    /// JSON.
    example: Option<String>,
    /// Title and address of the operations that speak of it.
    used_by: Vec<(String, String)>,
}

/// The whole reference.
#[derive(Debug)]
struct Reference {
    areas: BTreeMap<String, Area>,
    objects: BTreeMap<String, Object>,
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let document = serde_json::to_value(api::document()).unwrap_or_default();
    Reference::of(&document)
});

/// `customer-sessions` as a heading.
fn title(tag: &str) -> String {
    let words = tag.replace(['-', '_'], " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

impl Reference {
    fn of(document: &Value) -> Self {
        let schemas = Schemas::new(document);
        let mut areas: BTreeMap<String, Area> = BTreeMap::new();
        let mut objects: BTreeMap<String, Object> = BTreeMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, described) in item.as_object().into_iter().flatten() {
                let tag = described["tags"][0].as_str().unwrap_or("other");
                let area = areas
                    .entry(tag.to_owned())
                    .or_insert_with(|| Area::of(tag, document));
                let operation = Operation::of(path, method, described, &area.address, &schemas);
                let mut names = Vec::new();
                schemas.named_in(described, &mut names);
                for name in names {
                    let Some(schema) = schemas.object(&name) else {
                        continue;
                    };
                    let used = (operation.summary.clone(), operation.address.clone());
                    let object = objects.entry(name.clone()).or_insert_with(|| Object {
                        schema,
                        example: schemas
                            .get(&name)
                            .and_then(|named| pretty(&named["examples"][0])),
                        used_by: Vec::new(),
                    });
                    object.used_by.push(used);
                    if !area.objects.contains(&name) {
                        area.objects.push(name);
                    }
                }
                area.operations.push(operation);
            }
        }
        areas.values_mut().for_each(|area| area.objects.sort());
        Self { areas, objects }
    }
}

impl Area {
    fn of(tag: &str, document: &Value) -> Self {
        let mut tags = document["tags"].as_array().into_iter().flatten();
        let described = tags.find(|known| known["name"] == tag);
        let words = described.and_then(|tag| tag["description"].as_str());
        Self {
            title: title(tag),
            address: format!("/reference/{tag}"),
            description: Prose::of(words.unwrap_or_default()),
            ..Self::default()
        }
    }
}

/// A link of the navigation.
#[derive(Debug)]
struct Link {
    text: String,
    address: String,
    here: bool,
    /// The links below it.
    within: Vec<Link>,
}

/// The navigation: every area, and the operations of the one that is shown.
fn navigation(tag: Option<&str>, address: &str) -> Vec<Link> {
    let link = |operation: &Operation| Link {
        text: operation.summary.clone(),
        address: operation.address.clone(),
        here: operation.address == address,
        within: Vec::new(),
    };
    let areas = REFERENCE.areas.iter();
    areas
        .map(|(name, area)| Link {
            text: area.title.clone(),
            address: area.address.clone(),
            here: area.address == address,
            within: match tag == Some(name.as_str()) {
                true => area.operations.iter().map(link).collect(),
                false => Vec::new(),
            },
        })
        .collect()
}

#[derive(Debug, Template)]
#[template(path = "dashboard/reference.html")]
struct IndexPage<'a> {
    title: String,
    navigation: Vec<Link>,
    url: &'a str,
    query: String,
    /// Areas with the operations that were found.
    found: Vec<(&'a Area, Vec<&'a Operation>)>,
}

#[derive(Debug, Template)]
#[template(path = "dashboard/reference_area.html")]
struct AreaPage<'a> {
    title: String,
    navigation: Vec<Link>,
    area: &'a Area,
}

#[derive(Debug, Template)]
#[template(path = "dashboard/reference_operation.html")]
struct OperationPage<'a> {
    title: String,
    navigation: Vec<Link>,
    area: &'a Area,
    operation: &'a Operation,
    curl: String,
}

#[derive(Debug, Template)]
#[template(path = "dashboard/reference_object.html")]
struct ObjectPage<'a> {
    title: String,
    navigation: Vec<Link>,
    object: &'a Object,
}

impl Page for IndexPage<'_> {}
impl Page for AreaPage<'_> {}
impl Page for OperationPage<'_> {}
impl Page for ObjectPage<'_> {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SearchQuery {
    q: String,
}

async fn index(State(app): State<Arc<App>>, Query(query): Query<SearchQuery>) -> Response {
    page(
        StatusCode::OK,
        &index_page(&app.urls.public_url, query.q.trim()),
    )
}

fn index_page<'a>(url: &'a str, query: &str) -> IndexPage<'a> {
    let found = REFERENCE.areas.values().filter_map(|area| {
        let operations = area.operations.iter();
        let hits: Vec<_> = operations
            .filter(|operation| operation.meets(query))
            .collect();
        (!hits.is_empty()).then_some((area, hits))
    });
    IndexPage {
        title: "API reference".to_owned(),
        navigation: navigation(None, ""),
        url,
        query: query.to_owned(),
        found: found.collect(),
    }
}

async fn area(Path(tag): Path<String>) -> Response {
    match area_page(&tag) {
        Some(shown) => page(StatusCode::OK, &shown),
        None => Denied::NotFound.into_response(),
    }
}

fn area_page(tag: &str) -> Option<AreaPage<'static>> {
    let area = REFERENCE.areas.get(tag)?;
    Some(AreaPage {
        title: area.title.clone(),
        navigation: navigation(Some(tag), &area.address),
        area,
    })
}

async fn operation(
    State(app): State<Arc<App>>,
    Path((tag, name)): Path<(String, String)>,
) -> Response {
    match operation_page(&tag, &name, &app.urls.public_url) {
        Some(shown) => page(StatusCode::OK, &shown),
        None => Denied::NotFound.into_response(),
    }
}

fn operation_page(tag: &str, name: &str, url: &str) -> Option<OperationPage<'static>> {
    let area = REFERENCE.areas.get(tag)?;
    let operation = area.operations.iter().find(|one| one.name() == name)?;
    Some(OperationPage {
        title: operation.summary.clone(),
        navigation: navigation(Some(tag), &operation.address),
        area,
        operation,
        curl: operation.curl(url),
    })
}

async fn object(Path(name): Path<String>) -> Response {
    match object_page(&name) {
        Some(shown) => page(StatusCode::OK, &shown),
        None => Denied::NotFound.into_response(),
    }
}

fn object_page(name: &str) -> Option<ObjectPage<'static>> {
    let object = REFERENCE.objects.get(name)?;
    Some(ObjectPage {
        title: name.to_owned(),
        navigation: navigation(None, ""),
        object,
    })
}

#[cfg(test)]
mod tests;
