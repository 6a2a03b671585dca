//! Judged side of the model: the decisions, on rows, in the order in which the server makes them.

use std::sync::atomic::AtomicI64;

use jiff::Timestamp;
use till_wire::{
    customers::CustomerType,
    events::EventType,
    input::Patch,
    orders::OrderStatus,
    payments::PaymentTrigger,
    subscriptions::{
        SubscriptionCancel, SubscriptionPause, SubscriptionProrationBehavior as Behavior,
        SubscriptionUpdate, SubscriptionUpdateBase, SubscriptionUpdateSeats, TrialEnd,
    },
};
use uuid::Uuid;

use super::{
    catalog::{Catalog, Office},
    changes::{Act, How, No},
    oracle::{Cutting, Of, Says},
    rows::Rows,
};
use crate::{
    catalog::products::ProductWithPrices,
    customers::members,
    kernel::{
        changes::{Changes, Record as _},
        context::DecisionContext,
        events::Subscribers,
        records::{
            BillingEntry, Customer, CustomerBalance, CustomerSeat, Discount, Order, Payment,
            PaymentMethod, Purpose, Subscription,
        },
        refusal::Refusal,
        values::Value,
    },
    orders::{
        payment::{self, OrderRows},
        void,
    },
    payments::{
        declines,
        outcome::Outcome,
        samples::{failed, succeeded},
    },
    seats::UsedSeats,
    subscriptions::{
        bill::BillingRows,
        change::{self, ChangeRows, Charge, Unchanged},
        dun::{VOID_JOB, VoidOrders},
        renew::{self, Due},
    },
    tax::NoTaxes,
};

/// A charge whose outcome is known later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    pub at: i64,
    pub payment: Uuid,
    pub pays: bool,
}

/// A server with one customer.
pub struct Till<'a> {
    pub rows: Rows,
    pub catalog: &'a Catalog,
    says: &'a dyn Fn(i64) -> Says,
    pub customer: Uuid,
    method: PaymentMethod,
    pub subs: Vec<Uuid>,
    /// Orders in the order in which they were told of.
    pub orders: Vec<Uuid>,
    pub waiting: Vec<Waiting>,
    decisions: AtomicI64,
    seeds: u64,
}

pub fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("a moment of these decades")
}

impl<'a> Till<'a> {
    pub fn new(
        catalog: &'a Catalog,
        customer: Customer,
        method: PaymentMethod,
        says: &'a dyn Fn(i64) -> Says,
        seed: u64,
    ) -> Self {
        let owners = DecisionContext::new(customer.created_at, [6; 32]);
        let mut rows = Rows::default();
        let mut changes = Changes::new();
        changes
            .insert(&customer)
            .insert(&members::owner_of(&customer, None, &owners));
        rows.commit(changes).expect("the first row");
        Self {
            rows,
            catalog,
            says,
            customer: customer.id,
            method,
            subs: Vec::new(),
            orders: Vec::new(),
            waiting: Vec::new(),
            decisions: AtomicI64::new(0),
            seeds: seed << 32,
        }
    }

    pub fn context(&mut self, now: i64) -> DecisionContext {
        let mut seed = [5; 32];
        seed[..8].copy_from_slice(&self.seeds.to_le_bytes());
        self.seeds += 1;
        DecisionContext::new(moment(now), seed).after(&self.decisions)
    }

    fn commit(&mut self, changes: Changes, now: i64) {
        self.rows.commit(changes).expect("nobody comes in between");
        for job in self.rows.take_jobs(VOID_JOB.name()) {
            let orders = serde_json::from_str(&job.payload).expect("its payload");
            self.void(&orders, now);
        }
    }

    /// The worker of the job that voids orders.
    fn void(&mut self, orders: &VoidOrders, now: i64) {
        let mut unpaid = self.unpaid(orders.subscription_id);
        unpaid.retain(|order| order.created_at < orders.made_before);
        for order in unpaid {
            let (rows, ctx) = (self.order_rows(order.id), self.context(now));
            let nobody = Subscribers::nobody(self.catalog.organization.id);
            let changes = void::void(&rows, self.balance(), &nobody, &ctx);
            self.rows.commit(changes).expect("nobody comes in between");
        }
    }

    fn unpaid(&self, subscription: Uuid) -> Vec<Order> {
        let wanted = [
            ("status", OrderStatus::Pending.into()),
            ("subscription_id", Value::Uuid(subscription)),
        ];
        let mut orders: Vec<Order> = self.rows.of(&wanted);
        orders.sort_by_key(|order| (order.created_at, order.id));
        orders
    }

