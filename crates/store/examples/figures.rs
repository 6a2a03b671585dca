//! A benchmark of the home page's figures: `cargo run --release -p till-store --example figures -- <database url>`.
//! The database must be empty: 100,000 orders and 100,000 sessions of one year are written into it.
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::unwrap_used, reason = "a measuring tool")]

use std::time::Instant;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use till_core::kernel::{
    changes::Changes, context::DecisionContext, report_period::ReportPeriod, values::Value,
};
use till_store::{Options, Store};
use uuid::Uuid;

const ROWS: i64 = 100_000;

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).expect("the database's URL");
    let store = Store::open(&url, Options::default()).await.unwrap();
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let ctx = DecisionContext::new(now, [7; 32]);
    let own = ctx.id();
    for (days, period) in [(89, ReportPeriod::Quarter), (330, ReportPeriod::Year)] {
        let own = if days == 89 { own } else { ctx.id() };
        fill(&store, &ctx, own, days).await;
        let boundaries = period.boundaries(now, &TimeZone::get("Europe/Berlin").unwrap());
        for _ in 0..5 {
            let begin = Instant::now();
            let figures = store.figures(own, &boundaries).await.unwrap();
            let took = begin.elapsed();
            let orders: i64 = figures.iter().map(till_store::Figures::orders).sum();
            let sessions: i64 = figures.iter().map(|f| f.sessions).sum();
            println!("{period}: {orders} orders, {sessions} sessions in {took:.1?}");
        }
        let (before, rounds) = (cpu(), 20);
        for _ in 0..rounds {
            store.figures(own, &boundaries).await.unwrap();
        }
        println!(
            "{:.1} ms of CPU each, on two threads",
            (cpu() - before) / f64::from(rounds)
        );
        let begin = Instant::now();
        store.latest_journal(own, &[], 1, 50).await.unwrap();
        println!("latest events in {:.1?}", begin.elapsed());
    }
    store.close().await;
}

/// Orders and sessions of one organization, evenly over the last days.
async fn fill(store: &Store, ctx: &DecisionContext, own: Uuid, days: i64) {
    let [customer, product, price] = [ctx.id(), ctx.id(), ctx.id()];
    let mut changes = Changes::new();
    let (o, c, p, now) = (
        Value::Uuid(own),
        Value::Uuid(customer),
        Value::Uuid(product),
        Value::Time(ctx.now),
    );
    changes
        .any("insert into organizations (id, created_at, version, name, slug, status, default_currency, default_tax_behavior, settings) values ($1, $2, 1, 'Shop', $3, 'active', 'usd', 'location', '{}')",
            vec![o.clone(), now.clone(), Value::Text(own.to_string())])
        .any("insert into products (id, created_at, version, organization_id, name, visibility, is_archived, metadata) values ($1, $2, 1, $3, 'Book', 'public', $4, '{}')",
            vec![p.clone(), now.clone(), o.clone(), Value::Bool(false)])
        .any("insert into product_prices (id, created_at, organization_id, product_id, position, currency, amount_type, price_amount, is_archived) values ($1, $2, $3, $4, 0, 'usd', 'fixed', 3000, $5)",
            vec![Value::Uuid(price), now.clone(), o.clone(), p.clone(), Value::Bool(false)])
        .any("insert into customers (id, created_at, version, organization_id, email, email_key, email_verified, kind, metadata, invoice_prefix, invoice_next) values ($1, $2, 1, $3, 'a@example.com', 'a@example.com', $4, 'individual', '{}', 'X', 1)",
            vec![c.clone(), now, o.clone(), Value::Bool(false)]);
    store.commit(changes).await.unwrap();
    let step = SignedDuration::from_hours(24 * days).as_micros() as i64 / ROWS;
    for chunk in 0..ROWS / 1000 {
        let mut changes = Changes::new();
        for i in chunk * 1000..(chunk + 1) * 1000 {
            let made = Value::Time(ctx.now - SignedDuration::from_micros(i * step));
            let status = if i % 2 == 0 { "succeeded" } else { "open" };
            let currency = if i % 5 == 0 { "eur" } else { "usd" };
            changes
                .any("insert into checkouts (id, created_at, version, organization_id, status, client_secret, expires_at, product_id, price_id, product_ids, amount, currency, allow_discount_codes, require_billing_address, allow_trial, matched_by_email, is_business_customer, processor_metadata, metadata, customer_metadata) values ($1, $2, 1, $3, $4, $5, $2, $6, $7, '[]', 3000, 'usd', $8, $8, $8, $8, $8, '{}', '{}', '{}')",
                    vec![Value::Uuid(ctx.id()), made.clone(), o.clone(), Value::from(status), Value::Text(ctx.id().to_string()), p.clone(), Value::Uuid(price), Value::Bool(false)])
                .any("insert into orders (id, created_at, version, organization_id, customer_id, product_id, status, billing_reason, currency, subtotal_amount, discount_amount, net_amount, tax_amount, invoice_number, description, items, metadata) values ($1, $2, 1, $3, $4, $5, 'paid', 'purchase', $6, 3000, 0, 3000, 0, $7, 'Book', '[]', '{}')",
                    vec![Value::Uuid(ctx.id()), made, o.clone(), c.clone(), p.clone(), Value::from(currency), Value::Text(i.to_string())]);
        }
        store.commit(changes).await.unwrap();
    }
}

/// The processor time used so far, in milliseconds (a tick is a hundredth of a second).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let ticks: Vec<f64> = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|n| n.parse().unwrap())
        .collect();
    (ticks[0] + ticks[1]) * 10.0
}
