//! Decisions that are judged, on rows, which are read as the server reads them.

mod changes;
mod made;
mod shown;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;
use till_wire::{
    orders::{BillingReason, OrderStatus},
    subscriptions::SubscriptionStatus,
};
use uuid::Uuid;

use self::made::{line, request, start_one, tag};
use super::{
    Act, Done, Sent,
    shop::{self, METERS, PLANS, customer_id, meter_id, moment},
};
use crate::{
    benefits::{GrantRows, Holder, subscription_gives, sync},
    catalog::products::{Parts, ProductWithPrices},
    checkout::tests::{customer, id, organization, subscribers},
    kernel::{
        changes::{Changes, CommitConflict},
        context::DecisionContext,
        records::{
            BenefitGrant, Customer, CustomerBalance, CustomerMeter, Meter, MeterFold, Order,
            Subscription, UsageBatch, UsageBucket, UsageCharge, UsageChargeValue, UsageEvent,
            UsageEventType, UsageStream, UsageValue,
        },
        values::Value,
    },
    subscriptions::{bill::BillingRows, model::rows::Rows, renew, tests::rows as billing_rows},
    tax::NoTaxes,
    usage::{
        charges::{Charging, Payer, payers},
        count::{Added, Counter, EVERYBODY, add, bucket_of},
        credits::{self, Credits, Giver, begun_by},
        due,
        events::{IngestRows, KnownCustomer, KnownEvent, ingest},
        fold::{self, BoundMeter, CountedRows, SealRows, UnboundEvent, batch_id},
    },
};

/// Two servers on one database.
pub struct Till {
    pub rows: Rows,
    pub subs: Vec<Uuid>,
    seeds: Cell<u64>,
}

/// Text by which others name a customer.
pub fn external(customer: usize) -> String {
    format!("customer {customer}")
}

impl Till {
    pub fn new(seed: u64, begin: i64) -> Self {
        let mut till = Self {
            rows: Rows::default(),
            subs: Vec::new(),
            seeds: Cell::new(seed << 32),
        };
        let mut changes = Changes::new();
        for n in (0..METERS.len()).filter(|n| *n != shop::LATE) {
            changes.insert(&shop::meter(n, begin));
        }
        for (plan, sold) in PLANS.iter().enumerate() {
            for n in 0..sold.credits.len() {
                changes.insert(&shop::benefit(plan, n));
            }
        }
        till.rows.commit(changes).expect("the first rows");
        till
    }

    fn context(&self, now: i64) -> DecisionContext {
        let mut seed = [5; 32];
        seed[..8].copy_from_slice(&self.seeds.get().to_le_bytes());
        self.seeds.set(self.seeds.get() + 1);
        DecisionContext::new(moment(now), seed)
    }

    /// The changes of an act, and what they do; none where there is nothing to do.
    pub fn decide(&self, act: &Act, now: i64) -> Option<(Changes, Done)> {
        let ctx = &self.context(now);
        match act {
            Act::Ingest(sent) => Some(self.ingest(sent, ctx)),
            Act::Appear(n) if self.is_there(*n) => None,
            Act::Appear(n) => {
                let row = Customer {
                    id: customer_id(*n),
                    created_at: ctx.now,
                    ..customer(1, &format!("{n}@example.com"), Some(&external(*n)))
                };
                let mut changes = Changes::new();
                changes.insert(&row);
                Some((changes, Done::Appeared(*n)))
            }
            Act::Make(n) if self.meters().len() == METERS.len() => None,
            Act::Make(n) => {
                let mut changes = Changes::new();
                changes.insert(&shop::meter(*n, now));
                Some((changes, Done::Made(*n)))
            }
            Act::Seal => self.seal(),
            Act::Count(meter, all) => self.count(*meter, *all, ctx),
            Act::Bind(n) => self.bind(*n, ctx),
            Act::Start(n, plan) => Some(start_one(*n, *plan, ctx)),
            Act::Bill(n) => self.bill(*n, ctx),
            Act::Sync(n) => Some(self.sync(*n, ctx)),
            Act::Pay(n) => self.pay(*n),
            Act::Change(n, change) => self.change(*n, *change, ctx),
        }
    }

    /// Writes what was decided; why not where it was refused.
    pub fn commit(&mut self, changes: Changes) -> Result<(), CommitConflict> {
        let done = self.rows.commit(changes);
        self.rows.take_told();
        done
    }

