//! The sandbox's 3-D Secure page: where a bank asks its customer.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect as SeeOther, Response},
};
use till_core::checkout::Session;
use till_ports::processor::sandbox::ChallengeState;

use super::{
    filled,
    form::ThreeDsForm,
    frame::Ancestors,
    view::{PageContext, ThreeDsPage},
};
use crate::pages::checkout::request::{PageQuery as Asked, bad_news};
use crate::{
    app::App,
    error::{ApiError, Found, Result},
    pages::page,
    payments,
};

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let look = asked.look(&headers);
    match challenge(&app, &secret, look).await {
        Ok(response) => response,
        Err(error) => bad_news(look, &error),
    }
}

async fn challenge(app: &App, secret: &str, look: PageContext) -> Result<Response> {
    let sandbox = app.sandbox.as_ref().ok_or_else(ApiError::not_found)?;
    let challenge = sandbox
        .challenge(secret, app.clock.now())
        .await?
        .ok_or_else(ApiError::not_found)?;
    let session = session_of(app, challenge.attempt_id).await?;
    let look = look.of_session(&session);
    if challenge.state != ChallengeState::Waiting {
        return Ok(
            SeeOther::to(&look.confirmation_url(&session.checkout.client_secret)).into_response(),
        );
    }
    let shown = ThreeDsPage {
        look,
        organization: filled::organization(&session.organization),
        amount: challenge
            .amount
            .map(|m| filled::display(m.minor, m.currency, look.locale)),
        card: None,
        action: look.carried(&format!("/sandbox/3ds/{secret}")),
    };
    Ok(Ancestors::of(&session).may_frame(page(StatusCode::OK, &shown)))
}

/// The session that an attempt belongs to.
async fn session_of(app: &App, attempt: uuid::Uuid) -> Result<Session> {
    let attempt = app
        .store
        .attempt(attempt)
        .await?
        .ok_or_else(ApiError::not_found)?;
    let checkout = attempt.checkout_id.ok_or_else(ApiError::not_found)?;
    app.store
        .session_by_id(checkout)
        .await?
        .ok_or_else(ApiError::not_found)
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Form(form): Form<ThreeDsForm>,
) -> Response {
    let look = asked.look(&headers);
    match answer(&app, &secret, form.approved()).await {
        Ok(session) => SeeOther::to(&look.arrival_url(&session)).into_response(),
        Err(error) => bad_news(look, &error),
    }
}

/// The buyer's answer is the processor's notice: it settles the attempt. The session as it is then.
async fn answer(app: &App, secret: &str, approved: bool) -> Result<Session> {
    let sandbox = app.sandbox.as_ref().ok_or_else(ApiError::not_found)?;
    let (attempt, outcome) = sandbox
        .authenticate(secret, approved, app.clock.now())
        .await?
        .ok_or_else(ApiError::not_found)?;
    let recorded = payments::record_outcome(app, attempt, &outcome).await?;
    let checkout_id = recorded.checkout_id.ok_or_else(ApiError::not_found)?;
    app.store.session_by_id(checkout_id).await.found()
}
