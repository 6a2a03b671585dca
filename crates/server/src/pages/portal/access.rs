//! Visitors of the portal: the organization in the address, and the customer whose session the browser holds.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRequestParts, Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use http::{HeaderValue, StatusCode, header, request::Parts};
use till_core::{
    kernel::records::{CustomerSession, Organization},
    organizations::capabilities,
    portal::Viewer,
};
use till_wire::members::MemberRole;
use uuid::Uuid;

use super::view::{Block, NavLink, PortalPage, Shell};
use crate::{
    actions::portal::pages,
    app::App,
    error::ApiError,
    http::viewer::viewer_of,
    pages::{
        checkout::{
            fill,
            request::{PageQuery, error_page, test_mode},
            view::{Link, MessagePage, PageContext, is_web, with_mark},
        },
        page,
    },
};

/// The cookie that holds the session's token.
const SESSION: &str = "till_portal_session";

/// The portal of an organization, whoever looks at it.
#[derive(Clone)]
pub(super) struct Portal {
    pub app: Arc<App>,
    pub organization: Organization,
    pub page_context: PageContext,
    pub jar: CookieJar,
}

impl Portal {
    /// Of the organization in the address; a page where there is none.
    async fn of(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let query = Query::<PageQuery>::try_from_uri(&parts.uri);
        let query = query.map(|Query(query)| query).unwrap_or_default();
        let page_context = PageContext {
            embed: false,
            ..query.page_context(&parts.headers)
        };
        let nowhere = || page(StatusCode::NOT_FOUND, &MessagePage::nowhere(page_context));
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let Ok(Path(path)) = path else {
            return Err(nowhere());
        };
        let slug = path.get("organization").map_or("", String::as_str);
        // Anything else is no name in addresses, and not for the database to judge.
        let is_slug = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if slug.len() > 64 || !slug.bytes().all(is_slug) {
            return Err(nowhere());
        }
        let found = app.store.organization_by_slug(slug).await;
        let found = found.map_err(|error| error_page(page_context, &ApiError::from(error)))?;
        let open = found.filter(|one| capabilities(one.status).api_access);
        let Some(organization) = open else {
            return Err(nowhere());
        };
        Ok(Self {
            app: app.clone(),
            page_context: page_context.of_organization(&organization),
            organization,
            jar: CookieJar::from_headers(&parts.headers),
        })
    }

    /// The path below which the cookies are sent, and all pages are.
    fn base(&self) -> String {
        format!("/{}/portal", self.organization.slug)
    }

    /// The address of one of the pages.
    pub fn url(&self, rest: &str) -> String {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let url = format!("{}{path}", self.base());
        let url = self.page_context.with_page_query(&url);
        match query {
            "" => url,
            query => with_mark(url, query),
        }
    }

    /// A cookie of the portal's for so many seconds; the value is plain ASCII without marks of its own.
    pub fn cookie(&self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = match self.app.urls.is_https() {
            true => "; Secure",
            false => "",
        };
        let path = self.base();
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
        );
        HeaderValue::from_str(&text).expect("tokens, slugs and escaped texts are plain ASCII")
    }

    /// Hands a session's token to the browser, for as long as it opens anything.
    pub fn session_cookie(&self, token: &str, session: &CustomerSession) -> HeaderValue {
        let left = session.expires_at.duration_since(self.app.clock.now());
        self.cookie(SESSION, token, left.as_secs().max(0))
    }

    /// Takes the token away from the browser.
    pub fn no_session_cookie(&self) -> HeaderValue {
        self.cookie(SESSION, "", 0)
    }

    /// The viewer whom a token lets in here.
    pub async fn viewer(&self, token: &str) -> Result<Option<Viewer>, ApiError> {
        if token.len() > 128 {
            return Ok(None);
        }
        let viewer = viewer_of(&self.app, token).await?;
        Ok(viewer.filter(|viewer| viewer.organization.id == self.organization.id))
    }

    /// The viewer whose session the browser holds.
    pub async fn signed_in(&self) -> Result<Option<Viewer>, ApiError> {
        match self.jar.get(SESSION) {
            Some(held) => self.viewer(held.value()).await,
            None => Ok(None),
        }
    }

    /// Frame of a page for somebody who is not signed in.
    pub fn shell(&self) -> Shell {
        Shell {
            page_context: self.page_context,
            organization: fill::organization(&self.organization, self.page_context),
            test_mode: test_mode(&self.app),
            ..Shell::default()
        }
    }

    /// A page for an error: ours with the number that the log has it under.
    pub fn failed(&self, error: &ApiError) -> Response {
        match error.status() {
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => {
                let shown = MessagePage::nowhere(self.page_context);
                let shown = MessagePage {
                    organization: Some(fill::organization(&self.organization, self.page_context)),
                    test_mode: test_mode(&self.app),
                    link: Some(Link {
                        url: self.url(""),
                        label: self.page_context.say("portal-overview").into_owned(),
                    }),
                    ..shown
                };
                page(StatusCode::NOT_FOUND, &shown)
            }
            _ => error_page(self.page_context, error),
        }
    }

    /// On to another page of ours.
    pub fn go(&self, rest: &str) -> Response {
        Redirect::to(&self.url(rest)).into_response()
    }
}

impl FromRequestParts<Arc<App>> for Portal {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        Self::of(parts, app).await
    }
}

