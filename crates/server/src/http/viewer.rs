//! Viewers of the customer portal: who holds a token, for the API as for the pages.

use till_core::{organizations::capabilities, portal::Viewer};

use crate::{app::App, error::ApiError};

/// Beginning of the tokens that open a customer's portal.
pub const PREFIXES: [&str; 1] = ["polar_cst_"];

/// The viewer whom a token of the portal makes; none if it is unknown or has expired, if its customer was deleted, or if
/// the organization is blocked (docs/behaviour: portal/tokens).
pub async fn viewer_of(app: &App, token: &str) -> Result<Option<Viewer>, ApiError> {
    viewer_of_digest(app, &app.key.digest(token)).await
}

/// [`viewer_of`] for who has the token's digest.
pub async fn viewer_of_digest(app: &App, digest: &str) -> Result<Option<Viewer>, ApiError> {
    let held = app.store.customer_session(digest, app.clock.now()).await?;
    let held = held.filter(|(_, _, organization)| capabilities(organization.status).api_access);
    Ok(held.map(|(session, customer, organization)| {
        Viewer::of_customer(session, customer, organization)
    }))
}
