//! Examples: what people copy. They stand in `examples.json`: bodies of requests by operation, answers by schema, and
//! values of parameters in paths.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::{
    OpenApi as Document, RefOr, Schema,
    path::{ParameterBuilder, ParameterIn},
};

use super::walk::operations_of;

/// All of them.
#[derive(Debug, Deserialize)]
struct Examples {
    requests: BTreeMap<String, Value>,
    answers: BTreeMap<String, Value>,
    /// By operation's tag and the parameter's name.
    paths: BTreeMap<String, BTreeMap<String, Value>>,
}

static EXAMPLES: LazyLock<Examples> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples.json")).expect("a test reads this file")
});

/// Adds them.
pub(super) fn add(document: &mut Document) {
    for addressed in operations_of(document) {
        let paths = EXAMPLES.paths.get(addressed.tag());
        for parameter in addressed.operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.parameter_in == ParameterIn::Path
                && let Some(example) = paths.and_then(|paths| paths.get(&parameter.name))
            {
                let described = ParameterBuilder::from(parameter.clone());
                *parameter = described.example(Some(example.clone())).build();
            }
        }
        let id = addressed
            .operation
            .operation_id
            .as_deref()
            .unwrap_or_default();
        if let Some(example) = EXAMPLES.requests.get(id)
            && let Some(RefOr::T(body)) = &mut addressed.operation.request_body
        {
            for content in body.content.values_mut() {
                if let RefOr::T(content) = content {
                    content.example = Some(example.clone());
                }
            }
        }
    }
    let schemas = document
        .components
        .iter_mut()
        .flat_map(|components| components.schemas.iter_mut());
    for (name, schema) in schemas {
        if let (Some(example), RefOr::T(schema)) = (EXAMPLES.answers.get(name), schema) {
            match schema {
                Schema::Object(object) => object.examples = vec![example.clone()],
                Schema::AllOf(all) => all.examples = vec![example.clone()],
                Schema::OneOf(one) => one.examples = vec![example.clone()],
                _ => {}
            }
        }
    }
}
