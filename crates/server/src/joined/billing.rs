//! The rows that the billing of subscriptions depends on.

use std::collections::HashMap;

use till_core::{
    kernel::records::{
        BillingEntry, Customer, CustomerBalance, CustomerMeter, CustomerSeat, DiscountChange,
        Meter, Order, Organization, PaymentMethod, Subscription,
    },
    orders::create::Bill,
    seats::UsedSeats,
    subscriptions::{bill::BillingRows, first_seat},
    usage::{credits, due},
};
use uuid::Uuid;

use super::{Joined, found};
use crate::{app::App, error::Result};

impl Joined {
    /// The rows of one organization's subscriptions: as many reads for a batch as for a single one.
    pub async fn billing(
        app: &App,
        organization: &Organization,
        rows: &[Subscription],
    ) -> Result<Vec<BillingRows>> {
        let own = organization.id;
        let customers: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
        let subscriptions: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let by_seat = rows.iter().filter(|row| row.seats.is_some());
        let by_seat: Vec<Uuid> = by_seat.map(|row| row.id).collect();
        let prices = rows
            .iter()
            .flat_map(|row| row.price_ids.0.clone())
            .collect();
        let joined = async {
            Joined::load(
                app,
                organization,
                customers.clone(),
                rows.iter().flat_map(products).collect(),
                Vec::new(),
                rows.iter().flat_map(discounts).collect(),
            )
            .await?
            .with_own_prices(app, own, prices)
            .await?
            .with_all_usage(app, own, rows)
            .await
        };
        let store = &app.store;
        let reads = async {
            Ok(tokio::try_join!(
                store.billing_entries(&subscriptions),
                store.unpaid_orders(&subscriptions),
                store.balances(&customers),
                store.used_seats_of(&by_seat),
                store.subscribers(own),
            )?)
        };
        let (joined, (entries, unpaid, balances, seats, subscribers)) =
            tokio::try_join!(joined, reads)?;
        let charged = rows.iter().filter_map(|row| {
            let customer = joined.customers.get(&row.customer_id)?;
            method_id(row, customer)
        });
        let charged: Vec<Uuid> = charged.collect();
        let methods: HashMap<Uuid, PaymentMethod> = store
            .payment_methods(own, &charged)
            .await?
            .into_iter()
            .filter(|method| method.processor == app.processor.name())
            .map(|method| (method.id, method))
            .collect();
        let mut counts = counts(app, own, rows, &joined).await?;
        let mut latest_bills = latest_bills(app, rows, &joined).await?;
        let mut entries = grouped(entries, |entry: &BillingEntry| entry.subscription_id);
        let mut unpaid = grouped(unpaid, |order: &Order| {
            order.subscription_id.unwrap_or_default()
        });
        let mut seats = grouped(seats, |seat: &CustomerSeat| {
            seat.subscription_id.unwrap_or_default()
        });
        let balances = grouped(balances, |balance: &CustomerBalance| balance.customer_id);
        let billing = |row: &Subscription| {
            let customer = found(joined.customers.get(&row.customer_id))?.clone();
            let offered = |id: &Uuid| joined.products.get(id).cloned();
            let discount = |id: &Uuid| joined.discounts.get(id).cloned();
            let next = row.pending_update.as_ref();
            let balance = balances.get(&row.customer_id);
            let counts = counts.remove(&row.id).unwrap_or_default();
            let mut sold = found(offered(&row.product_id).as_ref())?.clone();
            // What is billed is set against the credits that are written with the bill, as they were read.
            let rows_of = counts.iter().map(|(count, _)| count.clone());
            let is_other = |row: &CustomerMeter| counts.iter().all(|(count, _)| count.id != row.id);
            sold.parts.credits.retain(is_other);
            sold.parts.credits.extend(rows_of);
            Ok(BillingRows {
                organization: organization.clone(),
                offered: sold,
                discount: row.discount_id.as_ref().and_then(discount),
                balance: balance
                    .and_then(|all| all.iter().find(|one| one.currency == row.currency))
                    .cloned(),
                latest_bill: latest_bills.remove(&row.id),
                entries: entries.remove(&row.id).unwrap_or_default(),
                unpaid: unpaid.remove(&row.id).unwrap_or_default(),
                method: method_id(row, &customer).and_then(|id| methods.get(&id).cloned()),
                next_offered: next
                    .and_then(|update| update.product_id.as_ref())
                    .and_then(offered),
                next_discount: next.and_then(|update| match update.discount {
                    DiscountChange::Set(id) => discount(&id),
                    _ => None,
                }),
                counts,
                owner: None,
                seats: UsedSeats::of(seats.remove(&row.id).unwrap_or_default(), organization),
                subscribers: subscribers.clone(),
                subscription: row.clone(),
                customer,
            })
        };
        let mut all: Vec<BillingRows> = rows.iter().map(billing).collect::<Result<_>>()?;
        for one in &mut all {
            let (row, next) = (&one.subscription, &one.next_offered);
            if (next.as_ref()).is_some_and(|next| first_seat::comes_with(row, next)) {
                Self::first_seat(app, one).await?;
            }
        }
        Ok(all)
    }

