//! Usage that a step bills: with the period, or within it (docs/behaviour: metered/interval).

use std::borrow::Cow;

use jiff::Timestamp;
use till_wire::{
    events::EventType,
    orders::{BillingReason, OrderItem},
};

use super::{Billing, Step};
use crate::{
    kernel::{
        context::DecisionContext,
        facts::Fact,
        records::{BillingEntry, UsageCharge},
    },
    orders::create::Mismatch,
    subscriptions::bill::BillingRows,
    tax::Taxes,
    usage::{credits, due},
};

/// Bills the usage of a period that is shorter than the subscription's own. Nothing else is billed with it, and what waits
/// for the subscription's next order goes on waiting (docs/behaviour: metered/interval).
pub(super) fn bill(
    rows: &BillingRows,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Step, Mismatch> {
    let mut billing = Billing::new(rows, ctx);
    let until = rows.subscription.usage_period().end;
    billing.new.meter_period_start = Some(until);
    billing.reason = BillingReason::SubscriptionMeterCycle;
    // Without metered prices there is nothing to bill, and credits last for the whole period.
    if !due::meters(&rows.subscription, &rows.offered).is_empty() {
        let lines = billing.usage(until, true)?;
        billing.leave_out_discount_of_periods(until);
        billing.tell(&[EventType::SubscriptionUpdated]);
        billing.bill(lines, until, taxes)?;
    }
    Ok(billing.finish())
}

impl<'a> Billing<'a> {
    /// Lines that wait for the order that is made.
    pub(super) fn waiting(&self) -> &'a [BillingEntry] {
        match self.reason {
            BillingReason::SubscriptionMeterCycle => &[],
            _ => &self.rows.entries,
        }
    }

    /// Usage of the period that begins now was counted at the prices of the one before, where that is billed late: it moves
    /// to the new price of its meter.
    pub(super) fn move_later_usage(&mut self, start: Timestamp) {
        for row in &self.rows.offered.parts.usage {
            let is_later = row.subscription_id == self.new.id && row.starts_at >= start;
            if !is_later || self.new.price_ids.contains(&row.price_id) {
                continue;
            }
            let mut prices = self.offered.prices.iter();
            let price = prices.find(|price| {
                price.meter_id == Some(row.meter_id) && self.new.price_ids.contains(&price.id)
            });
            if let Some(price) = price {
                let moved = UsageCharge {
                    price_id: price.id,
                    ..row.clone()
                };
                self.changes.update(row, &moved);
            }
        }
    }

    /// Lines for the usage of the periods that began before `until`, by the prices that the subscription had in them: one
    /// for each metered price, without `each` only where there is usage. From here on it is billed.
    pub(super) fn usage(
        &mut self,
        until: Timestamp,
        each: bool,
    ) -> Result<Vec<OrderItem>, Mismatch> {
        let (old, offered) = (&self.rows.subscription, &self.rows.offered);
        let lines = due::lines(old, offered, until, each, self.ctx)?;
        if !offered.parts.usage.is_empty() || !self.rows.counts.is_empty() {
            let mut next = offered.without_usage(old.id, until);
            let counts = credits::next_period(old, offered, &self.rows.counts, until, self.ctx);
            for (row, new) in counts {
                self.changes.update(row, &new);
                let (customer_id, meter_id) = (new.customer_id, new.meter_id);
                self.changes.note(Fact::MeterReset {
                    customer_id,
                    meter_id,
                });
                if new.credited_units > 0 {
                    self.changes.note(Fact::MeterCredited {
                        customer_id,
                        meter_id,
                        units: new.credited_units,
                        rollover: true,
                    });
                }
                next.show_count(&new);
            }
            for (row, new) in credits::spent(old, offered, &self.rows.counts, until, self.ctx)? {
                self.changes.update(row, &new);
                next.show_count(&new);
            }
            self.offered = Cow::Owned(next);
        }
        Ok(lines)
    }

    /// Takes no discount off the usage of a part that is over by `until`, as the renewal then would take none, and no amount
    /// that is taken off a whole period.
    pub(super) fn leave_out_discount_of_periods(&mut self, until: Timestamp) {
        let applied = self.new.discount_applied_at.unwrap_or(until);
        let anchor = self.new.anchor_day;
        self.billed_discount = self.discount.filter(|discount| {
            discount.basis_points.is_some() && !discount.is_over(applied, until, anchor)
        });
    }
}
