//! What is wrong, in the buyer's words: problems by their kind and place, other errors by their name. The words of the
//! API are for programmers, and English.

use till_core::checkout::Session;
use till_ports::sandbox::CardFault;
use till_wire::input::{Problem, Step};

use super::{
    fields::{Field, FieldErrors},
    filled,
    view::Look,
};
use crate::error::ApiError;

/// Puts an API error's problems at the page's fields.
pub(super) fn place(error: &ApiError, session: &Session, look: Look, errors: &mut FieldErrors) {
    for problem in error.problems() {
        note(problem, session, look, errors);
    }
}

/// Puts a problem at its field, where the page has it.
pub(super) fn note(problem: &Problem, session: &Session, look: Look, errors: &mut FieldErrors) {
    let loc: Vec<&str> = problem
        .loc
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_ref()),
            Step::Index(_) => None,
        })
        .collect();
    let field = match loc[..] {
        // Said of the whole address: a state of another country when it was read, else missing parts.
        ["body", "customer_billing_address"] if problem.kind == "value_error" => {
            Some(if problem.ctx.is_some() {
                Field::State
            } else {
                Field::Line1
            })
        }
        _ => Field::from_loc(&loc),
    };
    if let Some(field) = field {
        errors.add(field, at_field(field, problem, session, look));
    }
}

/// What is wrong with a field, for the person at the page.
fn at_field(field: Field, problem: &Problem, session: &Session, look: Look) -> String {
    let missing = problem.kind == "missing";
    let bound = matches!(
        &*problem.kind,
        "greater_than_equal" | "less_than_equal" | "invalid_amount"
    );
    let id = match field {
        Field::Product => "error-product",
        Field::Amount if bound => match filled::amount_bounds(session, look.locale) {
            Some(bounds) => return bounds,
            None => "error-field",
        },
        Field::Amount => return amount_unread(session, look),
        Field::Email if missing => "error-email-missing",
        Field::Email => "error-email",
        Field::CardNumber => "error-card-number-missing",
        Field::Country if missing => "error-country",
        Field::Line1 => "error-line1",
        Field::City => "error-city",
        Field::State => "error-state",
        Field::PostalCode => "error-postal-code",
        Field::BillingName => "error-business-name",
        Field::TaxId => "error-tax-id",
        _ => "error-field",
    };
    look.say(id).into_owned()
}

/// What is typed is no amount.
pub(super) fn amount_unread(session: &Session, look: Look) -> String {
    let decimals = session.checkout.currency.decimals();
    let ten = 10 * 10_i64.pow(u32::from(decimals));
    let example = super::money::editable_in(ten, decimals, look.locale);
    look.with("error-amount", [("example", example.into())])
}

/// What is wrong with a card field.
pub(super) fn at_card(fault: CardFault) -> &'static str {
    match fault {
        CardFault::NoNumber => "error-card-number-missing",
        CardFault::NotANumber => "error-card-number",
        CardFault::NotATestCard => "error-card-real",
        CardFault::Expiry => "error-card-expiry",
        CardFault::Expired => "error-card-expired",
        CardFault::Cvc => "error-card-cvc",
        CardFault::CvcOnFront => "error-card-cvc-front",
    }
}

/// The message for why the bank said no. Lost and stolen cards read like any other: whoever holds one must not learn
/// why it fails.
pub(super) fn declined(reason: Option<&str>) -> &'static str {
    match reason {
        Some("insufficient_funds") => "declined-funds",
        Some("expired_card") => "declined-expired",
        Some("incorrect_cvc") => "declined-cvc",
        Some("processing_error" | "processor_unreachable" | "invalid_request") => {
            "declined-processing"
        }
        Some("authentication_required") => "declined-approval",
        _ => "declined",
    }
}

/// The message for an error that belongs to no field; `decline` is the reason of the last attempt.
pub(super) fn whole(error: &ApiError, decline: Option<&str>) -> &'static str {
    match error.name() {
        "PaymentError" => declined(decline),
        "CheckoutLocked" => "in-flight",
        "AlreadyActiveSubscriptionError" => "already-subscribed",
        "PaymentNotReady" => "not-ready",
        "TrialAlreadyRedeemed" => "trial-used",
        "DiscountRedemptionLimitReached" => "error-discount-limit",
        "InternalServerError" => "our-fault",
        _ => "other-error",
    }
}
