//! The rows that a change or a confirmation of a session depends on.

use till_core::{
    checkout::{
        Session,
        update::{self, Known, Step},
    },
    discounts::Hints,
    kernel::{folding, records::Discount, refusal::Refusal},
};
use till_store::Stale;
use till_wire::{
    checkouts::{CheckoutUpdate, Writer},
    input::Patch,
};

use crate::{
    app::App,
    error::ApiError,
    http::limits::{CodeAttempt, Network},
};

/// Finds a session by its client secret (docs/behaviour: checkout/client-secret): unknown 404, overdue 410, blocked
/// 403.
pub async fn session(app: &App, secret: &str) -> Result<Session, ApiError> {
    // No database takes a NUL in text.
    if secret.contains('\0') {
        return Err(ApiError::not_found());
    }
    let session = app
        .store
        .session_by_secret(secret)
        .await?
        .ok_or_else(ApiError::not_found)?;
    if session.checkout.expires_at < app.now_of(&session.organization) {
        return Err(Refusal::ExpiredCheckout.into());
    }
    if !till_core::organizations::capabilities(session.organization.status).api_access {
        return Err(ApiError::not_permitted(
            "This organization cannot sell at the moment.",
        ));
    }
    Ok(session)
}

/// Rows that the database has for a change: one read for a subscription in the way, one for a discount named, one
/// for its uses by a buyer where a client changes something. A confirmation counts the uses when it commits, and
/// takes no country from the network address (docs/behaviour: checkout/country-from-network).
pub async fn known(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
    writer: Writer,
    step: Step,
) -> Result<Known, ApiError> {
    let (store, own) = (&app.store, session.organization.id);
    let holds_subscription = match update::holder(session, input) {
        None => false,
        Some(holder) => store.holds_subscription(own, &holder).await?,
    };
    let code = input.discount_code.as_value();
    let discount = match (code, input.discount_id.as_value()) {
        (Some(code), _) if session.checkout.allow_discount_codes => {
            store.discount_by_code(own, code).await?
        }
        (_, Some(id)) => store.discount(own, *id).await?,
        _ => None,
    };
    let mut known = Known {
        holds_subscription,
        discount,
        discount_uses: 0,
        ip_country: match step {
            Step::Patch => app.country_of(session.checkout.customer_ip_address.as_deref()),
            Step::Confirm => None,
        },
    };
    let early = step == Step::Patch || input.discount_code == Patch::Null;
    let capped = candidate(session, &known).filter(|d| d.max_redemptions_per_customer.is_some());
    if let Some(discount) = capped.filter(|_| writer == Writer::Client && early) {
        known.discount_uses = store
            .discount_uses(
                discount.id,
                session.checkout.id,
                &hints(session, input, None),
            )
            .await?;
    }
    Ok(known)
}

/// The discount that the session will have, as far as that can be told before the decision.
fn candidate<'a>(session: &'a Session, known: &'a Known) -> Option<&'a Discount> {
    known.discount.as_ref().or(session.discount.as_ref())
}

/// Keys that tell the buyer from others.
pub(super) fn hints(
    session: &Session,
    input: &CheckoutUpdate,
    card_fingerprint: Option<String>,
) -> Hints {
    let row = &session.checkout;
    let email = match row.customer_id {
        None => input
            .customer_email
            .as_value()
            .or(row.buyer.customer_email.as_ref()),
        Some(_) => row.buyer.customer_email.as_ref(),
    };
    Hints {
        customer_id: row.customer_id,
        email_key: email.and_then(|e| folding::person_key(e)),
        card_fingerprint,
    }
}

/// Counts the code that a change by a buyer names, before it is looked up; none where codes do not count, or where it is
/// that of the discount there is.
pub async fn code_attempt(
    app: &App,
    session: &Session,
    input: &CheckoutUpdate,
    network: &Network,
) -> Result<CodeAttempt, ApiError> {
    let code = input.discount_code.as_value();
    let code = code.filter(|_| session.checkout.allow_discount_codes);
    let held = session.discount.as_ref().and_then(|d| d.code_key.as_ref());
    match code.filter(|code| held != Some(&folding::code_key(code))) {
        Some(_) => CodeAttempt::count(app, session.checkout.id, network).await,
        None => Ok(CodeAttempt::default()),
    }
}

/// A session that others keep changing is told of by the name that clients know (docs/behaviour: checkout/locked).
pub fn locked(error: ApiError) -> ApiError {
    if error.is_stale() {
        Refusal::CheckoutLocked.into()
    } else {
        error
    }
}
