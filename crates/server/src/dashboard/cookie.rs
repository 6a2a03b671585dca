//! The cookies of signing in: one holds a session's token, the other tells browsers that somebody has signed in with
//! before from those of strangers.

use axum_extra::extract::{CookieJar, cookie::Cookie};
use till_core::{
    kernel::urls::PublicUrls,
    people::sign_in::{
        SESSION_LIFE,
        known_browser::{self, KNOWN_LIFE, KnownBrowser},
    },
};

use crate::app::App;

/// Over https the name's prefix makes browsers refuse one that another host or path has set.
fn name(urls: &PublicUrls) -> &'static str {
    match urls.is_https() {
        true => "__Host-till_session",
        false => "till_session",
    }
}

/// The other cookie's name.
fn known_name(urls: &PublicUrls) -> &'static str {
    match urls.is_https() {
        true => "__Host-till_browser",
        false => "till_browser",
    }
}

fn made(urls: &PublicUrls, name: &str, value: &str, seconds: i64) -> Cookie<'static> {
    let secure = if urls.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}");
    Cookie::parse(text).expect("values are letters, digits and a few marks")
}

/// Gives the browser a session's token, and has it known from now on as one of `email`, in lower case.
pub(crate) fn give(app: &App, jar: CookieJar, token: &str, email: &str) -> CookieJar {
    let urls = &app.urls;
    let held = jar
        .get(known_name(urls))
        .map(|cookie| cookie.value().to_owned());
    let marks = known_browser::remember(held.as_deref(), email, &app.key, &app.context());
    jar.add(made(urls, name(urls), token, SESSION_LIFE.as_secs()))
        .add(made(urls, known_name(urls), &marks, KNOWN_LIFE.as_secs()))
}

/// The browser, where `email`, in lower case, has signed in with it before.
pub(crate) fn known(app: &App, jar: &CookieJar, email: &str) -> Option<KnownBrowser> {
    let held = jar.get(known_name(&app.urls))?;
    known_browser::find(held.value(), email, &app.key, app.clock.now())
}

/// Takes it away.
pub(crate) fn take(jar: CookieJar, urls: &PublicUrls) -> CookieJar {
    jar.add(made(urls, name(urls), "", 0))
}

/// The digest of the token that the browser sent, if it can be one.
pub(crate) fn digest(app: &App, jar: &CookieJar) -> Option<String> {
    let token = jar.get(name(&app.urls))?.value();
    token
        .starts_with("till_ses_")
        .then(|| app.key.digest(token))
}
