//! Confirming a session: everything that is judged before money may move (checkout.md 4.3).

use serde_json::Value;
use till_wire::{
    checkouts::{CheckoutStatus, CheckoutUpdate},
    events::EventType,
    input::Problem,
    loc,
    payments::PaymentTrigger,
};

use super::{
    Around, FULFIL_JOB, Session,
    agreed::Agreed,
    totals::{self, Form},
    update,
};
use crate::{
    at::At,
    change::{Changes, Json},
    customers::{self, Holders},
    discounts::{self, Hints},
    organizations::capabilities,
    records::{Checkout, Customer, Discount, Payment, PaymentKind, PaymentState},
    refusal::{Refusal, collected},
    trials,
};

/// How long an attempt may go without an outcome before somebody asks the processor. Longer than any one call to
/// it may take; a confirmation that comes later still finds the attempt given up at the processor.
pub const RECONCILE_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);

/// The customers that a confirmation may turn out to be about.
#[derive(Debug, Clone, Default)]
pub struct Buyer {
    /// The session's customer, deleted or not.
    pub linked: Option<Customer>,
    /// Live customers with the buyer's e-mail or the session's external id.
    pub holders: Holders,
    /// The card behind the confirmation, where the decision depends on it.
    pub card_fingerprint: Option<String>,
    /// The discount that the attempt was made with, once one was made.
    pub discount: Option<Discount>,
    /// Whether the person or the card has had a trial of the organization, where that matters.
    pub had_trial: bool,
}

/// What a confirmation leads to.
#[derive(Debug, Clone)]
pub enum Confirmed {
    /// Nothing is due: the session is confirmed, fulfilment follows.
    Free(Box<Settlement>),
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
pub struct Settlement {
    /// The session as it is now.
    pub session: Session,
    /// Kept nowhere; null when the buyer was only recognised by e-mail (CF-20, Q-11).
    pub token: Option<String>,
    /// What to commit.
    pub changes: Changes,
}

/// Judges a confirmation and, if money or a card is needed, opens an attempt.
pub fn confirm(
    session: &Session,
    input: &CheckoutUpdate,
    known: &update::Known,
    buyer: &Buyer,
    around: Around<'_>,
) -> Result<Confirmed, Refusal> {
    let at = around.at;
    update::guard_open(&session.checkout, at)?;
    let applied = update::apply(
        session,
        input,
        update::Step::Confirm,
        known,
        around.taxes,
        at,
    )?;
    let mut new = applied.session;
    let form = totals::form(&new);
    // CF-3: a discount that ended or was used up since it was entered.
    if let Some(discount) = new.discount.as_ref().filter(|d| !d.is_redeemable(at.now)) {
        return Err(used_up(discount.id));
    }
    let mut problems = Vec::new();
    if let Some(words) = applied.tax_refused {
        problems.push(Problem::value(
            loc!["body", "customer_billing_address"],
            words,
            Value::Null,
        ));
    }
    if new.has_archived_prices() {
        problems.push(Problem::value(
            loc!["body", "product_price_id"],
            "This price is no longer available",
            new.checkout.price_id.to_string(),
        ));
    }
    if form.required() && !capabilities(new.organization.status).checkout_payments {
        return Err(Refusal::PaymentNotReady);
    }
    required_fields(&new.checkout, form, &mut problems);
    if form.required() && input.confirmation_token_id.is_none() {
        problems.push(Problem::missing(
            loc!["body", "confirmation_token_id"],
            Value::Null,
        ));
    }
    collected(problems)?;
    // Judged before the charge, and once more, gently, when it has succeeded.
    match_customer(&new.checkout, buyer)?;
    if one_trial_each(&new) && buyer.had_trial {
        return Err(Refusal::TrialAlreadyRedeemed);
    }
    if form.required() {
        return Ok(intend(session, new, form, buyer, at));
    }
    let purchaser = settle_customer(&mut new, buyer, around)?;
    new.checkout.status = CheckoutStatus::Confirmed;
    let token = purchaser.token.clone();
    let mut changes = announce(session, &mut new, purchaser, around);
    if let Some(discount) = &new.discount {
        discounts::claim(
            &mut changes,
            discount,
            &new.checkout,
            &hints(&new, buyer),
            at,
        );
    }
    fulfil_soon(&mut changes, &new, at);
    Ok(Confirmed::Free(Box::new(Settlement {
        session: new,
        token,
        changes,
    })))
}

/// Whether the session has a trial, and its merchant gives one to each person only.
fn one_trial_each(session: &Session) -> bool {
    let settings = &session.organization.settings.subscription_settings;
    session.checkout.trial_end.is_some() && settings.prevent_trial_abuse
}

/// A discount that cannot be used any more, told where it was entered (CF-3).
fn used_up(discount_id: uuid::Uuid) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", "discount_id"],
        "This discount has ended or was used up. Remove it to go on.",
        discount_id.to_string(),
    ))
}

