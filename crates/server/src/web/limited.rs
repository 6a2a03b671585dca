//! The pages' share of the general budget: by network, before anything else is done for them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{
    checkout::{pages::bad_news, view::Look},
    desk,
};
use crate::{app::App, limits::Network};

/// Around the buyers' pages.
pub(super) async fn checkout(
    State(app): State<Arc<App>>,
    network: Network,
    request: Request,
    next: Next,
) -> Response {
    match app.limits.count(network.to_string()) {
        Ok(()) => next.run(request).await,
        Err(error) => bad_news(Look::of_browser(request.headers()), &error),
    }
}

/// Around the dashboard, signing in included.
pub(super) async fn dashboard(
    State(app): State<Arc<App>>,
    network: Network,
    request: Request,
    next: Next,
) -> Response {
    match app.limits.count(network.to_string()) {
        Ok(()) => next.run(request).await,
        Err(error) => desk::later(&error),
    }
}
