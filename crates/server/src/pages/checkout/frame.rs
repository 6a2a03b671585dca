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
use till_core::{checkout::Session, organizations::embed};
use till_wire::checkouts::CheckoutStatus;

use crate::pages::checkout::request::{PageQuery as Asked, is_told, with_token};
use crate::{actions::checkouts, app::App, error::Result};

/// What a page in a frame tells the page around it.
#[derive(Debug, Serialize)]
pub(super) struct Telling {
    /// The page that is told: the one that the session is for, and no other.
    origin: String,
    /// The words on the button that closes it.
    close: String,
    /// Whether the buyer has confirmed.
    confirmed: bool,
    /// What follows, once it is known that the purchase is fulfilled.
    success: Option<Success>,
}

/// Where the buyer goes after paying.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Success {
    #[serde(rename = "successURL")]
    url: String,
    /// Whether that is a page of the merchant, to which the page around the frame goes.
    redirect: bool,
}

/// `GET /checkout/{client_secret}/frame`: null where there is nobody to tell.
pub(super) async fn telling(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let session = checkouts::session(&app, &secret).await?;
    let Some(origin) = page_around(&session) else {
        return Ok(Json(()).into_response());
    };
    let look = asked.look(&headers).of_session(&session);
    let status = session.checkout.status;
    let success = match status {
        CheckoutStatus::Succeeded if asked.stays() || is_told(&app, &session).await? => {
            let own = session.checkout.success_url.is_none();
            let url = session.success_url(&app.urls);
            let url = if own { look.carried(&url) } else { url };
            Some(Success {
                url: with_token(&url, &session, &headers),
                redirect: !own && !asked.stays(),
            })
        }
        _ => None,
    };
    let telling = Telling {
        origin,
        close: look.say("close-checkout").into_owned(),
        confirmed: matches!(
            status,
            CheckoutStatus::Confirmed | CheckoutStatus::Succeeded
        ),
        success,
    };
    Ok(Json(telling).into_response())
}

/// The origin of the page that is told what happens in the frame.
pub(super) fn page_around(session: &Session) -> Option<String> {
    let (row, hosts) = (
        &session.checkout,
        &session.organization.settings.embed_hosts,
    );
    let by_link = row.checkout_link_id.is_some();
    embed::page_of(row.embed_origin.as_deref(), by_link, hosts)
}

/// The sites that may put a page into a frame, besides the page's own site.
#[derive(Debug, Clone)]
pub(super) struct Ancestors(Vec<String>);

impl Ancestors {
    /// The page that the session is for, else the organization's hosts.
    pub(super) fn of(session: &Session) -> Self {
        let hosts = &session.organization.settings.embed_hosts;
        Self(embed::ancestors(page_around(session), hosts))
    }

    /// Says so of a page that is about the session.
    pub(super) fn may_frame(self, mut page: Response) -> Response {
        page.extensions_mut().insert(self);
        page
    }
}

/// Lets a page that is asked for in a frame be framed by those whom it names; every other page stays unframed.
pub(super) async fn framed(request: Request, next: Next) -> Response {
    let asked = request.uri().query().map(str::as_bytes).unwrap_or_default();
    let embedded = url::form_urlencoded::parse(asked).any(|(k, v)| k == "embed" && v == "true");
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
