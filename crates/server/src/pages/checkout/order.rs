//! The page on which a customer pays an order (docs/behaviour: orders/pay-page): one address tells what is due, what the
//! bank wants to know, and what became of it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect as SeeOther, Response},
};
use till_core::{
    kernel::records::{Organization, Payment, PaymentState},
    orders::{
        payment::OrderRows,
        visit::{MOST_ATTEMPTS, Standing},
    },
};

use super::{
    PARTIAL_HEADER, attempt, fill,
    form::{CheckoutForm, Intent},
    posted::{Posted, go},
    problems::{declined, page_error},
    request::{PageQuery, error_page, test_mode},
    token::card_token,
    view::{Addresses, ConfirmationPage, MessagePage, OrderPage, Outcome, PageContext, Waiting},
};
use crate::{
    app::App,
    error::{ApiError, Result},
    http::{
        idempotency::{EarlierSubmission, IdempotencyGuard, KEY},
        limits::{self, Network},
    },
    pages::{later, page},
    payments::{self, by_customer},
};

/// An order whose page is visited.
struct Visit<'a> {
    app: &'a App,
    secret: &'a str,
    organization: Organization,
    rows: OrderRows,
    page_context: PageContext,
}

impl<'a> Visit<'a> {
    async fn of(app: &'a App, secret: &'a str, page_context: PageContext) -> Result<Self> {
        let (organization, rows) = by_customer::visited(app, secret).await?;
        let page_context = page_context.of_customer(&organization, &rows.customer);
        Ok(Self {
            app,
            secret,
            organization,
            rows,
            page_context,
        })
    }

    fn is_due(&self) -> bool {
        self.rows.order.standing() == Standing::Due
    }

    /// True where the customer has tried to pay the order as often as they may.
    async fn is_spent(&self) -> Result<bool> {
        let made = self.app.store.attempts_by_customer(self.rows.order.id);
        Ok(made.await? >= MOST_ATTEMPTS)
    }

    /// The latest attempt to pay the order.
    async fn attempt(&self) -> Result<Option<Payment>> {
        let found = self.app.store.latest_attempt_of_order(self.rows.order.id);
        Ok(found.await?)
    }

    /// The page as the order stands. `has_ended` says that the customer comes from an attempt, of which it tells then.
    async fn show(&self, has_ended: bool) -> Result<Response> {
        let (app, page_context) = (self.app, self.page_context);
        match self.rows.order.standing() {
            Standing::Paid => self.receipt().await,
            Standing::Void => {
                let shown = MessagePage::void_order(page_context);
                Ok(self.message(StatusCode::GONE, shown))
            }
            Standing::Draft => {
                let shown = MessagePage::order_not_due(page_context);
                Ok(self.message(StatusCode::CONFLICT, shown))
            }
            Standing::Due => {
                let attempt = self.attempt().await?;
                let attempt = attempt.as_ref();
                if let Some(attempt) = attempt.filter(|one| !one.state.is_settled()) {
                    let asks = Some(attempt).filter(|one| one.is_by_customer());
                    let asks = asks.and_then(|one| attempt::action(app, one, page_context));
                    let waiting = || Outcome::Processing(Waiting::default());
                    return Ok(self.outcome(asks.unwrap_or_else(waiting)));
                }
                if !has_ended && self.is_spent().await? {
                    return Ok(self.spent());
                }
                let mut shown = self.form();
                let failed = attempt.filter(|one| has_ended && one.state == PaymentState::Failed);
                shown.error = failed.map(|one| {
                    let words = declined(one.decline_reason.as_deref());
                    page_context.say(words).into_owned()
                });
                Ok(page(StatusCode::OK, &shown))
            }
        }
    }

    fn form(&self) -> OrderPage {
        let (app, key) = (self.app, self.app.context().id());
        let (organization, processor) = (&self.organization, app.processor.as_ref());
        let context = self.page_context;
        fill::order_page(
            organization,
            &self.rows,
            self.secret,
            context,
            processor,
            key,
        )
    }

    async fn receipt(&self) -> Result<Response> {
        let (own, id) = (self.organization.id, self.rows.order.id);
        let payment = self.app.store.payment_of_order(own, id).await?;
        let (organization, rows) = (&self.organization, &self.rows);
        let receipt = fill::order_receipt(organization, rows, payment.as_ref(), self.page_context);
        Ok(self.outcome(Outcome::Succeeded(Box::new(receipt))))
    }

