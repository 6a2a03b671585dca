//! Confirming a session: everything that is judged before money may move (docs/behaviour/payment.md).

use serde_json::Value;
use till_wire::{
    checkouts::{CheckoutStatus, CheckoutUpdate},
    events::EventType,
    input::Problem,
    loc,
    money::format_minor,
    payments::PaymentTrigger,
};

use super::{
    CheckoutContext, FULFIL_JOB, Session,
    customer::{self, Purchaser},
    totals::{self, Form},
    update::{self, Applied},
};
use crate::{
    discounts::{self, Hints},
    kernel::{
        changes::Changes,
        context::DecisionContext,
        folding,
        records::{Checkout, Discount, Payment, Purpose},
        refusal::{Refusal, collected},
        values::Json,
    },
    organizations::capabilities,
    payments::attempt::{self, NewAttempt, RECONCILE_AFTER},
    subscriptions::{
        claims::{self, Person, Upgraded},
        trials,
    },
};

pub use super::customer::KnownBuyer;

/// Result of a confirmation.
#[derive(Debug, Clone)]
pub enum Confirmed {
    /// Nothing is due: the session is confirmed, fulfilment follows.
    Free(Box<FreeConfirmation>),
    /// The processor must be asked: the attempt is written down, nothing else has changed.
    Charge {
        /// The attempt.
        payment: Box<Payment>,
        /// The session as it will be if the attempt succeeds.
        session: Box<Session>,
        /// The session as it is once this is committed.
        locked: Box<Session>,
        /// Commit 1.
        changes: Changes,
    },
}

/// A session that was confirmed, and the key to the customer's portal where the buyer may have it.
#[derive(Debug, Clone)]
pub struct FreeConfirmation {
    /// The session as it is now.
    pub session: Session,
    /// Kept nowhere; `None` when the buyer was only recognised by e-mail (docs/behaviour: customers/portal-key).
    pub token: Option<String>,
    /// Changes to commit.
    pub changes: Changes,
}

/// A confirmation before there is a card to pay with.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The session as the confirmation would make it.
    pub session: Session,
    /// Everything that stands in its way, but for a card.
    pub refusal: Option<Refusal>,
}

