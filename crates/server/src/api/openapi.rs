//! Till's own OpenAPI document, made from the code.

use std::sync::{Arc, LazyLock};

use axum::{Json, Router, routing::get};
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{app::App, transport::VERSIONS};

#[derive(OpenApi)]
#[openapi(info(
    title = "Till",
    description = "A self-hosted checkout server that speaks the Polar API.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Base;

/// The document before any route is added.
pub(super) fn base() -> Document {
    let mut base = Base::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    base.components
        .get_or_insert_default()
        .add_security_scheme("access_token", SecurityScheme::Http(bearer));
    base
}

/// The whole document.
pub fn document() -> Document {
    super::operations().split_for_parts().1
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
