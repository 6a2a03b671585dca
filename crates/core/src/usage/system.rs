//! Till's own events: made of the journal's entries and of the rows that they are about
//! (docs/behaviour: system-events/derived).

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use till_wire::{
    events::EventType,
    metadata::Metadata,
    orders::BillingReason,
    usage::{Event, EventMetadata, EventSource, EventTypeWithStats, SystemEventName as Name},
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    facts::Fact,
    records::{
        Benefit, BenefitGrant, Checkout, Customer, JournalEntry, JournalPosition, Order,
        Subscription, SystemEvent, SystemEventType,
    },
    values::Json,
};

/// IDs of the rows that entries of the journal are about.
#[derive(Debug, Default)]
pub struct Subjects {
    /// Checkout sessions.
    pub checkouts: Vec<Uuid>,
    /// Customers.
    pub customers: Vec<Uuid>,
    /// Orders.
    pub orders: Vec<Uuid>,
    /// Subscriptions.
    pub subscriptions: Vec<Uuid>,
    /// Grants of benefits.
    pub grants: Vec<Uuid>,
}

impl Subjects {
    /// IDs of the rows that these entries are about.
    pub fn of(entries: &[JournalEntry]) -> Self {
        let mut found = Self::default();
        for entry in entries {
            for event in told_by(entry) {
                let list = match event {
                    Told::Checkout => &mut found.checkouts,
                    Told::Customer(_) => &mut found.customers,
                    Told::Order(_) => &mut found.orders,
                    Told::Subscription(_) => &mut found.subscriptions,
                    Told::Grant(_) => &mut found.grants,
                    Told::Product {
                        subscription_id, ..
                    } => {
                        found.subscriptions.push(subscription_id);
                        continue;
                    }
                    Told::Meter { customer_id, .. } => {
                        found.customers.push(customer_id);
                        continue;
                    }
                };
                list.push(entry.subject_id);
            }
        }
        found
    }
}

/// Rows that entries of the journal are about.
#[derive(Debug, Default)]
pub struct SystemRows {
    /// Checkout sessions.
    pub checkouts: Vec<Checkout>,
    /// Customers, deleted ones too.
    pub customers: Vec<Customer>,
    /// Orders.
    pub orders: Vec<Order>,
    /// Subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Grants of benefits.
    pub grants: Vec<BenefitGrant>,
    /// Benefits of the grants, deleted ones too.
    pub benefits: Vec<Benefit>,
}

impl SystemRows {
    /// IDs of the customers that the other rows name.
    pub fn customer_ids(&self) -> Vec<Uuid> {
        let checkouts = self.checkouts.iter().filter_map(|row| row.customer_id);
        let orders = self.orders.iter().map(|row| row.customer_id);
        let subscriptions = self.subscriptions.iter().map(|row| row.customer_id);
        let grants = self.grants.iter().map(|row| row.customer_id);
        let all = checkouts.chain(orders).chain(subscriptions).chain(grants);
        all.collect()
    }
}

/// An event that an entry tells of, by the row that it is about.
#[derive(Debug, Clone, Copy)]
enum Told<'a> {
    Checkout,
    Customer(Name),
    Order(Name),
    Subscription(Name),
    Grant(Name),
    Product {
        subscription_id: Uuid,
        old: Uuid,
        new: Uuid,
    },
    Meter {
        customer_id: Uuid,
        fact: &'a Fact,
    },
}

