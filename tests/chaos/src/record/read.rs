//! Reading the record of a run from Till's database.

use std::collections::{BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use till_core::kernel::records::{self, CustomerBalance};
use till_core::kernel::values::Json;
use till_store::{Col, Options, Query, Store};
use uuid::Uuid;

use super::*;
use crate::{Failure, processor::Processor, receiver::Receiver, shop::EVENTS};

/// Time for which a node that works on a subscription keeps it, and a little more.
const CLAIM: SignedDuration = SignedDuration::from_secs(70);

#[derive(Debug, Deserialize)]
struct Metadata {
    wish: Option<String>,
}

type Text = Col<String>;
type Id = Col<Uuid>;
type MaybeId = Col<Option<Uuid>>;
type MaybeText = Col<Option<String>>;
type Int = Col<i64>;

/// Opens the database that Till writes.
pub async fn open(url: &str) -> Result<Store, Failure> {
    let options = Options {
        migrate: false,
        connections: 2,
        readers: 1,
        ..Options::default()
    };
    Ok(Store::open(url, options).await?)
}

fn sql(text: &'static str) -> Query {
    Query::raw(text, vec![])
}

/// The work that is not finished yet, one line each; empty once everything has settled. What waits for buyers who have
/// left is none.
pub async fn waiting(store: &Store, abandoned: &BTreeSet<Uuid>) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    let attempts = sql(
        "select state, id, checkout_id from payments where state in ('intended', 'asked', 'requires_action', 'processing')",
    );
    let mut left = Vec::new();
    for (Col(state), Col(id), Col(session)) in store.all::<(Text, Id, MaybeId)>(attempts).await? {
        match state == "requires_action" && session.is_some_and(|id| abandoned.contains(&id)) {
            true => left.push(id.to_string()),
            false => all.push(format!("attempt {id} is {state}")),
        }
    }
    let sessions = sql("select id from checkouts where status = 'confirmed'");
    for Col(id) in store.all::<Id>(sessions).await? {
        if !abandoned.contains(&id) {
            all.push(format!("session {id} is confirmed"));
        }
    }
    let refunds =
        sql("select state, id from refunds where state in ('intended', 'asked', 'processing')");
    for (Col(state), Col(id)) in store.all::<(Text, Id)>(refunds).await? {
        all.push(format!("refund {id} is {state}"));
    }
    // A part of a period that is billed by itself is due without the period, and a step that failed is taken again a
    // minute later.
    let now = Timestamp::now();
    let due = Query::raw(
        "select id from subscriptions where status in ('active', 'trialing', 'past_due') \
         and (current_period_end <= $1 or next_due_at <= $2)",
        vec![now.into(), (now + CLAIM).into()],
    );
    for Col(id) in store.all::<Id>(due).await? {
        all.push(format!("subscription {id} is due"));
    }
    let unpaid = sql("select id from orders where status = 'pending'");
    for Col(id) in store.all::<Id>(unpaid).await? {
        all.push(format!("order {id} is unpaid"));
    }
    let uncounted = sql(
        "select count(*) from usage_batches b where b.round is null \
         or exists (select 1 from meter_folds f where f.organization_id = b.organization_id and f.round < b.round)",
    );
    let Col(uncounted) = store.one::<Int>(uncounted).await?.unwrap_or(Col(0));
    if uncounted > 0 {
        all.push(format!("{uncounted} requests of usage"));
    }
    let jobs = sql("select key from jobs where buried is null");
    for Col(key) in store.all::<Text>(jobs).await? {
        if !left.iter().any(|id| key.contains(id)) {
            all.push(format!("job {key}"));
        }
    }
    let events = sql(
        "select count(*), endpoint_id from webhook_events where next_attempt_at is not null group by endpoint_id order by endpoint_id",
    );
    for (Col(count), Col(endpoint)) in store.all::<(Int, Id)>(events).await? {
        all.push(format!("{count} events for endpoint {endpoint}"));
    }
    Ok(all)
}

