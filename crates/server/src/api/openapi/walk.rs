//! Ways through the document.

use utoipa::openapi::{
    OpenApi as Document, RefOr, Schema,
    path::Operation,
    schema::{AdditionalProperties, ArrayItems},
};

/// The kind of an operation, by its method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MethodKind {
    Reads,
    Deletes,
    /// Takes a body, if only an empty one.
    Sends,
}

/// An operation with its address.
pub(super) struct Addressed<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'static str,
    pub(super) kind: MethodKind,
    pub(super) operation: &'a mut Operation,
}

impl Addressed<'_> {
    /// The first tag.
    pub(super) fn tag(&self) -> &str {
        let tags = self.operation.tags.iter().flatten();
        tags.map(String::as_str).next().unwrap_or_default()
    }
}

/// Every operation.
pub(super) fn operations_of(document: &mut Document) -> impl Iterator<Item = Addressed<'_>> {
    document.paths.paths.iter_mut().flat_map(|(path, item)| {
        let all = [
            ("get", MethodKind::Reads, &mut item.get),
            ("head", MethodKind::Reads, &mut item.head),
            ("delete", MethodKind::Deletes, &mut item.delete),
            ("post", MethodKind::Sends, &mut item.post),
            ("put", MethodKind::Sends, &mut item.put),
            ("patch", MethodKind::Sends, &mut item.patch),
        ];
        all.into_iter()
            .filter_map(|(method, kind, operation)| {
                let operation = operation.as_mut()?;
                Some(Addressed {
                    path,
                    method,
                    kind,
                    operation,
                })
            })
            .collect::<Vec<_>>()
    })
}

/// The schemas directly within one, the names of properties with them.
pub(super) fn parts(schema: &mut Schema) -> Vec<(Option<&str>, &mut RefOr<Schema>)> {
    match schema {
        Schema::Object(object) => {
            let properties = object.properties.iter_mut();
            let properties = properties.map(|(name, schema)| (Some(name.as_str()), schema));
            let others = match object.additional_properties.as_deref_mut() {
                Some(AdditionalProperties::RefOr(value)) => Some((None, value)),
                _ => None,
            };
            properties.chain(others).collect()
        }
        Schema::Array(array) => match &mut array.items {
            ArrayItems::RefOrSchema(item) => vec![(None, &mut **item)],
            ArrayItems::False => Vec::new(),
        },
        Schema::OneOf(one) => one.items.iter_mut().map(|item| (None, item)).collect(),
        Schema::AllOf(all) => all.items.iter_mut().map(|item| (None, item)).collect(),
        Schema::AnyOf(any) => any.items.iter_mut().map(|item| (None, item)).collect(),
        _ => Vec::new(),
    }
}

/// The name of the schema that a reference leads to.
pub(super) fn referred(schema: &RefOr<Schema>) -> Option<&str> {
    match schema {
        RefOr::Ref(named) => named.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    }
}