/// The events that an entry tells of, in their order.
fn told_by(entry: &JournalEntry) -> Vec<Told<'_>> {
    let own = match entry.kind {
        EventType::CheckoutCreated => Some(Told::Checkout),
        EventType::CustomerCreated => Some(Told::Customer(Name::CustomerCreated)),
        EventType::CustomerUpdated => Some(Told::Customer(Name::CustomerUpdated)),
        EventType::CustomerDeleted => Some(Told::Customer(Name::CustomerDeleted)),
        EventType::OrderPaid => Some(Told::Order(Name::OrderPaid)),
        EventType::OrderRefunded => Some(Told::Order(Name::OrderRefunded)),
        EventType::SubscriptionCreated => Some(Told::Subscription(Name::SubscriptionCreated)),
        EventType::SubscriptionCycled => Some(Told::Subscription(Name::SubscriptionCycled)),
        EventType::SubscriptionCanceled => Some(Told::Subscription(Name::SubscriptionCanceled)),
        EventType::SubscriptionUncanceled => Some(Told::Subscription(Name::SubscriptionUncanceled)),
        EventType::SubscriptionRevoked => Some(Told::Subscription(Name::SubscriptionRevoked)),
        EventType::SubscriptionPastDue => Some(Told::Subscription(Name::SubscriptionPastDue)),
        EventType::SubscriptionPaused => Some(Told::Subscription(Name::SubscriptionPaused)),
        EventType::SubscriptionResumed => Some(Told::Subscription(Name::SubscriptionResumed)),
        EventType::BenefitGrantCreated => Some(Told::Grant(Name::BenefitGranted)),
        EventType::BenefitGrantCycled => Some(Told::Grant(Name::BenefitCycled)),
        EventType::BenefitGrantUpdated => Some(Told::Grant(Name::BenefitUpdated)),
        EventType::BenefitGrantRevoked => Some(Told::Grant(Name::BenefitRevoked)),
        _ => None,
    };
    let noted = facts(entry).filter_map(|fact| match fact {
        Fact::Reactivated => Some(Told::Subscription(Name::SubscriptionReactivated)),
        Fact::OrderVoided => Some(Told::Order(Name::OrderVoided)),
        Fact::ProductChanged {
            subscription_id,
            old,
            new,
        } => Some(Told::Product {
            subscription_id: *subscription_id,
            old: *old,
            new: *new,
        }),
        Fact::MeterReset { customer_id, .. } | Fact::MeterCredited { customer_id, .. } => {
            Some(Told::Meter {
                customer_id: *customer_id,
                fact,
            })
        }
        // What another event says.
        Fact::CustomerChanged { .. } | Fact::OrderRefunded { .. } | Fact::Unknown => None,
    });
    own.into_iter().chain(noted).collect()
}

fn facts(entry: &JournalEntry) -> impl Iterator<Item = &Fact> {
    entry.facts.iter().flat_map(|facts| facts.0.iter())
}

/// The IDs of the events that entries of the journal tell of: whoever reads an entry again finds its events by them.
pub fn ids(entries: &[JournalEntry]) -> Vec<Uuid> {
    let of = |entry| (0..told_by(entry).len()).map(move |n| event_id(entry, n));
    entries.iter().flat_map(of).collect()
}

/// The ID of the event number `n` of an entry. IDs have the order of the entries: they begin with the sequence, which is
/// of the machine's time, and are marked as version 4, as all IDs of the API are.
fn event_id(entry: &JournalEntry, n: usize) -> Uuid {
    let sequence = u128::from(entry.sequence.unsigned_abs());
    let random = entry.id.as_u128() & ((1 << 50) - 1);
    let id = ((sequence >> 16) << 80)
        | (((sequence >> 4) & 0xfff) << 64)
        | ((sequence & 0xf) << 58)
        | ((n as u128 & 0xff) << 50)
        | random;
    uuid::Builder::from_u128(id)
        .with_version(uuid::Version::Random)
        .with_variant(uuid::Variant::RFC4122)
        .into_uuid()
}

/// The events that entries of the journal tell of. One whose row is gone is not told.
pub fn derive(entries: &[JournalEntry], rows: &SystemRows) -> Vec<SystemEvent> {
    let known = Known::new(rows);
    let mut events = Vec::new();
    for entry in entries {
        for (n, told) in told_by(entry).into_iter().enumerate() {
            if let Some(made) = known.make(entry, told) {
                events.push(made.event(event_id(entry, n), entry, &known));
            }
        }
    }
    events
}

/// An event in the making.
struct Made {
    name: Name,
    customer_id: Option<Uuid>,
    member_id: Option<Uuid>,
    metadata: Value,
}

