//! Changing an open session (checkout.md 4.1, 4.2).

use till_wire::{
    checkouts::{CheckoutStatus, CheckoutUpdate},
    events::EventType,
    input::{Patch, Problem},
    loc,
    money::Currency,
};

use super::{Session, open::check_amount, totals};
use crate::{
    at::At,
    change::{Changes, Json},
    customers::{check_tax_id, email_key},
    event::Audience,
    records::Checkout,
    refusal::Refusal,
    site::Site,
};

/// Whose subscriptions must be looked at before a change is taken (checkout.md 4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The linked customer.
    Customer(uuid::Uuid),
    /// The live customer with this e-mail, in lower case.
    Email(String),
}

/// Who might already hold a subscription; `None` where that is no obstacle.
pub fn holder(session: &Session, input: &CheckoutUpdate) -> Option<Holder> {
    let row = &session.checkout;
    let product_id = input.product_id.unwrap_or(row.product_id);
    let recurring = session
        .offered
        .iter()
        .any(|o| o.product.id == product_id && o.product.is_recurring());
    let multiple = session
        .organization
        .settings
        .subscription_settings
        .allow_multiple_subscriptions;
    if multiple || !recurring || row.subscription_id.is_some() {
        return None;
    }
    if let Some(id) = row.customer_id {
        return Some(Holder::Customer(id));
    }
    let email = match &input.customer_email {
        Patch::Value(email) => Some(email),
        Patch::Null => None,
        Patch::Absent => row.customer_email.as_ref(),
    };
    email.map(|e| Holder::Email(email_key(e)))
}

/// Refuses what cannot be changed any more (4.2-1, Q-16).
pub fn guard_open(row: &Checkout, at: &At) -> Result<(), Refusal> {
    if row.status != CheckoutStatus::Open || row.expires_at <= at.now {
        return Err(Refusal::NotOpenCheckout);
    }
    if row.attempt_id.is_some() {
        return Err(Refusal::CheckoutLocked);
    }
    Ok(())
}

/// The session as the change leaves it: steps 2 to 12 of checkout.md 4.2, shared with confirmation.
///
/// `holds_subscription` answers [`holder`].
pub fn apply(
    session: &Session,
    input: &CheckoutUpdate,
    holds_subscription: bool,
    at: &At,
) -> Result<Session, Refusal> {
    let mut session = session.clone();
    switch(&mut session, input)?;
    if let Some(chosen) = input.amount {
        let prices = session.prices();
        check_amount(chosen, prices.iter().copied())?;
        session.checkout.amount = totals::amount(prices.into_iter(), Some(chosen));
    }
    if let Some(problem) = no_quantity(input) {
        return Err(Refusal::field(problem));
    }
    discount(&session, input)?;
    let row = &mut session.checkout;
    let disables_business = input.is_business_customer == Some(false);
    if let Some(address) = &input.customer_billing_address {
        row.customer_billing_address = Some(Json(address.clone()));
    }
    if let Some(business) = input.is_business_customer {
        row.is_business_customer = business;
    }
    input
        .customer_billing_name
        .clone()
        .apply(&mut row.customer_billing_name);
    if disables_business {
        row.customer_billing_name = None;
    }
    judge_tax_id(row, input, disables_business)?;
    input.customer_name.clone().apply(&mut row.customer_name);
    if row.customer_id.is_none() {
        input.customer_email.clone().apply(&mut row.customer_email);
    }
    input.locale.clone().apply(&mut row.locale);
    if !session
        .organization
        .settings
        .feature("checkout_localization_enabled")
    {
        row.locale = Some("en".to_owned());
    }
    input
        .payment_method_type
        .clone()
        .apply(&mut row.payment_method_type);
    if let Some(allow) = input.allow_trial {
        row.allow_trial = allow;
    }
    if input.trial.is_some() {
        return Err(Refusal::field(Problem::value(
            loc!["body", "trial_interval"],
            "Trials are not supported by this version of Till",
            serde_json::Value::Null,
        )));
    }
    if let Some(allow) = input.allow_discount_codes {
        row.allow_discount_codes = allow;
    }
    if let Some(require) = input.require_billing_address {
        row.require_billing_address = require;
    }
    input
        .customer_ip_address
        .clone()
        .apply(&mut row.customer_ip_address);
    if let Some(metadata) = &input.customer_metadata {
        row.customer_metadata = Json(metadata.clone());
    }
    if let Some(metadata) = &input.metadata {
        row.metadata = Json(metadata.clone());
    }
    input.success_url.clone().apply(&mut row.success_url);
    input.return_url.clone().apply(&mut row.return_url);
    input.embed_origin.clone().apply(&mut row.embed_origin);
    row.modified_at = Some(at.now);
    if holds_subscription {
        return Err(Refusal::AlreadyActiveSubscription);
    }
    totals::tax(&mut session);
    form_reset(&mut session);
    Ok(session)
}

/// 4.2-13: what is not asked for any more is cleared.
fn form_reset(session: &mut Session) {
    if totals::form(session).required() {
        return;
    }
    let row = &mut session.checkout;
    row.payment_method_type = None;
    if !row.require_billing_address {
        row.is_business_customer = false;
        row.customer_tax_id = None;
        row.customer_tax_id_format = None;
        row.customer_billing_name = None;
    }
}