    fn outcome(&self, outcome: Outcome) -> Response {
        let shown = ConfirmationPage {
            page_context: self.page_context,
            addresses: Addresses::of_order(self.page_context, self.secret),
            test_mode: test_mode(self.app),
            organization: fill::organization(&self.organization, self.page_context),
            outcome,
        };
        page(StatusCode::OK, &shown)
    }

    /// The page of an order that cannot be tried here any more.
    fn spent(&self) -> Response {
        let shown = MessagePage::order_attempts_spent(self.page_context);
        self.message(StatusCode::TOO_MANY_REQUESTS, shown)
    }

    fn message(&self, status: StatusCode, shown: MessagePage) -> Response {
        let shown = MessagePage {
            organization: Some(fill::organization(&self.organization, self.page_context)),
            test_mode: test_mode(self.app),
            link: fill::website(&self.organization, self.page_context),
            ..shown
        };
        page(status, &shown)
    }

    /// The form again, with a message about all of it.
    fn say(&self, message: &str) -> OrderPage {
        OrderPage {
            error: Some(self.page_context.say(message).into_owned()),
            summary: true,
            ..self.form()
        }
    }

    /// The form again after an error; a fault of ours with the number that the log has it under.
    async fn failed(&self, error: &ApiError) -> Response {
        if error.name() == "ManualRetryLimitExceeded" {
            return self.spent();
        }
        let declined = match error.name() {
            "PaymentError" => self.attempt().await.ok().flatten(),
            _ => None,
        };
        let reason = declined.and_then(|attempt| attempt.decline_reason);
        let mut shown = self.say(page_error(error, reason.as_deref()));
        let status = match error.status() {
            status if status.is_server_error() => status,
            StatusCode::TOO_MANY_REQUESTS => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::OK,
        };
        if let (Some(words), Some(number)) = (&mut shown.error, error.log_fault()) {
            *words = format!("{words} {} {number}", self.page_context.say("reference"));
        }
        later(page(status, &shown), error)
    }

    /// Where an attempt leads: to the page of the bank, if that has one, else to the order's own.
    fn after(&self, payment: &Payment) -> String {
        let asks = payment.state == PaymentState::RequiresAction;
        let bank = asks.then(|| attempt::bank_page(self.app, payment, self.page_context));
        let bank = bank.flatten();
        bank.unwrap_or_else(|| self.page_context.order_url(self.secret))
    }
}

/// The page for a link that opens no order.
fn no_order(page_context: PageContext, error: &ApiError) -> Response {
    match error.status() {
        StatusCode::NOT_FOUND => page(StatusCode::NOT_FOUND, &MessagePage::no_order(page_context)),
        _ => error_page(page_context, error),
    }
}

/// `GET /pay/{secret}`
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let page_context = page_query.page_context(&headers);
    if page_query.is_back_from_processor() {
        return ask(&app, &secret, page_context).await;
    }
    let shown = async {
        let visit = Visit::of(&app, &secret, page_context).await?;
        visit.show(page_query.is_posted()).await
    };
    let shown: Result<Response> = shown.await;
    shown.unwrap_or_else(|error| no_order(page_context, &error))
}

/// The way back from the bank: asks the processor how the attempt stands, and leads on to the page of the clean address.
async fn ask(app: &App, secret: &str, page_context: PageContext) -> Response {
    let asked = async {
        let visit = Visit::of(app, secret, page_context).await?;
        if let Some(attempt) = waiting(&visit).await? {
            limits::asking(app, visit.rows.order.id).await?;
            payments::ask(app, attempt).await?;
        }
        Ok(())
    };
    let asked: Result<()> = asked.await;
    if let Err(error) = asked {
        // The page itself says what is known, or that there is none.
        error.log_fault();
    }
    SeeOther::to(&page_context.order_ended_url(secret)).into_response()
}

/// The order's attempt, where it waits for its customer.
async fn waiting(visit: &Visit<'_>) -> Result<Option<Payment>> {
    let attempt = visit.attempt().await?;
    let is_waiting =
        |one: &Payment| one.state == PaymentState::RequiresAction && one.is_by_customer();
    Ok(attempt.filter(is_waiting))
}

/// `POST /pay/{secret}/another-card`: gives up the attempt that waits for the customer, so that they can pay otherwise.
pub(super) async fn give_up(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let page_context = page_query.page_context(&headers);
    let given_up = async {
        let visit = Visit::of(&app, &secret, page_context).await?;
        if let Some(attempt) = waiting(&visit).await? {
            limits::asking(&app, visit.rows.order.id).await?;
            payments::give_up(&app, attempt).await?;
        }
        Ok(SeeOther::to(&page_context.order_url(&secret)).into_response())
    };
    let given_up: Result<Response> = given_up.await;
    given_up.unwrap_or_else(|error| no_order(page_context, &error))
}

