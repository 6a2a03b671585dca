//! Changes of subscriptions that are charged at once, and what comes of them.

use std::collections::BTreeMap;

use till_core::{
    kernel::{changes::Changes, records::Payment},
    payments::outcome::Outcome,
    subscriptions::change::{self, ChangeRows},
};
use till_ports::processor::{self, Attempt, Source};

use super::{
    buyer,
    charge::{self, statement_suffix},
    outcome::record_outcome_of,
};
use crate::{
    app::App,
    error::{ApiError, OrNotFound},
    joined::Joined,
};

/// Asks the processor for a change's attempt that is written down, and records its outcome: the attempt as it is then.
/// Nobody is there to approve it, so one that waits for its buyer is given up.
pub async fn charge_change(
    app: &App,
    rows: &ChangeRows,
    payment: Payment,
) -> Result<Payment, ApiError> {
    let asked = attempt(app, rows, &payment)?;
    let (payment, outcome) =
        charge::charge(app, &rows.billing.organization, payment, &asked).await?;
    let Some(outcome) = outcome else {
        return Ok(payment);
    };
    let noted = record_outcome_of(app, payment, &outcome, None).await?;
    let noted = noted.or_not_found()?;
    match outcome {
        processor::Outcome::RequiresAction { .. } => buyer::give_up(app, noted).await,
        _ => Ok(noted),
    }
}

/// Loads what the outcome depends on, and decides.
pub(super) async fn decide(
    app: &App,
    payment: &Payment,
    outcome: &Outcome,
) -> Result<Option<(Payment, Changes)>, ApiError> {
    let id = payment.subject_id.ok_or_else(ApiError::not_found)?;
    let subscription = app.store.subscription_by_id(id).await.or_not_found()?;
    let organization = app.store.organization(payment.organization_id);
    let organization = organization.await.or_not_found()?;
    let (product_id, discount_id) = match change::product_and_discount(payment) {
        Some((product_id, discount_id)) => (Some(product_id), discount_id),
        None => (None, None),
    };
    let rows = Joined::change(app, &organization, subscription, product_id, discount_id).await?;
    let recorded = change::record_outcome(&rows, payment, outcome, &app.context_of(&organization));
    let recorded = recorded.map_err(ApiError::internal)?;
    Ok(recorded.map(|recorded| (recorded.payment, recorded.changes)))
}

/// What the processor is asked.
fn attempt(app: &App, rows: &ChangeRows, payment: &Payment) -> Result<Attempt, ApiError> {
    let billing = &rows.billing;
    let (organization, customer) = (&billing.organization, &billing.customer);
    let method = billing.method.clone().ok_or_else(ApiError::not_found)?;
    let subscription = &billing.subscription;
    let product = rows.target.as_ref().unwrap_or(&billing.offered);
    Ok(Attempt {
        id: payment.id,
        kind: charge::kind(payment, false),
        source: Source::Saved {
            customer: method.customer_reference.unwrap_or_default(),
            method: method.reference,
            present: false,
        },
        email: Some(customer.email.clone()),
        name: customer.name_on_bills(),
        description: format!("{} — {}", organization.name, product.product.name),
        statement_suffix: statement_suffix(organization),
        metadata: BTreeMap::from([
            ("organization_id".to_owned(), organization.id.to_string()),
            ("subscription_id".to_owned(), subscription.id.to_string()),
            ("customer_id".to_owned(), customer.id.to_string()),
        ]),
        require_3ds: false,
        // Nobody is there to return.
        return_url: app.urls.public_url.clone(),
    })
}
