//! Charging a pending order to a saved card, while its owner is away.

use std::collections::BTreeMap;

use till_core::{
    kernel::{
        changes::{Changes, CommitConflict},
        jobs::End,
        records::{Organization, Payment, PaymentMethod},
    },
    orders::payment::{self, OrderRows},
    payments::attempt::UNSETTLED,
};
use till_ports::processor::{Attempt, Source};
use till_store::CommitError;
use till_wire::{orders::BillingReason, payments::PaymentTrigger};
use uuid::Uuid;

use super::{charge, orders::rows, outcome::record_outcome_of};
use crate::{app::App, error::ApiError};

/// Charges a pending order to its saved card. Once an attempt is in flight there is no second one; an order that is paid,
/// or has no card, is left as it is.
pub async fn charge_order(app: &App, id: Uuid) -> Result<End, ApiError> {
    let done = || Ok(End::Done(Changes::new()));
    let (organization, rows) = rows(app, id).await?;
    let Some(method) = method(app, &rows).await? else {
        tracing::warn!(order = %id, "an order cannot be charged: its customer has no saved card");
        return done();
    };
    let trigger = match rows.order.billing_reason {
        BillingReason::SubscriptionCycle => PaymentTrigger::SubscriptionCycle,
        _ => PaymentTrigger::Purchase,
    };
    let ctx = app.context();
    let charge = payment::charge(&rows.order, &rows.customer, &method, trigger, &ctx);
    let Some((payment, changes)) = charge else {
        return done();
    };
    match app.commit_exactly(changes).await {
        Ok(()) => {}
        Err(CommitError::Conflict(CommitConflict::Taken(index))) if index == UNSETTLED => {
            return done();
        }
        Err(error) => return Err(error.into()),
    }
    let asked = attempt(app, &organization, &rows, &payment, method);
    let (payment, outcome) = charge::charge(app, payment, &asked).await?;
    if let Some(outcome) = outcome {
        record_outcome_of(app, payment, &outcome, None).await?;
    }
    done()
}

/// The saved card that pays for the order.
async fn method(app: &App, rows: &OrderRows) -> Result<Option<PaymentMethod>, ApiError> {
    let Some(id) = rows.method_id() else {
        return Ok(None);
    };
    let method = app.store.payment_method(rows.order.organization_id, id);
    let of_this_processor = |method: &PaymentMethod| method.processor == app.processor.name();
    Ok(method.await?.filter(of_this_processor))
}

/// What the processor is asked.
fn attempt(
    app: &App,
    organization: &Organization,
    rows: &OrderRows,
    payment: &Payment,
    method: PaymentMethod,
) -> Attempt {
    let (order, customer) = (&rows.order, &rows.customer);
    Attempt {
        id: payment.id,
        kind: charge::kind(payment, false),
        source: Source::Saved {
            customer: method.customer_reference.unwrap_or_default(),
            method: method.reference,
            present: false,
        },
        email: Some(customer.email.clone()),
        name: order.billing_name.clone().or_else(|| customer.name.clone()),
        description: format!("{} — {}", organization.name, order.description),
        statement_suffix: charge::statement_suffix(organization),
        metadata: BTreeMap::from([
            ("organization_id".to_owned(), organization.id.to_string()),
            ("order_id".to_owned(), order.id.to_string()),
            ("customer_id".to_owned(), customer.id.to_string()),
            ("tax_amount".to_owned(), order.tax_amount.to_string()),
        ]),
        require_3ds: false,
        // Nobody is there to return.
        return_url: app.urls.public_url.clone(),
    }
}