    pub fn balance(&self) -> Option<CustomerBalance> {
        self.rows.of(&[]).pop()
    }

    /// Seats of a subscription that somebody has.
    pub fn used_seats(&self, subscription: Uuid) -> UsedSeats {
        let mut seats: Vec<CustomerSeat> =
            (self.rows).of(&[("subscription_id", Value::Uuid(subscription))]);
        seats.retain(CustomerSeat::is_used);
        UsedSeats::of(seats, &self.catalog.organization)
    }

    pub fn is_team(&self) -> bool {
        let customer: Customer = self.rows.get(self.customer);
        customer.kind == CustomerType::Team
    }

    fn offered(&self, id: Uuid) -> ProductWithPrices {
        let found = self.catalog.offered.iter().find(|one| one.product.id == id);
        found.expect("a product of the catalog").clone()
    }

    fn discount(&self, id: Uuid) -> Discount {
        let found = self.catalog.discounts.iter().find(|one| one.id == id);
        found.expect("a discount of the catalog").clone()
    }

    fn billing(&self, id: Uuid, now: i64) -> BillingRows {
        let subscription: Subscription = self.rows.get(id);
        let waits = subscription
            .pending_update
            .as_ref()
            .map(|update| update.0.clone());
        let next = waits.as_ref().and_then(|update| update.product_id);
        let next_discount = waits.and_then(|update| match update.discount {
            crate::kernel::records::DiscountChange::Set(id) => Some(id),
            _ => None,
        });
        let mut entries: Vec<BillingEntry> = self.rows.of(&[("subscription_id", Value::Uuid(id))]);
        entries.sort_by_key(|entry| (entry.created_at, entry.id));
        BillingRows {
            owner: self.rows.of(&[]).pop(),
            seats: self.used_seats(id),
            counts: Vec::new(),
            organization: self.catalog.organization.clone(),
            customer: self.rows.get(self.customer),
            offered: self.offered(subscription.product_id),
            discount: subscription.discount_id.map(|id| self.discount(id)),
            balance: self.balance(),
            latest_bill: None,
            entries,
            unpaid: self.unpaid(id),
            method: ((self.says)(now) != Says::NoCard).then(|| self.method.clone()),
            next_offered: next.map(|id| self.offered(id)),
            next_discount: next_discount.map(|id| self.discount(id)),
            subscribers: Subscribers::nobody(self.catalog.organization.id),
            subscription,
        }
    }

    fn order_rows(&self, id: Uuid) -> OrderRows {
        let order: Order = self.rows.get(id);
        let subscription: Subscription = self.rows.get(order.subscription_id.expect("it has one"));
        let base = |id: Option<Uuid>| id.map(|id| self.discount(id).base(order.currency));
        let mut unpaid = self.unpaid(subscription.id);
        unpaid.retain(|other| other.id != id);
        let held = (
            subscription.clone(),
            self.offered(subscription.product_id),
            base(subscription.discount_id),
        );
        OrderRows {
            seats: self.used_seats(subscription.id),
            slug: self.catalog.organization.slug.clone(),
            customer: self.rows.get(self.customer),
            offered: self.offered(order.product_id),
            held: Some(held),
            unpaid,
            discount: base(order.discount_id),
            order,
        }
    }

    pub fn next_due(&self, s: usize) -> Option<i64> {
        let subscription: Subscription = self.rows.get(self.subs[s]);
        subscription.next_due_at.map(Timestamp::as_second)
    }

    /// The worker of subscriptions: turn after turn, until nothing is due.
    pub fn work(&mut self, now: i64) {
        loop {
            let due = (0..self.subs.len()).filter_map(|s| Some((self.next_due(s)?, s)));
            let mut due: Vec<(i64, usize)> = due.filter(|(at, _)| *at <= now).collect();
            due.sort_unstable();
            for (_, s) in &due {
                let id = self.subs[*s];
                self.rows.claim(Subscription::TABLE, id, moment(now + 60));
            }
            if due.is_empty() {
                return;
            }
            for (_, s) in due {
                self.step(s, now);
            }
        }
    }

