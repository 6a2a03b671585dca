//! Quantities and balances that ought to be shown.

use std::collections::{BTreeMap, BTreeSet};

use till_wire::decimal::Decimal;

use super::{
    super::shop::{Kind, METERS, PLANS},
    DAY, ONE, Oracle, Status, decimal,
};

impl Oracle {
    /// Usage of a subscription that is not billed yet: by meter, the units, and the amount.
    pub fn shown_due(&self, n: usize) -> BTreeMap<usize, (f64, i64)> {
        let sub = &self.subs[n];
        let prices = 0..PLANS[sub.plan].metered.len();
        let shown = prices.map(|price| {
            let (consumed, _, amount, _) = self.due(sub, price, sub.part_end());
            let is = match sub.status {
                Status::Ended => (0.0, 0),
                _ => (decimal(consumed).to_f64(), amount),
            };
            (PLANS[sub.plan].metered[price].0, is)
        });
        shown.collect()
    }

    /// Each customer's meters: consumed, credited, those that roll over, and the balance.
    pub fn shown(&self) -> BTreeMap<(usize, usize), (Decimal, i64, i64, Decimal)> {
        let shown = self.counts.iter().map(|(place, count)| {
            let consumed = self.consumed(*place);
            let balance = i128::from(count.credited) * ONE - consumed;
            let is = (
                decimal(consumed),
                count.credited,
                count.rollover,
                decimal(balance),
            );
            (*place, is)
        });
        shown.collect()
    }

    /// Number of events that are noted to be billed, by subscription, meter and plan.
    pub fn noted(&self) -> BTreeMap<(usize, usize, usize), i64> {
        let mut noted = BTreeMap::new();
        for (n, sub) in self.subs.iter().enumerate() {
            for one in &sub.pending {
                *noted.entry((n, one.meter, one.plan)).or_default() += 1;
            }
        }
        noted
    }

    /// Quantity of each of some days, counted from a moment on, and that of all of them; of everybody or of a customer.
    pub fn quantities(
        &self,
        meter: usize,
        customer: Option<usize>,
        (from, days): (i64, i64),
    ) -> (Vec<f64>, f64) {
        let kind = METERS[meter].0;
        let of_days = |first: i64, days: i64| {
            let events = (0..self.events.len()).filter(|place| {
                let event = &self.events[*place];
                let (start, at) = (from + first * DAY, event.sent.time);
                let is_theirs = customer.is_none() || event.customer == customer;
                let is_then = start <= at && at < start + days * DAY;
                is_theirs && is_then && event.is_chosen(meter) && event.has_use(meter)
            });
            events.collect::<Vec<usize>>()
        };
        let quantity = |events: &[usize]| {
            let who = events
                .iter()
                .filter_map(|event| self.events[*event].sent.who);
            let who: BTreeSet<u8> = who.collect();
            self.quantity(kind, events, i64::try_from(who.len()).expect("few"))
        };
        let by_day = (0..days).map(|day| of_days(day, 1));
        let by_day: Vec<(bool, i128)> = by_day
            .map(|events| (!events.is_empty(), quantity(&events)))
            .collect();
        let each = by_day.iter().map(|(_, quantity)| *quantity);
        let used = by_day.iter().filter(|(is_used, _)| *is_used);
        let used = used.map(|(_, quantity)| *quantity);
        let total = match kind {
            Kind::Count | Kind::Sum => each.clone().sum(),
            Kind::Max => used.max().unwrap_or(0),
            Kind::Min => used.min().unwrap_or(0),
            Kind::Avg | Kind::Unique => quantity(&of_days(0, days)),
        };
        let shown = |quantity: i128| decimal(quantity).to_f64();
        (each.map(shown).collect(), shown(total))
    }
}
