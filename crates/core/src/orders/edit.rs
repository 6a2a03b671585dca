//! Changes that a merchant makes to an order: who is billed.

use till_wire::{address::Address, events::EventType, input::Problem, loc, orders::OrderUpdate};

use super::payment::OrderRows;
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    records::Order,
    refusal::{Refusal, collected},
    values::Json,
};

/// Changes name and address on the bill (docs/behaviour: orders/edit).
///
/// # Errors
/// An address in another country or state than the one that the tax was worked out for.
pub fn update(
    rows: &OrderRows,
    input: OrderUpdate,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Order, Changes), Refusal> {
    let order = &rows.order;
    let mut new = order.clone();
    if let (Some(old), Some(address)) = (&order.billing_address, input.billing_address.as_value()) {
        collected(moved(old, address))?;
    }
    input.billing_name.apply(&mut new.billing_name);
    if let Some(address) = input.billing_address.change() {
        new.billing_address = address.map(Json);
    }
    let mut changes = Changes::new();
    if !changes.revise(order, &mut new, ctx) {
        changes.touch(order);
    }
    let view = || rows.view_of(&new);
    changes.emit(subscribers, ctx, EventType::OrderUpdated, new.id, view);
    Ok((new, changes))
}

/// The parts of an address that stay, and would not.
fn moved(old: &Address, new: &Address) -> Vec<Problem> {
    let place = |part| loc!["body", "billing_address", part];
    let mut problems = Vec::new();
    if old.country != new.country {
        let words = "The country of an order cannot be changed";
        problems.push(Problem::value(
            place("country"),
            words,
            new.country.to_string(),
        ));
    }
    if old.state != new.state {
        let words = "The state of an order cannot be changed";
        problems.push(Problem::value(place("state"), words, new.state.clone()));
    }
    problems
}
