//! The form as the body that the API takes: pages have no rules of their own.

use serde_json::{Map, Value, json};
use till_core::{
    checkout::Session,
    kernel::{
        folding::{code_key, plain},
        records::Checkout,
    },
    tax::ids::{self as tax_id, Format},
};
use till_wire::{custom_fields::CustomFieldKind, products::PriceAmount};

use super::{
    fields::{Field, FieldErrors},
    form::{CheckoutForm, Intent},
    money, problems,
    view::PageContext,
};

/// The body of a client update or a confirmation, without a token. Parts of a person's details that are shown and
/// blank are cleared; an amount that does not read is reported.
pub fn body(
    form: &CheckoutForm,
    session: &Session,
    page_context: PageContext,
    errors: &mut FieldErrors,
) -> Map<String, Value> {
    let row = &session.checkout;
    let mut body = Map::new();
    let mut put = |key: &str, text: &Option<String>| {
        if let Some(text) = text.as_deref().map(str::trim) {
            let value = Some(text).filter(|text| !text.is_empty());
            body.insert(key.to_owned(), value.into());
        }
    };
    // Naming the selected product again would start its amount afresh (docs/behaviour: checkout/switch-product).
    if let Some(id) = other_product(form, row) {
        put("product_id", &Some(id.to_owned()));
    }
    put("customer_name", &form.customer_name);
    // Only whoever pays says whose address it is: anybody could ask for another's subscription otherwise
    // (docs/behaviour: pages/address-when-paying).
    if row.customer_id.is_none() && form.intent() == Intent::Pay {
        put("customer_email", &form.customer_email);
    }
    if form.is_business() {
        put("customer_billing_name", &form.customer_billing_name);
        put("customer_tax_id", &tax_number(form, row));
    }
    // Sending "no" again would clear what the merchant has prefilled (docs/behaviour: checkout/no-business).
    if form.is_business() != row.buyer.is_business_customer {
        body.insert("is_business_customer".into(), form.is_business().into());
    }
    if let Some(address) = address(form, row) {
        body.insert("customer_billing_address".into(), address);
    }
    if let Some(amount) = amount(form, session, page_context, errors) {
        body.insert("amount".into(), amount.into());
    }
    if let Some(seats) = seats(form, session, page_context, errors) {
        body.insert("seats".into(), seats.into());
    }
    if let Some(answers) = answers(form, session) {
        body.insert("custom_field_data".into(), answers);
    }
    match form.intent() {
        Intent::RemoveDiscount => {
            body.insert("discount_code".into(), Value::Null);
        }
        Intent::NoTrial => {
            body.insert("allow_trial".into(), false.into());
        }
        _ => {
            if let Some(code) = code(form, session) {
                body.insert("discount_code".into(), code.into());
            }
        }
    }
    body
}

/// A code that is typed and not that of the discount there is.
fn code(form: &CheckoutForm, session: &Session) -> Option<String> {
    let typed = form.discount_code.as_deref()?.trim();
    let known = session.discount.as_ref().and_then(|d| d.code.as_deref());
    let new = !typed.is_empty() && known.is_none_or(|code| code_key(code) != code_key(typed));
    new.then(|| typed.to_owned())
}

/// The number of seats, where it is another one; the buttons count from what is typed.
fn seats(
    form: &CheckoutForm,
    session: &Session,
    page_context: PageContext,
    errors: &mut FieldErrors,
) -> Option<i64> {
    let row = &session.checkout;
    let range = session.seat_range()?;
    if !form.is_of(row.terms.product_id) || other_product(form, row).is_some() {
        return None;
    }
    let typed = form.seats.as_deref()?.trim();
    let Some(number) = money::parse_number(typed, 0, page_context.locale) else {
        errors.add(Field::Seats, page_context.say("error-seats"));
        return None;
    };
    let wanted = match form.intent() {
        Intent::Fewer => range.clamp(number.saturating_sub(1)),
        Intent::More => range.clamp(number.saturating_add(1)),
        _ => number,
    };
    (Some(wanted) != row.terms.seats).then_some(wanted)
}

