//! Facts: what an entry of the journal says besides its kind, because no row says it afterwards. Till's own events are
//! made of them (docs/behaviour: system-events/derived).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
