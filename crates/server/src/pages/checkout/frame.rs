//! The checkout in a frame on a merchant's page (docs/behaviour/embedding.md): who may frame it, and what the frame
//! tells the page around it. Asked for by `?embed=true`, which every page carries on to the next.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use till_core::checkout::Session;
use till_wire::checkouts::CheckoutStatus;

use crate::pages::checkout::request::{PageQuery, is_webhook_delivered, with_token};
use crate::{actions::checkouts, app::App, error::Result};

/// The message of a page in a frame to the page around it.
#[derive(Debug, Serialize)]
pub(super) struct FrameMessage {
    /// The page that is told: the one that the session is for, and no other.
    origin: String,
    /// The words on the button that closes it.
    close: String,
    /// True once the buyer has confirmed.
    confirmed: bool,
    /// The next address, once it is known that the purchase is fulfilled.
    success: Option<Success>,
}

/// The page that the buyer goes to after paying.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Success {
    #[serde(rename = "successURL")]
    url: String,
    /// True where that is a page of the merchant, to which the page around the frame goes.
    redirect: bool,
}

/// `GET /checkout/{client_secret}/frame`: null where there is nobody to tell.
pub(super) async fn frame_message(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(page_query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let session = checkouts::session(&app, &secret).await?;
    let Some(origin) = page_around(&app, &session) else {
        return Ok(Json(()).into_response());
    };
    let page_context = page_query.page_context(&headers).of_session(&session);
    let status = session.checkout.status;
    let success = match status {
        CheckoutStatus::Succeeded
            if page_query.stays() || is_webhook_delivered(&app, &session).await? =>
        {
            let own = session.checkout.success_url.is_none();
            let url = session.success_url(&app.urls);
            let url = if own {
                page_context.with_page_query(&url)
            } else {
                url
            };
            Some(Success {
                url: with_token(&url, &session, &headers),
                redirect: !own && !page_query.stays(),
            })
        }
        _ => None,
    };
    let frame_message = FrameMessage {
        origin,
        close: page_context.say("close-checkout").into_owned(),
        confirmed: matches!(
            status,
            CheckoutStatus::Confirmed | CheckoutStatus::Succeeded
        ),
        success,
    };
    Ok(Json(frame_message).into_response())
}

/// The origin of the page that is told what happens in the frame.
pub(super) fn page_around(app: &App, session: &Session) -> Option<String> {
    let row = &session.checkout;
    let hosts = app.embed_hosts(&session.organization);
    hosts.page_of(row.embed_origin.as_deref(), row.checkout_link_id.is_some())
}

/// The sites that may put a page into a frame, besides the page's own site.
#[derive(Debug, Clone)]
pub(super) struct Ancestors(Vec<String>);

impl Ancestors {
    /// The page that the session is for, else the organization's hosts.
    pub(super) fn of(app: &App, session: &Session) -> Self {
        let hosts = app.embed_hosts(&session.organization);
        Self(hosts.ancestors(page_around(app, session)))
    }

    /// Says so of a page that is about the session.
    pub(super) fn may_frame(self, mut page: Response) -> Response {
        page.extensions_mut().insert(self);
        page
    }
}

/// Lets a page that is asked for in a frame be framed by those whom it names; every other page stays unframed.
pub(super) async fn framed(request: Request, next: Next) -> Response {
    let query = request.uri().query().map(str::as_bytes).unwrap_or_default();
    let embedded = url::form_urlencoded::parse(query).any(|(k, v)| k == "embed" && v == "true");
    let mut response = next.run(request).await;
    let ancestors = response.extensions_mut().remove::<Ancestors>();
    let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
    let (Some(Ancestors(ancestors)), Some(policy)) =
        (ancestors, policy.and_then(|policy| policy.to_str().ok()))
    else {
        return response;
    };
    if embedded && !ancestors.is_empty() {
        let framed = format!("frame-ancestors {}", ancestors.join(" "));
        let policy = policy.replace("frame-ancestors 'none'", &framed);
        let policy = HeaderValue::from_str(&policy).expect("origins and hosts are plain ASCII");
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
