//! The layout of every page: the organization, the menu, and a message about what was just done.

use askama::Template;

use super::clock::ClockControl;
use crate::{
    dashboard::access::Viewer,
    pages::{Page, assets},
};

/// The areas of the dashboard, in the order of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named like its pages")]
pub enum Area {
    Home,
    Products,
    Checkouts,
    Orders,
    Subscriptions,
    Customers,
    Payments,
    Disputes,
    Mail,
    Developers,
    Settings,
}

impl Area {
    const ALL: [Area; 11] = [
        Area::Home,
        Area::Products,
        Area::Checkouts,
        Area::Orders,
        Area::Subscriptions,
        Area::Customers,
        Area::Payments,
        Area::Disputes,
        Area::Mail,
        Area::Developers,
        Area::Settings,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Area::Home => "Home",
            Area::Products => "Products",
            Area::Checkouts => "Checkouts",
            Area::Orders => "Orders",
            Area::Subscriptions => "Subscriptions",
            Area::Customers => "Customers",
            Area::Payments => "Payments",
            Area::Disputes => "Disputes",
            Area::Mail => "Mail",
            Area::Developers => "Developers",
            Area::Settings => "Settings",
        }
    }

    fn path(self) -> String {
        match self {
            Area::Home => String::new(),
            other => format!("/{}", other.name().to_lowercase()),
        }
    }

    /// The strokes of its icon, in a box of 16 by 16.
    fn icon(self) -> &'static str {
        match self {
            Area::Home => "M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z",
            Area::Products => "M8 1.8 14 5v6l-6 3.2L2 11V5zM2.2 5 8 8.2 13.8 5M8 8.2v6",
            Area::Checkouts => "M1.5 2.5H4l1.7 7.5h6.6l1.7-5.5H5M6.5 13.2v.1M11.5 13.2v.1",
            Area::Orders => "M3.5 1.8h9v12.4l-2.2-1.4L8 14.2l-2.3-1.4-2.2 1.4zM6 5.5h4M6 8.5h4",
            Area::Subscriptions => {
                "M13.5 6.5A5.8 5.8 0 0 0 3 5M2.5 2v3.2h3.2M2.5 9.5A5.8 5.8 0 0 0 13 11M13.5 14v-3.2h-3.2"
            }
            Area::Customers => {
                "M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8zM2.5 14c.6-2.8 2.8-4 5.5-4s4.9 1.2 5.5 4"
            }
            Area::Payments => "M1.8 3.5h12.4v9H1.8zM1.8 6.5h12.4M4.5 10h2.5",
            Area::Disputes => {
                "M8 2v11.5M4.5 13.5h7M3 4.5l5-1.5 5 1.5M3 4.5 1.5 9h3zM13 4.5 11.5 9h3z"
            }
            Area::Mail => "M1.8 3.5h12.4v9H1.8zM2 4l6 4.8L14 4",
            Area::Developers => "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
            Area::Settings => {
                "M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7M10.7 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5.2 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z"
            }
        }
    }
}

/// A link of the navigation.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Its words.
    pub text: String,
    /// Its address.
    pub href: String,
    /// True for the page, or the area, that is shown.
    pub here: bool,
    pub(super) icon: &'static str,
}

impl NavLink {
    /// To the dashboard of an organization.
    pub(super) fn dashboard(name: &str, slug: &str) -> Self {
        Self {
            icon: Area::Home.icon(),
            ..Self::tab(name, format!("/dashboard/{slug}"), false)
        }
    }

    /// A tab within an area.
    pub fn tab(text: &str, href: String, here: bool) -> Self {
        Self {
            text: text.to_owned(),
            href,
            here,
            icon: "",
        }
    }
}

/// The layout: what every page shows around its own content.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The page's title, which is also its heading.
    pub title: String,
    /// The way back to the list that the page belongs to: words and address.
    pub back: Option<(String, String)>,
    /// The pages of the area, where it has several.
    pub tabs: Vec<NavLink>,
    pub(super) organization: String,
    pub(super) logo: Option<String>,
    pub(super) other_organizations: Vec<NavLink>,
    pub(super) person: String,
    pub(super) nav: Vec<NavLink>,
    pub(super) flash: Option<String>,
    pub(super) sandbox: bool,
    pub(super) clock: Option<ClockControl>,
}

impl Layout {
    /// Around a page of an area.
    pub fn new(viewer: &Viewer, area: Area, title: impl Into<String>) -> Self {
        let root = viewer.path("");
        Self {
            title: title.into(),
            back: None,
            tabs: Vec::new(),
            organization: viewer.organization.name.clone(),
            logo: viewer.organization.avatar_url.clone(),
            other_organizations: viewer
                .organizations
                .iter()
                .filter(|one| one.slug != viewer.organization.slug)
                .map(|one| NavLink::tab(&one.name, format!("/dashboard/{}", one.slug), false))
                .collect(),
            person: viewer.person.email.clone(),
            nav: Area::ALL
                .into_iter()
                .map(|one| NavLink {
                    text: one.name().to_owned(),
                    href: format!("{root}{}", one.path()),
                    here: one == area,
                    icon: one.icon(),
                })
                .collect(),
            flash: viewer.flash.clone(),
            sandbox: viewer.sandbox,
            clock: ClockControl::of(viewer),
        }
    }

    /// With a way back to the list.
    pub fn back(mut self, words: &str, href: String) -> Self {
        self.back = Some((words.to_owned(), href));
        self
    }

    /// With the pages of the area.
    pub fn tabs(mut self, tabs: Vec<NavLink>) -> Self {
        self.tabs = tabs;
        self
    }

    pub(super) fn initial(&self) -> String {
        self.organization.chars().take(1).collect()
    }

    /// The address of the logo, which the page may load.
    pub fn logo(&self) -> Option<&str> {
        self.logo.as_deref()
    }
}

/// A page outside of any organization that says one thing: an error, or that a link has expired.
#[derive(Debug, Template)]
#[template(path = "dashboard/notice.html")]
pub struct Notice {
    title: String,
    words: String,
    link: (&'static str, &'static str),
}

impl Notice {
    /// With a link to what can be done next: words and address.
    pub fn new(
        title: impl Into<String>,
        words: impl Into<String>,
        link: (&'static str, &'static str),
    ) -> Self {
        Self {
            title: title.into(),
            words: words.into(),
            link,
        }
    }
}

impl Page for Notice {}

/// Style sheet and scripts, for the layout.
pub(crate) fn styles() -> &'static str {
    assets::dashboard_styles_url()
}

pub(crate) fn scripts() -> [&'static str; 3] {
    assets::dashboard_scripts_urls()
}
