//! The hosted checkout's addresses: load, decide through the same paths as the API, and show.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Redirect as SeeOther, Response},
    routing::{get, post},
};
use till_core::{
    checkout::{Session, refresh::Cause, totals},
    kernel::{records::PaymentState, refusal::Refusal},
};
use till_wire::checkouts::CheckoutStatus;

use super::{
    PARTIAL_HEADER, attempt, bank, countries, fill,
    form::Intent,
    frame::{self, Ancestors},
    money, order,
    posted::{Posted, go},
    problems::declined,
    request::{PORTAL_COOKIE, PageQuery, error_page, is_webhook_delivered, test_mode, with_token},
    submit::{pay_by_form, refused, replay, save, show_again},
    view::{
        Addresses, ConfirmationPage, Fact, Line, Link, MessagePage, Outcome, PageContext, Receipt,
        Waiting,
    },
};
use crate::{
    actions::checkouts,
    app::App,
    error::{ApiError, Result},
    http::{
        idempotency::{IdempotencyGuard, KEY},
        limits::{self, Network},
    },
    pages::{
        limited::{self, Refuse},
        page,
    },
};

/// The pages' routes.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let refuse: Refuse = |headers, error| error_page(PageContext::of_browser(headers), error);
    Router::new()
        .route("/checkout/{client_secret}", get(show).post(submit))
        .route("/checkout/{client_secret}/confirmation", get(confirmation))
        .route(
            "/checkout/{client_secret}/another-card",
            post(attempt::give_up),
        )
        .route("/pay/{secret}", get(order::show).post(order::submit))
        .route("/pay/{secret}/another-card", post(order::give_up))
        .route(
            "/sandbox/3ds/{client_secret}",
            get(bank::show).post(bank::decide),
        )
        .layer(middleware::from_fn(frame::framed))
        .route("/checkout/{client_secret}/frame", get(frame::frame_message))
        .layer(middleware::from_fn_with_state(
            (app.clone(), refuse),
            limited::count,
        ))
}

async fn show(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let page_context = page_query.page_context(&headers);
    let (session, moved) = match current(&app, &secret).await {
        Ok(found) => found,
        Err(error) => return no_session(&app, &secret, page_context, &error).await,
    };
    let page_context = page_context.of_session(&session);
    match session.checkout.status {
        CheckoutStatus::Open => {
            let session = with_guessed_country(&app, session, &headers).await;
            let mut shown = fill::page(
                &session,
                page_context,
                None,
                app.processor.as_ref(),
                app.context().id(),
            );
            shown.error = moved.map(|cause| page_context.say(changed(cause)).into_owned());
            Ancestors::of(&app, &session).may_frame(page(StatusCode::OK, &shown))
        }
        _ => SeeOther::to(&page_context.confirmation_url(&secret)).into_response(),
    }
}

/// The session as it would be in the country that the browser's language speaks of, where no country is known yet.
/// Nothing is written: the form sends the country.
async fn with_guessed_country(app: &App, session: Session, headers: &HeaderMap) -> Session {
    if session.checkout.buyer.customer_billing_address.is_some() {
        return session;
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let Some(country) = accepted.and_then(countries::of_browser) else {
        return session;
    };
    let settings = &session.organization.settings.tax;
    let guessed = app
        .taxed(settings, |taxes| {
            Ok(totals::in_country(&session, country, taxes))
        })
        .await;
    match guessed {
        Ok(guessed) => guessed,
        // Only a guess: the page shows the session as it is.
        Err(error) => {
            error.log_fault();
            session
        }
    }
}

/// The page for somebody whose session cannot be shown. That of an expired one leads back to the shop.
async fn no_session(
    app: &App,
    secret: &str,
    page_context: PageContext,
    error: &ApiError,
) -> Response {
    let expired = match error.status() {
        StatusCode::GONE => app.store.session_by_secret(secret).await,
        _ => Ok(None),
    };
    let Ok(Some(session)) = expired else {
        return error_page(page_context, error);
    };
    let page_context = page_context.of_session(&session);
    let shown = MessagePage {
        organization: Some(fill::organization(&session.organization, page_context)),
        test_mode: test_mode(app),
        link: fill::way_back(&session, page_context),
        ..MessagePage::expired(page_context)
    };
    Ancestors::of(app, &session).may_frame(page(StatusCode::GONE, &shown))
}

/// The session as it is shown, and what the merchant has changed since it was last shown.
async fn current(app: &App, secret: &str) -> Result<(Session, Option<Cause>)> {
    checkouts::current(app, checkouts::session(app, secret).await?).await
}

/// The message that the total is another one, and why.
fn changed(cause: Cause) -> &'static str {
    match cause {
        Cause::Discount => "discount-changed",
        Cause::Trial | Cause::Tax => "total-changed",
    }
}