/// What tells the buyer from others, for limits by customer.
pub fn hints(session: &Session, buyer: &Buyer) -> Hints {
    let row = &session.checkout;
    let by_email = buyer.holders.by_email.as_ref().map(|c| c.id);
    Hints {
        customer_id: row.customer_id.or(by_email),
        email_key: row.customer_email.as_deref().and_then(trials::person_key),
        card_fingerprint: buyer.card_fingerprint.clone(),
    }
}

/// Writes a session that has just become `confirmed`, and its customer. The customer's row comes first,
/// because the session refers to it; the session's event is told first (checkout.md 5.5).
pub(super) fn announce(
    old: &Session,
    new: &mut Session,
    purchaser: Purchaser,
    around: Around<'_>,
) -> Changes {
    let Around {
        audience, site, at, ..
    } = around;
    let mut changes = purchaser.rows;
    changes.update(&old.checkout, &new.checkout);
    new.checkout.version = old.checkout.version + 1;
    changes
        .tell_checkout(new, EventType::CheckoutUpdated, audience, site, at)
        .tell_customer(audience, at, purchaser.event, &purchaser.customer);
    changes
}

/// Asks for a confirmed session to be fulfilled.
pub(super) fn fulfil_soon(changes: &mut Changes, session: &Session, at: &At) {
    let id = session.checkout.id;
    changes.job(at, FULFIL_JOB, &format!("{FULFIL_JOB}:{id}"), at.now, &id);
}