    fn meters(&self) -> Vec<Meter> {
        self.rows.of::<Meter>(&[])
    }

    fn is_there(&self, customer: usize) -> bool {
        let of_id = [("id", customer_id(customer).into())];
        !self.rows.of::<Customer>(&of_id).is_empty()
    }

    fn known(&self) -> Vec<KnownCustomer> {
        let all = self.rows.of::<Customer>(&[]).into_iter();
        all.map(|row| KnownCustomer {
            id: row.id,
            external_id: row.external_id,
        })
        .collect()
    }

    fn ingest(&self, sent: &[Sent], ctx: &DecisionContext) -> (Changes, Done) {
        let stored = self.rows.of::<UsageEvent>(&[]).into_iter();
        let names = self.rows.of::<UsageEventType>(&[]).into_iter();
        let names: std::collections::HashSet<String> = names.map(|one| one.name).collect();
        let rows = IngestRows {
            customers: self.known(),
            members: Vec::new(),
            events: stored
                .map(|row| KnownEvent {
                    id: row.id,
                    external_id: row.external_id,
                })
                .collect(),
            types: i64::try_from(names.len()).expect("few"),
            names,
        };
        let events: Vec<_> = sent.iter().map(request).collect();
        let taken = ingest(&events, &organization(), &rows, ctx);
        let (_, changes) = taken.expect("nothing is wrong with it");
        (changes, Done::Ingested(sent.to_vec()))
    }

    fn batches(&self, is_wanted: impl Fn(Option<i64>) -> bool) -> Vec<UsageBatch> {
        let mut batches = self.rows.of::<UsageBatch>(&[]);
        batches.retain(|batch| is_wanted(batch.round));
        batches
    }

    fn events_of(&self, batches: &[UsageBatch]) -> Vec<UsageEvent> {
        let wanted: BTreeSet<Uuid> = batches.iter().map(|batch| batch.id).collect();
        let mut events = self.rows.of::<UsageEvent>(&[]);
        events.retain(|event| wanted.contains(&batch_id(event.id)));
        events
    }

    fn seal(&self) -> Option<(Changes, Done)> {
        let batches = self.batches(|round| round.is_none());
        if batches.is_empty() {
            return None;
        }
        let stream = self.rows.of::<UsageStream>(&[]);
        let events = self.events_of(&batches);
        let folds = self.rows.of::<MeterFold>(&[]);
        let is_new = |meter: &Uuid| !folds.iter().any(|fold| fold.id == *meter);
        let known = self.known();
        let rows = SealRows {
            customers: known.clone(),
            orphans: Vec::new(),
            types: self.rows.of::<UsageEventType>(&[]),
            uncounted: (self.meters().iter().map(|meter| meter.id))
                .filter(is_new)
                .collect(),
        };
        let changes = fold::seal(id(1), stream.first(), &batches, &events, &rows);
        let is_known = |n: &usize| known.iter().any(|one| one.id == customer_id(*n));
        let done = Done::Sealed {
            tags: events.iter().map(tag).collect(),
            known: (0..super::CUSTOMERS).filter(is_known).collect(),
        };
        Some((changes, done))
    }

    fn fold(&self, meter: usize) -> Option<MeterFold> {
        let of_id = [("id", meter_id(meter).into())];
        self.rows.of::<MeterFold>(&of_id).pop()
    }

    /// True where the meter has not counted all turns.
    pub fn is_behind(&self, meter: usize) -> bool {
        let stream = self.rows.of::<UsageStream>(&[]).pop();
        let last = stream.map_or(0, |stream| stream.round);
        self.fold(meter).is_some_and(|fold| fold.round < last)
    }

    fn count(&self, meter: usize, all: bool, ctx: &DecisionContext) -> Option<(Changes, Done)> {
        if !self.is_behind(meter) {
            return None;
        }
        let fold = self.fold(meter)?;
        let last = self.rows.of::<UsageStream>(&[]).pop()?.round;
        let to = if all { last } else { fold.round + 1 };
        let wanted = |round: Option<i64>| round.is_some_and(|own| own > fold.round && own <= to);
        let events = self.events_of(&self.batches(wanted));
        let row: Meter = self.rows.get(meter_id(meter));
        let counter = Counter::new(&row);
        let added = add(&counter, &events);
        let rows = self.counted_rows(row.id, &added);
        let mut charging = Charging::new(&counter, &events, &self.payers(&row));
        self.read_charges(row.id, &mut charging);
        let changes = fold::advance(&counter, &fold, to, &added, &rows, &charging, ctx);
        Some((changes, Done::Counted { meter, to }))
    }

