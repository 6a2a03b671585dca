//! An attempt that waits for its buyer: where they approve it, what became of it, and giving it up for another card.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect as SeeOther, Response},
};
use till_core::{
    checkout::Session,
    kernel::records::{Payment, PaymentState},
};
use till_wire::checkouts::CheckoutStatus;

use super::{
    request::{PageQuery, error_page},
    view::{Challenge, Outcome, PageContext},
};
use crate::{actions::checkouts, app::App, error::Result, http::limits, payments};

/// The page of the bank, where it is one of its own: Stripe's script asks on the confirmation page.
pub(in crate::pages) fn bank_page(
    app: &App,
    attempt: &Payment,
    page_context: PageContext,
) -> Option<String> {
    if app.processor.card_form().payment_element().is_some() {
        return None;
    }
    let url = attempt.action_url.as_deref()?;
    Some(page_context.with_page_query(url))
}

/// Step that the buyer is to take, where the attempt waits for them.
pub(in crate::pages) fn action(
    app: &App,
    attempt: &Payment,
    page_context: PageContext,
) -> Option<Outcome> {
    if attempt.state != PaymentState::RequiresAction {
        return None;
    }
    let form = app.processor.card_form();
    match (form.payment_element(), &attempt.client_secret) {
        (Some(element), Some(secret)) => Some(Outcome::Challenge(Box::new(Challenge {
            element: element.clone(),
            intent_secret: secret.clone(),
        }))),
        _ => bank_page(app, attempt, page_context).map(Outcome::RequiresAction),
    }
}

/// The way back from the bank: asks the processor how the attempt stands, whatever the address says, and leads on to the
/// page of the clean address.
pub(super) async fn ask(app: Arc<App>, secret: String, page_context: PageContext) -> Response {
    let asked = async {
        let session = checkouts::session(&app, &secret).await?;
        if let Some(attempt) = waiting(&app, &session).await? {
            limits::asking(&app, session.checkout.id).await?;
            payments::ask(&app, attempt).await?;
        }
        Ok(())
    };
    let asked: Result<()> = asked.await;
    if let Err(error) = asked {
        // The page itself says what is known, or that there is none.
        error.log_fault();
    }
    SeeOther::to(&page_context.confirmation_url(&secret)).into_response()
}

/// `POST /checkout/{client_secret}/another-card`: gives up the attempt that waits for the buyer, so that they can pay
/// otherwise. Where it was decided meanwhile, the confirmation page tells how.
pub(super) async fn give_up(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let page_context = page_query.page_context(&headers);
    match gave_up(&app, &secret).await {
        Ok(true) => SeeOther::to(&page_context.checkout_url(&secret)).into_response(),
        Ok(false) => SeeOther::to(&page_context.confirmation_url(&secret)).into_response(),
        Err(error) => error_page(page_context, &error),
    }
}

/// True where the session is open then.
async fn gave_up(app: &App, secret: &str) -> Result<bool> {
    let session = checkouts::session(app, secret).await?;
    if let Some(attempt) = waiting(app, &session).await? {
        limits::asking(app, session.checkout.id).await?;
        payments::give_up(app, attempt).await?;
    }
    let now = checkouts::session(app, secret).await?;
    Ok(now.checkout.status == CheckoutStatus::Open)
}

/// The session's attempt, where it waits for its buyer.
async fn waiting(app: &App, session: &Session) -> Result<Option<Payment>> {
    let attempt = app.store.latest_attempt(session.checkout.id).await?;
    Ok(attempt.filter(|attempt| attempt.state == PaymentState::RequiresAction))
}
