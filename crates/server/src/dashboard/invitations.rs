//! The page behind an invitation's link: nobody is in a team before they press this page's button.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use axum_extra::extract::CookieJar;
use http::StatusCode;
use till_core::{
    kernel::changes::CommitConflict,
    people::team::{self, INVITATION_GONE, Invited},
};
use till_store::CommitError;

use super::cookie;
use crate::{
    app::App,
    dashboard::{access::Device, denied::Denied},
    error::ApiError,
    pages::{Page, page},
};

/// The routes.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/invitations/{token}", get(show).post(accept))
}

#[derive(Debug, Template)]
#[template(path = "dashboard/invitation.html")]
struct InvitationPage {
    /// None where it does not stand any more.
    invited: Option<Invited>,
}

impl Page for InvitationPage {}

fn answer(invited: Option<Invited>) -> Response {
    let status = match invited {
        Some(_) => StatusCode::OK,
        None => StatusCode::GONE,
    };
    page(status, &InvitationPage { invited })
}

/// Looking at it uses nothing up: scanners of mail follow links.
async fn show(State(app): State<Arc<App>>, Path(token): Path<String>) -> Result<Response, Denied> {
    let found = app.store.invited(&app.key.digest(&token)).await?;
    Ok(answer(found.filter(|one| one.is_open(app.clock.now()))))
}

async fn accept(
    State(app): State<Arc<App>>,
    device: Device,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, Denied> {
    let left = cookie::digest(&app, &jar);
    let digest = app.key.digest(&token);
    let accepted = app
        .retry_on_conflict(|| async {
            let Some(invited) = app.store.invited(&digest).await? else {
                return Ok(None);
            };
            let (device, left) = (&device.shown, left.as_deref());
            let Some((session, changes)) =
                team::accept(&invited, device, left, &app.key, &app.context())
            else {
                return Ok(None);
            };
            match app.commit_exactly(changes).await {
                Ok(()) => Ok(Some((session, invited))),
                Err(CommitError::Conflict(CommitConflict::NotOne(INVITATION_GONE))) => Ok(None),
                Err(error) => Err(ApiError::from(error)),
            }
        })
        .await?;
    let Some((session, invited)) = accepted else {
        return Ok(answer(None));
    };
    let jar = cookie::give(&app, jar, &session, &invited.invitation.email);
    let to = Redirect::to(&format!("/dashboard/{}", invited.organization.slug));
    Ok((jar, to).into_response())
}
