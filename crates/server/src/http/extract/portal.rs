//! Callers of the customer portal's API.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use till_core::portal::Viewer;

use super::Identity;
use crate::{app::App, error::ApiError};

/// A caller who holds a token of the portal. Anybody else, an organization's access token included, is told 401.
#[derive(Debug, Clone)]
pub struct PortalCaller {
    /// Server that they call.
    pub app: Arc<App>,
    /// The customer whose portal it is, to whom every finder is bound.
    pub viewer: Arc<Viewer>,
}

impl FromRequestParts<Arc<App>> for PortalCaller {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        match parts.extensions.get::<Identity>() {
            Some(Identity::Viewer(viewer)) => Ok(Self {
                app: app.clone(),
                viewer: viewer.clone(),
            }),
            _ => Err(ApiError::unauthorized()),
        }
    }
}
