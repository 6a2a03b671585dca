//! Who answers: the API, the pages and the workers.

pub mod api;
pub mod app;
pub mod error;
pub mod extract;
mod files;
mod geo;
pub mod idempotency;
pub mod ledger;
pub mod limits;
pub mod metrics;
pub mod passwords;
pub mod pay;
pub mod request_id;
mod table;
mod taxes;
pub mod transport;
pub mod web;
pub mod work;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit};
use tower_http::compression::CompressionLayer;

use app::App;

/// Everything that is served, with unknown addresses answered. Wrap it in [`transport::canonical`] before
/// serving: addresses are made canonical before they are routed.
pub fn router(app: Arc<App>) -> Router {
    let pages = Router::new()
        .merge(web::checkout::pages::routes(&app))
        .merge(web::desk::routes(&app))
        .merge(web::assets::routes())
        .merge(web::embed::routes())
        .route("/", axum::routing::get(web::front))
        .layer(DefaultBodyLimit::max(web::FORM_LIMIT))
        .layer(CompressionLayer::new());
    api::router(&app, axum::routing::any(web::nowhere))
        .merge(files::routes())
        .merge(pages)
        .fallback(web::nowhere)
        .with_state(app)
}