    fn step(&mut self, s: usize, now: i64) {
        let (rows, ctx) = (self.billing(self.subs[s], now), self.context(now));
        match renew::due(&rows, &Office, &ctx).expect("it adds up") {
            Due::Nothing(changes) => self.commit(changes, now),
            Due::Retry(order) => self.retry(order, now),
            Due::Step(mut step) => {
                self.commit(std::mem::take(&mut step.changes), now);
                if let Some(payment) = step.payment {
                    self.send(payment, now);
                }
            }
        }
    }

    fn retry(&mut self, order: Uuid, now: i64) {
        let (rows, ctx) = (self.order_rows(order), self.context(now));
        let method = ((self.says)(now) != Says::NoCard).then(|| self.method.clone());
        let trigger = match rows.order.failed_payments {
            0 => PaymentTrigger::SubscriptionCycle,
            _ => PaymentTrigger::RetryDunning,
        };
        let nobody = Subscribers::nobody(self.catalog.organization.id);
        let (payment, changes) = payment::charge(&rows, method.as_ref(), trigger, &nobody, &ctx);
        self.commit(changes, now);
        if let Some(payment) = payment {
            self.send(payment, now);
        }
    }

    /// Asks the card. Whether it pays, where that is known.
    fn send(&mut self, payment: Payment, now: i64) -> Option<bool> {
        let refused = |code: &str| {
            let mut outcome = failed();
            if let Outcome::Failed { reason, .. } = &mut outcome {
                code.clone_into(reason);
            }
            outcome
        };
        let outcome = match (self.says)(now) {
            Says::Pays => succeeded(),
            Says::Declines { hopeless: true } => refused("stolen_card"),
            Says::Declines { hopeless: false } => refused("insufficient_funds"),
            Says::Unreachable => refused(declines::UNREACHABLE),
            Says::NoCard => panic!("there is no card to be charged"),
            Says::Later(wait, pays) => {
                self.waiting.push(Waiting {
                    at: now + wait,
                    payment: payment.id,
                    pays,
                });
                return None;
            }
        };
        self.record(payment.id, &outcome, now);
        Some(outcome == succeeded())
    }

    /// Purpose of a payment: the change of a subscription, or a bill.
    pub fn purpose(&self, payment: Uuid) -> Of {
        let payment: Payment = self.rows.get(payment);
        let place = |ids: &[Uuid], id| ids.iter().position(|one| Some(*one) == id);
        match payment.purpose {
            Purpose::Change => Of::Sub(place(&self.subs, payment.subject_id).expect("of ours")),
            _ => Of::Bill(place(&self.orders, payment.order_id).expect("of ours")),
        }
    }

    pub fn known(&mut self, waiting: Waiting, now: i64) {
        let outcome = if waiting.pays { succeeded() } else { failed() };
        self.record(waiting.payment, &outcome, now);
    }

    fn record(&mut self, id: Uuid, outcome: &Outcome, now: i64) {
        let (payment, ctx): (Payment, _) = (self.rows.get(id), self.context(now));
        let nobody = Subscribers::nobody(self.catalog.organization.id);
        let changes = match payment.purpose {
            Purpose::Change => {
                let (product, discount) = change::product_and_discount(&payment).expect("it reads");
                let rows = ChangeRows {
                    billing: self.billing(payment.subject_id.expect("a subscription"), now),
                    target: Some(self.offered(product)),
                    discount: discount.map(|id| self.discount(id)),
                };
                let recorded = change::record_outcome(&rows, &payment, outcome, &NoTaxes, &ctx);
                recorded
                    .expect("it adds up")
                    .map(|recorded| recorded.changes)
            }
            _ => {
                let rows = self.order_rows(payment.order_id.expect("an order"));
                payment::record_outcome(&rows, &payment, outcome, &nobody, &ctx)
                    .map(|(_, changes)| changes)
            }
        };
        self.commit(changes.expect("the first witness"), now);
    }

    pub fn act(&mut self, s: usize, act: Act, now: i64) -> Result<(), No> {
        let (update, target, discount) = self.asked(act);
        let rows = ChangeRows {
            billing: self.billing(self.subs[s], now),
            target,
            discount,
        };
        let ctx = self.context(now);
        let decided = change::decide(&update, &rows, &ctx);
        let made = decided.and_then(|decision| change::make(&rows, decision, &Office, &ctx));
        let made = match made {
            Ok(made) => made,
            Err(Unchanged::Refused(Refusal::PaymentFailed(_))) => {
                return Err(No::Declined);
            }
            Err(Unchanged::Refused(_)) => return Err(No::Refused),
            Err(Unchanged::Mismatch(mismatch)) => panic!("{act:?}: {mismatch}"),
        };
        self.commit(made.changes, now);
        match made.charge {
            Charge::Nothing => Ok(()),
            Charge::Change(payment) => match self.send(*payment, now) {
                Some(false) => Err(No::Declined),
                _ => Ok(()),
            },
            Charge::Period(period) => {
                let (_, step) = *period;
                if let Some(payment) = step.payment {
                    self.send(payment, now);
                }
                Ok(())
            }
        }
    }