/// Judges a confirmation whose card is still to be entered; nothing is written.
///
/// # Errors
/// The refusal of a change that the session cannot take.
pub fn judge(
    session: &Session,
    input: &CheckoutUpdate,
    known: &update::Known,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<Judged, Refusal> {
    let applied = apply(session, input, known, context)?;
    let refusal = verdict(&applied, known, buyer, true, context.ctx).err();
    Ok(Judged {
        session: applied.session,
        refusal,
    })
}

/// Judges a confirmation and, if money or a card is needed, opens an attempt.
pub fn confirm(
    session: &Session,
    input: &CheckoutUpdate,
    known: &update::Known,
    buyer: &KnownBuyer,
    context: CheckoutContext<'_>,
) -> Result<Confirmed, Refusal> {
    let ctx = context.ctx;
    let applied = apply(session, input, known, context)?;
    let has_card = input.confirmation_token_id.is_some();
    let person = verdict(&applied, known, buyer, has_card, ctx)?;
    let mut new = applied.session;
    let form = totals::form(&new);
    if form.required() {
        return Ok(intend(session, new, form, (buyer, &person), ctx));
    }
    let mut purchaser = customer::resolve(&mut new, buyer, context)?;
    new.checkout.status = CheckoutStatus::Confirmed;
    let token = purchaser.open_portal(&new.checkout, context);
    let mut changes = announce(session, &mut new, Some(purchaser), context);
    if let Some(discount) = &new.discount {
        let hints = hints(&new, buyer);
        discounts::claim(&mut changes, discount, &new.checkout, &hints, ctx);
    }
    claim_subscription(&mut changes, &new, buyer, &person, ctx);
    fulfil_soon(&mut changes, &new, ctx);
    Ok(Confirmed::Free(Box::new(FreeConfirmation {
        session: new,
        token,
        changes,
    })))
}

/// The session as the confirmation makes it.
fn apply(
    session: &Session,
    input: &CheckoutUpdate,
    known: &update::Known,
    context: CheckoutContext<'_>,
) -> Result<Applied, Refusal> {
    update::guard_open(&session.checkout, context.ctx)?;
    let step = update::Step::Confirm;
    update::apply(session, input, step, known, context.taxes, context.ctx)
}

/// The buyer, where nothing stands in the way.
fn verdict(
    applied: &Applied,
    known: &update::Known,
    buyer: &KnownBuyer,
    has_card: bool,
    ctx: &DecisionContext,
) -> Result<Person, Refusal> {
    let new = &applied.session;
    let form = totals::form(new);
    let mut problems = applied.answers.clone();
    if known.holds_subscription {
        collected(problems)?;
        return Err(Refusal::AlreadyActiveSubscription);
    }
    // A discount that ended, was used up or was restricted since it was entered.
    let suits = |d: &Discount| {
        d.is_redeemable(ctx.now)
            && d.fits(new.checkout.terms.product_id, new.checkout.terms.currency)
    };
    if let Some(discount) = new.discount.as_ref().filter(|d| !suits(d)) {
        collected(problems)?;
        return Err(used_up(discount.id));
    }
    if let Some(words) = &applied.tax_refused {
        problems.push(Problem::value(
            loc!["body", "customer_billing_address"],
            words.clone(),
            Value::Null,
        ));
    }
    if let Some(words) = too_small(new, form) {
        let loc = loc!["body", "amount"];
        problems.push(Problem::value(
            loc,
            words,
            new.checkout.terms.totals().total,
        ));
    }
    if new.has_archived_prices() {
        problems.push(Problem::value(
            loc!["body", "product_price_id"],
            "This price is no longer available",
            new.checkout.terms.price_id.to_string(),
        ));
    }
    if form.required() && !capabilities(new.organization.status).checkout_payments {
        collected(problems)?;
        return Err(Refusal::PaymentNotReady);
    }
    required_fields(&new.checkout, form, &mut problems);
    if form.required() && !has_card {
        problems.push(Problem::missing(
            loc!["body", "confirmation_token_id"],
            Value::Null,
        ));
    }
    collected(problems)?;
    // Judged before the charge, and once more, gently, when it has succeeded.
    let person = customer::match_customer(&new.checkout, buyer)?.person(new);
    if let Some(id) = new.checkout.subscription_id
        && !buyer.upgraded.as_ref().is_some_and(Upgraded::is_free)
    {
        return Err(not_upgradable(id));
    }
    if one_trial_each(new) && buyer.had_trial {
        return Err(Refusal::TrialAlreadyRedeemed);
    }
    Ok(person)
}

/// Words for a total below the smallest amount that processors charge: a discount may leave so little.
fn too_small(session: &Session, form: Form) -> Option<String> {
    let terms = &session.checkout.terms;
    let least = terms.currency.min_charge();
    (form.payment && terms.totals().total < least).then(|| {
        let least = format_minor(least, terms.currency);
        format!("The smallest amount that can be charged is {least}. Remove the discount or choose a higher amount.")
    })
}

/// True where the session has a trial, and its merchant gives one to each person only.
fn one_trial_each(session: &Session) -> bool {
    let settings = &session.organization.settings.subscription_settings;
    session.checkout.terms.trial_end.is_some() && settings.prevent_trial_abuse
}

/// A discount that cannot be used any more, told where it was entered
/// (docs/behaviour: discounts/over-at-confirmation).
fn used_up(discount_id: uuid::Uuid) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", "discount_id"],
        "This discount has ended or has been used up. Remove it to continue.",
        discount_id.to_string(),
    ))
}

/// Somebody else has upgraded the subscription, or is doing so: what this session was made for is not there any more.
pub fn not_upgradable(subscription_id: uuid::Uuid) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", "subscription_id"],
        "This subscription has already been upgraded, or is being upgraded",
        subscription_id.to_string(),
    ))
}

/// Claims the person's one subscription, or the upgrade of the one that is upgraded, which must still be as it was
/// judged.
fn claim_subscription(
    changes: &mut Changes,
    session: &Session,
    buyer: &KnownBuyer,
    person: &Person,
    ctx: &DecisionContext,
) {
    claims::claim(changes, session, person, ctx);
    if let Some(upgraded) = &buyer.upgraded {
        changes.guard(&upgraded.subscription);
    }
}

/// Keys that tell the buyer from others, for limits by customer.
pub fn hints(session: &Session, buyer: &KnownBuyer) -> Hints {
    let row = &session.checkout;
    let by_email = buyer.holders.by_email.as_ref().map(|c| c.id);
    Hints {
        customer_id: row.customer_id.or(by_email),
        email_key: row
            .buyer
            .customer_email
            .as_deref()
            .and_then(folding::person_key),
        card_fingerprint: buyer.card_fingerprint.clone(),
    }
}

