//! Problems in the buyer's words: problems by their kind and place, other errors by their name. The words of the
//! API are for programmers, and English.

use till_core::checkout::{Session, totals};
use till_ports::processor::sandbox::CardErrorCode;
use till_wire::{
    custom_fields::CustomFieldKind,
    input::{Problem, Step},
};

use super::{
    fields::{Field, FieldErrors},
    fill,
    view::PageContext,
};
use crate::error::ApiError;

/// Puts an API error's problems at the page's fields.
pub(super) fn place_problems(
    error: &ApiError,
    session: &Session,
    page_context: PageContext,
    errors: &mut FieldErrors,
) {
    // Which tax is due may depend on the part that is missing.
    let incomplete = error.problems().iter().any(is_of_address_part);
    let untold = |one: &Problem| tells_total(one) || incomplete && is_of_whole_address(one);
    for problem in error.problems().iter().filter(|one| !untold(one)) {
        add_problem(problem, session, page_context, errors);
    }
    match error.name() {
        "DiscountRedemptionLimitReached" => {
            errors.add(Field::Discount, page_context.say("error-discount-limit"));
        }
        "TooManyDiscountCodes" => errors.add(Field::Discount, page_context.say("too-many-codes")),
        _ => {}
    }
}

/// True where a problem says that the total has changed: said of the page as a whole.
fn tells_total(problem: &Problem) -> bool {
    let ctx = problem.ctx.as_ref();
    ctx.is_some_and(|ctx| ctx.get("total_amount").is_some())
}

/// True where a problem is about the address.
fn is_of_address(problem: &Problem) -> bool {
    matches!(problem.loc.get(1), Some(Step::Key(key)) if *key == "customer_billing_address")
}

/// True where a problem is about a part of the address besides its country.
fn is_of_address_part(problem: &Problem) -> bool {
    let part = problem.loc.get(2);
    is_of_address(problem) && matches!(part, Some(Step::Key(part)) if *part != "country")
}

/// True where the address has all its parts, and is wrong all the same.
fn is_of_whole_address(problem: &Problem) -> bool {
    is_of_address(problem) && problem.loc.len() == 2 && problem.kind == "value_error"
}

/// Puts a problem at its field, where the page has it.
pub(super) fn add_problem(
    problem: &Problem,
    session: &Session,
    page_context: PageContext,
    errors: &mut FieldErrors,
) {
    let loc: Vec<&str> = problem
        .loc
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_ref()),
            Step::Index(_) => None,
        })
        .collect();
    let field = match loc[..] {
        ["body", "custom_field_data", slug] => {
            errors.add_answer(slug, answer(slug, problem, session, page_context));
            return;
        }
        // Said of the whole address: a state of another country when it was read, else missing parts, else that
        // no tax can be worked out for it.
        ["body", "customer_billing_address"] if problem.kind == "value_error" => {
            if problem.ctx.is_some() {
                Some(Field::State)
            } else if lacks_street(session) {
                Some(Field::Line1)
            } else {
                errors.add(Field::Country, page_context.say("error-address-tax"));
                return;
            }
        }
        ["body", "discount_id"] => {
            errors.add(Field::Discount, page_context.say("error-discount-ended"));
            return;
        }
        _ => Field::from_loc(&loc),
    };
    if let Some(field) = field {
        errors.add(field, field_error(field, problem, session, page_context));
    }
}

fn lacks_street(session: &Session) -> bool {
    let row = &session.checkout;
    let address = row.buyer.customer_billing_address.as_ref();
    totals::needs_full_address(row) && !address.is_some_and(|a| a.has_street_part())
}

/// The error of an answer to a custom field.
fn answer(slug: &str, problem: &Problem, session: &Session, page_context: PageContext) -> String {
    let custom_fields = session.selected().custom_fields();
    let field = custom_fields.iter().find(|one| one.field.slug == slug);
    let Some(takes) = field.map(|one| one.field.takes()) else {
        return page_context.say("error-field").into_owned();
    };
    let count = |id: &str, bound: Option<i64>| {
        page_context.with(id, [("count", bound.unwrap_or(1).into())])
    };
    let number = |n: i64| super::money::number(n, page_context.locale);
    let day = |seconds: i64| {
        let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        super::money::date(moment, page_context.locale)
    };
    let empty = problem.kind == "missing" || problem.input.is_null();
    let id = match (&takes, &*problem.kind) {
        (CustomFieldKind::Checkbox(_), _) => "error-answer-tick",
        _ if empty => "error-answer-missing",
        (CustomFieldKind::Text(text), "string_too_short") => {
            return count("error-answer-short", text.min_length);
        }
        (CustomFieldKind::Text(text), "string_too_long") => {
            return count("error-answer-long", text.max_length);
        }
        (CustomFieldKind::Number(bounds), "greater_than_equal") => {
            let least = number(bounds.ge.unwrap_or(i64::from(i32::MIN)));
            return page_context.with("error-answer-at-least", [("least", least.into())]);
        }
        (CustomFieldKind::Number(bounds), "less_than_equal") => {
            let most = number(bounds.le.unwrap_or(i64::from(i32::MAX)));
            return page_context.with("error-answer-at-most", [("most", most.into())]);
        }
        (CustomFieldKind::Date(bounds), "greater_than_equal") => {
            let date = day(bounds.ge.unwrap_or_default());
            return page_context.with("error-answer-from", [("date", date.into())]);
        }
        (CustomFieldKind::Date(bounds), "less_than_equal") => {
            let date = day(bounds.le.unwrap_or_default());
            return page_context.with("error-answer-until", [("date", date.into())]);
        }
        (CustomFieldKind::Number(_), _) => "error-answer-number",
        (CustomFieldKind::Date(_), _) => "error-answer-date",
        (CustomFieldKind::Select(_), _) => "error-answer-choice",
        (CustomFieldKind::Text(_), _) => "error-field",
    };
    page_context.say(id).into_owned()
}

