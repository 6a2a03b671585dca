//! The pages that people see: server-rendered HTML that works as plain forms, its styles and its
//! one script.
//!
//! Everything here is presentation: plain structs in, HTML out. Nothing loads, decides or commits.

pub mod assets;
pub mod checkout;
pub mod documents;
pub mod embed;
pub(crate) mod form_fields;
pub(crate) mod limited;
pub mod portal;
pub mod words;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use till_ports::processor::ContentSources;

use crate::{app::App, error::ApiError};
use checkout::view::{HomePage, MessagePage, PageContext};

/// The Content-Security-Policy of every page: nothing but our own styles, script and endpoints, and the
/// merchant's picture where there is one; where a processor's script takes the card, also that script and what it needs.
///
/// `form-action 'self'` also governs the redirect that follows a form's POST, so a POST may only
/// answer with a redirect to a page of ours; leaving for a merchant's URL is done from a GET.
fn content_security_policy(picture: Option<&str>, card: Option<&ContentSources>) -> HeaderValue {
    let origin = picture
        .and_then(|url| url::Url::parse(url).ok())
        .filter(|url| url.scheme() == "https")
        .map(|url| format!(" {}", url.origin().ascii_serialization()))
        .unwrap_or_default();
    let also = |of: fn(&ContentSources) -> &Vec<String>| {
        let origins = card.map(of).into_iter().flatten();
        origins
            .map(|origin| format!(" {origin}"))
            .collect::<String>()
    };
    let (script, connect, frame) = (
        also(|c| &c.script),
        also(|c| &c.connect),
        also(|c| &c.frame),
    );
    let frame = match frame.is_empty() {
        true => frame,
        false => format!("frame-src{frame}; "),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'{script}; connect-src 'self'{connect}; {frame}\
         img-src 'self' data:{origin}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).expect("an origin's ASCII form fits a header")
}

/// The most bytes that a form sends, but where files are sent with it.
pub(crate) const FORM_LIMIT: usize = 256 * 1024;

const SAFETY_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    ),
    // The client secret is in the page's address and must not travel to other sites.
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    ),
];

/// A page that can be answered with.
pub trait Page: Template {
    /// The merchant's picture on it.
    fn picture(&self) -> Option<&str> {
        None
    }

    /// The origins that the processor's script needs, where the page has it.
    fn card_sources(&self) -> Option<&ContentSources> {
        None
    }
}

/// Says when to try again, where an error knows it.
pub(crate) fn later(mut response: Response, error: &ApiError) -> Response {
    if let Some(seconds) = error.retry_after() {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Renders a page and answers with it and the headers that every page carries.
///
/// A template that fails to render is logged and becomes a bare 500.
pub fn page(status: StatusCode, page: &impl Page) -> Response {
    match page.render() {
        Ok(text) => {
            let policy = content_security_policy(page.picture(), page.card_sources());
            with_headers(status, text, policy)
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, SAFETY_HEADERS).into_response()
        }
    }
}

fn with_headers(status: StatusCode, text: String, policy: HeaderValue) -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
    let html = axum::response::Html(text);
    (status, SAFETY_HEADERS, policy, html).into_response()
}

/// `/`: a person who follows the API's address learns where they are, and where to go on.
pub(crate) async fn home_page(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let home = HomePage {
        page_context: PageContext::of_browser(&headers),
        demo_checkout: app.policy.demo_checkout.clone(),
    };
    page(StatusCode::OK, &home)
}

/// Unknown addresses: a page for browsers, the API's shape for programs.
pub(crate) async fn nowhere(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    if accept.is_some_and(|types| types.contains("text/html")) {
        return page(
            StatusCode::NOT_FOUND,
            &MessagePage::nowhere(PageContext::of_browser(&headers)),
        );
    }
    ApiError::no_route().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_carries_the_strict_policy_and_is_never_stored() {
        let answer = page(
            StatusCode::NOT_FOUND,
            &MessagePage::unknown(PageContext::default()),
        );
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let headers = answer.headers();
        assert_eq!(headers["cache-control"], "private, no-store");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let policy = headers["content-security-policy"].to_str().expect("ascii");
        assert!(policy.starts_with("default-src 'none'"));
        assert!(!policy.contains("unsafe"));
    }
}