/// The answers to the custom fields that the page showed. A confirmation replaces what is kept, so an empty
/// answer is left out; an update merges, so it says that the answer was taken back (docs/behaviour: pages/answers).
fn answers(form: &CheckoutForm, session: &Session) -> Option<Value> {
    let row = &session.checkout;
    let shown = form.shown_product.is_some() && form.is_of(row.terms.product_id);
    if !shown || other_product(form, row).is_some() {
        return None;
    }
    let mut answers = Map::new();
    for one in session.selected().custom_fields() {
        let slug = one.field.slug.as_str();
        let typed = form.answer(slug).filter(|text| !text.trim().is_empty());
        let kept = row
            .buyer
            .custom_field_data
            .0
            .get(slug)
            .and_then(Value::as_str);
        let answer = match (one.field.takes(), typed) {
            (CustomFieldKind::Checkbox(_), typed) => typed.is_some().into(),
            // Browsers send line breaks as two characters.
            (CustomFieldKind::Text(_), Some(text)) => text.replace("\r\n", "\n").into(),
            // The page shows only the day of a moment: who leaves it there does not mean midnight.
            (CustomFieldKind::Date(_), Some(day))
                if kept.is_some_and(|kept| kept.split('T').next() == Some(day.trim())) =>
            {
                kept.into()
            }
            (CustomFieldKind::Number(_), Some(text)) => plain(text).trim().into(),
            (_, Some(text)) => text.trim().into(),
            (_, None) if form.intent() == Intent::Pay => continue,
            (_, None) => Value::Null,
        };
        answers.insert(slug.to_owned(), answer);
    }
    (!answers.is_empty()).then_some(Value::Object(answers))
}

/// The product that is chosen, where it is another one than the session's.
pub fn other_product<'a>(form: &'a CheckoutForm, row: &Checkout) -> Option<&'a str> {
    let chosen = form.product_id.as_deref()?.trim();
    (!chosen.is_empty() && chosen != row.terms.product_id.to_string()).then_some(chosen)
}

/// The tax id. In the Union numbers are judged with their country before them, and people know
/// their own without: it is put there where that makes it a good one.
fn tax_number(form: &CheckoutForm, row: &Checkout) -> Option<String> {
    let typed = form.customer_tax_id.as_deref()?;
    let kept = row.buyer.customer_billing_address.as_ref();
    let country = (form.country.as_deref().map(str::trim))
        .filter(|country| !country.is_empty())
        .or_else(|| kept.map(|address| address.country.as_str()))
        .unwrap_or_default();
    let good = |number: &str| tax_id::validate(number, country).map(|(_, format)| format);
    let prefixed = match country {
        "GR" => format!("EL{}", typed.trim()),
        // Hungary's numbers at home go on with the kind of taxpayer and the county.
        "HU" if typed.chars().filter(char::is_ascii_digit).count() == 11 => {
            let digits = typed.chars().filter(char::is_ascii_digit).take(8);
            format!("HU{}", digits.collect::<String>())
        }
        _ => format!("{country}{}", typed.trim()),
    };
    let helps = good(typed).is_none() && good(&prefixed) == Some(Format::EuVat);
    Some(if helps { prefixed } else { typed.to_owned() })
}

/// The whole address, as an update replaces it; parts that the page did not show are kept.
fn address(form: &CheckoutForm, row: &Checkout) -> Option<Value> {
    let country = form
        .country
        .as_deref()
        .map(str::trim)
        .filter(|c| !c.is_empty())?;
    let kept = row
        .buyer
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
    page_context: PageContext,
    errors: &mut FieldErrors,
) -> Option<i64> {
    let row = &session.checkout;
    // The field belongs to the product that the page showed it for.
    let switched = other_product(form, row).is_some() || !form.is_of(row.terms.product_id);
    let custom = matches!(session.price().cost(), PriceAmount::Custom { .. });
    if switched || !custom {
        return None;
    }
    let typed = form.amount.as_deref()?.trim();
    match money::parse(typed, row.terms.currency, page_context.locale) {
        Some(amount) => Some(amount),
        None => {
            errors.add(
                Field::Amount,
                problems::amount_unread(session, page_context),
            );
            None
        }
    }
}
