//! What success does: subscription, order, and the session's end (checkout.md 4.6, 5.2, 5.3).

use till_wire::{
    checkouts::CheckoutStatus,
    events::EventType,
    metadata::Metadata,
    orders::{BillingReason, OrderItem, OrderStatus},
    products::PriceAmount,
    subscriptions::SubscriptionStatus,
};

use super::{Session, totals};
use crate::{
    at::At,
    change::{Changes, Json},
    event::Audience,
    period,
    records::{Customer, Order, Payment, PaymentMethod, ProductPrice, Subscription},
    site::Site,
    subscriptions::price_ids,
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
    pub upgraded: Option<Subscription>,
    /// Who is told.
    pub audience: Audience,
}

/// Fulfils a confirmed session with no attempt in flight; anything else is left alone, so that a second run
/// does nothing.
pub fn fulfil(purchase: &Purchase, site: &Site, at: &At) -> Changes {
    let Purchase {
        session, audience, ..
    } = purchase;
    let mut changes = Changes::new();
    if session.checkout.status != CheckoutStatus::Confirmed || session.checkout.attempt_id.is_some()
    {
        return changes;
    }
    let (id, status) = (session.checkout.id, session.checkout.status);
    let mut customer = purchase.customer.clone();
    let method = keep_card(purchase, &mut customer, &mut changes, at);
    let slug = session.organization.slug.to_uppercase();
    let number = format!(
        "{slug}-{}-{:04}",
        customer.invoice_prefix, customer.invoice_next
    );
    customer.invoice_next += 1;
    changes.update(&purchase.customer, &customer);

    let prices: Vec<_> = session.prices().into_iter().cloned().collect();
    let subscription = session.selected().product.is_recurring().then(|| {
        let subscription = subscribe(purchase, &prices, method, at);
        match &purchase.upgraded {
            Some(old) => changes.update(old, &subscription),
            None => changes.insert(&subscription),
        };
        tell_subscription(purchase, &subscription, &customer, &mut changes, at);
        changes.tell_page(id, "checkout.subscription_created", status, at);
        changes.state_changed(audience, at, customer.id);
        subscription
    });
    let order = order(
        purchase,
        &customer,
        subscription.as_ref(),
        &prices,
        number,
        at,
    );
    changes.insert(&order);
    if let Some(payment) = &purchase.payment {
        let mut paid = payment.clone();
        paid.order_id = Some(order.id);
        changes.update(payment, &paid);
    }
    let view = order.view(&customer, session.selected(), subscription.as_ref());
    for kind in [
        EventType::OrderCreated,
        EventType::OrderUpdated,
        EventType::OrderPaid,
    ] {
        changes.emit(audience, at, kind, order.id, &view);
    }
    changes.tell_page(id, "checkout.order_created", status, at);

    let mut done = session.checkout.clone();
    done.status = CheckoutStatus::Succeeded;
    done.attempt_id = None;
    done.modified_at = Some(at.now);
    done.processor_metadata
        .0
        .insert("intent_status".into(), "succeeded".into());
    changes.update(&session.checkout, &done);
    changes.tell_checkout(
        &session.with(done),
        EventType::CheckoutUpdated,
        audience,
        site,
        at,
    );
    changes
}

/// Keeps the card of a subscription for its renewals.
fn keep_card(
    purchase: &Purchase,
    customer: &mut Customer,
    changes: &mut Changes,
    at: &At,
) -> Option<uuid::Uuid> {
    let payment = purchase.payment.as_ref()?;
    if !purchase.session.selected().product.is_recurring() {
        return None;
    }
    let method = PaymentMethod {
        id: at.id(),
        created_at: at.now,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        reference: payment.method_reference.clone()?,
        kind: payment.method.clone(),
        card: payment.card.clone()?,
    };
    changes.insert(&method);
    customer.default_payment_method_id.get_or_insert(method.id);
    Some(method.id)
}

