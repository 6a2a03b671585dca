//! Connections: two origins, one for the API and one for the script and the buyers' pages.

use std::{convert::Infallible, io, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, Response, StatusCode, header},
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    account::API_VERSION,
    api::{self, ApiOutcome},
    control,
    fake::Fake,
    pages,
    responses::plain,
};

/// Bytes that a body may have.
const BODY: usize = 1024 * 1024;

/// Which of the two origins is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `api.stripe.com`, and the fake's own controls.
    Api,
    /// `js.stripe.com` and `hooks.stripe.com`.
    Script,
}

/// Serves connections until it is dropped.
pub async fn serve(fake: Arc<Fake>, listener: TcpListener, origin: Origin) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                // Small answers are not held back for more to come.
                let _ = stream.set_nodelay(true);
                let fake = Arc::clone(&fake);
                connections.spawn(async move {
                    let service = hyper::service::service_fn(move |request| {
                        let fake = Arc::clone(&fake);
                        async move { answer(&fake, request.map(Body::new), origin).await }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        }
    }
}

/// An answer, or the end of the connection.
async fn answer(
    fake: &Arc<Fake>,
    request: Request<Body>,
    origin: Origin,
) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY).await else {
        return Ok(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is too large.",
        ));
    };
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    if parts.method == Method::OPTIONS {
        return Ok(open_to_pages(plain(StatusCode::NO_CONTENT, "")));
    }
    if origin == Origin::Script {
        return Ok(pages::answer(fake, &parts.method, path, &body));
    }
    if path == "/_fake" || path.starts_with("/_fake/") {
        return Ok(control::answer(fake, &parts.method, path, query, &body));
    }
    let request = api::Request {
        method: &parts.method,
        path,
        query,
        headers: &parts.headers,
        body: &body,
    };
    match api::answer(fake, &request).await {
        ApiOutcome::Response(answer) => Ok(response(fake, &answer)),
        ApiOutcome::Silence => {
            let never: Infallible = std::future::pending().await;
            match never {}
        }
        ApiOutcome::Reset => Err(io::Error::other("the connection is closed on demand")),
    }
}

fn response(fake: &Fake, answer: &api::ApiResponse) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body.clone()));
    *response.status_mut() = answer.status;
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set("content-type", "application/json");
    set("request-id", &answer.request);
    set("stripe-version", API_VERSION);
    set("date", &date(fake.clock.now()));
    set("cache-control", "no-cache, no-store");
    if let Some(key) = &answer.key {
        set("idempotency-key", key);
    }
    if let Some(original) = &answer.original {
        set("idempotent-replayed", "true");
        set("original-request", original);
    }
    open_to_pages(response)
}

/// A moment as headers have it.
fn date(moment: i64) -> String {
    let moment = jiff::Timestamp::from_second(moment).unwrap_or_default();
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Pages of other origins may read it: the script calls the API from the merchant's page.
fn open_to_pages(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, stripe-version"),
    );
    response
}

#[cfg(test)]
mod tests {
    #[test]
    fn dates_are_those_of_headers() {
        assert_eq!(super::date(1_700_000_000), "Tue, 14 Nov 2023 22:13:20 GMT");
    }
}
