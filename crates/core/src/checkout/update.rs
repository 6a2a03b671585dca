//! Changing an open session.

use till_wire::{
    address::Address,
    checkouts::{CheckoutStatus, CheckoutUpdate, Writer},
    country::Country,
    events::EventType,
    input::{Patch, Problem},
    loc,
    money::Currency,
};

use super::{
    CheckoutContext, Session,
    choose::{Sale, check_amount, usable},
    totals,
};
use crate::{
    catalog::custom_fields,
    customers::check_tax_id,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        folding::email_key,
        records::{Checkout, Discount, ProductPrice},
        refusal::{Refusal, collected},
        values::Json,
    },
    seats,
    subscriptions::trials,
    tax::Taxes,
    webhooks,
};

/// The customer whose subscriptions must be looked at before a change is taken
/// (docs/behaviour: subscriptions/one-each).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The linked customer.
    Customer(uuid::Uuid),
    /// The live customer with this e-mail, by its key.
    Email(String),
}

/// The customer who might already hold a subscription; `None` where that is no obstacle.
pub fn holder(session: &Session, input: &CheckoutUpdate) -> Option<Holder> {
    let row = &session.checkout;
    let product_id = input.product_id.unwrap_or(row.terms.product_id);
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
        Patch::Absent => row.buyer.customer_email.as_ref(),
    };
    email.map(|e| Holder::Email(email_key(e)))
}

/// Refuses what cannot be changed any more (docs/behaviour: checkout/only-open, checkout/overdue).
pub fn guard_open(row: &Checkout, ctx: &DecisionContext) -> Result<(), Refusal> {
    if row.status != CheckoutStatus::Open || row.expires_at <= ctx.now {
        return Err(Refusal::NotOpenCheckout);
    }
    if row.attempt_id.is_some() {
        return Err(Refusal::CheckoutLocked);
    }
    Ok(())
}

/// Rows that the database has for a change.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The answer to [`holder`].
    pub holds_subscription: bool,
    /// The discount that the change names, if it exists.
    pub discount: Option<Discount>,
    /// Number of times that the buyer has used the discount that the session would have, where that is limited and a
    /// client asks.
    pub discount_uses: i64,
    /// The country of the network address that the session already has (docs/behaviour: checkout/country-from-network).
    pub ip_country: Option<Country>,
}

/// Occasion of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A PATCH: answers to custom fields are merged, and may be missing.
    Patch,
    /// A confirmation: the answers replace those of before, and required ones must be there
    /// (docs/behaviour: payment/answers-are-resent).
    Confirm,
}

/// A session as a change leaves it.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The session.
    pub session: Session,
    /// Reason why the tax cannot be worked out, in words for the buyer.
    pub tax_refused: Option<String>,
    /// Problems of the answers to custom fields: a confirmation tells all problems at once.
    pub answers: Vec<Problem>,
}