impl Made {
    /// The event; what metadata is null is not said, but of customers.
    fn event(self, id: Uuid, entry: &JournalEntry, known: &Known<'_>) -> SystemEvent {
        let customer = self.customer_id.and_then(|id| known.customers.get(&id));
        let mut metadata = match self.metadata {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let is_of_customer = self.name.as_str().starts_with("customer.");
        metadata.retain(|_, value| is_of_customer || !value.is_null());
        SystemEvent {
            id,
            organization_id: entry.organization_id,
            timestamp: entry.created_at,
            name: self.name.as_str().to_owned(),
            customer_id: self.customer_id,
            external_customer_id: customer.and_then(|customer| external_id(customer)).cloned(),
            member_id: self.member_id,
            metadata: Json(Metadata(metadata)),
        }
    }
}

/// Rows by their IDs.
struct Known<'a> {
    checkouts: HashMap<Uuid, &'a Checkout>,
    customers: HashMap<Uuid, &'a Customer>,
    orders: HashMap<Uuid, &'a Order>,
    subscriptions: HashMap<Uuid, &'a Subscription>,
    grants: HashMap<Uuid, &'a BenefitGrant>,
    benefits: HashMap<Uuid, &'a Benefit>,
}

impl<'a> Known<'a> {
    fn new(rows: &'a SystemRows) -> Self {
        Self {
            checkouts: rows.checkouts.iter().map(|row| (row.id, row)).collect(),
            customers: rows.customers.iter().map(|row| (row.id, row)).collect(),
            orders: rows.orders.iter().map(|row| (row.id, row)).collect(),
            subscriptions: rows.subscriptions.iter().map(|row| (row.id, row)).collect(),
            grants: rows.grants.iter().map(|row| (row.id, row)).collect(),
            benefits: rows.benefits.iter().map(|row| (row.id, row)).collect(),
        }
    }

    fn make(&self, entry: &JournalEntry, told: Told<'_>) -> Option<Made> {
        let id = entry.subject_id;
        match told {
            Told::Checkout => Some(checkout(self.checkouts.get(&id)?)),
            Told::Customer(name) => Some(customer(name, self.customers.get(&id)?, entry)),
            Told::Order(name) => {
                let order = self.orders.get(&id)?;
                Some(self.order(name, order, entry))
            }
            Told::Subscription(name) => {
                Some(subscription(name, self.subscriptions.get(&id)?, entry))
            }
            Told::Grant(name) => {
                let grant = self.grants.get(&id)?;
                let benefit = self.benefits.get(&grant.benefit_id)?;
                let metadata = json!({"benefit_id": benefit.id, "benefit_grant_id": grant.id,
                    "benefit_type": benefit.kind, "member_id": grant.member_id});
                Some(Made {
                    name,
                    customer_id: Some(grant.customer_id),
                    member_id: grant.member_id,
                    metadata,
                })
            }
            Told::Product {
                subscription_id,
                old,
                new,
            } => {
                let row = self.subscriptions.get(&subscription_id)?;
                let metadata = json!({"subscription_id": row.id, "old_product_id": old, "new_product_id": new});
                let name = Name::SubscriptionProductUpdated;
                Some(of_customer(name, row.customer_id, metadata))
            }
            Told::Meter { customer_id, fact } => {
                let (name, metadata) = match fact {
                    Fact::MeterReset { meter_id, .. } => {
                        (Name::MeterReset, json!({"meter_id": meter_id}))
                    }
                    Fact::MeterCredited {
                        meter_id,
                        units,
                        rollover,
                        ..
                    } => (
                        Name::MeterCredited,
                        json!({"meter_id": meter_id, "units": units, "rollover": rollover}),
                    ),
                    _ => return None,
                };
                Some(of_customer(name, customer_id, metadata))
            }
        }
    }

