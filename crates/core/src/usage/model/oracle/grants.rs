//! Credits that grants give and take back.

use std::collections::BTreeMap;

use super::{
    super::shop::{METERS, PLANS},
    Count, Grant, ONE, Oracle, Status, Sub,
};

impl Oracle {
    /// The grants of a subscription are brought in line.
    pub(super) fn sync(&mut self, n: usize, now: i64) {
        let own = &self.subs[n];
        // What is used and still to be billed stays covered.
        let kept = |meter: usize| match own.status {
            Status::Ended => 0,
            _ => {
                let pending = own.pending.iter().filter(|one| one.meter == meter);
                let used = self.quantity_of(meter, &pending.collect::<Vec<_>>());
                i64::try_from(-(-used).div_euclid(ONE)).expect("small numbers")
            }
        };
        let kept: Vec<i64> = (0..METERS.len()).map(kept).collect();
        let customers = self.subs.iter().filter(|sub| sub.customer == own.customer);
        let payers: Vec<&Sub> = customers.filter(|sub| sub.is_billable()).collect();
        let is_paid = |meter: usize| payers.iter().any(|sub| sub.price(meter).is_some());
        let is_paid: Vec<bool> = (0..METERS.len()).map(is_paid).collect();
        let sub = &mut self.subs[n];
        let (customer, created, plan) = (sub.customer, sub.created, sub.plan);
        let gives = sub.is_billable();
        for ((of, k), grant) in &mut sub.grants {
            if grant.granted.is_some() && (!gives || *of != plan) {
                grant.granted = None;
                let (meter, _, rollover) = PLANS[*of].credits[*k];
                let count = self.counts.get_mut(&(customer, meter)).expect("given once");
                count.take_back(n, grant.given, rollover, kept[meter]);
            }
        }
        if !gives {
            return;
        }
        for (k, (meter, units, rollover)) in PLANS[plan].credits.iter().enumerate() {
            let count = self.counts.entry((customer, *meter)).or_default();
            let mut given = 0;
            match sub
                .grants
                .get_mut(&(plan, k))
                .filter(|grant| grant.granted.is_some())
            {
                Some(grant) => {
                    let paid = sub
                        .renewals
                        .iter()
                        .filter(|one| one.is_paid && !one.settles && Some(one.at) > grant.granted);
                    let paid = paid.count();
                    let times = i64::try_from(paid - grant.renewals).expect("few of them");
                    grant.renewals = paid;
                    if times > 0 {
                        given = units * if *rollover { times } else { 1 };
                        grant.given = (*units, now);
                        count.spent.remove(&n);
                    }
                }
                None => {
                    let is_free = !is_paid[*meter];
                    if is_free && count.credited == 0 && count.began.is_none_or(|at| at < created) {
                        (count.used, count.different) = (Vec::new(), 0);
                        (count.rollover, count.began) = (0, Some(now));
                        (count.settled, count.spent) = (0, BTreeMap::new());
                    }
                    // In place of credits that were taken back: less what of them is used up.
                    let spent = count.spent.entry(n).or_default();
                    given = (units - *spent).max(0);
                    *spent = (*spent - units).max(0);
                    let grant = Grant {
                        granted: Some(now),
                        renewals: 0,
                        given: (*units, now),
                    };
                    sub.grants.insert((plan, k), grant);
                }
            }
            count.credited += given;
            count.rollover += if *rollover { given } else { 0 };
        }
    }
}

impl Count {
    /// Takes back what a subscription was given last: what did not roll over is gone with its period. What of it is used up
    /// is less in what is given in its place.
    fn take_back(&mut self, n: usize, (units, at): (i64, i64), rollover: bool, kept: i64) {
        let is_over = self.began.is_some_and(|began| at < began);
        let of_kind = match rollover {
            true => self.rollover,
            false if is_over => return,
            false => self.credited - self.rollover,
        };
        let taken = (self.credited - kept).max(0).min(units).min(of_kind);
        self.credited -= taken;
        self.rollover -= if rollover { taken } else { 0 };
        if !is_over {
            let used = self.settled + kept - self.spent.values().sum::<i64>();
            *self.spent.entry(n).or_default() += (units - taken).min(used).max(0);
        }
    }
}
