//! Payment methods: cards, named after Stripe's test cards or typed into the script's card field.

use serde_json::{Map, Value, json};

use super::{Call, ObjectResult, Work, customers, listing, merged, not_found};
use crate::{
    books::{ConfirmationToken, PaymentMethod},
    cards::{self, Card},
    error::Refusal,
    params::{Param, ParamKind, Params},
    views::address_of,
};

/// Parameters of attaching a payment method.
pub const ATTACH: &[Param] = &[
    Param::required("customer", ParamKind::Text(100)),
    listing::EXPAND,
];
/// Parameters of changing a payment method.
pub const UPDATE: &[Param] = &[
    Param::new(
        "allow_redisplay",
        ParamKind::Word(&["always", "limited", "unspecified"]),
    ),
    Param::new("billing_details", ParamKind::Map(BILLING)),
    Param::new(
        "card",
        ParamKind::Map(&[
            Param::new("exp_month", ParamKind::Integer(1)),
            Param::new("exp_year", ParamKind::Integer(2000)),
        ]),
    ),
    listing::EXPAND,
    Param::emptyable("metadata", ParamKind::Metadata),
];
/// Parameters of listing payment methods.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::EXPAND,
    Param::new("customer", ParamKind::Text(100)),
    Param::new("type", ParamKind::Word(&["card"])),
];
/// Details of the card's owner.
pub const BILLING: &[Param] = &[
    Param::emptyable("address", ParamKind::Map(customers::ADDRESS)),
    Param::emptyable("email", ParamKind::Text(512)),
    Param::emptyable("name", ParamKind::Text(500)),
    Param::emptyable("phone", ParamKind::Text(50)),
    Param::emptyable("tax_id", ParamKind::Text(100)),
];

/// `billing_details` as they are shown, every field there.
pub fn billing(given: Option<&Map<String, Value>>) -> Value {
    let part = |map: Option<&Map<String, Value>>, name: &str| {
        let value = map
            .and_then(|map| map.get(name))
            .cloned()
            .unwrap_or(Value::Null);
        if value.as_str() == Some("") {
            Value::Null
        } else {
            value
        }
    };
    let address = given
        .and_then(|given| given.get("address"))
        .and_then(Value::as_object);
    json!({
        "address": address_of(address),
        "email": part(given, "email"),
        "name": part(given, "name"),
        "phone": part(given, "phone"),
        "tax_id": part(given, "tax_id"),
    })
}

/// Behaviour of the card of a method.
pub fn card(method: &PaymentMethod) -> &'static Card {
    cards::numbered(&method.number)
}

/// The test card that a name stands for.
///
/// # Errors
///
/// 400 for names that Stripe does not have, and for all of them in live mode.
pub fn test_card(work: &Work<'_>, name: &str, param: &str) -> Result<&'static Card, Refusal> {
    cards::named(name)
        .filter(|_| !work.account.live)
        .ok_or_else(|| Refusal::missing("PaymentMethod", name, param))
}

/// A payment method of a test card.
pub fn of_test_card(work: &mut Work<'_>, card: &Card) -> PaymentMethod {
    let id = work.books.id("pm");
    PaymentMethod {
        id,
        created: work.now,
        customer: None,
        number: card.number.to_owned(),
        exp_month: 12,
        exp_year: 2034,
        billing: billing(None),
        metadata: Map::new(),
        allow_redisplay: "unspecified".to_owned(),
        set_up: false,
        consumed: false,
        seen: false,
    }
}

/// The payment method that a token becomes.
pub fn of_token(work: &mut Work<'_>, token: &ConfirmationToken) -> PaymentMethod {
    let method = of_test_card(work, cards::numbered(&token.number));
    PaymentMethod {
        number: token.number.clone(),
        exp_month: token.exp_month,
        exp_year: token.exp_year,
        billing: token.billing.clone(),
        ..method
    }
}

/// The payment method that a parameter names: one that is there, or a new one of a test card.
///
/// # Errors
///
/// 400 if there is none.
pub fn named(work: &mut Work<'_>, name: &str, param: &str) -> Result<PaymentMethod, Refusal> {
    if let Some(method) = work.books.methods.get(name) {
        return Ok(method.clone());
    }
    let card = test_card(work, name, param)?;
    let method = of_test_card(work, card);
    work.books.methods.put(method.clone());
    Ok(method)
}

/// Checks that a payment method may serve a customer.
///
/// # Errors
///
/// 400 for one that belongs to somebody else, and for one that was used or detached before.
pub fn usable(method: &PaymentMethod, customer: Option<&str>) -> Result<(), Refusal> {
    let id = &method.id;
    match (method.customer.as_deref(), customer) {
        (Some(owner), Some(customer)) if owner == customer => Ok(()),
        (Some(_), None) => Err(Refusal::invalid(format!(
            "The PaymentMethod {id} belongs to a Customer. Please include the Customer in the `customer` parameter on \
             the PaymentIntent."
        ))
        .param("payment_method")),
        (Some(_), Some(_)) => Err(Refusal::invalid(format!(
            "The customer does not have a payment method with the ID {id}. The payment method must be attached to the \
             customer."
        ))
        .param("payment_method")),
        (None, _) if method.consumed => Err(consumed()),
        (None, _) => Ok(()),
    }
}

fn consumed() -> Refusal {
    Refusal::invalid(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with \
         a connected account without Customer attachment, or was detached from a Customer. It may not be used again. \
         To use a PaymentMethod multiple times, you must attach it to a Customer first.",
    )
    .param("payment_method")
}

/// Shows a payment method.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("PaymentMethod", call.id)
}

