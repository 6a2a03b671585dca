//! Events as they happen: the newest ones, and a stream that puts further ones on top.

use std::sync::Arc;

use askama::Template;
use axum::{Router, http::HeaderMap, response::IntoResponse, routing::get};
use till_core::people::sign_in;
use till_wire::events::EventType;

use super::{Tab, layout};
use crate::{
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        layout::Layout,
        listing::{Filter, Input, ListingQuery},
        live::{self, EventRow, View},
        show,
    },
    http::extract::scope,
    pages::Page,
};

/// Rows on one page.
const ROWS: u32 = 50;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dashboard/{shop}/developers/events", get(list))
        .route("/dashboard/{shop}/developers/events/stream", get(stream))
}

#[derive(Debug, Template)]
#[template(path = "dashboard/events.html")]
struct EventsPage {
    layout: Layout,
    filter: Filter,
    rows: Vec<EventRow>,
    /// On the first page: where further events come from.
    stream: Option<String>,
    newer: Option<String>,
    older: Option<String>,
}

impl Page for EventsPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}

fn view(viewer: &Viewer, query: &ListingQuery) -> View {
    let kind = query.get("event_type").and_then(|word| word.parse().ok());
    View {
        organization_id: viewer.organization.id,
        slug: viewer.organization.slug.clone(),
        zone: viewer.zone.clone(),
        kinds: kind.into_iter().collect(),
    }
}

async fn list(dashboard: Dashboard<scope::WebhooksRead>, query: ListingQuery) -> Answer {
    let view = view(&dashboard, &query);
    let page = u32::try_from(query.page()).unwrap_or(u32::MAX);
    let (events, more) = dashboard
        .app
        .store
        .latest_journal(view.organization_id, &view.kinds, page, ROWS)
        .await?;
    let to = |page: u32| query.with("page", &page.to_string());
    let stream = (page == 1).then(|| {
        let newest = events.first().map_or(0, |event| event.sequence);
        let kind = query.get("event_type").unwrap_or_default();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("after", &newest.to_string())
            .append_pair("event_type", kind)
            .finish();
        dashboard.path(&format!("/developers/events/stream?{query}"))
    });
    let kinds = EventType::ALL.iter();
    let filter = Filter::choice(
        &query,
        "event_type",
        "Event",
        "All events",
        kinds.map(|kind| (kind.to_string(), kind.to_string())),
    );
    show(&EventsPage {
        layout: layout(&dashboard, Tab::Events),
        filter,
        rows: events
            .iter()
            .map(|event| EventRow::new(event, &view))
            .collect(),
        stream,
        newer: (page > 1).then(|| to(page - 1)),
        older: more.then(|| to(page + 1)),
    })
}

async fn stream(
    dashboard: Dashboard<scope::WebhooksRead>,
    query: ListingQuery,
    headers: HeaderMap,
) -> Answer {
    let view = view(&dashboard, &query);
    let after = query.get("after").and_then(|text| text.parse().ok());
    let from = live::resumed(&headers, after);
    // Whoever is signed out, or no member any more, sees nothing further.
    let viewer = (
        dashboard.app.clone(),
        dashboard.session.token_hash.clone(),
        view.slug.clone(),
    );
    let allowed = move || {
        let (node, digest, slug) = viewer.clone();
        async move {
            let visit = node.store.visit(&digest, &slug).await.ok().flatten();
            visit.is_some_and(|(session, _, _, member)| {
                member.is_some() && sign_in::is_live(&session, node.clock.now())
            })
        }
    };
    Ok(live::follow(dashboard.app.clone(), view, from, allowed)
        .await?
        .into_response())
}
