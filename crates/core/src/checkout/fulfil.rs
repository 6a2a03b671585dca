//! Fulfilment, what success does: subscription, order, and the session's end.

use jiff::Timestamp;
use till_wire::{
    checkouts::CheckoutStatus,
    events::EventType,
    orders::{BillingReason, OrderItem},
    products::PriceAmount,
    subscriptions::SubscriptionStatus,
};
use uuid::Uuid;

use super::{Session, customer};
use crate::{
    discounts,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        folding,
        records::{
            Customer, CustomerMember, Order, Payment, Product, ProductPrice, Subscription,
            TrialRedemption,
        },
        urls::PublicUrls,
    },
    orders::create::{self, Bill, Mismatch, Paid, Sale},
    payments::methods,
    seats::{UsedSeats, assign, sold::Sold},
    subscriptions::{
        claims::{self, Upgraded},
        start::{self, NewSubscription},
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
    /// The customer's owner; none where an older version made the customer.
    pub owner: Option<CustomerMember>,
    /// True where the owner has a seat already, which the purchase gives no second one beside.
    pub owner_is_seated: bool,
    /// Used seats of the subscription that is upgraded; none where there is no such.
    pub seats: UsedSeats,
    /// The subscribers of its events.
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
    let row = &session.checkout;
    if row.status != CheckoutStatus::Confirmed || row.attempt_id.is_some() {
        return Ok(changes);
    }
    let (id, status) = (row.id, row.status);
    let mut customer = purchase.customer.clone();
    let method = keep_card(purchase, &mut customer, &mut changes, ctx);
    let subscription = subscribe(purchase, method, ctx);
    let order = order(purchase, &mut customer, subscription.as_ref(), ctx)?;
    changes.update(&purchase.customer, &customer);
    if let Some(subscription) = &subscription {
        match purchase.upgraded() {
            Some(old) => changes.update(old, subscription),
            None => changes.insert(subscription),
        };
        claims::release(&mut changes, id);
        tell_subscription(purchase, subscription, &customer, &mut changes, ctx);
        changes.notify_page(id, "checkout.subscription_created", status, ctx);
        changes.state_changed(subscribers, ctx, customer.id);
    }
    if row.terms.discount_id.is_some() {
        let bound = subscription.as_ref().map(|s| s.id);
        let card = purchase.payment.as_ref();
        let card = card.and_then(|payment| payment.card_fingerprint.as_deref());
        discounts::bind_redemption(&mut changes, id, customer.id, bound, card);
    }
    if let Some(redemption) = trial(purchase, &customer, ctx) {
        changes.insert(&redemption);
    }
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
    // Of what was upgraded there may be fewer seats now, or none.
    let mut used = purchase.seats.clone();
    if let Some(subscription) = &subscription {
        let total = subscription.seats.unwrap_or(0);
        used.revoke_surplus(total, &mut changes, subscribers, ctx);
    }
    if seats_buyer(purchase) {
        let sold = match &subscription {
            Some(subscription) => Sold::Subscription(Box::new(subscription.clone())),
            None => Sold::Order(Box::new(order)),
        };
        let owner = purchase.owner.clone();
        let count = used.count();
        assign::for_buyer(
            &sold,
            count,
            &customer,
            owner,
            &mut changes,
            subscribers,
            ctx,
        );
    }

    let mut done = row.clone();
    done.status = CheckoutStatus::Succeeded;
    done.conflicting_external_customer_id = customer::conflict(&done, &customer);
    done.attempt_id = None;
    done.modified_at = Some(ctx.now);
    done.processor_metadata
        .0
        .insert("intent_status".into(), "succeeded".into());
    changes.update(row, &done);
    changes.emit_checkout(
        &session.with(done),
        EventType::CheckoutUpdated,
        subscribers,
        urls,
        ctx,
    );
    Ok(changes)
}

/// True where the purchase's first seat is its buyer's at once (docs/behaviour: seats/buyer). Whoever is led elsewhere
/// afterwards is asked there who is to have the seats.
fn seats_buyer(purchase: &Purchase) -> bool {
    let row = &purchase.session.checkout;
    let by_seat = |price: &&ProductPrice| matches!(price.cost(), PriceAmount::SeatBased { .. });
    let is_sold_by_seat = purchase.session.prices().iter().any(by_seat);
    let has_seats = row.terms.seats.is_some_and(|seats| seats > 0);
    has_seats && is_sold_by_seat && row.success_url.is_none() && !purchase.owner_is_seated
}

