//! Viewers of the customer portal: who holds a token, for the API as for the pages.

use till_core::{organizations::capabilities, portal::Viewer};

use crate::{app::App, error::ApiError};

/// Beginning of the tokens that open a customer's portal.
pub const PREFIXES: [&str; 2] = ["polar_mst_", "polar_cst_"];

/// The viewer whom a token of the portal makes; none if it is unknown or has expired, if its customer was deleted, or if
/// the organization is blocked (docs/behaviour: portal/tokens).
pub async fn viewer_of(app: &App, token: &str) -> Result<Option<Viewer>, ApiError> {
    viewer_of_digest(app, &app.key.digest(token)).await
}

/// [`viewer_of`] for who has the token's digest.
pub async fn viewer_of_digest(app: &App, digest: &str) -> Result<Option<Viewer>, ApiError> {
    let held = app.store.customer_session(digest, app.clock.now()).await?;
    let held = held.filter(|(_, _, organization)| capabilities(organization.status).api_access);
    let Some((session, customer, organization)) = held else {
        return Ok(None);
    };
    let member = match session.member_id {
        Some(id) => app.store.customer_member(customer.id, id).await?,
        // Whoever owns the customer now.
        None => app.store.customer_owner(customer.id).await?,
    };
    Ok(match (session.member_id, member) {
        (_, Some(member)) => Some(Viewer::of_member(session, customer, organization, &member)),
        // Who is no member any more is not taken for the customer.
        (Some(_), None) => None,
        (None, None) => Some(Viewer::of_customer(session, customer, organization)),
    })
}
