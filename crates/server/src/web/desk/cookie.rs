//! The cookies of signing in: one holds a session's token, the other tells browsers that somebody has signed in with
//! before from those of strangers.

use axum_extra::extract::{CookieJar, cookie::Cookie};
use till_core::{
    sign_in::{
        SESSION_LIFE,
        known::{self, KNOWN_LIFE, Known},
    },
    site::Site,
};

use crate::app::App;

/// Over https the name's prefix makes browsers refuse one that another host or path has set.
fn name(site: &Site) -> &'static str {
    match site.is_https() {
        true => "__Host-till_session",
        false => "till_session",
    }
}

/// The other cookie's name.
fn known_name(site: &Site) -> &'static str {
    match site.is_https() {
        true => "__Host-till_browser",
        false => "till_browser",
    }
}

fn made(site: &Site, name: &str, value: &str, seconds: i64) -> Cookie<'static> {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}");
    Cookie::parse(text).expect("values are letters, digits and a few marks")
}

/// Gives the browser a session's token, and has it known from now on as one of `email`, in lower case.
pub(crate) fn give(app: &App, jar: CookieJar, token: &str, email: &str) -> CookieJar {
    let site = &app.site;
    let held = jar
        .get(known_name(site))
        .map(|cookie| cookie.value().to_owned());
    let marks = known::remember(held.as_deref(), email, &app.key, &app.at());
    jar.add(made(site, name(site), token, SESSION_LIFE.as_secs()))
        .add(made(site, known_name(site), &marks, KNOWN_LIFE.as_secs()))
}

/// Whether `email`, in lower case, has signed in with this browser before.
pub(crate) fn known(app: &App, jar: &CookieJar, email: &str) -> Option<Known> {
    let held = jar.get(known_name(&app.site))?;
    known::find(held.value(), email, &app.key, app.clock.now())
}

/// Takes it away.
pub(crate) fn take(jar: CookieJar, site: &Site) -> CookieJar {
    jar.add(made(site, name(site), "", 0))
}

/// The digest of the token that the browser sent, if it can be one.
pub(crate) fn digest(app: &App, jar: &CookieJar) -> Option<String> {
    let token = jar.get(name(&app.site))?.value();
    token
        .starts_with("till_ses_")
        .then(|| app.key.digest(token))
}
