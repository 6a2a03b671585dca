//! Signing in by password or by a link to the e-mail address, and signing out.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::CookieJar;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use till_core::{
    kernel::{
        changes::CommitConflict,
        records::{SignInMethod, User},
    },
    people::sign_in::{self, LINK_USED, Letter},
};
use till_store::CommitError;
use till_wire::values::email_syntax;

use super::{
    cookie,
    form::{Field, Kind},
    sign_in_path,
};
use crate::{
    app::App,
    dashboard::{
        access::{Device, Person, local_path},
        denied::Denied,
        mail_delivery::MailDelivery,
    },
    http::limits::{self, Network},
    pages::{Page, page},
};

/// The routes.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in", get(show).post(by_password))
        .route("/sign-in/link", post(request_link))
        .route("/sign-in/sent", get(link_sent))
        .route("/sign-in/link/{token}", get(show_link).post(by_link))
        .route("/sign-out", post(sign_out))
}

const WRONG: &str = "The e-mail address or the password is wrong.";
const NO_ADDRESS: &str = "Enter an e-mail address, such as ada@example.com.";

/// `GET /sign-in`, and the answer to its two forms when there is something to say.
#[derive(Debug, Template)]
#[template(path = "dashboard/sign_in.html")]
struct SignInPage {
    /// The page of ours that follows.
    next: Option<String>,
    email: Field,
    password: Field,
    mail: MailDelivery,
    /// The error, in a sentence.
    error: Option<String>,
}

impl SignInPage {
    /// `email` as typed.
    fn new(app: &App, next: Option<String>, email: &str, error: Option<String>) -> Self {
        let (email, password) = (
            Field::new("email", "E-mail address", Kind::Line("email"))
                .value(email.chars().take(254).collect::<String>())
                .autocomplete("username")
                .required(),
            Field::new("password", "Password", Kind::Line("password"))
                .autocomplete("current-password")
                .required(),
        );
        Self {
            next,
            email: email.focus(),
            password,
            mail: MailDelivery::of(app),
            error,
        }
    }
}

impl Page for SignInPage {}

/// The page after a link was asked for: the same for every address.
#[derive(Debug, Template)]
#[template(path = "dashboard/link_sent.html")]
struct SentPage {
    mail: MailDelivery,
}

impl Page for SentPage {}

/// The page that a link opens: looking at it does not use the link up.
#[derive(Debug, Template)]
#[template(path = "dashboard/link.html")]
struct LinkPage {
    /// The person whom the link signs in; none where it does not work any more.
    email: Option<String>,
    next: Option<String>,
}

impl Page for LinkPage {}

impl LinkPage {
    fn answer(email: Option<String>, next: Option<String>) -> Response {
        let status = match email {
            Some(_) => StatusCode::OK,
            None => StatusCode::GONE,
        };
        page(status, &LinkPage { email, next })
    }
}

/// The page that follows, as the address or a form names it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NextPage {
    next: Option<String>,
}

impl NextPage {
    fn local(&self) -> Option<String> {
        self.next.as_deref().and_then(local_path).map(str::to_owned)
    }
}

/// Both forms of the page.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SignInForm {
    email: String,
    password: String,
    #[serde(flatten)]
    onward: NextPage,
}

impl SignInForm {
    /// The address as it is kept, if it is one.
    fn address(&self) -> Option<String> {
        email_syntax(&self.email).map(|email| email.to_lowercase())
    }

    /// The form again, with what was typed but the password.
    fn again(&self, app: &App, status: StatusCode, error: &str) -> Response {
        let shown = SignInPage::new(
            app,
            self.onward.local(),
            &self.email,
            Some(error.to_owned()),
        );
        page(status, &shown)
    }

    /// The form again, because a budget is spent.
    fn later(&self, app: &App, seconds: u64) -> Response {
        let words = match seconds.div_ceil(60) {
            1 => "Too many attempts. Wait a minute, then try again.".to_owned(),
            minutes => format!("Too many attempts. Wait {minutes} minutes, then try again."),
        };
        let mut response = self.again(app, StatusCode::TOO_MANY_REQUESTS, &words);
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
        response
    }
}

async fn show(
    State(app): State<Arc<App>>,
    person: Result<Person, Denied>,
    Query(onward): Query<NextPage>,
) -> Response {
    let next = onward.local();
    if person.is_ok() {
        return redirect_to(next.as_deref());
    }
    let shown = SignInPage::new(&app, next, "", None);
    page(StatusCode::OK, &shown)
}

