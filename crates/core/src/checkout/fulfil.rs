//! Fulfilment, what success does: subscription, order, and the session's end.

use jiff::Timestamp;
use till_wire::{
    address::Address,
    checkouts::CheckoutStatus,
    events::EventType,
    metadata::Metadata,
    orders::{BillingReason, OrderItem, OrderStatus},
    organizations::TaxBehaviorOption,
    products::PriceAmount,
    subscriptions::SubscriptionStatus,
};

use super::{
    Session, customer,
    totals::{self, Totals},
};
use crate::{
    discounts,
    kernel::{
        changes::{Changes, Json},
        context::DecisionContext,
        events::Subscribers,
        folding, period,
        records::{
            Checkout, Customer, Order, Payment, PaymentKind, PaymentMethod, Product, ProductPrice,
            Subscription, TrialRedemption,
        },
        urls::PublicUrls,
    },
    orders,
    subscriptions::{
        claims::{self, Upgraded},
        price_ids,
    },
};

/// The rows that fulfilment depends on.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// The confirmed session.
    pub session: Session,
    /// Its customer.
    pub customer: Customer,
    /// The attempt that paid, unless nothing was due.
    pub payment: Option<Payment>,
    /// The free subscription that is upgraded.
    pub upgraded: Option<Upgraded>,
    /// Who is told.
    pub subscribers: Subscribers,
}

impl Purchase {
    /// The subscription that becomes the one that was bought; none where somebody pays for it by now: nothing that
    /// was paid for is ever overwritten.
    fn upgraded(&self) -> Option<&Subscription> {
        let upgraded = self.upgraded.as_ref().filter(|old| old.is_free());
        upgraded.map(|old| &old.subscription)
    }
}

/// A purchase whose parts do not make up what was paid. Nothing is made of it; somebody has to look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the purchase does not add up: {0}")]
pub struct Mismatch(String);

/// Fulfils a confirmed session with no attempt in flight; anything else is left alone, so that a second run
/// does nothing.
pub fn fulfil(
    purchase: &Purchase,
    urls: &PublicUrls,
    ctx: &DecisionContext,
) -> Result<Changes, Mismatch> {
    let Purchase {
        session,
        subscribers,
        ..
    } = purchase;
    let mut changes = Changes::new();
    if session.checkout.status != CheckoutStatus::Confirmed || session.checkout.attempt_id.is_some()
    {
        return Ok(changes);
    }
    let (id, status) = (session.checkout.id, session.checkout.status);
    let mut customer = purchase.customer.clone();
    let method = keep_card(purchase, &mut customer, &mut changes, ctx);
    let slug = session.organization.slug.to_uppercase();
    let number = format!(
        "{slug}-{}-{:04}",
        customer.invoice_prefix, customer.invoice_next
    );
    customer.invoice_next += 1;
    let receipt = orders::receipt(&mut customer, purchase.payment.as_ref());
    changes.update(&purchase.customer, &customer);

    let prices: Vec<_> = session.prices().into_iter().cloned().collect();
    let subscription = session.selected().product.is_recurring().then(|| {
        let subscription = subscribe(purchase, &prices, method, ctx);
        match purchase.upgraded() {
            Some(old) => changes.update(old, &subscription),
            None => changes.insert(&subscription),
        };
        claims::release(&mut changes, id);
        tell_subscription(purchase, &subscription, &customer, &mut changes, ctx);
        changes.notify_page(id, "checkout.subscription_created", status, ctx);
        changes.state_changed(subscribers, ctx, customer.id);
        subscription
    });
    if session.checkout.discount_id.is_some() {
        let bound = subscription.as_ref().map(|s| s.id);
        let card = purchase.payment.as_ref();
        let card = card.and_then(|payment| payment.card_fingerprint.as_deref());
        discounts::bind_redemption(&mut changes, id, customer.id, bound, card);
    }
    if let Some(redemption) = trial(purchase, &customer, ctx) {
        changes.insert(&redemption);
    }
    let order = order(
        purchase,
        &customer,
        subscription.as_ref(),
        &prices,
        Numbers {
            invoice: number,
            receipt,
        },
        ctx,
    )?;
    changes.insert(&order);
    if let Some(payment) = &purchase.payment {
        let mut paid = payment.clone();
        paid.order_id = Some(order.id);
        paid.customer_id = Some(customer.id);
        changes.update(payment, &paid);
    }
    let discount = order.discount_id.and(session.discount_base());
    let view = || {
        order.view(
            &customer,
            session.selected(),
            subscription.as_ref(),
            discount.clone(),
        )
    };
    for kind in [
        EventType::OrderCreated,
        EventType::OrderUpdated,
        EventType::OrderPaid,
    ] {
        changes.emit(subscribers, ctx, kind, order.id, view);
    }
    changes.notify_page(id, "checkout.order_created", status, ctx);

    let mut done = session.checkout.clone();
    done.status = CheckoutStatus::Succeeded;
    done.conflicting_external_customer_id = customer::conflict(&done, &customer);
    done.attempt_id = None;
    done.modified_at = Some(ctx.now);
    done.processor_metadata
        .0
        .insert("intent_status".into(), "succeeded".into());
    changes.update(&session.checkout, &done);
    changes.emit_checkout(
        &session.with(done),
        EventType::CheckoutUpdated,
        subscribers,
        urls,
        ctx,
    );
    Ok(changes)
}

