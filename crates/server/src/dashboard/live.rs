//! Events as they happen: one list row each, sent to an open page.

use std::{
    collections::{BTreeSet, VecDeque},
    convert::Infallible,
    sync::Arc,
    time::Duration,
};

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};
use jiff::tz::TimeZone;
use till_core::kernel::records::JournalEntry;
use till_store::Wake;
use till_wire::events::EventType;
use tokio::time::{Instant, sleep_until, timeout};
use uuid::Uuid;

use crate::{app::App, error::Result};

/// The poll that finds what other nodes wrote; what this node writes is shown at once.
const POLL: Duration = Duration::from_secs(1);
/// The shortest time between two looks, however much happens.
const PAUSE: Duration = Duration::from_millis(200);
/// The distance that each look goes back, in units of [`JournalEntry`]'s sequence (a thousand per microsecond): a
/// commit that began earlier may arrive later.
const OVERLAP: i64 = 5_000_000_000;
/// The most rows that one look shows: more than a person can follow.
const ROWS: usize = 200;
/// The interval at which it is checked whether the viewer may still look.
const RECHECK: Duration = Duration::from_secs(15);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The viewer, and the part that is viewed.
#[derive(Debug, Clone)]
pub struct View {
    /// The organization whose events are shown.
    pub organization_id: Uuid,
    /// The organization's name in addresses.
    pub slug: String,
    /// The viewer's zone.
    pub zone: TimeZone,
    /// Only these kinds; none given: all.
    pub kinds: Vec<EventType>,
}

/// One event as a row of a list.
#[derive(Debug, Template)]
#[template(path = "dashboard/event_row.html")]
pub struct EventRow {
    id: Uuid,
    kind: &'static str,
    exact: String,
    shown: String,
    subject: Uuid,
    href: Option<String>,
}

impl EventRow {
    /// The event as `view` shows it.
    #[must_use]
    pub fn new(event: &JournalEntry, view: &View) -> Self {
        let zoned = event.created_at.to_zoned(view.zone.clone());
        let mut shown = zoned.strftime("%-d %b %Y, %H:%M:%S").to_string();
        // As with every time on these pages: a clock that is nobody's own says whose it is.
        if view.zone == TimeZone::UTC {
            shown.push_str(" UTC");
        }
        Self {
            id: event.id,
            kind: event.kind.as_str(),
            exact: event.created_at.to_string(),
            shown,
            subject: event.subject_id,
            href: subject_href(&view.slug, event.kind, event.subject_id),
        }
    }
}

/// The page of what an event is about; none where there is no such page.
#[must_use]
pub fn subject_href(slug: &str, kind: EventType, subject_id: Uuid) -> Option<String> {
    let pages = match kind.as_str().split('.').next()? {
        "checkout" => "checkouts",
        "customer" | "member" => "customers",
        "discount" => "products/discounts",
        "order" => "orders",
        "product" => "products",
        "subscription" => "subscriptions",
        _ => return None,
    };
    Some(format!("/dashboard/{slug}/{pages}/{subject_id}"))
}

/// The position at which a page's stream resumes: the browser's `Last-Event-ID`, else `after`, the sequence of the
/// newest row that the page already shows.
#[must_use]
pub fn resumed(headers: &HeaderMap, after: Option<i64>) -> Option<i64> {
    headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .or(after)
}

/// Answers with the events after `from` (none given: from now on) as they happen, each once on this
/// connection, until `allowed` says no.
///
/// An event that was committed late while nobody was connected is only on the page itself. Between two looks nothing
/// of the database is held.
pub async fn follow<F, Fut>(
    app: Arc<App>,
    view: View,
    from: Option<i64>,
    allowed: F,
) -> Result<Response>
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = bool> + Send + 'static,
{
    let from = from.unwrap_or_else(|| app.clock.now().as_microsecond().saturating_mul(1000));
    let stream = EventStream::start(app, view, from).await?;
    let mut response = Sse::new(messages(stream, allowed))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn messages<F, Fut>(
    events: EventStream,
    allowed: F,
) -> impl Stream<Item = Result<sse::Event, Infallible>>
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = bool> + Send + 'static,
{
    let checked = now();
    stream::unfold(
        (events, allowed, checked),
        |(mut events, allowed, mut checked)| async move {
            loop {
                if checked.elapsed() >= RECHECK {
                    if !allowed().await {
                        return None;
                    }
                    checked = now();
                }
                if let Some(event) = events.waiting.pop_front() {
                    let message = events.message(&event);
                    return Some((Ok(message), (events, allowed, checked)));
                }
                events.wait_for_events().await;
            }
        },
    )
    .fuse()
}

#[allow(
    clippy::disallowed_methods,
    reason = "the pace of a connection, not of anything decided"
)]
fn now() -> Instant {
    Instant::now()
}

/// The state of one connection: what it has shown and still has to show.
struct EventStream {
    app: Arc<App>,
    view: View,
    wake: Wake,
    /// The highest sequence that was seen.
    newest: i64,
    /// The entries seen within [`OVERLAP`] of it.
    seen: BTreeSet<(i64, Uuid)>,
    waiting: VecDeque<JournalEntry>,
    /// The highest sequence that was sent: where the browser resumes.
    sent: i64,
    /// Not to be read before.
    next_read: Instant,
}

impl EventStream {
    /// Starts a stream; what the page has shown before counts as seen.
    async fn start(app: Arc<App>, view: View, from: i64) -> Result<Self> {
        // Heard from before the first look, so that nothing falls in between.
        let wake = app.store.wake_on_journal();
        let mut stream = Self {
            app,
            view,
            wake,
            newest: from,
            seen: BTreeSet::new(),
            waiting: VecDeque::new(),
            sent: from,
            next_read: now(),
        };
        let found = stream.read().await?;
        let (old, new): (Vec<_>, Vec<_>) = found.into_iter().partition(|e| e.sequence <= from);
        stream.seen = old.iter().map(|event| (event.sequence, event.id)).collect();
        stream.take(new);
        Ok(stream)
    }

    async fn read(&self) -> Result<Vec<JournalEntry>> {
        let since = self.newest.saturating_sub(OVERLAP);
        let id = self.view.organization_id;
        Ok(self.app.store.journal_after(id, since, ROWS).await?)
    }

    /// Keeps what is new among `found`.
    fn take(&mut self, found: Vec<JournalEntry>) {
        for event in found {
            if !self.seen.insert((event.sequence, event.id)) {
                continue;
            }
            self.newest = self.newest.max(event.sequence);
            if self.view.kinds.is_empty() || self.view.kinds.contains(&event.kind) {
                self.waiting.push_back(event);
            }
        }
        let since = self.newest.saturating_sub(OVERLAP);
        self.seen.retain(|(sequence, _)| *sequence > since);
    }

    /// Waits for a sign or the poll, then looks. A database that does not answer is asked again.
    async fn wait_for_events(&mut self) {
        // Either way it is time to look.
        let _ = timeout(POLL, self.wake.wait()).await;
        sleep_until(self.next_read).await;
        match self.read().await {
            Ok(found) => self.take(found),
            Err(error) => tracing::warn!(?error, "the journal could not be read"),
        }
        self.next_read = now() + PAUSE;
    }

    fn message(&mut self, event: &JournalEntry) -> sse::Event {
        self.sent = self.sent.max(event.sequence);
        let row = EventRow::new(event, &self.view)
            .render()
            .unwrap_or_default();
        sse::Event::default()
            .event("happened")
            .id(self.sent.to_string())
            .data(row.trim())
    }
}