    fn order(&self, name: Name, row: &Order, entry: &JournalEntry) -> Made {
        let metadata = match name {
            Name::OrderRefunded => {
                let noted = facts(entry).find_map(|fact| match fact {
                    Fact::OrderRefunded { refunded_amount } => Some(*refunded_amount),
                    _ => None,
                });
                json!({"order_id": row.id, "refunded_amount": noted.unwrap_or(row.refunded_amount),
                    "currency": row.currency})
            }
            Name::OrderVoided => {
                json!({"order_id": row.id, "amount": row.total_amount(), "currency": row.currency})
            }
            _ => {
                let of = row
                    .subscription_id
                    .and_then(|id| self.subscriptions.get(&id));
                let billing_type = match row.billing_reason {
                    BillingReason::Purchase => "one_time",
                    _ => "recurring",
                };
                json!({"order_id": row.id, "product_id": row.product_id, "billing_type": billing_type,
                    "amount": row.total_amount(), "currency": row.currency, "net_amount": row.net_amount,
                    "tax_amount": row.tax_amount, "applied_balance_amount": row.applied_balance_amount,
                    "discount_amount": row.discount_amount, "discount_id": row.discount_id, "platform_fee": 0,
                    "subscription_id": row.subscription_id,
                    "recurring_interval": of.map(|one| one.recurring_interval),
                    "recurring_interval_count": of.map(|one| one.recurring_interval_count)})
            }
        };
        of_customer(name, row.customer_id, metadata)
    }
}

fn of_customer(name: Name, customer_id: Uuid, metadata: Value) -> Made {
    Made {
        name,
        customer_id: Some(customer_id),
        member_id: None,
        metadata,
    }
}

/// The merchant's own ID of a customer who is not anonymized.
fn external_id(row: &Customer) -> Option<&String> {
    row.external_id.as_ref().filter(|_| !row.is_anonymized())
}

/// A session is open when it is created, whatever became of it.
fn checkout(row: &Checkout) -> Made {
    Made {
        name: Name::CheckoutCreated,
        customer_id: row.customer_id,
        member_id: None,
        metadata: json!({"checkout_id": row.id, "checkout_status": "open", "product_id": row.terms.product_id}),
    }
}

fn customer(name: Name, row: &Customer, entry: &JournalEntry) -> Made {
    let mut metadata = json!({"customer_id": row.id, "customer_email": row.email, "customer_name": row.name,
        "customer_external_id": external_id(row)});
    if name == Name::CustomerUpdated {
        let mut updated = Map::new();
        let changed = facts(entry).flat_map(|fact| match fact {
            Fact::CustomerChanged { fields } => fields.as_slice(),
            _ => &[],
        });
        for field in changed {
            let value = match field.as_str() {
                "name" => json!(row.name),
                "billing_name" => json!(row.billing_name),
                "email" => json!(row.email),
                "billing_address" => json!(row.billing_address),
                "tax_id" => json!(row.tax_id),
                "metadata" => json!(row.metadata),
                _ => continue,
            };
            updated.insert(field.clone(), value);
        }
        metadata["updated_fields"] = Value::Object(updated);
    }
    of_customer(name, row.id, metadata)
}

/// An event of a subscription, by its row, which has moved on: moments that it does not know any more are those of the entry.
fn subscription(name: Name, row: &Subscription, entry: &JournalEntry) -> Made {
    let at = entry.created_at;
    let mut metadata = json!({"subscription_id": row.id, "product_id": row.product_id, "amount": row.amount,
        "currency": row.currency, "recurring_interval": row.recurring_interval,
        "recurring_interval_count": row.recurring_interval_count});
    let more = match name {
        Name::SubscriptionCreated => {
            json!({"started_at": row.started_at.unwrap_or(row.created_at)})
        }
        Name::SubscriptionCanceled => json!({"canceled_at": row.canceled_at.unwrap_or(at),
            "customer_cancellation_reason": row.customer_cancellation_reason,
            "customer_cancellation_comment": row.customer_cancellation_comment,
            "ends_at": row.ends_at, "cancel_at_period_end": row.cancel_at_period_end}),
        Name::SubscriptionPastDue => json!({"past_due_at": row.past_due_at.unwrap_or(at)}),
        Name::SubscriptionPaused => {
            json!({"paused_at": row.paused_at.unwrap_or(at), "resumes_at": row.resumes_at})
        }
        _ => json!({}),
    };
    if let (Value::Object(all), Value::Object(more)) = (&mut metadata, more) {
        all.extend(more);
    }
    of_customer(name, row.customer_id, metadata)
}