/// The session as the change leaves it; a confirmation is such a change, too.
pub fn apply(
    session: &Session,
    input: &CheckoutUpdate,
    step: Step,
    known: &Known,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Applied, Refusal> {
    let mut session = session.clone();
    // What ended or was restricted since is not shown again. A confirmation is refused for it, not changed.
    if step == Step::Patch {
        let (product_id, currency) = (
            session.checkout.terms.product_id,
            session.checkout.terms.currency,
        );
        let applies = |d: &Discount| d.fits(product_id, currency) && d.is_running(ctx.now);
        session.discount = session.discount.take().filter(applies);
    }
    switch(&mut session, input)?;
    if let Some(chosen) = input.amount {
        let prices = session.prices();
        check_amount(chosen, prices.iter().copied())?;
        session.checkout.terms.amount = totals::amount(
            prices.into_iter(),
            Some(chosen),
            session.checkout.terms.seats,
        )?;
    }
    if input.seats.is_some() {
        session.checkout.terms.seats = seats::judge(session.seat_range(), input.seats)?;
        // With a price gone, nothing else may be charged in its place.
        let all = if session.has_archived_prices() {
            session.prices().into_iter().cloned().collect()
        } else {
            all_prices(&session)
        };
        session.checkout.terms.amount = totals::amount(
            all.iter(),
            Some(session.checkout.terms.amount),
            session.checkout.terms.seats,
        )?;
        session.checkout.terms.price_ids = Json(all.iter().map(|p| p.id).collect());
    }
    if let Some(units) = input.units {
        return Err(Refusal::field(Problem::value(
            loc!["body", "units"],
            "This product is not sold by the unit",
            units,
        )));
    }
    discount(&mut session, input, known, ctx)?;
    let row = &mut session.checkout;
    let disables_business = input.is_business_customer == Some(false);
    if let Some(address) = &input.customer_billing_address {
        row.buyer.customer_billing_address = Some(Json(address.clone()));
    }
    if let Some(business) = input.is_business_customer {
        row.buyer.is_business_customer = business;
    }
    input
        .customer_billing_name
        .clone()
        .apply(&mut row.buyer.customer_billing_name);
    if disables_business {
        row.buyer.customer_billing_name = None;
    }
    judge_tax_id(row, input, disables_business)?;
    if row.buyer.customer_billing_address.is_none() {
        let country = known.ip_country.filter(|c| !c.is_embargoed());
        row.buyer.customer_billing_address = country.map(|c| Json(Address::of_country(c)));
    }
    input
        .customer_name
        .clone()
        .apply(&mut row.buyer.customer_name);
    if row.customer_id.is_none() {
        input
            .customer_email
            .clone()
            .apply(&mut row.buyer.customer_email);
    }
    input.locale.clone().apply(&mut row.buyer.locale);
    if !session
        .organization
        .settings
        .features()
        .checkout_localization_enabled
    {
        row.buyer.locale = Some("en".to_owned());
    }
    input
        .payment_method_type
        .clone()
        .apply(&mut row.buyer.payment_method_type);
    if let Some(allow) = input.allow_trial {
        row.terms.allow_trial = allow;
    }
    input.trial_interval.clone().apply(&mut row.trial_interval);
    input
        .trial_interval_count
        .clone()
        .apply(&mut row.trial_interval_count);
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
    if step == Step::Confirm {
        row.modified_at = Some(ctx.now);
    }
    let wrong_answers = answers(&mut session, input, step);
    if step == Step::Patch {
        collected(wrong_answers.clone())?;
    }
    // From now, so it moves with every change (docs/behaviour: checkout/trial-moves).
    session.checkout.terms.trial_end =
        trials::active(&session.checkout, &session.selected().product)
            .map(|t| trials::end(ctx.now, t));
    // Told early, where the buyer can still take the code out (docs/behaviour: discounts/per-customer).
    let held = session.discount.as_ref();
    if step == Step::Patch && held.is_some_and(|d| d.is_used_up_by(known.discount_uses)) {
        return Err(Refusal::DiscountRedemptionLimitReached);
    }
    if step == Step::Patch && known.holds_subscription {
        return Err(Refusal::AlreadyActiveSubscription);
    }
    let tax_refused = totals::recompute_totals(&mut session, taxes);
    form_reset(&mut session);
    Ok(Applied {
        session,
        tax_refused,
        answers: wrong_answers,
    })
}

/// Takes the answers to the selected product's custom fields; what is wrong with them.
fn answers(session: &mut Session, input: &CheckoutUpdate, step: Step) -> Vec<Problem> {
    let sent = match (&input.custom_field_data, step) {
        (Some(sent), _) => sent.clone(),
        (None, Step::Patch) => return Vec::new(),
        (None, Step::Confirm) => serde_json::Map::new(),
    };
    let custom_fields = session.selected().custom_fields();
    let judged = custom_fields::judge(&custom_fields, &sent, step == Step::Confirm);
    let kept = &mut session.checkout.buyer.custom_field_data.0.0;
    match (judged, step) {
        (Ok(judged), Step::Patch) => kept.extend(judged),
        (Ok(judged), Step::Confirm) => *kept = judged,
        (Err(wrong), _) => return wrong,
    }
    Vec::new()
}

/// Every price of the session's currency at its selected product.
fn all_prices(session: &Session) -> Vec<ProductPrice> {
    let currency = session.checkout.terms.currency;
    let list = session.list(session.selected());
    list.into_iter()
        .filter(|p| p.currency == currency)
        .cloned()
        .collect()
}

/// Clears what is not asked for any more (docs/behaviour: checkout/cleared-when-not-asked).
fn form_reset(session: &mut Session) {
    if totals::form(session).required() {
        return;
    }
    let row = &mut session.checkout;
    row.buyer.payment_method_type = None;
    if !row.require_billing_address {
        row.buyer.is_business_customer = false;
        row.buyer.customer_tax_id = None;
        row.buyer.customer_tax_id_format = None;
        row.buyer.customer_billing_name = None;
    }
}

/// Takes another product, price or currency (docs/behaviour: checkout/switch-product).
fn switch(session: &mut Session, input: &CheckoutUpdate) -> Result<(), Refusal> {
    let current = session.checkout.terms.currency;
    let default = session.organization.default_currency;
    let Some(product_id) = input.product_id else {
        let Some(currency) = input.currency.filter(|c| *c != current) else {
            return Ok(());
        };
        let refused = || unpriced("currency", currency.as_str());
        let price_id = totals::selected_price(&session.list(session.selected()), currency)
            .ok_or_else(refused)?
            .id;
        return select(session, input, price_id, currency);
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
    let is_switch = product_id != session.checkout.terms.product_id;
    if offered.product.is_archived {
        return Err(refuse("This product is archived"));
    }
    if is_switch && offered.product.visibility == till_wire::products::Visibility::Draft {
        return Err(refuse("This product is a draft"));
    }
    if let Some(price_id) = input.product_price_id {
        let Some(price) = session.list(offered).into_iter().find(|p| p.id == price_id) else {
            return Err(Refusal::field(Problem::value(
                loc!["body", "product_price_id"],
                "This price is not part of the product",
                price_id.to_string(),
            )));
        };
        let currency = price.currency;
        session.checkout.terms.product_id = product_id;
        return select(session, input, price_id, currency);
    }
    let list = session.list(offered);
    let (currency, price_id) = match input.currency {
        Some(currency) => {
            let price = totals::selected_price(&list, currency);
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
                .find_map(|c| Some((c, totals::selected_price(&list, c)?.id)));
            found.ok_or_else(|| refuse("This product has no price in the checkout's currency"))?
        }
    };
    // Naming what is selected already derives price and amount afresh, like any other choice.
    session.checkout.terms.product_id = product_id;
    select(session, input, price_id, currency)
}

fn unpriced(key: &'static str, input: &str) -> Refusal {
    Refusal::field(Problem::value(
        loc!["body", key],
        "This product has no price in this currency",
        input,
    ))
}

/// Takes a price: the sum is of all prices of its currency; seats start at the request's number or the least
/// that may be bought, within the session's own bounds. A discount that does not suit is dropped.
fn select(
    session: &mut Session,
    input: &CheckoutUpdate,
    price_id: uuid::Uuid,
    currency: Currency,
) -> Result<(), Refusal> {
    session.checkout.terms.price_id = price_id;
    session.checkout.terms.currency = currency;
    let prices = all_prices(session);
    session.checkout.terms.price_ids = Json(prices.iter().map(|p| p.id).collect());
    let seats = seats::judge(session.seat_range(), input.seats)?;
    let amount = totals::amount(prices.iter(), None, seats)?;
    let row = &mut session.checkout;
    row.terms.seats = seats;
    row.terms.amount = amount;
    let product_id = row.terms.product_id;
    session.discount = session
        .discount
        .take()
        .filter(|d| d.fits(product_id, currency));
    Ok(())
}

/// Sets or removes the discount. Clients name it by code, where that is allowed.
fn discount(
    session: &mut Session,
    input: &CheckoutUpdate,
    known: &Known,
    ctx: &DecisionContext,
) -> Result<(), Refusal> {
    let removes = input.discount_code == Patch::Null;
    // What can no longer be used must not stand in the way of paying, even where codes are not asked for.
    let heeded = session.checkout.allow_discount_codes || removes && is_spent(session, known, ctx);
    let (key, echo) = if heeded && input.discount_code.is_sent() {
        if removes {
            session.discount = None;
            return Ok(());
        }
        ("discount_code", serde_json::Value::Null)
    } else {
        match input.discount_id {
            Patch::Absent => return Ok(()),
            Patch::Null => {
                session.discount = None;
                return Ok(());
            }
            Patch::Value(id) => ("discount_id", id.to_string().into()),
        }
    };
    let sale = Sale {
        free: session.is_free(),
        product_id: session.checkout.terms.product_id,
        currency: session.checkout.terms.currency,
    };
    session.discount = Some(usable(known.discount.as_ref(), sale, key, echo, ctx)?);
    Ok(())
}

/// True where the discount that the session has is of no use to this buyer any more.
fn is_spent(session: &Session, known: &Known, ctx: &DecisionContext) -> bool {
    let held = session.discount.as_ref();
    held.is_some_and(|d| !d.is_redeemable(ctx.now) || d.is_used_up_by(known.discount_uses))
}

/// Judges the new or the existing number by the new or the existing country.
fn judge_tax_id(
    row: &mut Checkout,
    input: &CheckoutUpdate,
    disables_business: bool,
) -> Result<(), Refusal> {
    if disables_business || input.customer_tax_id == Patch::Null {
        (row.buyer.customer_tax_id, row.buyer.customer_tax_id_format) = (None, None);
        return Ok(());
    }
    let typed = match &input.customer_tax_id {
        Patch::Value(typed) => Some(typed.clone()),
        _ => row.buyer.customer_tax_id.clone(),
    };
    if let Some(typed) = typed {
        let address = row.buyer.customer_billing_address.as_ref().map(|a| &a.0);
        let keys = ("customer_billing_address", "customer_tax_id");
        let (number, format) = check_tax_id(&typed, address, keys, "value_error")
            .map_err(|problem| Refusal::field(*problem))?;
        (row.buyer.customer_tax_id, row.buyer.customer_tax_id_format) =
            (Some(number), Some(format));
    }
    Ok(())
}

/// Changes a session. A buyer's change that leaves it as it was writes nothing and tells nobody; a merchant's is told
/// (docs/behaviour: checkout/nothing-changed). Of changes that still wait to be told, the newest stands for all.
pub fn update(
    session: &Session,
    input: &CheckoutUpdate,
    writer: Writer,
    known: &Known,
    context: CheckoutContext<'_>,
) -> Result<(Session, Changes), Refusal> {
    let CheckoutContext {
        subscribers,
        urls,
        ctx,
        ..
    } = context;
    guard_open(&session.checkout, ctx)?;
    let applied = apply(session, input, Step::Patch, known, context.taxes, ctx)?;
    let mut new = applied.session;
    let mut changes = Changes::new();
    if writer == Writer::Client && is_unchanged(&session.checkout, &mut new.checkout) {
        return Ok((session.clone(), changes));
    }
    changes.revise(&session.checkout, &mut new.checkout, ctx);
    webhooks::supersede_changes(&mut changes, new.checkout.id, subscribers, ctx);
    changes.emit_checkout(&new, EventType::CheckoutUpdated, subscribers, urls, ctx);
    Ok((new, changes))
}

/// True where a change left the session as it was. The end of a trial counts from now, so it moves with the clock
/// alone.
fn is_unchanged(old: &Checkout, new: &mut Checkout) -> bool {
    let (modified_at, trial_end) = (new.modified_at, new.terms.trial_end);
    new.modified_at = old.modified_at;
    if old.terms.trial_end.is_some() && trial_end.is_some() {
        new.terms.trial_end = old.terms.trial_end;
    }
    let is_same = new == old;
    (new.modified_at, new.terms.trial_end) = (modified_at, trial_end);
    is_same
}

/// Notes that the buyer's page was opened; only the first time counts.
pub fn opened(
    session: &Session,
    distinct_id: Option<String>,
    ctx: &DecisionContext,
) -> (Session, Changes) {
    let mut changes = Changes::new();
    let row = &session.checkout;
    if row.opened_at.is_some() {
        return (session.clone(), changes);
    }
    let mut new = row.clone();
    new.opened_at = Some(ctx.now);
    new.distinct_id = distinct_id
        .or_else(|| row.buyer.customer_email.clone())
        .or_else(|| Some(super::topic(row.id)));
    changes.update(row, &new);
    new.version += 1;
    (session.with(new), changes)
}
