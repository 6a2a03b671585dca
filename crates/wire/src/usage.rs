//! Usage: the events that programs send in, and what meters make of them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::AdditionalProperties},
};
use uuid::Uuid;

use crate::{customers::Customer, meters::Meter};

mod requests;

pub use requests::{
    EventCreate, EventShape, EventTypeUpdate, EventsIngest, FILTER_TEXT, filter_text,
};

crate::words! {
    /// Origin of an event.
    pub enum EventSource {
        /// Till, of what it did.
        System = "system",
        /// A program of yours, by ingestion.
        User = "user",
    }
}

crate::words! {
    /// Name of an event that Till makes.
    pub enum SystemEventName {
        /// A customer was created.
        CustomerCreated = "customer.created",
        /// A customer changed.
        CustomerUpdated = "customer.updated",
        /// A customer was deleted.
        CustomerDeleted = "customer.deleted",
        /// A checkout session was opened.
        CheckoutCreated = "checkout.created",
        /// An order was paid.
        OrderPaid = "order.paid",
        /// An order was refunded, in part or as a whole.
        OrderRefunded = "order.refunded",
        /// An order was voided.
        OrderVoided = "order.voided",
        /// A subscription was created.
        SubscriptionCreated = "subscription.created",
        /// A subscription entered a new period.
        SubscriptionCycled = "subscription.cycled",
        /// A subscription was cancelled.
        SubscriptionCanceled = "subscription.canceled",
        /// The cancellation of a subscription was withdrawn.
        SubscriptionUncanceled = "subscription.uncanceled",
        /// A subscription ended, and access with it.
        SubscriptionRevoked = "subscription.revoked",
        /// A renewal could not be paid.
        SubscriptionPastDue = "subscription.past_due",
        /// A subscription that was past due is active again.
        SubscriptionReactivated = "subscription.reactivated",
        /// A subscription was paused.
        SubscriptionPaused = "subscription.paused",
        /// A subscription resumed.
        SubscriptionResumed = "subscription.resumed",
        /// A subscription changed to another product.
        SubscriptionProductUpdated = "subscription.product_updated",
        /// A benefit was granted.
        BenefitGranted = "benefit.granted",
        /// A grant of a benefit entered a new period.
        BenefitCycled = "benefit.cycled",
        /// A grant of a benefit changed.
        BenefitUpdated = "benefit.updated",
        /// A grant of a benefit was revoked.
        BenefitRevoked = "benefit.revoked",
        /// A customer was given credits of a meter, or they were taken back.
        MeterCredited = "meter.credited",
        /// A customer's count of a meter began anew.
        MeterReset = "meter.reset",
    }
}

crate::words! {
    /// Interval of quantities. Weeks begin on Monday.
    pub enum TimeInterval {
        /// Year of the calendar.
        Year = "year",
        /// Month of the calendar.
        Month = "month",
        /// Week from Monday.
        Week = "week",
        /// Day of the time zone.
        Day = "day",
        /// Hour of the clock.
        Hour = "hour",
    }
}

crate::words! {
    /// Function that makes one number of many.
    pub enum AggregationFunction {
        /// Number of numbers.
        Count = "count",
        /// Sum of the numbers.
        Sum = "sum",
        /// Largest number.
        Max = "max",
        /// Smallest number.
        Min = "min",
        /// Average of the numbers.
        Avg = "avg",
        /// Number of different numbers.
        Unique = "unique",
    }
}

/// Key-value data of an event. `_cost` and `_llm` have a form of their own.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct EventMetadata(pub Map<String, Value>);

impl PartialSchema for EventMetadata {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .description(Some(
                "Key-value data of the event: texts, numbers and booleans, and under `_cost` and `_llm` what the event \
                 cost and what a language model did. Of an event that Till made, IDs and amounts that go with its name.",
            ))
            .into()
    }
}
impl ToSchema for EventMetadata {}

/// Event: usage that a program sent in, or something that Till did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Event {
    /// ID of the event.
    pub id: Uuid,
    /// Time at which the event happened, in UTC.
    pub timestamp: Timestamp,
    /// ID of the organization that the event belongs to.
    pub organization_id: Uuid,
    /// ID of the customer whose usage it is, or whom it is about; null as long as there is no customer with this external
    /// ID, or where it is about none.
    pub customer_id: Option<Uuid>,
    /// Customer whose usage it is, or whom it is about; null as long as there is none.
    pub customer: Option<Customer>,
    /// Your own ID of the customer; null if none is known.
    pub external_customer_id: Option<String>,
    /// ID of the customer's member who caused the event, or whose benefit it is about; null if none was named.
    pub member_id: Option<Uuid>,
    /// Your own ID of the customer's member who caused the event; null if none was named.
    pub external_member_id: Option<String>,
    /// Number of events whose parent this event is.
    pub child_count: i64,
    /// ID of the event of which this one is a part; null if there is none.
    pub parent_id: Option<Uuid>,
    /// Label for people: the label of the event's type, or the property that the type selects.
    pub label: String,
    /// Name of the event.
    pub name: String,
    /// Origin of the event.
    pub source: EventSource,
    /// Key-value data of the event.
    pub metadata: EventMetadata,
}