/// Refunds and disputes of the processor's that Till has not written down as they stand, one line each.
pub async fn unknown(
    store: &Store,
    (refunds, disputes): &(Vec<ProcessorRefund>, Vec<ProcessorDispute>),
) -> Result<Vec<String>, Failure> {
    let known = sql(
        "select reference, state from refunds where reference is not null \
         union all select reference, status from disputes",
    );
    let known = store.all::<(Text, Text)>(known).await?;
    let known: HashSet<(String, String)> = known
        .into_iter()
        .map(|(Col(reference), Col(state))| (reference, state))
        .collect();
    // Nothing is written down of a dispute about money for which nothing was sold.
    let sold =
        sql("select reference from payments where reference is not null and order_id is not null");
    let sold = store.all::<Text>(sold).await?;
    let sold: HashSet<String> = sold.into_iter().map(|Col(reference)| reference).collect();
    let disputes = disputes.iter().filter(|one| sold.contains(&one.charge));
    let told = (refunds.iter().map(|one| (&one.reference, &one.status)))
        .chain(disputes.map(|one| (&one.reference, &one.status)));
    let is_unknown = |(name, status): &(&String, &String)| {
        !known.contains(&((*name).clone(), (*status).clone()))
    };
    Ok(told
        .filter(is_unknown)
        .map(|(name, status)| format!("{name} is {status}"))
        .collect())
}

impl Record {
    /// Reads everything.
    pub async fn read(
        store: &Store,
        processor: &Processor,
        receiver: &Receiver,
        endpoints: &[Uuid],
    ) -> Result<Self, Failure> {
        let mut record = Self {
            endpoints: endpoints.len(),
            deliveries: receiver.deliveries(),
            read_at: Timestamp::now(),
            ..Self::default()
        };
        processor.read(&mut record).await?;
        record.read_sales(store).await?;
        record.read_refunds(store).await?;
        record.read_others(store).await?;
        record.read_events(store, endpoints).await?;
        let mut told = receiver.subscriptions();
        let events = record.webhook_events.iter();
        record.told = events.filter_map(|event| told.remove(&event.id)).collect();
        Ok(record)
    }

    async fn read_sales(&mut self, store: &Store) -> Result<(), Failure> {
        let payments = Query::select::<records::Payment>("", vec![]);
        for row in store.all::<records::Payment>(payments).await? {
            self.payments.push(Payment {
                id: row.id,
                purpose: row.purpose.to_string(),
                subject: row.subject_id,
                checkout: row.checkout_id,
                order: row.order_id,
                kind: row.kind.to_string(),
                state: row.state.to_string(),
                reference: row.reference,
            });
        }
        let orders = Query::select::<records::Order>("", vec![]);
        for row in store.all::<records::Order>(orders).await? {
            self.orders.push(order(&row));
        }
        type SessionRow = (Id, Text, MaybeId, MaybeId, Col<Json<Value>>, MaybeText);
        let rows = sql(
            "select c.id, c.status, c.attempt_id, c.discount_id, c.metadata, p.recurring_interval \
             from checkouts c join products p on p.id = c.product_id",
        );
        for (
            Col(id),
            Col(status),
            Col(attempt),
            Col(discount),
            Col(Json(metadata)),
            Col(interval),
        ) in store.all::<SessionRow>(rows).await?
        {
            let metadata: Metadata = serde_json::from_value(metadata)?;
            self.sessions.push(Session {
                id,
                status,
                attempt,
                discount,
                wish: metadata.wish,
                recurring: interval.is_some(),
            });
        }
        Ok(())
    }

    async fn read_refunds(&mut self, store: &Store) -> Result<(), Failure> {
        type RefundRow = (Id, Id, MaybeId, Int, Text, (MaybeText, Col<bool>));
        let rows = sql(
            "select id, payment_id, order_id, amount, state, reference, revoke_benefits from refunds",
        );
        for (Col(id), Col(payment), Col(order), Col(amount), Col(state), rest) in
            store.all::<RefundRow>(rows).await?
        {
            let (Col(reference), Col(takes_back)) = rest;
            self.refunds.push(Refund {
                id,
                payment,
                order,
                amount,
                state,
                reference,
                takes_back,
            });
        }
        type DisputeRow = (Id, Id, Id, Text, Text, Int);
        let rows = sql(
            "select id, payment_id, order_id, reference, status, amount + tax_amount from disputes",
        );
        for (Col(id), Col(payment), Col(order), Col(reference), Col(status), Col(amount)) in
            store.all::<DisputeRow>(rows).await?
        {
            self.disputes.push(Dispute {
                id,
                payment,
                order,
                reference,
                status,
                amount,
            });
        }
        let rows = sql("select notice_id from processor_notices");
        for Col(name) in store.all::<Text>(rows).await? {
            self.notices.push(name);
        }
        Ok(())
    }

