//! Attempts to charge a change of a subscription: what the processor is asked, and what their outcome means.

use std::collections::BTreeMap;

use till_core::{
    kernel::{changes::Changes, records::Payment},
    payments::outcome::Outcome,
    subscriptions::change::{self, ChangeRows},
};
use till_ports::processor::{Attempt, Source};

use super::charge::{self, statement_suffix};
use crate::{
    app::App,
    counting,
    error::{ApiError, OrNotFound},
    joined::Joined,
};

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
    let mut rows =
        Joined::change(app, &organization, subscription, product_id, discount_id).await?;
    if change::settles(payment) && rows.billing.subscription.attempt_id == Some(payment.id) {
        // The change is paid: what cannot be counted in time is billed with what comes.
        counting::count_now(app, &rows.billing).await?;
        let subscription = app.store.subscription_by_id(id).await.or_not_found()?;
        let named = (product_id, discount_id);
        rows = Joined::change(app, &organization, subscription, named.0, named.1).await?;
    }
    let ctx = app.context_of(&organization);
    let recorded = app.taxed(&organization.settings.tax, |taxes| {
        Ok(change::record_outcome(&rows, payment, outcome, taxes, &ctx))
    });
    let recorded = recorded.await?.map_err(ApiError::internal)?;
    Ok(recorded.map(|recorded| (recorded.payment, recorded.changes)))
}

/// Request to the processor.
pub(super) fn attempt(
    app: &App,
    rows: &ChangeRows,
    payment: &Payment,
) -> Result<Attempt, ApiError> {
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