/// Changes a payment method.
pub fn update(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let mut method = found(work, call.id)?;
    if method.customer.is_none() {
        return Err(Refusal::invalid(
            "You must save this PaymentMethod to a customer before you can update it.",
        ));
    }
    apply(&mut method, call.params);
    work.books.methods.put(method);
    work.emit_for("payment_method.updated", call.id);
    work.answer("PaymentMethod", call.id)
}

fn apply(method: &mut PaymentMethod, params: &Params) {
    method.metadata = merged(std::mem::take(&mut method.metadata), params);
    if let Some(details) = params.map("billing_details") {
        method.billing = billing(Some(details));
    }
    if let Some(word) = params.text("allow_redisplay") {
        word.clone_into(&mut method.allow_redisplay);
    }
    let card = params.map("card");
    let number = |name: &str| card.and_then(|card| card.get(name)).and_then(Value::as_i64);
    method.exp_month = number("exp_month").unwrap_or(method.exp_month);
    method.exp_year = number("exp_year").unwrap_or(method.exp_year);
}

/// Lists the payment methods of a customer.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let customer = customers::named(work, call.params)?;
    listing::page(
        work,
        call,
        "PaymentMethod",
        work.books.methods.all(),
        |row| row.customer.is_some() && (customer.is_none() || row.customer == customer),
    )
}

/// Gives a payment method to a customer.
pub fn attach(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let customer = customers::named(work, call.params)?;
    let mut method = match work.books.methods.get(call.id) {
        Some(method) => method.clone(),
        None => {
            let card =
                test_card(work, call.id, "id").map_err(|_| not_found("PaymentMethod", call.id))?;
            of_test_card(work, card)
        }
    };
    if method.consumed {
        return Err(consumed());
    }
    if method.customer.is_some() && method.customer != customer {
        return Err(Refusal::invalid(
            "The payment method you provided has already been attached to a customer.",
        ));
    }
    if let Some(decline) = card(&method).decline.filter(|decline| decline.when_kept) {
        return Err(decline.refusal());
    }
    method.customer = customer;
    method.seen = true;
    let id = method.id.clone();
    work.books.methods.put(method);
    work.emit_for("payment_method.attached", &id);
    work.answer("PaymentMethod", &id)
}

/// Takes a payment method from its customer, for good.
pub fn detach(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let method = found(work, call.id)?;
    if method.customer.is_none() {
        return Err(Refusal::invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
        ));
    }
    customers::detach(work, call.id);
    work.answer("PaymentMethod", call.id)
}

/// The card's bank sends new dates, or a new number: Stripe updates the method by itself.
pub fn update_by_bank(
    work: &mut Work<'_>,
    id: &str,
    month: i64,
    year: i64,
    number: Option<String>,
) -> ObjectResult {
    let method = found(work, id)?;
    let previous =
        json!({ "card": { "exp_month": method.exp_month, "exp_year": method.exp_year } });
    work.books.methods.change(id, |method| {
        method.exp_month = month;
        method.exp_year = year;
        if let Some(number) = number {
            method.number = number;
        }
    });
    let object = work.answer("PaymentMethod", id)?;
    work.emit_change(
        "payment_method.automatically_updated",
        object.clone(),
        Some(previous),
    );
    Ok(object)
}

fn found(work: &Work<'_>, id: &str) -> Result<PaymentMethod, Refusal> {
    work.books
        .methods
        .get(id)
        .cloned()
        .ok_or_else(|| not_found("PaymentMethod", id))
}
