//! Pages for developers: tokens, webhooks and events.

mod deliveries;
mod endpoints;
mod events;
mod tokens;

use std::sync::Arc;

use axum::{Router, response::Redirect, routing::get};

use super::layout::{Area, Layout, NavLink};
use crate::{
    app::App,
    dashboard::access::{Dashboard, Viewer},
    http::extract::scope,
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/developers", get(first))
        .merge(tokens::routes())
        .merge(endpoints::routes())
        .merge(deliveries::routes())
        .merge(events::routes())
}

async fn first(dashboard: Dashboard<scope::WebhooksRead>) -> Redirect {
    Redirect::to(&dashboard.path("/developers/events"))
}

/// The pages of the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Events,
    Webhooks,
    Tokens,
}

fn layout(viewer: &Viewer, tab: Tab) -> Layout {
    let way = |one: Tab, words: &str, path: &str| {
        NavLink::tab(
            words,
            viewer.path(&format!("/developers/{path}")),
            one == tab,
        )
    };
    let mut tabs = vec![way(Tab::Events, "Events", "events")];
    if viewer.may::<scope::WebhooksWrite>().is_ok() {
        tabs.push(way(Tab::Webhooks, "Webhooks", "webhooks"));
    }
    if viewer.may::<scope::OrganizationsWrite>().is_ok() {
        tabs.push(way(Tab::Tokens, "Access tokens", "tokens"));
    }
    tabs.push(NavLink::tab(
        "API reference",
        "/reference".to_owned(),
        false,
    ));
    Layout::new(viewer, Area::Developers, "Developers").tabs(tabs)
}