    /// Adds the rows that the first seat depends on, where it comes with a change.
    pub(super) async fn first_seat(app: &App, billing: &mut BillingRows) -> Result<()> {
        let row = &billing.subscription;
        let own = [row.id];
        (billing.owner, billing.seats.seats) = tokio::try_join!(
            app.store.customer_owner(row.customer_id),
            app.store.used_seats_of(&own),
        )?;
        Ok(())
    }
}

/// Counts that begin anew with the periods of subscriptions, by the subscriptions' IDs. Where no price is metered and no
/// benefit is included, nothing is read.
async fn counts(
    app: &App,
    own: Uuid,
    rows: &[Subscription],
    joined: &Joined,
) -> Result<HashMap<Uuid, Vec<(CustomerMeter, Meter)>>> {
    let mut begun: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let is_counted = |row: &&Subscription| {
        let offered = joined.products.get(&row.product_id);
        offered.is_some_and(|offered| {
            !due::meters(row, offered).is_empty() || !offered.product.benefit_ids.is_empty()
        })
    };
    let counted: Vec<&Subscription> = rows.iter().filter(is_counted).collect();
    if counted.is_empty() {
        return Ok(HashMap::new());
    }
    let mut customers: Vec<Uuid> = counted.iter().map(|row| row.customer_id).collect();
    customers.sort_unstable();
    customers.dedup();
    let ((others, mut prices), givers) = tokio::try_join!(
        app.store.metered_subscriptions(own, &customers),
        app.store.credit_givers(own, &customers),
    )?;
    for row in counted {
        if let Some(offered) = joined.products.get(&row.product_id) {
            prices.extend(offered.prices.iter().cloned());
        }
        let meters = credits::begun_by(row, &others, &prices, &givers);
        if !meters.is_empty() {
            begun.insert(row.id, meters);
        }
    }
    if begun.is_empty() {
        return Ok(HashMap::new());
    }
    let mut wanted: Vec<Uuid> = begun.values().flatten().copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let (meters, counts) = tokio::try_join!(
        app.store.meters(own, &wanted),
        app.store.meters_of_customers(&customers),
    )?;
    let counts = grouped(counts, |count: &CustomerMeter| count.customer_id);
    let of_row = |row: &Subscription| {
        let wanted = begun.get(&row.id)?;
        let of_customer = counts.get(&row.customer_id)?.iter();
        let own = of_customer.filter(|count| wanted.contains(&count.meter_id));
        let own = own.filter_map(|count| {
            let meter = meters.iter().find(|meter| meter.id == count.meter_id)?;
            Some((count.clone(), meter.clone()))
        });
        Some((row.id, own.collect()))
    };
    Ok(rows.iter().filter_map(of_row).collect())
}

/// The latest bills of subscriptions whose customers have no address; most have one.
async fn latest_bills(
    app: &App,
    rows: &[Subscription],
    joined: &Joined,
) -> Result<HashMap<Uuid, Bill>> {
    let mut bills = HashMap::new();
    for row in rows {
        let customer = joined.customers.get(&row.customer_id);
        if customer.is_some_and(|customer| customer.billing_address.is_some()) {
            continue;
        }
        if let Some(order) = app.store.latest_order_of(row.id).await? {
            let bill = Bill {
                name: order.billing_name,
                address: order.billing_address,
                tax_id: order.tax_id,
            };
            bills.insert(row.id, bill);
        }
    }
    Ok(bills)
}

/// Its product, and the one that a change waits to put in its place.
fn products(row: &Subscription) -> impl Iterator<Item = Uuid> {
    let next = row.pending_update.as_ref();
    [row.product_id]
        .into_iter()
        .chain(next.and_then(|update| update.product_id))
}

/// Its discount, and the one that a change waits to put in its place.
fn discounts(row: &Subscription) -> impl Iterator<Item = Uuid> {
    let next = row.pending_update.as_ref();
    let next = next.and_then(|update| match update.discount {
        DiscountChange::Set(id) => Some(id),
        _ => None,
    });
    row.discount_id.into_iter().chain(next)
}

/// The saved card that is charged: its own, else the customer's default.
fn method_id(row: &Subscription, customer: &Customer) -> Option<Uuid> {
    row.payment_method_id.or(customer.default_payment_method_id)
}

fn grouped<T>(rows: Vec<T>, of: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(of(&row)).or_default().push(row);
    }
    groups
}