/// Writes events, counts them by their names, and notes how far the journal was read.
pub fn write(
    organization_id: Uuid,
    position: Option<&JournalPosition>,
    (sequence, swept): (i64, i64),
    events: &[SystemEvent],
    types: &[SystemEventType],
    ctx: &DecisionContext,
) -> Changes {
    let mut changes = Changes::new();
    let version = position.map_or(1, |row| row.version);
    let new = JournalPosition {
        id: organization_id,
        version,
        sequence,
        swept,
    };
    match position {
        None => changes.insert(&new),
        Some(old) => changes.update_told(old, &new),
    };
    for event in events {
        changes.insert(event);
    }
    let mut counts: HashMap<&str, (i64, Timestamp, Timestamp)> = HashMap::new();
    for event in events {
        let at = event.timestamp;
        let (count, first, last) = counts.entry(&event.name).or_insert((0, at, at));
        *count += 1;
        (*first, *last) = ((*first).min(at), (*last).max(at));
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    for (name, (count, first, last)) in counts {
        match types.iter().find(|row| row.name == name) {
            None => drop(changes.insert(&SystemEventType {
                id: ctx.id(),
                version: 1,
                organization_id,
                name: name.to_owned(),
                occurrences: count,
                first_seen: first,
                last_seen: last,
            })),
            Some(old) => {
                let new = SystemEventType {
                    occurrences: old.occurrences + count,
                    first_seen: old.first_seen.min(first),
                    last_seen: old.last_seen.max(last),
                    ..old.clone()
                };
                changes.update(old, &new);
            }
        }
    }
    changes
}

impl SystemEvent {
    /// The event as the API shows it.
    pub fn view(&self, customer: Option<&Customer>) -> Event {
        Event {
            id: self.id,
            timestamp: self.timestamp,
            organization_id: self.organization_id,
            customer_id: self.customer_id,
            customer: customer.map(Customer::view),
            external_customer_id: self.external_customer_id.clone(),
            member_id: self.member_id,
            external_member_id: None,
            child_count: 0,
            parent_id: None,
            label: label(&self.name),
            name: self.name.clone(),
            source: EventSource::System,
            metadata: EventMetadata(self.metadata.0.0.clone()),
        }
    }
}

impl SystemEventType {
    /// The events with this name as the API shows them.
    pub fn view_with_stats(&self) -> EventTypeWithStats {
        EventTypeWithStats {
            id: None,
            created_at: None,
            modified_at: None,
            name: self.name.clone(),
            label: label(&self.name),
            label_property_selector: None,
            organization_id: self.organization_id,
            source: EventSource::System,
            occurrences: self.occurrences,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
        }
    }
}

/// The label of Till's events with a name: `order.paid` is `Order Paid`.
pub fn label(name: &str) -> String {
    let words = name.split(['.', '_']).map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(sequence: i64, id: u128) -> JournalEntry {
        JournalEntry {
            id: Uuid::from_u128(id),
            sequence,
            created_at: Timestamp::UNIX_EPOCH,
            organization_id: Uuid::nil(),
            kind: EventType::OrderPaid,
            subject_id: Uuid::nil(),
            facts: Some(Json(vec![Fact::Reactivated])),
        }
    }

    #[test]
    fn ids_have_the_order_of_the_journal_and_follow_from_it() {
        let at = 1_795_348_800_000_000_000;
        let entries = [entry(at, u128::MAX), entry(at + 1, 5), entry(at + 16, 0)];
        let found = ids(&entries);
        assert_eq!(found, ids(&entries));
        assert_eq!(found.len(), 6);
        assert!(found.is_sorted(), "{found:?}");
        assert!(found.iter().all(|id| id.get_version_num() == 4));
        let apart: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!(apart.len(), 6);
    }

    #[test]
    fn facts_of_newer_versions_are_passed_over() {
        let facts: Vec<Fact> =
            serde_json::from_str(r#"[{"fact": "moved", "to": 1}, {"fact": "reactivated"}]"#)
                .unwrap();
        assert_eq!(facts, [Fact::Unknown, Fact::Reactivated]);
    }

    #[test]
    fn labels_are_the_words_of_a_name() {
        assert_eq!(label("order.paid"), "Order Paid");
        assert_eq!(
            label("subscription.product_updated"),
            "Subscription Product Updated"
        );
    }
}
