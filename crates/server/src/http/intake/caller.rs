//! The caller: the bearer token, and the budget that the request is counted against.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use till_core::{
    kernel::{context::DecisionContext, writes::AccessTokenWrite},
    organizations::capabilities,
};

use super::tokens::ValidTokens;
use crate::{
    app::App,
    error::ApiError,
    http::{
        extract::Identity,
        limits::Network,
        viewer::{PREFIXES, viewer_of_digest},
    },
};

const ORGANIZATION: HeaderName = HeaderName::from_static("polar-organization");

/// Finds out who calls.
#[derive(Debug)]
pub(crate) struct Callers {
    app: Arc<App>,
    valid: ValidTokens,
}

/// Counts the request, and finds out who calls, before its body is read.
pub(crate) async fn identify(
    State(callers): State<Arc<Callers>>,
    mut request: Request,
    next: Next,
) -> Response {
    let network = {
        let (app, headers, extensions) = (&callers.app, request.headers(), request.extensions());
        || Network::of(app, headers, extensions).to_string()
    };
    let found = callers
        .identity(request.uri().path(), request.headers(), network)
        .await;
    match found {
        Ok(identity) => {
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

impl Callers {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self {
            app,
            valid: ValidTokens::default(),
        }
    }

    /// The bearer token decides; without one the caller is anonymous, with a bad one the request ends here.
    ///
    /// A valid token's requests are its organization's, however many of its servers stand behind one address, or its
    /// customer's. All others are their network's, and so is looking for a token that was not valid lately: tokens are not tried for
    /// nothing, and who tries them does not keep good ones out.
    async fn identity(
        &self,
        path: &str,
        headers: &HeaderMap,
        network: impl Fn() -> String + Copy,
    ) -> Result<Identity, ApiError> {
        let app = &self.app;
        let sent = match is_public(path) {
            true => None,
            false => bearer(headers),
        };
        let Some(sent) = sent else {
            app.limits.count(network)?;
            return Ok(Identity::Anonymous);
        };
        let Some(token) = sent else {
            app.limits.count(network)?;
            return Err(ApiError::invalid_token());
        };
        let digest = app.key.digest(token);
        let is_known = self.valid.holds(&digest);
        if !is_known {
            app.limits.count(|| format!("tokens from {}", network()))?;
        }
        let opens_portal = PREFIXES.iter().any(|prefix| token.starts_with(prefix));
        let found = match opens_portal {
            true => viewer(app, &digest).await?,
            false => holder(app, &digest).await?,
        };
        let Some(found) = found else {
            self.valid.forget(&digest);
            return Err(ApiError::invalid_token());
        };
        if !is_known {
            self.valid.note(&digest);
        }
        let (whose, organization) = match &found {
            Identity::Token(held) => (held.1.id, held.1.id),
            // One customer does not spend the budget of the others, nor that of their organization's servers.
            Identity::Viewer(viewer) => (viewer.customer.id, viewer.organization.id),
            Identity::Anonymous => return Ok(found),
        };
        app.limits.count(|| whose.to_string())?;
        tracing::Span::current().record("organization", tracing::field::display(organization));
        narrow(headers, organization)?;
        if let Identity::Token(held) = &found {
            note_use(app, &held.0).await;
        }
        Ok(found)
    }
}

/// The organization whose access token has this digest.
async fn holder(app: &App, digest: &str) -> Result<Option<Identity>, ApiError> {
    let now = app.clock.now();
    let held = app.store.caller(digest).await?;
    let held = held.filter(|(token, organization)| {
        token.revoked_at.is_none()
            && token.expires_at.is_none_or(|at| at > now)
            && capabilities(organization.status).api_access
    });
    Ok(held.map(|held| Identity::Token(Arc::new(held))))
}

/// Whoever looks at the portal with a token that has this digest.
async fn viewer(app: &App, digest: &str) -> Result<Option<Identity>, ApiError> {
    let viewer = viewer_of_digest(app, digest).await?;
    Ok(viewer.map(|viewer| Identity::Viewer(Arc::new(viewer))))
}

/// True where a client secret is the credential: an Authorization header never matters
/// (docs/behaviour: api/client-secret).
fn is_public(path: &str) -> bool {
    let link = path.strip_prefix("/v1/checkout-links/");
    path.starts_with("/v1/checkouts/client/")
        || path.starts_with("/buy/")
        || link.is_some_and(|l| l.ends_with("/redirect"))
}

/// `None`: no bearer header. `Some(None)`: one that cannot be a token.
fn bearer(headers: &HeaderMap) -> Option<Option<&str>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let Ok(text) = value.to_str() else {
        return value
            .as_bytes()
            .to_ascii_lowercase()
            .starts_with(b"bearer ")
            .then_some(None);
    };
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Some(token.trim()).filter(|t| !t.is_empty()))
}

/// Keeps `last_used_at` within a minute of the truth, without a write per request.
async fn note_use(app: &App, token: &till_core::kernel::records::AccessToken) {
    let at: DecisionContext = app.context();
    let fresh = token
        .last_used_at
        .is_some_and(|last| at.now.duration_since(last) < jiff::SignedDuration::from_mins(1));
    if fresh {
        return;
    }
    let mut changes = till_core::kernel::changes::Changes::new();
    changes.write(AccessTokenWrite::NoteUse {
        id: token.id,
        at: at.now,
    });
    let store = app.store.clone();
    tokio::spawn(async move {
        if let Err(error) = store.commit(changes).await {
            tracing::warn!(%error, "the last use of a token could not be recorded");
        }
    });
}

/// `Polar-Organization` narrows, never widens: naming another organization finds nothing.
fn narrow(headers: &HeaderMap, own: uuid::Uuid) -> Result<(), ApiError> {
    match headers.get(ORGANIZATION).filter(|v| !v.is_empty()) {
        None => Ok(()),
        Some(sent) => match sent
            .to_str()
            .ok()
            .and_then(|t| uuid::Uuid::try_parse(t).ok())
        {
            Some(id) if id == own => Ok(()),
            _ => Err(ApiError::not_found()),
        },
    }
}