/// To the page that follows signing in.
fn redirect_to(next: Option<&str>) -> Response {
    Redirect::to(next.unwrap_or("/dashboard")).into_response()
}

async fn by_password(
    State(app): State<Arc<App>>,
    device: Device,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Result<Response, Denied> {
    let email = form.address();
    let known = email
        .as_deref()
        .and_then(|email| cookie::known(&app, &jar, email));
    let budgets = limits::password(&app, email.as_deref(), &device.network, known.as_ref());
    if let Some(seconds) = budgets.await? {
        return Ok(form.later(&app, seconds));
    }
    let user = match &email {
        Some(email) => app.store.user_by_email(email).await?,
        None => None,
    };
    // Somebody unknown, or without a password, costs the same time and gets the same words.
    let hash = user.as_ref().and_then(|user| user.password_hash.as_ref());
    let is_right = app.passwords.verify(&form.password, hash).await?;
    let Some(user) = user.filter(|_| is_right) else {
        return Ok(form.again(&app, StatusCode::UNPROCESSABLE_ENTITY, WRONG));
    };
    let left = cookie::digest(&app, &jar);
    let (_, token, changes) = sign_in::open(
        &user,
        SignInMethod::Password,
        &device.shown,
        left.as_deref(),
        &app.key,
        &app.context(),
    );
    app.commit(changes).await?;
    let jar = cookie::give(&app, jar, &token, &user.email);
    Ok((jar, redirect_to(form.onward.local().as_deref())).into_response())
}

async fn request_link(
    State(app): State<Arc<App>>,
    network: Network,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Result<Response, Denied> {
    let email = form.address();
    let known = email
        .as_deref()
        .and_then(|email| cookie::known(&app, &jar, email));
    let budgets = limits::link(&app, email.as_deref(), &network, known.as_ref());
    if let Some(seconds) = budgets.await? {
        return Ok(form.later(&app, seconds));
    }
    let Some(email) = email else {
        return Ok(form.again(&app, StatusCode::UNPROCESSABLE_ENTITY, NO_ADDRESS));
    };
    let letter = Letter::SignIn {
        email,
        next: form.onward.local(),
    };
    app.commit(letter.send(&app.context())).await?;
    Ok(Redirect::to("/sign-in/sent").into_response())
}

async fn link_sent(State(app): State<Arc<App>>) -> Response {
    let mail = MailDelivery::of(&app);
    page(StatusCode::OK, &SentPage { mail })
}

async fn show_link(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(onward): Query<NextPage>,
) -> Result<Response, Denied> {
    let found = app.store.sign_in_link(&app.key.digest(&token)).await?;
    let works = found.filter(|(link, _)| sign_in::works(link, app.clock.now()));
    Ok(LinkPage::answer(
        works.map(|(_, User { email, .. })| email),
        onward.local(),
    ))
}

async fn by_link(
    State(app): State<Arc<App>>,
    device: Device,
    jar: CookieJar,
    Path(token): Path<String>,
    Form(onward): Form<NextPage>,
) -> Result<Response, Denied> {
    let left = cookie::digest(&app, &jar);
    let found = app.store.sign_in_link(&app.key.digest(&token)).await?;
    let opened = found.and_then(|(link, user)| {
        let (device, left) = (&device.shown, left.as_deref());
        let redeemed = sign_in::redeem(&link, &user, device, left, &app.key, &app.context());
        redeemed.map(|(_, token, changes)| (user, token, changes))
    });
    let Some((user, token, changes)) = opened else {
        return Ok(LinkPage::answer(None, onward.local()));
    };
    match app.store.commit(changes).await {
        Ok(()) => {}
        Err(CommitError::Conflict(CommitConflict::NotOne(LINK_USED))) => {
            return Ok(LinkPage::answer(None, onward.local()));
        }
        Err(error) => return Err(error.into()),
    }
    let jar = cookie::give(&app, jar, &token, &user.email);
    Ok((jar, redirect_to(onward.local().as_deref())).into_response())
}

async fn sign_out(
    State(app): State<Arc<App>>,
    person: Result<Person, Denied>,
    jar: CookieJar,
) -> Result<Response, Denied> {
    if let Ok(person) = person {
        let changes = sign_in::end(person.user.id, person.session.id, &app.context());
        app.commit(changes).await?;
    }
    let jar = cookie::take(jar, &app.urls);
    Ok((jar, Redirect::to(&sign_in_path(None))).into_response())
}
