//! The cookie that holds a session's token.

use axum_extra::extract::{CookieJar, cookie::Cookie};
use till_core::{sign_in::SESSION_LIFE, site::Site};

use crate::app::App;

/// Over https the name's prefix makes browsers refuse one that another host or path has set.
fn name(site: &Site) -> &'static str {
    match site.is_https() {
        true => "__Host-till_session",
        false => "till_session",
    }
}

fn made(site: &Site, token: &str, seconds: i64) -> Cookie<'static> {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let text = format!(
        "{}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}",
        name(site)
    );
    Cookie::parse(text).expect("tokens are letters, digits and underscores")
}

/// Gives the browser a session's token.
pub(crate) fn give(jar: CookieJar, site: &Site, token: &str) -> CookieJar {
    jar.add(made(site, token, SESSION_LIFE.as_secs()))
}

/// Takes it away.
pub(crate) fn take(jar: CookieJar, site: &Site) -> CookieJar {
    jar.add(made(site, "", 0))
}

/// The digest of the token that the browser sent, if it can be one.
pub(crate) fn digest(app: &App, jar: &CookieJar) -> Option<String> {
    let token = jar.get(name(&app.site))?.value();
    token
        .starts_with("till_ses_")
        .then(|| app.key.digest(token))
}