    /// Request, as the API reads it, and the rows that it names.
    fn asked(
        &self,
        act: Act,
    ) -> (
        SubscriptionUpdate,
        Option<ProductWithPrices>,
        Option<Discount>,
    ) {
        let behavior = |how| {
            Some(match how {
                How::Invoice => Behavior::Invoice,
                How::Prorate => Behavior::Prorate,
                How::NextPeriod => Behavior::NextPeriod,
                How::Reset => Behavior::Reset,
            })
        };
        let cancel = |cancel_at_period_end| {
            SubscriptionUpdate::Cancel(SubscriptionCancel {
                cancel_at_period_end,
                cancellation: Default::default(),
            })
        };
        let pause = |pause_at_period_end, resumes: Option<i64>| {
            SubscriptionUpdate::Pause(SubscriptionPause {
                pause_at_period_end,
                resumes_at: resumes.map(moment),
            })
        };
        let base = SubscriptionUpdateBase::default();
        let (mut target, mut discount) = (None, None);
        let update = match act {
            Act::Cancel => cancel(true),
            Act::Uncancel => cancel(false),
            Act::Revoke => SubscriptionUpdate::Revoke(Default::default()),
            Act::Pause(resumes) => pause(true, resumes),
            Act::Unpause => pause(false, None),
            Act::Resume => SubscriptionUpdate::Resume,
            Act::Clear => SubscriptionUpdate::Clear,
            Act::Plan(plan, how, cut) => {
                let next = self.catalog.offered[plan].clone();
                let set = |cut: usize| self.catalog.discounts[cut].clone();
                let product_id = Some(next.product.id);
                target = Some(next);
                let discount_id = match cut {
                    Cutting::Keep => Patch::Absent,
                    Cutting::Remove => Patch::Null,
                    Cutting::Set(cut) => {
                        discount = Some(set(cut));
                        Patch::Value(set(cut).id)
                    }
                };
                SubscriptionUpdate::Base(SubscriptionUpdateBase {
                    product_id,
                    proration_behavior: behavior(how),
                    discount_id,
                    ..base
                })
            }
            Act::Seats(seats, how) => SubscriptionUpdate::Seats(SubscriptionUpdateSeats {
                seats,
                proration_behavior: behavior(how),
            }),
            Act::Cut(cut) => {
                discount = cut.map(|cut| self.catalog.discounts[cut].clone());
                let discount_id = discount
                    .as_ref()
                    .map_or(Patch::Null, |d| Patch::Value(d.id));
                SubscriptionUpdate::Base(SubscriptionUpdateBase {
                    discount_id,
                    ..base
                })
            }
            Act::TrialNow => SubscriptionUpdate::Base(SubscriptionUpdateBase {
                trial_end: Some(TrialEnd::Now),
                ..base
            }),
            Act::TrialEnd(at) => SubscriptionUpdate::Base(SubscriptionUpdateBase {
                trial_end: Some(TrialEnd::At(moment(at))),
                ..base
            }),
            Act::BillOn(at) => SubscriptionUpdate::BillingPeriod(moment(at)),
        };
        (update, target, discount)
    }

    /// Events that were told since it was last asked for.
    pub fn told(&mut self) -> Vec<(&'static str, Of)> {
        let mut told = Vec::new();
        for entry in self.rows.take_told() {
            if entry.kind == EventType::OrderCreated {
                self.orders.push(entry.subject_id);
            }
            let place = |ids: &[Uuid]| ids.iter().position(|id| *id == entry.subject_id);
            let of = match place(&self.subs) {
                Some(s) => Of::Sub(s),
                None if entry.subject_id == self.customer => Of::Customer,
                None => Of::Bill(place(&self.orders).expect("an order that was told of")),
            };
            told.push((entry.kind.as_str(), of));
        }
        told
    }
}