/// A visit to a checkout link that gets no session (docs/behaviour: checkout-links/page): a page where programs get
/// JSON.
pub(crate) fn visit_error_page(error: &ApiError, uri: &Uri, headers: &HeaderMap) -> Response {
    let page_query = Query::<PageQuery>::try_from_uri(uri).map(|query| query.0);
    let page_context = page_query.unwrap_or_default().page_context(headers);
    let shown = match (error.status(), error.name()) {
        (StatusCode::NOT_FOUND, _) => MessagePage::no_link(page_context),
        (StatusCode::FORBIDDEN, "EmbedHostNotAllowed") => MessagePage::not_here(page_context),
        (StatusCode::FORBIDDEN, _) => MessagePage::unsigned(page_context),
        (StatusCode::UNPROCESSABLE_ENTITY, _) => MessagePage::not_for_sale(page_context),
        _ => return error_page(page_context, error),
    };
    page(error.status(), &shown)
}

async fn submit(
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
    let (session, moved) = match current(&app, &secret).await {
        Ok(found) => found,
        Err(error) => return no_session(&app, &secret, page_context, &error).await,
    };
    let page_context = page_context.of_session(&session);
    let arrival = match partial {
        true => page_context.confirmation_url(&secret),
        false => page_context.arrival_url(&session),
    };
    let ancestors = Ancestors::of(&app, &session);
    let cookie = |token: String| portal_cookie(&app, &secret, &token, page_context);
    let Posted { form, body } = match posted {
        Ok(posted) => posted,
        Err(_) if session.checkout.status != CheckoutStatus::Open => {
            return go(partial, arrival, None);
        }
        Err(status) => return ancestors.may_frame(unread(&app, &session, page_context, status)),
    };
    // The key that the page was shown with: however often the form is sent, it is one attempt to pay.
    let key = form.idempotency_key.as_deref();
    let guard = match IdempotencyGuard::of_form(&app, &secret, (headers.get(KEY), key), &body) {
        Ok(guard) => guard,
        Err(error) => return error.into_response(),
    };
    if form.intent() == Intent::Pay {
        match replay(&app, &session, page_context, &form, &guard, &network).await {
            Ok(None) => {}
            Ok(Some(paid)) => {
                return go(
                    partial,
                    paid.bank.unwrap_or(arrival),
                    paid.token.map(cookie),
                );
            }
            Err(shown) => return ancestors.may_frame(*shown),
        }
    }
    // Paid meanwhile, in another tab or before the back button: never twice.
    if session.checkout.status != CheckoutStatus::Open {
        return go(partial, arrival, None);
    }
    if form.intent() != Intent::Pay {
        return ancestors.may_frame(save(&app, session, page_context, &form, &network).await);
    }
    // The same budget as the API's confirmation (docs/behaviour: limits/confirming): many cards are not tried out
    // here either.
    if let Err(error) = limits::confirming(&app, session.checkout.id, &network).await {
        return ancestors.may_frame(refused(
            &app,
            &session,
            page_context,
            &form,
            &network,
            &error,
        ));
    }
    // What this form was shown with is not what is due now: nobody pays what was not shown.
    if let Some(cause) = moved {
        return ancestors.may_frame(show_again(
            &app,
            &session,
            page_context,
            &form,
            &network,
            changed(cause),
        ));
    }
    match pay_by_form(&app, session, page_context, &form, &guard, &network).await {
        Ok(paid) => go(
            partial,
            paid.bank.unwrap_or(arrival),
            paid.token.map(cookie),
        ),
        Err(shown) => ancestors.may_frame(*shown),
    }
}

