//! Forms are taken from our own pages only. Browsers say where a form comes from; no token is needed.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::StatusCode;

use super::message;
use crate::{app::App, http::same_site::is_ours};

/// Refuses whatever changes something and does not come from a page of ours.
pub async fn refuse_others(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_ours(request.headers(), &app.urls) {
        return next.run(request).await;
    }
    message(
        StatusCode::FORBIDDEN,
        "Nothing was changed",
        "This form did not come from a page of this server. Go back, load the page again, and send it \
         once more. If that does not help, check the address: it must be the one that this server is configured for.",
    )
}
