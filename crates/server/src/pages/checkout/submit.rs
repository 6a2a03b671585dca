//! Submitting the form: to save what it holds, or to pay.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect as SeeOther, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use till_core::{
    checkout::{Session, confirm::Judged, totals},
    kernel::records::PaymentState,
};
use till_wire::{
    checkouts::{CheckoutStatus, CheckoutUpdate, Writer},
    input::{Context, Problem, Step},
};

use super::{
    api_body, attempt,
    fields::{Field, FieldErrors},
    fill,
    form::{CheckoutForm, Intent},
    problems::{add_problem, page_error, place_problems},
    token::card_token,
    view::{CheckoutPage, PageContext},
};
use crate::{
    actions::checkouts::{self, change_by_secret},
    app::App,
    error::{ApiError, Result},
    http::{
        idempotency::{EarlierSubmission, IdempotencyGuard},
        limits::Network,
    },
    pages::{later, page},
};

/// The result of a confirmation, for the buyer.
#[derive(Serialize, Deserialize)]
pub(super) struct Paid {
    /// The bank's page, where it wants to ask; else the confirmation page is next.
    pub bank: Option<String>,
    /// For the browser to keep: opens the customer's portal, if it may, once the purchase has succeeded.
    pub token: Option<String>,
}

impl Paid {
    fn of(confirmed: checkouts::Confirmation, app: &App, page_context: PageContext) -> Self {
        let action = confirmed
            .payment
            .filter(|p| p.state == PaymentState::RequiresAction);
        let bank = action.and_then(|payment| attempt::bank_page(app, &payment, page_context));
        Self {
            bank,
            token: confirmed.token.or(confirmed.awaited_token),
        }
    }
}

/// One sent form, and what is wrong with it so far.
struct Submit<'a> {
    app: &'a App,
    page_context: PageContext,
    form: &'a CheckoutForm,
    network: &'a Network,
    secret: String,
    errors: FieldErrors,
    /// Notices for the page where it is shown again, but no reason to show it again.
    notices: FieldErrors,
}

impl<'a> Submit<'a> {
    fn new(
        app: &'a App,
        session: &Session,
        page_context: PageContext,
        form: &'a CheckoutForm,
        network: &'a Network,
    ) -> Self {
        Self {
            app,
            page_context,
            form,
            network,
            secret: session.checkout.client_secret.clone(),
            errors: FieldErrors::default(),
            notices: FieldErrors::default(),
        }
    }

    /// The page again, with what is wrong; `message` is the message about all of it.
    fn show_again(self, session: &Session, message: Option<&str>) -> Response {
        page(StatusCode::OK, &self.shown(session, message))
    }

    fn shown(self, session: &Session, message: Option<&str>) -> CheckoutPage {
        let mut shown = fill::page(
            session,
            self.page_context,
            Some(self.form),
            self.app.processor.as_ref(),
            self.app.context().id(),
        );
        shown.errors = self.errors;
        shown.errors.join(self.notices);
        if shown.errors.get(Field::Discount).is_some() {
            fill::offer_removal(&mut shown, session);
        }
        shown.summary = self.form.intent() == Intent::Pay;
        shown.no_trial = message == Some("trial-used");
        shown.error = message.map(|id| self.page_context.say(id).into_owned());
        shown.gather_unshown();
        shown
    }

    /// The page again after an error. It is told as a whole where it belongs to no field; a fault of ours always is,
    /// with the number that the log has it under. `decline` is the reason of the last attempt.
    fn failed(self, session: &Session, error: &ApiError, decline: Option<&str>) -> Response {
        let (page_context, status) = (self.page_context, error.status());
        if error.retry_after().is_some() {
            let message = self.errors.is_empty() && self.notices.is_empty();
            let message = message.then(|| page_error(error, None));
            let shown = self.shown(session, message);
            return later(page(status, &shown), error);
        }
        if !status.is_server_error() {
            let message = self.errors.is_empty().then(|| page_error(error, decline));
            return self.show_again(session, message);
        }
        let mut shown = self.shown(session, Some(page_error(error, None)));
        if let (Some(words), Some(number)) = (&mut shown.error, error.log_fault()) {
            *words = format!("{words} {} {number}", page_context.say("reference"));
        }
        page(status, &shown)
    }

    /// Reads the body, leaving out what does not read and saying so at its field.
    fn read(&mut self, body: &mut Map<String, Value>, session: &Session) -> CheckoutUpdate {
        loop {
            let mut cx = Context::new("body");
            let value = Value::Object(body.clone());
            let read = cx.object(&value, |f| CheckoutUpdate::read(Writer::Client, f));
            for problem in &cx.problems {
                add_problem(problem, session, self.page_context, &mut self.errors);
            }
            if cx.problems.is_empty() || !drop_invalid(&cx.problems, body) {
                return read.unwrap_or_default();
            }
        }
    }

