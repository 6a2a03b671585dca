//! Meters of customers, as they are shown (docs/behaviour: meters/of-customers).

use till_wire::{
    decimal::Decimal,
    usage::{
        CustomerCustomerMeter, CustomerCustomerMeterMeter, CustomerMeter as View,
        CustomerStateMeter,
    },
};

use crate::kernel::records::{Customer, CustomerMeter, Meter};

impl CustomerMeter {
    /// The units that are left: what was credited less what was used.
    pub fn balance(&self) -> Decimal {
        Decimal::from(self.credited_units).minus(self.consumed_units)
    }

    /// The meter as the API shows it.
    pub fn view(&self, customer: &Customer, meter: &Meter) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: Some(self.modified_at),
            customer_id: self.customer_id,
            meter_id: self.meter_id,
            consumed_units: self.consumed_units.to_f64(),
            credited_units: self.credited_units,
            balance: self.balance().to_f64(),
            customer: customer.view(),
            meter: meter.view(),
        }
    }

    /// The meter as the state of its customer shows it.
    pub fn state_view(&self) -> CustomerStateMeter {
        CustomerStateMeter {
            id: self.id,
            created_at: self.created_at,
            modified_at: Some(self.modified_at),
            meter_id: self.meter_id,
            consumed_units: self.consumed_units.to_f64(),
            credited_units: self.credited_units,
            balance: self.balance().to_f64(),
        }
    }

    /// The meter as its customer sees it.
    pub fn portal_view(&self, meter: &Meter) -> CustomerCustomerMeter {
        CustomerCustomerMeter {
            id: self.id,
            created_at: self.created_at,
            modified_at: Some(self.modified_at),
            customer_id: self.customer_id,
            meter_id: self.meter_id,
            consumed_units: self.consumed_units.to_f64(),
            credited_units: self.credited_units,
            balance: self.balance().to_f64(),
            meter: CustomerCustomerMeterMeter {
                id: meter.id,
                created_at: meter.created_at,
                modified_at: meter.modified_at,
                name: meter.name.clone(),
            },
        }
    }
}