/// `POST /pay/{secret}`
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
    network: Network,
    posted: Result<Posted, StatusCode>,
) -> Response {
    let (page_context, partial) = (
        page_query.page_context(&headers),
        headers.contains_key(PARTIAL_HEADER),
    );
    let visit = match Visit::of(&app, &secret, page_context).await {
        Ok(visit) => visit,
        Err(error) => return no_order(page_context, &error),
    };
    let here = visit.page_context.order_url(&secret);
    let Posted { form, body } = match posted {
        Ok(posted) => posted,
        Err(_) if !visit.is_due() => return go(partial, here, None),
        Err(status) => return page(status, &visit.say("other-error")),
    };
    // The key that the page was shown with: however often the form is sent, it is one attempt to pay.
    let key = (headers.get(KEY), form.idempotency_key.as_deref());
    let guard = match IdempotencyGuard::of_form(&app, &secret, key, &body) {
        Ok(guard) => guard,
        Err(error) => return error.into_response(),
    };
    match earlier(&visit, &guard).await {
        None => {}
        Some(Ok(to)) => return go(partial, to, None),
        Some(Err(error)) => return unless_paid(visit, partial, &error).await,
    }
    // Paid meanwhile, in another tab or before the back button: never twice.
    if !visit.is_due() {
        return go(partial, here, None);
    }
    if form.intent() != Intent::Pay {
        return page(StatusCode::OK, &visit.form());
    }
    match pay(&visit, &form, &guard, &network).await {
        Ok(to) => go(partial, to, None),
        Err(Refused::Form(shown)) => page(StatusCode::OK, &*shown),
        Err(Refused::Error(error)) => unless_paid(visit, partial, &error).await,
    }
}

/// Reason why a form has not paid.
enum Refused {
    /// It is shown again, and says so.
    Form(Box<OrderPage>),
    /// Something else.
    Error(ApiError),
}

/// Pays with what the form holds: the address that follows.
async fn pay(
    visit: &Visit<'_>,
    form: &CheckoutForm,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<String, Refused> {
    let (app, order) = (visit.app, &visit.rows.order);
    // The same budget as the checkout page's (docs/behaviour: limits/confirming).
    let counted = limits::confirming(app, order.id, network).await;
    counted.map_err(Refused::Error)?;
    let shown = form.shown_total.as_deref();
    if shown.is_some_and(|shown| shown != order.due_amount().to_string()) {
        return Err(Refused::Form(Box::new(visit.say("total-changed"))));
    }
    let mut shown = visit.form();
    let token = card_token(app, visit.page_context, form, &mut shown.errors).await;
    let Some(token) = token else {
        shown.summary = true;
        if shown.errors.is_empty() {
            shown.error = Some(visit.page_context.say("card-missing").into_owned());
        }
        return Err(Refused::Form(Box::new(shown)));
    };
    match by_customer::pay(app, visit.secret, token, guard, network).await {
        Ok(payment) => {
            let to = visit.after(&payment);
            if let Err(error) = guard.done(app, &to).await {
                tracing::warn!(?error, "the result of a form could not be stored");
            }
            Ok(to)
        }
        // The same form, sent twice at once: what came of the first is told.
        Err(error) => match earlier(visit, guard).await {
            None => Err(Refused::Error(error)),
            Some(first) => {
                error.log_fault();
                first.map_err(Refused::Error)
            }
        },
    }
}

/// Outcome of the form where it was sent before: the address that follows.
async fn earlier(visit: &Visit<'_>, guard: &IdempotencyGuard) -> Option<Result<String>> {
    match guard.before(visit.app).await {
        Ok(EarlierSubmission::Nothing | EarlierSubmission::Begun(None)) => None,
        Ok(EarlierSubmission::Done(to)) => Some(Ok(to)),
        Ok(EarlierSubmission::Begun(Some(attempt))) => {
            let resumed = by_customer::resume(visit.app, attempt).await;
            Some(resumed.map(|payment| visit.after(&payment)))
        }
        Err(error) => Some(Err(error)),
    }
}

/// The form again with what is wrong, unless the order is no longer due: then its page says what it is.
async fn unless_paid(visit: Visit<'_>, partial: bool, error: &ApiError) -> Response {
    let now = Visit::of(visit.app, visit.secret, visit.page_context).await;
    if now.is_ok_and(|now| !now.is_due()) {
        error.log_fault();
        return go(partial, visit.page_context.order_url(visit.secret), None);
    }
    visit.failed(error).await
}
