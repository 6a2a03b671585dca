//! First seat of a subscription that had none: its payer becomes a team, whose owner has it (docs/behaviour: seats/first).

use std::borrow::Cow;

use super::bill::BillingRows;
use crate::{
    catalog::products::ProductWithPrices,
    customers::members,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        records::{CustomerSeat, Subscription},
    },
    seats::{self, assign, sold::Sold},
};

/// True where a subscription without seats has some with its next product: the payer's owner is to be read then.
pub fn comes_with(subscription: &Subscription, next: &ProductWithPrices) -> bool {
    let sold = next.active_in(subscription.currency);
    subscription.seats.is_none() && seats::range(sold).is_some()
}

/// True where a change brings the subscription its first seats.
pub(super) fn begins(old: &Subscription, new: &Subscription) -> bool {
    old.seats.is_none() && new.seats.is_some()
}

/// The rows with the payer as a team, where the change brings the subscription its first seats.
pub(super) fn with_team<'a>(
    rows: Cow<'a, BillingRows>,
    new: &Subscription,
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Cow<'a, BillingRows> {
    if !begins(&rows.subscription, new) {
        return rows;
    }
    let mut team = rows.customer.clone();
    members::become_team(&mut team, changes, &rows.subscribers, ctx);
    // Nothing differs where they are a team: they are not deleted at the same time then.
    changes.update(&rows.customer, &team);
    if team == rows.customer {
        return rows;
    }
    team.version += 1;
    let mut rows = rows.into_owned();
    rows.customer = team;
    Cow::Owned(rows)
}

/// Gives the payer's owner a seat of the subscription as it is now, unless they have one of it.
pub(super) fn give(
    rows: &BillingRows,
    now: &Subscription,
    changes: &mut Changes,
    ctx: &DecisionContext,
) -> Option<CustomerSeat> {
    let (customer, owner) = (&rows.customer, rows.owner.clone());
    if let Some(owner) = &owner {
        let mut used = rows.seats.seats.iter();
        if used.any(|seat| seat.member_id == Some(owner.id)) {
            return None;
        }
        // Another one takes over before, or after.
        changes.guard(owner);
    }
    let sold = Sold::Subscription(Box::new(now.clone()));
    let used = rows.seats.count();
    assign::for_buyer(
        &sold,
        used,
        customer,
        owner,
        changes,
        &rows.subscribers,
        ctx,
    )
}
