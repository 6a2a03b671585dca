//! Credits that grants give, on the counts of their customer (docs/behaviour: credits/given).

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::GrantRows;
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        facts::Fact,
        records::{Benefit, BenefitGrant, Credited, CustomerMeter},
        values::Json,
    },
    usage::credits::Credits,
};

/// True where the benefit's credits are of another meter than those that the grant has given.
pub(super) fn has_moved(grant: &BenefitGrant, benefit: &Benefit) -> bool {
    let was = grant.credited.as_ref().map(|given| given.meter_id);
    Credits::of(benefit).is_some_and(|credits| Some(credits.meter_id) != was)
}

/// Properties of a grant that has given these credits last.
fn properties(given: &Credited) -> Value {
    json!({
        "last_credited_meter_id": given.meter_id,
        "last_credited_units": given.units,
        "last_credited_at": given.at,
    })
}

/// Counts of a customer before and after a run.
pub(super) struct Counts<'a> {
    customer: (Uuid, Uuid),
    started_at: Option<Timestamp>,
    ctx: &'a DecisionContext,
    /// Counts by their meters; new ones have no row yet.
    counts: BTreeMap<Uuid, (Option<&'a CustomerMeter>, CustomerMeter)>,
    /// Units by meter that are used, and not billed yet.
    unbilled: HashMap<Uuid, i64>,
    /// Meters that the customer pays for.
    paid: &'a [Uuid],
    /// Credits that were given and taken back, and are not noted yet.
    facts: Vec<Fact>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(rows: &'a GrantRows, ctx: &'a DecisionContext) -> Self {
        let known = rows.counts.iter();
        Self {
            customer: (rows.customer.organization_id, rows.customer.id),
            started_at: rows.subscription.as_ref().and_then(|one| one.started_at),
            ctx,
            counts: known
                .map(|row| (row.meter_id, (Some(row), row.clone())))
                .collect(),
            unbilled: rows.unbilled.iter().copied().collect(),
            paid: &rows.paid_meters,
            facts: Vec::new(),
        }
    }

    /// Gives the credits of a benefit, and writes them down on the grant; nothing where the benefit gives none, or the grant
    /// has given them before and they were not taken back.
    pub(super) fn begin(&mut self, grant: &mut BenefitGrant, benefit: &Benefit) {
        let Some(credits) = Credits::of(benefit) else {
            return;
        };
        match grant.credited {
            Some(Json(given)) => grant.properties = Json(properties(&given)),
            None => self.give(grant, credits, 1, true),
        }
    }

    /// Gives the credits of a benefit for so many paid renewals: those that end with their period once, however many
    /// periods began meanwhile.
    pub(super) fn renew(&mut self, grant: &mut BenefitGrant, benefit: &Benefit, paid: i64) {
        if let Some(credits) = Credits::of(benefit) {
            let times = if credits.rollover { paid } else { 1 };
            self.give(grant, credits, times, false);
        }
    }

    fn give(&mut self, grant: &mut BenefitGrant, credits: Credits, times: i64, is_first: bool) {
        let ((organization_id, customer_id), ctx) = (self.customer, self.ctx);
        let empty = || CustomerMeter::new(organization_id, credits.meter_id, customer_id, ctx);
        let place = self.counts.entry(credits.meter_id);
        let (_, count) = place.or_insert_with(|| (None, empty()));
        if let Some(started_at) = self.started_at.filter(|_| is_first)
            && !self.paid.contains(&credits.meter_id)
        {
            count.begin_with(started_at, ctx);
        }
        let mut units = credits.units.saturating_mul(times);
        match grant.subscription_id {
            Some(by) if is_first => units = count.without_spent(by, units),
            Some(by) => count.forget_spent(by),
            None => {}
        }
        count.give(units, credits.rollover);
        count.modified_at = ctx.now;
        if units > 0 {
            self.facts.push(Fact::MeterCredited {
                customer_id,
                meter_id: credits.meter_id,
                units,
                rollover: credits.rollover,
            });
        }
        let given = Credited {
            meter_id: credits.meter_id,
            units: credits.units,
            rollover: credits.rollover,
            at: ctx.now,
        };
        grant.properties = Json(properties(&given));
        grant.credited = Some(Json(given));
    }

    /// Takes back what a grant has given last, but for what is used and still to be billed.
    pub(super) fn take_back(&mut self, grant: &mut BenefitGrant) {
        let Some(Json(given)) = grant.credited.take() else {
            return;
        };
        if let Some((_, count)) = self.counts.get_mut(&given.meter_id) {
            let kept = self.unbilled.get(&given.meter_id).copied();
            let before = count.credited_units;
            count.take_back(grant.subscription_id, &given, kept.unwrap_or(0));
            count.modified_at = self.ctx.now;
            if count.credited_units != before {
                self.facts.push(Fact::MeterCredited {
                    customer_id: self.customer.1,
                    meter_id: given.meter_id,
                    units: count.credited_units - before,
                    rollover: given.rollover,
                });
            }
        }
    }

    /// Notes what was given and taken back with the entry of the journal that was written last.
    pub(super) fn note(&mut self, changes: &mut Changes) {
        for fact in self.facts.drain(..) {
            changes.note(fact);
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
