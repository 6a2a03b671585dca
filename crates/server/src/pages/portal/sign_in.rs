//! Signing in by a code, by a session's token in the address, and signing out (docs/behaviour: portal-pages/code).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use till_core::{
    kernel::folding::email_key,
    portal::codes::{self, CODE_LIFE, CodeRequest},
};
use till_wire::values::email_syntax;

use super::{
    access::{Answer, Portal, answered, with_cookie},
    form::Posted,
    view::{Choice, EntryPage, FieldKind, Form, FormField, Look},
};
use crate::{
    actions::portal::{
        letters_arrive,
        sign_in::{self, Account},
    },
    app::App,
    error::{ApiError, Result},
    http::{
        idempotency::{EarlierSubmission, IdempotencyGuard},
        limits::{CodeAttempt, Network},
    },
    pages::{checkout::view::Link, later, page},
};

/// The cookie that holds the address to which a code was sent.
const ADDRESS: &str = "till_portal_email";
/// Characters of an address that are shown again.
pub(super) const LONGEST: usize = 254;

/// The address that a browser waits for a code with.
fn waiting(portal: &Portal) -> Option<String> {
    let held = portal.jar.get(ADDRESS)?.value();
    let (email, _) = url::form_urlencoded::parse(held.as_bytes()).next()?;
    email_syntax(&email)
}

fn address_cookie(portal: &Portal, email: &str) -> HeaderValue {
    let email: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    portal.cookie(ADDRESS, &email, CODE_LIFE.as_secs())
}

/// The page on which somebody signs in; `query` is the address's.
pub(super) fn show(portal: &Portal, query: &str) -> Response {
    let asked = Posted::of_query(query);
    match waiting(portal) {
        Some(email) if !asked.has("again") && !asked.has("ended") => {
            page(StatusCode::OK, &code_page(portal, &email, None))
        }
        _ => {
            let email: String = asked.text("email").chars().take(LONGEST).collect();
            let mut shown = email_page(portal, &email, None);
            if asked.has("ended") {
                shown.note = Some(portal.page_context.say("portal-signed-out").into_owned());
            }
            page(StatusCode::OK, &shown)
        }
    }
}

/// The form that asks for the address; `error` is what is wrong with it.
fn email_page(portal: &Portal, email: &str, error: Option<String>) -> EntryPage {
    let say = |id: &str| portal.page_context.say(id).into_owned();
    let mut shown = EntryPage {
        shell: portal.shell(),
        title: say("portal-sign-in"),
        body: None,
        note: None,
        error: None,
        form: None,
        others: Vec::new(),
        link: None,
    };
    if !letters_arrive(&portal.app) {
        shown.body = Some(say("portal-no-mail"));
        return shown;
    }
    let field = FormField {
        autocomplete: "email",
        inputmode: Some("email"),
        has_focus: true,
        ..FormField::new("email", say("email"), FieldKind::Line("email", 320))
    };
    shown.body = Some(say("portal-sign-in-body"));
    shown.form = Some(Form {
        page_context: portal.page_context,
        action: portal.url(""),
        key: Some(portal.app.context().id()),
        fields: vec![field.holding(email).wrong(error)],
        submit: say("portal-send-code"),
        ..Form::default()
    });
    shown
}

