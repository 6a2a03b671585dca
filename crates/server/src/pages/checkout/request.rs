//! Content of a request for a page, and the answers that all pages of the checkout share.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use till_core::checkout::Session;

use super::{
    money::Locale,
    view::{MessagePage, PageContext, Theme},
};
use crate::{
    app::App,
    error::{ApiError, Result},
    pages::{later, page},
};

/// The cookie that holds the key to the customer's portal.
pub(in crate::pages) const PORTAL_COOKIE: &str = "till_portal";

/// The time that a page waits for a delivered webhook before it moves on (docs/behaviour: pages/waiting).
const DELIVERY_WAIT: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);

/// The query of a page's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct PageQuery {
    theme: Option<String>,
    locale: Option<String>,
    stay: Option<String>,
    posted: Option<String>,
    embed: Option<String>,
    redirect_status: Option<String>,
}

impl PageQuery {
    /// As far as it is known before the session is.
    pub(in crate::pages) fn page_context(&self, headers: &HeaderMap) -> PageContext {
        let browser = PageContext::of_browser(headers);
        let chosen_locale = self.locale.as_deref().and_then(Locale::of_tag);
        PageContext {
            locale: chosen_locale.unwrap_or(browser.locale),
            chosen_locale,
            theme: Theme::from_query(self.theme.as_deref()),
            embed: self.embed.as_deref() == Some("true"),
        }
    }

    /// True where the buyer stays on our page, although the merchant has one for after paying.
    pub(super) fn stays(&self) -> bool {
        self.stay.is_some()
    }

    /// True where the buyer comes from a page of the processor, or of their bank. Anybody can write how that ended
    /// into an address, so the processor is asked.
    pub(super) fn is_back_from_processor(&self) -> bool {
        self.redirect_status.is_some()
    }

    /// True where the page follows a form's POST.
    pub(super) fn is_posted(&self) -> bool {
        self.posted.is_some()
    }
}

/// True where no real money moves.
pub(in crate::pages) fn test_mode(app: &App) -> bool {
    app.processor.test_mode()
}

/// Unknown, expired and broken sessions get pages, not JSON.
pub(in crate::pages) fn error_page(page_context: PageContext, error: &ApiError) -> Response {
    let status = error.status();
    match status {
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => {
            page(StatusCode::NOT_FOUND, &MessagePage::unknown(page_context))
        }
        StatusCode::GONE => page(status, &MessagePage::expired(page_context)),
        StatusCode::TOO_MANY_REQUESTS => {
            later(page(status, &MessagePage::too_often(page_context)), error)
        }
        _ => page(
            status,
            &MessagePage::server_error(page_context, error.log_fault()),
        ),
    }
}

/// True once the merchant has heard of the success, or has had its time to.
pub(super) async fn is_webhook_delivered(app: &App, session: &Session) -> Result<bool> {
    let since = session
        .checkout
        .modified_at
        .unwrap_or(session.checkout.created_at);
    Ok(
        app.now_of(&session.organization).duration_since(since) >= DELIVERY_WAIT
            || !app.store.awaits_delivery(session.checkout.id).await?,
    )
}

/// The address after success with the key to the customer's portal, where this browser holds one that opens it:
/// that of a customer known by e-mail alone never became one.
pub(super) fn with_token(url: &str, session: &Session, headers: &HeaderMap) -> String {
    if session.checkout.matched_by_email {
        return url.to_owned();
    }
    let jar = CookieJar::from_headers(headers);
    let is_token = |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match jar
        .get(PORTAL_COOKIE)
        .map(|held| held.value())
        .filter(is_token)
    {
        None => url.to_owned(),
        Some(token) => {
            let (base, fragment) = url
                .split_once('#')
                .map_or((url, None), |(b, f)| (b, Some(f)));
            let join = if base.contains('?') { '&' } else { '?' };
            let fragment = fragment.map(|f| format!("#{f}")).unwrap_or_default();
            format!("{base}{join}customer_session_token={token}{fragment}")
        }
    }
}