/// 4.2-2: another product, price or currency.
fn switch(session: &mut Session, input: &CheckoutUpdate) -> Result<(), Refusal> {
    let current = session.checkout.currency;
    let default = session.organization.default_currency;
    let Some(product_id) = input.product_id else {
        let Some(currency) = input.currency.filter(|c| *c != current) else {
            return Ok(());
        };
        let refused = || unpriced("currency", currency.as_str());
        let price_id = totals::selected_price(session.selected(), currency)
            .ok_or_else(refused)?
            .id;
        select(session, price_id, currency);
        return Ok(());
    };
    let refuse = |words| {
        Refusal::field(Problem::value(
            loc!["body", "product_id"],
            words,
            product_id.to_string(),
        ))
    };
    let Some(offered) = session.offered.iter().find(|o| o.product.id == product_id) else {
        return Err(refuse("This product is not part of the checkout"));
    };
    let is_switch = product_id != session.checkout.product_id;
    if offered.product.is_archived {
        return Err(refuse("This product is archived"));
    }
    if is_switch && offered.product.visibility == till_wire::products::Visibility::Draft {
        return Err(refuse("This product is a draft"));
    }
    if let Some(price_id) = input.product_price_id {
        let Some(price) = offered.active().find(|p| p.id == price_id) else {
            return Err(Refusal::field(Problem::value(
                loc!["body", "product_price_id"],
                "This price is not part of the product",
                price_id.to_string(),
            )));
        };
        let currency = price.currency;
        session.checkout.product_id = product_id;
        select(session, price_id, currency);
        return Ok(());
    }
    let (currency, price_id) = match input.currency {
        Some(currency) => {
            let price = totals::selected_price(offered, currency);
            (
                currency,
                price
                    .ok_or_else(|| unpriced("currency", currency.as_str()))?
                    .id,
            )
        }
        None => {
            let found = [current, default]
                .into_iter()
                .find_map(|c| Some((c, totals::selected_price(offered, c)?.id)));
            found.ok_or_else(|| refuse("This product has no price in the checkout's currency"))?
        }
    };
    // Naming what is selected already derives price and amount afresh, like any other choice.
    session.checkout.product_id = product_id;
    select(session, price_id, currency);
    Ok(())
}

fn unpriced(key: &'static str, input: &str) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", key],
        "This product has no price in this currency",
        input,
    ))
}

fn select(session: &mut Session, price_id: uuid::Uuid, currency: Currency) {
    let amount = totals::amount(session.selected().active_in(currency), None);
    let row = &mut session.checkout;
    row.price_id = price_id;
    row.currency = currency;
    row.amount = amount;
}

fn no_quantity(input: &CheckoutUpdate) -> Option<Problem> {
    [("seats", input.seats), ("units", input.units)]
        .into_iter()
        .find_map(|(key, value)| {
            Some(Problem::value(
                loc!["body", key],
                "This product is not sold by quantity",
                value?,
            ))
        })
}

/// 4.2-5. No discount exists yet, so none can be set; removing none is fine.
fn discount(session: &Session, input: &CheckoutUpdate) -> Result<(), Refusal> {
    let words = "This discount does not exist or is not applicable";
    if let Patch::Value(id) = &input.discount_id {
        return Err(Refusal::field(Problem::value(
            loc!["body", "discount_id"],
            words,
            id.to_string(),
        )));
    }
    if let Patch::Value(_) = &input.discount_code
        && session.checkout.allow_discount_codes
    {
        return Err(Refusal::field(Problem::value(
            loc!["body", "discount_code"],
            words,
            serde_json::Value::Null,
        )));
    }
    Ok(())
}

/// 4.2-6: the new or the existing number against the new or the existing country.
fn judge_tax_id(
    row: &mut Checkout,
    input: &CheckoutUpdate,
    disables_business: bool,
) -> Result<(), Refusal> {
    if disables_business || input.customer_tax_id == Patch::Null {
        (row.customer_tax_id, row.customer_tax_id_format) = (None, None);
        return Ok(());
    }
    let typed = match &input.customer_tax_id {
        Patch::Value(typed) => Some(typed.clone()),
        _ => row.customer_tax_id.clone(),
    };
    if let Some(typed) = typed {
        let address = row.customer_billing_address.as_ref().map(|a| &a.0);
        let keys = ("customer_billing_address", "customer_tax_id");
        let (number, format) = check_tax_id(&typed, address, keys, "value_error")
            .map_err(|problem| Refusal::field(*problem))?;
        (row.customer_tax_id, row.customer_tax_id_format) = (Some(number), Some(format));
    }
    Ok(())
}

/// Changes a session.
pub fn update(
    session: &Session,
    input: &CheckoutUpdate,
    holds_subscription: bool,
    audience: &Audience,
    site: &Site,
    at: &At,
) -> Result<(Session, Changes), Refusal> {
    guard_open(&session.checkout, at)?;
    let mut new = apply(session, input, holds_subscription, at)?;
    let mut changes = Changes::new();
    changes.update(&session.checkout, &new.checkout);
    new.checkout.version += 1;
    changes.tell_checkout(&new, EventType::CheckoutUpdated, audience, site, at);
    Ok((new, changes))
}

/// Notes that the buyer's page was opened; only the first time counts (checkout.md 4.0).
pub fn opened(session: &Session, distinct_id: Option<String>, at: &At) -> (Session, Changes) {
    let mut changes = Changes::new();
    let row = &session.checkout;
    if row.opened_at.is_some() {
        return (session.clone(), changes);
    }
    let mut new = row.clone();
    new.opened_at = Some(at.now);
    new.distinct_id = distinct_id
        .or_else(|| row.customer_email.clone())
        .or_else(|| Some(super::topic(row.id)));
    changes.update(row, &new);
    new.version += 1;
    (session.with(new), changes)
}
