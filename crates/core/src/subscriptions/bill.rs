//! Bill of a subscription: the order that its lines, its discount, the tax and the customer's balance make
//! (docs/behaviour: subscriptions/bill).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use till_wire::{
    country::Country,
    orders::{BillingReason, OrderItem, OrderStatus},
    products::PriceAmount,
};

use super::schedule::Period;
use crate::{
    catalog::products::ProductWithPrices,
    customers::balance::Balance,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{
            BalanceReason, BillingEntry, Customer, CustomerBalance, CustomerMember, CustomerMeter,
            Discount, Meter, Order, Organization, PaymentMethod, ProductPrice, Subscription,
        },
        values::Json,
        writes::SubscriptionWrite,
    },
    orders::create::{self, Bill, Mismatch, Paid, Sale},
    seats::UsedSeats,
    tax::{self, Ruling, TaxQuery, Taxes},
    terms::Terms,
    usage::due::Unbillable,
};

/// Refused when a line that waited for an order is on another one by now.
pub const ENTRY_TAKEN: &str = "billing_entry_taken";

impl From<Unbillable> for Mismatch {
    fn from(error: Unbillable) -> Self {
        Self(error.to_string())
    }
}

/// Rows that the billing of a subscription depends on.
#[derive(Debug, Clone)]
pub struct BillingRows {
    /// The merchant.
    pub organization: Organization,
    /// The subscription.
    pub subscription: Subscription,
    /// The payer.
    pub customer: Customer,
    /// Its product, with the prices that it is billed by.
    pub offered: ProductWithPrices,
    /// Its discount.
    pub discount: Option<Discount>,
    /// The customer's balance in its currency.
    pub balance: Option<CustomerBalance>,
    /// Name, address and tax id on its latest bill, where the customer has no address: somebody who was only recognised
    /// by e-mail has given it to the purchase alone.
    pub latest_bill: Option<Bill>,
    /// Lines that wait for its next order, the oldest first.
    pub entries: Vec<BillingEntry>,
    /// Its orders that wait for their payment, the oldest first.
    pub unpaid: Vec<Order>,
    /// The saved card that is charged: its own, else the customer's default; none where the processor in use does not
    /// know it.
    pub method: Option<PaymentMethod>,
    /// Product of a change that waits for the period's end.
    pub next_offered: Option<ProductWithPrices>,
    /// Discount of that change.
    pub next_discount: Option<Discount>,
    /// The customer's counts that begin anew with its periods, each with the meter.
    pub counts: Vec<(CustomerMeter, Meter)>,
    /// Its seats that are used.
    pub seats: UsedSeats,
    /// The payer's owner, where a change gives them the first seat; else it is not read.
    pub owner: Option<CustomerMember>,
    /// Subscribers of its events.
    pub subscribers: Subscribers,
}

impl BillingRows {
    /// Product that a bill at this time is for: from the end of the period on, the one of a change that waits for it.
    pub fn sold_at(&self, at: Timestamp) -> &ProductWithPrices {
        let next = self.next_offered.as_ref();
        let next = next.filter(|_| at >= self.subscription.current_period_end);
        next.unwrap_or(&self.offered)
    }

    /// The customer's balance in the subscription's currency.
    pub fn balance(&self) -> Balance {
        let currency = self.subscription.currency;
        Balance::of(self.balance.clone(), &self.customer, currency)
    }
}

/// Contents of an order of a subscription.
#[derive(Debug, Clone, Copy)]
pub struct Billed<'a> {
    /// The merchant.
    pub organization: &'a Organization,
    /// The subscription as it is now.
    pub subscription: &'a Subscription,
    /// Its product as it is now.
    pub offered: &'a ProductWithPrices,
    /// Its discount now: it is taken off all lines but those that settle part of a period.
    pub discount: Option<&'a Discount>,
    /// Reason why the order is made.
    pub reason: BillingReason,
    /// See [`BillingRows::latest_bill`].
    pub latest_bill: Option<&'a Bill>,
}

impl Billed<'_> {
    /// Name, address and tax id on the bill: the customer's, or those of the latest bill where the customer has no
    /// address.
    fn bill(&self, customer: &Customer) -> Bill {
        let latest = self.latest_bill.cloned();
        latest
            .filter(|_| customer.billing_address.is_none())
            .unwrap_or_else(|| Bill {
                name: customer.name_on_bills(),
                address: customer.billing_address.clone(),
                tax_id: customer.tax_id.clone(),
            })
    }
}

