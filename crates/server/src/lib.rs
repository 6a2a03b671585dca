//! The server: the API, the pages and the workers.

mod actions;
pub mod api;
pub mod app;
mod counting;
mod customer_data;
pub mod dashboard;
mod documents;
mod downloads;
pub mod error;
mod files;
mod geo;
pub mod http;
pub mod jobs;
mod joined;
pub mod mail;
pub mod metrics;
#[cfg(test)]
mod module_cycles;
pub mod pages;
pub mod passwords;
pub mod payments;
pub mod reference;
pub mod request_id;
pub mod sandbox_store;
mod table;
mod taxes;
mod zip;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit};
use tower_http::compression::CompressionLayer;

use app::App;

/// Everything that is served, with unknown addresses answered. Wrap it in [`http::intake::canonical`] before
/// serving: addresses are made canonical before they are routed.
pub fn router(app: Arc<App>) -> Router {
    let pages = Router::new()
        .merge(pages::checkout::pages::routes(&app))
        .merge(pages::portal::routes(&app))
        .merge(dashboard::routes(&app, reference::routes()))
        .merge(pages::assets::routes())
        .merge(pages::embed::routes())
        .route("/", axum::routing::get(pages::home_page))
        .layer(DefaultBodyLimit::max(pages::FORM_LIMIT))
        .layer(CompressionLayer::new());
    let pages_of_api = api::Pages {
        nowhere: axum::routing::any(pages::nowhere),
        error_page: api::ErrorPage(pages::checkout::pages::visit_error_page),
    };
    api::router(&app, pages_of_api)
        .merge(files::routes())
        .merge(downloads::routes())
        .merge(documents::routes())
        .merge(pages)
        .fallback(pages::nowhere)
        .with_state(app)
}
