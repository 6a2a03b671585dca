//! Timelines: the events of a thing, the attempts to pay for it, and what webhooks told of it.

use till_core::kernel::records::{PaymentKind, PaymentState};
use till_store::{TimelineEntry, TimelineEvent};
use till_wire::events::EventType;
use uuid::Uuid;

use super::{
    detail::{Part, Step},
    live::subject_href,
    parts::{Cell, Tone, money, sentence},
};
use crate::dashboard::parts::card;
use crate::{dashboard::access::Viewer, error::Result, http::extract::scope};

/// The timeline of the thing whose page it is, the first of `subjects`, and of what belongs to it.
pub async fn timeline(viewer: &Viewer, subjects: impl IntoIterator<Item = Uuid>) -> Result<Part> {
    let own = viewer.organization.id;
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    let here = subjects.first().copied();
    let access = TimelineAccess {
        attempts: viewer.may::<scope::PaymentsRead>().is_ok(),
        deliveries: viewer.may::<scope::WebhooksRead>().is_ok(),
    };
    let moments = viewer.app.store.timeline(own, &subjects).await?;
    let steps = moments.into_iter().filter(|entry| access.allows(entry));
    Ok(Part::Timeline(
        "Timeline",
        steps.map(|entry| step(viewer, here, entry)).collect(),
    ))
}

/// The parts of it that a person may see.
struct TimelineAccess {
    attempts: bool,
    deliveries: bool,
}

impl TimelineAccess {
    fn allows(&self, entry: &TimelineEntry) -> bool {
        match entry.what {
            TimelineEvent::Change { .. } => true,
            TimelineEvent::Attempt { .. } => self.attempts,
            TimelineEvent::Delivery { .. } => self.deliveries,
        }
    }
}

fn step(viewer: &Viewer, here: Option<Uuid>, entry: TimelineEntry) -> Step {
    let (what, state) = match entry.what {
        TimelineEvent::Change {
            kind, subject_id, ..
        } => (
            event(viewer, here, kind, subject_id),
            Cell::Text(String::new()),
        ),
        TimelineEvent::Attempt {
            id,
            kind,
            state,
            amount,
            currency,
            card: used,
            decline,
        } => {
            let (method, _) = card(used.as_ref(), "card");
            let note = decline.map(|(code, words)| words.unwrap_or_else(|| sentence(&code)));
            let what = match kind {
                PaymentKind::Charge => Cell::Link {
                    href: viewer.path(&format!("/payments/{id}")),
                    text: format!("Payment of {}, {method}", money(amount, currency)),
                    note,
                },
                _ => Cell::Noted(format!("Card kept: {method}"), note.unwrap_or_default()),
            };
            (what, attempt(state))
        }
        TimelineEvent::Delivery {
            kind,
            endpoint_id,
            url,
            code,
            succeeded,
            ..
        } => {
            let tone = if succeeded { Tone::Good } else { Tone::Bad };
            let answer = code.map_or_else(|| "No answer".to_owned(), |code| code.to_string());
            let what = Cell::Link {
                href: viewer.path(&format!("/developers/webhooks/{endpoint_id}")),
                text: format!("Webhook {kind}"),
                note: Some(url),
            };
            (what, Cell::toned(&answer, tone))
        }
    };
    Step {
        at: Cell::time(entry.at, &viewer.zone),
        what,
        state,
    }
}

/// An event, with the way to what it is about, if that is another page.
fn event(viewer: &Viewer, here: Option<Uuid>, kind: EventType, subject: Uuid) -> Cell {
    let words = sentence(kind.as_str());
    match subject_href(&viewer.organization.slug, kind, subject) {
        Some(href) if here != Some(subject) => Cell::link(href, words),
        _ => Cell::Text(words),
    }
}

fn attempt(state: PaymentState) -> Cell {
    match state {
        PaymentState::Intended | PaymentState::Asked => Cell::toned("under way", Tone::Busy),
        other => Cell::state(other.as_str()),
    }
}
