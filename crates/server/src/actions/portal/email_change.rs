//! Changes of e-mail addresses by customers themselves (docs/behaviour: portal/email-change).

use axum::http::StatusCode;
use till_core::{
    kernel::{
        changes::CommitConflict,
        records::{Customer, CustomerSession, EmailChange, Organization},
    },
    organizations::capabilities,
    portal::{
        BillingViewer,
        email_change::{self, LINK_USED},
    },
};
use till_store::CommitError;
use till_wire::portal_sign_in::CustomerEmailUpdateVerifyResponse;

use super::letters_arrive;
use crate::{
    app::App,
    error::{ApiError, Result},
    http::{
        idempotency::IdempotencyGuard,
        limits::{self, Network},
    },
};

/// Characters of a token, at most: others are none.
const LONGEST: usize = 128;

/// A change whose link still works, with whom it is for.
#[derive(Debug, Clone)]
pub struct OpenChange {
    /// The change.
    pub change: EmailChange,
    /// The customer.
    pub customer: Customer,
    /// Their organization.
    pub organization: Organization,
}

/// Asks for the letter to a new address. The answer is the same whether or not another customer has it.
///
/// # Errors
/// Refusals of [`email_change::request`], 403 where this server sends no letters, and 429 where a budget is spent.
pub async fn request(
    app: &App,
    viewer: BillingViewer<'_>,
    email: &str,
    guard: &IdempotencyGuard,
    network: &Network,
) -> Result<()> {
    let (organization, customer) = (&viewer.organization, &viewer.customer);
    let changes = email_change::request(organization, customer, email, &app.context())?;
    if !letters_arrive(app) {
        let words = "This server sends no e-mail, so the e-mail address cannot be confirmed.";
        return Err(ApiError::not_permitted(words));
    }
    limits::email_change(app, customer, email, network).await?;
    app.reply(guard, StatusCode::ACCEPTED, ((), changes), |()| ())
        .await
}

/// The change that a token confirms, where it still does.
///
/// # Errors
/// 401 for a token that is unknown, was used or has expired.
pub async fn find(app: &App, token: &str) -> Result<OpenChange> {
    let refused = ApiError::link_refused;
    if token.len() > LONGEST {
        return Err(refused());
    }
    let digest = app.key.digest(token);
    let found = app.store.email_change(&digest, app.clock.now()).await?;
    let change = found.ok_or_else(refused)?;
    let own = change.organization_id;
    let (customer, organization) = tokio::try_join!(
        app.store.customer(own, change.customer_id),
        app.store.organization(own),
    )?;
    let (Some(customer), Some(organization)) = (customer, organization) else {
        return Err(refused());
    };
    let is_live = capabilities(organization.status).api_access;
    if !is_live || !email_change::is_open(&change, &organization, &customer) {
        return Err(refused());
    }
    Ok(OpenChange {
        change,
        customer,
        organization,
    })
}

/// Makes the change that a token confirms, and opens a session of the customer: its token.
///
/// # Errors
/// 401 for a token that is unknown, was used or has expired; a problem at `token` where another customer has the address.
pub async fn confirm(
    app: &App,
    token: &str,
    guard: &IdempotencyGuard,
) -> Result<(CustomerSession, CustomerEmailUpdateVerifyResponse)> {
    app.retry_on_conflict(|| async {
        let OpenChange {
            change,
            customer,
            organization,
        } = find(app, token).await?;
        let own = organization.id;
        let (owner, holders, subscribers) = tokio::try_join!(
            app.store.customer_owner(customer.id),
            app.store.holders(own, Some(change.email.as_str()), None),
            app.store.subscribers(own),
        )?;
        let ctx = app.context_of(&organization);
        let keys = (&app.key, &subscribers);
        let (session, token, mut changes) =
            email_change::confirm(&change, &customer, owner.as_ref(), &holders, keys, &ctx)?;
        let view = CustomerEmailUpdateVerifyResponse { token };
        guard.keep(&mut changes, StatusCode::OK, &view, &ctx)?;
        match app.commit_exactly(changes).await {
            Ok(()) => Ok((session, view)),
            Err(CommitError::Conflict(CommitConflict::NotOne(LINK_USED))) => {
                Err(ApiError::link_refused())
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}
