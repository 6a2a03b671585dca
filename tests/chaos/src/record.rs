//! The record of a run: the processor's ledger, Till's rows, what arrived at the receiver, and what buyers
//! were told.

mod documents;
mod letters;
mod read;
mod usage;

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

pub use documents::{CreditNote, Documents, Fetched, Next, Numbered, digest};
pub use letters::{Arrival, Letter, Mailed, Taken};
pub use read::{open, unknown, waiting};
#[cfg(test)]
pub use usage::{Billed, Event, Meter};
pub use usage::{Grant, Key, Measured, Purchase, Sent, Usage};

use crate::change::{Change, Move, State, Told};

/// An attempt in the processor's ledger that moved money.
#[derive(Debug, Clone)]
pub struct Charge {
    pub attempt: Uuid,
    pub amount: i64,
    /// Given back.
    pub refunded: i64,
}

/// An intent in the books of a processor that has them.
#[derive(Debug, Clone)]
pub struct Intent {
    pub id: String,
    pub attempt: Uuid,
    pub status: String,
    /// True where a card was tried with it.
    pub was_confirmed: bool,
}

/// A refund in the books of a processor that has them.
#[derive(Debug, Clone)]
pub struct ProcessorRefund {
    pub reference: String,
    /// The name of the intent whose money it gives back.
    pub charge: String,
    /// Till's id, where Till asked for it.
    pub refund: Option<Uuid>,
    pub amount: i64,
    pub status: String,
}

/// A dispute in the books of a processor that has them.
#[derive(Debug, Clone)]
pub struct ProcessorDispute {
    pub reference: String,
    /// The name of the intent whose money is contested.
    pub charge: String,
    pub amount: i64,
    /// In Till's words.
    pub status: String,
}

/// A dispute in Till's rows.
#[derive(Debug, Clone)]
pub struct Dispute {
    pub id: Uuid,
    pub payment: Uuid,
    pub order: Uuid,
    pub reference: String,
    pub status: String,
    /// With tax.
    pub amount: i64,
}

impl Dispute {
    /// True where it was won or lost.
    pub fn is_decided(&self) -> bool {
        ["won", "lost"].contains(&self.status.as_str())
    }
}

/// A refund in Till's journal.
#[derive(Debug, Clone)]
pub struct Refund {
    pub id: Uuid,
    pub payment: Uuid,
    pub order: Option<Uuid>,
    pub amount: i64,
    pub state: String,
    pub reference: Option<String>,
    /// True where it takes back what the order gave.
    pub takes_back: bool,
}

impl Refund {
    /// True for one that gives something of an order back and that the processor has taken: people were told of it.
    pub fn is_told(&self) -> bool {
        let told = ["processing", "succeeded", "failed", "canceled"];
        self.order.is_some() && told.contains(&self.state.as_str())
    }
}

/// An attempt in Till's journal.
#[derive(Debug, Clone)]
pub struct Payment {
    pub id: Uuid,
    /// Purpose of the attempt.
    pub purpose: String,
    pub subject: Option<Uuid>,
    pub checkout: Option<Uuid>,
    pub order: Option<Uuid>,
    pub kind: String,
    pub state: String,
    /// The processor's name for it.
    pub reference: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub id: Uuid,
    pub checkout: Option<Uuid>,
    pub customer: Uuid,
    pub discount: Option<Uuid>,
    pub status: String,
    pub total: i64,
    /// Given back, with tax.
    pub refunded: i64,
    pub subscription: Option<Uuid>,
    /// Reason why it was made.
    pub reason: String,
    pub currency: String,
    /// Amount that was to be charged.
    pub due: i64,
    /// The least that can be charged in its currency.
    pub least: i64,
    pub lines: Vec<Line>,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub struct Line {
    pub amount: i64,
    /// True for one of a change, for a part of a period or for one that begins with it.
    pub proration: bool,
    /// Start and end of the time that it is about.
    pub period: Option<(Timestamp, Timestamp)>,
}

impl Order {
    /// True for one of a further period of a subscription.
    pub fn is_renewal(&self) -> bool {
        self.reason == "subscription_cycle"
    }

    /// True for one of a change of a subscription.
    pub fn is_of_change(&self) -> bool {
        self.reason == "subscription_update"
    }

    /// True for one that is charged where it is paid.
    pub fn is_charged(&self) -> bool {
        self.due >= self.least
    }

    /// True for one that was paid, whatever was given back since.
    pub fn is_paid(&self) -> bool {
        ["paid", "partially_refunded", "refunded"].contains(&self.status.as_str())
    }
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
    pub state: State,
    /// True where it has ended.
    pub ended: bool,
}

/// Balance of a customer.
#[derive(Debug, Clone)]
pub struct Balance {
    pub customer: Uuid,
    pub currency: String,
    pub amount: i64,
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
    /// This refund was made.
    Refunded(Uuid),
    /// This refund is on its way; it may still fail.
    Refunding(Uuid),
    /// This dispute was conceded.
    Conceded(Uuid),
}

#[derive(Debug, Clone, Default)]
pub struct Record {
    pub charges: Vec<Charge>,
    /// Attempts that the processor has not brought to an end.
    pub undecided: Vec<Uuid>,
    /// All of its intents, where it has such.
    pub intents: Vec<Intent>,
    /// All of its refunds, where it lists them.
    pub processor_refunds: Option<Vec<ProcessorRefund>>,
    /// All of its disputes.
    pub processor_disputes: Vec<ProcessorDispute>,
    /// The names of its events, where it lists them.
    pub processor_events: Option<BTreeSet<String>>,
    /// The names of the notices that Till took in.
    pub notices: Vec<String>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
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
    /// Sessions whose buyers left when the bank asked them.
    pub abandoned: BTreeSet<Uuid>,
    pub balances: Vec<Balance>,
    /// Letters, where a mail server was there.
    pub mail: Option<Mailed>,
    pub documents: Option<Documents>,
    /// Usage and grants, where there are any.
    pub usage: Option<Usage>,
    /// Beginnings and ends of what may have kept a node from writing down what it had done.
    pub interruptions: Vec<(Timestamp, Timestamp)>,
    /// States of subscriptions that webhooks told, in the order in which they were committed.
    pub told: Vec<Told>,
    /// The periods that were moved into the past, in order.
    pub moved: Vec<Move>,
    /// The changes of subscriptions that were asked for, those of one in order.
    pub changes: Vec<Change>,
    /// Time at which it was read.
    pub read_at: Timestamp,
    /// The number of endpoints.
    pub endpoints: usize,
    /// Kinds and keys of jobs that nobody will do any more.
    pub buried: Vec<String>,
    /// The work that was still waiting when patience ended.
    pub waiting: Vec<String>,
    /// True where a request that is made again may make a second session.
    pub repeats_allowed: bool,
}