/// Outcome of an ingestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventsIngestResponse {
    /// Number of events that were stored.
    pub inserted: i64,
    /// Number of events that were left out, because there is one with the same external ID.
    pub duplicates: i64,
}

/// Name of events, with how often it occurred.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventName {
    /// Name of the events.
    pub name: String,
    /// Label of the event type.
    pub label: String,
    /// Origin of the events.
    pub source: EventSource,
    /// Number of events with this name.
    pub occurrences: i64,
    /// Earliest time of an event with this name, in UTC.
    pub first_seen: Timestamp,
    /// Latest time of an event with this name, in UTC.
    pub last_seen: Timestamp,
}

/// Type of events: all with one name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsageEventType {
    /// ID of the event type.
    pub id: Uuid,
    /// Time at which the event type was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the event type, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the events.
    pub name: String,
    /// Label for people.
    pub label: String,
    /// Path of the property that labels each event, with dots; null if all have the label of the type.
    pub label_property_selector: Option<String>,
    /// ID of the organization that the event type belongs to.
    pub organization_id: Uuid,
}

/// Type of events, with how often they occurred.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventTypeWithStats {
    /// ID of the event type; null if Till makes its events.
    pub id: Option<Uuid>,
    /// Time at which the event type was created, in UTC; null if Till makes its events.
    pub created_at: Option<Timestamp>,
    /// Time of the last change to the event type, in UTC; null if it has never changed, or Till makes its events.
    pub modified_at: Option<Timestamp>,
    /// Name of the events.
    pub name: String,
    /// Label for people.
    pub label: String,
    /// Path of the property that labels each event, with dots; null if all have the label of the type.
    pub label_property_selector: Option<String>,
    /// ID of the organization that the event type belongs to.
    pub organization_id: Uuid,
    /// Origin of the events.
    pub source: EventSource,
    /// Number of events of this type.
    pub occurrences: i64,
    /// Earliest time of an event of this type, in UTC.
    pub first_seen: Timestamp,
    /// Latest time of an event of this type, in UTC.
    pub last_seen: Timestamp,
}

/// Quantity of a meter in one interval.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeterQuantity {
    /// Start of the interval, in UTC.
    pub timestamp: Timestamp,
    /// Quantity of the interval; 0 if no event fell into it.
    pub quantity: f64,
}

/// Quantities of a meter over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeterQuantities {
    /// Quantities of the intervals, in their order.
    pub quantities: Vec<MeterQuantity>,
    /// Quantity of the whole time: the sum of the intervals for `count` and `sum`, the largest or smallest of them for
    /// `max` and `min`, and for `avg` and `unique` the value over all events.
    pub total: f64,
}

/// Meter of a customer, as their state shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerStateMeter {
    /// ID of the customer meter.
    pub id: Uuid,
    /// Time of the customer's first usage, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the units, in UTC; null if they have never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the meter.
    pub meter_id: Uuid,
    /// Number of units that the customer used.
    pub consumed_units: f64,
    /// Number of units that the customer was credited.
    pub credited_units: i64,
    /// Number of credited units less those that were used.
    pub balance: f64,
}

/// Usage of a meter by a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerMeter {
    /// ID of the customer meter.
    pub id: Uuid,
    /// Time of the customer's first usage, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the units, in UTC; null if they have never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the customer.
    pub customer_id: Uuid,
    /// ID of the meter.
    pub meter_id: Uuid,
    /// Number of units that the customer used.
    pub consumed_units: f64,
    /// Number of units that the customer was credited.
    pub credited_units: i64,
    /// Number of credited units less those that were used.
    pub balance: f64,
    /// Customer whose usage it is.
    pub customer: Customer,
    /// Meter that counts the usage.
    pub meter: Meter,
}

/// Meter, as customers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerCustomerMeterMeter {
    /// ID of the meter.
    pub id: Uuid,
    /// Time at which the meter was created, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the meter, in UTC; null if it has never changed.
    pub modified_at: Option<Timestamp>,
    /// Name of the meter.
    pub name: String,
}

/// Usage of a meter by the customer whose portal it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerCustomerMeter {
    /// ID of the customer meter.
    pub id: Uuid,
    /// Time of the customer's first usage, in UTC.
    pub created_at: Timestamp,
    /// Time of the last change to the units, in UTC; null if they have never changed.
    pub modified_at: Option<Timestamp>,
    /// ID of the customer.
    pub customer_id: Uuid,
    /// ID of the meter.
    pub meter_id: Uuid,
    /// Number of units that the customer used.
    pub consumed_units: f64,
    /// Number of units that the customer was credited.
    pub credited_units: i64,
    /// Number of credited units less those that were used.
    pub balance: f64,
    /// Meter that counts the usage.
    pub meter: CustomerCustomerMeterMeter,
}
