//! Counts of customers as periods begin: what is left of their credits.

use std::collections::BTreeMap;

use super::{
    super::shop::{METERS, PLANS},
    Count, ONE, Oracle, Pending, Status,
};

impl Oracle {
    /// Meters whose counts begin anew with its periods: those that this subscription pays for, and of those that nobody pays
    /// for the ones that it gives credits of; of several subscriptions the oldest.
    pub(super) fn begun(&self, n: usize) -> Vec<usize> {
        let customer = self.subs[n].customer;
        let age = |n: usize| (self.subs[n].created, self.subs[n].id);
        let others = |n: &usize| self.subs[*n].customer == customer;
        let gives = |of: usize, meter: usize| {
            let sub = &self.subs[of];
            sub.grants.iter().any(|((plan, k), grant)| {
                // A pause that is over gives them again; one of others does not hold this one up.
                let is_given = match sub.status {
                    Status::Paused => of == n,
                    _ => grant.granted.is_some(),
                };
                is_given && PLANS[*plan].credits[*k].0 == meter
            })
        };
        let all: Vec<usize> = (0..self.subs.len()).filter(others).collect();
        let begins = |meter: usize| {
            let pays = self.subs[n].price(meter).is_some();
            let payers = all.iter().filter(|other| {
                let sub = &self.subs[**other];
                **other != n && sub.is_billable() && sub.price(meter).is_some()
            });
            let payers: Vec<usize> = payers.copied().collect();
            if pays {
                return payers.iter().all(|other| age(n) <= age(*other));
            }
            let mut givers = all.iter().filter(|other| gives(**other, meter));
            gives(n, meter) && payers.is_empty() && givers.all(|other| age(n) <= age(*other))
        };
        let begun = (0..METERS.len()).filter(|meter| {
            let is_there = self.counts.contains_key(&(customer, *meter));
            is_there && begins(*meter)
        });
        begun.collect()
    }

    /// Counts begin anew; of others, the credits are spent that the bill has used.
    pub(super) fn begin_anew(&mut self, n: usize, until: i64, now: i64) {
        self.spend(n, until);
        let customer = self.subs[n].customer;
        for meter in self.begun(n) {
            let sub = &self.subs[n];
            let own = || sub.pending.iter().filter(|one| one.meter == meter);
            let past: Vec<&Pending> = own().filter(|one| one.start < until).collect();
            let later: Vec<&Pending> = own().filter(|one| one.start >= until).collect();
            let used = match sub.price(meter) {
                // What a trial uses is not billed, and no less used.
                Some(_) if sub.status == Status::Trial => {
                    self.consumed((customer, meter)) - self.quantity_of(meter, &later)
                }
                Some(_) => self.quantity_of(meter, &past),
                None => self.consumed((customer, meter)),
            };
            let different = later.iter().filter(|one| one.is_first).count();
            let later: Vec<usize> = later.iter().map(|one| one.event).collect();
            let count = self
                .counts
                .get_mut(&(customer, meter))
                .expect("it is there");
            let left = (i128::from(count.credited) * ONE - used).div_euclid(ONE);
            let left = left.clamp(0, i128::from(count.rollover));
            count.credited = i64::try_from(left).expect("small numbers");
            count.rollover = count.credited;
            count.used = later;
            count.different = i64::try_from(different).expect("few of them");
            count.began = Some(now);
            (count.settled, count.spent) = (0, BTreeMap::new());
        }
    }

    /// A bill spends credits of counts that begin anew with another subscription.
    pub(super) fn spend(&mut self, n: usize, until: i64) {
        let begun = self.begun(n);
        let sub = &self.subs[n];
        for (meter, ..) in PLANS[sub.plan].metered {
            if begun.contains(meter) {
                continue;
            }
            let used = self.quantity_of(*meter, &sub.usage(*meter, until));
            if let Some(count) = self.counts.get_mut(&(sub.customer, *meter)) {
                count.spend(used);
            }
        }
    }
}

impl Count {
    /// Takes credits off for what is billed.
    pub(super) fn spend(&mut self, used: i128) {
        let left = (i128::from(self.credited) * ONE - used).div_euclid(ONE);
        let left = i64::try_from(left).expect("small numbers");
        let left = left.clamp(0, self.credited);
        self.settled += self.credited - left;
        self.credited = left;
        self.rollover = self.rollover.min(left);
    }
}
