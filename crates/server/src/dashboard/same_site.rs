//! Forms are taken from our own pages only. Browsers say where a form comes from; no token is needed.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use till_core::kernel::urls::PublicUrls;

use super::message;
use crate::app::App;

/// Refuses whatever changes something and does not come from a page of ours.
pub async fn refuse_others(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_ours(request.headers(), &app.urls) {
        return next.run(request).await;
    }
    message(
        StatusCode::FORBIDDEN,
        "Nothing was changed",
        "This form did not come from a page of this server. Go back, load the page again, and send it \
         once more. If that does not help, check the address: it must be the one that this server is configured for.",
    )
}

/// `Sec-Fetch-PublicUrls`, which no page can forge, or where a browser sends none (over plain http), `Origin`.
fn is_ours(headers: &HeaderMap, urls: &PublicUrls) -> bool {
    if let Some(from) = headers.get("sec-fetch-site") {
        return from == "same-origin";
    }
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_ascii_lowercase);
    let Some(origin) = headers.get(header::ORIGIN).and_then(text) else {
        return false;
    };
    let Some((_, from)) = origin.split_once("://") else {
        return false;
    };
    let here = headers.get(header::HOST).and_then(text);
    here.as_deref() == Some(from) || urls.public_url.to_ascii_lowercase() == origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_send_forms() {
        let urls = PublicUrls {
            public_url: "https://till.example".to_owned(),
            publishable_key: String::new(),
        };
        let ours = |sent: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.insert(*name, value.parse().expect("a header"));
            }
            is_ours(&headers, &urls)
        };
        let host = ("host", "10.0.0.7:8080");
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "http://10.0.0.7:8080"), host]));
        assert!(ours(&[("origin", "https://till.example"), host]));
        for other in ["cross-site", "same-site", "none", ""] {
            // A good origin does not help against what the browser itself says.
            let sent = [
                ("sec-fetch-site", other),
                ("origin", "http://10.0.0.7:8080"),
                host,
            ];
            assert!(!ours(&sent), "{other}");
        }
        assert!(!ours(&[host]));
        for origin in [
            "null",
            "http://10.0.0.7",
            "http://10.0.0.7:8080.evil.example",
            "x",
        ] {
            assert!(!ours(&[("origin", origin), host]), "{origin}");
        }
    }
}
