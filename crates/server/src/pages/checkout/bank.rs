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
    fill,
    form::ThreeDsForm,
    frame::Ancestors,
    view::{PageContext, ThreeDsPage},
};
use crate::pages::checkout::request::{PageQuery, error_page};
use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    pages::page,
    payments,
};

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let page_context = page_query.page_context(&headers);
    match challenge(&app, &secret, page_context).await {
        Ok(response) => response,
        Err(error) => error_page(page_context, &error),
    }
}

async fn challenge(app: &App, secret: &str, page_context: PageContext) -> Result<Response> {
    let sandbox = app.sandbox.as_ref().ok_or_else(ApiError::not_found)?;
    let challenge = sandbox
        .challenge(secret, app.clock.now())
        .await?
        .ok_or_else(ApiError::not_found)?;
    let session = session_of(app, challenge.attempt_id).await?;
    let page_context = page_context.of_session(&session);
    if challenge.state != ChallengeState::Waiting {
        return Ok(
            SeeOther::to(&page_context.confirmation_url(&session.checkout.client_secret))
                .into_response(),
        );
    }
    let shown = ThreeDsPage {
        page_context,
        organization: fill::organization(&session.organization, page_context),
        amount: challenge
            .amount
            .map(|m| fill::display(m.minor, m.currency, page_context.locale)),
        card: None,
        action: page_context.with_page_query(&format!("/sandbox/3ds/{secret}")),
    };
    Ok(Ancestors::of(app, &session).may_frame(page(StatusCode::OK, &shown)))
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
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
    Form(form): Form<ThreeDsForm>,
) -> Response {
    let page_context = page_query.page_context(&headers);
    match answer(&app, &secret, form.approved()).await {
        Ok(session) => SeeOther::to(&page_context.arrival_url(&session)).into_response(),
        Err(error) => error_page(page_context, &error),
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
    app.store.session_by_id(checkout_id).await.or_not_found()
}