fn subscribe(
    purchase: &Purchase,
    prices: &[ProductPrice],
    payment_method_id: Option<uuid::Uuid>,
    at: &At,
) -> Subscription {
    let session = &purchase.session;
    let product = &session.selected().product;
    let interval = product
        .recurring_interval
        .expect("only recurring products are subscribed to");
    let count = product.recurring_interval_count.unwrap_or(1);
    let anchor_day = period::anchor(at.now);
    let old = purchase.upgraded.as_ref();
    let mut metadata: Metadata = old.map(|s| s.metadata.0.clone()).unwrap_or_default();
    metadata.extend(session.checkout.metadata.0.0.clone());
    Subscription {
        id: old.map_or_else(|| at.id(), |s| s.id),
        created_at: old.map_or(at.now, |s| s.created_at),
        modified_at: old.map(|_| at.now),
        version: old.map_or(1, |s| s.version),
        organization_id: session.organization.id,
        customer_id: purchase.customer.id,
        product_id: product.id,
        checkout_id: Some(session.checkout.id),
        payment_method_id,
        status: SubscriptionStatus::Active,
        amount: session.checkout.amount,
        currency: session.checkout.currency,
        recurring_interval: interval,
        recurring_interval_count: count,
        anchor_day,
        started_at: old.and_then(|s| s.started_at).or(Some(at.now)),
        current_period_start: at.now,
        current_period_end: period::end(at.now, interval, count, anchor_day),
        cancel_at_period_end: false,
        canceled_at: None,
        ends_at: None,
        ended_at: None,
        price_ids: price_ids(prices.iter()),
        metadata: Json(metadata),
    }
}

/// checkout.md 5.5: created, active, updated; an upgrade is only updated, and active if it was not.
fn tell_subscription(
    purchase: &Purchase,
    subscription: &Subscription,
    customer: &Customer,
    changes: &mut Changes,
    at: &At,
) {
    let view = subscription.view(customer, purchase.session.selected());
    let kinds: &[EventType] = match &purchase.upgraded {
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
        changes.emit(&purchase.audience, at, *kind, subscription.id, &view);
    }
}

fn order(
    purchase: &Purchase,
    customer: &Customer,
    subscription: Option<&Subscription>,
    prices: &[ProductPrice],
    invoice_number: String,
    at: &At,
) -> Order {
    let session = &purchase.session;
    let row = &session.checkout;
    let sum = totals::totals(row);
    let product = &session.selected().product;
    let items = prices
        .iter()
        .map(|price| OrderItem {
            id: at.id(),
            created_at: at.now,
            modified_at: None,
            label: product.name.clone(),
            amount: match price.cost() {
                PriceAmount::Fixed { price_amount } => price_amount,
                PriceAmount::Custom { .. } => row.amount,
            },
            tax_amount: 0,
            proration: false,
            product_price_id: Some(price.id),
            start_timestamp: subscription.map(|s| s.current_period_start),
            end_timestamp: subscription.map(|s| s.current_period_end),
        })
        .collect();
    Order {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        version: 1,
        organization_id: session.organization.id,
        customer_id: customer.id,
        product_id: product.id,
        price_id: Some(row.price_id),
        subscription_id: subscription.map(|s| s.id),
        checkout_id: Some(row.id),
        status: OrderStatus::Paid,
        billing_reason: match (subscription, &purchase.upgraded) {
            (None, _) => BillingReason::Purchase,
            (Some(_), None) => BillingReason::SubscriptionCreate,
            (Some(_), Some(_)) => BillingReason::SubscriptionUpdate,
        },
        currency: row.currency,
        subtotal_amount: sum.amount,
        discount_amount: sum.discount,
        net_amount: sum.net,
        tax_amount: sum.tax.unwrap_or(0),
        billing_name: customer.name_on_bills(),
        billing_address: customer.billing_address.clone(),
        tax_id: customer.tax_id.clone(),
        invoice_number,
        description: product.name.clone(),
        items: Json(items),
        metadata: row.metadata.clone(),
    }
}