/// The page as the session is, because what was sent with it cannot be read.
fn unread(app: &App, session: &Session, page_context: PageContext, status: StatusCode) -> Response {
    let mut shown = fill::page(
        session,
        page_context,
        None,
        app.processor.as_ref(),
        app.context().id(),
    );
    shown.error = Some(page_context.say("other-error").into_owned());
    page(status, &shown)
}

/// Keeps the portal's token for the confirmation page, which hands it on to the merchant
/// (docs/behaviour: pages/after-success).
fn portal_cookie(app: &App, secret: &str, token: &str, page_context: PageContext) -> HeaderValue {
    // In a frame on another site, browsers keep a cookie for that site alone, and only over https.
    let kept = match (app.urls.is_https(), page_context.embed) {
        (true, true) => "SameSite=None; Secure; Partitioned",
        (true, false) => "SameSite=Lax; Secure",
        (false, _) => "SameSite=Lax",
    };
    let cookie =
        format!("{PORTAL_COOKIE}={token}; Path=/checkout/{secret}; HttpOnly; Max-Age=3600; {kept}");
    HeaderValue::from_str(&cookie).expect("tokens and secrets are plain ASCII")
}

async fn confirmation(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    if page_query.is_back_from_processor() {
        return attempt::ask(app, secret, page_query.page_context(&headers)).await;
    }
    match after(&app, &secret, &page_query, &headers).await {
        Ok(response) => response,
        Err(error) => no_session(&app, &secret, page_query.page_context(&headers), &error).await,
    }
}

async fn after(
    app: &App,
    secret: &str,
    page_query: &PageQuery,
    headers: &HeaderMap,
) -> Result<Response> {
    let session = checkouts::session(app, secret).await?;
    let page_context = page_query.page_context(headers).of_session(&session);
    let attempt = app.store.latest_attempt(session.checkout.id).await?;
    let leaves = session.checkout.success_url.is_some() && !page_query.stays();
    let outcome = match session.checkout.status {
        CheckoutStatus::Open => match attempt.filter(|a| a.state == PaymentState::Failed) {
            Some(failed) => Outcome::Reopened(
                page_context
                    .say(declined(failed.decline_reason.as_deref()))
                    .into_owned(),
            ),
            None => return Ok(SeeOther::to(&page_context.checkout_url(secret)).into_response()),
        },
        CheckoutStatus::Confirmed => {
            let action = attempt.and_then(|attempt| attempt::action(app, &attempt, page_context));
            action.unwrap_or_else(|| {
                Outcome::Processing(Waiting {
                    leave_to: leaves.then(|| page_context.confirmation_url(secret)),
                    ..Waiting::default()
                })
            })
        }
        CheckoutStatus::Succeeded if leaves => {
            let told = is_webhook_delivered(app, &session).await?;
            if page_query.is_posted() || !told {
                Outcome::Processing(Waiting {
                    leave_to: Some(page_context.confirmation_url(secret)),
                    succeeded: true,
                    order_created: true,
                    webhook_delivered: told,
                })
            } else {
                let to = with_token(&session.success_url(&app.urls), &session, headers);
                // From a frame, the page around it goes there.
                if !(page_context.embed && frame::page_around(app, &session).is_some()) {
                    return Ok(SeeOther::to(&to).into_response());
                }
                Outcome::Succeeded(Box::new(
                    receipt(app, &session, page_context, &to, headers).await?,
                ))
            }
        }
        CheckoutStatus::Succeeded => {
            let to = session.success_url(&app.urls);
            Outcome::Succeeded(Box::new(
                receipt(app, &session, page_context, &to, headers).await?,
            ))
        }
        CheckoutStatus::Expired => return Err(Refusal::ExpiredCheckout.into()),
        CheckoutStatus::Failed => Outcome::Failed(page_context.say("failed-body").into_owned()),
    };
    let shown = ConfirmationPage {
        page_context,
        addresses: Addresses::of_session(page_context, secret),
        test_mode: test_mode(app),
        organization: fill::organization(&session.organization, page_context),
        outcome,
    };
    Ok(Ancestors::of(app, &session).may_frame(page(StatusCode::OK, &shown)))
}

