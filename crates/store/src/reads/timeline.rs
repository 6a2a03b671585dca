use jiff::{SignedDuration, Timestamp, Unit};
use till_core::kernel::{
    records::{JournalEntry, Payment, PaymentKind, PaymentState, WebhookDelivery, WebhookEvent},
    values::{Json, Value},
};
use till_wire::{events::EventType, money::Currency, payments::CardMetadata};
use uuid::Uuid;

use super::{checked, ids, marks};
use crate::{Col, Query, Result, Store, columns, list::Dialect};

/// The number of entries that a timeline shows.
const SHOWN: usize = 50;

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// Time at which it happened, in the organization's time.
    pub at: Timestamp,
    /// The event.
    pub what: TimelineEvent,
}

/// An event in the life of a session, an order, a subscription or a customer.
#[derive(Debug, Clone, PartialEq)]
pub enum TimelineEvent {
    /// It changed.
    Change {
        /// The type of the change.
        kind: EventType,
        /// The thing that changed.
        subject_id: Uuid,
        /// Its place in the organization's journal.
        sequence: i64,
    },
    /// Somebody tried to pay; as the attempt stands now.
    Attempt {
        /// The payment's id.
        id: Uuid,
        /// A charge, or only a card kept.
        kind: PaymentKind,
        /// The state of the attempt.
        state: PaymentState,
        /// Minor units.
        amount: i64,
        /// Of the amount.
        currency: Currency,
        /// The card, once it is known.
        card: Option<CardMetadata>,
        /// Reason why it was declined: the processor's code, and words for people.
        decline: Option<(String, Option<String>)>,
    },
    /// A webhook was sent.
    Delivery {
        /// The delivery's id.
        id: Uuid,
        /// The type of the event that it told of.
        kind: EventType,
        /// The event in the outbox, which can be redelivered.
        event_id: Uuid,
        /// To whom.
        endpoint_id: Uuid,
        /// The address.
        url: String,
        /// The answer's status; none where there was no answer.
        code: Option<i64>,
        /// True where it was taken.
        succeeded: bool,
    },
}

impl Store {
    /// The newest 50 moments in the lives of these subjects, newest first: their events, the attempts to pay
    /// for them, and what webhooks told of them. Three reads.
    pub async fn timeline(
        &self,
        organization_id: Uuid,
        subjects: &[Uuid],
    ) -> Result<Vec<TimelineEntry>> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let own = (self.dialect(), organization_id);
        let (journal, attempts, deliveries) = futures_util::future::try_join3(
            self.all::<JournalEntry>(journal(own, subjects)),
            self.all::<Payment>(attempts(own, subjects)),
            self.all::<(WebhookDelivery, WebhookEvent, Col<String>)>(deliveries(
                organization_id,
                subjects,
            )),
        )
        .await?;
        let ahead = Ahead::of(&journal);
        // At the same moment a payment comes before what it caused, and that before its telling.
        let mut found: Vec<_> = attempts
            .into_iter()
            .map(|row| (row.created_at, 0, 0, row.id, attempt(row)))
            .chain(journal.into_iter().map(|row| {
                let what = TimelineEvent::Change {
                    kind: row.kind,
                    subject_id: row.subject_id,
                    sequence: row.sequence,
                };
                (row.created_at, 1, row.sequence, row.id, what)
            }))
            .chain(deliveries.into_iter().map(|(row, event, Col(url))| {
                let sequence = event.sequence;
                (
                    row.created_at + ahead.at(sequence),
                    2,
                    sequence,
                    row.id,
                    delivery(row, event, url),
                )
            }))
            .collect();
        found.sort_by_key(|m| std::cmp::Reverse((m.0, m.1, m.2, m.3)));
        Ok(found
            .into_iter()
            .take(SHOWN)
            .map(|(at, _, _, _, what)| TimelineEntry { at, what })
            .collect())
    }
}

/// Time by which the organization was ahead of the machine, in which webhooks are delivered: told by the entries of the
/// journal, which have both.
struct Ahead(Vec<(i64, SignedDuration)>);

impl Ahead {
    fn of(journal: &[JournalEntry]) -> Self {
        let mut known: Vec<_> = journal.iter().map(ahead).collect();
        known.sort_unstable();
        Self(known)
    }

