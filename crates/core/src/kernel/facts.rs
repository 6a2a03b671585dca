//! Facts: what an entry of the journal says besides its kind, because no row says it afterwards. Till's own events are
//! made of them (docs/behaviour: system-events/derived).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::{
    changes::{Changes, Record, Write},
    records::{Customer, JournalEntry, Subscription},
    values::{Cell, Json, Value},
};

/// Something that happened in the commit of the journal's entry. It says nothing of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// These fields of the customer changed.
    CustomerChanged {
        /// Names of the fields.
        fields: Vec<String>,
    },
    /// A subscription that was past due is active again.
    Reactivated,
    /// A subscription is of another product.
    ProductChanged {
        /// The subscription.
        subscription_id: Uuid,
        /// The product before.
        old: Uuid,
        /// The product after.
        new: Uuid,
    },
    /// An order was voided.
    OrderVoided,
    /// An order was refunded.
    OrderRefunded {
        /// All that is refunded of it by now, without tax, minor units.
        refunded_amount: i64,
    },
    /// A customer's count of a meter began anew.
    MeterReset {
        /// The customer.
        customer_id: Uuid,
        /// The meter.
        meter_id: Uuid,
    },
    /// A customer's credits of a meter changed.
    MeterCredited {
        /// The customer.
        customer_id: Uuid,
        /// The meter.
        meter_id: Uuid,
        /// Units; less than 0 where credits were taken back.
        units: i64,
        /// True where they move, or have moved, into the next period.
        rollover: bool,
    },
    /// A fact that a newer version noted.
    #[serde(other)]
    Unknown,
}

impl Changes {
    /// Notes a fact with the last entry of the journal, or with the next one where there is none yet.
    pub fn note(&mut self, fact: Fact) -> &mut Self {
        let column = |name| {
            JournalEntry::COLUMNS
                .iter()
                .position(|column| *column == name)
        };
        let last = self.writes.iter_mut().rev().find_map(|write| match write {
            Write::Insert { table, values, .. } if *table == JournalEntry::TABLE => {
                column("facts").and_then(|at| values.get_mut(at))
            }
            _ => None,
        });
        let Some(cell) = last else {
            self.facts.push(fact);
            return self;
        };
        let mut facts = Option::<Json<Vec<Fact>>>::from_value(std::mem::replace(cell, Value::Null))
            .ok()
            .flatten()
            .unwrap_or_default();
        facts.0.push(fact);
        *cell = facts.to_value();
        self
    }

    /// Facts that wait for the journal's next entry.
    pub(super) fn take_facts(&mut self) -> Option<Json<Vec<Fact>>> {
        let facts = std::mem::take(&mut self.facts);
        (!facts.is_empty()).then_some(Json(facts))
    }

    /// Notes another product of a subscription.
    pub fn note_product(&mut self, old: &Subscription, new: &Subscription) -> &mut Self {
        if old.product_id == new.product_id {
            return self;
        }
        self.note(Fact::ProductChanged {
            subscription_id: new.id,
            old: old.product_id,
            new: new.product_id,
        })
    }

    /// Notes the fields of a customer that changed, of those that are told: with the entry that was just written.
    pub fn note_customer(&mut self, old: &Customer, new: &Customer) -> &mut Self {
        let fields = [
            ("name", old.name != new.name),
            ("billing_name", old.billing_name != new.billing_name),
            ("email", old.email != new.email),
            (
                "billing_address",
                old.billing_address != new.billing_address,
            ),
            ("tax_id", old.tax_id != new.tax_id),
            ("metadata", old.metadata != new.metadata),
        ];
        let changed = fields.into_iter().filter(|(_, changed)| *changed);
        let fields: Vec<String> = changed.map(|(name, _)| name.to_owned()).collect();
        match fields.is_empty() {
            true => self,
            false => self.note(Fact::CustomerChanged { fields }),
        }
    }
}