/// Notes that the customer has had a trial.
fn trial(
    purchase: &Purchase,
    customer: &Customer,
    ctx: &DecisionContext,
) -> Option<TrialRedemption> {
    let row = &purchase.session.checkout;
    row.terms.trial_end?;
    Some(TrialRedemption {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: row.organization_id,
        customer_id: customer.id,
        product_id: row.terms.product_id,
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
) -> Option<Uuid> {
    let payment = purchase.payment.as_ref()?;
    // Whoever only typed the address has paid for this purchase, not for what the customer buys otherwise.
    let is_theirs = !purchase.session.checkout.matched_by_email;
    if is_theirs {
        customer.known_by(payment);
    }
    if !purchase.session.selected().product.is_recurring() {
        return None;
    }
    let method = methods::saved(payment, customer, ctx)?;
    changes.insert(&method);
    if is_theirs {
        customer.default_payment_method_id.get_or_insert(method.id);
    }
    Some(method.id)
}

/// The subscription that was bought, where the product is one.
fn subscribe(
    purchase: &Purchase,
    payment_method_id: Option<Uuid>,
    ctx: &DecisionContext,
) -> Option<Subscription> {
    let row = &purchase.session.checkout;
    let product = &purchase.session.selected().product;
    let new = NewSubscription {
        customer_id: purchase.customer.id,
        product,
        terms: &row.terms,
        checkout_id: Some(row.id),
        payment_method_id,
        upgraded: purchase.upgraded(),
        metadata: &row.metadata.0,
        custom_field_data: &row.buyer.custom_field_data.0,
    };
    product.is_recurring().then(|| start::start(new, ctx))
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
    if let Some(old) = purchase.upgraded() {
        changes.note_product(old, subscription);
    }
}

/// The order of the purchase: one line for each price, or one of nothing while a trial lasts.
fn order(
    purchase: &Purchase,
    customer: &mut Customer,
    subscription: Option<&Subscription>,
    ctx: &DecisionContext,
) -> Result<Order, Mismatch> {
    let session = &purchase.session;
    let row = &session.checkout;
    let trial = row.terms.trial_end.is_some();
    let of_trial = trial.then(|| row.terms.of_trial());
    let sale = Sale {
        organization: &session.organization,
        product: &session.selected().product,
        terms: of_trial.as_ref().unwrap_or(&row.terms),
        bill: billed(session, customer),
        paid: match &purchase.payment {
            Some(payment) => Paid::By(payment),
            None => Paid::Nothing,
        },
        applied_balance: 0,
        checkout_id: Some(row.id),
        subscription_id: subscription.map(|s| s.id),
        conflicting_external_customer_id: customer::conflict(row, customer),
        metadata: match subscription {
            Some(subscription) if trial => subscription.metadata.clone(),
            _ => row.metadata.clone(),
        },
        custom_field_data: row.buyer.custom_field_data.clone(),
    };
    let reason = match (subscription, purchase.upgraded()) {
        (None, _) => BillingReason::Purchase,
        (Some(_), None) => BillingReason::SubscriptionCreate,
        (Some(_), Some(_)) => BillingReason::SubscriptionUpdate,
    };
    let lines = lines(session, subscription, ctx)?;
    create::create(sale, lines, reason, customer, ctx)
}

/// The lines of the order; every price that was agreed to must be known.
fn lines(
    session: &Session,
    subscription: Option<&Subscription>,
    ctx: &DecisionContext,
) -> Result<Vec<OrderItem>, Mismatch> {
    let (terms, product) = (&session.checkout.terms, &session.selected().product);
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
    let (prices, agreed) = (session.prices(), terms.prices_sold().len());
    if prices.len() != agreed {
        let found = prices.len();
        return Err(Mismatch(format!("{found} of {agreed} prices are known")));
    }
    if terms.trial_end.is_some() {
        return Ok(vec![item(trial_label(product, subscription), 0, None)]);
    }
    let priced = prices.into_iter().filter(|price| price.cost().is_static());
    let line = |price: &ProductPrice| {
        let amount = price.amount_for(Some(terms.amount), terms.seats);
        let amount = amount.map_err(|_| Mismatch(format!("price {} has no amount", price.id)))?;
        let label = label(product, price, terms.seats);
        Ok(item(label, amount, Some(price.id)))
    };
    priced.map(line).collect()
}

/// Name and address on the bill: those of this purchase, which its tax was worked out for. What it leaves open is the
/// customer's, unless the customer was only recognised by e-mail.
fn billed(session: &Session, customer: &Customer) -> Bill {
    let buyer = &session.checkout.buyer;
    let name = buyer.customer_billing_name.clone();
    let address = buyer.customer_billing_address.clone();
    let (name, address) = match session.checkout.matched_by_email {
        true => (name.or_else(|| buyer.customer_name.clone()), address),
        false => (
            name.or_else(|| customer.name_on_bills()),
            address.or_else(|| customer.billing_address.clone()),
        ),
    };
    Bill {
        name,
        address,
        tax_id: buyer.customer_tax_id.clone(),
    }
}

/// Name of a trial's item: the product, and from when until when it is tried, by days in UTC.
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
