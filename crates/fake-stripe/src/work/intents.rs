//! Payment intents.

pub mod params;

use serde_json::{Map, Value};

use super::{
    Call, ObjectResult, Work,
    charging::{self, CardResponse, ConfirmationSource},
    customers, listing, merged, methods, not_found, refunds,
};
use crate::{
    books::{Challenge, PaymentIntent},
    descriptor,
    error::Refusal,
    money,
    params::Params,
};

/// Makes an intent, and confirms it if asked to.
pub fn create(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let params = call.params;
    let confirms = params.is("confirm");
    if !confirms {
        only_when_confirming(params)?;
    }
    let intent = new(work, params)?;
    let customer = intent.customer.clone();
    let source = charging::confirmation_source(work, params, None, customer.as_deref())?;
    if confirms {
        confirmable(&intent, source.as_ref(), params)?;
    }
    let id = intent.id.clone();
    work.books.intents.put(intent);
    work.emit_for("payment_intent.created", &id);
    match source {
        Some(source) if confirms => confirm_with(work, &id, source, params),
        Some(source) => {
            charging::take(work, &source, &id);
            work.books.intents.change(&id, |intent| {
                intent.method = Some(source.method.id.clone());
                "requires_confirmation".clone_into(&mut intent.status);
            });
            work.answer("payment_intent", &id)
        }
        None => work.answer("payment_intent", &id),
    }
}

/// An intent of the parameters, not yet in the books.
fn new(work: &mut Work<'_>, params: &Params) -> Result<PaymentIntent, Refusal> {
    let amount = params.integer("amount").unwrap_or_default();
    let currency = params
        .text("currency")
        .unwrap_or_default()
        .to_ascii_lowercase();
    money::chargeable(amount, &currency)?;
    if params.has("statement_descriptor") {
        return Err(Refusal::invalid(
            "The `statement_descriptor` parameter is not supported for `card` payments. Use \
             `statement_descriptor_suffix` instead.",
        )
        .code("payment_intent_invalid_parameter")
        .param("statement_descriptor"));
    }
    if let Some(suffix) = params.text("statement_descriptor_suffix") {
        descriptor::check(&work.account.prefix, suffix)?;
    }
    let customer = customers::named(work, params)?;
    let automatic = charging::automatic(params)?;
    let id = work.books.id("pi");
    let secret = work.books.id("secret");
    Ok(PaymentIntent {
        client_secret: format!("{id}_{secret}"),
        id,
        created: work.now,
        amount,
        currency,
        status: "requires_payment_method".to_owned(),
        customer,
        description: params.owned("description"),
        metadata: merged(Map::new(), params),
        allowed: params.texts("allowed_payment_method_types"),
        automatic,
        capture_method: params
            .owned("capture_method")
            .unwrap_or_else(|| "automatic_async".to_owned()),
        setup_future_usage: params.owned("setup_future_usage"),
        method: None,
        latest_charge: None,
        last_error: None,
        receipt_email: params.owned("receipt_email"),
        shipping: params.map("shipping").map(super::tokens::shipping),
        suffix: params.owned("statement_descriptor_suffix"),
        transfer_group: params.owned("transfer_group"),
        request_three_d_secure: charging::three_d_secure(params),
        canceled_at: None,
        cancellation_reason: None,
        challenge: None,
        due: None,
    })
}

/// Parameters that need `confirm=true` beside them.
fn only_when_confirming(params: &Params) -> Result<(), Refusal> {
    for name in [
        "off_session",
        "return_url",
        "confirmation_token",
        "error_on_requires_action",
        "mandate_data",
    ] {
        if params.has(name) {
            return Err(Refusal::invalid(format!(
                "The parameter `{name}` cannot be passed when creating a PaymentIntent unless `confirm` is set to true."
            ))
            .param(name));
        }
    }
    Ok(())
}

