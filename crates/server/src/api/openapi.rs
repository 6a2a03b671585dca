//! Till's own OpenAPI document, made from the code.

use crate::{app::App, http::intake::VERSIONS};
use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use axum::{Json, Router, routing::get};
use till_wire::{
    error::{BearerErrorBody, ErrorBody, ValidationBody},
    webhooks::HttpCodeClass,
};
use utoipa::{
    OpenApi,
    openapi::{
        Content, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder, Schema,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use utoipa_axum::router::OpenApiRouter;

use super::query;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Till",
        description = "A self-hosted checkout server that speaks the Polar API.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ErrorBody, BearerErrorBody, HttpCodeClass, ValidationBody))
)]
struct Base;

/// The document before any route is added.
fn base() -> Document {
    let mut base = Base::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    base.components
        .get_or_insert_default()
        .add_security_scheme("access_token", SecurityScheme::Http(bearer));
    base
}

/// The whole document.
pub fn document() -> Document {
    let mut document = super::operations()
        .fold(
            OpenApiRouter::with_openapi(base()),
            |document, operation| document.routes((operation.document)()),
        )
        .into_openapi();
    every_key_is_sent(&mut document);
    common_answers(&mut document);
    operations_of(&mut document).for_each(|(_, operation)| query::bounded(operation));
    idempotent_posts(&mut document);
    document
}

/// Answers carry every key, empty ones as null; only request bodies may leave keys out.
fn every_key_is_sent(document: &mut Document) {
    let asked: HashSet<String> = operations_of(document)
        .filter_map(|(_, operation)| body_schema(operation))
        .collect();
    let schemas = document
        .components
        .iter_mut()
        .flat_map(|c| c.schemas.iter_mut());
    for (name, schema) in schemas {
        if !asked.contains(name) && !is_sparse(name) {
            require_all(schema);
        }
    }
}

/// What a custom field takes has no empty keys: clients know these as absent or filled, never as null.
fn is_sparse(schema: &str) -> bool {
    schema == "CustomFieldWords"
        || schema.starts_with("CustomField") && schema.ends_with("Properties")
}

fn body_schema(operation: &Operation) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else {
        return None;
    };
    let RefOr::T(content) = body.content.get("application/json")? else {
        return None;
    };
    match content.schema.as_ref()? {
        RefOr::Ref(named) => named.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    }
}

fn require_all(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            let known = std::mem::take(&mut object.required);
            let sent = |(key, schema): (&String, &RefOr<Schema>)| {
                (known.contains(key) || allows_null(schema)).then(|| key.clone())
            };
            object.required = object.properties.iter().filter_map(sent).collect();
            object.properties.values_mut().for_each(require_all);
        }
        Schema::AllOf(all) => all.items.iter_mut().for_each(require_all),
        Schema::OneOf(one) => one.items.iter_mut().for_each(require_all),
        _ => {}
    }
}

/// What may be missing, but never null, is a key that some answers leave out.
fn allows_null(schema: &RefOr<Schema>) -> bool {
    let nullable = |kind: &SchemaType| match kind {
        SchemaType::AnyValue => true,
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
    };
    match schema {
        RefOr::Ref(_) => false,
        RefOr::T(Schema::Object(object)) => nullable(&object.schema_type),
        RefOr::T(Schema::Array(array)) => nullable(&array.schema_type),
        RefOr::T(Schema::OneOf(one)) => one.items.iter().any(allows_null),
        RefOr::T(_) => true,
    }
}

/// The kind of an operation, by its method.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MethodKind {
    Reads,
    Deletes,
    /// Takes a body, if only an empty one.
    Sends,
}

fn operations_of(document: &mut Document) -> impl Iterator<Item = (MethodKind, &mut Operation)> {
    document.paths.paths.values_mut().flat_map(|item| {
        let all = [
            (MethodKind::Reads, &mut item.get),
            (MethodKind::Reads, &mut item.head),
            (MethodKind::Deletes, &mut item.delete),
            (MethodKind::Sends, &mut item.post),
            (MethodKind::Sends, &mut item.put),
            (MethodKind::Sends, &mut item.patch),
        ];
        all.into_iter()
            .filter_map(|(kind, operation)| Some((kind, operation.as_mut()?)))
            .collect::<Vec<_>>()
    })
}

/// Adds the answers that any operation may give before its handler is reached, or when rows keep moving.
fn common_answers(document: &mut Document) {
    for (kind, operation) in operations_of(document) {
        let answers = &mut operation.responses.responses;
        let mut add = |status: &str, words: &str, schemas: &[&str]| {
            answers
                .entry(status.to_owned())
                .or_insert_with(|| answer(words, schemas).into());
        };
        add(
            "422",
            "Something sent does not read, or breaks a rule.",
            &["ValidationBody"],
        );
        add("429", "Too many requests; see `Retry-After`.", &[]);
        add("414", "The address is larger than 64 KiB.", &[]);
        add(
            "431",
            "Address and headers are larger than 64 KiB together.",
            &[],
        );
        if kind != MethodKind::Reads {
            add(
                "409",
                "Somebody else changed this at the same moment.",
                &["ErrorBody"],
            );
        }
        if kind == MethodKind::Sends {
            add("408", "The body did not arrive whole.", &["ErrorBody"]);
            add("411", "There is no `Content-Length`.", &["ErrorBody"]);
            add(
                "413",
                "The body is larger than 10 MiB, or than 64 KiB without a valid token, or holds more than 100,000 values.",
                &["ErrorBody"],
            );
        }
        if operation.security.is_some() {
            add(
                "404",
                "There is none, it is another organization's, or `Polar-Organization` names another.",
                &["ErrorBody"],
            );
            let both = ["ErrorBody", "BearerErrorBody"];
            answers.insert(
                "401".to_owned(),
                answer("No token, or one that is not known.", &both).into(),
            );
            answers.insert(
                "403".to_owned(),
                answer("The token lacks the scope, or it is not allowed.", &both).into(),
            );
        }
    }
}

/// Every POST takes a key.
fn idempotent_posts(document: &mut Document) {
    let posts = document.paths.paths.values_mut();
    for operation in posts.filter_map(|item| item.post.as_mut()) {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "1 to 255 visible characters, new for every purpose. Sent again within 24 hours with the same \
                 body, the request has no second effect and gets its first answer, marked with \
                 `Idempotency-Replayed: true`; with another body it is refused with 422.",
            ))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(255)),
            ))
            .build();
        operation
            .parameters
            .get_or_insert_default()
            .push(key.into());
    }
}

fn answer(words: &str, schemas: &[&str]) -> Response {
    let builder = ResponseBuilder::new().description(words);
    let mut refs = schemas.iter().map(|name| Ref::from_schema_name(*name));
    let schema: RefOr<Schema> = match (refs.next(), refs.next()) {
        (None, _) => return builder.build(),
        (Some(one), None) => one.into(),
        (Some(one), Some(other)) => {
            Schema::OneOf(OneOfBuilder::new().item(one).item(other).build()).into()
        }
    };
    builder
        .content("application/json", Content::new(Some(schema)))
        .build()
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(document);

/// `/openapi.json`, and the same for every version.
pub(super) fn router() -> Router<Arc<App>> {
    let mut router = Router::new().route("/openapi.json", get(|| async { Json(DOCUMENT.clone()) }));
    for version in VERSIONS {
        let path = format!("/{version}/openapi.json");
        let serve = move || async move {
            let mut document = DOCUMENT.clone();
            document.info.version = version.to_owned();
            Json(document)
        };
        router = router.route(&path, get(serve));
    }
    router
}
