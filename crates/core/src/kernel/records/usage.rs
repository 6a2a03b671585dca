//! Records of usage: events, their types, and what meters have counted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use till_wire::{decimal::Decimal, metadata::Metadata};
use uuid::Uuid;

use crate::{
    kernel::values::{Cell, Json, Kind, Value},
    record,
};

record! {
    /// An event of usage, as a program sent it in. It is never changed, but for the customer and the parent that appear
    /// later.
    "usage_events";
    pub struct UsageEvent {
        id: Uuid,
        /// Time at which it was taken in.
        created_at: Timestamp,
        organization_id: Uuid,
        /// Time at which it happened.
        timestamp: Timestamp,
        name: String,
        customer_id: Option<Uuid>,
        external_customer_id: Option<String>,
        member_id: Option<Uuid>,
        external_member_id: Option<String>,
        external_id: Option<String>,
        parent_id: Option<Uuid>,
        /// The parent as it was named, while there is none.
        parent_key: Option<String>,
        metadata: Json<Metadata>,
    }
}

record! {
    /// Something that Till did, in the stream of events.
    "system_events";
    pub struct SystemEvent {
        id: Uuid,
        organization_id: Uuid,
        /// Time at which it happened.
        timestamp: Timestamp,
        name: String,
        customer_id: Option<Uuid>,
        external_customer_id: Option<String>,
        member_id: Option<Uuid>,
        metadata: Json<Metadata>,
    }
}

/// Event of a program, or of Till: both are in the stream of events.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent {
    /// An event of usage.
    User(UsageEvent),
    /// An event of Till.
    System(SystemEvent),
}

record! {
    /// The events of Till with one name.
    "system_event_types", versioned;
    pub struct SystemEventType {
        id: Uuid,
        version: i64,
        organization_id: Uuid,
        name: String,
        occurrences: i64,
        first_seen: Timestamp,
        last_seen: Timestamp,
    }
}

record! {
    /// Progress of reading an organization's journal. Its id is the organization's.
    "journal_positions", versioned;
    pub struct JournalPosition {
        id: Uuid,
        version: i64,
        /// The last entry that was read.
        sequence: i64,
        /// The last entry before which none arrives late any more.
        swept: i64,
    }
}

record! {
    /// The events of one request: those from the batch's own id up to `last_id`.
    "usage_batches", versioned;
    pub struct UsageBatch {
        id: Uuid,
        created_at: Timestamp,
        version: i64,
        organization_id: Uuid,
        last_id: Uuid,
        /// Number of its events.
        events: i64,
        /// Bytes of its events, about.
        bytes: i64,
        /// The turn in which they were counted; none until then.
        round: Option<i64>,
    }
}

record! {
    /// A type of events: all with one name.
    "event_types", versioned;
    pub struct UsageEventType {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Option<Timestamp>,
        version: i64,
        organization_id: Uuid,
        name: String,
        label: String,
        label_property_selector: Option<String>,
        /// Events that were counted.
        occurrences: i64,
        first_seen: Timestamp,
        last_seen: Timestamp,
    }
    folded {
        name_folded: searchable(name),
        label_folded: searchable(label),
    }
}

impl Cell for Decimal {
    const KIND: Kind = Kind::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => text.parse(),
            other => Err(format!("expected Text, found {other:?}")),
        }
    }
}

record! {
    /// Progress of putting an organization's events into turns. Its id is the organization's.
    "usage_streams", versioned;
    pub struct UsageStream {
        id: Uuid,
        version: i64,
        /// The last turn.
        round: i64,
    }
}

record! {
    /// Progress of a meter's counting. Its id is the meter's.
    "meter_folds", versioned;
    pub struct MeterFold {
        id: Uuid,
        organization_id: Uuid,
        version: i64,
        /// The last turn whose events were counted.
        round: i64,
        /// Number of events that the filter chose.
        events: i64,
    }
}

record! {
    /// Sum of the events of a quarter of an hour.
    "usage_buckets";
    pub struct UsageBucket {
        id: Uuid,
        meter_id: Uuid,
        /// The customer; all zeros: everybody.
        subject_id: Uuid,
        starts_at: Timestamp,
        /// Number of events that count.
        events: i64,
        total: Decimal,
        largest: Option<Decimal>,
        smallest: Option<Decimal>,
    }
}

record! {
    /// A value that occurred in a quarter of an hour.
    "usage_values";
    pub struct UsageValue {
        id: Uuid,
        meter_id: Uuid,
        /// The customer; all zeros: everybody.
        subject_id: Uuid,
        starts_at: Timestamp,
        value: String,
    }
}

record! {
    /// Use of a meter by a customer, and the credits for it.
    "customer_meters", versioned;
    pub struct CustomerMeter {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Timestamp,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        meter_id: Uuid,
        /// Number of events that count, since the count began anew; likewise what follows.
        events: i64,
        total: Decimal,
        largest: Option<Decimal>,
        smallest: Option<Decimal>,
        /// Number of different values.
        uniques: i64,
        consumed_units: Decimal,
        credited_units: i64,
        /// Units among the credits that move into the next period.
        rollover_units: i64,
        /// Time at which the count began anew; none: it has not yet.
        reset_at: Option<Timestamp>,
        /// Credits, in units, that what was billed since the count began anew has used up.
        settled_units: i64,
        /// Credits by subscription that were taken back after they were used, since the count began anew, in units: what the
        /// subscription gives in their place is so much less. None without any.
        spent: Option<Json<BTreeMap<Uuid, i64>>>,
    }
}

record! {
    /// Usage of a subscription that is to be billed: of one meter, at one price, in one billing period.
    "usage_charges", versioned;
    pub struct UsageCharge {
        id: Uuid,
        created_at: Timestamp,
        modified_at: Timestamp,
        version: i64,
        organization_id: Uuid,
        customer_id: Uuid,
        subscription_id: Uuid,
        meter_id: Uuid,
        price_id: Uuid,
        /// Start of the billing period.
        starts_at: Timestamp,
        /// Number of events that count.
        events: i64,
        total: Decimal,
        largest: Option<Decimal>,
        smallest: Option<Decimal>,
        /// Number of different values.
        uniques: i64,
        /// Time at which it was billed, or left out of a bill for good; none until then.
        billed_at: Option<Timestamp>,
        /// The order of that bill; none if there was no order.
        order_id: Option<Uuid>,
    }
}

record! {
    /// A value among usage that is not billed yet.
    "usage_charge_values";
    pub struct UsageChargeValue {
        id: Uuid,
        charge_id: Uuid,
        value: String,
    }
}