async fn receipt(
    app: &App,
    session: &Session,
    page_context: PageContext,
    success_url: &str,
    headers: &HeaderMap,
) -> Result<Receipt> {
    let row = &session.checkout;
    let sum = row.terms.totals();
    let paid = if row.terms.trial_end.is_some() {
        0
    } else {
        sum.total
    };
    // A single line would only repeat the product and the total.
    let lines = Some(fill::lines(session, page_context)).filter(|lines| lines.len() > 1);
    let own = row.success_url.as_ref().map(|_| Link {
        url: success_url.to_owned(),
        label: fill::return_to(&session.organization, page_context),
    });
    let what_next = fill::what_next(session, page_context);
    Ok(Receipt {
        title: "thanks-title",
        product_name: session.selected().product.name.clone(),
        lines: lines.unwrap_or_default(),
        total: Line::new(
            page_context.say("paid").into_owned(),
            fill::display(paid, row.terms.currency, page_context.locale),
        ),
        facts: facts(app, session, page_context, what_next.is_some()).await?,
        email: row.buyer.customer_email.clone(),
        what_next,
        next: own.or_else(|| fill::way_back(session, page_context)),
        portal: portal_link(session, page_context, headers),
    })
}

/// The way to the customer's portal, which is opened by the key that the browser holds, or by a code. None in a frame.
fn portal_link(session: &Session, page_context: PageContext, headers: &HeaderMap) -> Option<Link> {
    let page = page_context.with_page_query(&format!("/{}/portal", session.organization.slug));
    let link = Link {
        url: with_token(&page, session, headers),
        label: page_context.say("portal-open").into_owned(),
    };
    (!page_context.embed).then_some(link)
}

/// Number and date of the order, the card that paid, and the date of the next payment where `renews`.
async fn facts(
    app: &App,
    session: &Session,
    page_context: PageContext,
    renews: bool,
) -> Result<Vec<Fact>> {
    let organization = session.organization.id;
    let order = app.store.order_of_checkout(session.checkout.id).await?;
    let Some(order) = order else {
        return Ok(Vec::new());
    };
    let subscription = match order.subscription_id {
        Some(id) => app.store.subscription(organization, id).await?,
        None => None,
    };
    let payment = app.store.paid_attempt(session.checkout.id).await?;
    let card = payment.and_then(|payment| payment.card);
    let goes_on = subscription.filter(|one| !one.cancel_at_period_end && one.ended_at.is_none());
    let date = |moment| money::date(moment, page_context.locale);
    let fact = |id: &str, value: String| Fact {
        label: page_context.say(id).into_owned(),
        value,
    };
    let number = order.invoice_number;
    let mut facts = Vec::from_iter(number.map(|number| fact("order-number", number)));
    facts.push(fact("order-date", date(order.created_at)));
    facts.extend(card.map(|card| fact("card", fill::card(&card.0))));
    let next = goes_on.filter(|_| renews);
    facts.extend(next.map(|one| fact("next-payment", date(one.current_period_end))));
    Ok(facts)
}
