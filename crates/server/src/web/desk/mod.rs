//! The merchant's dashboard: server-rendered pages over the API's own handlers.
//!
//! The dashboard has no rules of its own. It asks the API's functions in process, with the permission that
//! the signed-in person's role grants, and shows the answers; a form becomes the API's JSON body, and the
//! problems of a 422 go back to the fields they are about (lifecycle.md I).

pub mod developers;
pub mod form;
pub mod listing;
pub mod parts;
pub mod products;
pub mod programs;
pub mod settings;
pub mod sheet;
pub mod shell;

use std::sync::Arc;

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, StatusCode, header};

use super::{Page, page};
use crate::{app::App, error::ApiError};
use shell::Notice;

/// Every page of the dashboard.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(products::routes())
        .merge(developers::routes())
        .merge(settings::routes())
        .layer(axum::middleware::map_response(as_page))
}

/// People read pages: what an extractor or the router refused in another shape becomes one.
async fn as_page(response: Response) -> Response {
    let status = response.status();
    let html = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    if status.as_u16() < 400 || response.headers().get(header::CONTENT_TYPE).is_some_and(html) {
        return response;
    }
    // An id that is none names nothing.
    let status = match status {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::NOT_FOUND,
        other => other,
    };
    let words = status.canonical_reason().unwrap_or_default().to_owned();
    page(status, &Notice::trouble(status, words))
}

/// What a page's handler answers: a page, or a page that says what went wrong.
pub type Answer = Result<Response, Trouble>;

/// An error of the API's, told on a page.
#[derive(Debug)]
pub struct Trouble(pub ApiError);

impl<E: Into<ApiError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        // Told once: an internal cause goes to the log with the API's own answer.
        let status = self.0.status();
        let words = self.0.detail();
        if status.is_server_error() {
            drop(self.0.into_response());
        }
        page(status, &Notice::trouble(status, words))
    }
}

/// Shows a page.
pub(crate) fn show(content: &impl Page) -> Answer {
    Ok(page(StatusCode::OK, content))
}

/// Shows a form again with what is wrong in it.
pub(crate) fn show_again(content: &impl Page) -> Answer {
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, content))
}

/// The name of the cookie that carries one sentence to the next page.
pub const SAID: &str = "till_said";

/// Sends the browser on to a page of ours, which then says what was done.
pub(crate) fn done(path: &str, words: &str) -> Answer {
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let cookie = format!("{SAID}={words}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    let mut response = Redirect::to(path).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The free data of an object, if it has any.
pub(crate) fn metadata(object: &impl serde::Serialize) -> Option<sheet::Part> {
    let object = serde_json::to_value(object).ok()?;
    let facts: Vec<_> = object
        .as_object()?
        .iter()
        .map(|(key, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            sheet::Fact::new(key.clone(), parts::Cell::Text(text))
        })
        .collect();
    (!facts.is_empty()).then_some(sheet::Part::Facts {
        title: "Metadata",
        facts,
    })
}
