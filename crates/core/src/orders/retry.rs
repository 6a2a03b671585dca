//! An unpaid order that its merchant has charged again, besides the schedule (docs/behaviour: orders/retry).

use till_wire::payments::PaymentTrigger;

use super::{
    payment::{self, OrderRows},
    visit::Standing,
};
use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{Organization, Payment, PaymentMethod},
        refusal::Refusal,
    },
    organizations::capabilities,
};

/// Writes down an attempt to charge an unpaid order to its saved card; `method` is that card, if there is one. The
/// schedule stays as it is, and a decline counts for nothing in it. One attempt at a time: a second one breaks the index
/// of unsettled attempts.
///
/// # Errors
/// In this order: `OrderNotDue`, `OrganizationNotReadyForPayments`, and `PaymentFailed` where there is no card.
pub fn retry(
    rows: &OrderRows,
    organization: &Organization,
    method: Option<&PaymentMethod>,
    ctx: &DecisionContext,
) -> Result<(Payment, Changes), Refusal> {
    let (order, customer) = (&rows.order, &rows.customer);
    if order.standing() != Standing::Due {
        return Err(Refusal::OrderNotDue);
    }
    if !capabilities(organization.status).checkout_payments {
        return Err(Refusal::OrganizationNotReadyForPayments);
    }
    let method = method.filter(|_| customer.deleted_at.is_none());
    let method = method.ok_or_else(|| {
        Refusal::PaymentFailed("No card is saved, so nothing can be charged.".to_owned())
    })?;
    let trigger = Some(PaymentTrigger::RetryAdmin);
    let payment = payment::saved_card(order, customer, method, trigger, ctx);
    let mut changes = Changes::new();
    changes.guard(order);
    payment::begin(&payment, &mut changes, ctx);
    Ok((payment, changes))
}
