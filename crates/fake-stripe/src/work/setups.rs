//! Setup intents: cards that are kept without a payment.

use serde_json::{Map, Value};

use super::{
    Call, ObjectResult, Work,
    charging::{self, CardResponse, ConfirmationSource},
    customers, listing, merged, methods, not_found,
};
use crate::{
    books::{Challenge, SetupIntent},
    error::Refusal,
    params::{Param, ParamKind, Params},
};

/// Parameters of creating a setup intent.
pub const CREATE: &[Param] = &[
    Param::new(
        "allowed_payment_method_types",
        ParamKind::Words(charging::TYPES),
    ),
    Param::new("attach_to_self", ParamKind::NotDone),
    Param::new("automatic_payment_methods", charging::AUTOMATIC),
    Param::new("confirm", ParamKind::Boolean),
    Param::new("confirmation_token", ParamKind::Text(100)),
    Param::new("customer", ParamKind::Text(100)),
    Param::new("customer_account", ParamKind::NotDone),
    Param::new("description", ParamKind::Text(1_000)),
    Param::new("excluded_payment_method_types", ParamKind::NotDone),
    listing::EXPAND,
    Param::new("flow_directions", ParamKind::NotDone),
    Param::emptyable("mandate_data", charging::MANDATE),
    Param::new("metadata", ParamKind::Metadata),
    Param::new("on_behalf_of", ParamKind::NotDone),
    Param::new("payment_method", ParamKind::Text(100)),
    Param::new("payment_method_configuration", ParamKind::NotDone),
    Param::new("payment_method_data", ParamKind::NotDone),
    Param::new("payment_method_options", charging::METHOD_OPTIONS),
    Param::new("return_url", ParamKind::Text(2_048)),
    Param::new("single_use", ParamKind::NotDone),
    Param::new("usage", ParamKind::Word(&["off_session", "on_session"])),
    Param::new("use_stripe_sdk", ParamKind::Boolean),
];
/// Parameters of confirming a setup intent.
pub const CONFIRM: &[Param] = &[
    Param::new("confirmation_token", ParamKind::Text(100)),
    listing::EXPAND,
    Param::emptyable("mandate_data", charging::MANDATE),
    Param::new("payment_method", ParamKind::Text(100)),
    Param::new("payment_method_data", ParamKind::NotDone),
    Param::new("payment_method_options", charging::METHOD_OPTIONS),
    Param::new("return_url", ParamKind::Text(2_048)),
    Param::new("use_stripe_sdk", ParamKind::Boolean),
];
/// Parameters of cancelling a setup intent.
pub const CANCEL: &[Param] = &[
    Param::new(
        "cancellation_reason",
        ParamKind::Word(&["abandoned", "duplicate", "requested_by_customer"]),
    ),
    listing::EXPAND,
];
/// Parameters of listing setup intents.
pub const LIST: &[Param] = &[
    listing::LIMIT,
    listing::AFTER,
    listing::BEFORE,
    listing::CREATED,
    listing::EXPAND,
    Param::new("customer", ParamKind::Text(100)),
    Param::new("payment_method", ParamKind::Text(100)),
];

/// Makes a setup intent, and confirms it if asked to.
pub fn create(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let params = call.params;
    let confirms = params.is("confirm");
    for name in ["return_url", "confirmation_token", "mandate_data"] {
        if !confirms && params.has(name) {
            return Err(Refusal::invalid(format!(
                "The parameter `{name}` cannot be passed when creating a SetupIntent unless `confirm` is set to true."
            ))
            .param(name));
        }
    }
    let setup = new(work, params)?;
    let source = charging::confirmation_source(work, params, None, setup.customer.as_deref())?;
    if confirms {
        confirmable(&setup, source.as_ref())?;
    }
    let id = setup.id.clone();
    work.books.setups.put(setup);
    work.emit_for("setup_intent.created", &id);
    match source {
        Some(source) if confirms => confirm_with(work, &id, source, params),
        Some(source) => {
            charging::take(work, &source, &id);
            work.books.setups.change(&id, |setup| {
                setup.method = Some(source.method.id.clone());
                "requires_confirmation".clone_into(&mut setup.status);
            });
            work.answer("setupintent", &id)
        }
        None => work.answer("setupintent", &id),
    }
}

