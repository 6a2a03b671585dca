//! What the form sends, as the body that the API takes: pages have no rules of their own.

use serde_json::{Map, Value, json};
use till_core::{checkout::Session, records::Checkout};
use till_wire::products::PriceAmount;

use super::{
    fields::{Field, FieldErrors},
    form::CheckoutForm,
    money, problems,
    view::Look,
};

/// The body of a client update or a confirmation, without a token. Blank fields are not sent; an amount
/// that does not read is reported.
pub fn body(
    form: &CheckoutForm,
    session: &Session,
    look: Look,
    errors: &mut FieldErrors,
) -> Map<String, Value> {
    let row = &session.checkout;
    let mut body = Map::new();
    let mut put = |key: &str, value: &Option<String>| {
        if let Some(text) = value.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            body.insert(key.to_owned(), text.into());
        }
    };
    // Naming the selected product again would start its amount afresh (checkout.md 4.1).
    if form
        .product_id
        .as_ref()
        .is_some_and(|id| *id != row.product_id.to_string())
    {
        put("product_id", &form.product_id);
    }
    put("customer_name", &form.customer_name);
    if row.customer_id.is_none() {
        put("customer_email", &form.customer_email);
    }
    if form.is_business() {
        put("customer_billing_name", &form.customer_billing_name);
        put("customer_tax_id", &form.customer_tax_id);
        if form
            .customer_tax_id
            .as_deref()
            .is_some_and(|t| t.trim().is_empty())
        {
            body.insert("customer_tax_id".into(), Value::Null);
        }
    }
    // Sending "no" again would clear what the merchant has prefilled (checkout.md 4.1).
    if form.is_business() != row.is_business_customer {
        body.insert("is_business_customer".into(), form.is_business().into());
    }
    if let Some(address) = address(form, row) {
        body.insert("customer_billing_address".into(), address);
    }
    if let Some(amount) = amount(form, session, look, errors) {
        body.insert("amount".into(), amount.into());
    }
    body
}

/// The whole address, as an update replaces it; parts that the page did not show are kept.
fn address(form: &CheckoutForm, row: &Checkout) -> Option<Value> {
    let country = form
        .country
        .as_deref()
        .map(str::trim)
        .filter(|c| !c.is_empty())?;
    let kept = row
        .customer_billing_address
        .as_ref()
        .filter(|a| a.country.as_str() == country);
    let part =
        |typed: &Option<String>, kept: Option<&String>| typed.clone().or_else(|| kept.cloned());
    let state = part(&form.state, kept.and_then(|a| a.state.as_ref()));
    // A state that was chosen for another country does not belong to this one.
    let foreign = |state: &String| {
        matches!(country, "US" | "CA") && !state.starts_with(&format!("{country}-"))
            || !matches!(country, "US" | "CA")
                && (state.starts_with("US-") || state.starts_with("CA-"))
    };
    Some(json!({
        "country": country,
        "line1": part(&form.line1, kept.and_then(|a| a.line1.as_ref())),
        "line2": part(&form.line2, kept.and_then(|a| a.line2.as_ref())),
        "city": part(&form.city, kept.and_then(|a| a.city.as_ref())),
        "postal_code": part(&form.postal_code, kept.and_then(|a| a.postal_code.as_ref())),
        "state": state.filter(|s| !foreign(s)),
    }))
}

/// Minor units of what was typed, where the product chosen in the form lets the buyer choose.
fn amount(
    form: &CheckoutForm,
    session: &Session,
    look: Look,
    errors: &mut FieldErrors,
) -> Option<i64> {
    let row = &session.checkout;
    // The field belongs to the product that the page showed it for.
    let switched = form
        .product_id
        .as_ref()
        .is_some_and(|id| *id != row.product_id.to_string());
    let custom = matches!(session.price().cost(), PriceAmount::Custom { .. });
    if switched || !custom {
        return None;
    }
    let typed = form.amount.as_deref()?.trim();
    match money::parse(typed, row.currency.decimals()) {
        Some(amount) => Some(amount),
        None => {
            errors.add(Field::Amount, problems::amount_unread(session, look));
            None
        }
    }
}
