//! Confirmation tokens: what the page's script makes of a card, for one confirmation.

use serde_json::{Map, Value};

use super::{
    Call, ObjectResult, Work, customers, listing,
    methods::{self, BILLING},
};
use crate::{
    books::ConfirmationToken,
    cards,
    error::Refusal,
    params::{Param, ParamKind},
    views::address_of,
};

/// Seconds that a token is good for: twelve hours.
const LIFE: i64 = 12 * 3600;

const USAGE: ParamKind = ParamKind::Word(&["off_session", "on_session"]);
const SHIPPING: ParamKind = ParamKind::Map(&[
    Param::required("address", ParamKind::Map(customers::ADDRESS)),
    Param::required("name", ParamKind::Text(500)),
    Param::emptyable("phone", ParamKind::Text(50)),
]);

/// Parameters of the test helper.
pub const HELPER: &[Param] = &[
    listing::EXPAND,
    Param::new("payment_method", ParamKind::Text(100)),
    Param::new("payment_method_data", ParamKind::NotDone),
    Param::new("payment_method_options", ParamKind::NotDone),
    Param::new("return_url", ParamKind::Text(2_048)),
    Param::new("setup_future_usage", USAGE),
    Param::new("shipping", SHIPPING),
];

/// Parameters of what the script sends, which Stripe does not publish.
pub const SCRIPT: &[Param] = &[
    Param::required(
        "payment_method_data",
        ParamKind::Map(&[
            Param::required("type", ParamKind::Word(&["card"])),
            Param::required(
                "card",
                ParamKind::Map(&[
                    Param::required("number", ParamKind::Text(40)),
                    Param::required("exp_month", ParamKind::Integer(0)),
                    Param::required("exp_year", ParamKind::Integer(0)),
                    Param::required("cvc", ParamKind::Text(4)),
                ]),
            ),
            Param::new("billing_details", ParamKind::Map(BILLING)),
        ]),
    ),
    Param::new("return_url", ParamKind::Text(2_048)),
    Param::new("setup_future_usage", USAGE),
    Param::new("shipping", SHIPPING),
];

/// Makes a token of a test card, without a browser.
pub fn create_by_helper(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let name = call.params.text("payment_method").unwrap_or("pm_card_visa");
    let (number, exp_month, exp_year, billing) = match work.books.methods.get(name) {
        Some(method) => (
            method.number.clone(),
            method.exp_month,
            method.exp_year,
            method.billing.clone(),
        ),
        None => {
            let card = methods::test_card(work, name, "payment_method")?;
            (card.number.to_owned(), 12, 2034, methods::billing(None))
        }
    };
    create(
        work,
        call,
        Typed {
            number,
            exp_month,
            exp_year,
            billing,
        },
    )
}

/// Makes a token of what a buyer typed.
pub fn create_by_script(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let data = call
        .params
        .map("payment_method_data")
        .cloned()
        .unwrap_or_default();
    let card = data
        .get("card")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let number: String = card
        .get("number")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let part = |name: &str| card.get(name).and_then(Value::as_i64).unwrap_or_default();
    let (exp_month, year) = (part("exp_month"), part("exp_year"));
    let exp_year = if year < 100 { year + 2_000 } else { year };
    cards::typed(&number, exp_month, exp_year, work.now)?;
    let cvc = card.get("cvc").and_then(Value::as_str).unwrap_or_default();
    if cvc.len() < 3 || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(
            Refusal::card("invalid_cvc", "Your card's security code is invalid.").param("cvc"),
        );
    }
    let billing = methods::billing(data.get("billing_details").and_then(Value::as_object));
    create(
        work,
        call,
        Typed {
            number,
            exp_month,
            exp_year,
            billing,
        },
    )
}

struct Typed {
    number: String,
    exp_month: i64,
    exp_year: i64,
    billing: Value,
}

fn create(work: &mut Work<'_>, call: &Call<'_>, typed: Typed) -> ObjectResult {
    let id = work.books.id("ctoken");
    work.books.tokens.put(ConfirmationToken {
        id: id.clone(),
        created: work.now,
        expires_at: work.now + LIFE,
        number: typed.number,
        exp_month: typed.exp_month,
        exp_year: typed.exp_year,
        billing: typed.billing,
        setup_future_usage: call.params.owned("setup_future_usage"),
        return_url: call.params.owned("return_url"),
        shipping: call.params.map("shipping").map(shipping),
        used_by: None,
    });
    work.answer("confirmation token", &id)
}

/// Where something is sent, every field there.
pub fn shipping(given: &Map<String, Value>) -> Value {
    let part = |name: &str| given.get(name).cloned().unwrap_or(Value::Null);
    serde_json::json!({
        "address": address_of(given.get("address").and_then(Value::as_object)),
        "name": part("name"),
        "phone": part("phone"),
    })
}

/// Shows a token.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    work.answer("confirmation token", call.id)
}

/// The token that a confirmation names, which must be good for it.
///
/// # Errors
///
/// 400 for one that is not there, was used or has expired.
pub fn named(work: &Work<'_>, id: &str) -> Result<ConfirmationToken, Refusal> {
    let token = work
        .books
        .tokens
        .get(id)
        .ok_or_else(|| Refusal::missing("confirmation token", id, "confirmation_token"))?;
    if token.used_by.is_some() {
        return Err(Refusal::invalid(format!(
            "The ConfirmationToken {id} has already been used to confirm a PaymentIntent or SetupIntent. A \
             ConfirmationToken can be used only once."
        ))
        .param("confirmation_token"));
    }
    if token.expires_at <= work.now {
        return Err(
            Refusal::invalid(format!("The ConfirmationToken {id} has expired."))
                .param("confirmation_token"),
        );
    }
    Ok(token.clone())
}