fn new(work: &mut Work<'_>, params: &Params) -> Result<SetupIntent, Refusal> {
    let customer = customers::named(work, params)?;
    let automatic = charging::automatic(params)?;
    let id = work.books.id("seti");
    let secret = work.books.id("secret");
    Ok(SetupIntent {
        client_secret: format!("{id}_{secret}"),
        id,
        created: work.now,
        status: "requires_payment_method".to_owned(),
        customer,
        description: params.owned("description"),
        metadata: merged(Map::new(), params),
        allowed: params.texts("allowed_payment_method_types"),
        automatic,
        usage: params
            .owned("usage")
            .unwrap_or_else(|| "off_session".to_owned()),
        method: None,
        latest_attempt: None,
        last_error: None,
        request_three_d_secure: charging::three_d_secure(params),
        cancellation_reason: None,
        challenge: None,
    })
}

/// Checks that the setup intent can be confirmed with this source.
fn confirmable(setup: &SetupIntent, source: Option<&ConfirmationSource>) -> Result<(), Refusal> {
    let Some(source) = source else {
        return Err(Refusal::invalid(
            "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a \
             payment method and then confirm it again.",
        )
        .code("setup_intent_unexpected_state"));
    };
    charging::fits(source, setup.allowed.as_ref(), setup.automatic.as_deref())?;
    // A token that says nothing is kept for what the setup intent is made for.
    if let Some(usage) = source
        .usage
        .as_deref()
        .filter(|usage| *usage != setup.usage)
    {
        return Err(Refusal::invalid(format!(
            "The `setup_future_usage` of the ConfirmationToken ({usage}) does not match the `usage` of the SetupIntent \
             ({}).",
            setup.usage
        ))
        .param("confirmation_token"));
    }
    Ok(())
}

/// Confirms a setup intent.
pub fn confirm(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let setup = found(work, call.id)?;
    if ![
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
    ]
    .contains(&setup.status.as_str())
    {
        let message = format!(
            "You cannot confirm this SetupIntent because it has a status of {}. Only a SetupIntent with one of the \
             following statuses may be confirmed: requires_confirmation, requires_action, requires_payment_method.",
            setup.status
        );
        return Err(unexpected(work, &setup, message));
    }
    let source = charging::confirmation_source(
        work,
        call.params,
        setup.method.as_deref(),
        setup.customer.as_deref(),
    )?;
    confirmable(&setup, source.as_ref())?;
    match source {
        Some(source) => confirm_with(work, call.id, source, call.params),
        None => work.answer("setupintent", call.id),
    }
}

fn confirm_with(
    work: &mut Work<'_>,
    id: &str,
    source: ConfirmationSource,
    params: &Params,
) -> ObjectResult {
    let mut setup = found(work, id)?;
    charging::take(work, &source, id);
    setup.method = Some(source.method.id.clone());
    setup.latest_attempt = Some(work.books.id("setatt"));
    setup.last_error = None;
    setup.challenge = None;
    setup.request_three_d_secure =
        charging::three_d_secure(params).or(setup.request_three_d_secure);
    let card = methods::card(&source.method);
    match charging::verify(card, false, setup.request_three_d_secure.as_deref()) {
        CardResponse::NeedsAuthentication => {
            "requires_action".clone_into(&mut setup.status);
            setup.challenge = Some(charging::challenge(work, &source));
            work.books.setups.put(setup);
            work.emit_for("setup_intent.requires_action", id);
            work.answer("setupintent", id)
        }
        CardResponse::Declined(refusal) => declined(work, setup, &source.method.id, refusal),
        CardResponse::Approved => kept(work, setup, &source.method.id),
    }
}