    /// Says at their fields what is refused, and leaves it out. Whether anything was left out.
    fn refused(
        &mut self,
        error: &ApiError,
        body: &mut Map<String, Value>,
        session: &Session,
    ) -> bool {
        place_problems(error, session, self.page_context, &mut self.errors);
        if matches!(
            error.name(),
            "DiscountRedemptionLimitReached" | "TooManyDiscountCodes"
        ) {
            return body.remove("discount_code").is_some();
        }
        drop_invalid(error.problems(), body)
    }
}

/// Takes what problems speak of out of a body.
fn drop_invalid(problems: &[Problem], body: &mut Map<String, Value>) -> bool {
    let mut any = false;
    for problem in problems {
        let Some(Step::Key(key)) = problem.loc.get(1) else {
            continue;
        };
        let part = match (problem.loc.get(2), body.get_mut(key.as_ref())) {
            (Some(Step::Key(slug)), Some(Value::Object(answers)))
                if *key == "custom_field_data" =>
            {
                answers.remove(slug.as_ref())
            }
            _ => body.remove(key.as_ref()),
        };
        any |= part.is_some();
    }
    any
}

/// The page as it was sent, with what the error says about all of it.
pub(super) fn refused(
    app: &App,
    session: &Session,
    page_context: PageContext,
    form: &CheckoutForm,
    network: &Network,
    error: &ApiError,
) -> Response {
    Submit::new(app, session, page_context, form, network).failed(session, error, None)
}

/// The page as it was sent, with a message about all of it.
pub(super) fn show_again(
    app: &App,
    session: &Session,
    page_context: PageContext,
    form: &CheckoutForm,
    network: &Network,
    message: &str,
) -> Response {
    Submit::new(app, session, page_context, form, network).show_again(session, Some(message))
}

/// Saves what the form holds as far as it will do, and shows the new amounts.
pub(super) async fn save(
    app: &App,
    session: Session,
    page_context: PageContext,
    form: &CheckoutForm,
    network: &Network,
) -> Response {
    let mut submit = Submit::new(app, &session, page_context, form, network);
    let mut body = api_body::body(form, &session, page_context, &mut submit.errors);
    loop {
        let input = submit.read(&mut body, &session);
        match change_by_secret(app, &submit.secret, &input, network).await {
            Ok(changed) => return submit.show_again(&changed, None),
            Err(error) if submit.refused(&error, &mut body, &session) => {}
            Err(error) => return submit.failed(&session, &error, None),
        }
    }
}

/// Another product that was chosen is taken before paying, by itself: what is typed beside it was typed for the
/// product of before, and the next form is the new one's.
async fn with_product<'a>(
    mut submit: Submit<'a>,
    session: Session,
) -> Result<(Submit<'a>, Session), Response> {
    let Some(id) = api_body::other_product(submit.form, &session.checkout) else {
        return Ok((submit, session));
    };
    let mut alone = Map::from_iter([("product_id".to_owned(), id.into())]);
    let input = submit.read(&mut alone, &session);
    match change_by_secret(submit.app, &submit.secret, &input, submit.network).await {
        Ok(changed) => Ok((submit, changed)),
        Err(error) => {
            place_problems(&error, &session, submit.page_context, &mut submit.errors);
            Err(submit.failed(&session, &error, None))
        }
    }
}

/// A code that was typed but not applied is applied before paying: the session with it. A wrong one is no reason not to pay, and only
/// told where the page is shown again; a fault of ours is one, and one that may not be tried now.
async fn with_code(
    submit: &mut Submit<'_>,
    session: &Session,
    body: &mut Map<String, Value>,
) -> Result<Option<Session>> {
    let Some(code) = body.remove("discount_code") else {
        return Ok(None);
    };
    let mut alone = Map::from_iter([("discount_code".to_owned(), code)]);
    let errors = std::mem::take(&mut submit.errors);
    let input = submit.read(&mut alone, session);
    let changed = change_by_secret(submit.app, &submit.secret, &input, submit.network).await;
    if let Err(error) = &changed {
        place_problems(error, session, submit.page_context, &mut submit.errors);
    }
    submit.notices = std::mem::replace(&mut submit.errors, errors);
    match changed {
        Err(error) if error.status().is_server_error() || error.retry_after().is_some() => {
            Err(error)
        }
        changed => Ok(changed.ok()),
    }
}

