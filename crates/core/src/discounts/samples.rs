//! A discount that tests change.

use serde_json::{Value, json};
use till_wire::{discounts::DiscountCreate, input::Context};
use uuid::Uuid;

use crate::kernel::{context::DecisionContext, records::Discount};

/// A discount of 10 % with these fields of its request.
pub(crate) fn discount(more: Value, organization_id: Uuid, ctx: &DecisionContext) -> Discount {
    let mut body =
        json!({"type": "percentage", "name": "Launch", "duration": "once", "basis_points": 1000});
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    let mut cx = Context::new("body");
    let input = DiscountCreate::read(&body, &mut cx);
    assert_eq!(cx.problems, [], "{body}");
    Discount::new(input.expect("a discount"), organization_id, vec![], ctx)
}
