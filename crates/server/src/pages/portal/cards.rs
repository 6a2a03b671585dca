//! Cards: their list, and the form that keeps another one. Without script the sandbox's fields take it; Stripe's frame needs
//! one.

use askama::Template;
use axum::{http::HeaderMap, response::Response};
use http::{StatusCode, Uri};
use till_core::kernel::records::{PaymentMethod, PaymentState};
use till_ports::processor::ContentSources;
use till_wire::portal::CustomerPortalCustomerUpdate;
use uuid::Uuid;

use super::{
    access::{Answer, Id, Visit, answered},
    form::Posted,
    view::{Badge, Block, Form, List, Look, Row, Shell, Tone},
};
use crate::{
    actions::portal::{self, keep, pages},
    error::{ApiError, Result},
    http::{
        idempotency::{self, EarlierSubmission},
        limits::{self, Network},
    },
    pages::{
        Page,
        checkout::{
            PARTIAL_HEADER, attempt,
            fields::{Field, FieldErrors},
            fill,
            form::CheckoutForm,
            posted::go,
            problems::{declined, page_error},
            token::card_token,
            view::{
                Addresses, CardAlone, ConfirmationPage, Link, Organization, Outcome, PageContext,
                Payment, Waiting, asking,
            },
        },
        later, page,
    },
};

/// `GET …/cards`
pub(super) async fn list(visit: Visit) -> Response {
    let answer = async { cards(&visit, None, StatusCode::OK).await };
    let answer: Answer = answer.await;
    answered(&visit.portal, answer)
}

async fn cards(visit: &Visit, error: Option<String>, status: StatusCode) -> Answer {
    let viewer = visit.viewer.billing()?;
    let held = pages::cards(visit.app(), &viewer).await?;
    let list = Block::List(List {
        title: None,
        rows: held.iter().map(|one| row(visit, one)).collect(),
        empty: visit.say("portal-no-cards"),
        more: None,
    });
    let add = Block::Links(vec![visit.link("/cards/new", "portal-add-card")]);
    let mut shown = visit.page("/cards", visit.say("portal-cards"), vec![list, add]);
    shown.error = error;
    Ok(page(status, &shown))
}

fn row(visit: &Visit, method: &PaymentMethod) -> Row {
    let is_default = visit.viewer.customer.default_payment_method_id == Some(method.id);
    let name = fill::card(&method.card.0);
    let button = |rest: &str, id: &str| Form {
        page_context: visit.portal.page_context,
        action: visit.url(&format!("/cards/{}/{rest}", method.id)),
        key: Some(visit.key()),
        submit: visit.say(id),
        aria: Some(format!("{}: {name}", visit.say(id))),
        look: Look::Link,
        ..Form::default()
    };
    let make_default = (!is_default).then(|| button("default", "portal-make-default"));
    let (month, year) = (method.card.0.exp_month, method.card.0.exp_year);
    let end = format!("{month:02}/{year}");
    let with_end = [("date", end.as_str().into())];
    Row {
        url: None,
        title: name.clone(),
        badge: is_default.then(|| Badge {
            words: visit.say("portal-default"),
            tone: Tone::Good,
        }),
        note: Some(visit.portal.page_context.with("portal-card-ends", with_end)),
        aside: None,
        forms: make_default
            .into_iter()
            .chain([button("delete", "remove")])
            .collect(),
    }
}

/// The page on which a card is entered.
#[derive(Debug, Clone, Template)]
#[template(path = "portal/card.html")]
struct CardPage {
    shell: Shell,
    page_context: PageContext,
    organization: Organization,
    test_mode: bool,
    title: String,
    up: Link,
    /// Address that the form is sent to.
    action: String,
    /// The key of the attempt that the form may become.
    key: Uuid,
    payment: Payment,
    error: Option<String>,
    summary: bool,
    errors: FieldErrors,
}

impl Page for CardPage {
    fn picture(&self) -> Option<&str> {
        self.organization.picture()
    }

    fn card_sources(&self) -> Option<&ContentSources> {
        self.element().map(|field| &field.element.sources)
    }
}

