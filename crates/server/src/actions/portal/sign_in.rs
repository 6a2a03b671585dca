//! Signing in to the portal by a code (docs/behaviour: portal-pages/code).

use axum::http::StatusCode;
use till_core::{
    customers,
    kernel::{
        changes::{Changes, CommitConflict},
        records::{Customer, CustomerSession, PortalCode},
        writes::CustomerWrite,
    },
    portal::codes::{self, CODE_USED, CodeRequest},
};
use till_store::CommitError;
use till_wire::portal_sign_in::CustomerSessionCodeAuthenticateResponse;
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, Result},
    http::{
        idempotency::IdempotencyGuard,
        limits::{self, CodeAttempt, Network},
    },
};

/// The live customers to whom a code for an address may go.
pub async fn accounts(
    app: &App,
    organization_id: Uuid,
    email: &str,
    customer_id: Option<Uuid>,
) -> Result<Vec<Customer>> {
    let found = app.store.holders(organization_id, Some(email), None);
    let mut accounts = Vec::from_iter(found.await?.by_email);
    accounts.retain(|one| customer_id.is_none_or(|wanted| one.id == wanted));
    Ok(accounts)
}

/// Asks for a code. What is done is the same for every address: whether it is anybody's shows in the letter alone.
///
/// # Errors
/// 429 where a budget is spent.
pub async fn request_code(
    app: &App,
    request: &CodeRequest,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<()> {
    limits::portal_code(app, request.organization_id, &request.email, network).await?;
    let changes = request.send(&app.context());
    app.reply(guard, StatusCode::ACCEPTED, ((), changes), |()| ())
        .await
}

/// Opens a session with a code alone, as programs send it.
///
/// # Errors
/// 401 for a code that signs nobody in, 429 where a budget is spent.
pub async fn authenticate(
    app: &App,
    typed: &str,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<CustomerSessionCodeAuthenticateResponse> {
    let attempt = CodeAttempt::of_portal(app, None, network).await?;
    let code = codes::typed(typed).ok_or_else(ApiError::code_refused)?;
    let found = find_code(app, None, &code).await?;
    let found = found.ok_or_else(ApiError::code_refused)?;
    let (own, email) = (found.organization_id, found.email_key.clone());
    let accounts = accounts(app, own, &email, found.customer_id).await?;
    // Of several, the code is for the one that was named when it was asked for.
    let [account] = accounts.as_slice() else {
        return Err(ApiError::code_refused());
    };
    let opened = redeem(app, &found, account, &attempt, guard).await?;
    let (_, token) = opened.ok_or_else(ApiError::code_refused)?;
    Ok(CustomerSessionCodeAuthenticateResponse { token })
}

/// The unused code of an address, if this is one; `email` none: of any address, where no other one has the same code.
pub async fn find_code(
    app: &App,
    place: Option<(Uuid, &str)>,
    code: &str,
) -> Result<Option<PortalCode>> {
    let digest = codes::digest(code, &app.key);
    let mut found = app.store.portal_codes(&digest, app.clock.now()).await?;
    match place {
        Some((organization, email_key)) => {
            found.retain(|one| one.organization_id == organization && one.email_key == email_key);
        }
        // Two addresses that drew the same code: neither is let in by it alone.
        None if found.len() > 1 => found.clear(),
        None => {}
    }
    Ok(found.pop())
}

/// Uses a code up and opens a session of a customer; the token. None where it was used meanwhile.
pub async fn redeem(
    app: &App,
    code: &PortalCode,
    customer: &Customer,
    attempt: &CodeAttempt,
    guard: &IdempotencyGuard,
) -> Result<Option<(CustomerSession, String)>> {
    app.retry_on_conflict(|| async {
        let found = app.store.customer(customer.organization_id, customer.id);
        let Some(now) = found.await? else {
            return Ok(None);
        };
        let ctx = app.context();
        let mut changes = codes::redeem(code, &ctx);
        if !now.email_verified && now.email_key == code.email_key {
            let mut verified = now.clone();
            verified.email_verified = true;
            changes.update(&now, &verified);
        }
        let (session, token) = customers::session_row(&now, None, &app.key, &ctx);
        changes.insert(&session);
        attempt.give_back(&mut changes);
        let view = CustomerSessionCodeAuthenticateResponse {
            token: token.clone(),
        };
        guard.keep(&mut changes, StatusCode::OK, &view, &ctx)?;
        match app.commit_exactly(changes).await {
            Ok(()) => Ok(Some((session, token))),
            Err(CommitError::Conflict(CommitConflict::NotOne(CODE_USED))) => Ok(None),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Ends a session: its token opens nothing any more.
pub async fn sign_out(app: &App, session: &CustomerSession) -> Result<()> {
    let mut changes = Changes::new();
    changes.write(CustomerWrite::DeleteSession { id: session.id });
    app.commit(changes).await
}
