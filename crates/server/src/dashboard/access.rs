//! The signed-in person, and what they may do in the organization that the address names.

use std::{fmt, ops::Deref, sync::Arc};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{HeaderMap, Method, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use futures_util::future::BoxFuture;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Serialize, de::DeserializeOwned};
use till_core::{
    kernel::{
        context::DecisionContext,
        records::{Organization, Role, User, UserSession},
    },
    organizations::capabilities,
    people::sign_in,
};

use super::{CreatedResource, cookie, denied::Denied, flash, form_data::FormData};
use crate::{
    app::App,
    error::Result,
    http::{
        extract::{Access, Caller},
        idempotency::{self, IdempotencyGuard},
        limits::{Network, client_ip},
    },
};

/// The cookie in which the pages' script keeps the viewer's time zone, as an IANA name.
const ZONE_COOKIE: &str = "till_zone";
const HX_REQUEST: &str = "hx-request";
const HX_CURRENT_URL: &str = "hx-current-url";

/// An organization that somebody belongs to, as their menu shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuOrganization {
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
}

/// Somebody who is signed in, on pages that belong to no organization.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub user: User,
    /// The session of this browser.
    pub session: UserSession,
    /// The time zone in which times are shown.
    pub zone: TimeZone,
    /// The organizations that they belong to, by name.
    pub organizations: Vec<MenuOrganization>,
    /// A message from the page before.
    pub flash: Option<String>,
}

/// Somebody who is signed in and belongs to the organization that `{shop}` names.
#[derive(Clone)]
pub struct Viewer {
    /// The server.
    pub app: Arc<App>,
    /// The organization.
    pub organization: Organization,
    /// The person.
    pub person: User,
    /// Their role in the organization.
    pub role: Role,
    /// The session of this browser.
    pub session: UserSession,
    /// The time zone in which times are shown.
    pub zone: TimeZone,
    /// The organizations that they belong to, by name.
    pub organizations: Vec<MenuOrganization>,
    /// A message from the page before.
    pub flash: Option<String>,
    /// True where no real money moves.
    pub sandbox: bool,
    /// The key of the forms that the page shows.
    pub key: String,
    /// The path that was asked for.
    here: String,
}

/// A viewer whose role grants one of the scopes of `A`.
#[derive(Clone)]
pub struct Dashboard<A> {
    /// The viewer as a caller, as the actions take it.
    pub caller: Caller<A>,
    viewer: Viewer,
}

impl<A> Deref for Dashboard<A> {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewer")
            .field("organization", &self.organization.slug)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl<A> fmt::Debug for Dashboard<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.viewer.fmt(f)
    }
}

impl<A> Dashboard<A> {
    /// The result of an action for a form, or the earlier one where the form was sent before.
    pub async fn create<I, V: Serialize>(
        &self,
        sent: &FormData,
        input: I,
        action: impl AsyncFnOnce(&Caller<A>, &IdempotencyGuard, I) -> Result<V>,
    ) -> Result<CreatedResource> {
        let run = async |guard: IdempotencyGuard| action(&self.caller, &guard, input).await;
        self.make(sent, run).await
    }
}

impl Viewer {
    /// The moment a decision about the organization's business is made with.
    pub fn context(&self) -> DecisionContext {
        self.app.context_of(&self.organization)
    }

    /// The organization's time.
    pub fn now(&self) -> Timestamp {
        self.context().now
    }

    /// The path that was asked for.
    pub fn here(&self) -> &str {
        &self.here
    }

    /// The address of a page of the organization's dashboard.
    pub fn path(&self, rest: &str) -> String {
        format!("/dashboard/{}{rest}", self.organization.slug)
    }

    /// The result of `run` for a form, or the earlier one where the form was sent before.
    pub async fn make<T, V>(
        &self,
        sent: &FormData,
        run: impl AsyncFnOnce(IdempotencyGuard) -> Result<V>,
    ) -> Result<T>
    where
        T: DeserializeOwned,
        V: Serialize,
    {
        let key = sent.get(idempotency::FIELD);
        self.make_of(key, sent.encoded().as_bytes(), run).await
    }

    /// The same of something else that is sent to this page with a key.
    pub async fn make_of<T, V>(
        &self,
        key: Option<&str>,
        content: &[u8],
        run: impl AsyncFnOnce(IdempotencyGuard) -> Result<V>,
    ) -> Result<T>
    where
        T: DeserializeOwned,
        V: Serialize,
    {
        let sender = format!("{}\n{}", self.person.id, self.here);
        let guard = IdempotencyGuard::of_form(&self.app, &sender, (None, key), content)?;
        guard.make(&self.app, run).await
    }

    /// The viewer as a caller with this permission, if the role grants it.
    pub fn may<A: Access>(&self) -> Result<Caller<A>> {
        Caller::granted(&self.app, &self.organization, |scope| {
            self.role.grants(scope)
        })
    }