impl CardPage {
    fn of(visit: &Visit) -> Self {
        let shell = visit.shell("/cards");
        let currency = visit.viewer.organization.default_currency;
        let page_context = visit.portal.page_context;
        let processor = visit.app().processor.as_ref();
        Self {
            page_context,
            organization: shell.organization.clone(),
            test_mode: shell.test_mode,
            shell,
            title: visit.say("portal-add-card"),
            up: visit.link("/cards", "portal-cards"),
            action: visit.url("/cards/new"),
            key: visit.key(),
            payment: fill::setup(currency, page_context, processor),
            error: None,
            summary: false,
            errors: FieldErrors::default(),
        }
    }

    fn return_url(&self) -> String {
        asking(self.action.clone())
    }
}

impl CardAlone for CardPage {
    fn page_context(&self) -> PageContext {
        self.page_context
    }

    fn payment(&self) -> &Payment {
        &self.payment
    }

    fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

/// `GET …/cards/new`: the form, or how the attempt stands that the customer comes from.
pub(super) async fn fill(visit: Visit, uri: Uri) -> Response {
    let answer = async {
        visit.billing()?;
        let query = Posted::of_query(uri.query().unwrap_or_default());
        let (app, found) = (visit.app(), keep::latest(visit.app(), &visit.viewer).await?);
        // Anybody can write how it ended into an address, so the processor is asked.
        if query.has("redirect_status") {
            let waits = found.filter(|one| one.state == PaymentState::RequiresAction);
            if let Some(attempt) = waits {
                limits::asking(app, visit.viewer.customer.id).await?;
                keep::ask(app, attempt).await?;
            }
            return Ok(visit.portal.go("/cards/new?posted=true"));
        }
        let mut shown = CardPage::of(&visit);
        if let Some(attempt) = found {
            let page_context = visit.portal.page_context;
            if !attempt.state.is_settled() {
                let asks = attempt::action(app, &attempt, page_context);
                let waits = || Outcome::Processing(Waiting::default());
                return Ok(outcome(&visit, asks.unwrap_or_else(waits)));
            }
            match attempt.state {
                PaymentState::Succeeded if query.has("posted") => {
                    return Ok(visit.portal.go("/cards?done=card"));
                }
                PaymentState::Failed if query.has("posted") => {
                    let words = declined(attempt.decline_reason.as_deref());
                    shown.error = Some(visit.say(words));
                }
                _ => {}
            }
        }
        Ok(page(StatusCode::OK, &shown))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

fn outcome(visit: &Visit, outcome: Outcome) -> Response {
    let shell = visit.portal.shell();
    let here = visit.url("/cards/new?posted=true");
    let shown = ConfirmationPage {
        page_context: visit.portal.page_context,
        addresses: Addresses::of_card(here, visit.url("/cards/new/another")),
        test_mode: shell.test_mode,
        organization: shell.organization,
        outcome,
    };
    page(StatusCode::OK, &shown)
}

/// `POST …/cards/new`
pub(super) async fn add(
    visit: Visit,
    network: Network,
    headers: HeaderMap,
    posted: Result<Posted>,
) -> Response {
    let partial = headers.contains_key(PARTIAL_HEADER);
    let answer = Box::pin(added(&visit, &network, partial, posted)).await;
    match answer {
        Ok(answer) => answer,
        Err(error) => failed(&visit, &error),
    }
}

/// The form again after an error.
fn failed(visit: &Visit, error: &ApiError) -> Response {
    if matches!(
        error.status(),
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN
    ) {
        return visit.portal.failed(error);
    }
    let mut shown = CardPage::of(visit);
    let mut words = visit.say(page_error(error, None));
    if let Some(number) = error.log_fault() {
        words = format!("{words} {} {number}", visit.say("reference"));
    }
    shown.error = Some(words);
    let status = match error.status() {
        fault if fault.is_server_error() => fault,
        refused @ (StatusCode::TOO_MANY_REQUESTS
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNPROCESSABLE_ENTITY) => refused,
        _ => StatusCode::OK,
    };
    later(page(status, &shown), error)
}

async fn added(visit: &Visit, network: &Network, partial: bool, posted: Result<Posted>) -> Answer {
    let (app, viewer, posted) = (visit.app(), visit.viewer.billing()?, posted?);
    let ended = || go(partial, visit.url("/cards/new?posted=true"), None);
    let guard = posted.guard(visit)?;
    match guard.before::<serde::de::IgnoredAny>(app).await? {
        EarlierSubmission::Nothing => {}
        // What came of it, its page tells.
        EarlierSubmission::Begun(_) | EarlierSubmission::Done(_) => return Ok(ended()),
    }
    // The same budget as the checkout page's (docs/behaviour: limits/confirming).
    limits::confirming(app, viewer.customer.id, network).await?;
    let text = |name: &str| posted.get(name).map(str::to_owned);
    let form = CheckoutForm {
        card_number: text("card_number"),
        card_expiry: text("card_expiry"),
        card_cvc: text("card_cvc"),
        confirmation_token_id: text("confirmation_token_id"),
        ..CheckoutForm::default()
    };
    let mut shown = CardPage::of(visit);
    let page_context = visit.portal.page_context;
    let token = card_token(app, page_context, &form, &mut shown.errors).await;
    let Some(token) = token else {
        shown.summary = true;
        if shown.errors.is_empty() {
            shown.error = Some(visit.say("card-missing"));
        }
        return Ok(page(StatusCode::OK, &shown));
    };
    let back = format!("{}{}", app.urls.public_url, visit.url("/cards/new"));
    let kept = keep::keep(app, &viewer, (token, back), &guard, network).await?;
    if let Err(error) = guard.done(app, &kept.id).await {
        tracing::warn!(?error, "the result of a form could not be stored");
    }
    let bank = attempt::bank_page(app, &kept, page_context);
    Ok(
        match bank.filter(|_| kept.state == PaymentState::RequiresAction) {
            Some(bank) => go(partial, bank, None),
            None => ended(),
        },
    )
}

/// `POST …/cards/new/another`: gives up the attempt that waits for the customer.
pub(super) async fn give_up(visit: Visit) -> Response {
    let answer = async {
        visit.billing()?;
        limits::asking(visit.app(), visit.viewer.customer.id).await?;
        keep::give_up(visit.app(), &visit.viewer).await?;
        Ok(visit.portal.go("/cards/new"))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// `POST …/cards/{id}/default`
pub(super) async fn make_default(visit: Visit, Id(id): Id) -> Response {
    let answer = async {
        let viewer = visit.viewer.billing()?;
        // Sent twice, it is there already.
        if viewer.customer.default_payment_method_id == Some(id) {
            return Ok(visit.portal.go("/cards?done=saved"));
        }
        let input = CustomerPortalCustomerUpdate {
            default_payment_method_id: Some(id),
            ..CustomerPortalCustomerUpdate::default()
        };
        let made = Box::pin(portal::profile::update(visit.app(), viewer, input)).await;
        match made {
            Ok(_) => {}
            // The card is not theirs, or was removed.
            Err(error) if !error.problems().is_empty() => return Err(ApiError::not_found()),
            Err(error) => return Err(error),
        }
        Ok(visit.portal.go("/cards?done=saved"))
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}

/// `POST …/cards/{id}/delete`
pub(super) async fn delete(visit: Visit, Id(id): Id) -> Response {
    let answer = async {
        let viewer = visit.viewer.billing()?;
        match portal::cards::delete(visit.app(), viewer, id).await {
            Ok(()) => Ok(visit.portal.go("/cards?done=removed")),
            Err(error) if error.status() == StatusCode::BAD_REQUEST => {
                let words = visit.say("portal-card-needed");
                cards(&visit, Some(words), StatusCode::UNPROCESSABLE_ENTITY).await
            }
            Err(error) => Err(error),
        }
    };
    let answer: Answer = Box::pin(answer).await;
    answered(&visit.portal, answer)
}
