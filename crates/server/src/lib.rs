//! Who answers: the API, the pages and the workers.

pub mod api;
pub mod app;
pub mod dashboard;
mod files;
mod geo;
pub mod http;
pub mod jobs;
pub mod metrics;
pub mod pages;
pub mod passwords;
pub mod payments;
pub mod sandbox_store;
mod table;
mod taxes;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit};
use tower_http::compression::CompressionLayer;

use app::App;

/// Everything that is served, with unknown addresses answered. Wrap it in [`http::intake::canonical`] before
/// serving: addresses are made canonical before they are routed.
pub fn router(app: Arc<App>) -> Router {
    let pages = Router::new()
        .merge(pages::checkout::pages::routes(&app))
        .merge(dashboard::routes(&app))
        .merge(pages::assets::routes())
        .merge(pages::embed::routes())
        .route("/", axum::routing::get(pages::front))
        .layer(DefaultBodyLimit::max(pages::FORM_LIMIT))
        .layer(CompressionLayer::new());
    api::router(&app, axum::routing::any(pages::nowhere))
        .merge(files::routes())
        .merge(pages)
        .fallback(pages::nowhere)
        .with_state(app)
}