    /// The viewer, whatever the role grants. Boxed, so that it is compiled once.
    fn of<'a>(parts: &'a mut Parts, app: &'a Arc<App>) -> BoxFuture<'a, Result<Self, Denied>> {
        Box::pin(async move {
            let jar = CookieJar::from_headers(&parts.headers);
            let Some(digest) = cookie::digest(app, &jar) else {
                return Err(sign_in_first(parts));
            };
            let slug = slug(parts, app).await;
            let (visit, organizations) = tokio::try_join!(
                app.store.visit(&digest, &slug),
                app.store.organizations_of(&digest)
            )?;
            let visit = visit.filter(|(session, ..)| sign_in::is_live(session, app.clock.now()));
            let Some((session, person, organization, member)) = visit else {
                return Err(sign_in_first(parts));
            };
            note_seen(app, &session);
            // Unknown and foreign organizations look the same.
            let (Some(organization), Some(member)) = (organization, member) else {
                return Err(Denied::NotFound);
            };
            tracing::Span::current()
                .record("organization", tracing::field::display(organization.id));
            if !capabilities(organization.status).dashboard_access {
                return Err(Denied::Blocked);
            }
            Ok(Self {
                app: app.clone(),
                organization,
                person,
                role: member.role,
                session,
                zone: zone(&jar),
                organizations: named(organizations),
                flash: flash(&jar),
                sandbox: app.sandbox.is_some(),
                key: app.context().id().to_string(),
                here: parts.uri.path().to_owned(),
            })
        })
    }
}

impl FromRequestParts<Arc<App>> for Person {
    type Rejection = Denied;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Denied> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(digest) = cookie::digest(app, &jar) else {
            return Err(sign_in_first(parts));
        };
        let (held, organizations) = tokio::try_join!(
            app.store.user_session(&digest),
            app.store.organizations_of(&digest)
        )?;
        let held = held.filter(|(session, _)| sign_in::is_live(session, app.clock.now()));
        let Some((session, user)) = held else {
            return Err(sign_in_first(parts));
        };
        note_seen(app, &session);
        Ok(Self {
            user,
            session,
            zone: zone(&jar),
            organizations: named(organizations),
            flash: flash(&jar),
        })
    }
}

impl<A: Access> FromRequestParts<Arc<App>> for Dashboard<A> {
    type Rejection = Denied;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Denied> {
        let viewer = Viewer::of(parts, app).await?;
        let caller = viewer.may().map_err(|_| Denied::Role)?;
        Ok(Self { caller, viewer })
    }
}

/// The `{shop}` of the path; nothing where it cannot be one.
async fn slug(parts: &mut Parts, app: &Arc<App>) -> String {
    let params = RawPathParams::from_request_parts(parts, app).await.ok();
    let slug = params.as_ref().and_then(|params| {
        params
            .iter()
            .find(|(name, _)| *name == "shop")
            .map(|(_, value)| value)
    });
    slug.filter(|text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .unwrap_or_default()
        .to_owned()
}

fn named(organizations: Vec<(String, String)>) -> Vec<MenuOrganization> {
    let organizations = organizations.into_iter();
    organizations
        .map(|(name, slug)| MenuOrganization { name, slug })
        .collect()
}

fn zone(jar: &CookieJar) -> TimeZone {
    jar.get(ZONE_COOKIE)
        .and_then(|cookie| TimeZone::get(cookie.value()).ok())
        .unwrap_or(TimeZone::UTC)
}

/// Keeps `last_seen_at` near the truth, without a write per request.
fn note_seen(app: &App, session: &UserSession) {
    let Some(changes) = sign_in::seen(session, &app.context()) else {
        return;
    };
    let store = app.store.clone();
    tokio::spawn(async move {
        if let Err(error) = store.commit(changes).await {
            tracing::warn!(%error, "the last use of a session could not be recorded");
        }
    });
}

/// To the sign-in page, and back to what was asked for, where that can be asked for again.
fn sign_in_first(parts: &Parts) -> Denied {
    let part = parts.headers.contains_key(HX_REQUEST);
    let page = match part {
        true => current_page(&parts.headers),
        false if matches!(parts.method, Method::GET | Method::HEAD) => {
            parts.uri.path_and_query().map(ToString::to_string)
        }
        false => None,
    };
    Denied::SignIn {
        next: page.as_deref().and_then(local_path).map(str::to_owned),
        part,
    }
}

/// The page that htmx works on.
fn current_page(headers: &HeaderMap) -> Option<String> {
    let url = url::Url::parse(headers.get(HX_CURRENT_URL)?.to_str().ok()?).ok()?;
    let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
    Some(format!("{}{query}", url.path()))
}

/// The text, if it is a path of ours to which one may be sent: never another site.
pub fn local_path(text: &str) -> Option<&str> {
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let is_path = text.starts_with('/') && !text.starts_with("//");
    (is_plain && is_path && text.len() <= 2_000).then_some(text)
}

/// The origin of a request.
#[derive(Debug, Clone)]
pub struct Device {
    /// The network that budgets are counted by.
    pub network: Network,
    /// The same for the list of sessions.
    pub shown: sign_in::Device,
}

impl FromRequestParts<Arc<App>> for Device {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Self, Self::Rejection> {
        let address = client_ip(app, &parts.headers, &parts.extensions);
        let user_agent = parts.headers.get(header::USER_AGENT);
        let shown = sign_in::Device {
            user_agent: user_agent.and_then(|v| v.to_str().ok().map(str::to_owned)),
            ip_address: Some(address.clone()).filter(|address| address != "unknown"),
        };
        Ok(Self {
            network: Network::of_address(&address),
            shown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_to() {
        for ours in [
            "/",
            "/dashboard/ada?page=2&q=a%20b",
            "/account#sessions",
            "/a//b",
        ] {
            assert_eq!(local_path(ours), Some(ours));
        }
        let long = format!("/{}", "x".repeat(2_000));
        for other in [
            "",
            "dashboard",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/a\r\nset-cookie: x",
            "/é",
            &long,
        ] {
            assert_eq!(local_path(other), None, "{other}");
        }
    }
}
