//! Saved methods: cards that the processor keeps for later charges, known to Till by the processor's reference.
//!
//! A card is saved by an attempt, whose id is the processor's idempotency key: by one that pays
//! ([`Purpose::Checkout`](crate::kernel::records::Purpose)), or by one that only sets the card up.

use crate::kernel::{
    context::DecisionContext,
    records::{Customer, Payment, PaymentMethod},
};

/// The card that a successful attempt has saved for the customer; none where the processor has kept none.
pub fn saved(
    payment: &Payment,
    customer: &Customer,
    ctx: &DecisionContext,
) -> Option<PaymentMethod> {
    Some(PaymentMethod {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: customer.organization_id,
        customer_id: customer.id,
        processor: payment.processor,
        reference: payment.method_reference.clone()?,
        kind: payment.method.clone(),
        card: payment.card.clone()?,
    })
}