/// A visit by somebody who is signed in. Nobody else gets past it: they are sent to sign in.
#[derive(Clone)]
pub(super) struct Visit {
    pub portal: Portal,
    pub viewer: Viewer,
    /// Message about what the page before has done.
    done: Option<&'static str>,
    /// True where they have usage to look at.
    has_usage: bool,
}

/// The id of a thing in the address; what is none names nothing.
pub(super) struct Id(pub Uuid);

impl FromRequestParts<Arc<App>> for Id {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let id = path
            .ok()
            .and_then(|Path(path)| path.get("id")?.parse().ok());
        match id {
            Some(id) => Ok(Self(id)),
            None => {
                let portal = Portal::of(parts, app).await?;
                Err(portal.failed(&ApiError::not_found()))
            }
        }
    }
}

/// Messages about what was done, by the word in the page's address.
const DONE: [(&str, &str); 11] = [
    ("saved", "portal-saved"),
    ("changed", "portal-changed"),
    ("card", "portal-card-added"),
    ("removed", "portal-card-removed"),
    ("moved", "portal-moved"),
    ("email-sent", "portal-email-sent"),
    ("email", "portal-email-changed"),
    ("claimed", "portal-seat-claimed"),
    ("invited", "portal-seat-invited"),
    ("seat-free", "portal-seat-free"),
    ("deactivated", "portal-key-deactivated"),
];

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let portal = Portal::of(parts, app).await?;
        let found = portal.signed_in().await;
        match found.map_err(|error| portal.failed(&error))? {
            Some(viewer) => {
                let visit = Self::of(portal.clone(), viewer, parts).await;
                visit.map_err(|error| portal.failed(&error))
            }
            None => Err(portal.go("?ended=true")),
        }
    }
}

impl Visit {
    /// Of a viewer who was found already.
    pub async fn of(mut portal: Portal, viewer: Viewer, parts: &Parts) -> Result<Self, ApiError> {
        portal.page_context = portal
            .page_context
            .of_customer(&portal.organization, &viewer.customer);
        let query = parts.uri.query().unwrap_or_default();
        let word = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done");
        let done = word.and_then(|(_, word)| DONE.iter().find(|(one, _)| *one == word));
        let has_usage = pages::has_usage(&portal.app, &viewer).await?;
        Ok(Self {
            portal,
            viewer,
            done: done.map(|(_, id)| *id),
            has_usage,
        })
    }

    pub fn app(&self) -> &Arc<App> {
        &self.portal.app
    }

    pub fn say(&self, id: &str) -> String {
        self.portal.page_context.say(id).into_owned()
    }

    /// The address of one of the pages.
    pub fn url(&self, rest: &str) -> String {
        self.portal.url(rest)
    }

    pub fn link(&self, rest: &str, id: &str) -> Link {
        Link {
            url: self.url(rest),
            label: self.say(id),
        }
    }

    /// A fresh key for a form.
    pub fn key(&self) -> Uuid {
        self.app().context().id()
    }

    /// True where they may see and change what is paid.
    pub fn is_billing(&self) -> bool {
        self.viewer.role != MemberRole::Member
    }

    /// Nothing for those who may not see what is paid.
    ///
    /// # Errors
    /// 404: their pages do not have it.
    pub fn billing(&self) -> Result<(), ApiError> {
        match self.is_billing() {
            true => Ok(()),
            false => Err(ApiError::not_found()),
        }
    }

    /// Frame of the page `here`, one of the list of pages.
    pub fn shell(&self, here: &str) -> Shell {
        let is_billing = self.is_billing();
        let pages = [
            ("", "portal-overview", true),
            ("/benefits", "portal-benefits", true),
            ("/usage", "portal-usage", self.has_usage),
            ("/orders", "portal-orders", is_billing),
            ("/subscriptions", "portal-subscriptions", is_billing),
            ("/cards", "portal-cards", is_billing),
            ("/details", "portal-details", is_billing),
        ];
        let pages = pages.into_iter().filter(|(_, _, is_theirs)| *is_theirs);
        let nav = pages.map(|(rest, id, _)| NavLink {
            url: self.url(rest),
            label: self.say(id),
            is_here: rest == here,
        });
        let back = self.viewer.session.return_url.as_ref();
        let back = back.filter(|url| is_web(url)).map(|url| Link {
            url: url.clone(),
            label: fill::return_to(&self.portal.organization, self.portal.page_context),
        });
        let member = self.viewer.member.as_ref();
        let email = member.map_or(&self.viewer.customer.email, |member| &member.email);
        let with_email = [("email", email.as_str().into())];
        Shell {
            back,
            nav: nav.collect(),
            signed_in: self
                .portal
                .page_context
                .with("portal-signed-in", with_email),
            sign_out_url: self.url("/sign-out"),
            ..self.portal.shell()
        }
    }

    /// A page below `here`.
    pub fn page(&self, here: &str, title: String, blocks: Vec<Block>) -> PortalPage {
        PortalPage {
            shell: self.shell(here),
            title,
            up: None,
            said: self.done.map(|id| self.say(id)),
            error: None,
            blocks,
        }
    }
}

/// The answer of a page's handler.
pub(super) type Answer = Result<Response, ApiError>;

/// An answer, or the page that says what went wrong.
pub(super) fn answered(portal: &Portal, answer: Answer) -> Response {
    answer.unwrap_or_else(|error| portal.failed(&error))
}

/// An answer with a cookie.
pub(super) fn with_cookie(mut answer: Response, cookie: HeaderValue) -> Response {
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    answer
}