fn intend(old: &Session, mut new: Session, form: Form, buyer: &Buyer, at: &At) -> Confirmed {
    let total = totals::totals(&new.checkout).total;
    let payment = Payment {
        id: at.id(),
        created_at: at.now,
        modified_at: None,
        version: 1,
        organization_id: new.checkout.organization_id,
        checkout_id: Some(new.checkout.id),
        order_id: None,
        customer_id: new.checkout.customer_id,
        customer_email: new.checkout.customer_email.clone(),
        kind: if form.payment {
            PaymentKind::Charge
        } else {
            PaymentKind::Setup
        },
        state: PaymentState::Intended,
        amount: if form.payment { total } else { 0 },
        currency: new.checkout.currency,
        method: "card".to_owned(),
        card: None,
        trigger_kind: Some(PaymentTrigger::Purchase),
        decline_reason: None,
        decline_message: None,
        reference: None,
        method_reference: None,
        client_secret: None,
        action_url: None,
        card_fingerprint: buyer.card_fingerprint.clone(),
        confirmation: Json(Agreed::of(&new.checkout)),
    };
    let mut locked = old.checkout.clone();
    locked.attempt_id = Some(payment.id);
    let mut changes = Changes::new();
    // Taken before money moves, given back when the attempt fails (checkout.md 7.8).
    if let Some(discount) = &new.discount {
        discounts::claim(
            &mut changes,
            discount,
            &new.checkout,
            &hints(&new, buyer),
            at,
        );
    }
    if one_trial_each(&new) {
        trials::claim(&mut changes, &new.checkout, &hints(&new, buyer), at);
    }
    changes
        .insert(&payment)
        .update(&old.checkout, &locked)
        .look_after(payment.id, RECONCILE_AFTER, at);
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

/// CF-9 and CF-10: what must be known by now.
fn required_fields(row: &Checkout, form: Form, problems: &mut Vec<Problem>) {
    let mut missing = |loc| problems.push(Problem::missing(loc, Value::Null));
    if row.customer_id.is_none() && row.customer_email.is_none() {
        missing(loc!["body", "customer_email"]);
    }
    let address = row.customer_billing_address.as_ref();
    let business = row.is_business_customer;
    if business && row.customer_billing_name.is_none() {
        missing(loc!["body", "customer_billing_name"]);
    }
    if (form.required() || business) && address.is_none() {
        missing(loc!["body", "customer_billing_address"]);
    }
    if totals::needs_full_address(row) && !address.is_some_and(|a| a.has_street_part()) {
        problems.push(Problem::value(
            loc!["body", "customer_billing_address"],
            "The full billing address is needed",
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

/// Who buys (checkout.md 5.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Match<'a> {
    /// The session's own customer.
    Linked(&'a Customer),
    /// A customer with the buyer's e-mail.
    ByEmail(&'a Customer),
    /// Nobody yet.
    New,
}

/// Finds the customer; an external id of a customer with another e-mail is refused (S-146).
pub fn match_customer<'a>(row: &Checkout, buyer: &'a Buyer) -> Result<Match<'a>, Refusal> {
    if row.customer_id.is_some() {
        return match &buyer.linked {
            Some(customer) if customer.deleted_at.is_none() => Ok(Match::Linked(customer)),
            _ => Err(Refusal::CheckoutCustomerDeleted),
        };
    }
    if let Some(customer) = &buyer.holders.by_email {
        return Ok(Match::ByEmail(customer));
    }
    if row.external_customer_id.is_some() && buyer.holders.by_external_id.is_some() {
        return Err(Refusal::ExternalIdMismatch);
    }
    Ok(Match::New)
}

/// The customer of a purchase, written but not yet told of.
#[derive(Debug, Clone)]
pub(super) struct Purchaser {
    /// As it is now.
    customer: Customer,
    /// Created or updated.
    event: EventType,
    /// Its rows.
    rows: Changes,
    /// Opens its portal, where the buyer may have it.
    pub token: Option<String>,
}

/// Creates or updates the customer, links it to the session, and opens the buyer's portal where allowed.
pub(super) fn settle_customer(
    session: &mut Session,
    buyer: &Buyer,
    around: Around<'_>,
) -> Result<Purchaser, Refusal> {
    let matched = match_customer(&session.checkout, buyer)?;
    let row = &mut session.checkout;
    let at = around.at;
    let mut rows = Changes::new();
    let localised = session
        .organization
        .settings
        .feature("checkout_localization_enabled");
    let (customer, event) = match matched {
        Match::Linked(old) | Match::ByEmail(old) => {
            let mut new = merged(old, row, localised);
            new.modified_at = Some(at.now);
            rows.update(old, &new);
            row.matched_by_email |= matches!(matched, Match::ByEmail(_));
            (new, EventType::CustomerUpdated)
        }
        Match::New => {
            let email = row.customer_email.clone().ok_or(Refusal::NotFound)?;
            let external_id = row.external_customer_id.clone();
            let blank = customers::blank(row.organization_id, &email, external_id, at);
            let new = merged(&blank, row, localised);
            rows.insert(&new);
            (new, EventType::CustomerCreated)
        }
    };
    row.customer_id = Some(customer.id);
    row.external_customer_id = row
        .external_customer_id
        .take()
        .or_else(|| customer.external_id.clone());
    row.processor_metadata.0.insert(
        "customer_id".into(),
        format!("cus_{}", customer.id.simple()),
    );
    let mut token = None;
    if !row.matched_by_email {
        let (portal, secret) = customers::session_row(&customer, None, around.key, at);
        rows.insert(&portal);
        token = Some(secret);
    }
    Ok(Purchaser {
        customer,
        event,
        rows,
        token,
    })
}

/// What a purchase tells of its customer (checkout.md 5.1): nothing is ever cleared here.
fn merged(old: &Customer, row: &Checkout, localised: bool) -> Customer {
    let mut new = old.clone();
    if new.name.is_none() {
        new.name = row
            .customer_billing_name
            .clone()
            .or_else(|| row.customer_name.clone());
    }
    if row.customer_billing_name.is_some() {
        new.billing_name = row.customer_billing_name.clone();
    }
    if row.customer_billing_address.is_some() {
        new.billing_address = row.customer_billing_address.clone();
    }
    if row.customer_tax_id.is_some() {
        new.tax_id = row.customer_tax_id.clone();
        new.tax_id_format = row.customer_tax_id_format.clone();
    }
    // A locale that was forced on the session says nothing of the customer.
    if localised && row.locale.is_some() {
        new.locale = row.locale.clone();
    }
    for (key, value) in row.customer_metadata.0.iter() {
        new.metadata.0.insert(key.clone(), value.clone());
    }
    new
}