    async fn read_others(&mut self, store: &Store) -> Result<(), Failure> {
        let rows = Query::select::<records::Subscription>("", vec![]);
        for row in store.all::<records::Subscription>(rows).await? {
            self.subscriptions.push(Subscription {
                id: row.id,
                checkout: row.checkout_id,
                state: State::of(&row),
                ended: row.ended_at.is_some(),
            });
        }
        let rows = Query::select::<CustomerBalance>("", vec![]);
        for row in store.all::<CustomerBalance>(rows).await? {
            self.balances.push(Balance {
                customer: row.customer_id,
                currency: row.currency.to_string(),
                amount: row.amount,
            });
        }
        let rows =
            sql("select id, organization_id, email_key from customers where deleted_at is null");
        for (Col(id), Col(organization), Col(email)) in store.all::<(Id, Id, Text)>(rows).await? {
            self.customers.push(Customer {
                id,
                person: (organization, email),
            });
        }
        let rows = sql("select id, max_redemptions, redemptions_count from discounts");
        for (Col(id), Col(limit), Col(count)) in
            store.all::<(Id, Col<Option<i64>>, Int)>(rows).await?
        {
            self.discounts.push(Discount { id, limit, count });
        }
        let rows = sql("select discount_id, checkout_id from discount_redemptions");
        for (Col(discount), Col(checkout)) in store.all::<(Id, Id)>(rows).await? {
            self.redemptions.push(Redemption { discount, checkout });
        }
        let rows = sql("select key from jobs where buried is not null");
        for Col(key) in store.all::<Text>(rows).await? {
            self.buried.push(key);
        }
        Ok(())
    }

    async fn read_events(&mut self, store: &Store, endpoints: &[Uuid]) -> Result<(), Failure> {
        let rows = sql("select kind, subject_id from journal order by sequence");
        for (Col(kind), Col(subject)) in store.all::<(Text, Id)>(rows).await? {
            if EVENTS.contains(&kind.as_str()) {
                self.journal.push(JournalEntry { kind, subject });
            }
        }
        let skipped = store
            .all::<Id>(sql("select id from webhook_events where skipped"))
            .await?;
        let skipped: HashSet<Uuid> = skipped.into_iter().map(|Col(id)| id).collect();
        type EventRow = (Id, Id, Text, MaybeId, Int, Col<Timestamp>);
        let rows = sql(
            "select id, endpoint_id, kind, subject_id, sequence, created_at from webhook_events order by sequence",
        );
        for (Col(id), Col(endpoint), Col(kind), Col(subject), Col(sequence), Col(created)) in
            store.all::<EventRow>(rows).await?
        {
            let Some(endpoint) = endpoints.iter().position(|known| *known == endpoint) else {
                continue;
            };
            self.webhook_events.push(WebhookEvent {
                id,
                endpoint,
                kind,
                subject,
                sequence,
                created: created.as_millisecond(),
                skipped: skipped.contains(&id),
            });
        }
        Ok(())
    }
}

fn order(row: &records::Order) -> Order {
    let line = |line: &till_wire::orders::OrderItem| Line {
        amount: line.amount,
        proration: line.proration,
        period: line.start_timestamp.zip(line.end_timestamp),
    };
    Order {
        id: row.id,
        checkout: row.checkout_id,
        customer: row.customer_id,
        discount: row.discount_id,
        status: row.status.to_string(),
        total: row.total_amount(),
        refunded: row.refunded_amount + row.refunded_tax_amount,
        subscription: row.subscription_id,
        reason: row.billing_reason.to_string(),
        currency: row.currency.to_string(),
        due: row.due_amount(),
        least: row.currency.min_charge(),
        // What was used is judged by itself.
        lines: (row.items.0.iter())
            .filter(|line| usage::units(&line.label).is_none())
            .map(line)
            .collect(),
    }
}