/// Checks that the intent can be confirmed with this source.
fn confirmable(
    intent: &PaymentIntent,
    source: Option<&ConfirmationSource>,
    params: &Params,
) -> Result<(), Refusal> {
    let Some(source) = source else {
        return Err(Refusal::invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the \
             PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a \
             payment method or ConfirmationToken.",
        )
        .code("payment_intent_unexpected_state"));
    };
    charging::fits(source, intent.allowed.as_ref(), intent.automatic.as_deref())?;
    let usage = usage(intent, params);
    if source.token.is_some() && source.usage != usage {
        let words = |usage: &Option<String>| usage.clone().unwrap_or_else(|| "none".to_owned());
        return Err(Refusal::invalid(format!(
            "The `setup_future_usage` of the ConfirmationToken ({}) does not match the `setup_future_usage` of the \
             PaymentIntent ({}).",
            words(&source.usage),
            words(&usage)
        ))
        .param("confirmation_token"));
    }
    if params.is("off_session") && usage.is_some() {
        return Err(Refusal::invalid(
            "You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the \
             PaymentIntent because you cannot set up future usages when processing payments off-session.",
        )
        .param("off_session"));
    }
    Ok(())
}

/// Use for which the method is kept: what the confirmation says, or the intent.
fn usage(intent: &PaymentIntent, params: &Params) -> Option<String> {
    if params.has("setup_future_usage") {
        params.owned("setup_future_usage")
    } else {
        intent.setup_future_usage.clone()
    }
}

/// Confirms an intent.
pub fn confirm(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let intent = found(work, call.id)?;
    match intent.status.as_str() {
        "requires_payment_method" | "requires_confirmation" | "requires_action" => {}
        "succeeded" => {
            return Err(unexpected(
                work,
                &intent,
                "You cannot confirm this PaymentIntent because it has already succeeded after being previously \
                 confirmed."
                    .to_owned(),
            ));
        }
        status => {
            return Err(unexpected(
                work,
                &intent,
                format!(
                    "You cannot confirm this PaymentIntent because it has a status of {status}. Only a PaymentIntent \
                     with one of the following statuses may be confirmed: requires_confirmation, requires_action."
                ),
            ));
        }
    }
    let source = charging::confirmation_source(
        work,
        call.params,
        intent.method.as_deref(),
        intent.customer.as_deref(),
    )?;
    confirmable(&intent, source.as_ref(), call.params)?;
    match source {
        Some(source) => confirm_with(work, call.id, source, call.params),
        None => work.answer("payment_intent", call.id),
    }
}

/// Asks the card.
fn confirm_with(
    work: &mut Work<'_>,
    id: &str,
    source: ConfirmationSource,
    params: &Params,
) -> ObjectResult {
    let mut intent = found(work, id)?;
    charging::take(work, &source, id);
    intent.setup_future_usage = usage(&intent, params);
    intent.method = Some(source.method.id.clone());
    intent.last_error = None;
    intent.challenge = None;
    intent.request_three_d_secure =
        charging::three_d_secure(params).or(intent.request_three_d_secure);
    if let Some(email) = params.owned("receipt_email") {
        intent.receipt_email = Some(email);
    }
    let shipping = params
        .map("shipping")
        .map(super::tokens::shipping)
        .or_else(|| source.shipping.clone());
    intent.shipping = shipping.or(intent.shipping);
    let card = methods::card(&source.method);
    let off_session = params.is("off_session");
    let said = charging::authorize(
        card,
        &source.method,
        off_session,
        intent.request_three_d_secure.as_deref(),
    );
    if work.processing && charging::is_final(&said, card) {
        return processing(work, intent);
    }
    match said {
        CardResponse::NeedsAuthentication if params.is("error_on_requires_action") => {
            let refusal = Refusal::card(
                "authentication_required",
                "Your card was declined. This transaction requires authentication.",
            )
            .with("decline_code", "authentication_required");
            declined(work, intent, &source.method.id, refusal, false)
        }
        CardResponse::NeedsAuthentication => {
            "requires_action".clone_into(&mut intent.status);
            intent.challenge = Some(charging::challenge(work, &source));
            work.books.intents.put(intent);
            work.emit_for("payment_intent.requires_action", id);
            work.answer("payment_intent", id)
        }
        CardResponse::Declined(refusal) => {
            declined(work, intent, &source.method.id, refusal, false)
        }
        CardResponse::Approved => paid(work, intent, &source.method.id, false),
    }
}

