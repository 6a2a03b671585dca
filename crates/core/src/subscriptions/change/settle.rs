//! Usage that is billed together with a change (docs/behaviour: metered/settled).

use super::Decision;
use crate::{
    kernel::context::DecisionContext,
    orders::create::Mismatch,
    subscriptions::{
        bill::BillingRows,
        renew::{self, Settled},
    },
    tax::Taxes,
};

/// Usage that is settled with a change, of these rows; the decision shows none of it any more.
pub(super) fn settle(
    billing: &BillingRows,
    decision: &mut Decision,
    taxes: &dyn Taxes,
    ctx: &DecisionContext,
) -> Result<Option<Settled>, Mismatch> {
    if !decision.settles {
        return Ok(None);
    }
    let settled = renew::settle(billing, &decision.subscription, taxes, ctx)?;
    if let Some(settled) = &settled {
        settled.follow(&mut decision.subscription, &mut decision.offered);
    }
    Ok(settled)
}