    fn metered(&self) -> Vec<Subscription> {
        let mut all = self.rows.of::<Subscription>(&[]);
        all.retain(Subscription::is_billable);
        all
    }

    fn prices(&self) -> Vec<crate::kernel::records::ProductPrice> {
        let all = (0..PLANS.len()).flat_map(|plan| shop::offered(plan).prices);
        all.filter(|price| price.meter_id.is_some()).collect()
    }

    fn payers(&self, meter: &Meter) -> std::collections::HashMap<Uuid, Payer> {
        payers(meter, &self.metered(), &self.prices())
    }

    fn counted_rows(&self, meter: Uuid, added: &Added) -> CountedRows {
        let of_meter = [("meter_id", Value::Uuid(meter))];
        let mut buckets = self.rows.of::<UsageBucket>(&of_meter);
        buckets.retain(|row| added.buckets.contains_key(&(row.subject_id, row.starts_at)));
        let all = self.rows.of::<UsageValue>(&of_meter);
        let mut counts = self.rows.of::<CustomerMeter>(&of_meter);
        counts.retain(|row| added.customers.contains(&row.customer_id));
        let mut since: BTreeMap<Uuid, Timestamp> = BTreeMap::new();
        for row in &counts {
            since.extend(row.reset_at.map(|at| (row.customer_id, bucket_of(at))));
        }
        let wanted: BTreeSet<(Uuid, &str)> = (added.values.iter())
            .filter(|(subject, ..)| *subject != EVERYBODY)
            .map(|(subject, _, value)| (*subject, value.as_str()))
            .collect();
        let is_held = |row: &&UsageValue| {
            wanted.contains(&(row.subject_id, row.value.as_str()))
                && since
                    .get(&row.subject_id)
                    .is_none_or(|at| row.starts_at >= *at)
        };
        CountedRows {
            buckets,
            held: (all.iter().filter(is_held))
                .map(|row| (row.subject_id, row.value.clone()))
                .collect(),
            values: (all.iter())
                .filter(|row| {
                    let place = (row.subject_id, row.starts_at, row.value.clone());
                    added.values.contains(&place)
                })
                .cloned()
                .collect(),
            customer_meters: counts,
        }
    }

    fn read_charges(&self, meter: Uuid, charging: &mut Charging) {
        let subscriptions = charging.subscriptions();
        let mut charges = self.rows.of::<UsageCharge>(&[("meter_id", meter.into())]);
        charges
            .retain(|row| row.billed_at.is_none() && subscriptions.contains(&row.subscription_id));
        let values = charging.values();
        let mut held = Vec::new();
        for charge in &charges {
            let own = self
                .rows
                .of::<UsageChargeValue>(&[("charge_id", charge.id.into())]);
            let wanted = values.get(&charge.subscription_id);
            let own = own
                .into_iter()
                .filter(|row| wanted.is_some_and(|wanted| wanted.contains(row.value.as_str())));
            held.extend(own.map(|row| (row.charge_id, row.value)));
        }
        (charging.charges, charging.held) = (charges, held);
    }

    fn bind(&self, n: usize, ctx: &DecisionContext) -> Option<(Changes, Done)> {
        let row: Customer = self.rows.get(customer_id(n));
        let mut events = self.rows.of::<UsageEvent>(&[]);
        events.retain(|event| {
            event.customer_id.is_none() && event.external_customer_id == row.external_id
        });
        if events.is_empty() {
            return None;
        }
        let rounds: BTreeMap<Uuid, Option<i64>> = (self.batches(|_| true).iter())
            .map(|batch| (batch.id, batch.round))
            .collect();
        let unbound: Vec<UnboundEvent> = events
            .into_iter()
            .map(|event| UnboundEvent {
                round: rounds[&batch_id(event.id)],
                event,
            })
            .collect();
        let (meters, folds) = (self.meters(), self.rows.of::<MeterFold>(&[]));
        let mut counted = Vec::new();
        for meter in &meters {
            let Some(fold) = folds.iter().find(|fold| fold.id == meter.id) else {
                continue;
            };
            let payers = self.payers(meter);
            let mut bound = BoundMeter::new(meter, fold, &unbound, &row, payers);
            bound.rows = self.counted_rows(meter.id, &bound.added);
            self.read_charges(meter.id, &mut bound.charging);
            counted.push(bound);
        }
        let changes = fold::bind(&unbound, &row, &counted, ctx);
        let sealed = unbound.iter().filter(|unbound| unbound.round.is_some());
        let done = Done::Bound {
            customer: n,
            tags: sealed.map(|unbound| tag(&unbound.event)).collect(),
        };
        Some((changes, done))
    }

