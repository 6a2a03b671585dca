//! The sandbox's 3-D Secure page: where a bank asks its customer.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect as SeeOther, Response},
};
use till_core::{
    checkout::Session,
    kernel::records::{Customer, Organization, Payment, Purpose},
    orders::visit,
};
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

/// Subject of the bank's question.
enum Subject {
    /// A session is paid, or its card kept.
    Session(Box<Session>),
    /// An order is paid by its customer.
    Order(Box<(Organization, Customer)>, String),
    /// A customer of the portal keeps a card.
    Card(Box<(Organization, Customer)>),
}

impl Subject {
    /// Purpose of an attempt.
    async fn of(app: &App, attempt: &Payment) -> Result<Self> {
        if let Some(checkout) = attempt.checkout_id {
            let session = app.store.session_by_id(checkout).await.or_not_found()?;
            return Ok(Self::Session(Box::new(session)));
        }
        if attempt.purpose == Purpose::Setup {
            let own = attempt.organization_id;
            let organization = app.store.organization(own).await.or_not_found()?;
            let customer = app.store.customer(own, attempt.customer_id.or_not_found()?);
            let customer = customer.await.or_not_found()?;
            return Ok(Self::Card(Box::new((organization, customer))));
        }
        let order = attempt.order_id.or_not_found()?;
        let (organization, rows) = payments::order_rows(app, order).await?;
        let secret = visit::secret(order, &app.key);
        Ok(Self::Order(Box::new((organization, rows.customer)), secret))
    }

    fn organization(&self) -> &Organization {
        match self {
            Self::Session(session) => &session.organization,
            Self::Order(of, _) | Self::Card(of) => &of.0,
        }
    }

    fn page_context(&self, page_context: PageContext) -> PageContext {
        match self {
            Self::Session(session) => page_context.of_session(session),
            Self::Order(of, _) | Self::Card(of) => page_context.of_customer(&of.0, &of.1),
        }
    }

    /// The page that tells what became of the attempt; `arrives` where a form was answered.
    fn next(&self, page_context: PageContext, arrives: bool) -> String {
        match self {
            Self::Session(session) if arrives => page_context.arrival_url(session),
            Self::Session(session) => {
                page_context.confirmation_url(&session.checkout.client_secret)
            }
            Self::Order(_, secret) => page_context.order_ended_url(secret),
            Self::Card(of) => page_context.new_card_ended_url(&of.0.slug),
        }
    }

    fn may_frame(&self, app: &App, shown: Response) -> Response {
        match self {
            Self::Session(session) => Ancestors::of(app, session).may_frame(shown),
            Self::Order(..) | Self::Card(_) => shown,
        }
    }
}

async fn challenge(app: &App, secret: &str, page_context: PageContext) -> Result<Response> {
    let sandbox = app.sandbox.as_ref().ok_or_else(ApiError::not_found)?;
    let challenge = sandbox
        .challenge(secret, app.clock.now())
        .await?
        .ok_or_else(ApiError::not_found)?;
    let attempt = app.store.attempt(challenge.attempt_id).await;
    let subject = Subject::of(app, &attempt.or_not_found()?).await?;
    let page_context = subject.page_context(page_context);
    if challenge.state != ChallengeState::Waiting {
        return Ok(SeeOther::to(&subject.next(page_context, false)).into_response());
    }
    let shown = ThreeDsPage {
        page_context,
        organization: fill::organization(subject.organization(), page_context),
        amount: challenge
            .amount
            .map(|m| fill::display(m.minor, m.currency, page_context.locale)),
        card: None,
        action: page_context.with_page_query(&format!("/sandbox/3ds/{secret}")),
    };
    Ok(subject.may_frame(app, page(StatusCode::OK, &shown)))
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
        Ok(subject) => SeeOther::to(&subject.next(page_context, true)).into_response(),
        Err(error) => error_page(page_context, &error),
    }
}

/// The buyer's answer is the processor's notice: it settles the attempt. What the attempt was made for, as it is then.
async fn answer(app: &App, secret: &str, approved: bool) -> Result<Subject> {
    let sandbox = app.sandbox.as_ref().ok_or_else(ApiError::not_found)?;
    let (attempt, outcome) = sandbox
        .authenticate(secret, approved, app.clock.now())
        .await?
        .ok_or_else(ApiError::not_found)?;
    let recorded = payments::record_outcome(app, attempt, &outcome).await?;
    Subject::of(app, &recorded).await
}
