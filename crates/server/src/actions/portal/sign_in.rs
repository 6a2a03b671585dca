//! Signing in to the portal by a code (docs/behaviour: portal-pages/code).

use axum::http::StatusCode;
use till_core::{
    customers,
    kernel::{
        changes::{Changes, CommitConflict},
        records::{Customer, CustomerMember, CustomerSession, PortalCode},
        writes::CustomerWrite,
    },
    portal::codes::{self, CODE_USED, CodeRequest},
};
use till_store::CommitError;
use till_wire::customers::CustomerType;
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

/// Customers whom one address can come as, at most.
const ACCOUNTS: i64 = 50;

/// A customer whom somebody comes as.
#[derive(Debug, Clone)]
pub struct Account {
    /// The customer.
    pub customer: Customer,
    /// The member of theirs; none where an older version made the customer, who then is their own owner.
    pub member: Option<CustomerMember>,
}

impl Account {
    /// The address to which a code goes.
    pub fn email(&self) -> &str {
        let member = self.member.as_ref();
        member.map_or(&self.customer.email, |member| &member.email)
    }
}

/// The live customers to whom a code for an address may go: those of which it is a member, and an individual's own. The
/// address of a team is nobody's in particular.
pub async fn accounts(
    app: &App,
    organization_id: Uuid,
    email: &str,
    customer_id: Option<Uuid>,
) -> Result<Vec<Account>> {
    let members = app.store.memberships_of(organization_id, email, ACCOUNTS);
    let holders = app.store.holders(organization_id, Some(email), None);
    let (members, holders) = tokio::try_join!(members, holders)?;
    let mut accounts: Vec<Account> = (members.into_iter())
        .map(|(customer, member)| Account {
            customer,
            member: Some(member),
        })
        .collect();
    if let Some(customer) = holders.by_email
        && customer.kind == CustomerType::Individual
        && !accounts.iter().any(|one| one.customer.id == customer.id)
    {
        accounts.push(Account {
            customer,
            member: None,
        });
    }
    accounts.retain(|one| customer_id.is_none_or(|wanted| one.customer.id == wanted));
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
    account: &Account,
    attempt: &CodeAttempt,
    guard: &IdempotencyGuard,
) -> Result<Option<(CustomerSession, String)>> {
    app.retry_on_conflict(|| async {
        let Account { customer, member } = account;
        let found = app.store.customer(customer.organization_id, customer.id);
        let Some(now) = found.await? else {
            return Ok(None);
        };
        // Who was removed meanwhile is let in no more.
        let member = match member {
            None => None,
            Some(member) => match app.store.customer_member(customer.id, member.id).await? {
                None => return Ok(None),
                member => member,
            },
        };
        let ctx = app.context();
        let mut changes = codes::redeem(code, &ctx);
        if !now.email_verified && now.email_key == code.email_key {
            let mut verified = now.clone();
            verified.email_verified = true;
            changes.update(&now, &verified);
        }
        let (mut session, token) = customers::session_row(&now, None, &app.key, &ctx);
        if let Some(member) = &member {
            changes.guard(member);
            session.member_id = Some(member.id);
        }
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
