//! The pages' share of the general budget: by network, before anything else is done for them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

use crate::{app::App, error::ApiError, http::limits::Network};

/// The answer where a network's budget is spent.
pub(crate) type Refuse = fn(&HeaderMap, &ApiError) -> Response;

/// Around pages: counts the request, or answers with what `refuse` makes of the error.
pub(crate) async fn count(
    State((app, refuse)): State<(Arc<App>, Refuse)>,
    request: Request,
    next: Next,
) -> Response {
    let network = || Network::of(&app, request.headers(), request.extensions()).to_string();
    match app.limits.count(network) {
        Ok(()) => next.run(request).await,
        Err(error) => refuse(request.headers(), &error),
    }
}