    /// Time at which what has this sequence was decided.
    fn at(&self, sequence: i64) -> SignedDuration {
        let later = self.0.partition_point(|(known, _)| *known <= sequence);
        let nearest = self.0.get(later.saturating_sub(1));
        nearest.map_or(SignedDuration::ZERO, |(_, ahead)| *ahead)
    }
}

fn ahead(entry: &JournalEntry) -> (i64, SignedDuration) {
    let wall = Timestamp::from_microsecond(entry.sequence / 1000).unwrap_or(entry.created_at);
    // Clocks are ahead by whole seconds; a sequence may run a little ahead of its moment.
    let ahead = entry.created_at.duration_since(wall).round(Unit::Second);
    (entry.sequence, ahead.unwrap_or_default())
}

fn attempt(row: Payment) -> TimelineEvent {
    TimelineEvent::Attempt {
        id: row.id,
        kind: row.kind,
        state: row.state,
        amount: row.amount,
        currency: row.currency,
        card: row.card.map(|Json(card)| card),
        decline: row.decline_reason.map(|code| (code, row.decline_message)),
    }
}

fn delivery(row: WebhookDelivery, event: WebhookEvent, url: String) -> TimelineEvent {
    TimelineEvent::Delivery {
        id: row.id,
        kind: event.kind,
        event_id: row.event_id,
        endpoint_id: row.endpoint_id,
        url,
        code: row.http_code,
        succeeded: row.succeeded,
    }
}

/// The organization, then the subjects.
fn binds(organization_id: Uuid, subjects: &[Uuid]) -> Vec<Value> {
    [Value::Uuid(organization_id)]
        .into_iter()
        .chain(ids(subjects))
        .collect()
}

fn journal((dialect, organization_id): (Dialect, Uuid), subjects: &[Uuid]) -> Query {
    let rest = format!(
        "where {} = $1 and subject_id in ({}) order by sequence desc, id desc limit {SHOWN}",
        checked(dialect, "organization_id"),
        marks(1, subjects.len())
    );
    Query::select::<JournalEntry>(&rest, binds(organization_id, subjects))
}

/// Each way to find an attempt has an index of its own, which `or` would not use everywhere.
fn attempts((dialect, organization_id): (Dialect, Uuid), subjects: &[Uuid]) -> Query {
    let marks = marks(1, subjects.len());
    let found = ["checkout_id", "order_id", "customer_id"]
        .map(|column| format!("select id from payments where {column} in ({marks})"))
        .join(" union ");
    // A change of a subscription whose charge failed has no order; it is found among the payments of the customer.
    let changes = format!(
        "select p.id from subscriptions s join payments p on p.customer_id = s.customer_id \
         where s.id in ({marks}) and p.subject_id = s.id"
    );
    let own = checked(dialect, "organization_id");
    let rest = format!(
        "where {own} = $1 and id in ({found} union {changes}) order by created_at desc, id desc limit {SHOWN}"
    );
    Query::select::<Payment>(&rest, binds(organization_id, subjects))
}

fn deliveries(organization_id: Uuid, subjects: &[Uuid]) -> Query {
    let sql = format!(
        "select {}, {}, e.url from webhook_events v join webhook_deliveries d on d.event_id = v.id \
         join webhook_endpoints e on e.id = d.endpoint_id \
         where v.organization_id = $1 and v.subject_id in ({}) \
         order by d.created_at desc, d.id desc limit {SHOWN}",
        columns::<WebhookDelivery>("d"),
        columns::<WebhookEvent>("v"),
        marks(1, subjects.len())
    );
    Query::raw(sql, binds(organization_id, subjects))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plan::{database, plan};

    #[tokio::test]
    async fn moments_are_found_by_their_subjects_in_an_organization_of_any_size() {
        let (_folder, db) = database().await;
        let subjects: Vec<Uuid> = (0..100).map(Uuid::from_u128).collect();
        for n in [1, 3, 100] {
            let own = (Dialect::Sqlite, Uuid::nil());
            for query in [
                journal(own, &subjects[..n]),
                attempts(own, &subjects[..n]),
                deliveries(Uuid::nil(), &subjects[..n]),
            ] {
                let plan = plan(&db, &query);
                assert!(!plan.contains("(organization_id=?"), "{plan}");
                assert!(!plan.contains("SCAN"), "{plan}");
            }
        }
    }
}