/// The card is kept.
pub fn kept(work: &mut Work<'_>, mut setup: SetupIntent, method: &str) -> ObjectResult {
    let id = setup.id.clone();
    charging::keep(work, method, setup.customer.as_deref(), true);
    "succeeded".clone_into(&mut setup.status);
    setup.challenge = None;
    work.books.setups.put(setup);
    work.emit_for("setup_intent.succeeded", &id);
    work.answer("setupintent", &id)
}

/// The card has declined.
pub fn declined(
    work: &mut Work<'_>,
    setup: SetupIntent,
    method: &str,
    refusal: Refusal,
) -> ObjectResult {
    let id = setup.id.clone();
    failed(work, setup, method, &refusal);
    let error = work
        .books
        .setups
        .get(&id)
        .and_then(|setup| setup.last_error.clone())
        .unwrap_or_default();
    Err(charging::refused(work, refusal, error, "setup_intent", &id))
}

fn failed(work: &mut Work<'_>, mut setup: SetupIntent, method: &str, refusal: &Refusal) {
    let id = setup.id.clone();
    "requires_payment_method".clone_into(&mut setup.status);
    setup.method = None;
    setup.challenge = None;
    setup.last_error = Some(charging::kept_error(work, refusal, method, None));
    work.books.setups.put(setup);
    work.emit_for("setup_intent.setup_failed", &id);
}

/// The card's holder has refused.
pub fn refused_by_holder(work: &mut Work<'_>, setup: SetupIntent, method: &str) {
    let refusal = Refusal::invalid(
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    )
    .code("setup_intent_authentication_failure");
    failed(work, setup, method, &refusal);
}

/// Cancels a setup intent.
pub fn cancel(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let mut setup = found(work, call.id)?;
    if ![
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
    ]
    .contains(&setup.status.as_str())
    {
        let message = format!(
            "You cannot cancel this SetupIntent because it has a status of {}. Only a SetupIntent with one of the \
             following statuses may be canceled: requires_payment_method, requires_confirmation, requires_action.",
            setup.status
        );
        return Err(unexpected(work, &setup, message));
    }
    "canceled".clone_into(&mut setup.status);
    setup.cancellation_reason = call.params.owned("cancellation_reason");
    setup.challenge = None;
    work.books.setups.put(setup);
    work.emit_for("setup_intent.canceled", call.id);
    work.answer("setupintent", call.id)
}

/// Shows a setup intent; a publishable key needs its secret.
pub fn retrieve(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let setup = found(work, call.id)?;
    if work.publishable && call.params.text("client_secret") != Some(setup.client_secret.as_str()) {
        return Err(not_found("setupintent", call.id));
    }
    work.answer("setupintent", call.id)
}

/// Lists setup intents.
pub fn list(work: &mut Work<'_>, call: &Call<'_>) -> ObjectResult {
    let customer = customers::named(work, call.params)?;
    let method = call.params.owned("payment_method");
    listing::page(work, call, "setupintent", work.books.setups.all(), |row| {
        call.params.within("created", row.created)
            && (customer.is_none() || row.customer == customer)
            && (method.is_none() || row.method == method)
    })
}

/// The setup intent that waits for its card's holder, with the question.
pub fn challenged(
    work: &Work<'_>,
    fits: impl Fn(&SetupIntent, &Challenge) -> bool,
) -> Option<(SetupIntent, Challenge)> {
    let setup = work
        .books
        .setups
        .last(|row| row.challenge.as_ref().is_some_and(|asked| fits(row, asked)))?;
    Some((setup.clone(), setup.challenge.clone()?))
}

fn unexpected(work: &Work<'_>, setup: &SetupIntent, message: String) -> Refusal {
    Refusal::invalid(message)
        .code("setup_intent_unexpected_state")
        .with("setup_intent", work.view(&setup.id).unwrap_or(Value::Null))
}

fn found(work: &Work<'_>, id: &str) -> Result<SetupIntent, Refusal> {
    work.books
        .setups
        .get(id)
        .cloned()
        .ok_or_else(|| not_found("setupintent", id))
}