/// The form that asks for the code.
fn code_page(portal: &Portal, email: &str, error: Option<String>) -> EntryPage {
    let say = |id: &str| portal.page_context.say(id).into_owned();
    let field = FormField {
        autocomplete: "one-time-code",
        has_focus: true,
        ..FormField::new("code", say("portal-code"), FieldKind::Line("text", 16))
    };
    let with_email = [("email", email.into())];
    let again = Form {
        page_context: portal.page_context,
        action: portal.url(""),
        key: Some(portal.app.context().id()),
        hidden: vec![("email", email.to_owned())],
        submit: say("portal-code-again"),
        look: Look::Quiet,
        ..Form::default()
    };
    let test = portal
        .app
        .sandbox
        .is_some()
        .then(|| say("portal-test-mail"));
    EntryPage {
        shell: portal.shell(),
        title: say("portal-code-title"),
        body: Some(portal.page_context.with("portal-code-body", with_email)),
        note: test,
        error: None,
        form: Some(Form {
            page_context: portal.page_context,
            action: portal.url("/code"),
            key: Some(portal.app.context().id()),
            fields: vec![field.wrong(error)],
            submit: say("portal-sign-in"),
            ..Form::default()
        }),
        others: vec![again],
        link: Some(Link {
            url: portal.url("?again=true"),
            label: say("portal-other-email"),
        }),
    }
}

/// A page again because a budget is spent.
fn too_many(mut shown: EntryPage, error: &ApiError) -> Response {
    shown.error = Some(shown.shell.page_context.say("too-often").into_owned());
    later(page(StatusCode::TOO_MANY_REQUESTS, &shown), error)
}

/// `POST …/portal`: sends a code. Whether anybody has the address shows nowhere, nor in the time that it takes.
pub(super) async fn request_code(
    portal: Portal,
    network: Network,
    posted: Result<Posted>,
) -> Response {
    let answer = async {
        let posted = posted?;
        let typed = posted.text("email");
        let shown: String = typed.chars().take(LONGEST).collect();
        let Some(email) = email_syntax(&typed) else {
            let id = match typed.is_empty() {
                true => "error-email-missing",
                false => "error-email",
            };
            let error = portal.page_context.say(id).into_owned();
            let again = email_page(&portal, &shown, Some(error));
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again));
        };
        let request = CodeRequest {
            organization_id: portal.organization.id,
            email,
            customer_id: None,
        };
        let guard = IdempotencyGuard::default();
        let asked = sign_in::request_code(&portal.app, &request, &guard, &network);
        if let Err(error) = asked.await {
            return match error.retry_after() {
                Some(_) => Ok(too_many(email_page(&portal, &shown, None), &error)),
                None => Err(error),
            };
        }
        let cookie = address_cookie(&portal, &request.email);
        Ok(with_cookie(portal.go(""), cookie))
    };
    let answer: Answer = answer.await;
    answered(&portal, answer)
}

/// `GET …/portal/code`, where a reload after a wrong code leads.
pub(super) async fn back(portal: Portal) -> Response {
    portal.go("")
}

/// `POST …/portal/code`: signs in with the code.
pub(super) async fn by_code(portal: Portal, network: Network, posted: Result<Posted>) -> Response {
    let answer = async {
        let posted = posted?;
        let Some(email) = waiting(&portal) else {
            return Ok(portal.go("?again=true"));
        };
        let say = |id: &str| Some(portal.page_context.say(id).into_owned());
        let wrong = |id: &str| {
            let shown = code_page(&portal, &email, say(id));
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        };
        let Some(code) = codes::typed(&posted.text("code")) else {
            return wrong("portal-code-missing");
        };
        let (app, own) = (&portal.app, portal.organization.id);
        // The same form, sent twice: what came of the first.
        let guard = posted.guard_of(app, &email)?;
        if let EarlierSubmission::Done(Opened { token }) = guard.before(app).await? {
            return Ok(let_in(&portal, &token)
                .await?
                .unwrap_or_else(|| portal.go("")));
        }
        let attempt = match CodeAttempt::of_portal(app, Some((own, &email)), &network).await {
            Ok(attempt) => attempt,
            Err(error) if error.retry_after().is_some() => {
                return Ok(too_many(code_page(&portal, &email, None), &error));
            }
            Err(error) => return Err(error),
        };
        let key = email_key(&email);
        let found = sign_in::find_code(app, Some((own, &key)), &code).await?;
        let Some(found) = found else {
            return wrong("portal-code-wrong");
        };
        let accounts = sign_in::accounts(app, own, &email, found.customer_id).await?;
        let chosen = posted.get("account");
        let account = match accounts.as_slice() {
            [] => return wrong("portal-code-wrong"),
            [only] => only,
            several => match several
                .iter()
                .find(|one| Some(&*one.customer.id.to_string()) == chosen)
            {
                Some(chosen) => chosen,
                None => {
                    let shown = choose(&portal, &code, several);
                    return Ok(page(StatusCode::OK, &shown));
                }
            },
        };
        match sign_in::redeem(app, &found, account, &attempt, &guard).await? {
            None => wrong("portal-code-wrong"),
            Some((_, token)) => Ok(let_in(&portal, &token)
                .await?
                .unwrap_or_else(|| portal.go(""))),
        }
    };
    let answer: Answer = answer.await;
    answered(&portal, answer)
}