/// The error of a field, for the person at the page.
fn field_error(
    field: Field,
    problem: &Problem,
    session: &Session,
    page_context: PageContext,
) -> String {
    let missing = problem.kind == "missing";
    let bound = matches!(
        &*problem.kind,
        "greater_than_equal" | "less_than_equal" | "invalid_amount"
    );
    let id = match field {
        Field::Product => "error-product",
        Field::Amount if bound => match fill::amount_bounds(session, page_context.locale) {
            Some(bounds) => return bounds,
            None => "error-field",
        },
        Field::Amount => return amount_unread(session, page_context),
        Field::Seats if bound => match fill::seats_bounds(session, page_context.locale) {
            Some(bounds) => return bounds,
            None => "error-seats",
        },
        Field::Seats => "error-seats",
        Field::Discount => "error-discount",
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
    page_context.say(id).into_owned()
}

/// The error of a text that is no amount.
pub(super) fn amount_unread(session: &Session, page_context: PageContext) -> String {
    let decimals = session.checkout.terms.currency.decimals();
    let ten = 10 * 10_i64.pow(u32::from(decimals));
    let example = super::money::editable_in(ten, decimals, page_context.locale);
    page_context.with("error-amount", [("example", example.into())])
}

/// The error of a card field.
pub(in crate::pages) fn card_error(code: CardErrorCode) -> &'static str {
    match code {
        CardErrorCode::NoNumber => "error-card-number-missing",
        CardErrorCode::NotANumber => "error-card-number",
        CardErrorCode::NotATestCard => "error-card-real",
        CardErrorCode::Expiry => "error-card-expiry",
        CardErrorCode::Expired => "error-card-expired",
        CardErrorCode::Cvc => "error-card-cvc",
        CardErrorCode::CvcOnFront => "error-card-cvc-front",
    }
}

/// The message for why the bank said no. Lost and stolen cards read like any other: whoever holds one must not learn
/// why it fails.
pub(in crate::pages) fn declined(reason: Option<&str>) -> &'static str {
    match reason.unwrap_or_default() {
        "insufficient_funds" | "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => {
            "declined-funds"
        }
        "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => "declined-expired",
        "incorrect_cvc" | "invalid_cvc" => "declined-cvc",
        "incorrect_number" | "invalid_number" | "invalid_account" => "declined-number",
        "card_not_supported" | "currency_not_supported" => "declined-unsupported",
        "processing_error"
        | "issuer_not_available"
        | "reenter_transaction"
        | "try_again_later"
        | "processor_unreachable"
        | "invalid_request"
        | "amount_too_large" => "declined-processing",
        "authentication_required"
        | "authentication_not_handled"
        | "offline_pin_required"
        | "payment_intent_authentication_failure"
        | "setup_intent_authentication_failure" => "declined-approval",
        "abandoned" => "declined-unfinished",
        _ => "declined",
    }
}

/// The message for an error that belongs to no field; `decline` is the reason of the last attempt.
pub(in crate::pages) fn page_error(error: &ApiError, decline: Option<&str>) -> &'static str {
    match error.name() {
        "PaymentError" => declined(decline),
        _ if error.problems().iter().any(tells_total) => "total-changed",
        "CheckoutLocked" | "PaymentAlreadyInProgress" => "in-flight",
        "AlreadyActiveSubscriptionError" => "already-subscribed",
        "PaymentNotReady" => "not-ready",
        "TrialAlreadyRedeemed" => "trial-used",
        "DiscountRedemptionLimitReached" => "error-discount-limit",
        "TooManyRequests" => "too-often",
        "TooManyDeclines" => "too-many-declines",
        "InternalServerError" => "our-fault",
        _ => "other-error",
    }
}

#[cfg(test)]
mod tests {
    use super::declined;

    #[test]
    fn a_lost_or_stolen_card_reads_like_any_other_that_is_declined() {
        for reason in [
            "lost_card",
            "stolen_card",
            "fraudulent",
            "pickup_card",
            "merchant_blacklist",
            "security_violation",
            "a_reason_of_tomorrow",
        ] {
            assert_eq!(declined(Some(reason)), "declined", "{reason}");
        }
        assert_eq!(declined(None), "declined");
    }

    #[test]
    fn a_buyer_learns_what_they_can_mend() {
        for (reason, words) in [
            ("insufficient_funds", "declined-funds"),
            ("expired_card", "declined-expired"),
            ("incorrect_cvc", "declined-cvc"),
            ("incorrect_number", "declined-number"),
            ("card_not_supported", "declined-unsupported"),
            ("try_again_later", "declined-processing"),
            ("payment_intent_authentication_failure", "declined-approval"),
            ("abandoned", "declined-unfinished"),
        ] {
            assert_eq!(declined(Some(reason)), words);
        }
    }
}
