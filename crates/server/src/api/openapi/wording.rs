//! Descriptions that no single type can give: those of what stands for a type in the document.

use std::collections::BTreeMap;

use utoipa::openapi::{
    OpenApi as Document, Ref, RefOr, Schema,
    schema::{ArrayItems, Object},
};

use super::walk::{operations_of, parts, referred};

/// Adds them.
pub(super) fn complete(document: &mut Document) {
    let pages = pages_of(document);
    let schemas = document
        .components
        .iter_mut()
        .flat_map(|components| components.schemas.iter_mut());
    for (name, schema) in schemas {
        if let Some(item) = name.strip_prefix("Page_") {
            page(schema, item, pages.get(name).map(String::as_str));
        }
        reworded(schema);
    }
}

/// For each page of a list, the description of the answer that it is.
fn pages_of(document: &mut Document) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for addressed in operations_of(document) {
        for answer in addressed.operation.responses.responses.values() {
            let RefOr::T(answer) = answer else { continue };
            for content in answer.content.values() {
                let RefOr::T(content) = content else { continue };
                let name = content.schema.as_ref().and_then(referred);
                if let Some(name) = name.filter(|name| name.starts_with("Page_")) {
                    found.insert(name.to_owned(), answer.description.clone());
                }
            }
        }
    }
    found
}

/// A page of a list says of what, and refers to it.
fn page(schema: &mut RefOr<Schema>, item: &str, words: Option<&str>) {
    let RefOr::T(Schema::Object(page)) = schema else {
        return;
    };
    let Some(words) = words else { return };
    page.description = Some(words.to_owned());
    if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items") {
        let things = words.trim_start_matches("Page of ").trim_end_matches('.');
        items.description = Some(format!("Items of the page: {things}."));
        items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
    }
}

fn reworded(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    for (name, part) in parts(schema) {
        hoist(part);
        if let (Some(name), RefOr::T(Schema::Object(object))) = (name, &mut *part) {
            word_of_kind(name, object);
        }
        reworded(part);
    }
}

/// What may be null carries the description of the field, and not only what it is when it is not null.
fn hoist(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one)) = schema else {
        return;
    };
    if one.description.is_some() {
        return;
    }
    let words = one.items.iter_mut().find_map(|item| match item {
        RefOr::Ref(named) if !named.description.is_empty() => {
            Some(std::mem::take(&mut named.description))
        }
        _ => None,
    });
    one.description = words;
}

/// The key by which a shape is told from others has one word in each.
fn word_of_kind(name: &str, object: &mut Object) {
    let Some([word]) = object.enum_values.as_deref() else {
        return;
    };
    let noun = match name {
        "amount_type" => "Type of the price",
        "duration" => "Duration of the discount",
        "func" => "Function of the aggregation",
        "type" => "Type",
        _ => return,
    };
    if let (None, Some(word)) = (&object.description, word.as_str()) {
        object.description = Some(format!("{noun}: always `{word}` in this shape."));
    }
}