    pub fn sub(&self, n: usize) -> Subscription {
        self.rows.get(self.subs[n])
    }

    /// Product of a subscription with its usage that is not billed yet.
    pub fn offered(&self, sub: &Subscription) -> ProductWithPrices {
        let plan = (0..PLANS.len()).find(|plan| shop::product_id(*plan) == sub.product_id);
        let mut offered = shop::offered(plan.expect("a plan of the shop"));
        let mut usage = (self.rows).of::<UsageCharge>(&[("subscription_id", sub.id.into())]);
        usage.retain(|row| row.billed_at.is_none());
        let of_customer = [("customer_id", sub.customer_id.into())];
        offered.parts = Parts {
            meters: self.meters(),
            usage,
            credits: self.rows.of::<CustomerMeter>(&of_customer),
            ..Parts::default()
        };
        offered
    }

    /// True where this subscription is due, and what its period bills is not counted.
    pub fn waits(&self, n: usize) -> bool {
        self.waits_until(n, self.sub(n).usage_period().end)
    }

    /// True where usage of this subscription that came in until a moment is not counted.
    fn waits_until(&self, n: usize, until: Timestamp) -> bool {
        let sub = self.sub(n);
        let meters = due::meters(&sub, &self.offered(&sub));
        let folds = self.rows.of::<MeterFold>(&[]).into_iter();
        let least = folds
            .filter(|fold| meters.contains(&fold.id))
            .map(|fold| fold.round)
            .min();
        let is_open = |batch: &UsageBatch| {
            batch.created_at <= until
                && match batch.round {
                    None => true,
                    Some(round) => least.is_some_and(|least| round > least),
                }
        };
        sub.is_billable() && !meters.is_empty() && self.batches(|_| true).iter().any(is_open)
    }

    fn counts(
        &self,
        sub: &Subscription,
        offered: &ProductWithPrices,
    ) -> Vec<(CustomerMeter, Meter)> {
        let others: Vec<Subscription> = (self.metered().into_iter())
            .filter(|other| other.customer_id == sub.customer_id)
            .collect();
        let mut givers = Vec::new();
        for grant in self.rows.of::<BenefitGrant>(&[]) {
            let giver: Subscription = self.rows.get(grant.subscription_id.expect("of one"));
            let is_giver = grant.is_live() || giver.status == SubscriptionStatus::Paused;
            if grant.customer_id == sub.customer_id && is_giver {
                let benefit = self.rows.get(grant.benefit_id);
                givers.push(Giver {
                    customer_id: giver.customer_id,
                    subscription_id: giver.id,
                    created_at: giver.created_at,
                    meter_id: Credits::of(&benefit).expect("credits").meter_id,
                    is_paused: giver.status == SubscriptionStatus::Paused,
                });
            }
        }
        let begun = begun_by(sub, &others, &self.prices(), &givers);
        let counts = offered.parts.credits.iter();
        let begun = counts.filter(|row| begun.contains(&row.meter_id));
        begun
            .map(|row| (row.clone(), self.rows.get(row.meter_id)))
            .collect()
    }

    fn bill(&self, n: usize, ctx: &DecisionContext) -> Option<(Changes, Done)> {
        let is_due = self.sub(n).own_due_at().is_some_and(|at| at <= ctx.now);
        if !is_due || self.waits(n) {
            return None;
        }
        let step = renew::step(&self.billing(n), &NoTaxes, ctx).expect("it can be billed");
        let order = step.order.as_ref();
        let done = Done::Billed {
            sub: n,
            lines: order.map(|order| order.items.0.iter().map(line).collect()),
            is_paid: order.is_some_and(Order::is_paid),
        };
        Some((step.changes, done))
    }