/// Outcome of the form where it was sent before: the same page, or what is wrong again.
pub(super) async fn replay(
    app: &App,
    session: &Session,
    page_context: PageContext,
    form: &CheckoutForm,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Option<Paid>, Box<Response>> {
    let secret = &session.checkout.client_secret;
    let error = match earlier_result(app, secret, page_context, guard).await {
        None => return Ok(None),
        Some(Ok(paid)) => return Ok(Some(paid)),
        Some(Err(error)) => error,
    };
    let submit = Submit::new(app, session, page_context, form, network);
    Err(show_error_or_redirect(submit, &error, session).await)
}

async fn earlier_result(
    app: &App,
    secret: &str,
    page_context: PageContext,
    guard: &IdempotencyGuard,
) -> Option<Result<Paid>> {
    match guard.before(app).await {
        Ok(EarlierSubmission::Nothing) => None,
        Ok(EarlierSubmission::Done(paid)) => Some(Ok(paid)),
        Ok(EarlierSubmission::Begun(attempt)) => {
            let resumed = checkouts::resume(app, secret, attempt).await;
            Some(resumed.map(|confirmed| Paid::of(confirmed, app, page_context)))
        }
        Err(error) => Some(Err(error)),
    }
}

/// Confirms with what the form holds, or shows the page again with everything that is wrong at once.
pub(super) async fn pay_by_form(
    app: &App,
    session: Session,
    page_context: PageContext,
    form: &CheckoutForm,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<Paid, Box<Response>> {
    let submit = Submit::new(app, &session, page_context, form, network);
    let (mut submit, session) = with_product(submit, session).await.map_err(Box::new)?;
    let mut body = api_body::body(form, &session, page_context, &mut submit.errors);
    let session = match with_code(&mut submit, &session, &mut body).await {
        Ok(with_code) => with_code.unwrap_or(session),
        Err(error) => return Err(Box::new(submit.failed(&session, &error, None))),
    };
    // The session as this form would make it: what is shown must be what is charged.
    let Judged {
        session: wanted,
        refusal,
    } = loop {
        let input = submit.read(&mut body, &session);
        match checkouts::judge(app, &session, &input).await {
            Ok(judged) => break judged,
            Err(error) if submit.refused(&error, &mut body, &session) => {}
            Err(error) => return Err(show_error_or_redirect(submit, &error, &session).await),
        }
    };
    let shown = form.shown_total.as_deref();
    if shown.is_some_and(|shown| !fill::is_shown(shown, &wanted.checkout)) {
        return Err(Box::new(submit.show_again(&wanted, Some("total-changed"))));
    }
    let refusal = refusal.map(ApiError::from);
    if let Some(error) = &refusal {
        place_problems(error, &wanted, page_context, &mut submit.errors);
    }
    let required = totals::form(&wanted).required();
    let token = match required {
        true => card_token(app, page_context, form, &mut submit.errors).await,
        false => None,
    };
    // Told last: whoever has not typed all that a purchase needs learns nothing about the owner of an address.
    if let Some(error) = refusal.filter(|_| submit.errors.is_empty()) {
        return Err(show_error_or_redirect(submit, &error, &wanted).await);
    }
    if !submit.errors.is_empty() || token.is_some() != required {
        // The processor's own form has said what is wrong with the card, if it is there.
        let missing = submit.errors.is_empty().then_some("card-missing");
        return Err(Box::new(submit.show_again(&wanted, missing)));
    }
    if let Some(token) = token {
        body.insert("confirmation_token_id".into(), token.into());
    }
    let error = match checkouts::confirm(app, session, Value::Object(body), guard, network).await {
        Ok(confirmed) => {
            let paid = Paid::of(confirmed, app, page_context);
            if let Err(error) = guard.done(app, &paid).await {
                tracing::warn!(?error, "the result of a form could not be stored");
            }
            return Ok(paid);
        }
        // The same form, sent twice at once: what came of the first is told.
        Err(error) => match earlier_result(app, &submit.secret, page_context, guard).await {
            None => error,
            Some(first) => {
                error.log_fault();
                match first {
                    Ok(paid) => return Ok(paid),
                    Err(error) => error,
                }
            }
        },
    };
    place_problems(&error, &wanted, page_context, &mut submit.errors);
    if submit.errors.is_empty() {
        return Err(show_error_or_redirect(submit, &error, &wanted).await);
    }
    Err(Box::new(submit.show_again(&wanted, None)))
}

/// An error that belongs to no field. Somebody who has paid already is sent on instead.
async fn show_error_or_redirect(
    submit: Submit<'_>,
    error: &ApiError,
    wanted: &Session,
) -> Box<Response> {
    let now = checkouts::session(submit.app, &submit.secret).await;
    if let Ok(now) = now
        && now.checkout.status != CheckoutStatus::Open
    {
        error.log_fault();
        let to = submit.page_context.arrival_url(&now);
        return Box::new(SeeOther::to(&to).into_response());
    }
    let last = match error.name() {
        "PaymentError" => submit.app.store.latest_attempt(wanted.checkout.id).await,
        _ => Ok(None),
    };
    let reason = last
        .ok()
        .flatten()
        .and_then(|attempt| attempt.decline_reason);
    Box::new(submit.failed(wanted, error, reason.as_deref()))
}