/// Token of the session that a form has opened, as it is kept for the same form.
#[derive(Deserialize)]
pub(super) struct Opened {
    pub token: String,
}

/// On to the overview with a session's token; none where that opens nothing.
async fn let_in(portal: &Portal, token: &str) -> Result<Option<Response>> {
    let_in_to(portal, token, "").await
}

/// On to a page of the portal with a session's token; none where that opens nothing.
pub(super) async fn let_in_to(
    portal: &Portal,
    token: &str,
    rest: &str,
) -> Result<Option<Response>> {
    let viewer = portal.viewer(token).await?;
    Ok(viewer.map(|viewer| {
        let cookie = portal.session_cookie(token, &viewer.session);
        let answer = with_cookie(portal.go(rest), cookie);
        with_cookie(answer, portal.cookie(ADDRESS, "", 0))
    }))
}

/// The form that asks which of several customers somebody comes as. It carries the code, which is not used up yet.
fn choose(portal: &Portal, code: &str, accounts: &[Account]) -> EntryPage {
    let say = |id: &str| portal.page_context.say(id).into_owned();
    let customers = accounts.iter().map(|one| &one.customer);
    let options = customers.map(|one| Choice {
        value: one.id.to_string(),
        title: one.name_on_bills().unwrap_or_else(|| one.email.clone()),
        note: None,
        price: None,
        every: None,
    });
    let first = accounts.first().map(|one| one.customer.id.to_string());
    let field = FormField::new(
        "account",
        say("portal-account"),
        FieldKind::Options(options.collect()),
    );
    EntryPage {
        shell: portal.shell(),
        title: say("portal-choose"),
        body: None,
        note: None,
        error: None,
        form: Some(Form {
            page_context: portal.page_context,
            action: portal.url("/code"),
            key: Some(portal.app.context().id()),
            hidden: vec![("code", code.to_owned())],
            fields: vec![field.holding(first.unwrap_or_default())],
            submit: say("portal-sign-in"),
            ..Form::default()
        }),
        others: Vec::new(),
        link: None,
    }
}

/// Signs in with a token from the address, which is taken out of it by a redirect.
pub(super) async fn by_token(portal: &Portal, token: &str, query: &Posted) -> Answer {
    match let_in(portal, token).await? {
        Some(answer) => Ok(answer),
        None => {
            let email: String = query.text("email").chars().take(LONGEST).collect();
            let mut shown = email_page(portal, &email, None);
            shown.note = Some(portal.page_context.say("portal-signed-out").into_owned());
            Ok(page(StatusCode::UNAUTHORIZED, &shown))
        }
    }
}

/// `POST …/portal/sign-out`
pub(super) async fn sign_out(State(app): State<Arc<App>>, portal: Portal) -> Response {
    let answer = async {
        if let Some(viewer) = portal.signed_in().await? {
            sign_in::sign_out(&app, &viewer.session).await?;
        }
        let answer = with_cookie(portal.go("?again=true"), portal.no_session_cookie());
        Ok(with_cookie(answer, portal.cookie(ADDRESS, "", 0)))
    };
    let answer: Answer = answer.await;
    answered(&portal, answer)
}