/// Its static prices with the amount of each for a whole period, before any discount, minor units.
///
/// # Errors
/// [`Mismatch`] where a price is not known, or costs nothing that can be told.
pub fn priced<'a>(
    subscription: &Subscription,
    offered: &'a ProductWithPrices,
) -> Result<Vec<(&'a ProductPrice, i64)>, Mismatch> {
    let mut priced = Vec::new();
    for id in &subscription.price_ids.0 {
        let price = offered.prices.iter().find(|price| price.id == *id);
        let price = price.ok_or_else(|| Mismatch(format!("price {id} is not known")))?;
        if !price.cost().is_static() {
            continue;
        }
        let chosen = Some(subscription.base_amount);
        let amount = price
            .amount_for(chosen, subscription.seats)
            .map_err(|_| Mismatch(format!("price {id} has no amount")))?;
        priced.push((price, amount));
    }
    Ok(priced)
}

/// Works out anew what the subscription costs for a period: before its discount and after it.
///
/// # Errors
/// As [`priced`].
pub fn reprice(
    subscription: &mut Subscription,
    offered: &ProductWithPrices,
    discount: Option<&Discount>,
) -> Result<(), Mismatch> {
    let base: i64 = priced(subscription, offered)?
        .iter()
        .map(|(_, amount)| amount)
        .sum();
    let off = discount.map_or(0, |discount| discount.off(base, subscription.currency));
    (subscription.base_amount, subscription.amount) = (base, base - off);
    Ok(())
}

/// Lines of a whole period, one for each static price.
///
/// # Errors
/// As [`priced`].
pub fn period_lines(
    subscription: &Subscription,
    offered: &ProductWithPrices,
    period: Period,
    ctx: &DecisionContext,
) -> Result<Vec<OrderItem>, Mismatch> {
    let priced = priced(subscription, offered)?;
    let line = |(price, amount): (&ProductPrice, i64)| OrderItem {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        label: label(offered, price, subscription.seats, period),
        amount,
        tax_amount: 0,
        proration: false,
        product_price_id: Some(price.id),
        start_timestamp: Some(period.start),
        end_timestamp: Some(period.end),
    };
    Ok(priced.into_iter().map(line).collect())
}

/// Name of a line: the product, the number of seats, and the days from which until which it is paid for, in UTC.
pub fn label(
    offered: &ProductWithPrices,
    price: &ProductPrice,
    seats: Option<i64>,
    period: Period,
) -> String {
    let (name, days) = (&offered.product.name, period.days());
    match (price.cost(), seats) {
        (PriceAmount::SeatBased { .. }, Some(1)) => format!("{name} (1 seat, {days})"),
        (PriceAmount::SeatBased { .. }, Some(n)) => format!("{name} ({n} seats, {days})"),
        _ => format!("{name} ({days})"),
    }
}

impl BillingEntry {
    /// The line of an order that it becomes.
    pub fn line(&self) -> OrderItem {
        OrderItem {
            id: self.id,
            created_at: self.created_at,
            modified_at: None,
            label: self.label.clone(),
            amount: self.amount,
            tax_amount: 0,
            proration: true,
            product_price_id: self.price_id,
            start_timestamp: Some(self.starts_at),
            end_timestamp: Some(self.ends_at),
        }
    }
}

/// Makes the order of these lines, books what it uses of the customer's balance, and what it adds: a negative total is
/// credit, and an amount that is too small to be charged is debt. The order is paid where nothing is left to be charged,
/// else it is pending.
///
/// # Errors
/// [`Mismatch`] where the lines do not make up the order.
pub fn order(
    of: Billed<'_>,
    lines: Vec<OrderItem>,
    customer: &mut Customer,
    balance: &mut Balance,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Order, Mismatch> {
    let agreed = agree(of, &lines, customer, balance, taxes)?;
    order_of(of, &agreed, lines, customer, balance, ctx)
}

/// Sums that an order is made with, and balance of the customer that it uses. A change that is charged keeps them with
/// its attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreedBill {
    /// Terms of the order.
    pub terms: Terms,
    /// Balance used, with its sign: negative lowers what is due, positive adds debt. Minor units.
    pub applied_balance: i64,
}

impl AgreedBill {
    /// Amount that is due, in minor units.
    pub fn due(&self) -> i64 {
        (self.terms.totals().total + self.applied_balance).max(0)
    }

    /// True where that is enough to be charged.
    pub fn is_charged(&self) -> bool {
        self.due() > 0 && self.due() >= self.terms.currency.min_charge()
    }
}

/// Sums of the order that these lines make, and the balance that it uses.
///
/// # Errors
/// [`Mismatch`] where they cannot be worked out.
pub fn agree(
    of: Billed<'_>,
    lines: &[OrderItem],
    customer: &Customer,
    balance: &Balance,
    taxes: &dyn Taxes,
) -> Result<AgreedBill, Mismatch> {
    let terms = terms(of, lines, customer, taxes)?;
    let applied_balance = balance.applied_to(terms.totals().total);
    Ok(AgreedBill {
        terms,
        applied_balance,
    })
}