    /// The rows that a bill of a subscription depends on.
    fn billing(&self, n: usize) -> BillingRows {
        let sub = self.sub(n);
        let offered = self.offered(&sub);
        let next = sub.pending_update.as_ref();
        let next = next.and_then(|update| update.product_id);
        let plan = (0..PLANS.len()).find(|plan| Some(shop::product_id(*plan)) == next);
        let balances = self
            .rows
            .of::<CustomerBalance>(&[("customer_id", sub.customer_id.into())]);
        BillingRows {
            owner: None,
            customer: self.rows.get(sub.customer_id),
            counts: self.counts(&sub, &offered),
            next_offered: plan.map(shop::offered),
            balance: balances.into_iter().next(),
            offered,
            subscription: sub,
            ..billing_rows()
        }
    }

    fn sync(&self, n: usize, ctx: &DecisionContext) -> (Changes, Done) {
        let sub = self.sub(n);
        let plan = (0..PLANS.len()).find(|plan| shop::product_id(*plan) == sub.product_id);
        let plan = plan.expect("a plan of the shop");
        let mut grants = self.rows.of::<BenefitGrant>(&[]);
        grants.retain(|grant| grant.subscription_id == Some(sub.id));
        let all = (0..PLANS.len()).flat_map(|plan| {
            let own = 0..PLANS[plan].credits.len();
            own.map(move |n| (plan, shop::benefit(plan, n)))
        });
        let (own, former): (Vec<_>, Vec<_>) = all.partition(|(of, _)| *of == plan);
        let orders = self.rows.of::<Order>(&[]);
        let reasons = [
            BillingReason::SubscriptionCycle,
            BillingReason::SubscriptionMeterCycle,
        ];
        let paid = |grant: &BenefitGrant| {
            let counts = |order: &&Order| {
                order.subscription_id == Some(sub.id)
                    && reasons.contains(&order.billing_reason)
                    && !order.settles_usage
                    && order.is_paid()
                    && Some(order.created_at) > grant.granted_at
            };
            i64::try_from(orders.iter().filter(counts).count()).expect("few")
        };
        let of_customer = [("customer_id", sub.customer_id.into())];
        let mut usage = self
            .rows
            .of::<UsageCharge>(&[("subscription_id", sub.id.into())]);
        usage.retain(|row| row.billed_at.is_none() && sub.ended_at.is_none());
        let subscriptions = self.rows.of::<Subscription>(&of_customer);
        let paid_meters = subscriptions.iter().filter(|one| one.is_billable());
        let paid_meters = paid_meters.flat_map(|one| due::meters(one, &self.offered(one)));
        let rows = GrantRows {
            unbilled: credits::unbilled(&usage, &self.rows.of::<Meter>(&[])),
            paid_meters: paid_meters.collect(),
            order_id: None,
            customer: self.rows.get(sub.customer_id),
            members: Vec::new(),
            gives: subscription_gives(&sub, 0, ctx.now),
            benefits: own.into_iter().map(|(_, benefit)| benefit).collect(),
            former: former.into_iter().map(|(_, benefit)| benefit).collect(),
            cycles: (grants.iter().filter(|grant| grant.is_live()))
                .map(|grant| (grant.id, paid(grant)))
                .collect(),
            grants,
            keys: Vec::new(),
            counts: self.rows.of::<CustomerMeter>(&of_customer),
            subscription: Some(sub),
        };
        let changes = sync(&rows, &[Holder::CUSTOMER], &subscribers(), ctx);
        (changes, Done::Synced(n))
    }

    fn pay(&self, n: usize) -> Option<(Changes, Done)> {
        let mut orders = self.rows.of::<Order>(&[]);
        orders.retain(|order| {
            order.subscription_id == Some(self.subs[n]) && order.status == OrderStatus::Pending
        });
        orders.sort_by_key(|order| (order.created_at, order.settles_usage));
        let order = orders.first()?;
        let mut paid = order.clone();
        paid.status = OrderStatus::Paid;
        let mut changes = Changes::new();
        changes.update(order, &paid);
        Some((changes, Done::Paid(n)))
    }
}
