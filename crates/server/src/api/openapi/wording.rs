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
        if let Some(name) = name {
            address_fields(name, part);
            if let RefOr::T(Schema::Object(object)) = &mut *part {
                word_of_kind(name, object);
            }
        }
        reworded(part);
    }
}

/// The description of a field stands at the field, also where its schema is put together of several.
fn hoist(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else {
        return;
    };
    let (description, items) = match schema {
        Schema::OneOf(one) => (&mut one.description, &mut one.items),
        Schema::AllOf(all) => (&mut all.description, &mut all.items),
        _ => return,
    };
    if description.is_none() {
        *description = items.iter_mut().rev().find_map(|item| match item {
            RefOr::Ref(named) if !named.description.is_empty() => {
                Some(std::mem::take(&mut named.description))
            }
            RefOr::T(Schema::Object(object)) if object.properties.is_empty() => {
                object.description.take()
            }
            _ => None,
        });
    }
}

/// The fields of an address, as a session asks for them: one type serves modes and flags.
fn address_fields(name: &str, schema: &mut RefOr<Schema>) {
    let words: fn(&str) -> String = match name {
        "billing_address_fields" => |noun| format!("How the {noun} is asked for."),
        "customer_billing_address_fields" => |noun| format!("Whether the {noun} is required."),
        _ => return,
    };
    let RefOr::T(schema) = schema else { return };
    for (_, part) in parts(schema) {
        let RefOr::T(Schema::Object(object)) = part else {
            continue;
        };
        for (field, property) in &mut object.properties {
            let noun = match field.as_str() {
                "line1" => "first line of the address".to_owned(),
                "line2" => "second line of the address".to_owned(),
                "state" => "state or province".to_owned(),
                other => other.replace('_', " "),
            };
            if let RefOr::T(Schema::Object(property)) = property {
                property.description = Some(words(&noun));
            }
        }
    }
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