/// The card's bank takes its time.
fn processing(work: &mut Work<'_>, mut intent: PaymentIntent) -> ObjectResult {
    let id = intent.id.clone();
    "processing".clone_into(&mut intent.status);
    intent.due = Some(work.now + refunds::SETTLES_AFTER);
    work.books.intents.put(intent);
    work.emit_for("payment_intent.processing", &id);
    work.answer("payment_intent", &id)
}

/// Ends the payments whose bank has taken its time.
pub fn settle(work: &mut Work<'_>) {
    let due = |intent: &&PaymentIntent| intent.due.is_some_and(|due| due <= work.now);
    let due: Vec<PaymentIntent> = work
        .books
        .intents
        .all()
        .iter()
        .filter(due)
        .cloned()
        .collect();
    for mut intent in due {
        intent.due = None;
        let method = intent.method.clone().unwrap_or_default();
        let card = work.books.methods.get(&method).map(methods::card);
        // Whatever it says is in the intent.
        let _ = match card.map(charging::authorize_authenticated) {
            Some(CardResponse::Declined(refusal)) => {
                declined(work, intent, &method, refusal, false)
            }
            _ => paid(work, intent, &method, false),
        };
    }
}

/// The card has paid.
pub fn paid(
    work: &mut Work<'_>,
    mut intent: PaymentIntent,
    method: &str,
    authenticated: bool,
) -> ObjectResult {
    let id = intent.id.clone();
    let keeps = intent.setup_future_usage.is_some();
    charging::keep(work, method, intent.customer.as_deref(), keeps);
    let charge = charging::charge(work, &intent, method, authenticated, None);
    "succeeded".clone_into(&mut intent.status);
    intent.latest_charge = Some(charge.clone());
    intent.challenge = None;
    work.books.intents.put(intent);
    work.emit_for("charge.succeeded", &charge);
    work.emit_for("payment_intent.succeeded", &id);
    if let Some(method) = work.books.methods.get(method) {
        charging::afterwards(work, methods::card(method), &charge);
    }
    work.answer("payment_intent", &id)
}

/// The card has declined: the intent waits for another one.
pub fn declined(
    work: &mut Work<'_>,
    mut intent: PaymentIntent,
    method: &str,
    refusal: Refusal,
    authenticated: bool,
) -> ObjectResult {
    let id = intent.id.clone();
    let charge = charging::charge(work, &intent, method, authenticated, Some(&refusal));
    intent.latest_charge = Some(charge.clone());
    failed(work, intent, method, &refusal, Some(&charge));
    work.emit_for("charge.failed", &charge);
    work.emit_for("payment_intent.payment_failed", &id);
    let error = work
        .books
        .intents
        .get(&id)
        .and_then(|intent| intent.last_error.clone())
        .unwrap_or_default();
    Err(charging::refused(
        work,
        refusal,
        error,
        "payment_intent",
        &id,
    ))
}

/// The intent waits for another method, and says why.
fn failed(
    work: &mut Work<'_>,
    mut intent: PaymentIntent,
    method: &str,
    refusal: &Refusal,
    charge: Option<&str>,
) {
    "requires_payment_method".clone_into(&mut intent.status);
    intent.method = None;
    intent.challenge = None;
    intent.last_error = Some(charging::kept_error(work, refusal, method, charge));
    work.books.intents.put(intent);
}

/// The card's holder has refused.
pub fn refused_by_holder(work: &mut Work<'_>, intent: PaymentIntent, method: &str) {
    let id = intent.id.clone();
    let refusal = Refusal::invalid(
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    )
    .code("payment_intent_authentication_failure");
    failed(work, intent, method, &refusal, None);
    work.emit_for("payment_intent.payment_failed", &id);
}

