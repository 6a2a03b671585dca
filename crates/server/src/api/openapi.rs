//! Till's own OpenAPI document, made from the code.

mod answers;
mod areas;
mod examples;
mod parameters;
mod usual;
mod walk;
mod wording;

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use axum::{Json, Router, extract::State, routing::get};
use till_wire::{
    error::{BearerErrorBody, ErrorBody, ValidationBody},
    webhooks::HttpCodeClass,
};
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document, RefOr, Schema, Server,
        path::Operation,
        schema::{SchemaType, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{app::App, http::intake::VERSIONS};
use walk::operations_of;

pub use areas::scopes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Till",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ErrorBody, BearerErrorBody, HttpCodeClass, ValidationBody))
)]
struct Base;

/// Words and answers that every operation shares.
const DESCRIPTION: &str = "API of Till, a self-hosted checkout and billing server that is compatible with the Polar API.

- Requests and responses are JSON. Field names and error names are those of the Polar API.
- Amounts are whole numbers in minor units of their currency, such as cents: 1000 with `usd` is 10 dollars.
- Times are in UTC, as ISO 8601 strings such as `2027-01-31T12:00:00Z`. IDs are UUIDs.
- Lists come in pages: `page` counts from 1, `limit` is at most 100, and `pagination` in the response contains the totals.
- In an update, a field that is left out stays as it is; null clears a field that can be empty.
- An access token belongs to one organization and gives access to no other. The header `Polar-Organization` is not needed; if it names another organization, the response is a 404.
- Every POST accepts an `Idempotency-Key`, and so does an update of a subscription: a request that is sent again with the same key has no second effect.
- An error has a status of 400 or above. `error` is its name for programs; `detail` is a sentence or, with 422, a list of the fields that are wrong.
- The header `Polar-Version` chooses a version of the API (`2026-04`, `2026-10` or `2027-01`); Till responds to all of them in the same way.";

/// Description of the security scheme: how to get a token, and what it opens.
const TOKEN: &str = "Access token of an organization, sent as `Authorization: Bearer polar_oat_…`. Create one in the \
    dashboard under Developers, or on the server with `till token create --organization my-shop --name server \
    --all-scopes`. It is shown once. Its scopes say what it can do: each operation names the scope that it requires, and a write scope includes the read scope, except for orders.";

/// The same of the customer portal.
const PORTAL_TOKEN: &str = "Token of a customer session, sent as `Authorization: Bearer polar_cst_…`. It opens one \
    customer's portal for an hour. Your server gets one when it creates a customer session, and a buyer's browser when \
    it completes a purchase.";

/// The document before any route is added.
fn base() -> Document {
    let mut base = Base::openapi();
    base.info.description = Some(DESCRIPTION.to_owned());
    base.tags = Some(areas::tags());
    let components = base.components.get_or_insert_default();
    for (name, format, words) in [
        ("access_token", "polar_oat_…", TOKEN),
        ("customer_session", "polar_cst_…", PORTAL_TOKEN),
    ] {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format(format)
            .description(Some(words))
            .build();
        components.add_security_scheme(name, SecurityScheme::Http(bearer));
    }
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
    usual::complete(&mut document);
    every_key_is_sent(&mut document);
    answers::common(&mut document);
    parameters::complete(&mut document);
    wording::complete(&mut document);
    examples::add(&mut document);
    document
}

/// Answers carry every key, empty ones as null; only request bodies may leave keys out.
fn every_key_is_sent(document: &mut Document) {
    let asked: HashSet<String> = operations_of(document)
        .filter_map(|operation| body_schema(operation.operation))
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

/// Values that a custom field takes have no empty keys: clients know these as absent or filled, never as null.
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

/// A value that may be missing, but never null, is a key that some answers leave out.
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

static DOCUMENT: LazyLock<Document> = LazyLock::new(document);

/// The document as one server serves it, which says where it is.
fn served(app: &App) -> Document {
    let mut document = DOCUMENT.clone();
    let mut server = Server::new(&app.urls.public_url);
    server.description = Some("This server.".to_owned());
    document.servers = Some(vec![server]);
    document
}

/// `/openapi.json`, and the same for every version.
pub(super) fn router() -> Router<Arc<App>> {
    let serve = |State(app): State<Arc<App>>| async move { Json(served(&app)) };
    let mut router = Router::new().route("/openapi.json", get(serve));
    for version in VERSIONS {
        let path = format!("/{version}/openapi.json");
        let serve = move |State(app): State<Arc<App>>| async move {
            let mut document = served(&app);
            document.info.version = version.to_owned();
            Json(document)
        };
        router = router.route(&path, get(serve));
    }
    router
}

#[cfg(test)]
mod tests;
