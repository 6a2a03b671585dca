//! The merchant's dashboard: server-rendered pages over the actions that the API has, too.
//!
//! The dashboard has no rules of its own. It calls `actions` with the permission that the signed-in person's
//! role grants, and shows what they answer; a form becomes the API's JSON body, and the problems of a 422 go back to
//! the fields they are about (docs/behaviour: dashboard/same-rules).

pub mod access;
mod account;
mod answers;
pub mod buyers;
pub mod catalog;
pub mod chart;
mod clock;
pub mod cookie;
pub mod customers;
pub mod denied;
pub mod detail;
pub mod developers;
mod file_form;
pub mod form;
mod form_data;
mod home;
mod invitations;
pub mod layout;
pub mod listing;
pub mod live;
mod mail;
mod mail_delivery;
pub mod parts;
mod pay_link;
pub mod programs;
pub mod qr;
pub mod resource_pages;
pub mod sales;
mod same_site;
pub mod settings;
mod sign_in;
pub mod timeline;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use axum_extra::extract::CookieJar;
use http::{HeaderValue, Method, StatusCode, header};
use layout::Notice;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::App,
    dashboard::{access::Person, denied::Denied},
    error::ApiError,
    pages::{
        Page,
        limited::{self, Refuse},
        page,
    },
};

/// Every page of the dashboard, and those of the API's reference; none takes a form from another site.
pub fn routes(app: &Arc<App>, reference: Router<Arc<App>>) -> Router<Arc<App>> {
    let refuse: Refuse = |_, error| later(error);
    Router::new()
        .route("/dashboard", get(index))
        .merge(sign_in::routes())
        .merge(invitations::routes())
        .merge(account::routes())
        .merge(home::routes())
        .merge(clock::routes())
        .merge(catalog::routes())
        .merge(sales::routes())
        .merge(customers::routes())
        .merge(mail::routes())
        .merge(developers::routes())
        .merge(settings::routes())
        .merge(reference)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            same_site::refuse_others,
        ))
        .layer(middleware::from_fn(around))
        .layer(middleware::from_fn_with_state(
            (app.clone(), refuse),
            limited::count,
        ))
}

/// To the person's first organization.
async fn index(person: Person) -> Response {
    match person.organizations.first() {
        Some(one) => Redirect::to(&format!("/dashboard/{}", one.slug)).into_response(),
        None => Redirect::to("/account").into_response(),
    }
}

/// The sign-in page, and the page that follows it.
pub(crate) fn sign_in_path(next: Option<&str>) -> String {
    match next {
        None => "/sign-in".to_owned(),
        Some(next) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("next", next);
            format!("/sign-in?{}", query.finish())
        }
    }
}

/// A page that only says something.
pub(crate) fn message(status: StatusCode, title: &str, words: &str) -> Response {
    page(
        status,
        &Notice::new(title, words, ("Go to the dashboard", "/dashboard")),
    )
}

/// A page that says that there were too many requests, and when to try again.
fn later(error: &ApiError) -> Response {
    let shown = message(
        error.status(),
        "Too many requests",
        "This network has requested too many pages. Wait a moment, then reload this page.",
    );
    crate::pages::later(shown, error)
}

/// The layer around every page: what an extractor or the router refused in another shape becomes a page, and
/// what the page before had to say is said once.
async fn around(request: Request, next: Next) -> Response {
    let flash = request.method() == Method::GET
        && flash(&CookieJar::from_headers(request.headers())).is_some();
    let mut response = next.run(request).await;
    let status = response.status();
    let html = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(html);
    if is_page && flash {
        let gone = format!("{FLASH}=; Path=/; Max-Age=0");
        append_cookie(&mut response, &gone);
    }
    if is_page || status.as_u16() < 400 {
        return response;
    }
    // An id that is none names nothing.
    if matches!(
        status,
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY
    ) {
        return Denied::NotFound.into_response();
    }
    message(
        status,
        "Something went wrong",
        status.canonical_reason().unwrap_or_default(),
    )
}

fn append_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The answer of a page's handler: a page, or a page that says what went wrong.
pub type Answer = Result<Response, Denied>;

/// Shows a page.
pub(crate) fn show(content: &impl Page) -> Answer {
    Ok(page(StatusCode::OK, content))
}

/// Shows a form again with what is wrong in it.
pub(crate) fn show_again(content: &impl Page) -> Answer {
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, content))
}

/// The thing that a form has made, as far as the next page tells of it.
#[derive(Debug, Deserialize)]
pub struct CreatedResource {
    id: Uuid,
    name: Option<String>,
    description: Option<String>,
    email: Option<String>,
}

/// The cookie that carries one sentence to the next page.
const FLASH: &str = "till_said";

/// Sends the browser on to a page of ours, which then says what was done.
pub(crate) fn done(path: &str, words: &str) -> Answer {
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let cookie = format!("{FLASH}={words}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    let mut response = Redirect::to(path).into_response();
    append_cookie(&mut response, &cookie);
    Ok(response)
}

/// The message of the page before.
pub(crate) fn flash(jar: &CookieJar) -> Option<String> {
    let (words, _) = url::form_urlencoded::parse(jar.get(FLASH)?.value().as_bytes()).next()?;
    Some(words.into_owned()).filter(|words| !words.is_empty())
}

/// The free data of an object, if it has any.
pub(crate) fn metadata(object: &impl serde::Serialize) -> Option<detail::Part> {
    let object = serde_json::to_value(object).ok()?;
    let facts: Vec<_> = object
        .as_object()?
        .iter()
        .map(|(key, value)| {
            let text = match value {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Null => String::new(),
                other => other.to_string(),
            };
            detail::Fact::new(key.clone(), parts::Cell::Text(text))
        })
        .collect();
    (!facts.is_empty()).then_some(detail::Part::Facts("Metadata", facts))
}
