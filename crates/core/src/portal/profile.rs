//! Changes that customers make to their own details (docs/behaviour: portal/profile).

use till_wire::{events::EventType, input::Problem, loc, portal::CustomerPortalCustomerUpdate};
use uuid::Uuid;

use crate::{
    customers::bill_to,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        records::{Customer, PaymentMethod, Subscription},
        refusal::{Refusal, collected},
    },
    payments::methods,
};

/// Changes what the customer's bills say, and what they pay with. `default` is the saved card that becomes the default,
/// where one is asked for and is theirs; `subscriptions` are the customer's.
///
/// # Errors
/// A tax id that is not valid for the address, and a card that is not theirs, at their fields.
pub fn update(
    row: &Customer,
    input: CustomerPortalCustomerUpdate,
    default: Option<&PaymentMethod>,
    subscriptions: &[Subscription],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Customer, Changes), Refusal> {
    let mut new = row.clone();
    input.billing_name.apply(&mut new.billing_name);
    let mut problems: Vec<Problem> = bill_to(&mut new, input.billing_address, input.tax_id)
        .into_iter()
        .collect();
    let mut changes = Changes::new();
    if let Some(id) = input.default_payment_method_id {
        match default.filter(|method| method.id == id && method.customer_id == row.id) {
            Some(method) => {
                new.default_payment_method_id = Some(id);
                methods::pay_with(method, subscriptions, &mut changes, ctx);
            }
            None => problems.push(unknown_card(id)),
        }
    }
    collected(problems)?;
    changes.revise(row, &mut new, ctx);
    changes
        .emit_customer(subscribers, ctx, EventType::CustomerUpdated, &new)
        .note_customer(row, &new);
    Ok((new, changes))
}

fn unknown_card(id: Uuid) -> Problem {
    Problem::new(
        "invalid",
        loc!["body", "default_payment_method_id"],
        "This payment method does not exist",
        id.to_string(),
    )
}
