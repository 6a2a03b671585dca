//! Credits that grants give, on the counts of their customer (docs/behaviour: credits/given).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::GrantRows;
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Benefit, BenefitGrant, CustomerMeter},
    },
    usage::credits::Credits,
};

/// Credits that a grant has given last, as its properties name them.
fn given(properties: &Value) -> Option<(Uuid, i64, Timestamp)> {
    Some((
        properties["last_credited_meter_id"]
            .as_str()?
            .parse()
            .ok()?,
        properties["last_credited_units"].as_i64()?,
        properties["last_credited_at"].as_str()?.parse().ok()?,
    ))
}

/// True where the benefit's credits are of another meter than those that the grant has given.
pub(super) fn has_moved(grant: &BenefitGrant, benefit: &Benefit) -> bool {
    let was = given(&grant.properties).map(|(meter_id, ..)| meter_id);
    Credits::of(benefit).is_some_and(|credits| Some(credits.meter_id) != was)
}

/// Counts of a customer before and after a run.
pub(super) struct Counts<'a> {
    customer: (Uuid, Uuid),
    started_at: Option<Timestamp>,
    ctx: &'a DecisionContext,
    /// Counts by their meters; new ones have no row yet.
    counts: BTreeMap<Uuid, (Option<&'a CustomerMeter>, CustomerMeter)>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(rows: &'a GrantRows, ctx: &'a DecisionContext) -> Self {
        let known = rows.counts.iter();
        Self {
            customer: (rows.customer.organization_id, rows.customer.id),
            started_at: rows.started_at,
            ctx,
            counts: known
                .map(|row| (row.meter_id, (Some(row), row.clone())))
                .collect(),
        }
    }

    /// Gives the credits of a benefit so many times, and says what the properties of the grant are then; none where the
    /// benefit gives none. `is_first`: the grant gave none before.
    pub(super) fn give(&mut self, benefit: &Benefit, times: i64, is_first: bool) -> Option<Value> {
        let credits = Credits::of(benefit)?;
        let ((organization_id, customer_id), ctx) = (self.customer, self.ctx);
        let empty = || CustomerMeter::new(organization_id, credits.meter_id, customer_id, ctx);
        let place = self.counts.entry(credits.meter_id);
        let (_, count) = place.or_insert_with(|| (None, empty()));
        if let Some(started_at) = self.started_at.filter(|_| is_first) {
            count.begin_with(started_at, ctx);
        }
        count.give(credits.units.saturating_mul(times), credits.rollover);
        count.modified_at = ctx.now;
        Some(json!({
            "last_credited_meter_id": credits.meter_id,
            "last_credited_units": credits.units,
            "last_credited_at": ctx.now,
        }))
    }

    /// Takes back what a grant has given last.
    pub(super) fn take_back(&mut self, grant: &BenefitGrant, benefit: &Benefit) {
        let Some((meter_id, units, at)) = given(&grant.properties) else {
            return;
        };
        let rollover = Credits::of(benefit).is_some_and(|credits| credits.rollover);
        if let Some((_, count)) = self.counts.get_mut(&meter_id) {
            count.take_back(units, rollover, at);
            count.modified_at = self.ctx.now;
        }
    }

    pub(super) fn write(self, changes: &mut Changes) {
        for (was, count) in self.counts.into_values() {
            match was {
                None => drop(changes.insert(&count)),
                Some(was) if *was == count => {}
                Some(was) => drop(changes.update(was, &count)),
            }
        }
    }
}