/// Writes a session that has just become `confirmed`, and its customer, where the purchase has succeeded. The
/// customer's row comes first, because the session refers to it; the session's event is told first.
pub(super) fn announce(
    old: &Session,
    new: &mut Session,
    mut purchaser: Option<Purchaser>,
    context: CheckoutContext<'_>,
) -> Changes {
    let CheckoutContext {
        subscribers,
        urls,
        ctx,
        ..
    } = context;
    let rows = purchaser.as_mut().map(|p| std::mem::take(&mut p.rows));
    let mut changes = rows.unwrap_or_default();
    changes.update(&old.checkout, &new.checkout);
    new.checkout.version = old.checkout.version + 1;
    changes.emit_checkout(new, EventType::CheckoutUpdated, subscribers, urls, ctx);
    if let Some(purchaser) = purchaser {
        purchaser.tell(&mut changes, context);
    }
    changes
}

/// Asks for a confirmed session to be fulfilled.
pub(super) fn fulfil_soon(changes: &mut Changes, session: &Session, ctx: &DecisionContext) {
    let id = session.checkout.id;
    changes.job(ctx, FULFIL_JOB, &format!("{FULFIL_JOB}:{id}"), ctx.now, &id);
}

fn intend(
    old: &Session,
    mut new: Session,
    form: Form,
    (buyer, person): (&KnownBuyer, &Person),
    ctx: &DecisionContext,
) -> Confirmed {
    let total = new.checkout.terms.totals().total;
    let row = &new.checkout;
    let new_attempt = NewAttempt {
        organization_id: row.organization_id,
        purpose: Purpose::Checkout,
        subject_id: row.id,
        amount: form.payment.then_some(total),
        currency: row.terms.currency,
        customer_id: row.customer_id,
        customer_email: row.buyer.customer_email.clone(),
        method_id: None,
        processor: buyer.processor,
        customer_reference: buyer.known_to_processor(),
        trigger: Some(PaymentTrigger::Purchase),
    };
    let payment = Payment {
        card_fingerprint: buyer.card_fingerprint.clone(),
        confirmation: Json(new.agreed().to_json()),
        network_key: buyer.network_key.clone(),
        ..attempt::intend(new_attempt, ctx)
    };
    let mut locked = old.checkout.clone();
    locked.attempt_id = Some(payment.id);
    let mut changes = Changes::new();
    // Taken before money moves, given back when the attempt fails (docs/behaviour: discounts/uses).
    if let Some(discount) = &new.discount {
        discounts::claim(
            &mut changes,
            discount,
            &new.checkout,
            &hints(&new, buyer),
            ctx,
        );
    }
    if one_trial_each(&new) {
        trials::claim(&mut changes, &new.checkout, &hints(&new, buyer), ctx);
    }
    claim_subscription(&mut changes, &new, buyer, person, ctx);
    changes
        .insert(&payment)
        .update(&old.checkout, &locked)
        .reconcile_after(payment.id, RECONCILE_AFTER, ctx);
    new.checkout.attempt_id = Some(payment.id);
    locked.version += 1;
    new.checkout.version = locked.version;
    Confirmed::Charge {
        payment: Box::new(payment),
        session: Box::new(new),
        locked: Box::new(old.with(locked)),
        changes,
    }
}

/// Adds what must be known by now and is not (docs/behaviour: payment/required).
fn required_fields(row: &Checkout, form: Form, problems: &mut Vec<Problem>) {
    let mut missing = |loc| problems.push(Problem::missing(loc, Value::Null));
    if row.customer_id.is_none() && row.buyer.customer_email.is_none() {
        missing(loc!["body", "customer_email"]);
    }
    let address = row.buyer.customer_billing_address.as_ref();
    let business = row.buyer.is_business_customer;
    if business && row.buyer.customer_billing_name.is_none() {
        missing(loc!["body", "customer_billing_name"]);
    }
    if (form.required() || business) && address.is_none() {
        missing(loc!["body", "customer_billing_address"]);
    }
    if totals::needs_full_address(row) && !address.is_some_and(|a| a.has_street_part()) {
        problems.push(Problem::value(
            loc!["body", "customer_billing_address"],
            "The full billing address is required",
            Value::Null,
        ));
    }
    if !form.required() {
        return;
    }
    let mut missing = |loc| problems.push(Problem::missing(loc, Value::Null));
    let flags = totals::address_flags(row);
    let parts = [
        ("country", flags.country, address.is_some()),
        (
            "state",
            flags.state,
            address.is_some_and(|a| a.state.is_some()),
        ),
        (
            "line1",
            flags.line1,
            address.is_some_and(|a| a.line1.is_some()),
        ),
        (
            "city",
            flags.city,
            address.is_some_and(|a| a.city.is_some()),
        ),
        (
            "postal_code",
            flags.postal_code,
            address.is_some_and(|a| a.postal_code.is_some()),
        ),
    ];
    for (part, needed, known) in parts {
        if needed && !known {
            missing(loc!["body", "customer_billing_address", part]);
        }
    }
}
