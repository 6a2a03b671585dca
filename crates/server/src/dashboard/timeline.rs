//! Timelines: the events of a thing, the attempts to pay for it, and what webhooks told of it.

use jiff::Timestamp;
use till_core::kernel::records::{PaymentKind, PaymentState};
use till_store::{TimelineEntry, TimelineEvent};
use till_wire::events::EventType;
use uuid::Uuid;

use super::{
    detail::{Part, Step},
    live::subject_href,
    parts::{Cell, Moment, Tone, money, sentence},
    sales::declines,
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
    let shown = moments.into_iter().filter(|entry| access.allows(entry));
    let steps = fold(shown).into_iter();
    Ok(Part::Timeline(
        "Timeline",
        steps.map(|folded| step(viewer, here, folded)).collect(),
    ))
}

/// An entry, and how often the same happened in a row.
#[derive(Debug, PartialEq)]
struct Folded {
    /// The last time.
    entry: TimelineEntry,
    times: usize,
    /// The first time.
    first: Timestamp,
}

/// Relation of a newer entry to an older one: whether both are one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// The same happened again.
    Repeat,
    /// Something else happened since.
    Apart,
    /// Nothing: the entry before it has to say.
    Unrelated,
}

/// Entries, newest first, with repeats in a row as one. Deliveries do not interrupt the changes that they tell of, nor
/// those changes the deliveries.
fn fold(entries: impl Iterator<Item = TimelineEntry>) -> Vec<Folded> {
    let mut shown: Vec<Folded> = Vec::new();
    for entry in entries {
        let newer = shown.iter_mut().rev();
        let mut related = newer.map(|newer| (relation(&newer.entry.what, &entry.what), newer));
        match related.find(|(relation, _)| *relation != Relation::Unrelated) {
            Some((Relation::Repeat, newer)) => {
                newer.times += 1;
                newer.first = entry.at;
            }
            _ => shown.push(Folded {
                times: 1,
                first: entry.at,
                entry,
            }),
        }
    }
    shown
}

fn relation(newer: &TimelineEvent, older: &TimelineEvent) -> Relation {
    use TimelineEvent::{Attempt, Change, Delivery};
    let repeat = |is: bool, otherwise| if is { Relation::Repeat } else { otherwise };
    match (newer, older) {
        (
            Change {
                kind, subject_id, ..
            },
            Change {
                kind: k,
                subject_id: s,
                ..
            },
        ) => repeat((kind, subject_id) == (k, s), Relation::Apart),
        (
            Delivery {
                kind,
                endpoint_id,
                code,
                succeeded,
                ..
            },
            Delivery {
                kind: k,
                endpoint_id: e,
                code: c,
                succeeded: s,
                ..
            },
        ) => {
            let is_same = (kind, endpoint_id, code, succeeded) == (k, e, c, s);
            repeat(is_same, Relation::Unrelated)
        }
        (Delivery { .. }, Change { .. }) => Relation::Unrelated,
        (Change { kind, .. }, Delivery { kind: k, .. }) if kind == k => Relation::Unrelated,
        (Attempt { .. } | Change { .. } | Delivery { .. }, _) => Relation::Apart,
    }
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

fn step(viewer: &Viewer, here: Option<Uuid>, folded: Folded) -> Step {
    let entry = folded.entry;
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
            let note = decline.map(|(code, words)| match state {
                PaymentState::Failed => declines::words(&code),
                _ => words.unwrap_or_else(|| sentence(&code)),
            });
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
        at: Cell::second(entry.at, &viewer.zone),
        repeats: (folded.times > 1).then(|| {
            let first = Moment::beside(folded.first, entry.at, &viewer.zone);
            (folded.times, Cell::Time(first))
        }),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn change(second: i64, kind: EventType) -> TimelineEntry {
        TimelineEntry {
            at: Timestamp::from_second(second).unwrap(),
            what: TimelineEvent::Change {
                kind,
                subject_id: Uuid::nil(),
                sequence: second,
            },
        }
    }

    fn delivery(second: i64, kind: EventType, code: i64) -> TimelineEntry {
        TimelineEntry {
            at: Timestamp::from_second(second).unwrap(),
            what: TimelineEvent::Delivery {
                id: Uuid::from_u128(second.unsigned_abs().into()),
                kind,
                event_id: Uuid::from_u128(second.unsigned_abs().into()),
                endpoint_id: Uuid::nil(),
                url: "https://example.com/".to_owned(),
                code: Some(code),
                succeeded: code == 200,
            },
        }
    }

    /// Number of times that each line happened, with its last and its first second.
    fn folded(entries: Vec<TimelineEntry>) -> Vec<(usize, i64, i64)> {
        let lines = fold(entries.into_iter()).into_iter();
        lines
            .map(|line| {
                (
                    line.times,
                    line.entry.at.as_second(),
                    line.first.as_second(),
                )
            })
            .collect()
    }

    #[test]
    fn repeats_in_a_row_are_one_line_whatever_was_told_of_them() {
        use EventType::{CheckoutCreated, CheckoutUpdated};
        let lines = folded(vec![
            delivery(9, CheckoutUpdated, 200),
            change(8, CheckoutUpdated),
            delivery(7, CheckoutUpdated, 200),
            change(6, CheckoutUpdated),
            change(5, CheckoutUpdated),
            change(1, CheckoutCreated),
        ]);
        assert_eq!(lines, [(2, 9, 7), (3, 8, 5), (1, 1, 1)]);
    }

    #[test]
    fn what_lies_between_two_repeats_keeps_them_apart() {
        use EventType::{OrderPaid, OrderUpdated};
        let lines = folded(vec![
            change(4, OrderUpdated),
            change(3, OrderPaid),
            change(2, OrderUpdated),
        ]);
        assert_eq!(lines, [(1, 4, 4), (1, 3, 3), (1, 2, 2)]);
        let answers = folded(vec![
            delivery(4, OrderPaid, 200),
            delivery(3, OrderPaid, 503),
            delivery(2, OrderPaid, 503),
        ]);
        assert_eq!(answers, [(1, 4, 4), (2, 3, 2)]);
    }
}
