//! The record of a run: the processor's ledger, Till's rows, what arrived at the receiver, and what buyers
//! were told.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;
use serde_json::Value;
use till_core::kernel::values::Json;
use till_ports::{
    processor::sandbox::AttemptRecord,
    processor::{AttemptKind, Outcome},
};
use till_store::{Col, Options, Query, Store};
use uuid::Uuid;

use crate::{Failure, net, receiver::Receiver, shop::EVENTS};

/// An attempt in the processor's ledger that moved money.
#[derive(Debug, Clone)]
pub struct Charge {
    pub attempt: Uuid,
    pub amount: i64,
    /// Given back.
    pub refunded: i64,
}

/// An attempt in Till's journal.
#[derive(Debug, Clone)]
pub struct Payment {
    pub id: Uuid,
    pub checkout: Option<Uuid>,
    pub order: Option<Uuid>,
    pub kind: String,
    pub state: String,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub id: Uuid,
    pub checkout: Option<Uuid>,
    pub customer: Uuid,
    pub discount: Option<Uuid>,
    pub status: String,
    pub total: i64,
}

#[derive(Debug, Clone)]
pub struct Session {
    pub id: Uuid,
    pub status: String,
    pub attempt: Option<Uuid>,
    pub discount: Option<Uuid>,
    /// The wish that made it, from its metadata.
    pub wish: Option<String>,
    /// True where a subscription comes of it.
    pub recurring: bool,
}

#[derive(Debug, Clone)]
pub struct Subscription {
    pub id: Uuid,
    pub checkout: Option<Uuid>,
}

#[derive(Debug, Clone)]
pub struct Customer {
    pub id: Uuid,
    /// Organization and address.
    pub person: (Uuid, String),
}

#[derive(Debug, Clone)]
pub struct Discount {
    pub id: Uuid,
    pub limit: Option<i64>,
    pub count: i64,
}

#[derive(Debug, Clone)]
pub struct Redemption {
    pub discount: Uuid,
    pub checkout: Uuid,
}

/// A row of the journal of what happened.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    pub kind: String,
    pub subject: Uuid,
}

/// A row of the outbox.
#[derive(Debug, Clone)]
pub struct WebhookEvent {
    pub id: Uuid,
    pub endpoint: usize,
    pub kind: String,
    pub subject: Option<Uuid>,
    pub sequence: i64,
    /// Milliseconds since 1970.
    pub created: i64,
    /// True where it waits for nothing any more without having been sent.
    pub skipped: bool,
}

/// One arrival at the receiver.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub endpoint: usize,
    pub webhook_id: Uuid,
    /// A digest of the body.
    pub body: u64,
    pub kind: String,
    /// The session that it is about, where it is about one.
    pub chain: Option<Uuid>,
}

/// A definite answer that a buyer got.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acknowledgement {
    /// The session exists.
    Created(Uuid),
    /// Bought and paid, or free: the purchase is complete.
    Succeeded(Uuid),
}

#[derive(Debug, Clone, Default)]
pub struct Record {
    pub charges: Vec<Charge>,
    /// Attempts that the processor has not brought to an end.
    pub undecided: Vec<Uuid>,
    pub payments: Vec<Payment>,
    pub orders: Vec<Order>,
    pub sessions: Vec<Session>,
    pub subscriptions: Vec<Subscription>,
    pub customers: Vec<Customer>,
    pub discounts: Vec<Discount>,
    pub redemptions: Vec<Redemption>,
    pub journal: Vec<JournalEntry>,
    pub webhook_events: Vec<WebhookEvent>,
    /// In order of arrival.
    pub deliveries: Vec<Delivery>,
    pub acknowledged: BTreeSet<Acknowledgement>,
    /// The number of endpoints.
    pub endpoints: usize,
    /// Kinds and keys of jobs that nobody will do any more.
    pub buried: Vec<String>,
    /// The work that was still waiting when patience ended.
    pub waiting: Vec<String>,
    /// True where a request that is made again may make a second session.
    pub repeats_allowed: bool,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    wish: Option<String>,
}

type Text = Col<String>;
type Id = Col<Uuid>;
type MaybeId = Col<Option<Uuid>>;
type Int = Col<i64>;

/// Opens the database that Till writes.
pub async fn open(url: &str) -> Result<Store, Failure> {
    let options = Options {
        migrate: false,
        connections: 2,
        readers: 1,
        ..Options::default()
    };
    Ok(Store::open(url, options).await?)
}

fn sql(text: &'static str) -> Query {
    Query::raw(text, vec![])
}

/// The work that is not finished yet, one line each; empty once everything has settled.
pub async fn waiting(store: &Store) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    let attempts = sql(
        "select state, id from payments where state in ('intended', 'asked', 'requires_action', 'processing')",
    );
    for (Col(state), Col(id)) in store.all::<(Text, Id)>(attempts).await? {
        all.push(format!("attempt {id} is {state}"));
    }
    let sessions = sql("select id from checkouts where status = 'confirmed'");
    for Col(id) in store.all::<Id>(sessions).await? {
        all.push(format!("session {id} is confirmed"));
    }
    let jobs = sql("select key from jobs where buried is null");
    for Col(key) in store.all::<Text>(jobs).await? {
        all.push(format!("job {key}"));
    }
    let events = sql(
        "select count(*), endpoint_id from webhook_events where next_attempt_at is not null group by endpoint_id order by endpoint_id",
    );
    for (Col(count), Col(endpoint)) in store.all::<(Int, Id)>(events).await? {
        all.push(format!("{count} events for endpoint {endpoint}"));
    }
    Ok(all)
}