/// Cancels an intent.
pub fn cancel(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    const CANCELABLE: [&str; 3] = [
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
    ];
    let mut intent = found(work, call.id)?;
    if !CANCELABLE.contains(&intent.status.as_str()) {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the \
             following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, \
             requires_action, processing.",
            intent.status
        );
        return Err(unexpected(work, &intent, message));
    }
    "canceled".clone_into(&mut intent.status);
    intent.canceled_at = Some(work.now);
    intent.cancellation_reason = call.params.owned("cancellation_reason");
    intent.challenge = None;
    work.books.intents.put(intent);
    work.emit_for("payment_intent.canceled", call.id);
    work.answer("payment_intent", call.id)
}

/// Changes an intent that was not confirmed.
pub fn update(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let mut intent = found(work, call.id)?;
    let params = call.params;
    if !["requires_payment_method", "requires_confirmation"].contains(&intent.status.as_str()) {
        let message = format!(
            "This PaymentIntent could not be updated because it has a status of {}. You may only update the amount, \
             currency or payment method of a PaymentIntent with one of the following statuses: \
             requires_payment_method, requires_confirmation.",
            intent.status
        );
        return Err(unexpected(work, &intent, message));
    }
    intent.amount = params.integer("amount").unwrap_or(intent.amount);
    intent.currency = params.owned("currency").unwrap_or(intent.currency);
    money::chargeable(intent.amount, &intent.currency)?;
    intent.customer = customers::named(work, params)?.or(intent.customer);
    intent.allowed = params
        .texts("allowed_payment_method_types")
        .or(intent.allowed);
    intent.description = params.owned("description").or(intent.description);
    intent.metadata = merged(intent.metadata, params);
    if params.has("setup_future_usage") {
        intent.setup_future_usage = params.owned("setup_future_usage");
    }
    if params.has("receipt_email") {
        intent.receipt_email = params.owned("receipt_email");
    }
    if let Some(suffix) = params.text("statement_descriptor_suffix") {
        descriptor::check(&work.account.prefix, suffix)?;
        intent.suffix = Some(suffix.to_owned());
    }
    if let Some(source) =
        charging::confirmation_source(work, params, None, intent.customer.as_deref())?
    {
        charging::take(work, &source, call.id);
        intent.method = Some(source.method.id);
        "requires_confirmation".clone_into(&mut intent.status);
    }
    work.books.intents.put(intent);
    work.answer("payment_intent", call.id)
}

/// Shows an intent; a publishable key needs its secret.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let intent = found(work, call.id)?;
    let secret = call.params.text("client_secret");
    if work.publishable && secret != Some(intent.client_secret.as_str()) {
        return Err(not_found("payment_intent", call.id));
    }
    work.answer("payment_intent", call.id)
}

/// Lists intents.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let customer = customers::named(work, call.params)?;
    listing::page(
        work,
        call,
        "payment_intent",
        work.books.intents.all(),
        |row| {
            call.params.within("created", row.created)
                && (customer.is_none() || row.customer == customer)
        },
    )
}

/// The intent that waits for its card's holder, with the question.
pub fn challenged(
    work: &Work<'_>,
    fits: impl Fn(&PaymentIntent, &Challenge) -> bool,
) -> Option<(PaymentIntent, Challenge)> {
    let intent = work
        .books
        .intents
        .last(|row| row.challenge.as_ref().is_some_and(|asked| fits(row, asked)))?;
    Some((intent.clone(), intent.challenge.clone()?))
}

fn unexpected(work: &Work<'_>, intent: &PaymentIntent, message: String) -> Refusal {
    Refusal::invalid(message)
        .code("payment_intent_unexpected_state")
        .with(
            "payment_intent",
            work.view(&intent.id).unwrap_or(Value::Null),
        )
}

fn found(work: &Work<'_>, id: &str) -> Result<PaymentIntent, Refusal> {
    work.books
        .intents
        .get(id)
        .cloned()
        .ok_or_else(|| not_found("payment_intent", id))
}