/// Notes that the customer has had a trial.
fn trial(
    purchase: &Purchase,
    customer: &Customer,
    ctx: &DecisionContext,
) -> Option<TrialRedemption> {
    let row = &purchase.session.checkout;
    row.trial_end?;
    Some(TrialRedemption {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: row.organization_id,
        customer_id: customer.id,
        product_id: row.product_id,
        email_key: folding::person_key(&customer.email)?,
        card_fingerprint: purchase
            .payment
            .as_ref()
            .and_then(|p| p.card_fingerprint.clone()),
    })
}

/// Keeps the card of a subscription for its renewals.
fn keep_card(
    purchase: &Purchase,
    customer: &mut Customer,
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Option<uuid::Uuid> {
    let payment = purchase.payment.as_ref()?;
    if !purchase.session.selected().product.is_recurring() {
        return None;
    }
    let method = PaymentMethod {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        reference: payment.method_reference.clone()?,
        kind: payment.method.clone(),
        card: payment.card.clone()?,
    };
    changes.insert(&method);
    // Whoever only typed the address has paid for this subscription, not for what the customer buys otherwise.
    if !purchase.session.checkout.matched_by_email {
        customer.default_payment_method_id.get_or_insert(method.id);
    }
    Some(method.id)
}

fn subscribe(
    purchase: &Purchase,
    prices: &[ProductPrice],
    payment_method_id: Option<uuid::Uuid>,
    ctx: &DecisionContext,
) -> Subscription {
    let session = &purchase.session;
    let product = &session.selected().product;
    let interval = product
        .recurring_interval
        .expect("only recurring products are subscribed to");
    let count = product.recurring_interval_count.unwrap_or(1);
    let anchor_day = period::anchor(ctx.now);
    let old = purchase.upgraded();
    let mut metadata: Metadata = old.map(|s| s.metadata.0.clone()).unwrap_or_default();
    metadata.extend(session.checkout.metadata.0.0.clone());
    let row = &session.checkout;
    let trial_end = row.trial_end;
    Subscription {
        id: old.map_or_else(|| ctx.id(), |s| s.id),
        created_at: old.map_or(ctx.now, |s| s.created_at),
        modified_at: old.map(|_| ctx.now),
        version: old.map_or(1, |s| s.version),
        organization_id: session.organization.id,
        customer_id: purchase.customer.id,
        product_id: product.id,
        checkout_id: Some(session.checkout.id),
        payment_method_id,
        status: if trial_end.is_some() {
            SubscriptionStatus::Trialing
        } else {
            SubscriptionStatus::Active
        },
        amount: row.amount - row.discount_amount,
        currency: row.currency,
        recurring_interval: interval,
        recurring_interval_count: count,
        anchor_day,
        started_at: old.and_then(|s| s.started_at).or(Some(ctx.now)),
        current_period_start: ctx.now,
        current_period_end: trial_end
            .unwrap_or_else(|| period::end(ctx.now, interval, count, anchor_day)),
        cancel_at_period_end: false,
        canceled_at: None,
        ends_at: None,
        ended_at: None,
        price_ids: price_ids(prices.iter()),
        metadata: Json(metadata),
        discount_id: row.discount_id,
        // Unset during a trial: the discount begins with the first paid period (docs/behaviour: discounts/months).
        discount_applied_at: match trial_end {
            None => row.discount_id.map(|_| ctx.now),
            Some(_) => None,
        },
        seats: row.seats,
        trial_start: trial_end.map(|_| ctx.now),
        trial_end,
        tax_behavior: row.tax_behavior,
        custom_field_data: row.custom_field_data.clone(),
    }
}

/// Emits created, active, updated; an upgrade is only updated, and active if it was not.
fn tell_subscription(
    purchase: &Purchase,
    subscription: &Subscription,
    customer: &Customer,
    changes: &mut Changes,
    ctx: &DecisionContext,
) {
    let session = &purchase.session;
    let view = || subscription.view(customer, session.selected(), session.discount_base());
    let kinds: &[EventType] = match purchase.upgraded() {
        None => &[
            EventType::SubscriptionCreated,
            EventType::SubscriptionActive,
            EventType::SubscriptionUpdated,
        ],
        Some(old) if old.status == SubscriptionStatus::Active => &[EventType::SubscriptionUpdated],
        Some(_) => &[
            EventType::SubscriptionUpdated,
            EventType::SubscriptionActive,
        ],
    };
    for kind in kinds {
        changes.emit(&purchase.subscribers, ctx, *kind, subscription.id, view);
    }
}

/// What an order is called on paper.
struct Numbers {
    invoice: String,
    /// None where nothing was charged.
    receipt: Option<String>,
}

fn order(
    purchase: &Purchase,
    customer: &Customer,
    subscription: Option<&Subscription>,
    prices: &[ProductPrice],
    numbers: Numbers,
    ctx: &DecisionContext,
) -> Result<Order, Mismatch> {
    let session = &purchase.session;
    let row = &session.checkout;
    let trial = row.trial_end.is_some();
    let sum = if trial {
        Totals::default()
    } else {
        totals::totals(row)
    };
    let product = &session.selected().product;
    let (billing_name, billing_address) = billed(row, customer);
    let item = |label: String, amount: i64, price_id| OrderItem {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        label,
        amount,
        tax_amount: 0,
        proration: false,
        product_price_id: price_id,
        start_timestamp: subscription.map(|s| s.current_period_start),
        end_timestamp: subscription.map(|s| s.current_period_end),
    };
    let items = if trial {
        vec![item(trial_label(product, subscription), 0, None)]
    } else {
        let priced = prices.iter().filter(|price| price.cost().is_static());
        let priced = priced.map(|price| {
            let amount = totals::price_amount(price, Some(row.amount), row.seats);
            let amount =
                amount.map_err(|_| Mismatch(format!("price {} has no amount", price.id)))?;
            Ok(item(
                label(product, price, row.seats),
                amount,
                Some(price.id),
            ))
        });
        priced.collect::<Result<_, _>>()?
    };
    let order = Order {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: session.organization.id,
        customer_id: customer.id,
        product_id: product.id,
        price_id: Some(row.price_id),
        subscription_id: subscription.map(|s| s.id),
        checkout_id: Some(row.id),
        status: OrderStatus::Paid,
        billing_reason: match (subscription, purchase.upgraded()) {
            (None, _) => BillingReason::Purchase,
            (Some(_), None) => BillingReason::SubscriptionCreate,
            (Some(_), Some(_)) => BillingReason::SubscriptionUpdate,
        },
        currency: row.currency,
        subtotal_amount: sum.amount,
        discount_amount: sum.discount,
        net_amount: sum.net,
        tax_amount: sum.tax.unwrap_or(0),
        conflicting_external_customer_id: customer::conflict(row, customer),
        billing_name,
        billing_address,
        tax_id: row.customer_tax_id.clone(),
        invoice_number: numbers.invoice,
        receipt_number: numbers.receipt,
        description: product.name.clone(),
        items: Json(items),
        metadata: match subscription {
            Some(subscription) if trial => subscription.metadata.clone(),
            _ => row.metadata.clone(),
        },
        discount_id: row.discount_id.filter(|_| !trial),
        seats: row.seats.filter(|_| !trial),
        tax_behavior: row.tax_behavior,
        tax_breakdown: row.tax_breakdown.clone().filter(|_| !trial),
        custom_field_data: row.custom_field_data.clone(),
    };
    adds_up(purchase, &order, prices)?;
    Ok(order)
}

/// Whether the order is what was agreed to and paid: all its prices are there, its lines make up its sum, the discount
/// and the tax its total, and the total is what was charged. During a trial nothing is due.
fn adds_up(purchase: &Purchase, order: &Order, prices: &[ProductPrice]) -> Result<(), Mismatch> {
    let row = &purchase.session.checkout;
    let agreed = row.price_ids.len().max(1);
    if prices.len() != agreed {
        let found = prices.len();
        return Err(Mismatch(format!("{found} of {agreed} prices are known")));
    }
    let lines = order.items.iter().map(|item| i128::from(item.amount));
    let lines: i128 = lines.sum();
    if lines != i128::from(order.subtotal_amount) {
        let sum = order.subtotal_amount;
        return Err(Mismatch(format!(
            "the lines make {lines}, the sum is {sum}"
        )));
    }
    let contained = order.tax_behavior == Some(TaxBehaviorOption::Inclusive);
    let added = if contained { 0 } else { order.tax_amount };
    let total = lines - i128::from(order.discount_amount) + i128::from(added);
    if total != i128::from(order.total_amount()) || total < 0 || order.net_amount < 0 {
        let told = order.total_amount();
        return Err(Mismatch(format!("{total} is due, the total says {told}")));
    }
    let payment = purchase.payment.as_ref();
    let charged = payment.filter(|payment| payment.kind == PaymentKind::Charge);
    let paid = charged.map_or(0, |payment| i128::from(payment.amount));
    let other = charged.is_some_and(|payment| payment.currency != order.currency);
    if paid != total || other {
        let currency = order.currency;
        return Err(Mismatch(format!("{paid} was paid for {total} {currency}")));
    }
    Ok(())
}

/// Name and address on the bill: those of this purchase, which its tax was worked out for. What it leaves open is the
/// customer's, unless the customer was only recognised by e-mail.
fn billed(row: &Checkout, customer: &Customer) -> (Option<String>, Option<Json<Address>>) {
    let name = row.customer_billing_name.clone();
    let address = row.customer_billing_address.clone();
    if row.matched_by_email {
        return (name.or_else(|| row.customer_name.clone()), address);
    }
    (
        name.or_else(|| customer.name_on_bills()),
        address.or_else(|| customer.billing_address.clone()),
    )
}

/// What a trial's item is called: the product, and from when until when it is tried, by days in UTC.
fn trial_label(product: &Product, subscription: Option<&Subscription>) -> String {
    let period = subscription.and_then(|s| s.trial_start.zip(s.trial_end));
    let day = |at: Timestamp| at.strftime("%b %-d, %Y");
    match period {
        Some((start, end)) => {
            let (start, end) = (day(start), day(end));
            format!("Trial period for {} ({start} - {end})", product.name)
        }
        None => format!("Trial period for {}", product.name),
    }
}

/// The label of an order's item.
fn label(product: &Product, price: &ProductPrice, seats: Option<i64>) -> String {
    match (price.cost(), seats) {
        (PriceAmount::SeatBased { .. }, Some(1)) => format!("{} (1 seat)", product.name),
        (PriceAmount::SeatBased { .. }, Some(n)) => format!("{} ({n} seats)", product.name),
        _ => product.name.clone(),
    }
}