impl Record {
    /// Reads everything.
    pub async fn read(
        store: &Store,
        sandbox: &str,
        receiver: &Receiver,
        endpoints: &[Uuid],
    ) -> Result<Self, Failure> {
        let mut record = Self {
            endpoints: endpoints.len(),
            deliveries: receiver.deliveries(),
            ..Self::default()
        };
        record.read_attempts(sandbox).await?;
        record.read_sales(store).await?;
        record.read_others(store).await?;
        record.read_events(store, endpoints).await?;
        Ok(record)
    }

    async fn read_attempts(&mut self, sandbox: &str) -> Result<(), Failure> {
        let attempts = net::client()?.get(format!("{sandbox}/attempts")).send();
        let attempts: Vec<AttemptRecord> = serde_json::from_slice(&attempts.await?.bytes().await?)?;
        for attempt in attempts {
            match (attempt.kind, attempt.outcome) {
                (AttemptKind::Charge { amount, .. }, Some(Outcome::Succeeded { .. })) => {
                    self.charges.push(Charge {
                        attempt: attempt.attempt_id,
                        amount: amount.minor,
                        refunded: attempt.refunded,
                    });
                }
                (_, Some(Outcome::Processing | Outcome::RequiresAction { .. })) => {
                    self.undecided.push(attempt.attempt_id);
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn read_sales(&mut self, store: &Store) -> Result<(), Failure> {
        type PaymentRow = (Id, MaybeId, MaybeId, Text, Text);
        let rows = sql("select id, checkout_id, order_id, kind, state from payments");
        for (Col(id), Col(checkout), Col(order), Col(kind), Col(state)) in
            store.all::<PaymentRow>(rows).await?
        {
            self.payments.push(Payment {
                id,
                checkout,
                order,
                kind,
                state,
            });
        }
        type OrderRow = (Id, MaybeId, Id, MaybeId, Text, Int);
        let rows = sql(
            "select id, checkout_id, customer_id, discount_id, status, net_amount + tax_amount from orders",
        );
        for (Col(id), Col(checkout), Col(customer), Col(discount), Col(status), Col(total)) in
            store.all::<OrderRow>(rows).await?
        {
            self.orders.push(Order {
                id,
                checkout,
                customer,
                discount,
                status,
                total,
            });
        }
        type SessionRow = (
            Id,
            Text,
            MaybeId,
            MaybeId,
            Col<Json<Value>>,
            Col<Option<String>>,
        );
        let rows = sql(
            "select c.id, c.status, c.attempt_id, c.discount_id, c.metadata, p.recurring_interval \
             from checkouts c join products p on p.id = c.product_id",
        );
        for (
            Col(id),
            Col(status),
            Col(attempt),
            Col(discount),
            Col(Json(metadata)),
            Col(interval),
        ) in store.all::<SessionRow>(rows).await?
        {
            let metadata: Metadata = serde_json::from_value(metadata)?;
            self.sessions.push(Session {
                id,
                status,
                attempt,
                discount,
                wish: metadata.wish,
                recurring: interval.is_some(),
            });
        }
        Ok(())
    }

    async fn read_others(&mut self, store: &Store) -> Result<(), Failure> {
        let rows = sql("select id, checkout_id from subscriptions");
        for (Col(id), Col(checkout)) in store.all::<(Id, MaybeId)>(rows).await? {
            self.subscriptions.push(Subscription { id, checkout });
        }
        let rows =
            sql("select id, organization_id, email_key from customers where deleted_at is null");
        for (Col(id), Col(organization), Col(email)) in store.all::<(Id, Id, Text)>(rows).await? {
            self.customers.push(Customer {
                id,
                person: (organization, email),
            });
        }
        let rows = sql("select id, max_redemptions, redemptions_count from discounts");
        for (Col(id), Col(limit), Col(count)) in
            store.all::<(Id, Col<Option<i64>>, Int)>(rows).await?
        {
            self.discounts.push(Discount { id, limit, count });
        }
        let rows = sql("select discount_id, checkout_id from discount_redemptions");
        for (Col(discount), Col(checkout)) in store.all::<(Id, Id)>(rows).await? {
            self.redemptions.push(Redemption { discount, checkout });
        }
        let rows = sql("select key from jobs where buried is not null");
        for Col(key) in store.all::<Text>(rows).await? {
            self.buried.push(key);
        }
        Ok(())
    }

    async fn read_events(&mut self, store: &Store, endpoints: &[Uuid]) -> Result<(), Failure> {
        let rows = sql("select kind, subject_id from journal order by sequence");
        for (Col(kind), Col(subject)) in store.all::<(Text, Id)>(rows).await? {
            if EVENTS.contains(&kind.as_str()) {
                self.journal.push(JournalEntry { kind, subject });
            }
        }
        let skipped = store
            .all::<Id>(sql("select id from webhook_events where skipped"))
            .await?;
        let skipped: HashSet<Uuid> = skipped.into_iter().map(|Col(id)| id).collect();
        type EventRow = (Id, Id, Text, MaybeId, Int, Col<jiff::Timestamp>);
        let rows = sql(
            "select id, endpoint_id, kind, subject_id, sequence, created_at from webhook_events order by sequence",
        );
        for (Col(id), Col(endpoint), Col(kind), Col(subject), Col(sequence), Col(created)) in
            store.all::<EventRow>(rows).await?
        {
            let Some(endpoint) = endpoints.iter().position(|known| *known == endpoint) else {
                continue;
            };
            self.webhook_events.push(WebhookEvent {
                id,
                endpoint,
                kind,
                subject,
                sequence,
                created: created.as_millisecond(),
                skipped: skipped.contains(&id),
            });
        }
        Ok(())
    }
}