/// [`order`] with sums that were agreed on before.
///
/// # Errors
/// [`Mismatch`] where the lines do not make up the order.
pub fn order_of(
    of: Billed<'_>,
    agreed: &AgreedBill,
    lines: Vec<OrderItem>,
    customer: &mut Customer,
    balance: &mut Balance,
    ctx: &DecisionContext,
) -> Result<Order, Mismatch> {
    let (subscription, product) = (of.subscription, &of.offered.product);
    let (total, applied) = (agreed.terms.totals().total, agreed.applied_balance);
    let sale = Sale {
        organization: of.organization,
        product,
        terms: &agreed.terms,
        bill: of.bill(customer),
        paid: Paid::Later,
        applied_balance: applied,
        checkout_id: None,
        subscription_id: Some(subscription.id),
        conflicting_external_customer_id: None,
        metadata: subscription.metadata.clone(),
        custom_field_data: subscription.custom_field_data.clone(),
    };
    let mut order = create::create(sale, lines, of.reason, customer, ctx)?;
    balance.add(applied, BalanceReason::Applied, order.id, ctx);
    if total < 0 {
        balance.add(-total, BalanceReason::Credit, order.id, ctx);
    }
    let due = order.due_amount();
    if (1..order.currency.min_charge()).contains(&due) {
        order.status = OrderStatus::Paid;
        balance.add(-due, BalanceReason::BelowMinimum, order.id, ctx);
    }
    Ok(order)
}

/// Sums of an order: the discount is taken off the lines of whole periods, the tax is on what is left.
fn terms(
    of: Billed<'_>,
    lines: &[OrderItem],
    customer: &Customer,
    taxes: &dyn Taxes,
) -> Result<Terms, Mismatch> {
    let subscription = of.subscription;
    let amount: i64 = lines.iter().map(|line| line.amount).sum();
    let whole = lines.iter().filter(|line| !line.proration);
    let whole: i64 = whole.map(|line| line.amount).sum();
    let off = |discount: &Discount| discount.off(whole, subscription.currency);
    let discount_amount = of.discount.map_or(0, off);
    let seats = match of.reason {
        BillingReason::SubscriptionCreate => subscription.seats,
        _ => None,
    };
    let prices = &subscription.price_ids;
    let price_id = prices.first().copied();
    let mut terms = Terms {
        product_id: of.offered.product.id,
        price_id: price_id.ok_or_else(|| Mismatch("the subscription has no price".into()))?,
        price_ids: prices.clone(),
        amount,
        currency: subscription.currency,
        seats,
        discount_id: of.discount.map(|discount| discount.id),
        discount_amount,
        tax_amount: Some(0),
        tax_behavior: subscription.tax_behavior,
        tax_breakdown: None,
        allow_trial: false,
        trial_end: None,
    };
    add_tax(&mut terms, of, customer, taxes);
    Ok(terms)
}

/// Works out the tax for the address on the bill. Without an address, or with one that does not do, there is none; the
/// tax of a negative sum is negative.
fn add_tax(terms: &mut Terms, of: Billed<'_>, customer: &Customer, taxes: &dyn Taxes) {
    let organization = of.organization;
    let Some(address) = of.bill(customer).address else {
        return;
    };
    let option = terms
        .tax_behavior
        .unwrap_or(organization.default_tax_behavior);
    let behavior = tax::resolved(option, address.country.as_str());
    terms.tax_behavior = Some(behavior);
    let taxable = terms.amount - terms.discount_amount;
    if !organization.settings.tax.enabled || taxable == 0 {
        return;
    }
    let country = organization.country.as_deref();
    let query = TaxQuery {
        currency: terms.currency,
        amount: taxable.abs(),
        behavior,
        address: address.0,
        seller: country.and_then(|country| Country::parse_stored(country).ok()),
        // Only a business accounts for the tax itself, and only a business has a name of its own for bills.
        tax_id: customer
            .tax_id
            .clone()
            .zip(customer.tax_id_format.clone())
            .filter(|_| customer.billing_name.is_some()),
    };
    if let Ruling::Due(answer) = taxes.rule(&query) {
        let sign = taxable.signum();
        let mut lines = answer.lines;
        for line in &mut lines {
            line.amount *= sign;
        }
        terms.tax_amount = Some(answer.amount * sign);
        terms.tax_breakdown = Some(Json(lines));
    }
}

impl Changes {
    /// Takes the lines that wait for an order of the subscription: they are on it now. The subscription's row is to be
    /// written in the same commit, so that nobody else takes them.
    pub fn take_entries(&mut self, entries: &[BillingEntry]) -> &mut Self {
        for entry in entries {
            self.write(SubscriptionWrite::DeleteEntry(entry.id));
        }
        self
    }
}
